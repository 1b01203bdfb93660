"""The part of the API definition that tells of processes and jobs."""

from __future__ import annotations

from typing import Any

from api.links import JSON
from api.openapi_parts import query_parameter
from sitplan.words import say

_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_LINKS = {"$ref": "#/components/schemas/links"}
_ANY: dict[str, Any] = {}

PROCESS_SCHEMAS: dict[str, Any] = {
    "process_summary": {
        "type": "object",
        "required": ["id", "version", "jobControlOptions", "outputTransmission", "links"],
        "properties": {
            "id": _TEXT,
            "version": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "keywords": {"type": "array", "items": _TEXT},
            "jobControlOptions": {
                "type": "array",
                "items": {"type": "string", "enum": ["sync-execute", "async-execute", "dismiss"]},
            },
            "outputTransmission": {
                "type": "array",
                "items": {"type": "string", "enum": ["value", "reference"]},
            },
            "links": _LINKS,
        },
    },
    "process_list": {
        "type": "object",
        "required": ["processes", "links"],
        "properties": {
            "processes": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/process_summary"},
            },
            "links": _LINKS,
        },
    },
    "process_description": {
        "allOf": [
            {"$ref": "#/components/schemas/process_summary"},
            {
                "type": "object",
                "required": ["inputs", "outputs"],
                "properties": {
                    "inputs": {"type": "object", "additionalProperties": {"type": "object"}},
                    "outputs": {"type": "object", "additionalProperties": {"type": "object"}},
                },
            },
        ]
    },
    "execution": {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "inputs": {"type": "object", "additionalProperties": _ANY},
            "outputs": {"type": "object", "additionalProperties": {"type": "object"}},
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
        },
    },
    "job_status": {
        "type": "object",
        "required": ["jobID", "type", "status", "links"],
        "properties": {
            "processID": _TEXT,
            "type": {"type": "string", "enum": ["process"]},
            "jobID": {"type": "string", "format": "uuid"},
            "status": {
                "type": "string",
                "enum": ["accepted", "running", "successful", "failed", "dismissed"],
            },
            "message": _TEXT,
            "created": _INSTANT,
            "started": _INSTANT,
            "finished": _INSTANT,
            "updated": _INSTANT,
            "progress": {"type": "integer", "minimum": 0, "maximum": 100},
            "links": _LINKS,
        },
    },
    "job_list": {
        "type": "object",
        "required": ["jobs", "links"],
        "properties": {
            "jobs": {"type": "array", "items": {"$ref": "#/components/schemas/job_status"}},
            "links": _LINKS,
        },
    },
}


def process_paths(lang: str) -> dict[str, Any]:
    """The paths; their operations bear the names that clients of the standard look for."""
    limit = query_parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000}, "1–1000"
    )
    named = {"name": "processId", "in": "path", "required": True, "schema": _TEXT}
    job = {"name": "jobId", "in": "path", "required": True, "schema": _TEXT}
    one = "/processes/{processId}"
    words = "processes"
    return {
        "/processes": {
            "get": _operation("getProcesses", say(f"{words}.list", lang), "process_list", [limit])
        },
        one: {
            "get": _operation(
                "getProcessDescription", say(f"{words}.one", lang), "process_description", [named]
            )
        },
        f"{one}/execution": {"post": _execution(say(f"{words}.execute", lang), named)},
        "/jobs": {"get": _operation("getJobs", say(f"{words}.jobs", lang), "job_list", [limit])},
        "/jobs/{jobId}": {
            "get": _operation("getStatus", say(f"{words}.job", lang), "job_status", [job]),
            "delete": _operation(
                "dismiss", say(f"{words}.dismiss", lang), "job_status", [job], cached=False
            ),
        },
        "/jobs/{jobId}/results": {
            "get": _operation("getResult", say(f"{words}.results", lang), None, [job], cached=False)
        },
    }


def _operation(
    name: str,
    summary: str,
    schema: str | None,
    parameters: list[dict[str, Any]],
    *,
    cached: bool = True,
) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{schema}"} if schema else _ANY
    content: dict[str, Any] = {JSON: {"schema": shape}}
    if schema is None:
        content["multipart/related"] = {"schema": {"type": "string"}}
    responses: dict[str, Any] = {"200": {"description": summary, "content": content}}
    if cached:
        responses["304"] = {"description": "Not modified"}
    for status in ("400", "404", "409", "503"):
        responses[status] = {"$ref": "#/components/responses/problem"}
    common = ("lang", "f") if cached else ("lang",)
    return {
        "tags": ["processes"],
        "summary": summary,
        "operationId": name,
        "parameters": [
            *parameters,
            *({"$ref": f"#/components/parameters/{one}"} for one in common),
        ],
        "responses": responses,
    }


def _execution(summary: str, named: dict[str, Any]) -> dict[str, Any]:
    found = _operation("execute", summary, None, [named], cached=False)
    status = {"$ref": "#/components/schemas/job_status"}
    found["parameters"].append(
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "enum": ["respond-async", "respond-sync"]},
        }
    )
    found["requestBody"] = {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/execution"}}},
    }
    found["responses"]["201"] = {
        "description": say("processes.job", "en"),
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
        "content": {JSON: {"schema": status}},
    }
    return found
