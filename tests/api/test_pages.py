"""Pages: every address has one, of the facts of its JSON, without script, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html as lxml_html

import sitplan
from sitplan.catalogue import Catalogue
from sitplan.layer import layer_from_declaration
from sitplan.settings import Settings

pytestmark = pytest.mark.acceptance(48)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html"
ITEMS = "/api/collections/green_areas/items"
PAGES = (
    "/api", "/api/conformance", "/api/openapi", "/api/collections", "/api/collections/green_areas",
    "/api/collections/initiatives", "/api/collections/green_areas/schema",
    "/api/collections/green_areas/queryables", f"{ITEMS}?limit=5",
    "/api/collections/objectives/items", "/api/collections/green_areas/changes",
    "/api/collections/green_areas/diff?from=2020-01-01&to=2030-01-01&axis=valid",
    "/api/processes", "/api/jobs", "/api/indicators", "/api/charts", "/api/charts/progress",
    "/api/indicators/investment_per_inhabitant",
    "/api/collections/green_areas/tiles", "/api/collections/green_areas/tiles/WebMercatorQuad",
    "/api/tiles", "/api/tiles/WebMercatorQuad", "/api/tileMatrixSets",
    "/api/tileMatrixSets/WebMercatorQuad", "/api/styles", "/api/styles/day", "/api/legend",
    "/api/search?q=plaza", "/api/plan", "/api/plan/DT-P1-E01", "/api/health",
    "/api/collections/catalogue-records", "/api/collections/catalogue-records/items",
    "/api/collections/catalogue-records/items/green_areas",
    "/api/collections/catalogue-records/queryables", "/api/iso19139", "/api/dcat",
    "/api/places/neighbourhoods/NB-01", "/api/places/initiatives/DEMO-002",
    "/api/places/rural_localities/LR-01", "/api/places?lat=-28.5765&lon=-70.7585",
)  # fmt: skip


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=30) as client:
        yield client


def page(http: httpx.Client, path: str, **more: Any) -> tuple[httpx.Response, Any]:
    answer = http.get(path, headers={"Accept": BROWSER}, **more)
    assert answer.headers["content-type"] == "text/html; charset=utf-8", path
    return answer, lxml_html.fromstring(answer.text)


def first(http: httpx.Client, layer: str = "green_areas") -> str:
    found = http.get(f"/api/collections/{layer}/items?limit=1").json()["features"][0]["id"]
    return f"/api/collections/{layer}/items/{found}"


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_address_is_a_page(http: httpx.Client, path: str, lang: str) -> None:
    answer, tree = page(http, f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == lang == tree.get("lang")
    assert {"accept", "accept-encoding"} <= set(answer.headers["vary"].lower().split(", "))
    assert len(tree.xpath("//h1")) == 1 and tree.xpath("//title/text()")[0].strip()
    assert not tree.xpath("//script[not(@type='application/ld+json')]"), "a page needs no script"
    assert not tree.xpath("//@*[starts-with(name(), 'on')]"), "nor handlers"
    (twin,) = tree.xpath("//footer//a[@type]/@href")
    assert "f=json" in twin and http.get(twin).status_code == 200
    (other,) = tree.xpath("//header//a[@hreflang]/@href")
    assert f"lang={'en' if lang == 'es' else 'es'}" in other
    assert page(http, other)[1].get("lang") != lang


@pytest.mark.parametrize("path", PAGES)
def test_links_of_pages_lead_somewhere(http: httpx.Client, path: str, served: str) -> None:
    _, tree = page(http, path)
    found = {str(x) for x in tree.xpath("//a/@href | //link/@href")}
    ours = sorted(x for x in found if x.startswith(served) and "{" not in x)[:25]
    for href in ours:
        if urlsplit(href).fragment or urlsplit(href).path in ("/", "/icon.svg"):
            continue
        answer = http.get(href, headers={"Accept": BROWSER})
        assert answer.status_code == 200, href


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        (None, 200, "application/json"),
        ("*/*", 200, "application/json"),
        ("application/json", 200, "application/json"),
        (BROWSER, 200, "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/json;q=0.4", 200, "text/html; charset=utf-8"),
        ("text/html;q=0.4, application/json;q=0.5", 200, "application/json"),
        ("application/*", 200, "application/json"),
        ("image/png", 406, "application/problem+json"),
        ("text/html;q=0, */*", 200, "application/json"),
    ],
)
def test_accept_chooses(http: httpx.Client, accept: str | None, status: int, kind: str) -> None:
    answer = http.get("/api/collections", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert "accept" in answer.headers["vary"].lower()


def test_f_beats_accept_and_unknown_is_400(http: httpx.Client) -> None:
    plain = http.get("/api/collections?f=json", headers={"Accept": "text/html"})
    assert plain.headers["content-type"] == "application/json"
    assert http.get("/api/collections?f=html").headers["content-type"].startswith("text/html")
    wrong = http.get("/api/collections?f=docx")
    assert wrong.status_code == 400 and wrong.json()["code"] == "wrong_choice"


def test_common_and_features_html_have_their_links(http: httpx.Client) -> None:
    declared = http.get("/api/conformance").json()["conformsTo"]
    assert COMMON in declared  # and ogcapi-features-1/1.0/conf/html, by its own check
    for path in ("/api", "/api/collections", f"{ITEMS}?limit=2", first(http), "/api/tiles"):
        answer = http.get(path)
        alternates = [
            x for x in answer.json()["links"]
            if x["rel"] == "alternate" and x["type"] == "text/html"
        ]  # fmt: skip
        assert alternates, path
        assert http.get(alternates[0]["href"]).headers["content-type"].startswith("text/html")
        assert 'rel="alternate"; type="text/html"' in answer.headers["link"]


def test_a_table_has_titles_units_filters_and_pages(
    http: httpx.Client, catalogue: Catalogue
) -> None:
    layer = catalogue.layer("green_areas")
    _, tree = page(http, f"{ITEMS}?limit=3")
    heads = [" ".join(x.text_content().split()) for x in tree.xpath("//thead//th")]
    numbers = tree.xpath("//tbody/tr[1]/td[@class='number']/text()")
    assert numbers and not any("m²" in one for one in numbers), "the head has the unit"
    kind = layer.field("kind")
    assert kind and kind.title["es"] in heads
    assert any("m²" in head for head in heads)
    assert len(tree.xpath("//tbody/tr")) == 3
    options = {x.get("value") for x in tree.xpath("//select[@name='kind']/option")} - {""}
    assert options == set(kind.codes)
    (following,) = tree.xpath("//a[@rel='next']/@href")
    _, second = page(http, following)
    hrefs = [set(t.xpath("//tbody//td[1]/a/@href")) for t in (tree, second)]
    assert len(hrefs[1]) == 3 and not hrefs[0] & hrefs[1]
    _, only = page(http, f"{ITEMS}?kind=plaza")
    matched = http.get(f"{ITEMS}?kind=plaza&f=json").json()["numberMatched"]
    assert len(only.xpath("//tbody/tr")) == min(matched, 50) > 0


@pytest.mark.acceptance(35)
@pytest.mark.parametrize(("lang", "yes"), [("es", "sí"), ("en", "yes")])
def test_titles_codes_and_units_are_of_the_language(
    http: httpx.Client, catalogue: Catalogue, lang: str, yes: str
) -> None:
    layer = catalogue.layer("green_areas")
    _, tree = page(http, f"{ITEMS}?kind=plaza&public_access=true&limit=5&lang={lang}")
    heads = [" ".join(x.text_content().split()) for x in tree.xpath("//thead//th")]
    kind, area = layer.field("kind"), layer.field("area_m2")
    assert kind and area and {kind.title[lang], f"{area.title[lang]} (m²)"} <= set(heads)
    for row in tree.xpath("//tbody/tr"):
        cells = [x.text_content().strip() for x in row.xpath("./td")]
        assert cells[heads.index(kind.title[lang])] == kind.codes["plaza"][lang]
        assert yes in cells
    numbers = " ".join(tree.xpath("//td[@class='number']/text()"))
    assert re.search(r"\d\.\d{3},\d" if lang == "es" else r"\d,\d{3}\.\d", numbers)


def test_heads_sort_either_way(http: httpx.Client) -> None:
    _, tree = page(http, f"{ITEMS}?limit=7&kind=plaza")
    (up,) = tree.xpath("//thead//a[text()='Árboles']/@href")
    assert "sortby=trees" in up and "kind=plaza" in up
    _, tree = page(http, up)
    assert tree.xpath("//thead/tr/th[@aria-sort='ascending']/a/text()") == ["Árboles"]
    (down,) = tree.xpath("//thead//a[text()='Árboles']/@href")
    _, tree = page(http, down)
    assert tree.xpath("//thead/tr/th[@aria-sort='descending']/a/text()") == ["Árboles"]
    at = tree.xpath("count(//thead/tr/th[@aria-sort]/preceding-sibling::th)")
    shown = [int(r.xpath("./td")[int(at)].text_content()) for r in tree.xpath("//tbody/tr")]
    every = http.get(f"{ITEMS}?kind=plaza").json()["features"]
    trees = sorted((f["properties"]["trees"] or 0 for f in every), reverse=True)
    assert shown == trees[:7]


def test_an_empty_filter_of_the_form_is_no_filter(http: httpx.Client) -> None:
    answer, tree = page(http, f"{ITEMS}?kind=&bbox=&datetime=&limit=5&f=html")
    assert answer.status_code == 200 and len(tree.xpath("//tbody/tr")) == 5


@pytest.mark.acceptance(49)
def test_a_feature_tells_all_its_fields_and_where_it_is(
    http: httpx.Client, catalogue: Catalogue
) -> None:
    here = first(http)
    told = http.get(here).json()
    answer, tree = page(http, here)
    rows = {
        " ".join(r.xpath("./th")[0].text_content().split()): r.xpath("./td")[0]
        .text_content()
        .strip()
        for r in tree.xpath("//table[@class='sheet']/tbody/tr")
    }
    layer = catalogue.layer("green_areas")
    assert {f.title["es"] for f in layer.public_fields} <= set(rows)
    assert told["properties"]["code"] in rows.values()
    places = [x.text_content() for x in tree.xpath("//dd[@class='coordinates']")]
    assert re.search(r"\d+,\d+° S, \d+,\d+° O", places[0])
    assert re.search(r"[\d.]+(,\d)? m este, [\d.]+(,\d)? m norte", places[1])
    assert "UTM 19S (EPSG:32719)" in answer.text
    for name in ("og:title", "og:description", "og:url", "og:locale"):
        assert tree.xpath(f"//meta[@property='{name}']/@content")[0]
    assert tree.xpath("//svg//path/@d") and tree.xpath("//svg/@role") == ["img"]
    recorded = [x.text_content() for x in tree.xpath("//dt")]
    assert {"Versión", "Actualizado"} <= set(recorded)
    flipped = page(http, f"{here}?crs=http://www.opengis.net/def/crs/EPSG/0/4326")[1]
    metric = page(http, f"{here}?crs=http://www.opengis.net/def/crs/EPSG/0/32719")[1]
    for other in (flipped, metric):
        again = [x.text_content() for x in other.xpath("//dd[@class='coordinates']")]
        assert [x[:7] for x in again] == [x[:7] for x in places]


@pytest.mark.acceptance(49)
def test_a_feature_has_neighbours_the_nearest_first(
    http: httpx.Client, seeded_settings: Settings
) -> None:
    here = first(http)
    _, tree = page(http, here)
    found = [
        (str(one.xpath("./a/@href")[0]).rpartition("/")[2], one.xpath("string(./span)"))
        for one in tree.xpath("//ul[@class='near-by']/li")
    ]
    with sitplan.open(settings=seeded_settings) as opened:
        shapes = opened.frame("green_areas").set_index("id").geometry
    apart = shapes.distance(shapes[here.rpartition("/")[2]]).sort_values()
    assert [one for one, _ in found] == list(apart.index[1 : len(found) + 1]) and len(found) >= 4
    for (_, told), metres in zip(found, apart.iloc[1:], strict=False):
        number = float(told.removeprefix("a ").split()[0].replace(".", "").replace(",", "."))
        assert number * (1000 if "km" in told else 1) == pytest.approx(metres, rel=0.05, abs=6)
    assert tree.xpath("//*[@class='near']"), "and on its map"


@pytest.mark.acceptance(49)
def test_a_feature_tells_its_history(http: httpx.Client) -> None:
    here = first(http)
    told = http.get(f"{here}/versions").json()["versions"]
    for path in (here, f"{here}/versions"):
        _, tree = page(http, path)
        rows = tree.xpath("//table[thead/tr/th[1]='Registrado']/tbody/tr")
        assert len(rows) == len(told)
        newest = rows[0].text_content()
        assert told[-1]["made"]["why"] in newest and told[-1]["made"]["role"] in newest
        (then,) = rows[0].xpath(".//a/@href")
        assert "as-of=" in then and page(http, then)[0].status_code == 200
    assert f"{here}/versions" in "".join(page(http, here)[1].xpath("//a/@href"))


def test_what_changed_is_a_table(http: httpx.Client) -> None:
    _, tree = page(http, "/api/collections/green_areas/changes?limit=5")
    assert len(tree.xpath("//tbody/tr")) == 5
    (onward,) = tree.xpath("//a[@rel='next']/@href")
    assert page(http, onward)[1].xpath("//tbody/tr")
    _, tree = page(http, "/api/collections/green_areas/diff?from=2026-01-01&axis=valid")
    assert tree.xpath("//form//input[@name='from']/@value") == ["2026-01-01"]
    assert "Agregados: 0" in tree.text_content() and tree.xpath("//p[@class='empty']")
    _, tree = page(http, "/api/collections/green_areas/diff?from=2024-01-01&axis=valid")
    told = tree.text_content()
    assert "Agregados: 1" in told and "Plaza Pablo Neruda" in told and "Quinta Valle" in told


@pytest.mark.parametrize(
    ("layer", "code", "told"),
    [
        ("green_areas", "GA-005", "desde el 18 de mayo de 2024"),
        ("meeting_points", "PE-21", "hasta el 1 de septiembre de 2025"),
    ],
)
def test_a_validity_is_told(http: httpx.Client, layer: str, code: str, told: str) -> None:
    items = f"/api/collections/{layer}/items"
    found = http.get(items, params={"code": code, "datetime": "../.."}).json()["features"]
    (one,) = (feature["id"] for feature in found)
    for path in (f"{items}/{one}", f"{items}/{one}/versions"):
        assert told in " ".join(page(http, path)[1].text_content().split())


def test_what_is_drawn_for_the_demonstration_says_so(http: httpx.Client) -> None:
    for path in ("/api", "/api/collections/green_areas", ITEMS, first(http)):
        assert "sin valor" in "".join(page(http, path)[1].xpath("//p[@class='watermark']/text()"))
    invented = page(http, "/api/plan/DEMO-002")[1]
    assert "inventado para la demostración" in invented.text_content()
    real = page(http, "/api/plan/DT-P1-E01")[1]
    assert not real.xpath("//p[@class='watermark']")


def test_a_licence_that_nobody_declared_is_said(http: httpx.Client) -> None:
    assert "no declarada por quien publica" in page(http, "/api/collections/objectives")[0].text
    english = page(http, "/api/collections/objectives?lang=en")[0].text
    assert "not declared by its publisher" in english


def test_errors_are_pages_for_browsers(http: httpx.Client) -> None:
    for path, status in (
        ("/api/collections/nothing", 404), ("/api/nowhere", 404), (f"{ITEMS}?limit=0", 400),
    ):  # fmt: skip
        answer, tree = page(http, path)
        assert answer.status_code == status and http.get(path).status_code == status
        told = http.get(path).json()
        assert told["detail"] in tree.text_content() and told["hint"] in tree.text_content()
        assert told["code"] in tree.text_content()


ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


@pytest.mark.parametrize(
    "path",
    [*(p.split("?")[0] for p in PAGES), "/api/search", "/api/plan/x", "/api/nowhere", ITEMS],
)
def test_nothing_sent_comes_back_unescaped(http: httpx.Client, path: str) -> None:
    names = (
        "q", "lang", "f", "limit", "bbox", "datetime", "crs", "kind", "code", "after", "name",
        "sortby", "type", "ids", "externalIds", "offset", "filter", "unknown", ATTACK,
    )  # fmt: skip
    for name in names:
        answer = http.get(path, params={name: ATTACK}, headers={"Accept": BROWSER})
        assert answer.status_code < 500, (path, name)
        assert "<script>alert" not in answer.text and "<img" not in answer.text, (path, name)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    beyond = http.get(f"{path}/{ATTACK}", headers={"Accept": BROWSER})
    assert beyond.status_code == 404 and "<script>alert" not in beyond.text


def test_hostile_data_is_written_as_text() -> None:
    """A feature's own values are escaped, and a link of theirs is of the web or none."""
    from api.pages.values import shown

    declared = {
        "name": "x", "title": {"es": "X", "en": "X"}, "description": {"es": "X", "en": "X"},
        "custodian": "X", "source": {"title": "x", "licence": "x", "date": "2026"},
        "access": {"read": "public"}, "geometry": "none",
        "fields": [{"name": "link", "type": "string", "title": {"es": "L", "en": "L"}}],
    }  # fmt: skip
    field = layer_from_declaration(declared).fields[0]
    asked: dict[str, Any] = {"lang": "es", "zone": "UTC", "follow": lambda *_: ""}
    assert shown(field, "javascript:alert(1)", **asked).href == ""
    assert shown(field, "https://example.org/a?b=c", **asked).href == "https://example.org/a?b=c"
    assert shown(field, 'https://example.org/"onclick=x', **asked).href == ""


def test_the_page_of_items_is_shorter_than_the_answer_to_a_program(http: httpx.Client) -> None:
    roads = "/api/collections/roads/items"
    assert len(page(http, roads)[1].xpath("//tbody/tr")) == 50
    assert http.get(roads).json()["numberReturned"] > 50
    assert len(page(http, f"{roads}?limit=60")[1].xpath("//tbody/tr")) == 60


def test_pages_are_cached_by_what_they_say(http: httpx.Client) -> None:
    answer, _ = page(http, "/api/collections/green_areas")
    again = http.get(
        "/api/collections/green_areas",
        headers={"Accept": BROWSER, "If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304
    assert http.get("/api/collections/green_areas").headers["etag"] != answer.headers["etag"]
