"""Indicators on the map: areas in their classes' colours; legend, chart, table, method."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from .axe import faults_of
from .conftest import PHONE, Opener
from .looks import colours

pytestmark = pytest.mark.browser
TOWN = "#map=13.2/-28.5765/-70.7585"
GREEN = f"{TOWN}&panel=indicators&indicator=green_per_inhabitant"
DARKEST = (0x54, 0x27, 0x8F)
OPACITY = 0.82


def _like(page: Page, ink: tuple[int, int, int]) -> int:
    """Pixels of the map that are nearly this ink, drawn over whatever light ground."""
    box = page.locator(".map").bounding_box()
    assert box
    middle = {"x": box["x"] + box["width"] / 2 - 200, "y": box["y"] + box["height"] / 2 - 150}
    counted = colours(page.screenshot(clip={**middle, "width": 400, "height": 300}))
    lows = [part * OPACITY - 2 for part in ink]
    highs = [low + 255 * (1 - OPACITY) + 4 for low in lows]
    return sum(
        count
        for colour, count in counted.items()
        if all(low <= part <= high for low, part, high in zip(lows, colour, highs, strict=True))
    )


def test_areas_are_coloured_and_told_in_every_form(visit: Opener) -> None:
    watched = visit(f"{GREEN}/neighbourhoods")
    page = watched.page
    told = page.request.get(f"{watched.origin}/api/indicators/green_per_inhabitant").json()
    legend = page.get_by_test_id("indicator-legend")
    expect(legend.locator("li")).to_have_count(len(told["classes"]) + len(told["none"]))
    expect(legend).to_contain_text(told["classes"][0]["label"])
    expect(page.get_by_role("img", name=re.compile("una barra por área"))).to_be_visible()
    table = page.get_by_role("region", name="Tabla")
    expect(table.locator("tbody tr")).to_have_count(len(told["rows"]))
    method = page.get_by_test_id("indicator-method")
    expect(method).to_contain_text(told["formula"])
    expect(method).to_contain_text("Manzanas")
    (published,) = told["published"]
    expect(method).to_contain_text(published["statement"])
    expect(method).to_contain_text(published["source"])
    expect(page.locator("main")).to_contain_text(told["statement"])
    assert faults_of(page) == []


def test_the_map_has_the_colours_while_the_panel_is_open(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=indicators&indicator=investment_per_inhabitant/neighbourhoods").page
    expect(page.get_by_test_id("indicator-legend")).to_be_visible(timeout=60_000)
    deadline = time.monotonic() + 20
    while (with_it := _like(page, DARKEST)) < 1000:
        assert time.monotonic() < deadline, with_it
    page.get_by_role("button", name="Herramientas").first.click()
    expect(page.locator("main h1")).to_have_text("Herramientas")
    deadline = time.monotonic() + 20
    while (without := _like(page, DARKEST)) > with_it / 10:
        assert time.monotonic() < deadline, without


def test_the_table_is_sorted_by_keyboard_and_an_area_is_highlighted(visit: Opener) -> None:
    watched = visit(f"{GREEN}/neighbourhoods")
    page = watched.page
    told = page.request.get(f"{watched.origin}/api/indicators/green_per_inhabitant").json()
    known = sorted((r for r in told["rows"] if r["value"] is not None), key=lambda r: r["value"])
    first = page.get_by_role("region", name="Tabla").locator("tbody tr").first
    expect(first.locator("th")).to_have_text(known[-1]["name"])
    head = page.get_by_role("button", name=re.compile("^Valor"))
    head.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Valor")
    expect(first.locator("th")).to_have_text(known[0]["name"])
    first.get_by_role("button").press("Enter")
    expect(first.get_by_role("button")).to_have_attribute("aria-pressed", "true")


def test_blocks_of_few_people_have_no_rate(visit: Opener) -> None:
    page = visit(f"{GREEN}/neighbourhoods").page
    page.get_by_label("Por", exact=True).select_option("census_blocks")
    expect(page).to_have_url(re.compile("indicator=green_per_inhabitant/census_blocks"))
    legend = page.get_by_test_id("indicator-legend")
    expect(legend).to_contain_text("sin tasa (menos de 30 habitantes)", timeout=60_000)
    expect(page.get_by_role("img", name=re.compile("en cada clase"))).to_be_visible()
    expect(page.get_by_role("button", name="Mostrar las 809 filas")).to_be_visible()
    page.get_by_label("Indicador", exact=True).select_option("green_deficit")
    expect(legend).to_contain_text("m²")
    expect(page.locator("main")).to_contain_text("norma de m² por habitante")


def test_on_a_phone_in_the_dark_in_english(visit: Opener) -> None:
    place = f"{TOWN}&panel=indicators&indicator=investment_per_inhabitant/neighbourhoods"
    page = visit(f"{place}&lang=en&theme=dark", viewport=PHONE, has_touch=True).page
    expect(page.locator("main h1")).to_have_text("Indicators")
    legend = page.get_by_test_id("indicator-legend")
    expect(legend.locator("li").first).to_contain_text("CLP/inh.", timeout=60_000)
    expect(page.get_by_test_id("indicator-method")).to_contain_text("Formula")
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "nothing is wider than the phone"
    assert faults_of(page) == []


def test_the_tools_lead_to_it(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=tools").page
    page.get_by_role("button", name="Indicadores").click()
    expect(page.locator("main h1")).to_have_text("Indicadores")
    expect(page.get_by_test_id("indicator-legend")).to_be_visible(timeout=60_000)


def test_the_maps_own_legend_folds_beside_the_indicators_and_comes_back(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=home").page
    key = page.locator("#map-key")
    expect(key).to_be_visible()
    page.goto(f"{page.url.split('#')[0]}{GREEN}/neighbourhoods")
    page.reload()
    expect(page.get_by_test_id("indicator-legend")).to_be_visible(timeout=60_000)
    expect(key).to_have_count(0)
    page.get_by_role("button", name="Herramientas").first.click()
    expect(page.locator("main h1")).to_have_text("Herramientas")
    expect(key).to_be_visible()
    expect(page).to_have_url(re.compile("indicator=green_per_inhabitant/neighbourhoods"))
    page.get_by_role("button", name=re.compile("^Indicadores")).click()
    expect(page.get_by_label("Indicador", exact=True)).to_have_value("green_per_inhabitant")


def test_hazard_and_who_walks_are_choices_that_the_link_carries(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=indicators&indicator=safe_min_flood_adult/neighbourhoods").page
    legend = page.get_by_test_id("indicator-legend")
    expect(legend.locator("li").first).to_contain_text("min", timeout=60_000)
    expect(page.get_by_label("Indicador", exact=True)).to_have_value("safe_min")
    page.get_by_label("Quién camina").select_option("older")
    expect(page).to_have_url(re.compile("indicator=safe_min_flood_older/neighbourhoods"))
    expect(page.get_by_label("Amenaza")).to_have_value("flood")
    expect(page.get_by_role("region", name="Tabla")).to_contain_text("% en 15 minutos")
    assert faults_of(page) == []


def test_localities_are_circles_in_their_colours(visit: Opener) -> None:
    watched = visit("#map=10.5/-28.58/-70.75&panel=indicators&indicator=rural_need")
    page = watched.page
    legend = page.get_by_test_id("indicator-legend")
    expect(legend).to_contain_text("puntos de 100", timeout=60_000)
    deadline = time.monotonic() + 20
    while (seen := _ink(page, (0xA5, 0x0F, 0x15))) < 100:
        assert time.monotonic() < deadline, seen


def _ink(page: Page, ink: tuple[int, int, int]) -> int:
    """Pixels of the map that are this very ink."""
    box = page.locator(".map").bounding_box()
    assert box
    counted = colours(page.screenshot(clip=dict(box)))
    near = (
        n for c, n in counted.items() if all(abs(a - b) < 8 for a, b in zip(c, ink, strict=True))
    )
    return sum(near)
