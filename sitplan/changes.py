"""The one door for writing: lock, apply, check the result, keep it or roll it back.

A Change is atomic over all its layers. Rows come as frames in the storage CRS (see
`sitplan.intake` for everything before that) and are compared with the record inside the
database, so that what is equal is not written again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import psycopg2
from pandas import DataFrame
from psycopg2.extensions import cursor as Cursor

from sitplan import ddl, staging
from sitplan.catalogue import Catalogue
from sitplan.checks import run_checks
from sitplan.db import Database
from sitplan.errors import InvalidData, Unavailable
from sitplan.report import Report

Mode = Literal["append", "upsert", "replace", "remove"]
Rows = DataFrame | Callable[[], Iterable[DataFrame]]


@dataclass(frozen=True, slots=True)
class Author:
    """Who answers for a Change: the role always, the person where known."""

    role: str = "planning_office"
    who: str | None = None


@dataclass(frozen=True)
class Edit:
    """What is to be done to one layer.

    Parameters
    ----------
    layer
        Its name.
    rows
        A frame, or a function that gives its chunks anew at each call. Columns are the layer's
        fields and common columns; those left out stay as they are. Geometry in `geom`, in the
        layer's CRS; `_row` is the 1-based row of the source.
    mode
        ``append`` only adds; ``upsert`` corrects what `key` finds and adds the rest; ``replace``
        also removes every code the rows lack; ``remove`` takes away what the rows name.
    key
        The field by which a row is recognised.
    valid_from
        None corrects the record; a date states a new fact: the validity that holds on it ends
        there and another begins.
    fresh
        Texts for columns that the rows leave out, given to those that are added only.
    """

    layer: str
    rows: Rows
    mode: Mode = "upsert"
    key: str = "code"
    valid_from: date | None = None
    fresh: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one layer."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Receipt:
    """What a Change did; `change_id` is None when nothing was kept."""

    change_id: int | None
    layers: Mapping[str, Counts] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    dry_run: bool = False

    def as_dict(self, lang: str | None = None) -> dict[str, Any]:
        """For JSON."""
        return {
            "change": self.change_id,
            "dry_run": self.dry_run,
            "layers": {k: v.as_dict() for k, v in self.layers.items()},
            "problems": self.report.as_dict(lang),
        }


class Undo(Exception):
    """Rolls the transaction back where nothing is to be kept."""


def apply(
    database: Database,
    catalogue: Catalogue,
    edits: Sequence[Edit],
    *,
    author: Author,
    why: str,
    source: str | None = None,
    kind: str = "edit",
    dry_run: bool = False,
    stated: Mapping[str, Mapping[str, Any]] | None = None,
    illustrative: Mapping[str, bool] | None = None,
) -> Receipt:
    """The receipt of one Change: all edits, or nothing.

    Parameters
    ----------
    stated
        Source record of each layer, to stand in place of the declared one.
    illustrative
        Whether a layer's data are now drawn for the demonstration.

    Raises
    ------
    InvalidData
        With the whole Report, when any row or any `error` check is broken; nothing is stored.
    Unavailable
        When the database is down, or another writer holds the door for too long.
    """
    counts: dict[str, Counts] = {}
    report = Report()
    change_id: int | None = None
    try:
        with database.transaction() as cursor:
            change_id = open_change(cursor, author=author, why=why, source=source, kind=kind)
            for edit in edits:
                done, told = _apply_edit(cursor, catalogue, edit)
                counts[edit.layer] = _add(counts.get(edit.layer), done)
                report += told
            if report.is_refused:
                raise InvalidData("invalid_data", report=report)
            report += run_checks(cursor, list(counts))
            if report.is_refused:
                raise InvalidData("invalid_data", report=report)
            restated = _restate(cursor, stated or {}, illustrative or {})
            written = any(c.added or c.changed or c.removed for c in counts.values())
            if dry_run or not (written or restated):
                change_id = None
                raise Undo
    except Undo:
        pass
    except psycopg2.errors.LockNotAvailable as error:
        raise Unavailable("writers_busy") from error
    if change_id is not None:
        _analyze(database, counts)
    return Receipt(change_id=change_id, layers=counts, report=report, dry_run=dry_run)


def open_change(
    cursor: Cursor,
    *,
    author: Author,
    why: str,
    source: str | None,
    kind: str,
    reverts: int | None = None,
) -> int:
    """The id of a new Change, the writers' lock taken for this transaction."""
    cursor.execute("SET LOCAL lock_timeout = '30s'")
    cursor.execute("SET LOCAL jit = off")
    cursor.execute(
        "SELECT sitplan.open_change(%s, %s, %s, %s, %s, %s)",
        (author.role, author.who, why, source, kind, reverts),
    )
    return int(cursor.fetchone()[0])  # type: ignore[index]


