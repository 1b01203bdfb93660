"""Lines cut where they meet: what a drawn road layer lacks to be walked.

Real road layers are not cut at their crossings, and cross without meeting at bridges. Here lines
of one level meet wherever they cross or touch; lines of different levels meet only where one of
them ends on the other's vertex, as a bridge does on its ramp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MILLIMETRE = 0.001


@dataclass(frozen=True, eq=False)
class Pieces:
    """Lines between meetings.

    `a`, `b`: numbers of the nodes; `line`: LineStrings from a to b; `part`: which of the lines
    given each is a piece of; `nodes`: (n, 2) metres.
    """

    a: Ints
    b: Ints
    line: NDArray[np.object_]
    part: Ints
    nodes: Floats


@dataclass(frozen=True, eq=False)
class _Meetings:
    """Where lines are to be cut: on which line, how far along it, at which place."""

    part: Ints
    along: Floats
    place: Floats
    ends: NDArray[np.bool_]

    def __add__(self, other: _Meetings) -> _Meetings:
        return _Meetings(
            np.concatenate([self.part, other.part]),
            np.concatenate([self.along, other.along]),
            np.concatenate([self.place, other.place]),
            np.concatenate([self.ends, other.ends]),
        )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Lines as arrays of vertices and segments."""

    level: Ints
    part: Ints
    along: Floats
    place: Floats
    ends: NDArray[np.bool_]
    key: Ints
    """Vertices at one place, to the millimetre, have one number."""

    first: Ints
    """Position of each segment's first vertex; the second is the next."""


def _numbered(places: Floats) -> Ints:
    """Equal numbers for equal places, to the millimetre."""
    rounded = np.rint(places / MILLIMETRE).astype(np.int64)
    return np.unique(rounded, axis=0, return_inverse=True)[1].reshape(-1)


def _drawn(lines: NDArray[np.object_], level: Ints) -> _Drawn:
    place, part = shapely.get_coordinates(lines, return_index=True)
    starts = np.r_[True, part[1:] != part[:-1]]
    step = np.where(starts, 0.0, np.hypot(*np.diff(place, axis=0, prepend=place[:1]).T))
    total = np.cumsum(step)
    along = total - total[starts][part]
    ends = starts | np.r_[starts[1:], True]
    return _Drawn(
        level=level,
        part=part,
        along=along,
        place=place,
        ends=ends,
        key=_numbered(place),
        first=np.flatnonzero(~np.r_[starts[1:], True]),
    )


def _at_vertices(d: _Drawn) -> _Meetings:
    """Every end, and every vertex that is there more than once."""
    shared = np.bincount(d.key)[d.key] > 1
    wanted = d.ends | shared
    return _Meetings(d.part[wanted], d.along[wanted], d.place[wanted], d.ends[wanted])


def _cross(v: Floats, w: Floats) -> Floats:
    return np.asarray(v[:, 0] * w[:, 1] - v[:, 1] * w[:, 0])


def _at_crossings(d: _Drawn, tree: shapely.STRtree, segments: NDArray[np.object_]) -> _Meetings:
    """Where segments of one level cross away from their vertices."""
    i, j = tree.query(segments, predicate="intersects")
    i, j = i[i < j], j[i < j]
    fi, fj = d.first[i], d.first[j]
    apart = d.level[d.part[fi]] == d.level[d.part[fj]]
    for x in (fi, fi + 1):
        for y in (fj, fj + 1):
            apart &= d.key[x] != d.key[y]
    fi, fj = fi[apart], fj[apart]
    p, r = d.place[fi], d.place[fi + 1] - d.place[fi]
    q, s = d.place[fj], d.place[fj + 1] - d.place[fj]
    turn = _cross(r, s)
    crossing = np.abs(turn) > 1e-12
    fi, fj = fi[crossing], fj[crossing]
    p, r, q, s, turn = (x[crossing] for x in (p, r, q, s, turn))
    t = np.clip(_cross(q - p, s) / turn, 0.0, 1.0)
    place = p + t[:, None] * r
    for vertex in (fi, fi + 1, fj, fj + 1):  # a crossing at a vertex is that vertex
        near = np.hypot(*(place - d.place[vertex]).T) <= MILLIMETRE
        place[near] = d.place[vertex][near]
    return _on(d, fi, place) + _on(d, fj, place)


