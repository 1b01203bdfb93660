"""What people have within reach, by area: a safe place in time, green area on foot.

    found = safety_by_area(neighbourhoods, blocks=blocks, evacuation=evacuate(blocks, …))
    found = green_nearby(neighbourhoods, blocks=blocks, green_areas=green, access=on_foot)

A sum inside an area says little of small ones: hardly a block has a square of its own. What is in
reach of who lives there says how they live.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.evacuation import Evacuation
from sitplan.analysis.green import GREEN_RULES, KINDS, SQUARE, GreenRules, counted
from sitplan.analysis.method import Method, Parameter, Result, input_of, note, relief_note
from sitplan.analysis.network import Access, require_metres
from sitplan.analysis.people import doors, metres_to, people_of, per, shares, summed

Floats = NDArray[np.float64]
WITHIN_MIN: Final = (15, 30)
FEW: Final = 30.0


def safety_by_area(
    areas: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    evacuation: Evacuation,
    few: float = FEW,
) -> Result:
    """How long who lives in each area and in the hazard takes to a safe place.

    Parameters
    ----------
    areas
        Polygons in the blocks' CRS; they may overlap or leave people out.
    blocks
        As `evacuate` took them, with the same index.
    evacuation
        Of one hazard and profile.
    few
        Areas with fewer people in the hazard show sums but no rates.

    Returns
    -------
    Result
        `frame`, indexed like `areas`, with their geometry: `population`; `exposed` (people in the
        hazard), `reached` (those of them who reach a safe place), `mean_min` (minutes, weighted by
        people, of who reaches one), `within_15_pct`, `within_30_pct` (of the exposed), `too_few`
        (somebody is exposed, but fewer than `few`: no rates). Rates are NaN where nobody is.
        `totals`: the same of all blocks.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(areas, blocks)
    flees = evacuation.blocks
    people, minutes = np.nan_to_num(flees["people"].to_numpy()), flees["minutes"].to_numpy()
    lives = shares(blocks.geometry, areas.geometry)
    danger = shares(blocks.geometry.loc[flees.index], areas.geometry)
    n = len(areas)
    frame = _safety(people, minutes, danger, n, few)
    frame.insert(0, "population", summed(lives, people_of(blocks), n))
    names = {"name": areas["name"]} if "name" in areas.columns else {}
    whole = pd.DataFrame({"part": np.arange(len(flees)), "area": 0, "share": 1.0})
    totals = {
        str(c): float(v)
        for c, v in _safety(people, minutes, whole, 1, few).iloc[0].items()
        if c != "too_few"
    }
    method = replace(
        evacuation.method,
        name="safety_by_area",
        inputs=(input_of("areas", areas), *evacuation.method.inputs),
        parameters=(*evacuation.method.parameters, Parameter("few", few, "", "disclosure")),
    )
    shown = gpd.GeoDataFrame(
        frame.set_axis(areas.index).assign(**names), geometry=areas.geometry, crs=areas.crs
    )
    return Result(shown, method, totals)


def _safety(
    people: Floats, minutes: Floats, parts: pd.DataFrame, n: int, few: float
) -> pd.DataFrame:
    arrives = np.isfinite(minutes)
    exposed = summed(parts, people, n)
    reached = summed(parts, np.where(arrives, people, 0.0), n)
    enough = exposed > few - 1e-6  # sums of shares are not exact
    walked = summed(parts, np.where(arrives, people * np.nan_to_num(minutes), 0.0), n)
    within = {
        f"within_{limit}_pct": 100
        * per(summed(parts, np.where(minutes <= limit, people, 0.0), n), exposed, enough)
        for limit in WITHIN_MIN
    }
    return pd.DataFrame(
        {
            "exposed": exposed,
            "reached": reached,
            "mean_min": per(walked, reached, enough),
            **within,
            "too_few": ~enough & (exposed > 0),
        }
    )


def green_nearby(
    areas: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    access: Access,
    rules: GreenRules = GREEN_RULES,
    on: date | None = None,
) -> Result:
    """Square metres of green area in reach on foot, for each inhabitant who shares them.

    Parameters
    ----------
    areas, blocks, green_areas, access, rules, on
        As `green_indicators` takes them.

    Returns
    -------
    Result
        `frame`, indexed like `areas`, with their geometry: `population`, `near_m2_per_inhabitant`,
        `squares_near` and `parks_near` (how many are in reach, mean of the inhabitants), `too_few`
        (fewer than `rules.few`: no rates, NaN). `totals`: the same of all blocks, and `unshared_m2`
        of green areas that nobody reaches.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    Two-step floating catchment (Luo and Wang, 2003): the surface of each square and park is shared
    by all who live within its distance (`rules.square_m`, `rules.park_m`) along the streets; a
    block has the sum of its shares. All shares together are the surface that somebody reaches.
    """
    require_metres(areas, blocks, green_areas)
    green = counted(green_areas, rules)
    people, start = np.nan_to_num(people_of(blocks)), doors(blocks)
    size = shapely.area(green.geometry.to_numpy())
    share, unshared = np.zeros(len(blocks)), 0.0
    count = {kind: np.zeros(len(blocks)) for kind in KINDS}
    for i, kind in enumerate(green["green"]):
        limit = rules.square_m if kind == SQUARE else rules.park_m
        one = green.geometry.iloc[[i]]
        near = metres_to(start, one, access=access, gate_m=rules.gate_m) <= limit
        who = float(people[near].sum())
        count[kind] += near
        if who:
            share[near] += size[i] / who
        else:
            unshared += float(size[i])

    def table(parts: pd.DataFrame, n: int) -> pd.DataFrame:
        lives = summed(parts, people, n)
        enough = lives > rules.few - 1e-6
        found = {"population": lives, "near_m2_per_inhabitant": share}
        found |= {f"{kind}_near": count[kind] for kind in KINDS}
        rates = {
            name: per(summed(parts, people * values, n), lives, enough)
            for name, values in found.items()
            if name != "population"
        }
        return pd.DataFrame({"population": lives, **rates, "too_few": ~enough})

    frame = table(shares(blocks.geometry, areas.geometry), len(areas)).set_axis(areas.index)
    whole = table(pd.DataFrame({"part": np.arange(len(blocks)), "area": 0, "share": 1.0}), 1)
    totals = {str(c): float(v) for c, v in whole.iloc[0].items() if c != "too_few"}
    names = {"name": areas["name"]} if "name" in areas.columns else {}
    method = Method(
        "green_nearby",
        on or date.today(),
        (
            input_of("areas", areas),
            input_of("census_blocks", blocks, value="population", year="population_year"),
            input_of("green_areas", green, source=green_areas.attrs.get("source")),
        ),
        rules.told(),
        (relief_note(access.network.relief), note("shared_by_reach")),
    )
    shown = gpd.GeoDataFrame(frame.assign(**names), geometry=areas.geometry, crs=areas.crs)
    return Result(shown, method, {**totals, "unshared_m2": unshared})
