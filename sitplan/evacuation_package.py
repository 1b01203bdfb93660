"""What a telephone needs to say where to go without a network: streets, hazards, ways as trees.

The ways are those of `sitplan.analysis`: for each hazard, profile and depth to start from, the tree
of shortest paths to the nearest safe place. Who holds it follows the tree and finds nothing anew.

A tree is a character a node: which of the node's edges, in their order, is next (`0` the first);
`!` at a node from where a safe place is reached along its own edge; `-` where none is reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from sitplan.analysis.evacuation import EVACUATION_RULES, scene, standing
from sitplan.analysis.hazard import LEVELS, RIVER_HAZARDS, Ground, ground, serves
from sitplan.analysis.network import ON_FOOT_BARRED, Network
from sitplan.analysis.paths import Reach, reach
from sitplan.analysis.profiles import PROFILES

VERSION: Final = 1
"""Of the form of the package: a reader refuses another."""

DECIMETRES: Final = 10
_DEGREE: Final = 5
_FACTS: Final = (
    "accessible",
    "capacity",
    "usable_m2",
    "elevation_m",
    "water",
    "toilets",
    "lighting",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Given:
    """The public frames that a package is made of, in the storage CRS.

    `roads` as `network` was built of it, by its codes; `waterways` bar the ways of hazards that
    come down rivers; `landmarks` have a `name` and are told on the way; `places`, by layer, are
    what people may name to say where they are.
    """

    network: Network
    roads: gpd.GeoDataFrame
    hazard_zones: gpd.GeoDataFrame
    meeting_points: gpd.GeoDataFrame
    safe_zones: gpd.GeoDataFrame
    waterways: gpd.GeoDataFrame
    landmarks: gpd.GeoDataFrame
    places: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)


def package(given: Given, *, hazards: Sequence[str], made: date) -> dict[str, Any]:
    """All that the ways out of a territory are told from, as plain values for JSON.

    Parameters
    ----------
    hazards
        Codes in the order in which they are offered; those that no zone and no safe place names
        are left out.
    made
        The day that the frames stand for.

    Returns
    -------
    dict
        Coordinates are whole decimetres from `origin` in the storage CRS, lines as steps from point
        to point; lengths are whole centimetres.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    net = given.network
    net.edges["base"] = np.arange(len(net.edges))
    origin = np.floor(net.nodes.min(axis=0)) if len(net.nodes) else np.zeros(2)
    known = [h for h in hazards if any(serves(f, h).any() for f in _serving(given))]
    exits, place = _exits(given, origin)
    trees: list[dict[str, Any]] = []
    told = [_hazard(given, code, origin, place, trees) for code in known]
    return {
        "version": VERSION,
        "made": made.isoformat(),
        "origin": origin.tolist(),
        "degrees": _projection(net),
        "relief": net.relief,
        "profiles": {n: {"speed_ms": p.speed_ms, "stairs": p.stairs} for n, p in PROFILES.items()},
        "streets": _streets(given, origin),
        "exits": exits,
        "hazards": told,
        "trees": trees,
        "water": [_steps(line, origin) for line in _lines(given.waterways)],
        "landmarks": _named(given.landmarks, origin),
        "places": [
            [*one, layer] for layer, frame in given.places.items() for one in _named(frame, origin)
        ],
    }


def _serving(given: Given) -> tuple[gpd.GeoDataFrame, ...]:
    return given.hazard_zones, given.meeting_points, given.safe_zones


def _whole(values: Floats) -> list[int]:
    return cast("list[int]", np.rint(values).astype(np.int64).tolist())


def _steps(shape: Any, origin: Floats) -> list[int]:
    """A line as x, y and then the steps to each following point, in decimetres."""
    xy = np.rint((shapely.get_coordinates(shape) - origin) * DECIMETRES)
    return _whole(np.diff(xy, axis=0, prepend=0).reshape(-1))


