"""What a MapLibre expression gives for a feature at a zoom, as far as legends need it. Pure.

https://maplibre.org/maplibre-style-spec/expressions/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any


def evaluate(node: Any, properties: Mapping[str, Any], *, zoom: float, geometry: str) -> Any:
    """The value of an expression; None for what is not known here.

    Parameters
    ----------
    node
        A constant or an expression.
    properties
        Of the feature.
    zoom
        At which ``["zoom"]`` stands. Numbers are interpolated linearly, colours take the nearer
        stop: a legend shows one symbol, not a scale.
    geometry
        ``Point``, ``LineString`` or ``Polygon``.

    Examples
    --------
    >>> evaluate(["match", ["get", "a"], ["x", "y"], 1, 2], {"a": "y"}, zoom=0, geometry="Point")
    1
    >>> evaluate(["interpolate", ["linear"], ["zoom"], 10, 1, 20, 3], {}, zoom=15, geometry="Point")
    2.0
    """
    if not isinstance(node, list) or not node or not isinstance(node[0], str):
        return node

    def of(part: Any) -> Any:
        return evaluate(part, properties, zoom=zoom, geometry=geometry)

    name, args = node[0], node[1:]
    match name:
        case "literal":
            return args[0]
        case "zoom":
            return zoom
        case "geometry-type":
            return geometry
        case "get":
            return properties.get(args[0])
        case "has":
            return properties.get(args[0]) is not None
        case "match":
            return of(_matched(of(args[0]), args[1:]))
        case "case":
            pairs = zip(args[::2], args[1::2], strict=False)
            return of(next((out for test, out in pairs if of(test)), args[-1]))
        case "coalesce":
            return next((v for v in map(of, args) if v is not None), None)
        case "step":
            return of(_stepped(of(args[0]), args[1:]))
        case "interpolate":
            return _interpolated(of(args[1]), args[2:], of)
        case _:
            known = _FUNCTIONS.get(name)
            return known([of(arg) for arg in args]) if known else None


def codes_tested(node: Any, field: str) -> set[str]:
    """The values that the expressions in `node` compare a field with."""
    found: set[str] = set()
    if isinstance(node, Mapping):
        for value in node.values():
            found |= codes_tested(value, field)
    elif isinstance(node, list):
        if len(node) > 2 and node[1] == ["get", field]:
            if node[0] == "match":
                for label in node[2:-1:2]:
                    found |= set(label) if isinstance(label, list) else {label}
            elif node[0] in ("==", "!="):
                found.add(node[2])
        for value in node:
            found |= codes_tested(value, field)
    return {code for code in found if isinstance(code, str)}


def _matched(value: Any, args: Sequence[Any]) -> Any:
    for label, out in zip(args[:-1:2], args[1::2], strict=False):
        if value == label or (isinstance(label, list) and value in label):
            return out
    return args[-1]


def _stepped(value: Any, args: Sequence[Any]) -> Any:
    found = args[0]
    for stop, out in zip(args[1::2], args[2::2], strict=False):
        if value is not None and value >= stop:
            found = out
    return found


def _interpolated(value: Any, args: Sequence[Any], of: Callable[[Any], Any]) -> Any:
    stops = [(stop, of(out)) for stop, out in zip(args[::2], args[1::2], strict=False)]
    if value is None or value <= stops[0][0]:
        return stops[0][1]
    for (low, under), (high, over) in pairwise(stops):
        if value <= high:
            share = (value - low) / (high - low)
            if isinstance(under, int | float) and isinstance(over, int | float):
                return under + (over - under) * share
            return over if share >= 0.5 else under
    return stops[-1][1]


_FUNCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "==": lambda a: a[0] == a[1],
    "!=": lambda a: a[0] != a[1],
    "<": lambda a: a[0] is not None and a[0] < a[1],
    "<=": lambda a: a[0] is not None and a[0] <= a[1],
    ">": lambda a: a[0] is not None and a[0] > a[1],
    ">=": lambda a: a[0] is not None and a[0] >= a[1],
    "!": lambda a: not a[0],
    "all": all,
    "any": any,
    "in": lambda a: a[1] is not None and a[0] in a[1],
    "concat": lambda a: "".join("" if v is None else str(v) for v in a),
    "to-string": lambda a: "" if a[0] is None else str(a[0]),
    "+": sum,
    "*": lambda a: a[0] * a[1],
}
