"""«¿Adónde voy?»: a hazard, a street, a way; without a network; on paper; without a mouse."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import geopandas as gpd
import numpy as np
import pytest
from lxml import html as lxml_html
from playwright.sync_api import Page, expect

from sitplan.analysis.evacuation import EVACUATION_RULES, evacuate, scene, standing
from sitplan.analysis.hazard import RIVER_HAZARDS, ground
from sitplan.analysis.network import build_network
from sitplan.analysis.paths import place_on, reach, trips
from sitplan.analysis.profiles import PROFILES
from sitplan.catalogue import read_register
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.settings import Settings
from sitplan.streets import heights_of

from .axe import faults_of
from .conftest import DESKTOP, PHONE, Opener
from .pdf import page_mm, squares, words
from .test_units import run_one

pytestmark = pytest.mark.browser
PLACE = "-28.57650/-70.75850"


@pytest.fixture(scope="module")
def seeded_ways(seeded: Database, seeded_settings: Settings) -> list[dict[str, Any]]:
    """Where people at random places go, as the analysis finds it for each hazard and profile."""
    catalogue = read_register(seeded)

    def read(name: str) -> Any:
        return read_frame(seeded, catalogue.layer(name), territory=catalogue.territory)

    heights = heights_of(catalogue, seeded_settings.layers)
    net = build_network(read("roads").set_index("code"), heights=heights)
    water, zones = read("waterways"), read("hazard_zones")
    rivers = water[water["class"] == "river"].geometry
    chance = np.random.default_rng(7)
    xy = net.nodes[chance.integers(0, len(net.nodes), 60)] + chance.uniform(-40, 40, (60, 2))
    places = gpd.GeoDataFrame({"population": 1.0}, index=range(60), crs=net.crs,
                              geometry=gpd.points_from_xy(*xy.T))  # fmt: skip
    lon_lat = places.geometry.to_crs(4326)
    found: list[dict[str, Any]] = []
    safe = {"meeting_points": read("meeting_points"), "safe_zones": read("safe_zones")}
    for hazard in ("flood", "debris_flow", "dam_break", "earthquake"):
        barriers = rivers if hazard in RIVER_HAZARDS else None
        under = ground(net, zones, hazard=hazard, barriers=barriers)
        for who, profile in PROFILES.items():
            given = {"under": under, "profile": profile, **safe}
            inside = evacuate(places, **given).blocks
            for n, row in inside.iterrows():
                told = (row["exit"], row["metres"], row["minutes"] * 60)
                found.append(_way(hazard, who, lon_lat[n], *told))
            stage = scene(places, **given, depths=[0])
            there = standing(stage.access[0], stage.targets, EVACUATION_RULES)
            dry = places.geometry[~places.index.isin(inside.index)]
            went = trips(stage.access[0], reach(stage.access[0], there),
                         place_on(stage.access[0], dry))  # fmt: skip
            for k, n in enumerate(dry.index):
                goal = int(went.target[k])
                label = stage.exits["exit"].iloc[int(there.label[goal])] if goal >= 0 else None
                told = (label, went.metres[k], went.seconds[k])
                found.append(_way(hazard, who, lon_lat[n], *told))
    return found


def _way(
    hazard: str, who: str, at: Any, goal: object, metres: float, seconds: float
) -> dict[str, Any]:
    code = goal if isinstance(goal, str) else None  # a frame's way to say nowhere is NaN
    numbers = {"metres": metres, "seconds": seconds} if code else {"metres": -1, "seconds": -1}
    return {"hazard": hazard, "who": who, "lon": at.x, "lat": at.y, "exit": code, **numbers}


def _answered(page: Page) -> None:
    page.wait_for_selector("[data-route=drawn]")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_hazard_a_street_and_the_way(walk: Opener, viewport: dict[str, int]) -> None:
    page = walk(viewport=viewport).page
    page.get_by_label("¿Qué amenaza?").select_option("dam_break")
    street = "Merced"
    page.get_by_label("¿Dónde estás?").fill(street)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=street, exact=True).click()
    _answered(page)
    answer = page.locator(".answer")
    expect(answer).to_contain_text(re.compile(r"Ve a .+: [\d.,]+\s(m|km), \d+ minutos? a pie\."))
    expect(answer).to_contain_text(re.compile(rf"Desde (.+ con )?{street}( con .+)?\."))
    avoid = page.locator("section", has=page.get_by_role("heading", name="Qué evitar"))
    expect(avoid.locator("li").first).to_contain_text(re.compile("^Evita las áreas de nivel"))
    steps = page.locator(".steps li")
    expect(steps.first).to_contain_text(re.compile("Sal hacia el|Camina"))
    expect(steps.last).to_contain_text("Llegas a")
    expect(page.get_by_role("table", name="Cuánto se demora cada quien").locator("tbody tr")
           ).to_have_count(4)  # fmt: skip
    assert "hazard=dam_break" in page.url and "at=-" in page.url
    assert not faults_of(page)
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= viewport["width"]
    # another corner of the street is another place, and the way back is there
    before = page.url
    page.get_by_label("¿En qué esquina?").select_option(index=1)
    expect(page).not_to_have_url(before)
    page.go_back()
    expect(page).to_have_url(before)
    _answered(page)


def test_it_is_kept_and_answers_without_a_network(walk: Opener) -> None:
    watched = walk(f"?hazard=flood&at={PLACE}")
    page = watched.page
    _answered(page)
    said = page.locator(".answer").inner_text()
    expect(page.get_by_text("Guardada en este teléfono")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    scope = page.evaluate("() => navigator.serviceWorker.ready.then((found) => found.scope)")
    assert scope == f"{watched.origin}/adonde-voy"
    page.context.set_offline(True)
    page.goto(f"{watched.origin}/adonde-voy?hazard=flood&at={PLACE}")
    _answered(page)
    assert page.locator(".answer").inner_text() == said
    expect(page.get_by_text("Sin conexión: se muestra")).to_be_visible()
    # and English, another hazard: the package holds all
    page.goto(f"{watched.origin}/adonde-voy?hazard=earthquake&at={PLACE}&lang=en")
    expect(page.locator(".answer")).to_contain_text("Earthquake")
    expect(page.get_by_text("For this hazard the data have no areas or rivers")).to_be_visible()
    page.context.set_offline(False)
    # the map and the API are none of its affair
    page.goto(f"{watched.origin}/")
    assert page.evaluate("() => navigator.serviceWorker.controller === null")


def test_a_street_that_is_not_there_and_a_place_outside(walk: Opener) -> None:
    page = walk("?hazard=flood").page
    page.get_by_label("¿Dónde estás?").fill("xyzzy")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("Ninguna calle ni lugar se llama «xyzzy»")).to_be_visible()
    for place in ("-33.45/-70.66", "-28.70/-70.55"):
        away = walk(f"?hazard=flood&at={place}").page
        expect(away.locator(".answer")).to_contain_text("está fuera de las calles")
        expect(away.locator("[data-route=none]")).to_be_visible()


def test_a_place_that_reaches_nothing_says_so(walk: Opener, package: dict[str, Any]) -> None:
    watched = walk(service_workers="block")  # it would answer before the test does
    watched.expected = ("Service Worker registration blocked",)
    page = watched.page
    page.get_by_label("¿Qué amenaza?").wait_for()
    cut = json.loads(json.dumps(package))
    for tree in cut["trees"]:
        tree["hop"] = "-" * len(tree["hop"])
        tree["targets"] = [[-1, 0, 0, t[3]] for t in tree["targets"]]
    page.context.route("**/adonde-voy/package.json", lambda route: route.fulfill(json=cut))
    page.goto(f"{watched.origin}/adonde-voy?hazard=dam_break&at={PLACE}")
    answer = page.locator(".answer")
    expect(answer).to_contain_text("no hay un camino a pie")
    expect(answer).to_contain_text("pide ayuda a quienes tengas cerca")
    expect(page.get_by_text("No cruces Río Huasco.")).to_be_visible()
    expect(page.get_by_text("no hay un camino sin escaleras")).to_be_visible()
    # a way that nobody would walk is not told as one
    long = json.loads(json.dumps(package))
    long["streets"]["cm"] = [100 * cm for cm in long["streets"]["cm"]]
    page.context.unroute("**/adonde-voy/package.json")
    page.context.route("**/adonde-voy/package.json", lambda route: route.fulfill(json=long))
    page.reload()
    expect(answer).to_contain_text("demasiado lejos para ir a pie")
    page.get_by_label("¿Qué amenaza?").select_option("flood")  # nobody has to leave there
    expect(answer).to_contain_text("no hace falta salir")
    expect(answer.locator(".error")).to_have_count(0)


def test_the_phone_gives_its_position(walk: Opener) -> None:
    lat, lon = (float(part) for part in PLACE.split("/"))
    page = walk("?hazard=flood", geolocation={"latitude": lat, "longitude": lon},
                permissions=["geolocation"]).page  # fmt: skip
    page.get_by_role("button", name="Usar mi posición").click()
    _answered(page)
    assert f"at={PLACE}" in page.url


def test_a_position_that_does_not_come_says_why_and_what_to_do(walk: Opener) -> None:
    page = walk("?hazard=flood").page
    button = page.get_by_role("button", name="Usar mi posición")
    expect(button).to_be_visible()
    for code, why in ((1, "no dio permiso"), (2, "no pudo saber"), (3, "se demora demasiado")):
        page.evaluate(
            "code => { navigator.geolocation.getCurrentPosition = (_, no) => no({ code }) }", code
        )
        button.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(why)
        expect(page.get_by_role("alert")).to_contain_text("escribe el nombre de una calle")


def test_where_the_address_is_not_secure_it_says_why(walk: Opener) -> None:
    watched = walk("?hazard=flood")
    page = watched.page
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto(f"{watched.origin}/adonde-voy?hazard=flood")
    expect(page.get_by_text("Esta dirección no es segura (HTTPS)")).to_be_visible()
    expect(page.get_by_role("button", name="Usar mi posición")).to_have_count(0)


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_nobody_is_shut_out(walk: Opener, theme: str) -> None:
    page = walk(f"?hazard=flood&at={PLACE}&theme={theme}", viewport=PHONE).page
    _answered(page)
    assert not faults_of(page)


def test_on_paper_it_is_one_sheet_of_a4_with_its_address(walk: Opener, tmp_path: Path) -> None:
    page = walk(f"?hazard=flood&at={PLACE}&profile=older").page
    _answered(page)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    width, height = page_mm(pdf)
    assert (round(width), round(height)) == (210, 297)
    # what is on the paper, read back from it
    text = words(pdf)
    answer = " ".join(page.locator(".answer .big").inner_text().split())
    for told in (answer, "Datos del", "Llegas a", "Qué evitar", "Persona mayor", page.url):
        assert told.replace(" ", "") in text.replace(" ", ""), told
    for control in ("Imprimir", "Buscar", "Acercar", "Usar mi posición"):
        assert control not in text
    size, dark, side_mm = squares(pdf)
    assert side_mm == pytest.approx(30, abs=0.5)
    told_code = {"address": page.url, "size": size, "dark": dark}
    (tmp_path / "code.json").write_text(json.dumps(told_code), encoding="utf-8")
    run_one("adonde.test.ts", "the printed code", CODE_FOLDER=str(tmp_path))
    page.emulate_media(media="print")
    code = page.get_by_role("img", name="Código QR con la dirección de esta página")
    assert code.get_attribute("data-address") == page.url
    for text in ("Datos del", "Llegas a", "ve a"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_role("button", name="Imprimir")).to_be_hidden()
    expect(page.get_by_label("¿Qué amenaza?")).to_be_hidden()


def test_without_script_the_meeting_points_are_there(walk: Opener) -> None:
    page = walk(java_script_enabled=False).page
    expect(page.get_by_role("heading", name="¿Adónde voy?")).to_be_visible()
    expect(page.get_by_role("heading", name="Sismo")).to_be_visible()
    assert page.locator("main li a").count() > 5
    page.get_by_label("busca tu calle").fill("prat con brasil")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("link", name="Arturo Prat con Brasil").click()
    expect(page.get_by_role("heading", name="En una emergencia")).to_be_visible()
    # an address that was sent or printed leads on by itself
    sent = walk(f"?hazard=dam_break&at={PLACE}&profile=child&lang=en", java_script_enabled=False)
    sent.page.get_by_role("link", name="The way from that place, in words").click()
    expect(sent.page).to_have_url(re.compile(r"lat=-28.57650&lon=-70.75850&profile=child&lang=en"))
    expect(sent.page.get_by_role("heading", name="In an emergency")).to_be_visible()


def test_it_previews_in_both_languages_with_the_place_that_it_names(served: str) -> None:
    def told(query: str) -> dict[str, str]:
        with urlopen(f"{served}/adonde-voy{query}") as answer:
            tree = lxml_html.fromstring(answer.read())
        return {"title": tree.xpath("//title")[0].text} | {
            str(one.get("property") or one.get("name")): str(one.get("content"))
            for one in tree.xpath("//meta[@content]")
        }

    spanish, english = told(f"?at={PLACE}"), told("?lang=en")
    assert spanish["title"] == spanish["og:title"] == "¿Adónde voy? · Vallenar"
    assert english["title"] == english["og:title"] == "Where do I go? · Vallenar"
    assert english["description"] == english["og:description"]
    assert english["description"].startswith("Meeting point and way on foot")
    assert spanish["og:image"].endswith(
        "/api/places/picture.png?lat=-28.57650&lon=-70.75850&lang=es"
    )
    for one in (spanish, english):
        with urlopen(one["og:image"]) as answer:
            assert answer.read(8) == b"\x89PNG\r\n\x1a\n"
    bad = told("?at=%22%3E%3Cscript%3E/1")
    assert bad["og:image"] == english["og:image"], "what is no place is left out"


def test_the_package_holds_public_facts_alone(package: dict[str, Any]) -> None:
    place = {"id", "code", "kind", "name", "hazards", "at", "rings", "accessible", "capacity"}
    public = place | {"usable_m2", "elevation_m", "water", "toilets", "lighting"}
    assert len(package["exits"]) > 10
    for one in package["exits"]:
        assert set(one) <= public, "who is in charge of a point is private"


def test_the_first_visit_is_light(walk: Opener, served: str, built: Path) -> None:
    for path, most in (("adonde-voy/package.json", 5_000_000), ("adonde-voy", 10_000)):
        asked = Request(f"{served}/{path}", headers={"Accept-Encoding": "gzip"})
        with urlopen(asked) as answer:
            body = answer.read()
            assert answer.headers["ETag"] and answer.headers["Content-Encoding"] == "gzip"
        assert len(body) < most
        again = Request(f"{served}/{path}", headers={"If-None-Match": answer.headers["ETag"]})
        with pytest.raises(OSError, match="304"):
            urlopen(again)
    text = (built / "adonde-voy.html").read_text(encoding="utf-8")
    named = re.findall(r"/assets/adonde-voy-[^\"]+\.(?:js|css)", text)
    assert len(named) == 2
    sent = sum((built / f"{name[1:]}.br").stat().st_size for name in named)
    sent += len(gzip.compress(text.encode()))
    assert sent <= 60_000, sent


def test_the_phone_finds_what_the_analysis_finds(
    package: dict[str, Any], tmp_path: Path, seeded_ways: list[dict[str, Any]]
) -> None:
    """At random places, for every hazard and profile: the same safe place, metres and seconds."""
    (tmp_path / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (tmp_path / "ways.json").write_text(json.dumps(seeded_ways), encoding="utf-8")
    run_one("whole.test.ts", "every way is the analysis's", WAYS_FOLDER=str(tmp_path))
