"""The documents that describe the API and its collections."""

from __future__ import annotations

from typing import Any

from api.links import (
    GEOJSON,
    HTML,
    JSON,
    LD_JSON,
    MATRIX_SET,
    OGC,
    OPENAPI,
    SCHEMA,
    STYLE,
    Links,
    link,
)
from api.moments import history_links
from api.record_models import catalogue
from api.records import CATALOGUE, ways_of
from api.result_documents import result_of
from api.state import State
from sitplan.crs import CRS84, crs_of
from sitplan.features import LayerFacts
from sitplan.instants import write_instant
from sitplan.layer import Layer
from sitplan.metadata.record import LICENCES, licence_title
from sitplan.style import THEMES
from sitplan.words import say

_OF_QGIS = "http://www.opengis.net/def/profile/ogc/0/jsonfg"
"""JSON-FG's profile as QGIS spells it: it compares letter by letter, and takes one alone."""
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def landing(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The landing page."""
    territory = state.catalogue.territory
    name = territory.name[lang]
    return {
        "title": say("api.title", lang, name=name),
        "description": say("api.description", lang, name=name, time_zone=territory.time_zone),
        "extent": {"spatial": {"bbox": [list(territory.bounds)], "crs": CRS84.uri}},
        "links": [
            link(links(), "self", JSON),
            link(links("openapi"), "service-desc", OPENAPI),
            link(links("promise"), "service-doc", JSON, say("promise.title", lang)),
            link(links("conformance"), "conformance", JSON),
            link(links("conformance"), f"{OGC}conformance", JSON),
            link(links("collections"), "data", JSON),
            link(links("collections"), f"{OGC}data", JSON),
            link(links("tiles"), f"{OGC}tilesets-vector", JSON),
            link(links("tileMatrixSets"), f"{OGC}tiling-schemes", JSON),
            link(links("styles"), f"{OGC}styles", JSON),
            link(links.collection(CATALOGUE), f"{OGC}ogc-catalog", JSON),
            link(links("processes"), f"{OGC}processes", JSON),
            link(links("jobs"), f"{OGC}job-list", JSON),
            link(links("dcat", query={"f": "jsonld"}), "describedby", LD_JSON, "DCAT"),
            link(links("iso19139"), "describedby", JSON, "ISO 19139"),
        ],
    }


def collections(state: State, links: Links, lang: str) -> dict[str, Any]:
    """All collections, each as `collection` describes it."""
    return {
        "links": [link(links("collections"), "self", JSON)],
        "collections": [
            *(collection(state, layer, links, lang) for layer in state.catalogue),
            catalogue(state, links, lang),
        ],
    }


def collection(state: State, layer: Layer, links: Links, lang: str) -> dict[str, Any]:
    """One collection: what it is, who keeps it, where it lies, how to ask for it."""
    facts = state.facts(layer)
    source = state.catalogue.source(layer.name)
    found: dict[str, Any] = {
        "id": layer.name,
        "title": layer.title[lang],
        "description": layer.description[lang],
        "attribution": source.publisher or source.title,
        "license": licence_title(source.licence, lang),
        "custodian": layer.custodian,
        "illustrative": state.catalogue.illustrative.get(layer.name, layer.illustrative),
        "itemType": "feature",
        "crs": [crs.uri for crs in state.offered(layer)],
    }
    if layer.geometry:
        found["extent"] = _extent(state, layer, facts, lang)
        found["storageCrs"] = crs_of(state.storage(layer)).uri
    if facts is not None:
        found["itemCount"] = facts.count
    if (result := result_of(state, layer, lang)) is not None:
        found["result"] = result
    found["links"] = [
        *_collection_links(layer, links, source.licence, lang),
        *(
            link(way.href, way.rel, way.media_type, way.title[lang])
            for way in ways_of(layer, links)
            if way.rel in ("enclosure", "alternate")
        ),
    ]
    return found


def _extent(state: State, layer: Layer, facts: LayerFacts | None, lang: str) -> dict[str, Any]:
    """Where the features lie and, on both axes of time, when; a table lies nowhere."""
    box = facts.extent.corners if facts and facts.extent else state.catalogue.territory.bounds
    begins, ends = (facts.begins, facts.ends) if facts else (None, None)
    recorded = state.first_recorded(layer)
    zone = state.catalogue.territory.time_zone
    return {
        "spatial": {"bbox": [list(box)], "crs": CRS84.uri},
        "temporal": {
            "interval": [[day and f"{day.isoformat()}T00:00:00Z" for day in (begins, ends)]],
            "trs": _GREGORIAN,
            "description": say("history.valid_time", lang, time_zone=zone),
        },
        "recorded": {
            "interval": [[write_instant(recorded) if recorded else None, None]],
            "trs": _GREGORIAN,
            "description": say("history.recorded_time", lang),
        },
    }


def _collection_links(layer: Layer, links: Links, licence: str, lang: str) -> list[dict[str, Any]]:
    title = layer.title[lang]
    schema = links.collection(layer.name, "schema")
    found = [
        link(links.collection(layer.name), "self", JSON, title),
        link(links.collection(layer.name, query={"f": "html"}), "alternate", HTML, title),
        link(
            links.collection(layer.name, "items", query={"f": "jsonfg"}),
            "items",
            GEOJSON,
            "JSON-FG",
        )
        | {"profile": [_OF_QGIS]},
        link(links.collection(layer.name, "items"), "items", GEOJSON, title),
        link(schema, f"{OGC}schema", SCHEMA, say("api.schema_of", lang, title=title)),
        *(
            link(
                links.collection(layer.name, "feature-schema"),
                rel,
                SCHEMA,
                say("api.feature_schema_of", lang, title=title),
            )
            for rel in ("describedby", "describedBy")  # as RFC 8288 says, and as GDAL looks for it
        ),
        link(
            links.collection(layer.name, "queryables"),
            f"{OGC}queryables",
            SCHEMA,
            say("api.queryables_of", lang, title=title),
        ),
        link(
            links.collection(layer.name, "sortables"),
            f"{OGC}sortables",
            SCHEMA,
            say("api.sortables_of", lang, title=title),
        ),
    ]
    found += history_links(layer, links, lang)
    if layer.geometry:
        found.append(
            link(
                links.collection(layer.name, "tiles"),
                f"{OGC}tilesets-vector",
                JSON,
                say("api.tiles_of", lang, title=title),
            )
        )
        found.append(
            link(
                links("tileMatrixSets", MATRIX_SET),
                f"{OGC}tiling-scheme",
                JSON,
            )
        )
        found.append(link(links("styles"), f"{OGC}styles", JSON))
        found.append(link(links("styles", THEMES[0]), "stylesheet", STYLE))
    if licence in LICENCES:
        found.append(link(LICENCES[licence], "license", "text/html", licence))
    return found
