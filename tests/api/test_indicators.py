"""Indicators by area: the analyses' own numbers, told with classes, method and what they are of."""

from __future__ import annotations

import asyncio
import csv
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from lxml import html as lxml_html
from shapely import MultiPolygon, affinity

import sitplan
from api.main import create_app
from sitplan.analysis.plain import plain_rows
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.indicators import INDICATORS, classes_of
from sitplan.intake.entering import full_register
from sitplan.offering import ANALYSIS
from sitplan.settings import Settings
from tests.api.running import running


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=120) as client:
        yield client


def test_the_list_tells_what_there_is_and_by_which_areas(http: httpx.Client) -> None:
    listed = http.get("/indicators").json()["indicators"]
    assert [one["id"] for one in listed] == list(INDICATORS)
    for one in listed:
        assert [area["layer"] for area in one["areas"]] == list(INDICATORS[one["id"]].areas)
        assert one["title"] and one["description"] and one["unit"]
    english = http.get("/indicators", params={"lang": "en"}).json()["indicators"]
    assert all(a["title"] != b["title"] for a, b in zip(listed, english, strict=True))


@pytest.mark.parametrize(
    ("name", "areas"),
    [
        ("green_per_inhabitant", "neighbourhoods"),
        ("green_nearby", "census_districts"),
        ("investment_per_inhabitant", "census_districts"),
        ("investment_per_deficit", "neighbourhoods"),
        ("rural_need", "rural_localities"),
        ("safe_min_flood_older", "neighbourhoods"),
        ("safe_min_earthquake_adult", "census_districts"),
    ],
)
def test_values_are_the_librarys_and_so_are_the_layers_read(
    http: httpx.Client, seeded_settings: Settings, name: str, areas: str
) -> None:
    one = INDICATORS[name]
    told = http.get(f"/indicators/{name}", params={"of": areas}).json()
    with sitplan.open(settings=seeded_settings) as here:
        found = here.analyse(one.analysis, **one.inputs(areas, date.fromisoformat(told["day"])))
    rows = {row["code"]: row for row in plain_rows(found.frame)}
    assert {row["code"]: row["value"] for row in told["rows"]} == {
        code: row[one.column] for code, row in rows.items()
    }
    assert {row["code"]: row["id"] for row in told["rows"]} == {
        one["properties"]["code"]: one["id"]
        for one in http.get(f"/collections/{areas}/items?limit=1000").json()["features"]
    }
    read = json.loads(found.frame.attrs[ANALYSIS])["layers"]
    assert set(read) == set(one.layers(areas)) == {i["layer"] for i in told["inputs"]}
    assert told["statement"].startswith("Calculado por SITPLAN con datos de: ")
    assert told["formula"] and told["method"]["parameters"] and told["illustrative"] is True
    assert all(isinstance(i["revision"], int) for i in told["inputs"])


def test_classes_hold_every_area_once_and_few_people_have_no_rate(http: httpx.Client) -> None:
    told = http.get("/indicators/green_per_inhabitant", params={"of": "census_blocks"}).json()
    values = [row["value"] for row in told["rows"]]
    counted = sum(one["count"] for one in told["classes"]) + sum(o["count"] for o in told["none"])
    assert counted == len(values) == 809
    few = [row for row in told["rows"] if row["reason"] == "few"]
    assert few and all(row["value"] is None and row["population"] < 30 for row in few)
    assert told["none"][0] == {
        "reason": "few", "label": "sin tasa (menos de 30 habitantes)", "count": len(few),
    }  # fmt: skip
    for one in told["classes"]:
        inside = [
            v for v in values if v is not None
            and (one["from"] is None or v >= one["from"]) and (one["to"] is None or v < one["to"])
        ]  # fmt: skip
        assert len(inside) == one["count"] > 0


def test_an_area_that_nobody_flees_from_says_so(http: httpx.Client) -> None:
    """No value, and nothing lacks: the legend and the table tell it apart from few and unknown."""
    told = http.get("/indicators/safe_min_flood_adult?of=neighbourhoods", timeout=120).json()
    outside = [row for row in told["rows"] if row["reason"] == "outside"]
    assert outside and all(row["value"] is None and row["exposed"] == 0 for row in outside)
    assert {row["code"] for row in outside} == {r["code"] for r in told["rows"] if not r["exposed"]}
    assert {"reason": "outside", "label": "nadie vive en la amenaza", "count": len(outside)} in (
        told["none"]
    )


