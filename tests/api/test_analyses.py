"""The analyses as processes: described, checked, the same numbers as the library's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import sitplan
from sitplan.analyses import ANALYSES, run_analysis
from sitplan.analysis.plain import plain_rows, plain_value
from sitplan.errors import BadRequest, NotFound
from sitplan.settings import Settings


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=120) as client:
        yield client


def _run(http: httpx.Client, name: str, **inputs: Any) -> httpx.Response:
    return http.post(f"/processes/{name}/execution", json={"inputs": inputs})


def test_they_are_described_in_both_languages(http: httpx.Client) -> None:
    listed = {one["id"]: one for one in http.get("/processes").json()["processes"]}
    for name in ANALYSES:
        assert name in listed
        told = {
            lang: http.get(f"/processes/{name}", params={"lang": lang}).json()
            for lang in ("es", "en")
        }
        assert told["es"]["title"] != told["en"]["title"]
        for one in told.values():
            assert set(one["outputs"]) == {"result"} and "on" in one["inputs"]
            for value in one["inputs"].values():
                assert value["title"] and value["description"] and value["schema"]["type"]


def _plot(code: str, lon: float, lat: float, side: float = 0.0005) -> dict[str, Any]:
    ring = [
        [lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat],
    ]  # fmt: skip
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": shape}


def _plots(*plots: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(plots)}


def _slow(*case: Any) -> Any:
    return pytest.param(*case, marks=pytest.mark.slow)


PLOTS = _plots(_plot("north", -70.765, -28.570), _plot("south", -70.757, -28.585))
DRAFT = _plots(_plot("new", -70.765, -28.570) | {"properties": {"code": "n", "kind": "plaza"}})
CASES = [
    ("rural_access", {"weights": {"city": 1, "services": 3}}, 20, "Point"),
    ("investment_by_area", {}, 25, "MultiPolygon"),
    ("investment_by_area", {"areas": "rural_localities", "reach_m": 1000}, 20, "Polygon"),
    ("investment_by", {"by": "year"}, None, None),
    ("plan_progress", {}, 8, None),
    ("evacuation", {"hazard": "flood"}, None, "LineString"),
    _slow("evacuation", {"hazard": "flood", "part": "exits", "profile": "child"}, None, None),
    _slow("evacuation", {"hazard": "flood", "part": "edges"}, None, "LineString"),
    ("evacuation_routes_proposed", {"hazard": "flood", "profile": "older"}, None, "LineString"),
    ("evacuation_shared", {"hazard": "flood", "profile": "child"}, None, None),
    _slow("evacuation_fallen", {"hazard": "flood", "roads": ["V-0072"]}, 1, "LineString"),
    _slow("evacuation_what_if", {"hazard": "earthquake", "closed_exits": ["PE-01"]}, None, None),
    _slow("evacuation_summary", {}, None, None),
    ("green_standards", {}, None, None),
    ("green_what_if", {"drafts": DRAFT}, None, None),
    ("green_siting", {"candidates": PLOTS, "most": 1}, 2, "Polygon"),
    _slow("green_siting", {"candidates": PLOTS, "most_m2": 9000, "aim": "m2"}, 2, "Polygon"),
    ("green_indicators", {"of": "census_districts", "profile": "older"}, 15, "MultiPolygon"),
]


@pytest.mark.parametrize(("name", "inputs", "count", "kind"), CASES)
def test_the_answer_is_geojson_with_its_method_and_the_librarys_numbers(
    http: httpx.Client,
    seeded_settings: Settings,
    name: str,
    inputs: dict[str, Any],
    count: int | None,
    kind: str | None,
) -> None:
    answer = _run(http, name, **inputs)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["type"] == "FeatureCollection"
    assert found["method"]["title"] and found["method"]["parameters"] is not None
    assert found["method"]["inputs"][0]["features"] > 0
    kinds = {one["geometry"] and one["geometry"]["type"] for one in found["features"]}
    assert found["features"]
    assert kind is None or kinds <= {kind, f"Multi{kind}", None}
    assert len(found["features"]) == (count or len(found["features"]))
    with sitplan.open(settings=seeded_settings) as here:
        again = here.analyse(name, **inputs)
    assert [one["properties"] for one in found["features"]] == plain_rows(again.frame)
    assert found["totals"] == {k: plain_value(v) for k, v in again.totals.items()}
    codes = [one["properties"]["code"] for one in found["features"]]
    assert len(set(codes)) == len(codes)


def test_invented_money_says_so(http: httpx.Client) -> None:
    found = _run(http, "investment_by", by="source").json()
    assert found["method"]["notes"][0].startswith("DINERO INVENTADO: 60 iniciativas (100 %")
    total = sum(one["properties"]["clp"] for one in found["features"])
    assert total == found["totals"]["clp"] > 0


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("rural_access", {"weights": {"city": -1}}),
        ("rural_access", {"weights": {"colour": 1}}),
        ("rural_access", {"weights": {}}),
        ("rural_access", {"weights": {"city": 0}}),
        ("rural_access", {"on": "ayer"}),
        ("rural_access", {"on": "2026-19-39"}),
        ("investment_by_area", {"areas": "roads"}),
        ("investment_by_area", {"reach_m": 1e9}),
        ("investment_by_area", {"fewest_people": 0}),
        ("investment_by", {"by": "clp"}),
        ("plan_progress", {"with_invented": "no"}),
        ("green_indicators", {"profile": "dog"}),
        ("green_indicators", {"square_m": 0}),
        ("plan_progress", {"colour": 1}),
        ("evacuation", {}),
        ("evacuation", {"hazard": "dragons"}),
        ("evacuation", {"hazard": "flood", "closed_exits": ["nothing"]}),
        ("evacuation", {"hazard": "flood", "closed_roads": ["x"] * 51}),
        ("evacuation_routes_proposed", {"hazard": "flood", "zone": "nothing"}),
        ("green_siting", {"candidates": PLOTS}),
        ("green_siting", {"candidates": _plots(), "most": 1}),
        ("green_siting", {"candidates": _plots(_plot("a", 0, 0)), "most": 1}),
        ("green_siting", {"candidates": _plots(*[_plot("a", -70.76, -28.57)] * 2), "most": 1}),
        ("green_siting", {"candidates": _plots({"geometry": {"type": "Po"}}), "most": 1}),
        ("green_siting", {"candidates": _plots({"geometry": None}), "most": 1}),
    ],
)
def test_wrong_inputs_are_refused(http: httpx.Client, name: str, inputs: dict[str, Any]) -> None:
    answer = _run(http, name, **inputs)
    assert answer.status_code == 400 and answer.json()["hint"]


def test_as_a_job_with_its_progress(http: httpx.Client) -> None:
    begun = http.post(
        "/processes/plan_progress/execution",
        json={"inputs": {"on": "2026-01-01"}},
        headers={"Prefer": "respond-async"},
    )
    assert begun.status_code == 201
    place = begun.headers["location"]
    deadline = time.monotonic() + 60
    while (status := http.get(place).json())["status"] in ("accepted", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert status["status"] == "successful"
    found = http.get(f"{place}/results").json()
    assert found["method"]["date"] == "2026-01-01"


def test_an_unknown_analysis_is_told(seeded_settings: Settings) -> None:
    with sitplan.open(settings=seeded_settings) as here:
        with pytest.raises(NotFound) as caught:
            here.analyse("divination")
        assert caught.value.code == "no_such_analysis"
        with pytest.raises(BadRequest):
            here.analyse("plan_progress", colour=1)
        assert run_analysis("plan_progress", here.ground(), {}).totals["entries"] == 194
