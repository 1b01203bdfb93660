"""An outside base map: under our layers while it answers, and our own the moment it does not."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Browser, Page, expect

from sitplan.settings import Settings

from ..conftest import serve
from .axe import faults_of
from .conftest import DESKTOP, PHONE, Watched
from .looks import map_colours, near
from .provider import COLOUR, Provider, Rgb, providing

pytestmark = pytest.mark.browser
LAND: Rgb = (0xF3, 0xEE, 0xE4)
BLOCK: Rgb = (0xEF, 0xE8, 0xDB)
WHOSE = "© Mapas de Prueba"
# What a browser itself says of a provider that does not answer.
NOISE = ("Failed to load resource", "Access to fetch", "Content Security Policy")


@dataclass
class Office:
    """An instance whose office has chosen a provider, and that provider."""

    origin: str
    provider: Provider
    refused: list[str] = field(default_factory=list)
    """Whom the browser was asked to ask and did not."""

    @property
    def host(self) -> str:
        """Of the provider."""
        return self.provider.origin.removeprefix("http://")


@pytest.fixture(scope="module")
def office(seeded_settings: Settings) -> Iterator[Office]:
    with providing() as provider:
        settings = replace(
            seeded_settings,
            base_map=provider.tiles,
            base_map_attribution=f"{WHOSE} https://example.com/terms",
        )
        with serve(settings) as origin:
            yield Office(origin, provider)


Open = Callable[..., Page]


@pytest.fixture
def open_(browser: Browser, office: Office) -> Iterator[Open]:
    """Open a page of the office; nobody but the office and its provider may be asked."""
    opened: list[Watched] = []
    office.provider.mode = "answers"
    office.provider.asked.clear()

    def go(path: str = "/", **context: object) -> Page:
        settings = {"viewport": DESKTOP, "locale": "es-CL", "reduced_motion": "reduce", **context}
        page = browser.new_context(**settings).new_page()
        page.set_default_timeout(20_000)
        watched = Watched(page, office.origin, expected=(*NOISE, f"{office.provider.origin}/"))
        watched.watch()
        opened.append(watched)
        page.goto(f"{office.origin}{path}")
        if not path.startswith("/adonde-voy"):
            page.wait_for_selector("[data-map=ready]", timeout=40_000)
        return page

    yield go
    for watched in opened:
        watched.page.context.close()
    known = (office.provider.origin, *office.refused)
    for watched in opened:
        watched.strangers = [s for s in watched.strangers if not s.startswith(known)]
        watched.check()


def _until(page: Page, drawn: Callable[[Counter[Rgb]], bool]) -> Counter[Rgb]:
    """The colours of the map once it looks so."""
    deadline = time.monotonic() + 30
    while not drawn(found := map_colours(page)):
        assert time.monotonic() < deadline, found.most_common(12)
        page.wait_for_timeout(100)
    return found


def _is_theirs(found: Counter[Rgb]) -> bool:
    return found[COLOUR] > 0.5 * found.total()


def _is_ours(found: Counter[Rgb]) -> bool:
    return found[COLOUR] == 0 and near(found, LAND) > 500 and found[BLOCK] > 500


def _state(page: Page, state: str) -> None:
    expect(page.locator(f"[data-outside={state}]")).to_be_visible()


def test_their_tiles_lie_under_our_layers_and_a_person_may_have_our_own(
    open_: Open, office: Office
) -> None:
    page = open_()
    _state(page, "drawn")
    found = _until(page, _is_theirs)
    assert len(found) > 20, "what we show lies upon it"
    assert near(found, LAND) + found[BLOCK] < 0.01 * found.total()
    link = page.get_by_role("link", name=WHOSE)
    expect(link).to_have_attribute("href", "https://example.com/terms")
    assert all(path.startswith("/tiles/") for path in office.provider.asked)
    page.get_by_role("button", name="Cambiar a fondo oscuro").click()
    found = _until(page, lambda seen: seen[COLOUR] == 0 and _most(seen) > 0.5 * seen.total())
    dimmed = found.most_common(1)[0][0]
    assert 90 < sum(dimmed) < 0.75 * sum(COLOUR), dimmed
    page.get_by_role("button", name="Cambiar a fondo claro").click()
    _until(page, _is_theirs)
    page.get_by_role("button", name="Ver el mapa propio").click()
    _until(page, _is_ours)
    assert "-outside_base" in page.evaluate("location.hash")
    asked = len(office.provider.asked)
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    _state(page, "off")
    _until(page, _is_ours)
    assert len(office.provider.asked) == asked, "who wants our own asks nobody else"
    page.get_by_role("button", name=f"Ver el de {office.host}").click()
    _until(page, _is_theirs)
    assert "outside_base" not in page.evaluate("location.hash")


def _most(found: Counter[Rgb]) -> int:
    return found.most_common(1)[0][1]


def test_it_dies_in_every_way_and_our_own_is_there_and_it_comes_back(
    open_: Open, office: Office
) -> None:
    page = open_()
    told = page.locator(".outside")
    for mode in ("fails", "garbage", "drops", "hangs"):
        _until(page, _is_theirs)
        office.provider.mode = mode
        page.get_by_role("button", name="Alejar").click()
        _state(page, "absent")
        _until(page, _is_ours)
        expect(told).to_contain_text(f"{office.host} no responde: se ve el mapa base propio.")
        asked = len(office.provider.asked)
        page.get_by_role("button", name="Ver toda la ciudad").click()
        _until(page, _is_ours)
        assert len(office.provider.asked) == asked, "who does not answer is asked no more"
        office.provider.mode = "answers"
        office.provider.release()
        told.get_by_role("button", name="Reintentar").click()
        _state(page, "drawn")


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_what_is_said_of_a_provider_is_for_everybody(
    open_: Open, office: Office, theme: str
) -> None:
    """Drawn, left for our own, and absent: axe knows of nothing, and fingers find the buttons."""
    page = open_(f"/#theme={theme}", viewport=PHONE)

    def is_for_everybody(state: str) -> None:
        _state(page, state)
        assert not faults_of(page), (theme, state)
        for one in page.locator(".outside").get_by_role("button").all():
            box = one.bounding_box()
            assert box and box["height"] >= 44, (theme, state)

    is_for_everybody("drawn")
    page.get_by_role("button", name="Ver el mapa propio").press("Enter")
    is_for_everybody("off")
    office.provider.mode = "fails"
    page.get_by_role("button", name=f"Ver el de {office.host}").press("Enter")
    is_for_everybody("absent")


@pytest.mark.parametrize("mode", ["lacks", "hangs"])
def test_who_never_answers_takes_nothing_from_us(open_: Open, office: Office, mode: str) -> None:
    office.provider.mode = mode
    page = open_()
    if mode == "hangs":
        _state(page, "waiting")
        _until(page, _is_ours)
    _state(page, "absent")
    _until(page, _is_ours)
    assert 0 < len(office.provider.asked) < 60
    office.provider.release()


@pytest.mark.parametrize("host", ["http://tiles.invalid", "http://127.0.0.1:{free}"])
def test_a_host_that_is_not_there(browser: Browser, seeded_settings: Settings, host: str) -> None:
    """No such name exists, or nobody listens there: the map waits for neither."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = host.format(free=probe.getsockname()[1])
    settings = replace(
        seeded_settings, base_map=host + "/{z}/{x}/{y}.png", base_map_attribution=WHOSE
    )
    with serve(settings) as origin:
        context = browser.new_context(viewport=PHONE, locale="es-CL", reduced_motion="reduce")
        page = context.new_page()
        page.goto(origin)
        page.wait_for_selector("[data-map=ready]", timeout=40_000)
        _state(page, "absent")
        _until(page, lambda found: found[COLOUR] == 0 and near(found, LAND) > 500)
        context.close()


