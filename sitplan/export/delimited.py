"""CSV: plain for programs (RFC 4180), or as the Excel of a country with decimal commas opens it."""

from __future__ import annotations

import io
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import csv

from sitplan.export.columns import Manner, Row, Table, table_of
from sitplan.export.job import Coordinates, Export, Job
from sitplan.export.places import Places, places_of
from sitplan.words import say

MARK = "\ufeff".encode()
FORMULA = r"^('*[=+\-@\t\r])"
"""How a cell begins that a spreadsheet would reckon; one more apostrophe makes it a text."""


def stream(job: Job) -> Generator[bytes]:
    """The layer's table, batch by batch."""
    table = job.table(_manner(job.export))
    writer = Writer(job.export, table)
    found = job.rows(binary=True)
    yield writer.head()
    for rows in found:
        yield writer.write(rows)


def page(
    export: Export,
    features: Sequence[Mapping[str, Any]],
    *,
    illustrative: bool,
    outdated: str | None = None,
) -> bytes:
    """Some features with their heading.

    Parameters
    ----------
    features
        As `sitplan.features` reads them: geometry as an `orjson.Fragment` in the export's CRS.
    illustrative
        Whether the layer's data were drawn for the demonstration.
    outdated
        As `table_of` takes it.
    """
    fields = export.query.fields
    table = table_of(
        export.layer, _manner(export), fields=fields, illustrative=illustrative, outdated=outdated
    )
    writer = Writer(export, table)
    if not features:
        return writer.head()
    shapes = shapely.from_geojson(
        [None if f["geometry"] is None else orjson.dumps(f["geometry"]) for f in features]
    )
    if export.query.crs.is_flipped:
        shapes = shapely.transform(shapes, lambda points: points[:, ::-1])
    rows = [
        (f["id"], shape, *f["properties"].values())
        for f, shape in zip(features, shapely.to_wkb(shapes), strict=True)
    ]
    return writer.head() + writer.write(rows)


def _manner(export: Export) -> Manner:
    return export.manner(flat=True, dates_as_text=True, instants_as_text=True)


class Writer:
    """Writes a table's head and rows.

    Nothing is between two separators where a value is missing, and ``""`` where it is an empty
    text.
    """

    def __init__(self, export: Export, table: Table) -> None:
        self.table = table
        self.places: Places = places_of(export, _manner(export), _usual(export))
        self.is_excel = "excel" in export.profiles
        self.lang = export.lang
        self.schema = pa.schema([*table.schema, *self.places.fields])
        self.options = (
            {"delimiter": ";", "eol": "\r\n"} if self.is_excel else {"delimiter": ",", "eol": "\n"}
        )

    def head(self) -> bytes:
        """The first line, after the mark by which Excel knows UTF-8."""
        text = self._text(self.schema.empty_table().to_batches() or [], with_head=True)
        return MARK + text if self.is_excel else text

    def write(self, rows: Sequence[Row]) -> bytes:
        """The lines of some rows."""
        arrays = [*self.table.attributes(rows), *self.places.fill(rows)]
        return self._text([pa.RecordBatch.from_arrays(arrays, schema=self.schema)])

    def _text(self, batches: Sequence[pa.RecordBatch], *, with_head: bool = False) -> bytes:
        table = pa.Table.from_batches(batches, schema=self.schema)
        columns = [self._cells(column) for column in table.columns]
        told = pa.table(columns, names=[_harmless(name) for name in table.column_names])
        out = io.BytesIO()
        options = csv.WriteOptions(include_header=with_head, **self.options)
        csv.write_csv(told, out, write_options=options)
        return out.getvalue()

    def _cells(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        if pa.types.is_string(column.type):
            return pc.replace_substring_regex(column, FORMULA, r"'\1")
        if not self.is_excel:
            return column
        if pa.types.is_floating(column.type):
            return pc.replace_substring(pc.cast(column, pa.string()), ".", ",")
        if pa.types.is_boolean(column.type):
            yes, no = (say(f"drawing.{word}", self.lang) for word in ("yes", "no"))
            return pc.if_else(column, yes, no)
        return column


def _harmless(text: str) -> str:
    found: str = pc.replace_substring_regex(pa.scalar(text), FORMULA, r"'\1").as_py()
    return found


def _usual(export: Export) -> Coordinates:
    geometry = export.layer.geometry
    return "xy" if geometry and geometry.type == "Point" else "wkt"
