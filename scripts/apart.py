"""Environments of their own for what long tests hold our results against.

What those bring stays out of ours. What cannot be had is said, and is no failure: the test then
skips.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

VENV = Path(__file__).resolve().parent.parent / ".venv"


def python(home: Path) -> Path:
    """Its Python."""
    return home / "bin" / "python"


def holds(home: Path, *names: str) -> bool:
    """Whether each of the packages, or folders as ``spopt-0.7.0.dist-info``, is in it."""
    return python(home).exists() and all(
        any(home.glob(f"lib/*/site-packages/{name}")) for name in names
    )


def installing(home: Path, *wanted: str) -> list[list[str]]:
    """The commands that make it."""
    pip = [str(python(home)), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    return [[sys.executable, "-m", "venv", str(home)], [*pip, "install", "-q", *wanted]]


def carry_out(title: str, commands: Sequence[Sequence[str]]) -> bool:
    """Whether all of them ended well; the first that does not is said."""
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{title} is left out: {error}")
            return False
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[:1]
            print(f"{title} is left out: {command[0]}: {' '.join(said)}")
            return False
    return True