def _restate(
    cursor: Cursor, stated: Mapping[str, Mapping[str, Any]], illustrative: Mapping[str, bool]
) -> bool:
    """Put source records and the mark of the demonstration in force; whether any is new."""
    news = 0
    for layer, is_so in illustrative.items():
        cursor.execute(
            "UPDATE sitplan.layer SET illustrative = %s WHERE name = %s AND illustrative <> %s",
            (is_so, layer, is_so),
        )
        news += cursor.rowcount
    for layer, record in stated.items():
        text = json.dumps(dict(record), ensure_ascii=False)
        cursor.execute(
            "UPDATE sitplan.layer SET source = %s::jsonb"
            " WHERE name = %s AND source IS DISTINCT FROM %s::jsonb",
            (text, layer, text),
        )
        news += cursor.rowcount
    if news:
        cursor.execute("""SELECT pg_notify('sitplan', '{"catalogue": true}')""")
    return news > 0


def _add(one: Counts | None, other: Counts) -> Counts:
    if one is None:
        return other
    return replace(one, **{k: getattr(one, k) + v for k, v in other.as_dict().items()})


def _analyze(database: Database, counts: Mapping[str, Counts]) -> None:
    """Fresh statistics where much changed, so that the next tile finds its index."""
    large = [k for k, v in counts.items() if v.added + v.changed + v.removed >= 500]
    if large:
        with database.transaction() as cursor:
            for name in large:
                cursor.execute(f"ANALYZE layers.{ddl.ident(name)}")


def _apply_edit(cursor: Cursor, catalogue: Catalogue, edit: Edit) -> tuple[Counts, Report]:
    layer = catalogue.layer(edit.layer)
    table = f"layers.{ddl.ident(layer.name)}"
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    is_empty = not cursor.fetchone()[0]  # type: ignore[index]
    if is_empty and edit.mode != "remove":
        cursor.execute("SAVEPOINT straight")
        try:
            read = staging.copy_rows(
                cursor, layer, catalogue.territory, _chunks(edit.rows), into=table,
                valid_from=edit.valid_from, fresh=edit.fresh,
            )  # fmt: skip
            cursor.execute("RELEASE SAVEPOINT straight")
            return Counts(read=read, added=read), Report()
        except (psycopg2.IntegrityError, psycopg2.DataError):
            cursor.execute("ROLLBACK TO SAVEPOINT straight")  # stage them, to tell every fault
    stage = staging.Stage(cursor, layer, catalogue.territory, key=edit.key)
    read = stage.fill(_chunks(edit.rows))
    if edit.mode == "remove":
        removed = stage.remove(edit.valid_from)
        return Counts(read=read, removed=removed, unchanged=read - removed), Report()
    report = stage.faults(append=edit.mode == "append")
    if report.is_refused:
        rejected = len({p.row for p in report.problems if p.row is not None}) or report.count(
            "error"
        )
        return Counts(read=read, rejected=rejected), report
    removed = stage.remove_missing(edit.valid_from) if edit.mode == "replace" else 0
    added, changed = stage.merge(edit.valid_from, fresh=edit.fresh)
    return (
        Counts(
            read=read,
            added=added,
            changed=changed,
            unchanged=read - added - changed,
            removed=removed,
        ),
        report,
    )


def _chunks(rows: Rows) -> Iterator[DataFrame]:
    if callable(rows):
        yield from rows()
    else:
        yield rows
