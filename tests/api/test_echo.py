"""Nothing that is sent comes back as markup or as a header, and nothing from inside comes out."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.acceptance(50)
SCRIPT = "<script>alert(1)</script>"
BREAKING = "\"><img src=x onerror=alert(1)>'"
INSIDE = re.compile(r"Traceback|psycopg2|SELECT |published\.|File \"|pg_catalog", re.IGNORECASE)
FILL = {"styleId": "day", "tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "12",
        "tileRow": "2387", "tileCol": "1243", "code": "DT-P1-E01", "layerId": "green_areas",
        "notebookId": "01_primeros_pasos", "recordId": "green_areas", "processId": "echo",
        "collectionId": "green_areas", "field": "kind", "jobId": "x",
        "layer": "initiatives", "indicatorId": "green_per_inhabitant", "chartId": "progress",
        "featureId": "00000000-0000-0000-0000-000000000000"}  # fmt: skip


@pytest.fixture(scope="module")
def http_client(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as found:
        yield found


@pytest.fixture(scope="module")
def operations(http_client: httpx.Client) -> list[tuple[str, list[str]]]:
    """Each path to read, of one layer, with the names of its query parameters."""
    document = http_client.get("/openapi").json()
    shared = document["components"]["parameters"]
    found = []
    for path, item in document["paths"].items():
        parts = path.split("/")
        if parts[1] == "collections" and len(parts) > 2 and parts[2] not in (
            "green_areas", "{collectionId}", "catalogue-records"):  # fmt: skip
            continue
        told = [shared.get(p.get("$ref", "").rpartition("/")[2], p) for p in
                item.get("get", {}).get("parameters", [])]  # fmt: skip
        if "get" in item:
            found.append((path, [p["name"] for p in told if p["in"] == "query"]))
    assert len(found) > 35
    return found


def _clean(answer: httpx.Response, about: Any) -> None:
    assert answer.status_code < 500, about
    assert answer.headers["x-content-type-options"] == "nosniff"
    text = answer.text
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert SCRIPT not in text and BREAKING not in text, about
        assert "<img src=x" not in text, about
    if answer.status_code >= 400:
        assert not INSIDE.search(text.replace(quote(SCRIPT), "")), about
    for name, value in answer.headers.items():
        assert "<script" not in value and name != "x-evil", about


def test_no_parameter_is_written_back_as_markup(
    http_client: httpx.Client, operations: list[tuple[str, list[str]]]
) -> None:
    asked = 0
    for path, names in operations:
        filled = re.sub(r"\{(\w+)\}", lambda m: FILL[m[1]], path)
        for name in [*names, SCRIPT, "unknown"]:
            for accept in ("text/html", "application/json"):
                for value in (SCRIPT, BREAKING):
                    answer = http_client.get(
                        filled, params={name: value}, headers={"Accept": accept}
                    )
                    _clean(answer, (filled, name, value, accept))
                    asked += 1
    assert asked > 600


def test_no_part_of_a_path_is(
    http_client: httpx.Client, operations: list[tuple[str, list[str]]]
) -> None:
    for path, _ in operations:
        for hole in re.findall(r"\{(\w+)\}", path):
            fill = {**FILL, hole: quote(SCRIPT, safe="")}
            filled = re.sub(r"\{(\w+)\}", lambda m, fill=fill: fill[m[1]], path)
            for accept in ("text/html", "application/json"):
                answer = http_client.get(filled, headers={"Accept": accept})
                assert answer.status_code in (400, 404), filled
                _clean(answer, filled)


@pytest.mark.parametrize(
    "name",
    ["Accept", "Accept-Language", "Accept-Encoding", "Accept-Datetime", "If-None-Match", "Prefer",
     "Referer", "User-Agent", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix",
     "Forwarded", "Origin", "X-Original-URL", "Cookie"],
)  # fmt: skip
def test_no_header_is(http_client: httpx.Client, name: str) -> None:
    for path in ("/collections/green_areas/items", "/nope", ""):
        for accept in ("text/html", "application/json"):
            headers = {"Accept": accept, name: SCRIPT}
            answer = http_client.get(path, headers=headers)
            _clean(answer, (name, path))


def test_no_line_break_begins_a_header(served: str) -> None:
    port = httpx.URL(served).port
    assert port is not None
    for path in (
        "/api/collections/green_areas/items?f=csv%0d%0aX-Evil:%201",
        "/api/collections/green_areas/items?filter=name%3D'%0d%0aX-Evil:%201'",
        "/api/collections/green_areas/items?datetime=../..&name=%0d%0aX-Evil:1&f=csv",
        "/api/nope%0d%0aX-Evil:%201", "/%0d%0aX-Evil:%201",
    ):  # fmt: skip
        link = http.client.HTTPConnection("127.0.0.1", port)
        link.request("GET", path)
        answer = link.getresponse()
        assert answer.getheader("x-evil") is None and answer.status < 500, path
        answer.read()
        link.close()


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("PUT", "/collections/green_areas/items", 405),
        ("GET", "/collections/green_areas/search", 405),
        ("POST", "/conformance", 405),
        ("GET", "/collections/green_areas/items?f=docx", 400),
        ("GET", f"/search?q={'a' * 9000}", 414),
    ],
)
def test_every_refusal_is_a_page_too(
    http_client: httpx.Client, method: str, path: str, status: int, lang: str
) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}lang={lang}"
    document = http_client.request(method, asked)
    page = http_client.request(method, asked, headers={"Accept": "text/html"})
    assert document.status_code == page.status_code == status
    told = document.json()
    assert told["status"] == status and document.headers["content-language"] == lang
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f'lang="{lang}"' in page.text and told["title"] in page.text
    if status == 405:
        assert document.headers["allow"] == page.headers["allow"] != ""


def test_a_large_body_is_refused_before_it_is_read(http_client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(12):
            yield b" " * (1 << 20)

    for body in (b" " * (11 << 20), chunks()):
        answer = http_client.post("/collections/green_areas/search", content=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "large_body")
        assert answer.json()["hint"]
