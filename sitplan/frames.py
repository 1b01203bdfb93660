"""The rows of a statement as a typed GeoDataFrame, read by COPY and taken apart by columns.

PostgreSQL's binary COPY is the cheapest way out of it, but its rows have no index: a field's
place is known only when all before it have been read. Each row here begins with a mark of
random bytes; finding the marks gives all rows at once, and numpy then walks the fields, a column
at a time. Five times `geopandas.read_postgis`, with the drivers that are here anyway.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas
import pyarrow
import shapely
from psycopg2 import sql as pgsql
from psycopg2.extensions import cursor

from sitplan.columns import ident
from sitplan.layer import Field
from sitplan.query import Statement

Places = npt.NDArray[np.int64]

_EPOCH_DAYS = np.datetime64("2000-01-01", "D").astype(np.int64)
_EPOCH_US = np.datetime64("2000-01-01", "us").astype(np.int64)
_SEPARATOR = "\x1f"
_CASTS = {
    "integer": "{}::bigint",
    "number": "{}::double precision",
    "array": "pg_catalog.array_to_string({}, E'\\x1f')",
    "string": "{}::text",
}


def copy_frame(
    reader: cursor, statement: Statement, *, fields: Sequence[Field], srid: int | None
) -> geopandas.GeoDataFrame | pandas.DataFrame:
    """The statement's rows, a column for `id`, each of `fields`, and `geometry`.

    Parameters
    ----------
    reader
        An open cursor; nothing else is running on it.
    statement
        SELECT of `id`, the fields by name and, with `srid`, `geom` as WKB.
    fields
        In the order of the columns wanted.
    srid
        EPSG code of the geometries; None for a table without: then a plain DataFrame.

    Returns
    -------
    GeoDataFrame
        Integers as ``Int64``, booleans as ``boolean``, numbers as ``float64``, dates as
        ``datetime64[s]`` (``-infinity`` is NaT), instants as ``datetime64[us, UTC]``, texts as
        ``str``, arrays as lists of texts (None where there is none).
    """
    mark = secrets.token_bytes(12)
    columns: list[pgsql.Composable] = [
        pgsql.SQL("{}::bytea").format(pgsql.Literal("\\x" + mark.hex())),
        pgsql.SQL("id::text"),
    ]
    for told in fields:
        cast = pgsql.SQL(_CASTS.get(told.type, "{}"))
        columns.append(cast.format(ident(told.name)))
    if srid is not None:
        columns.append(pgsql.SQL("geom"))
    text, params = statement
    inner = pgsql.SQL("COPY (SELECT {} FROM ({}) AS t) TO STDOUT (FORMAT binary)").format(
        pgsql.SQL(", ").join(columns), text
    )
    buffer = io.BytesIO()
    reader.copy_expert(reader.mogrify(inner, params).decode(), buffer)
    table = _Table.read(buffer.getvalue(), mark, len(columns))
    data: dict[str, Any] = {"id": table.texts(1)}
    for number, told in enumerate(fields, start=2):
        data[told.name] = _column(table, number, told.type)
    if srid is None:
        return pandas.DataFrame(data)
    shapes = shapely.from_wkb(table.blobs(len(columns) - 1))
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=srid)


def _column(table: _Table, number: int, kind: str) -> Any:
    """One column as pandas holds its type."""
    match kind:
        case "integer":
            values, missing = table.numbers(number, ">i8")
            return pandas.arrays.IntegerArray(values.astype(np.int64), missing)
        case "boolean":
            values, missing = table.numbers(number, "?")
            return pandas.arrays.BooleanArray(values.astype(np.bool_), missing)
        case "number":
            values, missing = table.numbers(number, ">f8")
            return np.where(missing, np.nan, values.astype(np.float64))
        case "date":
            values, missing = table.numbers(number, ">i4")
            endless = np.abs(values.astype(np.int64)) >= np.iinfo(np.int32).max
            days = (values.astype(np.int64) + _EPOCH_DAYS).astype("datetime64[D]")
            return np.where(
                missing | endless, np.datetime64("NaT", "s"), days.astype("datetime64[s]")
            )
        case "datetime":
            values, missing = table.numbers(number, ">i8")
            moments = (values.astype(np.int64) + _EPOCH_US).astype("datetime64[us]")
            moments = np.where(missing, np.datetime64("NaT", "us"), moments)
            return pandas.Series(moments).dt.tz_localize("UTC")
        case "array":
            return pandas.Series([_list(text) for text in table.texts(number)], dtype=object)
        case _:
            return table.texts(number)


def _list(joined: object) -> list[str] | None:
    if not isinstance(joined, str):
        return None
    return joined.split(_SEPARATOR) if joined else []


@dataclass(frozen=True, slots=True)
class _Table:
    """The bytes of a binary COPY, and where in them each field of each row begins and how long.

    `starts` and `lengths` have a row a field and a column a feature; a length of -1 is NULL.
    """

    raw: bytes
    data: npt.NDArray[np.uint8]
    starts: tuple[Places, ...]
    lengths: tuple[Places, ...]

    @classmethod
    def read(cls, raw: bytes, mark: bytes, columns: int) -> _Table:
        """The table that the bytes hold, its rows found by `mark`."""
        data = np.frombuffer(raw, dtype=np.uint8)
        head = columns.to_bytes(2, "big") + len(mark).to_bytes(4, "big") + mark
        places = _find(raw, head)
        at = places + 2
        starts: list[Places] = []
        lengths: list[Places] = []
        for _ in range(columns):
            size = _gather(data, at, ">i4").astype(np.int64)
            starts.append(at + 4)
            lengths.append(size)
            at = at + 4 + np.maximum(size, 0)
        ends = np.append(places[1:], len(data) - 2) if len(places) else places
        if not np.array_equal(at, ends):
            raise AssertionError("rows of the binary COPY do not follow each other")
        return cls(raw, data, tuple(starts), tuple(lengths))

    def numbers(self, column: int, kind: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Values of one size, and where they are missing."""
        missing = self.lengths[column] < 0
        width = np.dtype(kind).itemsize
        places = np.where(missing, 0, self.starts[column])
        if len(self.data) < width:
            return np.empty(0, dtype=kind), missing
        return _gather(self.data, places, kind), missing

    def texts(self, column: int) -> pandas.Series[str]:
        """Values of any length as text, taken over by pyarrow without a Python string each."""
        missing = self.lengths[column] < 0
        sizes = np.maximum(self.lengths[column], 0)
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        index = np.repeat(self.starts[column] - offsets[:-1], sizes) + np.arange(offsets[-1])
        buffers = [
            pyarrow.py_buffer(np.packbits(~missing, bitorder="little").tobytes()),
            pyarrow.py_buffer(offsets),
            pyarrow.py_buffer(self.data[index]),
        ]
        found = pyarrow.Array.from_buffers(pyarrow.large_string(), len(sizes), buffers)
        return pandas.Series(found, dtype="str")

    def blobs(self, column: int) -> npt.NDArray[np.object_]:
        """Values of any length as bytes; None where missing."""
        found = np.empty(len(self.starts[column]), dtype=object)
        pairs = zip(self.starts[column].tolist(), self.lengths[column].tolist(), strict=True)
        found[:] = [None if size < 0 else self.raw[at : at + size] for at, size in pairs]
        return found


def _gather(data: npt.NDArray[np.uint8], places: Places, kind: str) -> npt.NDArray[Any]:
    """The numbers that begin at those places, wherever they lie."""
    width = np.dtype(kind).itemsize
    windows = np.lib.stride_tricks.sliding_window_view(data, width)
    return np.ascontiguousarray(windows[places]).view(kind).reshape(-1)


def _find(data: bytes, head: bytes) -> Places:
    """Where `head` stands in the data, in order."""
    return np.fromiter((m.start() for m in re.finditer(re.escape(head), data)), dtype=np.int64)
