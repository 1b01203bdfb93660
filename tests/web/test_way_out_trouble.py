"""«¿Adónde voy?» where things go wrong — position, storage, old data — or nobody has to go."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import resvg_py
from playwright.sync_api import expect

from .conftest import PHONE, WEB, Opener
from .pdf import page_mm, words

pytestmark = pytest.mark.browser
PLACE = "-28.57650/-70.75850"
MEETING_POINT = "-28.57106/-70.76093"
BLOCKED = ("Service Worker registration blocked",)


def test_who_is_safe_is_not_sent_away(walk: Opener) -> None:
    page = walk(f"?hazard=flood&at={PLACE}", viewport=PHONE).page
    answer = page.locator(".answer")
    expect(answer.locator(".big")).to_contain_text("no hace falta salir")
    expect(answer).to_contain_text(re.compile(r"mandan salir, ve a .+: [\d.,]+\s(m|km), \d+ min"))
    page.get_by_label("¿Qué amenaza?").select_option("dam_break")  # the same place is in its zone
    expect(answer.locator(".big")).to_contain_text(re.compile("^Ve a "))
    expect(answer).to_contain_text("manda lo que digan la alarma y las autoridades")
    there = walk(f"?hazard=flood&at={MEETING_POINT}").page
    expect(there.locator(".big")).to_have_text("Ya estás en Mirador Vallejos: quédate ahí.")
    expect(there.get_by_role("heading", name="El camino, paso a paso")).to_have_count(0)
    there.get_by_label("¿Quién camina?").select_option("older")
    expect(there.locator(".big")).to_have_text("Ya estás en Mirador Vallejos: quédate ahí.")


def test_who_cannot_walk_there_alone_is_told_to_ask_for_help(walk: Opener) -> None:
    page = walk(f"?hazard=dam_break&at={PLACE}&profile=reduced_mobility").page
    answer = page.locator(".answer")
    expect(answer).to_contain_text("no hay un camino a pie")
    expect(answer).to_contain_text("pide ayuda a quienes tengas cerca")
    expect(answer).to_contain_text("elige «Persona adulta» en «¿Quién camina?»")


def test_a_rough_position_says_so(walk: Opener) -> None:
    lat, lon = (float(part) for part in PLACE.split("/"))
    here = {"latitude": lat, "longitude": lon, "accuracy": 900}
    page = walk("?hazard=flood", geolocation=here, permissions=["geolocation"]).page
    page.get_by_role("button", name="Usar mi posición").click()
    told = page.get_by_role("alert").filter(has_text="puede estar a 900 m de donde estás")
    expect(told).to_be_visible()
    page.context.set_geolocation({**here, "accuracy": 12})
    page.evaluate(
        "at => { navigator.geolocation.getCurrentPosition = (found) => found({ coords: at }) }",
        {**here, "accuracy": 12},
    )
    page.get_by_role("button", name="Usar mi posición").click()
    expect(told).to_have_count(0)
    expect(page.locator(".answer")).to_be_visible()


def test_what_could_not_be_kept_is_told_with_what_to_do(walk: Opener) -> None:
    watched = walk("?hazard=flood", service_workers="block")
    watched.expected = BLOCKED
    page = watched.page
    said = page.get_by_text("No se pudo guardar la página en este teléfono")
    page.add_init_script(
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('no'))"
    )
    page.reload()
    expect(said).to_contain_text("guarda una foto de la pantalla")
    page.add_init_script(  # a private window, in a browser that knows no position
        "delete Navigator.prototype.serviceWorker; delete Navigator.prototype.geolocation"
    )
    page.reload()
    expect(said).to_be_visible()
    page.get_by_role("button", name="Usar mi posición").click()
    expect(page.get_by_role("alert")).to_contain_text("El teléfono no pudo saber dónde está")
    expect(page.get_by_label("¿Dónde estás?")).to_be_visible()


def test_old_data_say_their_age_and_are_renewed_when_the_network_is_back(
    walk: Opener, package: dict[str, Any]
) -> None:
    watched = walk(service_workers="block")  # it would answer before the test does
    watched.expected = BLOCKED
    page = watched.page
    page.get_by_label("¿Qué amenaza?").wait_for()
    old = {**package, "made": (date.today() - timedelta(days=40)).isoformat()}
    page.context.route("**/adonde-voy/package.json", lambda route: route.fulfill(json=old))
    page.goto(f"{watched.origin}/adonde-voy?hazard=flood&at={PLACE}")
    dated = page.locator("footer .strong")
    before = dated.inner_text()
    page.context.set_offline(True)
    told = page.locator(".warning", has_text="Sin conexión: se muestra")
    expect(told).to_contain_text("Tienen 40 días y pueden haber cambiado")
    page.context.unroute("**/adonde-voy/package.json")
    page.context.set_offline(False)
    expect(told).to_have_count(0)
    expect(dated).not_to_have_text(before)
    expect(page.locator(".answer")).to_contain_text("ve a ")


def test_the_page_can_be_installed(walk: Opener) -> None:
    """As the browser itself judges; the icon of telephones that take no SVG is drawn from ours."""
    watched = walk("?hazard=flood")
    page = watched.page
    expect(page.get_by_text("Guardada en este teléfono")).to_be_visible()
    session = page.context.new_cdp_session(page)
    faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in faults} <= {"in-incognito"}  # as every page of a test is
    manifest = session.send("Page.getAppManifest")
    assert not manifest["errors"]
    told = json.loads(manifest["data"])
    assert told["start_url"].startswith(told["scope"]) and told["display"] == "standalone"
    public = WEB / "public"
    drawn = resvg_py.svg_to_bytes(
        svg_string=(public / "adonde-voy.svg").read_text("utf-8"), width=512, height=512
    )
    assert bytes(drawn) == (public / "adonde-voy.png").read_bytes()


def test_the_sheet_of_all_points_is_printed_with_its_hazard(
    walk: Opener, package: dict[str, Any]
) -> None:
    page = walk("?hazard=earthquake").page
    page.wait_for_selector("[data-route=none]")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    width, height = page_mm(pdf)
    assert (round(width), round(height)) == (210, 297)
    text = words(pdf).replace(" ", "")
    points = [one["name"] for one in package["exits"] if "earthquake" in one["hazards"]]
    assert len(points) > 8
    for told in ("Sismo", *points, "Datos del", page.url):
        assert told.replace(" ", "") in text, told


def test_an_initiative_is_found_without_asking_the_server(
    walk: Opener, package: dict[str, Any]
) -> None:
    """Where its page has it; what has no place on the map is not offered."""
    names = {name for _, _, name, layer in package["places"] if layer == "initiatives"}
    assert len(names) > 40 and "Habilitación Plaza Pablo Neruda" in names
    watched = walk("?hazard=flood")
    page = watched.page
    page.get_by_label("¿Dónde estás?").fill("plaza pablo neruda")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Habilitación Plaza Pablo Neruda").click()
    expect(page.get_by_text("El camino sale de: Habilitación Plaza Pablo Neruda.")).to_be_visible()
    search = f"{watched.origin}/api/search?q=Habilitaci%C3%B3n+Plaza+Pablo+Neruda&limit=1"
    (found,) = page.request.get(search).json()["results"]
    there = page.request.get(found["place"], headers={"Accept": "application/json"})
    lon, lat = there.json()["point"]
    expect(page).to_have_url(re.compile(rf"at={lat:.4f}\d*/{lon:.4f}\d*"))
