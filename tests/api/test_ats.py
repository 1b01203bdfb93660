"""The black-box checks after the abstract tests of OGC API Features 1 and 2 and Tiles 1."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

_LAST = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


@pytest.mark.acceptance(6)
def test_the_abstract_tests_pass_whole(
    world: str, conformance: Path, record_property: Callable[[str, object], None]
) -> None:
    """Over the demonstration and the world: data near one town alone leave checks of boxes out."""
    done = subprocess.run(
        [sys.executable, str(conformance / "ats_check.py"), world, "--tile", "10/596/310"],
        capture_output=True,
        text=True,
        timeout=400,
    )
    last = _LAST.fullmatch(done.stdout.strip().splitlines()[-1])
    assert last, done.stdout + done.stderr
    passed, failed, skipped = (int(number) for number in last.groups())
    record_property("checks", "ats_check.py")
    for name, number in (("passed", passed), ("failed", failed), ("skipped", skipped)):
        record_property(name, number)
    assert (failed, skipped) == (0, 0), done.stdout
    collections = len(httpx.get(f"{world}/collections").json()["collections"])
    assert passed > 60 * collections, "early failures would hide themselves as few passes"
