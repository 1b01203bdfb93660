"""The web map's own unit tests, with the same word that a person types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .conftest import WEB


def test_pure_parts_of_the_web_map() -> None:
    beside = Path(sys.executable).parent
    env = os.environ | {"PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        ["npm", "run", "--silent", "test"],
        cwd=WEB, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://" not in (WEB / ".npmrc").read_text(encoding="utf-8")
