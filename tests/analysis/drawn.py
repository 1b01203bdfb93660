"""Small networks drawn by hand, in metres of a made-up place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

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


def real_roads(folder: Path) -> gpd.GeoDataFrame:
    """The real streets of the territory, with the layer's own columns and words."""
    path = folder / "osm_roads_vallenar.gpkg"
    if not path.is_file():
        pytest.skip("the real streets are not on this machine (SITPLAN_DATA)")
    read = gpd.read_file(path).to_crs(CRS)
    return gpd.GeoDataFrame(
        {
            "class": read["fclass"].str.replace(r"^track_grade\d$", "track", regex=True),
            "oneway": read["oneway"].map({"B": "both", "F": "forward", "T": "backward"}),
            "bridge": read["bridge"].eq("T"),
            "tunnel": read["tunnel"].eq("T"),
            "level": read["layer"],
            "maxspeed_kmh": read["maxspeed"].where(read["maxspeed"] > 0),
            "name": read["name"],
        },
        geometry=read.geometry,
    ).set_index("OSM-" + read["osm_id"].astype(str))


def areas(**shapes: Polygon | dict[str, Any]) -> gpd.GeoDataFrame:
    """Polygons by name, with what a mapping says of them."""
    rows = {k: {"geometry": v} if isinstance(v, Polygon) else dict(v) for k, v in shapes.items()}
    frame = gpd.GeoDataFrame(list(rows.values()), geometry="geometry", crs=CRS)
    frame.index = list(rows)
    return frame


def boxed(west: float, south: float, east: float, north: float, **said: Any) -> dict[str, Any]:
    """A row: a rectangle and what is said of it."""
    return {"geometry": box(west, south, east, north)} | said


def seed(layer: str) -> gpd.GeoDataFrame:
    """A layer of the demonstration, as the library gives it but by its codes."""
    path = Path(__file__).resolve().parents[2] / "layers" / layer / "seed.geojson"
    return gpd.read_file(path).to_crs(CRS).set_index("code", drop=False)
