"""The seeds of the demonstration, as their files have them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import shapely
import yaml
from geopandas import GeoDataFrame
from shapely import STRtree

LAYERS = Path(__file__).resolve().parents[2] / "layers"
SEEDS = sorted(path.parent.name for path in LAYERS.glob("*/seed.geojson"))
DRAWN = [name for name in SEEDS if name != "project_locations"]
STORAGE = yaml.safe_load((LAYERS / "territory.yaml").read_text(encoding="utf-8"))["storage_crs"]
DRAWN_ON = "2026-11-22"


def features(name: str) -> list[dict[str, Any]]:
    return json.loads((LAYERS / name / "seed.geojson").read_text(encoding="utf-8"))["features"]


def in_force(name: str, day: str = DRAWN_ON) -> dict[str, dict[str, Any]]:
    """What is in force on a day, by code."""
    there = {}
    for one in features(name):
        told = one["properties"]
        if told.get("valid_from", "") <= day < told.get("valid_to", "9999"):
            assert told["code"] not in there, (name, told["code"], day)
            there[told["code"]] = one
    return there


@cache
def seed(name: str) -> GeoDataFrame:
    """What is in force of a seed when it was drawn, in metres of the storage CRS, by code."""
    told = list(in_force(name).values())
    frame = GeoDataFrame(
        [f["properties"] for f in told],
        geometry=[shapely.geometry.shape(f["geometry"]) for f in told],
        crs=4326,
    )
    return frame.to_crs(STORAGE).set_index("code")


def overlaps(one: GeoDataFrame, other: GeoDataFrame | None = None) -> list[tuple[str, str, float]]:
    """Pairs that share more than one square metre."""
    alone, other = other is None, one if other is None else other
    left, right = STRtree(other.geometry).query(one.geometry, predicate="intersects")
    found = []
    for i, j in zip(left, right, strict=True):
        if alone and i >= j:
            continue
        shared = one.geometry.iloc[i].intersection(other.geometry.iloc[j]).area
        if shared > 1:
            found.append((one.index[i], other.index[j], round(shared, 1)))
    return found
