"""What each address shows: one view for each route, and one that shows any document at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.pages import catalogue_views as catalogue
from api.pages import chart_views as charts
from api.pages import feature_views as features
from api.pages import history_views as history
from api.pages import indicator_views as indicators
from api.pages import place_views as places
from api.pages import plan_views as plan
from api.pages.sheet import Sheet, View
from sitplan.words import keys

Maker = Callable[[Sheet], View]


def view_of(sheet: Sheet) -> View:
    """The view of the request's route; a plain one of its document where it has none."""
    route = getattr(sheet.request.scope.get("route"), "path", "").rstrip("/")
    return VIEWS.get(route, plain)(sheet)


def landing(sheet: Sheet) -> View:
    """Where people begin: the layers by group, and the other ways in."""
    state, document = sheet.state, sheet.document
    facts = {layer.name: state.facts(layer) for layer in state.catalogue}
    return View(
        "landing",
        title=document["title"],
        about=document["description"],
        facts={"document": document, "groups": catalogue.by_group(sheet, facts)},
        data=catalogue.catalogue_data(sheet),
        watermark=any(state.catalogue.illustrative.values()),
    )


def conformance(sheet: Sheet) -> View:
    """The classes, by standard."""
    standards: dict[str, list[str]] = {}
    for uri in sheet.document["conformsTo"]:
        standard, _, name = uri.partition("/conf/")
        standards.setdefault(standard.removeprefix("http://www.opengis.net/spec/"), []).append(name)
    return View(
        "conformance",
        title=sheet.say("conformance"),
        crumbs=home(sheet),
        facts={"standards": standards},
    )


def definition(sheet: Sheet) -> View:
    """The API definition as a list of addresses and their parameters."""
    document = sheet.document
    named = document["components"]["parameters"]
    paths: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            parameters = [
                named[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
                for one in operation.get("parameters", ())
            ]
            tag = (operation.get("tags") or ["service"])[0]
            paths.setdefault(tag, []).append(
                {
                    "verb": verb.upper(),
                    "path": path,
                    "parameters": parameters,
                    **operation_words(operation),
                }
            )
    tags = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    return View(
        "definition",
        title=sheet.say("definition"),
        crumbs=home(sheet),
        facts={"document": document, "paths": paths, "tags": tags},
    )


def operation_words(operation: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation says of itself."""
    return {"summary": operation.get("summary", ""), "name": operation.get("operationId", "")}


def styles(sheet: Sheet) -> View:
    """The map's styles, with their addresses for QGIS and MapLibre."""
    return View(
        "styles",
        title=sheet.say("styles"),
        crumbs=home(sheet),
        facts={"styles": sheet.document["styles"], "tiles": _tiles_address(sheet)},
    )


def tilesets(sheet: Sheet) -> View:
    """The tilesets of a layer or of all: what they hold and how to ask for a tile."""
    document = sheet.document
    name = sheet.request.path_params.get("collection")
    crumbs = home(sheet)
    if name:
        layer = sheet.layer
        crumbs += (
            (sheet.say("layers"), sheet.to("collections")),
            (layer.title[sheet.lang], sheet.to("collections", layer.name)),
        )
    listed = document.get("tilesets", [document])
    return View(
        "tilesets",
        title=document.get("title") or sheet.say("tiles"),
        crumbs=crumbs,
        facts={"tilesets": listed, "template": _tiles_address(sheet, name)},
    )


def _tiles_address(sheet: Sheet, name: str | None = None) -> str:
    """As QGIS wants it: an XYZ template, its row named y."""
    under = ("collections", name) if name else ()
    return sheet.links.tile_template("y", "x", "z", *under)


def search(sheet: Sheet) -> View:
    """What was found, and the field to seek again."""
    return View(
        "search",
        title=sheet.say("search"),
        crumbs=home(sheet),
        facts={
            "told": sheet.document,
            "asked": sheet.request.query_params.get("q", ""),
        },
    )


def plain(sheet: Sheet) -> View:
    """Any document, as nested tables: what has no view of its own is readable all the same."""
    document = sheet.document
    title = document.get("title") if isinstance(document, dict) else None
    last = sheet.request.url.path.rstrip("/").rsplit("/", 1)[-1]
    known = f"pages.places.{last}"
    if not isinstance(title, str):
        title = sheet.say(f"places.{last}") if known in keys("es") else last
    return View("plain", title=title, crumbs=home(sheet), facts={"document": document})


def home(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The first crumb."""
    return catalogue.home(sheet)


_COLLECTION = "/api/collections/{collection}"
VIEWS: Mapping[str, Maker] = {
    "/api": landing,
    "/api/conformance": conformance,
    "/api/openapi": definition,
    "/api/collections": catalogue.collections,
    _COLLECTION: catalogue.collection,
    f"{_COLLECTION}/items": features.items,
    f"{_COLLECTION}/items/{{feature}}": features.item,
    f"{_COLLECTION}/items/{{feature}}/versions": history.versions,
    f"{_COLLECTION}/changes": history.changes,
    f"{_COLLECTION}/diff": history.difference,
    f"{_COLLECTION}/schema": catalogue.schema,
    f"{_COLLECTION}/queryables": catalogue.schema,
    f"{_COLLECTION}/sortables": catalogue.schema,
    f"{_COLLECTION}/tiles": tilesets,
    f"{_COLLECTION}/tiles/{{matrix_set}}": tilesets,
    "/api/tiles": tilesets,
    "/api/tiles/{matrix_set}": tilesets,
    "/api/styles": styles,
    "/api/plan": plan.plan,
    "/api/plan/{code}": plan.initiative,
    "/api/places": places.place,
    "/api/places/{layer}/{code}": places.place,
    "/api/search": search,
    "/api/charts": charts.charts,
    "/api/charts/{chart}": charts.chart,
    "/api/indicators": indicators.indicators,
    "/api/indicators/{indicator}": indicators.indicator,
    catalogue.RECORDS: catalogue.records_home,
    f"{catalogue.RECORDS}/items": catalogue.records,
    f"{catalogue.RECORDS}/items/{{record}}": catalogue.record,
    f"{catalogue.RECORDS}/queryables": catalogue.records_schema,
    f"{catalogue.RECORDS}/sortables": catalogue.records_schema,
    f"{catalogue.RECORDS}/schema": catalogue.records_schema,
    "/api/iso19139": catalogue.harvest,
}
