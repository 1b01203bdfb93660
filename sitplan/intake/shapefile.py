"""A shapefile's parts made whole: the missing index restored, the DBF's encoding found."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pyogrio

from sitplan.errors import UnreadableFile
from sitplan.intake.encoding import NAMES, guess_encoding, python_name
from sitplan.intake.source import Asked
from sitplan.intake.tally import Tally
from sitplan.intake.textual import said_encoding, unsure

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_LANGUAGE_DRIVERS = {0x03: "cp1252", 0x57: "cp1252", 0x02: "cp850", 0x01: "cp437", 0x4D: "cp936"}
"""Byte 29 of a DBF, where it says anything."""


def prepare_shapefile(
    path: Path, folder: Path, *, asked: Asked, given: Path
) -> tuple[Path, str, Tally]:
    """The shapefile ready to be read, the encoding of its texts, and what was mended.

    The parts are gathered in `folder` where names differ in case or the index is missing, so
    that nothing is written beside the original.

    Raises
    ------
    UnreadableFile
        ``shapefile_no_dbf`` when the attributes are missing, ``encoding_unsure``,
        ``file_broken``.
    """
    notes = Tally()
    parts = _parts(path)
    if ".dbf" not in parts:
        raise UnreadableFile("shapefile_no_dbf", file=given.name, stem=path.stem)
    if ".shx" not in parts or any(p.name != path.stem + s for s, p in parts.items()):
        home = folder / "shapefile"
        home.mkdir(exist_ok=True)
        for suffix, part in parts.items():
            shutil.copyfile(part, home / f"{path.stem}{suffix}")
        path = home / f"{path.stem}.shp"
        parts = _parts(path)
    if ".shx" not in parts:
        _restore_index(path)
        notes.tell("shx_rebuilt", "repair")
    encoding = _encoding(parts, asked, given, notes)
    return path, encoding, notes


def _parts(path: Path) -> dict[str, Path]:
    """The files of one shapefile by suffix, whatever the case of their names."""
    stem = path.stem.casefold()
    return {
        p.suffix.lower(): p
        for p in sorted(path.parent.iterdir())
        if p.stem.casefold() == stem and p.suffix.lower() in _PARTS
    }


def _restore_index(path: Path) -> None:
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        pyogrio.read_info(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        pass  # told when it is opened to be read
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _encoding(parts: dict[str, Path], asked: Asked, given: Path, notes: Tally) -> str:
    """What the texts are: as said, as the .cpg says where that holds, else as they look."""
    if asked.encoding:
        return said_encoding(asked.encoding)
    guess = guess_encoding(_texts(parts[".dbf"], given))
    said = None
    if ".cpg" in parts:
        said = python_name(parts[".cpg"].read_text("ascii", "replace")[:40])
    if said and said != "utf-8":
        # UTF-8 under the name of another is common; the other way round shows as bad bytes.
        if guess.is_sure and guess.encoding == "utf-8" and _has_letters(parts[".dbf"], given):
            notes.tell(
                "encoding_contradicts", "repair", said=NAMES.get(said, said), encoding="UTF-8"
            )
            return "utf-8"
        return said
    if guess.is_sure:
        if said and guess.encoding != "utf-8":
            name = NAMES[guess.encoding]
            notes.tell("encoding_contradicts", "repair", said="UTF-8", encoding=name)
        elif not said and guess.encoding != "utf-8":
            notes.tell("encoding_found", "repair", encoding=NAMES[guess.encoding])
        return guess.encoding
    with parts[".dbf"].open("rb") as handle:
        driver = _LANGUAGE_DRIVERS.get(handle.read(30)[-1])
    if driver and not said:
        return driver
    raise unsure(given, guess.samples)


def _texts(dbf: Path, given: Path) -> Iterator[bytes]:
    """The text columns of a DBF, record by record; numbers hold no letters to judge by."""
    with dbf.open("rb") as handle:
        head = handle.read(32)
        if len(head) < 32:
            raise UnreadableFile("file_broken", file=given.name, detail=".dbf")
        _, header, width = struct.unpack("<IHH", head[4:12])
        columns = []
        at = 1
        for _ in range((header - 33) // 32):
            field = handle.read(32)
            if len(field) < 32:
                break
            if field[11:12] == b"C":
                columns.append(slice(at, at + field[16]))
            at += field[16]
        handle.seek(header)
        block = max(1, 2**20 // max(1, width)) * width
        while width and (chunk := handle.read(block)):
            records = (chunk[i : i + width] for i in range(0, len(chunk), width))
            yield b"\n".join(r[c].rstrip() for r in records for c in columns if not r[c].isascii())


def _has_letters(dbf: Path, given: Path) -> bool:
    return any(chunk for chunk in _texts(dbf, given))
