"""Pages of features: a table of them with its filters, and one with all that is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape

from api.pages.catalogue_views import layer_crumb
from api.pages.clients import boxes
from api.pages.drawing import Drawing, Shape, box_of, draw
from api.pages.sheet import Sheet, View, with_query
from api.pages.values import Shown, degrees, number, shown, unit_sign
from api.params import filterable_fields
from api.records import has_route, table_of
from sitplan.crs import CRS84, LON_LAT, Box, Crs, box_polygon, carry_box, parse_crs
from sitplan.features import read_page
from sitplan.layer import Field, Layer
from sitplan.query import FeatureQuery, Moment
from sitplan.told import told_fields
from sitplan.words import say

_OWN = ("bbox", "datetime", "q", "limit")
_AROUND_M = 150.0
_NEIGHBOURS = 12
_MOST_CHOICES = 200


def items(sheet: Sheet) -> View:
    """A page of features as a table, drawn on a small map, with its filters as a form."""
    layer, lang, asked = sheet.layer, sheet.lang, sheet.request.query_params
    document = sheet.document
    fields = [f for f in told_fields(layer) if not _is_empty(f, document["features"])]
    crs = _crs_of(sheet, layer)
    table: list[dict[str, Any]] = [
        {
            "href": sheet.to("collections", layer.name, "items", str(one["id"])),
            "cells": [value_of(sheet, f, one["properties"].get(f.name)) for f in fields],
        }
        for one in document["features"]
    ]
    shapes: list[Shape] = [
        (in_degrees(one["geometry"], crs), "here", _name(layer, one), row["href"])
        for one, row in zip(document["features"], table, strict=True)
    ]
    follow = {k: v for k, v in asked.items() if k not in ("f", "after", "lang")}
    selection = sheet.links.collection(layer.name, "items", query=follow or None)
    page = with_query(selection, limit="10000") if follow else None
    return View(
        "items",
        title=say("api.features_of", lang, title=layer.title[lang]),
        crumbs=layer_crumb(sheet, layer),
        facts={
            "layer": layer,
            "fields": [(f.title[lang], unit_sign(f.unit)) for f in fields],
            "rows": table,
            "matched": number(document["numberMatched"], lang)
            if "numberMatched" in document
            else "",
            "returned": number(document["numberReturned"], lang),
            "form": form_of(sheet, layer),
            "hidden": [(k, v) for k, v in asked.items() if k in ("crs", "bbox-crs", "lang")],
            "asked": {name: asked.get(name, "") for name in _OWN},
            "is_filtered": bool(set(follow) - {"limit"}),
            "action": sheet.links.collection(layer.name, "items"),
            "next": _rel(document, "next"),
            "previous": _rel(document, "prev"),
            "first": sheet.turn(selection) if "after" in asked else "",
            "map": drawn(sheet, shapes),
            "downloads": table_of(layer, sheet.links, follow),
            "boxes": boxes(
                layer,
                sheet.links,
                table=next(
                    (w.href for w in table_of(layer, sheet.links, follow) if "csv" in w.href),
                    "",
                ),
                page=page,
            ),
        },
        about=layer.description[lang],
        watermark=sheet.is_illustrative(layer),
    )


def _is_empty(field: Field, features: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no feature of the page says anything in a field: its column is left out."""
    return bool(features) and all(
        one["properties"].get(field.name) in (None, []) for one in features
    )


def _rel(document: Mapping[str, Any], rel: str) -> str:
    return next((one["href"] for one in document["links"] if one["rel"] == rel), "")


def form_of(sheet: Sheet, layer: Layer) -> list[dict[str, Any]]:
    """The filters that a layer's form offers: codes, yes or no, and short texts."""
    asked = sheet.request.query_params
    found = []
    for one in filterable_fields(layer):
        choices = [(code, words[sheet.lang]) for code, words in one.codes.items()]
        if one.type == "boolean":
            choices = [("true", sheet.say("yes")), ("false", sheet.say("no"))]
        if len(choices) > _MOST_CHOICES or (not choices and one.type not in ("string", "integer")):
            continue
        if not choices and one.name not in (*layer.search, "code") and not one.references:
            continue
        found.append(
            {
                "name": one.name,
                "title": one.title[sheet.lang],
                "choices": choices,
                "value": asked.get(one.name, ""),
            }
        )
    return found


def value_of(sheet: Sheet, field: Field, value: Any) -> Shown:
    """A value as this page's reader sees it."""
    return shown(
        field,
        value,
        lang=sheet.lang,
        zone=sheet.state.catalogue.territory.time_zone,
        follow=lambda layer, code: sheet.to("collections", layer, "items", code=code),
    )


