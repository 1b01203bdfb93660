"""The part of the API definition that tells of the past."""

from __future__ import annotations

from typing import Any

from api.links import ATOM, JSON, LINK_FORMAT
from api.openapi_parts import query_parameter
from sitplan.words import say

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": "string", "nullable": True}
_INSTANT = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL = {"type": "string", "format": "date-time", "nullable": True}
_MADE: dict[str, Any] = {
    "recorded_at": _INSTANT_OR_NULL,
    "kind": _TEXT_OR_NULL,
    "kind_title": _TEXT_OR_NULL,
    "role": _TEXT_OR_NULL,
    "why": _TEXT_OR_NULL,
    "source": _TEXT_OR_NULL,
}
_LINKS = {"$ref": "#/components/schemas/links"}
_COUNT = {"type": "integer", "minimum": 0}
_FIELDS = {"type": "array", "items": _TEXT}


def history_parameters(lang: str) -> dict[str, Any]:
    """The parameters of recorded time, which many paths share."""
    return {
        "as-of": query_parameter("as-of", _INSTANT, say("history.as_of", lang)),
        "accept-datetime": {
            "name": "Accept-Datetime",
            "in": "header",
            "required": False,
            "description": say("history.accept_datetime", lang),
            "schema": _TEXT,
        },
    }


def history_paths(lang: str) -> dict[str, Any]:
    """The paths of the past of each layer."""
    here = "/collections/{collectionId}"
    common = _refs("collectionId", "lang")
    axis = {"type": "string", "enum": ["recorded", "valid"], "default": "recorded"}
    first = query_parameter("from", _TEXT, say("history.diff_from", lang))
    return {
        f"{here}/items/{{featureId}}/versions": _get(
            "getVersions",
            say("history.versions", lang),
            [*_refs("featureId"), *common, _format("json", "link", "html", lang=lang)],
            schema="versions",
            other=LINK_FORMAT,
        ),
        f"{here}/changes": _get(
            "getChanges",
            say("history.changes", lang),
            [
                query_parameter("since", _TEXT, say("history.since", lang)),
                *_refs("limit"),
                *common,
                _format("json", "atom", "html", lang=lang),
            ],
            schema="changes",
            other=ATOM,
        ),
        f"{here}/diff": _get(
            "getDifferences",
            say("history.diff", lang),
            [
                {**first, "required": True},
                query_parameter("to", _TEXT, say("history.diff_to", lang)),
                query_parameter("axis", axis, say("history.axis", lang)),
                *_refs("datetime", "as-of", "limit", "after", "f"),
                *common,
            ],
            schema="diff",
        ),
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


def _enum(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


_DAY_OR_NULL = {"type": "string", "format": "date", "nullable": True}
_BOTH = {"id": {"type": "string", "format": "uuid"}, "fields": _FIELDS}
_SIDE = {"$ref": "#/components/schemas/any_feature"}
_SIDES = {"before": _SIDE, "after": _SIDE}
HISTORY_SCHEMAS: dict[str, Any] = {
    "versions": _object(
        id={"type": "string", "format": "uuid"},
        collection=_TEXT,
        original=_TEXT,
        timemap=_TEXT,
        versions=_list(
            version={"type": "integer", "minimum": 1},
            recorded_from=_INSTANT,
            recorded_to=_INSTANT_OR_NULL,
            valid_from=_DAY_OR_NULL,
            valid_to=_DAY_OR_NULL,
            href=_TEXT,
            made=_object(**_MADE),
            ended={**_object(action=_enum("replace", "delete"), **_MADE), "nullable": True},
        ),
        links=_LINKS,
    ),
    "changes": _object(
        collection=_TEXT,
        numberReturned=_COUNT,
        changes=_list(action=_enum("create", "replace", "delete"), **_BOTH, **_MADE, **_SIDES),
        token=_TEXT,
        links=_LINKS,
    ),
    "diff": _object(
        collection=_TEXT,
        axis=_enum("recorded", "valid"),
        **{"from": _TEXT, "to": _TEXT},
        counts=_object(added=_COUNT, changed=_COUNT, removed=_COUNT),
        numberReturned=_COUNT,
        differences=_list(
            action=_enum("added", "changed", "removed"), code=_TEXT, **_BOTH, **_SIDES
        ),
        links=_LINKS,
    ),
}


def _refs(*names: str) -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _format(*choices: str, lang: str) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(choices), "default": choices[0]}
    return query_parameter("f", schema, say("history.format", lang, known=", ".join(choices)))


def _get(
    operation: str,
    summary: str,
    parameters: list[dict[str, Any]],
    *,
    schema: str,
    other: str | None = None,
) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    if other:
        content[other] = {"schema": _TEXT}
    wrong = {"$ref": "#/components/responses/problem"}
    return {
        "get": {
            "tags": ["features"],
            "summary": summary,
            "operationId": operation,
            "parameters": parameters,
            "responses": {
                "200": {"description": summary, "content": content},
                "304": {"description": "Not modified"},
                "400": wrong,
                "404": wrong,
                "410": wrong,
                "503": wrong,
            },
        }
    }
