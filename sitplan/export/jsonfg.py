"""JSON-FG 1.0 (OGC 21-045r1): GeoJSON that also says type, time, and places of any system. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import orjson
import pyproj
import shapely

from sitplan.crs import CRS84, LON_LAT, Crs
from sitplan.layer import Layer

PROFILE = "http://www.opengis.net/def/profile/OGC/0/"
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/json-fg-1/1.0/conf/{name}" for name in ("core", "types-schemas")
)
_DIMENSIONS = {"Point": 0, "LineString": 1, "Polygon": 2}
_DIGITS = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JsonFg:
    """How a layer's features are told.

    Parameters
    ----------
    layer, crs
        The layer, and the system that its coordinates are written in.
    plus
        Whether a geometry in longitude and latitude stands beside a place in another system, for
        readers that know GeoJSON alone.
    schema_url
        Where the features' schema stands.
    """

    layer: Layer
    crs: Crs = CRS84
    plus: bool = False
    schema_url: str | None = None

    @property
    def profile(self) -> str:
        """The profile's URI."""
        return PROFILE + ("jsonfg-plus" if self.plus else "jsonfg")

    @property
    def root(self) -> dict[str, Any]:
        """The members that the document has above its features, or a single feature has."""
        found: dict[str, Any] = {
            "conformsTo": list(CONFORMANCE),
            "featureType": self.layer.name,
        }
        if self.schema_url:
            found["featureSchema"] = self.schema_url
        if self.crs != CRS84:
            found["coordRefSys"] = self.crs.uri
        return found

    @property
    def collection(self) -> dict[str, Any]:
        """The root of a collection: with the dimension, where all features have the same."""
        kind = self.layer.geometry.type.removeprefix("Multi") if self.layer.geometry else ""
        dimension = {"geometryDimension": _DIMENSIONS[kind]} if kind in _DIMENSIONS else {}
        return self.root | dimension

    def features(self, features: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """GeoJSON features, whose geometry is an `orjson.Fragment` in `crs`, as JSON-FG."""
        beside: Sequence[Any] = [None] * len(features)
        if self.plus and self.crs != CRS84:
            beside = _in_lon_lat([f["geometry"] for f in features], self.crs)
        return [self._feature(f, other) for f, other in zip(features, beside, strict=True)]

    def _feature(self, feature: Mapping[str, Any], lon_lat: Any) -> dict[str, Any]:
        rest = {k: v for k, v in feature.items() if k not in ("type", "id", "geometry")}
        is_lon_lat = self.crs == CRS84
        return {
            "type": "Feature",
            "id": feature["id"],
            "time": time_of(feature["properties"]),
            "geometry": feature["geometry"] if is_lon_lat else lon_lat,
            "place": None if is_lon_lat else feature["geometry"],
            **rest,
        }


def time_of(properties: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """A feature's validity as an interval, both days counted; None where it has neither end.

    Validity is kept as ``[from, to)``, so its last day is the one before `valid_to`.

    >>> time_of({"valid_from": None, "valid_to": date(2024, 6, 1)})
    {'interval': ['..', '2024-05-31']}
    """
    first, end = properties.get("valid_from"), properties.get("valid_to")
    if first is None and end is None:
        return None
    last = end - _DAY if isinstance(end, date) else None
    return {"interval": [day.isoformat() if day else ".." for day in (first, last)]}


def _in_lon_lat(fragments: Sequence[Any], crs: Crs) -> list[Any]:
    """Geometries as GeoJSON in `crs`, carried to longitude and latitude."""
    texts = [None if f is None else orjson.dumps(f) for f in fragments]
    shapes = shapely.from_geojson(texts)
    project = pyproj.Transformer.from_crs(crs.srid, LON_LAT, always_xy=True)

    def carry(points: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
        x, y = (points[:, 1], points[:, 0]) if crs.is_flipped else (points[:, 0], points[:, 1])
        return np.round(np.column_stack(project.transform(x, y)), _DIGITS)

    carried = shapely.to_geojson(shapely.transform(shapes, carry))
    return [None if text is None else orjson.Fragment(text) for text in carried]
