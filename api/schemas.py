"""A layer's fields as JSON Schema: what features hold, and what they can be asked by.

OGC API Common 3 (schemas) gives the words beginning with ``x-ogc-``.
"""

from __future__ import annotations

from typing import Any

from api.params import filterable_fields
from sitplan.cql2 import GEOMETRY
from sitplan.layer import Field, Layer
from sitplan.paging import sortable_fields
from sitplan.told import COMMON_FIELDS, told_fields
from sitplan.words import say

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "array": {"type": "array"},
}
_ROLES = {"valid_from": "primary-interval-start", "valid_to": "primary-interval-end"}
_GEOJSON_WORDS = ("title", "description", "type", "format")
_COMMON = {field.name for field in COMMON_FIELDS}


def feature_schema(layer: Layer, *, identifier: str, lang: str) -> dict[str, Any]:
    """The schema of a layer's features; `identifier` is its own address."""
    properties: dict[str, Any] = {
        "id": {
            "title": say("api.identifier", lang),
            "type": "string",
            "format": "uuid",
            "readOnly": True,
            "x-ogc-role": "id",
            "x-ogc-propertySeq": 1,
        }
    }
    if layer.geometry:
        kind = layer.geometry.type.lower()
        properties["geometry"] = {
            "title": say("api.geometry", lang),
            "format": "geometry-any" if kind == "geometry" else f"geometry-{kind}",
            "x-ogc-role": "primary-geometry",
            "x-ogc-propertySeq": 2,
        }
    for number, field in enumerate(told_fields(layer), start=3):
        properties[field.name] = {**field_schema(field, lang), "x-ogc-propertySeq": number}
    return {
        "$schema": DIALECT,
        "$id": identifier,
        "title": layer.title[lang],
        "description": layer.description[lang],
        "type": "object",
        "properties": properties,
        "required": ["code", *(f.name for f in layer.public_fields if f.required)],
        "additionalProperties": False,
    }


def geojson_schema(layer: Layer, *, identifier: str, lang: str) -> dict[str, Any]:
    """The schema of a feature as GeoJSON, for clients that take types from it (GDAL, R's sf).

    They know a type that is one word, and hold an ``integer`` in 32 bits: a whole number that may
    be larger is said to be a ``number``, which it is, lest an amount of money be cut. Any property
    may be null, which they have no word for; `nullable` is OpenAPI's.
    """
    properties: dict[str, Any] = {}
    for field in told_fields(layer):
        schema = {k: v for k, v in field_schema(field, lang).items() if k in _GEOJSON_WORDS}
        if field.type == "integer" and not _is_small(field):
            schema["type"] = "number"
        if field.type == "array":
            schema["items"] = {"type": "string"}
        properties[field.name] = {**schema, "nullable": True}
    return {
        "$schema": DIALECT,
        "$id": identifier,
        "title": layer.title[lang],
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
            "properties": {"type": "object", "properties": properties},
        },
    }


def _is_small(field: Field) -> bool:
    limits = (field.minimum, field.maximum)
    return field.name == "version" or all(v is not None and abs(v) < 1 << 31 for v in limits)


def queryables(layer: Layer, *, identifier: str, lang: str) -> dict[str, Any]:
    """The schema of what a layer can be filtered by.

    All but the shape are parameters of their names too.
    """
    properties = {f.name: field_schema(f, lang) for f in filterable_fields(layer)}
    if layer.geometry:
        kind = layer.geometry.type
        properties[GEOMETRY] = {
            "title": say("api.geometry", lang),
            # QGIS knows a shape by this address and asks nothing of it
            "$ref": f"https://geojson.org/schema/{kind}.json",
            "format": "geometry-any" if kind == "Geometry" else f"geometry-{kind.lower()}",
            "x-ogc-role": "primary-geometry",
        }
    return {
        "$schema": DIALECT,
        "$id": identifier,
        "title": say("api.queryables_of", lang, title=layer.title[lang]),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def sortables(layer: Layer, *, identifier: str, lang: str) -> dict[str, Any]:
    """The schema of what a layer can be sorted by."""
    return {
        "$schema": DIALECT,
        "$id": identifier,
        "title": say("api.sortables_of", lang, title=layer.title[lang]),
        "type": "object",
        "properties": {f.name: field_schema(f, lang) for f in sortable_fields(layer)},
        "additionalProperties": False,
    }


def _reference(field: Field) -> dict[str, str]:
    """23-058r2, role-reference: a text that names a feature of a collection; an array's items."""
    if field.references is None:
        return {}
    return {"x-ogc-role": "reference", "x-ogc-collectionId": field.references}


def field_schema(field: Field, lang: str) -> dict[str, Any]:
    """One field: type, title, unit, limits, and its codes with their titles."""
    found: dict[str, Any] = {"title": field.title[lang], **_TYPES[field.type]}
    if field.description:
        found["description"] = field.description[lang]
    codes = {
        "enum": list(field.codes),
        "oneOf": [{"const": code, "title": title[lang]} for code, title in field.codes.items()],
    }
    if field.type == "array":
        found["items"] = {"type": "string", **(codes if field.codes else {}), **_reference(field)}
    else:
        found.update({**(codes if field.codes else {}), **_reference(field)})
    limits = {
        "minimum": field.minimum,
        "maximum": field.maximum,
        "pattern": field.pattern and f"^(?:{field.pattern})$",
        "maxLength": field.max_length,
        "x-ogc-unit": field.unit,
        "x-ogc-role": _ROLES.get(field.name) or found.get("x-ogc-role"),
        "readOnly": True if field.computed or field.name in _COMMON else None,
    }
    found.update({key: value for key, value in limits.items() if value is not None})
    return found
