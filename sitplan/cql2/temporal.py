"""Days, instants and intervals, and how they lie to one another.

An interval counts both its ends (21-065r2, 7.8.1). Where a day meets an instant, the instant is
the day that it is in the territory's time zone, as everywhere in SITPLAN. In
``INTERVAL(valid_from, valid_to)`` the ends are the first and the last day in force, so that
T_INTERSECTS finds what `datetime` finds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg2 import sql as pgsql

from sitplan.cql2.terms import Interval, Operand, Scope, Term, chain, join, wrong_types
from sitplan.errors import BadRequest

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

# Of two intervals: start and end of the first are a and b, those of the second c and d. Time
# Ontology in OWL, 4.2.26–4.2.41.
_RELATIONS: dict[str, str] = {
    "t_after": "a > d",
    "t_before": "b < c",
    "t_equals": "a = c, b = d",
    "t_intersects": "a <= d, b >= c",
    "t_contains": "a < c, b > d",
    "t_during": "a > c, b < d",
    "t_finishedby": "a < c, b = d",
    "t_finishes": "a > c, b = d",
    "t_meets": "b = c",
    "t_metby": "a = d",
    "t_overlappedby": "a > c, a < d, b > d",
    "t_overlaps": "a < c, b > c, b < d",
    "t_startedby": "a = c, b > d",
    "t_starts": "a = c, b < d",
}
_OF_INSTANTS = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
TEMPORAL = (*_RELATIONS, "t_disjoint")
"""The functions that `relate` knows."""


def date_term(text: Any) -> Term:
    """A day such as 2026-11-22.

    Raises
    ------
    BadRequest
        ``cql2_wrong_date`` for anything else.
    """
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return Term("date", pgsql.SQL("%s::date"), (date.fromisoformat(text),))
    except ValueError:
        pass
    raise BadRequest("cql2_wrong_date", value=str(text)[:60])


def timestamp_term(text: Any) -> Term:
    """An instant such as 2026-11-22T09:00:00Z, to the microsecond; raises as `date_term`."""
    try:
        if isinstance(text, str) and _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text.upper())
            instant.utctimetuple()  # one that its zone moves out of the calendar is none
            return Term("timestamp", pgsql.SQL("%s::timestamptz"), (instant,))
    except (ValueError, OverflowError):
        pass
    raise BadRequest("cql2_wrong_date", value=str(text)[:60])


def instant_of(term: Term) -> Term:
    """A term as an instant or a day: a string literal is read as one."""
    if term.literal is None:
        return term
    return date_term(term.literal) if len(term.literal) <= 10 else timestamp_term(term.literal)


def day_of(term: Term, scope: Scope) -> Term:
    """An instant as the day that it is in the territory; a day as it is."""
    if term.kind != "timestamp":
        return term
    zone = Term("string", pgsql.SQL("%s"), (scope.time_zone,))
    return join("date", "({} AT TIME ZONE {})::date", term, zone)


def interval(ends: Sequence[Operand]) -> Interval:
    """Two ends, each a day, an instant, a property of those, or open: ``..``.

    Raises
    ------
    BadRequest
        ``cql2_wrong_date``, ``cql2_wrong_types``.
    """
    found: list[Term | None] = []
    for position, end in enumerate(ends):
        if isinstance(end, Term) and end.literal in ("..", ""):
            found.append(None)
            continue
        term = instant_of(end) if isinstance(end, Term) else end
        if not isinstance(term, Term) or term.kind not in ("date", "timestamp", "null"):
            raise wrong_types("INTERVAL", *ends)
        if position == 0 and term.field == "valid_from":
            term = Term("date", pgsql.SQL("f.valid_from"))
        elif position == 1 and term.field == "valid_to":
            term = Term("date", pgsql.SQL("coalesce(f.valid_to - 1, 'infinity')"))
        found.append(term)
    if len(found) != 2:
        raise BadRequest("cql2_wrong_arguments", name="INTERVAL", number=2)
    return Interval(*found)


def relate(name: str, operands: Sequence[Operand], scope: Scope) -> Term:
    """How two instants or intervals lie to one another.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``; ``cql2_needs_intervals`` for functions that take no instants.
    """
    spans: list[Interval] = []
    for operand in operands:
        if isinstance(operand, Term):
            if name not in _OF_INSTANTS:
                raise BadRequest("cql2_needs_intervals", name=name.upper())
            term = instant_of(operand)
            if term.kind not in ("date", "timestamp", "null"):
                raise wrong_types(name.upper(), *operands)
            spans.append(Interval(term, term))
        elif isinstance(operand, Interval):
            spans.append(operand)
        else:
            raise wrong_types(name.upper(), *operands)
    ends = _same_grain([end for span in spans for end in (span.start, span.end)], scope)
    named = dict(zip("abcd", ends, strict=True))
    if name == "t_disjoint":
        return chain("boolean", " OR ", [_compared(one, named) for one in ("b < c", "a > d")])
    return chain("boolean", " AND ", [_compared(c, named) for c in _RELATIONS[name].split(", ")])


def _same_grain(ends: list[Term | None], scope: Scope) -> list[Term]:
    """Four ends as days if one of them is a day, else as instants; open ones at infinity."""
    is_daily = any(end is not None and end.kind == "date" for end in ends)
    kind = "date" if is_daily else "timestamptz"
    found = []
    for position, end in enumerate(ends):
        if end is None:
            sign = "-" if position % 2 == 0 else ""
            found.append(Term("date", pgsql.SQL(f"'{sign}infinity'::{kind}")))
        elif end.kind == "null":
            found.append(Term("null", pgsql.SQL(f"NULL::{kind}")))
        else:
            found.append(day_of(end, scope) if is_daily else end)
    return found


def _compared(relation: str, named: dict[str, Term]) -> Term:
    left, sign, right = relation.split()
    return join("boolean", f"{{}} {sign} {{}}", named[left], named[right])
