"""The plots that close most: by hand, and against every set there is."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitplan.analysis.green import GreenRules, green_indicators
from sitplan.analysis.network import build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.siting import Limit, where_to_act
from sitplan.analysis.whatif import as_drafted
from sitplan.errors import BadRequest

from .drawn import areas, boxed, roads
from .test_green import GREEN, OPEN

ON = date(2026, 11, 27)
NONE = GREEN.iloc[:0]
NEAR = GreenRules(square_m=100)

# Blocks of 20 x 20 m in a row, 200 m apart; of people 50, 40, 30, 20. Plots of 10 x 10 m:
# `both` stands midway between the first two (80 m from each border: serves 90 within 100 m),
# `first` beside the first (serves 50), `third` beside the third (30), `last` beside the fourth.
BLOCKS = areas(
    **{f"b{n}": boxed(200 * n, 0, 200 * n + 20, 20, population=p)
       for n, p in enumerate((50, 40, 30, 20))}
)  # fmt: skip
PLOTS = areas(
    both=boxed(105, 5, 115, 15), first=boxed(10, 30, 20, 40), third=boxed(410, 30, 420, 40),
    last=boxed(610, 30, 640, 60),
)  # fmt: skip


def act(limit: Limit, **said):
    given = {"blocks": BLOCKS, "green_areas": NONE, "rules": NEAR, "on": ON} | said
    return where_to_act(PLOTS, limit=limit, **given)


def test_the_best_one_two_and_three() -> None:
    one, two, three = (act(Limit(n)) for n in (1, 2, 3))
    assert one.frame.index[one.frame["chosen"]].tolist() == ["both"]
    assert set(two.frame.index[two.frame["chosen"]]) == {"both", "third"}
    assert set(three.frame.index[three.frame["chosen"]]) == {"both", "third", "last"}
    assert [r.totals["gain"] for r in (one, two, three)] == [90, 120, 140]
    assert three.totals["left"] == 0 and three.totals["deficit"] == 140
    assert three.frame["alone"].tolist() == [90, 50, 30, 20]
    ranked = three.frame.sort_values("rank")["adds"].dropna().tolist()
    assert ranked == [90, 30, 20]


def test_what_closes_nothing_more_is_not_built() -> None:
    assert act(Limit(4)).totals["chosen"] == 3


def test_square_metres_bind_too() -> None:
    # the last plot measures 900 m², the others 100 each
    assert set(act(Limit(most_m2=250)).frame.query("chosen").index) == {"both", "third"}
    assert act(Limit(most_m2=1100)).totals["built_m2"] == 1100
    assert act(Limit(most=1, most_m2=99)).totals["gain"] == 0


def test_whom_a_square_serves_already_is_no_deficit() -> None:
    there = areas(plaza=boxed(0, -40, 20, -20, kind="plaza", **OPEN))
    found = act(Limit(1), green_areas=there)
    assert found.totals["deficit"] == 90
    assert found.frame["alone"].tolist() == [40, 0, 30, 20]


def test_the_river_decides_where_there_is_no_bridge() -> None:
    banks = build_network(roads([(0, 25), (60, 25)], [(110, 25), (700, 25)]))
    found = act(Limit(1), access=banks.graph(PROFILES["adult"]), rules=GreenRules(square_m=150))
    # `both` is entered from the east bank only: 50 people are nearer, and across
    assert found.frame["alone"].tolist() == [40, 50, 30, 20]
    assert found.frame.query("chosen").index.tolist() == ["first"]


def test_most_of_the_deficit_of_surface_each_area_up_to_its_own() -> None:
    towns = areas(west=boxed(-50, -50, 150, 100), east=boxed(150, -50, 900, 100))
    # 50 people lack 500 m² in the west, 90 lack 900 m² in the east
    found = act(Limit(2), aim="m2", areas=towns)
    assert found.totals["deficit"] == 1400
    assert found.frame["alone"].tolist() == [100, 100, 100, 900]
    assert found.totals["gain"] == 1000  # 900 of `last`, the east closed; 100 of the west
    assert found.frame.loc[["last"], "chosen"].all() and not found.frame.loc["third", "chosen"]


def test_the_gain_is_what_the_indicators_then_say() -> None:
    found = act(Limit(2))
    built = PLOTS[found.frame["chosen"]].assign(kind="plaza", **OPEN)
    after = green_indicators(
        BLOCKS, blocks=BLOCKS, green_areas=as_drafted(NONE, built), rules=NEAR, on=ON
    )
    assert after.totals["squares_served_straight"] == found.totals["gain"] == 120


def test_a_limit_and_an_aim_are_needed() -> None:
    with pytest.raises(BadRequest, match="límite"):
        act(Limit())
    with pytest.raises(BadRequest, match="trees"):
        act(Limit(1), aim="trees")
    with pytest.raises(BadRequest, match="m2"):
        act(Limit(1), aim="m2")


def test_nothing_to_choose_from() -> None:
    none = where_to_act(PLOTS.iloc[:0], limit=Limit(3), blocks=BLOCKS, green_areas=NONE, on=ON)
    assert none.frame.empty and none.totals["gain"] == 0 and none.totals["left"] == 140


spot = st.tuples(st.integers(0, 8), st.integers(0, 8))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(spot, st.integers(0, 90)), min_size=1, max_size=8, unique_by=lambda b: b[0]),
    st.lists(st.tuples(spot, st.integers(10, 60)), min_size=1, max_size=6),
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(100, 6000)),
    st.sampled_from(["people", "m2"]),
)
def test_no_set_of_plots_closes_more(
    homes: list, plots: list, most: int, most_m2: int | None, aim: str
) -> None:
    blocks = areas(**{f"b{n}": boxed(100 * x, 100 * y, 100 * x + 9, 100 * y + 9, population=p)
                      for n, ((x, y), p) in enumerate(homes)})  # fmt: skip
    free = areas(**{f"p{n}": boxed(100 * x + 20, 100 * y, 100 * x + 20 + s, 100 * y + s)
                    for n, ((x, y), s) in enumerate(plots)})  # fmt: skip
    towns = areas(west=boxed(-50, -50, 420, 1000), east=boxed(420, -50, 1000, 1000))
    rules = GreenRules(square_m=150)
    found = where_to_act(free, blocks=blocks, green_areas=NONE, limit=Limit(most, most_m2),
                         aim=aim, areas=towns, rules=rules, on=ON)  # fmt: skip
    best = 0.0
    people, size = blocks["population"].to_numpy(), free.area.to_numpy()
    near = np.array([[b.centroid.distance(p) <= 150 for p in free.geometry]
                     for b in blocks.geometry])  # fmt: skip
    lacks = np.array([10 * people[[b.within(t) for b in blocks.geometry]].sum()
                      for t in towns.geometry])  # fmt: skip
    inside = np.array([[t.intersection(p).area for p in free.geometry] for t in towns.geometry])
    for n in range(most + 1):
        for some in map(list, combinations(range(len(free)), n)):
            if most_m2 is not None and size[some].sum() > most_m2 + 1e-6:
                continue
            closes = (
                people[near[:, some].any(axis=1)].sum() if aim == "people"
                else np.minimum(lacks, inside[:, some].sum(axis=1)).sum()
            )  # fmt: skip
            best = max(best, float(closes))
    assert found.totals["gain"] == pytest.approx(best)
    assert found.frame["chosen"].sum() <= most
