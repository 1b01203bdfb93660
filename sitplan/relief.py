"""Which raster of heights a territory names, and by what it is known when it changes.

A raster has no Changes and no revision: what it holds is its SHA-256, of the file as it stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sitplan.errors import UnreadableFile

HEIGHTS: Final = "heights"
"""Under which name the raster stands among what a result was computed from."""
MISSING: Final = ""
"""In place of a sum, where a raster is named and is not there."""
_PIECE: Final = 1 << 20


def heights_file(said: Mapping[str, Any], folder: Path) -> Path:
    """Where the raster is that the territory names.

    Raises
    ------
    UnreadableFile
        ``heights_missing``.
    """
    path = folder / str(said["file"])
    if not path.is_file():
        raise UnreadableFile("heights_missing", file=path.name)
    return path


def heights_sum(said: Mapping[str, Any], folder: Path) -> str:
    """SHA-256 of the raster that the territory names, as it stands now; `MISSING` without one."""
    path = folder / str(said["file"])
    try:
        return file_sum(path)
    except OSError:
        return MISSING


def file_sum(path: Path) -> str:
    """SHA-256 of a file.

    Costs a look at the folder: the file is read again only when its time, size or place on the
    disk is another.
    """
    seen = path.stat()
    return _sum(path, seen.st_mtime_ns, seen.st_size, seen.st_ino)


@lru_cache(maxsize=8)
def _sum(path: Path, _time: int, _size: int, _place: int) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
