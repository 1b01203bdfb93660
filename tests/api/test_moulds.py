"""What a mould says of a feature is what the general way says of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from api import direct, moulds
from api.main import Application, create_app
from api.routes import items
from sitplan import gathering
from sitplan.settings import Settings


@pytest.fixture(scope="module")
def app(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    found = create_app(seeded_settings, dist=tmp_path_factory.mktemp("dist"))
    yield found
    found.state.stop()


def _ask(app: Application, paths: list[str], headers: dict[str, str]) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://here"
        ) as client:
            return [await client.get(path, headers=headers) for path in paths]

    return asyncio.run(ask())


Told = tuple[int, list[tuple[bytes, bytes]], bytes]


async def _raw(app: Application, path: str, headers: list[tuple[bytes, bytes]]) -> Told:
    """What is sent, header by header in its order."""
    plain, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": plain, "raw_path": plain.encode(), "root_path": "",
        "query_string": query.encode(), "headers": headers, "client": None,
        "server": ("here", 80),
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.sleep(60)

    await app(scope, receive, send)
    start, *rest = sent
    body = b"".join(one["body"] for one in rest)
    if body[:2] == b"\x1f\x8b":  # gzip tells the second that it was written in
        body = body[:4] + bytes(4) + body[8:]
    return start["status"], start["headers"], body


def _questions(app: Application) -> Iterator[tuple[str, list[tuple[bytes, bytes]]]]:
    """Features of every layer, asked in every way that has a mould; tags are filled in later."""
    host = (b"host", b"here")
    wishes: list[list[tuple[bytes, bytes]]] = [
        [host],
        [],
        [(b"host", b"map.example:8443"), (b"accept", b"application/geo+json")],
        [host, (b"accept-encoding", b"gzip, deflate, br, zstd")],
        [host, (b"accept-encoding", b"gzip;q=1.0, br;q=0.5"), (b"accept-encoding", b"br")],
        [host, (b"accept-encoding", b"identity"), (b"accept", b"*/*"), (b"accept", b"text/html")],
        [host, (b"if-none-match", b'W/"other"')],
        [host, (b"if-none-match", b"*"), (b"accept-encoding", b"gzip")],
        [host, (b"if-none-match", b'"a", TAG'), (b"accept-language", b"en")],
    ]
    queries = ["", "?lang=en", "?f=json", "?datetime=../..", "?lang=es&f=geojson"]
    for layer in app.state.catalogue:
        rows = app.state.database.fetch(f"SELECT id::text FROM published.{layer.name} LIMIT 2")
        paths = [f"/api/collections/{layer.name}/items/{row[0]}" for row in rows]
        yield from ((path + query, wishes[0]) for path in paths for query in queries)
        if layer.name in ("green_areas", "objectives"):  # of shapes, and without
            yield from ((paths[0] + query, one) for query in queries for one in wishes[1:])


@pytest.mark.acceptance(38)
def test_what_is_gathered_is_sent_as_the_general_way_sends_it(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte and header by header, in their order."""
    monkeypatch.setattr(gathering, "PATIENCE_MS", 9_000)  # a busy machine fails no test
    gatherer, ask = app.state.gatherer, app.state.gatherer.ask
    statuses: set[int] = set()

    async def both(path: str, headers: list[tuple[bytes, bytes]]) -> tuple[Told, Told]:
        asked: list[str] = []

        def gathered(question: Any, identifier: str) -> Any:
            asked.append(identifier)
            return ask(question, identifier)

        monkeypatch.setattr(gatherer, "ask", lambda *_: None)
        general = await _raw(app, path, headers)  # and the mould is known
        monkeypatch.setattr(gatherer, "ask", gathered)
        monkeypatch.setattr(app.state.database, "start", None)  # nobody may come there
        quick = await _raw(app, path, headers)
        monkeypatch.undo()
        assert asked == [path.partition("?")[0].rsplit("/", 1)[1]]
        return general, quick

    async def compare() -> int:
        assert await gatherer.opened()
        number = 0
        for path, headers in _questions(app):
            if any(b"TAG" in value for _, value in headers):
                _, known, _ = await _raw(app, path, headers)
                tag = dict(known)[b"etag"]
                headers = [(name, value.replace(b"TAG", tag)) for name, value in headers]
            general, quick = await both(path, headers)
            assert general == quick, (path, headers)
            statuses.add(quick[0])
            number += 1
        return number

    assert asyncio.run(compare()) > 200
    assert statuses == {200, 304}


