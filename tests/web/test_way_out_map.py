"""The map of «¿Adónde voy?» under a mouse, keys and fingers; the page beside it still scrolls."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from .axe import faults_of
from .conftest import PHONE, Opener

pytestmark = pytest.mark.browser
PLACE = "-28.57650/-70.75850"


def _answered(page: Page) -> None:
    page.wait_for_selector("[data-route=drawn]")


def test_its_map_is_moved_by_hand_and_by_keys(walk: Opener) -> None:
    page = walk(f"?hazard=flood&at={PLACE}").page
    _answered(page)
    drawing = page.locator("[data-route=drawn]")
    around = page.get_by_role("group", name=re.compile("^Mapa que se mueve"))

    def frame() -> list[float]:
        return [float(one) for one in (drawing.get_attribute("viewBox") or "").split()]

    whole = frame()
    around.scroll_into_view_if_needed()
    box = around.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - box["width"] / 4, y, steps=4)
    page.mouse.up()
    moved = frame()
    assert moved[0] - whole[0] == pytest.approx(whole[2] / 4, rel=0.02), "what was held stays held"
    assert moved[2] == whole[2]
    around.focus()
    page.keyboard.press("ArrowLeft")
    assert frame()[0] < moved[0]
    page.keyboard.press("+")
    assert frame()[2] == pytest.approx(whole[2] / 2)
    before = drawing.get_attribute("viewBox") or ""
    page.mouse.wheel(0, -200)
    expect(drawing).not_to_have_attribute("viewBox", before)
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Todo el camino")).to_have_count(0)
    assert frame() == pytest.approx(whole)
    # streets that were outside are there once it stands still
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(page.get_by_role("button", name="Todo el camino")).to_be_visible()
    assert not faults_of(page)


_RESTS = """() => new Promise((resolve) => {
  const stands = () =>
    `${window.scrollY} ${document.querySelector("[data-route=drawn]").getAttribute("viewBox")}`;
  let [last, frames] = [stands(), 0];
  const look = () => {
    const now = stands();
    frames = now === last ? frames + 1 : 0;
    last = now;
    if (frames >= 12) resolve(window.scrollY);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""

_DIFFERS = """(before) => document.querySelector("[data-route=drawn]").getAttribute("viewBox")
  .split(" ").some((one, n) => Number(one) !== before[n])"""


class Fingers:
    """Fingers on the glass, as the browser's own driver hands them in."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    def move(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 8) -> None:
        """Each finger from one place to another, together."""
        self._touch("touchStart", *(start for start, _ in ways))
        for step in range(1, steps + 1):
            part = step / steps
            self._touch("touchMove", *(
                (x + (to_x - x) * part, y + (to_y - y) * part) for (x, y), (to_x, to_y) in ways
            ))  # fmt: skip
        self._touch("touchEnd")


def test_fingers_move_the_map_and_the_page_beside_it(walk: Opener) -> None:
    """Tap, drag, pinch and scroll on a telephone, by touches that the browser itself routes."""
    page = walk(f"?hazard=flood&at={PLACE}", viewport=PHONE, has_touch=True, is_mobile=True).page
    _answered(page)
    fingers = Fingers(page)
    drawing = page.locator("[data-route=drawn]")
    around = page.get_by_role("group", name=re.compile("^Mapa que se mueve"))

    def scrolled() -> float:
        """Where the page stands once it and the map have come to rest."""
        return float(page.evaluate(_RESTS))

    def frame(unlike: list[float] | None = None) -> list[float]:
        """What the map shows at rest, where it is told from what once it shows another part."""
        if unlike is not None:
            page.wait_for_function(_DIFFERS, arg=unlike)
        scrolled()
        return [float(one) for one in (drawing.get_attribute("viewBox") or "").split()]

    def middle() -> tuple[float, float, float]:
        box = around.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]

    around.scroll_into_view_if_needed()
    whole, top = frame(), scrolled()
    # up and down across the map the page scrolls, and the map stays
    x, y, width = middle()
    fingers.move(((x, y + 60), (x, y - 60)))
    page.wait_for_function("before => window.scrollY > before + 40", arg=top)
    assert frame() == whole
    # sideways the map follows the finger, and the page stays
    top = scrolled()
    x, y, width = middle()
    fingers.move(((x + width / 4, y), (x - width / 4, y)))
    moved = frame(unlike=whole)
    assert moved[0] - whole[0] == pytest.approx(whole[2] / 2, rel=0.1), "what was held stays held"
    assert moved[2] == whole[2] and scrolled() == top
    # two fingers apart make it nearer by as much, about their middle
    before = frame()
    fingers.move(((x - 30, y), (x - 60, y)), ((x + 30, y), (x + 60, y)))
    nearer = frame(unlike=before)
    assert nearer[2] == pytest.approx(before[2] / 2, rel=0.1)
    middles = [one[0] + one[2] / 2 for one in (before, nearer)]
    assert middles[0] == pytest.approx(middles[1], abs=before[2] / 50)
    # taken in hand it moves in every sense
    fingers.move(((x, y), (x, y - 60)))
    assert frame(unlike=nearer)[1] > nearer[1] and scrolled() == top
    # a tap on a button does what a press does, a tap on the map moves nothing
    still = frame()
    page.touchscreen.tap(x, y)
    assert frame() == still
    page.get_by_role("button", name="Todo el camino").tap()
    expect(page.get_by_role("button", name="Todo el camino")).to_have_count(0)
    assert frame() == pytest.approx(whole)
    # a finger that trembles takes nothing in hand: the page scrolls across the map as before
    fingers.move(((x, y), (x + 4, y)))
    assert frame() == pytest.approx(whole)
    top = scrolled()
    x, y, width = middle()
    fingers.move(((x, y - 60), (x, y + 60)))
    page.wait_for_function("before => window.scrollY < before - 40", arg=top)
    assert frame() == pytest.approx(whole)
    # beside the map the page scrolls as any other
    page.evaluate("() => window.scrollTo(0, 0)")
    heading = page.get_by_role("heading", name="El camino, paso a paso")
    fingers.move(((200, 700), (200, 300)))
    page.wait_for_function("() => window.scrollY > 200")
    heading.scroll_into_view_if_needed()
    expect(heading).to_be_in_viewport()
    assert not faults_of(page)
