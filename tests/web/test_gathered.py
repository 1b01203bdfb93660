"""From afar pins that would hide one another stand together: what is inside is told and listed."""

from __future__ import annotations

import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from .axe import faults_of
from .conftest import PHONE, Opener
from .looks import PLAN_INK, is_drawn, near
from .waits import go

pytestmark = pytest.mark.browser
FAR = "map=11/-28.5765/-70.7585"
CLOSE = "map=13/-28.5765/-70.7585"


def _discs(page: Page) -> Locator:
    discs = page.locator(".gathered")
    expect(discs.first).to_be_visible()
    return discs


def _told(disc: Locator) -> tuple[int, list[int]]:
    """The number on it, and those of each stage that its name tells."""
    name = disc.get_attribute("aria-label") or ""
    count, inside = name.split(" lugares de iniciativas. ")
    assert count == disc.inner_text()
    return int(count), [int(found) for found in re.findall(r": (\d+)", inside)]


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_what_is_inside_is_told_and_a_press_lists_it(
    visit: Opener, served: str, viewport: dict[str, int] | None
) -> None:
    page = visit(f"#{FAR}", **({"viewport": viewport} if viewport else {})).page
    discs = _discs(page)
    told = [_told(one) for one in discs.all()]
    assert all(count == sum(inside) and count > 1 for count, inside in told), told
    for one in discs.all():
        box = one.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
    assert not faults_of(page)
    with urlopen(f"{served}/api/collections/project_locations/items?limit=1000&f=json") as answer:
        places = json.load(answer)["features"]
    assert max(count for count, _ in told) > 5 and sum(count for count, _ in told) <= len(places)
    most = max(range(len(told)), key=lambda i: told[i][0])
    discs.nth(most).focus()
    page.keyboard.press("Enter")
    rows = page.locator("main li button .title")
    expect(rows).to_have_count(told[most][0])
    expect(page.locator("main")).to_contain_text(f"Hay {told[most][0]} cosas")
    names = {str(one["properties"].get("initiative_name")) for one in places}
    names |= {str(one["properties"].get("name")) for one in places}
    assert set(rows.all_inner_texts()) <= names
    rows.first.click()
    expect(page.locator("main h1")).to_have_text(re.compile(r"\w"))
    assert "feature=project_locations/" in page.url


def _unpressable(page: Page) -> list[str]:
    """Those that a key can come to, of which another thing covers the middle."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.gathered')]
          .filter((one) => getComputedStyle(one).visibility === 'visible')
          .filter((one) => {
            const { left, top, width, height } = one.getBoundingClientRect();
            return !one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
          }).map((one) => one.getAttribute('aria-label'))"""
    )
    return found


def test_none_lies_beneath_what_floats_over_the_map(visit: Opener) -> None:
    """Wherever the map is moved to: what a control covers, no key comes to."""
    page = visit(f"#{FAR}", viewport=PHONE).page
    discs = _discs(page)
    hidden = 0
    for place in ("11/-28.55/-70.80", "11/-28.57/-70.80", "11/-28.6/-70.78", "12/-28.56/-70.77"):
        go(f"map={place}")(page)
        page.wait_for_timeout(1500)
        assert not _unpressable(page), place
        assert not faults_of(page), place
        hidden += discs.count() - discs.locator("visible=true").count()
    assert hidden, "none came under a control: the places prove nothing"
    go(FAR)(page)
    page.get_by_role("button", name="Leyenda").press("Enter")
    page.wait_for_timeout(500)
    assert not _unpressable(page)


def test_they_are_there_when_the_page_is_scrolled_to_the_map(visit: Opener) -> None:
    """With text at four times its size the map lies below: none is left out for that."""
    page = visit(f"#{FAR}", viewport={"width": 320, "height": 256}).page
    discs = _discs(page)
    page.wait_for_timeout(1000)
    page.keyboard.press("Tab")
    assert discs.locator("visible=true").count()
    page.get_by_role("button", name="Alejar").scroll_into_view_if_needed()
    page.keyboard.press("Shift")
    assert not _unpressable(page)
    assert discs.locator("visible=true").count() > 1


def test_they_part_from_near_and_beside_another_day(visit: Opener) -> None:
    page = visit(f"#{FAR}").page
    discs = _discs(page)
    go(CLOSE)(page)
    expect(discs).to_have_count(0)
    assert is_drawn(page, lambda found: near(found, PLAN_INK) > 400)
    go(f"{FAR}&panel=moment&vs=2023-01-01&side=50")(page)
    expect(page.locator("[data-beside=ready]")).to_be_attached(timeout=40_000)
    expect(discs).to_have_count(0)


def test_they_are_of_what_the_map_shows(visit: Opener) -> None:
    """As the plan is narrowed, as its layer is on, and as it is said in English."""
    page = visit(f"#{FAR}&panel=plan&only=theme%3Dgreen").page
    expect(page.locator("main")).to_contain_text("En el mapa están las 6 que tienen lugar.")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.gathered')].length"
        " && [...document.querySelectorAll('.gathered')].every((one) => +one.textContent <= 6)"
    )
    narrowed = sum(_told(one)[0] for one in _discs(page).all())
    assert 1 < narrowed <= 6
    go(f"{FAR}&layers=-project_locations")(page)
    expect(page.locator(".gathered")).to_have_count(0)
    go(f"{FAR}&lang=en&theme=dark")(page)
    expect(_discs(page).first).to_have_attribute(
        "aria-label", re.compile(r"^\d+ places of initiatives\. .+: \d+.*\. See the list$")
    )
    assert not faults_of(page)