def _lines(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The single lines of a frame, with a metre of play: they are drawn, nobody walks them."""
    parts = shapely.get_parts(frame.geometry.to_numpy())
    return shapely.simplify(parts[~shapely.is_empty(parts)], 1.0)


def _projection(net: Network) -> dict[str, Any]:
    """Degrees to metres from `origin` and back as polynomials, so that no phone needs a CRS."""
    bounds = [net.nodes.min(axis=0), net.nodes.max(axis=0)] if len(net.nodes) else [[0, 0], [1, 1]]
    (left, low), (right, high) = np.asarray(bounds) + np.array([[-5000.0], [5000.0]])
    t = np.cos(np.linspace(0, np.pi, 24))
    across, up = (
        (left + right) / 2 + t * (right - left) / 2,
        (low + high) / 2 + t * (high - low) / 2,
    )
    x, y = (g.reshape(-1) for g in np.meshgrid(across, up))
    lon, lat = Transformer.from_crs(net.crs, 4326, always_xy=True).transform(x, y)
    metres, degrees = np.stack([x, y]), np.stack([lon, lat])
    return {"to_metres": _fit(degrees, metres), "to_degrees": _fit(metres, degrees)}


def _fit(source: Floats, target: Floats) -> dict[str, Any]:
    """Coefficients of u^i v^j, i + j up to five, where u and v run from -1 to 1."""
    middle = (source.min(axis=1) + source.max(axis=1)) / 2
    half = (source.max(axis=1) - source.min(axis=1)) / 2
    u, v = (source - middle[:, None]) / half[:, None]
    terms = [u**i * v**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    found = np.linalg.lstsq(np.stack(terms, axis=1), target.T, rcond=None)[0]
    return {"middle": middle.tolist(), "half": half.tolist(), "terms": found.T.tolist()}


def _streets(given: Given, origin: Floats) -> dict[str, Any]:
    """The network as arrays, an entry an edge; `barred` has a bit for each profile in its order."""
    net = given.network
    e = net.edges
    named = given.roads["name"] if "name" in given.roads.columns else pd.Series(dtype=object)
    by_road = e["road"].map(named[~named.index.duplicated()])
    name, names = pd.factorize(by_road.astype(object).where(by_road.notna(), None))
    kind, kinds = pd.factorize(e["class"].astype(object))
    barred = np.zeros(len(e), dtype=np.int64)
    for bit, profile in enumerate(PROFILES.values()):
        barred |= np.where(np.isinf(net.graph(profile).seconds).all(axis=0), 1 << bit, 0)
    sloped = {} if net.is_flat else {
        c: _whole(e[c].to_numpy() * 100) for c in ("effort_ab", "effort_ba")
    }  # fmt: skip
    return {
        "nodes": len(net.nodes),
        "a": e["a"].tolist(),
        "b": e["b"].tolist(),
        "cm": _whole(e["metres"].to_numpy() * 100),
        **sloped,
        "line": [_steps(line, origin) for line in net.lines],
        "name": name.tolist(),
        "names": list(names),
        "kind": kind.tolist(),
        "kinds": list(kinds),
        "barred": barred.tolist(),
        "bridge": np.flatnonzero(e["bridge"]).tolist(),
        "stairs": np.flatnonzero(e["stairs"]).tolist(),
        "motorways": sorted(ON_FOOT_BARRED & set(kinds)),
    }


def _exits(
    given: Given, origin: Floats
) -> tuple[list[dict[str, Any]], dict[tuple[str, object], int]]:
    """Safe places with what is known of each, and where in the list each stands."""
    told: list[dict[str, Any]] = []
    place: dict[tuple[str, object], int] = {}
    for kind in ("meeting_points", "safe_zones"):
        frame: gpd.GeoDataFrame = getattr(given, kind)
        spots = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
        for n, (row, xy) in enumerate(zip(frame.to_dict("records"), spots, strict=True)):
            place[kind, row.get("code", frame.index[n])] = len(told)
            facts = {f: _bare(row[f]) for f in _FACTS if f in row and not _is_missing(row[f])}
            shape = frame.geometry.iloc[n]
            drawn = {} if kind == "meeting_points" else {"rings": _rings(shape, origin)}
            told.append(
                {
                    "id": row.get("id"),
                    "code": row.get("code"),
                    "kind": kind,
                    "name": None if _is_missing(row.get("name")) else row["name"],
                    "hazards": [row["hazard"]]
                    if isinstance(row["hazard"], str)
                    else [*row["hazard"]],
                    "at": _whole((xy - origin) * DECIMETRES),
                    **facts,
                    **drawn,
                }
            )
    return told, place


def _bare(value: Any) -> Any:
    """A value as JSON has it."""
    return value.item() if isinstance(value, np.generic) else value


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _rings(shape: Any, origin: Floats) -> list[list[int]]:
    """The rings of an area; what is within an odd number of them is inside."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return [_steps(ring, origin) for ring in rings]


def _named(frame: gpd.GeoDataFrame, origin: Floats) -> list[list[Any]]:
    named = frame[frame["name"].notna()] if "name" in frame.columns else frame.iloc[:0]
    spots = shapely.get_coordinates(shapely.point_on_surface(named.geometry.to_numpy()))
    at = np.rint((spots - origin) * DECIMETRES).astype(np.int64)
    return [[int(x), int(y), name] for (x, y), name in zip(at, named["name"], strict=True)]


def _hazard(
    given: Given,
    code: str,
    origin: Floats,
    place: Mapping[tuple[str, object], int],
    trees: list[dict[str, Any]],
) -> dict[str, Any]:
    """One hazard: its zones, what they do to the streets, and the ways for each who and where."""
    rivers = given.waterways[given.waterways["class"] == "river"] if code in RIVER_HAZARDS else None
    under = ground(given.network, given.hazard_zones, hazard=code,
                   barriers=None if rivers is None else rivers.geometry)  # fmt: skip
    rank = under.zones["level"].map({name: n for n, name in enumerate(LEVELS)}).fillna(0)
    depths = sorted({0, *(int(d) for d in rank)})
    crossed = [] if rivers is None else sorted(set(rivers["name"].dropna()))
    ways = {who: _ways(given, under, who, depths, place, trees) for who in PROFILES}
    return {
        "code": code,
        "zones": [
            {
                "name": None if _is_missing(row.get("name")) else row.get("name"),
                "depth": int(depth),
                "arrival_min": None if _is_missing(a := row.get("arrival_time_min")) else float(a),
                "rings": _rings(shape, origin),
            }
            for row, depth, shape in zip(
                under.zones.drop(columns="geometry").to_dict("records"),
                rank,
                under.zones.geometry,
                strict=True,
            )
        ],
        "cuts": _cuts(under),
        "depth": "".join(map(str, under.depth)),
        "uncrossed": np.flatnonzero(under.barred).tolist(),
        "rivers": crossed,
        "ways": ways,
    }


def _cuts(under: Ground) -> list[list[int]]:
    """Streets that begin or end in a zone: the edge, and the centimetres of each part of it."""
    e = under.network.edges
    again = e["base"].duplicated(keep=False)
    return [
        [int(cast(int, base)), *_whole(part["metres"].to_numpy() * 100)]
        for base, part in e[again].groupby("base", sort=True)
    ]


def _ways(
    given: Given,
    under: Ground,
    who: str,
    depths: Sequence[int],
    place: Mapping[tuple[str, object], int],
    trees: list[dict[str, Any]],
) -> dict[str, dict[str, Any]]:
    """For each depth to start from: which tree, and the safe places where they stand on streets."""
    nobody = gpd.GeoDataFrame({"population": []}, geometry=[], crs=under.network.crs)
    stage = scene(nobody, under=under, profile=PROFILES[who], meeting_points=given.meeting_points,
                  safe_zones=given.safe_zones, depths=depths)  # fmt: skip
    index = [place[kind, label] for kind, label in zip(stage.exits["kind"], stage.exits["exit"],
                                                       strict=True)]  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for depth, access in stage.access.items():
        there = standing(access, stage.targets, EVACUATION_RULES)
        told = tree(reach(access, there), under.network)
        told["targets"] = [
            [int(edge), round(float(share), 5), round(float(walk), 2), index[int(label)]]
            if edge >= 0
            else [-1, 0, 0, index[int(label)]]
            for edge, share, walk, label in zip(
                there.edge, there.share, there.walk_m, there.label, strict=True
            )
        ]
        if told not in trees:
            trees.append(told)
        found[str(depth)] = {"tree": trees.index(told)}
    return found


def tree(found: Reach, network: Network) -> dict[str, Any]:
    """The next edge of each node as a character, and the target where each way ends."""
    ends = network.ends
    real = np.flatnonzero(ends[:, 0] != ends[:, 1])
    node = np.r_[ends[real, 0], ends[real, 1]]
    edge = np.r_[real, real]
    order = np.lexsort((edge, node))
    node, edge = node[order], edge[order]
    first = np.searchsorted(node, np.arange(len(network.nodes)))
    onward = np.flatnonzero(found.next >= 0)
    both = node * (len(ends) + 1) + edge
    at = np.searchsorted(both, onward * (len(ends) + 1) + found.edge[onward])
    hop = np.full(len(network.nodes), ord("-"), dtype=np.int64)
    hop[onward] = ord("0") + at - first[onward]
    last = np.flatnonzero((found.target >= 0) & (found.next < 0))
    hop[last] = ord("!")
    return {
        "hop": "".join(map(chr, hop)),
        "last": np.stack([last, found.target[last]], axis=1).reshape(-1).tolist(),
    }
