"""Evacuation on foot, and the routes that would serve it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sitplan.analysis.method import Result
from sitplan.errors import BadRequest
from sitplan.offering import PROFILE, Analysis, Ground, value
from sitplan.offers.green import OF
from sitplan.offers.sketches import codes, collection_of, figures_named, shapes_of

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


def _given(ground: Ground, on: date, inputs: Mapping[str, Any], *, is_named: bool = True) -> _Given:
    from sitplan.analysis.hazard import RIVER_HAZARDS, named_hazards
    from sitplan.analysis.hazard import ground as flooded
    from sitplan.analysis.profiles import PROFILES

    zones, hazard = ground.read("hazard_zones", on), inputs["hazard"]
    points, safe = ground.read("meeting_points", on), ground.read("safe_zones", on)
    known = named_hazards(zones, points, safe)
    if is_named and hazard not in known:
        raise BadRequest("wrong_choice", name="hazard", value=hazard, known=", ".join(known))
    rivers = None
    if hazard in RIVER_HAZARDS:
        rivers = _rivers(ground, on)
    net = ground.network(on)
    return _Given(
        ground.read("census_blocks", on).set_index("code", drop=False),
        flooded(net, zones, hazard=hazard, barriers=rivers),
        PROFILES[inputs["profile"]],
        points,
        safe,
    )


def _rivers(ground: Ground, on: date) -> gpd.GeoSeries:
    water = ground.read("waterways", on)
    return water[water["class"] == "river"].geometry


def _rules(inputs: Mapping[str, Any]) -> Any:
    from sitplan.analysis.evacuation import EvacuationRules

    return EvacuationRules(
        within_min=inputs["within_min"],
        start_delay_min=inputs["start_delay_min"],
        m2_per_person=inputs["m2_per_person"],
    )


def _asked(given: _Given, inputs: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What each function of evacuation is asked with."""
    return {
        "under": given.under,
        "profile": given.profile,
        "meeting_points": given.meeting_points,
        "safe_zones": given.safe_zones,
        "rules": _rules(inputs),
        "on": on,
    }


def _closing(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: inputs[name] for name in ("closed_roads", "closed_exits")}


