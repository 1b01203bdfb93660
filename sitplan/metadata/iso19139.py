"""A record as ISO 19115:2003 metadata in the XML of ISO 19139:2007, for harvesters."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Tree

from sitplan.layer import Words
from sitplan.metadata.record import LICENCES, Record, licence_title

NAMESPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx",
    "gml": "http://www.opengis.net/gml/3.2",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_LISTS = "http://www.isotc211.org/2005/resources/Codelist/gmxCodelists.xml#"
_TOPICS = {
    "base": "location",
    "people": "society",
    "environment": "environment",
    "risk": "geoscientificInformation",
    "plan": "planningCadastre",
    "services": "structure",
    "regulation": "planningCadastre",
}
_ENGLISH = "locale-en"


class Node:
    """An element yet to be written: ``Node("gmd:title", child, …, attribute=…)``."""

    def __init__(self, name: str, *children: Any, **attributes: str) -> None:
        self.name = name
        self.children = [child for child in children if child is not None]
        self.attributes = attributes

    def element(self) -> Tree.Element:
        """The element, with all below it."""
        found = Tree.Element(_qualified(self.name))
        for name, value in self.attributes.items():
            found.set(_qualified(name.replace("__", ":")), value)
        for child in self.children:
            if isinstance(child, Node):
                found.append(child.element())
            else:
                found.text = str(child)
        return found


def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local


def iso_document(record: Record, *, territory: Words) -> bytes:
    """The record as an XML document, Spanish first with English beside it."""
    for prefix, uri in NAMESPACES.items():
        Tree.register_namespace(prefix, uri)
    root = Node(
        "gmd:MD_Metadata",
        _string("fileIdentifier", record.id),
        _language("language"),
        _code("characterSet", "MD_CharacterSetCode", "utf8"),
        _code("hierarchyLevel", "MD_ScopeCode", "dataset"),
        _party("contact", record.custodian, "pointOfContact"),
        Node("gmd:dateStamp", Node("gco:DateTime", record.updated.removesuffix("Z"))),
        _string("metadataStandardName", "ISO 19115:2003/19139"),
        _string("metadataStandardVersion", "1.0"),
        _string("dataSetURI", record.address),
        Node(
            "gmd:locale",
            Node(
                "gmd:PT_Locale",
                _code("languageCode", "LanguageCode", "eng"),
                _code("characterEncoding", "MD_CharacterSetCode", "utf8"),
                id=_ENGLISH,
            ),
        ),
        *(_system(code) for code in record.crs),
        Node("gmd:identificationInfo", _identification(record, territory)),
        Node("gmd:distributionInfo", _distribution(record)),
        Node("gmd:dataQualityInfo", _quality(record)),
    )
    text: bytes = Tree.tostring(root.element(), encoding="utf-8", xml_declaration=True)
    return text


def _identification(record: Record, territory: Words) -> Node:
    topic = _TOPICS.get(record.group, "boundaries")
    return Node(
        "gmd:MD_DataIdentification",
        Node(
            "gmd:citation",
            Node(
                "gmd:CI_Citation",
                _words("title", record.title),
                _date(record.day, "publication"),
                _date(record.updated[:10], "revision"),
                Node(
                    "gmd:identifier",
                    Node("gmd:MD_Identifier", _string("code", record.address)),
                ),
            ),
        ),
        _words("abstract", {lang: record.full_description(lang) for lang in record.title}),
        _party("pointOfContact", record.custodian, "custodian"),
        _party("pointOfContact", record.publisher, "publisher"),
        Node(
            "gmd:descriptiveKeywords",
            Node(
                "gmd:MD_Keywords",
                *(_string("keyword", word) for word in record.keywords("es")),
                _string("keyword", territory["es"]),
            ),
        ),
        _constraints(record),
        _code(
            "spatialRepresentationType",
            "MD_SpatialRepresentationTypeCode",
            "vector" if record.geometry else "textTable",
        ),
        _language("language"),
        _code("characterSet", "MD_CharacterSetCode", "utf8"),
        Node("gmd:topicCategory", Node("gmd:MD_TopicCategoryCode", topic)),
        _extent(record),
    )


def _constraints(record: Record) -> Node:
    text = licence_title(record.licence, "es")
    address = LICENCES.get(record.licence)
    return Node(
        "gmd:resourceConstraints",
        Node(
            "gmd:MD_LegalConstraints",
            _string("useLimitation", text),
            _code("useConstraints", "MD_RestrictionCode", "otherRestrictions"),
            _string("otherConstraints", f"{text} ({address})" if address else text),
        ),
    )


def _extent(record: Record) -> Node | None:
    parts: list[Node] = []
    if record.box is not None:
        west, south, east, north = record.box
        sides = {
            "westBoundLongitude": west,
            "eastBoundLongitude": east,
            "southBoundLatitude": south,
            "northBoundLatitude": north,
        }
        box = (Node(f"gmd:{name}", Node("gco:Decimal", repr(v))) for name, v in sides.items())
        parts.append(Node("gmd:geographicElement", Node("gmd:EX_GeographicBoundingBox", *box)))
    if record.begins or record.ends:
        ends = (("gml:beginPosition", record.begins), ("gml:endPosition", record.ends))
        period = Node(
            "gml:TimePeriod",
            *(
                Node(name, day.isoformat()) if day else Node(name, indeterminatePosition="unknown")
                for name, day in ends
            ),
            gml__id="validity",
        )
        parts.append(
            Node(
                "gmd:temporalElement",
                Node("gmd:EX_TemporalExtent", Node("gmd:extent", period)),
            )
        )
    return Node("gmd:extent", Node("gmd:EX_Extent", *parts)) if parts else None


def _distribution(record: Record) -> Node:
    formats = dict.fromkeys(way.media_type for way in record.ways if way.kind == "download")
    return Node(
        "gmd:MD_Distribution",
        *(
            Node(
                "gmd:distributionFormat",
                Node("gmd:MD_Format", _string("name", one), _string("version", "—")),
            )
            for one in formats
        ),
        Node(
            "gmd:transferOptions",
            Node(
                "gmd:MD_DigitalTransferOptions",
                *(
                    Node(
                        "gmd:onLine",
                        Node(
                            "gmd:CI_OnlineResource",
                            Node("gmd:linkage", Node("gmd:URL", way.href)),
                            _string("protocol", "WWW:LINK"),
                            _string("name", way.title["es"]),
                            _code(
                                "function",
                                "CI_OnLineFunctionCode",
                                "download" if way.kind == "download" else "information",
                            ),
                        ),
                    )
                    for way in record.ways
                ),
            ),
        ),
    )


def _quality(record: Record) -> Node:
    scope = Node("gmd:DQ_Scope", _code("level", "MD_ScopeCode", "dataset"))
    lineage = Node("gmd:LI_Lineage", _string("statement", record.lineage))
    return Node("gmd:DQ_DataQuality", Node("gmd:scope", scope), Node("gmd:lineage", lineage))


def _string(name: str, value: str) -> Node:
    return Node(f"gmd:{name}", Node("gco:CharacterString", value))


def _words(name: str, words: Words) -> Node:
    """A text with its English beside it."""
    english = Node("gmd:LocalisedCharacterString", words["en"], locale=f"#{_ENGLISH}")
    return Node(
        f"gmd:{name}",
        Node("gco:CharacterString", words["es"]),
        Node("gmd:PT_FreeText", Node("gmd:textGroup", english)),
        xsi__type="gmd:PT_FreeText_PropertyType",
    )


def _code(name: str, codelist: str, value: str) -> Node:
    list_of = f"{_LISTS}{codelist}"
    return Node(
        f"gmd:{name}", Node(f"gmd:{codelist}", value, codeList=list_of, codeListValue=value)
    )


def _language(name: str) -> Node:
    return _code(name, "LanguageCode", "spa")


def _party(name: str, organisation: str, role: str) -> Node:
    return Node(
        f"gmd:{name}",
        Node(
            "gmd:CI_ResponsibleParty",
            _string("organisationName", organisation),
            _code("role", "CI_RoleCode", role),
        ),
    )


def _date(day: str, kind: str) -> Node:
    return Node(
        "gmd:date",
        Node(
            "gmd:CI_Date",
            Node("gmd:date", Node("gco:Date", day)),
            _code("dateType", "CI_DateTypeCode", kind),
        ),
    )


def _system(code: int) -> Node:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    return Node(
        "gmd:referenceSystemInfo",
        Node(
            "gmd:MD_ReferenceSystem",
            Node(
                "gmd:referenceSystemIdentifier",
                Node("gmd:RS_Identifier", _string("code", uri)),
            ),
        ),
    )
