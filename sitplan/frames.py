"""The rows of a statement as a typed GeoDataFrame, read by COPY and taken apart by columns.

PostgreSQL's binary COPY is the cheapest way out of it, but its rows have no index: a field's
place is known only when all before it have been read. The protocol sends a message a row, so the
messages' lengths give all rows at once, and numpy then walks the fields, a column at a time. That
is done for some megabytes while they are near at hand, and then they are let go: what a layer
needs of memory is its frame, not its bytes besides.
"""

from __future__ import annotations

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
_PIECE = 1 << 20
"""Bytes taken apart at a time: so many stay near the processor (8 MiB cost a third more)."""
_HEAD = 19
"""Length of what comes before the first row: signature, flags, length of no extension."""
_TAIL = b"\xff\xff"
_SIZED = {"integer": ">i8", "boolean": "?", "number": ">f8", "date": ">i4", "datetime": ">i8"}
"""How values of one size are sent."""
_HEX = np.frombuffer("".join(f"{n:02x}" for n in range(256)).encode(), dtype="V2")
_DIGITS = np.array([n for n in range(36) if n not in (8, 13, 18, 23)])
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
    columns: list[pgsql.Composable] = [pgsql.SQL("id")]
    for told in fields:
        cast = pgsql.SQL(_CASTS.get(told.type, "{}"))
        columns.append(cast.format(ident(told.name)))
    if srid is not None:
        columns.append(pgsql.SQL("geom"))
    text, params = statement
    inner = pgsql.SQL("COPY (SELECT {} FROM ({}) AS t) TO STDOUT (FORMAT binary)").format(
        pgsql.SQL(", ").join(columns), text
    )
    taken = _Taken([None, *(told.type for told in fields)], has_shapes=srid is not None)
    reader.copy_expert(reader.mogrify(inner, params).decode(), taken)
    taken.take()
    data: dict[str, Any] = {"id": taken.column(0)}
    for number, told in enumerate(fields, start=1):
        data[told.name] = taken.column(number)
    if srid is None:
        return pandas.DataFrame(data)
    return geopandas.GeoDataFrame(data, geometry=taken.shapes(), crs=srid)


class _Taken:
    """What `copy_expert` writes, a row at a time, taken apart some megabytes at a time.

    Parameters
    ----------
    kinds
        Types of the columns; None for one of UUIDs.
    has_shapes
        Whether a column of WKB comes after them.
    """

    def __init__(self, kinds: Sequence[str | None], *, has_shapes: bool) -> None:
        self._kinds = kinds
        self._width = len(kinds) + has_shapes
        self._rows: list[bytes] = []
        self._held = 0
        self._parts: list[list[Any]] = [[] for _ in range(self._width)]
        self._begun = False

    def write(self, row: bytes) -> None:
        """Keep a message of the server's."""
        self._rows.append(row)
        self._held += len(row)
        if self._held > _PIECE:
            self.take()

    def take(self) -> None:
        """Take apart what is held, and let it go."""
        rows, self._rows, self._held = self._rows, [], 0
        if rows and not self._begun:
            self._begun = True
            rows[0] = rows[0][_HEAD:]
        if rows and rows[-1] == _TAIL:
            rows.pop()
        rows = rows if rows and rows[0] else rows[1:]
        if not rows and any(self._parts):
            return
        table = _Table.read(rows, self._width)
        for number, kind in enumerate(self._kinds):
            self._parts[number].append(_part(table, number, kind))
        if self._width > len(self._kinds):
            self._parts[-1].append(shapely.from_wkb(table.blobs(self._width - 1)))

    def column(self, number: int) -> Any:
        """A column as pandas holds its type, given away."""
        parts, self._parts[number] = self._parts[number], []
        kind = self._kinds[number]
        if kind not in _SIZED:
            texts = pandas.Series(pyarrow.concat_arrays(parts), dtype="str")
            if kind != "array":
                return texts
            return pandas.Series([_list(text) for text in texts], dtype=object)
        values = np.concatenate([one[0] for one in parts])
        return _typed(values, np.concatenate([one[1] for one in parts]), kind)

    def shapes(self) -> npt.NDArray[np.object_]:
        """The geometries, given away."""
        parts, self._parts[-1] = self._parts[-1], []
        return np.concatenate(parts)


def _part(table: _Table, number: int, kind: str | None) -> Any:
    """Of one piece a column: values and which are missing, or texts."""
    if kind is None:
        return table.uuids(number)
    return table.numbers(number, _SIZED[kind]) if kind in _SIZED else table.texts(number)


