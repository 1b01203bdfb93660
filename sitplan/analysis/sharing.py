"""People shared out to exits by what each holds: the least walking for all together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from sitplan.analysis.evacuation import EVACUATION_RULES, EvacuationRules, Scene, scene, standing
from sitplan.analysis.hazard import Ground
from sitplan.analysis.method import Method, Parameter, Result, input_of, note, relief_note
from sitplan.analysis.paths import place_on, reach, trips
from sitplan.analysis.profiles import Profile

Floats = NDArray[np.float64]

SOMEBODY = 1e-6
"""Fewer people than that are the solver's rounding."""


def share_out(
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
) -> Result:
    """Which exit the people of each block go to, where no exit takes more than it holds.

    Parameters
    ----------
    blocks, under, profile, meeting_points, safe_zones, rules, closed_roads, closed_exits, on
        As `evacuate` takes them. An exit of unknown capacity holds everybody.

    Returns
    -------
    Result
        `frame`: one row a block and exit: `block` (label), `kind`, `exit` (None: no room, or no
        way), `people`, `minutes` (NaN where none). `totals`: `people`, `placed`, `covered`,
        `covered_pct`, `mean_min`, and `full` exits.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    A transport problem, solved exactly by scipy's linprog (HiGHS): as many as possible are
    placed, then in the least minutes of all together. A block may be parted.
    """
    stage = scene(blocks, under=under, profile=profile, meeting_points=meeting_points,
                  safe_zones=safe_zones, rules=rules, closed_roads=closed_roads,
                  closed_exits=closed_exits)  # fmt: skip
    minutes = _minutes(stage, rules)
    people = np.nan_to_num(stage.people["people"].to_numpy())
    holds = stage.exits["capacity"].to_numpy()
    placed = _shared(minutes, people, np.where(np.isnan(holds), np.inf, holds))
    block, exit_ = np.nonzero(placed > SOMEBODY)
    rest = people - placed.sum(axis=1)
    left = np.flatnonzero(rest > SOMEBODY)
    nobody = np.full(len(left), None, dtype=object)
    label = stage.people.index.to_numpy(dtype=object)
    kinds, exits = (stage.exits[c].to_numpy(dtype=object) for c in ("kind", "exit"))
    frame = pd.DataFrame(
        {
            "block": np.r_[label[block], label[left]],
            "kind": np.r_[kinds[exit_], nobody],
            "exit": np.r_[exits[exit_], nobody],
            "people": np.r_[placed[block, exit_], rest[left]],
            "minutes": np.r_[minutes[block, exit_], np.full(len(left), np.nan)],
        }
    )
    whole, there = float(people.sum()), float(placed.sum())
    covered = float(frame.loc[frame["minutes"] <= rules.within_min, "people"].sum())
    spent = float((frame["people"] * frame["minutes"]).sum())
    totals = {
        "people": whole,
        "placed": there,
        "covered": covered,
        "covered_pct": 100 * covered / whole if whole else np.nan,
        "mean_min": spent / there if there > SOMEBODY else np.nan,
        "full": float((placed.sum(axis=0) >= holds - SOMEBODY).sum()),
    }
    notes = [relief_note(under.network.relief)]
    if whole - there > SOMEBODY:
        notes.append(note("no_room", people=round(whole - there)))
    method = Method(
        "evacuation_shared",
        on or date.today(),
        (
            input_of("census_blocks", blocks, value="population", year="population_year"),
            input_of("hazard_zones", under.zones),
            input_of("exits", stage.exits, value="capacity"),
        ),
        (
            Parameter("hazard", under.hazard),
            Parameter("profile", profile.told(), "", profile.source),
            *rules.told(),
        ),
        tuple(notes),
    )
    return Result(frame, method, totals)


def _minutes(stage: Scene, rules: EvacuationRules) -> Floats:
    """(blocks, exits) minutes from each to each; infinite where there is no way."""
    minutes = np.full((len(stage.people), len(stage.exits)), np.inf)
    for depth, access in stage.access.items():
        who = stage.who(depth)
        here = place_on(access, stage.people.geometry.iloc[who])
        for n in range(len(stage.exits)):
            there = standing(access, stage.targets[stage.targets.index == n], rules)
            went = trips(access, reach(access, there), here)
            minutes[who, n] = went.seconds / 60 + rules.start_delay_min
    return minutes


def _shared(minutes: Floats, people: Floats, holds: Floats) -> Floats:
    """(blocks, exits) people: the most that find room, in the least minutes of all together."""
    placed = np.zeros(minutes.shape)
    block, exit_ = np.nonzero(np.isfinite(minutes) & (people[:, None] > 0))
    if not len(block):
        return placed
    spent = minutes[block, exit_]
    # nobody is left out to save minutes, whatever chain of others has to walk farther
    worth = (len(holds) + 1) * float(spent.max()) + 1.0
    ways = np.arange(len(block))
    ones = np.ones(len(ways))
    home = coo_matrix((ones, (block, ways)), shape=(len(people), len(ways))).tocsr()
    room = coo_matrix((ones, (exit_, ways)), shape=(len(holds), len(ways))).tocsr()
    bound = np.isfinite(holds)
    solved = linprog(
        spent - worth,
        A_ub=vstack([home, room[bound]]),
        b_ub=np.r_[people, holds[bound]],
        bounds=(0, None),
        method="highs",
    )
    placed[block, exit_] = np.maximum(solved.x, 0.0)
    return placed
