"""A server with the quick way, its doings counted, and a client that sees each byte."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import uvicorn

from api.main import Application
from api.quick import QuickTiles
from sitplan.server import ways
from sitplan.tile_maker import Answer, Coming

TOWN = "/api/tiles/WebMercatorQuad/12/2387/1243"
LAYER = "/api/collections/green_areas/tiles/WebMercatorQuad/12/2387/1243"
EMPTY = "/api/collections/green_areas/tiles/WebMercatorQuad/15/3/3"
PLAIN = ("Host: here", "Accept-Encoding: gzip, br")


class Told(QuickTiles):
    """Counts what it answers of what is remembered, and what it begins."""

    count = 0
    begun = 0

    def kept(self, *asked: Any) -> Answer | None:
        """As it is."""
        found = super().kept(*asked)
        self.count += found is not None
        return found

    def begin(self, *asked: Any) -> Coming:
        """As it is."""
        self.begun += 1
        return super().begin(*asked)


@dataclass
class Served:
    port: int
    told: Told
    server: uvicorn.Server
    app: Application

    def connect(self) -> socket.socket:
        """A connection of one's own."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def serving_app(app: Application, **other: Any) -> Iterator[Served]:
    allowed = app.quick._allowance
    app.quick = told = Told(app.state, allowed)
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
        yield Served(port, told, server, app)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


def head_of(path: str, *headers: str, verb: str = "GET", version: str = "1.1") -> bytes:
    rows = [f"{verb} {path} HTTP/{version}", *headers]
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\r\n"


def read_answer(link: socket.socket, *, is_head: bool = False) -> tuple[bytes, bytes]:
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
        more = link.recv(65536)
        assert more, head
        body += more
    assert len(body) == left, "more than was asked for"
    head, dates = re.subn(rb"\r\ndate: [^\r]+", b"", head)
    assert dates == 1
    return head, body


def ask(link: socket.socket, request: bytes, **more: Any) -> tuple[bytes, bytes]:
    link.sendall(request)
    return read_answer(link, **more)


def tag_of(answer: tuple[bytes, bytes]) -> str:
    found = re.search(rb"\r\netag: ([^\r]+)", answer[0])
    assert found
    return found[1].decode()


def warm(served: Served, link: socket.socket, path: str) -> tuple[bytes, bytes]:
    """The tile once it is remembered and the quick way taken."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        before = served.told.count
        found = ask(link, head_of(path, *PLAIN))
        if served.told.count > before:
            return found
        time.sleep(0.02)
    raise AssertionError("never quick")


Serving = Callable[..., AbstractContextManager[Served]]