def _asks_nobody_else(page: Page, office: Office) -> None:
    ask = "(url) => fetch(url).then(() => 'answered', () => 'refused')"
    with providing() as stranger:
        assert page.evaluate(ask, f"{office.provider.origin}/tiles/1/1/1.png") == "answered"
        assert page.evaluate(ask, f"{stranger.origin}/tiles/1/1/1.png") == "refused"
        picture = (
            "(url) => new Promise((done) => Object.assign(new Image(), {src: url,"
            " onload: () => done('shown'), onerror: () => done('refused')}))"
        )
        assert page.evaluate(picture, f"{stranger.origin}/tiles/1/1/1.png") == "refused"
        assert page.evaluate(picture, f"{office.provider.origin}/tiles/1/1/1.png") == "refused"
        assert not stranger.asked
        office.refused.append(stranger.origin)


def test_inside_another_page_and_on_a_phone_no_other_host_can_be_asked(
    open_: Open, office: Office
) -> None:
    page = open_("/embed")
    _state(page, "drawn")
    _until(page, _is_theirs)
    _asks_nobody_else(page, office)
    page = open_("/", viewport=PHONE)
    _state(page, "drawn")
    _asks_nobody_else(page, office)
    told = page.locator(".outside").bounding_box()
    sheet = page.locator("main").bounding_box()
    assert told and sheet
    assert told["x"] >= 0 and told["x"] + told["width"] <= PHONE["width"]
    assert told["y"] + told["height"] <= sheet["y"], "the sheet leaves it in view"


def test_the_page_for_emergencies_asks_nobody_and_keeps_none_of_theirs(
    open_: Open, office: Office
) -> None:
    page = open_("/adonde-voy")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    assert not office.provider.asked
    page.goto(office.origin)
    _state(page, "drawn")
    _until(page, _is_theirs)
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)"
        ".then((kept) => kept.keys()))).then((all) => all.flat().map(({url}) => url)))"
    )
    assert kept and all(url.startswith(office.origin) for url in kept), kept
