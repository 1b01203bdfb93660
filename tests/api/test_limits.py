"""What a request may cost and be: each limit with its problem and its remedy; names of any kind."""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.queries import MOST_WORDS
from sitplan.settings import Settings
from tests.conftest import serve

LAYER = "/collections/green_areas"


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as found:
        yield found


def _polygon(points: int) -> dict[str, Any]:
    turns = [2 * math.pi * n / points for n in range(points)]
    ring = [[-70.76 + 0.2 * math.cos(t), -28.57 + 0.2 * math.sin(t)] for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _within(shape: dict[str, Any]) -> dict[str, Any]:
    return {"op": "s_intersects", "args": [{"property": "geometry"}, shape]}


MANY_POINTS = {"type": "MultiPoint", "coordinates": [[7, 2]] * 25_000}


def _deep(depth: int) -> Any:
    found: Any = {"op": "isNull", "args": [{"property": "name"}]}
    for _ in range(depth):
        found = {"op": "not", "args": [found]}
    return found


@pytest.mark.acceptance(39)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"filter": _within(MANY_POINTS)}, 400, "cql2_too_many_points"),
        ({"filter": _within(_polygon(25_000))}, 400, "cql2_too_long"),
        ({"filter": _deep(150)}, 400, "cql2_too_deep"),
        ({"filter": " AND ".join(["name = 'plaza'"] * 20_000)}, 400, "cql2_too_long"),
        ({"q": "x" * (11 << 20)}, 413, "large_body"),
        ({"ids": ["00000000-0000-0000-0000-000000000000"] * 1001}, 400, "wrong_ids"),
        ({"q": " ".join(["plaza"] * (MOST_WORDS + 1))}, 400, "wrong_search"),
        ({"sortby": ["code"] * 50}, 400, "wrong_sort"),
        ({"offset": 10_001}, 400, "wrong_number"),
    ],
)
def test_each_limit_is_told_with_its_remedy(
    http: httpx.Client, body: dict[str, Any], status: int, code: str
) -> None:
    for lang in ("es", "en"):
        answer = http.post(f"{LAYER}/search", json=body, params={"lang": lang})
        told = answer.json()
        assert (answer.status_code, told["code"]) == (status, code), told
        assert answer.headers["content-type"] == "application/problem+json"
        assert told["hint"] and told["detail"] and told["status"] == status


@pytest.mark.acceptance(39)
def test_what_lies_below_the_limits_is_answered(http: httpx.Client) -> None:
    for asked in ({"filter": _within(_polygon(4000))}, {"filter": _deep(40)}):
        assert http.post(f"{LAYER}/search", json=asked).status_code == 200


