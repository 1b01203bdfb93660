"""How a cost is shared: among the places of an initiative, and among the areas of a place."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray


def shares_of(
    places: gpd.GeoSeries, areas: NDArray[np.object_], tree: shapely.STRtree
) -> dict[int, float]:
    """The share of places that lies in each area, by position; −1 is outside all. Sums to 1."""
    shapes = places.to_numpy()
    weight = _sizes(shapes)
    found: dict[int, float] = {}
    for shape, part in zip(shapes, weight / weight.sum(), strict=True):
        for area, share in area_shares(shape, areas, tree).items():
            found[area] = found.get(area, 0.0) + part * share
    return found


def whole_parts(total: int, shares: NDArray[np.float64]) -> list[int]:
    """Whole numbers in proportion to the shares, that add up to the total.

    What does not divide goes to the largest remainders, of equals to the first.
    """
    exact = total * (shares / shares.sum())
    floor = np.floor(exact).astype(np.int64)
    left = total - int(floor.sum())
    order = np.argsort(-(exact - floor), kind="stable")
    step = 1 if left >= 0 else -1
    for i in range(abs(left)):
        floor[order[i % len(order)]] += step
    return [int(v) for v in floor]


def _sizes(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """What the places of one initiative weigh: length, surface, or one each."""
    dimension = shapely.get_dimensions(shapes)
    mixed = np.array([s.geom_type == "GeometryCollection" for s in shapes])
    for kind, measure in ((1, shapely.length), (2, shapely.area)):
        if (dimension == kind).all() and not mixed.any():
            size = measure(shapes)
            if (size > 0).all():
                return np.asarray(size, dtype=float)
    return np.ones(len(shapes))


def area_shares(
    shape: shapely.Geometry, areas: NDArray[np.object_], tree: shapely.STRtree
) -> dict[int, float]:
    """The share of a place that lies in each area, by position; −1 is outside all. Sums to 1."""
    near = np.sort(tree.query(shape, predicate="intersects"))
    size = _size_of(shape)
    cells: list[tuple[shapely.Geometry, tuple[int, ...]]] = [(shape, ())]
    for area in near:
        cells = [
            (piece, held)
            for cell, inside in cells
            for piece, held in (
                (shapely.intersection(cell, areas[area]), (*inside, int(area))),
                (shapely.difference(cell, areas[area]), inside),
            )
            if not piece.is_empty
        ]
    found: dict[int, float] = {}
    for cell, inside in cells:
        for area in inside or (-1,):
            found[area] = found.get(area, 0.0) + size(cell) / max(1, len(inside))
    total = sum(found.values())
    return {area: part / total for area, part in found.items() if part > 0}


def _size_of(shape: shapely.Geometry) -> Any:
    """What measures the parts of a place: surface, length, or the number of its points."""
    for measure in (shapely.area, shapely.length):
        if measure(shape) > 0:
            return measure
    return lambda part: float(shapely.get_num_geometries(part))