def _typed(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_], kind: str | None) -> Any:
    """Values of one size as pandas holds their type."""
    match kind:
        case "integer":
            return pandas.arrays.IntegerArray(values.astype(np.int64), missing)
        case "boolean":
            return pandas.arrays.BooleanArray(values.astype(np.bool_), missing)
        case "number":
            return np.where(missing, np.nan, values.astype(np.float64))
        case "date":
            endless = np.abs(values.astype(np.int64)) >= np.iinfo(np.int32).max
            days = (values.astype(np.int64) + _EPOCH_DAYS).astype("datetime64[D]")
            return np.where(
                missing | endless, np.datetime64("NaT", "s"), days.astype("datetime64[s]")
            )
        case _:
            moments = (values.astype(np.int64) + _EPOCH_US).astype("datetime64[us]")
            moments = np.where(missing, np.datetime64("NaT", "us"), moments)
            return pandas.Series(moments).dt.tz_localize("UTC")


def _list(joined: object) -> list[str] | None:
    if not isinstance(joined, str):
        return None
    return joined.split(_SEPARATOR) if joined else []


@dataclass(frozen=True, slots=True)
class _Table:
    """The bytes of some rows, and where in them each field of each row begins and how long.

    `starts` and `lengths` have a row a field and a column a feature; a length of -1 is NULL.
    """

    data: npt.NDArray[np.uint8]
    starts: tuple[Places, ...]
    lengths: tuple[Places, ...]

    @classmethod
    def read(cls, rows: list[bytes], columns: int) -> _Table:
        """The table that the rows hold, a message each."""
        data = np.frombuffer(b"".join(rows), dtype=np.uint8)
        sizes = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        ends = np.cumsum(sizes)
        at = ends - sizes + 2
        starts: list[Places] = []
        lengths: list[Places] = []
        for _ in range(columns):
            size = _gather(data, at, ">i4").astype(np.int64)
            starts.append(at + 4)
            lengths.append(size)
            at = at + 4 + np.maximum(size, 0)
        if not np.array_equal(at, ends):
            raise AssertionError("rows of the binary COPY do not follow each other")
        return cls(data, tuple(starts), tuple(lengths))

    def numbers(self, column: int, kind: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Values of one size, and where they are missing."""
        missing = self.lengths[column] < 0
        places = np.where(missing, 0, self.starts[column])
        return _gather(self.data, places, kind), missing

    def uuids(self, column: int) -> pyarrow.Array:
        """UUIDs as text; none is missing."""
        digits = _HEX[_gather(self.data, self.starts[column], "V16").view(np.uint8)]
        told = np.full((len(digits) // 16, 36), ord("-"), dtype=np.uint8)
        told[:, _DIGITS] = digits.view(np.uint8).reshape(-1, 32)
        offsets = np.arange(len(told) + 1, dtype=np.int64) * 36
        buffers = [None, pyarrow.py_buffer(offsets), pyarrow.py_buffer(told)]
        return pyarrow.Array.from_buffers(pyarrow.large_string(), len(told), buffers)

    def texts(self, column: int) -> pyarrow.Array:
        """Values of any length as text, picked by pyarrow without a Python string each."""
        return self._picked(column, pyarrow.large_string())

    def blobs(self, column: int) -> npt.NDArray[np.object_]:
        """Values of any length as bytes; None where missing."""
        found: npt.NDArray[np.object_] = self._picked(column, pyarrow.large_binary()).to_numpy(
            zero_copy_only=False
        )
        return found

    def _picked(self, column: int, kind: pyarrow.DataType) -> pyarrow.Array:
        """The values out of their rows: every second one of all bytes cut before and after each."""
        missing = self.lengths[column] < 0
        cuts = np.empty(2 * len(missing) + 1, dtype=np.int64)
        cuts[0:-1:2] = self.starts[column]
        cuts[1::2] = self.starts[column] + np.maximum(self.lengths[column], 0)
        cuts[-1] = len(self.data)
        buffers = [None, pyarrow.py_buffer(cuts), pyarrow.py_buffer(self.data)]
        every = pyarrow.Array.from_buffers(kind, 2 * len(missing), buffers)
        return every.take(pyarrow.array(np.arange(0, 2 * len(missing), 2), mask=missing))


def _gather(data: npt.NDArray[np.uint8], places: Places, kind: str) -> npt.NDArray[Any]:
    """The numbers that begin at those places, wherever they lie."""
    room = len(data) - np.dtype(kind).itemsize + 1
    if room < 1:
        return np.empty(len(places), dtype=kind)
    everywhere: npt.NDArray[Any] = np.ndarray((room,), kind, data, strides=(1,))
    return everywhere[places]
