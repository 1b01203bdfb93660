"""Slow, offline, refused, without WebGL, without script, with the keyboard alone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from .conftest import Opener
from .looks import map_colours

pytestmark = pytest.mark.browser
_NO_WEBGL = (
    "HTMLCanvasElement.prototype.getContext = ((get) => function (kind, ...more) {"
    "return /webgl/.test(kind) ? null : get.call(this, kind, ...more) })"
    "(HTMLCanvasElement.prototype.getContext)"
)


def test_nothing_is_asked_of_anybody_else(visit: Opener, served: str) -> None:
    """With every other host blocked all is there; one that was asked fails the visit."""
    watched = visit(drawn=False)
    page = watched.page
    page.context.route(
        lambda address: address.startswith("http") and not address.startswith(served),
        lambda route: route.abort(),
    )
    for path in ("/#panel=plan", "/#panel=emergency", "/#panel=layers&theme=dark", "/embed"):
        page.goto("about:blank")
        page.goto(f"{served}{path}")
        page.wait_for_selector("[data-map=ready]", timeout=40_000)
        assert len(map_colours(page)) > 40, path
    for path in ("/adonde-voy", "/api", "/api/places/neighbourhoods/NB-01", "/api/plan"):
        page.goto(f"{served}{path}")
        page.wait_for_load_state("networkidle")
        expect(page.locator("h1")).to_be_visible()
    assert watched.strangers == []


def test_offline_is_told_and_heals_by_itself(visit: Opener) -> None:
    watched = visit()
    watched.expected = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    page = watched.page
    page.context.set_offline(True)
    expect(page.get_by_text("Sin conexión a la red.")).to_be_visible()
    expect(page.get_by_text("Se ve lo que ya se había cargado.")).to_be_visible()
    page.get_by_role("combobox").fill("plaza")
    expect(page.get_by_role("button", name="Reintentar")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Reintentar").click()
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_text("Sin conexión a la red.")).to_have_count(0)


def test_a_first_visit_without_the_server_says_so_and_recovers(visit: Opener, served: str) -> None:
    watched = visit(drawn=False)
    watched.expected = ("Failed to load resource", "ERR_")
    page = watched.page
    page.route("**/api/**", lambda route: route.abort())
    page.goto("about:blank")
    page.goto(served)
    expect(page.get_by_text("El servidor no responde.").first).to_be_visible()
    page.unroute("**/api/**")
    page.wait_for_selector("[data-map=ready]", timeout=30_000)


def test_a_refusal_shows_the_servers_own_words(visit: Opener) -> None:
    watched = visit()
    watched.expected = ("503",)
    page = watched.page

    def refuse(route: Route) -> None:
        body = {"title": "La base de datos no responde", "detail": "Se detuvo.", "hint": "Espera."}
        route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(body))

    page.route("**/api/plan?*", refuse)
    page.get_by_role("button", name="Ver las iniciativas").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("La base de datos no responde")
    expect(alert).to_contain_text("Espera.")
    page.unroute("**/api/plan?*")
    page.get_by_role("button", name="Reintentar").click()
    expect(page.locator("main")).to_contain_text("254 iniciativas")


def test_a_map_renewed_since_it_was_opened_goes_on_where_it_was(visit: Opener) -> None:
    """The code of a panel, and the words of English, are of a version that is no longer there."""
    watched = visit("#panel=tools&on=2026-02-01")
    watched.expected = ("404", "Failed to fetch dynamically imported module")
    page = watched.page
    page.route("**/assets/Measure-*.js", lambda route: route.fulfill(status=404))
    page.get_by_role("button", name="Medir").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No se pudo abrir esta parte.")
    expect(alert).to_contain_text("Quizá hay una versión nueva del mapa.")
    page.unroute("**/assets/Measure-*.js")
    page.get_by_role("button", name="Reintentar").click()
    expect(page.get_by_role("heading", level=1, name="Medir")).to_be_visible()
    assert "panel=measure" in page.url and "on=2026-02-01" in page.url
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    page.route("**/assets/en-*.js", lambda route: route.fulfill(status=404), times=1)
    page.get_by_role("button", name="Herramientas").first.click()
    page.get_by_role("button", name="Inicio").click()
    page.get_by_role("button", name="EN, English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "lang=en" in page.url and "on=2026-02-01" in page.url


def test_slow_answers_show_that_something_is_coming(visit: Opener) -> None:
    page = visit().page
    held: list[Route] = []
    page.route("**/api/plan?*", lambda route: held.append(route))
    page.get_by_role("button", name="Ver las iniciativas").click()
    expect(page.locator("main").get_by_role("status").filter(has_text="Cargando…")).to_have_count(1)
    page.wait_for_timeout(200)
    held[0].continue_()
    expect(page.locator("main")).to_contain_text("254 iniciativas")


def test_without_webgl_the_panel_is_a_page(visit: Opener, served: str) -> None:
    page = visit(drawn=False).page
    page.add_init_script(_NO_WEBGL)
    page.goto("about:blank")
    page.goto(served)
    expect(page.get_by_text("Este navegador no puede dibujar el mapa.")).to_be_visible()
    expect(page.locator(".map")).to_have_count(0)
    page.get_by_role("combobox").fill("plaza")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("link", name="Ver los datos en JSON")).to_be_visible()


def test_without_script_the_page_leads_to_the_data(visit: Opener) -> None:
    page = visit(drawn=False, java_script_enabled=False).page
    expect(page.locator("noscript h1")).to_be_visible()
    for link in page.locator("noscript a, a").all():
        assert (link.get_attribute("href") or "").startswith("/api")


def test_the_map_itself_has_keys_as_well(visit: Opener) -> None:
    page = visit().page

    def tab_to(name: str, *, limit: int = 60) -> None:
        for _ in range(limit):
            page.keyboard.press("Tab")
            label = page.evaluate(
                "() => { const e = document.activeElement; if (e === document.body) return '';"
                " return (e.getAttribute('aria-label') || e.innerText || '').trim() }"
            )
            if label.startswith(name):
                ring = page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle + parseFloat(s.outlineWidth) }"
                )
                assert ring == "solid3" or page.evaluate(
                    "() => document.activeElement.getAttribute('role') === 'switch'"
                ), (name, ring)
                return
        raise AssertionError(f"no Tab reaches {name!r}")

    tab_to("Capas del territorio")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("Capas del territorio")
    tab_to("Mostrar Áreas verdes")
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="Mostrar Áreas verdes")).not_to_be_checked()
    # what lies at its centre
    tab_to("Mapa.", limit=150)
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).not_to_have_text("Capas del territorio")
    # nearer
    before = page.url
    tab_to("Acercar", limit=150)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.url != before
