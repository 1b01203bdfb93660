"""Lanes: statements that an event loop has run without a thread, and what happens to them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

import psycopg2
import pytest
from psycopg2 import sql as pgsql

from sitplan.db import Database
from sitplan.errors import Unavailable
from sitplan.lanes import Lanes
from sitplan.settings import Settings
from sitplan.statements import Ready

pytestmark = pytest.mark.acceptance(39)
T = TypeVar("T")
TWICE = Ready(pgsql.SQL("SELECT %s::int * 2, pg_backend_pid()"), values=1)
BYTES = Ready(pgsql.SQL("SELECT decode(repeat('ab', %s), 'hex')"), values=1)
NAP = Ready(pgsql.SQL("SELECT 1 FROM pg_sleep(%s)"), values=1)
ANEW = Ready(pgsql.SQL("SELECT %s || '%%'"), values=1, is_prepared=False)
NOTHING = Ready(pgsql.SQL("SELECT 1 / %s::int"), values=1)
LIMIT = Ready(
    pgsql.SQL("SELECT current_setting('statement_timeout'), current_user, %s::int"), values=1
)


@pytest.fixture
def database(seeded_settings: Settings) -> Iterator[Database]:
    with Database(seeded_settings, workers=2, for_tiles=True) as found:
        yield found


def _with(database: Database, do: Callable[[Lanes], Awaitable[T]], *, count: int = 2) -> T:
    """What is done on a loop that has its lanes open."""

    async def whole() -> T:
        lanes = Lanes(database, count=count)
        lanes.begin()
        try:
            for _ in range(500):
                await asyncio.wrap_future(lanes.submit(TWICE, [1]))
                if len(lanes._open) == count:
                    break
                lanes._widen(asyncio.get_running_loop())
                await asyncio.sleep(0.01)
            assert len(lanes._open) == count
            return await do(lanes)
        finally:
            lanes.close()
            assert not lanes._open

    return asyncio.run(whole())


def _wait(*coming: Future[Any]) -> Awaitable[list[Any]]:
    return asyncio.gather(*map(asyncio.wrap_future, coming), return_exceptions=True)


def test_statements_run_at_once_and_each_finds_its_own(database: Database) -> None:
    async def ask(lanes: Lanes) -> None:
        found = await _wait(*(lanes.submit(TWICE, [n]) for n in range(40)))
        assert [rows[0][0] for rows in found] == [2 * n for n in range(40)]
        assert len({rows[0][1] for rows in found}) == 2, "both lanes"
        long = "x" * 3_000_000
        assert await _wait(lanes.submit(ANEW, [long])) == [[(f"{long}%",)]], "sent by and by"
        found = await _wait(lanes.submit(ANEW, ["100"]), lanes.submit(LIMIT, [1]))
        assert found[0] == [("100%",)]
        assert found[1][0][:2] == ("15s", "sitplan_read"), "the public's role and its limits"
        began = time.monotonic()
        await _wait(*(lanes.submit(NAP, [0.3]) for _ in range(2)))
        assert time.monotonic() - began < 0.59, "side by side"

    _with(database, ask)


def test_an_error_is_the_statements_and_the_lane_goes_on(database: Database) -> None:
    async def ask(lanes: Lanes) -> None:
        for _ in range(3):
            (found,) = await _wait(lanes.submit(NOTHING, [0]))
            assert isinstance(found, psycopg2.errors.DivisionByZero)
            assert await _wait(lanes.submit(NOTHING, [1])) == [[(1,)]]
        assert len(lanes._open) == 1

    _with(database, ask, count=1)


def test_what_is_heavy_is_handed_to_a_thread(database: Database) -> None:
    async def ask(lanes: Lanes) -> None:
        for size, is_here in ((1000, True), (300_000, False)):
            at: list[int] = []
            coming = lanes.submit(BYTES, [size])
            coming.add_done_callback(lambda _, at=at: at.append(threading.get_ident()))
            (rows,) = await _wait(coming)
            assert bytes(rows[0][0]) == b"\xab" * size
            assert (at == [threading.get_ident()]) is is_here

    _with(database, ask)


def test_who_leaves_ends_his_statement_and_no_other(database: Database, fresh: Database) -> None:
    async def ask(lanes: Lanes) -> None:
        for _ in range(4):
            long, queued = lanes.submit(NAP, [20]), lanes.submit(NAP, [20])
            after = lanes.submit(TWICE, [4])
            await asyncio.sleep(0.1)
            began = time.monotonic()
            await asyncio.get_running_loop().run_in_executor(None, queued.call_off)
            await asyncio.get_running_loop().run_in_executor(None, long.call_off)
            found = await _wait(long, queued, after)
            assert time.monotonic() - began < 5
            assert isinstance(found[0], psycopg2.errors.QueryCanceled)
            assert isinstance(found[1], asyncio.CancelledError)
            assert found[2][0][0] == 8
            with pytest.raises(Unavailable) as told:
                queued.found()
            assert told.value.code == "caller_left"
        assert len(lanes._open) == 1

    _with(database, ask, count=1)


def test_a_lost_lane_is_replaced_and_its_statement_done(
    database: Database, fresh: Database
) -> None:
    async def ask(lanes: Lanes) -> None:
        idle = {rows[0][1] for rows in await _wait(*(lanes.submit(TWICE, [1]) for _ in range(9)))}
        under_way = [lanes.submit(NAP, [0.6]), lanes.submit(NAP, [0.6])]
        waiting = lanes.submit(TWICE, [5])
        await asyncio.sleep(0.2)
        for pid in idle:
            fresh.fetch("SELECT pg_terminate_backend(%s)", [pid])
        found = await _wait(*under_way, waiting)
        assert found[:2] == [[(1,)], [(1,)]] and found[2][0][0] == 10
        for _ in range(300):
            (rows,) = await _wait(lanes.submit(TWICE, [6]))
            assert rows[0][0] == 12
            if lanes._open and rows[0][1] not in idle:
                break
            await asyncio.sleep(0.02)
        assert lanes._open, "opened anew"
        # and one that is lost while it is idle
        (lane,) = list(lanes._open)[:1]
        fresh.fetch("SELECT pg_terminate_backend(%s)", [lane._link.info.backend_pid])
        await asyncio.sleep(0.3)
        assert lane not in lanes._open
        assert (await _wait(lanes.submit(TWICE, [7])))[0][0][0] == 14

    _with(database, ask)


def test_columns_of_another_type_are_read_as_they_are(fresh_settings: Settings) -> None:
    """A view that was replaced under a prepared statement: it is prepared anew, not refused."""
    view = Ready(pgsql.SQL("SELECT x FROM published.turning WHERE %s::int = 1"), values=1)

    def turn(owner: Database, text: str) -> None:
        with owner.transaction() as cursor:
            cursor.execute("DROP VIEW IF EXISTS published.turning")
            cursor.execute(f"CREATE VIEW published.turning AS SELECT {text} AS x")
            cursor.execute("GRANT SELECT ON published.turning TO sitplan_read")

    with (
        Database(fresh_settings, role="admin", workers=1) as owner,
        Database(fresh_settings, workers=1) as database,
    ):
        turn(owner, "1")

        async def ask(lanes: Lanes) -> None:
            assert await _wait(lanes.submit(view, [1])) == [[(1,)]]
            turn(owner, "'one'::text")
            for _ in range(3):
                assert await _wait(lanes.submit(view, [1])) == [[("one",)]]
            assert len(lanes._open) == 1

        _with(database, ask, count=1)


def test_a_connection_keeps_no_more_plans_than_so_many(database: Database) -> None:
    async def ask(lanes: Lanes) -> None:
        for n in range(230):
            one = Ready(pgsql.SQL("SELECT %s::int + {}").format(pgsql.Literal(n)), values=1)
            assert await _wait(lanes.submit(one, [1])) == [[(n + 1,)]]
        held = Ready(
            pgsql.SQL("SELECT count(*) FROM pg_prepared_statements WHERE %s"),
            values=1,
            is_prepared=False,
        )
        assert (await _wait(lanes.submit(held, [True])))[0][0][0] <= 200

    _with(database, ask, count=1)


def test_without_a_loop_or_a_connection_threads_do_it(
    database: Database, base_settings: Settings
) -> None:
    lanes = Lanes(database)
    assert lanes.submit(TWICE, [3]).found()[0][0] == 6
    lanes.close()

    nowhere = replace(base_settings, database_url="postgresql://nobody@127.0.0.1:1/none")

    async def ask(down: Database) -> None:
        lanes = Lanes(down)
        lanes.begin()
        for _ in range(3):
            (found,) = await _wait(lanes.submit(TWICE, [1]))
            assert isinstance(found, Unavailable) and found.code == "database_down"
        lanes.close()

    with Database(nowhere, workers=1) as down:
        asyncio.run(ask(down))
