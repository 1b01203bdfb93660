"""The system with the world's layers beside the demonstration; what a run says of conformance.

`make conformance` names a file in `SITPLAN_CONFORMANCE`: each class that was asked and each list
of checks that was run is written there, with its day and its result. What was not run stays as it
was, with the day that it was run on.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sitplan.migrate import migrate
from sitplan.seeds import load_seeds
from sitplan.settings import Settings

from ..conftest import CHECKOUT, SHARED, serve
from .world import write_layers

_CLASS = re.compile(r"test_conformance_class_is_held\[(.+)\]")
_found: dict[str, dict[str, Any]] = {"classes": {}, "checks": {}}


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Checkers, predicates and their data are no part of the project: beside the checkout."""
    found = SHARED / "conformance"
    if not (found / "ne110m4cql2.gpkg").is_file():
        pytest.skip("the conformance data are not on this machine (SITPLAN_SHARED)")
    return found


@pytest.fixture(scope="session")
def world(
    conformance: Path,
    _clones: Callable[[], Any],
    base_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of the API over the demonstration and three layers of the world."""
    folder = tmp_path_factory.mktemp("world") / "layers"
    write_layers(conformance / "ne110m4cql2.gpkg", folder, CHECKOUT / "layers")
    for home in sorted(p.parent for p in (CHECKOUT / "layers").glob("*/layer.yaml")):
        shutil.copytree(home, folder / home.name)
    with _clones() as url:
        settings = replace(base_settings, database_url=url, layers=folder)
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        with serve(settings) as address:
            yield f"{address}/api"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what is said of a class, and what a list of checks counted."""
    if report.when != "call" or report.outcome == "skipped":
        return
    day = datetime.now(UTC).date().isoformat()
    if held := _CLASS.search(report.nodeid):
        _found["classes"][held[1]] = {"result": report.outcome, "date": day}
    told = dict(report.user_properties)
    if "checks" in told:
        counts = {k: told[k] for k in ("passed", "failed", "skipped") if k in told}
        _found["checks"][told["checks"]] = {**counts, "date": day}


def pytest_sessionfinish() -> None:
    """Write it, where `make conformance` asks for it."""
    named = os.environ.get("SITPLAN_CONFORMANCE")
    if not named or not _found["classes"]:
        return
    path = Path(named)
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {"checks": {}}
    checks = {**before["checks"], **_found["checks"]}
    whole = {
        "classes": dict(sorted(_found["classes"].items())),
        "checks": dict(sorted(checks.items())),
    }
    path.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
