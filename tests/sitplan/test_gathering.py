"""Many questions, one statement: who asks gets his row, or is sent to the general way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from psycopg2 import sql as pgsql

from sitplan import gathering, statements
from sitplan.db import READER, Database, reader_url
from sitplan.gathering import Gatherer, Question
from sitplan.settings import Settings
from sitplan.statements import Ready

T = TypeVar("T")
ONE, TWO = str(uuid4()), str(uuid4())
IDS = [str(uuid4()) for _ in range(40)]


def _question(text: str) -> Question:
    return Question(Ready(pgsql.SQL(text), values=1), [])


def _echo() -> Question:
    return _question("SELECT id::text, 'told ' || id FROM unnest(%s::uuid[]) AS id")


def _nap(seconds: float) -> Question:
    return _question(
        "SELECT id::text, pg_sleep(" + str(seconds) + ")::text FROM unnest(%s::uuid[]) AS id"
    )


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine fails no test."""
    monkeypatch.setattr(gathering, "PATIENCE_MS", 9_000)
    monkeypatch.setattr(gathering, "_SILENCE_S", 20.0)


async def _until(what: Callable[[], Any], *, seconds: float = 20.0) -> None:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "not within the time promised"
        await asyncio.sleep(0.01)


@pytest.fixture
def run(seeded_settings: Settings) -> Iterator[Callable[[Callable[[Gatherer], Awaitable[T]]], T]]:
    """Runs on a loop of its own, with a gatherer that has connections."""
    gatherer = Gatherer(Database(seeded_settings))

    def inside(work: Callable[[Gatherer], Awaitable[T]]) -> T:
        async def whole() -> T:
            assert await gatherer.opened()
            return await work(gatherer)

        return asyncio.run(whole())

    yield inside
    gatherer.close()


