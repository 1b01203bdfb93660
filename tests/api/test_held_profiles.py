"""Conformance classes of schemas, profiles, collections, texts; `test_conformance.py` asks each.

References are asked of the evacuation routes: each goes from a zone to a meeting point.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
import mapbox_vector_tile
from jsonschema import Draft202012Validator

from .holding import LAYER, get, holds, linked

ROUTES = "evacuation_routes"
PROFILE = "http://www.opengis.net/def/profile/OGC/0/"


def _schemas(http: httpx.Client) -> list[dict[str, Any]]:
    names = [one["id"] for one in get(http, "/collections")["collections"]]
    return [get(http, f"/collections/{name}/schema") for name in names]


@holds("ogcapi-common-3/1.0/conf/advanced-property-roles")
def roles(http: httpx.Client) -> None:
    """Each role once, of the right kind; both ends of an interval are days."""
    for schema in _schemas(http):
        fields = schema["properties"].values()
        told = Counter(one["x-ogc-role"] for one in fields if "x-ogc-role" in one)
        ends = [f for f in fields if f.get("x-ogc-role", "").startswith("primary-interval-")]
        for role in ("id", "primary-geometry", "primary-interval-start", "primary-interval-end"):
            assert told[role] <= 1, (schema["$id"], role)
        assert told["primary-instant"] == told["primary-interval"] == 0
        assert {one["format"] for one in ends} <= {"date"} and len(ends) in (0, 2)
        shapes = [one for one in fields if one.get("format", "").startswith("geometry-")]
        assert all(one["x-ogc-role"] == "primary-geometry" for one in shapes)


@holds("ogcapi-common-3/1.0/conf/returnables-and-receivables")
def returnables(http: httpx.Client) -> None:
    """Every collection links its schema, which tells all that a feature of it holds."""
    for collection in get(http, "/collections")["collections"]:
        answer = http.get(linked(collection, "schema")["href"])
        assert answer.headers["content-type"].startswith("application/schema+json")
        schema = answer.json()
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == linked(collection, "schema")["href"]
        assert schema["type"] == "object" and schema["additionalProperties"] is False
        if collection["itemType"] != "feature":
            continue
        page = get(http, f"/collections/{collection['id']}/items", limit="5")
        for feature in page["features"]:
            assert set(feature["properties"]) <= set(schema["properties"])


@holds("ogcapi-common-3/1.0/conf/references", "ogcapi-common-3/1.0/conf/profile-references")
def references(http: httpx.Client) -> None:
    """A code without a profile; the feature's id, address or link with one."""
    collections = {one["id"] for one in get(http, "/collections")["collections"]}
    for schema in _schemas(http):
        for one in schema["properties"].values():
            told = one.get("items", one)
            if told.get("x-ogc-role") == "reference":
                assert told["type"] in ("string", "integer")
                assert told["x-ogc-collectionId"] in collections
    items = f"/collections/{ROUTES}/items"
    asked = {"sortby": "code", "filter": "to_point IS NOT NULL", "limit": "5"}
    plain = get(http, items, **asked)["features"]
    keys, uris, linking = (
        get(http, items, **asked, profile=p) for p in ("rel-as-key", "rel-as-uri", "rel-as-link")
    )
    for number, feature in enumerate(plain):
        key = keys["features"][number]["properties"]["to_point"]
        link = linking["features"][number]["properties"]["to_point"]
        assert uris["features"][number]["properties"]["to_point"] == link["href"]
        assert link["href"].endswith(f"/collections/meeting_points/items/{key}")
        target = get(http, link["href"])
        assert target["id"] == key and target["properties"]["name"] == link["title"]
        assert target["properties"]["code"] == feature["properties"]["to_point"]
        alone = get(http, f"{items}/{feature['id']}", profile="rel-as-link")
        assert alone["properties"]["to_point"] == link


