"""Paper: a ruler is held to the browser's own PDF."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect
from pyproj import Geod

from .axe import faults_of
from .conftest import Opener
from .looks import colours
from .pdf import largest_picture, page_mm

pytestmark = pytest.mark.browser
LAT, LON = -28.5765, -70.7585
DRAWING_MS = 150_000
# A point of what is measured: a dot of 4 px and a rim of 2.5 (src/drawn.ts), on both ends.
_DOT_MM = 2 * 6.5 * 25.4 / 96


def _bare(page: Page, origin: str) -> str:
    """The address part that switches off all that is on: nothing but the drawing is black."""
    groups = page.request.get(f"{origin}/api/legend").json()["groups"]
    return ",".join(f"-{one['name']}" for g in groups for one in g["layers"] if one["shown"])


def _prepare(page: Page) -> None:
    page.get_by_role("button", name="Preparar la hoja").click()
    page.wait_for_selector(".sheet img", timeout=DRAWING_MS)
    page.wait_for_timeout(300)


@pytest.mark.parametrize("paper", ["a4-landscape", "a3-portrait"])
def test_500_metres_are_ten_centimetres_at_1_5000(visit: Opener, paper: str) -> None:
    """In both directions: a line to the east and one to the south, drawn on the ellipsoid."""
    geod = Geod(ellps="WGS84")
    west, north = LON - 0.0025, LAT + 0.0022
    east, lat_east, _ = geod.fwd(west, north, 90, 500)
    lon_south, south, _ = geod.fwd(east, lat_east, 180, 500)
    points = f"{north}/{west},{lat_east}/{east},{south}/{lon_south}"
    watched = visit(drawn=False)
    page = watched.page
    off = _bare(page, watched.origin)
    page.goto(
        f"{watched.origin}/#map=15/{LAT}/{LON}&layers={off}&length={points}"
        f"&panel=print&sheet={paper}/5000"
    )
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    _prepare(page)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    width, height = page_mm(pdf)
    sheet = {"a4-landscape": (297, 210), "a3-portrait": (297, 420)}[paper]
    assert abs(width - sheet[0]) < 0.5 and abs(height - sheet[1]) < 0.5
    picture = largest_picture(pdf)
    left, top, right, bottom = picture.dark()
    across = (right - left) * picture.mm[0] / picture.width - _DOT_MM
    down = (bottom - top) * picture.mm[1] / picture.height - _DOT_MM
    assert across == pytest.approx(100.0, abs=0.5)
    assert down == pytest.approx(100.0, abs=0.5)
    bar = page.locator(".sheet .scale").evaluate(
        "(e) => e.getBoundingClientRect().width / e.currentCSSZoom * 25.4 / 96"
    )
    assert bar == pytest.approx(40, abs=0.05)
    expect(page.locator(".sheet .ends")).to_contain_text("200 m")


def test_a_sheet_tells_all_that_a_map_must(visit: Opener) -> None:
    """Also where the relief does not come: the sheet is whole without."""
    watched = visit(f"#map=15/{LAT}/{LON}&panel=print&sheet=a4-landscape/10000&theme=dark")
    watched.expected = ("relief.png", "Failed to load resource")
    page = watched.page
    page.route("**/relief.png?theme=print", lambda route: route.abort())
    page.get_by_label("Título").fill("Plazas del centro")
    page.get_by_label("Título").press("Tab")
    page.get_by_label("Escala").select_option("2500")
    expect(page).to_have_url(re.compile("sheet=a4-landscape/2500/Plazas%20del%20centro"))
    _prepare(page)
    sheet = page.locator(".sheet")
    for text in (
        "Plazas del centro",
        "Escala 1:2.500",
        "Leyenda",
        "Área verde",
        "Fuentes: SITPLAN contributors, noviembre de 2026.",
        "Impreso el",
        "Datos de demostración: ilustrativos",
        "UTM 19S",
    ):
        expect(sheet).to_contain_text(text)
    # What is on, and lies elsewhere, is no part of it; a code stands under what it is a code of.
    signs = sheet.locator("aside ul li")
    expect(signs.filter(has_text="Vía principal")).to_be_visible()
    expect(signs.filter(has_text=re.compile("^Lugares de las iniciativas$"))).to_be_visible()
    expect(signs.filter(has_text="Prefactibilidad")).to_be_visible()
    for elsewhere in ("Localidad", "Embalse", "Humedal", "Huella"):
        expect(signs.filter(has_text=elsewhere)).to_have_count(0)
    expect(sheet.get_by_role("img", name="Norte arriba")).to_be_visible()
    # Paper is white in the dark too, and what lies under the sheet is out of reach.
    assert sheet.evaluate("(e) => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".page").evaluate("(e) => e.inert")
    assert not faults_of(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.get_by_role("button", name="Preparar la hoja")).to_be_enabled()


def test_an_indicator_is_printed_with_its_classes_and_a_long_legend_fits(visit: Opener) -> None:
    """With every layer on, on the sheet that has the least room for a legend."""
    watched = visit(drawn=False)
    page = watched.page
    groups = page.request.get(f"{watched.origin}/api/legend").json()["groups"]
    on = ",".join(one["name"] for g in groups for one in g["layers"] if not one["shown"])
    page.goto(
        f"{watched.origin}/#map=14/{LAT}/{LON}&layers={on}&sheet=a4-portrait/10000&theme=dark"
        "&panel=indicators&indicator=green_per_inhabitant/neighbourhoods"
    )
    expect(page.get_by_test_id("indicator-legend")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Imprimir o guardar en PDF").click()
    _prepare(page)
    told = page.request.get(
        f"{watched.origin}/api/indicators/green_per_inhabitant?of=neighbourhoods"
    ).json()
    key = page.locator(".sheet aside section").nth(1)
    expect(key.locator("li").first).to_have_text(f"{told['title']} ({told['unit']})")
    for number, one in enumerate(told["classes"]):
        expect(key.locator("li").nth(number + 1)).to_have_text(one["label"])
    expect(key.locator("li").filter(has_text="Áreas a evacuar")).to_be_visible()
    fits = "(e) => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth"
    page.wait_for_function(
        f"(n) => ({fits})(document.querySelectorAll('.sheet section')[n])", arg=1
    )
    seen = colours(page.locator(".sheet img").screenshot())
    assert _near(seen, told["classes"][-1]["day"]) > 1000, (
        "in the colours of print, not of the dark"
    )


def _near(seen: Counter[tuple[int, int, int]], colour: str) -> int:
    """Pixels about like a colour: it is laid over the ground at 82 per cent."""
    wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return sum(
        count
        for pixel, count in seen.items()
        if all(abs(a - b) < 60 for a, b in zip(pixel, wanted, strict=True))
    )
