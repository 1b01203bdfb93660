"""Pages of places: their facts by another way, without script, light, drawn, and of the public."""

from __future__ import annotations

import gzip
import struct
import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import pytest
from lxml import html as lxml_html
from PIL import Image

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.picture import inks_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
POINT = "lat=-28.5765&lon=-70.7585"
ONE_OF_EACH = (
    "/neighbourhoods/NB-01", "/rural_localities/LR-01", "/green_areas/GA-001",
    "/initiatives/DEMO-002", "/initiatives/DT-P1-E01", f"?{POINT}",
)  # fmt: skip

MOST_BYTES = 100_000
"""Of a place's picture."""


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as client:
        yield client


def told(http: httpx.Client, path: str) -> Any:
    answer = http.get(f"/places{path}", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(http: httpx.Client, path: str) -> Any:
    answer = http.get(f"/places{path}", headers={"Accept": BROWSER})
    assert answer.status_code == 200, answer.text
    return lxml_html.fromstring(answer.text)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose parts are whole and whose pixels can be unpacked."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, pixels, size = 8, b"", (0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + body) == check
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        pixels += body if kind == b"IDAT" else b""
        at += 12 + length
    assert len(zlib.decompress(pixels)) > size[1] * size[0]
    return size


def test_a_neighbourhood_is_told_as_postgis_tells_it(http: httpx.Client, seeded: Database) -> None:
    found = told(http, "/neighbourhoods/NB-01")
    rows = seeded.fetch(
        "SELECT p.initiative, min(public.ST_Distance(p.geom, n.geom))"
        " FROM published.project_locations p, published.neighbourhoods n"
        " WHERE n.code = 'NB-01' AND p.precision <> 'commune'"
        " AND public.ST_DWithin(p.geom, n.geom, 500) GROUP BY 1"
    )
    assert {one["code"]: one["metres"] for one in found["planned"]} == {
        code: round(away) for code, away in rows
    }
    (inside,) = seeded.fetch(
        "SELECT sum(public.ST_Area(public.ST_Intersection(g.geom, n.geom)))"
        " FROM published.green_areas g, published.neighbourhoods n WHERE n.code = 'NB-01'"
        " AND g.kind IN ('plaza', 'plazoleta', 'parque', 'jardin') AND g.public_access"
        " AND g.built_state IN ('consolidada', 'parcial')"
        " AND current_date >= g.valid_from AND current_date < coalesce(g.valid_to, 'infinity')"
    )
    assert found["green"]["inside_m2"] == pytest.approx(inside[0], abs=1)
    assert found["green"]["title"] == "Plaza Ambrosio O'Higgins"
    assert found["green"]["measured"] == "network" and 100 < found["green"]["metres"] < 250
    ways = {one["hazard"]: one for one in found["evacuation"]}
    assert ways["flood"]["level"] is None
    assert ways["dam_break"]["level_title"] == "Medio" and ways["dam_break"]["share_pct"] > 90
    assert ways["dam_break"]["goal"]["title"] == "Terraza norte, Hermanos Carrera"
    assert ways["earthquake"]["goal"]["code"] == "PE-16"
    assert ways["earthquake"]["streets"][0]["name"] == "Merced"


def test_a_point_is_called_by_its_corner_as_people_do(http: httpx.Client) -> None:
    """At the crossing, near it, and where there is none: title, description and picture's words."""
    (corner,) = http.get("/search?q=prat con brasil&limit=1").json()["results"]
    lon, lat = corner["point"]
    here = f"?lat={lat}&lon={lon}"
    assert told(http, here)["title"] == corner["title"] == "Arturo Prat con Brasil"
    assert told(http, here)["crossing"] == {
        "first": "Arturo Prat", "second": "Brasil", "metres": 0,
    }  # fmt: skip
    shown = page(http, here)
    (about,) = shown.xpath("//meta[@name='description']/@content")
    assert about.startswith("Arturo Prat con Brasil. ")
    assert f"{lat:.5f}, {lon:.5f}" in shown.text_content(), "where it is is still told in degrees"
    assert told(http, f"{here}&lang=en")["title"] == "Arturo Prat and Brasil"
    near = told(http, f"?lat={lat + 0.0004}&lon={lon}")
    assert near["title"].startswith("Cerca de ") and 25 < near["crossing"]["metres"] <= 150
    far = told(http, "?lat=-28.9&lon=-70.3")
    assert far["title"] == "Lugar en -28.90000, -70.30000" and far["crossing"] is None
    pictures = [http.get(f"/places/picture.png{one}").content for one in (here, f"{here}&lang=en")]
    assert pictures[0] != pictures[1], "its words are drawn"


def test_an_initiative_tells_money_dates_and_who(http: httpx.Client) -> None:
    found = told(http, "/initiatives/DEMO-002")["initiative"]
    assert found["cost_clp"] == 216_756_000 and found["funding_sources"] == ["FNDR"]
    assert found["responsible_unit"] == "Departamento de Aseo y Ornato"
    assert found["actual_start"] == "2026-08-06" and found["planned_end"] == "2027-06-06"
    text = page(http, "/initiatives/DEMO-002").text_content()
    for said in ("$ 216.756.000", "6 de agosto de 2026", "6 de junio de 2027 (programado)",
                 "Departamento de Aseo y Ornato", "27 %"):  # fmt: skip
        assert said in text


def test_what_has_no_place_is_told_as_such(http: httpx.Client) -> None:
    found = told(http, "/initiatives/DT-P1-E01")
    assert found["point"] is None and not found["evacuation"] and found["green"] is None
    assert "no tiene un lugar en el mapa" in page(http, "/initiatives/DT-P1-E01").text_content()


def test_a_common_word_is_no_name(http: httpx.Client) -> None:
    for one in told(http, "/neighbourhoods/NB-01")["unplaced"]:
        assert "centro" in str(one["place_hint"]).lower(), one


def test_the_locality_far_from_all_is_told_what_is_far(http: httpx.Client) -> None:
    found = told(http, "/rural_localities/LR-01")
    assert found["planned"] == [] and found["green"]["metres"] > 4000
    text = page(http, "/rural_localities/LR-01").text_content()
    assert "no tiene iniciativas ubicadas aquí" in text and "Perales Viejos" in text


def test_the_green_area_is_where_one_stands(http: httpx.Client) -> None:
    found = told(http, "/green_areas/GA-001")
    assert found["green"]["code"] == "GA-001" and found["green"]["metres"] == 0
    assert [one["code"] for one in found["within"]] == ["NB-01"]
    assert "maintenance_contract" not in found["properties"]


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_the_page_says_what_its_twin_does_and_is_light(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/places{path}", headers={"Accept": BROWSER})
    assert len(gzip.compress(answer.content)) < 60_000
    tree, found = lxml_html.fromstring(answer.text), told(http, path)
    text = " ".join(tree.text_content().split())
    assert not tree.xpath("//script[not(@type='application/ld+json')]")
    for one in (*found["planned"], *found["unplaced"]):
        assert " ".join(one["title"].split()) in text
    for one in found["evacuation"]:
        assert one["title"] in text
        assert not one["goal"] or one["goal"]["title"] in text
    assert "demostración" in text
    assert found["sources"]["green_areas"]["custodian"] in text
    assert tree.xpath("//h1")[0].text_content() == found["title"]


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_it_previews_with_a_picture(http: httpx.Client, path: str) -> None:
    tree = page(http, path)

    def meta(name: str) -> str:
        (one,) = tree.xpath(f"//meta[@property='{name}' or @name='{name}']/@content")
        return str(one)

    assert meta("og:title") == meta("twitter:title") == tree.xpath("//h1")[0].text_content()
    assert 40 < len(meta("description")) < 400
    assert meta("og:description") == meta("twitter:description") == meta("description")
    assert (meta("og:image:width"), meta("og:image:height")) == ("1200", "630")
    assert meta("twitter:card") == "summary_large_image"
    first = http.get(meta("og:image"))
    assert first.headers["content-type"] == "image/png"
    assert size_of(first.content) == (1200, 630)
    assert len(first.content) <= MOST_BYTES, "whoever is sent the address pays for it"
    again = http.get(meta("og:image"), headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_a_light_picture_keeps_its_inks(http: httpx.Client, catalogue: Catalogue) -> None:
    """Land, the edge of the place and both of the strip's are to the eye what the palette says."""
    inks = inks_of(catalogue.palette)
    with Image.open(BytesIO(http.get("/places/neighbourhoods/NB-01/picture.png").content)) as read:
        pixels = np.asarray(read.convert("RGB")).reshape(-1, 3).astype(int)
    for name in ("land", "initiative", "accent", "ink_ground", "text"):
        wanted = [int(inks[name][at : at + 2], 16) for at in (1, 3, 5)]
        near = np.abs(pixels - wanted).max(axis=1) <= 1
        assert near.sum() > 500, name


def test_the_words_of_a_picture_are_drawn_by_fonts_of_our_own() -> None:
    import resvg_py

    from api.ground import FONTS

    def drawn(files: list[str]) -> bytes:
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">'
            '<text y="30" font-size="24" font-family="Atkinson Hyperlegible Next">Ñuñoa</text>'
            "</svg>"
        )
        return bytes(
            resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=files)
        )

    assert len(drawn(FONTS)) > len(drawn([])) + 500


def test_what_is_not_there_is_a_page_that_says_what_to_do(http: httpx.Client) -> None:
    for path in ("/neighbourhoods/NB-99", "/roads/V-0001", "/neighbourhoods/NB-99/picture.png"):
        answer = http.get(f"/places{path}", headers={"Accept": BROWSER})
        assert answer.status_code == 404
        text = lxml_html.fromstring(answer.text).text_content()
        assert "No hay ningún lugar" in text and "Búscalo por su nombre" in text


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "missing_parameter"), ("?lat=-28.5", "missing_parameter"),
     ("?lat=a&lon=1", "wrong_degrees"),
     ("?lat=nan&lon=1", "wrong_degrees"), ("?lat=-28.5765&lon=-500", "wrong_degrees"),
     ("?lat=1&lon=2", "place_outside"), (f"?{POINT}&x=1", "unknown_parameter")],
)  # fmt: skip
def test_a_point_badly_told_is_refused(http: httpx.Client, query: str, code: str) -> None:
    answer = http.get(f"/places{query}", headers={"Accept": "application/json"})
    assert answer.status_code == 400 and answer.json()["code"].startswith(code)


