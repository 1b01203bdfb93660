"""What the API definition says of the catalogue: records, ISO 19139, DCAT, notebooks."""

from __future__ import annotations

from typing import Any

from api.links import GEOJSON, JSON, LD_JSON, SCHEMA, TURTLE
from api.openapi_parts import query_parameter
from api.params import FILTER
from api.record_query import SORTABLES
from api.records import CATALOGUE, ISO, NOTEBOOK
from sitplan.words import say

_TEXT = {"type": "string"}


def record_paths(lang: str) -> dict[str, Any]:
    """The paths of the catalogue, for the whole document."""
    here = f"/collections/{CATALOGUE}"
    title = say("pages.catalogue", lang)
    common = [_ref("lang"), _ref("f")]
    order = {
        "type": "array",
        "items": {"type": "string", "enum": [s + n for n in SORTABLES for s in ("", "-", "+")]},
    }
    listed = [
        _ref("limit"),
        _ref("bbox"),
        _ref("datetime"),
        _query("q", _TEXT, lang),
        _query("type", {"type": "array", "items": _TEXT}, lang),
        _query("ids", {"type": "array", "items": _TEXT}, lang),
        _query("externalIds", {"type": "array", "items": _TEXT}, lang),
        _query("sortby", order, lang),
        *(_ref(name) for name in FILTER),
        _query("offset", {"type": "integer", "minimum": 0, "maximum": 999_999, "default": 0}, lang),
    ]
    found = {
        here: _get("getCatalogue", title, common, schema="collection"),
        f"{here}/items": _get(
            "getRecords", title, [*listed, *common], kind=GEOJSON, schema="records"
        ),
        f"{here}/items/{{recordId}}": _get(
            "getRecord", title, [_path("recordId"), *common], kind=GEOJSON, schema="record"
        ),
        "/dcat": _dcat(lang),
        "/iso19139": _get("getIsoList", "ISO 19139", common, schema="iso_list"),
        "/iso19139/{layerId}": _get("getIso", "ISO 19139", [_path("layerId")], kind=ISO),
        "/notebooks/{notebookId}": _get(
            "getNotebook", say("pages.kinds.notebook", lang), [_path("notebookId")], kind=NOTEBOOK
        ),
    }
    for part in ("schema", "queryables", "sortables"):
        words = say(f"pages.records.{part}", lang)
        name = f"getRecord{part.capitalize()}"
        found[f"{here}/{part}"] = _get(name, words, common, kind=SCHEMA, schema="json_schema")
    return found


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{name}"}


def _query(name: str, schema: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "description": say(f"pages.records.parameters.{name}", lang),
        "schema": schema,
    }


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _get(
    operation: str,
    summary: str,
    parameters: list[dict[str, Any]],
    *,
    kind: str = JSON,
    schema: str = "document",
) -> dict[str, Any]:
    shape = _TEXT if kind in (ISO, NOTEBOOK) else {"$ref": f"#/components/schemas/{schema}"}
    problem = {"$ref": "#/components/responses/problem"}
    return {
        "get": {
            "tags": ["service"],
            "summary": summary,
            "operationId": operation,
            "parameters": parameters,
            "responses": {
                "200": {"description": summary, "content": {kind: {"schema": shape}}},
                "304": {"description": "Not modified"},
                "400": problem,
                "404": problem,
                "503": problem,
            },
        }
    }


def _dcat(lang: str) -> dict[str, Any]:
    choice = {"type": "string", "enum": ["jsonld", "ttl", "html"], "default": "jsonld"}
    face = query_parameter("f", choice, say("api.format", lang))
    found = _get("getDcat", "DCAT", [face, _ref("lang")], kind=LD_JSON)
    found["get"]["responses"]["200"]["content"][f"{TURTLE}; charset=utf-8"] = {"schema": _TEXT}
    return found
