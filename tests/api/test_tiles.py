"""Tiles as they are asked for: collections, times, filters; what tells of them to maps."""

from __future__ import annotations

from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from sitplan.crs import HALF_WORLD_M

from .holding import LAYER, get, linked

pytestmark = pytest.mark.acceptance(41)
WEB_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
ZOOM = 11
TREES = "trees > 20"


@pytest.fixture(scope="module")
def http(served: str) -> Any:
    with httpx.Client(base_url=f"{served}/api", timeout=30) as client:
        yield client


def _ids(http: httpx.Client, path: str, **asked: str) -> dict[str, set[str]]:
    """Layer → ids in all tiles of the layer's limits."""
    tiles = f"/collections/{LAYER}/tiles/WebMercatorQuad"
    (limits,) = [x for x in get(http, tiles)["tileMatrixSetLimits"] if x["tileMatrix"] == str(ZOOM)]
    found: dict[str, set[str]] = {}
    for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
        for column in range(limits["minTileCol"], limits["maxTileCol"] + 1):
            answer = http.get(f"{path}/{ZOOM}/{row}/{column}", params=asked)
            assert answer.status_code == 200, answer.text
            for name, layer in mapbox_vector_tile.decode(answer.content).items():
                ids = {f["properties"]["id"] for f in layer["features"]}
                found.setdefault(name, set()).update(ids)
    return found


def _visible(http: httpx.Client, **asked: str) -> set[str]:
    return {f["id"] for f in get(http, f"/collections/{LAYER}/items", **asked)["features"]}


OF_LAYER = f"/collections/{LAYER}/tiles/WebMercatorQuad"
OF_ALL = "/tiles/WebMercatorQuad"


def test_a_tile_holds_what_its_filter_leaves(http: httpx.Client) -> None:
    every = _ids(http, OF_LAYER)[LAYER]
    some = _ids(http, OF_LAYER, filter=TREES)[LAYER]
    assert some == every & _visible(http, filter=TREES) and 0 < len(some) < len(every)
    in_json = '{"op": ">", "args": [{"property": "trees"}, 20]}'
    asked = {"filter": in_json, "filter-lang": "cql2-json"}
    assert _ids(http, OF_LAYER, **asked)[LAYER] == some
    assert _ids(http, OF_ALL, collections=LAYER, filter=TREES) == {LAYER: some}
    assert _ids(http, OF_LAYER)[LAYER] == every, "what was filtered is not remembered"
    both = _ids(http, OF_LAYER, filter=TREES, datetime="../..")[LAYER]
    assert both >= some and both <= _visible(http, filter=TREES, datetime="../..")
    assert _ids(http, OF_LAYER, filter="trees < -1") == {}


def test_plain_bytes_are_the_packed_ones(http: httpx.Client) -> None:
    """Who cannot unpack gets the same tile under the same tag, before and after it is kept."""
    (limits,) = [x for x in get(http, OF_LAYER)["tileMatrixSetLimits"] if x["tileMatrix"] == "12"]
    rows = range(limits["minTileRow"], limits["maxTileRow"] + 1)
    columns = range(limits["minTileCol"], limits["maxTileCol"] + 1)
    all_of_them = (f"{OF_LAYER}/12/{row}/{column}" for row in rows for column in columns)
    plain = {"Accept-Encoding": "identity"}
    at = next(path for path in all_of_them if http.get(path, headers=plain).content)
    codings = ("identity", "identity", "gzip", "gzip;q=0", "gzip", "identity")
    found = [http.get(at, headers={"Accept-Encoding": coding}) for coding in codings]
    assert [one.status_code for one in found] == [200] * len(codings)
    packed = [one.headers.get("content-encoding") for one in found]
    assert packed == [None, None, "gzip", None, "gzip", None]
    assert len({one.content for one in found}) == 1 and mapbox_vector_tile.decode(found[0].content)
    assert len({one.headers["etag"] for one in found}) == 1
    for one, coding in zip(found, codings, strict=True):
        if coding == "identity":
            assert int(one.headers["content-length"]) == len(one.content)
    known = {"Accept-Encoding": "identity", "If-None-Match": found[0].headers["etag"]}
    assert http.get(at, headers=known).status_code == 304


def test_a_filter_of_places_is_read_in_its_system(http: httpx.Client) -> None:
    west, south, east, north = get(http, f"/collections/{LAYER}")["extent"]["spatial"]["bbox"][0]
    middle = (west + east) / 2
    here = f"S_INTERSECTS(geom, BBOX({west}, {south}, {middle}, {north}))"
    there = f"S_INTERSECTS(geom, BBOX({south}, {west}, {north}, {middle}))"
    flipped = {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}
    some = _ids(http, OF_LAYER, filter=here)[LAYER]
    assert some and _ids(http, OF_LAYER, filter=there, **flipped)[LAYER] == some
    # every layer knows its shape: such a filter holds for all of a tile
    together = _ids(http, OF_ALL, filter=here)
    assert together[LAYER] == some and len(together) > 3


