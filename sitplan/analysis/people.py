"""People where they live: blocks shared out to areas, and how far they are from places."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.network import Access
from sitplan.analysis.paths import gates, nearest

Floats = NDArray[np.float64]

WHOLE = 1e-9
"""What lies so nearly within is within: intersections of shapes are not exact."""


def people_of(blocks: pd.DataFrame) -> Floats:
    """Inhabitants of each block; NaN where nobody counted them, or there is no such column."""
    if "population" not in blocks.columns:
        return np.full(len(blocks), np.nan)
    return np.asarray(pd.to_numeric(blocks["population"]).astype("float64"), dtype=np.float64)


def shares(parts: gpd.GeoSeries, areas: gpd.GeoSeries) -> pd.DataFrame:
    """How much of each part lies in each area.

    Parameters
    ----------
    parts
        Polygons, or points, in a metric CRS.
    areas
        Polygons in the same CRS; they may overlap or leave gaps.

    Returns
    -------
    DataFrame
        One row for each part and area that share surface: `part`, `area` (positions), `share` (0
        to 1, of the part's surface) and `m2`. A point is in the first of the areas that hold it.
    """
    shape, zone = parts.geometry.to_numpy(), areas.geometry.to_numpy()
    area, part = shapely.STRtree(shape).query(zone, predicate="intersects")
    whole = shapely.area(shape)[part]
    common = np.where(whole > 0, shapely.area(shapely.intersection(shape[part], zone[area])), 0.0)
    found = pd.DataFrame({"part": part, "area": area, "m2": common})
    share = np.where(whole > 0, common / np.where(whole > 0, whole, 1.0), 1.0)
    share = np.where(share > 1 - WHOLE, 1.0, np.where(share < WHOLE, 0.0, share))
    found["share"] = share
    found = found[found["share"] > 0].sort_values(["part", "area"])
    lone = shapely.area(shape)[found["part"].to_numpy()] == 0
    again: NDArray[np.bool_] = lone & found.duplicated("part").to_numpy()
    kept: pd.DataFrame = found[~again].reset_index(drop=True)
    return kept


def summed(found: pd.DataFrame, value: Floats, count: int) -> Floats:
    """The parts' values summed by area; missing ones add nothing."""
    add = np.nan_to_num(value)[found["part"].to_numpy()] * found["share"].to_numpy()
    return np.bincount(found["area"].to_numpy(), weights=add, minlength=count).astype(float)


def doors(blocks: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The point that stands for each block's people: its centroid, or one in it, if that is not."""
    shape = blocks.geometry.to_numpy()
    middle = shapely.centroid(shape)
    outside = ~shapely.intersects(shape, middle) & ~shapely.is_missing(shape)
    middle[outside] = shapely.point_on_surface(shape[outside])
    return gpd.GeoSeries(middle, index=blocks.index, crs=blocks.crs)


def metres_to(
    places: gpd.GeoSeries, goals: gpd.GeoSeries, *, access: Access | None, gate_m: float
) -> Floats:
    """Metres from each place to the nearest of the goals; infinite where none is reached.

    Parameters
    ----------
    places
        Points.
    goals
        Polygons, entered where streets come within `gate_m` of them.
    access
        The streets; None measures as the crow flies.
    """
    if access is not None:
        went = nearest(access, places, gates(access, goals, within_m=gate_m), cost="metres")
        return went["metres"].fillna(np.inf).to_numpy()
    far = np.full(len(places), np.inf)
    shape = places.geometry.to_numpy()
    real = np.flatnonzero(~(shapely.is_missing(shape) | shapely.is_empty(shape)))
    if len(goals) and len(real):
        tree = shapely.STRtree(goals.geometry.to_numpy())
        (who, _), metres = tree.query_nearest(shape[real], all_matches=False, return_distance=True)
        far[real[who]] = metres
    return far


def per(above: Floats, below: Floats, shown: NDArray[np.bool_] | None = None) -> Floats:
    """`above` / `below`; NaN where `below` is nothing, or where `shown` is false."""
    divisible = below > 0 if shown is None else (below > 0) & shown
    return np.where(divisible, above / np.where(below > 0, below, 1.0), np.nan)


def of_kinds(frame: pd.DataFrame, column: str, kinds: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows say one of `kinds`; a column that is not there says none."""
    if column not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame[column].isin(list(kinds)), dtype=bool)
