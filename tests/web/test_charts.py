"""Charts: what is drawn, the table and the API have the same figures."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from sitplan.indicators import figure

from .axe import faults_of
from .conftest import DESKTOP, PHONE, Opener

pytestmark = pytest.mark.browser
DRAWN = "[data-drawn=true] svg"


def _told(page: Page, told: dict[str, Any]) -> None:
    """Picture, its words, and table hold every figure of the document."""
    drawing = page.locator("[data-drawn=true]")
    expect(drawing.locator("svg")).to_be_visible(timeout=60_000)
    expect(page.locator("tbody tr")).to_have_count(len(told["rows"]))
    names = [one["name"] for one in told["series"]]
    beside = [one["name"] for one in told["columns"]]
    for row, line in zip(told["rows"], page.locator("tbody tr").all(), strict=True):
        values = [row["values"][name] for name in names] + [row[name] for name in beside]
        expect(line.locator("td")).to_have_text([figure(value, "es") or "—" for value in values])
    said = drawing.get_attribute("aria-label") or ""
    figures = drawing.locator("svg text").all_text_contents()
    texts = " ".join(" ".join(figures).split())
    for row in told["rows"]:
        known = [value for value in row["values"].values() if value is not None]
        whole = figure(sum(known), "es") if known else "—"
        assert whole in figures and row["title"] in texts, texts
        for value in known:
            assert not value or figure(value, "es") in said


@pytest.mark.parametrize(
    ("only", "path"),
    [
        ("", "investment"),
        ("chart=investment&by=source", "investment?by=source"),
        ("chart=progress", "progress"),
        ("chart=green_area", "green_area"),
    ],
)
def test_chart_table_and_api_have_the_same_figures(visit: Opener, only: str, path: str) -> None:
    watched = visit(f"#panel=charts&only={quote(only, safe='')}", drawn=False)
    page = watched.page
    told = page.request.get(f"{watched.origin}/api/charts/{path}", timeout=60_000).json()
    expect(page.locator("tbody tr").first).to_be_visible(timeout=60_000)
    _told(page, told)
    if told["warning"]:
        expect(page.get_by_test_id("chart-warning")).to_have_text(told["warning"])
    assert faults_of(page) == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("lang", ["es", "en"])
def test_names_stand_clear_of_bars_and_of_figures(
    visit: Opener, viewport: dict[str, int], lang: str
) -> None:
    page = visit(f"#panel=charts&lang={lang}", viewport=viewport, drawn=False).page
    page.wait_for_selector(DRAWN)
    boxes = page.evaluate(
        """() => {
            const of = (nodes) => [...nodes].map((n) => n.getBoundingClientRect()).map(
                ({left, right, top, bottom}) => ({left, right, top, bottom}));
            const svg = document.querySelector("[data-drawn=true] svg");
            return {svg: of([svg])[0], texts: of(svg.querySelectorAll("text")),
                    bars: of([...svg.querySelectorAll("path")].filter(
                        (n) => n.getAttribute("stroke") && n.getBBox().height > 10))};
        }"""
    )
    assert len(boxes["bars"]) >= 6
    for text in boxes["texts"]:
        assert (
            boxes["svg"]["left"] - 1 <= text["left"] and text["right"] <= boxes["svg"]["right"] + 1
        )
        for other, gap in [
            *((bar, 2) for bar in boxes["bars"]),
            *((one, -0.5) for one in boxes["texts"] if one is not text),
        ]:
            beside = text["right"] <= other["left"] or other["right"] <= text["left"]
            above = text["bottom"] + gap <= other["top"] or other["bottom"] + gap <= text["top"]
            assert beside or above, (text, other)


def test_the_library_comes_when_charts_are_opened_and_choices_are_in_the_address(
    visit: Opener,
) -> None:
    watched = visit("#panel=tools")
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name=re.compile("^Gráficos")).click()
    page.wait_for_selector(DRAWN)
    assert any("/draw-" in url for url in asked)
    page.get_by_label("Gráfico", exact=True).select_option("progress")
    expect(page).to_have_url(re.compile("only=chart%3Dprogress"))
    expect(page.locator("thead th").first).to_have_text("Estrategia")
    expect(page.get_by_label("Ver por")).to_have_count(0)
    page.go_back()
    expect(page.get_by_label("Ver por")).to_be_visible()
    page.get_by_label("Ver por").select_option("year")
    expect(page.locator("thead th").first).to_have_text("Año de inicio")


def test_on_paper_it_is_as_by_day(visit: Opener) -> None:
    page = visit("#panel=charts&theme=dark", drawn=False).page
    page.wait_for_selector(DRAWN)
    inks = "[...document.querySelectorAll('[data-drawn] text')].map(t => t.getAttribute('fill'))"
    assert "#1B1A17" not in page.evaluate(inks)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"{inks}.includes('#1B1A17')")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_function(f"!{inks}.includes('#1B1A17')")


def test_on_a_phone_in_the_dark_in_english(visit: Opener) -> None:
    page = visit(
        "#panel=charts&lang=en&theme=dark", viewport=PHONE, has_touch=True, drawn=False
    ).page
    page.wait_for_selector(DRAWN)
    expect(page.locator("main h1")).to_have_text("Charts")
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "nothing is wider than the phone"
    assert faults_of(page) == []
