"""How far what comes in lies from what is known: one displacement that most of it shares.

Coordinates only; nothing here knows of datums. Two ways, the surer first: features of the same
key, and the points of shapes that look alike (every pair of near points votes for the
displacement between them; the one that most agree on wins, then is refined).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]

REACH_M = 800.0
"""Displacements longer than this are not looked for: no datum in use shifts so far."""
LEAST_M = 15.0
"""Displacements shorter than this are how people digitise."""
_BIN_M = 4.0
_PEAKS = 24
_ALIKE_M = 6.0
_SAMPLE = 500
_LEAST_PAIRS = 3
_LEAST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Shift:
    """What came in falls `dx` metres east and `dy` north of what is known.

    `spread` is the median distance of the single displacements from it; `count` how many
    features or points agree.
    """

    dx: float
    dy: float
    spread: float
    count: int

    @property
    def length(self) -> float:
        """The displacement's length in metres."""
        return hypot(self.dx, self.dy)


def shift_by_key(incoming: Points, known: Points) -> Shift | None:
    """The displacement of features that are known by key; None when they are where they were.

    Parameters
    ----------
    incoming, known
        A point of each feature in the same order, shape (n, 2), metres.
    """
    if len(incoming) < _LEAST_PAIRS:
        return None
    apart = incoming - known
    middle, keep = np.median(apart, axis=0), np.ones(len(apart), dtype=bool)
    for _ in range(5):
        off = np.hypot(*(apart - middle).T)
        limit = max(3 * float(np.median(off)), 1.0)
        keep = off <= limit
        middle = np.median(apart[keep], axis=0)
    spread = float(np.median(np.hypot(*(apart[keep] - middle).T)))
    found = Shift(float(middle[0]), float(middle[1]), spread, int(keep.sum()))
    # Features that were truly moved go each its own way.
    is_shared = keep.mean() >= 0.6 and spread <= max(5.0, 0.15 * found.length)
    return found if found.length >= LEAST_M and is_shared else None


def shift_by_shape(incoming: NDArray[np.object_], known: NDArray[np.object_]) -> Shift | None:
    """The displacement that most points of the shapes share; None when nothing speaks for one.

    Parameters
    ----------
    incoming, known
        Geometries in metres. Lines and areas count by their vertices, so the same streets
        drawn by others still agree at their corners.
    """
    ours = _sample(shapely.get_coordinates(incoming))
    theirs = np.unique(shapely.get_coordinates(known).round(1), axis=0)
    tree = _tree(theirs)
    if len(ours) < _LEAST_POINTS or not len(theirs):
        return None  # among so few points chance finds a pattern
    near = shapely.box(*(ours - REACH_M).T, *(ours + REACH_M).T)
    which, other = tree.query(near)
    if not len(which):
        return None
    apart = ours[which] - theirs[other]
    tried = [_refine(ours, tree, theirs, peak) for peak in _peaks(apart)]
    found = max(tried, key=lambda shift: (shift.count, -shift.spread))
    there = _agreeing(ours, tree, np.zeros(2))
    shifted = _agreeing(ours, tree, np.array([found.dx, found.dy]))
    by_chance = _by_chance(ours, tree)
    is_clear = shifted >= 0.5 and shifted >= 1.6 * max(there, by_chance)
    return found if found.length >= LEAST_M and is_clear else None


def _tree(points: Points) -> shapely.STRtree:
    return shapely.STRtree(np.asarray(shapely.points(points), dtype=object))


def _sample(points: Points) -> Points:
    """At most `_SAMPLE` points, spread evenly over all of them, the same at each run."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) <= _SAMPLE:
        return points
    return points[np.linspace(0, len(points) - 1, _SAMPLE).astype(np.int64)]


def _peaks(apart: Points) -> list[Points]:
    """The displacements for which most pairs vote, to the width of a bin, the first best.

    Several, because corners on both sides of a street also vote for the street's width.
    """
    edges = np.arange(-REACH_M - _BIN_M / 2, REACH_M + _BIN_M, _BIN_M)
    votes, _, _ = np.histogram2d(apart[:, 0], apart[:, 1], bins=(edges, edges))
    # A peak on the border of two bins counts whole.
    padded = np.pad(votes, 1)
    smooth: Points = sum(  # type: ignore[assignment]
        padded[1 + i : padded.shape[0] - 1 + i, 1 + j : padded.shape[1] - 1 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    )
    middles = (edges[:-1] + edges[1:]) / 2
    best = np.argsort(smooth, axis=None)[::-1][:_PEAKS]
    return [
        np.array([middles[i], middles[j]])
        for i, j in zip(*np.unravel_index(best, votes.shape), strict=True)
    ]


def _refine(ours: Points, tree: shapely.STRtree, theirs: Points, start: Points) -> Shift:
    """The median displacement near `start`; how many points then agree, to the width of a bin."""
    middle, spread, count = start, _BIN_M, 0
    for reach in (2 * _BIN_M, _BIN_M, _BIN_M):
        (which, other), metres = tree.query_nearest(
            shapely.points(ours - middle), max_distance=reach, return_distance=True,
            all_matches=False,
        )  # fmt: skip
        if not len(which):
            return Shift(float(start[0]), float(start[1]), _BIN_M, 0)
        middle = np.median(ours[which] - theirs[other], axis=0)
        spread, count = float(np.median(metres)), len(which)
    return Shift(float(middle[0]), float(middle[1]), spread, count)


def _agreeing(ours: Points, tree: shapely.STRtree, middle: Points) -> float:
    """Share of the points that find one of the known within reach once moved back."""
    which, _ = tree.query_nearest(
        shapely.points(ours - middle), max_distance=_ALIKE_M, all_matches=False
    )
    return len(which) / len(ours)


def share_on(incoming: NDArray[np.object_], known: NDArray[np.object_]) -> float:
    """Share of the incoming points that lie on a known one, as far as people digitise."""
    ours = _sample(shapely.get_coordinates(incoming))
    tree = _tree(shapely.get_coordinates(known))
    return _agreeing(ours, tree, np.zeros(2)) if len(ours) else 0.0


def _by_chance(ours: Points, tree: shapely.STRtree) -> float:
    """The same share for displacements that mean nothing: how crowded the place is."""
    ring = [(a, b) for a in (-313.0, -157.0, 149.0, 307.0) for b in (-331.0, -151.0, 163.0, 317.0)]
    return float(np.mean([_agreeing(ours, tree, np.array(step)) for step in ring]))


def crossings(areas: NDArray[np.object_], lines: NDArray[np.object_], moves: Points) -> Points:
    """Share of the areas that a line runs through, for each displacement taken back.

    Blocks, parks and buildings stand between streets; displaced, streets run through them.

    Parameters
    ----------
    areas, lines
        Polygons that came in and lines that are known, metres.
    moves
        Displacements to try, shape (n, 2): the areas are moved by their opposite.
    """
    step = max(1, len(areas) // _SAMPLE)
    # Borders drawn over the kerb, or simplified, touch the line without lying across it.
    inner = shapely.buffer(areas[::step], -4.0)
    inner = inner[~shapely.is_empty(inner)]
    if not len(inner):
        return np.zeros(len(moves))
    tree = shapely.STRtree(lines)
    shares = []
    for move in moves:
        moved = shapely.transform(inner, partial(np.add, -move))
        shares.append(len(np.unique(tree.query(moved, predicate="intersects")[0])) / len(inner))
    return np.array(shares)
