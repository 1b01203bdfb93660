"""The part of the API definition that tells of charts."""

from __future__ import annotations

from typing import Any

from api.openapi_parts import list_of, map_operation, object_of, query_parameter
from sitplan.charts import BY
from sitplan.words import say

_TEXT: dict[str, Any] = {"type": "string"}
_NO_TEXT: dict[str, Any] = {"type": "string", "nullable": True}
_NUMBER: dict[str, Any] = {"type": "number", "nullable": True}
_LINKS: dict[str, Any] = {"$ref": "#/components/schemas/links"}

_SUMMARY: dict[str, Any] = {
    "id": _TEXT,
    "title": _TEXT,
    "description": _TEXT,
    "unit": _TEXT,
    "choices": list_of(object_of(by=_TEXT, title=_TEXT)),
    "links": _LINKS,
}
_NAMED = list_of(object_of(name=_TEXT, title=_TEXT))

CHART_SCHEMAS: dict[str, Any] = {
    "charts": object_of(
        title=_TEXT, description=_TEXT, charts=list_of(object_of(**_SUMMARY)), links=_LINKS
    ),
    "chart": object_of(
        **_SUMMARY,
        by=_NO_TEXT,
        of=_TEXT,
        day={"type": "string", "format": "date"},
        series=_NAMED,
        columns=_NAMED,
        rows=list_of(
            {
                **object_of(
                    code=_TEXT,
                    title=_TEXT,
                    values={"type": "object", "additionalProperties": _NUMBER},
                ),
                "additionalProperties": True,
            }
        ),
        total=_NUMBER,
        illustrative={"type": "boolean"},
        warning=_NO_TEXT,
        notes=list_of(_TEXT),
        inputs=list_of(object_of(layer=_TEXT, title=_TEXT)),
    ),
}


def chart_paths(lang: str) -> dict[str, Any]:
    """Their two addresses."""
    named = {"name": "chartId", "in": "path", "required": True, "schema": _TEXT}
    by = query_parameter("by", {"type": "string", "enum": list(BY)}, say("charts.parameter", lang))
    return {
        "/charts": {"get": map_operation("getCharts", say("charts.list", lang), "charts", [])},
        "/charts/{chartId}": {
            "get": map_operation("getChart", say("charts.one", lang), "chart", [named, by])
        },
    }
