"""The part of the API definition that tells of charts."""

from __future__ import annotations

from typing import Any

from api.links import JSON
from api.openapi_parts import query_parameter
from sitplan.charts import BY
from sitplan.words import say

_TEXT: dict[str, Any] = {"type": "string"}
_NO_TEXT: dict[str, Any] = {"type": "string", "nullable": True}
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
    "choices": _list(_object(by=_TEXT, title=_TEXT)),
    "links": _LINKS,
}
_NAMED = _list(_object(name=_TEXT, title=_TEXT))

CHART_SCHEMAS: dict[str, Any] = {
    "charts": _object(
        title=_TEXT, description=_TEXT, charts=_list(_object(**_SUMMARY)), links=_LINKS
    ),
    "chart": _object(
        **_SUMMARY,
        by=_NO_TEXT,
        of=_TEXT,
        day={"type": "string", "format": "date"},
        series=_NAMED,
        columns=_NAMED,
        rows=_list(
            {
                **_object(
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
        notes=_list(_TEXT),
        inputs=_list(_object(layer=_TEXT, title=_TEXT)),
    ),
}


def chart_paths(lang: str) -> dict[str, Any]:
    """Their two addresses."""
    named = {"name": "chartId", "in": "path", "required": True, "schema": _TEXT}
    by = query_parameter("by", {"type": "string", "enum": list(BY)}, say("charts.parameter", lang))
    return {
        "/charts": {"get": _get("getCharts", say("charts.list", lang), "charts", [])},
        "/charts/{chartId}": {
            "get": _get("getChart", say("charts.one", lang), "chart", [named, by])
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
