"""Features as drawn, and the one way they reach a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import transform

NOTE = "Dibujo ilustrativo: inventado para la demostración, sin valor."
DRAWN_ON = "2026-11-22"


@dataclass(frozen=True)
class Feature:
    """One drawn thing, in metres of the storage CRS."""

    code: str
    geometry: BaseGeometry
    properties: dict[str, Any] = field(default_factory=dict)


def write(path: Path, features: Iterable[Feature], storage_crs: int, multi: bool) -> int:
    """Write a seed in CRS84 with 7 decimals, one feature a line, by code and its first day.

    Parameters
    ----------
    path
        The file.
    features
        Shapes in metres of `storage_crs`.
    storage_crs
        EPSG code.
    multi
        Whether lines and polygons are written as Multi… .

    Returns
    -------
    int
        Number of features.
    """
    to_lonlat = Transformer.from_crs(storage_crs, "OGC:CRS84", always_xy=True)
    rows = []
    for feature in sorted(features, key=_order):
        shape = transform(to_lonlat.transform, _oriented(feature.geometry))
        geometry = _rounded(mapping(shape))
        if multi and not geometry["type"].startswith("Multi") and geometry["type"] != "Point":
            geometry = {
                "type": f"Multi{geometry['type']}",
                "coordinates": [geometry["coordinates"]],
            }
        properties = {"code": feature.code} | {
            k: v.isoformat() if isinstance(v, date) else v
            for k, v in ({"notes": NOTE, "capture_method": "estimate"} | feature.properties).items()
            if v is not None
        }
        rows.append(
            json.dumps(
                {"type": "Feature", "properties": properties, "geometry": geometry},
                ensure_ascii=False,
                separators=(",", ":"),
            )
        )
    path.write_text(
        '{"type":"FeatureCollection","features":[\n' + ",\n".join(rows) + "\n]}\n", encoding="utf-8"
    )
    return len(rows)


def _order(feature: Feature) -> tuple[str, str]:
    return feature.code, feature.properties.get("valid_from", "")


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    if isinstance(shape, Polygon):
        return orient(shape)
    if isinstance(shape, MultiPolygon):
        return MultiPolygon([orient(p) for p in shape.geoms])
    return shape


def _rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    def walk(node: Any) -> Any:
        if isinstance(node, float | int):
            return round(float(node), 7)
        return [walk(n) for n in node]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
