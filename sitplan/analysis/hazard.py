"""What a hazard does to streets and people: how deep it is where, and what it bars."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from sitplan.analysis.network import Network, require_metres
from sitplan.analysis.noding import MILLIMETRE
from sitplan.analysis.people import people_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS: Final = ("", "bajo", "medio", "alto")
"""Codes of the shared list `level`, from no hazard to the deepest."""

RIVER_HAZARDS: Final = ("flood", "dam_break")
"""Nobody flees the river across it."""

_SHARED: Final = ("metres", "effort_ab", "effort_ba", "climb_m", "drop_m", "sloped_m")


@dataclass(frozen=True, eq=False)
class Ground:
    """The streets under one hazard, cut where its zones begin.

    Parameters
    ----------
    hazard
        Code of the shared list `hazard`.
    network
        No edge of it is in two zones.
    zones
        Those of the hazard.
    depth
        (edges,) position in `LEVELS` of the deepest zone that each is in; 0 is none.
    barred
        (edges,) true where an edge crosses what must not be crossed.
    barriers
        How many lines must not be crossed.
    """

    hazard: str
    network: Network
    zones: gpd.GeoDataFrame
    depth: Ints
    barred: NDArray[np.bool_]
    barriers: int


def serves(frame: pd.DataFrame, hazard: str) -> NDArray[np.bool_]:
    """Which rows name the hazard, as their one code or among several; none where nobody says."""
    if "hazard" not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    return np.array(
        [
            h == hazard if isinstance(h, str) else np.iterable(h) and hazard in list(h)
            for h in frame["hazard"]
        ],
        dtype=bool,
    )


def named_hazards(*frames: pd.DataFrame) -> list[str]:
    """The hazards that zones, meeting points or safe zones name, in the order of their codes.

    One without zones, as an earthquake, is fled from everywhere.
    """
    said = (h for frame in frames if "hazard" in frame.columns for h in frame["hazard"])
    return sorted({code for one in said for code in _codes(one)})


def _codes(said: object) -> list[str]:
    """One code, several, or none."""
    if isinstance(said, str):
        return [said]
    return [str(code) for code in said] if np.iterable(said) else []


def ground(
    network: Network,
    hazard_zones: gpd.GeoDataFrame,
    *,
    hazard: str,
    barriers: gpd.GeoSeries | None = None,
) -> Ground:
    """The streets under a hazard.

    Parameters
    ----------
    network
        From `build_network`.
    hazard_zones
        Polygons with `hazard` and `level` (bajo, medio, alto), in the network's CRS; others than
        of `hazard` do not count. None of it leaves every street dry.
    hazard
        Code of the shared list.
    barriers
        Lines that nobody fleeing this hazard may cross, as the rivers in a flood; None bars none.

    Returns
    -------
    Ground
        No edge of its network is in two zones; `depth` and `barred` are by edge.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(hazard_zones, gpd.GeoSeries([], crs=network.crs))
    zones = hazard_zones[serves(hazard_zones, hazard)]
    cut = cut_at(network, shapely.boundary(zones.geometry.to_numpy()))
    middle = shapely.line_interpolate_point(cut.lines, 0.5, normalized=True)
    barred = np.zeros(len(cut.edges), dtype=bool)
    if barriers is not None:
        require_metres(barriers, gpd.GeoSeries([], crs=network.crs))
        barred[_meeting(barriers.geometry.to_numpy(), cut.lines)[1]] = True
    count = 0 if barriers is None else len(barriers)
    return Ground(hazard, cut, zones, depth_at(zones, middle), barred, count)


def depth_at(zones: gpd.GeoDataFrame, points: NDArray[np.object_]) -> Ints:
    """Position in `LEVELS` of the deepest zone at each point; 0 outside all of them."""
    depth = np.zeros(len(points), dtype=np.int64)
    if len(zones):
        rank = zones["level"].map({name: n for n, name in enumerate(LEVELS)}).fillna(0)
        zone, who = _meeting(zones.geometry.to_numpy(), points)
        np.maximum.at(depth, who, rank.to_numpy(dtype=np.int64)[zone])
    return depth


