"""The quick way of a remembered tile: the long way's bytes, and none of its limits lost."""

from __future__ import annotations

import socket
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.main import create_app
from sitplan.settings import Settings

from .door import (
    EMPTY,
    LAYER,
    PLAIN,
    TOWN,
    Served,
    Serving,
    ask,
    head_of,
    serving_app,
    tag_of,
    warm,
)

CHOSEN = f"{TOWN}?collections=green_areas,roads"

pytestmark = pytest.mark.acceptance(41, 53)


@pytest.fixture
def serving(seeded_settings: Settings, tmp_path: Path) -> Serving:
    """Serves an application of the test's own."""

    def begin(allowance: int = 0, **other: Any) -> AbstractContextManager[Served]:
        settings = replace(seeded_settings, allowance=allowance)
        return serving_app(create_app(settings, dist=tmp_path), **other)

    return begin


def test_the_quick_way_says_what_the_long_way_says(serving: Serving) -> None:
    """Byte by byte but for the date: each kind of request, twice, on one connection."""
    asked: list[tuple[str, bytes]] = []
    with serving() as served, served.connect() as link:
        tags = {path: tag_of(warm(served, link, path)) for path in (TOWN, LAYER, EMPTY, CHOSEN)}
        for path, tag in tags.items():
            more = "&" if "?" in path else "?"
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
                asked.append(("GET", head_of(path, *headers)))
            asked.append(("HEAD", head_of(path, *PLAIN, verb="HEAD")))
            asked.append(("OPTIONS", head_of(path, *PLAIN, verb="OPTIONS")))
            asked.append(("GET", head_of(f"{path}{more}datetime=2020-01-01", *PLAIN)))
            asked.append(("GET", head_of(f"{path}{more}", *PLAIN)))
            asked.append(("GET", head_of(path.replace("12/", "99/").replace("15/", "99/"), *PLAIN)))
        for other in (
            f"{TOWN}?collections=green_areas,nothing",
            f"{TOWN}?collections=green_areas%2Croads",
            f"{TOWN}?collections=",
            f"{TOWN}?collections=roads,green_areas,roads",
            f"{TOWN}%3Fcollections=roads",
            f"{LAYER}?collections=roads",
        ):
            asked.append(("GET", head_of(other, *PLAIN)))
        before = served.told.count
        quick = [
            ask(link, request, is_head=verb == "HEAD") for _ in "12" for verb, request in asked
        ]
        answered = served.told.count - before
        # the second time: plain ones, two that know the tag, one that knows another
        assert answered >= 4 * 8, answered
    with serving(http="httptools") as served, served.connect() as link:
        for path in (TOWN, LAYER, EMPTY, CHOSEN):
            ask(link, head_of(path, *PLAIN))
        time.sleep(0.1)
        long = [ask(link, request, is_head=verb == "HEAD") for _ in "12" for verb, request in asked]
        assert served.told.count == 0
    for (_, request), one, other in zip(asked * 2, quick, long, strict=True):
        if one[0][9:12] not in (b"400", b"404"):  # an error tells its own moment
            assert one == other, request
        assert one[0] == other[0], request
    assert {one[0][9:12] for one in quick} >= {b"200", b"304", b"204", b"400", b"404"}


def test_what_is_not_one_plain_request_goes_the_long_way(serving: Serving) -> None:
    """In pieces, two at once, by HTTP/1.0, the last of a connection: answered, in order."""
    with serving() as served:
        with served.connect() as link:
            tile = warm(served, link, TOWN)
            before = served.told.count
            whole = head_of(TOWN, *PLAIN)
            for cut in (1, 40, len(whole) - 1):
                link.sendall(whole[:cut])
                time.sleep(0.05)
                assert ask(link, whole[cut:]) == tile
            assert served.told.count == before
            # a body that looks like a request is a body
            inside = head_of("/api/collections/green_areas/search", "Host: here", verb="POST")
            link.sendall(inside[:-2] + b"Content-Length: %d\r\n\r\n" % len(whole))
            time.sleep(0.05)
            assert b" 4" in ask(link, whole)[0][:13]
            assert served.told.count == before
            assert ask(link, whole) == tile and served.told.count == before + 1
        with served.connect() as link:
            known = head_of(TOWN, *PLAIN)
            link.sendall(head_of("/api/health", *PLAIN) + known)
            got = b""
            while got.count(b"HTTP/1.1 200") < 2 or not got.endswith(tile[1]):
                more = link.recv(65536)
                assert more, got
                got += more
            assert b"vector-tile" not in got[: got.rindex(b"HTTP/1.1 200")]
        for last in (
            head_of(TOWN, *PLAIN, version="1.0"),
            head_of(TOWN, *PLAIN, "Connection: close"),
        ):
            with served.connect() as link:
                head, body = ask(link, last)
                assert b"connection: close" in head and body == tile[1]
                assert link.recv(10) == b"", "left open"


def test_the_quick_way_spends_the_allowance(serving: Serving) -> None:
    with serving(allowance=1) as served, served.connect() as link:
        warm(served, link, TOWN)
        codes = [ask(link, head_of(TOWN, *PLAIN))[0][9:12] for _ in range(60)]
        assert codes[0] == b"200" and codes[-1] == b"429" and served.told.count > 20


def test_a_silent_connection_is_closed_and_a_busy_one_is_not(serving: Serving) -> None:
    with serving(timeout_keep_alive=3) as served, served.connect() as link:
        warm(served, link, TOWN)
        before = served.told.count
        for _ in range(4):
            time.sleep(1)
            ask(link, head_of(TOWN, *PLAIN))
        assert served.told.count == before + 4
        began = time.monotonic()
        assert link.recv(10) == b"", "closed by the server"
        assert time.monotonic() - began > 2


def test_who_does_not_read_fills_no_memory(serving: Serving) -> None:
    """A thousand tiles asked for and none read: the server stops before it holds them all."""
    with serving() as served, served.connect() as other:
        tile = warm(served, other, TOWN)
        size = sum(map(len, tile))
        with served.connect() as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.settimeout(0.5)
            before = served.told.count
            try:
                for _ in range(20_000_000 // size):
                    link.sendall(head_of(TOWN, *PLAIN))
                    time.sleep(0.0002)
            except TimeoutError:
                pass  # it reads no further either
            held = [one.transport.get_write_buffer_size() for one in _doors(served)]
            assert served.told.count > before
            assert max(held) < 200_000 + 2 * size
        assert ask(other, head_of(TOWN, *PLAIN)) == tile


def _doors(served: Served) -> list[Any]:
    return list(served.server.server_state.connections)


def test_headers_are_learnt_within_bounds(serving: Serving) -> None:
    with serving() as served, served.connect() as link:
        tile = warm(served, link, TOWN)
        for n in range(1200):
            assert ask(link, head_of(TOWN, *PLAIN, f"X-Number: {n}")) == tile
        assert len(served.told._wishes) <= 1000
        for _ in "12":
            assert ask(link, head_of(TOWN, *PLAIN, f"X-Long: {'x' * 5000}")) == tile
        assert max(map(len, served.told._wishes)) <= 4096
        assert served.told.key(head_of(CHOSEN).split(b"\r\n")[0]) is not None
        many = ",".join(f"layer_{n}" for n in range(200))
        assert (
            served.told.key(b"GET %b?collections=%b HTTP/1.1" % (TOWN.encode(), many.encode()))
            is None
        )