async def _all(gatherer: Gatherer, question: Question, ids: list[str]) -> list[Any]:
    coming = [gatherer.ask(question, one) for one in ids]
    assert None not in coming
    return list(await asyncio.gather(*coming))  # type: ignore[arg-type]


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The ids of each statement."""
    sent: list[list[str]] = []
    ask = gathering._Lane.ask

    def counting(lane: Any, question: Question, asked: gathering.Asked) -> None:
        sent.append([one for one, _ in asked])
        ask(lane, question, asked)

    monkeypatch.setattr(gathering._Lane, "ask", counting)
    return sent


def test_who_asks_at_once_is_read_by_one_statement(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = _counted(monkeypatch)
    echo = _echo()
    assert run(lambda g: _all(g, echo, IDS[:5])) == [(one, f"told {one}") for one in IDS[:5]]
    assert sent == [IDS[:5]]


def test_no_statement_reads_more_than_fit(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = _counted(monkeypatch)
    found = run(lambda g: _all(g, _echo(), IDS))
    assert [row[0] for row in found] == IDS
    assert max(map(len, sent)) == gathering.MOST and len(sent) == 3


def test_who_asks_twice_and_who_is_not_there(run: Any) -> None:
    some = _question(f"SELECT id::text FROM unnest(%s::uuid[]) AS id WHERE id = '{ONE}'")
    assert run(lambda g: _all(g, some, [ONE, TWO, ONE])) == [(ONE,), None, (ONE,)]


def test_different_questions_do_not_mix(run: Any) -> None:
    async def work(gatherer: Gatherer) -> list[Any]:
        made = [_question(f"SELECT id::text, {n} FROM unnest(%s::uuid[]) AS id") for n in range(9)]
        return [
            row[1] for row in await asyncio.gather(*(gatherer.ask(one, ONE) for one in made * 2))
        ]

    assert run(work) == [*range(9)] * 2


def test_no_answer_is_older_than_its_question(fresh_settings: Settings, fresh: Database) -> None:
    """Edits between questions, while others run: each sees what was kept before it was asked."""
    with fresh.transaction() as cursor:
        cursor.execute(
            "CREATE TABLE public.counted AS SELECT %s::uuid AS id, 0 AS value; "
            f"GRANT SELECT ON public.counted TO {READER}",
            [ONE],
        )
    read = _question("SELECT id::text, value FROM public.counted WHERE id = ANY (%s::uuid[])")
    slow = _question(
        "SELECT id::text, value, pg_sleep(0.02) FROM public.counted WHERE id = ANY (%s::uuid[])"
    )

    async def work(gatherer: Gatherer) -> int:
        assert await gatherer.opened()
        asked = []
        with fresh.transaction() as cursor:
            for value in range(1, 60):
                cursor.execute("UPDATE public.counted SET value = %s", [value])
                cursor.connection.commit()
                asked += [(value, gatherer.ask(one, ONE)) for one in (read, slow)]
                await asyncio.sleep(0.001 * (value % 4))
        for value, coming in asked:
            assert coming is not None
            row = await coming
            assert row is not None and row[1] >= value
        return len(asked)

    gatherer = Gatherer(Database(fresh_settings))
    assert asyncio.run(work(gatherer)) == 118
    gatherer.close()


def test_what_fails_is_left_to_the_general_way_and_others_go_on(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_PAUSE_S", 60.0)
    sent = _counted(monkeypatch)
    broken, echo = _question("SELECT id::text, 1 / 0 FROM unnest(%s::uuid[]) AS id"), _echo()
    missing = _question("SELECT id::text FROM no_such_table WHERE id = ANY (%s::uuid[])")

    async def work(gatherer: Gatherer) -> None:
        for wrong in (broken, missing):
            assert await _all(gatherer, wrong, [ONE, TWO]) == [None, None]
            assert gatherer.ask(wrong, ONE) is None, "it rests"
        assert (await _all(gatherer, echo, [ONE]))[0][0] == ONE
        gatherer._resting[broken] = 0.0  # the minute is over
        assert await _all(gatherer, broken, [ONE]) == [None], "it is tried again"

    run(work)
    assert len(sent) == 4


def test_what_takes_long_holds_up_nobody(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gathering.LANES == 2
    monkeypatch.setattr(gathering, "PATIENCE_MS", 1_000)

    async def work(gatherer: Gatherer) -> float:
        began = time.monotonic()
        naps = [gatherer.ask(nap, ONE) for nap in (_nap(60), _nap(60), _nap(60))]
        rows = await asyncio.gather(*(one for one in naps if one))
        assert rows == [None] * 3
        took = time.monotonic() - began
        assert (await _all(gatherer, _echo(), [ONE]))[0][0] == ONE, "the connections stand"
        return took

    assert run(work) < 20, "the naps would have taken a minute"


def test_a_connection_that_says_nothing_is_given_up(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_SILENCE_S", 0.1)

    async def work(gatherer: Gatherer) -> None:
        nap = gatherer.ask(_nap(8), ONE)
        assert nap is not None and await nap is None
        assert len(gatherer._lanes) == gathering.LANES - 1

    run(work)


def test_who_left_costs_nothing(run: Any) -> None:
    async def work(gatherer: Gatherer) -> None:
        echo = _echo()
        gone, there = gatherer.ask(echo, ONE), gatherer.ask(echo, TWO)
        assert gone and there
        gone.cancel()
        assert (await there) == (TWO, f"told {TWO}")

    run(work)


def test_only_so_many_wait(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_WAITING", 20)

    async def work(gatherer: Gatherer) -> list[Any]:
        echo = _echo()
        coming = [gatherer.ask(echo, one) for one in IDS]
        assert [one is None for one in coming] == [False] * 20 + [True] * 20
        return list(await asyncio.gather(*(one for one in coming if one)))

    assert len(run(work)) == 20


def test_a_lost_connection_is_opened_anew(
    fresh_settings: Settings, fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_PAUSE_S", 0.0)
    gatherer = Gatherer(Database(fresh_settings))

    def end() -> None:
        fresh.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
            " AND datname = current_database()",
            [READER],
        )

    async def work() -> None:
        assert await gatherer.opened()
        nap = gatherer.ask(_nap(8), ONE)
        assert nap is not None
        await asyncio.sleep(0.05)
        end()
        assert await nap is None, "with a statement under way"
        for _ in range(2):
            await _until(lambda: not gatherer._lanes)  # it hears that by itself
            assert await gatherer.opened()
            assert (await _all(gatherer, _echo(), [ONE]))[0][0] == ONE
            end()

    asyncio.run(work())
    gatherer.close()


def test_without_a_database_all_go_the_general_way(seeded_settings: Settings) -> None:
    for url in ("postgresql://nobody@127.0.0.1:1/nothing", "postgresql:///%%%"):
        gatherer = Gatherer(Database(replace(seeded_settings, reader_url=url)))

        async def work(gatherer: Gatherer) -> tuple[bool, Any]:
            return await gatherer.opened(), gatherer.ask(_echo(), ONE)

        assert asyncio.run(work(gatherer)) == (False, None)
        gatherer.close()


def test_each_loop_has_connections_of_its_own_and_a_closed_one_none(run: Any) -> None:
    echo = _echo()
    for _ in range(3):
        assert run(lambda g: _all(g, echo, [ONE]))[0][0] == ONE

    async def closed(gatherer: Gatherer) -> None:
        coming = gatherer.ask(echo, ONE)
        assert coming is not None
        gatherer.close()
        assert await coming is None
        assert gatherer.ask(echo, ONE) is None
        assert not await gatherer.opened()

    run(closed)


def test_it_reads_as_the_public_within_limits(run: Any, seeded_settings: Settings) -> None:
    names = ("statement_timeout", "jit", "plan_cache_mode", "TimeZone")
    told = ", ".join(f"current_setting('{name}')" for name in names)
    ask = _question(f"SELECT id::text, current_user, {told} FROM unnest(%s::uuid[]) AS id")
    (row,) = run(lambda g: _all(g, ask, [ONE]))
    assert row[1:] == (READER, "9s", "off", "force_generic_plan", "UTC")

    url = reader_url(seeded_settings)
    url += f"{'&' if '?' in url else '?'}options=-c%20statement_timeout%3D150"
    strict = Gatherer(Database(replace(seeded_settings, reader_url=url)))

    async def narrower() -> Any:
        assert await strict.opened()
        return (await _all(strict, ask, [ONE]))[0][2]

    assert asyncio.run(narrower()) == "150ms", "who allows less is obeyed"
    strict.close()


def test_no_more_statements_are_kept_than_fit(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_MOST", 3)
    kept = _question(
        "SELECT id::text, (SELECT count(*) FROM pg_prepared_statements)"
        " FROM unnest(%s::uuid[]) AS id"
    )

    async def work(gatherer: Gatherer) -> None:
        made = [_question(f"SELECT id::text, {n} FROM unnest(%s::uuid[]) AS id") for n in range(9)]
        for n, one in enumerate(made * 2):
            assert (await _all(gatherer, one, [ONE]))[0][1] == n % 9
            assert (await _all(gatherer, kept, [ONE]))[0][1] <= 3

    run(work)


def test_what_fails_leaves_nothing_prepared(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_PAUSE_S", 0.0)
    broken = _question("SELECT id::text, 1 / 0 FROM unnest(%s::uuid[]) AS id")
    kept = _question(
        "SELECT id::text, (SELECT count(*) FROM pg_prepared_statements)"
        " FROM unnest(%s::uuid[]) AS id"
    )

    async def work(gatherer: Gatherer) -> int:
        for _ in range(8):
            assert await _all(gatherer, broken, [ONE]) == [None]
        (row,) = await _all(gatherer, kept, [ONE])
        return int(row[1])

    assert run(work) == 1
