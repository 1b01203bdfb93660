"""Evacuation on foot: how long each block takes to a safe place, by which way, and with how many.

    under = ground(network, hazard_zones, hazard="flood", barriers=rivers)
    found = evacuate(blocks, under=under, profile=PROFILES["older"],
                     meeting_points=points, safe_zones=zones)
    found.blocks, found.exits, found.edges, found.totals, found.method

Nobody is led through deeper hazard than where they start, nor to a point inside the hazard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sitplan.analysis.hazard import LEVELS, Ground, depth_at, exposed, serves
from sitplan.analysis.method import Method, Parameter, input_of, note, relief_note
from sitplan.analysis.network import Access, require_metres
from sitplan.analysis.paths import Places, gates, place_on, reach, trips
from sitplan.analysis.people import per
from sitplan.analysis.profiles import Profile
from sitplan.analysis.routes import Span, crowds, drawn, spans
from sitplan.errors import BadRequest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EvacuationRules:
    """What is asked of an evacuation.

    Parameters
    ----------
    within_min
        People who arrive within so many minutes are covered.
    start_delay_min
        Between the alarm and the first step.
    m2_per_person
        Of a meeting point's usable area.
    gate_m
        A street that passes so near a safe zone enters it.
    off_street_m
        An exit farther from every street that is open to who walks is not reached.
    """

    within_min: float = 15.0
    start_delay_min: float = 0.0
    m2_per_person: float = 1.0
    gate_m: float = 30.0
    off_street_m: float = 60.0

    def told(self) -> tuple[Parameter, ...]:
        """As parameters with units and sources."""
        return (
            Parameter("within_min", self.within_min, "min", "municipal_plan"),
            Parameter("start_delay_min", self.start_delay_min, "min", "municipal_plan"),
            Parameter("m2_per_person", self.m2_per_person, "m²", "standing_unverified"),
            Parameter("exit_gate_m", self.gate_m, "m"),
            Parameter("off_street_m", self.off_street_m, "m"),
        )


EVACUATION_RULES: Final = EvacuationRules()


@dataclass(frozen=True, eq=False)
class Evacuation:
    """What `evacuate` finds.

    `blocks`, `exits`, `edges`: frames; `totals`: figures of all; `method`: of all of it.
    """

    blocks: gpd.GeoDataFrame
    exits: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    totals: Mapping[str, float]
    method: Method


@dataclass(frozen=True, eq=False)
class Scene:
    """People, exits, and the streets open to those who start at each depth."""

    people: gpd.GeoDataFrame
    exits: gpd.GeoDataFrame
    targets: gpd.GeoSeries
    access: Mapping[int, Access]
    left_out: int
    sources: Mapping[str, str | None]

    def who(self, depth: int) -> Ints:
        """Positions of the blocks that start at a depth."""
        return np.flatnonzero(self.people["depth"].to_numpy() == depth)


def scene(
    blocks: gpd.GeoDataFrame,
    *,
    under: Ground,
    profile: Profile,
    meeting_points: gpd.GeoDataFrame,
    safe_zones: gpd.GeoDataFrame,
    rules: EvacuationRules = EVACUATION_RULES,
    closed_roads: Iterable[object] = (),
    closed_exits: Iterable[object] = (),
    depths: Iterable[int] = (),
) -> Scene:
    """The same for every way of sharing people out; arguments as `evacuate` takes them.

    `depths` are those that somebody may start at besides those where blocks lie.
    """
    require_metres(blocks, meeting_points, safe_zones, gpd.GeoSeries([], crs=under.network.crs))
    people = exposed(blocks, under.zones)
    whole = under.network.graph(profile, closed=closed_roads)
    access = {}
    for depth in sorted({*people["depth"], *depths}):
        shut = under.barred | (under.depth > depth)
        access[int(depth)] = whole.without(np.flatnonzero(shut))
    gone = list(closed_exits)
    points = meeting_points[serves(meeting_points, under.hazard)]
    safe = depth_at(under.zones, points.geometry.to_numpy()) == 0
    if not profile.stairs and "accessible" in points.columns:
        safe &= np.asarray(points["accessible"].ne("no").fillna(True), dtype=bool)
    zones = safe_zones[serves(safe_zones, under.hazard)]
    tables = [_exits(points[safe], "meeting_points", rules), _exits(zones, "safe_zones", rules)]
    exits = pd.concat(tables, ignore_index=True)
    known = {*_labels(meeting_points), *_labels(safe_zones)}
    strangers = [str(c) for c in gone if c not in known]
    if strangers:
        raise BadRequest("nothing_to_close", features=", ".join(strangers))
    exits = exits[~exits["exit"].isin(gone)].reset_index(drop=True)
    doors = [gpd.GeoSeries([], crs=under.network.crs)]
    at_point = exits["kind"] == "meeting_points"
    if at_point.any():
        doors.append(exits.geometry[at_point])
    if (~at_point).any():
        doors.append(gates(whole, exits.geometry[~at_point], within_m=rules.gate_m))
    targets = gpd.GeoSeries(pd.concat(doors), crs=under.network.crs)
    said = {"meeting_points": meeting_points, "safe_zones": safe_zones}
    sources = {name: frame.attrs.get("source") for name, frame in said.items()}
    return Scene(people, gpd.GeoDataFrame(exits, geometry="geometry", crs=blocks.crs), targets,
                 access, int((~safe).sum()), sources)  # fmt: skip


def standing(access: Access, targets: gpd.GeoSeries, rules: EvacuationRules) -> Places:
    """Exits on the streets open to who walks; those too far from them stand nowhere."""
    there = place_on(access, targets)
    far = there.walk_m > rules.off_street_m
    return replace(there, edge=np.where(far, -1, there.edge))


def _labels(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The code of each row, else its index label."""
    return np.asarray(frame["code"] if "code" in frame.columns else frame.index, dtype=object)


