"""Files that GDAL reads — shapefile, GeoPackage, GeoJSON, KML, DXF, FlatGeobuf — batch by batch."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from sitplan.errors import BadRequest, UnreadableFile
from sitplan.intake import drawing, kml
from sitplan.intake.encoding import gdal_name
from sitplan.intake.source import BATCH, Asked, Batch, Shapes, Source
from sitplan.intake.tally import Tally

Reshape = Callable[[Batch, Tally], Batch]
# A withdrawn system must be seen, not replaced in silence by its successor.
pyogrio.set_gdal_config_options({"OSR_USE_NON_DEPRECATED": "NO"})
_LINEAR = (1, 2, 3, 4, 5, 6, 7)


def open_vector(path: Path, fmt: str, *, asked: Asked, given: Path, stack: ExitStack) -> Source:
    """The Source of a file that GDAL reads.

    Parameters
    ----------
    path, given
        Where the file is now, and as it was given (an archive may hold it).
    fmt
        ``shapefile geopackage geojson kml dxf flatgeobuf``: found by its first bytes.
    stack
        Closes what reading leaves open.

    Raises
    ------
    UnreadableFile
        ``file_broken``, ``no_layer``, ``source_layers`` (several, and none was chosen),
        ``too_many_columns``.
    """
    # GDAL chooses a driver by content, and some drivers fetch what a file names: the prefix
    # binds it to GeoJSON; the other formats were told by their own first bytes.
    target = f"GeoJSON:{path}" if fmt == "geojson" else str(path)
    notes = Tally()
    with _told(given):
        names = [None] if fmt in ("geojson", "flatgeobuf") else _choose(target, fmt, asked, given)
        readers = [stack.enter_context(_open(target, name, fmt, asked)) for name in names]
    metas = [meta for meta, _ in readers]
    columns = _columns(metas, fmt)
    if len(columns) > asked.limits.columns:
        raise UnreadableFile(
            "too_many_columns", file=given.name, columns=len(columns), limit=asked.limits.columns
        )
    crs, how = _crs(metas[0].get("crs"), fmt, path, notes)
    has_shapes = any(m.get("geometry_type") is not None for m in metas)
    opened = iter([readers])

    def read_batches(tally: Tally) -> Iterator[Batch]:
        with ExitStack() as again:
            # The first reading uses what is open already: opening GeoJSON reads it all.
            pairs = next(opened, None) or [
                again.enter_context(_open(target, name, fmt, asked)) for name in names
            ]
            first = 1
            for name, (meta, reader) in zip(names, pairs, strict=True):
                start = first
                for record in _records(reader, given):
                    batch = _batch(
                        record, meta, first, tally, _relinear(target, name, first - start)
                    )
                    first += len(batch)
                    if first - 1 > asked.limits.rows:
                        raise UnreadableFile(
                            "too_many_rows", file=given.name, limit=asked.limits.rows
                        )
                    if fmt == "kml":
                        batch = kml.reshape(batch, folder=str(name), tally=tally)
                    elif fmt == "dxf":
                        batch = drawing.reshape(batch, only=asked.layer, tally=tally)
                    yield batch

    return Source(
        path=given,
        format=fmt,
        columns=columns,
        crs=crs,
        how_known=how,
        read_batches=read_batches,
        encoding=metas[0].get("encoding") or "utf-8",
        layer_name=names[0] if len(names) == 1 else None,
        has_shapes=has_shapes,
        notes=notes,
    )


@contextmanager
def _told(given: Path) -> Iterator[None]:
    """GDAL's complaints as ours; its warnings about things we tell ourselves unheard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            yield
        except (DataSourceError, DataLayerError, pa.ArrowException) as error:
            detail = re.sub(r"'?\S*/\S+'?", f"«{given.name}»", str(error)).strip()
            raise UnreadableFile("file_broken", file=given.name, detail=detail[:300]) from error


def _choose(target: str, fmt: str, asked: Asked, given: Path) -> list[Any]:
    """The layers to read: the one asked for, the only one with shapes, all folders of a KML."""
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(target)]
    if fmt in ("dxf", "shapefile"):
        return [listed[0][0]] if listed else _no_layer(given)
    if asked.layer:
        found = [n for n, _ in listed if n.casefold() == asked.layer.casefold()]
        if not found:
            raise BadRequest(
                "no_source_layer", name=asked.layer, known=", ".join(n for n, _ in listed)
            )
        return found
    if fmt == "kml":
        return [n for n, _ in listed] or _no_layer(given)
    spatial = [n for n, kind in listed if kind is not None]
    if len(spatial) > 1:
        raise UnreadableFile(
            "source_layers", file=given.name, known=", ".join(spatial), example=spatial[0]
        )
    chosen = spatial or [n for n, _ in listed]
    if not chosen:
        _no_layer(given)
    if len(chosen) > 1:
        raise UnreadableFile(
            "source_layers", file=given.name, known=", ".join(chosen), example=chosen[0]
        )
    return chosen


def _no_layer(given: Path) -> list[Any]:
    raise UnreadableFile("no_layer", file=given.name)


