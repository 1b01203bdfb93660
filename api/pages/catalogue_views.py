"""Pages of what there is: the layers, one layer, its fields; the catalogue's records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.pages.clients import boxes
from api.pages.drawing import Drawing, draw
from api.pages.sheet import Sheet, View
from api.pages.values import day, number, partial_day, unit_sign
from api.records import CATALOGUE, record_of, records_of, ways_of
from sitplan.features import LayerFacts
from sitplan.layer import Layer
from sitplan.legend import GROUPS
from sitplan.metadata import as_catalogue, as_dataset, licence_title
from sitplan.metadata.record import LICENCES
from sitplan.words import say

RECORDS = f"/api/collections/{CATALOGUE}"
_FIELD_LIMITS = ("minimum", "maximum", "pattern", "maxLength")


def home(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The first crumb of every page but the first."""
    return ((sheet.say("home"), sheet.to()),)


def layers_crumb(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Home and the list of layers."""
    return (*home(sheet), (sheet.say("layers"), sheet.to("collections")))


def layer_crumb(sheet: Sheet, layer: Layer) -> tuple[tuple[str, str], ...]:
    """Home, the list, the layer."""
    here = (layer.title[sheet.lang], sheet.to("collections", layer.name))
    return (*layers_crumb(sheet), here)


def by_group(sheet: Sheet, facts: Mapping[str, LayerFacts | None]) -> list[dict[str, Any]]:
    """The layers under the titles of their groups, with how many features each has."""
    found: dict[str, list[dict[str, Any]]] = {}
    for layer in sheet.state.catalogue:
        known = layer.group if layer.group in GROUPS else "other"
        held = facts.get(layer.name)
        found.setdefault(known, []).append(
            {
                "name": layer.name,
                "title": layer.title[sheet.lang],
                "description": layer.description[sheet.lang],
                "custodian": layer.custodian,
                "count": number(held.count, sheet.lang) if held else "",
                "illustrative": sheet.is_illustrative(layer),
                "href": sheet.to("collections", layer.name),
            }
        )
    return [
        {"title": say(f"groups.{name}", sheet.lang), "layers": found[name]}
        for name in GROUPS
        if name in found
    ]


def catalogue_data(sheet: Sheet) -> dict[str, Any]:
    """schema.org's DataCatalog of the whole."""
    name = sheet.state.catalogue.territory.name[sheet.lang]
    return as_catalogue(
        records_of(sheet.state, sheet.links),
        title=sheet.say("catalogue_of", name=name),
        description=sheet.say("catalogue_about", name=name),
        address=sheet.links("dcat"),
        lang=sheet.lang,
    )


def collections(sheet: Sheet) -> View:
    """All layers, by group."""
    facts = {layer.name: sheet.state.facts(layer) for layer in sheet.state.catalogue}
    return View(
        "collections",
        title=sheet.say("layers"),
        crumbs=home(sheet),
        facts={
            "groups": by_group(sheet, facts),
            "catalogue": sheet.to("collections", CATALOGUE, "items"),
        },
        about=sheet.say("layers_about"),
        data=catalogue_data(sheet),
        watermark=any(sheet.state.catalogue.illustrative.values()),
    )


def collection(sheet: Sheet) -> View:
    """One layer: what it is, who keeps it, where it lies, how to take it along."""
    layer, lang, links = sheet.layer, sheet.lang, sheet.links
    record = record_of(sheet.state, layer, links)
    ways = ways_of(layer, links)
    table = next((way.href for way in ways if way.kind == "download" and "csv" in way.href), "")
    times = [day(one, lang) if one else None for one in (record.begins, record.ends)]
    return View(
        "collection",
        title=layer.title[lang],
        crumbs=layers_crumb(sheet),
        facts={
            "layer": layer,
            "record": record,
            "licence": licence_title(record.licence, lang),
            "licence_href": LICENCES.get(record.licence, ""),
            "date": partial_day(record.date, lang),
            "changed": day(record.changed.date(), lang) if record.changed else "",
            "count": number(record.count, lang) if record.count is not None else "",
            "times": times,
            "map": extent_map(sheet, record.box),
            "downloads": [way for way in ways if way.kind == "download"],
            "others": [way for way in ways if way.kind != "download"],
            "boxes": boxes(layer, links, table=table),
            "fields": fields_of(layer, lang),
            "items": sheet.to("collections", layer.name, "items"),
        },
        about=record.full_description(lang),
        data=as_dataset(record, lang=lang, catalogue=links("dcat")),
        watermark=record.illustrative,
    )


def extent_map(sheet: Sheet, box: tuple[float, float, float, float] | None) -> Drawing | None:
    """Where the data lie within the territory."""
    if box is None:
        return None
    bounds = sheet.state.catalogue.territory.bounds
    whole, part = (_rectangle(one) for one in (bounds, box))
    return draw([(whole, "frame", "", ""), (part, "here", "", "")])


def _rectangle(box: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def fields_of(layer: Layer, lang: str) -> list[dict[str, Any]]:
    """The layer's own fields for a table: title, name, unit, what it means, its codes."""
    return [
        {
            "name": one.name,
            "title": one.title[lang],
            "type": say(f"pages.types.{one.type}", lang),
            "unit": unit_sign(one.unit),
            "description": one.description[lang] if one.description else "",
            "codes": [(code, words[lang]) for code, words in one.codes.items()],
        }
        for one in layer.public_fields
    ]


def schema(sheet: Sheet) -> View:
    """A layer's schema, queryables or sortables as a table."""
    return _schema(sheet, layer_crumb(sheet, sheet.layer))


def _schema(sheet: Sheet, crumbs: tuple[tuple[str, str], ...]) -> View:
    document = sheet.document
    rows = [
        {
            "name": name,
            "title": one.get("title", name),
            "type": one.get("format") or one.get("type") or "",
            "unit": unit_sign(one.get("x-ogc-unit")),
            "description": one.get("description", ""),
            "codes": [
                (code["const"], code["title"])
                for code in (one.get("oneOf") or one.get("items", {}).get("oneOf") or ())
            ],
            "limits": ", ".join(f"{key} {one[key]}" for key in _FIELD_LIMITS if key in one),
            "required": name in document.get("required", ()),
        }
        for name, one in document["properties"].items()
    ]
    return View("schema", title=document["title"], crumbs=crumbs, facts={"rows": rows})


def records_crumb(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Home and the catalogue."""
    return (*home(sheet), (sheet.say("catalogue"), sheet.to("collections", CATALOGUE)))


def records_home(sheet: Sheet) -> View:
    """The catalogue as a collection."""
    return View(
        "records_home",
        title=sheet.document["title"],
        crumbs=home(sheet),
        facts={"document": sheet.document},
        about=sheet.document["description"],
        data=catalogue_data(sheet),
    )


def records(sheet: Sheet) -> View:
    """Records found, and the form to seek others."""
    asked = sheet.request.query_params
    names = ("q", "type", "bbox", "datetime", "sortby")
    return View(
        "records",
        title=sheet.say("catalogue"),
        crumbs=home(sheet),
        facts={
            "records": sheet.document["features"],
            "matched": number(sheet.document["numberMatched"], sheet.lang),
            "asked": {name: asked.get(name, "") for name in names},
            "kinds": [
                (one, sheet.say(f"kinds.{one}"))
                for one in ("dataset", "map", "service", "notebook", "download")
            ],
            "kind_of": lambda kind: sheet.say(f"kinds.{kind}"),
            "next": _link(sheet.document, "next"),
            "previous": _link(sheet.document, "prev"),
            "page": lambda one: sheet.to("collections", CATALOGUE, "items", one),
        },
        about=sheet.say("catalogue_about", name=sheet.state.catalogue.territory.name[sheet.lang]),
    )


def _link(document: Mapping[str, Any], rel: str) -> str:
    return next((one["href"] for one in document["links"] if one["rel"] == rel), "")


def record(sheet: Sheet) -> View:
    """One record."""
    document = sheet.document
    told = document["properties"]
    return View(
        "record",
        title=told["title"],
        crumbs=records_crumb(sheet),
        facts={
            "document": document,
            "told": told,
            "kind": sheet.say(f"kinds.{told['type']}"),
            "updated": partial_day(told["updated"][:10], sheet.lang),
            "map": _record_map(sheet, document),
        },
        about=told["description"],
        watermark=told["illustrative"],
    )


def _record_map(sheet: Sheet, document: Mapping[str, Any]) -> Drawing | None:
    if document["geometry"] is None:
        return None
    bounds = _rectangle(sheet.state.catalogue.territory.bounds)
    return draw([(bounds, "frame", "", ""), (document["geometry"], "here", "", "")])


def records_schema(sheet: Sheet) -> View:
    """What records hold or can be sought by."""
    return _schema(sheet, records_crumb(sheet))


def harvest(sheet: Sheet) -> View:
    """All metadata documents on one page, for those who gather them."""
    return View(
        "harvest",
        title=sheet.document["title"],
        crumbs=home(sheet),
        facts={"entries": sheet.document["records"], "dcat": sheet.links("dcat")},
        about=sheet.say("harvest_about"),
    )
