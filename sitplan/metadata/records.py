"""A record as OGC API Records 1.0 (20-004r1) writes it: a GeoJSON feature."""

from __future__ import annotations

from typing import Any

from sitplan.metadata.record import LICENCES, Record, licence_title
from sitplan.words import LANGUAGES

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
_NAMES = {"es": "Español", "en": "English"}


def as_feature(record: Record, *, lang: str) -> dict[str, Any]:
    """The record in one language; its links are those of the thing itself."""
    properties: dict[str, Any] = {
        "type": record.kind,
        "title": record.title[lang],
        "description": record.full_description(lang),
        "keywords": record.keywords(lang),
        "language": _language(lang),
        "languages": [_language(one) for one in LANGUAGES],
        "created": f"{record.day}T00:00:00Z",
        "updated": record.updated,
        "license": licence_title(record.licence, lang),
        "contacts": [
            {"organization": record.custodian, "roles": ["custodian"]},
            {"organization": record.publisher, "roles": ["publisher"]},
        ],
        "lineage": record.lineage,
        "illustrative": record.illustrative,
        "formats": _formats(record),
        "externalIds": [{"value": one} for one in identifiers(record)],
    }
    return {
        "id": record.id,
        "type": "Feature",
        "conformsTo": [CORE],
        "geometry": _polygon(record),
        "time": _time(record),
        "properties": properties,
        "links": _links(record, lang),
    }


def identifiers(record: Record) -> tuple[str, ...]:
    """The names by which others know it: its own address first."""
    return (record.address, *record.outside)


def _language(lang: str) -> dict[str, str]:
    return {"code": lang, "name": _NAMES[lang]}


def _formats(record: Record) -> list[dict[str, str]]:
    kinds = dict.fromkeys(way.media_type for way in record.ways if way.kind == "download")
    return [{"name": kind, "mediaType": kind} for kind in kinds]


def _polygon(record: Record) -> dict[str, Any] | None:
    if record.box is None:
        return None
    west, south, east, north = record.box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _time(record: Record) -> dict[str, Any] | None:
    if record.begins is None and record.ends is None:
        return None
    days = (record.begins, record.ends)
    return {"interval": [day.isoformat() if day else ".." for day in days]}


def _links(record: Record, lang: str) -> list[dict[str, str]]:
    found = [
        {"href": way.href, "rel": way.rel, "type": way.media_type, "title": way.title[lang]}
        for way in record.ways
    ]
    if record.licence in LICENCES:
        found.append(
            {
                "href": LICENCES[record.licence],
                "rel": "license",
                "type": "text/html",
                "title": record.licence,
            }
        )
    return found
