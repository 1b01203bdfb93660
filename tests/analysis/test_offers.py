"""What is offered, over a town drawn by hand: each number is worked out beside it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import LineString, Point, box, mapping

import sitplan.analysis
from sitplan.analyses import ANALYSES, run_analysis
from sitplan.analysis import evacuation
from sitplan.analysis.method import Result
from sitplan.catalogue import Catalogue
from sitplan.errors import BadRequest, WrongCrs
from sitplan.offering import Ground, coded
from sitplan.offers import risk

CRS = "EPSG:32719"
X, Y = 330_000.0, 6_838_000.0


def _frame(rows: list[dict[str, Any]], *columns: str) -> gpd.GeoDataFrame:
    names = dict.fromkeys([*columns, *(name for row in rows for name in row)])
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=[*names]) if rows else pd.DataFrame(columns=[*names]),
        geometry="geometry",
        crs=CRS,
    )


def _line(*ways: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in ways])


def _box(west: float, south: float, east: float, north: float) -> Any:
    return box(X + west, Y + south, X + east, Y + north)


# 100 people 100 m from the west end of a street of 400 m; from its east end a bridge of 600 m leads
# to a square for 60, and a street of 900 m north to one for 100. The west is flooded.
TOWN = {
    "roads": _frame(
        [
            {"code": "R0", "class": "residential", "geometry": _line((0, 0), (400, 0))},
            {"code": "R1", "class": "residential", "bridge": True,
             "geometry": _line((400, 0), (1000, 0))},
            {"code": "R2", "class": "residential", "geometry": _line((400, 0), (400, 900))},
        ]
    ),
    "census_blocks": _frame(
        [{"code": "A", "population": 100, "geometry": _box(90, -10, 110, 10)}]
    ),
    "hazard_zones": _frame(
        [{"code": "z", "hazard": "flood", "level": "bajo", "geometry": _box(-50, -50, 200, 50)}]
    ),
    "meeting_points": _frame(
        [
            {"code": "E", "name": "Este", "hazard": ["flood"], "usable_m2": 60.0, "capacity": None,
             "accessible": "yes", "geometry": Point(X + 1000, Y)},
            {"code": "N", "name": "Norte", "hazard": ["flood"], "usable_m2": 100.0,
             "capacity": None, "accessible": "yes", "geometry": Point(X + 400, Y + 900)},
        ]
    ),
    "safe_zones": _frame([], "code", "name", "hazard", "geometry"),
    "waterways": _frame([], "code", "class", "geometry"),
    "neighbourhoods": _frame(
        [{"code": "V", "name": "Villa", "geometry": _box(0, -500, 1000, 500)}]
    ),
    "urban_limits": _frame([{"code": "U", "geometry": _box(0, -500, 1000, 500)}]),
    "green_areas": _frame(
        [{"code": "P", "kind": "plaza", "built_state": "consolidada", "public_access": True,
          "geometry": _box(380, 0, 420, 50)}]
    ),
}  # fmt: skip
EAST_MIN, NORTH_MIN = 900 / 1.2 / 60, 1200 / 1.2 / 60
"""An adult walks 1.2 m/s: 300 m to the corner, then 600 m or 900 m."""


@pytest.fixture
def town(catalogue: Catalogue) -> Ground:
    return Ground(lambda name, _: TOWN[name].copy(), catalogue.territory, lambda: (None, None))


def _run(town: Ground, name: str, **inputs: Any) -> Result:
    on = {"on": date(2026, 11, 1).isoformat()}
    return run_analysis(name, town, on | inputs)


def _by_code(found: Result) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in found.frame.to_dict("records")}


def _sent(shape: Any, **told: Any) -> dict[str, Any]:
    there = gpd.GeoSeries([shape], crs=CRS).to_crs(4326).iloc[0]
    one = {"type": "Feature", "properties": told, "geometry": mapping(there)}
    return {"type": "FeatureCollection", "features": [one]}


def test_who_flees_is_shared_out_by_what_the_squares_hold(town: Ground) -> None:
    found = _run(town, "evacuation_shared", hazard="flood")
    rows = _by_code(found)
    assert {code: row["people"] for code, row in rows.items()} == {
        "A-E": pytest.approx(60), "A-N": pytest.approx(40),
    }  # fmt: skip
    assert rows["A-E"]["minutes"] == pytest.approx(EAST_MIN)
    assert rows["A-N"]["minutes"] == pytest.approx(NORTH_MIN)
    assert found.totals["covered"] == pytest.approx(60), "within 15 minutes"
    closed = _run(town, "evacuation_shared", hazard="flood", closed_exits=["N"])
    assert _by_code(closed)["A--"]["people"] == pytest.approx(40), "there is no room for them"


def test_a_bridge_that_falls(town: Ground) -> None:
    (row,) = _by_code(_run(town, "evacuation_fallen", hazard="flood")).values()
    assert row["code"] == "R1" and row["people_delayed"] == 100 and row["cut_off"] == 0
    assert row["minutes_added"] == pytest.approx(NORTH_MIN - EAST_MIN)
    assert row["covered_lost"] == 100
    (street,) = _by_code(_run(town, "evacuation_fallen", hazard="flood", roads=["R2"])).values()
    assert street["people_delayed"] == street["covered_lost"] == 0
    with pytest.raises(BadRequest):
        _run(town, "evacuation_fallen", hazard="flood", roads=["R9"])


def test_what_would_change_for_who_flees(town: Ground) -> None:
    fallen = _run(town, "evacuation_what_if", hazard="flood", closed_roads=["R1"])
    rows = _by_code(fallen)
    assert rows["A-minutes"]["before"] == pytest.approx(EAST_MIN)
    assert rows["A-minutes"]["after"] == pytest.approx(NORTH_MIN)
    assert (rows["A-covered"]["before"], rows["A-covered"]["after"]) == (1, 0)
    assert fallen.totals["covered"] == -100
    new = _sent(Point(X + 250, Y), code="nuevo", usable_m2=500)
    rows = _by_code(_run(town, "evacuation_what_if", hazard="flood", new_points=new))
    assert rows["A-minutes"]["after"] == pytest.approx(150 / 1.2 / 60, rel=1e-6)
    moved = _sent(Point(X + 250, Y), code="E")
    closed = _run(town, "evacuation_what_if", hazard="flood", new_points=moved, closed_exits=["E"])
    assert _by_code(closed)["A-minutes"]["after"] == pytest.approx(NORTH_MIN), "one has that code"
    same = _run(town, "evacuation_what_if", hazard="flood")
    assert same.frame.empty and set(same.totals.values()) <= {0.0}


def test_each_hazard_and_profile_side_by_side(town: Ground) -> None:
    rows = _by_code(_run(town, "evacuation_summary"))
    assert set(rows) == {f"flood-{who}" for who in ("adult", "child", "older", "reduced_mobility")}
    assert rows["flood-adult"]["covered_pct"] == 100
    assert rows["flood-adult"]["mean_min"] == pytest.approx(EAST_MIN)
    assert rows["flood-reduced_mobility"]["covered_pct"] == 0, "900 m at 0.6 m/s take 25 minutes"
    assert rows["flood-adult"]["accessible_pct"] == 0
    assert rows["flood-adult"]["overloaded"] == 1, "100 go to a square for 60"


def test_a_square_before_there_is_one(town: Ground) -> None:
    shape = _box(90, 20, 140, 70)
    found = _run(town, "green_what_if", drafts=_sent(shape, code="nueva", kind="plaza"))
    rows = _by_code(found)
    assert rows["V-green_m2"]["before"] == 2000
    assert rows["V-green_m2"]["change"] == pytest.approx(2500, rel=1e-6)
    assert rows["V-green_m2_per_inhabitant"]["after"] == pytest.approx(45, rel=1e-6)
    assert found.totals["green_m2"] == pytest.approx(2500, rel=1e-6)
    larger = _run(town, "green_what_if", drafts=_sent(shape, code="P", kind="parque"))
    rows = _by_code(larger)
    assert (rows["V-squares_m2"]["after"], rows["V-squares_m2"]["before"]) == (0, 2000)
    closed = _by_code(_run(town, "green_what_if", closing=["P"]))
    assert (
        closed["V-green_m2"]["after"] == 0 and closed["V-squares_served_network"]["change"] == -100
    )
    # 1,000 m² would be the norm: none was missing, with the square closed all of it is
    assert closed["V-green_deficit_m2"]["change"] == pytest.approx(1000)


def test_candidates_may_be_a_frame(town: Ground) -> None:
    """What an analyst holds: in metres, named by its codes or its labels."""
    plot = gpd.GeoDataFrame({"code": ["S"]}, geometry=[_box(100, 0, 130, 30)], crs=CRS)
    asked = {"most": 1, "kind": "squares"}
    sent = _run(town, "green_siting", candidates=_sent(plot.geometry[0], code="S"), **asked)
    held = _run(town, "green_siting", candidates=plot, **asked)
    assert held.totals == sent.totals
    assert held.frame["code"].tolist() == sent.frame["code"].tolist() == ["S"]
    labelled = plot.drop(columns="code").rename(index={0: "esquina"})
    assert _run(town, "green_siting", candidates=labelled, **asked).frame["code"][0:1].tolist() == [
        "esquina"
    ]
    with pytest.raises(WrongCrs):
        _run(town, "green_siting", candidates=plot.set_crs(None, allow_override=True), **asked)


def test_both_standards_beside_what_is_published(town: Ground) -> None:
    told = [{"indicator": "green_m2_per_inhabitant", "value": 6.93, "standard": 10,
             "sense": "at_least", "year": 2018}]  # fmt: skip
    found = _run(town, "green_standards", published=told, official_population=125)
    rows = _by_code(found)
    here = rows["green_m2_per_inhabitant"]
    assert here["value"] == 20 and here["difference"] == pytest.approx(20 - 6.93)
    assert here["meets"] and here["published"] == 6.93
    # a square of 2,000 m² in 1,000,000 m² of city
    assert rows["open_space_pct"]["value"] == pytest.approx(0.2)
    assert "falta el 20 %" in " ".join(found.method.told("es")["notes"])
    assert found.frame.set_index("code").loc["green_m2_per_inhabitant", "why_en"]
    # nobody says what is published: the territory does, with year and source
    usual = _by_code(_run(town, "green_standards"))
    assert usual["open_space_pct"]["value"] == pytest.approx(0.2)
    told = {one["indicator"]: one for one in town.territory.facts["published_figures"]}
    people = told.pop("population")["value"]
    for name, one in told.items():
        rows = [row for code, row in usual.items() if code.startswith(name)]
        assert rows and all(row["published"] == one["value"] for row in rows)
        assert all((row["year"], row["source"]) == (one["year"], one["source"]) for row in rows)
        gaps = [row["value"] - one["value"] for row in rows]
        assert [row["difference"] for row in rows] == pytest.approx(gaps, nan_ok=True)
    assert f"{people:,.0f}".replace(",", "") in " ".join(
        _run(town, "green_standards").method.told("es")["notes"]
    )
    nothing = _by_code(_run(town, "green_standards", published=[]))
    assert all(math.isnan(row["published"]) and not row["why_es"] for row in nothing.values())


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("green_what_if", {"closing": ["nothing"]}),
        ("green_what_if", {"drafts": _sent(_box(0, 0, 9, 9), kind="cancha")}),
        ("green_what_if", {"drafts": _sent(Point(X, Y), kind="plaza")}),
        ("green_what_if", {"drafts": _sent(_box(-9e5, 0, -8e5, 9), kind="plaza")}),
        ("green_standards", {"published": [{"indicator": "x"}]}),
        ("evacuation_what_if", {"hazard": "flood", "new_points": _sent(_box(0, 0, 9, 9))}),
        ("evacuation_what_if", {"hazard": "flood", "new_points": _sent(Point(X, Y), usable_m2=-1)}),
        ("evacuation_what_if", {"hazard": "flood", "closed_roads": ["R9"]}),
        ("evacuation_shared", {"hazard": "dragons"}),
    ],
)
def test_what_cannot_be_tried_out_is_refused(
    town: Ground, name: str, inputs: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest) as caught:
        _run(town, name, **inputs)
    assert caught.value.hint("es") and caught.value.hint("en")


BY_HAND = {
    "nearest", "build_network", "ground", "read_heights",  # steps on the way to a result
    "as_drafted", "compared",  # inside green_what_if and evacuation_what_if
    "evacuate_all",  # its table is evacuation_summary
}  # fmt: skip
"""Functions that are no process of their own, each with its reason."""
OFFERED = {
    "evacuate": "evacuation", "evacuation_summary": "evacuation_summary",
    "fallen": "evacuation_fallen", "green_indicators": "green_indicators",
    "green_standards": "green_standards", "investment_by": "investment_by",
    "investment_by_area": "investment_by_area", "plan_progress": "plan_progress",
    "propose_routes": "evacuation_routes_proposed", "rural_access": "rural_access",
    "share_out": "evacuation_shared", "safety_by_area": "safety_by_area",
    "green_nearby": "green_nearby", "where_to_act": "green_siting",
}  # fmt: skip


def test_every_public_analysis_is_offered_or_told_why_not() -> None:
    functions = {name for name in sitplan.analysis.__all__ if name[0].islower()}
    assert functions == BY_HAND | set(OFFERED)
    assert set(OFFERED.values()) <= set(ANALYSES)


def test_minutes_to_a_safe_place_by_area(town: Ground) -> None:
    """Beside the 100 who take 12.5 minutes, 300 take 300 m (4.17 minutes) less."""
    more = {"code": "B", "population": 300, "geometry": _box(390, -60, 410, -40)}
    wide = _frame([{"code": "z", "hazard": "flood", "level": "bajo",
                    "geometry": _box(-50, -70, 420, 70)}])  # fmt: skip
    blocks = pd.concat([TOWN["census_blocks"], _frame([more])], ignore_index=True)
    frames = TOWN | {"census_blocks": blocks, "hazard_zones": wide}
    place = Ground(lambda name, _: frames[name].copy(), town.territory, town.relief)
    found = _run(place, "safety_by_area", hazard="flood", within_min=15)
    row = _by_code(found)["V"]
    # from 50 m beside the street to it, then 600 m over the bridge
    near = (50 + 600) / 1.2 / 60
    assert (row["population"], row["exposed"], row["reached"]) == (400, 400, 400)
    assert row["mean_min"] == pytest.approx((100 * EAST_MIN + 300 * near) / 400)
    assert (row["within_15_pct"], row["within_30_pct"]) == (100, 100)
    assert found.totals["mean_min"] == pytest.approx(row["mean_min"])
    slow = _by_code(_run(place, "safety_by_area", hazard="flood", profile="reduced_mobility"))["V"]
    # at 0.6 m/s: 25 minutes and 18
    assert (slow["within_15_pct"], slow["within_30_pct"]) == (0, 100)
    each = _by_code(_run(place, "safety_by_area", hazard="flood", of="census_blocks"))
    assert each["A"]["mean_min"] == pytest.approx(EAST_MIN)
    frames["census_blocks"] = blocks.assign(population=[29, 300])
    few = _by_code(_run(place, "safety_by_area", hazard="flood", of="census_blocks"))["A"]
    assert few["too_few"] and pd.isna(few["mean_min"]) and few["exposed"] == 29
    frames["hazard_zones"] = TOWN["hazard_zones"]
    dry = _by_code(_run(place, "safety_by_area", hazard="flood", of="census_blocks"))["B"]
    assert dry["exposed"] == 0 and not dry["too_few"] and pd.isna(dry["mean_min"])


def test_green_area_in_reach_is_shared_by_all_who_reach_it(town: Ground) -> None:
    far = {"code": "B", "population": 300, "geometry": _box(890, -10, 910, 10)}
    blocks = pd.concat([TOWN["census_blocks"], _frame([far])], ignore_index=True)
    frames = TOWN | {"census_blocks": blocks}
    place = Ground(lambda name, _: frames[name].copy(), town.territory, town.relief)

    def shares(of: str, **more: Any) -> dict[str, dict[str, Any]]:
        return _by_code(_run(place, "green_nearby", of=of, **more))

    # the square of 2,000 m² begins 280 m from A along the street and 480 m from B
    each = shares("census_blocks")
    assert each["A"]["near_m2_per_inhabitant"] == pytest.approx(20)
    assert each["B"]["near_m2_per_inhabitant"] == 0
    assert (each["A"]["squares_near"], each["B"]["squares_near"]) == (1, 0)
    both = shares("census_blocks", square_m=600)
    assert both["A"]["near_m2_per_inhabitant"] == both["B"]["near_m2_per_inhabitant"] == 5
    # whoever has it, the area has what it has
    for limit in (400, 600):
        area = shares("neighbourhoods", square_m=limit)["V"]
        assert area["near_m2_per_inhabitant"] * area["population"] == pytest.approx(2000)
    found = _run(place, "green_nearby", square_m=100)
    assert found.totals["unshared_m2"] == 2000 and found.totals["near_m2_per_inhabitant"] == 0


def test_investment_by_what_is_missing(town: Ground) -> None:
    frames = TOWN | {
        "green_areas": TOWN["green_areas"].iloc[:0],
        "initiatives": pd.DataFrame(
            [{"code": "I", "cost_clp": 5_000_000, "strategy": "x", "funding_sources": None}]
        ),
        "project_locations": _frame(
            [{"code": "L", "initiative": "I", "role": "site", "geometry": Point(X + 5, Y)}]
        ),
    }
    frames["neighbourhoods"] = TOWN["neighbourhoods"].assign(population=100)
    place = Ground(lambda name, _: frames[name].copy(), town.territory, town.relief)
    row = _by_code(_run(place, "investment_by_area", per_deficit=True))["V"]
    assert row["clp_per_deficit"] == pytest.approx(5_000_000 / 1000), "10 m² for each of 100"
    assert "clp_per_deficit" not in _run(place, "investment_by_area").frame.columns


def test_who_flees_is_reckoned_once_for_all_kinds_of_areas(
    town: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same figures as by each kind alone, also where a kind has no areas yet."""
    inputs = {"hazard": "flood", "profile": "older", "within_min": 15, "start_delay_min": 0,
              "m2_per_person": 1}  # fmt: skip
    empty = TOWN["neighbourhoods"].iloc[:0]
    frames = {**TOWN, "census_districts": empty}
    ground = replace(town, read=lambda name, _: frames[name].copy())
    kinds = ("neighbourhoods", "census_blocks", "census_districts")
    alone = {k: _run(ground, "safety_by_area", of=k, hazard="flood", profile="older")
             for k in kinds}  # fmt: skip
    runs: list[int] = []
    whole = evacuation.evacuate
    monkeypatch.setattr(evacuation, "evacuate", lambda *a, **k: runs.append(1) or whole(*a, **k))
    found = risk.safety_by_areas(ground, date(2026, 11, 1), inputs, kinds)
    assert runs == [1]
    for kind in kinds:
        together = coded(found[kind])
        assert_frame_equal(together.frame, alone[kind].frame)
        assert together.totals == alone[kind].totals and together.method == alone[kind].method
    assert alone["neighbourhoods"].frame["exposed"].tolist() == [100]
    assert len(alone["census_districts"].frame) == 0
