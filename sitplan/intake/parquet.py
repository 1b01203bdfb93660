"""GeoParquet, read by row groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import parquet
from pyproj import CRS
from pyproj.exceptions import CRSError

from sitplan.errors import UnreadableFile
from sitplan.intake.source import BATCH, Asked, Batch, Source
from sitplan.intake.tally import Tally


def open_parquet(path: Path, *, asked: Asked, given: Path, stack: ExitStack) -> Source:
    """The Source of a GeoParquet file; its standard says CRS84 where it says nothing.

    Raises
    ------
    UnreadableFile
        ``file_broken``, ``too_many_columns``, ``no_layer`` where it holds no geometry as WKB.
    """
    notes = Tally()
    try:
        file = stack.enter_context(parquet.ParquetFile(path))
        about = json.loads((file.metadata.metadata or {}).get(b"geo", b"{}"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile("file_broken", file=given.name, detail=str(error)[:300]) from error
    name = about.get("primary_column")
    names = [n for n in file.schema_arrow.names if n != name]
    if len(names) > asked.limits.columns:
        raise UnreadableFile(
            "too_many_columns", file=given.name, columns=len(names), limit=asked.limits.columns
        )
    column = about.get("columns", {}).get(name, {})
    if name is None or column.get("encoding") != "WKB":
        raise UnreadableFile("no_layer", file=given.name)
    # Other geometry columns and covering boxes are no attributes.
    others = set(about["columns"]) | {
        v[0]
        for c in about["columns"].values()
        for b in c.get("covering", {}).values()
        for v in b.values()
    }
    rest = [n for n in names if n not in others]

    def read_batches(_tally: Tally) -> Iterator[Batch]:
        first = 1
        try:
            for record in file.iter_batches(BATCH, columns=[*rest, name]):
                rows = np.arange(first, first + record.num_rows)
                if rows[-1] > asked.limits.rows:
                    raise UnreadableFile("too_many_rows", file=given.name, limit=asked.limits.rows)
                first += record.num_rows
                table = pa.Table.from_batches([record])
                wkb = np.array(table.column(name).to_pylist(), dtype=object)
                shapes = shapely.from_wkb(wkb, on_invalid="fix")
                yield Batch(rows, table.select(rest), shapes)
        except (pa.ArrowException, shapely.GEOSException) as error:
            raise UnreadableFile("file_broken", file=given.name, detail=str(error)[:300]) from error

    crs, how = _crs(column, notes)
    return Source(
        path=given, format="geoparquet", columns=tuple(rest), crs=crs, how_known=how,
        read_batches=read_batches, notes=notes,
    )  # fmt: skip


def _crs(column: dict[str, object], notes: Tally) -> tuple[CRS | None, str]:
    if "crs" not in column:
        return CRS.from_user_input("OGC:CRS84"), "standard"
    if column["crs"] is None:
        return None, ""
    try:
        return CRS.from_user_input(column["crs"]), "file"
    except CRSError:
        notes.tell("prj_unreadable", "warning")
        return None, ""