@holds("ogcapi-common-3/1.0/conf/profile-parameter")
def profiles(http: httpx.Client) -> None:
    """By name, URI or CURIE; the one applied is linked in document and header; unheard ones 400."""
    items = f"/collections/{ROUTES}/items"
    first = get(http, items, limit="1")["features"][0]["id"]
    name = "rel-as-uri"
    for path in (items, f"{items}/{first}"):
        for written in (name, PROFILE + name, f"[ogc-profile:{name}]", f"rfc7946,{name}"):
            answer = http.get(path, params={"profile": written})
            told = [x["href"] for x in answer.json()["links"] if x["rel"] == "profile"]
            assert set(told) == {PROFILE + name, PROFILE + "rfc7946"}, written
            assert f'<{PROFILE}{name}>; rel="profile"' in answer.headers["link"]
        assert http.get(path, params={"profile": "nonsense"}).status_code == 400
    table = http.get(items, params={"f": "csv", "profile": "rel-as-link,val-as-code", "limit": "5"})
    assert table.status_code == 200, "a profile that a format has no place for is passed over"
    plain = http.get(items, params={"f": "csv", "limit": "5"})
    assert table.text == plain.text and next(csv.DictReader(io.StringIO(plain.text)))
    given = get(http, "/openapi")["components"]["parameters"]["profile"]
    assert given["schema"]["type"] == "array" and given["explode"] is False


@holds("ogcapi-common-3/1.0/conf/profile-codelists")
def codelists(http: httpx.Client) -> None:
    """Codes in the schema with their titles, or by the address of their list; all alike."""
    for part in ("schema", "queryables", "sortables"):
        here = f"/collections/{ROUTES}/{part}"
        inline = http.get(here)
        by_reference = http.get(here, params={"profile": "codelist-ref"})
        assert f"<{PROFILE}codelist-inline>" in inline.headers["link"]
        assert f"<{PROFILE}codelist-ref>" in by_reference.headers["link"]
        found = 0
        for name, schema in by_reference.json()["properties"].items():
            told = schema.get("items", schema)
            whole = inline.json()["properties"][name]
            whole = whole.get("items", whole)
            assert "oneOf" not in told
            if "x-ogc-codelistUri" not in told:
                assert "oneOf" not in whole
                continue
            found += 1
            codes = get(http, told["x-ogc-codelistUri"], lang="es")["codes"]
            assert [one["code"] for one in codes] == told["enum"]
            assert whole["oneOf"] == [{"const": c["code"], "title": c["title"]} for c in codes]
        assert found > 1
    assert http.get(f"/collections/{ROUTES}/codelists/name").status_code == 404
    assert http.get(f"/collections/{ROUTES}/codelists/{quote('no/such')}").status_code == 404
    assert http.get(f"/collections/{ROUTES}/schema?profile=rel-as-key").status_code == 400


