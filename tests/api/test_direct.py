"""What is answered before the framework is what the framework would answer, to the byte."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api import errors
from api.envelope import Envelope
from api.main import Application, create_app
from api.pages.forms import UnfilledFields
from api.plus import MeantPlus
from sitplan.settings import Settings

ITEMS = "/api/collections/green_areas/items"
NOW = re.compile(rb'"timeStamp":"[^"]*"')


@pytest.fixture(scope="module")
def app(seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Application:
    now = datetime.now(UTC)  # some refusals tell the time
    return create_app(seeded_settings, clock=lambda: now, dist=tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def both(app: Application) -> Iterator[Any]:
    """Asks the application, and the framework alone in the same envelope."""
    whole = Envelope(MeantPlus(UnfilledFields(app.fastapi)), errors.early(app.fastapi))

    async def ask(method: str, path: str, headers: dict[str, str]) -> list[httpx.Response]:
        answers = []
        for one in (app, whole):
            transport = httpx.ASGITransport(one, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                answers.append(await client.request(method, path, headers=headers))
        return answers

    yield lambda method, path, headers: asyncio.run(ask(method, path, headers))
    app.state.stop()


def _told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    body = NOW.sub(b"", answer.content)
    headers = dict(answer.headers)
    if "content-encoding" in headers:
        headers.pop("content-length", None)  # packed, the second that it was written in counts
    return answer.status_code, sorted(headers.items()), body


def _questions(app: Application) -> list[tuple[str, str, dict[str, str]]]:
    features = app.state.database.fetch("SELECT id::text FROM published.green_areas LIMIT 3")
    one = f"{ITEMS}/{features[0][0]}"
    paths = [f"/api/collections/{layer.name}/items?limit=3" for layer in app.state.catalogue]
    paths += [one, *(f"{ITEMS}/{row[0]}" for row in features)]
    paths += [
        f"{path}{mark}{more}"
        for path, mark in ((one, "?"), (f"{ITEMS}?limit=2", "&"))
        for more in (
            *("lang=en", "lang=xx", "f=html", "f=html&lang=en", "f=json", "f=jsonfg", "f=xlsx"),
            *("crs=http://www.opengis.net/def/crs/EPSG/0/3857", "crs=nothing", "datetime=2020"),
            *("datetime=2024-01-01", "as-of=2099-01-01T00:00:00Z", "as-of=2000-01-01T00:00:00Z"),
            *("profile=jsonfg", "profile=val-as-title", "unknown=1", "lang=es&lang=en"),
        )
    ]
    paths += [
        f"{ITEMS}?{query}"
        for query in (
            *("limit=0", "limit=x", "limit=99999", "offset=2", "result-type=hits", "f=csv"),
            *("f=geojsonseq", "sortby=-name&limit=2", "sortby=nope", "bbox=-71,-29,-70,-28"),
            *("bbox=1,2", "filter=name%20LIKE%20%27P%25%27", "filter=%28", "q=plaza", "ids=x"),
            *("properties=name", "exclude-properties=name&skip-geometry=true", "zoom-level=9"),
            *("after=tampered", "f=html&name=&limit=2", "kind=plaza", "kind=nothing"),
        )
    ]
    paths += [f"{ITEMS}/nobody", f"{ITEMS}/00000000-0000-0000-0000-000000000000"]
    paths += ["/api/collections/nothing/items", "/api/collections/nothing/items/1", f"{ITEMS}/"]
    found: list[tuple[str, str, dict[str, str]]] = [("GET", path, {}) for path in paths]
    for path in (one, f"{ITEMS}?limit=2"):
        found += [("HEAD", path, {}), ("POST", path, {}), ("DELETE", path, {})]
        found += [
            ("GET", path, {name: value})
            for name, value in (
                ("accept", "text/html,application/xhtml+xml"),
                ("accept", "application/xml"),
                ("accept", "application/geo+json-seq"),
                ("accept-encoding", "identity"),
                ("accept-language", "en"),
                ("accept-datetime", "Thu, 01 Jan 2099 00:00:00 GMT"),
                ("accept-datetime", "yesterday"),
                ("prefer", "count=none"),
                ("if-none-match", "*"),
                ("if-none-match", 'W/"other"'),
                ("host", "a b"),
                ("host", "map.example:8443"),
            )
        ]
    return found


@pytest.mark.acceptance(38)
def test_the_direct_way_answers_as_the_long_one(app: Application, both: Any) -> None:
    seen: set[int] = set()
    for method, path, headers in _questions(app):
        direct, long = both(method, path, headers)
        assert _told(direct) == _told(long), (method, path, headers)
        seen.add(direct.status_code)
        tag = direct.headers.get("etag")
        if tag and direct.status_code == 200:
            again = both(method, path, {**headers, "if-none-match": tag})
            assert [one.status_code for one in again] == [304, 304], path
            assert _told(again[0]) == _told(again[1])
    assert {200, 304, 400, 404, 405, 406} <= seen, seen


@pytest.mark.acceptance(38)
def test_a_feature_takes_no_thread_of_the_framework(app: Application, both: Any) -> None:
    """Every way to a plain page or feature is the direct one: what it costs is kept so."""
    asked = []
    framework = app.fastapi.middleware_stack

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        assert framework is not None
        await framework(scope, receive, send)

    app.fastapi.middleware_stack = counted
    try:
        direct, _ = both("GET", f"{ITEMS}?limit=1", {})
        assert direct.status_code == 200 and asked == [ITEMS], "the long way alone came here"
    finally:
        app.fastapi.middleware_stack = framework
