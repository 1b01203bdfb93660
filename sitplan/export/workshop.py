"""Where files are built that are whole only at their end: a bounded folder, always cleaned."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from sitplan.errors import Refused, Unavailable
from sitplan.home import lock, prepare_home
from sitplan.settings import Settings

PLACES = 4
"""Exports at once; each has a connection of its own, and more would starve pages and tiles."""
PATIENCE_S = 60.0
"""How long whoever has a place may take nothing of his file."""
LIMIT_BYTES = 8 << 30
FREE_BYTES = 1 << 30
"""What must stay free on the disk, which the database may share."""
_LOCK = ".lock"


class Bench:
    """A folder of one export's own.

    Parameters
    ----------
    folder
        Empty, but for its lock.
    limit
        Bytes that it may hold.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit

    def check(self) -> None:
        """Called after each handful of rows.

        Raises
        ------
        Refused
            ``export_too_large`` past the limit, or where the disk fills.
        """
        used = sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file())
        if used > self.limit or shutil.disk_usage(self.folder).free < FREE_BYTES:
            raise Refused("export_too_large", limit=f"{self.limit / 2**30:.0f}")


class Workshop:
    """Gives places and benches, each gone after use.

    What a killed process left is swept away when the next bench is asked for: a bench is locked
    while it is in use, and the lock ends with its process.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        limit: int = LIMIT_BYTES,
        places: int = PLACES,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.patience_s = patience_s
        self._settings = settings
        self._limit = limit
        self._places = places
        self._free = threading.BoundedSemaphore(places)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """One of the places at which exports are made, while the block lasts.

        Raises
        ------
        Unavailable
            ``exports_busy`` where all are taken.
        """
        if not self._free.acquire(blocking=False):
            raise Unavailable("exports_busy", count=self._places)
        try:
            yield
        finally:
            self._free.release()

    @property
    def folder(self) -> Path:
        """Where the benches stand."""
        return self._settings.home / "exports"

    @contextlib.contextmanager
    def bench(self) -> Iterator[Bench]:
        """An empty folder, deleted with all that is in it when the block ends, however it ends.

        Raises
        ------
        Unavailable
            ``home_not_writable``.
        """
        prepare_home(self._settings)
        self.folder.mkdir(exist_ok=True)
        with lock(self._settings, "exports"):
            self._sweep()
            made = Path(tempfile.mkdtemp(dir=self.folder))
            held = (made / _LOCK).open("w")
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            with held:
                yield Bench(made, self._limit)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _sweep(self) -> None:
        """Delete the benches that nobody holds."""
        for old in self.folder.iterdir():
            try:
                with (old / _LOCK).open("w") as held:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(old, ignore_errors=True)
            except BlockingIOError:
                continue  # in use
            except OSError:
                shutil.rmtree(old, ignore_errors=True)
