"""The shortest ways from many places to the nearest of many others.

Paths are found backwards, from all targets at once: one run of Dijkstra's algorithm over the
network, whatever the number of sources and targets. Places stand on the nearest edge that can be
used, not on the nearest node, and the walk to it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from sitplan.analysis.network import Access, require_metres

Cost = Literal["metres", "seconds"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """Places standing on a network.

    `label`: their index in the series given; `edge`: position of the edge each stands on, −1
    where there is none; `share`: how far along it, 0 at a and 1 at b; `walk_m`: metres to it;
    `foot`: (n, 2) where on it; `at`: (n, 2) the place itself, as near to the edge as it comes.
    """

    label: NDArray[np.object_]
    edge: Ints
    share: Floats
    walk_m: Floats
    foot: Floats
    at: Floats


@dataclass(frozen=True, eq=False)
class Reach:
    """How far each node is from the nearest target, and which way leads there.

    `least`: (nodes,) in the unit of `cost`, infinite where none is reached; `target`: position
    among the targets, −1 where none; `next`: the following node, −1 at the one that meets the
    target's own edge; `edge`, `forward`: how to go to it; `step`: to the following node, in the
    other unit.
    """

    cost: Cost
    targets: Places
    least: Floats
    target: Ints
    next: Ints
    edge: Ints
    forward: NDArray[np.bool_]
    step: Floats

    @cached_property
    def _other(self) -> Floats:
        return _along(self.next, self.step)

    @property
    def seconds(self) -> Floats:
        """(nodes,), infinite where none is reached."""
        return self.least if self.cost == "seconds" else self._other

    @property
    def metres(self) -> Floats:
        """(nodes,), infinite where none is reached."""
        return self.least if self.cost == "metres" else self._other


@dataclass(frozen=True, eq=False)
class Trips:
    """The way of each source to its nearest target.

    `target`: position among the targets, −1 where none is reached; `end`: 0 leaves by node a of
    its edge, 1 by node b, 2 goes along the edge straight to the target.
    """

    seconds: Floats
    metres: Floats
    target: Ints
    end: Ints


def place_on(access: Access, places: gpd.GeoSeries) -> Places:
    """Stand each place on the nearest edge that can be used.

    Parameters
    ----------
    access
        From `Network.graph`.
    places
        Points (or any geometry: its nearest place to the edge is taken) in the network's CRS.
        Missing and empty ones stand nowhere.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(places, gpd.GeoSeries([], crs=access.network.crs))
    shapes = places.geometry.to_numpy()
    edge = np.full(len(shapes), -1, dtype=np.int64)
    real = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if len(access.open) and real.any():
        who, found = access.tree.query_nearest(shapes[real], all_matches=True)
        first = np.unique(who, return_index=True)[1]  # of equals the first, so that runs agree
        best = np.minimum.reduceat(found, first)
        edge[np.flatnonzero(real)[who[first]]] = access.open[best]
    placed = np.flatnonzero(edge >= 0)
    line = access.network.lines[edge[placed]]
    share, walk = np.zeros(len(shapes)), np.full(len(shapes), np.inf)
    foot, at = np.full((len(shapes), 2), np.nan), np.full((len(shapes), 2), np.nan)
    if len(placed):
        bridge = shapely.get_coordinates(shapely.shortest_line(shapes[placed], line))
        at[placed], foot[placed] = bridge[0::2], bridge[1::2]
        along = shapely.line_locate_point(line, shapely.points(foot[placed]), normalized=True)
        share[placed] = np.clip(along, 0.0, 1.0)
        walk[placed] = np.hypot(*(at - foot)[placed].T)
    return Places(places.index.to_numpy(dtype=object), edge, share, walk, foot, at)


def partly(cost: Floats, share: Floats) -> Floats:
    """Part of a cost that may be infinite; no part of it is nothing."""
    return np.where(share > 0, np.where(share > 0, cost, 0.0) * share, 0.0)


def _stretches(access: Access, where: Places, *, leaving: bool) -> tuple[Floats, Floats]:
    """Seconds and metres, (2, n): from each place to a and b of its edge, or from a and b to it."""
    ab, ba = access.seconds[:, where.edge]
    length = access.network.edges["metres"].to_numpy()[where.edge]
    to_a, to_b = (ba, ab) if leaving else (ab, ba)
    rest = 1.0 - where.share
    seconds = np.stack([partly(to_a, where.share), partly(to_b, rest)])
    walk = where.walk_m / access.profile.speed_ms
    return seconds + walk, np.stack([where.share, rest]) * length + where.walk_m


