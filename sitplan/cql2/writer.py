"""The tree of a filter → a condition on `f`: every node is one that stands in a list of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sitplan.cql2 import scalars, spatial, temporal
from sitplan.cql2.reading import Lang, read_tree
from sitplan.cql2.terms import (
    UNKNOWN,
    Items,
    Operand,
    Scope,
    Term,
    boolean_term,
    chain,
    join,
    kind_of,
    number_term,
    plain_terms,
    property_term,
    string_term,
)
from sitplan.crs import CRS84, Crs
from sitplan.errors import BadRequest
from sitplan.layer import Layer
from sitplan.query import Condition


def parse_filter(
    text: str,
    *,
    layer: Layer,
    storage: int,
    time_zone: str,
    lang: Lang = "cql2-text",
    crs: Crs = CRS84,
) -> Condition:
    """The condition that a filter states.

    Parameters
    ----------
    text
        In the encoding that `lang` names.
    layer
        Its queryables may be named.
    storage
        EPSG code that the layer is stored in.
    time_zone
        The territory's: in it an instant is a day.
    crs
        The system of the filter's shapes.

    Raises
    ------
    BadRequest
        Of codes that begin with ``cql2_``: what is not CQL2, is not known here, or is too much.
    """
    tree = read_tree(text, lang)
    scope = Scope(layer=layer, storage=storage, crs=crs, time_zone=time_zone)
    found = _truth(_operand(tree, scope))
    return Condition(found.text, found.params)


def _operand(node: Any, scope: Scope) -> Operand:
    """What a node stands for."""
    if node is None:
        return UNKNOWN
    if isinstance(node, bool):
        return boolean_term(node)
    if isinstance(node, int | float):
        return number_term(node)
    if isinstance(node, str):
        return string_term(node)
    if isinstance(node, list):
        return Items(plain_terms("IN", [_operand(one, scope) for one in node]))
    if "op" in node:
        return _call(str(node["op"]), node["args"], scope)
    if "property" in node:
        return property_term(node["property"], scope)
    if "date" in node:
        return temporal.date_term(node["date"])
    if "timestamp" in node:
        return temporal.timestamp_term(node["timestamp"])
    if "interval" in node:
        return temporal.interval([_operand(one, scope) for one in node["interval"]])
    if "bbox" in node:
        return spatial.box_term(node["bbox"], scope)
    return spatial.shape_term(node, scope)


def _call(op: str, args: Sequence[Any], scope: Scope) -> Term:
    """An operator or a function, if it is one of ours."""
    name = op.lower()
    known = _OPERATIONS.get(name)
    if known is None:
        names = ", ".join(sorted(n.upper() for n in _OPERATIONS if n[0].isalpha()))
        raise BadRequest("cql2_unknown_function", name=op[:60], known=names)
    number, write = known
    if number is not None and len(args) != number:
        raise BadRequest("cql2_wrong_arguments", name=op.upper(), number=number)
    return write(name, [_operand(one, scope) for one in args], scope)


def _truth(operand: Operand) -> Term:
    """The operand, if it is true or false."""
    if isinstance(operand, Term) and operand.kind in ("boolean", "null"):
        return operand
    raise BadRequest("cql2_no_condition", kind=kind_of(operand))


def _both(name: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    if not operands:
        raise BadRequest("cql2_wrong_arguments", name=name.upper(), number=2)
    return chain("boolean", f" {name.upper()} ", [_truth(one) for one in operands])


def _negated(_: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    return join("boolean", "(NOT {})", _truth(operands[0]))


_Write = Callable[[str, Sequence[Operand], Scope], Term]
_OPERATIONS: Mapping[str, tuple[int | None, _Write]] = {
    "and": (None, _both),
    "or": (None, _both),
    "not": (1, _negated),
    "between": (3, scalars.between),
    "in": (2, scalars.among),
    "like": (2, scalars.like),
    "isnull": (1, scalars.is_null),
    **dict.fromkeys(scalars.COMPARISONS, (2, scalars.compare)),
    **dict.fromkeys(scalars.ARITHMETIC, (2, scalars.calculate)),
    **dict.fromkeys(scalars.TEXT, (1, scalars.fold)),
    **dict.fromkeys(spatial.SPATIAL, (2, spatial.relate)),
    **dict.fromkeys(temporal.TEMPORAL, (2, temporal.relate)),
}
