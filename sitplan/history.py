"""Who changed what and why; and how any Change is taken back, as a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor

from sitplan import ddl
from sitplan.catalogue import Catalogue
from sitplan.changes import Author, Counts, Receipt, Undo, open_change
from sitplan.checks import run_checks
from sitplan.db import Database
from sitplan.errors import InvalidData, NotFound, Refused
from sitplan.layer import Layer


@dataclass(frozen=True, slots=True)
class Change:
    """One write as recorded: who (role), why, from what source, when, and what it touched."""

    id: int
    recorded_at: datetime
    role: str
    who: str | None
    why: str
    source: str | None
    kind: str
    reverts: int | None
    layers: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**found, "recorded_at": self.recorded_at.isoformat()}


def list_changes(
    database: Database,
    *,
    layer: str | None = None,
    since: datetime | int | None = None,
    role: str | None = None,
    limit: int = 100,
) -> list[Change]:
    """The latest Changes, newest first.

    Parameters
    ----------
    since
        An instant, or the id of a Change: only what came after it.
    """
    rows = database.fetch(
        "SELECT c.id, c.recorded_at, c.role, c.who, c.why, c.source, c.kind, c.reverts,"
        " coalesce(jsonb_object_agg(t.layer, jsonb_build_object('added', t.added,"
        " 'changed', t.changed, 'removed', t.removed)) FILTER (WHERE t.layer IS NOT NULL), '{}')"
        " FROM sitplan.change AS c LEFT JOIN sitplan.touched AS t ON t.change_id = c.id"
        " WHERE (%(layer)s::text IS NULL OR EXISTS (SELECT FROM sitplan.touched AS o"
        " WHERE o.change_id = c.id AND o.layer = %(layer)s))"
        " AND (%(role)s::text IS NULL OR c.role = %(role)s)"
        " AND (%(after)s::bigint IS NULL OR c.id > %(after)s)"
        " AND (%(from)s::timestamptz IS NULL OR c.recorded_at > %(from)s)"
        " GROUP BY c.id ORDER BY c.id DESC LIMIT %(limit)s",
        {
            "layer": layer,
            "role": role,
            "after": since if isinstance(since, int) else None,
            "from": since if isinstance(since, datetime) else None,
            "limit": limit,
        },
    )
    return [Change(*row) for row in rows]


def revert(
    database: Database,
    catalogue: Catalogue,
    change_id: int,
    *,
    why: str,
    author: Author | None = None,
    dry_run: bool = False,
) -> Receipt:
    """The receipt of a new Change that puts back what `change_id` altered.

    What it added goes, what it changed or removed is as before, under the same ids.

    Raises
    ------
    NotFound
        ``no_such_change``.
    Refused
        ``later_changes`` when rows were altered again since; it names those Changes.
    InvalidData
        When the state before no longer keeps the checks.
    """
    author = author or Author()
    counts: dict[str, Counts] = {}
    made: int | None = None
    try:
        with database.transaction() as cursor:
            cursor.execute("SELECT 1 FROM sitplan.change WHERE id = %s", (change_id,))
            if not cursor.fetchone():
                raise NotFound("no_such_change", id=change_id)
            made = open_change(
                cursor, author=author, why=why, source=None, kind="revert", reverts=change_id
            )
            cursor.execute(
                "SELECT layer FROM sitplan.touched WHERE change_id = %s ORDER BY layer",
                (change_id,),
            )
            layers = [catalogue.layer(name) for (name,) in cursor.fetchall()]
            later = sorted({one for layer in layers for one in _later(cursor, layer, change_id)})
            if later:
                raise Refused("later_changes", id=change_id, later=", ".join(str(n) for n in later))
            for layer in layers:
                counts[layer.name] = _put_back(cursor, layer, change_id)
            report = run_checks(cursor, list(counts))
            if report.is_refused:
                raise InvalidData("invalid_data", report=report)
            if dry_run or not any(c.added or c.changed or c.removed for c in counts.values()):
                made = None
                raise Undo
    except Undo:
        return Receipt(change_id=None, layers=counts, report=report, dry_run=dry_run)
    return Receipt(change_id=made, layers=counts, report=report)


def _left(layer: Layer, change_id: int) -> str:
    """SQL of the rows as the Change left them: where they still stand, or as history kept them."""
    name = ddl.ident(layer.name)
    listed = ", ".join(ddl.ident(c) for c in ddl.writable_columns(layer))
    return (
        f"SELECT {listed} FROM layers.{name} WHERE change_id = {change_id:d}"
        f" UNION ALL SELECT {listed} FROM history.{name} WHERE change_id = {change_id:d}"
    )


def _later(cursor: Cursor, layer: Layer, change_id: int) -> list[int]:
    """The Changes since, by which rows are no longer as `change_id` left them.

    A Change that was itself taken back is in nobody's way: contents are compared, not dates.
    """
    name = ddl.ident(layer.name)
    meant = [c for c in ddl.writable_columns(layer) if c != "id"]
    left = ", ".join(f"a.{ddl.ident(c)}" for c in meant)
    now = ", ".join(f"t.{ddl.ident(c)}" for c in meant)
    cursor.execute(
        f"WITH a AS ({_left(layer, change_id)}),"
        f" b AS (SELECT id, code, valid_from FROM history.{name} WHERE ended_by = {change_id:d}),"
        " moved AS ("
        f" SELECT a.id FROM a LEFT JOIN layers.{name} AS t USING (id)"
        f" WHERE t.id IS NULL OR ROW({left}) IS DISTINCT FROM ROW({now})"
        # removed by it, and there again by another's doing
        f" UNION SELECT b.id FROM b JOIN layers.{name} AS t USING (id)"
        " WHERE NOT EXISTS (SELECT FROM a WHERE a.id = b.id))"
        f" SELECT change_id FROM layers.{name}"
        f" WHERE id IN (SELECT id FROM moved) AND change_id > {change_id:d}"
        f" UNION SELECT ended_by FROM history.{name}"
        f" WHERE id IN (SELECT id FROM moved) AND ended_by > {change_id:d}"
        # another feature holds the code and day of what it took away
        f" UNION SELECT t.change_id FROM layers.{name} AS t JOIN b"
        " ON b.code = t.code AND b.valid_from = t.valid_from AND b.id <> t.id"
        f" WHERE t.change_id <> {change_id:d}"
    )
    return [row[0] for row in cursor.fetchall()]


def _put_back(cursor: Cursor, layer: Layer, change_id: int) -> Counts:
    name = ddl.ident(layer.name)
    meant = [c for c in ddl.writable_columns(layer) if c != "id"]
    listed = ", ".join(ddl.ident(c) for c in meant)
    before = f"SELECT id, {listed} FROM history.{name} WHERE ended_by = {change_id:d}"
    cursor.execute(f"CREATE TEMP TABLE before ON COMMIT DROP AS {before}")
    cursor.execute(
        f"DELETE FROM layers.{name} WHERE id IN (SELECT id FROM ({_left(layer, change_id)}) AS a)"
        " AND id NOT IN (SELECT id FROM before)"
    )
    removed = cursor.rowcount
    sets = ", ".join(f"{ddl.ident(c)} = h.{ddl.ident(c)}" for c in meant)
    cursor.execute(
        f"UPDATE layers.{name} AS t SET {sets} FROM before AS h WHERE h.id = t.id",
    )
    changed = cursor.rowcount
    # version 0 asks the trigger for the next one of this id
    cursor.execute(
        f"INSERT INTO layers.{name} (id, version, {listed}) SELECT id, 0, {listed} FROM before AS h"
        f" WHERE NOT EXISTS (SELECT FROM layers.{name} AS t WHERE t.id = h.id)",
    )
    added = cursor.rowcount
    cursor.execute("DROP TABLE before")
    return Counts(added=added, changed=changed, removed=removed)
