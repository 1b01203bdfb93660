"""Small networks drawn by hand, in metres of a made-up place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
from shapely.geometry import LineString, Point, Polygon

CRS = "EPSG:32719"

Way = Sequence[tuple[float, float]]


def roads(*ways: Way | tuple[Way, dict[str, Any]]) -> gpd.GeoDataFrame:
    """Residential streets along the given points, or of what the second of a pair says."""
    rows = []
    for n, way in enumerate(ways):
        points, said = way if isinstance(way[1], dict) else (way, {})
        rows.append(
            {"code": f"R{n}", "class": "residential", "geometry": LineString(points)} | said
        )
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    return frame.set_index("code")


def points(**places: tuple[float, float]) -> gpd.GeoSeries:
    """Points by name."""
    return gpd.GeoSeries({k: Point(v) for k, v in places.items()}, crs=CRS)


def square(x: float, y: float, half: float) -> Polygon:
    """A square about a point."""
    return Polygon(
        [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    )