@holds(
    "ogcapi-common-2/0.0/conf/collections",
    "ogcapi-common-2/0.0/conf/json",
    "ogcapi-common-2/0.0/conf/html",
)
def collections(http: httpx.Client) -> None:
    """20-024: linked from the landing page; told alike alone and in the list, and as a page."""
    listed = get(http, linked(get(http, ""), "data")["href"])
    assert linked(listed, "self") and linked(listed, "alternate")["type"] == "text/html"
    for one in listed["collections"]:
        here = linked(one, "self")["href"]
        assert get(http, here) == one and one["id"] and one["title"]
        assert linked(one, "items") and linked(one, "alternate")
        if "extent" in one:
            assert all(len(box) in (4, 6) for box in one["extent"]["spatial"]["bbox"])
            for interval in one["extent"].get("temporal", {}).get("interval", ()):
                assert len(interval) == 2
        page = http.get(here, headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html") and one["title"] in page.text


@holds(
    "ogcapi-features-9/0.0/conf/text-search",
    "ogcapi-features-9/0.0/conf/features-text-search",
)
def texts(http: httpx.Client) -> None:
    """One term; either of several; the words of a term together and in order."""

    def names(text: str) -> set[str]:
        found = get(http, f"/collections/{LAYER}/items", q=text, limit="1000")["features"]
        return {f["properties"]["name"] for f in found}

    every = get(http, f"/collections/{LAYER}/items", limit="1000")["features"]
    name = next(n for f in every if (n := f["properties"]["name"]) and len(n.split()) > 2)
    first, second, *_ = name.split()
    assert name in names(f"{first} \t {second.upper()}") and name not in names(f"{second} {first}")
    assert names(f"{name},nadadenada") == names(name) >= {name} and not names("nadadenada")
    others = next(n for f in every if (n := f["properties"]["name"]) and n not in names(name))
    assert names(f"{name},{others}") == names(name) | names(others)


@holds("ogcapi-tiles-1/1.0/conf/datetime", "ogcapi-tiles-1/1.0/conf/oas30")
def tiles_in_time(http: httpx.Client) -> None:
    """A tile of a day before anything was in force is empty; what `datetime` cannot be is 400."""
    paths = get(http, "/openapi")["paths"]
    tile = "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    for path in (tile, f"/collections/{{collectionId}}{tile}"):
        asked = [one["$ref"].rsplit("/", 1)[-1] for one in paths[path]["get"]["parameters"]]
        assert {"tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "datetime"} <= set(asked)
        assert paths[path]["get"]["operationId"].endswith(".vector.getTile")
    here = f"/collections/{LAYER}/tiles/WebMercatorQuad"
    limits = {x["tileMatrix"]: x for x in get(http, here)["tileMatrixSetLimits"]}["12"]
    rows = range(limits["minTileRow"], limits["maxTileRow"] + 1)
    columns = range(limits["minTileCol"], limits["maxTileCol"] + 1)

    def drawn(**asked: str) -> int:
        answers = [http.get(f"{here}/12/{r}/{c}", params=asked) for r in rows for c in columns]
        assert {answer.status_code for answer in answers} <= {200, 204}
        decoded = [mapbox_vector_tile.decode(a.content) for a in answers if a.content]
        return len({f["id"] for one in decoded for f in _points(one)})

    now = drawn()
    assert now > 0 and drawn(datetime="../..") >= now
    assert drawn(datetime="1066-10-14") <= now
    assert http.get(f"{here}/12/{rows[0]}/{columns[0]}?datetime=ayer").status_code == 400


def _points(tile: dict[str, Any]) -> list[dict[str, Any]]:
    return [feature["properties"] for layer in tile.values() for feature in layer["features"]]


@holds("ogcapi-records-1/1.0/conf/autodiscovery")
def autodiscovery(http: httpx.Client) -> None:
    link = linked(get(http, ""), "ogc-catalog")
    answer = http.get(link["href"])
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(link["type"])


@holds("ogcapi-styles-1/0.0/conf/core", "ogcapi-styles-1/0.0/conf/mapbox-styles")
def styles(http: httpx.Client) -> None:
    """In short; `test_styles.py` holds the rest."""
    listed = get(http, linked(get(http, ""), "styles")["href"])
    assert listed["default"] in [one["id"] for one in listed["styles"]]
    for one in listed["styles"]:
        sheet = linked(one, "stylesheet")
        assert sheet["type"] == "application/vnd.mapbox.style+json"
        answer = http.get(sheet["href"])
        assert answer.headers["content-type"] == sheet["type"]
        assert answer.json()["version"] == 8 and answer.json()["layers"]


@holds("ogcapi-records-1/1.0/conf/filtering")
def records_filtered(http: httpx.Client) -> None:
    """In short; `test_records.py` holds the rest."""
    here = "/collections/catalogue-records"
    fields = get(http, f"{here}/queryables")["properties"]
    assert {"type", "title", "updated", "geometry"} <= set(fields)
    whole = get(http, f"{here}/items", limit="1000")["features"]
    for asked, test in (
        ({"filter": "type = 'dataset'"}, lambda one: one["properties"]["type"] == "dataset"),
        ({"filter": '{"op": "=", "args": [{"property": "id"}, "roads"]}',
          "filter-lang": "cql2-json"}, lambda one: one["id"] == "roads"),
    ):  # fmt: skip
        found = get(http, f"{here}/items", limit="1000", **asked)["features"]
        assert [one["id"] for one in found] == [one["id"] for one in whole if test(one)] != []