@contextmanager
def _open(target: str, layer: str | None, fmt: str, asked: Asked) -> Iterator[tuple[Any, Any]]:
    with pyogrio.raw.open_arrow(
        target,
        layer=layer,
        encoding=gdal_name(asked.encoding) if fmt == "shapefile" and asked.encoding else None,
        batch_size=BATCH,
        use_pyarrow=True,
    ) as opened:
        yield opened


def _records(reader: Any, given: Path) -> Iterator[pa.RecordBatch]:
    while True:
        with _told(given):
            try:
                record = reader.read_next_batch()
            except StopIteration:
                return
            except OSError as error:
                raise DataSourceError(str(error)) from error
        yield record


def _columns(metas: list[Any], fmt: str) -> tuple[str, ...]:
    names = dict.fromkeys(str(f) for meta in metas for f in meta["fields"])
    if fmt == "kml":
        names = {n: None for n in (*names, *kml.ADDED) if n not in kml.NOISE}
    if fmt == "dxf":
        names = {drawing.NAMES.get(n, n): None for n in names if n not in drawing.NOISE}
    return tuple(names)


def _crs(said: str | None, fmt: str, path: Path, notes: Tally) -> tuple[CRS | None, str]:
    """The CRS that the file says, and how: by itself, or by its format's standard."""
    if fmt == "dxf":
        return None, ""
    if not said:
        if fmt == "shapefile" and path.with_suffix(".prj").exists():
            notes.tell("prj_unreadable", "warning")
        return None, ""
    try:
        crs = CRS.from_user_input(said)
    except CRSError:
        notes.tell("prj_unreadable", "warning")
        return None, ""
    if fmt == "kml" or (fmt == "geojson" and not _has_crs_member(path)):
        return crs, "standard"
    return crs, "file"


def _has_crs_member(path: Path) -> bool:
    """Whether a GeoJSON names its CRS, as those from before RFC 7946 may, at its head or end."""
    with path.open("rb") as handle:
        head = handle.read(8192)
        handle.seek(max(0, path.stat().st_size - 4096))
        return b'"crs"' in head.split(b'"features"')[0] or b'"crs"' in handle.read().split(b"]")[-1]


Relinear = Callable[[int], Any]


def _relinear(target: str, layer: str | None, skip: int) -> Relinear:
    """Reads the shapes of one batch again with their curves made lines (GDAL's own step)."""

    def again(count: int) -> Any:
        return pyogrio.raw.read(
            target, layer=layer, columns=[], skip_features=skip, max_features=count
        )[2]

    return again


def _batch(
    record: pa.RecordBatch, meta: Any, first: int, tally: Tally, relinear: Relinear
) -> Batch:
    rows = np.arange(first, first + record.num_rows, dtype=np.int64)
    table = pa.Table.from_batches([record])
    try:
        table.validate(full=True)
    except pa.ArrowInvalid as error:
        encoding = meta.get("encoding") or "UTF-8"
        raise UnreadableFile("wrong_encoding", encoding=encoding) from error
    name = meta.get("geometry_name") or "wkb_geometry"
    if name not in table.column_names:
        return Batch(rows, table, None)
    wkb = table.column(name).combine_chunks()
    if isinstance(wkb, pa.ChunkedArray):
        wkb = wkb.chunk(0)
    return Batch(rows, table.drop_columns([name]), _shapes(wkb, rows, tally, relinear))


def _shapes(wkb: pa.Array, rows: Any, tally: Tally, relinear: Relinear) -> Shapes:
    """Geometries of WKB; rings left open are closed, curves made lines, both told."""
    heads = pc.binary_slice(wkb, 0, 5).dictionary_encode()
    curved_heads = [i for i, head in enumerate(heads.dictionary.to_pylist()) if _is_curved(head)]
    values = np.array(wkb.to_pylist(), dtype=object)
    if curved_heads:
        curved = np.isin(heads.indices.fill_null(-1).to_numpy(), curved_heads)
        values = np.asarray(relinear(len(values)), dtype=object)
        tally.mended("curve_linearised", rows[curved])
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are told later
        shapes: Shapes = shapely.from_wkb(values, on_invalid="ignore")
    there = pc.greater(pc.fill_null(pc.binary_length(wkb), 0), 0).to_numpy(zero_copy_only=False)
    failed = np.flatnonzero(shapely.is_missing(shapes) & there)
    if len(failed):
        with np.errstate(invalid="ignore"):
            fixed = shapely.from_wkb(values[failed], on_invalid="fix")
        shapes[failed] = fixed
        lost = shapely.is_missing(fixed)
        tally.mended("ring_closed", rows[failed[~lost]])
        tally.tell_rows("geometry_unreadable", "error", rows[failed[lost]])
    return shapes


def _is_curved(head: bytes | None) -> bool:
    """Whether the first bytes of a WKB are of a type that GEOS cannot hold."""
    if not head:
        return False
    kind = int.from_bytes(head[1:5], "little" if head[0] == 1 else "big")
    return (kind & 0x0FFFFFFF) % 1000 not in _LINEAR
