"""A result's frame as plain values: what JSON holds, and what a file keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeGuard

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sitplan.analysis.method import Result

DIGITS: Final = 7
"""Decimals of a degree: about a centimetre."""


def plain_value(value: Any) -> Any:
    """A cell as JSON holds it; None for what is missing or no number."""
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [plain_value(one) for one in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows without their geometry, as plain values."""
    table = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        table = table.drop(columns=frame.geometry.name)
    names = [str(c) for c in table.columns]
    columns = [[plain_value(v) for v in table[c].array] for c in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def shapes_of(frame: pd.DataFrame, *, digits: int | None = DIGITS) -> list[dict[str, Any] | None]:
    """The geometries as GeoJSON in longitude and latitude; None of each row of a table."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return [None] * len(frame)
    shapes = frame.geometry.to_crs(4326).to_numpy()
    if digits is not None:
        shapes = shapely.set_precision(shapes, 10.0**-digits, mode="pointwise")
    return [None if s is None or s.is_empty else shapely.geometry.mapping(s) for s in shapes]


def feature_collection(result: Result, *, lang: str) -> dict[str, Any]:
    """A result as one GeoJSON document, its method and totals beside the features.

    A table's features have no geometry.
    """
    rows = plain_rows(result.frame)
    return {
        "type": "FeatureCollection",
        "method": result.method.told(lang),
        "totals": {name: plain_value(value) for name, value in result.totals.items()},
        "features": [
            {"type": "Feature", "geometry": shape, "properties": row}
            for shape, row in zip(shapes_of(result.frame), rows, strict=True)
        ],
    }


def difference(
    before: pd.DataFrame, after: pd.DataFrame, *, tolerance: float = 1e-9
) -> Mapping[str, Any]:
    """How a result differs from what it was: nothing where all is equal.

    Parameters
    ----------
    before, after
        With `code`, which names the rows.
    tolerance
        Relative; numbers closer than that are equal. Whole ones are compared as they are.

    Returns
    -------
    Mapping
        Empty, or with `added`, `removed` (codes), `columns` (by name: `rows` that differ,
        `largest` difference of numbers, None of others), `shapes` (codes of those that moved a
        millimetre or more).
    """
    one, other = (f.set_index("code", drop=False) for f in (before, after))
    kept = [code for code in one.index if code in other.index]
    found: dict[str, Any] = {}
    for name, left, right in (("added", other, one), ("removed", one, other)):
        codes = [str(code) for code in left.index if code not in right.index]
        if codes:
            found[name] = codes
    columns: dict[str, Any] = {}
    rows = {id(f): plain_rows(f.loc[kept]) for f in (one, other)}
    names = dict.fromkeys([*_told(one), *_told(other)])
    for name in names:
        pairs = [
            (a.get(name), b.get(name)) for a, b in zip(rows[id(one)], rows[id(other)], strict=True)
        ]
        differing = [(a, b) for a, b in pairs if not _equal(a, b, tolerance)]
        if differing:
            gaps = [
                abs(float(b) - float(a)) for a, b in differing if _is_number(a) and _is_number(b)
            ]
            columns[name] = {"rows": len(differing), "largest": max(gaps) if gaps else None}
    if columns:
        found["columns"] = columns
    if isinstance(one, gpd.GeoDataFrame) and isinstance(other, gpd.GeoDataFrame) and kept:
        a, b = one.geometry.loc[kept], other.geometry.loc[kept].to_crs(one.crs)
        moved = ~shapely.equals_exact(
            shapely.normalize(_multi(a)), shapely.normalize(_multi(b)), tolerance=1e-3
        )
        if moved.any():
            found["shapes"] = [str(code) for code, is_so in zip(kept, moved, strict=True) if is_so]
    return found


def _multi(shapes: gpd.GeoSeries) -> np.ndarray:
    """Each as the multi type that layers keep; points alone stay."""
    makers: dict[str, Any] = {
        "Polygon": shapely.MultiPolygon,
        "LineString": shapely.MultiLineString,
    }
    found = np.empty(len(shapes), dtype=object)
    for i, shape in enumerate(shapes):
        maker = makers.get(shape.geom_type)
        found[i] = maker([shape]) if maker else shape
    return found


def _told(frame: pd.DataFrame) -> list[str]:
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    return [str(c) for c in frame.columns if c != geometry]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(a: Any, b: Any, tolerance: float) -> bool:
    if _is_number(a) and _is_number(b):
        if float(a).is_integer() and float(b).is_integer():
            return a == b
        return bool(abs(a - b) <= tolerance * max(1.0, abs(a), abs(b)))
    return bool(a == b)
