"""One look at the database: every read of an export sees the same instant, as the public's role."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor

from sitplan.db import Database, connect
from sitplan.errors import Unavailable
from sitplan.layer import Layer, Words
from sitplan.query import Statement
from sitplan.reading import reading
from sitplan.words import LANGUAGES, say

FIRST, LEAST, MOST = 200, 20, 2000
"""Rows fetched at a time: few at first, so that the first byte comes soon."""
_BYTES = 4 << 20
"""What the shapes of one fetch may weigh, as far as those of the one before tell."""
_STATEMENT_S = 120
"""The first rows of a large layer's past must be sorted; a page would not be given so long."""
_IDLE_S = 300
"""A reader that takes nothing for so long loses the snapshot: it holds back the vacuum."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a layer at the snapshot's instant.

    Parameters
    ----------
    revision
        Number of the last Change that touched it.
    illustrative
        Whether its data were drawn for the demonstration.
    source
        The record of what was loaded; empty where the declaration speaks.
    changed
        Of a result: the titles of its inputs that have changed since it was calculated.
    """

    revision: int
    illustrative: bool
    source: Mapping[str, Any]
    changed: tuple[Words, ...] = ()


class Snapshot:
    """A connection of its own, in one REPEATABLE READ transaction that can only read.

    Close it, or use it in a ``with`` block.
    """

    def __init__(self, database: Database) -> None:
        if database.role != "read":
            raise AssertionError("exports are read as the public's role")
        self._link = connect(database.url, application="sitplan export")
        self._link.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self._stopped = threading.Event()
        self._cursors = 0
        with self._link.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = %s", [f"{_IDLE_S}s"])
            cursor.execute("SET LOCAL statement_timeout = %s", [f"{_STATEMENT_S}s"])
            # The first rows are wanted soon: by the index on codes rather than after a sort.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 0.0001")
            cursor.execute("SET LOCAL jit = off")

    def entry(self, layer: Layer, *, has_other_heights: bool = False) -> Entry:
        """What the register says of the layer.

        Parameters
        ----------
        has_other_heights
            As `Catalogue` has it: the register knows of no raster.

        Raises
        ------
        Unavailable
            ``broken_layer`` where it was taken away since the catalogue was read.
        """
        with self._link.cursor() as cursor:
            self._execute(
                cursor,
                (
                    "SELECT revision, illustrative, source FROM published.catalogue"
                    " WHERE name = %s",
                    [layer.name],
                ),
            )
            row = cursor.fetchone()
        if row is None:
            raise Unavailable("broken_layer", layer=layer.name)
        changed = self._changed(layer)
        if has_other_heights:
            changed = (*changed, {lang: say("results.heights", lang) for lang in LANGUAGES})
        return Entry(int(row[0]), bool(row[1]), row[2] or {}, changed)

    def _changed(self, layer: Layer) -> tuple[Words, ...]:
        """As `Catalogue.outdated`, at the snapshot's instant."""
        read = {
            one["layer"]: one["revision"]
            for one in (layer.result or {}).get("inputs", ())
            if one["revision"] is not None
        }
        if not read:
            return ()
        with self._link.cursor() as cursor:
            self._execute(
                cursor,
                (
                    "SELECT name, revision, declaration->'title' FROM published.catalogue"
                    " WHERE name = ANY (%s)",
                    [list(read)],
                ),
            )
            now = {name: (revision, title) for name, revision, title in cursor.fetchall()}
        nobody = {name: (None, dict.fromkeys(LANGUAGES, name)) for name in read}
        found = nobody | now
        return tuple(found[name][1] for name in read if found[name][0] != read[name])

    def rows(
        self, statement: Statement, *, layer: str, filtered: bool = False
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The statement's rows, some at a time, by a cursor that the server keeps.

        The second column is the geometry, as text or bytes. With `filtered` a filter of the
        asker's may fail by itself, and be no fault of the layer.

        Raises
        ------
        Unavailable
            ``broken_layer``; ``slow_request`` past the statement timeout or after `stop`.
        BadRequest
            ``cql2_no_result`` where the filter's numbers have none.
        """
        self._cursors += 1
        cursor = self._link.cursor(name=f"export_{self._cursors}")
        with reading(layer, filtered=filtered):  # now, so that a fault is told before any byte
            self._execute(cursor, statement)
            first = cursor.fetchmany(FIRST)
        return self._rest(cursor, first, layer=layer, filtered=filtered)

    def _rest(
        self, cursor: Cursor, rows: list[tuple[Any, ...]], *, layer: str, filtered: bool
    ) -> Iterator[list[tuple[Any, ...]]]:
        try:
            while rows:
                if self._stopped.is_set():
                    raise Unavailable("slow_request")
                yield rows
                weight = sum(len(row[1]) for row in rows if row[1] is not None)
                size = max(LEAST, min(MOST, _BYTES * len(rows) // max(weight, 1)))
                with reading(layer, filtered=filtered):
                    rows = cursor.fetchmany(size)
        finally:
            with contextlib.suppress(psycopg2.Error):  # it ended with the snapshot meanwhile
                cursor.close()

    def count(self, statement: Statement, *, layer: str, filtered: bool = False) -> int:
        """The one number that a statement finds; raises as `rows`."""
        with reading(layer, filtered=filtered), self._link.cursor() as cursor:
            self._execute(cursor, statement)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def _execute(self, cursor: Cursor, statement: tuple[Any, list[Any]]) -> None:
        try:
            cursor.execute(*statement)
        except psycopg2.OperationalError as error:
            if self._link.closed:
                raise Unavailable("database_down") from error
            raise

    def stop(self) -> None:
        """End the running statement, from any thread: nobody waits for its rows any more."""
        self._stopped.set()
        with contextlib.suppress(psycopg2.Error):  # it ends by itself meanwhile
            self._link.cancel()

    def close(self) -> None:
        """End the transaction and its connection."""
        self._link.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
