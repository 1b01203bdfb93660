"""All hazards and profiles side by side, and what happens when a bridge falls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sitplan.analysis.evacuation import EVACUATION_RULES, Evacuation, EvacuationRules, evacuate
from sitplan.analysis.hazard import Ground, ground
from sitplan.analysis.method import Method, Parameter, Result, note
from sitplan.analysis.network import Network
from sitplan.analysis.profiles import PROFILES, Profile

LIMITED = "reduced_mobility"


def evacuate_all(
    blocks: gpd.GeoDataFrame,
    *,
    network: Network,
    hazard_zones: gpd.GeoDataFrame,
    hazards: Iterable[str],
    meeting_points: gpd.GeoDataFrame,
    safe_zones: gpd.GeoDataFrame,
    barriers: Mapping[str, gpd.GeoSeries] | None = None,
    profiles: Iterable[Profile] = tuple(PROFILES.values()),
    rules: EvacuationRules = EVACUATION_RULES,
    on: date | None = None,
) -> dict[tuple[str, str], Evacuation]:
    """The evacuation of each hazard by each profile.

    Parameters
    ----------
    network
        From `build_network`: cut once for each hazard.
    hazards
        Codes of the shared list.
    barriers
        By hazard: lines that nobody fleeing it may cross.
    blocks, hazard_zones, meeting_points, safe_zones, rules, on
        As `ground` and `evacuate` take them.

    Returns
    -------
    dict
        By hazard and name of the profile.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    found, walkers = {}, tuple(profiles)
    for hazard in hazards:
        under = ground(network, hazard_zones, hazard=hazard, barriers=(barriers or {}).get(hazard))
        for profile in walkers:
            found[hazard, profile.name] = evacuate(
                blocks, under=under, profile=profile, meeting_points=meeting_points,
                safe_zones=safe_zones, rules=rules, on=on,
            )  # fmt: skip
    return found


def evacuation_summary(found: Mapping[tuple[str, str], Evacuation]) -> Result:
    """The figures of each hazard and profile, a row each.

    Parameters
    ----------
    found
        From `evacuate_all`; not empty.

    Returns
    -------
    Result
        `frame`, indexed by `hazard` and `profile`: `people`, `reached_pct`, `covered_pct`,
        `mean_min`, `max_load`, `overloaded` (exits), `worst_road` and `worst_people_per_m`, and
        `accessible_pct`: what `covered_pct` is for reduced mobility, without stairs, over slopes
        and to points that are accessible to it (NaN where it is not among the profiles).
        `method`: that of the first, with the profiles that were asked.
    """
    rows = []
    for (hazard, profile), one in found.items():
        limited = found.get((hazard, LIMITED))
        worst = one.edges.iloc[0] if len(one.edges) else None
        rows.append(
            {
                "hazard": hazard,
                "profile": profile,
                **{k: v for k, v in one.totals.items() if k not in ("reached", "covered")},
                "overloaded": int((one.exits["load"] > 1).sum()),
                "worst_road": None if worst is None else worst["road"],
                "worst_people_per_m": np.nan if worst is None else worst["people_per_m"],
                "accessible_pct": np.nan if limited is None else limited.totals["covered_pct"],
            }
        )
    first = next(iter(found.values())).method
    kept = tuple(p for p in first.parameters if p.name not in ("hazard", "profile", "barriers"))
    said = {one.method.parameters[1].name + one_profile: one.method.parameters[1]
            for (_, one_profile), one in found.items()}  # fmt: skip
    notes = tuple(dict.fromkeys(n for one in found.values() for n in one.method.notes
                                if n.key in ("flat", "relief")))  # fmt: skip
    method = replace(first, name="evacuation_summary", notes=notes,
                     parameters=(*kept, *said.values()))  # fmt: skip
    return Result(pd.DataFrame(rows).set_index(["hazard", "profile"]), method)


def fallen(
    blocks: gpd.GeoDataFrame,
    *,
    under: Ground,
    profile: Profile,
    meeting_points: gpd.GeoDataFrame,
    safe_zones: gpd.GeoDataFrame,
    roads: Iterable[object] | None = None,
    rules: EvacuationRules = EVACUATION_RULES,
    on: date | None = None,
) -> Result:
    """What the fall of each bridge, or the cut of each road, does to those who flee.

    Parameters
    ----------
    roads
        Index labels of roads that close, each by itself; None tries every bridge that somebody
        depends on.
    blocks, under, profile, meeting_points, safe_zones, rules, on
        As `evacuate` takes them.

    Returns
    -------
    Result
        `frame`, indexed by road, worst first, with its line: `people_delayed`, `minutes_added`
        (mean of those delayed who still arrive), `cut_off` (people who no longer arrive),
        `covered_lost` (people no longer covered in time). `totals`: `covered` with all open.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    Who lives by the road that closes starts from the next nearest one.
    """

    def flee(closed: Iterable[object]) -> Evacuation:
        return evacuate(
            blocks, under=under, profile=profile, meeting_points=meeting_points,
            safe_zones=safe_zones, rules=rules, closed_roads=closed, on=on,
        )  # fmt: skip

    whole = flee(())
    if roads is None:
        roads = list(dict.fromkeys(whole.edges.loc[whole.edges["bridge"], "road"]))
    people = np.nan_to_num(whole.blocks["people"].to_numpy())
    before = whole.blocks["minutes"].to_numpy()
    rows, lines = [], []
    edges = under.network.edges["road"]
    for road in roads:
        less = flee([road])
        after = less.blocks["minutes"].to_numpy()
        lost = np.isfinite(before) & np.isnan(after)
        late = after > before + 1e-9
        delayed = float(people[late].sum())
        added = float((people[late] * (after - before)[late]).sum())
        rows.append(
            {
                "road": road,
                "people_delayed": delayed,
                "minutes_added": added / delayed if delayed else 0.0,
                "cut_off": float(people[lost].sum()),
                "covered_lost": whole.totals["covered"] - less.totals["covered"],
            }
        )
        lines.append(shapely.line_merge(shapely.union_all(under.network.lines[edges == road])))
    columns = ["road", "people_delayed", "minutes_added", "cut_off", "covered_lost"]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns), geometry=lines, crs=under.network.crs
    ).sort_values(["cut_off", "covered_lost", "people_delayed"], ascending=False)
    notes = whole.method.notes if rows else (*whole.method.notes, note("no_bridges"))
    method: Method = replace(
        whole.method,
        name="fallen",
        notes=notes,
        parameters=(*whole.method.parameters, Parameter("roads_tried", len(rows))),
    )
    return Result(frame.set_index("road"), method, {"covered": whole.totals["covered"]})
