"""Lines 30 and 32: pages of features as JSON-FG, as a text sequence, as CSV."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from api.faces import FACES
from tests.sitplan.export.reading import read_csv, read_geojson

LAYER = "/api/collections/green_areas"
KINDS = {"csv": "text/csv", "geojsonseq": "application/geo+json-seq"}


def _get(served: str, path: str, **more: Any) -> httpx.Response:
    found = httpx.get(f"{served}{path}", timeout=30, **more)
    assert found.status_code == 200, (path, found.text)
    return found


def _rows(face: str, answer: httpx.Response) -> list[dict[str, Any]]:
    return read_csv(answer.content) if face == "csv" else read_geojson(answer.text)


def _next(answer: httpx.Response) -> str | None:
    found = re.search(r'<([^>]+)>; rel="next"; type="([^"]+)"', answer.headers["link"])
    return found[1] if found else None


@pytest.mark.acceptance(30, 32)
@pytest.mark.parametrize("face", ["csv", "geojsonseq", "jsonfg", "json"])
@pytest.mark.parametrize("by_accept", [False, True])
def test_following_next_gives_each_feature_once(served: str, face: str, by_accept: bool) -> None:
    if by_accept and not FACES[face]:
        return
    headers = {"Accept": FACES[face][0]} if by_accept else {}
    whole = _get(served, f"{LAYER}/items?limit=10000").json()["features"]
    url: str | None = f"{served}{LAYER}/items?limit=7" + ("" if by_accept else f"&f={face}")
    seen: list[str] = []
    while url:
        answer = _get("", url, headers=headers)
        assert int(answer.headers["ogc-numbermatched"]) == len(whole)
        if face in KINDS:
            assert answer.headers["content-type"].split(";")[0] == KINDS[face]
            rows = _rows(face, answer)
            url = _next(answer)
            headers = {}  # the link itself says the format
        else:
            document = answer.json()
            rows = document["features"]
            url = next((x["href"] for x in document["links"] if x["rel"] == "next"), None)
        assert int(answer.headers["ogc-numberreturned"]) == len(rows)
        seen += [row["id"] for row in rows]
    assert seen == [f["id"] for f in whole]


@pytest.mark.acceptance(30)
def test_the_same_values_in_every_face(served: str) -> None:
    query = "limit=5&crs=http://www.opengis.net/def/crs/EPSG/0/32719"
    page = _get(served, f"{LAYER}/items?{query}").json()["features"]
    sequence = _get(served, f"{LAYER}/items?{query}&f=geojsonseq")
    texts = [json.loads(t) for t in sequence.text.split("\x1e")[1:]]
    assert texts == page and sequence.headers["content-crs"].endswith("/32719>")
    fg = _get(served, f"{LAYER}/items?{query}&f=jsonfg").json()
    assert [f["place"] for f in fg["features"]] == [f["geometry"] for f in page]
    assert [f["properties"] for f in fg["features"]] == [f["properties"] for f in page]
    rows = read_csv(_get(served, f"{LAYER}/items?{query}&f=csv").content)
    for row, feature in zip(rows, page, strict=True):
        assert row["id"] == feature["id"] and row["name"] == feature["properties"]["name"]
        assert row["wkt"].startswith("MULTIPOLYGON (((3")
        assert row["notice"] == "Datos de demostración: ilustrativos"


def test_latitude_first_where_the_address_says_so(served: str) -> None:
    four = "crs=http://www.opengis.net/def/crs/EPSG/0/4326&limit=1"
    shape = _get(served, f"{LAYER}/items?{four}").json()["features"][0]["geometry"]
    assert -29 < shape["coordinates"][0][0][0][0] < -28
    row = read_csv(_get(served, f"{LAYER}/items?{four}&f=csv").content)[0]
    assert row["wkt"].startswith("MULTIPOLYGON (((-28.")
    points = f"/api/collections/meeting_points/items?{four}&f=csv"
    row = read_csv(_get(served, points).content)[0]
    assert row["lon"].startswith("-70.") and row["lat"].startswith("-28.")


@pytest.mark.acceptance(34)
def test_places_in_a_page_of_a_table(served: str) -> None:
    here = "/api/collections/meeting_points/items?limit=2&f=csv"
    assert "easting" in read_csv(_get(served, f"{here}&coordinates=utm").content)[0]
    assert "wkt" in read_csv(_get(served, f"{here}&coordinates=wkt").content)[0]
    plain = read_csv(_get(served, f"{here}&coordinates=none").content)[0]
    assert not {"wkt", "lon", "easting"} & set(plain)
    excel = _get(served, f"{here}&profile=excel").content
    assert excel.startswith(b"\xef\xbb\xbf") and b";" in excel


@pytest.mark.acceptance(35)
def test_titles_for_codes(served: str) -> None:
    for lang, wanted in (("es", "Plaza"), ("en", "Square")):
        query = f"kind=plaza&limit=3&profile=val-as-title&lang={lang}"
        answer = _get(served, f"{LAYER}/items?{query}")
        schema = _get(served, f"{LAYER}/schema?lang={lang}").json()["properties"]["kind"]
        title = next(c["title"] for c in schema["oneOf"] if c["const"] == "plaza")
        assert {f["properties"]["kind"] for f in answer.json()["features"]} == {title}
        assert 'val-as-title>; rel="profile"' in answer.headers["link"] and wanted
    hazards = "/api/collections/meeting_points/items?limit=1&profile=val-as-title&lang=en"
    told = _get(served, hazards).json()["features"][0]["properties"]["hazard"]
    assert all(t[0].isupper() for t in told)


def test_one_feature_in_json_fg(served: str) -> None:
    one = _get(served, f"{LAYER}/items?limit=1").json()["features"][0]
    for asked in ("f=jsonfg", "profile=jsonfg"):
        found = _get(served, f"{LAYER}/items/{one['id']}?{asked}").json()
        assert found["featureType"] == "green_areas" and found["geometry"] == one["geometry"]
        assert "http://www.opengis.net/spec/json-fg-1/1.0/conf/core" in found["conformsTo"]
    plain = _get(served, f"{LAYER}/items/{one['id']}").json()
    assert "conformsTo" not in plain and plain["properties"] == one["properties"]


def test_what_is_not_offered(served: str) -> None:
    def status(path: str, **headers: str) -> int:
        return httpx.get(f"{served}{LAYER}/{path}", headers=headers).status_code

    assert status("items?f=gml") == 400
    assert status("items", Accept="image/png") == 406
    assert status("items", Accept="image/png, text/csv;q=0.1") == 200
    assert status("items?profile=excel") == 400 and status("items?f=csv&profile=excel") == 200
    assert status("items?coordinates=wkt") == 400
    assert status("items?f=jsonfg&profile=nothing") == 400
    one = _get(served, f"{LAYER}/items?limit=1").json()["features"][0]["id"]
    assert status(f"items/{one}?f=csv") == 400


def test_a_page_names_its_other_faces(served: str) -> None:
    document = _get(served, f"{LAYER}/items?limit=2").json()
    found = {x["type"] for x in document["links"] if x["rel"] == "alternate"}
    assert {"text/csv", "application/geo+json-seq", "text/html"} <= found
    for link in document["links"]:
        if link["rel"] == "alternate":
            answer = _get("", link["href"])
            assert answer.headers["content-type"].split(";")[0] == link["type"]


def test_a_known_page_is_not_sent_again(served: str) -> None:
    for face in ("csv", "geojsonseq", "jsonfg"):
        first = _get(served, f"{LAYER}/items?limit=3&f={face}")
        known = {"If-None-Match": first.headers["etag"]}
        again = httpx.get(f"{served}{LAYER}/items?limit=3&f={face}", headers=known)
        assert again.status_code == 304
        assert "Accept" in first.headers["vary"] and "Accept-Encoding" in first.headers["vary"]
