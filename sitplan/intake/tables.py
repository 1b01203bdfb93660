"""Tables with coordinates in columns: what CSV and Excel share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import CRS

from sitplan.errors import BadRequest, UnreadableFile
from sitplan.intake.coordinates import Coordinates, find_coordinates, make_shapes
from sitplan.intake.heading import Heading
from sitplan.intake.source import Asked, Batch, Source
from sitplan.intake.tally import Tally

HEAD_ROWS = 60
"""Rows looked at to find the heading, the coordinates and the manner of writing numbers."""
_LON_LAT = 4326

Records = Callable[[Tally], Iterator[tuple[NDArray[np.int64], pa.Table]]]


def table_source(
    fmt: str,
    given: Path,
    asked: Asked,
    notes: Tally,
    heading: Heading,
    sample: Mapping[str, Sequence[str | None]],
    decimal_comma: bool,
    records: Records,
    **more: Any,
) -> Source:
    """A table as a Source: its coordinates found, its CRS where degrees say it.

    Parameters
    ----------
    sample
        The first values of each column, as texts.
    records
        Gives row numbers and Arrow tables, telling what is wrong to the tally it is handed.

    Raises
    ------
    UnreadableFile
        ``too_many_columns``, and what `find_coordinates` raises.
    BadRequest
        ``no_such_column`` for one that a person named and the table lacks.
    """
    if len(heading.names) > asked.limits.columns:
        raise UnreadableFile(
            "too_many_columns",
            file=given.name,
            columns=len(heading.names),
            limit=asked.limits.columns,
        )
    unknown = [c for c in asked.columns if c not in heading.names]
    if unknown:
        raise BadRequest("no_such_column", name=", ".join(unknown), known=", ".join(heading.names))
    if heading.preface:
        notes.tell("preface_skipped", "repair", count=heading.preface)
    if heading.lines > 1:
        notes.tell("heading_merged", "repair", names=", ".join(heading.names))
    found = find_coordinates(
        sample, asked=asked.columns, decimal_comma=decimal_comma, file=given.name
    )
    crs, how = _crs_of(found)
    rest = tuple(n for n in heading.names if found is None or n not in (found.x, found.y))

    def read_batches(tally: Tally) -> Iterator[Batch]:
        for rows, table in records(tally):
            if rows[-1] > asked.limits.rows if len(rows) else False:
                raise UnreadableFile("too_many_rows", file=given.name, limit=asked.limits.rows)
            shapes = None
            if found is not None:
                shapes = make_shapes(table, found, rows, decimal_comma=decimal_comma, tally=tally)
                table = table.select(list(rest))
            yield Batch(rows, table, shapes)

    return Source(
        path=given, format=fmt, columns=rest, crs=crs, how_known=how, read_batches=read_batches,
        has_shapes=found is not None, decimal_comma=decimal_comma, notes=notes,
        coordinates=found, **more,
    )  # fmt: skip


def _crs_of(found: Coordinates | None) -> tuple[CRS | None, str]:
    if found is not None and found.kind == "degrees":
        return CRS.from_epsg(_LON_LAT), "degrees"
    return None, ""
