"""Whatever takes more than a second says so before that second has gone, and stops saying it.

Each action's answer is held back in the browser; the page's clock is then put on by a second, so
that a busy machine changes nothing. Held: search, plan, its filter, a sheet, its history, a layer's
list, its table, another order of rows, a file, an indicator, a chart, another sum of it, the
difference of two days, the map in words, tiles, theme, language, the sheet for the printer, the
position, the page of a place, the package of the ways out. A page without script has the browser's
own progress.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Opener
from .waits import TOLD, TOWN, WAITS, Held, go, nothing_comes, told

pytestmark = pytest.mark.browser


def _in_a_second(page: Page, name: str) -> None:
    """By the page's own clock a second goes by: then it is said, or never."""
    page.clock.run_for(1000)
    page.wait_for_function("() => Promise.resolve(true)")
    assert told(page), f"{name}: nothing says that something is coming"


def test_whatever_takes_long_says_so_and_stops_saying_it(visit: Opener) -> None:
    watched = visit(drawn=False)
    page = watched.page
    page.clock.install()
    page.goto("about:blank")
    page.goto(f"{watched.origin}/")
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    for wait in WAITS:
        go(wait.place or "panel=home")(page)
        expect(page.locator("main h1")).to_be_visible()
        page.clock.run_for(1000)  # what comes with the place is told by now
        nothing_comes(page)
        held = Held()
        page.route(wait.held, held)
        with page.expect_request(wait.held):
            wait.act(page)
        _in_a_second(page, wait.name)
        held.letgo()
        nothing_comes(page)
        page.unroute(wait.held)
        page.keyboard.press("Escape")  # what lies over everything else is closed


def test_the_position_and_the_next_page_are_waited_for_in_words(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=words").page
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = () => undefined }")
    page.get_by_role("button", name="Ver dónde estoy").press("Enter")
    expect(page.locator(".message")).to_have_text("Buscando tu posición…")
    expect(page.locator(".slow")).to_be_empty(timeout=30_000)  # what was on its way has come
    # A page that is being left is not asked: it tells by itself, what stands there already too.
    said: list[str] = []
    page.expose_function("said", lambda text: said.append(text))
    page.evaluate(
        "() => { const slow = document.querySelector('.slow');"
        " const tell = () => said(slow.textContent); tell();"
        " new MutationObserver(tell)"
        ".observe(slow, { childList: true, characterData: true, subtree: true }) }"
    )
    held = Held()
    page.route("**/api/places?*", held)
    link = page.get_by_role("link", name="Todo sobre este punto")
    with page.expect_request("**/api/places?*"):
        link.press("Enter", no_wait_after=True)
    for _ in range(100):
        if "Cargando…" in said:
            break
        page.wait_for_timeout(200)
    assert "Cargando…" in said
    held.letgo()
    expect(page.get_by_role("region", name="Qué viene")).to_be_visible(timeout=30_000)
    page.go_back()
    expect(page.locator(".slow")).to_be_empty()


def test_where_one_is_without_a_connection_is_told_and_waited_for_no_more(visit: Opener) -> None:
    """What finds the position comes when it is asked for: then there may be no connection."""
    watched = visit()
    page = watched.page
    watched.expected = ("Failed to load resource: net::ERR_FAILED",)
    page.route("**/assets/position-*.js", lambda route: route.abort())
    locate = page.get_by_role("button", name="Ver dónde estoy")
    with page.expect_request("**/assets/position-*.js"):
        locate.press("Enter")
    expect(page.locator(".message")).to_have_text("El servidor no responde.")
    expect(locate).not_to_have_class(re.compile("busy"))


def test_the_package_of_the_ways_out_is_waited_for_in_words(visit: Opener) -> None:
    watched = visit(drawn=False, service_workers="block")
    watched.expected = ("Service Worker registration blocked",)
    page = watched.page
    held = Held()
    page.route("**/adonde-voy/package.json", held)
    page.goto(f"{watched.origin}/adonde-voy")
    expect(page.get_by_role("status").filter(has_text=TOLD)).to_be_visible()
    held.letgo()
    expect(page.get_by_label("¿Qué amenaza?")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=TOLD)).to_have_count(0)
