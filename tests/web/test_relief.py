"""The relief: a quiet picture on the land that comes after the map, and is not missed."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from sitplan.catalogue import Catalogue
from sitplan.hillshade import INKS

from .conftest import Opener
from .looks import Rgb, is_drawn, map_colours, rgb_of
from .waits import Held, nothing_comes

pytestmark = pytest.mark.browser
SCARP = "#map=14/-28.5576/-70.7867"
"""Outside the city, where the ground falls to the river; the picture is at its strongest."""


def _shaded(found: Counter[Rgb], land: Rgb, theme: str) -> int:
    """How many pixels are land with a good part of the ink on it; letters' soft edges, some 200."""
    ink, most = INKS[theme][0]

    def is_shaded(colour: Rgb) -> bool:
        parts = [(a - c) / (a - b) for a, b, c in zip(land, ink, colour, strict=True)]
        return 0.3 * most < min(parts) and max(parts) < most + 0.03

    return sum(n for colour, n in found.items() if is_shaded(colour))


def _until_shaded(page: Page, land: Rgb, theme: str) -> None:
    assert is_drawn(page, lambda found: _shaded(found, land, theme) >= 1500)


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_the_relief_lies_on_the_land_and_nobody_misses_it(
    visit: Opener, catalogue: Catalogue, theme: str
) -> None:
    """Where it does not come the map is whole without, and says nothing of it."""
    land = rgb_of(catalogue.palette[theme]["land"])
    _until_shaded(visit(f"{SCARP}&theme={theme}").page, land, theme)
    watched = visit(drawn=False)
    watched.expected = ("relief.png",)
    page = watched.page
    page.route("**/relief.png*", lambda route: route.fulfill(status=503))
    page.goto("about:blank")
    with page.expect_response(lambda answer: "relief.png" in answer.url):
        page.goto(f"{watched.origin}/{SCARP}&theme={theme}")
        page.wait_for_selector("[data-map=ready]", timeout=40_000)
    found = map_colours(page)
    assert _shaded(found, land, theme) < 500 and found[land] > 10_000
    expect(page.get_by_text("El servidor no responde")).to_have_count(0)
    expect(page.locator(".top [role=status]:not(.hidden)")).to_have_count(0)


def test_it_is_fetched_when_every_tile_has_come_and_again_in_other_colours(
    visit: Opener, catalogue: Catalogue
) -> None:
    watched = visit(drawn=False)
    page = watched.page
    told: list[str] = []
    page.on("request", lambda request: told.append(f"? {request.url}"))
    page.on("response", lambda answer: told.append(f"! {answer.url}"))
    page.goto("about:blank")
    told.clear()
    with page.expect_response(lambda answer: "relief.png?theme=day" in answer.url):
        page.goto(f"{watched.origin}/{SCARP}")
    before = told[: told.index(f"? {watched.origin}/api/heights/relief.png?theme=day")]
    asked = {one[2:] for one in before if one.startswith("? ") and "/api/tiles/" in one}
    assert asked and asked <= {one[2:] for one in before if one.startswith("! ")}
    page.get_by_role("button", name="Cambiar a fondo oscuro").click()
    _until_shaded(page, rgb_of(catalogue.palette["dark"]["land"]), "dark")


def test_while_it_is_on_its_way_the_map_goes_on(visit: Opener, catalogue: Catalogue) -> None:
    """A layer that is switched on meanwhile is asked for, and nothing is said to be coming."""
    watched = visit(drawn=False)
    page, held = watched.page, Held()
    page.route("**/relief.png*", held)
    page.goto("about:blank")
    with page.expect_request("**/relief.png*"):
        page.goto(f"{watched.origin}/{SCARP}&panel=layers")
    with page.expect_request(lambda asked: "hazard_zones" in asked.url):
        page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space")
    nothing_comes(page)
    page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space")
    held.letgo()
    _until_shaded(page, rgb_of(catalogue.palette["day"]["land"]), "day")