def test_many_features_at_once_are_each_their_own(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_MS", 9_000)
    rows = app.state.database.fetch("SELECT id::text FROM published.green_areas LIMIT 50")
    paths = [f"/api/collections/green_areas/items/{row[0]}" for row in rows]
    nobody = "/api/collections/green_areas/items/00000000-0000-0000-0000-000000000000"
    statements: list[int] = []
    ask = gathering._Lane.ask

    def counting(lane: Any, question: Any, asked: gathering.Asked) -> None:
        statements.append(len(asked))
        ask(lane, question, asked)

    monkeypatch.setattr(gathering._Lane, "ask", counting)
    app.state.moulds = moulds.Moulds()

    async def together() -> list[Told]:
        assert await app.state.gatherer.opened()
        await _raw(app, paths[0], [])  # casts the mould
        return list(await asyncio.gather(*(_raw(app, path, []) for path in [*paths, nobody])))

    *found, missing = asyncio.run(together())
    assert [orjson.loads(body)["id"] for _, _, body in found] == [row[0] for row in rows]
    assert (missing[0], orjson.loads(missing[2])["code"]) == (404, "no_such_feature")
    assert sum(statements) == len(paths) + 1 and len(statements) <= len(paths) / 8


def test_a_large_feature_is_written_on_a_thread(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    answered = direct._answered

    def noted(*asked: Any) -> Any:
        threads.append(threading.current_thread().name)
        return answered(*asked)

    monkeypatch.setattr(direct, "_answered", noted)
    row = app.state.database.fetch("SELECT id::text FROM published.green_areas LIMIT 1")[0]
    path = f"/api/collections/green_areas/items/{row[0]}"
    app.state.moulds = moulds.Moulds()
    monkeypatch.setattr(gathering, "PATIENCE_MS", 9_000)

    async def ask() -> list[Told]:
        assert await app.state.gatherer.opened()
        await _raw(app, path, [])
        small = await _raw(app, path, [])
        monkeypatch.setattr(direct, "_LARGE", 10)
        return [small, await _raw(app, path, [])]

    small, large = asyncio.run(ask())
    assert small == large and small[0] == 200
    assert threads[0] == threading.main_thread().name != threads[1]


@pytest.mark.parametrize(
    ("query", "is_cast"),
    [
        ("", True),
        ("?lang=en", True),
        ("?datetime=../..", True),
        ("?f=json", True),
        ("?f=html", False),
        ("?profile=rel-as-uri", False),
        ("?profile=val-as-title", False),
        ("?profile=jsonfg", False),
    ],
)
@pytest.mark.acceptance(38)
def test_a_mould_says_what_the_general_way_says(
    app: Application, monkeypatch: pytest.MonkeyPatch, query: str, *, is_cast: bool
) -> None:
    paths = []
    for layer in app.state.catalogue:
        rows = app.state.database.fetch(f"SELECT id::text FROM published.{layer.name} LIMIT 2")
        paths += [f"/api/collections/{layer.name}/items/{row[0]}{query}" for row in rows]
    assert len(paths) > 10
    plain = {"accept-encoding": "identity"}
    app.state.moulds = moulds.Moulds()
    cast = _ask(app, paths, plain)
    again = _ask(app, paths, plain)
    kept = [one.mould for one in app.state.moulds._kept.values()]
    assert kept and all((mould is not None) == is_cast for mould in kept)
    monkeypatch.setattr(items, "key_of", lambda *_: None)
    app.state.moulds = moulds.Moulds()
    general = _ask(app, paths, plain)
    for one, twice, other in zip(cast, again, general, strict=True):
        assert one.status_code == other.status_code == 200, one.text
        assert (one.content, one.headers) == (twice.content, twice.headers)
        own = {"etag", "content-length"}  # a number may be written 1 or 1.0
        for name in one.headers.keys() | other.headers.keys():
            assert name in own or one.headers[name] == other.headers[name], (one.url, name)
        if is_cast:
            assert one.json() == other.json(), one.url
            assert list(one.json()) == list(other.json())
        else:
            assert one.content == other.content


def test_a_feature_that_is_not_there_is_refused_as_ever(app: Application) -> None:
    nobody = "/api/collections/green_areas/items/00000000-0000-0000-0000-000000000000"
    (first, second) = _ask(app, [nobody, nobody], {})
    assert first.status_code == second.status_code == 404
    assert first.json()["code"] == "no_such_feature"


def test_no_more_are_kept_than_fit(app: Application) -> None:
    kept = moulds.Moulds()
    for number in range(2 * moulds._MOST):
        kept.keep(("a", "b", b"", str(number).encode(), b""), None, app.state.catalogue)
        assert len(kept._kept) <= moulds._MOST
    assert kept.known(("a", "b", b"", b"0", b""), app.state.catalogue) is None
    last = ("a", "b", b"", str(number).encode(), b"")
    assert kept.known(last, app.state.catalogue) == (None,)
