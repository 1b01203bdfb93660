"""The API definition: an OpenAPI 3.0.3 document of our own, from the catalogue.

Clients of the standard read literal paths of each collection, `components.parameters.limit`, and
`style: form, explode: false` said aloud; FastAPI's own document has none of these.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from api.conformance import DRAFTS
from api.links import GEOJSON, JSON, OPENAPI, STYLE, Links
from api.map_schemas import MAP_SCHEMAS
from api.openapi_answers import RESPONSES, complete
from api.openapi_charts import CHART_SCHEMAS, chart_paths
from api.openapi_documents import DOCUMENT_SCHEMAS
from api.openapi_exports import (
    EXPORT_SCHEMAS,
    add_faces,
    export_parameters,
    export_paths,
    export_responses,
)
from api.openapi_history import (
    HISTORY_SCHEMAS,
    history_parameters,
    history_paths,
)
from api.openapi_indicators import INDICATOR_SCHEMAS, indicator_paths
from api.openapi_parts import (
    SCHEMAS,
    feature_of,
    filter_parameters,
    page_of,
    query_parameter,
    shared_parameters,
)
from api.openapi_places import place_paths
from api.openapi_plan import plan_parameters
from api.openapi_processes import PROCESS_SCHEMAS, process_paths
from api.openapi_records import record_paths
from api.openapi_search import SEARCH_SCHEMAS, search_parameters, search_paths
from api.params import FILTER, ITEMS, MOMENT
from api.state import State
from sitplan.asking import MOST_CHARACTERS
from sitplan.layer import Layer
from sitplan.tiles import MEDIA_TYPE
from sitplan.words import say

_PATH_BYTES = 20_000
"""What a path takes in memory, with its schemas."""
_MOMENT = (*MOMENT, "accept-datetime")


def definition(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The whole document, remembered until the catalogue is another one."""
    state.catalogue  # noqa: B018  what is stale is read anew first
    mark = state.memory.mark(())
    key = ("definition", links.base, lang)
    found: dict[str, Any] | None = state.memory.get(key)
    if found is None:
        found = openapi_document(state, links, lang)
        size = _PATH_BYTES * len(found["paths"])
        state.memory.put(key, found, mark=mark, layers=(), size=size)
    return found


