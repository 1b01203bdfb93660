"""The parts that the API definition's paths refer to: parameters, schemas, answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from api.links import JSON
from api.openapi_answers import PAGE
from api.params import DEFAULT_LIMIT, MAX_LIMIT, filterable_fields
from api.schemas import field_schema
from api.state import State
from sitplan.cql2 import LANGS
from sitplan.layer import Field, Layer
from sitplan.style import THEMES
from sitplan.told import told_fields
from sitplan.words import LANGUAGES, say

_KEY = re.compile(r"[A-Za-z0-9._-]+")
"""What a component may be called."""
_OURS = ("$schema", "$id", "const", "oneOf", "x-ogc-role", "x-ogc-propertySeq")


def shared_parameters(state: State, lang: str) -> dict[str, Any]:
    """The parameters that many paths share, by name."""
    systems = list(dict.fromkeys(crs.uri for one in state.catalogue for crs in state.offered(one)))
    texts = {"type": "string"}
    return {
        "limit": query_parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            say("api.limit", lang, maximum=MAX_LIMIT),
        ),
        "bbox": query_parameter(
            "bbox",
            {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
            say("api.bbox", lang),
        ),
        "datetime": query_parameter("datetime", texts, say("api.datetime", lang)),
        "crs": query_parameter(
            "crs", {"type": "string", "format": "uri", "enum": systems}, say("api.crs", lang)
        ),
        "bbox-crs": query_parameter(
            "bbox-crs",
            {"type": "string", "format": "uri", "enum": systems},
            say("api.bbox_crs", lang),
        ),
        "filter": query_parameter("filter", texts, say("cql2.filter", lang)),
        "filter-lang": query_parameter(
            "filter-lang",
            {"type": "string", "enum": list(LANGS), "default": LANGS[0]},
            say("cql2.filter_lang", lang),
        ),
        "filter-crs": query_parameter(
            "filter-crs",
            {"type": "string", "format": "uri", "enum": systems},
            say("cql2.filter_crs", lang),
        ),
        "after": query_parameter("after", texts, say("api.after", lang)),
        "lang": query_parameter(
            "lang",
            {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
            say("api.lang", lang),
        ),
        "f": query_parameter(
            "f",
            {"type": "string", "enum": ["json", "html"]},
            say("api.format", lang),
        ),
        "collections": query_parameter(
            "collections", {"type": "array", "items": texts}, say("api.collections", lang)
        ),
        "theme": query_parameter(
            "theme", {"type": "string", "enum": list(THEMES)}, say("api.theme", lang)
        ),
        **{
            name: {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in (
                ("featureId", {"type": "string", "format": "uuid"}),
                ("tileMatrixSetId", {"type": "string", "enum": ["WebMercatorQuad"]}),
                ("tileMatrix", {"type": "string"}),
                ("tileRow", {"type": "integer", "minimum": 0}),
                ("tileCol", {"type": "integer", "minimum": 0}),
                ("styleId", {"type": "string", "enum": list(THEMES)}),
                ("code", texts),
            )
        },
    }


def query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """One optional query parameter, its style said aloud."""
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def filter_parameters(
    layers: Iterable[Layer], lang: str
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """The fields that parameters of their names filter by.

    Returns
    -------
    dict, dict
        What several layers have alike, as components; and of each layer all of its parameters,
        those by reference.
    """
    of_layers = {
        layer.name: {f.name: _filter_parameter(f, lang) for f in filterable_fields(layer)}
        for layer in layers
    }
    kinds: dict[str, list[dict[str, Any]]] = {}
    for fields in of_layers.values():
        for name, one in fields.items():
            kinds.setdefault(name, []).append(one)
    alike = {
        name: kind[0]
        for name, kind in kinds.items()
        if _KEY.fullmatch(name) and len(kind) > 1 and all(one == kind[0] for one in kind)
    }
    told = {
        layer: [
            {"$ref": f"#/components/parameters/field-{name}"} if name in alike else one
            for name, one in fields.items()
        ]
        for layer, fields in of_layers.items()
    }
    return {f"field-{name}": one for name, one in alike.items()}, told


def _filter_parameter(field: Field, lang: str) -> dict[str, Any]:
    """A field as a parameter; of an array, one value is asked for."""
    schema = _plain(field_schema(field, lang))
    if field.type == "array":
        schema = {**schema["items"], "title": schema["title"]}
    wanted: dict[str, Any] = {k: schema[k] for k in ("type", "format", "enum") if k in schema}
    return query_parameter(field.name, wanted, field.title[lang])


def feature_of(layer: Layer, lang: str) -> dict[str, Any]:
    """The schema of a layer's feature as GeoJSON."""
    properties = {f.name: _value_of(f, lang) for f in told_fields(layer)}
    geometry = {"$ref": "#/components/schemas/shape"}
    nothing = {"type": "object", "nullable": True, "enum": [None]}
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "format": "uuid"},
            "geometry": geometry if layer.geometry else nothing,
            "properties": {"type": "object", "properties": properties},
            "links": {"$ref": "#/components/schemas/links"},
        },
    }


