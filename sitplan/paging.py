"""The order of features, and the place in it where a page ends: keyset paging. Pure.

A page is found by the values that the last row before it has, not by counting rows: the ten
thousandth costs what the first costs. What is missing comes last in either direction; texts are
in Spanish order (ñ after n, accents and capitals told apart only among equals); the id decides
among rows that are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg2 import sql as pgsql

from sitplan.columns import column
from sitplan.errors import BadRequest
from sitplan.layer import Field, Layer
from sitplan.told import told_fields

MOST_KEYS = 8
SORTED_LETTERS = 200
"""Letters of a text that its place in the order depends on: a place must fit in an address."""
_COLLATION = pgsql.SQL('COLLATE pg_catalog."es-x-icu"')
_TYPES = {
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}


@dataclass(frozen=True, slots=True)
class SortKey:
    """A field that decides about the order."""

    field: Field
    descending: bool = False

    @property
    def text(self) -> str:
        """As `sortby` writes it."""
        return f"{'-' if self.descending else ''}{self.field.name}"


@dataclass(frozen=True, slots=True)
class Place:
    """A row in the order, by what decides about it.

    Parameters
    ----------
    values
        Of each key, in their order; None where missing.
    id
        Of the row.
    backwards
        Whether the page before it is wanted, rather than the one after.
    """

    values: tuple[Any, ...]
    id: UUID
    backwards: bool = False


def sortable_fields(layer: Layer) -> tuple[Field, ...]:
    """The fields that features can be sorted by; lists have no order."""
    return tuple(f for f in told_fields(layer) if f.type != "array")


def parse_sort(text: str, layer: Layer) -> tuple[SortKey, ...]:
    """The keys that a `sortby` parameter writes: ``-year,name``; + may be said, or left out.

    Raises
    ------
    BadRequest
        ``wrong_sort`` for a field that is not there, twice there, or one of too many.
    """
    known = {f.name: f for f in sortable_fields(layer)}
    keys: list[SortKey] = []
    for part in text.split(","):
        # a plus that an address did not quote has become a space
        name = part[1:] if part[:1] in "+- " and part else part
        if name not in known or len(keys) == MOST_KEYS or name in {k.field.name for k in keys}:
            raise BadRequest("wrong_sort", value=name[:60], known=", ".join(known))
        keys.append(SortKey(known[name], descending=part[0] == "-"))
    return tuple(keys)


def key_columns(keys: Sequence[SortKey]) -> list[pgsql.Composable]:
    """What the database gives of each key, so that a row's `Place` is known."""
    return [_expression(key) for key in keys]


def order_by(keys: Sequence[SortKey], *, backwards: bool = False) -> pgsql.Composed:
    """ORDER BY of rows named `f`; backwards, the whole order turned around."""
    parts: list[pgsql.Composable] = []
    for key in keys:
        falls = key.descending != backwards
        nulls = "FIRST" if backwards else "LAST"
        direction = f" {'DESC' if falls else 'ASC'} NULLS {nulls}"
        parts.append(_ordered(key) + pgsql.SQL(direction))
    parts.append(pgsql.SQL("f.id DESC" if backwards else "f.id"))
    return pgsql.SQL("ORDER BY ") + pgsql.SQL(", ").join(parts)


def beyond(keys: Sequence[SortKey], place: Place) -> tuple[pgsql.Composable, list[Any]]:
    """The condition that rows named `f` come after the place, or before it when backwards."""
    cases: list[pgsql.Composable] = []
    params: list[Any] = []
    alike: list[pgsql.Composable] = []
    known: list[Any] = []
    for key, value in zip(keys, place.values, strict=True):
        found, wanted = _beyond_key(key, value, backwards=place.backwards)
        if found is not None:
            cases.append(pgsql.SQL(" AND ").join([*alike, found]))
            params += [*known, *wanted]
        same = pgsql.SQL("{} IS NOT DISTINCT FROM {}")
        alike.append(same.format(_expression(key), _value(key)))
        known.append(_sent(value))
    last = pgsql.SQL("f.id < %s" if place.backwards else "f.id > %s")
    cases.append(pgsql.SQL(" AND ").join([*alike, last]))
    params += [*known, str(place.id)]
    joined = pgsql.SQL(" OR ").join([pgsql.SQL("({})").format(case) for case in cases])
    return pgsql.SQL("({})").format(joined), params


def _beyond_key(
    key: SortKey, value: Any, *, backwards: bool
) -> tuple[pgsql.Composable | None, list[Any]]:
    """Where the key alone says that a row comes later; None where it never does."""
    expression = _expression(key)
    if value is None:  # nothing is later than what is missing; all that is there is earlier
        return (pgsql.SQL("{} IS NOT NULL").format(expression), []) if backwards else (None, [])
    sign = "<" if key.descending != backwards else ">"
    found: pgsql.Composable = pgsql.SQL("{} {} {}").format(
        _ordered(key), pgsql.SQL(sign), _value(key)
    )
    if not backwards:
        found = pgsql.SQL("({} OR {} IS NULL)").format(found, expression)
    return found, [_sent(value)]


def _expression(key: SortKey) -> pgsql.Composed:
    found = column(key.field.name)
    if key.field.type == "date":  # as pages tell it
        return pgsql.SQL("NULLIF({}, '-infinity')").format(found)
    if key.field.type in _TYPES:
        return found
    return pgsql.SQL("pg_catalog.left({}::text, {})").format(found, pgsql.Literal(SORTED_LETTERS))


def _ordered(key: SortKey) -> pgsql.Composable:
    if key.field.type in _TYPES:
        return _expression(key)
    return pgsql.SQL("{} {}").format(_expression(key), _COLLATION)


def _value(key: SortKey) -> pgsql.SQL:
    return pgsql.SQL(f"%s::{_TYPES.get(key.field.type, 'text')}")


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
