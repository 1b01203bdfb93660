"""Which columns of a table are coordinates: known by their names, and by what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from sitplan.errors import BadRequest, UnreadableFile
from sitplan.intake.numbers import Numbers, parse_degrees, parse_metres
from sitplan.intake.source import Shapes
from sitplan.intake.tally import Tally
from sitplan.intake.text import normalise

Kind = Literal["degrees", "metres", "wkt"]

_X_DEGREES = {"lon", "long", "longitud", "longitude", "lng"}
_Y_DEGREES = {"lat", "latitud", "latitude"}
_X_METRES = {"este", "east", "easting", "coordx", "xutm", "utmx", "utme"}
_Y_METRES = {"norte", "north", "northing", "coordy", "yutm", "utmy", "utmn"}
_X_SHORT = {"x", "e"}
_Y_SHORT = {"y", "n"}
_BESIDE = {
    "utm", "coord", "coords", "coordenada", "coordenadas", "wgs84", "wgs", "84", "psad56", "psad",
    "56", "sad69", "sad", "69", "sirgas", "datum", "dd", "gd", "gms", "dec", "decimal", "decimales",
    "grados", "m", "mts", "metros", "punto", "pto", "pos", "posicion", "gps", "geo", "centroide",
    "huso", "zona", "18s", "19s", "h18", "h19", "18", "19", "s", "de", "en", "la",
}  # fmt: skip
_WKT = {"wkt", "geom", "geometry", "geometria", "the_geom", "geom_wkt", "wkt_geom"}
_LEAST_NORTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The coordinate columns of a table; of WKT, `y` is empty."""

    kind: Kind
    x: str
    y: str = ""


def find_coordinates(
    sample: Mapping[str, Sequence[str | None]],
    *,
    asked: Mapping[str, str],
    decimal_comma: bool,
    file: str,
) -> Coordinates | None:
    """The coordinate columns of a table; None where it has none.

    Parameters
    ----------
    sample
        The first values of each column, as texts.
    asked
        Columns that a person named: those given as ``x`` and ``y`` win.

    Raises
    ------
    UnreadableFile
        ``axes_swapped`` when the column of the eastings holds northings and the other way round.
    BadRequest
        ``half_coordinates`` when a person named only one of the two.
    """
    said = {v.casefold(): k for k, v in asked.items() if v.casefold() in ("x", "y")}
    if len(said) == 1:
        raise BadRequest("half_coordinates")
    if said:
        pair = (said["x"], said["y"])
        values = [_numbers(sample[c], decimal_comma) for c in pair]
        return Coordinates(_kind(*values), *pair)
    for wanted_x, wanted_y in (
        (_X_DEGREES, _Y_DEGREES),
        (_X_METRES, _Y_METRES),
        (_X_SHORT, _Y_SHORT),
    ):
        x = _first(sample, wanted_x, decimal_comma)
        y = _first(sample, wanted_y, decimal_comma)
        if x is None or y is None:
            continue
        east, north = (_numbers(sample[c], decimal_comma) for c in (x, y))
        if _is_swapped(east, north):
            raise UnreadableFile(
                "axes_swapped", file=file, x=x, y=y,
                east=f"{np.nanmedian(east.values):.0f}", north=f"{np.nanmedian(north.values):.0f}",
            )  # fmt: skip
        return Coordinates(_kind(east, north), x, y)
    for name in sample:
        if normalise(name) in _WKT and any(_is_wkt(v) for v in sample[name]):
            return Coordinates("wkt", name)
    return None


def _is_wkt(value: str | None) -> bool:
    return bool(value) and shapely.from_wkt(value, on_invalid="ignore") is not None


def _first(
    sample: Mapping[str, Sequence[str | None]], wanted: set[str], decimal_comma: bool
) -> str | None:
    """The column whose name says it: the one with the fewest words besides."""
    found: list[tuple[int, str]] = []
    for name in sample:
        words = [w for w in normalise(name).split("_") if w]
        rest = [w for w in words if w not in wanted]
        if len(rest) == len(words) - 1 and all(w in _BESIDE for w in rest):
            read = _numbers(sample[name], decimal_comma)
            if np.isfinite(read.values).sum() > read.bad.sum():
                found.append((len(rest), name))
    return min(found)[1] if found else None


def _numbers(values: Sequence[str | None], decimal_comma: bool) -> Numbers:
    column = pa.array(list(values), pa.string())
    degrees = parse_degrees(column, decimal_comma=decimal_comma)
    if np.isfinite(degrees.values).any() and np.nanmedian(np.abs(degrees.values)) <= 180:
        metres = parse_metres(column, decimal_comma=decimal_comma)
        return metres if metres.thousands.any() and (metres.values > 180).any() else degrees
    return parse_metres(column, decimal_comma=decimal_comma)


def _is_swapped(x: Numbers, y: Numbers) -> bool:
    """Whether eastings (six digits) stand where northings (seven) should, and both are metres."""
    if not (np.isfinite(x.values).any() and np.isfinite(y.values).any()):
        return False
    return bool(
        np.nanmedian(x.values) > _LEAST_NORTHING
        and 10_000 < np.nanmedian(y.values) < _LEAST_NORTHING
    )


def _kind(x: Numbers, y: Numbers) -> Kind:
    if not (np.isfinite(x.values).any() and np.isfinite(y.values).any()):
        return "degrees"
    small = np.nanmedian(np.abs(x.values)) <= 360 and np.nanmedian(np.abs(y.values)) <= 360
    return "degrees" if small else "metres"


def make_shapes(
    table: pa.Table,
    found: Coordinates,
    rows: NDArray[np.int64],
    *,
    decimal_comma: bool,
    tally: Tally,
) -> Shapes:
    """The points of a table's rows; None where a coordinate is missing.

    ``coordinate_bad`` tells each text that is no number; ``thousands_dots`` that dots were taken
    for thousands.
    """
    if found.kind == "wkt":
        return _from_wkt(table.column(found.x), rows, found.x, tally)
    parse = parse_degrees if found.kind == "degrees" else parse_metres
    axes = []
    for name in (found.x, found.y):
        column = table.column(name).combine_chunks()
        if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
            axes.append(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
            continue
        column = column.cast(pa.string())
        read = parse(column, decimal_comma=decimal_comma)
        where = np.flatnonzero(read.bad)
        tally.tell_rows(
            "coordinate_bad", "error", rows[where], field=name,
            values=[column[int(i)].as_py() for i in where[:100]],
        )  # fmt: skip
        tally.mended("thousands_dots", rows[read.thousands], field=name)
        axes.append(read.values)
    x, y = axes
    shapes = np.full(len(rows), None, dtype=object)
    there = np.isfinite(x) & np.isfinite(y)
    shapes[there] = shapely.points(x[there], y[there])
    return shapes


def _from_wkt(column: pa.ChunkedArray, rows: NDArray[np.int64], name: str, tally: Tally) -> Shapes:
    texts = np.array(column.to_pylist(), dtype=object)
    shapes: Shapes = shapely.from_wkt(texts, on_invalid="ignore")
    wrong = np.flatnonzero(
        shapely.is_missing(shapes) & np.array([bool(t) for t in texts], dtype=bool)
    )
    tally.tell_rows("coordinate_bad", "error", rows[wrong], field=name, values=texts[wrong[:100]])
    return shapes