def _exits(frame: gpd.GeoDataFrame, kind: str, rules: EvacuationRules) -> gpd.GeoDataFrame:
    """Label, place and capacity (people, NaN where unknown) of safe places."""
    label = _labels(frame)
    named = frame["name"].to_numpy() if "name" in frame.columns else label

    def numbers(name: str) -> Floats:
        if name not in frame.columns:
            return np.full(len(frame), np.nan)
        return np.asarray(pd.to_numeric(frame[name]).astype("float64"), dtype=np.float64)

    by_area = numbers("usable_m2") / rules.m2_per_person
    holds = np.where(np.isnan(by_area), numbers("capacity"), by_area)
    return gpd.GeoDataFrame(
        {"exit": label, "kind": kind, "name": named, "capacity": holds},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    )


def evacuate(
    blocks: gpd.GeoDataFrame,
    *,
    under: Ground,
    profile: Profile,
    meeting_points: gpd.GeoDataFrame,
    safe_zones: gpd.GeoDataFrame,
    rules: EvacuationRules = EVACUATION_RULES,
    closed_roads: Iterable[object] = (),
    closed_exits: Iterable[object] = (),
    on: date | None = None,
) -> Evacuation:
    """Where the people of each block in a hazard go, how long it takes and by which way.

    Parameters
    ----------
    blocks
        Polygons or points with `population`; missing adds nobody.
    under
        From `ground`: the streets under the hazard.
    profile
        Who walks. One who cannot take stairs goes to no point that says it is not accessible.
    meeting_points
        Points with `hazard`, `usable_m2`, `capacity`, `accessible`; only those of the hazard and
        outside its zones count.
    safe_zones
        Polygons with `hazard`; entered where streets do.
    closed_roads
        Index labels of roads that are closed, as a bridge that fell.
    closed_exits
        `code` (or index label) of points and zones that are closed.
    on
        The day that the frames stand for; None is today.

    Returns
    -------
    Evacuation
        `blocks`: one row a block in the hazard: `people`, `level`, `kind` and `exit` (None where
        none is reached), `minutes` and `metres` (NaN where none), `covered` (within
        `rules.within_min`), `arrival_min` of the hazard, `in_time` (NA where no arrival is
        known), and the way as geometry. `exits`: `people` assigned, `capacity`, `load` (over 1
        is overloaded), `minutes` (the last to arrive). `edges`: `people` who depend on each
        stretch (the most who pass any place of it), `width_m`, `people_per_m`, most first.
        `totals`: `people`, `reached`, `covered`, `reached_pct`, `covered_pct`, `mean_min`,
        `max_load`.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    BadRequest
        ``nothing_to_close`` where a road or exit to close is not there.

    Notes
    -----
    Time is the sum over the way of length over speed, slowed by slope (Tobler), plus the delay.
    Everybody goes to the nearest exit, whatever it holds: `share_out` fills them by capacity.
    """
    stage = scene(blocks, under=under, profile=profile, meeting_points=meeting_points,
                  safe_zones=safe_zones, rules=rules, closed_roads=closed_roads,
                  closed_exits=closed_exits)  # fmt: skip
    n = len(stage.people)
    minutes, metres = np.full(n, np.nan), np.full(n, np.nan)
    goal, ways = np.full(n, -1, dtype=np.int64), np.full(n, None, dtype=object)
    walked: list[tuple[Span, float]] = []
    people = np.nan_to_num(stage.people["people"].to_numpy())
    for depth, access in stage.access.items():
        who = stage.who(depth)
        there = standing(access, stage.targets, rules)
        found = reach(access, there)
        here = place_on(access, stage.people.geometry.iloc[who])
        went = trips(access, found, here)
        reached = went.target >= 0
        minutes[who] = np.where(reached, went.seconds / 60 + rules.start_delay_min, np.nan)
        metres[who] = np.where(reached, went.metres, np.nan)
        label = there.label.astype(np.int64) if len(there.label) else np.empty(0, dtype=np.int64)
        goal[who[reached]] = label[went.target[reached]]
        for k, i in enumerate(who):
            if reached[k]:
                steps = spans(access, found, here, went, k)
                walked += [(s, float(people[i])) for s in steps]
                goes_to = there.at[[int(went.target[k])]]
                ways[i] = drawn(access, here.at[[k]], steps, goes_to)
    frame = _blocks(stage, under, goal, minutes, metres, ways, rules)
    exits = _loads(stage.exits, goal, people, minutes)
    edges = under.network.edges
    through = crowds(walked, len(edges))
    used = np.flatnonzero(through > 0)
    depends = gpd.GeoDataFrame(
        {
            "road": edges["road"].to_numpy()[used],
            "people": through[used],
            "width_m": edges["width_m"].to_numpy()[used],
            "people_per_m": through[used] / edges["width_m"].to_numpy()[used],
            "bridge": edges["bridge"].to_numpy()[used],
        },
        geometry=under.network.lines[used],
        crs=blocks.crs,
    ).sort_values(["people_per_m", "road"], ascending=[False, True], ignore_index=True)
    totals = _totals(frame, exits)
    lost = totals["people"] - totals["reached"]
    method = method_of(blocks, under, profile, stage, rules, lost, on)
    return Evacuation(frame, exits, depends, totals, method)


