"""Random filters over the samples, each meaning something."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from shapely.geometry import mapping

from .rows import DAYS, INSTANTS, NAMES, SHAPES, WEIRD

Tree = Any


def _property(*names: str) -> st.SearchStrategy[Tree]:
    return st.sampled_from([{"property": name} for name in names])


def _call(op: st.SearchStrategy[str] | str, *args: st.SearchStrategy[Tree]) -> Any:
    name = st.just(op) if isinstance(op, str) else op
    return st.builds(lambda o, *a: {"op": o, "args": list(a)}, name, *args)


_TEXT = st.one_of(_property("name", "other", WEIRD, "code"), st.sampled_from(NAMES))
TEXTS = st.recursive(
    _TEXT, lambda inner: _call(st.sampled_from(["casei", "accenti"]), inner), max_leaves=2
)
_PATTERN = st.text(alphabet="nñNpa%_\\", max_size=5).map(
    lambda p: p if (len(p) - len(p.rstrip("\\"))) % 2 == 0 else p + "\\"
)
_NUMBER = st.one_of(_property("n", "m", "x"), st.integers(-5, 5), st.sampled_from([0.5, -2.5, 1e3]))
NUMBERS = st.recursive(
    _NUMBER,
    lambda inner: (
        _call(st.sampled_from(["+", "-", "*", "/", "div", "%"]), inner, inner)
        | _call("^", inner, st.integers(-2, 3))
    ),
    max_leaves=4,
)
_DATE = st.sampled_from([{"date": d.isoformat()} for d in DAYS])
_STAMP = st.sampled_from([{"timestamp": i.strftime("%Y-%m-%dT%H:%M:%SZ")} for i in INSTANTS])
MOMENTS = st.one_of(_property("day", "begin", "end", "valid_from", "valid_to"), _DATE, _STAMP)
_ENDS = st.one_of(
    st.tuples(_property("begin"), _property("end")),
    st.tuples(_property("valid_from"), _property("valid_to")),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(
        lambda pair: tuple(d.isoformat() for d in sorted(pair))
    ),
    st.tuples(st.sampled_from(INSTANTS), st.sampled_from(INSTANTS)).map(
        lambda pair: tuple(i.strftime("%Y-%m-%dT%H:%M:%SZ") for i in sorted(pair))
    ),
    st.tuples(st.just(".."), st.sampled_from(DAYS).map(str)),
    st.tuples(st.sampled_from(DAYS).map(str), st.just("..")),
)
SPANS = _ENDS.map(lambda ends: {"interval": list(ends)})
_BOX = st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(1, 3), st.integers(1, 3)).map(
    lambda b: {"bbox": [b[0], b[1], b[0] + b[2], b[1] + b[3]]}
)
_SHAPE = st.sampled_from([dict(mapping(s)) for s in SHAPES])
PLACES = st.one_of(_property("geom"), _BOX, _SHAPE)

_COMPARED = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])
_OF_MOMENTS = ["t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"]
_OF_SPANS = [
    "t_contains", "t_during", "t_finishedby", "t_finishes", "t_meets", "t_metby",
    "t_overlappedby", "t_overlaps", "t_startedby", "t_starts",
]  # fmt: skip
_OF_PLACES = [
    "s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps",
    "s_crosses", "s_contains",
]  # fmt: skip


def _listed(values: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return _call("in", values, st.lists(values, min_size=1, max_size=3))


PREDICATES = st.one_of(
    *(_call(_COMPARED, values, values) for values in (TEXTS, NUMBERS, MOMENTS)),
    *(_listed(values) for values in (TEXTS, NUMBERS, MOMENTS)),
    *(_call("between", values, values, values) for values in (NUMBERS, TEXTS, MOMENTS)),
    _call(_COMPARED, _property("yes"), st.booleans()),
    _call("like", TEXTS, _PATTERN),
    _call("like", _call("casei", TEXTS), _call("casei", _PATTERN)),
    *(_call("isNull", values) for values in (TEXTS, NUMBERS, MOMENTS, _property("yes"))),
    _call(st.sampled_from(_OF_MOMENTS), MOMENTS | SPANS, MOMENTS | SPANS),
    _call(st.sampled_from(_OF_SPANS), SPANS, SPANS),
    _call(st.sampled_from(_OF_PLACES), PLACES, PLACES),
    st.booleans(),
)
FILTERS = st.recursive(
    PREDICATES,
    lambda inner: (
        _call("not", inner)
        | st.builds(
            lambda op, args: {"op": op, "args": args},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=4),
        )
    ),
    max_leaves=8,
)
