"""The way of a trip as a line, and the streets it takes."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from sitplan.analysis.network import Access
from sitplan.analysis.paths import Places, Reach, Trips, partly

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    if went.target[i] < 0:
        return None, np.empty(0, dtype=np.int64)
    goal, lines = int(went.target[i]), access.network.lines
    there, edge, used = found.targets, int(sources.edge[i]), [int(sources.edge[i])]
    xy = [sources.at[[i]]]
    if went.end[i] == 2:
        xy.append(_cut(lines[edge], sources.share[i], there.share[goal]))
    else:
        xy.append(_cut(lines[edge], sources.share[i], float(went.end[i])))
        ends = access.network.edges[["a", "b"]].to_numpy()
        node = int(ends[edge, went.end[i]])
        while found.next[node] >= 0:
            step = int(found.edge[node])
            used.append(step)
            coords = shapely.get_coordinates(lines[step])
            xy.append(coords if found.forward[node] else coords[::-1])
            node = int(found.next[node])
        last = int(there.edge[goal])
        used.append(last)
        xy.append(
            _cut(lines[last], _from_end(access, there, goal, node, ends[last]), there.share[goal])
        )
    xy.append(there.at[[goal]])
    coords = np.concatenate(xy)
    moved = np.r_[True, np.hypot(*np.diff(coords, axis=0).T) > 1e-6]
    coords = coords[moved]
    if len(coords) == 1:
        coords = np.repeat(coords, 2, axis=0)
    return shapely.LineString(coords), np.array(list(dict.fromkeys(used)), dtype=np.int64)


def _from_end(access: Access, there: Places, goal: int, node: int, ends: Ints) -> float:
    """0 or 1: the end of the target's edge at which a way arrives."""
    if ends[0] != ends[1]:
        return float(node == ends[1])
    ab, ba = access.seconds[:, there.edge[goal]]
    share = there.share[goal]
    return float(partly(ba, 1 - share) < partly(ab, share))


def _cut(line: shapely.LineString, start: float, end: float) -> Floats:
    """Coordinates of the line between two shares of it, in that sense."""
    xy = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    along /= along[-1]
    low, high = min(start, end), max(start, end)
    inside = xy[(along > low) & (along < high)]
    place = [shapely.get_coordinates(line.interpolate(s, normalized=True)) for s in (low, high)]
    coords = np.concatenate([place[0], inside, place[1]])
    return coords if start <= end else coords[::-1]
