"""What lies near a feature in its own layer, the nearest first, with how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians
from typing import Any

import orjson
from shapely import affinity
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from api.pages.drawing import box_of
from api.pages.sheet import Sheet
from api.pages.values import number
from sitplan.crs import LON_LAT, Box, box_polygon
from sitplan.features import read_page
from sitplan.layer import Layer
from sitplan.query import FeatureQuery, Moment

_AROUND_M = (150.0, 600.0, 2_500.0, 10_000.0)
"""How far is looked, until there are enough."""
_ENOUGH, _MOST = 4, 8
_READ = 200
_M_PER_DEGREE = 111_320.0


def neighbours(
    sheet: Sheet, layer: Layer, identifier: str, place: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """The nearest features in force today: title, address, distance in words, geometry."""
    box = box_of([dict(place)]) if place else None
    if place is None or box is None:
        return []
    squeeze = cos(radians((box[1] + box[3]) / 2))
    here = _metric(place, squeeze)
    found: list[dict[str, Any]] = []
    for room in _AROUND_M:
        found = [
            {
                "title": sheet.name_of(layer, one),
                "href": sheet.to("collections", layer.name, "items", str(one["id"])),
                "geometry": one["geometry"],
                "metres": here.distance(_metric(one["geometry"], squeeze)),
            }
            for one in _within(sheet, layer, box, room)
            if one["geometry"] and str(one["id"]) != str(identifier)
        ]
        # beyond, in the corners of the box, what is found need not be the nearest
        found = [one for one in found if one["metres"] <= room]
        if len(found) >= _ENOUGH:
            break
    found = sorted(found, key=lambda one: float(one["metres"]))[:_MOST]
    return [one | {"distance": _distance(sheet, one["metres"])} for one in found]


def _within(
    sheet: Sheet, layer: Layer, box: tuple[float, float, float, float], room_m: float
) -> list[dict[str, Any]]:
    west, south, east, north = box
    room = room_m / _M_PER_DEGREE
    around = Box(west - room, max(south - room, -90.0), east + room, min(north + room, 90.0))
    storage = sheet.state.storage(layer)
    area = box_polygon(around, source=LON_LAT, target=storage)
    if area is None:
        return []
    query = FeatureQuery(
        layer=layer,
        srid=storage,
        moment=Moment(on=sheet.state.today()),
        boxes=(area,),
        limit=_READ,
    )
    features = read_page(sheet.state.database, query).features
    found: list[dict[str, Any]] = orjson.loads(orjson.dumps([dict(one) for one in features]))
    return found


def _metric(geometry: Mapping[str, Any], squeeze: float) -> BaseGeometry:
    """The shape in metres, good enough for what is near."""
    return affinity.scale(
        shape(dict(geometry)), _M_PER_DEGREE * squeeze, _M_PER_DEGREE, origin=(0, 0)
    )


def _distance(sheet: Sheet, metres: float) -> str:
    """``junto``, ``a 40 m``, ``a 1,2 km``."""
    if metres < 1:
        return sheet.say("beside")
    if metres < 1000:
        length = f"{number(max(round(metres, -1), 10), sheet.lang)} m"
    else:
        length = f"{number(round(metres / 1000, 1), sheet.lang, digits=1)} km"
    return sheet.say("away", length=length)
