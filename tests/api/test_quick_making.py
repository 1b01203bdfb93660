"""The quick way of a tile that must be made: whoever waits, leaves, or hears that it failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.main import create_app
from sitplan.db import Database
from sitplan.settings import Settings

from .door import LAYER, PLAIN, TOWN, Served, Serving, ask, head_of, read_answer, serving_app, warm

pytestmark = pytest.mark.acceptance(41, 53)
SLOW = "/api/collections/green_areas/tiles/WebMercatorQuad/13/4774/{}"


@pytest.fixture
def slow(fresh: Database) -> Callable[[float], None]:
    """Makes green areas take so many seconds to read, whoever reads them."""
    with fresh.transaction() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
            " FROM information_schema.columns"
            " WHERE table_schema = 'published' AND table_name = 'green_areas'"
        )
        names = cursor.fetchone()[0]

    def nap(seconds: float) -> None:
        with fresh.transaction() as cursor:
            cursor.execute("ALTER VIEW published.green_areas RENAME TO green_areas_quick")
            cursor.execute(
                f"CREATE VIEW published.green_areas AS SELECT {names} FROM"
                f" published.green_areas_quick, (SELECT pg_sleep({seconds}) OFFSET 0) AS nap"
            )
            cursor.execute("GRANT SELECT ON published.green_areas TO sitplan_read")

    return nap


@pytest.fixture
def fresh_serving(fresh_settings: Settings, tmp_path: Path) -> Serving:
    """Serves an application over a database of the test's own."""

    def begin(allowance: int = 0, **other: Any) -> AbstractContextManager[Served]:
        settings = replace(fresh_settings, allowance=allowance)
        return serving_app(create_app(settings, dist=tmp_path), **other)

    return begin


def _naps(fresh: Database) -> int:
    return int(
        fresh.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'sitplan_read' AND wait_event = 'PgSleep'"
        )[0][0]
    )


def _until(what: Callable[[], bool], *, seconds: float = 8) -> float:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "not within the time promised"
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_tile_that_must_be_made_is_what_the_long_way_says(fresh_serving: Serving) -> None:
    """Each kind of wish, of tiles that nobody has asked for yet."""
    found: list[list[tuple[bytes, bytes]]] = []
    for other in ({}, {"http": "httptools"}):
        with fresh_serving(**other) as served, served.connect() as link:
            ask(link, head_of("/api/health", *PLAIN))
            for headers in (PLAIN, ("Host: here",)):  # the day is known, the headers are learnt
                ask(link, head_of(LAYER, *headers))
                ask(link, head_of(LAYER, *headers))
            before = served.told.begun
            answers = []
            for n in range(12):
                path = f"/api/tiles/WebMercatorQuad/14/{9546 + n // 4}/{4970 + n % 4}"
                headers = PLAIN if n % 2 else ("Host: here",)
                answers.append(ask(link, head_of(path, *headers)))
            assert served.told.begun - before == (0 if other else 12)
            found.append(answers)
    assert found[0] == found[1]
    assert len({body for _, body in found[0]}) > 3


@pytest.mark.acceptance(39)
def test_who_hangs_up_ends_what_is_read_for_him(
    fresh_serving: Serving, fresh: Database, slow: Callable[[float], None]
) -> None:
    with fresh_serving() as served, served.connect() as link:
        warm(served, link, TOWN)
        slow(10)
        before = served.told.begun
        links = [served.connect() for _ in range(12)]  # more than there are lanes
        for n, one in enumerate(links):
            one.sendall(head_of(SLOW.format(2480 + n), *PLAIN))
        _until(lambda: served.told.begun == before + 12)
        _until(lambda: _naps(fresh) > 1)
        for one in links:
            one.close()
        assert _until(lambda: not _naps(fresh)) < 5
        tile = "/api/collections/roads/tiles/WebMercatorQuad/14/9547/4971"
        assert b" 200 " in ask(link, head_of(tile, *PLAIN))[0][:14]


def test_what_comes_while_a_tile_is_made_waits_for_it(
    fresh_serving: Serving, slow: Callable[[float], None]
) -> None:
    """In order, and no silence is seen in it."""
    with fresh_serving(timeout_keep_alive=2) as served, served.connect() as link:
        town = warm(served, link, TOWN)
        slow(3.5)
        link.sendall(head_of(SLOW.format(2486), *PLAIN))
        time.sleep(0.2)
        link.sendall(head_of(TOWN, *PLAIN) + head_of("/api/health", *PLAIN))
        began, got = time.monotonic(), b""
        while got.count(b"HTTP/1.1 ") < 3:
            more = link.recv(65536)
            assert more, got
            got += more
        assert time.monotonic() - began > 1.5
        first, second, third = got.split(b"HTTP/1.1 ")[1:]
        assert b"vector-tile" in first and second.endswith(town[1])
        assert b"vector-tile" not in third


@pytest.mark.acceptance(39)
def test_what_cannot_be_made_is_told_once(
    fresh_serving: Serving, fresh: Database, slow: Callable[[float], None]
) -> None:
    """A statement that runs out of time is a problem document, and is not run a second time."""
    with fresh.transaction() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER ROLE sitplan_read IN DATABASE {name} SET statement_timeout = '1s'")
    with fresh_serving() as served, served.connect() as link:
        warm(served, link, TOWN)
        slow(5)
        before = served.told.begun
        run: list[Any] = []
        lanes = served.app.state.lanes
        submit = lanes.submit
        lanes.submit = lambda *asked: run.append(asked) or submit(*asked)
        head, body = ask(link, head_of(SLOW.format(2486), *PLAIN))
        assert head.startswith(b"HTTP/1.1 503 ") and b"problem+json" in head
        assert b'"slow_request"' in body and served.told.begun == before + 1
        assert len(run) == 1
        with fresh.transaction() as cursor:
            cursor.execute("DROP VIEW published.green_areas")
        head, body = ask(link, head_of(SLOW.format(2486), *PLAIN))
        assert head.startswith(b"HTTP/1.1 503 ") and b'"broken_layer"' in body
        assert ask(link, head_of(TOWN, *PLAIN))[0].startswith(b"HTTP/1.1 200")


def test_a_server_that_ends_sends_what_is_under_way(
    fresh_serving: Serving, fresh: Database, slow: Callable[[float], None]
) -> None:
    with fresh_serving() as served, served.connect() as link:
        warm(served, link, TOWN)
        slow(1.5)
        link.sendall(head_of(SLOW.format(2486), *PLAIN))
        _until(lambda: _naps(fresh) > 0)
        served.server.should_exit = True
        assert b" 200 " in read_answer(link)[0][:14]
        assert link.recv(10) == b"", "and closes"