def test_areas_that_have_nothing_are_a_class_of_their_own() -> None:
    one = INDICATORS["green_deficit"]

    def told(*values: float) -> list[tuple[object, ...]]:
        rows = [{"value": value} for value in (*values, None)]
        return [(c["from"], c["to"], c["label"], c["count"]) for c in classes_of(one, rows, "es")]

    assert told(0, 0, 0) == [(None, None, "0", 3)]
    assert told(0, 0, 0, 1037, 40_000) == [
        (None, 1000, "0", 3), (1000, 40_000, "1.000 a menos de 40.000", 1),
        (40_000, None, "40.000 o más", 1),
    ]  # fmt: skip
    assert [c[3] for c in told(0, 0.0031, 0.5)] == [1, 1, 1]
    assert told(3, 3) == [(None, None, "todos los valores", 2)]


def test_no_class_is_empty() -> None:
    """By hand: cuts at 22, 23, 26 and 26, and nothing from 22 to 23."""
    one = INDICATORS["safe_min_flood_adult"]
    values = [21.2, 21.6, 23.4, 25.1, 25.8, 26.4, 27.2]
    found = classes_of(one, [{"value": value} for value in values], "es")
    assert [(c["from"], c["to"], c["count"]) for c in found] == [
        (None, 22.0, 2), (22.0, 26.0, 3), (26.0, None, 2)
    ]  # fmt: skip


def test_what_is_in_reach_says_something_of_blocks_and_keeps_the_whole(http: httpx.Client) -> None:
    inside = http.get("/indicators/green_per_inhabitant", params={"of": "census_blocks"}).json()
    near = http.get("/indicators/green_nearby", params={"of": "census_blocks"}).json()
    assert sum(bool(row["value"]) for row in inside["rows"]) < 50, "no block contains a park"
    assert sum(bool(row["value"]) for row in near["rows"]) > 600 and len(near["classes"]) > 4
    assert near["whole"] == pytest.approx(inside["whole"]), "all that there is, shared out"


def test_one_group_is_told_apart_by_its_choices(http: httpx.Client) -> None:
    listed = http.get("/indicators", params={"lang": "en"}).json()["indicators"]
    group = [one for one in listed if one["group"]["id"] == "safe_min"]
    told = [tuple((c["name"], c["value"]) for c in one["choices"]) for one in group]
    assert len(set(told)) == len(group) == 16
    assert all([name for name, _ in one] == ["hazard", "profile"] for one in told)
    assert "Minutes to the nearest safe place: " in group[0]["title"]
    assert len({one["title"] for one in group}) == 16
    (need,) = [one for one in listed if one["id"] == "rural_need"]
    assert need["choices"] == [] and need["group"]["id"] == "rural_need"


def _jobs(http: httpx.Client) -> set[str]:
    return {one["jobID"] for one in http.get("/jobs").json()["jobs"]}


def test_all_that_share_an_analysis_share_its_run(http: httpx.Client) -> None:
    jobs = _jobs(http)
    first = http.get("/indicators/green_per_inhabitant").json()
    for name in ("squares_served", "green_deficit", "squares_distance", "parks_served"):
        told = http.get(f"/indicators/{name}").json()
        assert told["calculated"] == first["calculated"], "the same run gave it"
        assert any(row["value"] for row in told["rows"])
    answer = http.get("/indicators/green_per_inhabitant")
    tag = answer.headers["etag"]
    again = http.get("/indicators/green_per_inhabitant", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert _jobs(http) <= jobs, "the runs are nobody's jobs"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/indicators/divination", 404),
        ("/indicators/green_per_inhabitant?of=roads", 400),
        ("/indicators/investment_per_inhabitant?of=census_blocks", 400),
        ("/indicators/green_per_inhabitant?colour=red", 400),
    ],
)
def test_what_there_is_not_is_told(http: httpx.Client, path: str, status: int) -> None:
    answer = http.get(path)
    assert answer.status_code == status and answer.json()["hint"]


