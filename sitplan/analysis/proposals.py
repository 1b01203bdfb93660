"""Evacuation routes proposed for a hazard's zones, as drafts that the layer's checks accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.evacuation import (
    EVACUATION_RULES,
    EvacuationRules,
    Scene,
    method_of,
    scene,
    standing,
)
from sitplan.analysis.hazard import Ground, depth_at
from sitplan.analysis.method import Parameter, Result, note
from sitplan.analysis.paths import place_on, reach, trips
from sitplan.analysis.profiles import Profile
from sitplan.analysis.routes import drawn, spans

Floats = NDArray[np.float64]

ON_FOOT: Final = frozenset({"pedestrian", "path", "footway", "cycleway", "steps"})


@dataclass(frozen=True, slots=True)
class ProposalRules:
    """What a proposed route must be.

    Parameters
    ----------
    least_new_m
        A block whose way joins another's after so few metres has no route of its own.
    max_slope_pct, min_width_m
        Of a route that is said to be accessible.
    arrive_m
        A route ends on the street where the exit is nearer than that, else at the exit itself.
    """

    least_new_m: float = 150.0
    max_slope_pct: float = 8.0
    min_width_m: float = 1.2
    arrive_m: float = 25.0


PROPOSAL_RULES: Final = ProposalRules()


@dataclass(frozen=True, eq=False)
class _Way:
    """One block's way on the streets, from its door to its exit; metres walked on each edge."""

    block: object
    exit: int
    people: float
    walked: dict[int, float]
    metres: float
    line: shapely.LineString
    depth: int


def propose_routes(
    blocks: gpd.GeoDataFrame,
    *,
    under: Ground,
    profile: Profile,
    meeting_points: gpd.GeoDataFrame,
    safe_zones: gpd.GeoDataFrame,
    zone: object | None = None,
    prefix: str | None = None,
    rivers: gpd.GeoSeries | None = None,
    rules: EvacuationRules = EVACUATION_RULES,
    wanted: ProposalRules = PROPOSAL_RULES,
    on: date | None = None,
) -> Result:
    """Routes that serve the blocks of a hazard's zones, fit for the layer `evacuation_routes`.

    Parameters
    ----------
    zone
        `code` (or index label) of one zone; None proposes for all of the hazard.
    prefix
        Of the codes: ``<prefix>-<n>``. None is ``PROP`` with the hazard, the profile and the zone
        if one is asked for, so that no proposal takes the place of another's.
    rivers
        Lines that a route says it crosses; None leaves it untold where nothing is barred.
    wanted
        What a route must be.
    blocks, under, profile, meeting_points, safe_zones, rules, on
        As `evacuate` takes them.

    Returns
    -------
    Result
        `frame`: one row a route with the layer's fields (`code`, `name`, `hazard`, `from_zone`,
        `to_point`, `surface`, `width_m`, `max_slope_pct`, `has_stairs`, `accessible`,
        `crosses_river`, `vehicle`), `review_state` ``draft``, `visibility` ``internal``, and a
        MultiLineString in the sense of walking; besides, `people` and `blocks` that it serves
        and `metres` of the farthest, which are no fields of the layer. Slope is NaN and
        accessibility ``unknown`` on flat ground: nothing was measured.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    A route begins where the block stands on its street and never goes deeper into the hazard
    than there. Ways that share their streets are one route: the longest goes first.
    """
    stage = scene(blocks, under=under, profile=profile, meeting_points=meeting_points,
                  safe_zones=safe_zones, rules=rules)  # fmt: skip
    ways, deeper, lost = _ways(stage, under, rules, wanted)
    label = under.zones["code"] if "code" in under.zones.columns else under.zones.index.to_series()
    starts = np.array([shapely.get_point(w.line, 0) for w in ways], dtype=object)
    of_zone = _zones_at(under.zones, starts)
    names = [None if z < 0 else label.iloc[z] for z in of_zone]
    rows: list[dict[str, Any]] = []
    taken = [w for w, name in zip(ways, names, strict=True) if zone is None or name == zone]
    zone_of = {id(w): name for w, name in zip(ways, names, strict=True)}
    told = {c: under.network.edges[c].to_numpy() for c in _TOLD}
    asked = ["PROP", under.hazard, profile.name, *([] if zone is None else [str(zone)])]
    of_all = prefix or "-".join(asked)
    for way, served in _merged(taken, wanted):
        said = _row(way, told, under, stage, wanted, rivers)
        metres = max(w.metres for w in served)
        rows.append(
            {
                "code": f"{of_all}-{len(rows) + 1:02d}",
                "name": f"{zone_of[id(way)] or way.block} → {stage.exits['name'].iloc[way.exit]}",
                "hazard": [under.hazard],
                "from_zone": zone_of[id(way)],
                **said,
                "review_state": "draft",
                "visibility": "internal",
                "people": sum(w.people for w in served),
                "blocks": len(served),
                "metres": metres,
            }
        )
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=None if rows else [*COLUMNS, "geometry"]),
        geometry="geometry",
        crs=under.network.crs,
    )
    method = method_of(blocks, under, profile, stage, rules, lost, on)
    method = replace(
        method,
        name="proposed_routes",
        parameters=(
            *method.parameters,
            Parameter("least_new_m", wanted.least_new_m, "m"),
            Parameter("accessible_slope_pct", wanted.max_slope_pct, "%", "ds_50", True),
            Parameter("accessible_width_m", wanted.min_width_m, "m", "width_unverified"),
        ),
    )
    people = round(sum(r["people"] for r in rows))
    served_blocks = sum(r["blocks"] for r in rows)
    method = method.with_notes(
        note("proposed_served", routes=len(rows), blocks=served_blocks, people=people)
    )
    if deeper:
        method = method.with_notes(note("deeper_starts", n=deeper))
    return Result(frame, method)


