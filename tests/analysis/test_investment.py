"""The money of the plan: every peso once, shared by the stated rule, as calculated by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from sitplan.analysis.investment import (
    BY,
    investment_by,
    investment_by_area,
    locality_areas,
    spread,
)
from sitplan.analysis.portions import area_shares, whole_parts
from sitplan.errors import BadRequest, WrongCrs

from .drawn import CRS

TODAY = date(2026, 11, 27)
WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)


def areas(*shapes: Any, population: Any = (1000, 20)) -> gpd.GeoDataFrame:
    shapes = shapes or (WEST, EAST)
    codes = [chr(ord("A") + i) for i in range(len(shapes))]
    people = (list(population) * len(shapes))[: len(shapes)]
    return gpd.GeoDataFrame(
        {"code": codes, "name": codes, "population": people}, geometry=list(shapes), crs=CRS
    )


def register(**initiatives: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {"code": code, "strategy": "S", "funding_sources": ["FNDR"], "invented": False} | told
        for code, told in initiatives.items()
    ]
    return pd.DataFrame(rows)


def located(*places: tuple[str, Any] | tuple[str, Any, str]) -> gpd.GeoDataFrame:
    rows = [(p[0], p[2] if len(p) > 2 else "site") for p in places]
    frame = pd.DataFrame(rows, columns=["initiative", "role"])
    return gpd.GeoDataFrame(frame, geometry=[p[1] for p in places], crs=CRS)


def sums(ledger: pd.DataFrame, column: str = "area") -> dict[Any, int]:
    by = ledger.groupby(ledger[column].fillna("—"))["clp"].sum()
    return {k: int(v) for k, v in by.items()}


def test_a_point_goes_whole_to_its_area_and_what_has_no_place_stands_apart() -> None:
    plan = register(
        p={"cost_clp": 700}, q={"cost_clp": 50}, r={"cost_clp": 30}, s={"cost_clp": None}
    )
    places = located(
        ("p", Point(10, 10)), ("q", Point(10, 10), "to_be_defined"), ("r", Point(500, 500))
    )
    ledger = spread(plan, places, areas())
    assert sums(ledger) == {"A": 700, "—": 80}
    assert sums(ledger, "place") == {"area": 700, "to_locate": 50, "outside": 30}
    assert set(ledger["initiative"]) == {"p", "q", "r"}


def test_a_street_across_the_border_counts_by_length() -> None:
    street = LineString([(70, 50), (110, 50)])  # 30 m west, 10 m east
    ledger = spread(register(p={"cost_clp": 1000}), located(("p", street)), areas())
    assert sums(ledger) == {"A": 750, "B": 250}


def test_a_park_across_the_border_and_beyond_counts_by_surface() -> None:
    park = box(50, 0, 250, 10)  # 50 m west, 100 m east, 50 m outside
    ledger = spread(register(p={"cost_clp": 2000}), located(("p", park)), areas())
    assert sums(ledger) == {"A": 500, "B": 1000, "—": 500}
    assert sums(ledger, "place")["outside"] == 500


def test_what_lies_in_two_areas_is_shared_by_them() -> None:
    both = areas(box(0, 0, 100, 100), box(50, 0, 150, 100))
    park = box(0, 0, 100, 100)  # half in A alone, half in both
    ledger = spread(register(p={"cost_clp": 400}), located(("p", park)), both)
    assert sums(ledger) == {"A": 300, "B": 100}
    corner = spread(register(p={"cost_clp": 401}), located(("p", Point(100, 50))), areas())
    assert sums(corner) == {"A": 201, "B": 200}, "on the border; the odd peso to the first"
    along = LineString([(100, 0), (100, 100)])
    ledger = spread(register(p={"cost_clp": 400}), located(("p", along)), areas())
    assert sums(ledger) == {"A": 200, "B": 200}


def test_several_places_weigh_what_they_measure_where_they_can_be_measured() -> None:
    plan = register(p={"cost_clp": 400})
    lines = located(("p", LineString([(0, 1), (30, 1)])), ("p", LineString([(150, 1), (160, 1)])))
    assert sums(spread(plan, lines, areas())) == {"A": 300, "B": 100}
    mixed = located(("p", LineString([(0, 1), (30, 1)])), ("p", Point(150, 1)))
    assert sums(spread(plan, mixed, areas())) == {"A": 200, "B": 200}
    half = located(("p", Point(1, 1)), ("p", Point(150, 1), "to_be_defined"))
    assert sums(spread(plan, half, areas())) == {"A": 400}, "only decided places take money"


def test_sources_share_and_the_year_is_that_of_the_start() -> None:
    plan = register(
        p={
            "cost_clp": 101,
            "funding_sources": ["FNDR", "PMU"],
            "planned_start": pd.Timestamp("2025-01-01"),
            "actual_start": pd.Timestamp("2026-03-01"),
        },
        q={"cost_clp": 9, "funding_sources": None, "planned_start": pd.Timestamp("2027-01-01")},
        r={"cost_clp": 1, "funding_sources": []},
    )
    ledger = spread(plan, located(("p", Point(1, 1))), areas())
    by_source = investment_by(ledger, "source", on=TODAY).frame
    assert by_source["key"].tolist()[:2] == ["FNDR", "PMU"] and pd.isna(by_source["key"][2])
    assert by_source["clp"].tolist() == [51, 50, 10]
    by_year = investment_by(ledger, "year", on=TODAY).frame
    assert by_year["key"].tolist()[:2] == [2026, 2027] and pd.isna(by_year["key"][2])
    assert by_year["clp"].tolist() == [101, 9, 1]
    assert by_year["to_locate_clp"].tolist() == [0, 9, 1]


def test_what_tells_no_strategy_counts_in_those_of_its_objectives() -> None:
    plan = register(
        own={"cost_clp": 1000, "objective_ids": ["O3"]},
        one={"cost_clp": 300, "strategy": None, "objective_ids": ["O1", "O2"]},
        two={
            "cost_clp": 101,
            "strategy": None,
            "objective_ids": ["O3", "O1", "O2", "gone"],
            "funding_sources": ["FNDR", "PMU"],
        },
        none={"cost_clp": 7, "strategy": None, "objective_ids": None},
        lost={"cost_clp": 5, "strategy": None, "objective_ids": ["gone"]},
    )
    objectives = pd.DataFrame({"code": ["O1", "O2", "O3"], "strategy": ["S", "S", "T"]})
    places = located(("two", LineString([(70, 50), (110, 50)])))  # 30 m west, 10 m east
    ledger = spread(plan, places, areas(), objectives=objectives)
    found = investment_by(ledger, "strategy", on=TODAY)
    # S: its own 1000, O1 and O2 of one strategy 300 once, and half of 101; T the other half
    assert dict(zip(found.frame["code"], found.frame["clp"], strict=True)) == {
        "S": 1350, "T": 51, "-": 12,
    }  # fmt: skip
    assert found.frame["initiatives"].tolist() == [3, 1, 2]
    # 101 in four parts of 18.9375 (A) and four of 6.3125 (B): 19 each, and 7, 6, 6, 6
    two = ledger[ledger["initiative"] == "two"]
    assert len(two) == 8 and two["clp"].sum() == 101 and sums(two) == {"A": 76, "B": 25}
    assert [(i.name, i.features) for i in found.method.inputs][-1] == ("objectives", 3)
    alone = investment_by(spread(plan, places, areas()), "strategy", on=TODAY).frame
    assert dict(zip(alone["code"], alone["clp"], strict=True)) == {"S": 1000, "-": 413}


def test_few_inhabitants_have_a_sum_and_no_rate() -> None:
    plan = register(p={"cost_clp": 3000}, q={"cost_clp": 500, "invented": True})
    ledger = spread(plan, located(("p", Point(1, 1)), ("q", Point(150, 1))), areas())
    deficit = pd.Series({"A": 60.0, "B": 0.0})
    found = investment_by_area(ledger, areas(), on=TODAY, deficit=deficit)
    assert found.frame["clp"].tolist() == [3000, 500]
    assert found.frame["clp_per_inhabitant"].tolist() == [3.0, pytest.approx(np.nan, nan_ok=True)]
    assert found.frame["clp_per_deficit"].tolist() == [50.0, pytest.approx(np.nan, nan_ok=True)]
    assert found.frame["greyed"].tolist() == [False, True]
    assert found.frame["invented_clp"].tolist() == [0, 500]
    assert found.totals["clp"] == 3500 and found.totals["invented_clp"] == 500
    said = found.method.text("es")
    assert "DINERO INVENTADO: 1 iniciativas (14 % del monto)" in said
    assert "1 áreas con pocos habitantes" in said
    without = spread(plan[:1], located(("p", Point(1, 1))), areas())
    assert "INVENTADO" not in investment_by_area(without, areas(), on=TODAY).method.text("es")


def test_a_register_without_amounts_gives_nothing_and_breaks_nothing() -> None:
    ledger = spread(register(p={"cost_clp": None}), located(("p", Point(1, 1))), areas())
    assert ledger.empty
    for column in BY:
        assert investment_by(ledger, column, on=TODAY).frame.empty
    found = investment_by_area(ledger, areas(), on=TODAY)
    assert found.frame["clp"].tolist() == [0, 0] and found.totals["clp"] == 0
    assert found.frame["clp_share_pct"].isna().all()


def test_an_unknown_column_is_told() -> None:
    ledger = spread(register(p={"cost_clp": 1}), located(("p", Point(1, 1))), areas())
    with pytest.raises(BadRequest):
        investment_by(ledger, "colour", on=TODAY)  # type: ignore[arg-type]


def test_systems_must_agree() -> None:
    plan, places = register(p={"cost_clp": 1}), located(("p", Point(1, 1)))
    with pytest.raises(WrongCrs):
        spread(plan, places.to_crs(4326), areas())


def test_localities_reach_halfway_and_no_farther() -> None:
    two = gpd.GeoDataFrame(
        {"code": ["p", "q", "r"]}, geometry=[Point(0, 0), Point(1000, 0), Point(9000, 0)], crs=CRS
    )
    ground = locality_areas(two, reach_m=800)
    assert ground.geometry.iloc[0].intersection(ground.geometry.iloc[1]).area == pytest.approx(0)
    assert ground.geometry.iloc[0].bounds[2] == pytest.approx(500)
    assert ground.geometry.iloc[2].bounds == pytest.approx((8200, -800, 9800, 800))
    same = two.assign(geometry=[Point(0, 0), Point(0, 0), Point(1000, 0)]).set_crs(CRS)
    ground = locality_areas(same, reach_m=100)
    assert ground.geometry.iloc[0].equals(ground.geometry.iloc[1])
    assert len(locality_areas(two[:0])) == 0


coordinate = st.integers(-20, 220).map(float)
points = st.tuples(coordinate, coordinate)
shapes = st.one_of(
    points.map(Point),
    st.lists(points, min_size=2, max_size=4, unique=True).map(LineString),
    st.tuples(coordinate, coordinate, st.integers(1, 80), st.integers(1, 80)).map(
        lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
)
roles = st.sampled_from(["site", "route", "to_be_defined"])
sources = st.lists(st.sampled_from(["FNDR", "PMU", "FRIL"]), max_size=3)
one = st.tuples(
    st.one_of(st.none(), st.integers(0, 10**12)),
    sources,
    st.lists(st.tuples(shapes, roles), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(one, min_size=1, max_size=5), st.floats(1, 99))
def test_totals_are_the_registers_however_the_ground_is_cut(drawn: list, cut: float) -> None:
    plan = register(
        **{f"i{n}": {"cost_clp": c, "funding_sources": s} for n, (c, s, _) in enumerate(drawn)}
    )
    plan["cost_clp"] = plan["cost_clp"].astype("Int64")
    places = located(*((f"i{n}", g, r) for n, d in enumerate(drawn) for g, r in d[2]))
    total = sum(c for c, _, _ in drawn if c is not None)
    whole = spread(plan, places, areas())
    assert whole["clp"].sum() == total
    for column in BY:
        assert investment_by(whole, column, on=TODAY).frame["clp"].sum() == total
    # the first area split in two: what it had is what its halves have, but for rounding
    halves = spread(plan, places, areas(box(0, 0, cut, 100), box(cut, 0, 100, 100), EAST))
    assert halves["clp"].sum() == total
    before, after = sums(whole), sums(halves)
    assert after.get("C", 0) == pytest.approx(before.get("B", 0), abs=20) or _on_cut(places, cut)
    apart = halves[halves["place"] != "area"].groupby("place")["clp"].sum()
    known = whole[whole["place"] != "area"].groupby("place")["clp"].sum()
    assert apart.to_dict() == pytest.approx(known.to_dict(), abs=20)


def _on_cut(places: gpd.GeoDataFrame, cut: float) -> bool:
    """Whether a place lies on the outer border, where three areas share what two had."""
    return bool(places.geometry.intersects(LineString([(100, 0), (100, 100)])).any())


@given(st.integers(0, 10**13), st.lists(st.floats(0.001, 1), min_size=1, max_size=12))
def test_parts_are_whole_and_add_up(total: int, shares: list[float]) -> None:
    parts = whole_parts(total, np.array(shares))
    assert sum(parts) == total and min(parts) >= 0
    exact = total * np.array(shares) / sum(shares)
    assert np.abs(np.array(parts) - exact).max() <= 1 + total * 1e-14


@settings(deadline=None)
@given(shapes, st.lists(st.tuples(coordinate, coordinate), min_size=0, max_size=4))
def test_shares_of_a_place_are_one(shape: Any, corners: list) -> None:
    ground = np.array([box(x, y, x + 60, y + 60) for x, y in corners], dtype=object)
    found = area_shares(shape, ground, shapely.STRtree(ground))
    assert sum(found.values()) == pytest.approx(1) and min(found.values()) > 0


def test_whose_register_it_is_is_told() -> None:
    plan, places = register(p={"cost_clp": 1000}), located(("p", Point(50, 50)))
    plan.attrs["source"], places.attrs["source"] = "SECPLA", "Obras"
    by = investment_by(spread(plan, places, areas()), "status", on=TODAY)
    assert [(i.name, i.source) for i in by.method.inputs] == [
        ("initiatives", "SECPLA"), ("project_locations", "Obras"),
    ]  # fmt: skip
