"""Two dates side by side: two maps of one place, parted by a line that a finger and a key move."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DESKTOP, PHONE, Opener, Watched
from .looks import colours

pytestmark = pytest.mark.browser
TOWN = "map=14/-28.576/-70.7585"
NERUDA = "map=17.5/-28.5833/-70.7556"
"""On the square that the demonstration opens on 18 May 2024."""
MERCED = "map=17.5/-28.57517/-70.75924"
"""On the small square that it closes on 31 August 2025."""
ALONE = "layers=-project_locations,-evacuation_routes,-meeting_points,-street_assets,-facilities"
GREEN = (0xC3, 0xD8, 0xAC)
SIZES = pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
)


def handle(page: Page) -> Locator:
    return page.get_by_role("slider", name="Línea que separa las dos fechas")


def switch(page: Page) -> Locator:
    return page.get_by_role("switch", name="Ver las dos fechas lado a lado")


def both(visit: Opener, place: str, **context: Any) -> Watched:
    """The map with two dates side by side, both drawn."""
    watched = visit(f"#{place}", **context)
    watched.page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    return watched


def part(page: Page, percent: int) -> None:
    """Moves the line, as a key would: to an end, then by steps."""
    handle(page).press("End" if percent == 100 else "Home")
    for _ in range(percent if percent < 100 else 0):
        handle(page).press("ArrowRight")
    expect(handle(page)).to_have_value(str(percent))


def middle(page: Page) -> Counter[tuple[int, int, int]]:
    """Colours around the middle of what shows of the map."""
    box = page.locator(".map").bounding_box()
    assert box
    x, y = (
        box["x"] + box["width"] / 2,
        box["y"] + box["height"] * (0.24 if box["width"] < 768 else 0.5),
    )
    return colours(page.screenshot(clip={"x": x - 35, "y": y - 20, "width": 70, "height": 40}))


def until(said: Callable[[], bool], what: str) -> None:
    """Waits for what is drawn, which no element tells."""
    end = time.monotonic() + 20
    while not said():
        assert time.monotonic() < end, what


def test_an_address_of_two_dates_and_no_place(visit: Opener) -> None:
    """Both maps are there, where the map lies to begin with."""
    page = visit("#panel=moment&on=2026-03-01&vs=2024-01-01&side=50").page
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    expect(page.locator(".bar [role=status]")).to_have_text("")


@SIZES
def test_two_dates_are_put_side_by_side_and_left_again(visit: Opener, size: dict[str, int]) -> None:
    """From an address of before, which still shows the difference; by one press, by going back."""
    page = visit(f"#{TOWN}&panel=moment&on=2026-03-01&vs=2024-01-01", viewport=size).page
    panel = page.locator("main")
    expect(panel).to_contain_text("Entre el 1 de enero de 2024 y el 1 de marzo de 2026")
    expect(panel).to_contain_text("1 nuevo · 1 cambiado · 1 retirado")
    expect(panel).to_contain_text("En esta demostración las fechas son inventadas.")
    expect(page.locator("[data-beside]")).to_have_count(0)
    assert "side=" not in page.url
    with page.expect_request(
        lambda asked: "/tiles/" in asked.url and "datetime=2024-01-01" in asked.url
    ):
        switch(page).press("Space")
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    assert "side=50" in page.url
    named = page.get_by_role("region", name="Dos fechas lado a lado")
    expect(named).to_contain_text("A la izquierda: 1 de enero de 2024")
    expect(named).to_contain_text("A la derecha: 1 de marzo de 2026")
    expect(page.get_by_test_id("moment")).to_have_count(0)  # what it says, these two say
    expect(page.get_by_test_id("watermark")).to_be_visible()
    for element in (handle(page), named.get_by_role("button", name="Dejar de ver lado a lado")):
        found = element.bounding_box()
        assert found and found["width"] >= 44 and found["height"] >= 44
    page.go_back()
    expect(named).to_have_count(0)
    assert "side=" not in page.url and "vs=2024-01-01" in page.url
    page.go_forward()
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    page.reload()
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    expect(switch(page)).to_be_checked()
    page.get_by_role("button", name="Dejar de ver lado a lado").click()
    expect(named).to_have_count(0)
    expect(switch(page)).not_to_be_checked()
    expect(page.locator(".canvas canvas")).to_be_focused()
    expect(page.get_by_test_id("moment")).to_contain_text("Vigente el 1 de marzo de 2026")
    assert "side=" not in page.url


@SIZES
def test_each_side_shows_what_was_in_force_on_its_day(visit: Opener, size: dict[str, int]) -> None:
    page = both(visit, f"{NERUDA}&{ALONE}&vs=2024-01-01&side=0&theme=day", viewport=size).page
    assert middle(page)[GREEN] > 1000  # today it is there
    part(page, 100)
    assert middle(page)[GREEN] == 0  # on the day before, not yet
    assert "side=100" in page.url


def test_time_runs_from_left_to_right(visit: Opener) -> None:
    """Whichever of the days is the one compared with."""
    place = f"{NERUDA}&{ALONE}&on=2024-01-01&vs=2026-03-01&side=0&theme=day"
    page = both(visit, place).page
    named = page.get_by_role("region", name="Dos fechas lado a lado")
    expect(named).to_contain_text("A la izquierda: 1 de enero de 2024")
    assert middle(page)[GREEN] > 1000
    part(page, 100)
    assert middle(page)[GREEN] == 0


def test_the_line_is_moved_by_keys_alone(visit: Opener) -> None:
    page = both(visit, f"{TOWN}&panel=moment&vs=2024-01-01&side=50").page
    switch(page).focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type === 'range'"):
            break
    expect(handle(page)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(handle(page)).to_have_attribute(
        "aria-valuetext",
        re.compile("^51 % del mapa muestra el 1 de enero de 2024; 49 %, el .*, hoy$"),
    )
    page.wait_for_url(re.compile("side=51"))
    page.keyboard.press("Home")
    page.wait_for_url(re.compile("side=0"))
    page.keyboard.press("Escape")
    expect(handle(page)).to_have_count(0)
    expect(page.locator(".canvas canvas")).to_be_focused()


@SIZES
def test_the_line_is_dragged_and_the_map_beside_it_too(visit: Opener, size: dict[str, int]) -> None:
    """Between two days without a difference both maps show the same, wherever one goes."""
    place = f"map=16/-28.576/-70.7585&{ALONE}&on=2026-03-01&vs=2026-02-01&side=50&theme=day"
    page = both(visit, place, viewport=size).page
    box = handle(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"side=(5[5-9]|[67]\d)"))
    part(page, 0)
    before = middle(page)
    was = page.url
    page.mouse.move(x - 60, y - 60)  # clear of the handle
    page.mouse.down()
    page.mouse.move(x - 130, y - 90, steps=4)
    page.mouse.up()
    page.wait_for_function("(was) => location.href !== was", arg=was)

    def agree() -> bool:
        part(page, 0)
        one = middle(page)
        part(page, 100)
        other = middle(page)
        return one != before and (one - other).total() <= 28  # of 2,800: names may differ by a hair

    until(agree, "the maps show different places")


def test_what_is_pressed_is_of_its_side(visit: Opener) -> None:
    """A square that is gone is pressed on its own day, and its sheet says until when it was."""
    page = both(visit, f"{MERCED}&{ALONE}&vs=2024-01-01&side=100").page
    page.locator(".canvas canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Plaza de Bolsillo Merced")
    page.get_by_text("Plaza de Bolsillo Merced").first.click()
    expect(page.locator("main h1")).to_have_text("Plaza de Bolsillo Merced")
    expect(page.locator("main")).to_contain_text("31 de agosto de 2025")
    expect(page.locator("[data-beside=ready]")).to_have_count(1)  # the dates stay
    page = both(visit, f"{MERCED}&{ALONE}&vs=2024-01-01&side=0").page
    page.locator(".canvas canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("Centro")  # what lies under it
    expect(page.locator("main")).not_to_contain_text("Plaza de Bolsillo Merced")


def test_both_sides_are_told_as_they_were_recorded(visit: Opener) -> None:
    watched = visit(f"#{TOWN}&panel=moment", drawn=False)
    page = watched.page
    told = page.request.get(f"{watched.origin}/api/collections/green_areas").json()
    began = told["extent"]["recorded"]["interval"][0][0]
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/tiles/" in one.url else None)
    page.goto("about:blank")
    page.goto(f"{watched.origin}/#{TOWN}&panel=moment&vs=2024-01-01&as-of={began}&side=50")
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    named = page.get_by_role("region", name="Dos fechas lado a lado")
    expect(named).to_contain_text("Como estaba registrado el")
    assert asked and all("as-of=" in one for one in asked)
    assert len([one for one in asked if "datetime=2024-01-01" in one]) == len(asked) / 2
    expect(page.locator("main")).to_contain_text("1 nuevo · 1 cambiado · 1 retirado")


def test_no_second_day_no_second_map(visit: Opener) -> None:
    """The comparison takes its map along, and nothing of it is fetched before it is wanted."""
    watched = visit(f"#{TOWN}&panel=moment&side=50", drawn=False)
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto("about:blank")
    page.goto(f"{watched.origin}/#{TOWN}&panel=moment&side=50")
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    expect(page.locator("[data-beside]")).to_have_count(0)
    assert asked and not [one for one in asked if "Beside" in one]
    page.goto("about:blank")
    page.goto(f"{watched.origin}/#{TOWN}&panel=moment&vs=2024-01-01&side=50")
    page.wait_for_selector("[data-beside=ready]", timeout=40_000)
    page.get_by_role("switch", name="Comparar con otro día").press("Space")
    expect(page.locator("[data-beside]")).to_have_count(0)
    assert "side=" not in page.url and "vs=" not in page.url