def reach(
    access: Access, targets: Places, *, cost: Cost = "seconds", limit: float | None = None
) -> Reach:
    """How far each node is from the nearest of the targets.

    Parameters
    ----------
    targets
        From `place_on`; those that stand nowhere are reached by nobody.
    cost
        What is least.
    limit
        Farther nodes count as not reached.
    """
    arcs, n = access.arcs(cost), len(access.network.nodes)
    ends = access.network.ends
    who = np.flatnonzero(targets.edge >= 0)
    standing = _some(targets, who)
    seconds, metres = _stretches(access, standing, leaving=False)
    # rows after the nodes: one for each target, leading back to the ends of its edge
    node = ends[standing.edge] if len(who) else np.empty((0, 2), dtype=np.int64)
    row = np.repeat(np.arange(len(who)), 2)
    column, s, m = node.reshape(-1), seconds.T.reshape(-1), metres.T.reshape(-1)
    usable = np.isfinite(s)
    row, column, s, m = row[usable], column[usable], s[usable], m[usable]
    order = np.lexsort((m if cost == "metres" else s, column, row))
    once = order[
        ~np.r_[False, (np.diff(row[order]) == 0) & (np.diff(column[order]) == 0)][: len(order)]
    ]
    row, column, s, m = row[once], column[once], s[once], m[once]
    weight = m if cost == "metres" else s
    counts = np.cumsum(np.bincount(row, minlength=len(who)))
    size = n + len(who)
    back = csr_matrix(
        (
            np.r_[arcs.back.data, np.maximum(weight, 1e-12)],
            np.r_[arcs.back.indices, column],
            np.r_[arcs.back.indptr, arcs.back.nnz + counts],
        ),
        shape=(size, size),
    )
    if not len(who):
        nothing = np.full(n, np.inf)
        none = np.full(n, -1, dtype=np.int64)
        return Reach(cost, targets, nothing, none, none, none, none > 0, nothing)
    distance, before, root = dijkstra(
        back,
        indices=np.arange(n, size),
        min_only=True,
        return_predecessors=True,
        limit=np.inf if limit is None else limit,
    )
    distance, before, root = distance[:n], before[:n].astype(np.int64), root[:n]
    reached = np.isfinite(distance)
    place, last = before >= n, reached & (before >= n)
    before = np.where(reached, before, 0)
    both = np.r_[arcs.head, n + row] * size + np.r_[arcs.tail, column]  # sorted by both
    arc = np.where(reached, np.searchsorted(both, before * size + np.arange(n)), 0)
    step = np.where(place | ~reached, -1, before)
    onward = reached & ~last
    other = np.r_[arcs.seconds, s] if cost == "metres" else np.r_[arcs.metres, m]
    edge = np.where(onward, np.r_[arcs.edge, np.zeros(len(row), dtype=np.int64)][arc], -1)
    ahead = np.r_[arcs.forward, np.zeros(len(row), dtype=bool)][arc]
    target = np.where(reached, who[np.where(reached, root - n, 0)], -1)
    apart = np.where(reached, other[arc], np.inf)
    return Reach(cost, targets, distance, target, step, edge, ahead, apart)


def _some(places: Places, which: Ints) -> Places:
    return Places(
        places.label[which], places.edge[which], places.share[which], places.walk_m[which],
        places.foot[which], places.at[which],
    )  # fmt: skip


def _along(step: Ints, value: Floats) -> Floats:
    """The sum of `value` from each node on, following `step` until −1: by doubling."""
    total, jump = value.copy(), step.copy()
    while (going := jump >= 0).any():
        there = jump[going]
        # all read before any is written
        total[going], jump[going] = total[going] + total[there], jump[there]
    return total


def trips(access: Access, found: Reach, sources: Places) -> Trips:
    """The way of each source to its nearest target, ending at the targets that `found` knows."""
    n = len(sources.edge)
    seconds, metres = np.full(n, np.inf), np.full(n, np.inf)
    target, end = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    who = np.flatnonzero(sources.edge >= 0)
    if not len(who):
        return Trips(seconds, metres, target, end)
    standing = _some(sources, who)
    ends = access.network.ends[standing.edge].T
    s, m = _stretches(access, standing, leaving=True)
    s, m = s + found.seconds[ends], m + found.metres[ends]
    m = np.where(np.isfinite(s), m, np.inf)
    weight = m if found.cost == "metres" else s
    choice = weight.argmin(axis=0)
    one = np.arange(len(who))
    seconds[who], metres[who] = s[choice, one], m[choice, one]
    reached = np.isfinite(weight[choice, one])
    target[who] = np.where(reached, found.target[ends[choice, one]], -1)
    end[who] = np.where(reached, choice, -1)
    _same_edge(access, found, standing, who, (seconds, metres, target, end))
    return Trips(seconds, metres, target, end)


