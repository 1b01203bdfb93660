"""Green areas and whom they serve: by hand, by properties, on the real city."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from sitplan.analysis.green import GREEN_RULES, GreenRules, counted, green_indicators
from sitplan.analysis.network import Access, build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.errors import WrongCrs

from .drawn import areas, boxed, roads

ON = date(2026, 11, 27)
OPEN = {"built_state": "consolidada", "public_access": True}

# A street from (0, 0) to (5000, 0). Blocks of 100 x 100 m stand 10 m north of it, their centroids
# 60 m from it:
#   near   100 people, centroid (  50, 60)
#   far    200 people, centroid (1050, 60)
#   away    10 people, centroid (4050, 60)
#   unknown            centroid (2050, 60), nobody counted
# A square of 20 x 20 m = 400 m² south of the street, from (300, -20); the street runs along its
# north side, so it is entered there. A park of 100 x 50 m = 5000 m² from (1500, -50).
BLOCKS = areas(
    near=boxed(0, 10, 100, 110, population=100, population_year=2017),
    far=boxed(1000, 10, 1100, 110, population=200, population_year=2017),
    away=boxed(4000, 10, 4100, 110, population=10, population_year=2017),
    unknown=boxed(2000, 10, 2100, 110, population=None, population_year=2017),
)
GREEN = areas(
    plaza=boxed(300, -20, 320, 0, kind="plaza", **OPEN),
    park=boxed(1500, -50, 1600, 0, kind="parque", **OPEN),
    median=boxed(0, -5, 1000, -1, kind="bandejon", **OPEN),
    planned=boxed(40, -9, 60, 0, kind="plaza", built_state="no_ejecutada", public_access=True),
    fenced=boxed(40, -9, 60, 0, kind="plaza", built_state="consolidada", public_access=False),
)
TOWN = areas(
    west=boxed(-100, -100, 900, 200, name="West"), east=boxed(900, -100, 5000, 200, name="East")
)


def on_foot() -> Access:
    return build_network(roads([(0, 0), (5000, 0)])).graph(PROFILES["adult"])


def found(green: gpd.GeoDataFrame = GREEN, **said: Any):
    given = {"blocks": BLOCKS, "access": on_foot(), "on": ON} | said
    return green_indicators(given.pop("areas", TOWN), green_areas=green, **given)


def test_only_public_built_plazas_and_parks_count() -> None:
    assert counted(GREEN)["green"].to_dict() == {"plaza": "squares", "park": "parks"}
    strict = GreenRules(unknown_counts=False)
    silent = GREEN.assign(public_access=None)
    assert len(counted(silent, strict)) == 0
    assert counted(silent).index.tolist() == ["plaza", "park", "fenced"]
    assert counted(GREEN.drop(columns=["built_state"])).index.tolist() == ["plaza", "park",
                                                                          "planned"]  # fmt: skip


def test_size_may_tell_squares_from_parks() -> None:
    # the plaza measures 400 m², the park 5,000
    by_size = counted(GREEN.assign(kind="parque"), GreenRules(park_from_m2=450))
    assert by_size["green"].to_dict() == {"plaza": "squares", "park": "parks", "median": "parks"}
    assert counted(GREEN, GreenRules(smallest_m2=450)).index.tolist() == ["park"]


def test_the_numbers_are_those_of_the_hand() -> None:
    f = found().frame
    # population by area; `unknown` adds nobody
    assert f["population"].tolist() == [100, 210]
    assert f["squares_m2"].tolist() == [400, 0] and f["parks_m2"].tolist() == [0, 5000]
    # m² per inhabitant: 400/100 and 5000/210
    assert f["green_m2_per_inhabitant"].tolist() == pytest.approx([4.0, 5000 / 210])
    # deficit: 10·100 - 400 = 600; 10·210 - 5000 < 0
    assert f["green_deficit_m2"].tolist() == [600, 0]
    # along the street: near is 60 + 250 = 310 m from the plaza, far 60 + (1050 - 320) = 790,
    # away 60 + (4050 - 320) = 3790
    assert f["squares_served_network"].tolist() == [100, 0]
    assert f["squares_served_pct_network"].tolist() == [100, 0]
    assert f["squares_mean_m_network"].tolist() == pytest.approx(
        [310, (200 * 790 + 10 * 3790) / 210]
    )
    # park: near 60 + 1450 = 1510, far 60 + 450 = 510, away 60 + (4050 - 1600) = 2510
    assert f["parks_served_network"].tolist() == [100, 210]
    assert f["parks_mean_m_network"].tolist() == pytest.approx(
        [1510, (200 * 510 + 10 * 2510) / 210]
    )
    # m² per served: 400 m² over 100 in the west; in the east nobody is served by squares
    assert f["squares_m2_per_served_network"].iloc[0] == pytest.approx(4.0)
    assert np.isnan(f["squares_m2_per_served_network"].iloc[1])
    # as the crow flies: near to the plaza's corner (300, 0): hypot(250, 60)
    assert f["squares_mean_m_straight"].iloc[0] == pytest.approx(np.hypot(250, 60))


def test_the_whole_is_told_whatever_the_areas() -> None:
    whole = found(areas=TOWN.iloc[:0]).totals
    assert whole == found().totals
    assert whole["population"] == 310 and whole["green_m2"] == 5400
    assert whole["green_m2_per_inhabitant"] == pytest.approx(5400 / 310)
    assert whole["squares_served_pct_network"] == pytest.approx(100 * 100 / 310)
    assert whole["parks_served_pct_network"] == pytest.approx(100)


def test_the_identity_of_siedu_holds() -> None:
    """BPU_29 = BPU_21 · BPU_28a / 100 + BPU_23 · BPU_28b / 100, wherever both serve somebody."""
    for way in ("network", "straight"):
        rows = [found().totals, found().frame.iloc[0]]
        for of in rows:
            parts = sum(
                of[f"{k}_m2_per_served_{way}"] * of[f"{k}_served_pct_{way}"] / 100
                for k in ("squares", "parks")
            )
            assert parts == pytest.approx(of["green_m2_per_inhabitant"])


def test_few_people_show_sums_and_no_rates() -> None:
    f = found(areas=BLOCKS).frame
    assert f["too_few"].to_dict() == {"near": False, "far": False, "away": True, "unknown": True}
    away = f.loc["away"]
    assert away["population"] == 10 and away["green_deficit_m2"] == 100
    assert away["parks_served_network"] == 10
    rates = [c for c in f.columns if "per_" in c or "pct" in c or "mean" in c]
    assert len(rates) == 13 and f.loc["away", rates].isna().all()
    assert f.loc["near", "squares_served_pct_network"] == 100
    bare = found(areas=BLOCKS, rules=GreenRules(few=5)).frame
    assert bare.loc["away", "parks_served_pct_network"] == 100


def test_a_result_tells_its_method() -> None:
    m = found().method
    assert m.on == ON
    told = {i.name: i for i in m.inputs}
    assert told["census_blocks"].features == 4 and told["census_blocks"].year == 2017
    assert told["census_blocks"].missing_pct == 25
    assert told["green_areas"].features == 2
    values = {p.name: p for p in m.parameters}
    assert values["distance"].value == ["network", "straight"] and not values["distance"].verified
    assert values["square_m"].value == 400 and values["park_m"].value == 3000
    assert m.notes[0].told().startswith("plano")
    assert any(n.key == "green_others" and dict(n.facts)["n"] == 3 for n in m.notes)
    for lang in ("es", "en"):
        assert all(p.told(lang)["title"] != p.name for p in m.parameters)
        assert "400" in m.text(lang)


def test_without_streets_only_the_crow_flies_and_it_is_said() -> None:
    result = found(access=None)
    assert not [c for c in result.frame if c.endswith("network")]
    assert result.method.notes[0].key == "no_network"


def test_whom_no_street_joins_is_told_and_not_averaged() -> None:
    island = build_network(roads([(0, 0), (2000, 0)], [(3900, 40), (4200, 40)]))
    result = found(access=island.graph(PROFILES["adult"]))
    lost = next(n for n in result.method.notes if n.key == "not_reached")
    assert dict(lost.facts) == {"blocks": 1, "people": 10}
    assert result.frame["parks_mean_m_network"].iloc[1] == pytest.approx(510)
    assert result.frame["parks_served_network"].iloc[1] == 200


def test_overlapping_green_areas_are_told() -> None:
    twice = pd.concat([GREEN, GREEN.loc[["plaza"]].set_axis(["again"])])
    told = next(n for n in found(twice).method.notes if n.key == "green_twice")
    assert dict(told.facts) == {"m2": 400}


def test_nothing_green_and_nobody_there() -> None:
    none = found(GREEN.iloc[:0])
    assert none.frame["green_m2"].tolist() == [0, 0]
    assert none.frame["green_deficit_m2"].tolist() == [1000, 2100]
    assert none.frame["squares_served_pct_straight"].tolist() == [0, 0]
    assert none.frame["squares_mean_m_straight"].isna().all()
    nobody = found(blocks=BLOCKS.iloc[:0])
    assert nobody.frame["population"].tolist() == [0, 0]
    assert nobody.frame["green_m2_per_inhabitant"].isna().all()


def test_another_system_is_refused() -> None:
    with pytest.raises(WrongCrs):
        found(GREEN.to_crs("EPSG:4326"))


# Towns of a few blocks by lot, on two crossing streets.
corner = st.tuples(st.integers(0, 9), st.integers(0, 9))
block = st.tuples(corner, st.integers(0, 500))
town = st.lists(block, min_size=1, max_size=8, unique_by=lambda b: b[0])
plot = st.tuples(corner, st.sampled_from(["plaza", "parque", "plazoleta", "jardin"]))


def placed(given_blocks: list) -> gpd.GeoDataFrame:
    return areas(
        **{
            f"b{n}": boxed(x * 300, y * 300, x * 300 + 90, y * 300 + 90, population=p)
            for n, ((x, y), p) in enumerate(given_blocks)
        }
    )


def planted(given_plots: list) -> gpd.GeoDataFrame:
    rows = {
        f"g{n}": boxed(x * 300 + 100, y * 300 + 100, x * 300 + 150, y * 300 + 150, kind=k, **OPEN)
        for n, ((x, y), k) in enumerate(given_plots)
    }
    return areas(**rows) if rows else GREEN.iloc[:0]


CROSS = build_network(roads([(0, 1200), (2800, 1200)], [(1200, 0), (1200, 2800)])).graph(
    PROFILES["adult"]
)
ALL = areas(all=boxed(-1000, -1000, 9000, 9000))


@settings(max_examples=25, deadline=None)
@given(town, st.lists(plot, max_size=4), plot)
def test_adding_a_park_never_lowers_whom_is_served(people: list, before: list, more: tuple) -> None:
    blocks = placed(people)
    less, all_of = (
        green_indicators(ALL, blocks=blocks, green_areas=planted(g), access=CROSS, on=ON).totals
        for g in (before, [*before, more])
    )
    for name in less:
        if ("per" not in name and "_served_" in name) or name == "green_m2":
            assert not all_of[name] < less[name]  # NaN where too few live
    assert all_of["green_deficit_m2"] <= less["green_deficit_m2"]


@settings(max_examples=25, deadline=None)
@given(town, st.lists(plot, max_size=4), st.integers(-100, 2900))
def test_splitting_a_neighbourhood_keeps_totals(people: list, green: list, cut: int) -> None:
    halves = gpd.GeoDataFrame(
        geometry=[box(-1000, -1000, cut, 9000), box(cut, -1000, 9000, 9000)], crs=ALL.crs
    )
    whole, split = (
        green_indicators(a, blocks=placed(people), green_areas=planted(green), access=CROSS, on=ON)
        for a in (ALL, halves)
    )
    for name in whole.frame.columns:
        if name in ("population", "green_m2") or ("_served_network" in name and "per" not in name):
            assert split.frame[name].sum() == pytest.approx(whole.frame[name].iloc[0])


@settings(max_examples=25, deadline=None)
@given(town, st.lists(plot, min_size=1, max_size=4))
def test_no_street_is_shorter_than_the_crow(people: list, green: list) -> None:
    from sitplan.analysis.green import served

    near = served(placed(people), counted(planted(green), GREEN_RULES), access=CROSS)
    for kind in ("squares", "parks"):
        assert (near.metres["network"][kind] >= near.metres["straight"][kind] - 1e-6).all()
