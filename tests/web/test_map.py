"""The map itself: it draws, answers clicks, and keeps its place in the address."""

from __future__ import annotations

import re

import psycopg2
import pytest
from playwright.sync_api import Browser, expect

from sitplan.settings import Settings

from .conftest import PHONE, Opener
from .looks import map_colours

pytestmark = pytest.mark.browser
CENTRE = "#map=16/-28.576/-70.7585"


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_the_map_draws_more_than_one_ground(visit: Opener, theme: str) -> None:
    page = visit(f"{CENTRE}&theme={theme}").page
    found = map_colours(page)
    total = sum(found.values())
    assert len(found) > 40
    assert found.most_common(1)[0][1] < 0.9 * total
    light = sum(sum(colour) / 3 * n for colour, n in found.items()) / total
    assert light > 170 if theme == "day" else light < 110


def test_the_theme_changes_on_the_spot_and_images_with_it(visit: Opener) -> None:
    page = visit(CENTRE).page
    day = map_colours(page)
    page.get_by_role("button", name="Cambiar a fondo oscuro").click()
    page.wait_for_timeout(1500)
    assert map_colours(page).most_common(1) != day.most_common(1)
    assert "theme=dark" in page.url
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_system_chooses_the_theme_until_a_person_does(visit: Opener) -> None:
    page = visit(color_scheme="dark").page
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert "theme" not in page.url


def test_a_click_opens_the_sheet_or_the_list_of_what_lies_there(visit: Opener) -> None:
    page = visit(CENTRE).page
    box = page.locator(".map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("main h1")).not_to_have_text("¿Qué hay y qué viene en tu barrio?")
    if "panel=here" in page.url:
        page.locator("main ul button").first.click()
    expect(page.get_by_role("link", name="Ver los datos en JSON")).to_be_visible()
    assert "feature=" in page.url


def test_an_address_brings_back_view_layers_sheet_language_and_theme(visit: Opener) -> None:
    page = visit("#map=15.5/-28.574/-70.76&layers=safe_zones,-green_areas&lang=en&theme=dark").page
    page.get_by_role("combobox").fill("Plaza El Edén")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("link", name="See the data as JSON")).to_be_visible()
    title = page.locator("main h1").inner_text()
    page.wait_for_timeout(800)
    address = page.url
    for part in ("map=", "layers=-green_areas,safe_zones", "feature=", "lang=en", "theme=dark"):
        assert part in address
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    expect(page.locator("main h1")).to_have_text(title)
    page.wait_for_timeout(500)
    assert page.url == address
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_back_and_forward_walk_through_what_was_opened(visit: Opener) -> None:
    page = visit().page
    page.get_by_role("button", name="Ver las iniciativas").click()
    expect(page.locator("main h1")).to_have_text("Iniciativas del plan")
    page.locator("ul.strategies summary").first.click()
    page.locator("ul.strategies section summary:visible").first.click()
    page.locator("ul.strategies section li button:visible").first.click()
    expect(page.get_by_role("heading", name="Lugar en el plan")).to_be_visible()
    page.go_back()
    expect(page.locator("main h1")).to_have_text("Iniciativas del plan")
    page.go_back()
    expect(page.locator("main h1")).to_have_text("¿Qué hay y qué viene en tu barrio?")
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name="Lugar en el plan")).to_be_visible()


def test_an_old_or_broken_address_still_opens_the_map(visit: Opener) -> None:
    watched = visit("#map=banana&layers=gone,-also_gone&panel=nope&feature=gone/1&theme=x")
    watched.expected = ("404",)
    expect(watched.page.locator("main h1")).to_have_text("Ya no existe, o nunca existió")
    watched.page.get_by_role("button", name="Inicio").click()
    expect(watched.page.get_by_role("combobox")).to_be_visible()


def test_demonstration_data_are_watermarked(visit: Opener) -> None:
    page = visit().page
    expect(page.get_by_test_id("watermark")).to_contain_text("Datos de demostración: ilustrativos")


def test_the_scale_bar_tells_a_round_length(visit: Opener) -> None:
    page = visit(CENTRE).page
    expect(page.locator(".scale")).to_have_text(re.compile(r"^[125]0*\s(m|km)$"))


def test_sources_are_named_on_the_map(visit: Opener) -> None:
    page = visit().page
    page.get_by_text("Fuentes", exact=True).click()
    expect(page.get_by_text("Fuentes de los datos visibles")).to_be_visible()
    assert page.locator(".sources li").count() >= 1


def test_every_image_that_the_style_asks_for_is_drawn(visit: Opener) -> None:
    """MapLibre warns of images that nobody draws, and a warning fails the visit."""
    layers = "critical_points,hazard_zones,informal_settlements,rural_water_systems,safe_zones"
    for view in ("11/-28.576/-70.7585", "14/-28.576/-70.7585", "17/-28.576/-70.7585"):
        visit(f"#map={view}&layers={layers},street_assets,zones").page.wait_for_timeout(600)


def test_home_brings_the_whole_town_back(visit: Opener) -> None:
    page = visit("#map=18/-28.6/-70.7").page
    page.get_by_role("button", name="Ver toda la ciudad").click()
    expect(page).to_have_url(re.compile(r"#map=1[23]"))


def test_the_position_is_shown_or_why_the_browser_does_not_tell_it(
    visit: Opener, served: str
) -> None:
    page = visit(
        geolocation={"longitude": -70.7585, "latitude": -28.576}, permissions=["geolocation"]
    ).page
    page.get_by_role("button", name="Ver dónde estoy").click()
    expect(page.get_by_text("Estás aquí")).to_be_visible()
    expect(page.locator(".me")).to_be_visible()
    insecure = visit(drawn=False)
    insecure.page.add_init_script("Object.defineProperty(window,'isSecureContext',{value:false})")
    insecure.page.goto("about:blank")
    insecure.page.goto(served)
    insecure.page.wait_for_selector("[data-map=ready]", timeout=40_000)
    insecure.page.get_by_role("button", name="Ver dónde estoy").click()
    expect(insecure.page.get_by_text("conexión segura (HTTPS)")).to_be_visible()


def test_an_edit_reaches_an_open_sheet_and_the_map(
    browser: Browser, served_fresh: str, fresh_settings: Settings
) -> None:
    """The page looks when it is shown again, and by itself every half minute."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(served_fresh)
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    page.get_by_role("combobox").fill("GA-001")
    page.get_by_role("option").first.click()
    expect(page.locator("main h1")).to_have_text("Plaza Ambrosio O'Higgins")
    with psycopg2.connect(fresh_settings.database_url) as link, link.cursor() as cursor:
        cursor.execute("UPDATE layers.green_areas SET name = 'Plaza Nueva' WHERE code = 'GA-001'")
    link.close()
    with page.expect_response(lambda answer: "/api/tiles/" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("main h1")).to_have_text("Plaza Nueva")
    page.close()


def test_a_sheet_of_three_stops_on_a_phone(visit: Opener) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).page
    sheet = page.locator("main")

    def height() -> float:
        page.wait_for_timeout(300)
        box = sheet.bounding_box()
        assert box
        return box["height"]

    handle = page.locator("button.handle")
    assert 400 < height() < 480
    handle.click()
    assert height() > 760
    handle.click()
    assert height() < 130
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    handle.press("ArrowUp")
    assert 400 < height() < 480
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 150)
    page.mouse.move(x, y + 330, steps=4)
    page.mouse.up()
    assert height() < 130
