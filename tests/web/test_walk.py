"""Five tasks of people, by the keyboard alone and read as a screen reader reads: no canvas touched.

What is coming near my corner; where I go on foot when the dam breaks; what an initiative costs and
how far it is; the file of what is seen; what the map shows, in words. Each answer is found by its
role and name, and compared with what the API or the ellipsoid says.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pyproj import Geod

from .conftest import Opener
from .keys import Keys

pytestmark = pytest.mark.browser
SLOW = 30_000  # the first question to a fresh server makes its network
LAT, LON = -28.576, -70.7585


@pytest.fixture
def keys(visit: Opener) -> Iterator[Keys]:
    """The home of the map and its keyboard; at the end nothing but keys has reached it."""
    watched = visit(drawn=False)
    keys = Keys(watched.page)
    keys.listen(watched.page.context)
    _home(keys, watched.origin)
    yield keys
    assert keys.touched == []


def _home(keys: Keys, origin: str, place: str = f"#map=15/{LAT}/{LON}") -> None:
    keys.page.goto("about:blank")
    keys.page.goto(f"{origin}/{place}")
    keys.page.wait_for_selector("[data-map=ready]", timeout=40_000)


def _corner(keys: Keys) -> None:
    page = keys.page
    keys.write(page.get_by_role("combobox", name="Busca una calle"), "prat esquina brasil")
    option = page.get_by_role("option", name=re.compile("^Arturo Prat con Brasil"))
    expect(option).to_be_visible(timeout=SLOW)
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Arturo Prat con Brasil")).to_be_focused()


def _told(page: Page, path: str) -> Any:
    """What the API says."""
    origin = page.evaluate("location.origin")
    answer = page.request.get(f"{origin}/api{path}")
    assert answer.ok, answer.text()
    return answer.json()


def test_1_what_is_coming_near_my_corner(keys: Keys) -> None:
    page = keys.page
    _corner(keys)
    keys.press(page.get_by_role("link", name="¿Qué hay y qué viene aquí?"))
    coming = page.get_by_role("region", name="Qué viene")
    expect(coming).to_be_visible(timeout=SLOW)
    titles = coming.get_by_role("heading", level=3).all_inner_texts()
    assert len(titles) >= 3
    keys.press(coming.get_by_role("link", name=titles[0]))
    expect(page.get_by_role("heading", level=1)).to_contain_text(titles[0])
    code = page.url.split("?")[0].rsplit("/", 1)[-1]
    told = _told(page, f"/plan/{code}")
    assert told["title"] == titles[0]
    cost = f"{told['properties']['cost_clp']:,}".replace(",", ".")
    expect(page.get_by_role("definition").filter(has_text=cost).first).to_be_visible()


def test_2_where_i_go_on_foot_when_the_dam_breaks(keys: Keys) -> None:
    page = keys.page
    _corner(keys)
    keys.press(page.get_by_role("link", name="¿Adónde voy desde aquí en una emergencia?"))
    expect(page.get_by_role("heading", level=1, name="¿Adónde voy?")).to_be_visible()
    hazard = page.get_by_label("¿Qué amenaza?")
    expect(hazard).to_be_visible(timeout=SLOW)
    keys.choose(hazard, "Rotura o vertido de embalse")
    said = page.get_by_text(re.compile(r"^Ve a .+: [\d.,]+\s(m|km), \d+ minutos? a pie\.$"))
    expect(said).to_be_visible(timeout=SLOW)
    name, metres, minutes = re.match(  # type: ignore[union-attr]
        r"Ve a (.+): ([\d.,]+\s\w+), (\d+ minutos?) a pie", said.inner_text()
    ).groups()
    steps = page.get_by_role("listitem").filter(has_text=f"Llegas a {name}")
    expect(steps).to_be_visible()
    # the same in the table of who walks, on the line of an adult
    table = page.get_by_role("table", name="Cuánto se demora cada quien")
    line = table.get_by_role("row").nth(1)
    for part in (name, metres, minutes):
        expect(line).to_contain_text(part)


def test_3_what_an_initiative_costs_and_how_far_it_is(keys: Keys) -> None:
    page = keys.page
    keys.press(page.get_by_role("button", name="Ver las iniciativas"))
    expect(page.get_by_role("heading", level=1, name="Iniciativas del plan")).to_be_focused()
    keys.write(page.get_by_label("Buscar por nombre, tema o código"), "colchagua")
    row = page.get_by_role("button", name=re.compile("^Repavimentación calle Colchagua"))
    expect(row).to_be_visible()
    keys.press(row)
    heading = page.get_by_role("heading", level=1, name=re.compile("calle Colchagua"))
    expect(heading).to_be_focused()
    told = _told(page, "/plan/DEMO-020")["properties"]
    cost = f"{told['cost_clp']:,}".replace(",", ".")
    expect(page.get_by_role("paragraph").filter(has_text=f"Cuesta $ {cost}.")).to_be_visible()
    stage = page.get_by_role("definition").filter(has_text=re.compile("^Ejecución$"))
    assert told["stage"] == "ejecucion"
    expect(stage.first).to_be_visible()


def test_4_the_file_of_what_is_seen(keys: Keys) -> None:
    page = keys.page
    keys.press(page.get_by_role("button", name="Capas del territorio"))
    expect(page.get_by_role("heading", level=1, name="Capas del territorio")).to_be_focused()
    keys.press(page.locator("summary").filter(has_text=": Áreas verdes"))
    keys.press(page.get_by_role("button", name="Ver tabla").first)
    dock = page.get_by_role("region", name="Tabla de Áreas verdes")
    counted = dock.get_by_role("status").filter(has_text="en lo que se ve")
    expect(counted).to_be_visible()
    rows = int(re.search(r"\d+", counted.inner_text())[0])  # type: ignore[index]
    keys.press(dock.get_by_role("button", name="Descargar", exact=True))
    with page.expect_download() as waiting:
        keys.press(dock.get_by_role("link", name="Excel", exact=True))
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()), read_only=True)
    found = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    assert len(found) - 1 == rows > 3
    seen = dock.get_by_role("rowheader").all_inner_texts()
    named = {str(value) for line in found[1:] for value in line if value}
    assert {name for name in seen if name != "Sin nombre"} <= named


def test_5_what_the_map_shows_in_words(keys: Keys) -> None:
    page = keys.page
    keys.press(page.get_by_role("button", name="Herramientas"))
    keys.press(page.get_by_role("button", name=re.compile("^El mapa en palabras")))
    expect(page.get_by_role("heading", level=1, name="El mapa en palabras")).to_be_focused()
    region = page.get_by_role("region", name="Puntos de encuentro")
    first = region.get_by_role("button").first
    expect(first).to_contain_text(re.compile(r"A [\d.,]+\sk?m al \w+"))
    west, south, east, north = (LON - 0.02, LAT - 0.02, LON + 0.02, LAT + 0.02)
    points = _told(
        page, f"/collections/meeting_points/items?limit=1000&bbox={west},{south},{east},{north}"
    )["features"]
    geod = Geod(ellps="WGS84")
    away = {
        geod.inv(LON, LAT, *one["geometry"]["coordinates"])[2]: one["properties"]["name"]
        for one in points
    }
    nearest = min(away)
    said = first.inner_text()
    assert away[nearest] in said
    number, unit = re.search(r"A ([\d.,]+)\s(k?m) al", said).groups()  # type: ignore[union-attr]
    metres = float(number.replace(".", "").replace(",", ".")) * (1000 if unit == "km" else 1)
    assert metres == pytest.approx(nearest, rel=0.02, abs=6)
    keys.press(first)
    expect(page.get_by_role("heading", level=1, name=away[nearest])).to_be_focused()


def test_a_hand_on_the_canvas_would_have_been_told(visit: Opener) -> None:
    """What the walk is watched by does see a press, a move, a wheel and a key on the drawing."""
    watched = visit(drawn=False)
    keys = Keys(watched.page)
    keys.listen(watched.page.context)
    _home(keys, watched.origin)
    page = keys.page
    page.mouse.click(900, 400)
    page.mouse.wheel(0, 40)
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => true")
    kinds = {kind for kind, drawing in keys.touched if drawing}
    assert {"pointerdown", "mousemove", "click", "wheel", "keydown"} <= kinds
