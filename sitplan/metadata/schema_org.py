"""A record as schema.org's Dataset: what dataset search engines read in a page."""

from __future__ import annotations

from typing import Any

from sitplan.metadata.record import LICENCES, Record, licence_title


def as_dataset(record: Record, *, lang: str, catalogue: str) -> dict[str, Any]:
    """The record as a JSON-LD Dataset; `catalogue` is the address of the whole."""
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": record.address,
        "identifier": record.address,
        "url": record.address,
        "name": record.title[lang],
        "description": record.full_description(lang),
        "keywords": record.keywords(lang),
        "license": LICENCES.get(record.licence, licence_title(record.licence, lang)),
        "isAccessibleForFree": True,
        "inLanguage": lang,
        "creator": {"@type": "Organization", "name": record.custodian},
        "publisher": {"@type": "Organization", "name": record.publisher},
        "dateCreated": record.date,
        "dateModified": record.updated,
        "includedInDataCatalog": {"@type": "DataCatalog", "url": catalogue},
        "variableMeasured": [title[lang] for title in record.fields],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": way.title[lang],
                "encodingFormat": way.media_type,
                "contentUrl": way.href,
            }
            for way in record.ways
            if way.kind == "download"
        ],
    }
    if record.box is not None:
        west, south, east, north = record.box
        shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
        found["spatialCoverage"] = {"@type": "Place", "geo": shape}
    if record.begins or record.ends:
        days = (record.begins, record.ends)
        found["temporalCoverage"] = "/".join(day.isoformat() if day else ".." for day in days)
    if record.outside:
        found["isBasedOn"] = list(record.outside)
    return found


def as_catalogue(
    records: list[Record], *, title: str, description: str, address: str, lang: str
) -> dict[str, Any]:
    """The whole catalogue as a JSON-LD DataCatalog that names its datasets."""
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": address,
        "url": address,
        "name": title,
        "description": description,
        "inLanguage": lang,
        "dataset": [
            {"@type": "Dataset", "@id": one.address, "name": one.title[lang], "url": one.address}
            for one in records
            if one.kind == "dataset"
        ],
    }
