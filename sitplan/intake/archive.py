"""Archives opened with care: nothing is written outside its folder, nothing unpacks without end."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from sitplan.errors import UnreadableFile
from sitplan.intake.limits import Limits

SMALL_ENOUGH = 64 * 2**20
"""Bytes below which no ratio is suspicious: blank DBF columns compress a thousand times."""
_CHUNK = 2**20
_NOISE = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".kmz"}


def unpack(path: Path, into: Path, *, limits: Limits) -> list[Path]:
    """Unpack a ZIP into the folder `into`; the files written, in the archive's order.

    Raises
    ------
    UnreadableFile
        ``zip_broken``, ``zip_encrypted``, ``zip_path`` (a name that leads outside),
        ``zip_bomb``, ``zip_entries`` or ``zip_nested``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpack(archive, path, into, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFile("zip_broken", file=path.name, detail=str(error)) from error


def check_members(archive: zipfile.ZipFile, path: Path, *, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of an archive that may be unpacked: none leads outside, none is a bomb."""
    found = [i for i in archive.infolist() if not i.is_dir() and not _NOISE.search(i.filename)]
    if len(found) > limits.entries:
        raise UnreadableFile(
            "zip_entries", file=path.name, entries=len(found), limit=limits.entries
        )
    for info in found:
        if info.flag_bits & 0x1:
            raise UnreadableFile("zip_encrypted", file=path.name)
        name = info.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if (
            name.startswith("/")
            or ".." in parts
            or re.match(r"[A-Za-z]:", name)
            or stat.S_ISLNK(info.external_attr >> 16)
        ):
            raise UnreadableFile("zip_path", file=path.name, entry=info.filename)
    total = sum(i.file_size for i in found)
    packed = max(1, sum(i.compress_size for i in found))
    if total > limits.unpacked_bytes or (total > SMALL_ENOUGH and total > limits.ratio * packed):
        raise _bomb(path, total)
    return found


def _unpack(archive: zipfile.ZipFile, path: Path, into: Path, limits: Limits) -> list[Path]:
    members = check_members(archive, path, limits=limits)
    if members and all(PurePosixPath(i.filename).suffix.lower() in _ARCHIVES for i in members):
        raise UnreadableFile("zip_nested", file=path.name, entry=members[0].filename)
    written: list[Path] = []
    room = limits.unpacked_bytes
    for info in members:
        target = into / PurePosixPath(info.filename.replace("\\", "/"))
        target = target.with_name(target.stem + target.suffix.lower())
        target.parent.mkdir(parents=True, exist_ok=True)
        # The sizes that an archive declares may lie, so what comes out is counted.
        size = 0
        with archive.open(info) as packed, target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > min(room, info.file_size):
                    raise _bomb(path, size)
                out.write(chunk)
        room -= size
        written.append(target)
    return written


def _bomb(path: Path, total: int) -> UnreadableFile:
    return UnreadableFile("zip_bomb", file=path.name, size=f"{total / 2**20:,.0f}")


def refuse_entities(path: Path, chunks: Iterable[bytes]) -> None:
    """Refuse XML that declares entities: a few lines of them unpack into gigabytes.

    Raises
    ------
    UnreadableFile
        ``xml_entities``.
    """
    tail = b""
    for chunk in chunks:
        seen = tail + chunk
        # UTF-16 text holds a zero between the letters.
        if b"<!ENTITY" in seen or b"<\0!\0E\0N\0T\0I\0T\0Y" in seen:
            raise UnreadableFile("xml_entities", file=path.name)
        tail = seen[-32:]


def read_chunks(path: Path, *, size: int = _CHUNK) -> Iterable[bytes]:
    """A file's bytes, a chunk at a time."""
    with path.open("rb") as handle:
        while chunk := handle.read(size):
            yield chunk
