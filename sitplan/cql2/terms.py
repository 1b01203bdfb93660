"""What a node of a filter becomes: SQL with its parameters, and what kind of value it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from psycopg2 import sql as pgsql

from sitplan.columns import ident
from sitplan.crs import Crs
from sitplan.errors import BadRequest
from sitplan.layer import Layer
from sitplan.told import told_field, told_fields

Kind = Literal[
    "string", "number", "boolean", "date", "timestamp", "geometry", "collection", "array", "null"
]
"""What a value is; a collection is a shape of points, lines and areas together."""
_KINDS: dict[str, Kind] = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "array": "array",
}
GEOMETRY = "geom"
"""The queryable that stands for a feature's shape; ``geometry`` is understood too."""
MAX_POINTS = 20_000
"""Points of all shapes of a filter."""
_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class Term:
    """An expression.

    Parameters
    ----------
    kind
        Of its value; ``null`` where it can have none.
    text, params
        SQL and the values of its placeholders, in order.
    literal
        What a string literal says; None for all else.
    field
        The property that it is; None for all else.
    """

    kind: Kind
    text: pgsql.Composable
    params: tuple[Any, ...] = ()
    literal: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Two instants, both counted; None is an open end."""

    start: Term | None
    end: Term | None


@dataclass(frozen=True, slots=True)
class Items:
    """The values that IN names, or an array's."""

    terms: tuple[Term, ...]


Operand = Term | Interval | Items


@dataclass(slots=True)
class Scope:
    """What a filter is about.

    Parameters
    ----------
    layer, storage
        Its queryables are the layer's; shapes are stored in that EPSG code.
    crs
        The system that its shapes are written in.
    time_zone
        In which an instant is a day.
    points
        Of its shapes so far.
    """

    layer: Layer
    storage: int
    crs: Crs
    time_zone: str
    points: int = field(default=0)


UNKNOWN = Term("null", pgsql.SQL("NULL::boolean"))


def join(kind: Kind, template: str, *terms: Term) -> Term:
    """A template of ours with terms in its braces, each as often as it is given."""
    return Term(
        kind,
        pgsql.SQL(template).format(*(term.text for term in terms)),
        tuple(value for term in terms for value in term.params),
    )


def chain(kind: Kind, glue: str, terms: Iterable[Term]) -> Term:
    """Terms with a word of ours between them, in parentheses."""
    terms = tuple(terms)
    text = pgsql.SQL(glue).join([term.text for term in terms])
    params = tuple(value for term in terms for value in term.params)
    return Term(kind, pgsql.SQL("({})").format(text), params)


def queryable_names(layer: Layer) -> tuple[str, ...]:
    """All that a filter may name, in order; private fields are not among them."""
    shape = (GEOMETRY,) if layer.geometry else ()
    return (*(f.name for f in told_fields(layer)), *shape)


def property_term(name: str, scope: Scope) -> Term:
    """A layer's property as answers tell it.

    Raises
    ------
    BadRequest
        ``cql2_unknown_property``; of a private field the same as of one that is not there.
    """
    told = told_field(scope.layer, name)
    if told is None:
        if scope.layer.geometry and name in (GEOMETRY, "geometry"):
            return Term("geometry", pgsql.SQL("f.geom"), field=GEOMETRY)
        known = ", ".join(queryable_names(scope.layer))
        raise BadRequest("cql2_unknown_property", name=name[:60], known=known)
    column: pgsql.Composable = pgsql.SQL("f.{}").format(ident(name))
    if name == "valid_from":  # from ever on is told as null
        column = pgsql.SQL("NULLIF({}, '-infinity')").format(column)
    elif name == "replaces":
        column = pgsql.SQL("{}::text").format(column)
    return Term(_KINDS[told.type], column, field=name)


def string_term(value: str) -> Term:
    """A text.

    Raises
    ------
    BadRequest
        ``cql2_wrong_value`` for one with a NUL, which the database cannot hold.
    """
    if "\0" in value:
        raise BadRequest("cql2_wrong_value", value=value.replace("\0", "␀")[:100])
    return Term("string", pgsql.SQL("%s::text"), (value,), literal=value)


def number_term(value: float) -> Term:
    """A number; a whole one keeps comparisons with whole numbers exact.

    Raises
    ------
    BadRequest
        ``cql2_wrong_value`` for what no double holds.
    """
    if not isfinite(value):
        raise BadRequest("cql2_wrong_value", value=str(value))
    if float(value).is_integer() and abs(value) < _EXACT:
        return Term("number", pgsql.SQL("%s::bigint"), (int(value),))
    return Term("number", pgsql.SQL("%s::double precision"), (float(value),))


def boolean_term(value: bool) -> Term:
    """True or false."""
    return Term("boolean", pgsql.SQL("true" if value else "false"))


def plain_terms(name: str, operands: Iterable[Operand]) -> tuple[Term, ...]:
    """The operands, none of them an interval or a list.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``.
    """
    operands = tuple(operands)
    if any(not isinstance(one, Term) for one in operands):
        raise wrong_types(name, *operands)
    return tuple(one for one in operands if isinstance(one, Term))


def kind_of(operand: Operand) -> str:
    """What kind an operand is, in the words of CQL2."""
    if isinstance(operand, Term):
        return operand.kind
    return "interval" if isinstance(operand, Interval) else "array"


def wrong_types(name: str, *operands: Operand) -> BadRequest:
    """That an operator or function does not take operands of these kinds."""
    return BadRequest("cql2_wrong_types", name=name, types=", ".join(map(kind_of, operands)))
