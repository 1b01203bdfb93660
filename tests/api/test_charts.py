"""Charts: their figures are the analyses' and the indicator's own, and the page has the same."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html as lxml_html

from sitplan.analysis.investment import investment_by, spread
from sitplan.analysis.plain import plain_rows
from sitplan.analysis.progress import plan_progress
from sitplan.catalogue import Catalogue
from sitplan.charts import BY, CHARTS
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.indicators import figure

LAYERS = Path(__file__).resolve().parents[2] / "layers"


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=120) as client:
        yield client


def frames(seeded: Database, catalogue: Catalogue, *names: str) -> list[Any]:
    return [read_frame(seeded, catalogue.layer(name)) for name in names]


def test_the_list_names_three_with_what_they_can_be_added_up_by(http: httpx.Client) -> None:
    listed = http.get("/charts").json()["charts"]
    assert [one["id"] for one in listed] == list(CHARTS)
    assert [one["by"] for one in listed[0]["choices"]] == list(BY)
    english = http.get("/charts?lang=en").json()["charts"]
    assert all(a["title"] != b["title"] for a, b in zip(listed, english, strict=True))


@pytest.mark.parametrize("by", BY)
def test_investment_is_the_analysis_own(
    http: httpx.Client, seeded: Database, catalogue: Catalogue, by: str
) -> None:
    told = http.get("/charts/investment", params={"by": by}).json()
    initiatives, places, areas, objectives = frames(
        seeded, catalogue, "initiatives", "project_locations", "neighbourhoods", "objectives"
    )
    today = catalogue.territory.today()
    found = investment_by(spread(initiatives, places, areas, objectives=objectives), by, on=today)
    rows = {row["code"]: row for row in told["rows"]}
    for row in plain_rows(found.frame):
        one = rows[row["code"]]
        assert one["clp"] == row["clp"] == sum(one["values"].values())
        assert one["values"]["invented_clp"] == row["invented_clp"]
        assert one["initiatives"] == row["initiatives"]
    assert sum(row["clp"] for row in told["rows"]) == told["total"] == initiatives["cost_clp"].sum()
    assert told["illustrative"] and "inventado" in told["warning"]
    if by == "strategy":
        assert len(rows) == 8 and "-" not in rows, "whatever has money serves an objective"
        assert not any(row["values"]["plan_clp"] for row in told["rows"]), "the plan tells none"
        assert [row["clp"] > 0 for row in told["rows"]] == [True] * 6 + [False] * 2


def test_money_by_strategy_is_as_added_up_from_the_seeds(http: httpx.Client) -> None:
    """Told of a strategy, or of the objectives: half of what serves two strategies goes to each."""
    plan, objectives = (
        list(csv.DictReader((LAYERS / name / "seed.csv").read_text("utf-8").splitlines()))
        for name in ("initiatives", "objectives")
    )
    strategies = {one["code"]: one["strategy"] for one in objectives}
    known: Counter[str] = Counter()
    for one in plan:
        if one["cost_clp"]:
            served = {strategies[code] for code in one["objective_ids"].split(";")}
            for strategy in served:
                known[strategy] += int(one["cost_clp"]) / len(served)  # type: ignore[assignment]
    told = http.get("/charts/investment?by=strategy").json()["rows"]
    assert {row["title"]: row["clp"] for row in told if row["clp"]} == pytest.approx(
        dict(known), abs=60
    )
    assert len(known) == 6 and max(known.values()) < 0.8 * sum(known.values())
    sent = http.post("/processes/investment_by/execution", json={"inputs": {"by": "strategy"}})
    process = {one["properties"]["code"]: one["properties"] for one in sent.json()["features"]}
    assert {row["code"]: row["clp"] for row in told if row["clp"]} == {
        code: row["clp"] for code, row in process.items()
    }


def test_progress_is_the_analysis_own_and_counts_every_initiative(
    http: httpx.Client, seeded: Database, catalogue: Catalogue
) -> None:
    told = http.get("/charts/progress").json()
    initiatives, places = frames(seeded, catalogue, "initiatives", "project_locations")
    found = plan_progress(initiatives, places, on=catalogue.territory.today(), with_invented=True)
    rows = {row["code"]: row for row in plain_rows(found.frame)}
    assert len(told["rows"]) == len(rows) == 9
    for row in told["rows"]:
        assert sum(row["values"].values()) == row["entries"] == rows[row["code"]]["entries"]
        for state, count in row["values"].items():
            assert count == rows[row["code"]][f"status_{state}"]
        beside = [one["name"] for one in told["columns"]]
        assert {name: row[name] for name in beside} == {
            name: rows[row["code"]][name] for name in beside
        }
    assert {"territorial", "located", "located_pct"} <= {one["name"] for one in told["columns"]}
    assert 0 < sum(row["located"] for row in told["rows"][:-1]) == found.frame["located"][:-1].sum()
    # the process and the notebook leave out what was invented: strategy by strategy the same
    sent = http.post("/processes/plan_progress/execution", json={"inputs": {}}).json()
    plan = {one["properties"]["code"]: one["properties"] for one in sent["features"]}
    assert len(plan) == 8
    for row in told["rows"]:
        if row["code"] in plan:
            shown = {**{f"status_{s}": n for s, n in row["values"].items()},
                     **{name: row[name] for name in beside}}  # fmt: skip
            known = plan[row["code"]]
            assert {n: v for n, v in shown.items() if n in known} == {
                n: known[n] for n in shown if n in known
            }
    assert sum(row["entries"] for row in plan.values()) == 194 == sent["totals"]["entries"]
    assert told["total"] == 254
    order = list(catalogue.layer("initiatives").field("status").codes)  # type: ignore[union-attr]
    shown = [one["name"] for one in told["series"]]
    assert shown == [code for code in order if code in shown] and len(shown) > 5


def test_green_areas_are_the_indicators_own(http: httpx.Client) -> None:
    told = http.get("/charts/green_area").json()
    indicator = http.get("/indicators/green_per_inhabitant").json()
    assert {row["code"]: row["values"]["value"] for row in told["rows"]} == {
        row["code"]: row["value"] for row in indicator["rows"]
    }
    values = [row["values"]["value"] for row in told["rows"] if row["values"]["value"] is not None]
    assert values == sorted(values, reverse=True) and told["total"] == indicator["whole"]


@pytest.mark.parametrize(
    "path", ["investment?by=theme", "investment?by=strategy", "progress", "green_area"]
)
def test_the_page_has_the_same_figures(http: httpx.Client, path: str) -> None:
    told = http.get(f"/charts/{path}").json()
    join = "&" if "?" in path else "?"
    page = lxml_html.fromstring(http.get(f"/charts/{path}{join}f=html").text)
    rows = page.xpath("//tbody/tr")
    assert len(rows) == len(told["rows"])
    names = [one["name"] for one in told["series"]]
    beside = [one["name"] for one in told["columns"]]
    for shown, row in zip(rows, told["rows"], strict=True):
        cells = [cell.text_content() for cell in shown.xpath("./td")]
        values = [row["values"][name] for name in names] + [row[name] for name in beside]
        assert cells == [figure(value, "es") or "—" for value in values]
    if told["warning"]:
        assert told["warning"] in page.text_content()


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/charts/pie", 404, "investment, progress, green_area"),
        ("/charts/investment?by=colour", 400, "strategy"),
        ("/charts/progress?by=theme", 400, "by"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    http: httpx.Client, path: str, status: int, said: str
) -> None:
    answer = http.get(path)
    assert answer.status_code == status and said in answer.text
