"""SITPLAN_HOME: a writable folder with passwords, locks and stamps of what was done."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sitplan.errors import Unavailable
from sitplan.settings import Settings


def prepare_home(settings: Settings) -> Path:
    """The home folder, made if need be and known to be writable.

    Raises
    ------
    Unavailable
        ``home_not_writable``, with the reason.
    """
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".try", dir=home)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("home_not_writable", home=home, reason=reason) from error
    return home


def secret(settings: Settings, name: str) -> str:
    """The password called `name`, made on first use; only the home's owner can read it."""
    folder = prepare_home(settings) / "secrets"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=folder)  # 0600 from the start
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(24) + "\n")
        with contextlib.suppress(FileExistsError):  # another process was quicker: its word stands
            os.link(made, path)
        Path(made).unlink()
    return path.read_text(encoding="ascii").strip()


@contextlib.contextmanager
def lock(settings: Settings, name: str) -> Iterator[None]:
    """Let one process at a time do what is called `name`; the others wait."""
    with (settings.home / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
