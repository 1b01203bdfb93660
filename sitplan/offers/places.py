"""Rural localities, investment, progress of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from pandas import DataFrame

from sitplan.analysis.method import Parameter, Result
from sitplan.offering import Analysis, Ground, value

SNAP_M: Final = 1.0
"""Streets drawn to within this of another are joined: hands do not draw to the decimetre."""


def _weights(names: tuple[str, ...]) -> Mapping[str, Any]:
    number = {"type": "number", "minimum": 0, "maximum": 1000}
    return {
        "type": "object",
        "properties": dict.fromkeys(names, number),
        "additionalProperties": False,
        "minProperties": 1,
        "default": dict.fromkeys(names, 1),
    }


def _rural_access(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    import geopandas as gpd

    from sitplan.analysis.access import rural_access

    localities = ground.read("rural_localities", on)
    facilities = ground.read("facilities", on)
    roads = ground.network(on, snap_m=SNAP_M)
    centre = ground.territory.facts["view"]["center"]
    city = gpd.GeoSeries(gpd.points_from_xy([centre[0]], [centre[1]]), crs=4326)
    found = rural_access(
        localities, facilities, roads, city=city.to_crs(localities.crs), on=on,
        weights=inputs["weights"],
    )  # fmt: skip
    return _told(found, Parameter("city_centre", centre), Parameter("snap_m", SNAP_M, "m"))


def _told(found: Result, *more: Parameter) -> Result:
    """The result with parameters that were set before its function was called."""
    method = replace(found.method, parameters=(*found.method.parameters, *more))
    return replace(found, method=method)


def _reach(inputs: Mapping[str, Any]) -> tuple[Parameter, ...]:
    if inputs["areas"] != "rural_localities":
        return ()
    return (Parameter("locality_reach_m", inputs["reach_m"], "m"),)


_AREAS: Final = ("neighbourhoods", "rural_localities", "census_districts")


def _ledger(ground: Ground, on: date, inputs: Mapping[str, Any]) -> tuple[DataFrame, DataFrame]:
    from sitplan.analysis.investment import locality_areas, spread

    areas = ground.read(inputs["areas"], on)
    if inputs["areas"] == "rural_localities":
        areas = locality_areas(areas, reach_m=inputs["reach_m"])
    plan, places = ground.read("initiatives", on), ground.read("project_locations", on)
    objectives = ground.read("objectives", on) if inputs.get("by") == "strategy" else None
    return spread(plan, places, areas, objectives=objectives), areas


def _investment_by_area(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.investment import investment_by_area

    ledger, areas = _ledger(ground, on, inputs)
    found = investment_by_area(
        ledger,
        areas,
        on=on,
        fewest=inputs["fewest_people"],
        name=inputs["areas"],
        deficit=_green_missing(ground, areas, on) if inputs["per_deficit"] else None,
    )
    return _told(found, *_reach(inputs))


def _green_missing(ground: Ground, areas: Any, on: date) -> Any:
    """Square metres of green area that each area lacks, by its code."""
    from sitplan.analysis.green import green_indicators

    found = green_indicators(
        areas.set_index("code"),
        blocks=ground.read("census_blocks", on).set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        on=on,
    )
    return found.frame["green_deficit_m2"]


def _investment_by(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.investment import investment_by

    ledger, _ = _ledger(ground, on, inputs)
    return _told(investment_by(ledger, inputs["by"], on=on), *_reach(inputs))


def _plan_progress(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.progress import plan_progress

    return plan_progress(
        ground.read("initiatives", on),
        ground.read("project_locations", on),
        on=on,
        with_invented=inputs["with_invented"],
    )


_AREAS_VALUE = value("areas", {"type": "string", "enum": list(_AREAS), "default": "neighbourhoods"})
_REACH = value("reach_m", {"type": "number", "minimum": 100, "maximum": 50_000, "default": 2000})

OFFERS: Final = (
    Analysis(
        "rural_access",
        "1.0.0",
        {"weights": value("weights", _weights(("city", "health", "school", "paved", "services")))},
        _rural_access,
        show="need",
    ),
    Analysis(
        "investment_by_area",
        "1.0.0",
        {
            "areas": _AREAS_VALUE,
            "reach_m": _REACH,
            "per_deficit": value("per_deficit", {"type": "boolean", "default": False}),
            "fewest_people": value(
                "fewest_people",
                {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 30},
            ),
        },
        _investment_by_area,
        show="clp_per_inhabitant",
    ),
    Analysis(
        "investment_by",
        "1.0.0",
        {
            "by": value(
                "by",
                {
                    "type": "string",
                    "enum": ["strategy", "theme", "source", "year", "status", "place"],
                    "default": "strategy",
                },
            ),
            "areas": _AREAS_VALUE,
            "reach_m": _REACH,
        },
        _investment_by,
    ),
    Analysis(
        "plan_progress",
        "1.0.0",
        {"with_invented": value("with_invented", {"type": "boolean", "default": False})},
        _plan_progress,
    ),
)
