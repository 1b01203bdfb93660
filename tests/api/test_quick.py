"""The quick way of a remembered tile: the long way's bytes, and none of its limits lost."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.main import Application, create_app
from api.quick import QuickTiles
from sitplan.server import ways
from sitplan.settings import Settings

pytestmark = pytest.mark.acceptance(41, 53)
TOWN = "/api/tiles/WebMercatorQuad/12/2387/1243"
LAYER = "/api/collections/green_areas/tiles/WebMercatorQuad/12/2387/1243"
EMPTY = "/api/collections/green_areas/tiles/WebMercatorQuad/15/3/3"
PLAIN = ("Host: here", "Accept-Encoding: gzip, br")


class _Told(QuickTiles):
    """Counts what it answers."""

    count = 0

    def answer(self, *asked: Any, **more: Any) -> bytes | None:
        """As it is."""
        found = super().answer(*asked, **more)
        self.count += found is not None
        return found


@dataclass
class _Served:
    port: int
    told: _Told
    server: uvicorn.Server

    def connect(self) -> socket.socket:
        """A connection of one's own."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def _serving(app: Application, **other: Any) -> Iterator[_Served]:
    allowed = app.quick._allowance
    app.quick = told = _Told(app.state.tiles, allowed)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = ways(replace(app.state.settings, host="127.0.0.1", port=port), {})
    server = uvicorn.Server(uvicorn.Config(app, **served | {"log_level": "critical"} | other))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    try:
        yield _Served(port, told, server)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


Serving = Callable[..., AbstractContextManager[_Served]]


@pytest.fixture
def serving(seeded_settings: Settings, tmp_path: Path) -> Serving:
    """Serves an application of the test's own."""

    def begin(allowance: int = 0, **other: Any) -> AbstractContextManager[_Served]:
        settings = replace(seeded_settings, allowance=allowance)
        return _serving(create_app(settings, dist=tmp_path), **other)

    return begin


def _head(path: str, *headers: str, verb: str = "GET", version: str = "1.1") -> bytes:
    rows = [f"{verb} {path} HTTP/{version}", *headers]
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\r\n"


def _read(link: socket.socket, *, is_head: bool = False) -> tuple[bytes, bytes]:
    """One answer's head, less its date, and body."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = link.recv(65536)
        assert more, got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    left = int(length[1]) if length and not is_head and b" 304 " not in head[:16] else 0
    while len(body) < left:
        body += link.recv(65536)
    assert len(body) == left, "more than was asked for"
    head, dates = re.subn(rb"\r\ndate: [^\r]+", b"", head)
    assert dates == 1
    return head, body


def _ask(link: socket.socket, request: bytes, **more: Any) -> tuple[bytes, bytes]:
    link.sendall(request)
    return _read(link, **more)


def _tag(answer: tuple[bytes, bytes]) -> str:
    found = re.search(rb"\r\netag: ([^\r]+)", answer[0])
    assert found
    return found[1].decode()


def _warm(served: _Served, link: socket.socket, path: str) -> tuple[bytes, bytes]:
    """The tile once it is remembered and the quick way taken."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        before = served.told.count
        found = _ask(link, _head(path, *PLAIN))
        if served.told.count > before:
            return found
        time.sleep(0.02)
    raise AssertionError("never quick")


def test_the_quick_way_says_what_the_long_way_says(serving: Serving) -> None:
    """Byte by byte but for the date: each kind of request, twice, on one connection."""
    asked: list[tuple[str, bytes]] = []
    with serving() as served, served.connect() as link:
        tags = {path: _tag(_warm(served, link, path)) for path in (TOWN, LAYER, EMPTY)}
        for path, tag in tags.items():
            for headers in (
                PLAIN,
                ("host: here", "accept-encoding: gzip;q=0"),
                ("Host: here",),
                ("Host: here", "Accept: */*", "Connection: keep-alive", "Accept-Encoding: GZIP"),
                (*PLAIN, f"If-None-Match: {tag}"),
                ("Host: here", f"if-none-match: {tag}", "Accept-Encoding: gzip, br"),
                (*PLAIN, 'If-None-Match: W/"000000000000000000000000"'),
                (*PLAIN, f'If-None-Match: W/"x", {tag}'),
                (*PLAIN, "If-None-Match: *"),
                (*PLAIN, "Origin: http://elsewhere.example", "Cookie: a=b"),
                (*PLAIN, "Accept-Datetime: Thu, 31 May 2007 20:35:00 GMT"),
                (*PLAIN, "Content-Length: 0"),
            ):
                asked.append(("GET", _head(path, *headers)))
            asked.append(("HEAD", _head(path, *PLAIN, verb="HEAD")))
            asked.append(("OPTIONS", _head(path, *PLAIN, verb="OPTIONS")))
            asked.append(("GET", _head(f"{path}?datetime=2020-01-01", *PLAIN)))
            asked.append(("GET", _head(f"{path}?", *PLAIN)))
            asked.append(("GET", _head(path.replace("12/", "99/").replace("15/", "99/"), *PLAIN)))
        before = served.told.count
        quick = [
            _ask(link, request, is_head=verb == "HEAD") for _ in "12" for verb, request in asked
        ]
        answered = served.told.count - before
        # the second time: plain ones, two that know the tag, one that knows another
        assert answered >= 3 * 8, answered
    with serving(http="httptools") as served, served.connect() as link:
        for path in (TOWN, LAYER, EMPTY):
            _ask(link, _head(path, *PLAIN))
        time.sleep(0.1)
        long = [
            _ask(link, request, is_head=verb == "HEAD") for _ in "12" for verb, request in asked
        ]
        assert served.told.count == 0
    for (_, request), one, other in zip(asked * 2, quick, long, strict=True):
        if b"404" not in one[0][:16]:  # an error tells its own moment
            assert one == other, request
        assert one[0] == other[0], request
    assert {one[0][9:12] for one in quick} >= {b"200", b"304", b"204", b"404"}


