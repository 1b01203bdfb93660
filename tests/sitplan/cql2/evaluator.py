"""CQL2 by hand: the value of a tree for one row, in plain Python, and the tree as text.

Written from the standard and not from `sitplan.cql2`, whose equal it has to be. None is unknown.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import box, shape

ZONE = ZoneInfo("America/Santiago")
Tree = Any


def value(tree: Tree, row: dict[str, Any]) -> Any:
    """What a tree is for a row."""
    if isinstance(tree, list):
        return [value(one, row) for one in tree]
    if not isinstance(tree, dict):
        return tree
    if "property" in tree:
        return row[tree["property"]]
    if "date" in tree:
        return date.fromisoformat(tree["date"])
    if "timestamp" in tree:
        return datetime.fromisoformat(tree["timestamp"])
    if "bbox" in tree:
        west, south, east, north = tree["bbox"]
        return box(west, south, east, north)
    if "type" in tree:
        return shape(tree)
    if "interval" in tree:
        return tuple(_end(one, row, last) for last, one in enumerate(tree["interval"]))
    op, args = tree["op"], tree["args"]
    if op in ("and", "or"):
        return _logic(op, [value(one, row) for one in args])
    found = [value(one, row) for one in args]
    if op == "isNull":
        return found[0] is None
    if op == "in":
        return _logic("or", [_compare("=", found[0], one) for one in found[1]])
    if op == "between":
        low, high = _compare(">=", *found[:2]), _compare("<=", found[0], found[2])
        return _logic("and", [low, high])
    if any(one is None for one in found):
        return None
    if op == "not":
        return not found[0]
    if op == "casei":
        return found[0].casefold()
    if op == "accenti":
        return _plain(found[0])
    if op == "like":
        return _like(*found)
    if op in _SIGNS:
        return _compare(op, *found)
    if op.startswith("s_"):
        return _spatial(op, *found)
    if op.startswith("t_"):
        return _temporal(op, *found)
    return _number(op, *found)


def _logic(op: str, found: list[bool | None]) -> bool | None:
    wins = op == "or"
    if wins in found:
        return wins
    return None if None in found else not wins


_SIGNS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, datetime) != isinstance(right, datetime):
        left, right = _day(left), _day(right)
    return bool(_SIGNS[op](left, right))


def _day(moment: Any) -> Any:
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def _plain(text: str) -> str:
    whole = text.translate(str.maketrans({"ø": "o", "Ø": "O", "ß": "ss"}))
    return "".join(c for c in unicodedata.normalize("NFD", whole) if not unicodedata.combining(c))


def _like(text: str, pattern: str) -> bool:
    made, escaped = "", False
    for char in pattern:
        if escaped:
            made, escaped = made + re.escape(char), False
        elif char == "\\":
            escaped = True
        else:
            made += {"%": ".*", "_": "."}.get(char, re.escape(char))
    return re.fullmatch(made, text, re.DOTALL) is not None


def _number(op: str, left: float, right: float) -> float | None:
    left, right = float(left), float(right)
    if op == "^":
        if (left == 0 and right < 0) or (left < 0 and not right.is_integer()):
            return None
        return math.pow(left, right)
    if op in ("/", "div", "%") and right == 0:
        return None
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "div": lambda: float(math.trunc(left / right)),
        "%": lambda: left - right * math.trunc(left / right),
    }[op]()


def _spatial(op: str, left: Any, right: Any) -> bool:
    return bool(getattr(left, op.removeprefix("s_"))(right))


def _end(tree: Tree, row: dict[str, Any], last: int) -> Any:
    """An end of an interval; of a feature's validity, its first or last day."""
    if tree == "..":
        return math.inf if last else -math.inf
    if isinstance(tree, str):
        return date.fromisoformat(tree) if len(tree) == 10 else datetime.fromisoformat(tree)
    found = value(tree, row)
    if tree == {"property": "valid_from"} and not last:
        return -math.inf if found is None else found
    if tree == {"property": "valid_to"} and last:
        return math.inf if found is None else found - timedelta(days=1)
    return found


def _temporal(op: str, left: Any, right: Any) -> bool | None:
    ends = [e for one in (left, right) for e in (one if isinstance(one, tuple) else (one, one))]
    if any(isinstance(e, date) and not isinstance(e, datetime) for e in ends):
        ends = [_day(e) for e in ends]
    a, b, c, d = ends

    def less(one: Any, other: Any) -> bool | None:
        if one is None or other is None:
            return None
        if isinstance(one, float) or isinstance(other, float):
            rank = [v if isinstance(v, float) else 0.0 for v in (one, other)]
            return rank[0] < rank[1]
        return bool(one < other)

    def same(one: Any, other: Any) -> bool | None:
        return None if one is None or other is None else one == other

    def both(*found: bool | None) -> bool | None:
        return _logic("and", list(found))

    disjoint = _logic("or", [less(b, c), less(d, a)])
    return {
        "t_after": lambda: less(d, a),
        "t_before": lambda: less(b, c),
        "t_disjoint": lambda: disjoint,
        "t_intersects": lambda: None if disjoint is None else not disjoint,
        "t_equals": lambda: both(same(a, c), same(b, d)),
        "t_contains": lambda: both(less(a, c), less(d, b)),
        "t_during": lambda: both(less(c, a), less(b, d)),
        "t_finishedby": lambda: both(less(a, c), same(b, d)),
        "t_finishes": lambda: both(less(c, a), same(b, d)),
        "t_meets": lambda: same(b, c),
        "t_metby": lambda: same(a, d),
        "t_overlappedby": lambda: both(less(c, a), less(a, d), less(d, b)),
        "t_overlaps": lambda: both(less(a, c), less(c, b), less(b, d)),
        "t_startedby": lambda: both(same(a, c), less(d, b)),
        "t_starts": lambda: both(same(a, c), less(b, d)),
    }[op]()


def text(tree: Tree) -> str:
    """A tree in the text encoding, every expression in parentheses."""
    if isinstance(tree, bool):
        return str(tree).upper()
    if isinstance(tree, str):
        return "'" + tree.replace("\\", "\\\\").replace("'", "''") + "'"
    if isinstance(tree, list):
        return "(" + ", ".join(text(one) for one in tree) + ")"
    if not isinstance(tree, dict):
        return repr(tree)
    if "property" in tree:
        return '"' + tree["property"].replace('"', '""') + '"'
    for name in ("date", "timestamp"):
        if name in tree:
            return f"{name.upper()}({text(tree[name])})"
    if "interval" in tree:
        return f"INTERVAL{text(tree['interval'])}"
    if "bbox" in tree:
        return f"BBOX{text(tree['bbox'])}"
    if "type" in tree:
        return str(shape(tree).wkt)
    return _operation(tree["op"], tree["args"])


def _operation(op: str, args: list[Tree]) -> str:
    parts = [text(one) for one in args]
    if op == "isNull":
        return f"({parts[0]} IS NULL)"
    if op == "not":
        return f"(NOT {parts[0]})"
    if op == "between":
        return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
    if op in ("casei", "accenti") or op[:2] in ("s_", "t_"):
        return f"{op.upper()}({', '.join(parts)})"
    return "(" + f" {op.upper()} ".join(parts) + ")"