def _same_edge(
    access: Access,
    found: Reach,
    sources: Places,
    who: Ints,
    into: tuple[Floats, Floats, Ints, Ints],
) -> None:
    """Where source and target stand on one edge, the way along it may be the shortest."""
    left = pd.DataFrame({"edge": sources.edge, "i": np.arange(len(who))})
    right = pd.DataFrame({"edge": found.targets.edge, "j": np.arange(len(found.targets.edge))})
    pair = left.merge(right[right["edge"] >= 0], on="edge")
    if pair.empty:
        return
    i, j, edge = (pair[c].to_numpy() for c in ("i", "j", "edge"))
    gap = found.targets.share[j] - sources.share[i]
    walk = sources.walk_m[i] + found.targets.walk_m[j]
    ab, ba = access.seconds[:, edge]
    s = partly(np.where(gap >= 0, ab, ba), np.abs(gap)) + walk / access.profile.speed_ms
    m = np.abs(gap) * access.network.edges["metres"].to_numpy()[edge] + walk
    m = np.where(np.isfinite(s), m, np.inf)
    seconds, metres, target, end = into
    weight, so_far = (m, metres) if found.cost == "metres" else (s, seconds)
    order = np.lexsort((j, weight, i))
    order = order[np.unique(i[order], return_index=True)[1]]
    better = order[weight[order] < so_far[who[i[order]]]]
    row = who[i[better]]
    seconds[row], metres[row], target[row], end[row] = s[better], m[better], j[better], 2


def nearest(
    access: Access,
    sources: gpd.GeoSeries,
    targets: gpd.GeoSeries,
    *,
    cost: Cost = "seconds",
    limit: float | None = None,
) -> pd.DataFrame:
    """The nearest target of each source, on the network.

    Parameters
    ----------
    access
        From `Network.graph`: who goes, and how.
    sources, targets
        Points in the network's CRS. A target's index label may repeat: a park of several gates.
    cost
        What is least: metres, or seconds.
    limit
        In the unit of `cost`; farther is not reached.

    Returns
    -------
    DataFrame
        Indexed like `sources`: `target` (label, or NA where none is reached), `metres` and
        `seconds` of the way (NaN where none), the walk to the nearest street at both its ends
        counted.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    there = place_on(access, targets)
    found = reach(access, there, cost=cost, limit=limit)
    went = trips(access, found, place_on(access, sources))
    reached = went.target >= 0
    if limit is not None:
        reached &= (went.metres if cost == "metres" else went.seconds) <= limit
    label = np.full(len(reached), pd.NA, dtype=object)
    label[reached] = there.label[went.target[reached]]
    return pd.DataFrame(
        {
            "target": label,
            "metres": np.where(reached, went.metres, np.nan),
            "seconds": np.where(reached, went.seconds, np.nan),
        },
        index=sources.index,
    )


def gates(access: Access, areas: gpd.GeoSeries, *, within_m: float = 30.0) -> gpd.GeoSeries:
    """Points where areas are entered from the streets.

    Parameters
    ----------
    areas
        Polygons in the network's CRS.
    within_m
        A street that passes so near a side gives a gate where the side is nearest to it.

    Returns
    -------
    GeoSeries
        Points on the borders, each with the label of its area: where an edge crosses, else where
        it comes nearest; an area far from every street has the one point nearest to one.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(areas, gpd.GeoSeries([], crs=access.network.crs))
    shapes = areas.geometry.to_numpy()
    if not len(access.open) or not len(shapes):
        return gpd.GeoSeries([], crs=areas.crs)
    who, found = access.tree.query(shapes, predicate="dwithin", distance=within_m)
    far = np.setdiff1d(np.flatnonzero(~shapely.is_missing(shapes)), who)
    lone, at = access.tree.query_nearest(shapes[far], all_matches=False)
    who, found = np.r_[who, far[lone]], np.r_[found, at]
    line = access.network.lines[access.open[found]]
    border = shapely.boundary(shapes[who])
    crossing = shapely.intersection(line, border)
    nearest_on = shapely.get_point(shapely.shortest_line(line, shapes[who]), -1)
    crossed = ~shapely.is_empty(crossing)
    points, owner = shapely.get_parts(crossing[crossed], return_index=True)
    along = (
        shapely.get_dimensions(points) == 1
    )  # a street that runs along a side enters at both ends
    ends = [shapely.get_point(points[along], n) for n in (0, -1)]
    shape = np.r_[points[~along], *ends, nearest_on[~crossed]]
    owner = who[crossed][owner]
    label = np.r_[owner[~along], owner[along], owner[along], who[~crossed]]
    order = np.argsort(label, kind="stable")
    return gpd.GeoSeries(shape[order], index=areas.index[label[order]], crs=areas.crs)
