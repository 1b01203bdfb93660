"""The catalogue over HTTP: records, ISO 19139, DCAT, notebooks, robots.txt, sitemap.xml.

Acceptance lines 45 and 46 of the API's list; what the faces hold is judged in test_metadata.py.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree, html
from owslib.ogcapi.records import Records

from sitplan.catalogue import Catalogue

HERE = "/api/collections/catalogue-records"
BROWSER = "text/html,*/*;q=0.8"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=30) as client:
        yield client


def ids(http: httpx.Client, **params: str) -> list[str]:
    answer = http.get(f"{HERE}/items", params={"limit": "1000", **params})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["features"]]


@pytest.mark.acceptance(45)
def test_each_layer_map_notebook_and_download_is_a_record(
    http: httpx.Client, catalogue: Catalogue
) -> None:
    found = ids(http)
    layers = {layer.name for layer in catalogue if layer.is_public}
    notebooks = {f"notebook-{p.stem}" for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert len(found) == len(set(found))
    assert set(found) == layers | notebooks | {f"download-{name}" for name in layers} | {
        "ogc-api", "web-map", "map-day", "map-dark", "map-print"
    }  # fmt: skip
    assert set(ids(http, type="dataset")) == layers
    assert set(ids(http, type="notebook")) == notebooks


@pytest.mark.acceptance(45)
def test_records_are_sought_by_word_place_time_and_identifier(http: httpx.Client) -> None:
    assert "green_areas" in ids(http, q="AREAS VERDES")  # neither case nor accents count
    assert "green_areas" in ids(http, q="green areas", lang="es")
    assert set(ids(http, q="áreas verdes,ruedas cuadradas")) == set(ids(http, q="áreas verdes"))
    assert ids(http, q="ruedas cuadradas") == []
    assert "objectives" not in ids(http, bbox="-180,-90,180,90")  # a table lies nowhere
    assert ids(http, bbox="10,40,11,41") == []
    across = ids(http, bbox="170,-60,-60,0")
    assert "green_areas" in across
    assert "green_areas" in ids(http, datetime="../2026-12-31")
    assert ids(http, ids="roads,green_areas,nobody") == ["green_areas", "roads"]
    address = str(http.base_url).rstrip("/") + "/api/collections/roads"
    assert ids(http, externalIds=address, type="dataset") == ["roads"]


@pytest.mark.acceptance(45)
@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("type IN ('map', 'service')", lambda r: r["properties"]["type"] in ("map", "service")),
        ("CASEI(title) LIKE CASEI('%ÁREAS%')",
         lambda r: "áreas" in r["properties"]["title"].lower()),
        ("ACCENTI(title) LIKE ACCENTI('%areas%')",
         lambda r: "áreas" in r["properties"]["title"] or "areas" in r["properties"]["title"]),
        ("T_BEFORE(created, TIMESTAMP('2022-06-01T00:00:00Z'))",
         lambda r: r["properties"]["created"] < "2022-06-01T00:00:00Z"),
        ("geometry IS NULL", lambda r: r["geometry"] is None),
        ("S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90)) AND NOT type = 'download'",
         lambda r: r["geometry"] is not None and r["properties"]["type"] != "download"),
        ("keywords = 'Medio ambiente' AND id <> 'roads'",
         lambda r: "Medio ambiente" in r["properties"]["keywords"]),
        ("illustrative = false", lambda r: not r["properties"]["illustrative"]),
    ],
)  # fmt: skip
def test_a_filter_of_records_is_that_of_features(http: httpx.Client, text: str, test: Any) -> None:
    """Equal to the same asked of each record by hand."""
    whole = http.get(f"{HERE}/items?limit=1000").json()["features"]
    assert ids(http, filter=text) == [one["id"] for one in whole if test(one)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"filter": "kind = 'x'"}, "cql2_unknown_property"),
        ({"filter": "valid_from IS NULL"}, "cql2_unknown_property"),
        ({"filter": "type ="}, "cql2_wrong_text"),
        ({"filter": "pg_sleep(5) = 1"}, "cql2_unknown_function"),
        ({"filter-lang": "sql"}, "wrong_choice"),
        ({"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}, "unknown_crs"),
    ],
)
def test_a_filter_that_cannot_be_read_says_why(
    http: httpx.Client, wrong: dict[str, str], code: str
) -> None:
    answer = http.get(f"{HERE}/items", params=wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_records_are_paged_and_sorted(http: httpx.Client) -> None:
    whole = ids(http, sortby="-title")
    seen: list[str] = []
    address: str | None = f"{HERE}/items?sortby=-title&limit=7"
    while address:
        page = http.get(address).json()
        seen += [one["id"] for one in page["features"]]
        links = {x["rel"]: x["href"] for x in page["links"]}
        assert page["numberMatched"] == len(whole) and page["numberReturned"] <= 7
        address = links.get("next")
    assert seen == whole and "prev" in links
    assert ids(http, sortby="type,-id") != ids(http, sortby="type,id")


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "0"}, {"bbox": "1,2,3"}, {"datetime": "ayer"}, {"sortby": "nothing"},
        {"offset": "-1"}, {"nothing": "1"}, {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_400(http: httpx.Client, wrong: dict[str, str]) -> None:
    answer = http.get(f"{HERE}/items", params=wrong)
    assert answer.status_code == 400 and answer.json()["code"]


def test_every_link_of_a_record_answers_with_its_type(http: httpx.Client, served: str) -> None:
    checked = 0
    for one in http.get(f"{HERE}/items?limit=1000").json()["features"]:
        assert one["properties"]["license"] and one["properties"]["contacts"][0]["organization"]
        for link in one["links"]:
            if not link["href"].startswith(f"{served}/api"):
                continue
            if one["id"] not in ("green_areas", "objectives", "ogc-api", "map-day") and (
                "notebook" not in one["id"]
            ):
                continue
            asked = {"Accept": "text/html"} if link["type"] == "text/html" else {}
            answer = http.get(link["href"], headers=asked)
            assert answer.status_code == 200, link
            assert answer.headers["content-type"].replace("; charset=utf-8", "") == link["type"]
            checked += 1
    assert checked > 10


def test_owslib_reads_the_catalogue(served: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = Records(f"{served}/api")
        assert reader.records() == ["catalogue-records"]
        found = reader.collection_items("catalogue-records", q="áreas verdes", limit=100)
        assert "green_areas" in {one["id"] for one in found["features"]}
        one = reader.collection_item("catalogue-records", "green_areas")
        assert one["properties"]["title"] == "Áreas verdes"


@pytest.mark.acceptance(46)
def test_iso_of_each_layer_is_valid_and_listed(http: httpx.Client, catalogue: Catalogue) -> None:
    spec = find_spec("pycsw")
    assert spec and spec.submodule_search_locations
    path = "plugins/profiles/apiso/schemas/ogc/iso/19139/20070417/gmd/gmd.xsd"
    file = Path(spec.submodule_search_locations[0]) / path
    schema = etree.XMLSchema(etree.parse(str(file), etree.XMLParser(no_network=True)))
    listed = http.get("/api/iso19139").json()["records"]
    assert {one["id"] for one in listed} == {layer.name for layer in catalogue if layer.is_public}
    page = html.fromstring(http.get("/api/iso19139", headers={"Accept": BROWSER}).text)
    for one in listed:
        answer = http.get(one["href"])
        assert answer.headers["content-type"] == "application/vnd.iso.19139+xml"
        document = etree.fromstring(answer.content)
        assert schema.validate(document), (one["id"], schema.error_log)
        assert one["href"] in page.xpath("//a/@href"), "a harvester finds it on the one page"
    assert http.get("/api/iso19139/nothing").status_code == 404
    assert http.get("/api/iso19139/roads.xml").status_code == 200


@pytest.mark.acceptance(46)
def test_dcat_in_both_writings(http: httpx.Client) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyshacl
        import rdflib
        from rdflib.compare import isomorphic

        ld = http.get("/api/dcat", headers={"Accept": "application/ld+json"})
        ttl = http.get("/api/dcat", headers={"Accept": "text/turtle"})
        assert ld.headers["content-type"] == "application/ld+json"
        assert ttl.headers["content-type"].startswith("text/turtle")
        one = rdflib.Graph().parse(data=ld.text, format="json-ld")
        other = rdflib.Graph().parse(data=ttl.text, format="turtle")
        assert isomorphic(one, other)
        shapes = rdflib.Graph().parse(ROOT / "tests" / "data" / "dcat_ap_shapes.ttl")
        conforms, _, report = pyshacl.validate(one, shacl_graph=shapes)
        assert conforms, report
    for asked, kind in (("jsonld", "application/ld+json"), ("ttl", "text/turtle")):
        assert http.get(f"/api/dcat?f={asked}").headers["content-type"].startswith(kind)
    assert http.get("/api/dcat?f=rdfxml").status_code == 400
    assert http.get("/api/dcat", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.acceptance(46)
def test_pages_carry_schema_org(http: httpx.Client) -> None:
    def data(path: str) -> Any:
        tree = html.fromstring(http.get(path, headers={"Accept": BROWSER}).text)
        return json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])

    one = data("/api/collections/green_areas")
    assert one["@type"] == "Dataset" and len(one["description"]) >= 50
    assert one["license"].startswith("https://creativecommons.org/")
    assert http.get(one["distribution"][0]["contentUrl"]).status_code == 200
    whole = data("/api")
    assert whole["@type"] == "DataCatalog"
    assert one["@id"] in {x["@id"] for x in whole["dataset"]}


def test_notebooks_are_given_as_they_are(http: httpx.Client) -> None:
    path = ROOT / "notebooks" / "01_primeros_pasos.ipynb"
    answer = http.get("/api/notebooks/01_primeros_pasos")
    assert answer.content == path.read_bytes()
    assert answer.headers["content-type"] == "application/x-ipynb+json"
    for beyond in ("nothing", "..%2F..%2Fpyproject", "01_primeros_pasos.ipynb"):
        assert http.get(f"/api/notebooks/{beyond}").status_code == 404


@pytest.mark.acceptance(46)
def test_robots_and_sitemap(http: httpx.Client, served: str) -> None:
    robots = http.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert f"Sitemap: {served}/sitemap.xml" in robots.text
    answer = http.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    tree = etree.fromstring(answer.content)
    found = tree.xpath("//*[local-name()='loc']/text()")
    assert f"{served}/api/collections/green_areas" in found
    for href in found[1:]:
        assert http.get(href, headers={"Accept": BROWSER}).status_code == 200, href
