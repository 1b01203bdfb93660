"""Who lives in each area, how closely, and what is at hand there.

found = portrait(neighbourhoods, blocks=blocks, facilities=facilities)
found.frame[["population", "inhabitants_per_ha"]]
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.method import Method, Parameter, Result, input_of, note
from sitplan.analysis.network import require_metres
from sitplan.analysis.people import people_of, per, shares, summed

Floats = NDArray[np.float64]


def portrait(
    areas: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame | None = None,
    kinds: Sequence[str] | None = None,
    few: float = 30.0,
    on: date | None = None,
) -> Result:
    """People, dwellings, density and facilities of each area.

    Parameters
    ----------
    areas
        Polygons in a metric CRS: neighbourhoods or census districts. They may overlap, or leave
        people out; empty gives an empty table and the totals. Where they say a `population` of
        their own it stands beside what the blocks count.
    blocks
        Polygons or points with `population` (people), `dwellings` and `population_year`; missing
        is unknown and adds nothing.
    facilities
        Points with `kind`; None leaves them out.
    kinds
        Codes of `kind` to count; None counts all that there are.
    few
        Areas of fewer inhabitants show sums but no rates.
    on
        The day that the frames stand for; None is today.

    Returns
    -------
    Result
        `frame`, indexed like `areas`, with their geometry and `name`: `population`, `stated`
        (what the area's own record says), `dwellings`, `area_ha`, `inhabitants_per_ha`,
        `people_per_dwelling`, `too_few` (true hides the rates: NaN), and `n_<kind>` for each kind
        of facility. `totals`: the same of all blocks and facilities, whatever the areas, and
        `outside`, the people of blocks that lie in no area.

    Raises
    ------
    WrongCrs
        ``analysis_crs`` if the frames differ in CRS, or measure in degrees.

    Notes
    -----
    A block across a border counts for each side by surface; one in two areas that overlap counts
    in both, so that areas need not add up to the whole.
    """
    given = [areas, blocks] if facilities is None else [areas, blocks, facilities]
    require_metres(*given)
    n = len(areas)
    lives = shares(blocks.geometry, areas.geometry)
    homes = _numbers(blocks, "dwellings")
    counted = people_of(blocks)
    people, dwellings = summed(lives, counted, n), summed(lives, homes, n)
    hectares = shapely.area(areas.geometry.to_numpy()) / 10_000
    enough: NDArray[np.bool_] = people > few - 1e-6  # sums of shares are not exact
    columns: dict[str, object] = {
        "population": people,
        "stated": _numbers(areas, "population"),
        "dwellings": dwellings,
        "area_ha": hectares,
        "inhabitants_per_ha": per(people, hectares, enough),
        "people_per_dwelling": per(people, dwellings, enough),
        "too_few": ~enough,
    }
    totals = {
        "population": float(np.nansum(counted)),
        "dwellings": float(np.nansum(homes)),
        "outside": float(np.nansum(counted) - _once(lives, counted)),
    }
    inputs = [
        input_of("areas", areas),
        input_of("census_blocks", blocks, value="population", year="population_year"),
    ]
    if facilities is not None:
        inputs.append(input_of("facilities", facilities))
        said = facilities["kind"].astype("object")
        within = shares(facilities.geometry, areas.geometry)
        for kind in sorted(said.dropna().unique()) if kinds is None else kinds:
            is_it = np.asarray(said == kind, dtype=bool)
            columns[f"n_{kind}"] = summed(within, is_it.astype(float), n).astype(int)
            totals[f"n_{kind}"] = float(is_it.sum())
    frame = pd.DataFrame(columns, index=areas.index)
    names = {"name": areas["name"]} if "name" in areas.columns else {}
    shown = gpd.GeoDataFrame(frame.assign(**names), geometry=areas.geometry, crs=areas.crs)
    notes = [note("shared_by_surface")]
    if totals["outside"] >= 1:
        notes.append(note("lives_outside", people=round(totals["outside"])))
    method = Method(
        "portrait",
        on or date.today(),
        tuple(inputs),
        (Parameter("few", few, "", "disclosure"),),
        tuple(notes),
    )
    return Result(shown, method, totals)


def _once(lives: pd.DataFrame, counted: Floats) -> float:
    """People who live in some area, each counted once though areas overlap."""
    inside = lives.groupby("part")["share"].sum().clip(upper=1.0)
    return float(np.nansum(counted[inside.index.to_numpy()] * inside.to_numpy()))


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    """The column as floats, NaN where nobody said; all NaN where there is none."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[name]).astype("float64"), dtype=np.float64)
