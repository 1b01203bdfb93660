"""The web map's own unit tests, with the same word that a person types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import WEB


def _npm_run(*words: str, **env: str) -> None:
    beside = Path(sys.executable).parent
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        ["npm", "run", "--silent", *words],
        cwd=WEB, env=os.environ | {"PATH": path} | env,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_pure_parts_of_the_web_map() -> None:
    _npm_run("test")


def test_types_are_what_the_api_says(served: str) -> None:
    _npm_run("types", "--", "--check", SITPLAN_API=served)


def test_the_lock_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://" not in (WEB / ".npmrc").read_text(encoding="utf-8")


@pytest.mark.acceptance(43)
def test_maplibre_validates_every_style(served: str) -> None:
    _npm_run("styles", SITPLAN_API=served)
