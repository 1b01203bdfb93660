"""Whatever is refused, or never answered, says so where it was asked, what to do, and heals."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from .axe import faults_of
from .conftest import Opener
from .waits import WAITS, Wait, go, nothing_comes

pytestmark = pytest.mark.browser
TITLE, HINT = "La base de datos no responde", "Espera un momento."
# What is drawn already stays: told by the map, by the old dress and by the old language.
QUIET = ("tiles", "theme", "language")
# What nobody is surprised by when it comes by itself; a file or a sheet is asked for again by hand.
BY_HAND = ("file", "print", "search")


def _refuse(route: Route) -> None:
    body = {"title": TITLE, "detail": "Se detuvo.", "hint": HINT}
    route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(body))


def _told(page: Page, wait: Wait, *words: str) -> None:
    alert = page.get_by_role("alert").filter(has_text=words[0])
    try:
        for one in words:
            expect(alert.first).to_contain_text(one)
    except AssertionError:
        pytest.fail(f"{wait.name}: nothing says {words!r}: {page.locator('main').inner_text()}")


@pytest.mark.parametrize("how", ["refused", "unanswered"])
def test_whatever_fails_says_so_there_what_to_do_and_heals(visit: Opener, how: str) -> None:
    """What is waited for elsewhere, refused or not answered at all; axe sees each refusal."""
    watched = visit()
    watched.expected = ("503", "ERR_FAILED", "Failed to load")
    page = watched.page
    for wait in (one for one in WAITS if one.name not in QUIET):
        go(wait.place or "panel=home")(page)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text="Reintentar")).to_have_count(0)
        page.route(wait.held, _refuse if how == "refused" else lambda route: route.abort())
        with page.expect_request(wait.held):
            wait.act(page)
        if how == "refused":
            _told(page, wait, TITLE, HINT)
            assert not faults_of(page), wait.name
        else:
            _told(page, wait, "El servidor no responde.", "Revisa tu conexión")
        page.unroute(wait.held)
        again = page.get_by_role("button", name="Reintentar")
        while (how == "refused" or wait.name in BY_HAND) and again.count():
            again.first.press("Enter")  # whatever asked for the same is refused as well
        expect(again, wait.name).to_have_count(0)
        nothing_comes(page)
        page.keyboard.press("Escape")
