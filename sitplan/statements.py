"""Statements composed once and run often, and the connection that knows them by name.

What is asked the same way a thousand times is composed, parsed and planned once: `Ready` keeps the
text, and each connection what it has prepared.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2 import sql as pgsql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

_MOST = 200
"""Plans that a connection keeps; the least used go first."""


class Ready:
    """A statement that is run again and again with other values.

    Parameters
    ----------
    text
        Composed, a ``%s`` for each value.
    values
        How many there are.
    is_prepared
        Whether connections plan it once for all values; else anew each time, for the values given.
    """

    __slots__ = ("_rendered", "is_prepared", "text", "values")

    def __init__(self, text: pgsql.Composable, *, values: int, is_prepared: bool = True) -> None:
        self.text = text
        self.values = values
        self.is_prepared = is_prepared
        self._rendered: str | None = None

    def rendered(self, cursor: Cursor) -> str:
        """The text as psycopg2 takes it, written out at its first use."""
        if self._rendered is None:
            self._rendered = self.text.as_string(cursor)
        return self._rendered


class Session:
    """A connection and the statements that it has prepared."""

    def __init__(self, link: Connection) -> None:
        self.link = link
        self._known: OrderedDict[Ready, str] = OrderedDict()
        self._names = count(1)
        self._is_forgotten = False

    def fetch(
        self,
        statement: str | pgsql.Composable | Ready,
        params: Sequence[Any] | Mapping[str, Any] | None = None,
    ) -> list[Any]:
        """All rows of a statement."""
        with self.link.cursor() as cursor:
            if not isinstance(statement, Ready):
                cursor.execute(statement, params)
            elif not statement.is_prepared:
                cursor.execute(statement.rendered(cursor), params)
            else:
                self._execute(cursor, statement, params)
            return cursor.fetchall()

    def _execute(self, cursor: Cursor, statement: Ready, params: Any) -> None:
        asked = self._known.get(statement)
        if asked is not None:
            self._known.move_to_end(statement)
            try:
                cursor.execute(asked, params)
                return
            except psycopg2.errors.FeatureNotSupported:
                self._drop(cursor, statement)  # the layer's columns are of other types than then
        cursor.execute(self._prepare(cursor, statement), params)

    def _prepare(self, cursor: Cursor, statement: Ready) -> str:
        asked, prepare = self._named(cursor, statement)
        cursor.execute(prepare)
        self._known[statement] = asked
        while len(self._known) > _MOST:
            self._drop(cursor, next(iter(self._known)))
        return asked

    def _named(self, cursor: Cursor, statement: Ready) -> tuple[str, str]:
        """What runs a statement under a new name, and what prepares it."""
        name = f"s{next(self._names)}"
        places = tuple(f"${n}" for n in range(1, statement.values + 1))
        listed = ", ".join(["%s"] * statement.values)
        asked = f"EXECUTE {name} ({listed})" if listed else f"EXECUTE {name}"
        return asked, f"PREPARE {name} AS " + statement.rendered(cursor) % places

    def text(self, cursor: Cursor, statement: Ready, params: Sequence[Any]) -> bytes:
        """What runs a statement, in one go with preparing it where that was not done."""
        if not statement.is_prepared:
            return cursor.mogrify(statement.rendered(cursor), params)
        asked = self._known.get(statement)
        if asked is not None:
            self._known.move_to_end(statement)
            return cursor.mogrify(asked, params)
        first = b"DEALLOCATE ALL; " if self._is_forgotten else b""
        self._is_forgotten = False
        while len(self._known) >= _MOST:
            first += f"DEALLOCATE {self._known.popitem(last=False)[1].split()[1]}; ".encode()
        asked, prepare = self._named(cursor, statement)
        self._known[statement] = asked
        return b"".join((first, prepare.encode(), b"; ", cursor.mogrify(asked, params)))

    def forget(self) -> None:
        """Prepare all anew: the last one may not have been prepared, or not as it is wanted now."""
        self._known.clear()
        self._is_forgotten = True

    def _drop(self, cursor: Cursor, statement: Ready) -> None:
        name = self._known.pop(statement).split()[1]
        cursor.execute(f"DEALLOCATE {name}")
