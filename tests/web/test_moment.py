"""The plan at a date: what was in force, what differs, what the register said."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from sitplan.settings import Settings

from .conftest import Opener

pytestmark = pytest.mark.browser
TOWN = "map=14/-28.576/-70.7585"
_STEPS = (
    # GA-001 is given up, GA-002 is new, GA-003 has a new name from a day on: beside what the
    # demonstration itself tells of that year, the park that was enlarged and the lot built upon.
    "UPDATE layers.green_areas SET valid_to = '2025-06-01' WHERE code IN ('GA-001', 'GA-003')",
    "UPDATE layers.green_areas SET valid_from = '2025-06-01' WHERE code = 'GA-002'",
    "INSERT INTO layers.green_areas"
    " (code, name, kind, built_state, ownership, public_access, maintenance, geom, valid_from,"
    " review_state) SELECT code, 'Plaza Renombrada', kind, built_state, ownership, public_access,"
    " maintenance, geom, '2025-06-01', review_state FROM layers.green_areas WHERE code = 'GA-003'",
)


@pytest.fixture
def past(browser: Browser, served_fresh: str, fresh_settings: Settings) -> Iterator[Page]:
    """The map of a territory whose green areas changed on 1 June 2025."""
    with psycopg2.connect(fresh_settings.database_url) as link, link.cursor() as cursor:
        for step in _STEPS:
            cursor.execute(step)
    link.close()
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(20_000)
    page.goto(f"{served_fresh}/#{TOWN}")
    page.wait_for_selector("[data-map=ready]", timeout=60_000)
    yield page
    page.close()


def test_a_day_shows_what_was_in_force_and_two_what_differs(past: Page, served_fresh: str) -> None:
    page = past
    page.goto(f"{served_fresh}/#{TOWN}&table=green_areas&panel=moment&q=plaza")
    rows = page.locator(".dock tbody tr")
    expect(rows.first).to_be_visible()
    expect(rows.filter(has_text="GA-001")).to_have_count(0)
    expect(rows.filter(has_text="GA-002")).to_have_count(1)
    expect(rows.filter(has_text="Plaza Renombrada")).to_have_count(1)
    with page.expect_request(
        lambda asked: "datetime=2025-01-15" in asked.url and "/tiles/" in asked.url
    ):
        page.get_by_label("Mostrar lo vigente el").fill("2025-01-15")
        page.get_by_label("Mostrar lo vigente el").press("Tab")
    expect(page.get_by_test_id("moment")).to_contain_text("Vigente el 15 de enero de 2025")
    expect(rows.filter(has_text="GA-001")).to_have_count(1)
    expect(rows.filter(has_text="GA-002")).to_have_count(0)
    expect(rows.filter(has_text="Plaza Renombrada")).to_have_count(0)
    assert "on=2025-01-15" in page.url
    page.get_by_role("button", name="Cerrar la tabla").click()
    # The difference, as a list and on the map.
    page.locator("label", has=page.get_by_role("switch", name="Comparar con otro día")).click()
    page.get_by_label("Comparar con lo vigente el").fill("2025-12-31")
    page.get_by_label("Comparar con lo vigente el").press("Tab")
    panel = page.locator("main")
    expect(panel).to_contain_text("Entre el 15 de enero de 2025 y el 31 de diciembre de 2025")
    expect(panel).to_contain_text("1 nuevo · 2 cambiados · 2 retirados")
    expect(
        panel.get_by_role(
            "button", name=re.compile("Plaza Renombrada.*Cambiado.*nombre", re.DOTALL)
        )
    ).to_be_visible()
    before = page.url
    panel.get_by_role("button", name=re.compile("Plaza Ambrosio.*Retirado", re.DOTALL)).click()
    page.wait_for_function("(was) => location.href !== was", arg=before)  # the map went there
    page.reload()
    expect(panel).to_contain_text("1 nuevo · 2 cambiados · 2 retirados")
    page.get_by_role("button", name="Volver a hoy").click()
    expect(page.get_by_test_id("moment")).to_have_count(0)
    assert "on=" not in page.url and "vs=" not in page.url


def test_what_the_register_said_is_behind_one_more_switch(past: Page, served_fresh: str) -> None:
    page = past
    instant = page.request.get(f"{served_fresh}/api/collections/green_areas").json()
    began = instant["extent"]["recorded"]["interval"][0][0]
    page.goto(f"{served_fresh}/#{TOWN}&table=green_areas&q=plaza&panel=moment")
    rows = page.locator(".dock tbody tr")
    expect(rows.filter(has_text="GA-002")).to_have_count(1)
    expect(page.get_by_label("Como estaba registrado el")).to_have_count(0)
    page.locator(
        "label", has=page.get_by_role("switch", name="Ver lo que decía el registro")
    ).click()
    expect(page.get_by_label("Como estaba registrado el")).to_be_visible()
    assert "as-of=" in page.url
    # As it was recorded before the edits of this test, GA-001 was not given up.
    page.goto(f"{served_fresh}/#{TOWN}&table=green_areas&q=plaza&panel=moment&as-of={began}")
    expect(page.get_by_test_id("moment")).to_contain_text("según el registro del")
    expect(rows.filter(has_text="GA-001")).to_have_count(1)
    expect(rows.filter(has_text="Plaza Renombrada")).to_have_count(0)


def test_two_dates_that_agree_say_so(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=moment&on=2026-02-01&vs=2026-01-01").page
    expect(page.locator("main")).to_contain_text("Nada cambió entre el 1 de enero de 2026")


def test_what_is_of_today_says_so_where_the_map_is_not(visit: Opener) -> None:
    """The plan, charts, a find of the search, an emergency; and the way back to today from each."""
    page = visit(f"#{TOWN}&on=2023-01-01&panel=plan").page
    note = page.get_by_test_id("another")
    expect(note).to_contain_text("lo que se lee aquí es de hoy")
    for panel in ("charts", "indicators"):
        page.goto(page.url.replace(page.url.partition("panel=")[2], panel))
        expect(page.locator("main h1")).to_have_text(
            {"charts": "Gráficos"}.get(panel, "Indicadores")
        )
        expect(note).to_have_count(1)
    page.goto(page.url.replace("panel=indicators", "panel=emergency"))
    expect(note).to_contain_text("no sirve para una emergencia de hoy")
    note.get_by_role("button", name="Volver a hoy").click()
    expect(note).to_have_count(0)
    assert "on=" not in page.url


def test_what_was_not_there_then_says_so_and_leads_to_today(visit: Opener) -> None:
    """The search knows what there is today: its find may not be there on the day of the map."""
    watched = visit(f"#{TOWN}&on=2023-01-01")
    watched.expected = ("404",)
    page = watched.page
    page.get_by_role("combobox").fill("plaza pablo neruda")
    expect(page.get_by_test_id("another")).to_be_visible()
    page.get_by_role("option").filter(has_text="Áreas verdes").click()
    expect(page.locator("main h1")).to_have_text("No está en lo que muestra el mapa")
    expect(page.locator("main")).to_contain_text("(vigente el 1 de enero de 2023)")
    page.locator("main").get_by_role("button", name="Volver a hoy").click()
    expect(page.locator("main h1")).to_have_text("Plaza Pablo Neruda")


def test_the_counts_of_the_layers_are_of_the_day(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=layers").page
    row = page.locator("main .row", has_text="Barrios")
    expect(row).to_contain_text("25 elementos")
    page.goto(page.url + "&on=2023-01-01")
    expect(row).to_contain_text("24 elementos")


def test_a_day_is_typed_and_the_register_is_read_by_the_territorys_clocks(visit: Opener) -> None:
    """From a browser on the other side of the world; while a year is typed nothing is asked."""
    watched = visit(f"#{TOWN}&panel=moment", timezone_id="Asia/Tokyo")
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    field = page.get_by_label("Mostrar lo vigente el")
    field.focus()
    page.keyboard.type("01012023")
    expect(page.get_by_test_id("moment")).to_contain_text("Vigente el 1 de enero de 2023")
    assert not [url for url in asked if re.search(r"datetime=0", url)]
    page.goto(f"{watched.origin}/#{TOWN}&panel=moment&as-of=2026-11-22T02:05:00Z")
    expect(page.get_by_test_id("moment")).to_contain_text("21 de noviembre de 2026, 23:05")
    expect(page.get_by_label("Como estaba registrado el")).to_have_value("2026-11-21T23:05")