@pytest.mark.acceptance(3)
@pytest.mark.parametrize(
    ("path", "wrong", "nearest"),
    [
        (f"{LAYER}/items", "limt", "limit"),
        (f"{LAYER}/items", "bboxx", "bbox"),
        (f"{LAYER}/items", "knd", "kind"),
        (f"{LAYER}/export", "fliter", "filter"),
        (f"{LAYER}/changes", "sinze", "since"),
        (f"{LAYER}/diff", "form", "from"),
        ("/search", "limits", "limit"),
        ("/collections/catalogue-records/items", "sort", "sortby"),
        ("/legend", "themes", "theme"),
        ("/tiles/WebMercatorQuad/10/596/310", "datetme", "datetime"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest(
    http: httpx.Client, path: str, wrong: str, nearest: str
) -> None:
    answer = http.get(path, params={wrong: "1"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "unknown_parameter_near"), told
    assert f"«{wrong}»" in told["detail"] and f"«{nearest}»" in told["hint"]
    assert http.get(path, params={"qqqqqq": "1"}).json()["code"] == "unknown_parameter"


@pytest.mark.acceptance(3)
def test_limits_are_cut_and_none_is_refused(http: httpx.Client) -> None:
    for path in (f"{LAYER}/items", "/search?q=plaza", f"{LAYER}/changes", "/processes", "/jobs",
                 f"{LAYER}/diff?from=2020-01-01T00:00:00Z",
                 "/collections/catalogue-records/items"):  # fmt: skip
        mark = "&" if "?" in path else "?"
        assert http.get(f"{path}{mark}limit=999999999").status_code == 200, path
        for wrong in ("0", "-1", "x", "1.5", ""):
            answer = http.get(f"{path}{mark}limit={wrong}")
            assert (answer.status_code, answer.json()["code"]) == (400, "wrong_limit"), (
                path,
                wrong,
            )


@pytest.mark.acceptance(54)
def test_anybody_may_read_from_any_page_and_no_credential_is_asked(http: httpx.Client) -> None:
    origin = {"Origin": "https://mapa.example.test"}
    for path, status in ((f"{LAYER}/items", 200), ("/nope", 404), (f"{LAYER}/export?f=csv", 200)):
        answer = http.get(path, headers=origin)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"Link", "ETag", "Location", "Content-Crs", "OGC-NumberMatched", "Retry-After",
                "OGC-NumberReturned", "Memento-Datetime", "RateLimit"} <= exposed  # fmt: skip
    for path, verb in ((f"{LAYER}/search", "POST"), ("/processes/echo/execution", "POST"),
                       ("/jobs/x", "DELETE"), (f"{LAYER}/items", "GET")):  # fmt: skip
        asked = {**origin, "Access-Control-Request-Method": verb,
                 "Access-Control-Request-Headers": "content-type"}  # fmt: skip
        answer = http.options(path, headers=asked)
        assert answer.status_code == 204 and not answer.content
        assert verb in answer.headers["access-control-allow-methods"].split(", ")
        assert "content-type" in answer.headers["access-control-allow-headers"].lower()
    writing = http.options(f"{LAYER}/items", headers={**origin}).headers
    assert not {"POST", "PUT", "PATCH", "DELETE"} & set(writing["allow"].split(", "))


@pytest.mark.acceptance(54)
def test_no_address_is_fetched_for_a_caller(http: httpx.Client) -> None:
    called: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(1.5)
        there = f"http://127.0.0.1:{listening.getsockname()[1]}/x"

        def listen() -> None:
            with suppress(TimeoutError):
                called.append(listening.accept()[0].close())

        thread = threading.Thread(target=listen)
        thread.start()
        body = {"inputs": {"message": there}, "subscriber": dict.fromkeys(
            ("successUri", "inProgressUri", "failedUri"), there)}  # fmt: skip
        http.post("/processes/echo/execution", json=body)
        http.post("/processes/echo/execution", json={"inputs": {"message": {"href": there}}})
        http.post(f"{LAYER}/search", json={"filter": {"op": "=", "args": [{"href": there}, 1]}})
        for name in ("crs", "filter-crs", "bbox-crs", "profile", "filter"):
            http.get(f"{LAYER}/items", params={name: there})
        http.get(f"{LAYER}/items", headers={"Accept-Profile": there, "Referer": there})
        thread.join()
    assert not called


_NAMES = st.text(
    st.sampled_from("ab_ \"';-%\\/()[]{}$:,.?&#=<>\x00\n\tñÉ🌳") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=40,
)


@pytest.mark.acceptance(55)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=_NAMES)
def test_no_name_of_any_kind_reaches_the_database(http: httpx.Client, name: str) -> None:
    part = quote(name, safe="")
    quoted = '"' + name.replace('"', '""') + '"'
    asked = [
        (f"/collections/{part}/items", {}),
        (f"{LAYER}/items/{part}", {}),
        (f"{LAYER}/items", {"sortby": name}),
        (f"{LAYER}/items", {"properties": name}),
        (f"{LAYER}/items", {"filter": f"{quoted} = 1"}),
        (f"{LAYER}/items", {"filter": f"name = '{name.replace(chr(39), chr(39) * 2)}'"}),
        (f"{LAYER}/items", {"q": name}),
        (f"{LAYER}/items", {"kind": name}),
        (f"{LAYER}/items", {name: "x"}),
        (f"{LAYER}/export", {"f": "csv", "sortby": name}),
        ("/search", {"q": name}),
    ]
    for path, params in asked:
        answer = http.get(path, params=params)
        assert answer.status_code < 500, (path, params, answer.text)
        if answer.status_code >= 400:
            told = answer.json()
            assert told["code"] not in ("internal", "database_down") and told["hint"], (
                path,
                params,
            )
    alive = http.get(f"{LAYER}/items", params={"result-type": "hits"})
    assert int(alive.headers["ogc-numbermatched"]) > 0


@pytest.mark.acceptance(55)
def test_files_say_that_they_are_files(http: httpx.Client) -> None:
    for name in ("csv", "geojson", "gpkg", "xlsx"):
        headers = http.get(f"{LAYER}/export", params={"f": name}).headers
        kept = headers["content-disposition"]
        assert kept.startswith('attachment; filename="green_areas') and kept.endswith('"')
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors", "base-uri"):
            assert part in policy
        assert "unsafe-eval" not in policy and "script-src" not in policy


@pytest.mark.acceptance(43)
def test_behind_a_proxy_no_address_leaves_the_public_base(seeded_settings: Settings) -> None:
    """Neither where it listens nor what a client claims (X-Forwarded-Host) is in any answer."""
    public = "https://mapa.example.test/sit"
    claims = {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test;proto=http",
              "Host": "evil.test", "X-Forwarded-Proto": "http"}  # fmt: skip
    with serve(replace(seeded_settings, base_url=public)) as address:
        port = address.rsplit(":", 1)[1]
        for path in (
            "", "/conformance", "/collections", LAYER, f"{LAYER}/items?limit=2", f"{LAYER}/schema",
            f"{LAYER}/items?limit=2&f=csv", f"{LAYER}/changes?limit=2", f"{LAYER}/tiles",
            f"{LAYER}/diff?from=2020-01-01T00:00:00Z&limit=2", f"{LAYER}/export?f=jsonfg",
            "/tiles/WebMercatorQuad", "/styles", "/styles/day", "/openapi", "/promise", "/dcat",
            "/iso19139/green_areas", "/collections/catalogue-records/items", "/processes", "/jobs",
            "/processes/echo", "/nope",
        ):  # fmt: skip
            for accept in ("*/*", "text/html"):
                headers = {**claims, "Accept": accept}
                answer = httpx.get(f"{address}/api{path}", headers=headers, timeout=60)
                text = answer.text + str(dict(answer.headers))
                assert "evil.test" not in text, (path, accept)
                assert f"127.0.0.1:{port}" not in text and "localhost" not in text, (path, accept)
                if answer.status_code == 200 and path != "/conformance":
                    assert public in text, (path, accept)