def _shared(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.sharing import share_out

    given = _given(ground, on, inputs)
    found = share_out(given.blocks, **_asked(given, inputs, on), **_closing(inputs))
    table = found.frame
    names = table["block"].astype(str) + "-" + table["exit"].fillna("-").astype(str)
    return Result(table.assign(code=names), found.method, found.totals)


def _fallen(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.resilience import fallen

    given = _given(ground, on, inputs)
    return fallen(given.blocks, **_asked(given, inputs, on), roads=inputs["roads"] or None)


def _evacuation_what_if(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    import pandas as pd

    from sitplan.analysis.evacuation import evacuate
    from sitplan.analysis.whatif import compared

    given = _given(ground, on, inputs)
    asked = _asked(given, inputs, on)
    before = evacuate(given.blocks, **asked)
    if "new_points" in inputs:
        drawn = shapes_of(
            inputs["new_points"], ground.territory, wrong="wrong_draft", shapes=("Point",),
            numbers=("usable_m2", "capacity"),
        ).reset_index()  # fmt: skip
        drawn = drawn.assign(hazard=[[inputs["hazard"]] for _ in drawn.index], name=drawn["code"])
        points = asked["meeting_points"]
        points = points[~points["code"].isin(drawn["code"])]
        asked["meeting_points"] = pd.concat(
            [points, drawn.reindex(columns=points.columns)], ignore_index=True
        )
    after = evacuate(given.blocks, **asked, **_closing(inputs))
    one, other = (Result(e.blocks, e.method, e.totals) for e in (before, after))
    return figures_named(compared(one, other))


def _safety_by_area(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    return safety_by_areas(ground, on, inputs, (inputs["of"],))[inputs["of"]]


def safety_by_areas(
    ground: Ground, on: date, inputs: Mapping[str, Any], kinds: Sequence[str]
) -> dict[str, Result]:
    """Of each kind of areas what `safety_by_area` finds: people flee once, and are added up."""
    from sitplan.analysis.byarea import safety_by_area
    from sitplan.analysis.evacuation import evacuate

    areas = {kind: ground.read(kind, on).set_index("code") for kind in kinds}
    given = _given(ground, on, inputs, is_named=False)
    found = evacuate(given.blocks, **_asked(given, inputs, on))
    return {
        kind: safety_by_area(frame, blocks=given.blocks, evacuation=found)
        for kind, frame in areas.items()
    }


def _summary(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.hazard import RIVER_HAZARDS, named_hazards
    from sitplan.analysis.resilience import evacuate_all, evacuation_summary

    zones, rivers = ground.read("hazard_zones", on), _rivers(ground, on)
    points, safe = ground.read("meeting_points", on), ground.read("safe_zones", on)
    found = evacuation_summary(
        evacuate_all(
            ground.read("census_blocks", on).set_index("code", drop=False),
            network=ground.network(on),
            hazard_zones=zones,
            hazards=named_hazards(zones, points, safe),
            meeting_points=points,
            safe_zones=safe,
            barriers=dict.fromkeys(RIVER_HAZARDS, rivers),
            rules=_rules(inputs),
            on=on,
        )
    )
    table = found.frame.reset_index()
    return Result(table.assign(code=table["hazard"] + "-" + table["profile"]), found.method)


def _evacuation(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.evacuation import evacuate

    given = _given(ground, on, inputs)
    found = evacuate(given.blocks, **_asked(given, inputs, on), **_closing(inputs))
    return Result(getattr(found, inputs["part"]), found.method, found.totals)


def _routes(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.proposals import propose_routes

    given = _given(ground, on, inputs)
    zone = inputs.get("zone")
    codes = list(given.under.zones["code"])
    if zone is not None and zone not in codes:
        raise BadRequest("wrong_choice", name="zone", value=zone, known=", ".join(codes))
    rivers = _rivers(ground, on)
    return propose_routes(given.blocks, zone=zone, rivers=rivers, **_asked(given, inputs, on))


def _number(name: str, lowest: float, highest: float, usual: float) -> Any:
    return value(name, {"type": "number", "minimum": lowest, "maximum": highest, "default": usual})


_COMMON: Final = {
    "hazard": value("hazard", {"type": "string", "pattern": "^[a-z_]{1,40}$"}, required=True),
    "profile": PROFILE,
    "within_min": _number("within_min", 1, 600, 15),
    "start_delay_min": _number("start_delay_min", 0, 600, 0),
    "m2_per_person": _number("m2_per_person", 0.1, 20, 1),
}

_CLOSING: Final = {"closed_roads": codes("closed_roads"), "closed_exits": codes("closed_exits")}
_TIMES: Final = {n: _COMMON[n] for n in ("within_min", "start_delay_min", "m2_per_person")}

OFFERS: Final = (
    Analysis("safety_by_area", "1.0.0", {"of": OF, **_COMMON}, _safety_by_area, show="mean_min"),
    Analysis("evacuation_shared", "1.0.0", {**_COMMON, **_CLOSING}, _shared),
    Analysis(
        "evacuation_fallen",
        "1.0.0",
        {**_COMMON, "roads": codes("fallen_roads")},
        _fallen,
        show="cut_off",
    ),
    Analysis(
        "evacuation_what_if",
        "1.0.0",
        {**_COMMON, **_CLOSING, "new_points": value("new_points", collection_of(1, 50))},
        _evacuation_what_if,
    ),
    Analysis("evacuation_summary", "1.0.0", _TIMES, _summary),
    Analysis(
        "evacuation",
        "1.0.0",
        {
            **_COMMON,
            **_CLOSING,
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