def _blocks(
    stage: Scene,
    under: Ground,
    goal: Ints,
    minutes: Floats,
    metres: Floats,
    ways: NDArray[np.object_],
    rules: EvacuationRules,
) -> gpd.GeoDataFrame:
    arrival = stage.people["arrival_min"].to_numpy()
    reached = goal >= 0
    names = {}
    for column in ("kind", "exit"):
        chosen = np.full(len(goal), None, dtype=object)
        chosen[reached] = stage.exits[column].to_numpy(dtype=object)[goal[reached]]
        names[column] = chosen
    in_time = pd.arrays.BooleanArray(np.nan_to_num(minutes, nan=np.inf) <= arrival,
                                     np.isnan(arrival))  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "people": stage.people["people"].to_numpy(),
            "level": [LEVELS[d] for d in stage.people["depth"]],
            **names,
            "minutes": minutes,
            "metres": metres,
            "covered": minutes <= rules.within_min,
            "arrival_min": arrival,
            "in_time": in_time,
        },
        index=stage.people.index,
        geometry=ways,
        crs=under.network.crs,
    )


def _loads(
    exits: gpd.GeoDataFrame, goal: Ints, people: Floats, minutes: Floats
) -> gpd.GeoDataFrame:
    reached = goal >= 0
    count = np.bincount(goal[reached], weights=people[reached], minlength=len(exits)).astype(float)
    last = np.full(len(exits), np.nan)
    np.fmax.at(last, goal[reached], minutes[reached])
    holds = exits["capacity"].to_numpy()
    return exits.assign(people=count, load=per(count, np.nan_to_num(holds)), minutes=last)


def _totals(frame: gpd.GeoDataFrame, exits: gpd.GeoDataFrame) -> dict[str, float]:
    people = np.nan_to_num(frame["people"].to_numpy())
    reached = np.isfinite(frame["minutes"].to_numpy())
    covered = frame["covered"].to_numpy(dtype=bool)
    whole, arrive = float(people.sum()), float(people[reached].sum())
    loads = exits["load"].to_numpy()
    walked = float((people[reached] * frame["minutes"].to_numpy()[reached]).sum())
    return {
        "people": whole,
        "reached": arrive,
        "covered": float(people[covered].sum()),
        "reached_pct": 100 * arrive / whole if whole else np.nan,
        "covered_pct": 100 * float(people[covered].sum()) / whole if whole else np.nan,
        "mean_min": walked / arrive if arrive else np.nan,
        "max_load": float(np.nanmax(loads)) if np.isfinite(loads).any() else np.nan,
    }


def method_of(
    blocks: gpd.GeoDataFrame,
    under: Ground,
    profile: Profile,
    stage: Scene,
    rules: EvacuationRules,
    lost: float,
    on: date | None,
) -> Method:
    """How it was computed; `lost`: people who reach no exit. The others as `evacuate` has them."""
    notes = [relief_note(under.network.relief)]
    if not len(under.zones):
        notes.append(note("no_zones"))
    if stage.left_out:
        notes.append(note("exits_left_out", n=stage.left_out))
    if lost > 0:
        notes.append(note("nowhere_to_go", people=round(lost)))
    kinds = stage.exits["kind"]
    return Method(
        "evacuation",
        on or date.today(),
        (
            input_of("census_blocks", blocks, value="population", year="population_year"),
            input_of("hazard_zones", under.zones),
            *(
                input_of(name, stage.exits[kinds == name], source=stage.sources[name])
                for name in ("meeting_points", "safe_zones")
            ),
        ),
        (
            Parameter("hazard", under.hazard),
            Parameter("profile", profile.told(), "", profile.source),
            *rules.told(),
            Parameter("barriers", under.barriers),
            Parameter("slope", "Tobler", "", "tobler_1993", True),
        ),
        tuple(notes),
    )