def _meeting(large: NDArray[np.object_], small: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Positions of the large and the small shapes that meet, pair by pair.

    The tree is of the small ones: what is asked of it is prepared once, and a river or a zone of
    many thousand vertices is not walked through anew for each street.
    """
    first, second = shapely.STRtree(small).query(large, predicate="intersects")
    return first, second


def cut_at(network: Network, borders: NDArray[np.object_]) -> Network:
    """The network with a node wherever an edge crosses a border.

    Parameters
    ----------
    borders
        Lines. A cut edge's metres, effort and climb are shared out by length.
    """
    if not len(borders) or not len(network.edges):
        return network
    border, edge = _meeting(borders, network.lines)
    met = shapely.intersection(network.lines[edge], borders[border])
    parts, owner = shapely.get_parts(met, return_index=True)
    flat = shapely.get_dimensions(parts) == 1  # an edge along a border is cut at both ends of it
    ends = [shapely.get_point(parts[flat], n) for n in (0, -1)]
    points, at = np.r_[parts[~flat], *ends], edge[np.r_[owner[~flat], owner[flat], owner[flat]]]
    length = shapely.length(network.lines[at])
    along = shapely.line_locate_point(network.lines[at], points)
    inside = (along > MILLIMETRE) & (along < length - MILLIMETRE)
    order = np.lexsort((along[inside], at[inside]))
    at, along = at[inside][order], along[inside][order]
    again = np.r_[False, (np.diff(at) == 0) & (np.diff(along) < MILLIMETRE)][: len(at)]
    at, along = at[~again], along[~again]
    if not len(at):
        return network
    whole = shapely.length(network.lines[at])
    first_new = len(network.nodes)
    node = first_new + np.arange(len(at))
    places = shapely.get_coordinates(shapely.line_interpolate_point(network.lines[at], along))
    of, first = np.unique(at, return_index=True)
    rows, shares, lines = [], [], []
    a, b = (network.edges[c].to_numpy() for c in "ab")
    for n, share, inner in zip(
        of, np.split(along / whole, first[1:]), np.split(node, first[1:]), strict=True
    ):
        stop, nodes = [0.0, *share, 1.0], [a[n], *inner, b[n]]
        for k in range(len(stop) - 1):
            rows.append((n, nodes[k], nodes[k + 1]))
            shares.append(stop[k + 1] - stop[k])
            lines.append(substring(network.lines[n], stop[k], stop[k + 1], normalized=True))
    kept = np.setdiff1d(np.arange(len(network.edges)), at)
    number = np.r_[kept, [r[0] for r in rows]].astype(np.int64)
    edges = network.edges.iloc[number].reset_index(drop=True)
    edges["a"] = np.r_[a[kept], [r[1] for r in rows]].astype(np.int64)
    edges["b"] = np.r_[b[kept], [r[2] for r in rows]].astype(np.int64)
    part = np.r_[np.ones(len(kept)), shares]
    for column in _SHARED:
        edges[column] = edges[column].to_numpy() * part
    drawn = np.empty(len(number), dtype=object)
    drawn[:] = [*network.lines[kept], *lines]
    sha = hashlib.sha256(network.key.encode())
    for blob in shapely.to_wkb(borders):
        sha.update(blob or b"-")
    return replace(
        network, nodes=np.r_[network.nodes, places], edges=edges, lines=drawn, key=sha.hexdigest()
    )


def exposed(blocks: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Who lives in the zones of a hazard, and where they start from.

    Parameters
    ----------
    blocks
        Polygons or points with `population`.
    zones
        Of one hazard; none exposes everybody, as an earthquake does.

    Returns
    -------
    GeoDataFrame
        The blocks with surface in a zone: `people` (by share of the surface; NaN where nobody
        counted them), `depth` (position in `LEVELS` where they start), `arrival_min` (the
        soonest of the zones there, NaN where none says), and as geometry the centroid of what
        is exposed, or a point in it.
    """
    shape = blocks.geometry.to_numpy()
    people = people_of(blocks)
    part = shape
    if len(zones):
        part = _inside(shape, zones.geometry.to_numpy())
        area = shapely.area(shape)
        share = np.where(area > 0, shapely.area(part) / np.where(area > 0, area, 1.0), 1.0)
        share = np.where(shapely.is_empty(part), 0.0, share)
    else:
        share = np.ones(len(blocks))
    here = np.flatnonzero((share > 0) & ~shapely.is_missing(shape))
    part, share = part[here], share[here]
    start = shapely.centroid(part)
    outside = ~shapely.intersects(part, start)
    start[outside] = shapely.point_on_surface(part[outside])
    arrival = np.full(len(here), np.inf)
    if len(zones) and "arrival_time_min" in zones.columns:
        zone, who = _meeting(zones.geometry.to_numpy(), start)
        minutes = pd.to_numeric(zones["arrival_time_min"]).astype("float64").to_numpy()[zone]
        np.minimum.at(arrival, who, np.nan_to_num(minutes, nan=np.inf))
    return gpd.GeoDataFrame(
        {
            "people": people[here] * share,
            "depth": depth_at(zones, start),
            "arrival_min": np.where(np.isfinite(arrival), arrival, np.nan),
        },
        index=blocks.index[here],
        geometry=start,
        crs=blocks.crs,
    )


def _inside(shape: NDArray[np.object_], zones: NDArray[np.object_]) -> NDArray[np.object_]:
    """What of each shape lies in any of the zones; empty where nothing does.

    Zones that meet are one; each shape is cut by those alone that it meets.
    """
    one, other = _meeting(zones, zones)
    joined = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(zones), len(zones)))
    label = connected_components(joined, directed=False)[1]
    whole = np.array(
        [shapely.union_all(zones[label == n]) for n in range(label.max(initial=-1) + 1)],
        dtype=object,
    )
    zone, who = _meeting(whole, shape)
    order = np.lexsort((zone, who))
    zone, who = zone[order], who[order]
    found = np.full(len(shape), shapely.GeometryCollection(), dtype=object)
    cut = shapely.intersection(shape[who], whole[zone])
    which, first, count = np.unique(who, return_index=True, return_counts=True)
    found[which] = cut[first]
    for n in np.flatnonzero(count > 1):
        found[which[n]] = shapely.union_all(cut[first[n] : first[n] + count[n]])
    return found
