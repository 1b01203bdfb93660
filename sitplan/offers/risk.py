"""Evacuation on foot, and the routes that would serve it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sitplan.analysis.method import Result
from sitplan.errors import BadRequest
from sitplan.offering import PROFILE, Analysis, Ground, value

if TYPE_CHECKING:
    import geopandas as gpd

    from sitplan.analysis.hazard import Ground as Flooded
    from sitplan.analysis.profiles import Profile


@dataclass(frozen=True, slots=True)
class _Given:
    """What an evacuation is computed from."""

    blocks: gpd.GeoDataFrame
    under: Flooded
    profile: Profile
    meeting_points: gpd.GeoDataFrame
    safe_zones: gpd.GeoDataFrame


def _given(ground: Ground, on: date, inputs: Mapping[str, Any]) -> _Given:
    from sitplan.analysis.hazard import RIVER_HAZARDS, named_hazards
    from sitplan.analysis.hazard import ground as flooded
    from sitplan.analysis.profiles import PROFILES

    zones, hazard = ground.read("hazard_zones", on), inputs["hazard"]
    points, safe = ground.read("meeting_points", on), ground.read("safe_zones", on)
    known = named_hazards(zones, points, safe)
    if hazard not in known:
        raise BadRequest("wrong_choice", name="hazard", value=hazard, known=", ".join(known))
    rivers = None
    if hazard in RIVER_HAZARDS:
        water = ground.read("waterways", on)
        rivers = water[water["class"] == "river"].geometry
    net = ground.network(on)
    return _Given(
        ground.read("census_blocks", on).set_index("code", drop=False),
        flooded(net, zones, hazard=hazard, barriers=rivers),
        PROFILES[inputs["profile"]],
        points,
        safe,
    )


def _rules(inputs: Mapping[str, Any]) -> Any:
    from sitplan.analysis.evacuation import EvacuationRules

    return EvacuationRules(
        within_min=inputs["within_min"],
        start_delay_min=inputs["start_delay_min"],
        m2_per_person=inputs["m2_per_person"],
    )


def _evacuation(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.evacuation import evacuate

    given = _given(ground, on, inputs)
    found = evacuate(
        given.blocks,
        under=given.under,
        profile=given.profile,
        meeting_points=given.meeting_points,
        safe_zones=given.safe_zones,
        rules=_rules(inputs),
        closed_roads=inputs["closed_roads"],
        closed_exits=inputs["closed_exits"],
        on=on,
    )
    return Result(getattr(found, inputs["part"]), found.method, found.totals)


def _routes(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.proposals import propose_routes

    given = _given(ground, on, inputs)
    zone = inputs.get("zone")
    codes = list(given.under.zones["code"])
    if zone is not None and zone not in codes:
        raise BadRequest("wrong_choice", name="zone", value=zone, known=", ".join(codes))
    return propose_routes(
        given.blocks,
        under=given.under,
        profile=given.profile,
        meeting_points=given.meeting_points,
        safe_zones=given.safe_zones,
        zone=zone,
        rules=_rules(inputs),
        on=on,
    )


def _codes(name: str) -> Any:
    code = {"type": "string", "minLength": 1, "maxLength": 100}
    return value(name, {"type": "array", "items": code, "maxItems": 50, "default": []})


def _number(name: str, lowest: float, highest: float, usual: float) -> Any:
    return value(name, {"type": "number", "minimum": lowest, "maximum": highest, "default": usual})


_COMMON: Final = {
    "hazard": value("hazard", {"type": "string", "pattern": "^[a-z_]{1,40}$"}, required=True),
    "profile": PROFILE,
    "within_min": _number("within_min", 1, 600, 15),
    "start_delay_min": _number("start_delay_min", 0, 600, 0),
    "m2_per_person": _number("m2_per_person", 0.1, 20, 1),
}

OFFERS: Final = (
    Analysis(
        "evacuation",
        "1.0.0",
        {
            **_COMMON,
            "closed_roads": _codes("closed_roads"),
            "closed_exits": _codes("closed_exits"),
            "part": value(
                "part",
                {"type": "string", "enum": ["blocks", "exits", "edges"], "default": "blocks"},
            ),
        },
        _evacuation,
        show=None,
    ),
    Analysis(
        "evacuation_routes_proposed",
        "1.0.0",
        {**_COMMON, "zone": value("zone", {"type": "string", "minLength": 1, "maxLength": 100})},
        _routes,
        show=None,
    ),
)
