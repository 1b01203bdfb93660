"""What every operation may answer besides what is its own: pages, refusals, faults."""

from __future__ import annotations

from typing import Any

from api.links import HTML, PROBLEM

PAGE: dict[str, Any] = {"type": "string", "description": "HTML"}
_PROBLEM = {"$ref": "#/components/responses/problem"}
_FACES = frozenset(f"#/components/parameters/{name}" for name in ("f", "f-items", "f-item"))
RESPONSES: dict[str, Any] = {
    "problem": {
        "description": "RFC 9457",
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}},
            HTML: {"schema": {"$ref": "#/components/schemas/html"}},
        },
    },
    "busy": {
        "description": "RFC 6585",
        "headers": {
            "Retry-After": {
                "description": "s",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
        },
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}},
            HTML: {"schema": {"$ref": "#/components/schemas/html"}},
        },
    },
}
_ALWAYS = {
    "406": _PROBLEM,
    "414": _PROBLEM,
    "429": {"$ref": "#/components/responses/busy"},
    "500": _PROBLEM,
}


def complete(paths: dict[str, Any]) -> None:
    """Add to each operation that it may be had as a page, and what may refuse it."""
    for path in paths.values():
        for operation in path.values():
            responses = operation["responses"]
            for status, told in _ALWAYS.items():
                responses.setdefault(status, told)
            content = responses["200"].get("content")
            if content is not None and has_pages(operation):
                content[HTML] = {"schema": {"$ref": "#/components/schemas/html"}}


def has_pages(operation: dict[str, Any]) -> bool:
    """Whether `f` may be `html`."""
    for one in operation["parameters"]:
        if one.get("$ref") in _FACES:
            return True
        if one.get("name") == "f" and "html" in one["schema"]["enum"]:
            return True
    return False