_TOLD: Final = ("stairs", "width_m", "steepest_pct", "surface", "class")
COLUMNS: Final = (
    "code", "name", "hazard", "from_zone", "to_point", "surface", "width_m", "max_slope_pct",
    "has_stairs", "accessible", "crosses_river", "vehicle", "review_state", "visibility",
    "people", "blocks", "metres",
)  # fmt: skip


def _ways(
    stage: Scene, under: Ground, rules: EvacuationRules, wanted: ProposalRules
) -> tuple[list[_Way], int, float]:
    """The way of each block that has one; how many would go deeper than they start; people lost."""
    ways: list[_Way] = []
    people = np.nan_to_num(stage.people["people"].to_numpy())
    reached = np.zeros(len(people), dtype=bool)
    length = under.network.edges["metres"].to_numpy()
    deepest: list[int] = []
    for depth, access in stage.access.items():
        who = stage.who(depth)
        there = standing(access, stage.targets, rules)
        found = reach(access, there)
        here = place_on(access, stage.people.geometry.iloc[who])
        went = trips(access, found, here)
        reached[who] = went.target >= 0
        for k, i in enumerate(who):
            if went.target[k] < 0:
                continue
            goal = int(went.target[k])
            walked = [s for s in spans(access, found, here, went, k) if s.start != s.end]
            if not walked:
                continue
            far = there.walk_m[goal] > wanted.arrive_m
            last = there.at[[goal]] if far else there.foot[[goal]]
            line = drawn(access, here.foot[[k]], walked, last)
            edges: dict[int, float] = {}
            for s in walked:
                edges[s.edge] = edges.get(s.edge, 0.0) + abs(s.end - s.start) * length[s.edge]
            deepest.append(int(under.depth[list(edges)].max()))
            ways.append(_Way(stage.people.index[i], int(there.label[goal]), float(people[i]),
                             edges, float(went.metres[k]), line, 0))  # fmt: skip
    starts = shapely.get_point(np.array([w.line for w in ways], dtype=object), 0)
    at = depth_at(under.zones, starts)
    kept = [replace(w, depth=int(a)) for w, a, d in zip(ways, at, deepest, strict=True) if d <= a]
    lost = float(people.sum()) - float(people[reached].sum())
    return kept, len(ways) - len(kept), lost


def _merged(ways: list[_Way], wanted: ProposalRules) -> list[tuple[_Way, list[_Way]]]:
    """The ways that become routes, and those that each serves: itself and who joins it."""
    routes: list[tuple[_Way, list[_Way]]] = []
    to: dict[int, list[tuple[_Way, list[_Way]]]] = {}  # by exit: none joins another's
    for way in sorted(ways, key=lambda w: (-w.metres, str(w.block))):
        joined = None
        for first, served in to.setdefault(way.exit, []):
            if first.depth < way.depth:
                continue
            alone = sum(m for e, m in way.walked.items() if e not in first.walked)
            if alone <= wanted.least_new_m:
                joined = served
                break
        if joined is None:
            routes.append((way, [way]))
            to[way.exit].append(routes[-1])
        else:
            joined.append(way)
    return routes


def _zones_at(zones: gpd.GeoDataFrame, points: NDArray[np.object_]) -> NDArray[np.int64]:
    """Position of the zone that each point is in, the nearest one outside all; −1 without zones."""
    found = np.full(len(points), -1, dtype=np.int64)
    if len(zones) and len(points):
        tree = shapely.STRtree(zones.geometry.to_numpy())
        who, zone = tree.query_nearest(points, all_matches=False)
        found[who] = zone
    return found


def _row(
    way: _Way,
    told: Mapping[str, NDArray[Any]],
    under: Ground,
    stage: Scene,
    wanted: ProposalRules,
    rivers: gpd.GeoSeries | None,
) -> dict[str, Any]:
    """The layer's fields that the streets tell; `told`: the columns of the edges."""
    crosses = False if under.barriers else None
    if rivers is not None:
        crosses = bool(rivers.intersects(way.line).any())
    edges = {name: column[list(way.walked)] for name, column in told.items()}
    stairs, width = bool(edges["stairs"].any()), float(edges["width_m"].min())
    steep = np.nan if under.network.is_flat else float(np.nanmax(edges["steepest_pct"]))
    surfaces = {None if pd.isna(s) else s for s in edges["surface"]}
    exit_ = stage.exits.iloc[way.exit]
    if stairs or width < wanted.min_width_m or steep > wanted.max_slope_pct:
        accessible = "no"
    else:
        accessible = "unknown" if np.isnan(steep) else "yes"
    return {
        "to_point": exit_["exit"] if exit_["kind"] == "meeting_points" else None,
        "surface": surfaces.pop() if len(surfaces) == 1 else None,
        "width_m": width,
        "max_slope_pct": steep,
        "has_stairs": stairs,
        "accessible": accessible,
        "crosses_river": crosses,
        "vehicle": "peatonal" if ON_FOOT.intersection(edges["class"]) else "mixta",
        "geometry": shapely.MultiLineString([way.line]),
    }