def test_a_filter_that_a_layer_cannot_read_is_400(http: httpx.Client) -> None:
    tile = f"{OF_ALL}/{ZOOM}/1193/620"
    for asked, code in (
        ({"filter": TREES}, "cql2_unknown_property"),
        ({"filter": "notes = 'x'", "collections": LAYER}, "cql2_unknown_property"),
        ({"filter": "trees >", "collections": LAYER}, "cql2_wrong_text"),
        ({"filter-lang": "sql"}, "wrong_choice"),
        ({"filter-crs": "http://example.org/x"}, "unknown_crs"),
        ({"collections": "nobody"}, "wrong_choice"),
    ):
        answer = http.get(tile, params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, code), asked


def test_times_hold_on_tiles(http: httpx.Client) -> None:
    """In force, of any time, as it was recorded: each as the items say."""
    for asked in (
        {"datetime": "1900-01-01"},
        {"datetime": "../.."},
        {"as-of": "2020-01-01T00:00:00Z"},
    ):
        expected = _visible(http, **asked)
        found = _ids(http, OF_LAYER, **asked).get(LAYER, set())
        assert found <= expected and bool(found) == bool(expected), asked


@pytest.mark.parametrize("path", [OF_LAYER, OF_ALL])
def test_tilejson_tells_a_map_all_it_needs(http: httpx.Client, path: str) -> None:
    tileset = get(http, path)
    (href,) = [x["href"] for x in tileset["links"] if x.get("title") == "TileJSON 3"]
    document = get(http, href)
    assert document["tilejson"] == "3.0.0" and document["scheme"] == "xyz"
    (template,) = document["tiles"]
    for name, value in (("z", ZOOM), ("y", 1193), ("x", 620)):
        assert f"{{{name}}}" in template
        template = template.replace(f"{{{name}}}", str(value))
    answer = http.get(template)
    assert answer.status_code == 200 and "vector-tile" in answer.headers["content-type"]
    west, south, east, north = document["bounds"]
    assert -180 <= west < east <= 180 and -85.06 < south < north < 85.06
    longitude, latitude, _ = document["center"]
    assert west <= longitude <= east and south <= latitude <= north
    assert [one["id"] for one in document["vector_layers"]] == [x["id"] for x in tileset["layers"]]
    own = next(one for one in document["vector_layers"] if one["id"] == LAYER)
    assert own["fields"]["kind"] == "Tipo" and own["description"] == "Áreas verdes"
    assert own["minzoom"] <= document["maxzoom"]
    assert get(http, href, lang="en")["vector_layers"][0]["description"] != own["description"]


def test_tilejson_of_chosen_layers_asks_for_them(http: httpx.Client) -> None:
    document = get(http, f"{OF_ALL}/tilejson", collections=f"{LAYER},roads")
    assert document["tiles"][0].endswith(f"?collections={LAYER},roads")
    assert {one["id"] for one in document["vector_layers"]} == {LAYER, "roads"}
    assert http.get("/collections/objectives/tiles/WebMercatorQuad/tilejson").status_code == 404
    assert http.get("/tiles/Other/tilejson").status_code == 404


def test_limits_hold_every_feature_and_no_more_than_its_box(http: httpx.Client) -> None:
    tileset = get(http, OF_LAYER)
    page = get(http, f"/collections/{LAYER}/items", crs=WEB_MERCATOR, datetime="../..")
    for limits in tileset["tileMatrixSetLimits"]:
        side = 2 * HALF_WORLD_M / (1 << int(limits["tileMatrix"]))
        places = [
            ((HALF_WORLD_M - y) // side, (x + HALF_WORLD_M) // side)
            for feature in page["features"]
            for polygon in feature["geometry"]["coordinates"]
            for x, y in polygon[0]
        ]
        rows, columns = zip(*places, strict=True)
        assert limits["minTileRow"] <= min(rows) and max(rows) <= limits["maxTileRow"]
        assert limits["minTileCol"] <= min(columns) and max(columns) <= limits["maxTileCol"]
    deepest = tileset["tileMatrixSetLimits"][-1]
    assert deepest["maxTileRow"] - deepest["minTileRow"] < 2 ** int(deepest["tileMatrix"]) / 100
    assert linked(tileset, "item")["templated"] is True
