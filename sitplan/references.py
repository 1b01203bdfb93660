"""What a code names: the feature of another layer that a field refers to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from psycopg2 import sql as pgsql

from sitplan.columns import column
from sitplan.db import Database
from sitplan.layer import Layer
from sitplan.query import Moment, moment_conditions, relation
from sitplan.reading import reading


@dataclass(frozen=True, slots=True)
class Target:
    """The feature that a code names: its id, and what people call it."""

    id: str
    title: str


def read_targets(
    database: Database, layer: Layer, codes: Collection[str], *, moment: Moment, today: date
) -> dict[str, Target]:
    """Code → the public feature of it at that moment; those without one are left out.

    Of several the one that begins last, but none that is still to begin where another is.
    """
    if not codes:
        return {}
    conditions, params = moment_conditions(moment)
    label = column(layer.label) if layer.label in {f.name for f in layer.public_fields} else None
    text = pgsql.SQL(
        "SELECT DISTINCT ON (f.code) f.code, f.id::text, {title} FROM {source}"
        " WHERE {conditions} ORDER BY f.code, f.valid_from > %s, f.valid_from DESC"
    ).format(
        title=pgsql.SQL("coalesce({}::text, f.code)").format(label) if label else column("code"),
        source=relation(layer, moment),
        conditions=pgsql.SQL(" AND ").join([pgsql.SQL("f.code = ANY (%s)"), *conditions]),
    )
    with reading(layer.name):
        rows = database.fetch(text, [sorted(codes), *params, today])
    return {code: Target(identifier, title) for code, identifier, title in rows}
