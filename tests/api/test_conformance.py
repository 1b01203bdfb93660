"""Every conformance class that the API declares, held by a test of its own.

These are the requirements that a client leans on, asked of the running server. The long list of
checks after the abstract tests of the standards is run by `test_ats.py` where it is at hand.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from typing import Any

import cql2
import httpx
import mapbox_vector_tile
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from sitplan.crs import HALF_WORLD_M

from . import test_held, test_held_profiles  # noqa: F401 - their checks are noted
from .holding import HELD, LAYER, SPEC, get, holds, linked


@pytest.fixture(scope="module")
def http(served: str) -> Any:
    with httpx.Client(base_url=f"{served}/api", timeout=30) as client:
        yield client


@holds("ogcapi-common-1/1.0/conf/core", "ogcapi-common-1/1.0/conf/json")
def landing(http: httpx.Client) -> None:
    answer = http.get("")
    assert answer.headers["content-type"].startswith("application/json")
    page = answer.json()
    for rel in ("self", "service-desc", "conformance", "data"):
        assert http.get(linked(page, rel)["href"]).status_code == 200, rel


@holds("ogcapi-common-1/1.0/conf/oas30", "ogcapi-features-1/1.0/conf/oas30")
def definition(http: httpx.Client) -> None:
    desc = linked(get(http, ""), "service-desc")
    answer = http.get(desc["href"])
    assert answer.headers["content-type"] == desc["type"]
    assert desc["type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    validate(document)


@holds("ogcapi-features-1/1.0/conf/core")
def features(http: httpx.Client) -> None:
    collection = get(http, f"/collections/{LAYER}")
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    page = get(http, f"/collections/{LAYER}/items", limit="3")
    assert page["numberReturned"] == len(page["features"]) == 3 < page["numberMatched"]
    assert datetime.fromisoformat(page["timeStamp"]).tzinfo is not None
    middle = (west + east) / 2
    left = get(http, f"/collections/{LAYER}/items", bbox=f"{west},{south},{middle},{north}")
    assert 0 < left["numberMatched"] <= page["numberMatched"]
    past = get(http, f"/collections/{LAYER}/items", datetime="../1800-01-01T00:00:00Z")
    assert past["numberMatched"] <= page["numberMatched"]
    one = page["features"][0]
    assert get(http, f"/collections/{LAYER}/items/{one['id']}")["id"] == one["id"]
    for wrong in ({"limit": "0"}, {"bbox": "1,2,3"}, {"datetime": "ayer"}, {"nonsense": "1"}):
        assert http.get(f"/collections/{LAYER}/items", params=wrong).status_code == 400
    assert http.get(f"/collections/{LAYER}/items/nobody").status_code == 404


@holds("ogcapi-features-1/1.0/conf/geojson")
def geojson(http: httpx.Client) -> None:
    answer = http.get(f"/collections/{LAYER}/items", params={"limit": "1"})
    assert answer.headers["content-type"].startswith("application/geo+json")
    page = answer.json()
    (feature,) = page["features"]
    assert page["type"] == "FeatureCollection" and feature["type"] == "Feature"
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert linked(get(http, f"/collections/{LAYER}/items/{feature['id']}"), "collection")


@holds("ogcapi-features-2/1.0/conf/crs")
def reference_systems(http: httpx.Client) -> None:
    collection = get(http, f"/collections/{LAYER}")
    assert collection["storageCrs"] in collection["crs"]
    first = f"/collections/{LAYER}/items"
    plain = http.get(first, params={"limit": "1"})
    assert plain.headers["content-crs"].strip("<>").endswith("/OGC/1.3/CRS84")
    flipped = http.get(
        first, params={"limit": "1", "crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}
    )
    assert flipped.headers["content-crs"].strip("<>").endswith("/EPSG/0/4326")

    def corner(answer: httpx.Response) -> list[float]:
        return list(answer.json()["features"][0]["geometry"]["coordinates"][0][0][0])

    assert corner(flipped) == pytest.approx(corner(plain)[::-1])
    assert http.get(first, params={"crs": "http://example.org/none"}).status_code == 400


@holds(
    "ogcapi-features-3/1.0/conf/queryables",
    "ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "ogcapi-common-3/1.0/conf/queryables",
)
def queryables(http: httpx.Client) -> None:
    href = linked(get(http, f"/collections/{LAYER}"), "queryables")["href"]
    answer = http.get(href)
    assert answer.headers["content-type"].startswith("application/schema+json")
    schema = answer.json()
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False and schema["$id"]
    page = get(http, f"/collections/{LAYER}/items", limit="1")
    kind = page["features"][0]["properties"]["kind"]
    assert "kind" in schema["properties"]
    alike = get(http, f"/collections/{LAYER}/items", kind=kind)
    assert {f["properties"]["kind"] for f in alike["features"]} == {kind}


@holds("ogcapi-common-3/1.0/conf/schemas", "ogcapi-features-5/1.0/conf/schemas")
def schemas(http: httpx.Client) -> None:
    schema = get(http, f"/collections/{LAYER}/schema")
    Draft202012Validator.check_schema(schema)
    roles = {one.get("x-ogc-role") for one in schema["properties"].values()}
    assert {"id", "primary-geometry"} <= roles
    told = get(http, f"/collections/{LAYER}/items", limit="1")["features"][0]["properties"]
    assert set(told) <= set(schema["properties"])


def dataset(http: httpx.Client) -> dict[str, Any]:
    sets = get(http, linked(get(http, ""), "tilesets-vector")["href"])["tilesets"]
    return dict(get(http, linked(sets[0], "self")["href"]))


def tile(http: httpx.Client, tileset: dict[str, Any], zoom: int = 14) -> httpx.Response:
    """A tile with something in it, at the place of the first green area."""
    page = get(http, f"/collections/{LAYER}/items", limit="1", kind="plaza", crs=WEB_MERCATOR)
    x, y = page["features"][0]["geometry"]["coordinates"][0][0][0]
    side = 2 * HALF_WORLD_M / (1 << zoom)
    places = {
        "tileMatrix": str(zoom),
        "tileRow": str(int((HALF_WORLD_M - y) / side)),
        "tileCol": str(int((x + HALF_WORLD_M) / side)),
    }
    href = linked(tileset, "item")["href"]
    for name, value in places.items():
        href = href.replace("{" + name + "}", value)
    return http.get(href)


WEB_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"


# For each class a filter that finds some of the layer and not all. Random filters are compared with
# plain Python in tests/sitplan/cql2, the standard's own in test_cql2_conformance.py.
WEST_HALF = "BBOX({west}, {south}, {middle}, {north})"
FILTERS = {
    "cql2/1.0/conf/basic-cql2": "kind = 'plaza' OR (trees IS NOT NULL AND NOT trees < 10)",
    "cql2/1.0/conf/advanced-comparison-operators": "name LIKE 'Plaza%' AND trees IN (0, 56)",
    "cql2/1.0/conf/case-insensitive-comparison": "CASEI(name) LIKE CASEI('PLAZA%')",
    "cql2/1.0/conf/accent-insensitive-comparison": "ACCENTI(name) LIKE ACCENTI('Plázá%')",
    "cql2/1.0/conf/basic-spatial-functions": f"S_INTERSECTS(geom, {WEST_HALF})",
    "cql2/1.0/conf/basic-spatial-operators": f"S_INTERSECTS({WEST_HALF}, geom)",
    "cql2/1.0/conf/basic-spatial-functions-plus": "S_INTERSECTS(geom, POLYGON(("
    "{west} {south}, {middle} {south}, {middle} {north}, {west} {north}, {west} {south})))",
    "cql2/1.0/conf/spatial-functions": f"S_WITHIN(geom, {WEST_HALF})",
    "cql2/1.0/conf/temporal-functions": "T_AFTER(last_inspection, DATE('{day}'))",
    "cql2/1.0/conf/property-property": "50 < trees AND vegetated_m2 < area_m2",
    "cql2/1.0/conf/arithmetic": "(vegetated_m2 / area_m2) * 100 > 30 + 2 * 4",
}


def filtered(http: httpx.Client, name: str) -> None:
    """The class's filter finds the same in both encodings."""
    west, south, east, north = get(http, f"/collections/{LAYER}")["extent"]["spatial"]["bbox"][0]
    every = get(http, f"/collections/{LAYER}/items")["features"]
    days = sorted(f["properties"]["last_inspection"] or "" for f in every)
    facts = {"west": west, "south": south, "middle": (west + east) / 2, "north": north}
    text = FILTERS[name].format(**facts, day=days[len(days) // 2] or "2024-01-01")
    tree = json.dumps(cql2.parse_text(text).to_json())
    found = [
        http.get(f"/collections/{LAYER}/items", params={"filter": asked, "filter-lang": lang})
        for lang, asked in (("cql2-text", text), ("cql2-json", tree))
    ]
    assert [one.status_code for one in found] == [200, 200], found[0].text
    ids = [{f["id"] for f in one.json()["features"]} for one in found]
    assert ids[0] == ids[1] and 0 < len(ids[0]) < len(every), len(ids[0])


for one in FILTERS:
    holds(one)(partial(filtered, name=one))


@holds(
    "ogcapi-features-3/1.0/conf/filter",
    "ogcapi-features-3/1.0/conf/features-filter",
    "cql2/1.0/conf/cql2-text",
    "cql2/1.0/conf/cql2-json",
)
def encodings(http: httpx.Client) -> None:
    filtered(http, "cql2/1.0/conf/basic-cql2")
    for lang in ("cql2-text", "cql2-json"):
        asked = {"filter": "nothing = =", "filter-lang": lang}
        answer = http.get(f"/collections/{LAYER}/items", params=asked)
        assert (answer.status_code, answer.json()["code"][:5]) == (400, "cql2_")


@holds(
    "ogcapi-tiles-1/1.0/conf/core",
    "ogcapi-tiles-1/1.0/conf/mvt",
    "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
)
def dataset_tiles(http: httpx.Client) -> None:
    answer = tile(http, dataset(http))
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert LAYER in mapbox_vector_tile.decode(answer.content)
    outside = linked(dataset(http), "item")["href"]
    for name, value in (("tileMatrix", "3"), ("tileRow", "99"), ("tileCol", "0")):
        outside = outside.replace("{" + name + "}", value)
    assert http.get(outside).status_code in (400, 404)


@holds("ogcapi-tiles-1/1.0/conf/geodata-tilesets")
def layer_tiles(http: httpx.Client) -> None:
    sets = get(http, linked(get(http, f"/collections/{LAYER}"), "tilesets-vector")["href"])
    tileset = get(http, linked(sets["tilesets"][0], "self")["href"])
    assert list(mapbox_vector_tile.decode(tile(http, tileset).content)) == [LAYER]


@holds("ogcapi-tiles-1/1.0/conf/collections-selection")
def chosen_collections(http: httpx.Client) -> None:
    answer = tile(http, dataset(http))
    some = http.get(str(answer.url), params={"collections": LAYER})
    assert list(mapbox_vector_tile.decode(some.content)) == [LAYER]


@holds(
    "ogcapi-tiles-1/1.0/conf/tileset",
    "ogcapi-tiles-1/1.0/conf/tilesets-list",
    "tms/2.0/conf/json-tilesetmetadata",
    "tms/2.0/conf/json-tilematrixsetlimits",
)
def tilesets(http: httpx.Client) -> None:
    listed = get(http, "/tiles")["tilesets"]
    assert {"title", "dataType", "crs", "links"} <= set(listed[0])
    tileset = dataset(http)
    assert tileset["dataType"] == "vector" and linked(tileset, "tiling-scheme")
    assert LAYER in {one["id"] for one in tileset["layers"]}
    for limits in tileset["tileMatrixSetLimits"]:
        assert limits["minTileRow"] <= limits["maxTileRow"] < 2 ** int(limits["tileMatrix"])
        assert limits["minTileCol"] <= limits["maxTileCol"] < 2 ** int(limits["tileMatrix"])


@holds("tms/2.0/conf/tilematrixset", "tms/2.0/conf/json-tilematrixset")
def matrix_set(http: httpx.Client) -> None:
    listed = get(http, "/tileMatrixSets")["tileMatrixSets"]
    found = get(http, linked(listed[0], "self")["href"])
    assert found["id"] == "WebMercatorQuad" and found["crs"].endswith("/EPSG/0/3857")
    for number, matrix in enumerate(found["tileMatrices"]):
        assert matrix["id"] == str(number)
        assert matrix["matrixWidth"] == matrix["matrixHeight"] == 2**number
        assert matrix["cellSize"] == pytest.approx(2 * HALF_WORLD_M / 256 / 2**number)
        assert matrix["pointOfOrigin"] == pytest.approx([-HALF_WORLD_M, HALF_WORLD_M])


@holds("ogcapi-common-1/1.0/conf/html", "ogcapi-features-1/1.0/conf/html")
def pages(http: httpx.Client) -> None:
    one = get(http, f"/collections/{LAYER}/items", limit="1")["features"][0]["id"]
    for path in ("", "/collections", f"/collections/{LAYER}", f"/collections/{LAYER}/items",
                 f"/collections/{LAYER}/items/{one}"):  # fmt: skip
        answer = http.get(path, headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith("text/html"), path
        kinds = [x["type"] for x in get(http, path)["links"] if x["rel"] == "alternate"]
        assert "text/html" in kinds, path


RECORDS = "/collections/catalogue-records"


@holds(
    "ogcapi-records-1/1.0/conf/record-core",
    "ogcapi-records-1/1.0/conf/record-collection",
    "ogcapi-records-1/1.0/conf/record-api",
    "ogcapi-records-1/1.0/conf/searchable-catalog",
    "ogcapi-records-1/1.0/conf/json",
)
def records(http: httpx.Client) -> None:
    collection = get(http, linked(get(http, ""), "ogc-catalog")["href"])
    assert (
        collection["itemType"] == "record"
        and collection in get(http, "/collections")["collections"]
    )
    answer = http.get(linked(collection, "items")["href"])
    assert answer.headers["content-type"] == "application/geo+json"
    for record in answer.json()["features"]:
        assert record["conformsTo"] == [f"{SPEC}ogcapi-records-1/1.0/req/record-core"]
        assert record["id"] and record["type"] == "Feature" and record["links"]
        assert {"geometry", "time"} <= set(record)
        assert {"type", "title", "created", "updated", "license"} <= set(record["properties"])
    own = get(http, f"{RECORDS}/items/{LAYER}")
    assert own["id"] == LAYER and linked(own, "self") and linked(own, "collection")
    assert http.get(f"{RECORDS}/items/nobody").status_code == 404


@holds("ogcapi-records-1/1.0/conf/record-core-query-parameters")
def records_sought(http: httpx.Client) -> None:
    def ids(**params: str) -> set[str]:
        return {one["id"] for one in get(http, f"{RECORDS}/items", **params)["features"]}

    assert LAYER in ids(q="areas verdes") and ids(q="nothing-like-it") == set()
    assert ids(ids=f"{LAYER},roads") == {LAYER, "roads"} and ids(type="service") == {"ogc-api"}
    address = get(http, f"{RECORDS}/items/{LAYER}")["properties"]["externalIds"][0]["value"]
    assert LAYER in ids(externalIds=address)
    assert LAYER in ids(bbox="-180,-90,180,90") and LAYER not in ids(bbox="0,0,1,1")
    assert LAYER in ids(datetime="2026-11-22") and len(ids(limit="2")) == 2


@holds("ogcapi-records-1/1.0/conf/sorting")
def records_sorted(http: httpx.Client) -> None:
    assert "title" in get(http, f"{RECORDS}/sortables")["properties"]
    up, down = (
        [x["id"] for x in get(http, f"{RECORDS}/items", sortby=order)["features"]]
        for order in ("id", "-id")
    )
    assert up == sorted(up) and down == up[::-1]
    assert http.get(f"{RECORDS}/items", params={"sortby": "nothing"}).status_code == 400


@holds("ogcapi-records-1/1.0/conf/html", "ogcapi-records-1/1.0/conf/oas30")
def records_as_pages(http: httpx.Client) -> None:
    for path in (RECORDS, f"{RECORDS}/items", f"{RECORDS}/items/{LAYER}"):
        answer = http.get(path, headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith("text/html"), path
    paths = get(http, "/openapi")["paths"]
    assert {RECORDS, f"{RECORDS}/items", f"{RECORDS}/items/{{recordId}}"} <= set(paths)


@holds("json-fg-1/1.0/conf/core", "json-fg-1/1.0/conf/types-schemas")
def json_fg(http: httpx.Client) -> None:
    asked = {"f": "jsonfg", "crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}
    for document in (
        get(http, f"/collections/{LAYER}/items", limit="2", **asked),
        get(http, f"/collections/{LAYER}/export", **asked),
    ):
        assert {f"{SPEC}json-fg-1/1.0/conf/{n}" for n in ("core", "types-schemas")} <= set(
            document["conformsTo"]
        )
        assert document["featureType"] == LAYER and document["coordRefSys"] == asked["crs"]
        for feature in document["features"]:
            assert feature["geometry"] is None and feature["place"]["coordinates"]
            assert "time" in feature


@pytest.mark.acceptance(61)
@pytest.mark.parametrize("name", HELD)
def test_conformance_class_is_held(http: httpx.Client, name: str) -> None:
    HELD[name](http)


@pytest.mark.acceptance(61)
def test_conformance_declares_what_is_held_and_no_more(http: httpx.Client) -> None:
    declared = {uri.removeprefix(SPEC) for uri in get(http, "/conformance")["conformsTo"]}
    assert declared == set(HELD)
    drafts = get(http, "/openapi")["info"]["x-drafts"]
    assert set(drafts) == {name for name in declared if "/0.0/" in name}
    assert all(re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", month) for month in drafts.values())
