"""An export from its beginning to its end: the snapshot taken, bytes given, all cleaned up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path

import orjson

from sitplan.db import Database
from sitplan.export.formats import Format
from sitplan.export.job import Export, Job
from sitplan.export.snapshot import Snapshot
from sitplan.export.workshop import Workshop

_CHUNK = 256 << 10
_VERSION = "1"
"""Raised when files of the same data come out otherwise."""


class Delivery:
    """One export on its way; close it, or use it in a ``with`` block.

    Parameters
    ----------
    database
        Opened as the public's role.
    export, format
        What is wanted.
    workshop
        Where files are built.
    has_other_heights
        Of a result: as `Catalogue` has it.
    """

    def __init__(
        self,
        database: Database,
        export: Export,
        fmt: Format,
        workshop: Workshop,
        *,
        has_other_heights: bool = False,
    ) -> None:
        self.format = fmt
        self._workshop = workshop
        self._stack = ExitStack()
        self._snapshot = self._stack.enter_context(Snapshot(database))
        try:
            entry = self._snapshot.entry(export.layer, has_other_heights=has_other_heights)
            self.job = Job(export, self._snapshot, entry)
        except BaseException:
            self._stack.close()
            raise

    @property
    def filename(self) -> str:
        """Layer, day, revision, ending."""
        return f"{self.job.about.stem}.{self.format.extension}"

    @property
    def tag(self) -> str:
        """The same for the same question to the same revision: an ETag's text."""
        export, entry = self.job.export, self.job.entry
        said = [
            _VERSION, self.format.name, entry.revision, entry.illustrative, dict(entry.source),
            entry.changed,
            dict(export.layer.declaration), export.lang, sorted(export.profiles),
            export.coordinates, export.query.crs.uri, repr(export.query.whole()),
        ]  # fmt: skip
        return blake2b(orjson.dumps(said, default=str), digest_size=12).hexdigest()

    def chunks(self, *, whole: bool = False) -> tuple[int | None, Iterator[bytes]]:
        """The file's length, where it is known beforehand, and its bytes.

        Parameters
        ----------
        whole
            Build it first even where it could be streamed: for whom a stream's end tells nothing.
        """
        if self.format.stream is not None and not whole:
            found = self.format.stream(self.job)
            self._stack.callback(found.close)  # before the snapshot that it reads
            return None, found
        bench = self._stack.enter_context(self._workshop.bench())
        if self.format.build is not None:
            path = self.format.build(self.job, bench)
        else:
            path = bench.folder / self.filename
            with path.open("wb") as file:
                for chunk in self.chunks()[1]:
                    file.write(chunk)
                    bench.check()
        return path.stat().st_size, _read(path)

    def save(self, path: Path) -> Path:
        """The file at `path`, there only once it is whole."""
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as file:
                for chunk in self.chunks()[1]:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def stop(self) -> None:
        """End it early, from any thread."""
        self._snapshot.stop()

    def close(self) -> None:
        """Delete what was built, and end the snapshot."""
        self._stack.close()

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
