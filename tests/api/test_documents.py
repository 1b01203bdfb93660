"""Landing page, conformance, collections, schemas, API definition: what clients read first."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from shapely.geometry import shape

from sitplan.catalogue import Catalogue
from sitplan.settings import Settings
from tests.conftest import serve

OGC = "http://www.opengis.net/def/rel/ogc/1.0/"
PRIVATE = ("visibility", "review_state", "notes", "created_by", "updated_by", "change_id")


def _get(served: str, path: str, **more: Any) -> Any:
    found = httpx.get(f"{served}{path}", **more)
    assert found.status_code == 200, (path, found.text)
    return found.json()


def _links(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict):
        found = document.get("links", [])
        own = found if isinstance(found, list) else []
        return own + [x for k, v in document.items() if k != "links" for x in _links(v)]
    return [x for v in document for x in _links(v)] if isinstance(document, list) else []


@pytest.mark.acceptance(1)
def test_every_link_resolves_with_its_type(served: str) -> None:
    seen: set[str] = set()
    pending = [f"{served}/api"]
    while pending:
        for one in _links(_get("", pending.pop())):
            assert one["href"].startswith(("http://", "https://")), one
            assert not one["href"].startswith(served) or not one["href"].endswith("/")
            if not one["href"].startswith(served) or one["href"] in seen or one.get("templated"):
                continue
            seen.add(one["href"])
            if "/items/" in one["href"] or one["rel"].endswith("/execute"):
                continue
            answer = httpx.get(one["href"])
            assert answer.status_code == 200, one
            kind = answer.headers["content-type"].replace("; charset=utf-8", "")
            assert kind == one["type"], one
            if "json" in one["type"] and not re.search("/items|/export", one["href"]):
                pending.append(one["href"])
    assert len(seen) > 150


@pytest.mark.acceptance(1)
def test_every_answer_points_at_itself(served: str) -> None:
    for path in (
        "", "/collections", "/collections/roads",
        "/collections/roads/items?limit=3&datetime=2026-01-01",
        "/collections/roads/changes?limit=3", "/collections/roads/changes",
        "/tiles", "/tiles/WebMercatorQuad", "/collections/roads/tiles",
        "/collections/roads/tiles/WebMercatorQuad", "/tileMatrixSets/WebMercatorQuad", "/styles",
    ):  # fmt: skip
        own = [x for x in _get(served, f"/api{path}")["links"] if x["rel"] == "self"]
        assert [x["href"] for x in own] == [f"{served}/api{path}"], path


def test_what_qgis_wants_of_the_landing_page(served: str) -> None:
    links = {(x["rel"], x["type"]) for x in _get(served, "/api")["links"]}
    assert ("service-desc", "application/vnd.oai.openapi+json;version=3.0") in links
    assert ("data", "application/json") in links and ("conformance", "application/json") in links
    assert _get(served, "/api/") == _get(served, "/api")


@pytest.mark.acceptance(4)
def test_a_collection_is_the_same_in_the_list_and_alone(served: str, catalogue: Catalogue) -> None:
    listed = _get(served, "/api/collections")["collections"]
    layers = sorted(one.name for one in catalogue if one.is_public)
    assert [c["id"] for c in listed] == [*layers, "catalogue-records"]
    for one in listed:
        assert _get(served, f"/api/collections/{one['id']}") == one
        assert (
            one["title"]
            and one["custodian"]
            and one["license"]
            and one["itemType"] in ("feature", "record")
        )
        matched = _get(served, f"/api/collections/{one['id']}/items?limit=1")["numberMatched"]
        assert one["itemCount"] == matched
        rels = {x["rel"] for x in one["links"]}
        assert {"self", "items", "describedby", f"{OGC}schema", f"{OGC}queryables"} <= rels


@pytest.mark.acceptance(4)
def test_a_collection_of_shapes_has_every_member_named(served: str, catalogue: Catalogue) -> None:
    """Its box holds every coordinate of any time, rounded outwards; links lead everywhere."""
    for layer in catalogue:
        if not (layer.is_public and layer.geometry):
            continue
        one = _get(served, f"/api/collections/{layer.name}")
        assert one["storageCrs"] in one["crs"] and one["crs"][0].endswith("/CRS84")
        (west, south, east, north), *_ = one["extent"]["spatial"]["bbox"]
        page = _get(served, f"/api/collections/{layer.name}/items?limit=10000&datetime=../..")
        shapes = [shape(f["geometry"]).bounds for f in page["features"]]
        assert west <= min(s[0] for s in shapes) and south <= min(s[1] for s in shapes)
        assert east >= max(s[2] for s in shapes) and north >= max(s[3] for s in shapes)
        assert all(round(n, 6) == n for n in (west, south, east, north))
        rels = {x["rel"] for x in one["links"]}
        assert {
            f"{OGC}sortables", f"{OGC}tilesets-vector", f"{OGC}styles", "stylesheet", "enclosure",
        } <= rels  # fmt: skip
        assert any("19139" in x["href"] for x in one["links"] if x["rel"] == "alternate")
        english = _get(served, f"/api/collections/{layer.name}?lang=en")
        assert (one["title"], english["title"]) == (layer.title["es"], layer.title["en"])


@pytest.mark.acceptance(4)
def test_a_table_is_a_collection_with_crs84_alone(served: str, catalogue: Catalogue) -> None:
    for layer in catalogue:
        if layer.is_public and not layer.geometry:
            found = _get(served, f"/api/collections/{layer.name}")
            assert found["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
            assert not {"extent", "storageCrs"} & set(found)
            assert not any("tile" in x["rel"] for x in found["links"])
            page = _get(served, f"/api/collections/{layer.name}/items?bbox=0,0,1,1")
            assert page["numberMatched"] == found["itemCount"] > 0
            assert all(f["geometry"] is None for f in page["features"])


@pytest.mark.acceptance(4)
def test_titles_are_of_the_language(served: str, catalogue: Catalogue) -> None:
    layer = catalogue.layer("green_areas")
    for lang in ("es", "en"):
        answer = httpx.get(f"{served}/api/collections/green_areas", params={"lang": lang})
        assert answer.json()["title"] == layer.title[lang]
        assert answer.headers["content-language"] == lang
        schema = _get(served, f"/api/collections/green_areas/schema?lang={lang}")
        kind = next(f for f in layer.fields if f.name == "kind")
        assert schema["properties"]["kind"]["title"] == kind.title[lang]
        titles = [c["title"] for c in schema["properties"]["kind"]["oneOf"]]
        assert titles == [title[lang] for title in kind.codes.values()]


def test_schema_and_features_tell_the_same_fields(served: str, catalogue: Catalogue) -> None:
    for layer in catalogue:
        if not layer.is_public:
            continue
        here = f"/api/collections/{layer.name}"
        schema = _get(served, f"{here}/schema")
        assert schema["$id"] == f"{served}{here}/schema"
        told = set(schema["properties"]) - {"id", "geometry"}
        for one in _get(served, f"{here}/items?limit=2")["features"]:
            assert set(one["properties"]) == told
        asked = set(_get(served, f"{here}/queryables")["properties"])
        assert asked <= told | {"geom"}
        private = {f.name for f in layer.fields if f.private} | set(PRIVATE)
        assert not private & (told | asked)


def test_conformance_names_what_is_kept_alone(served: str) -> None:
    classes = _get(served, "/api/conformance")["conformsTo"]
    assert len(classes) == len(set(classes))
    for wanted in ("features-1/1.0/conf/core", "features-1/1.0/conf/geojson",
                   "features-1/1.0/conf/oas30", "features-2/1.0/conf/crs",
                   "tiles-1/1.0/conf/core", "tiles-1/1.0/conf/mvt"):  # fmt: skip
        assert f"http://www.opengis.net/spec/ogcapi-{wanted}" in classes
    for absent in ("array-functions", "create-replace-delete"):
        assert not any(absent in one for one in classes)


@pytest.mark.acceptance(2)
def test_the_definition_is_valid_and_says_what_qgis_reads(
    served: str, catalogue: Catalogue
) -> None:
    answer = httpx.get(f"{served}/api/openapi")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    validate(document)
    assert document["openapi"] == "3.0.3"
    assert document["servers"] == [{"url": f"{served}/api"}]
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, 1000, 10000)
    operations = [op["operationId"] for path in document["paths"].values() for op in path.values()]
    assert len(operations) == len(set(operations))
    for layer in catalogue:
        if not layer.is_public:
            continue
        path = document["paths"][f"/collections/{layer.name}/items"]["get"]
        named = {
            one["name"]: one
            for p in path["parameters"]
            for shared in [p.get("$ref", "").rpartition("/")[2]]
            for one in [document["components"]["parameters"][shared] if shared else p]
            if not shared or shared.startswith("field-")
        }
        queryables = _get(served, f"/api/collections/{layer.name}/queryables")["properties"]
        assert set(named) == set(queryables) - {"geom"}
        for one in named.values():
            assert one["style"] == "form" and one["explode"] is False and one["schema"]["type"]
    assert '"nullable"' in answer.text and '"type":"null"' not in answer.text


@pytest.mark.acceptance(2)
def test_the_definition_describes_every_path_there_is(served: str) -> None:
    document = _get(served, "/api/openapi")
    fill = {"styleId": "day", "tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "10",
            "tileRow": "596", "tileCol": "310", "code": "DT-P1-E01",
            "layerId": "green_areas", "notebookId": "01_primeros_pasos",
            "recordId": "green_areas", "processId": "echo",
            "layer": "initiatives", "indicatorId": "green_per_inhabitant", "chartId": "progress",
            "collectionId": "green_areas", "field": "kind"}  # fmt: skip
    for path, item in document["paths"].items():
        if "{featureId}" in path or "{jobId}" in path or "get" not in item:
            continue
        url = served + "/api" + re.sub(r"\{(\w+)\}", lambda m: fill[m[1]], path)
        point = {"lat": "-28.5765", "lon": "-70.7588"}
        needed = {"/search": {"q": "plaza"}, "/diff": {"from": "2020-01-01T00:00:00Z"},
                  "/places": point, "/places/picture.png": point}  # fmt: skip
        params = next((told for end, told in needed.items() if path.endswith(end)), None)
        answer = httpx.get(url, params=params, timeout=120)  # an indicator may be a job first
        assert answer.status_code == 200, path
        told = item["get"]["responses"]["200"]
        if "$ref" in told:
            told = document["components"]["responses"][told["$ref"].rpartition("/")[2]]
        assert answer.headers["content-type"] in told["content"], path


@pytest.mark.acceptance(2)
def test_two_hundred_layers_are_described_in_time(catalogue: Catalogue) -> None:
    """QGIS froze, and a server took 50 s, over such documents: here within 0.2 s and 2 MB."""
    from types import SimpleNamespace

    from api.answers import dump
    from api.links import Links
    from api.openapi import openapi_document
    from sitplan.crs import CRS84

    layers = {
        f"{layer.name}_{n}": replace(layer, name=f"{layer.name}_{n}")
        for layer in catalogue
        for n in range(-(-200 // len(catalogue.layers)))
    }
    state: Any = SimpleNamespace(
        catalogue=replace(catalogue, layers=layers), offered=lambda _: (CRS84,)
    )
    openapi_document(state, Links("http://example.test"), "es")  # words are read once
    started = time.process_time()
    document = openapi_document(state, Links("http://example.test"), "es")
    written = dump(document)
    assert time.process_time() - started < 0.2
    assert len(written) < 2_000_000 and len(document["paths"]) > 400


@pytest.mark.acceptance(43)
def test_links_begin_with_the_setting(seeded_settings: Settings) -> None:
    public = "https://mapa.example.test/sit"
    with serve(replace(seeded_settings, base_url=public)) as address:
        for path in ("", "/collections/roads", "/styles/day", "/collections/roads/items?limit=2"):
            text = httpx.get(f"{address}/api{path}").text
            assert f"{public}/api" in text and "127.0.0.1" not in text


@pytest.mark.parametrize("host", ["evil.test/<script>", "a b", "x:y", ""])
def test_a_strange_host_is_refused(served: str, host: str) -> None:
    answer = httpx.get(f"{served}/api", headers={"Host": host})
    assert answer.status_code in (200, 400) and "<script>" not in answer.text
    if host:
        assert answer.status_code == 400


@pytest.mark.acceptance(40)
def test_known_documents_are_not_sent_again(served: str) -> None:
    for path in ("", "/collections", "/collections/roads", "/collections/roads/items?limit=5",
                 "/collections/roads/schema", "/openapi", "/styles/day", "/legend", "/plan",
                 "/tiles/WebMercatorQuad/10/596/310", "/collections/roads/tiles"):  # fmt: skip
        first = httpx.get(f"{served}/api{path}")
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache"
        for known in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
            again = httpx.get(f"{served}/api{path}", headers={"If-None-Match": known})
            assert again.status_code == 304 and not again.content, (path, known)
            assert again.headers["etag"] == tag
        other = httpx.get(f"{served}/api{path}", headers={"If-None-Match": '"x"'})
        assert other.status_code == 200


def test_gzip_where_it_is_wished(served: str) -> None:
    url = f"{served}/api/collections"
    zipped = httpx.get(url, headers={"Accept-Encoding": "gzip"})
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
    refused = httpx.get(url, headers={"Accept-Encoding": "gzip;q=0"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers and "content-encoding" not in refused.headers
    assert zipped.json() == plain.json() and "accept-encoding" in plain.headers["vary"].lower()


def test_head_is_get_without_a_body(served: str) -> None:
    for path in ("", "/collections/roads/items", "/tiles/WebMercatorQuad/10/596/310"):
        answer = httpx.head(f"{served}/api{path}")
        assert answer.status_code == 200 and not answer.content
