"""Checks that hold conformance classes, and what they ask with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

SPEC = "http://www.opengis.net/spec/"
HELD: dict[str, Callable[[httpx.Client], None]] = {}
LAYER = "green_areas"


def holds(*classes: str) -> Callable[[Any], Any]:
    """Notes which classes a check is about."""

    def note(check: Callable[[httpx.Client], None]) -> Callable[[httpx.Client], None]:
        HELD.update(dict.fromkeys(classes, check))
        return check

    return note


def get(http: httpx.Client, path: str, **params: str) -> Any:
    answer = http.get(path, params=params or None)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:200]}"
    return answer.json()


def linked(document: dict[str, Any], rel: str) -> dict[str, str]:
    return next(link for link in document["links"] if link["rel"].split("/")[-1] == rel)
