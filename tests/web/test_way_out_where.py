"""«¿Adónde voy?» is asked from a corner, coordinates or a place, as the map is; offline too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from lxml import html as lxml_html
from playwright.sync_api import Page, expect

from api.pages.place_views import length

from .axe import faults_of
from .conftest import DESKTOP, PHONE, Opener
from .test_units import run_one

pytestmark = pytest.mark.browser
TYPED = (
    "prat esquina brasil", "Av. Prat / Brasil", "PRAT Y BRASIL", "Artuto Prat con Brasil",
    "brasil con prat", "calle prat & brasil, ciudad", "Prat con", "Arturo Prat con Ruta 5",
    "Prat con Inexistente", "Prat 1234", "Brasil N° 12", "calle prat #7 B",
    "-28.5765, -70.7585", "28° 34' 33'' S 70° 45' O", "19J 328014 6837670",
    "N 6837670 E 328014", "328.014,5 E 6.837.670,2 N", "-33.45 -70.66", "plaza", "prat",
    "ohiggins", "xyzzyqwv", "con", "21 de mayo", "esquina",
    "plasa", "punto de encuentro", "zonas seguras", "plaza ohiggins", "varrio estacion", "baqedano",
)  # fmt: skip


def _ask(page: Page, text: str, label: str = "¿Dónde estás?") -> None:
    page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_a_corner_coordinates_and_a_place(
    walk: Opener, package: dict[str, Any], viewport: dict[str, int]
) -> None:
    page = walk("?hazard=flood", viewport=viewport).page
    answer = page.locator(".answer")
    _ask(page, "prat con brasil")
    expect(page.get_by_text("El camino sale de: Arturo Prat con Brasil.")).to_be_visible()
    expect(answer).to_contain_text("Desde Arturo Prat con Brasil.")
    expect(answer).to_contain_text("ve a ")
    corner = page.url
    _ask(page, "28° 34' 33'' S 70° 45' 33'' O")
    expect(page).to_have_url(re.compile(r"at=-28\.57583/-70\.75917"))
    _ask(page, "19J 328014 6837670")
    expect(page).to_have_url(re.compile(r"at=-28\.5765\d/-70\.7585"))
    name = next(n for _, _, n, layer in package["places"] if layer == "green_areas")
    _ask(page, name)
    page.get_by_role("button", name=f"{name} Áreas verdes").first.click()
    expect(page.get_by_text(f"El camino sale de: {name}.")).to_be_visible()
    assert page.url != corner
    _ask(page, "Prat 1234")
    expect(page.get_by_text("no sabemos dónde queda el 1234")).to_be_visible()
    assert not faults_of(page)
    page.get_by_role("button", name="Arturo Prat", exact=True).click()
    page.get_by_label("¿En qué esquina?").select_option("Brasil")
    expect(page).to_have_url(corner)
    _ask(page, "prat con ruta 5")
    expect(page.get_by_text("no se cruzan en el mapa")).to_be_visible()
    _ask(page, "prat con")
    expect(page.get_by_role("button", name=re.compile("^Arturo Prat con "))).to_have_count(8)
    page.get_by_role("button", name=re.compile(r"^Ver \d+ más")).click()
    assert page.get_by_role("button", name=re.compile("^Arturo Prat con ")).count() > 8
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= viewport["width"]


def test_what_is_said_of_a_place_is_true_after_going_back_and_in_both_languages(
    walk: Opener,
) -> None:
    page = walk("?hazard=flood").page
    status = page.get_by_role("status").first
    _ask(page, "prat con brasil")
    expect(page.get_by_text("El camino sale de: Arturo Prat con Brasil.")).to_be_visible()
    first = page.url
    _ask(page, "-28.5765, -70.7585")
    said = "El camino sale de: 28,57650° S 70,75850° O."
    expect(status).to_have_text(said)
    page.go_back()
    expect(page).to_have_url(first)
    expect(page.locator(".answer")).to_contain_text("Desde Arturo Prat con Brasil.")
    expect(status).to_have_text("")
    page.go_forward()
    expect(status).to_have_text(said)
    page.get_by_role("button", name="English").click()
    expect(status).to_have_text("The way starts at: 28.57650° S 70.75850° W.")
    _ask(page, "prat con brasil", "Where are you?")
    expect(status).to_have_text("The way starts at: Arturo Prat and Brasil.")
    page.get_by_role("button", name="Español").click()
    expect(status).to_have_text("El camino sale de: Arturo Prat con Brasil.")
    _ask(page, "Prat 1234")
    page.get_by_role("button", name="Arturo Prat", exact=True).click()
    expect(status).to_contain_text("no sabemos dónde queda el 1234")
    page.get_by_role("button", name="English").click()
    expect(status).to_contain_text("so we do not know where 1234 is")


def test_why_there_is_no_position_is_told_in_the_language_of_the_page(walk: Opener) -> None:
    page = walk("?hazard=flood").page
    page.get_by_role("button", name="Usar mi posición").wait_for()
    page.evaluate(
        "() => { navigator.geolocation.getCurrentPosition = (_, failed) => failed({ code: 3 }) }"
    )
    page.get_by_role("button", name="Usar mi posición").click()
    expect(page.get_by_role("alert")).to_contain_text("La posición se demora demasiado.")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("alert")).to_contain_text("The position takes too long.")


def test_a_corner_is_found_without_a_network(walk: Opener) -> None:
    watched = walk("?hazard=flood")
    page = watched.page
    expect(page.get_by_text("Guardada en este teléfono")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(f"{watched.origin}/adonde-voy?hazard=flood")
    _ask(page, "prat esquina brasil")
    expect(page.locator(".answer")).to_contain_text("Desde Arturo Prat con Brasil.")
    page.wait_for_selector("[data-route=drawn]")


def test_it_understands_what_the_search_of_the_map_does(
    served: str, package: dict[str, Any], tmp_path: Path
) -> None:
    """The same corners at the same place, the same reading, whatever is typed."""
    names = package["streets"]["names"]
    typed = [*TYPED, *(f"{name} con" for name in names[::7]), *names[::9]]
    found = []
    for text in typed:
        asked = urlencode({"q": text, "limit": 50})
        with urlopen(f"{served}/api/search?{asked}") as answer:
            found.append({"text": text, **json.loads(answer.read())})
    corners = [one["title"] for a in found for one in a["results"] if one["kind"] == "crossing"]
    for text in dict.fromkeys(corners[::5]):
        with urlopen(f"{served}/api/search?{urlencode({'q': text, 'limit': 50})}") as answer:
            found.append({"text": text, **json.loads(answer.read())})
    assert len(corners) > 100
    (tmp_path / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (tmp_path / "searches.json").write_text(json.dumps(found), encoding="utf-8")
    title = "the phone understands what the search of the map does"
    run_one("finding.test.ts", title, SEARCH_FOLDER=str(tmp_path))


def test_the_page_of_a_place_and_the_phone_tell_the_same_way(
    served: str, package: dict[str, Any], tmp_path: Path
) -> None:
    """For each hazard and profile, at several points: the same goal, metres and minutes."""
    points = [(-28.5765, -70.7585), (-28.5702, -70.7611), (-28.5829, -70.7493),
              (-28.5655, -70.7720), (-28.5731, -70.7480), (-28.5798, -70.7660),
              (-28.5723, -70.7539), (-28.5880, -70.7590), (-28.5900, -70.7350),
              (-28.5760, -70.7420), (-28.57106, -70.76093)]  # fmt: skip
    known = {one["code"] for one in package["hazards"]}
    said = []
    for lat, lon in points:
        for who in package["profiles"]:
            here = f"{served}/api/places?lat={lat}&lon={lon}&profile={who}"
            with urlopen(Request(here, headers={"Accept": "application/json"})) as answer:
                ways = json.loads(answer.read())["evacuation"]
            assert {one["hazard"] for one in ways} == known
            for one in ways:
                goal = one["goal"]
                told = length(one["metres"], "es") if goal else ""
                said.append(
                    {"hazard": one["hazard"], "who": who, "lon": lon, "lat": lat,
                     "there": one["there"] and one["there"]["code"], "level": one["level"],
                     "goal": goal["code"] if goal else None, "metres": told,
                     "minutes": one["minutes"] if goal else 0}
                )  # fmt: skip
    with urlopen(f"{served}/api/places?lat={lat}&lon={lon}&profile={who}&f=html") as answer:
        text = " ".join(lxml_html.fromstring(answer.read()).text_content().split())
    last = [one for one in said[-len(known) :] if one["goal"]]
    assert [one["there"] for one in said if one["there"]] and "Ya estás ahí: quédate." in text
    assert all(f"{one['metres']} a pie, unos {one['minutes']} min" in text for one in last)
    (tmp_path / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (tmp_path / "said.json").write_text(json.dumps(said), encoding="utf-8")
    run_one("whole.test.ts", "every way is told as the page", WAYS_FOLDER=str(tmp_path))
