"""The part of the API definition that tells of indicators."""

from __future__ import annotations

from typing import Any

from api.openapi_parts import list_of, map_operation, object_of, query_parameter
from sitplan.indicators import INDICATORS, REASONS
from sitplan.words import say

_TEXT: dict[str, Any] = {"type": "string"}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_NUMBER: dict[str, Any] = {"type": "number", "nullable": True}
_LINKS: dict[str, Any] = {"$ref": "#/components/schemas/links"}

_SUMMARY: dict[str, Any] = {
    "id": _TEXT,
    "title": _TEXT,
    "description": _TEXT,
    "unit": _TEXT,
    "group": object_of(id=_TEXT, title=_TEXT),
    "choices": list_of(object_of(name=_TEXT, title=_TEXT, value=_TEXT, valueTitle=_TEXT)),
    "analysis": object_of(id=_TEXT, title=_TEXT),
    "areas": list_of(object_of(layer=_TEXT, title=_TEXT)),
    "links": _LINKS,
}
_ROW = object_of(
    id={"type": "string", "format": "uuid", "nullable": True},
    code=_TEXT,
    name=_TEXT,
    value=_NUMBER,
    reason={"type": "string", "enum": list(REASONS), "nullable": True},
)
_CLASS: dict[str, dict[str, Any]] = {
    "from": _NUMBER, "to": _NUMBER, "label": _TEXT, "day": _TEXT, "dark": _TEXT, "count": _COUNT,
}  # fmt: skip
_PARAMETER = object_of(
    name=_TEXT, title=_TEXT, value={"nullable": True}, unit=_TEXT, source=_TEXT, verified=_TRUTH
)
_METHOD = object_of(
    name=_TEXT, title=_TEXT, date=_TEXT,
    inputs=list_of({"type": "object"}), parameters=list_of(_PARAMETER), notes=list_of(_TEXT),
)  # fmt: skip

_PUBLISHED = object_of(
    code={**_TEXT, "nullable": True},
    title=_TEXT,
    unit=_TEXT,
    value={"type": "number"},
    year={"type": "integer"},
    source=_TEXT,
    standard=_NUMBER,
    ours=list_of(
        object_of(
            way={"type": "string", "enum": ["network", "straight"], "nullable": True},
            value={"type": "number"},
            difference={"type": "number"},
        )
    ),
    statement=_TEXT,
    why=_TEXT,
)

INDICATOR_SCHEMAS: dict[str, Any] = {
    "indicator_summary": object_of(**_SUMMARY),
    "indicators": object_of(
        title=_TEXT,
        description=_TEXT,
        indicators=list_of({"$ref": "#/components/schemas/indicator_summary"}),
        links=_LINKS,
    ),
    "indicator": object_of(
        **_SUMMARY,
        of=_TEXT,
        ofTitle=_TEXT,
        shape={"type": "string", "enum": ["area", "point"]},
        statement=_TEXT,
        calculated={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        illustrative=_TRUTH,
        inputs=list_of(
            object_of(layer=_TEXT, title=_TEXT, revision={"type": "integer", "nullable": True})
        ),
        formula=_TEXT,
        method=_METHOD,
        whole=_NUMBER,
        published=list_of(_PUBLISHED),
        classesBy=_TEXT,
        classes=list_of(object_of(**_CLASS)),
        none=list_of(
            object_of(reason={"type": "string", "enum": list(REASONS)}, label=_TEXT, count=_COUNT)
        ),
        columns=list_of(object_of(name=_TEXT, title=_TEXT)),
        rows=list_of({**_ROW, "additionalProperties": True}),
    ),
}


def indicator_paths(lang: str) -> dict[str, Any]:
    """Their two addresses."""
    named = {"name": "indicatorId", "in": "path", "required": True, "schema": _TEXT}
    layers = sorted({layer for one in INDICATORS.values() for layer in one.areas})
    areas = query_parameter("of", {"type": "string", "enum": layers}, say("indicators.of", lang))
    return {
        "/indicators": {
            "get": map_operation("getIndicators", say("indicators.list", lang), "indicators", [])
        },
        "/indicators/{indicatorId}": {
            "get": map_operation(
                "getIndicator", say("indicators.one", lang), "indicator", [named, areas]
            )
        },
    }
