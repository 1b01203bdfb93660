"""The part of the API definition that tells how features are chosen, sorted and searched."""

from __future__ import annotations

from typing import Any

from api.codelists import PROFILES
from api.links import GEOJSON, JSON, SCHEMA
from api.openapi_exports import add_faces
from api.openapi_parts import query_parameter
from api.page import RESULT_TYPES
from api.params import ITEMS
from api.queries import DEEPEST_ZOOM, MAX_OFFSET, MOST_IDS
from api.state import State
from sitplan.cql2 import LANGS
from sitplan.paging import MOST_KEYS
from sitplan.words import say

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_KNOWN: dict[str, Any] = {
    "filter": {"anyOf": [_TEXT, {"type": "object"}]},
    "filter-lang": {"type": "string", "enum": list(LANGS)},
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "limit": {"type": "integer", "minimum": 1},
    "offset": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
    "ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
    "sortby": {"type": "array", "items": _TEXT, "minItems": 1},
    "properties": _TEXTS,
    "exclude-properties": _TEXTS,
    "skip-geometry": {"type": "boolean"},
    "zoom-level": {"type": "integer", "minimum": 0, "maximum": DEEPEST_ZOOM},
    "result-type": {"type": "string", "enum": list(RESULT_TYPES)},
}
SEARCH_SCHEMAS: dict[str, Any] = {
    "page": {
        "type": "object",
        "required": ["type", "features", "numberReturned"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"type": "object"}},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
            "links": {"$ref": "#/components/schemas/links"},
        },
    },
    "question": {
        "type": "object",
        "properties": {
            name: _KNOWN.get(name, _TEXT) for name in ITEMS if name not in ("f", "lang")
        },
    },
}
"""Besides, each of a layer's queryables by its name."""


def search_parameters(state: State, lang: str) -> dict[str, Any]:
    """The parameters, by name; their fields are those of the layer's sortables and schema."""
    ids = {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": MOST_IDS}
    names = list(state.catalogue.layers)
    return {
        "collectionId": {
            "name": "collectionId",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": names},
        },
        "q": query_parameter("q", {**_TEXTS, "minItems": 1}, say("search.q", lang)),
        "ids": query_parameter("ids", ids, say("search.ids", lang)),
        "offset": query_parameter(
            "offset",
            {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
            say("search.offset", lang),
        ),
        "result-type": query_parameter(
            "result-type",
            {"type": "string", "enum": list(RESULT_TYPES), "default": RESULT_TYPES[0]},
            say("search.result_type", lang),
        ),
        "sortby": query_parameter(
            "sortby",
            {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MOST_KEYS},
            say("search.sortby", lang),
        ),
        "properties": query_parameter("properties", _TEXTS, say("search.properties", lang)),
        "exclude-properties": query_parameter(
            "exclude-properties", _TEXTS, say("search.exclude", lang)
        ),
        "skip-geometry": query_parameter(
            "skip-geometry", {"type": "boolean"}, say("search.skip_geometry", lang)
        ),
        "zoom-level": query_parameter(
            "zoom-level",
            {"type": "integer", "minimum": 0, "maximum": DEEPEST_ZOOM},
            say("search.zoom_level", lang),
        ),
        "prefer-count": {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": say("search.prefer", lang),
            "schema": {"type": "string", "enum": ["count=exact", "count=none"]},
        },
    }


def search_paths(lang: str) -> dict[str, Any]:
    """What every collection has alike: what it can be asked, and the question as a body."""
    problem = {"$ref": "#/components/responses/problem"}
    missing = dict.fromkeys(("400", "404", "503"), problem)
    common = [{"$ref": f"#/components/parameters/{name}"} for name in ("collectionId", "lang")]
    paths: dict[str, Any] = {}
    profile = query_parameter(
        "profile",
        {"type": "array", "items": {"type": "string", "enum": list(PROFILES)}},
        say("search.codelist_profile", lang),
    )
    field = {"name": "field", "in": "path", "required": True, "schema": _TEXT}
    for part, kind, more in (
        ("schema", SCHEMA, [profile]),
        ("feature-schema", SCHEMA, []),
        ("queryables", SCHEMA, [profile]),
        ("sortables", SCHEMA, [profile]),
        ("codelists/{field}", JSON, [field]),
    ):
        name = part.partition("/")[0].replace("-", "_")
        title = say(f"search.{name}", lang)
        shape = "json_schema" if kind == SCHEMA else "document"
        content = {kind: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
        paths[f"/collections/{{collectionId}}/{part}"] = {
            "get": {
                "tags": ["features"],
                "summary": title,
                "operationId": f"get_{name}",
                "parameters": [*common, *more, {"$ref": "#/components/parameters/f"}],
                "responses": {
                    "200": {"description": title, "content": content},
                    "304": {"description": "Not modified"},
                    **missing,
                },
            }
        }
    title = say("search.path", lang)
    page = {"schema": {"$ref": "#/components/schemas/page"}}
    paths["/collections/{collectionId}/search"] = {
        "post": {
            "tags": ["features"],
            "summary": title,
            "operationId": "searchFeatures",
            "parameters": [
                *common,
                {"$ref": "#/components/parameters/f-items"},
                {"$ref": "#/components/parameters/prefer-count"},
            ],
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/question"}}},
            },
            "responses": {
                "200": {"description": title, "content": {GEOJSON: page}},
                "413": problem,
                **missing,
            },
        }
    }
    add_faces(paths["/collections/{collectionId}/search"])
    return paths