def test_the_page_needs_no_script(http: httpx.Client) -> None:
    told = http.get("/indicators/green_per_inhabitant", params={"lang": "en"}).json()
    answer = http.get("/indicators/green_per_inhabitant", params={"lang": "en", "f": "html"})
    tree = lxml_html.fromstring(answer.text)
    tables = tree.xpath("//table")
    assert len(tables[1].xpath(".//tbody/tr")) == len(told["rows"]) == 25
    text = tree.text_content()
    assert told["formula"] in text and told["method"]["parameters"][0]["source"] in text
    assert told["statement"] in text
    (map_,) = [a for a in tree.xpath("//a/@href") if "panel=indicators" in a]
    assert map_.endswith("#panel=indicators&indicator=green_per_inhabitant/neighbourhoods&lang=en")
    listed = http.get("/indicators", params={"f": "html"}).text
    assert all(f"/api/indicators/{name}" in listed for name in INDICATORS)


def test_a_change_of_the_data_is_in_the_next_answer(
    fresh_settings: Settings, tmp_path: Path
) -> None:
    own = replace(fresh_settings, home=tmp_path / "home")
    app = create_app(own, dist=tmp_path)
    with running(app) as client:
        deadline = time.monotonic() + 10
        while not app.state.memory.is_open:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        path = "/api/indicators/investment_per_inhabitant"
        before = _get(client, path)
        assert _get(client, path)["calculated"] == before["calculated"], "kept"
        first = before["rows"][0]
        with Database(own, role="admin", workers=1) as database:
            frame = pd.DataFrame({"code": [first["code"]], "population": [29]})
            apply(
                database, full_register(database), [Edit("neighbourhoods", frame)],
                author=Author(), why="menos gente",
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while (after := _get(client, path))["inputs"] == before["inputs"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        row = next(r for r in after["rows"] if r["code"] == first["code"])
        assert (row["value"], row["reason"], row["population"]) == (None, "few", 29)
        assert after["calculated"] > before["calculated"]


def test_a_square_changes_the_figures_before_and_after_it_exists(
    fresh_settings: Settings, tmp_path: Path
) -> None:
    """By exactly what the hand says: drafted, added, enlarged, closed."""
    own = replace(fresh_settings, home=tmp_path / "home")
    app = create_app(own, dist=tmp_path)
    path = "/api/indicators/green_per_inhabitant?of=census_districts"
    with running(app) as client:
        deadline = time.monotonic() + 10
        while not app.state.memory.is_open:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        before = _get(client, path)
        with sitplan.open(settings=own) as here:
            districts = here.frame("census_districts").set_index("code")
            others = here.frame("green_areas").union_all()
        code, people, spot = next(
            (row["code"], row["population"], spot)
            for row in before["rows"]
            if row["value"] is not None
            for spot in [districts.geometry[row["code"]].representative_point().buffer(25, 1)]
            if districts.geometry[row["code"]].contains(spot) and not others.intersects(spot)
        )

        def value(told: dict[str, Any]) -> float:
            (row,) = (one for one in told["rows"] if one["code"] == code)
            return float(row["value"])

        def drawn(scale: float) -> gpd.GeoDataFrame:
            return gpd.GeoDataFrame(
                {"code": ["AV-P"], "name": ["Plaza nueva"], "kind": ["plaza"],
                 "built_state": ["consolidada"], "public_access": [True],
                 "review_state": ["published"]},
                geometry=[MultiPolygon([affinity.scale(spot, scale, scale)])], crs=districts.crs,
            )  # fmt: skip

        def changed(frame: pd.DataFrame, known: dict[str, Any]) -> dict[str, Any]:
            with Database(own, role="admin", workers=1) as database:
                apply(
                    database, full_register(database), [Edit("green_areas", frame)],
                    author=Author(), why="plaza",
                )  # fmt: skip
            deadline = time.monotonic() + 60
            while (after := _get(client, path))["inputs"] == known["inputs"]:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            return after

        draft = json.loads(drawn(1).to_crs(4326).to_json())
        asked = {"of": "census_districts", "drafts": draft}
        tried = client.post(
            "/api/processes/green_what_if/execution", json={"inputs": asked}, timeout=120
        ).json()
        rows = {one["properties"]["code"]: one["properties"] for one in tried["features"]}
        drafted = rows[f"{code}-green_m2_per_inhabitant"]
        by_hand = spot.area / people
        assert value(before) == pytest.approx(drafted["before"])
        assert drafted["change"] == pytest.approx(by_hand, rel=1e-4)
        assert value(_get(client, path)) == value(before), "a draft changes nothing"
        added = changed(drawn(1).rename_geometry("geom"), before)
        assert value(added) - value(before) == pytest.approx(by_hand, rel=1e-4)
        larger = changed(drawn(2).rename_geometry("geom"), added)
        assert value(larger) - value(before) == pytest.approx(4 * by_hand, rel=1e-4)
        closed = changed(pd.DataFrame({"code": ["AV-P"], "public_access": [False]}), larger)
        assert value(closed) == pytest.approx(value(before))
        assert [row for row in closed["rows"] if row["code"] != code] == [
            row for row in before["rows"] if row["code"] != code
        ]


def _get(client: httpx.Client, path: str) -> dict[str, Any]:
    answer = client.get(path, timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_many_who_ask_at_once_share_one_run(served: str) -> None:
    async def ask() -> set[str]:
        async with httpx.AsyncClient(base_url=f"{served}/api", timeout=60) as client:
            path, params = "/indicators/squares_served", {"of": "census_districts", "lang": "en"}
            answers = await asyncio.gather(*(client.get(path, params=params) for _ in range(8)))
        return {answer.json()["calculated"] for answer in answers}

    assert len(asyncio.run(ask())) == 1


@pytest.mark.parametrize(
    ("name", "code", "column"),
    [
        ("green_per_inhabitant", "BPU_29", "green_m2_per_inhabitant"),
        ("squares_served", "BPU_28a", "squares_served_pct"),
        ("parks_served", "BPU_28b", "parks_served_pct"),
        ("squares_distance", "BPU_20", "squares_mean_m"),
    ],
)
def test_the_method_sheet_has_what_is_published_beside_ours(
    http: httpx.Client, seeded_settings: Settings, name: str, code: str, column: str
) -> None:
    """One number in process, library and method sheet, with its year, source and why it differs."""
    with (seeded_settings.layers / "indicators.csv").open(encoding="utf-8") as file:
        (row,) = (one for one in csv.DictReader(file) if one["code"] == code)
    asked = {"of": "neighbourhoods", "lang": "en"}
    (told,) = http.get(f"/indicators/{name}", params=asked).json()["published"]
    assert (told["code"], told["value"], told["year"], told["source"]) == (
        code, float(row["value"]), int(row["year"]), row["source"],
    )  # fmt: skip
    assert "SIEDU" in told["why"] and "drawn for the demonstration" in told["why"]
    sent = http.post("/processes/green_standards/execution", json={"inputs": {}}).json()
    rows = [one["properties"] for one in sent["features"]]
    theirs = {one["way"] or None: one for one in rows if one["indicator"] == column}
    assert {one["way"] for one in told["ours"]} == set(theirs) and theirs
    for one in told["ours"]:
        beside = theirs[one["way"]]
        assert one["value"] == pytest.approx(beside["value"])
        assert one["difference"] == pytest.approx(beside["difference"])
        assert (beside["published_code"], beside["published"]) == (code, told["value"])
        assert beside["why_es"] and beside["why_en"] in told["why"]
    page = http.get(f"/indicators/{name}", params={**asked, "f": "html"}).text
    assert told["statement"] in lxml_html.fromstring(page).text_content()
    other = http.get("/indicators/green_deficit", params=asked).json()
    assert other["published"] == []


def test_who_flees_is_reckoned_once_and_added_up_by_every_kind_of_areas(
    http: httpx.Client, seeded_settings: Settings
) -> None:
    """One run for a hazard and a profile, whatever the areas and the language; no number moves."""
    name = "safe_min_dam_break_child"
    one, told = INDICATORS[name], {}
    for areas in one.areas:
        for lang in ("es", "en"):
            told[areas, lang] = http.get(f"/indicators/{name}?of={areas}&lang={lang}").json()
    assert len({found["calculated"] for found in told.values()}) == 1
    with sitplan.open(settings=seeded_settings) as here:
        for (areas, lang), found in told.items():
            day = date.fromisoformat(found["day"])
            again = here.analyse(one.analysis, **one.inputs(areas, day))
            rows = {row["code"]: row[one.column] for row in plain_rows(again.frame)}
            assert {row["code"]: row["value"] for row in found["rows"]} == rows
            assert found["method"] == json.loads(json.dumps(again.method.told(lang)))
            assert {i["layer"] for i in found["inputs"]} == set(one.layers(areas))
    assert any(row["value"] for row in told["census_blocks", "es"]["rows"])
