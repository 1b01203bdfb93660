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
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Error, Page, Route, expect

from .conftest import Opener

pytestmark = pytest.mark.browser
TOWN = "map=15/-28.576/-70.7585"
TOLD = re.compile("Cargando|Buscando|Preparando|Dibujando|calculando|Trayendo", re.IGNORECASE)


@dataclass(frozen=True)
class Wait:
    """Where it is done, what is done, and whose answer is held back."""

    name: str
    place: str
    act: Callable[[Page], None]
    held: str


def _press(role: str, name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role(role, name=re.compile(name)).first.press("Enter")  # type: ignore[arg-type]

    return act


def _go(place: str) -> Callable[[Page], None]:
    return lambda page: page.evaluate("place => { location.hash = place }", place)


def _file(page: Page) -> None:
    page.get_by_role("button", name="Descargar", exact=True).press("Enter")
    page.get_by_role("link", name="CSV", exact=True).press("Enter")


WAITS = (
    Wait("plan", "", _press("button", "^Ver las iniciativas"), "**/api/plan?*"),
    Wait(
        "filter", "panel=plan",
        lambda page: page.get_by_label("Buscar por nombre, tema o código").fill("parque"),
        "**/api/plan?*",
    ),
    Wait("sheet", "", _go("feature=initiatives/DEMO-002"), "**/api/plan/DEMO-002*"),
    Wait(
        "history", "feature=initiatives/DEMO-003",
        lambda page: page.locator("details.history summary").press("Enter"), "**/versions*",
    ),
    Wait(
        "list", f"{TOWN}&panel=layers",
        lambda page: page.locator("summary", has_text=": Áreas verdes").press("Enter"),
        "**/green_areas/items*",
    ),
    Wait("table", f"{TOWN}&panel=layers", _go(f"{TOWN}&table=green_areas"),
         "**/green_areas/items*"),
    Wait("order", f"{TOWN}&table=green_areas", _press("button", "^Superficie$"),
         "**/green_areas/items*"),
    Wait("file", f"{TOWN}&table=green_areas", _file, "**/green_areas/export*"),
    Wait("indicator", "panel=tools", _go("panel=indicators"), "**/api/indicators/*"),
    Wait("chart", "panel=tools", _go("panel=charts&only=chart%3Dinvestment"),
         "**/api/charts/investment*"),
    Wait(
        "sum", "panel=charts&only=chart%3Dinvestment",
        lambda page: page.get_by_label("Ver por").select_option("year"), "**/api/charts/*",
    ),
    Wait("difference", "panel=moment", _go("panel=moment&on=2026-02-03&vs=2026-01-02"),
         "**/diff?*"),
    Wait("words", f"{TOWN}&panel=tools", _go(f"{TOWN}&panel=words"), "**/meeting_points/items*"),
    Wait(
        "tiles", "map=14/-28.58/-70.76&panel=layers",
        lambda page: page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space"),
        "**/api/tiles/**",
    ),
    Wait("theme", "", _press("button", "^Cambiar a fondo oscuro"), "**/api/styles/dark*"),
    Wait("print", f"{TOWN}&panel=print&sheet=a4-landscape/5000",
         _press("button", "^Preparar la hoja"), "**/api/styles/print*"),
    Wait("search", "", lambda page: page.get_by_role("combobox").fill("plaza"), "**/api/search*"),
    Wait("language", "theme=day&panel=home", _press("button", "^EN"), "**/assets/en-*.js"),
)  # fmt: skip


# What is visible and announced as a state of things, of all that says that something comes.
_TOLD = """(words) => [...document.querySelectorAll('[role=status], [role=progressbar]')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .filter((e) => [...e.querySelectorAll('*'), e].some((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 8 && box.height > 8; }))
  .map((e) => e.textContent.trim())
  .filter((text) => new RegExp(words, 'i').test(text))"""


def _told(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_TOLD, TOLD.pattern)
    return found


def _in_a_second(page: Page, name: str) -> None:
    """By the page's own clock a second goes by: then it is said, or never."""
    page.clock.run_for(1000)
    page.wait_for_function("() => Promise.resolve(true)")
    assert _told(page), f"{name}: nothing says that something is coming"


def _nothing_comes(page: Page) -> None:
    """Nowhere is anything said to be coming: what stays said could not let another case pass."""
    nothing = f"(words) => !({_TOLD})(words).length"
    try:  # a sheet for the printer is drawn in this time too, by software
        page.wait_for_function(nothing, arg=TOLD.pattern, timeout=120_000)
    except Error:
        pytest.fail(f"still said: {_told(page)}")


@dataclass
class Held:
    """Answers that wait until they are let go."""

    routes: list[Route] = field(default_factory=list)
    is_open: bool = False

    def __call__(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def let_go(self) -> None:
        """Whatever was held, and all that comes later."""
        self.is_open = True
        for route in self.routes:
            route.continue_()


def test_whatever_takes_long_says_so_and_stops_saying_it(visit: Opener) -> None:
    watched = visit(drawn=False)
    page = watched.page
    page.clock.install()
    page.goto("about:blank")
    page.goto(f"{watched.origin}/")
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    for wait in WAITS:
        _go(wait.place or "panel=home")(page)
        expect(page.locator("main h1")).to_be_visible()
        _nothing_comes(page)
        held = Held()
        page.route(wait.held, held)
        with page.expect_request(wait.held):
            wait.act(page)
        _in_a_second(page, wait.name)
        held.let_go()
        _nothing_comes(page)
        page.unroute(wait.held)
        page.keyboard.press("Escape")  # what lies over everything else is closed


def test_the_position_and_the_next_page_are_waited_for_in_words(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=words").page
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = () => undefined }")
    page.get_by_role("button", name="Ver dónde estoy").press("Enter")
    expect(page.locator(".message")).to_have_text("Buscando tu posición…")
    # A page that is being left is not asked: it tells by itself.
    said: list[str] = []
    page.expose_function("said", lambda text: said.append(text))
    page.evaluate(
        "() => new MutationObserver(() => said(document.querySelector('.slow').textContent))"
        ".observe(document.querySelector('.slow'), { childList: true, characterData: true,"
        " subtree: true })"
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
    held.let_go()
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
    held.let_go()
    expect(page.get_by_label("¿Qué amenaza?")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=TOLD)).to_have_count(0)
