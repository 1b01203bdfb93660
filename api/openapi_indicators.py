"""The part of the API definition that tells of indicators."""

from __future__ import annotations

from typing import Any

from api.links import JSON
from api.openapi_parts import query_parameter
from sitplan.indicators import INDICATORS
from sitplan.words import say

_TEXT: dict[str, Any] = {"type": "string"}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_NUMBER: dict[str, Any] = {"type": "number", "nullable": True}
_LINKS: dict[str, Any] = {"$ref": "#/components/schemas/links"}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_SUMMARY: dict[str, Any] = {
    "id": _TEXT,
    "title": _TEXT,
    "description": _TEXT,
    "unit": _TEXT,
    "group": _object(id=_TEXT, title=_TEXT),
    "choices": _list(_object(name=_TEXT, title=_TEXT, value=_TEXT, valueTitle=_TEXT)),
    "analysis": _object(id=_TEXT, title=_TEXT),
    "areas": _list(_object(layer=_TEXT, title=_TEXT)),
    "links": _LINKS,
}
_ROW = _object(
    id={"type": "string", "format": "uuid", "nullable": True},
    code=_TEXT,
    name=_TEXT,
    value=_NUMBER,
    reason={"type": "string", "enum": ["few", "none"], "nullable": True},
)
_CLASS: dict[str, dict[str, Any]] = {
    "from": _NUMBER, "to": _NUMBER, "label": _TEXT, "day": _TEXT, "dark": _TEXT, "count": _COUNT,
}  # fmt: skip
_PARAMETER = _object(
    name=_TEXT, title=_TEXT, value={"nullable": True}, unit=_TEXT, source=_TEXT, verified=_TRUTH
)
_METHOD = _object(
    name=_TEXT, title=_TEXT, date=_TEXT,
    inputs=_list({"type": "object"}), parameters=_list(_PARAMETER), notes=_list(_TEXT),
)  # fmt: skip

INDICATOR_SCHEMAS: dict[str, Any] = {
    "indicator_summary": _object(**_SUMMARY),
    "indicators": _object(
        title=_TEXT,
        description=_TEXT,
        indicators=_list({"$ref": "#/components/schemas/indicator_summary"}),
        links=_LINKS,
    ),
    "indicator": _object(
        **_SUMMARY,
        of=_TEXT,
        ofTitle=_TEXT,
        shape={"type": "string", "enum": ["area", "point"]},
        statement=_TEXT,
        calculated={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        illustrative=_TRUTH,
        inputs=_list(
            _object(layer=_TEXT, title=_TEXT, revision={"type": "integer", "nullable": True})
        ),
        formula=_TEXT,
        method=_METHOD,
        whole=_NUMBER,
        classesBy=_TEXT,
        classes=_list(_object(**_CLASS)),
        none=_list(
            _object(reason={"type": "string", "enum": ["few", "none"]}, label=_TEXT, count=_COUNT)
        ),
        columns=_list(_object(name=_TEXT, title=_TEXT)),
        rows=_list({**_ROW, "additionalProperties": True}),
    ),
}


def indicator_paths(lang: str) -> dict[str, Any]:
    """Their two addresses."""
    named = {"name": "indicatorId", "in": "path", "required": True, "schema": _TEXT}
    layers = sorted({layer for one in INDICATORS.values() for layer in one.areas})
    areas = query_parameter("of", {"type": "string", "enum": layers}, say("indicators.of", lang))
    return {
        "/indicators": {
            "get": _get("getIndicators", say("indicators.list", lang), "indicators", [])
        },
        "/indicators/{indicatorId}": {
            "get": _get("getIndicator", say("indicators.one", lang), "indicator", [named, areas])
        },
    }


def _get(name: str, summary: str, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
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