def _at_touches(d: _Drawn, tree: shapely.STRtree, snap_m: float) -> _Meetings:
    """Where a line ends on another of its level, or within `snap_m` of it."""
    end = np.flatnonzero(d.ends)
    i, j = tree.query(shapely.points(d.place[end]), predicate="dwithin", distance=snap_m)
    vertex, first = end[i], d.first[j]
    apart = d.level[d.part[vertex]] == d.level[d.part[first]]
    apart &= (d.key[vertex] != d.key[first]) & (d.key[vertex] != d.key[first + 1])
    return _on(d, first[apart], d.place[vertex[apart]])


def _on(d: _Drawn, first: Ints, place: Floats) -> _Meetings:
    """Meetings on the segments that begin at the vertices `first`."""
    start, way = d.place[first], d.place[first + 1] - d.place[first]
    length = np.hypot(*way.T)
    share = np.clip(((place - start) * way).sum(axis=1) / np.maximum(length, 1e-12) ** 2, 0.0, 1.0)
    along = d.along[first] + share * length
    return _Meetings(d.part[first], along, place, np.zeros(len(first), dtype=bool))


def _nodes(met: _Meetings, level: Ints) -> Ints:
    """The node of each meeting: one for a place, but one for each level that passes through it."""
    where = _numbered(met.place)
    passing = np.unique(np.c_[where, level[met.part]][~met.ends], axis=0)
    crowded = np.bincount(passing[:, 0], minlength=int(where.max(initial=-1)) + 1) > 1
    storey = np.where(crowded[where], level[met.part] - level.min(initial=0) + 1, 0)
    return np.unique(np.c_[where, storey], axis=0, return_inverse=True)[1].reshape(-1)


def node_lines(lines: NDArray[np.object_], level: Ints, *, snap_m: float) -> Pieces:
    """The lines cut wherever they meet.

    Parameters
    ----------
    lines
        LineStrings in a metric CRS, none empty.
    level
        Lines of one number meet where they cross; of two, only where one ends on a vertex of the
        other.
    snap_m
        A line that ends within so many metres of another of its level is joined to it.

    Returns
    -------
    Pieces
        In the order of the lines, each from its beginning; pieces shorter than a millimetre are
        a millimetre long.
    """
    if not len(lines):
        none = np.empty(0, dtype=np.int64)
        return Pieces(none, none, np.empty(0, dtype=object), none, np.empty((0, 2)))
    d = _drawn(lines, level)
    ends = np.stack([d.place[d.first], d.place[d.first + 1]], axis=1)
    segments = np.asarray(shapely.linestrings(ends))
    tree = shapely.STRtree(segments)
    met = _at_vertices(d) + _at_crossings(d, tree, segments) + _at_touches(d, tree, snap_m)
    node = _nodes(met, level)
    order = np.lexsort((node, met.along, met.part))
    part, along, place, node = met.part[order], met.along[order], met.place[order], node[order]
    again = np.r_[False, (part[1:] == part[:-1]) & (node[1:] == node[:-1])]
    again &= np.r_[False, along[1:] - along[:-1] < MILLIMETRE]
    part, along, place, node = (x[~again] for x in (part, along, place, node))
    start = np.flatnonzero(part[1:] == part[:-1])
    line = _between(d, part, along, place, start)
    nodes = np.zeros((int(node.max()) + 1, 2))
    nodes[node] = place
    return Pieces(node[start], node[start + 1], line, part[start], nodes)


def _between(
    d: _Drawn, part: Ints, along: Floats, place: Floats, start: Ints
) -> NDArray[np.object_]:
    """LineStrings from each meeting of `start` to the next on its line, through the vertices."""
    span = d.along.max() + 1.0
    at, vertex_at = part * span + along, d.part * span + d.along
    slot = np.searchsorted(at, vertex_at, side="right") - 1  # the meeting before each vertex
    # a vertex on a meeting adds nothing; one on the second of two is on neither's inside
    inside = (vertex_at - at[slot] > MILLIMETRE) & ~d.ends
    inside &= at[np.minimum(slot + 1, len(at) - 1)] - vertex_at > MILLIMETRE
    owner = np.concatenate([start, slot[inside], start])
    far = np.concatenate([np.zeros(len(start)), vertex_at[inside], np.full(len(start), np.inf)])
    coords = np.concatenate([place[start], d.place[inside], place[start + 1]])
    order = np.lexsort((far, owner))
    piece = np.searchsorted(start, owner[order])
    return np.asarray(shapely.linestrings(coords[order], indices=piece))
