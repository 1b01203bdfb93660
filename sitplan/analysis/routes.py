"""The way of a trip as a line, and the streets it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.network import Access
from sitplan.analysis.paths import Places, Reach, Trips, partly

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Part of an edge that is walked: from one share of it to another, in that sense."""

    edge: int
    start: float
    end: float


def spans(access: Access, found: Reach, sources: Places, went: Trips, i: int) -> list[Span]:
    """What source `i` walks on its way to its nearest target, in order; nothing where none.

    Arguments as `route` takes them.
    """
    if went.target[i] < 0:
        return []
    goal, there, edge = int(went.target[i]), found.targets, int(sources.edge[i])
    if went.end[i] == 2:
        return [Span(edge, float(sources.share[i]), float(there.share[goal]))]
    walked = [Span(edge, float(sources.share[i]), float(went.end[i]))]
    ends = access.network.ends
    node = int(ends[edge, went.end[i]])
    while found.next[node] >= 0:
        ahead = bool(found.forward[node])
        walked.append(Span(int(found.edge[node]), float(not ahead), float(ahead)))
        node = int(found.next[node])
    last = int(there.edge[goal])
    start = _from_end(access, there, goal, node, ends[last])
    return [*walked, Span(last, start, float(there.share[goal]))]


def route(
    access: Access, found: Reach, sources: Places, went: Trips, i: int
) -> tuple[shapely.LineString | None, Ints]:
    """The way of source `i` to its nearest target, and the edges it takes.

    Parameters
    ----------
    access, found, sources, went
        As `paths.trips` had and gave them.
    i
        Position of the source.

    Returns
    -------
    tuple
        A LineString in the sense of going, from place to place, and positions of edges in that
        order; None and nothing where no target is reached.
    """
    walked = spans(access, found, sources, went, i)
    if not walked:
        return None, np.empty(0, dtype=np.int64)
    line = drawn(access, sources.at[[i]], walked, found.targets.at[[int(went.target[i])]])
    return line, np.array(list(dict.fromkeys(s.edge for s in walked)), dtype=np.int64)


def drawn(access: Access, first: Floats, walked: list[Span], last: Floats) -> shapely.LineString:
    """The walk as a line, from the place `first` to the place `last` ((1, 2) each)."""
    ways = (_cut(access.network.vertices(s.edge), s.start, s.end) for s in walked)
    coords = np.concatenate([first, *ways, last])
    moved = np.r_[True, np.hypot(*np.diff(coords, axis=0).T) > 1e-6]
    coords = coords[moved]
    if len(coords) == 1:
        coords = np.repeat(coords, 2, axis=0)
    return shapely.LineString(coords)


def crowds(walked: Sequence[tuple[Span, float]], count: int) -> Floats:
    """The most people who pass any one place of each edge, of spans and how many walk them."""
    most = np.zeros(count)
    real = [(s.edge, *sorted((s.start, s.end)), p) for s, p in walked if s.start != s.end and p > 0]
    if not real:
        return most
    edge, low, high, people = (np.array(c) for c in zip(*real, strict=True))
    at = pd.DataFrame(
        {
            "edge": np.r_[edge, edge],
            "share": np.r_[low, high],
            "people": np.r_[people, -people],
        }
    ).sort_values(["edge", "share", "people"])  # who arrives at a place leaves before others come
    now = at.groupby("edge")["people"].cumsum()
    top = now.groupby(at["edge"]).max()
    most[top.index.to_numpy(dtype=np.int64)] = top.to_numpy()
    return most


def _from_end(access: Access, there: Places, goal: int, node: int, ends: Ints) -> float:
    """0 or 1: the end of the target's edge at which a way arrives."""
    if ends[0] != ends[1]:
        return float(node == ends[1])
    ab, ba = access.seconds[:, there.edge[goal]]
    share = there.share[goal]
    return float(partly(ba, 1 - share) < partly(ab, share))


def _cut(xy: Floats, start: float, end: float) -> Floats:
    """Coordinates of the line between two shares of it, in that sense."""
    if {start, end} == {0.0, 1.0}:
        return xy if start < end else xy[::-1]
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    along /= along[-1] or 1.0  # what joins two storeys has no length
    low, high = min(start, end), max(start, end)
    inside = xy[(along > low) & (along < high)]
    place = np.stack([np.interp((low, high), along, xy[:, c]) for c in (0, 1)], axis=1)
    coords = np.concatenate([place[:1], inside, place[1:]])
    return coords if start <= end else coords[::-1]
