"""The states that the web map can be in: what the tests for everybody walk through.

Held to axe elsewhere, where each is made: what is refused or does not come (`test_troubles`); the
plan as an opened tree and narrowed to nothing (`test_plan`); the other charts and indicators
(`test_charts`, `test_indicators`); a street without that number, a position (`test_finding`); the
sheet as it is printed (`test_print`); an outside base map (`test_outside`); «¿Adónde voy?»
(`test_way_out`, `test_way_out_map`, `test_way_out_where`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from .conftest import WEB

TOWN = "map=14/-28.576/-70.7585"
CHART = "main [data-drawn=true] svg"
_CORNERS = "-28.572/-70.765,-28.572/-70.755,-28.579/-70.752"


@dataclass(frozen=True)
class State:
    """Where the address stands, what is done then, and what is there when it has come."""

    name: str
    place: str = ""
    act: Callable[[Page], None] | None = None
    settled: str = "main h1"


def panels() -> tuple[str, ...]:
    """The panels that an address can name, as the code has them."""
    text = (WEB / "src" / "hash.ts").read_text(encoding="utf-8")
    found = re.search(r"PANELS = \[([^\]]*)\]", text)
    assert found
    return tuple(re.findall(r'"(\w+)"', found[1]))


def _found(page: Page) -> None:
    page.get_by_role("combobox").first.fill("plaza")
    expect(page.get_by_role("option").first).to_be_visible()


def _nothing(page: Page) -> None:
    page.get_by_role("combobox").first.fill("qqqqzzzzxxxx")
    expect(page.get_by_text("Nada se llama «qqqqzzzzxxxx».").last).to_be_visible()


def _files(page: Page) -> None:
    page.get_by_role("button", name="Descargar", exact=True).click()
    expect(page.get_by_role("link", name="CSV", exact=True)).to_be_visible()


def _about(page: Page) -> None:
    page.locator("details", has_text=": Áreas verdes").locator("summary").first.click()
    expect(page.get_by_role("list", name="Lista de Áreas verdes")).to_be_visible()


def _here(page: Page) -> None:
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("con Brasil$"))).to_be_visible()


def _filters(page: Page) -> None:
    page.locator("summary", has_text="Filtros").click()
    expect(page.get_by_label("Tema", exact=True)).to_be_visible()


def _history(page: Page) -> None:
    page.locator("details.history summary").press("Enter")
    expect(page.locator("details.history ol > li").first).to_be_visible()


def _offline(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Sin conexión a la red.")).to_be_visible()


def _paper(page: Page) -> None:
    page.get_by_role("button", name="Preparar la hoja").click()
    expect(page.get_by_role("button", name="Imprimir o guardar en PDF")).to_be_enabled(
        timeout=30_000
    )


def _sources(page: Page) -> None:
    page.get_by_text("Sources", exact=True).click()
    expect(page.get_by_text("Sources of the data in view")).to_be_visible()


STATES = (
    State("home"),
    State("home-found", act=_found),
    State("home-nothing", act=_nothing),
    State("home-english", "lang=en", act=_sources),
    State("offline", "panel=tools", act=_offline),
    State("plan", "panel=plan", settled="ul.strategies"),
    State(
        "plan-time",
        "panel=plan&only=view%3Dtime%26theme%3Dgreen",
        act=_filters,
        settled="main .years span",
    ),
    State("layers", "panel=layers", settled="main [role=switch]"),
    State("layers-about", f"{TOWN}&panel=layers", act=_about),
    State("emergency", "panel=emergency", settled="main [role=switch]"),
    State("here", "map=15.5/-28.5765/-70.7585&layers=hazard_zones,safe_zones", act=_here),
    State("tools", "panel=tools"),
    State("words", f"{TOWN}&panel=words", settled="main section ul"),
    State("coordinates", "panel=coordinates&at=-28.576/-70.7585", settled="main dl"),
    State("measure", "panel=measure"),
    State("measure-area", f"panel=measure&area={_CORNERS}", settled="main dd"),
    State("print", "panel=print&sheet=a4-landscape/5000"),
    State("print-sheet", "panel=print&sheet=a4-landscape/5000", act=_paper),
    State("share", "panel=share", settled="main textarea"),
    State("moment", "panel=moment"),
    State("moment-compared", "panel=moment&on=2026-02-01&vs=2026-01-01&as-of=2026-11-01T12:00:00Z"),
    State(
        "moment-recorded",
        f"{TOWN}&panel=moment&on=2025-06-01&vs=2024-01-01&as-of=2026-11-01T12:00:00Z&side=30",
        settled="[data-beside=ready]",
    ),
    State(
        "indicators",
        "panel=indicators&indicator=safe_min_flood_adult/neighbourhoods",
        settled="main table",
    ),
    State("charts-progress", "panel=charts&only=chart%3Dprogress", settled=CHART),
    State("charts-green", "panel=charts&only=chart%3Dgreen_area", settled=CHART),
    State(
        "initiative",
        "feature=initiatives/DEMO-002",
        act=_history,
        settled="main [data-testid=invented]",
    ),
    State("initiative-unplaced", "feature=initiatives/DT-P1-E02"),
    State("gone", "feature=gone/1"),
    State(
        "table-files",
        f"{TOWN}&table=green_areas&sort=-area_m2",
        act=_files,
        settled=".dock tbody tr",
    ),
)


def enter(page: Page, origin: str, state: State, *, theme: str = "day") -> None:
    """Brings the page into a state, drawn and at rest."""
    page.goto("about:blank")
    page.goto(f"{origin}/#{'&'.join(filter(None, [state.place, f'theme={theme}']))}")
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    expect(page.locator(state.settled).first).to_be_attached(timeout=60_000)
    if state.act:
        state.act(page)
    page.wait_for_function(
        "() => ![...document.querySelectorAll('main [role=status] .bar')]"
        ".some((one) => one.checkVisibility())",  # what is folded away waits to be opened
        timeout=20_000,
    )
