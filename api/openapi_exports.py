"""The part of the API definition that tells of faces and files: profiles, formats, downloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.faces import FACES, ONE, media_type_of
from api.links import GEOJSON
from api.openapi_parts import query_parameter
from api.params import FILES
from sitplan.export.asked import COORDINATES
from sitplan.export.formats import FORMATS, Format
from sitplan.words import say

EXPORT_SCHEMAS: dict[str, Any] = {"file": {"type": "string", "format": "binary"}}
_FILE = {"schema": {"$ref": "#/components/schemas/file"}}
_PROBLEM = {"$ref": "#/components/responses/problem"}


def export_parameters(lang: str) -> dict[str, Any]:
    """The parameters of how values and places are written, and what `f` may say where."""
    choice = {"type": "string", "enum": list(COORDINATES)}
    texts = {"type": "array", "items": {"type": "string"}}
    found = {
        "profile": query_parameter("profile", texts, say("export.parameters.profile", lang)),
        "coordinates": query_parameter(
            "coordinates", choice, say("export.parameters.coordinates", lang)
        ),
    }
    found["fields"] = {  # the layer's own, each by its name, as the pages of its features list them
        **query_parameter("fields", {"type": "object"}, say("export.parameters.fields", lang)),
        "explode": True,
    }
    found["fields"]["schema"]["additionalProperties"] = {"type": "string"}
    faces = (*FACES, "geojson")
    for name, formats in (
        ("items", faces),
        ("item", (*ONE, "geojson")),
        ("export", tuple(FORMATS)),
    ):
        schema = {"type": "string", "enum": list(formats), "default": formats[0]}
        found[f"f-{name}"] = query_parameter("f", schema, say("api.format", lang))
    return found


def export_responses(lang: str) -> dict[str, Any]:
    """What a download may be; of a table, not what holds shapes alone."""
    return {"file": _response(FORMATS.values(), lang)}


def export_paths(lang: str) -> dict[str, Any]:
    """The path of the files of each layer."""
    names = [name for name in FILES if name != "f"]
    return {
        "/collections/{collectionId}/export": {
            "get": {
                "tags": ["features"],
                "summary": say("export.files", lang),
                "operationId": "getFile",
                "parameters": _refs(
                    "collectionId", "f-export", *names, "accept-datetime", "fields"
                ),
                "responses": {
                    "200": {"$ref": "#/components/responses/file"},
                    "304": {"description": "Not modified"},
                    **dict.fromkeys(("400", "404", "406", "409", "503"), _PROBLEM),
                },
            }
        }
    }


def _response(formats: Iterable[Format], lang: str) -> dict[str, Any]:
    document = {"schema": {"$ref": "#/components/schemas/document"}}
    kinds = list(formats)
    return {
        "description": ", ".join(f"`{one.name}` {one.title(lang)}" for one in kinds),
        "content": {
            one.media_type: document if one.media_type == GEOJSON else _FILE for one in kinds
        },
    }


def add_faces(path: dict[str, Any]) -> None:
    """Tell of a page of features what else it can be had as."""
    (operation,) = path.values()
    responses = operation["responses"]
    responses["406"] = _PROBLEM
    for face in ("geojsonseq", "csv"):
        responses["200"]["content"][media_type_of(face)] = _FILE


def _refs(*names: str) -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]