def _referring(schema: dict[str, Any], field: Field) -> dict[str, Any]:
    """A field that refers to a feature: by text, or by a link where a profile asks for one."""
    one = {"anyOf": [{"type": "string", "nullable": True}, {"$ref": "#/components/schemas/ref"}]}
    if field.type == "array":
        return {**schema, "items": one}
    return {**{k: v for k, v in schema.items() if k not in ("type", "nullable")}, **one}


def _value_of(field: Field, lang: str) -> dict[str, Any]:
    """What an answer may hold: with `profile=val-as-title` a title stands where a code stood."""
    found = {**_plain(field_schema(field, lang)), "nullable": True}
    if found.pop("enum", None):
        found["type"] = "string"
    if field.references:
        return _referring(found, field)
    if "items" in found:
        found["items"] = {k: v for k, v in found["items"].items() if k != "enum"}
    return found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """What OpenAPI 3.0.3 can say of a JSON Schema of 2020."""
    found = {key: value for key, value in schema.items() if key not in _OURS}
    if "items" in found:
        found["items"] = _plain(found["items"])
    return found


def page_of(layer: Layer) -> dict[str, Any]:
    """The schema of a page of them."""
    one = {"$ref": f"#/components/schemas/feature_{layer.name}"}
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": one},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
            "links": {"$ref": "#/components/schemas/links"},
        },
    }


_GEOMETRY: dict[str, Any] = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [
                "Point",
                "MultiPoint",
                "LineString",
                "MultiLineString",
                "Polygon",
                "MultiPolygon",
                "GeometryCollection",
            ],
        },
        "coordinates": {"type": "array", "items": {}},
    },
}
SCHEMAS: dict[str, Any] = {
    "document": {"type": "object"},
    "html": PAGE,
    "tile": {"type": "string", "format": "binary"},
    "geometry": _GEOMETRY,
    "shape": {**_GEOMETRY, "nullable": True},
    "ref": {
        "type": "object",
        "required": ["href", "title"],
        "properties": {"href": {"type": "string"}, "title": {"type": "string"}},
    },
    "links": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": {
                "href": {"type": "string"},
                "rel": {"type": "string"},
                "type": {"type": "string"},
                "title": {"type": "string"},
            },
        },
    },
    "problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "instance", "hint", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "instance": {"type": "string"},
            "hint": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    },
}


def list_of(item: dict[str, Any]) -> dict[str, Any]:
    """A schema of a list."""
    return {"type": "array", "items": item}


def object_of(**properties: dict[str, Any]) -> dict[str, Any]:
    """A schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def map_operation(
    name: str, summary: str, schema: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    """Reading a document of the map, in a language and as a page if wished."""
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    problems = {
        status: {"$ref": "#/components/responses/problem"} for status in ("400", "404", "503")
    }
    return {
        "tags": ["map"],
        "summary": summary,
        "operationId": name,
        "parameters": [
            *parameters,
            *({"$ref": f"#/components/parameters/{one}"} for one in ("lang", "f")),
        ],
        "responses": {
            "200": {"description": summary, "content": content},
            "304": {"description": "Not modified"},
            **problems,
        },
    }
