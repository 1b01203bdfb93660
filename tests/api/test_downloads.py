"""Line 33: what breaks on the way is never taken for whole, and nobody holds up the others."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.main import create_app
from sitplan.db import Database
from sitplan.export.workshop import Workshop
from sitplan.settings import Settings
from tests.api.running import running

LAYER = "/api/collections/green_areas"


def _get(served: str, path: str, **more: Any) -> httpx.Response:
    return httpx.get(f"{served}{path}", timeout=60, **more)


def test_an_old_client_gets_a_length(served: str) -> None:
    """HTTP/1.0, as some proxies speak it: no chunks, so the length says what is whole."""
    host, _, port = served.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(f"GET {LAYER}/export?f=csv HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        raw = b""
        while part := link.recv(65536):
            raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"200 OK" in head and b"chunked" not in head.lower()
    told = next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length"))
    assert int(told.split(b":")[1]) == len(body)
    assert body == _get(served, f"{LAYER}/export?f=csv").content


@pytest.fixture(scope="module")
def crowded(_clones: Callable[..., Any], base_settings: Settings) -> Iterator[Settings]:
    """Many rows: more than sockets hold, so that a download takes as long as its client."""
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        with Database(settings, role="admin", workers=1) as owner, owner.transaction() as cursor:
            cursor.execute("SELECT sitplan.open_change('x', 'x', 'many', 'x', 'import')")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "INSERT INTO layers.critical_points (code, name, cause, review_state, geom)"
                " SELECT 'X-' || i, (SELECT string_agg(md5(i || '-' || n), ' ')"
                " FROM generate_series(1, 40) AS n), 'otro', 'published',"
                " ST_SetSRID(ST_MakePoint(328000 + i / 1000.0, 6838000), 32719)"
                " FROM generate_series(1, 30000) AS i"
            )
        yield settings


@contextmanager
def _serving(settings: Settings, **more: Any) -> Iterator[tuple[str, Workshop]]:
    app = create_app(settings)
    app.state.workshop = Workshop(settings, **more)
    with running(app) as client:
        yield str(client.base_url), app.state.workshop


POINTS = "/api/collections/critical_points"


def _exports(settings: Settings) -> int:
    with Database(settings, role="admin", workers=1) as owner:
        rows = owner.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sitplan export'"
            " AND datname = current_database()"
        )
    return int(rows[0][0])


def _soon(check: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", ["geojson", "csv", "geojsonseq", "parquet"])
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.acceptance(33)
def test_a_broken_stream_is_not_a_whole_file(crowded: Settings, name: str, zipped: bool) -> None:
    """The database ends the connection half-way: the client is told by an end without an end."""
    headers = {"Accept-Encoding": "gzip" if zipped else "identity"}
    got = b""
    with _serving(crowded) as (served, _):
        url = f"{served}{POINTS}/export?f={name}"
        with pytest.raises(httpx.RemoteProtocolError):
            with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
                assert answer.status_code == 200
                raw = answer.iter_raw()
                got += next(raw)
                with Database(crowded, role="admin", workers=1) as owner:
                    owner.fetch(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE application_name = 'sitplan export'"
                        " AND datname = current_database()"
                    )
                for part in raw:
                    got += part
        assert got
        assert _soon(lambda: _exports(crowded) == 0)
        assert httpx.get(f"{served}/api/health").status_code == 200
        answer = _get(served, f"{POINTS}/export?f=csv&coordinates=none")
        assert answer.status_code == 200, "the place is free again"


def test_who_goes_away_ends_what_ran_for_him(crowded: Settings) -> None:
    with _serving(crowded) as (served, _):
        for name in ("geojson", "csv", "parquet"):
            with httpx.stream("GET", f"{served}{POINTS}/export?f={name}") as answer:
                raw = answer.iter_raw()
                next(raw)
                assert _exports(crowded) == 1, name
                del raw  # which closes the connection
            assert _soon(lambda: _exports(crowded) == 0), name
        host, _, port = served.removeprefix("http://").partition(":")
        for name in ("xlsx", "kml", "shp"):
            with socket.create_connection((host, int(port))) as link:
                text = f"GET {POINTS}/export?f={name} HTTP/1.1\r\nHost: {host}\r\n\r\n"
                link.sendall(text.encode())
                assert _soon(lambda: _exports(crowded) == 1), name
            assert _soon(lambda: _exports(crowded) == 0), name
        assert _soon(lambda: not list((crowded.home / "exports").iterdir()))


def test_so_many_at_once_and_no_more(crowded: Settings) -> None:
    with _serving(crowded, places=3) as (served, _), ExitStack() as stack:
        slow = [
            stack.enter_context(httpx.stream("GET", f"{served}{POINTS}/export?f=geojson"))
            for _ in range(3)
        ]
        begun = [one.iter_raw() for one in slow]
        for raw in begun:
            next(raw)
        refused = _get(served, f"{POINTS}/export?f=csv")
        assert refused.status_code == 503 and refused.json()["code"] == "exports_busy"
        assert int(refused.headers["retry-after"]) > 0
        began = time.monotonic()
        assert _get(served, "/api/health").status_code == 200
        assert _get(served, "/api/collections/roads/items?limit=10").status_code == 200
        assert _get(served, "/api/tiles/WebMercatorQuad/13/4773/2484").status_code == 200
        assert time.monotonic() - began < 3, "pages and tiles have threads of their own"
        stack.close()

        def is_free() -> bool:
            return _get(served, f"{POINTS}/export?f=csv&code=X-1").status_code == 200

        assert _soon(is_free)


def test_who_takes_nothing_loses_his_place(crowded: Settings) -> None:
    with _serving(crowded, places=1, patience_s=0.5) as (served, _):
        host, _, port = served.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as link:
            link.sendall(f"GET {POINTS}/export?f=csv HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            link.recv(100)
            assert _exports(crowded) == 1
            assert _soon(lambda: _exports(crowded) == 0)
            assert _get(served, f"{POINTS}/export?f=csv&code=X-1").status_code == 200


def test_a_file_that_cannot_be_built_is_a_problem(crowded: Settings) -> None:
    with _serving(crowded, limit=1000) as (served, _):
        for name in ("gpkg", "xlsx", "shp"):
            answer = _get(served, f"{POINTS}/export?f={name}&lang=en")
            assert answer.status_code == 409 and answer.json()["code"] == "export_too_large"
            assert "content-disposition" not in answer.headers
        assert not list((crowded.home / "exports").iterdir())
        assert _get(served, f"{POINTS}/export?f=csv").status_code == 200
