"""The black-box checks after the abstract tests of OGC API Features 1 and 2 and Tiles 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="module")
def checker() -> Path:
    """The checks are no part of the project: beside the checkout, or where a setting says."""
    named = os.environ.get("SITPLAN_SHARED")
    shared = Path(named) if named else Path(__file__).resolve().parents[3] / "shared"
    found = shared / "conformance" / "ats_check.py"
    if not found.is_file():
        pytest.skip("ats_check.py is not on this machine (SITPLAN_SHARED)")
    return found


@pytest.mark.acceptance(6)
def test_the_abstract_tests_pass_whole(served: str, checker: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(checker), f"{served}/api", "--tile", "10/596/310"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    last = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0, done.stdout + done.stderr
    passed = int(last.split()[0])
    collections = len(httpx.get(f"{served}/api/collections").json()["collections"])
    assert "0 failed, 0 skipped" in last
    assert passed > 60 * collections, "early failures would hide themselves as few passes"