def test_an_edit_shows_in_page_and_picture(served_fresh: str, fresh: Database) -> None:
    here = f"{served_fresh}/api/places/green_areas/GA-001"

    def state() -> tuple[str, bytes]:
        return (
            httpx.get(f"{here}?f=json", timeout=60).json()["title"],
            httpx.get(f"{here}/picture.png", timeout=60).content,
        )

    before = state()
    assert before == state()
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.green_areas SET name = 'Plaza Nueva',"
            " geom = public.ST_Multi(public.ST_Buffer(geom, -10)) WHERE code = 'GA-001'"
        )
    deadline = time.monotonic() + 20
    while (after := state())[0] != "Plaza Nueva" or after[1] == before[1]:
        assert time.monotonic() < deadline, "the page still tells what was"
    assert size_of(after[1]) == (1200, 630)


def test_who_may_stay_is_told_to_and_nobody_else_is(http: httpx.Client) -> None:
    """A point outside the zones; a neighbourhood with a part of it inside; a safe place."""

    def flood(path: str) -> tuple[Any, str]:
        one = next(way for way in told(http, path)["evacuation"] if way["hazard"] == "flood")
        card = page(http, path).xpath("//ul[contains(@class, 'outs')]/li[1]")[0]
        return one, " ".join(card.text_content().split())

    one, text = flood(f"?{POINT}")
    assert not one["touches"] and "No hace falta salir" in text and one["goal"]["title"] in text
    one, text = flood("/neighbourhoods/NB-06")
    assert one["level"] is None and 0 < one["share_pct"] < 100 and one["touches"]
    assert "No hace falta salir" not in text and "busca tu calle" in text
    _, english = flood("/neighbourhoods/NB-06?lang=en")
    assert "look for your street" in english
    one, text = flood("?lat=-28.57106&lon=-70.76093")
    assert one["goal"] is None and one["there"]["title"] == "Mirador Vallejos"
    assert "Ya estás ahí: quédate. Punto de encuentro: Mirador Vallejos." in text


