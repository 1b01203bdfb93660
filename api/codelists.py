"""Lists of codes: written in a schema, or referred to by it, and each at an address of its own.

OGC API Common 3 (23-058r2), profiles for codelists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.links import JSON, SCHEMA, Links, link
from sitplan.errors import BadRequest, NotFound
from sitplan.layer import Layer
from sitplan.told import told_field

INLINE, BY_REFERENCE = PROFILES = ("codelist-inline", "codelist-ref")
_PREFIX = "http://www.opengis.net/def/profile/OGC/0/"


def read_profile(params: Mapping[str, str]) -> str:
    """How a schema tells its codes; the first that `profile` names, or inline.

    Raises
    ------
    BadRequest
        ``wrong_choice`` for what is no profile of a schema.
    """
    found = []
    for part in filter(None, (p.strip() for p in params.get("profile", "").split(","))):
        name = part.removeprefix("[ogc-profile:").removesuffix("]").removeprefix(_PREFIX)
        if name not in PROFILES:
            known = ", ".join(PROFILES)
            raise BadRequest("wrong_choice", name="profile", value=part[:80], known=known)
        found.append(name)
    return found[0] if found else INLINE


def profile_header(profile: str) -> str:
    """The profile that was applied, as a Link header says it."""
    return f'<{_PREFIX}{profile}>; rel="profile"'


def applied(document: dict[str, Any], profile: str, layer: Layer, links: Links) -> dict[str, Any]:
    """A schema of the layer's fields whose lists of codes are all told alike."""
    told = {}
    for name, schema in document["properties"].items():
        field = told_field(layer, name)
        told[name] = schema
        if field is None or not field.codes:
            continue
        address = links.collection(layer.name, "codelists", name)
        holder = schema["items"] if field.type == "array" else schema
        holder = {**holder, "x-ogc-codelistUri": address}
        if profile == BY_REFERENCE:
            del holder["oneOf"]
        told[name] = {**schema, "items": holder} if field.type == "array" else holder
    return {**document, "properties": told}


def codelist(layer: Layer, name: str, links: Links, lang: str) -> dict[str, Any]:
    """The codes of a field, with their titles in the language asked for and in all.

    Raises
    ------
    NotFound
        ``no_such_codelist``: there is no such public field, or it has no codes.
    """
    field = told_field(layer, name)
    if field is None or not field.codes:
        raise NotFound("no_such_codelist", layer=layer.name, name=name[:63])
    return {
        "id": name,
        "title": field.title[lang],
        "codes": [
            {"code": code, "title": title[lang], "titles": dict(title)}
            for code, title in field.codes.items()
        ],
        "links": [
            link(links.collection(layer.name, "codelists", name), "self", JSON),
            link(links.collection(layer.name, "schema"), "up", SCHEMA, layer.title[lang]),
        ],
    }
