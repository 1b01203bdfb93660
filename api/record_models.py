"""The documents that describe the catalogue of records."""

from __future__ import annotations

from typing import Any

from api.links import GEOJSON, JSON, OGC, SCHEMA, Links, link
from api.record_query import SORTABLES
from api.records import CATALOGUE, records_of
from api.state import State
from sitplan.crs import CRS84
from sitplan.metadata import licence_title
from sitplan.metadata.record import OF_EACH
from sitplan.record_filter import FIELDS
from sitplan.words import say

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FIELDS: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "x-ogc-role": "id"},
    "geometry": {"format": "geometry-polygon", "x-ogc-role": "primary-geometry"},
    "type": {"type": "string", "enum": ["dataset", "service", "map", "notebook", "download"]},
    "title": {"type": "string"},
    "description": {"type": "string"},
    "created": {"type": "string", "format": "date-time"},
    "updated": {"type": "string", "format": "date-time"},
    "license": {"type": "string"},
    "keywords": {"type": "array", "items": {"type": "string"}},
    "contacts": {"type": "array", "items": {"type": "object"}},
    "custodian": {"type": "string"},
    "lineage": {"type": "string"},
    "illustrative": {"type": "boolean"},
    "externalIds": {"type": "array", "items": {"type": "object"}},
}
_PARTS = {
    "schema": tuple(name for name in _FIELDS if name != "custodian"),
    "queryables": (*FIELDS, "geometry", "externalIds"),
    "sortables": SORTABLES,
}


def catalogue(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The collection of records."""
    territory = state.catalogue.territory
    name = territory.name[lang]
    kind = (territory.facts.get("kind") or territory.name)[lang]
    title = say("pages.catalogue_of", lang, name=name)
    here = links.collection(CATALOGUE)
    return {
        "id": CATALOGUE,
        "type": "Collection",
        "title": title,
        "description": say("pages.catalogue_about", lang, name=name),
        "attribution": kind,
        "license": licence_title(OF_EACH, lang),
        "custodian": kind,
        "illustrative": any(state.catalogue.illustrative.values()),
        "itemType": "record",
        "crs": [CRS84.uri],
        "storageCrs": CRS84.uri,
        "extent": {"spatial": {"bbox": [list(territory.bounds)], "crs": CRS84.uri}},
        "itemCount": len(records_of(state, links)),
        "links": [
            link(here, "self", JSON, title),
            link(f"{here}?f=html", "alternate", "text/html", title),
            link(links.collection(CATALOGUE, "items"), "items", GEOJSON, title),
            link(links.collection(CATALOGUE, "schema"), f"{OGC}schema", SCHEMA),
            link(links.collection(CATALOGUE, "schema"), "describedby", SCHEMA),
            link(links.collection(CATALOGUE, "queryables"), f"{OGC}queryables", SCHEMA),
            link(links.collection(CATALOGUE, "sortables"), f"{OGC}sortables", SCHEMA),
            link(links("dcat", query={"f": "jsonld"}), "alternate", "application/ld+json", "DCAT"),
            link(links("dcat", query={"f": "ttl"}), "alternate", "text/turtle", "DCAT"),
        ],
    }


def schema(part: str, identifier: str, lang: str) -> dict[str, Any]:
    """What records hold (``schema``), are sought (``queryables``) or sorted by (``sortables``)."""
    return {
        "$schema": DIALECT,
        "$id": identifier,
        "title": say(f"pages.records.{part}", lang),
        "type": "object",
        "properties": {
            name: {"title": say(f"pages.records.fields.{name}", lang), **_FIELDS[name]}
            for name in _PARTS[part]
        },
        "additionalProperties": False,
    }
