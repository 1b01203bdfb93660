"""Where people are: two tabs, a right press, an empty part of the map, a huge screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Opener

pytestmark = pytest.mark.browser
MOST_EMS = 45
"""Some ninety letters: more in a line tires whoever reads."""


def test_two_tabs_go_their_own_ways(visit: Opener) -> None:
    first = visit(drawn=False)
    second = first.page.context.new_page()
    second.goto(f"{first.origin}/#panel=layers&lang=en&theme=dark")
    expect(second.locator("main h1")).to_have_text("Layers of the territory")
    expect(first.page.locator("html")).to_have_attribute("lang", "es")
    first.page.get_by_role("button", name="Ver las iniciativas").click()
    expect(first.page.locator("main h1")).to_have_text("Iniciativas del plan")
    expect(second.locator("main h1")).to_have_text("Layers of the territory")
    second.close()


def test_a_right_press_opens_nothing(visit: Opener) -> None:
    page = visit("#map=16/-28.576/-70.7585").page
    before = page.locator("main h1").inner_text()
    page.locator(".map").click(button="right", position={"x": 500, "y": 400})
    page.get_by_role("button", name="Acercar").click()
    expect(page).to_have_url(re.compile("map=17"))
    expect(page.locator("main h1")).to_have_text(before)
    assert "feature=" not in page.url


def test_where_there_is_nothing_the_map_says_so_in_words(visit: Opener) -> None:
    page = visit("#map=15/-28.3/-70.2&panel=words").page
    expect(page.locator("main")).to_contain_text("no tiene una calle con nombre cerca")
    region = page.get_by_role("region", name="Puntos de encuentro")
    expect(region).to_contain_text("No hay ninguno en la parte visible del mapa.")


@pytest.mark.parametrize(
    ("width", "height", "place"), [(3840, 2160, "panel=plan"), (2560, 1080, "panel=charts")]
)
def test_a_huge_screen_gives_the_map_the_room(
    visit: Opener, width: int, height: int, place: str
) -> None:
    """Lines stay as wide as one reads, each control is on the screen, the map has the rest."""
    size = {"width": width, "height": height}
    page = visit(f"#map=15/-28.576/-70.7585&{place}", viewport=size).page
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate(
        "[...document.querySelectorAll('main p, main li, main h1')].filter((o) => o.innerText).map("
        "(o) => o.getBoundingClientRect().width / parseFloat(getComputedStyle(o).fontSize))"
    )
    assert wide and max(wide) <= MOST_EMS
    for one in page.locator("button:visible, a:visible, input:visible").all():
        box = one.bounding_box()
        assert box and 0 <= box["x"] <= box["x"] + box["width"] <= width
    canvas = page.locator(".map canvas").first.bounding_box()
    assert canvas and canvas["width"] > 0.8 * width and canvas["height"] == height
