"""Where people are: two tabs, a right press, nothing there, screens of any size, old addresses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, Opener
from .waits import TOWN, go, nothing_comes

pytestmark = pytest.mark.browser
MOST_EMS = 45
"""Some ninety letters: more in a line tires whoever reads."""


def test_two_tabs_go_their_own_ways(visit: Opener) -> None:
    """Each has its own panel, language, theme and day."""
    first = visit(drawn=False)
    second = first.page.context.new_page()
    second.goto(f"{first.origin}/#panel=layers&on=2025-01-01&lang=en&theme=dark")
    expect(second.locator("main h1")).to_have_text("Layers of the territory")
    expect(second.get_by_role("button", name="Back to today")).to_be_visible()
    expect(first.page.get_by_role("button", name="Volver a hoy")).to_have_count(0)
    expect(first.page.locator("html")).to_have_attribute("data-theme", "day")
    expect(first.page.locator("html")).to_have_attribute("lang", "es")
    first.page.get_by_role("button", name="Ver las iniciativas").click()
    expect(first.page.locator("main h1")).to_have_text("Iniciativas del plan")
    expect(second.locator("main h1")).to_have_text("Layers of the territory")
    second.close()


def test_a_right_press_opens_nothing(visit: Opener) -> None:
    page = visit("#map=16/-28.576/-70.7585").page
    before = page.locator("main h1").inner_text()
    page.locator(".map").click(button="right", position={"x": 500, "y": 400})
    page.get_by_role("button", name="Acercar").click()
    expect(page).to_have_url(re.compile("map=17"))
    expect(page.locator("main h1")).to_have_text(before)
    assert "feature=" not in page.url


FAR = "map=15/-28.3/-70.2"
EMPTY = (
    ("panel=home&" + FAR, "No hay iniciativas con lugar en esta parte del mapa."),
    ("panel=plan&only=q%3Dqqqqzzzz", "Ninguna iniciativa cumple"),
    (f"panel=words&{FAR}", "no tiene una calle con nombre cerca"),
    (f"panel=words&{FAR}", "No hay en la parte visible del mapa."),
    (
        f"panel=here&at=-28.3/-70.2&{FAR}",
        "La ficha de este punto dice lo que hay y lo que viene cerca.",
    ),
    (f"table=green_areas&{FAR}", "Esta capa no tiene nada en la parte visible del mapa."),
    (f"table=green_areas&q=qqqqzzzz&{TOWN}", "Nada contiene «qqqqzzzz»"),
    ("panel=moment&on=2026-02-03&vs=2026-02-03", "Las dos fechas son la misma."),
)


def test_where_there_is_nothing_every_panel_says_so(visit: Opener) -> None:
    page = visit().page
    for place, words in EMPTY:
        go(place)(page)
        expect(page.locator(".page"), place).to_contain_text(words)
        nothing_comes(page)
    go(f"panel=layers&{FAR}")(page)
    page.locator("summary", has_text=": Áreas verdes").click()
    expect(page.locator("main")).to_contain_text("Aleja o mueve el mapa.")


# The kinds of addresses in the order in which the map came to write them, and where each led.
BEFORE = (
    (
        "map=14/-28.576/-70.7585&layers=-green_areas,safe_zones",
        "¿Qué hay y qué viene en tu barrio?",
    ),
    ("panel=layers&layers=roads&lang=es&theme=dark", "Capas del territorio"),
    ("panel=here", "¿Qué hay y qué viene en tu barrio?"),
    ("feature=initiatives/DEMO-002&theme=day", re.compile("inventad")),
    ("fade=roads:40&table=green_areas&sort=-area_m2&q=plaza", "¿Qué hay y qué viene en tu barrio?"),
    ("panel=coordinates&at=-28.576/-70.7585", "Coordenadas"),
    ("panel=measure&length=-28.572/-70.765,-28.572/-70.755", "Medir"),
    ("panel=measure&area=-28.572/-70.765,-28.572/-70.755,-28.579/-70.752", "Medir"),
    ("panel=print&sheet=a4-landscape/5000", "Imprimir a escala"),
    (
        "panel=moment&on=2025-01-01&vs=2024-01-01&as-of=2026-11-22T12:00:00Z",
        "El plan en otra fecha",
    ),
    ("panel=indicators&indicator=green_per_inhabitant/neighbourhoods", "Indicadores"),
    ("panel=indicators&indicator=green_per_inhabitant/", "Indicadores"),
    ("panel=words", "El mapa en palabras"),
    ("panel=plan&only=theme%3Dgreen", "Iniciativas del plan"),
    ("panel=charts&only=chart%3Dinvestment%26by%3Dyear", "Gráficos"),
    ("panel=moment&vs=2024-01-01&side=50", "El plan en otra fecha"),
)


def test_addresses_of_before_still_lead_there(visit: Opener) -> None:
    watched = visit()
    page = watched.page
    for place, title in BEFORE:
        page.goto("about:blank")
        page.goto(f"{watched.origin}/#{place}")
        page.wait_for_selector("[data-map=ready]", timeout=40_000)
        expect(page.locator("main h1"), place).to_have_text(title)
        nothing_comes(page)
        expect(page.get_by_role("alert").filter(has_text="Reintentar"), place).to_have_count(0)
        kept = [part for part in place.split("&") if not re.match("panel=here|lang=es", part)]
        assert not [part for part in kept if part not in page.url], (place, page.url)


def test_back_on_a_phone_leads_through_the_rooms_and_says_where_one_is(visit: Opener) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).page
    title = page.locator("main h1")
    page.get_by_role("button", name="Capas del territorio").tap()
    expect(title).to_have_text("Capas del territorio")
    page.get_by_role("button", name="Inicio").tap()
    page.get_by_role("button", name="Ver las iniciativas").tap()
    expect(title).to_have_text("Iniciativas del plan")
    for back in ("¿Qué hay y qué viene en tu barrio?", "Capas del territorio"):
        page.go_back()
        expect(title).to_have_text(back)
        expect(title).to_be_focused()
    page.go_forward()
    expect(title).to_have_text("¿Qué hay y qué viene en tu barrio?")
    expect(title).to_be_focused()


# Whatever may be pressed and has something else at its middle, of what is on the screen.
_UNDER = """() => [...document.querySelectorAll(
    '.controls button, main button, main a, main input')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]'))
  .filter((e) => {
    const box = e.getBoundingClientRect(), scroller = e.closest('.scroller, .controls');
    const view = (scroller ?? document.body).getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    if (x < view.left || x > view.right || y < view.top || y > view.bottom) return false;
    const top = document.elementFromPoint(x, y);
    return !top || !(e.contains(top) || top.contains(e) || top.closest('label')?.contains(e));
  }).map((e) => e.outerHTML.slice(0, 100))"""


def test_a_tiny_screen_hides_nothing(visit: Opener) -> None:
    """320 by 480: the heading is seen, nothing is beside the screen or under something else."""
    page = visit(viewport={"width": 320, "height": 480}).page
    for place in ("panel=home", "panel=plan", "panel=layers", "panel=measure", "panel=charts"):
        go(place)(page)
        nothing_comes(page)
        expect(page.locator("main h1"), place).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == 320, place
        assert not page.evaluate(_UNDER), place


@pytest.mark.parametrize(
    ("width", "height", "place"), [(3840, 2160, "panel=plan"), (2560, 1080, "panel=charts")]
)
def test_a_huge_screen_gives_the_map_the_room(
    visit: Opener, width: int, height: int, place: str
) -> None:
    """Lines stay as wide as one reads, each control is on the screen, the map has the rest."""
    size = {"width": width, "height": height}
    page = visit(f"#map=15/-28.576/-70.7585&{place}", viewport=size).page
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate(
        "[...document.querySelectorAll('main p, main li, main h1')].filter((o) => o.innerText).map("
        "(o) => o.getBoundingClientRect().width / parseFloat(getComputedStyle(o).fontSize))"
    )
    assert wide and max(wide) <= MOST_EMS
    for one in page.locator("button:visible, a:visible, input:visible").all():
        box = one.bounding_box()
        assert box and 0 <= box["x"] <= box["x"] + box["width"] <= width
    canvas = page.locator(".map canvas").first.bounding_box()
    assert canvas and canvas["width"] > 0.8 * width and canvas["height"] == height
