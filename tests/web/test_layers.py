"""Layers: how faint, how well known, their table beside the map, and the files of what is seen."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import PHONE, Opener
from .looks import is_drawn, map_colours, rgb_of
from .waits import Held

pytestmark = pytest.mark.browser
TOWN = "#map=14/-28.576/-70.7585"
TABLE = f"{TOWN}&table=green_areas"


def _names(page: Page) -> list[str]:
    return page.locator(".dock tbody th").all_inner_texts()


def _about(page: Page, layer: str) -> Locator:
    page.locator("details", has_text=f": {layer}").locator("summary").first.click()
    return page.locator("details[open]")


def test_a_layer_made_fainter_is_fainter_and_the_address_says_so(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=layers").page
    before = map_colours(page)
    slider = _about(page, "Manzanas").get_by_role("slider", name="Transparencia de Manzanas")
    slider.focus()
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "90 %")
    expect(page).to_have_url(re.compile("fade=census_blocks:90"))
    block = (0xEF, 0xE8, 0xDB)
    assert before[block] > 1000
    assert is_drawn(page, lambda seen: seen[block] < before[block] / 10)
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    assert is_drawn(page, lambda seen: seen[block] < before[block] / 10)
    slider = _about(page, "Manzanas").get_by_role("slider")
    slider.press("Home")
    assert is_drawn(page, lambda seen: seen[block] > before[block] / 2)
    assert "fade" not in page.url


def _hatched(seen: Counter[tuple[int, int, int]]) -> int:
    """Pixels of the thin lines over areas of a hazard; of all else none is like them."""
    ink = rgb_of("#B4501E")
    return sum(
        n for c, n in seen.items() if all(abs(a - b) <= 40 for a, b in zip(c, ink, strict=True))
    )


def test_a_layer_switched_on_while_the_map_is_coming_is_drawn(visit: Opener) -> None:
    """The tiles on their way were asked without it: they are asked again once they are there."""
    watched = visit(drawn=False)
    page, held = watched.page, Held()
    page.goto("about:blank")
    page.route("**/api/tiles/**", held)
    with page.expect_request("**/api/tiles/**") as first:
        page.goto(f"{watched.origin}/#map=14/-28.58/-70.76&panel=layers")
    assert "hazard_zones" not in first.value.url
    page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space")
    expect(page).to_have_url(re.compile("layers=hazard_zones"))
    with page.expect_request(lambda asked: "hazard_zones" in asked.url):
        held.letgo()
    assert is_drawn(page, lambda seen: _hatched(seen) > 100)


def test_a_layer_tells_how_well_it_is_known(visit: Opener) -> None:
    page = visit(f"{TOWN}&panel=layers").page
    about = _about(page, "Áreas verdes")
    for word in ("Fuente", "Fecha", "Responsable", "Licencia", "Calidad"):
        expect(about.locator("dt", has_text=word)).to_be_visible()
    expect(about).to_contain_text("Captura: estimación (41).")
    expect(about).to_contain_text("Sus elementos no dicen con qué exactitud se midieron.")


def test_every_layer_tells_where_it_comes_from(visit: Opener) -> None:
    """Source, date, custodian, licence, quality, transparency and files: of each, not of some."""
    watched = visit(f"{TOWN}&panel=layers")
    page = watched.page
    groups = page.request.get(f"{watched.origin}/api/legend").json()["groups"]
    layers = [one for group in groups for one in group["layers"]]
    page.wait_for_selector("main details summary")
    page.evaluate(
        "() => document.querySelectorAll('main details').forEach((one) => { one.open = true })"
    )
    for layer in layers:
        about = page.locator("main details", has_text=f": {layer['title']}").filter(
            has=page.get_by_role("slider", name=f"Transparencia de {layer['title']}", exact=True)
        )
        for word in ("Fuente", "Fecha", "Responsable", "Licencia", "Calidad"):
            expect(about.locator("dt", has_text=word)).to_have_count(1)
        expect(about.locator("dd").last).not_to_be_empty()
        expect(about.get_by_role("button", name=re.compile("^Descargar"))).to_have_count(1)
        assert layer["entries"], "each has its legend, from the style"


def test_the_table_has_the_rows_of_what_is_seen_in_order(visit: Opener) -> None:
    watched = visit(TABLE)
    page = watched.page
    status = page.locator(".dock header [role=status]")
    expect(status).to_contain_text("en lo que se ve")
    near = len(_names(page))
    page.get_by_role("button", name="Ver toda la ciudad").click()
    expect(status).not_to_contain_text(f"{near} filas")
    assert len(_names(page)) > near
    page.get_by_role("button", name="Superficie", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Superficie")
    page.get_by_role("button", name="Superficie", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Superficie")
    expect(page).to_have_url(re.compile("table=green_areas&sort=-area_m2"))
    page.wait_for_timeout(500)
    names = _names(page)
    page.get_by_role("button", name="Descargar", exact=True).click()
    asked = parse_qs(
        urlsplit(page.get_by_role("link", name="CSV").get_attribute("href") or "").query
    )
    answer = page.request.get(
        f"{watched.origin}/api/collections/green_areas/items"
        f"?sortby=-area_m2&limit=200&bbox={asked['bbox'][0]}"
    ).json()
    assert names == [one["properties"]["name"] or "Sin nombre" for one in answer["features"]]


def test_a_row_and_its_place_on_the_map_are_one(visit: Opener) -> None:
    page = visit(f"{TABLE}&sort=-area_m2").page
    page.locator(".dock tbody tr td").nth(1).click()
    first = _names(page)[0]
    expect(page.locator("main h1")).to_have_text(first)
    expect(page.locator(".dock tr[aria-current]")).to_contain_text(first)
    # The reverse: what is opened elsewhere is marked in the table, and brought into view there.
    page.get_by_role("button", name="Inicio").click()
    expect(page.locator(".dock tr[aria-current]")).to_have_count(0)
    last = _names(page)[-1]
    page.get_by_role("combobox", name="Busca una calle").fill(last)
    page.locator("[role=option]").filter(has_text="Áreas verdes").first.click()
    expect(page.locator("main h1")).to_have_text(last)
    expect(page.locator(".dock tr[aria-current]")).to_contain_text(last)
    expect(page.locator(".dock tr[aria-current]")).to_be_in_viewport()


def test_the_table_is_filtered_by_words_and_comes_back_by_its_address(visit: Opener) -> None:
    page = visit(TABLE).page
    page.get_by_role("textbox", name="Filtrar las filas").fill("plaza")
    expect(page).to_have_url(re.compile("q=plaza"))
    expect(page.locator(".dock tbody tr").first).to_be_visible()
    page.wait_for_timeout(600)
    names = _names(page)
    assert names and all("plaza" in name.lower() for name in names)
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    expect(page.get_by_role("textbox", name="Filtrar las filas")).to_have_value("plaza")
    page.wait_for_timeout(600)
    assert _names(page) == names
    page.get_by_role("textbox", name="Filtrar las filas").fill("qqzz")
    expect(page.locator(".dock")).to_contain_text("Nada contiene «qqzz»")
    page.get_by_role("button", name="Cerrar la tabla").click()
    expect(page.locator(".dock")).to_have_count(0)
    assert "table" not in page.url


def test_what_is_seen_is_downloaded_with_titles_on_request(visit: Opener) -> None:
    page = visit(f"{TABLE}&q=plaza").page
    expect(page.locator(".dock tbody tr").first).to_be_visible()
    rows = len(_names(page))
    page.get_by_role("button", name="Descargar", exact=True).click()
    for name, ending in (("GeoJSON", "geojson"), ("GeoPackage", "gpkg"), ("Excel", "xlsx")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).click()
        assert waiting.value.suggested_filename.endswith(ending)
    page.get_by_label("Columnas y valores en español, sin códigos").check()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="GeoJSON", exact=True).click()
    first = json.loads(waiting.value.path().read_text(encoding="utf-8"))["features"][0][
        "properties"
    ]
    assert first["Tipo"] in {"Plaza", "Plazoleta", "Parque", "Bandejón", "Jardín"}
    assert "Superficie (m²)" in first and "kind" not in first
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == rows
    assert {row["Tipo"] for row in found} <= {"Plaza", "Plazoleta", "Parque", "Bandejón", "Jardín"}
    page.get_by_label("La capa entera").check()
    link = page.get_by_role("link", name="GeoJSON").get_attribute("href") or ""
    assert "bbox" not in link and "q=" not in link


def test_the_table_covers_the_sheet_of_a_phone_and_gives_it_back(visit: Opener) -> None:
    page = visit(TABLE, viewport=PHONE).page
    box = page.locator(".dock").bounding_box()
    assert box and box["width"] == 390 and 400 < box["y"] < 420
    page.get_by_role("button", name="Cerrar la tabla").click()
    expect(page.get_by_role("combobox", name="Busca una calle")).to_be_visible()


def test_the_table_is_not_fetched_before_it_is_opened(visit: Opener) -> None:
    asked: list[str] = []
    page = visit(drawn=False).page
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    assert not [address for address in asked if "/Dock-" in address or "/LayerRow-" in address]
