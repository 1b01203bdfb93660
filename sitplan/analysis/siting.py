"""Where to act: which of the candidate plots close most of the deficit of green areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix, eye_array, hstack, vstack

from sitplan.analysis.green import GREEN_RULES, GreenRules, counted, green_indicators, served
from sitplan.analysis.method import Method, Parameter, Result, input_of, note, relief_note
from sitplan.analysis.network import Access, require_metres
from sitplan.analysis.paths import gates, place_on, reach, trips
from sitplan.analysis.people import doors, people_of, shares
from sitplan.errors import BadRequest

Floats = NDArray[np.float64]
Aim = Literal["people", "m2"]
AIMS: Final = ("people", "m2")


@dataclass(frozen=True, slots=True)
class Limit:
    """How much would be built: so many plots, so many m², or both; None does not bind."""

    most: int | None = None
    most_m2: float | None = None


def where_to_act(
    candidates: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    limit: Limit,
    kind: Literal["squares", "parks"] = "squares",
    aim: Aim = "people",
    areas: gpd.GeoDataFrame | None = None,
    access: Access | None = None,
    rules: GreenRules = GREEN_RULES,
    on: date | None = None,
) -> Result:
    """The set of plots that closes most of the deficit, proved the best.

    Parameters
    ----------
    candidates
        Polygons of plots that could become green areas.
    blocks, green_areas, access, rules
        As `green_indicators` takes them.
    limit
        How many plots or m² at most.
    kind
        What they would be: it sets the distance that they serve.
    aim
        ``people``: most people served who are not yet. ``m2``: most of the deficit of surface of
        `areas`, none of them beyond its own deficit.
    areas
        For ``m2``: neighbourhoods or districts.
    on
        The day that the frames stand for; None is today.

    Returns
    -------
    Result
        `frame`, indexed like `candidates`, with their geometry: `area_m2`; `alone` (what each
        would close by itself, people or m²); `chosen`; `rank` (1 closes most; each next one the
        most of what is left; NA where not chosen) and `adds` (what it closes in that order).
        `totals`: `deficit` before, `gain`, `left`, `chosen`, `built_m2`.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    BadRequest
        ``siting_limit`` without a limit, ``siting_aim`` with an unknown aim or without areas.

    Notes
    -----
    Maximal covering location: R. Church and C. ReVelle, Papers in Regional Science 32, 1974;
    solved exactly by scipy's milp (HiGHS). Of sets that close as much, one with fewest plots is
    taken.
    """
    if limit.most is None and limit.most_m2 is None:
        raise BadRequest("siting_limit")
    if aim not in AIMS or (aim == "m2" and areas is None):
        raise BadRequest("siting_aim", aim=str(aim))
    require_metres(candidates, blocks, green_areas)
    size = shapely.area(candidates.geometry.to_numpy())
    if aim == "people":
        worth, gives = _people(candidates, blocks, green_areas, kind, access, rules)
    else:
        assert areas is not None
        found = green_indicators(areas, blocks=blocks, green_areas=green_areas, rules=rules)
        worth = found.frame["green_deficit_m2"].to_numpy()
        lies = shares(candidates.geometry, areas.geometry)
        gives = csr_matrix(
            (lies["m2"], (lies["area"], lies["part"])), shape=(len(areas), len(candidates))
        )
    chosen = _best(worth, gives, size, limit)
    rank, adds = _ranked(worth, gives, chosen)
    frame = gpd.GeoDataFrame(
        {
            "area_m2": size,
            "alone": [_closed(worth, gives, [j]) for j in range(len(candidates))],
            "chosen": np.isin(np.arange(len(candidates)), chosen),
            "rank": pd.array(rank, dtype="Int64"),
            "adds": adds,
        },
        index=candidates.index,
        geometry=candidates.geometry.to_numpy(),
        crs=candidates.crs,
    )
    gain, deficit = _closed(worth, gives, chosen), float(worth.sum())
    totals = {"deficit": deficit, "gain": gain, "left": deficit - gain,
              "chosen": float(len(chosen)), "built_m2": float(size[chosen].sum())}  # fmt: skip
    notes = [note("siting_gain", gain=round(gain), deficit=round(deficit))]
    notes.append(note("no_network") if access is None else relief_note(access.network.relief))
    method = Method(
        "green_siting",
        on or date.today(),
        (
            input_of("candidates", candidates),
            input_of("census_blocks", blocks, value="population", year="population_year"),
            input_of("green_areas", counted(green_areas, rules)),
        ),
        (
            Parameter("aim", aim),
            Parameter("kind", kind),
            Parameter("most", limit.most),
            Parameter("most_m2", limit.most_m2, "m²"),
            *rules.told(),
        ),
        tuple(notes),
    )
    return Result(frame, method, totals)


def _people(
    candidates: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    kind: str,
    access: Access | None,
    rules: GreenRules,
) -> tuple[Floats, csr_matrix]:
    """People of each block that no area of the kind serves yet, and which plots would."""
    near = served(blocks, counted(green_areas, rules), access=access, rules=rules)
    way = "straight" if access is None else "network"
    reach_m = rules.square_m if kind == "squares" else rules.park_m
    people = np.nan_to_num(people_of(blocks))
    lacking = np.where(near.metres[way][kind] <= reach_m, 0.0, people)
    start, shape = doors(blocks), (len(blocks), len(candidates))
    if access is None:
        points, plots = start.geometry.to_numpy(), candidates.geometry.to_numpy()
        i, j = shapely.STRtree(plots).query(points, predicate="dwithin", distance=reach_m)
    else:
        row, column, here = [], [], place_on(access, start)
        enter = gates(access, candidates.geometry, within_m=rules.gate_m)
        for n, label in enumerate(candidates.index):
            there = place_on(access, enter[enter.index == label])
            found = reach(access, there, cost="metres", limit=reach_m)
            reached = np.flatnonzero(trips(access, found, here).metres <= reach_m)
            row.append(reached)
            column.append(np.full(len(reached), n))
        i, j = (np.concatenate([*c, np.empty(0, dtype=np.int64)]) for c in (row, column))
    ones = coo_matrix((np.ones(len(i)), (i, j)), shape=shape).tocsr()
    return lacking, csr_matrix(ones.multiply(lacking[:, None]))


def _closed(worth: Floats, gives: csr_matrix, chosen: list[int]) -> float:
    """What a set of plots closes: of each row no more than it is worth."""
    if not chosen:
        return 0.0
    given = np.asarray(gives[:, chosen].sum(axis=1)).reshape(-1)
    return float(np.minimum(worth, given).sum())


def _best(worth: Floats, gives: csr_matrix, size: Floats, limit: Limit) -> list[int]:
    """Positions of the plots that together close most.

    Variables are a whole number for each plot, built or not, and what is closed of each row.
    """
    rows, plots = gives.shape
    if not plots or not rows or not worth.sum():
        return []
    # a plot that closes nothing more is not built: so little that no gain is given up for it
    least = 1e-7 * float(worth[worth > 0].min()) / plots
    cost = np.r_[np.full(plots, least), -np.ones(rows)]
    closes = hstack([-gives, eye_array(rows)])  # closed - given <= 0
    bounds = [LinearConstraint(closes, -np.inf, 0.0)]
    for amount, most in ((np.ones(plots), limit.most), (size, limit.most_m2)):
        if most is not None:
            line = csr_matrix(np.r_[amount, np.zeros(rows)])
            bounds.append(LinearConstraint(vstack([line]), -np.inf, float(most)))
    solved = milp(
        cost,
        integrality=np.r_[np.ones(plots), np.zeros(rows)],
        bounds=Bounds(0.0, np.r_[np.ones(plots), worth]),
        constraints=bounds,
        options={"mip_rel_gap": 0.0},
    )
    return [int(j) for j in np.flatnonzero(solved.x[:plots] > 0.5)]


def _ranked(
    worth: Floats, gives: csr_matrix, chosen: list[int]
) -> tuple[list[int | None], list[float]]:
    """The order in which the chosen close most, and what each adds in it."""
    plots = gives.shape[1]
    rank: list[int | None] = [None] * plots
    adds = [float("nan")] * plots
    done: list[int] = []
    so_far = 0.0
    while len(done) < len(chosen):
        gains = {j: _closed(worth, gives, [*done, j]) for j in chosen if j not in done}
        best = max(gains, key=lambda j: gains[j])
        done.append(best)
        rank[best], adds[best] = len(done), gains[best] - so_far
        so_far = gains[best]
    return rank, adds
