"""The plan beside the map: filters with counts, tree, timeline, sheet with its history, files."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from sitplan.settings import Settings

from .axe import faults_of
from .conftest import PHONE, Opener
from .looks import map_colours

pytestmark = pytest.mark.browser
TOWN = "map=13/-28.576/-70.7585"
INK = (0xA1, 0x2C, 0x7B)


def _pins(page: Page) -> int:
    """Pixels of the map in the initiatives' own ink, or nearly."""
    return sum(
        count
        for colour, count in map_colours(page).items()
        if all(abs(a - b) <= 24 for a, b in zip(colour, INK, strict=True))
    )


def _becomes(page: Page, is_so: Callable[[int], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so(seen := _pins(page)):
        assert time.monotonic() < deadline, seen


def test_a_choice_narrows_list_counts_map_and_address(visit: Opener) -> None:
    watched = visit(f"#{TOWN}&panel=plan")
    page, panel = watched.page, watched.page.locator("main")
    told = page.request.get(f"{watched.origin}/api/plan?theme=green").json()
    whole = page.request.get(f"{watched.origin}/api/plan").json()
    _becomes(page, lambda seen: seen > 400)
    before = _pins(page)
    page.locator("summary", has_text="Filtros").click()
    for facet in whole["facets"]:
        options = page.locator(f"#plan-{facet['name']} option")
        said = [f"{one['title']} ({one['count']})" for one in facet["values"]]
        expect(options).to_have_text(["Cualquiera", *said])
    page.get_by_label("Tema", exact=True).select_option("green")
    expect(panel).to_contain_text(f"{told['matched']} de 254 iniciativas.")
    kinds = next(one["values"] for one in told["facets"] if one["name"] == "kind")
    for one in kinds:
        option = page.locator(f"#plan-kind option[value={one['code']}]")
        expect(option).to_have_text(f"{one['title']} ({one['count']})")
        assert option.is_disabled() == (one["count"] == 0)
    assert parse_qs(urlsplit(page.url).fragment)["only"] == ["theme=green"]
    _becomes(page, lambda seen: seen < before * 0.8)
    page.go_back()
    expect(panel).to_contain_text("60 inventadas para la demostración")
    _becomes(page, lambda seen: seen > before * 0.9)
    page.go_forward()
    expect(page.get_by_role("list", name="Filtros puestos")).to_contain_text("Áreas verdes")
    page.get_by_role("button", name="Quitar el filtro Tema: Áreas verdes").click()
    expect(panel).to_contain_text("60 inventadas para la demostración")
    assert "only=" not in page.url


def test_what_a_choice_leaves_without_a_place_is_told(visit: Opener) -> None:
    page = visit("#panel=plan&only=theme%3Dgreen", drawn=False).page
    rows = page.get_by_role("list", name="Estrategias").locator("section li > button")
    expect(page.locator("main")).to_contain_text("12 de 254 iniciativas.")
    expect(page.locator("main")).to_contain_text("En el mapa están las 6 que tienen lugar.")
    expect(rows.filter(has_text="en el mapa")).to_have_count(6)
    page.get_by_role("button", name="Quitar el filtro Tema").click()
    page.locator("summary", has_text="Filtros").click()
    page.get_by_label("Lugar en el mapa").select_option("no")
    expect(page.locator("main")).to_contain_text("Ninguna tiene lugar en el mapa.")
    matching = rows.filter(has_not_text="no cumple el filtro")
    expect(matching).to_have_count(183)
    expect(matching.filter(has_text="sin lugar")).to_have_count(183)


def test_where_nothing_is_left_the_way_back_is_offered(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=plan&only=q%3Dzzzz%26theme%3Dgreen").page
    panel = page.locator("main")
    expect(panel).to_contain_text("Ninguna iniciativa cumple todo eso. Quita un filtro")
    _becomes(page, lambda seen: seen < 40)
    expect(page.get_by_role("link", name="Descargar")).to_have_count(0)
    assert faults_of(page) == []
    page.get_by_role("button", name="Quitar todos los filtros").click()
    expect(panel).to_contain_text("60 inventadas para la demostración")
    _becomes(page, lambda seen: seen > 400)
    assert "only=" not in page.url


def test_an_address_opens_filter_sheet_and_map_and_back_leads_to_the_list(visit: Opener) -> None:
    page = visit(
        f"#{TOWN}&panel=plan&only=source%3DPMU%26placed%3Dyes&feature=initiatives/DEMO-008"
    ).page
    expect(page.locator("main h1")).to_contain_text("Forestación talud")
    narrowed = _pins(page)
    page.get_by_role("button", name="Volver").click()
    expect(page.locator("main h1")).to_have_text("Iniciativas del plan")
    expect(page.get_by_role("list", name="Filtros puestos").get_by_role("listitem")).to_have_count(
        3  # two filters, and the way to take both off
    )
    page.get_by_role("button", name="Quitar todos los filtros").click()
    _becomes(page, lambda seen: seen > narrowed)
    page.go_back()
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ de 254 iniciativas\."))


def test_the_tree_is_walked_by_keyboard_from_strategy_to_study(visit: Opener) -> None:
    page = visit("#panel=plan", drawn=False).page
    tree = page.get_by_role("list", name="Estrategias")
    strategy = tree.locator("summary", has_text="Desarrollo Territorial")
    strategy.press("Enter")
    plan = tree.locator("summary", has_text="Plan de Rescate de Espacios Públicos")
    expect(plan).to_be_visible()
    expect(tree.get_by_role("button", name=re.compile("Construcción Miradores"))).to_have_count(0)
    plan.press("Enter")
    row = tree.get_by_role("button", name=re.compile("Construcción Miradores"))
    expect(row).to_contain_text("Proyecto · propuesta · sin lugar")
    assert faults_of(page) == []
    row.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Construcción Miradores")
    page.go_back()
    expect(row).to_be_visible()
    page.get_by_role("button", name="Abrir todo").press("Enter")
    rows = tree.locator("section li > button")
    expect(rows).to_have_count(254)
    page.get_by_role("button", name="Cerrar todo").press("Enter")
    expect(rows).to_have_count(0)


def test_the_timeline_says_plainly_what_has_no_dates(visit: Opener) -> None:
    page = visit("#panel=plan&only=view%3Dtime", drawn=False).page
    panel = page.locator("main")
    expect(panel).to_contain_text("194 de estas iniciativas no tienen fechas: el plan no las fija.")
    expect(panel).to_contain_text("son de proyectos inventados para la demostración")
    expect(page.locator(".axis .bar")).to_have_count(60)
    expect(page.locator(".years span")).to_have_text([str(y) for y in range(2024, 2031)])
    first = page.locator("main h2").first
    expect(first).to_contain_text("Comienzan en 2024")
    assert faults_of(page) == []
    page.get_by_label("Buscar por nombre, tema o código").fill("DT-P1")
    expect(page.locator(".axis .bar")).to_have_count(0)
    expect(panel).to_contain_text("8 de 254 iniciativas.")
    page.get_by_role("button", name="Como árbol").click()
    expect(
        page.get_by_role("list", name="Estrategias").locator("section li > button")
    ).to_have_count(8)
    assert "view" not in page.url


def test_files_are_of_what_passes(visit: Opener) -> None:
    watched = visit("#panel=plan&only=theme%3Dsport", drawn=False)
    page = watched.page
    told = page.request.get(f"{watched.origin}/api/plan?theme=sport").json()
    link = page.get_by_role("link", name="Descargar: CSV")
    got = page.request.get(link.get_attribute("href") or "")
    assert got.ok and len(got.text().strip().splitlines()) == 1 + told["matched"]
    expect(page.get_by_role("link", name="Descargar: Excel")).to_have_attribute(
        "href", re.compile("f=xlsx")
    )
    expect(page.get_by_role("link", name="Como página")).to_have_attribute(
        "href", re.compile(r"/api/plan\?theme=sport&lang=es&f=html")
    )


def test_on_a_phone_in_the_dark_in_english(visit: Opener) -> None:
    page = visit(
        "#panel=plan&only=theme%3Dgreen&lang=en&theme=dark", viewport=PHONE, has_touch=True
    ).page
    panel = page.locator("main")
    expect(panel).to_contain_text("12 of 254 initiatives.")
    page.get_by_role("button", name=re.compile("^Panel")).click()
    page.locator("summary", has_text="Filters (1)").click()
    expect(page.get_by_label("Source of funding")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "nothing is wider than the phone"
    assert faults_of(page) == []


def test_a_sheet_tells_its_history(
    browser: Browser, served_fresh: str, fresh_settings: Settings
) -> None:
    with psycopg2.connect(fresh_settings.database_url) as link, link.cursor() as cursor:
        cursor.execute(
            "UPDATE layers.initiatives SET status = 'terminada', physical_progress_pct = 100"
            " WHERE code = 'DEMO-002'"
        )
    link.close()
    page = browser.new_page(reduced_motion="reduce")
    page.set_default_timeout(20_000)
    page.goto(f"{served_fresh}/#panel=plan&feature=initiatives/DEMO-002")
    history = page.locator("details.history")
    history.locator("summary").press("Enter")
    steps = history.locator("ol > li")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("Edición directa")
    expect(steps.first).to_contain_text("Estado: En ejecución → Terminada")
    expect(steps.first).to_contain_text("Avance físico: 27 % → 100 %")
    expect(steps.last).to_contain_text("Datos iniciales")
    assert faults_of(page) == []
    page.close()