def test_what_is_not_one_plain_request_goes_the_long_way(serving: Serving) -> None:
    """In pieces, two at once, by HTTP/1.0, the last of a connection: answered, in order."""
    with serving() as served:
        with served.connect() as link:
            tile = _warm(served, link, TOWN)
            before = served.told.count
            whole = _head(TOWN, *PLAIN)
            for cut in (1, 40, len(whole) - 1):
                link.sendall(whole[:cut])
                time.sleep(0.05)
                assert _ask(link, whole[cut:]) == tile
            assert served.told.count == before
            # a body that looks like a request is a body
            inside = _head("/api/collections/green_areas/search", "Host: here", verb="POST")
            link.sendall(inside[:-2] + b"Content-Length: %d\r\n\r\n" % len(whole))
            time.sleep(0.05)
            assert b" 4" in _ask(link, whole)[0][:13]
            assert served.told.count == before
            assert _ask(link, whole) == tile and served.told.count == before + 1
        with served.connect() as link:
            known = _head(TOWN, *PLAIN)
            link.sendall(_head("/api/health", *PLAIN) + known)
            got = b""
            while got.count(b"HTTP/1.1 200") < 2 or not got.endswith(tile[1]):
                got += link.recv(65536)
            assert b"vector-tile" not in got[: got.rindex(b"HTTP/1.1 200")]
        for last in (
            _head(TOWN, *PLAIN, version="1.0"),
            _head(TOWN, *PLAIN, "Connection: close"),
        ):
            with served.connect() as link:
                head, body = _ask(link, last)
                assert b"connection: close" in head and body == tile[1]
                assert link.recv(10) == b"", "left open"


def test_the_quick_way_spends_the_allowance(serving: Serving) -> None:
    with serving(allowance=1) as served, served.connect() as link:
        _warm(served, link, TOWN)
        codes = [_ask(link, _head(TOWN, *PLAIN))[0][9:12] for _ in range(60)]
        assert codes[0] == b"200" and codes[-1] == b"429" and served.told.count > 20


def test_a_silent_connection_is_closed_and_a_busy_one_is_not(serving: Serving) -> None:
    with serving(timeout_keep_alive=1) as served, served.connect() as link:
        _warm(served, link, TOWN)
        before = served.told.count
        for _ in range(5):
            time.sleep(0.4)
            _ask(link, _head(TOWN, *PLAIN))
        assert served.told.count == before + 5
        began = time.monotonic()
        assert link.recv(10) == b"", "closed by the server"
        assert 0.7 < time.monotonic() - began < 5


def test_who_does_not_read_fills_no_memory(serving: Serving) -> None:
    """A thousand tiles asked for and none read: the server stops before it holds them all."""
    with serving() as served, served.connect() as warm:
        tile = _warm(served, warm, TOWN)
        size = sum(map(len, tile))
        with served.connect() as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.settimeout(0.5)
            before = served.told.count
            try:
                for _ in range(20_000_000 // size):
                    link.sendall(_head(TOWN, *PLAIN))
                    time.sleep(0.0002)
            except TimeoutError:
                pass  # it reads no further either
            held = [one.transport.get_write_buffer_size() for one in _doors(served)]
            assert served.told.count > before
            assert max(held) < 200_000 + 2 * size
        assert _ask(warm, _head(TOWN, *PLAIN)) == tile


def _doors(served: _Served) -> list[Any]:
    return list(served.server.server_state.connections)


def test_headers_are_learnt_within_bounds(serving: Serving) -> None:
    with serving() as served, served.connect() as link:
        tile = _warm(served, link, TOWN)
        for n in range(1200):
            assert _ask(link, _head(TOWN, *PLAIN, f"X-Number: {n}")) == tile
        assert len(served.told._heads) <= 1000
        for _ in "12":
            assert _ask(link, _head(TOWN, *PLAIN, f"X-Long: {'x' * 5000}")) == tile
        assert max(map(len, served.told._heads)) <= 4096
