"""The way on foot from any place: out of a hazard, or to a green area. Prepared once, asked often.

    escape = Escape.prepare(under, PROFILES["adult"], meeting_points=points, safe_zones=zones)
    escape.way(place)

The ways are those of `evacuation.evacuate`, for one place in place of the blocks of the census.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sitplan.analysis.evacuation import EVACUATION_RULES, EvacuationRules, scene, standing
from sitplan.analysis.green import GREEN_RULES, GreenRules, counted
from sitplan.analysis.hazard import LEVELS, Ground, depth_at
from sitplan.analysis.network import Access
from sitplan.analysis.paths import Places, Reach, Trips, gates, place_on, reach, trips
from sitplan.analysis.profiles import Profile
from sitplan.analysis.routes import Span, drawn, spans

WINDS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
THERE_M: Final = 25.0
"""So near a meeting point somebody is there."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a way along one road.

    `road`: its index label; `metres` of it; `wind`: one of `WINDS`, from its start to its end.
    """

    road: object
    metres: float
    wind: str


@dataclass(frozen=True, eq=False)
class WayOut:
    """Where somebody goes from a place, and how.

    Parameters
    ----------
    level
        Of the hazard at the place; empty outside its zones.
    goal
        Position among the exits.
    metres, minutes
        On the way, the walk to the street counted.
    wind
        One of `WINDS`, from the place to the exit.
    """

    level: str
    goal: int
    metres: float
    minutes: float
    wind: str
    legs: tuple[Leg, ...]
    line: shapely.LineString


@dataclass(frozen=True, eq=False)
class Escape:
    """The exits of one hazard for somebody who walks, and what is known of the ways to them."""

    under: Ground
    whole: Access
    exits: gpd.GeoDataFrame
    targets: gpd.GeoSeries
    rules: EvacuationRules
    _ways: dict[int, tuple[Access, Reach]] = field(default_factory=dict, repr=False)

    @classmethod
    def prepare(
        cls,
        under: Ground,
        profile: Profile,
        *,
        meeting_points: gpd.GeoDataFrame,
        safe_zones: gpd.GeoDataFrame,
        rules: EvacuationRules = EVACUATION_RULES,
    ) -> Escape:
        """Ready for any place; arguments as `evacuate` takes them."""
        nobody = gpd.GeoDataFrame({"population": []}, geometry=[], crs=under.network.crs)
        stage = scene(nobody, under=under, profile=profile, meeting_points=meeting_points,
                      safe_zones=safe_zones, rules=rules)  # fmt: skip
        whole = under.network.graph(profile)
        return cls(under, whole, stage.exits, stage.targets, rules)

    def level(self, point: shapely.Point) -> str:
        """Of the hazard at a place; empty outside its zones."""
        return LEVELS[int(depth_at(self.under.zones, np.array([point]))[0])]

    def goal_at(self, point: shapely.Point) -> int | None:
        """Position of the exit where somebody already stands; None where they have to go."""
        if not len(self.exits) or self.level(point):
            return None
        away = shapely.distance(self.exits.geometry.to_numpy(), point)
        within = np.where(self.exits["kind"] == "meeting_points", THERE_M, 0.0)
        there = np.flatnonzero(away <= within)
        return int(there[0]) if len(there) else None

    def way(self, point: shapely.Point) -> WayOut | None:
        """The way from a place to the nearest exit; None where none is reached."""
        level = self.level(point)
        access, found = self._open(LEVELS.index(level))
        here = place_on(access, gpd.GeoSeries([point], crs=self.under.network.crs))
        went = trips(access, found, here)
        if went.target[0] < 0:
            return None
        goal = int(found.targets.label[went.target[0]])
        steps = spans(access, found, here, went, 0)
        goes_to = found.targets.at[[int(went.target[0])]]
        return WayOut(
            level,
            goal,
            float(went.metres[0]),
            float(went.seconds[0]) / 60 + self.rules.start_delay_min,
            wind((point.x, point.y), goes_to[0]),
            legs(access, steps),
            drawn(access, here.at[[0]], steps, goes_to),
        )

    def _open(self, depth: int) -> tuple[Access, Reach]:
        """The streets open to who starts at a depth, and how far the exits are along them."""
        if depth not in self._ways:
            shut = self.under.barred | (self.under.depth > depth)
            access = self.whole.without(np.flatnonzero(shut))
            self._ways[depth] = access, reach(access, standing(access, self.targets, self.rules))
        return self._ways[depth]


@dataclass(frozen=True, eq=False)
class GreenWalk:
    """The squares and parks that count, and how far they are along the streets."""

    areas: gpd.GeoDataFrame
    access: Access
    found: Reach
    gates: Places

    @classmethod
    def prepare(
        cls, green_areas: gpd.GeoDataFrame, access: Access, rules: GreenRules = GREEN_RULES
    ) -> GreenWalk:
        """Ready for any place: which areas count, and where they are entered, as in `green`."""
        areas = counted(green_areas, rules)
        doors = gpd.GeoSeries([], crs=access.network.crs)
        if len(areas):
            doors = gates(access, areas.geometry, within_m=rules.gate_m)
        there = place_on(access, doors)
        return cls(areas, access, reach(access, there, cost="metres"), there)

    def nearest(self, point: shapely.Point) -> tuple[object, float, float] | None:
        """Index label, metres and minutes of the nearest on foot; None where none is reached."""
        inside = self.areas.index[self.areas.geometry.contains(point).to_numpy()]
        if len(inside):
            return inside[0], 0.0, 0.0
        here = place_on(self.access, gpd.GeoSeries([point], crs=self.access.network.crs))
        went: Trips = trips(self.access, self.found, here)
        if went.target[0] < 0:
            return None
        label = self.gates.label[went.target[0]]
        return label, float(went.metres[0]), float(went.seconds[0]) / 60


def nearest_straight(areas: gpd.GeoDataFrame, shape: BaseGeometry) -> tuple[object, float] | None:
    """Index label and metres of the nearest as the crow flies; None where there is none."""
    if not len(areas):
        return None
    away = shapely.distance(areas.geometry.to_numpy(), shape)
    first = int(np.nanargmin(away))
    return areas.index[first], float(away[first])


def legs(access: Access, steps: Sequence[Span]) -> tuple[Leg, ...]:
    """The stretches of a way, those along one road together."""
    edges, lines = access.network.edges, access.network.lines
    roads, metres = edges["road"].to_numpy(), edges["metres"].to_numpy()
    found: list[tuple[object, float, shapely.Point, shapely.Point]] = []
    for one in steps:
        length = abs(one.end - one.start) * float(metres[one.edge])
        first, last = (
            shapely.line_interpolate_point(lines[one.edge], share, normalized=True)
            for share in (one.start, one.end)
        )
        road = roads[one.edge]
        if found and found[-1][0] == road:
            found[-1] = (road, found[-1][1] + length, found[-1][2], last)
        elif length > 0:
            found.append((road, length, first, last))
    return tuple(Leg(r, m, wind((a.x, a.y), (b.x, b.y))) for r, m, a, b in found)


def wind(here: Sequence[float], there: Sequence[float]) -> str:
    """Which of `WINDS` leads from here to there."""
    angle = np.degrees(np.arctan2(there[0] - here[0], there[1] - here[1])) % 360
    return WINDS[int((angle + 22.5) // 45) % 8]
