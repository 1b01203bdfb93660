"""What a person asks of the map that takes its time or fails, and whose answer it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Error, Page, Route

TOLD = re.compile("Cargando|Buscando|Preparando|Dibujando|calculando|Trayendo", re.IGNORECASE)
TOWN = "map=15/-28.576/-70.7585"


@dataclass(frozen=True)
class Wait:
    """Where it is done, what is done, and whose answer is held back."""

    name: str
    place: str
    act: Callable[[Page], None]
    held: str


def press(role: str, name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role(role, name=re.compile(name)).first.press("Enter")  # type: ignore[arg-type]

    return act


def go(place: str) -> Callable[[Page], None]:
    return lambda page: page.evaluate("place => { location.hash = place }", place)


def _file(page: Page) -> None:
    page.get_by_role("button", name="Descargar", exact=True).press("Enter")
    page.get_by_role("link", name="CSV", exact=True).press("Enter")


WAITS = (
    Wait("plan", "", press("button", "^Ver las iniciativas"), "**/api/plan?*"),
    Wait(
        "filter", "panel=plan",
        lambda page: page.get_by_label("Buscar por nombre, tema o código").fill("parque"),
        "**/api/plan?*",
    ),
    Wait("sheet", "", go("feature=initiatives/DEMO-002"), "**/api/plan/DEMO-002*"),
    Wait(
        "history", "feature=initiatives/DEMO-003",
        lambda page: page.locator("details.history summary").press("Enter"), "**/versions*",
    ),
    Wait(
        "list", f"{TOWN}&panel=layers",
        lambda page: page.locator("summary", has_text=": Áreas verdes").press("Enter"),
        "**/green_areas/items*",
    ),
    Wait("table", f"{TOWN}&panel=layers", go(f"{TOWN}&table=green_areas"),
         "**/green_areas/items*"),
    Wait("order", f"{TOWN}&table=green_areas", press("button", "^Superficie$"),
         "**/green_areas/items*"),
    Wait("file", f"{TOWN}&table=green_areas", _file, "**/green_areas/export*"),
    Wait("indicator", "panel=tools", go("panel=indicators"), "**/api/indicators/*"),
    Wait("chart", "panel=tools", go("panel=charts&only=chart%3Dinvestment"),
         "**/api/charts/investment*"),
    Wait(
        "sum", "panel=charts&only=chart%3Dinvestment",
        lambda page: page.get_by_label("Ver por").select_option("year"), "**/api/charts/*",
    ),
    Wait("difference", "panel=moment", go("panel=moment&on=2026-02-03&vs=2026-01-02"),
         "**/diff?*"),
    Wait("words", f"{TOWN}&panel=tools", go(f"{TOWN}&panel=words"), "**/meeting_points/items*"),
    Wait(
        "tiles", "map=14/-28.58/-70.76&panel=layers",
        lambda page: page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space"),
        "**/api/tiles/**",
    ),
    Wait("theme", "", press("button", "^Cambiar a fondo oscuro"), "**/api/styles/dark*"),
    Wait("print", f"{TOWN}&panel=print&sheet=a4-landscape/5000",
         press("button", "^Preparar la hoja"), "**/api/styles/print*"),
    Wait("search", "", lambda page: page.get_by_role("combobox").fill("plaza"), "**/api/search*"),
    Wait("language", "theme=day&panel=home", press("button", "^EN"), "**/assets/en-*.js"),
)  # fmt: skip


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

    def letgo(self) -> None:
        """Whatever was held, and all that comes later."""
        self.is_open = True
        for route in self.routes:
            route.continue_()


# What is visible and announced as a state of things, of all that says that something comes.
_TOLD = """(words) => [...document.querySelectorAll('[role=status], [role=progressbar]')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .filter((e) => [...e.querySelectorAll('*'), e].some((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 8 && box.height > 8; }))
  .map((e) => e.textContent.trim())
  .filter((text) => new RegExp(words, 'i').test(text))"""


def told(page: Page) -> list[str]:
    """What is said to be coming."""
    found: list[str] = page.evaluate(_TOLD, TOLD.pattern)
    return found


def nothing_comes(page: Page) -> None:
    """Nowhere is anything said to be coming: what stays said could not let another case pass."""
    nothing = f"(words) => !({_TOLD})(words).length"
    try:  # a sheet for the printer is drawn in this time too, by software
        page.wait_for_function(nothing, arg=TOLD.pattern, timeout=120_000)
    except Error:
        pytest.fail(f"still said: {told(page)}")