def rows_of(sheet: Sheet, layer: Layer, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All fields of a feature with title and value; those without a value come last."""
    rows = [
        {
            "title": f.title[sheet.lang],
            "description": f.description[sheet.lang] if f.description else "",
            "value": value_of(sheet, f, told.get(f.name)),
        }
        for f in told_fields(layer)
    ]
    return sorted(rows, key=lambda row: row["value"].text == "")


def item(sheet: Sheet) -> View:
    """One feature: its fields, its coordinates, its place, what lies near, its history."""
    layer, document, lang = sheet.layer, sheet.document, sheet.lang
    title = _name(layer, document)
    crs = _crs_of(sheet, layer)
    place = in_degrees(document["geometry"], crs)
    near = neighbours(sheet, layer, document["id"], place)
    shapes: list[Shape] = [(one["geometry"], "near", one["title"], one["href"]) for one in near]
    shapes.append((place, "here", title, ""))
    box = box_of([place])
    rows = rows_of(sheet, layer, document["properties"])
    said = [f"{r['title']}: {r['value'].text}" for r in rows[1:5] if r["value"].text]
    about = f"{layer.title[lang]}. {'; '.join(said)}."
    return View(
        "item",
        title=title,
        crumbs=(
            *layer_crumb(sheet, layer),
            (sheet.say("features"), sheet.to("collections", layer.name, "items")),
        ),
        facts={
            "layer": layer,
            "rows": rows,
            "coordinates": coordinates(sheet, layer, place),
            "map": drawn(sheet, shapes, box=_grown(box) if box else None),
            "near": near,
            "history": _history(sheet, layer, document["id"]),
            "on_map": f"{sheet.links.base}/#feature={layer.name}/{document['properties']['code']}",
            "downloads": [("GeoJSON", with_query(sheet.here, f="json"))],
        },
        about=about,
        watermark=sheet.is_illustrative(layer) or bool(document["properties"].get("invented")),
    )


def _name(layer: Layer, feature: Mapping[str, Any]) -> str:
    told = feature["properties"]
    return str(told.get(layer.label or "") or told.get("code") or feature["id"])


def _crs_of(sheet: Sheet, layer: Layer) -> Crs:
    text = sheet.request.query_params.get("crs")
    return parse_crs(text, sheet.state.offered(layer)) if text else CRS84


def in_degrees(geometry: Mapping[str, Any] | None, crs: Crs) -> dict[str, Any] | None:
    """The geometry, as it was answered, in longitudes and latitudes."""
    if geometry is None:
        return None
    if crs.srid == LON_LAT and not crs.is_flipped:
        return dict(geometry)

    def carry(node: Any) -> Any:
        if node and isinstance(node[0], int | float):
            x, y = (node[1], node[0]) if crs.is_flipped else (node[0], node[1])
            found = carry_box(Box(x, y, x, y), source=crs.srid, target=LON_LAT)
            return [found.corners[0], found.corners[1]] if found else [0.0, 0.0]
        return [carry(one) for one in node]

    if geometry["type"] == "GeometryCollection":
        parts = [in_degrees(one, crs) for one in geometry["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": carry(geometry["coordinates"])}


def _grown(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box with room around it, so that what lies near is seen."""
    west, south, east, north = box
    room = max((east - west) * 0.2, (north - south) * 0.2, 0.0012)
    return west - room, south - room, east + room, north + room


def drawn(
    sheet: Sheet, shapes: Sequence[Shape], *, box: Sequence[float] | None = None
) -> dict[str, Any] | None:
    """A map and the sentence that tells it to whom does not see it."""
    found: Drawing | None = draw(shapes, box=box)
    return {"drawing": found, "bar": _length(found, sheet.lang)} if found else None


def _length(drawing: Drawing, lang: str) -> str:
    metres = drawing.bar_m
    return f"{number(metres / 1000, lang)} km" if metres >= 1000 else f"{metres} m"


def coordinates(
    sheet: Sheet, layer: Layer, place: Mapping[str, Any] | None
) -> list[tuple[str, str]]:
    """A point of the feature in degrees and in the storage CRS, each under its system's name."""
    if place is None:
        return []
    try:
        point = shape(dict(place)).representative_point()
    except (ShapelyError, ValueError):
        return []
    if point.is_empty:
        return []
    found = [(sheet.say("degrees"), degrees(point.x, point.y, sheet.lang))]
    code = sheet.state.storage(layer)
    if code != LON_LAT:
        there = carry_box(Box(point.x, point.y, point.x, point.y), source=LON_LAT, target=code)
        if there is not None:
            x, y = (number(round(v, 1), sheet.lang, digits=1) for v in there.corners[:2])
            found.append((_system(code), sheet.say("east_north", x=x, y=y)))
    return found


def _system(code: int) -> str:
    """The zone of a UTM system, else the name that PROJ has; with its code."""
    crs = CRS.from_epsg(code)
    name = f"UTM {crs.utm_zone}" if crs.utm_zone else crs.name
    return f"{name} (EPSG:{code})"


def neighbours(
    sheet: Sheet, layer: Layer, identifier: str, place: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Features of the same layer about `_AROUND_M` metres around, in force today."""
    box = box_of([dict(place)]) if place else None
    if box is None:
        return []
    state = sheet.state
    storage = state.storage(layer)
    around = Box(*_padded(box))
    area = box_polygon(around, source=LON_LAT, target=storage)
    if area is None:
        return []
    query = FeatureQuery(
        layer=layer,
        srid=storage,
        moment=Moment(on=state.today()),
        boxes=(area,),
        limit=_NEIGHBOURS,
    )
    found = read_page(state.database, query).features
    return [
        {
            "title": _name(layer, one),
            "href": sheet.to("collections", layer.name, "items", str(one["id"])),
            "geometry": _loaded(one["geometry"]),
        }
        for one in found
        if str(one["id"]) != str(identifier)
    ]


def _padded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = box
    room = _AROUND_M / 111_320
    return west - room, max(south - room, -90.0), east + room, min(north + room, 90.0)


def _loaded(fragment: Any) -> dict[str, Any] | None:
    """The geometry that PostGIS wrote, read."""
    found: dict[str, Any] | None = orjson.loads(orjson.dumps(fragment))
    return found


def _history(sheet: Sheet, layer: Layer, identifier: str) -> str:
    """The page of the feature's versions, where there is such a route."""
    route = "/api/collections/{collection}/items/{feature}/versions"
    if not has_route(sheet.request.app, route):
        return ""
    return sheet.to("collections", layer.name, "items", str(identifier), "versions")
