"""The plan over HTTP: filters, their counts, files of what passes, and the same as a page."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openpyxl
import pytest
from lxml import html as lxml_html

from sitplan.db import Database
from sitplan.plan_filter import FACETS


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as client:
        yield client


def codes_of(document: dict[str, Any]) -> list[str]:
    def walk(nodes: list[dict[str, Any]]) -> list[str]:
        return [
            code
            for node in nodes
            for code in (*([node["code"]] if node["matches"] else []), *walk(node["children"]))
        ]

    plans = [plan for strategy in document["strategies"] for plan in strategy["plans"]]
    return [code for plan in plans for code in walk(plan["children"])]


def file_of(document: dict[str, Any], title: str) -> str:
    return str(
        next(
            one["href"]
            for one in document["links"]
            if one["rel"] == "enclosure" and one["title"] == title
        )
    )


def test_the_whole_plan_and_what_a_choice_leaves(http: httpx.Client) -> None:
    whole = http.get("/plan").json()
    assert whole["matched"] == whole["total"] == 254 and whole["dated"] == 60
    assert [one["name"] for one in whole["facets"]] == list(FACETS)
    assert sorted(codes_of(whole)) == sorted(whole["codes"])
    theme = next(one for one in whole["facets"] if one["name"] == "theme")
    value = theme["values"][0]
    narrowed = http.get("/plan", params={"theme": value["code"]}).json()
    assert narrowed["matched"] == value["count"] and narrowed["total"] == 254
    assert sorted(codes_of(narrowed)) == sorted(narrowed["codes"])
    chosen = next(one for one in narrowed["facets"] if one["name"] == "theme")
    assert [one["code"] for one in chosen["values"] if one["chosen"]] == [value["code"]]
    assert [one["count"] for one in chosen["values"]] == [one["count"] for one in theme["values"]]


def test_a_filter_is_in_the_address_of_the_answer_and_blanks_ask_nothing(
    http: httpx.Client,
) -> None:
    found = http.get("/plan", params={"strategy": "DT", "q": "plaza", "stage": ""}).json()
    itself = next(one["href"] for one in found["links"] if one["rel"] == "self")
    assert "strategy=DT" in itself and "q=plaza" in itself and "stage" not in itself
    assert http.get(itself).json()["codes"] == found["codes"]
    assert http.get("/plan", params={"theme": "of_nobody"}).json()["matched"] == 0
    refused = http.get("/plan", params={"themes": "green"})
    assert refused.status_code == 400 and "theme" in refused.json()["detail"]


@pytest.mark.parametrize("asked", [{}, {"source": "PMU", "area": "-,outside"}, {"q": "zzzz"}])
def test_files_hold_what_passes(http: httpx.Client, asked: dict[str, str]) -> None:
    found = http.get("/plan", params=asked).json()
    got = http.get(file_of(found, "CSV"))
    assert got.status_code == 200, got.text
    rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    headings = {row["code"] for row in rows} - set(found["codes"]) if not asked else set()
    assert {row["code"] for row in rows} - headings == set(found["codes"])
    assert len(headings) == (29 if not asked else 0)
    sheet = http.get(file_of(found, "Excel"))
    assert sheet.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(sheet.content), read_only=True)
    assert any(
        code in str(row) for row in book.worksheets[0].values for code in found["codes"]
    ) or (not found["codes"])
    book.close()


def test_the_page_needs_no_script(http: httpx.Client) -> None:
    asked = {"f": "html", "theme": "green", "placed": "yes"}
    told = http.get("/plan", params={**asked, "f": "json"}).json()
    tree = lxml_html.fromstring(http.get("/plan", params=asked).text)
    listed = tree.xpath("//section//li/a/text()")
    assert len(listed) >= told["matched"] > 0
    assert f"{told['matched']} de 254" in tree.text_content()
    for facet in told["facets"]:
        options = tree.xpath(f"//select[@id='by-{facet['name']}']/option")
        said = [option.text_content() for option in options[1:]]
        assert said == [f"{one['title']} ({one['count']})" for one in facet["values"]]
    assert tree.xpath("//select[@id='by-theme']/option[@selected]/@value") == ["green"]
    assert tree.xpath("//a[contains(@href, 'panel=plan&only=theme')]")
    english = http.get("/plan", params={**asked, "lang": "en"}).text
    assert "Without a place" in english and "Sin lugar" not in english


def test_a_change_of_the_plan_is_in_the_next_answer(served_fresh: str, fresh: Database) -> None:
    with httpx.Client(base_url=f"{served_fresh}/api", timeout=60) as http:
        before = http.get("/plan", params={"theme": "sport"}).json()["codes"]
        assert "DEMO-002" not in before
        with fresh.transaction() as cursor:
            cursor.execute("UPDATE layers.initiatives SET theme = 'sport' WHERE code = 'DEMO-002'")
        deadline = time.monotonic() + 20
        while "DEMO-002" not in (found := http.get("/plan?theme=sport").json()["codes"]):
            assert time.monotonic() < deadline, "the announcement did not come"
        assert set(found) == {*before, "DEMO-002"}
