"""What the record said before: versions of a feature, what each Change did, what differs.

All of it is read through the public's views. A version is told that was public then, of a feature
that is public now, or was when it was removed (sitplan/views.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg2 import sql as pgsql

from sitplan.db import Database
from sitplan.layer import Layer
from sitplan.query import FeatureQuery, gone, past
from sitplan.reading import reading
from sitplan.told import told_fields

Feature = dict[str, Any]
STAMPS = ("version", "updated_at")
"""Fields that every Change alters: no difference that a person means."""
LAST = UUID(int=(1 << 128) - 1)
_FACTS = pgsql.SQL("{0}.recorded_at, {0}.kind, {0}.role, {0}.why, {0}.source")


@dataclass(frozen=True, slots=True)
class Made:
    """What the public may know of a Change: no person, and nothing but when of what is hidden."""

    recorded_at: datetime | None
    kind: str | None = None
    role: str | None = None
    why: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What the record said of a feature from one instant to another.

    Parameters
    ----------
    recorded_from, recorded_to
        When it was recorded; None while it stands.
    made, ended
        The Changes that did it; `ended` is None while it stands.
    is_followed
        Whether the Change that ended it left another version that is told.
    """

    version: int
    recorded_from: datetime
    recorded_to: datetime | None
    valid_from: date | None
    valid_to: date | None
    made: Made
    ended: Made | None
    is_followed: bool

    def holds(self, instant: datetime) -> bool:
        """Whether the record said so at that instant."""
        return self.recorded_from <= instant and (
            self.recorded_to is None or self.recorded_to > instant
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A point in the order of all that happened: after this feature of this Change."""

    revision: int
    after: UUID = LAST


@dataclass(frozen=True, slots=True)
class Event:
    """What one Change did to one feature: create, replace or delete, as the public saw it.

    Parameters
    ----------
    fields
        Names of those in which before and after differ, ``geometry`` among them.
    before, after
        GeoJSON for `orjson`. A feature that was hidden, not removed, has no `before` any more.
    """

    place: Place
    action: str
    id: str
    made: Made
    fields: list[str]
    before: Feature | None
    after: Feature | None


def revision_at(database: Database, instant: datetime | None = None) -> int:
    """The last Change recorded by an instant, or the last there is; 0 before the first.

    It is read in the order of commits: what it counts is to be seen by everybody.
    """
    text = (
        "SELECT id FROM published.change WHERE %(at)s::timestamptz IS NULL OR recorded_at <= %(at)s"
        " ORDER BY id DESC LIMIT 1"
    )
    rows = database.fetch(text, {"at": instant})
    return int(rows[0][0]) if rows else 0


def latest_recorded(database: Database) -> datetime | None:
    """When the last Change was recorded; what is recorded later bears a later instant."""
    rows = database.fetch("SELECT recorded_at FROM published.change ORDER BY id DESC LIMIT 1")
    found: datetime | None = rows[0][0] if rows else None
    return found


def first_recorded(database: Database, layer: Layer) -> datetime | None:
    """When the first version that is told was recorded."""
    text = pgsql.SQL("SELECT min(f.recorded_from) FROM {}").format(past(layer))
    with reading(layer.name):
        found: datetime | None = database.fetch(text)[0][0]
    return found


def read_versions(database: Database, layer: Layer, identifier: str) -> list[Version]:
    """All versions of a feature that are told, oldest first; empty for what nobody may know."""
    try:
        wanted = UUID(identifier)
    except ValueError:
        return []
    text = pgsql.SQL(
        "SELECT f.version, f.recorded_from, f.recorded_to, NULLIF(f.valid_from, '-infinity'),"
        " f.valid_to, {made}, {ended}, gone.id IS NULL FROM {past}"
        " LEFT JOIN published.change AS made ON made.id = f.change_id"
        " LEFT JOIN (SELECT f.id, f.change_id, f.told FROM {gone} WHERE f.id = %s) AS gone"
        " ON gone.change_id = f.ended_by"
        " LEFT JOIN published.change AS ended"
        " ON ended.id = f.ended_by AND coalesce(gone.told, true)"
        " WHERE f.id = %s ORDER BY f.recorded_from"
    ).format(
        made=_FACTS.format(pgsql.Identifier("made")),
        ended=_FACTS.format(pgsql.Identifier("ended")),
        past=past(layer),
        gone=gone(layer),
    )
    with reading(layer.name):
        rows = database.fetch(text, [str(wanted)] * 2)
    return [_version(row) for row in rows]


def _version(row: tuple[Any, ...]) -> Version:
    number, recorded_from, recorded_to, valid_from, valid_to = row[:5]
    return Version(
        version=number,
        recorded_from=recorded_from,
        recorded_to=recorded_to,
        valid_from=valid_from,
        valid_to=valid_to,
        made=Made(recorded_from, *row[6:10]),
        ended=Made(recorded_to, *row[11:15]) if recorded_to else None,
        is_followed=bool(recorded_to and row[15]),
    )


def read_events(
    database: Database, query: FeatureQuery, since: Place, *, limit: int
) -> tuple[list[Event], bool]:
    """What happened to a layer after a place, in order, each once; and whether more follows.

    One statement, so that what it tells is of one moment. Changes are numbered in the order of
    their commits (docs/decisions/0002), so that nothing appears later before what was told.
    """
    layer = query.layer
    later = pgsql.SQL("f.change_id >= %s AND (f.change_id, f.id) > (%s, %s::uuid)")
    text = pgsql.SQL(
        "WITH event AS MATERIALIZED ("
        " SELECT f.change_id, f.id, true AS is_there, true AS told FROM {past} WHERE {later}"
        " UNION ALL SELECT f.change_id, f.id, false, f.told FROM {gone} WHERE {later}"
        " ORDER BY 1, 2 LIMIT %s)"
        " SELECT event.change_id, event.id, event.is_there, event.told, {made}, old.*, new.*"
        " FROM event LEFT JOIN published.change AS made ON made.id = event.change_id"
        " LEFT JOIN LATERAL (SELECT {columns} FROM {past}"
        " WHERE f.id = event.id AND f.ended_by = event.change_id) AS old ON true"
        " LEFT JOIN LATERAL (SELECT {columns} FROM {past}"
        " WHERE f.id = event.id AND f.change_id = event.change_id) AS new ON event.is_there"
        " ORDER BY event.change_id, event.id"
    ).format(
        past=past(layer),
        gone=gone(layer),
        later=later,
        made=_FACTS.format(pgsql.Identifier("made")),
        columns=query.told(),
    )
    place = [since.revision, since.revision, str(since.after)]
    with reading(layer.name):
        rows = database.fetch(text, [*place, *place, limit + 1])
    return [_event(row, layer) for row in rows[:limit]], len(rows) > limit


def _event(row: tuple[Any, ...], layer: Layer) -> Event:
    revision, identifier, is_there, is_told, *facts = row[:9]
    width = 2 + len(told_fields(layer))
    old, new = row[9 : 9 + width], row[9 + width :]
    before, after = feature(old, layer), feature(new, layer)
    return Event(
        place=Place(revision, UUID(identifier)),
        action=("replace" if before else "create") if is_there else "delete",
        id=identifier,
        made=Made(*facts) if is_told else Made(facts[0]),
        fields=_unlike(old, new, layer) if before and after else [],
        before=before,
        after=after,
    )


def _unlike(old: tuple[Any, ...], new: tuple[Any, ...], layer: Layer) -> list[str]:
    names = ["geometry", *(f.name for f in told_fields(layer))]
    pairs = zip(names, old[1:], new[1:], strict=True)
    return [name for name, was, becomes in pairs if name not in STAMPS and was != becomes]


def feature(row: tuple[Any, ...], layer: Layer) -> Feature | None:
    """The GeoJSON of a row that `FeatureQuery.told` gave; None where there was none."""
    if row[0] is None:
        return None
    names = [f.name for f in told_fields(layer)]
    return {
        "type": "Feature",
        "id": row[0],
        "geometry": orjson.Fragment(row[1]) if row[1] is not None else None,
        "properties": dict(zip(names, row[2:], strict=True)),
    }
