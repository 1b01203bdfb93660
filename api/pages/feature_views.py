"""Pages of features: a table of them with its filters, and one with all that is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape

from api.pages.catalogue_views import layer_crumb
from api.pages.clients import boxes
from api.pages.drawing import Drawing, Shape, box_of, draw
from api.pages.history_views import version_rows
from api.pages.neighbours import neighbours
from api.pages.sheet import Sheet, View, with_query
from api.pages.values import Shown, degrees, number, shown, unit_sign
from api.params import filterable_fields
from api.records import table_of
from sitplan.crs import CRS84, LON_LAT, Box, Crs, carry_box, parse_crs
from sitplan.layer import Field, Layer
from sitplan.paging import sortable_fields
from sitplan.past import read_versions
from sitplan.told import CODE, COMMON_FIELDS, told_fields
from sitplan.words import say

_OWN = ("bbox", "datetime", "q", "limit")
_DRAWN, _FAR_M = 3, 500.0
"""How many neighbours the map of a feature takes in, and up to where."""
_NEWEST = 5
"""Versions told on a feature's own page."""
_MOST_CHOICES = 200


def items(sheet: Sheet) -> View:
    """A page of features as a table, drawn on a small map, with its filters as a form."""
    layer, lang, asked = sheet.layer, sheet.lang, sheet.request.query_params
    document = sheet.document
    fields = [f for f in told_fields(layer) if not _is_empty(f, document["features"])]
    bare = [replace(f, unit=None) for f in fields]  # the head of the column has the unit
    crs = _crs_of(sheet, layer)
    table: list[dict[str, Any]] = [
        {
            "href": sheet.to("collections", layer.name, "items", str(one["id"])),
            "cells": [value_of(sheet, f, one["properties"].get(f.name)) for f in bare],
        }
        for one in document["features"]
    ]
    shapes: list[Shape] = [
        (in_degrees(one["geometry"], crs), "here", sheet.name_of(layer, one), row["href"])
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
            "heads": heads_of(sheet, layer, fields, selection),
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


def heads_of(
    sheet: Sheet, layer: Layer, fields: Sequence[Field], selection: str
) -> list[dict[str, Any]]:
    """The heads of the columns; a link sorts by one, and the other way round when it is sorted."""
    sortable = {one.name for one in sortable_fields(layer)}
    by = sheet.request.query_params.get("sortby", "").split(",")[0].lstrip("+")
    found = []
    for one in fields:
        is_down, is_up = by == f"-{one.name}", by == one.name
        asked = with_query(selection, sortby=f"-{one.name}" if is_up else one.name)
        found.append(
            {
                "title": one.title[sheet.lang],
                "unit": unit_sign(one.unit),
                "href": sheet.turn(asked) if one.name in sortable else "",
                "sorted": "descending" if is_down else "ascending" if is_up else "",
            }
        )
    return found


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


def rows_of(
    sheet: Sheet, layer: Layer, told: Mapping[str, Any], fields: Sequence[Field] | None = None
) -> list[dict[str, Any]]:
    """Fields of a feature, all by default, with title and value; those without come last."""
    rows = [
        {
            "title": f.title[sheet.lang],
            "description": f.description[sheet.lang] if f.description else "",
            "value": value_of(sheet, f, told.get(f.name)),
        }
        for f in (told_fields(layer) if fields is None else fields)
    ]
    return sorted(rows, key=lambda row: row["value"].text == "")


def item(sheet: Sheet) -> View:
    """One feature: its fields, its coordinates, its place, what lies near, its history."""
    layer, document, lang = sheet.layer, sheet.document, sheet.lang
    title = sheet.name_of(layer, document)
    crs = _crs_of(sheet, layer)
    place = in_degrees(document["geometry"], crs)
    near = neighbours(sheet, layer, document["id"], place)
    shapes: list[Shape] = [(one["geometry"], "near", one["title"], one["href"]) for one in near]
    shapes.append((place, "here", title, ""))
    beside = [one["geometry"] for one in near[:_DRAWN] if one["metres"] < _FAR_M]
    box = box_of([place, *beside])
    told = document["properties"]
    rows = rows_of(sheet, layer, told, (CODE, *layer.public_fields))
    recorded = [r for r in rows_of(sheet, layer, told, COMMON_FIELDS) if r["value"].text]
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
            "recorded": recorded,
            "coordinates": coordinates(sheet, layer, place),
            "map": drawn(sheet, shapes, box=_grown(box) if box else None),
            "near": near,
            "has_near_drawn": bool(beside),
            **_history(sheet, layer, str(document["id"])),
            "on_map": f"{sheet.links.base}/#feature={layer.name}/{document['properties']['code']}",
            "downloads": [
                ("GeoJSON", with_query(sheet.here, f="json")),
                ("JSON-FG", with_query(sheet.here, f="jsonfg")),
            ],
        },
        about=about,
        watermark=sheet.is_illustrative(layer) or bool(document["properties"].get("invented")),
    )


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


def _history(sheet: Sheet, layer: Layer, identifier: str) -> dict[str, Any]:
    """The newest versions of the feature, and the page that tells them all."""
    from api.history_documents import versions_document  # answers lean on pages

    found = read_versions(sheet.state.database, layer, identifier)
    document = versions_document(layer, identifier, found, sheet.links, sheet.lang)
    return {
        "versions": version_rows(sheet, document["versions"])[:_NEWEST],
        "history": sheet.to("collections", layer.name, "items", identifier, "versions"),
    }
