"""From what is typed, tapped or measured by the phone to the page of a place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from .axe import faults_of
from .conftest import PHONE, Opener

pytestmark = pytest.mark.browser
SLOW = 30_000  # the first question to a fresh server makes its network


def test_a_crossing_is_marked_and_leads_to_its_page(visit: Opener) -> None:
    page = visit().page
    page.get_by_role("combobox").fill("prat esquina brasil")
    option = page.get_by_role("option", name=re.compile("^Arturo Prat con Brasil"))
    expect(option).to_be_visible(timeout=SLOW)
    page.get_by_role("combobox").press("Enter")
    expect(page.locator("main h1")).to_have_text("Arturo Prat con Brasil")
    expect(page.locator("main header")).to_contain_text(
        re.compile(
            r"En este punto.+28,57\d+°\sS 70,7\d+°\sO.*19S 32\d\.\d+\sE 6\.83\d\.\d+\sN", re.DOTALL
        )
    )
    assert "panel=here" in page.url and "at=-28.57" in page.url
    assert not faults_of(page)
    link = page.get_by_role("link", name="¿Qué hay y qué viene aquí?")
    way = page.get_by_role("link", name="¿Adónde voy desde aquí en una emergencia?")
    expect(way).to_have_attribute("href", re.compile(r"^/adonde-voy\?at=-28\.57\d+/-70\.7\d+"))
    # the address of a point is kept, and goes with its panel
    page.reload()
    expect(page.locator("main h1")).to_have_text("Arturo Prat con Brasil")
    link.click()
    expect(page.get_by_role("heading", name="Qué viene")).to_be_visible(timeout=SLOW)
    page.go_back()
    page.get_by_role("button", name="Inicio").click()
    expect(page.get_by_role("combobox")).to_be_visible()
    assert "at=" not in page.url


def test_a_number_that_is_not_known_offers_the_street_and_its_corners(visit: Opener) -> None:
    page = visit(viewport=PHONE).page
    page.get_by_role("combobox").fill("Prat 1234")
    expect(page.get_by_role("option")).to_have_count(1, timeout=SLOW)
    expect(page.locator("main .note")).to_contain_text("no sabemos dónde queda el 1234")
    assert not faults_of(page)
    page.get_by_role("button", name="Ver los cruces de Arturo Prat").click()
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("option").first).to_contain_text("Arturo Prat con", timeout=SLOW)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("initiatives/DEMO-002", ("$ 216.756.000", "6 de agosto de 2026", "6 de junio de 2027",
                                  "Departamento de Aseo y Ornato", "27 %", "En ejecución",
                                  "Fondo Nacional de Desarrollo Regional (FNDR)")),
        ("green_areas/GA-001", ("Plaza", "m²", "Consolidada")),
        ("neighbourhoods/NB-06", ("Sector",)),
        ("rural_localities/LR-16", ("Aldea",)),
    ],
)  # fmt: skip
def test_the_page_of_a_place_and_its_panel_tell_the_same(
    visit: Opener, path: str, told: tuple[str, ...]
) -> None:
    """From the page to the map with that place open, its facts there too, and back."""
    watched = visit(drawn=False)
    page = watched.page
    here = f"{watched.origin}/api/places/{path}"
    page.goto(f"{here}?f=html", timeout=SLOW)
    title = page.locator("h1").inner_text()
    facts = " ".join(page.locator("main").inner_text().split())
    assert all(one in facts for one in told), (told, facts)
    page.get_by_role("link", name="Ver este lugar en el mapa").click()
    panel = page.locator("main")
    expect(panel.locator("h1")).to_have_text(title)
    for one in told:
        expect(panel).to_contain_text(re.compile(re.escape(one).replace(r"\ ", r"\s")))
    back = page.get_by_role("link", name="Ver la ficha de este lugar")
    back.click()
    expect(page.get_by_role("heading", name="A quién preguntar")).to_be_visible(timeout=SLOW)
    expect(page.locator("h1")).to_have_text(title)
    # in English, and of a point
    page.goto(f"{watched.origin}/api/places?lat=-28.5765&lon=-70.7585&f=html&lang=en")
    link = page.get_by_role("link", name="See this place on the map")
    assert "panel=here&at=-28.57650/-70.75850&lang=en" in str(link.get_attribute("href"))


def _locating(visit: Opener, **context: Any) -> Any:
    page = visit(drawn=False, viewport=PHONE, **context).page
    page.get_by_role("button", name="Usar mi posición").click()
    return page


def test_the_position_leads_to_the_page_of_the_place(visit: Opener) -> None:
    here = {"latitude": -28.5765, "longitude": -70.7585, "accuracy": 12}
    page = _locating(visit, geolocation=here, permissions=["geolocation"])
    page.wait_for_url(re.compile(r"/api/places\?lat=-28\.57650&lon=-70\.75850"), timeout=SLOW)
    expect(page.get_by_role("heading", name="Qué viene")).to_be_visible()


def test_a_rough_position_is_told_and_left_to_choose(visit: Opener) -> None:
    here = {"latitude": -28.5765, "longitude": -70.7585, "accuracy": 900}
    page = _locating(visit, geolocation=here, permissions=["geolocation"])
    expect(page.locator(".position")).to_contain_text("es poco precisa")
    expect(page.get_by_role("link", name="Ver qué hay y qué viene ahí")).to_be_visible()
    assert not faults_of(page)


def test_a_position_outside_refused_or_late_is_told(visit: Opener) -> None:
    away = {"latitude": -33.45, "longitude": -70.66, "accuracy": 10}
    page = _locating(visit, geolocation=away, permissions=["geolocation"])
    expect(page.locator(".position")).to_contain_text("fuera de la comuna")
    for code, said in ((1, "no dio permiso"), (2, "no pudo saber"), (3, "se demora demasiado")):
        page.evaluate(
            "code => { navigator.geolocation.getCurrentPosition = (_, no) => no({ code }) }", code
        )
        page.get_by_role("button", name="Intentar de nuevo").click()
        expect(page.locator(".position")).to_contain_text(said)


def test_a_page_that_is_not_secure_says_why(visit: Opener) -> None:
    page = visit(drawn=False).page
    page.evaluate("() => Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.get_by_role("button", name="Usar mi posición").click()
    expect(page.locator(".position")).to_contain_text("conexión segura (HTTPS)")