def test_a_link_says_what_the_page_is_about(http: httpx.Client) -> None:
    def about(path: str) -> str:
        return str(page(http, path).xpath("//meta[@property='og:description']/@content")[0])

    assert about("/green_areas/GA-001") == (
        "Plaza Ambrosio O'Higgins. Iniciativas del plan aquí o cerca: 12."
        " Adónde ir en una emergencia y a quién preguntar."
    )
    assert about("/neighbourhoods/NB-06?lang=en") == (
        "Quinta Valle. Initiatives of the plan here or near: 15. Nearest green area: Parque Quinta"
        " Valle, 260 m on foot along the streets, about 4 min. Where to go in an emergency, and"
        " whom to ask."
    )
    assert about("/initiatives/DEMO-002").startswith(
        "Reposición Plaza Manuel Rodríguez (inventado). Estado: En ejecución (al 6 de agosto de"
        " 2026). Etapa: Ejecución. Costo: $ 216.756.000. Iniciativas del plan aquí o cerca: "
    )
    assert about("/initiatives/DT-P1-E01") == (
        "Remodelación e Implementación de Espacios Públicos. Estado: Propuesta. A quién preguntar."
    )


def test_who_walks_is_chosen_without_script(http: httpx.Client) -> None:
    """The four profiles: slower ones take longer, and each is offered by a link."""
    minutes = {}
    for who in ("adult", "child", "older", "reduced_mobility"):
        found = told(http, f"?{POINT}&profile={who}")
        assert found["profile"] == who
        ways = {one["hazard"]: one for one in found["evacuation"] if one["goal"]}
        minutes[who] = ways["earthquake"]["minutes"]
    assert minutes["adult"] <= minutes["older"] and len(set(minutes.values())) > 1
    shown = page(http, f"?{POINT}&profile=older")
    links = shown.xpath("//nav[contains(@class, 'who')]//a")
    assert [one.get("aria-current") for one in links] == [None, None, "true", None]
    assert "de una persona adulta" not in shown.text_content(), "the times are another's"
    adult = page(http, "?" + links[0].get("href").split("?")[1].split("#")[0])
    assert adult.xpath("//nav[contains(@class, 'who')]//a")[0].get("aria-current") == "true"
    refused = http.get(f"/places?{POINT}&profile=cat")
    assert refused.status_code == 400 and refused.json()["code"] == "wrong_choice"


def test_a_place_leads_to_the_way_on_foot_with_hazard_and_position(http: httpx.Client) -> None:
    for path in ("/neighbourhoods/NB-01", f"?{POINT}&profile=older"):
        found = told(http, path)
        lon, lat = found["point"]
        links = page(http, path).xpath("//a[contains(@href, '/adonde-voy?')]/@href")
        assert len(links) == len(found["evacuation"]) > 2
        for link, one in zip(links, found["evacuation"], strict=True):
            assert f"hazard={one['hazard']}" in link and f"at={lat:.5f}/{lon:.5f}" in link
            assert ("profile=older" in link) is ("profile" in path)
