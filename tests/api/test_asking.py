"""One field for all that people type: in JSON and as a page without script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import html as lxml_html

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.features import read_frame


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as client:
        yield client


def ask(http: httpx.Client, q: str, **more: Any) -> Any:
    answer = http.get("/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(http: httpx.Client, path: str, **params: str) -> Any:
    answer = http.get(path, params={"f": "html", **params})
    assert answer.status_code == 200, answer.text
    return lxml_html.fromstring(answer.text)


@pytest.mark.parametrize(
    "text",
    ["Arturo Prat con Brasil", "prat / brasil", "calle Prat esquina Brasil", "PRAT Y BRASIL"],
)
def test_a_crossing_is_where_both_streets_are(
    http: httpx.Client, seeded: Database, text: str
) -> None:
    found = ask(http, text)
    one = found["results"][0]
    assert found["understood"] == "crossing" and found["note"] is None
    assert one["kind"] == "crossing" and one["title"] == "Arturo Prat con Brasil"
    lon, lat = one["point"]
    rows = seeded.fetch(
        "SELECT min(public.ST_Distance(geom, public.ST_Transform(public.ST_SetSRID("
        " public.ST_MakePoint(%s, %s), 4326), public.ST_SRID(geom))))"
        " FROM published.roads WHERE name IN ('Arturo Prat', 'Brasil') GROUP BY name",
        [lon, lat],
    )
    assert len(rows) == 2 and max(row[0] for row in rows) < 1
    told = http.get(one["place"], headers={"Accept": "application/json"})
    assert told.status_code == 200 and told.json()["point"] == pytest.approx([lon, lat], abs=2e-5)


def test_streets_that_do_not_cross_are_both_offered(http: httpx.Client) -> None:
    found = ask(http, "Arturo Prat con Ruta 5")
    assert "no se cruzan" in found["note"]
    assert {one["title"] for one in found["results"]} == {"Arturo Prat", "Ruta 5 Norte"}
    one_sided = ask(http, "Prat con Inexistente")
    assert one_sided["note"] == "Ninguna calle se llama «Inexistente». Esta es la otra."
    assert [one["title"] for one in one_sided["results"]] == ["Arturo Prat"]


def test_a_house_number_is_told_as_not_known(http: httpx.Client) -> None:
    found = ask(http, "Prat 1234")
    assert found["understood"] == "number" and "no sabemos dónde queda el 1234" in found["note"]
    (street,) = found["results"]
    assert (street["layer"], street["title"], street["place"]) == ("roads", "Arturo Prat", None)
    crossings = http.get(street["crossings"]).json()
    assert crossings["understood"] == "crossings" and len(crossings["results"]) > 2
    assert all(one["title"].startswith("Arturo Prat con ") for one in crossings["results"])


@pytest.mark.parametrize(
    "text", ["-28.5765, -70.7585", "28°34'35,4\" S 70°45'30,6\" O", "E 328.014 N 6.837.671"]
)
def test_coordinates_are_a_place(http: httpx.Client, text: str) -> None:
    found = ask(http, text)
    (one,) = found["results"]
    assert found["understood"] == one["kind"] == "coordinates"
    assert one["point"] == pytest.approx([-70.7585, -28.5765], abs=2e-5)
    assert http.get(one["place"]).status_code == 200


def test_outside_the_territory_is_told(http: httpx.Client) -> None:
    for text in ("-33.45, -70.66", "19S 346000 6298000"):
        found = ask(http, text)
        assert (
            found["results"] == [] and "queda fuera de la comuna" in found["note"] and found["tips"]
        )


def test_every_kind_of_place_leads_to_its_page(
    http: httpx.Client, seeded: Database, catalogue: Catalogue
) -> None:
    for name in ("neighbourhoods", "rural_localities", "green_areas", "initiatives"):
        row = read_frame(seeded, catalogue.layer(name)).dropna(subset=["name"]).iloc[0]
        results = ask(http, row["name"], limit=30)["results"]
        one = next(r for r in results if (r["layer"], r["code"]) == (name, row["code"]))
        assert one["place"].endswith(f"/api/places/{name}/{row['code']}")
        assert http.get(one["place"]).status_code == 200
    meeting = ask(http, "plaza", limit=50)["results"]
    assert all(one["place"] for one in meeting if one["point"] and one["layer"] != "roads")


def test_nothing_found_says_what_to_try(http: httpx.Client) -> None:
    found = ask(http, "xyzzyqwv")
    assert found["note"] == "Nada se llama «xyzzyqwv»." and len(found["tips"]) == 3
    assert "-28.5765, -70.7585" in found["tips"][2]
    english = ask(http, "xyzzyqwv", lang="en")
    assert english["note"].startswith("Nothing is called")


def test_a_text_has_its_bounds(http: httpx.Client) -> None:
    assert http.get("/search", params={"q": "a" * 200}).status_code == 200
    answer = http.get("/search", params={"q": "a" * 201})
    assert answer.status_code == 400 and answer.json()["code"] == "long_text"
    definition = http.get("/openapi").json()["paths"]["/search"]["get"]
    q = next(p for p in definition["parameters"] if p.get("name") == "q")
    assert q["schema"]["maxLength"] == 200


@pytest.mark.parametrize("path", ["", "/places/neighbourhoods/NB-01", "/search?q=x"])
def test_without_script_the_field_leads_to_the_place(http: httpx.Client, path: str) -> None:
    bare, _, query = path.partition("?")
    found = page(http, bare or "/", **dict([query.split("=")] if query else []))
    (form,) = found.xpath("//form[@role='search']")
    fields = {one.get("name"): one.get("value") or "" for one in form.xpath(".//input")}
    assert form.xpath(".//label[@for='q']") and fields["f"] == "html"
    answer = http.get(form.get("action"), params={**fields, "q": "Prat con Brasil"})
    links = lxml_html.fromstring(answer.text).xpath("//ol//h2/a")
    assert links[0].text == "Arturo Prat con Brasil"
    place = http.get(links[0].get("href"), headers={"Accept": "text/html"})
    assert place.status_code == 200 and "Qué viene" in place.text


def test_the_page_says_what_the_answer_says(http: httpx.Client) -> None:
    for q in ("Prat 1234", "xyzzyqwv", "-33.45, -70.66", "Arturo Prat con Ruta 5"):
        told, shown = ask(http, q), " ".join(page(http, "/search", q=q).text_content().split())
        for said in (told["note"], *told["tips"], *(one["title"] for one in told["results"])):
            assert said in shown
