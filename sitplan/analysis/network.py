"""Streets as a network to be walked and driven, from the `roads` layer.

    net = build_network(roads)
    on_foot = net.graph(PROFILES["older"], "foot")

Real roads are not cut at their crossings; `noding` cuts them. What cannot be reached from
elsewhere is told as an island, not mended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from sitplan.analysis.heights import Heights, climbs
from sitplan.analysis.noding import MILLIMETRE, node_lines
from sitplan.analysis.profiles import Profile
from sitplan.errors import BadRequest, WrongCrs

Way = Literal["foot", "car"]

ON_FOOT_BARRED: Final = frozenset({"motorway", "motorway_link"})
BY_CAR_BARRED: Final = frozenset({"pedestrian", "path", "footway", "cycleway", "steps"})
KMH: Final[dict[str, float]] = {
    "motorway": 100, "motorway_link": 50, "trunk": 80, "trunk_link": 50, "primary": 50,
    "primary_link": 40, "secondary": 50, "secondary_link": 40, "tertiary": 50,
    "tertiary_link": 40, "unclassified": 40, "residential": 30, "living_street": 15,
    "service": 20, "track": 25, "other": 30,
}  # fmt: skip
"""Speeds by car where the road says none: parameters, unverified."""

WIDTH_M: Final[dict[str, float]] = {
    "motorway": 10, "motorway_link": 5, "trunk": 9, "trunk_link": 5, "primary": 9,
    "primary_link": 5, "secondary": 8, "secondary_link": 5, "tertiary": 8, "tertiary_link": 5,
    "unclassified": 6, "residential": 7, "living_street": 4, "pedestrian": 5, "service": 4,
    "track": 3, "path": 1.5, "footway": 1.8, "cycleway": 2, "steps": 1.5, "other": 4,
}  # fmt: skip
"""Widths that people fill when they leave, by class: parameters, unverified."""

SNAP_M: Final = 0.1
"""A street drawn to within so many metres of another is meant to join it."""

VERSION: Final = 2
"""Of the way networks are built: part of their key, so that old ones kept aside are not used."""

_READ: Final = ("class", "oneway", "surface", "maxspeed_kmh", "bridge", "tunnel", "level")


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and edges, the same for every profile.

    Parameters
    ----------
    nodes
        (n, 2) metres of the storage CRS.
    edges
        One row a stretch between two meetings. `a`, `b`: nodes; `metres`; `effort_ab`,
        `effort_ba`: flat metres that the stretch is worth in each sense (the same as `metres`
        without heights); `climb_m`, `drop_m` from a to b; `steepest_pct`; `sloped_m` (of how
        many metres heights are known); `road`: index label in
        the layer; `class`, `surface`, `oneway` (1 as drawn, −1 against, 0 both), `kmh`,
        `width_m`, `stairs`, `bridge`, `tunnel`; `island`: 0 is the longest.
    lines
        LineStrings of the edges, from a to b.
    crs
        Of all of it, metric.
    relief
        What heights came from, their cell, and the share of the streets that they cover; None is
        a flat network.
    key
        Hash of the roads, the heights and the way of building.
    """

    nodes: NDArray[np.float64]
    edges: pd.DataFrame
    lines: NDArray[np.object_]
    crs: object
    relief: dict[str, object] | None
    key: str

    @property
    def is_flat(self) -> bool:
        """Whether no heights are known."""
        return self.relief is None

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """(edges, 2): the nodes a and b of each."""
        return self.edges[["a", "b"]].to_numpy(dtype=np.int64)

    @cached_property
    def _vertices(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        xy, owner = shapely.get_coordinates(self.lines, return_index=True)
        return xy, np.searchsorted(owner, np.arange(len(self.lines) + 1))

    def vertices(self, edge: int) -> NDArray[np.float64]:
        """(n, 2) metres: the line of an edge, from a to b."""
        xy, first = self._vertices
        return xy[first[edge] : first[edge + 1]]

    @cached_property
    def islands(self) -> pd.DataFrame:
        """Metres, nodes and edges of each part that no road joins to the others, longest first."""
        by = self.edges.groupby("island")
        ends = pd.concat(
            [self.edges[[c, "island"]].set_axis(["n", "island"], axis=1) for c in "ab"]
        )
        nodes = ends.groupby("island")["n"].nunique()
        return pd.DataFrame({"metres": by["metres"].sum(), "edges": by.size(), "nodes": nodes})

    def graph(
        self, profile: Profile, way: Way = "foot", *, closed: Iterable[object] = ()
    ) -> Access:
        """What somebody of `profile` can use, on foot or by car, and at what cost.

        Parameters
        ----------
        profile
            On foot, sets speed and what is barred. By car, only the walk to the street.
        way
            On foot one-way streets are open both ways.
        closed
            Index labels of roads that are closed, as a bridge that fell.

        Raises
        ------
        BadRequest
            ``nothing_to_close`` where a road to close is not in the network.
        """
        return Access(self, profile, way, self._seconds(profile, way, closed))

    def _seconds(self, profile: Profile, way: Way, closed: Iterable[object]) -> NDArray[np.float64]:
        e = self.edges
        shut = list(closed)
        strangers = [str(c) for c in shut if not e["road"].isin([c]).any()]
        if strangers:  # closing nothing would pass for a closure without effect
            raise BadRequest("nothing_to_close", features=", ".join(strangers))
        barred = e["road"].isin(shut).to_numpy()
        if way == "car":
            barred = barred | e["class"].isin(BY_CAR_BARRED).to_numpy()
            seconds = (e["metres"] / (e["kmh"] / 3.6)).to_numpy()
            oneway = e["oneway"].to_numpy()
            return np.stack(
                [
                    np.where(barred | (oneway < 0), np.inf, seconds),
                    np.where(barred | (oneway > 0), np.inf, seconds),
                ]
            )
        barred = barred | e["class"].isin(ON_FOOT_BARRED).to_numpy()
        barred |= e["surface"].isin(profile.barred_surfaces).to_numpy()
        if not profile.stairs:
            barred |= e["stairs"].to_numpy()
        if profile.max_slope_pct is not None:
            barred |= e["steepest_pct"].to_numpy() > profile.max_slope_pct
        efforts = e[["effort_ab", "effort_ba"]].to_numpy().T
        return np.where(barred, np.inf, efforts / profile.speed_ms)


@dataclass(frozen=True, eq=False)
class Access:
    """A network as one profile can use it.

    `seconds`: (2, edges), from a to b and from b to a; infinite where barred.
    """

    network: Network
    profile: Profile
    way: Way
    seconds: NDArray[np.float64]
    _arcs: dict[str, Arcs] = field(default_factory=dict, repr=False)

    @cached_property
    def open(self) -> NDArray[np.int64]:
        """Positions of the edges that can be used in one sense at least."""
        return np.flatnonzero(np.isfinite(self.seconds).any(axis=0))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the lines of the open edges."""
        return shapely.STRtree(self.network.lines[self.open])

    def without(self, edges: Iterable[int]) -> Access:
        """The same with some edges (positions) closed."""
        seconds = self.seconds.copy()
        seconds[:, list(edges)] = np.inf
        return Access(self.network, self.profile, self.way, seconds)

    def arcs(self, cost: Literal["metres", "seconds"]) -> Arcs:
        """The cheapest arc between each two nodes, made once."""
        if cost not in self._arcs:
            self._arcs[cost] = _arcs_of(self, cost)
        return self._arcs[cost]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs sorted by where they lead, then by where from: the rows of `back`.

    `back[head, tail]` is the cost of going from tail to head; paths to a place are found by
    walking back from it.
    """

    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    edge: NDArray[np.int64]
    forward: NDArray[np.bool_]
    back: csr_matrix


def _arcs_of(access: Access, cost: Literal["metres", "seconds"]) -> Arcs:
    e = access.network.edges
    a, b, metres = (e[c].to_numpy() for c in ("a", "b", "metres"))
    number = np.arange(len(e))
    tail, head = np.r_[a, b].astype(np.int64), np.r_[b, a].astype(np.int64)
    seconds, metres = access.seconds.reshape(-1), np.r_[metres, metres]
    edge, forward = np.r_[number, number], np.r_[number >= 0, number < 0]
    used = np.isfinite(seconds) & (tail != head)
    weight = metres if cost == "metres" else seconds
    order = np.lexsort((edge, weight, tail, head))
    order = order[used[order]]
    same = np.r_[False, (np.diff(head[order]) == 0) & (np.diff(tail[order]) == 0)]
    kept = order[~same[: len(order)]]
    n = len(access.network.nodes)
    back = coo_matrix((weight[kept], (head[kept], tail[kept])), shape=(n, n)).tocsr()
    return Arcs(
        head[kept], tail[kept], seconds[kept], metres[kept], edge[kept], forward[kept], back
    )


def require_metres(*frames: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """Refuse frames that measure in degrees, in no stated system, or in different ones.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    systems = [f.crs for f in frames]
    first = systems[0] if systems else None
    wrong = [s for s in systems if s is None or not s.is_projected or s != first]
    if wrong:
        raise WrongCrs("analysis_crs", crs=", ".join(sorted({str(s) for s in systems})))


def road_key(roads: gpd.GeoDataFrame, heights: Heights | None, snap_m: float) -> str:
    """Hash of what a network is built from: the same content, the same key."""
    sha = hashlib.sha256(f"{VERSION} {snap_m} {roads.crs}".encode())
    sha.update(b"" if heights is None else heights.key.encode())
    for blob in shapely.to_wkb(roads.geometry.to_numpy()):
        sha.update(blob or b"-")
    columns = [c for c in _READ if c in roads.columns]
    told = pd.util.hash_pandas_object(roads[columns].astype("string"), index=True)
    sha.update(told.to_numpy().tobytes())
    return sha.hexdigest()


def build_network(
    roads: gpd.GeoDataFrame, *, heights: Heights | None = None, snap_m: float = SNAP_M
) -> Network:
    """The network that the roads make, with slopes where heights are given.

    Parameters
    ----------
    roads
        Lines in a metric CRS, with `class` and, where known, `oneway`, `surface`,
        `maxspeed_kmh`, `bridge`, `tunnel` and `level`. Empty means a network of nothing.
    heights
        None is a flat network, which says so.
    snap_m
        A street drawn to within so many metres of another is joined to it.

    Returns
    -------
    Network
        Roads of one level (and both on the ground, both bridges or both tunnels) meet where they
        cross; others only where one ends on the other's vertex.

    Raises
    ------
    WrongCrs
        ``analysis_crs`` where the roads do not measure in metres.
    """
    require_metres(roads)
    key = road_key(roads, heights, snap_m)
    told = _told(roads)
    shapes = shapely.force_2d(roads.geometry.to_numpy())
    lines, owner = shapely.get_parts(shapes, return_index=True)
    lines = shapely.remove_repeated_points(lines)
    real = shapely.length(lines) > MILLIMETRE
    lines, owner = lines[real], owner[real]
    pieces = node_lines(lines, told["storey"].to_numpy()[owner], snap_m=snap_m)
    metres = np.maximum(shapely.length(pieces.line), MILLIMETRE)
    owner = owner[pieces.part]
    edges = pd.DataFrame({"a": pieces.a, "b": pieces.b, "metres": metres})
    edges["road"] = roads.index.to_numpy()[owner]
    for column in told.columns.drop("storey"):
        edges[column] = told[column].to_numpy()[owner]
    level = (edges["bridge"] | edges["tunnel"]).to_numpy()
    for name, values in climbs(pieces.line, metres, level, heights).items():
        edges[name] = values
    edges["island"] = _islands(edges, len(pieces.nodes))
    relief = None
    if heights is not None:
        whole = float(edges["metres"].sum())
        known = 100 * float(edges["sloped_m"].sum()) / whole if whole else 0.0
        relief = heights.told() | {"covered_pct": round(min(known, 100.0), 1)}
    return Network(pieces.nodes, edges, pieces.line, roads.crs, relief, key)


def _told(roads: gpd.GeoDataFrame) -> pd.DataFrame:
    """What each road says, with what is meant where it says nothing."""
    said = {c: roads[c] if c in roads.columns else pd.Series(None, index=roads.index, dtype=object)
            for c in _READ}  # fmt: skip
    kind = said["class"].astype(object).where(said["class"].notna(), "other")
    bridge, tunnel = (said[c].eq(True).fillna(False).astype(bool) for c in ("bridge", "tunnel"))
    level = pd.to_numeric(said["level"]).astype("float64").fillna(0).astype(int)
    limit = pd.to_numeric(said["maxspeed_kmh"]).astype("float64")
    return pd.DataFrame(
        {
            "class": kind,
            "surface": said["surface"].astype(object).where(said["surface"].notna(), None),
            "oneway": said["oneway"].map({"forward": 1, "backward": -1}).fillna(0).astype(int),
            "kmh": limit.fillna(kind.map(KMH).astype("float64")).fillna(30.0),
            "width_m": kind.map(WIDTH_M).astype("float64").fillna(4.0),
            "stairs": kind.eq("steps"),
            "bridge": bridge,
            "tunnel": tunnel,
            "storey": level * 4 + bridge * 2 + tunnel,
        }
    )


def _islands(edges: pd.DataFrame, n: int) -> NDArray[np.int64]:
    """The island of each edge, 0 the one with most metres."""
    if edges.empty:
        return np.empty(0, dtype=np.int64)
    ones = np.ones(len(edges))
    joined = coo_matrix((ones, (edges["a"], edges["b"])), shape=(n, n))
    label = connected_components(joined, directed=False)[1][edges["a"]]
    metres = np.bincount(label, weights=edges["metres"])
    rank = np.empty(len(metres), dtype=np.int64)
    rank[np.argsort(-metres, kind="stable")] = np.arange(len(metres))
    return np.asarray(rank[label])