def openapi_document(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The whole document, its titles in `lang`."""
    territory = state.catalogue.territory
    name = territory.name[lang]
    layers = list(state.catalogue)
    paths: dict[str, Any] = {
        **_service_paths(lang), **_map_paths(lang), **record_paths(lang), **process_paths(lang),
        **place_paths(lang), **search_paths(lang), **_collection_paths(lang), **export_paths(lang),
        **history_paths(lang), **indicator_paths(lang), **chart_paths(lang),
    }  # fmt: skip
    schemas: dict[str, Any] = {
        **SCHEMAS,
        **MAP_SCHEMAS,
        **DOCUMENT_SCHEMAS,
        **HISTORY_SCHEMAS,
        **EXPORT_SCHEMAS,
        **PROCESS_SCHEMAS,
        **INDICATOR_SCHEMAS,
        **CHART_SCHEMAS,
        **SEARCH_SCHEMAS,
    }
    shared, filters = filter_parameters(layers, lang)
    for layer in layers:
        paths.update(_layer_paths(layer, filters[layer.name], lang))
        schemas[f"feature_{layer.name}"] = feature_of(layer, lang)
        schemas[f"page_{layer.name}"] = page_of(layer)
    complete(paths)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": say("api.title", lang, name=name),
            "description": "\n\n".join(
                (
                    say("api.description", lang, name=name, time_zone=territory.time_zone),
                    f"[{say('promise.link', lang)}]({links('promise')})",
                )
            ),
            "version": version("sitplan"),
            "contact": {"name": say("api.title", lang, name=name), "url": f"{links.base}/"},
            "x-drafts": dict(DRAFTS),
        },
        "externalDocs": {"url": links("promise"), "description": say("promise.link", lang)},
        "servers": [{"url": f"{links.base}/api"}],
        "tags": [
            {"name": tag, "description": say(f"api.tag_{tag}", lang)}
            for tag in ("features", "tiles", "map", "processes", "service")
        ],
        "paths": paths,
        "components": {
            "parameters": {
                **shared_parameters(state, lang),
                **search_parameters(state, lang),
                **history_parameters(lang),
                **export_parameters(lang),
                **shared,
            },
            "schemas": schemas,
            "responses": {**RESPONSES, **export_responses(lang)},
        },
    }


def _refs(*names: str) -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _get(
    tag: str,
    operation: str,
    summary: str,
    *,
    parameters: list[dict[str, Any]],
    schema: str = "document",
    media_type: str = JSON,
    missing: bool = True,
) -> dict[str, Any]:
    """One path that can only be read."""
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    responses: dict[str, Any] = {
        "200": {"description": summary, "content": content},
        "304": {"description": "Not modified"},
        "400": {"$ref": "#/components/responses/problem"},
        "503": {"$ref": "#/components/responses/problem"},
    }
    if missing:
        responses["404"] = {"$ref": "#/components/responses/problem"}
    return {
        "get": {
            "tags": [tag],
            "summary": summary,
            "operationId": operation,
            "parameters": parameters,
            "responses": responses,
        }
    }


def _service_paths(lang: str) -> dict[str, Any]:
    common = _refs("lang", "f")
    return {
        "/": _get(
            "service", "getLandingPage", "API", parameters=common, schema="landing", missing=False
        ),
        "/conformance": _get(
            "service",
            "getConformance",
            "Conformance",
            parameters=common,
            schema="conformance",
            missing=False,
        ),
        "/openapi": _get(
            "service",
            "getApi",
            "OpenAPI",
            parameters=common,
            media_type=OPENAPI,
            schema="definition",
            missing=False,
        ),
        "/register": _get(
            "service",
            "getRegister",
            say("api.register", lang),
            parameters=common,
            schema="register",
            missing=False,
        ),
        "/promise": _get(
            "service",
            "getPromise",
            say("promise.title", lang),
            parameters=common,
            schema="promise",
            missing=False,
        ),
        "/health": _get(
            "service", "getHealth", "Health", parameters=common, schema="health", missing=False
        ),
        "/collections": _get(
            "features",
            "getCollections",
            say("api.all_layers", lang),
            parameters=common,
            schema="collections",
            missing=False,
        ),
    }


def _map_paths(lang: str) -> dict[str, Any]:
    common = _refs("lang", "f")
    written = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}
    text = query_parameter("q", written, say("found.q", lang))
    found = query_parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}, "1–50"
    )
    place = _refs("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol")
    every = say("api.all_layers", lang)
    return {
        "/styles": _get(
            "map", "getStyles", "Styles", parameters=common, schema="styles", missing=False
        ),
        "/styles/{styleId}": _get(
            "map",
            "getStyle",
            "Style",
            parameters=_refs("styleId", "lang", "f"),
            schema="style",
            media_type=STYLE,
        ),
        "/styles/{styleId}/metadata": _get(
            "map", "getStyleMetadata", "Style", parameters=_refs("styleId", "lang", "f")
        ),
        "/legend": _get(
            "map",
            "getLegend",
            "Legend",
            parameters=_refs("theme", *_MOMENT, "lang", "f"),
            schema="legend",
            missing=False,
        ),
        "/search": _get(
            "map",
            "search",
            say("found.q", lang),
            parameters=[{**text, "required": True}, found, *common],
            schema="search",
            missing=False,
        ),
        "/plan": _get(
            "map",
            "getPlan",
            "Plan",
            parameters=[*plan_parameters(lang), *common],
            schema="plan",
        ),
        "/plan/{code}": _get(
            "map",
            "getInitiative",
            "Plan",
            parameters=_refs("code", "lang", "f"),
            schema="initiative",
        ),
        "/tileMatrixSets": _get(
            "tiles",
            "getTileMatrixSetsList",
            "WebMercatorQuad",
            parameters=common,
            schema="matrix_sets",
            missing=False,
        ),
        "/tileMatrixSets/{tileMatrixSetId}": _get(
            "tiles",
            "getTileMatrixSet",
            "WebMercatorQuad",
            parameters=_refs("tileMatrixSetId", "lang", "f"),
            schema="matrix_set",
        ),
        "/tiles": _get(
            "tiles",
            ".dataset.vector.getTileSetsList",
            every,
            parameters=common,
            schema="tilesets",
            missing=False,
        ),
        "/tiles/{tileMatrixSetId}": _get(
            "tiles",
            ".dataset.vector.getTileSet",
            every,
            parameters=_refs("tileMatrixSetId", "collections", "lang", "f"),
            schema="tileset",
        ),
        "/tiles/{tileMatrixSetId}/tilejson": _get(
            "tiles",
            "getTileJson",
            "TileJSON 3",
            parameters=_refs("tileMatrixSetId", "collections", "lang", "f"),
            schema="tilejson",
        ),
        "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": _get(
            "tiles",
            ".dataset.vector.getTile",
            every,
            parameters=place + _refs("collections", *_MOMENT, *FILTER),
            schema="tile",
            media_type=MEDIA_TYPE,
        ),
    }


def _layer_paths(layer: Layer, filters: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    """What clients look for by a layer's own address; `_collection_paths` tells the rest."""
    name, title = layer.name, layer.title[lang]
    here = f"/collections/{name}"
    asked = _refs(*(n for n in ITEMS if n != "f"), "f-items", "accept-datetime", "prefer-count")
    found = {
        f"{here}/items": _get(
            "features",
            f"{name}.getFeatures",
            say("api.features_of", lang, title=title),
            parameters=[*asked, *filters],
            schema=f"page_{name}",
            media_type=GEOJSON,
        ),
        f"{here}/items/{{featureId}}": _get(
            "features",
            f"{name}.getFeature",
            say("api.feature_of", lang, title=title),
            parameters=_refs("featureId", "crs", "profile", *_MOMENT, "lang", "f-item"),
            schema=f"feature_{name}",
            media_type=GEOJSON,
        ),
    }
    add_faces(found[f"{here}/items"])
    return found


def _collection_paths(lang: str) -> dict[str, Any]:
    """What all layers have alike: told once, for there may be two hundred of them."""
    here, operation = "/collections/{collectionId}", "layer.collection.vector"
    common = _refs("collectionId", "lang", "f")
    tiles, under = say("api.tiles", lang), f"{here}/tiles"
    place = _refs("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol")
    one = f"{under}/{{tileMatrixSetId}}"
    return {
        here: _get(
            "features", "describeCollection", say("api.one_layer", lang), parameters=common,
            schema="collection",
        ),
        under: _get(
            "tiles", f"{operation}.getTileSetsList", tiles, parameters=common, schema="tilesets"
        ),
        one: _get(
            "tiles",
            f"{operation}.getTileSet",
            tiles,
            parameters=[*common, *_refs("tileMatrixSetId")],
            schema="tileset",
        ),
        f"{one}/tilejson": _get(
            "tiles",
            f"{operation}.getTileJson",
            tiles,
            parameters=[*common, *_refs("tileMatrixSetId")],
            schema="tilejson",
        ),
        f"{one}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            "tiles",
            f"{operation}.getTile",
            tiles,
            parameters=[*_refs("collectionId"), *place, *_refs(*_MOMENT, *FILTER)],
            schema="tile",
            media_type=MEDIA_TYPE,
        ),
    }  # fmt: skip
