"""Search, plan, layers, emergency: what people read and press, from the panel alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Opener
from .looks import PLAN_INK, is_drawn, near

pytestmark = pytest.mark.browser


def _layers_on_map(page: Page) -> str:
    return page.get_by_role("button", name=re.compile("^Capas · ")).inner_text()


def test_search_finds_without_accents_and_opens_a_sheet_by_keyboard(visit: Opener) -> None:
    page = visit().page
    field = page.get_by_role("combobox")
    field.press_sequentially("plaza el eden")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Plaza El Edén")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "found-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page.locator("main h1")).to_have_text("Plaza El Edén")
    expect(page.locator("main h1")).to_be_focused()
    page.get_by_role("button", name="Inicio").click()
    expect(page.get_by_role("combobox")).to_have_value("plaza el eden")
    page.get_by_role("combobox").press("Escape")
    expect(page.get_by_role("button", name="Ver las iniciativas")).to_be_visible()


def test_search_that_finds_nothing_says_what_to_do(visit: Opener) -> None:
    page = visit(drawn=False).page
    page.get_by_role("combobox").fill("qqqqzzzzxxxx")
    expect(page.get_by_text("Nada se llama «qqqqzzzzxxxx».").last).to_be_visible(timeout=20_000)
    expect(page.locator("main")).to_contain_text("Dos calles que se cruzan")
    page.get_by_role("button", name="Capas del territorio").click()
    expect(page.locator("main h1")).to_have_text("Capas del territorio")


def test_a_sheet_tells_figures_codes_and_source_in_words(visit: Opener) -> None:
    page = visit().page
    page.get_by_role("combobox").fill("Plaza Ambrosio")
    page.get_by_role("option").filter(has_text="Áreas verdes").first.click()
    panel = page.locator("main")
    expect(panel).to_contain_text("Áreas verdes · Plaza")
    expect(panel).to_contain_text(re.compile(r"\d\s?m²"))
    expect(panel).to_contain_text("Dibujo ilustrativo")
    expect(panel).to_contain_text("noviembre de 2026")
    expect(panel).to_contain_text("Licencia: CC-BY-4.0")
    body = panel.inner_text()
    assert not re.search(r"\b(null|undefined|NaN|\[object)\b", body)
    assert body.index("Fuente") > body.index("m²")
    link = page.get_by_role("link", name="Ver los datos en JSON")
    answer = page.request.get(page.url.split("/#")[0] + (link.get_attribute("href") or ""))
    assert answer.ok and answer.json()["type"] == "Feature"
    page.get_by_role("link", name="Ver la ficha de este lugar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plaza Ambrosio")
    assert "/api/places/green_areas/" in page.url


def test_layers_switch_on_and_off_and_tell_where_they_come_from(visit: Opener) -> None:
    page = visit("#panel=layers").page
    before = _layers_on_map(page)
    switch = page.get_by_role("switch", name="Mostrar Áreas verdes")
    expect(switch).to_be_checked()
    switch.press("Space")
    expect(switch).not_to_be_checked()
    assert _layers_on_map(page) != before
    expect(page).to_have_url(re.compile("layers=-green_areas"))
    page.get_by_role("button", name="Volver a las capas iniciales").click()
    expect(switch).to_be_checked()
    assert "layers=" not in page.url
    row = page.locator("li", has=switch)
    row.locator("summary").click()
    expect(row).to_contain_text("Suelo con plantación")
    expect(row).to_contain_text("CC-BY-4.0")


def test_every_feature_can_be_reached_from_a_list(visit: Opener) -> None:
    page = visit("#panel=layers&map=14/-28.576/-70.7585").page
    row = page.locator("li", has=page.get_by_role("switch", name="Mostrar Áreas verdes"))
    row.locator("summary").click()
    first = row.get_by_role("list", name="Lista de Áreas verdes").get_by_role("button").first
    name = first.inner_text()
    first.click()
    expect(page.locator("main h1")).to_have_text(name)


def test_the_plan_is_whole_and_marks_what_is_placed_and_invented(visit: Opener) -> None:
    page = visit("#panel=plan", drawn=False).page
    panel = page.locator("main")
    expect(panel).to_contain_text("254 iniciativas")
    expect(panel).to_contain_text("60 inventadas para la demostración")
    expect(page.locator("ul.strategies > li")).to_have_count(9)
    page.get_by_label("Buscar por nombre, tema o código").fill("plaza pablo neruda")
    expect(panel).to_contain_text(re.compile(r"\d+ de 254 iniciativas\."))
    row = page.get_by_role("button", name=re.compile("Plaza Pablo Neruda")).first
    expect(row).to_contain_text("en el mapa")
    page.get_by_label("Buscar por nombre, tema o código").fill("DEMO-001")
    expect(page.locator("main section button").first).to_contain_text("inventado")
    page.get_by_label("Buscar por nombre, tema o código").fill("xyzzy")
    expect(panel).to_contain_text("Ninguna iniciativa cumple todo eso")


def test_from_the_plan_to_an_initiative_to_its_place(visit: Opener) -> None:
    page = visit("#panel=plan").page
    page.get_by_label("Buscar por nombre, tema o código").fill("plaza pablo neruda")
    page.get_by_role("button", name=re.compile("Plaza Pablo Neruda")).first.click()
    panel = page.locator("main")
    expect(page.get_by_role("heading", name="Lugar en el plan")).to_be_visible()
    expect(panel).to_contain_text("El plan no le fija monto ni fechas.")
    expect(panel).not_to_contain_text("$")
    expect(panel.get_by_test_id("invented")).to_have_count(0)
    page.wait_for_timeout(600)
    assert re.search(r"map=1[56]", page.url), "opened from a list, the map goes there"
    page.get_by_role("button", name="Ver toda la ciudad").click()
    page.get_by_role("button", name=re.compile("Ver en el mapa")).first.click()
    expect(page).to_have_url(re.compile(r"map=1[56]"))
    page.locator("ol.path button").first.click()
    expect(page.locator("main h1")).to_have_text("Iniciativas del plan")


def test_an_invented_project_says_so_on_its_sheet(visit: Opener) -> None:
    page = visit("#feature=initiatives/DEMO-002", drawn=False).page
    expect(page.get_by_test_id("invented")).to_have_text("Dato inventado para la demostración")
    expect(page.locator("main")).to_contain_text(re.compile(r"Cuesta \$\s[\d.]+\."))


def test_an_initiative_without_a_place_says_so(visit: Opener) -> None:
    page = visit("#feature=initiatives/DT-P1-E02", drawn=False).page
    expect(page.locator("main")).to_contain_text("sin un punto propio en el mapa")


def test_emergency_switches_the_risk_layers_on_and_lists_meeting_points(visit: Opener) -> None:
    page = visit().page
    page.get_by_role("button", name="¿Adónde voy en una emergencia?").click()
    expect(page.locator("main")).to_contain_text("no los uses en una emergencia real")
    for layer in ("Vías de evacuación", "Puntos de encuentro", "Zonas seguras"):
        expect(page.get_by_role("switch", name=f"Mostrar {layer}")).to_be_checked()
    page.get_by_role("list", name="Lista de Puntos de encuentro").get_by_role(
        "button"
    ).first.click()
    expect(page.locator("main")).to_contain_text("Puntos de encuentro")
    assert "feature=meeting_points/" in page.url


@pytest.mark.parametrize("place", ["12.5/-28.5765/-70.7585", "14/-28.5765/-70.7585"])
def test_in_an_emergency_no_initiative_stands_in_the_way(visit: Opener, place: str) -> None:
    """Not a pin, nor many gathered, lies over a meeting point; they come back after it."""
    page = visit(f"#map={place}").page
    assert is_drawn(page, lambda found: near(found, PLAN_INK) > 400)
    page.get_by_role("button", name="¿Adónde voy en una emergencia?").click()
    expect(page.locator(".gathered")).to_have_count(0)
    assert is_drawn(page, lambda found: near(found, PLAN_INK) < 40)
    page.get_by_role("button", name="Inicio").click()
    assert is_drawn(page, lambda found: near(found, PLAN_INK) > 400)


def test_from_the_emergency_to_the_way_on_foot(visit: Opener) -> None:
    page = visit().page
    page.get_by_role("button", name="¿Adónde voy en una emergencia?").click()
    page.get_by_role("link", name="Ver mi camino a pie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Adónde voy?")
    # the first to ask waits for the package of streets to be made
    expect(page.get_by_label("¿Qué amenaza?")).to_be_visible(timeout=30_000)


def test_english_on_a_switch_keeps_what_was_open(visit: Opener) -> None:
    page = visit("#panel=plan").page
    page.get_by_label("Buscar por nombre, tema o código").fill("DT-P1-E02")
    page.get_by_role("button", name="Inicio").click()
    page.get_by_role("combobox").fill("plaza")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("combobox")).to_have_value("plaza")
    expect(page.locator("main h1")).to_contain_text("in your neighbourhood")
    expect(page.get_by_role("option").filter(has_text="Green areas").first).to_be_visible()
    page.get_by_role("combobox").press("Escape")
    page.get_by_role("button", name="See the initiatives").click()
    expect(page.get_by_label("Search by name, theme or code")).to_have_value("DT-P1-E02")
    expect(page.locator("main section button").last).to_contain_text(
        "Project · proposed · no place"
    )
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Español").click()
    expect(page.locator("main h1")).to_have_text("¿Qué hay y qué viene en tu barrio?")
