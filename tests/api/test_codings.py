"""What is sent packed, in which coding; what is known already; what no cache may keep."""

from __future__ import annotations

import gzip
import re
import sys
from typing import Any

import brotli
import httpx
import pytest

from api.codings import chosen_coding, compress, compress_stream, is_compressible
from sitplan.export.formats import FORMATS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

pytestmark = pytest.mark.acceptance(40)
OPEN: dict[str, Any] = {
    "zstd": zstd.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
LAYER = "/api/collections/green_areas"


def raw(url: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """The headers, and the bytes as they came."""
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        assert answer.status_code in (200, 204), url
        return answer.headers, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("wished", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip;q=0.9", "gzip"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("br;q=0", None),
        ("*", "zstd"),
        ("*;q=0.1, gzip;q=0", "zstd"),
        ("identity;q=1, gzip;q=0.5", None),
        ("gzip;q=x", None),
        ("GZIP;Q=0.5", "gzip"),
    ],
)
def test_the_coding_is_the_one_most_wished(wished: str | None, coding: str | None) -> None:
    assert chosen_coding(wished, "application/json") == coding


def test_what_is_packed_is_not_packed_again() -> None:
    for kind in ("text/csv; charset=utf-8", "application/geo+json", "application/geo+json-seq",
                 "application/vnd.oai.openapi+json;version=3.0", "application/atom+xml",
                 "text/turtle", "application/problem+json", "application/link-format"):  # fmt: skip
        assert is_compressible(kind), kind
    for kind in ("font/woff2", "application/zip", "image/png", "application/vnd.mapbox-vector-tile",
                 "application/geopackage+sqlite3", "application/vnd.apache.parquet",
                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):  # fmt: skip
        assert not is_compressible(kind), kind


@pytest.mark.parametrize("coding", list(OPEN))
def test_every_coding_gives_the_bytes_back(coding: str) -> None:
    body = b"parque, plaza, ribera\n" * 2000
    assert OPEN[coding](compress(coding, body)) == body
    parts = list(compress_stream(coding, iter([body[:1000], body[1000:30000], body[30000:]])))
    assert all(parts[:3]), "each part is sent at once"
    assert OPEN[coding](b"".join(parts)) == body


@pytest.mark.parametrize("coding", list(OPEN))
@pytest.mark.parametrize(
    "path",
    [
        "/api/openapi", "/api/collections", f"{LAYER}/items", f"{LAYER}/items?f=html",
        f"{LAYER}?f=html", f"{LAYER}/items?f=csv", "/api/legend", "/api/styles/day",
        "/api/dcat", "/api/iso19139/roads",
        f"{LAYER}/export?f=csv", f"{LAYER}/export?f=geojson",
    ],
)  # fmt: skip
def test_documents_and_streams_come_in_it(served: str, path: str, coding: str) -> None:
    headers, body = raw(f"{served}{path}", **{"Accept-Encoding": coding})
    assert headers["content-encoding"] == coding
    assert "accept-encoding" in headers["vary"].lower()
    told, plain = raw(f"{served}{path}", **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in told and told["etag"] == headers["etag"]
    opened = OPEN[coding](body)
    stamp = re.compile(rb'"timeStamp":"[^"]+"')
    assert stamp.sub(b"", opened) == stamp.sub(b"", plain) and len(body) < len(plain)


@pytest.mark.parametrize("name", [n for n, one in FORMATS.items() if not one.is_text])
def test_files_that_are_packed_come_as_they_are(served: str, name: str) -> None:
    headers, body = raw(f"{served}{LAYER}/export?f={name}", **{"Accept-Encoding": "br, zstd, gzip"})
    assert "content-encoding" not in headers and body
    assert int(headers.get("content-length", len(body))) == len(body)


def test_tiles_are_remembered_in_gzip_and_opened_where_they_must(served: str) -> None:
    url = f"{served}/api/tiles/WebMercatorQuad/12/2387/1243"
    for _ in range(2):  # the second time from memory
        headers, zipped = raw(url, **{"Accept-Encoding": "gzip, br, zstd"})
        plain_headers, plain = raw(url, **{"Accept-Encoding": "identity"})
        assert headers["content-encoding"] == "gzip" and "content-encoding" not in plain_headers
        assert gzip.decompress(zipped) == plain and headers["etag"] == plain_headers["etag"]


def _known(served: str) -> list[str]:
    """An address of every path that can be read."""
    document = httpx.get(f"{served}/api/openapi").json()
    layer = httpx.get(f"{served}{LAYER}/items?limit=1").json()["features"][0]["id"]
    fill = {"styleId": "day", "tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "12",
            "tileRow": "2387", "tileCol": "1243", "code": "DT-P1-E01", "layerId": "green_areas",
            "notebookId": "01_primeros_pasos", "recordId": "green_areas", "processId": "echo",
            "layer": "initiatives", "indicatorId": "green_per_inhabitant", "chartId": "progress",
            "collectionId": "green_areas", "featureId": layer, "field": "kind"}  # fmt: skip
    point = "?lat=-28.5765&lon=-70.7588"
    needed = {"/search": "?q=plaza", "/places": point, "/places/picture.png": point,
              "/diff": "?from=2026-11-27T00:00:00Z&to=2026-11-27T00:00:00Z"}  # fmt: skip
    found = []
    for path, item in document["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        own = path.startswith("/collections/") and path.split("/")[2] not in (
            "green_areas", "{collectionId}", "records")  # fmt: skip
        if "get" in item and set(names) <= set(fill) and not own:
            asked = next((q for end, q in needed.items() if path.endswith(end)), "")
            filled = re.sub(r"\{(\w+)\}", lambda m: fill[m[1]], path)
            found.append(f"/api{filled}{asked}")
    return found


def test_every_resource_that_is_known_answers_304_and_none_is_public(served: str) -> None:
    asked = 0
    with httpx.Client(base_url=served, timeout=60) as http:
        for path in _known(served):
            for accept in ("application/json, */*;q=0.5", "text/html"):
                if accept == "text/html" and path.endswith("/export"):
                    continue
                first = http.get(path, headers={"Accept": accept})
                assert first.status_code == 200, path
                kept = first.headers["cache-control"]
                assert "public" not in kept and kept in ("no-cache", "private, no-cache"), path
                known = {"Accept": accept, "If-None-Match": first.headers["etag"]}
                again = http.get(path, headers=known)
                assert again.status_code == 304 and not again.content, path
                for name in ("etag", "cache-control", "vary"):
                    assert again.headers[name] == first.headers[name], (path, name)
                asked += 1
        assert asked > 60
        search = http.post(f"{LAYER}/search", json={"limit": 3})
        known = {"If-None-Match": search.headers["etag"]}
        assert http.post(f"{LAYER}/search", json={"limit": 3}, headers=known).status_code == 200


def test_what_is_of_one_client_is_kept_by_no_cache(served: str) -> None:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as http:
        begun = http.post("/processes/echo/execution", json={"inputs": {"message": "x"}},
                          headers={"Prefer": "respond-async"})  # fmt: skip
        for path in ("/jobs", begun.headers["location"].partition("/api")[2]):
            assert http.get(path).headers["cache-control"] == "private, no-cache"
        for path in ("/nope", "/search", "/collections/roads/items?limit=0"):
            assert http.get(path).headers["cache-control"] == "no-store"
