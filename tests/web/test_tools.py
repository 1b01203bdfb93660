"""Tools: coordinates, measuring, sharing, the map inside another page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect
from pyproj import Geod, Transformer

from .conftest import PHONE, Opener

pytestmark = pytest.mark.browser
TOWN = "#map=15/-28.576/-70.7585"
_TO_UTM = Transformer.from_crs(4326, 32719, always_xy=True)


def _number(text: str) -> float:
    return float(re.sub(r"[^\d,]", "", text).replace(",", "."))


@contextmanager
def _elsewhere(body: str) -> Iterator[str]:
    """The address of another site's page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def _press(page: Page, x: float, y: float) -> None:
    box = page.locator(".map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def test_the_tools_are_a_press_away(visit: Opener) -> None:
    page = visit(TOWN).page
    page.get_by_role("button", name="Herramientas").click()
    page.get_by_role("button", name="Medir").click()
    expect(page.locator("main h1")).to_have_text("Medir")
    page.get_by_role("button", name="Herramientas").first.click()
    expect(page.locator("main h1")).to_have_text("Herramientas")


def test_the_mouse_tells_its_place_in_degrees_and_utm(visit: Opener) -> None:
    page = visit(TOWN).page
    box = page.locator(".map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    pointer = page.get_by_test_id("pointer")
    expect(pointer).to_contain_text("° S 70,7585")
    found = re.search(r"19S ([\d.]+)\sE ([\d.]+)\sN", pointer.inner_text())
    assert found
    east, north = _TO_UTM.transform(-70.7585, -28.576)
    assert abs(_number(found[1]) - east) < 4 and abs(_number(found[2]) - north) < 4


def test_a_place_is_gone_to_by_degrees_or_utm(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=coordinates").page
    field = page.get_by_label("Ir a unas coordenadas")
    field.fill("28° 34′ 00″ S 70° 46′ 00″ O")
    field.press("Enter")
    expect(page).to_have_url(re.compile("at=-28.566667/-70.766667"))
    expect(page).to_have_url(re.compile(r"map=16[.\d]*/-28\.566\d*/-70\.766"))
    expect(page.locator("main")).to_contain_text("El punto marcado")
    field.fill("328014 6837670")
    page.get_by_role("button", name="Ir", exact=True).click()
    expect(page).to_have_url(re.compile(r"at=-28\.5765\d*/-70\.7585"))
    expect(page.locator("main dl")).to_contain_text("19S 328.014 E 6.837.670 N")
    for written in (
        "19J 328014 6837670",
        "N 6837670 E 328014",
        "28° 34' 35,4'' S 70° 45' 30,6'' O",
    ):
        field.fill("-28.58, -70.77")
        field.press("Enter")
        expect(page).to_have_url(re.compile(r"at=-28\.58\d*/-70\.77"))
        field.fill(written)
        field.press("Enter")
        expect(page).to_have_url(re.compile(r"at=-28\.5765\d*/-70\.7585"))
    field.fill("plaza")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No se entienden")
    field.fill("-33.45 -70.66")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("fuera de la comuna")
    page.reload()
    expect(page.locator("main")).to_contain_text("El punto marcado")
    page.get_by_role("button", name="Quitar la marca").click()
    expect(page.locator("main")).to_contain_text("El centro del mapa")


def test_a_tap_tells_its_coordinates_and_opens_no_sheet(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=coordinates", viewport=PHONE, has_touch=True).page
    page.touchscreen.tap(150, 200)
    expect(page.locator("main")).to_contain_text("El punto marcado")
    assert "feature=" not in page.url and "at=" in page.url


def test_a_line_measures_what_the_ellipsoid_says(visit: Opener) -> None:
    lons, lats = [-70.765, -70.755, -70.752], [-28.572, -28.572, -28.579]
    points = ",".join(f"{lat}/{lon}" for lon, lat in zip(lons, lats, strict=True))
    page = visit(f"{TOWN}&panel=measure&length={points}").page
    geod = Geod(ellps="WGS84")
    total = page.locator("main dd").first
    expect(total).to_contain_text("km")
    assert _number(total.inner_text()) == round(geod.line_length(lons, lats) / 1000, 3)
    expect(page.locator("main")).to_contain_text("por el camino más corto (geodésica)")
    page.get_by_label("Superficie").check()
    expect(page.locator("main dt").first).to_have_text("Superficie")
    area = abs(geod.polygon_area_perimeter(lons, lats)[0])
    assert _number(page.locator("main dd").first.inner_text().replace("m²", "")) == round(area)
    assert "area=" in page.url


def test_points_are_put_by_hand_and_by_keyboard_and_taken_back(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=measure").page
    expect(page.locator("main")).to_contain_text("Todavía no hay puntos.")
    _press(page, 0.4, 0.4)
    expect(page.locator("main")).to_contain_text("Un punto.")
    _press(page, 0.6, 0.4)
    expect(page.locator("main dd")).to_have_count(1)
    assert "feature=" not in page.url
    page.get_by_role("button", name="Añadir el centro del mapa").press("Enter")
    expect(page.locator("main")).to_contain_text("3 puntos")
    canvas = page.locator(".maplibregl-canvas")
    canvas.focus()
    canvas.press("ArrowRight")
    page.wait_for_timeout(500)
    canvas.press("Enter")
    expect(page.locator("main")).to_contain_text("4 puntos")
    page.get_by_role("button", name="Quitar el último").click()
    expect(page.locator("main")).to_contain_text("3 puntos")
    page.get_by_role("button", name="Borrar todo").click()
    expect(page.locator("main")).to_contain_text("Todavía no hay puntos.")


def test_a_link_carries_all_that_is_seen(visit: Opener) -> None:
    state = (
        f"{TOWN}&layers=safe_zones,-green_areas&fade=roads:40&at=-28.575/-70.76"
        "&length=-28.572/-70.765,-28.572/-70.755&theme=dark"
    )
    page = visit(f"{state}&panel=share", permissions=["clipboard-read", "clipboard-write"]).page
    link = page.get_by_label("Enlace", exact=True)
    expect(link).to_have_value(re.compile("fade=roads:40"))
    page.get_by_role("button", name="Copiar el enlace").click()
    expect(page.get_by_text("Copiado.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == link.input_value()
    for part in state.removeprefix(TOWN).split("&")[1:]:
        name = part.partition("=")[0]
        assert f"{name}=" in copied


def test_a_link_carries_the_plan_as_it_was_narrowed_and_the_day(visit: Opener) -> None:
    page = visit(f"{TOWN}&on=2024-05-31&panel=plan&only=theme%3Dgreen", drawn=False).page
    expect(page.get_by_role("list", name="Filtros puestos")).to_contain_text("Áreas verdes")
    page.get_by_role("button", name="Herramientas").click()
    page.get_by_role("button", name="Compartir").click()
    link = page.get_by_label("Enlace", exact=True)
    expect(link).to_have_value(re.compile("on=2024-05-31&panel=plan&only=theme%3Dgreen"))
    page.goto(link.input_value())
    expect(page.get_by_role("list", name="Filtros puestos")).to_contain_text("Áreas verdes")


def test_the_code_puts_the_map_into_another_page(
    visit: Opener, browser: Browser, served: str
) -> None:
    page = visit(f"{TOWN}&panel=share").page
    code = page.get_by_label("Código para otra página web").input_value()
    outside = browser.new_page(viewport={"width": 900, "height": 700})
    refused: list[str] = []
    outside.on("console", lambda message: refused.append(message.text))
    with _elsewhere(f"<h1>Municipio</h1>{code}") as address:
        outside.goto(address)
        outside.frame_locator("iframe").locator("[data-map=ready]").wait_for(timeout=40_000)
    inside = outside.frame_locator("iframe")
    expect(inside.locator("main")).to_be_hidden()
    expect(inside.get_by_role("link", name="Ver el mapa completo")).to_have_attribute(
        "href", re.compile(r"^/#map=15/")
    )
    inside.get_by_role("button", name=re.compile("^Capas · ")).click()
    expect(inside.locator("main h1")).to_have_text("Capas del territorio")
    inside.get_by_role("button", name="Cerrar", exact=True).click()
    expect(inside.locator("main")).to_be_hidden()
    assert not [text for text in refused if "frame" in text.lower()]
    answer = page.request.get(f"{served}/")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    outside.close()


def test_a_link_carries_what_a_panel_laid_over_the_map(visit: Opener) -> None:
    """An indicator, and what differs between two days; neither once somebody has gone on."""
    page = visit(
        f"{TOWN}&panel=indicators&indicator=green_per_inhabitant/neighbourhoods", drawn=False
    ).page
    expect(page.get_by_test_id("indicator-legend")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Compartir e incrustar").click()
    link = page.get_by_label("Enlace", exact=True)
    expect(link).to_have_value(
        re.compile("panel=indicators&indicator=green_per_inhabitant/neighbourhoods")
    )
    expect(page.get_by_label("Código para otra página web")).to_have_value(
        re.compile("panel=indicators&amp;indicator=")
    )
    page.get_by_role("button", name="Herramientas").first.click()
    page.get_by_role("button", name="Compartir e incrustar").click()
    expect(link).not_to_have_value(re.compile("indicator"))
    page.goto(f"{page.url.partition('#')[0]}{TOWN}&panel=moment&on=2026-06-01&vs=2023-01-01")
    page.get_by_role("button", name="Compartir e incrustar").click()
    expect(link).to_have_value(re.compile("on=2026-06-01&vs=2023-01-01&panel=moment"))
