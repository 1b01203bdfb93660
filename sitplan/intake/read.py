"""A file as it was sent → a Source: what it is, its CRS and encoding, its rows batch by batch.

What a file is, its first bytes say; its name only chooses between kinds of text. Whatever
cannot be read surely is refused with the ways to say what is missing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError

from sitplan.errors import BadRequest, NotFound, UnreadableFile
from sitplan.intake.archive import read_chunks, refuse_entities, unpack
from sitplan.intake.encoding import NAMES, guess_encoding
from sitplan.intake.parquet import open_parquet
from sitplan.intake.shapefile import prepare_shapefile
from sitplan.intake.source import Asked, Source
from sitplan.intake.systems import refuse_deprecated
from sitplan.intake.textual import open_csv, said_encoding, unsure
from sitplan.intake.vector import open_vector
from sitplan.intake.workbook import open_xlsx

FORMATS = {
    ".shp": "shapefile", ".gpkg": "geopackage", ".geojson": "geojson", ".json": "geojson",
    ".kml": "kml", ".dxf": "dxf", ".fgb": "flatgeobuf", ".parquet": "geoparquet",
    ".geoparquet": "geoparquet", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "excel",
    ".xlsm": "excel",
}  # fmt: skip
_ARCHIVES = {".zip", ".kmz"}
_TELL = {
    ".dwg": "format_dwg", ".xls": "format_xls", ".xlsb": "format_xls", ".ods": "format_ods",
    ".rar": "format_archive", ".7z": "format_archive", ".tar": "format_archive",
    ".gz": "format_archive", ".tgz": "format_archive", ".mdb": "format_mdb",
    ".accdb": "format_mdb", ".gdb": "format_mdb", ".pdf": "format_pdf", ".dgn": "format_dwg",
    ".doc": "format_pdf", ".docx": "format_pdf", ".jpg": "format_pdf", ".png": "format_pdf",
    ".tif": "format_pdf", ".dbf": "shapefile_part", ".shx": "shapefile_part",
    ".prj": "shapefile_part", ".cpg": "shapefile_part", ".sbn": "shapefile_part",
}  # fmt: skip
"""What is answered to kinds that cannot be read: how to make of it one that can."""


@contextmanager
def read(path: Path, asked: Asked | None = None) -> Iterator[Source]:
    """The opened file; what reading unpacks is gone at the end.

    Parameters
    ----------
    path
        A shapefile (``.shp`` or zipped), GeoPackage, GeoJSON, KML/KMZ, DXF, FlatGeobuf,
        GeoParquet, CSV or Excel file.
    asked
        What the person who imports has said of it.

    Raises
    ------
    NotFound
        ``no_such_file``.
    UnreadableFile
        What it is or says cannot be told surely, or it is broken; the hint says what to do.
    BadRequest
        Something said of it does not fit: a layer, sheet, column, CRS or encoding it has not.
    """
    asked = asked or Asked()
    _check(path, asked)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitplan-")))
        target, asked = _inside(path, folder, asked)
        source = _open(target, path, folder, asked, stack)
        if asked.crs:
            source = replace(source, crs=parse_crs(asked.crs), how_known="said")
        yield source


def parse_crs(text: str) -> CRS:
    """The CRS that a person names.

    Raises
    ------
    BadRequest
        ``unknown_system``.
    WrongCrs
        ``deprecated_system`` for a code that EPSG has withdrawn: transforming from it is a guess.
    """
    try:
        found = CRS.from_user_input(int(text) if text.strip().isdigit() else text)
    except (CRSError, ValueError) as error:
        raise BadRequest("unknown_system", crs=text) from error
    refuse_deprecated(found)
    return found


def _check(path: Path, asked: Asked) -> None:
    suffix = path.suffix.lower()
    if not path.exists():
        raise NotFound("no_such_file", file=path.name)
    if suffix in _TELL:
        raise UnreadableFile(_TELL[suffix], file=path.name, stem=path.stem)
    if path.is_dir():
        raise UnreadableFile("is_folder", file=path.name)
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("file_empty", file=path.name)
    if size > asked.limits.file_bytes:
        raise UnreadableFile(
            "too_large", file=path.name,
            size=f"{size / 2**20:,.0f}", limit=f"{asked.limits.file_bytes / 2**20:,.0f}",
        )  # fmt: skip
    if suffix not in FORMATS and suffix not in _ARCHIVES:
        raise UnreadableFile("format_unknown", file=path.name)


def _inside(path: Path, folder: Path, asked: Asked) -> tuple[Path, Asked]:
    """The file to read: itself, or the one that an archive holds."""
    if path.suffix.lower() not in _ARCHIVES:
        return path, asked
    with path.open("rb") as handle:
        is_zip = handle.read(2) == b"PK"
    if not is_zip:
        raise UnreadableFile("zip_broken", file=path.name, detail="PK")
    written = unpack(path, folder, limits=asked.limits)
    readable = [p for p in written if p.suffix in FORMATS]
    # Beside a shapefile its sheet of metadata or a legend in .txt is no second data set.
    spatial = [p for p in readable if FORMATS[p.suffix] not in ("csv", "excel")]
    chosen = spatial or readable
    if asked.layer and len(chosen) > 1:
        named = [
            p for p in chosen if asked.layer.casefold() in (p.stem.casefold(), p.name.casefold())
        ]
        if not named:
            known = ", ".join(p.stem for p in chosen)
            raise BadRequest("no_source_layer", name=asked.layer, known=known)
        return named[0], replace(asked, layer=None)
    if not chosen:
        parts = [p for p in written if p.suffix in (".dbf", ".shx", ".prj")]
        if parts:
            raise UnreadableFile("shapefile_part", file=parts[0].name, stem=parts[0].stem)
        told = next((_TELL[p.suffix] for p in written if p.suffix in _TELL), "zip_nothing")
        raise UnreadableFile(told, file=path.name, stem=path.stem)
    if len(chosen) > 1:
        known = ", ".join(p.stem for p in chosen)
        raise UnreadableFile("zip_several", file=path.name, known=known, example=chosen[0].stem)
    return chosen[0], asked


def _open(target: Path, given: Path, folder: Path, asked: Asked, stack: ExitStack) -> Source:
    fmt = FORMATS[target.suffix.lower()]
    _check_head(target, given, fmt)
    if fmt == "csv":
        return open_csv(target, asked=asked, given=given)
    if fmt == "excel":
        return open_xlsx(target, asked=asked, given=given, stack=stack)
    if fmt == "geoparquet":
        return open_parquet(target, asked=asked, given=given, stack=stack)
    if fmt == "shapefile":
        target, encoding, notes = prepare_shapefile(target, folder, asked=asked, given=given)
        source = open_vector(
            target, fmt, asked=replace(asked, encoding=encoding), given=given, stack=stack
        )
        source.notes.add(notes.report())
        return replace(source, encoding=encoding)
    if fmt == "kml":
        refuse_entities(given, read_chunks(target))
    if fmt in ("geojson", "kml"):
        target, encoding = _as_utf8(target, folder, asked, given, fmt)
        source = open_vector(target, fmt, asked=asked, given=given, stack=stack)
        if encoding != "utf-8":
            source.notes.tell("encoding_found", "repair", encoding=NAMES.get(encoding, encoding))
        return replace(source, encoding=encoding)
    return open_vector(target, fmt, asked=asked, given=given, stack=stack)


_HEADS = {
    "geopackage": (b"SQLite format 3\x00",),
    "flatgeobuf": (b"fgb\x03fgb",),
    "geoparquet": (b"PAR1",),
    "shapefile": (b"\x00\x00\x27\x0a",),
    "excel": (b"PK\x03\x04",),
}
_OLE = b"\xd0\xcf\x11\xe0"


def _check_head(path: Path, given: Path, fmt: str) -> None:
    """Refuse a file whose first bytes are not its format's: GDAL would follow what they say."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    if fmt == "excel" and head.startswith(_OLE):
        raise UnreadableFile("xlsx_encrypted", file=given.name)
    if fmt in _HEADS:
        is_so = head.startswith(_HEADS[fmt])
    else:
        text = head.decode(
            "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace"
        )
        text = text.lstrip().lower()
        is_so = {
            "geojson": text.startswith("{") and '"gdal_streamed_alg"' not in text,
            "kml": text.startswith("<") and "<kml" in text,
            "dxf": text.startswith(("0", "999")) or head.startswith(b"AutoCAD Binary DXF"),
            "csv": not head.startswith(
                (b"PK\x03\x04", _OLE, b"%PDF", b"{\\rtf", b"<html", b"<!DOC")
            ),
        }[fmt]
    if not is_so:
        raise UnreadableFile("not_its_format", file=given.name, format=fmt)


def _as_utf8(path: Path, folder: Path, asked: Asked, given: Path, fmt: str) -> tuple[Path, str]:
    """The file itself where it is UTF-8, else a copy that is; and what it was."""
    if fmt == "kml":
        with path.open("rb") as handle:
            if b"encoding=" in handle.read(200).split(b"?>")[0] and not asked.encoding:
                return path, "utf-8"  # the reader of XML minds what the file declares
    if asked.encoding:
        encoding = said_encoding(asked.encoding)
    else:
        guess = guess_encoding(read_chunks(path))
        if not guess.is_sure:
            raise unsure(given, guess.samples)
        encoding = guess.encoding
    if encoding in ("utf-8", "ascii"):
        return path, "utf-8"
    copy = folder / f"utf8{path.suffix}"
    try:
        with path.open(encoding=encoding) as old, copy.open("w", encoding="utf-8") as new:
            shutil.copyfileobj(old, new, 2**20)
    except UnicodeError as error:
        raise BadRequest("wrong_encoding", encoding=asked.encoding or encoding) from error
    return copy, encoding
