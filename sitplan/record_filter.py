"""A filter over records of the catalogue, in CQL2 as over features.

The records are made anew from what is declared, so they are no table: they are handed to the
database as rows of the statement, and the condition is the one that a layer would get.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from psycopg2 import sql as pgsql

from sitplan.cql2 import GEOMETRY, Lang, parse_filter
from sitplan.cql2.reading import read_tree
from sitplan.crs import LON_LAT
from sitplan.db import Database
from sitplan.errors import BadRequest
from sitplan.layer import Field, FieldType, Geometry, Layer, Source
from sitplan.metadata.record import Record, licence_title
from sitplan.query import Condition
from sitplan.reading import reading

_TYPES: Mapping[str, FieldType] = {
    "id": "string", "type": "string", "title": "string", "description": "string",
    "created": "datetime", "updated": "datetime", "license": "string", "lineage": "string",
    "custodian": "string", "keywords": "array", "illustrative": "boolean",
}  # fmt: skip
FIELDS = tuple(_TYPES)
"""What a record can be filtered by, besides its place."""
_COLUMNS = {"string": "text", "datetime": "timestamptz", "array": "text[]", "boolean": "boolean"}
_WORDS = {"es": "", "en": ""}
_LAYER = Layer(
    name="catalogue_records",
    title=_WORDS,
    description=_WORDS,
    group="other",
    custodian="",
    source=Source(title=""),
    geometry=Geometry("Polygon", crs=LON_LAT, anywhere=True),
    read="public",
    write=(),
    zoom=(0, 0),
    label=None,
    search=(),
    shown=False,
    illustrative=False,
    fields=tuple(Field(name=name, type=kind, title=_WORDS) for name, kind in _TYPES.items()),
    style=(),
    declaration={},
)


def parse_record_filter(text: str, *, lang: Lang, time_zone: str) -> Condition:
    """The condition that a filter over records states.

    Raises
    ------
    BadRequest
        As `sitplan.cql2.parse_filter`; ``cql2_unknown_property`` for what only features have.
    """
    for name in _named(read_tree(text, lang)):
        if name not in (*FIELDS, GEOMETRY, "geometry"):
            known = ", ".join((*FIELDS, "geometry"))
            raise BadRequest("cql2_unknown_property", name=name[:60], known=known)
    return parse_filter(text, layer=_LAYER, storage=LON_LAT, time_zone=time_zone, lang=lang)


def fulfilling(
    database: Database, records: Iterable[Record], condition: Condition, *, lang: str
) -> set[str]:
    """The ids of the records for which the condition is true."""
    rows = [_row(record, lang) for record in records]
    columns = pgsql.SQL(", ").join(
        [
            pgsql.SQL("{} {}").format(pgsql.Identifier(name), pgsql.SQL(_COLUMNS[kind]))
            for name, kind in _TYPES.items()
        ]
    )
    told = pgsql.SQL(", ").join([pgsql.SQL("r.{}").format(pgsql.Identifier(n)) for n in FIELDS])
    text = pgsql.SQL(
        "SELECT f.id FROM (SELECT {told}, CASE WHEN r.box IS NOT NULL THEN"
        " public.ST_MakeEnvelope(r.box[1], r.box[2], r.box[3], r.box[4], {srid}) END AS geom"
        " FROM pg_catalog.jsonb_to_recordset(%s::jsonb) AS r({columns}, box float8[])) AS f"
        " WHERE {condition}"
    ).format(told=told, columns=columns, srid=pgsql.Literal(LON_LAT), condition=condition.text)
    with reading(_LAYER.name, filtered=True):
        found = database.fetch(text, [orjson.dumps(rows).decode(), *condition.params])
    return {row[0] for row in found}


def _row(record: Record, lang: str) -> dict[str, Any]:
    return {
        "id": record.id,
        "type": record.kind,
        "title": record.title[lang],
        "description": record.full_description(lang),
        "created": f"{record.day}T00:00:00Z" if record.day else None,
        "updated": record.updated if record.day or record.changed else None,
        "license": licence_title(record.licence, lang),
        "lineage": record.lineage,
        "custodian": record.custodian,
        "keywords": record.keywords(lang),
        "illustrative": record.illustrative,
        "box": record.box,
    }


def _named(node: Any) -> list[str]:
    """The properties that a tree names."""
    if isinstance(node, list):
        return [name for one in node for name in _named(one)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("property"), str):
        return [node["property"]]
    return [name for key in ("args", "interval") for name in _named(node.get(key))]
