"""The predicates of CQL2's abstract tests over the data that they are about, over HTTP."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sitplan.migrate import migrate
from sitplan.seeds import load_seeds
from sitplan.settings import Settings

from ..conftest import CHECKOUT, SHARED, _database, serve
from .world import write_layers


@pytest.fixture(scope="module")
def conformance() -> Path:
    """Predicates, their checker and their data are no part of the project."""
    found = SHARED / "conformance"
    if not (found / "ne110m4cql2.gpkg").is_file():
        pytest.skip("the conformance data are not on this machine (SITPLAN_SHARED)")
    return found


@pytest.fixture(scope="module")
def world(
    conformance: Path,
    server_url: str,
    base_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a server over the three layers."""
    folder = tmp_path_factory.mktemp("world") / "layers"
    write_layers(conformance / "ne110m4cql2.gpkg", folder, CHECKOUT / "layers")
    with _database(server_url) as url:
        settings = replace(base_settings, database_url=url, layers=folder)
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        with serve(settings) as address:
            yield f"{address}/api"


@pytest.mark.parametrize("lang", ["cql2-text", "cql2-json"])
def test_every_predicate_counts_what_the_standard_says(
    world: str, conformance: Path, lang: str
) -> None:
    done = subprocess.run(
        [sys.executable, str(conformance / "cql2_check.py"), world, "--lang", lang],
        capture_output=True,
        text=True,
        timeout=300,
    )
    with (conformance / "cql2_predicates.csv").open(newline="", encoding="utf-8") as handle:
        number = sum(1 for _ in csv.DictReader(handle))
    assert done.stdout.strip().splitlines()[-1] == f"{number} passed, 0 failed", done.stdout
