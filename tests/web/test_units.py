"""The web map's own unit tests, with the same word that a person types."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import WEB


def _npm_run(*words: str, **env: str) -> str:
    beside = Path(sys.executable).parent
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        ["npm", "run", "--silent", *words],
        cwd=WEB, env=os.environ | {"PATH": path, "NO_COLOR": "1"} | env,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_one(file: str, title: str, **env: str) -> None:
    """Run the one test of a file that has this in its title, given what `env` names."""
    told = _npm_run("test", "--", f"test/{file}", "-t", title, **env)
    # where none has that title, or it skips itself, nothing failed either
    assert re.search(r"^\s*Tests\s+1 passed\b", told, re.MULTILINE), told


def test_pure_parts_of_the_web_map() -> None:
    _npm_run("test")


def test_a_test_that_is_asked_for_and_does_not_run_has_not_passed() -> None:
    run_one("finding.test.ts", "crossings, by hand")
    for title in ("no test is called so", "the phone understands"):
        with pytest.raises(AssertionError, match="skipped"):
            run_one("finding.test.ts", title)


def test_types_are_what_the_api_says(served: str) -> None:
    _npm_run("types", "--", "--check", SITPLAN_API=served)


def test_the_lock_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://" not in (WEB / ".npmrc").read_text(encoding="utf-8")


@pytest.mark.acceptance(43)
def test_maplibre_validates_every_style(served: str) -> None:
    _npm_run("styles", SITPLAN_API=served)
