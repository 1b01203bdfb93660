"""Comparisons, texts and numbers.

Texts are compared by code point, whatever the database's locale; where an operand is null, so is
what is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sitplan.cql2.temporal import day_of, instant_of
from sitplan.cql2.terms import (
    UNKNOWN,
    Items,
    Operand,
    Scope,
    Term,
    boolean_term,
    chain,
    join,
    plain_terms,
    wrong_types,
)
from sitplan.errors import BadRequest

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = {
    "+": "({}::double precision + {}::double precision)",
    "-": "({}::double precision - {}::double precision)",
    "*": "({}::double precision * {}::double precision)",
    "/": "({}::double precision / NULLIF({}::double precision, 0))",
    "div": "trunc({}::double precision / NULLIF({}::double precision, 0))",
    "%": "sitplan.remainder({}, {})",
    "^": "sitplan.raised({}, {})",
}
TEXT = {"casei": "sitplan.casei({})", "accenti": "sitplan.accenti({})"}
_HOLDS = {"=": "({} @> ARRAY[{}])", "<>": "(NOT {} @> ARRAY[{}])"}
"""As the parameter of an array's name asks."""
_ORDERED = ("string", "number", "boolean", "date", "timestamp")


def compare(name: str, operands: Sequence[Operand], scope: Scope) -> Term:
    """Two values of one kind, compared; of an array, whether one of its values is the other.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``.
    """
    left, right = _alike(name, operands, scope)
    if left.kind == "array":
        return join("boolean", _HOLDS[name], left, right)
    if "null" in (left.kind, right.kind):
        return UNKNOWN
    # equal is equal in every locale, and an index of any locale can be used
    by_code = left.kind == "string" and name not in ("=", "<>")
    template = f'({{}} COLLATE "C" {name} {{}})' if by_code else f"({{}} {name} {{}})"
    return join("boolean", template, left, right)


def _alike(name: str, operands: Sequence[Operand], scope: Scope) -> tuple[Term, Term]:
    """Two terms made of one kind: a text beside a day is read as a day."""
    left, right = plain_terms(name, operands)
    kinds = {left.kind, right.kind}
    if "null" in kinds:
        return left, right
    if "string" in kinds and kinds & {"date", "timestamp"}:
        left, right = instant_of(left), instant_of(right)
    if {left.kind, right.kind} == {"date", "timestamp"}:
        left, right = day_of(left, scope), day_of(right, scope)
    if "array" in kinds and "string" in kinds and name in _HOLDS:
        return (left, right) if left.kind == "array" else (right, left)
    if left.kind != right.kind or left.kind not in _ORDERED:
        raise wrong_types(name, left, right)
    return left, right


def between(_: str, operands: Sequence[Operand], scope: Scope) -> Term:
    """From a least to a greatest value, both counted; raises as `compare`."""
    value, least, greatest = plain_terms("BETWEEN", operands)
    low = compare(">=", (value, least), scope)
    high = compare("<=", (value, greatest), scope)
    return chain("boolean", " AND ", (low, high))


def among(_: str, operands: Sequence[Operand], scope: Scope) -> Term:
    """Equal to one of a list; raises as `compare`."""
    value, items = operands
    if not isinstance(value, Term) or not isinstance(items, Items):
        raise wrong_types("IN", value, items)
    if not items.terms:
        return boolean_term(False)
    return chain("boolean", " OR ", [compare("=", (value, one), scope) for one in items.terms])


def like(_: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    r"""A text that a pattern describes: ``%`` any text, ``_`` any letter, ``\`` takes that away.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``; ``cql2_wrong_pattern`` for one that is no literal, or ends in an
        escape.
    """
    text, pattern = plain_terms("LIKE", operands)
    if "null" in (text.kind, pattern.kind):
        return UNKNOWN
    if text.kind != "string" or pattern.kind != "string":
        raise wrong_types("LIKE", text, pattern)
    written = pattern.literal
    if written is None or (len(written) - len(written.rstrip("\\"))) % 2:
        raise BadRequest("cql2_wrong_pattern")
    return join("boolean", "({} LIKE {})", text, pattern)


def is_null(_: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    """Whether there is no value."""
    (value,) = plain_terms("IS NULL", operands)
    return join("boolean", "({} IS NULL)", value)


def calculate(name: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    """Two numbers, calculated with; null where there is no result, as by zero.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``.
    """
    terms = plain_terms(name, operands)
    if any(one.kind not in ("number", "null") for one in terms):
        raise wrong_types(name, *terms)
    return join("number", ARITHMETIC[name], *terms)


def fold(name: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    """A text without its case or its accents; raises as `calculate`."""
    (text,) = plain_terms(name.upper(), operands)
    if text.kind not in ("string", "null"):
        raise wrong_types(name.upper(), text)
    made = join("string", TEXT[name], text)
    return Term("string", made.text, made.params, literal=text.literal)
