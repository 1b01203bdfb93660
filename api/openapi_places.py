"""The part of the API definition that tells of places, and of the ground's heights."""

from __future__ import annotations

from typing import Any

from api.links import JSON
from api.openapi_parts import query_parameter
from sitplan.elevation import MEDIA_TYPE as HEIGHTS_TYPE
from sitplan.places import KINDS, WALKERS
from sitplan.words import say

_PROBLEM = {"$ref": "#/components/responses/problem"}


def place_paths(lang: str) -> dict[str, Any]:
    """A point, a feature, and the picture of each; the heights of the ground."""
    degrees = [
        {
            **query_parameter(
                name, {"type": "number", "minimum": -most, "maximum": most},
                say(f"pages.place.{name}", lang),
            ),
            "required": True,
        }
        for name, most in (("lat", 90), ("lon", 180))
    ]  # fmt: skip
    layer = {
        "name": "layer",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": list(KINDS)},
    }
    code = {"$ref": "#/components/parameters/code"}
    walker = query_parameter(
        "profile",
        {"type": "string", "enum": list(WALKERS), "default": WALKERS[0]},
        say("pages.place.walker", lang),
    )
    found: dict[str, Any] = {}
    ways: tuple[tuple[str, str, str, list[dict[str, Any]]], ...] = (
        ("/places", "PlaceAtPoint", "at_point", degrees),
        ("/places/{layer}/{code}", "Place", "of_feature", [layer, code]),
    )
    for path, name, title, parameters in ways:
        summary = say(f"pages.place.{title}", lang)
        found[path] = _get(f"get{name}", summary, [*parameters, walker], JSON)
        found[f"{path}/picture.png"] = _get(
            f"get{name}Picture", say("pages.place.as_picture", lang), parameters, "image/png"
        )
    found["/heights"] = _get("getHeights", say("api.heights", lang), [], JSON)
    found["/heights/raster"] = _get(
        "getHeightsRaster", say("api.heights_raster", lang), [], HEIGHTS_TYPE
    )
    return found


def _get(name: str, title: str, parameters: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "string", "format": "binary"}
    if kind == JSON:
        shape = {"$ref": "#/components/schemas/document"}
        parameters = [*parameters, {"$ref": "#/components/parameters/f"}]
    content = {kind: {"schema": shape}}
    return {
        "get": {
            "tags": ["map"],
            "summary": title,
            "operationId": name,
            "parameters": [*parameters, {"$ref": "#/components/parameters/lang"}],
            "responses": {
                "200": {"description": title, "content": content},
                "304": {"description": "Not modified"},
                **dict.fromkeys(("400", "404", "503"), _PROBLEM),
            },
        }
    }
