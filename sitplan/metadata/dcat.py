"""The catalogue as DCAT 3, in the shape of DCAT-AP: one graph, as JSON-LD and as Turtle."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sitplan.layer import Words
from sitplan.metadata.record import LICENCES, Record, licence_title
from sitplan.words import LANGUAGES

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA = "https://www.iana.org/assignments/media-types/"
_LANGUAGE = {
    "es": "http://publications.europa.eu/resource/authority/language/SPA",
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
}
_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_THEMES = {"people": "SOCI", "environment": "ENVI", "plan": "GOVE", "regulation": "GOVE"}
Node = dict[str, Any]


def catalogue_graph(
    records: Sequence[Record], *, title: Words, description: Words, publisher: str, address: str
) -> Node:
    """The catalogue, its datasets and services as expanded JSON-LD with prefixes.

    Parameters
    ----------
    address
        Of the whole API: the catalogue is named ``<address>/dcat``.
    """
    datasets = [one for one in records if one.kind in ("dataset", "notebook", "map")]
    services = [one for one in records if one.kind == "service"]
    languages = [_ref(_LANGUAGE[lang]) for lang in LANGUAGES]
    catalogue: Node = {
        "@id": f"{address}/dcat",
        "@type": "dcat:Catalog",
        "dct:title": _words(title),
        "dct:description": _words(description),
        "dct:publisher": _agent(publisher),
        "dct:language": languages,
        "foaf:homepage": _ref(address),
        "dct:modified": _typed(max((one.updated for one in records), default=""), "dateTime"),
        "dcat:dataset": [_ref(one.address) for one in datasets],
        "dcat:service": [_ref(one.address) for one in services],
        "dcat:record": [
            {
                "@type": "dcat:CatalogRecord",
                "foaf:primaryTopic": _ref(one.address),
                "dct:modified": _typed(one.updated, "dateTime"),
            }
            for one in (*datasets, *services)
        ],
    }
    known = sorted({LICENCES[one.licence] for one in records if one.licence in LICENCES})
    licences: list[Node] = [{"@id": iri, "@type": "dct:LicenseDocument"} for iri in known]
    nodes = [
        catalogue,
        *licences,
        *map(_dataset, datasets),
        *(_service(one, datasets) for one in services),
    ]
    return {"@context": dict(PREFIXES), "@graph": nodes}


def _dataset(record: Record) -> Node:
    node: Node = {
        "@id": record.address,
        "@type": "dcat:Dataset",
        "dct:identifier": _text(record.address),
        "dct:title": _words(record.title),
        "dct:description": _words({lang: record.full_description(lang) for lang in LANGUAGES}),
        "dct:publisher": _agent(record.publisher),
        "dct:rightsHolder": _agent(record.custodian),
        "dct:issued": _typed(record.day, "date"),
        "dct:modified": _typed(record.updated, "dateTime"),
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": {"@value": record.lineage, "@language": "es"},
        },
        "dcat:keyword": [
            {"@value": word, "@language": lang}
            for lang in LANGUAGES
            for word in record.keywords(lang)
        ],
        "dcat:theme": _ref(_THEME + _THEMES.get(record.group, "REGI")),
        "dcat:landingPage": _ref(record.address),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": _words(way.title),
                "dcat:accessURL": _ref(way.href),
                "dcat:downloadURL": _ref(way.href),
                "dcat:mediaType": _ref(_MEDIA + way.media_type.split(";")[0]),
                "dct:license": _licence(record.licence),
            }
            for way in record.ways
            if way.kind == "download"
        ],
    }
    if record.box is not None:
        node["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": _wkt(record.box)}
    if record.begins or record.ends:
        period: Node = {"@type": "dct:PeriodOfTime"}
        if record.begins:
            period["dcat:startDate"] = _typed(record.begins.isoformat(), "date")
        if record.ends:
            period["dcat:endDate"] = _typed(record.ends.isoformat(), "date")
        node["dct:temporal"] = period
    if record.outside:
        node["dct:source"] = [_ref(one) for one in record.outside if _IRI.fullmatch(one)]
    return node


def _service(record: Record, served: Sequence[Record]) -> Node:
    return {
        "@id": record.address,
        "@type": "dcat:DataService",
        "dct:title": _words(record.title),
        "dct:description": _words(record.description),
        "dct:publisher": _agent(record.publisher),
        "dcat:endpointURL": _ref(record.address),
        "dcat:endpointDescription": [
            _ref(way.href) for way in record.ways if way.rel == "service-desc"
        ],
        "dct:conformsTo": _ref("http://www.opengis.net/spec/ogcapi-features-1/1.0"),
        "dct:license": _licence(record.licence),
        "dcat:servesDataset": [_ref(one.address) for one in served if one.kind == "dataset"],
    }


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": _text(name)}


def _licence(licence: str) -> Node:
    """A licence's own address (a node of the graph), or a document of the words for one."""
    if licence in LICENCES:
        return _ref(LICENCES[licence])
    titles = {lang: licence_title(licence, lang) for lang in LANGUAGES}
    return {"@type": "dct:LicenseDocument", "dct:title": _words(titles)}


def _ref(iri: str) -> Node:
    return {"@id": iri}


def _text(value: str) -> Node:
    return {"@value": value}


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _words(words: Words) -> list[Node]:
    return [{"@value": words[lang], "@language": lang} for lang in LANGUAGES]


def _wkt(box: tuple[float, float, float, float]) -> Node:
    west, south, east, north = box
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return {"@value": f"POLYGON(({ring}))", "@type": "gsp:wktLiteral"}


_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def turtle(graph: Node) -> str:
    """The same graph in Turtle (RDF 1.1), for those who read no JSON-LD."""
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in graph["@context"].items())
    return head + "".join(
        f"\n<{node['@id']}> {_predicates(node, 1)} .\n" for node in graph["@graph"]
    )


def _predicates(node: Node, depth: int) -> str:
    pairs = [("a", [node["@type"]])] if "@type" in node else []
    text = [f"{name} {value[0]}" for name, value in pairs]
    for name, value in node.items():
        if name.startswith("@"):
            continue
        objects = [_object(one, depth) for one in (value if isinstance(value, list) else [value])]
        if objects:
            text.append(f"{name} {', '.join(objects)}")
    return f" ;\n{'    ' * depth}".join(text)


def _object(value: Node, depth: int) -> str:
    if "@value" in value:
        quoted = '"' + "".join(_ESCAPED.get(c, c) for c in value["@value"]) + '"'
        if "@language" in value:
            return f"{quoted}@{value['@language']}"
        return f"{quoted}^^{value['@type']}" if "@type" in value else quoted
    if "@id" in value:
        return f"<{value['@id']}>"
    return f"[ {_predicates(value, depth + 1)} ]"
