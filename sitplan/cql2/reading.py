"""Text or JSON → the tree that CQL2's JSON encoding writes, within limits.

The package `cql2` knows the grammar, but a text with some twenty open parentheses keeps it busy
for minutes, and one with two thousand ends the process (0.6). So what stands in parentheses is
taken out first and read by itself: the parser never sees them nested.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, get_args

import cql2
import orjson

from sitplan.cql2.scan import WHOLE, Piece, pieces, wrong_at
from sitplan.errors import BadRequest

Lang = Literal["cql2-text", "cql2-json"]
LANGS: tuple[Lang, ...] = get_args(Lang)

MAX_LENGTH = 200_000
"""Characters of a filter."""
MAX_DEPTH = 100
"""Objects and arrays in one another, in the JSON encoding; `cql2` reads 128."""
MAX_NODES = 20_000
"""Operators, properties and values; coordinates aside."""

_PLACE = re.compile(r"--> (\d+):(\d+)")
_COORDINATES = frozenset({"coordinates", "geometries"})


def read_tree(text: str, lang: Lang) -> Any:
    """The tree of a filter, not deeper than `MAX_DEPTH`.

    Raises
    ------
    BadRequest
        ``cql2_wrong_text`` or ``cql2_wrong_json`` with the place where it ceases to be CQL2;
        ``cql2_too_long``, ``cql2_too_deep``.
    """
    if len(text) > MAX_LENGTH:
        raise BadRequest("cql2_too_long", maximum=MAX_LENGTH)
    tree = _read_text(text) if lang == "cql2-text" else _read_json(text)
    _measure(tree, {})
    return tree


def _read_text(text: str) -> Any:
    trees: dict[str, Any] = {}
    depths: dict[str, int] = {}
    for piece in pieces(text):
        try:
            tree = cql2.parse_text(piece.text).to_json()
        except Exception as error:  # `cql2` raises plain exceptions too
            raise _wrong_text(text, piece, error) from error
        tree = trees[piece.name] = _joined(tree, trees)
        depths[piece.name] = _measure(tree, depths)
    return _filled(trees[WHOLE], trees)


def _joined(tree: Any, trees: dict[str, Any]) -> Any:
    """``((a AND b) AND c)``, as QGIS writes a chain, as one AND of three."""
    if not isinstance(tree, dict) or tree.get("op") not in ("and", "or"):
        return tree
    args: list[Any] = []
    for one in tree["args"]:
        inner: Any = trees.get(one.get("property", "")) if isinstance(one, dict) else None
        same = isinstance(inner, dict) and inner.get("op") == tree["op"]
        args += inner["args"] if same else [one]
    return {"op": tree["op"], "args": args}


def _wrong_text(text: str, piece: Piece, error: Exception) -> BadRequest:
    found = _PLACE.search(str(error))
    lines = piece.text.split("\n")
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    offset = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    return wrong_at(text, piece.source(offset))


def _read_json(text: str) -> Any:
    try:
        raw = orjson.loads(text)
    except json.JSONDecodeError as error:
        raise BadRequest("cql2_wrong_json", place=f"{error.lineno}:{error.colno}") from error
    _measure(raw, {})
    try:
        return cql2.parse_json(text).to_json()
    except Exception as error:
        raise BadRequest("cql2_wrong_json", place=_misshapen(raw, "") or "/") from error


def _misshapen(node: Any, pointer: str) -> str | None:
    """The JSON pointer of the first node that is none of CQL2; None where all are."""
    if isinstance(node, list):
        inner = enumerate(node)
    elif isinstance(node, dict):
        if "op" in node:
            if not isinstance(node["op"], str) or not isinstance(node.get("args"), list):
                return pointer or "/"
            inner, pointer = enumerate(node["args"]), f"{pointer}/args"
        elif isinstance(node.get("interval"), list):
            inner, pointer = enumerate(node["interval"]), f"{pointer}/interval"
        elif "date" in node or "timestamp" in node or isinstance(node.get("property"), str):
            return None
        else:  # a shape is whole or not
            return pointer or "/"
    else:
        return None
    return next((p for i, one in inner if (p := _misshapen(one, f"{pointer}/{i}"))), None)


def _measure(tree: Any, known: dict[str, int]) -> int:
    """How deep a tree is, those of `known` properties in their places.

    Raises
    ------
    BadRequest
        ``cql2_too_deep``, ``cql2_too_long``.
    """
    deepest = nodes = 0
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if isinstance(node, dict):
            name = node.get("property")
            depth += known.get(name, 0) if isinstance(name, str) else 0
            waiting += [
                (value, depth + 1) for key, value in node.items() if key not in _COORDINATES
            ]
        elif isinstance(node, list):
            waiting += [(value, depth + 1) for value in node]
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            raise BadRequest("cql2_too_deep", maximum=MAX_DEPTH // 2)
    if nodes > MAX_NODES:
        raise BadRequest("cql2_too_long", maximum=MAX_LENGTH)
    return deepest


def _filled(node: Any, trees: dict[str, Any]) -> Any:
    """The tree with what was taken out back in its place."""
    if isinstance(node, list):
        return [_filled(one, trees) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("property") in trees:
        return _filled(trees[node["property"]], trees)
    if "args" in node:
        return {"op": node["op"], "args": _filled(node["args"], trees)}
    if "interval" in node:
        return {"interval": _filled(node["interval"], trees)}
    return node
