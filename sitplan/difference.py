"""What differs between two moments of a layer: added, changed (which fields), removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg2 import sql as pgsql

from sitplan.columns import ident
from sitplan.db import Database
from sitplan.layer import Layer
from sitplan.past import STAMPS, Feature, feature
from sitplan.query import Condition, FeatureQuery, Moment, moment_conditions, past
from sitplan.reading import reading
from sitplan.told import told_fields

_WINDOW = ("valid_from", "valid_to", "replaces")


@dataclass(frozen=True, slots=True)
class Sides:
    """The rows to compare: what stood on one side alone, and by what they are matched.

    Parameters
    ----------
    old, new
        Conditions on the versions `f`; what stands on both sides may be left out of both.
    key
        The column that tells which feature a row is of.
    apart
        Fields that differ between the sides by their nature.
    """

    old: Condition
    new: Condition
    key: str
    apart: tuple[str, ...] = STAMPS


@dataclass(frozen=True, slots=True)
class Difference:
    """One feature that is not as it was. `fields` are those that changed, `geometry` among them."""

    key: str
    action: str
    fields: list[str]
    before: Feature | None
    after: Feature | None


@dataclass(frozen=True, slots=True)
class Differences:
    """Counts of all, and one page of them in the order of their keys."""

    added: int
    changed: int
    removed: int
    page: list[Difference]
    has_more: bool


def between_records(first: int, last: int, *, on: Moment) -> Sides:
    """The record as two revisions left it, of the facts in force at a valid time; by `id`."""
    days, params = moment_conditions(on)
    old = [pgsql.SQL("f.change_id <= %s AND f.ended_by > %s AND f.ended_by <= %s"), *days]
    new = [
        pgsql.SQL("f.change_id > %s AND f.change_id <= %s"),
        pgsql.SQL("(f.ended_by IS NULL OR f.ended_by > %s)"),
        *days,
    ]
    both = pgsql.SQL(" AND ")
    return Sides(
        old=Condition(both.join(old), (first, first, last, *params)),
        new=Condition(both.join(new), (first, last, last, *params)),
        key="id",
    )


def between_days(first: date, last: date, *, as_of: datetime | None) -> Sides:
    """What was in force on two days, by one record; by `code`, for a new fact has a new id."""

    def on(day: date) -> Condition:
        conditions, params = moment_conditions(Moment(on=day, as_of=as_of))
        if as_of is None:
            conditions.append(pgsql.SQL("f.ended_by IS NULL"))
        return Condition(pgsql.SQL(" AND ").join(conditions), tuple(params))

    return Sides(old=on(first), new=on(last), key="code", apart=(*STAMPS, *_WINDOW))


def read_differences(
    database: Database, query: FeatureQuery, sides: Sides, *, after: str, limit: int
) -> Differences:
    """All counts, and the page of at most `limit` whose keys come after `after`."""
    layer = query.layer
    text = pgsql.SQL(
        "WITH old AS MATERIALIZED (SELECT f.* FROM {past} WHERE {old}),"
        " new AS MATERIALIZED (SELECT f.* FROM {past} WHERE {new}),"
        ' every AS (SELECT coalesce(old.{key}, new.{key})::text COLLATE "C" AS key,'
        " old.id AS old_id, old.change_id AS old_change,"
        " new.id AS new_id, new.change_id AS new_change,"
        " pg_catalog.array_remove(ARRAY[{fields}]::text[], NULL) AS fields"
        " FROM old FULL JOIN new ON old.{key} = new.{key}),"
        " unlike AS MATERIALIZED (SELECT * FROM every"
        " WHERE old_id IS NULL OR new_id IS NULL OR cardinality(fields) > 0)"
        " SELECT n.added, n.changed, n.removed, page.key, page.fields, was.*, became.*"
        " FROM (SELECT count(*) FILTER (WHERE old_id IS NULL) AS added,"
        " count(*) FILTER (WHERE old_id IS NOT NULL AND new_id IS NOT NULL) AS changed,"
        " count(*) FILTER (WHERE new_id IS NULL) AS removed FROM unlike) AS n"
        " LEFT JOIN (SELECT * FROM unlike WHERE key > %s ORDER BY key LIMIT %s) AS page ON true"
        " LEFT JOIN LATERAL (SELECT {columns} FROM {past}"
        " WHERE f.id = page.old_id AND f.change_id = page.old_change) AS was ON true"
        " LEFT JOIN LATERAL (SELECT {columns} FROM {past}"
        " WHERE f.id = page.new_id AND f.change_id = page.new_change) AS became ON true"
        " ORDER BY page.key"
    ).format(
        past=past(layer),
        old=sides.old.text,
        new=sides.new.text,
        key=pgsql.Identifier(sides.key),
        fields=pgsql.SQL(", ").join(_unlike(layer, sides.apart)),
        columns=query.told(),
    )
    params = [*sides.old.params, *sides.new.params, after, limit + 1]
    with reading(layer.name):
        rows = database.fetch(text, params)
    found = [_difference(row, layer) for row in rows if row[3] is not None]
    added, changed, removed = rows[0][:3]
    return Differences(added, changed, removed, page=found[:limit], has_more=len(found) > limit)


def _unlike(layer: Layer, apart: Sequence[str]) -> list[pgsql.Composable]:
    """The name of each field where the sides differ in it, else null."""
    found: list[pgsql.Composable] = []
    if layer.geometry:
        shape = pgsql.SQL("public.ST_AsBinary({}.geom)")
        found.append(
            pgsql.SQL("CASE WHEN {} IS DISTINCT FROM {} THEN 'geometry' END").format(
                shape.format(pgsql.SQL("old")), shape.format(pgsql.SQL("new"))
            )
        )
    found += [
        pgsql.SQL("CASE WHEN old.{0} IS DISTINCT FROM new.{0} THEN {1} END").format(
            ident(told.name), pgsql.Literal(told.name.replace("%", "%%"))
        )
        for told in told_fields(layer)
        if told.name not in apart
    ]
    return found


def _difference(row: tuple[Any, ...], layer: Layer) -> Difference:
    width = 2 + len(told_fields(layer))
    before, after = feature(row[5 : 5 + width], layer), feature(row[5 + width :], layer)
    is_changed = before is not None and after is not None
    return Difference(
        key=row[3],
        action="changed" if is_changed else "removed" if before else "added",
        fields=row[4] if is_changed else [],
        before=before,
        after=after,
    )
