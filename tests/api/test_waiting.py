"""Who hangs up ends his query; who is slow holds up nobody."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.main import Application, create_app
from sitplan.db import Database
from sitplan.settings import Settings
from tests.api.running import running

TOWN = "/api/tiles/WebMercatorQuad/15/19099/9943"
ITEMS = "/api/collections/green_areas/items"


@pytest.fixture
def app(fresh_settings: Settings, tmp_path: Path) -> Application:
    return create_app(fresh_settings, dist=tmp_path)


@pytest.fixture
def live(app: Application) -> Iterator[httpx.Client]:
    with running(app) as client:
        assert client.get("/api/health").status_code == 200
        yield client


@pytest.fixture
def slow(fresh: Database) -> None:
    """Green areas that take ten seconds to read, whoever reads them."""
    with fresh.transaction() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
            " FROM information_schema.columns"
            " WHERE table_schema = 'published' AND table_name = 'green_areas'"
        )
        names = cursor.fetchone()[0]
        cursor.execute("ALTER VIEW published.green_areas RENAME TO green_areas_quick")
        cursor.execute(
            f"CREATE VIEW published.green_areas AS SELECT {names} FROM"
            " published.green_areas_quick, (SELECT pg_sleep(10) OFFSET 0) AS nap"
        )
        cursor.execute("GRANT SELECT ON published.green_areas TO sitplan_read")


def _running(fresh: Database) -> int:
    """Statements that sleep now, as the public's role."""
    return int(
        fresh.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'sitplan_read' AND wait_event = 'PgSleep'"
        )[0][0]
    )


def _until(what: Callable[[], Any], *, seconds: float) -> float:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "not within the time promised"
        time.sleep(0.02)
    return time.monotonic() - began


def _connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=30)


def _ask(client: httpx.Client, path: str, *, method: str = "GET", body: bytes = b"") -> Any:
    link = _connect(client)
    head = f"{method} {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n"
    link.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
    return link


@pytest.mark.acceptance(39)
@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    "path",
    [
        f"{ITEMS}?limit=5",
        f"{ITEMS}/ID",
        "/api/search?q=NAME",
        "/api/collections/green_areas/tiles/WebMercatorQuad/15/19099/9943",
        "/api/collections/green_areas/tiles/WebMercatorQuad/15/19099/9943?datetime=2025-01-01",
        TOWN,
        "/api/collections/green_areas/export?f=csv",
        "/api/collections/green_areas",
    ],
)
def test_a_client_who_hangs_up_ends_his_query(
    live: httpx.Client, fresh: Database, path: str
) -> None:
    one = "SELECT id::text, name FROM published.green_areas_quick WHERE name IS NOT NULL LIMIT 1"
    identifier, name = fresh.fetch(one)[0]
    link = _ask(live, path.replace("ID", identifier).replace("NAME", quote(name)))
    _until(lambda: _running(fresh), seconds=8)
    link.close()
    took = _until(lambda: not _running(fresh), seconds=5)
    assert took < 5, "the statement would have run for ten seconds"
    assert live.get("/api/collections/roads/items?limit=1").status_code == 200


@pytest.mark.acceptance(39)
@pytest.mark.usefixtures("slow")
def test_a_question_by_body_ends_too(live: httpx.Client, fresh: Database) -> None:
    link = _ask(live, "/api/collections/green_areas/search", method="POST", body=b'{"limit": 5}')
    _until(lambda: _running(fresh), seconds=8)
    link.close()
    _until(lambda: not _running(fresh), seconds=5)


@pytest.mark.acceptance(39)
@pytest.mark.usefixtures("slow")
def test_what_waits_in_the_queue_never_begins(
    live: httpx.Client, app: Application, fresh: Database
) -> None:
    """More clients than connections hang up: the queue is empty, the connections are free."""
    links = [_ask(live, f"{ITEMS}?limit={n + 1}") for n in range(40)]
    _until(lambda: _running(fresh), seconds=8)
    for link in links:
        link.close()
    _until(lambda: not _running(fresh), seconds=8)
    assert live.get("/api/collections/roads/items?limit=1").elapsed.total_seconds() < 5


@pytest.mark.acceptance(39)
def test_the_statement_timeout_is_a_problem_with_a_remedy(
    live: httpx.Client, fresh: Database, slow: None
) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
        cursor.execute(
            f"ALTER ROLE sitplan_read IN DATABASE {name} SET statement_timeout = '300ms'"
        )
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sitplan_read'"
            " AND datname = current_database()"
        )
    for path in (f"{ITEMS}?limit=5", "/api/search?q=plaza"):
        answer = live.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "slow_request"), path
        assert answer.json()["hint"] and answer.headers["retry-after"]


@pytest.mark.acceptance(53)
@pytest.mark.usefixtures("slow")
def test_slow_questions_hold_up_neither_health_nor_tiles(
    live: httpx.Client, fresh: Database
) -> None:
    links = [_ask(live, f"{ITEMS}?limit={n + 1}") for n in range(60)]
    _until(lambda: _running(fresh), seconds=8)
    _stays_quick(live)
    for link in links:
        link.close()


def _stays_quick(live: httpx.Client) -> None:
    for n in range(4):
        began = time.monotonic()
        assert live.get("/api/health").status_code == 200
        tile = f"/api/collections/roads/tiles/WebMercatorQuad/15/19099/{9940 + n}"
        assert live.get(tile).status_code == 200
        assert time.monotonic() - began < 3, "held up"


@pytest.mark.acceptance(53)
def test_two_hundred_slow_clients_hold_up_neither_health_nor_tiles(
    live: httpx.Client, app: Application
) -> None:
    """Who sends a letter of the head, who half a body, who reads nothing of a large answer."""
    links: list[socket.socket] = []
    for n in range(200):
        link = _connect(live)
        if n % 4 == 0:
            link.sendall(b"GET /api/health HTTP/1.1\r\nHost: he")
        elif n % 4 == 1:
            link.sendall(
                b"POST /api/collections/roads/search HTTP/1.1\r\nHost: here\r\n"
                b"Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n{"
            )
        elif n % 4 == 2:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            link.sendall(
                b"GET /api/collections/roads/items?limit=10000 HTTP/1.1\r\nHost: here\r\n\r\n"
            )
        else:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            link.sendall(
                b"GET /api/collections/roads/export?f=geojson HTTP/1.1\r\nHost: here\r\n\r\n"
            )
        links.append(link)
    time.sleep(1)
    _stays_quick(live)
    page = live.get("/api/collections/meeting_points/items?limit=5", timeout=20)
    assert page.status_code == 200
    for link in links:
        link.close()
