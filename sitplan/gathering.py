"""Many questions, one statement: rows by their ids, read on the event loop's own thread.

Who asks while a statement runs waits for the next one, and all who wait are read by one. A lane
is a connection whose rows the event loop is told of: no thread is handed anything. Only what is
read in a moment is read here. Where there is no connection, a statement fails or takes long,
nobody is told of it: who asked gets None, and reads in the general way, which knows all errors.

A question joins only statements that have not begun: no answer is older than its question.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_OK
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from sitplan.db import Database
from sitplan.statements import Ready, Session

LANES = 2
MOST = 16
"""Rows of one statement: so many large ones are in memory at once, and no more."""
MOST_WAITING = 2000
PATIENCE_MS = 200
"""What a statement may take here; the general way has the time that the role has."""
_SILENCE_S = 1.0
_PAUSE_S = 1.0
_MOST_RESTING = 200
_QUICK = (
    # planned once for any ids: a plan for each list of them costs more than the reading
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', false),"
    " set_config('statement_timeout', least(nullif(setting::bigint, 0), {})::text, false)"
    " FROM pg_settings WHERE name = 'statement_timeout'"
)

Row = tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A statement whose last value is a list of ids, and whose rows begin with theirs.

    Parameters
    ----------
    ready, params
        The statement and its values but the last.
    """

    ready: Ready
    params: Sequence[Any]


Coming = asyncio.Future[Row | None]
Asked = list[tuple[str, Coming]]


class Gatherer:
    """Reads rows for whoever asks on one event loop.

    Parameters
    ----------
    database
        Says where and as whom.
    lanes
        Statements that run at once.
    """

    def __init__(self, database: Database, *, lanes: int = LANES) -> None:
        self._database = database
        self._count = lanes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes: list[_Lane] = []
        self._opening: set[asyncio.Future[Connection]] = set()
        self._opens_at = 0.0
        self._waiting: dict[Question, Asked] = {}
        self._so_many = 0
        self._is_due = False
        self._resting: dict[Question, float] = {}
        self._is_ended = False

    def ask(self, question: Question, identifier: str) -> Coming | None:
        """The row to come of one id, in which None stands for: ask in the general way.

        None at once where that is known already.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._move(loop)
        if len(self._lanes) < self._count:
            self._open(loop)
            if not self._lanes:
                return None
        if self._so_many >= MOST_WAITING or (self._resting and self._rests(question)):
            return None
        coming: Coming = loop.create_future()
        self._waiting.setdefault(question, []).append((identifier, coming))
        self._so_many += 1
        if not self._is_due:
            self._is_due = True
            loop.call_soon(self._send)  # with all that came at the same time
        return coming

    async def opened(self) -> bool:
        """Whether there is a connection, once those that are being opened are."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._move(loop)
        self._open(loop)
        while self._opening:
            await asyncio.wait(self._opening)
            await asyncio.sleep(0)
        return bool(self._lanes)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return bool(self._lanes)

    def close(self) -> None:
        """Close the connections; on the loop's thread, or after its end."""
        self._is_ended = True
        self._leave()

    def _move(self, loop: asyncio.AbstractEventLoop) -> None:
        """Belong to this loop; what belonged to another ended with it."""
        self._leave()
        self._loop = loop
        self._opens_at = 0.0

    def _leave(self) -> None:
        lanes, self._lanes = self._lanes, []
        for lane in lanes:
            lane.close()
        waiting, self._waiting = self._waiting, {}
        self._so_many, self._is_due = 0, False
        self._opening = set()
        if self._loop is not None and not self._loop.is_closed():
            for asked in waiting.values():
                _tell(asked, {})

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to open what connections there are too few of, on a thread."""
        now = time.monotonic()
        if self._opening or now < self._opens_at or self._is_ended:
            return
        self._opens_at = now + _PAUSE_S
        for _ in range(self._count - len(self._lanes)):
            coming = loop.run_in_executor(None, self._database.lane, _QUICK.format(PATIENCE_MS))
            self._opening.add(coming)
            coming.add_done_callback(self._opened)

    def _opened(self, coming: asyncio.Future[Connection]) -> None:
        is_there = not coming.cancelled() and coming.exception() is None
        link = coming.result() if is_there else None
        if coming not in self._opening:  # of a loop that was left
            if link is not None:
                link.close()
            return
        self._opening.discard(coming)
        if link is not None:
            assert self._loop is not None
            self._lanes.append(_Lane(link, self._loop, self._free))
            self._send()

    def _rests(self, question: Question) -> bool:
        until = self._resting.get(question)
        if until is None:
            return False
        if time.monotonic() < until:
            return True
        del self._resting[question]
        return False

    def _free(self, lane: _Lane, failed: Question | None) -> None:
        """A lane has ended its statement; one that failed is left to the general way a while."""
        if failed is not None:
            if len(self._resting) >= _MOST_RESTING:
                self._resting.clear()
            self._resting[failed] = time.monotonic() + _PAUSE_S
            asked = self._waiting.pop(failed, [])
            self._so_many -= len(asked)
            _tell(asked, {})
        if lane.is_closed and lane in self._lanes:
            self._lanes.remove(lane)
            if not self._lanes:
                waiting, self._waiting = self._waiting, {}
                self._so_many = 0
                for asked in waiting.values():
                    _tell(asked, {})
        self._send()

    def _send(self) -> None:
        """Begin statements for those who wait, while there are lanes for them."""
        self._is_due = False
        if not self._waiting:
            return
        for lane in self._lanes.copy():
            if lane.is_free:
                question, asked = next(iter(self._waiting.items()))
                del self._waiting[question]
                if len(asked) > MOST:  # the rest after whoever else waits
                    self._waiting[question] = asked[MOST:]
                    asked = asked[:MOST]
                self._so_many -= len(asked)
                lane.ask(question, asked)
                if not self._waiting:
                    return


def _tell(asked: Asked, rows: dict[str, Row]) -> None:
    for identifier, coming in asked:
        if not coming.done():  # whoever asked may have left
            coming.set_result(rows.get(identifier))


class _Lane:
    """One connection and the statements that it has prepared; all on the loop's thread.

    Parameters
    ----------
    free
        Called with the lane, and with the question that failed, when a statement has ended.
    """

    def __init__(
        self,
        link: Connection,
        loop: asyncio.AbstractEventLoop,
        free: Callable[[_Lane, Question | None], None],
    ) -> None:
        self._link = link
        self._loop = loop
        self._when_free = free
        self._place = link.fileno()
        self._session = Session(link)
        self._cursor: Cursor | None = None
        self._question: Question | None = None
        self._asked: Asked = []
        self._silence: asyncio.TimerHandle | None = None
        self.is_closed = False
        loop.add_reader(self._place, self._hear)

    @property
    def is_free(self) -> bool:
        """Whether a statement may begin."""
        return self._question is None and not self.is_closed

    def ask(self, question: Question, asked: Asked) -> None:
        """Begin a statement for all who asked."""
        self._question, self._asked = question, asked
        ids = f"{{{','.join([identifier for identifier, _ in asked])}}}"
        try:
            self._cursor = cursor = self._link.cursor()
            cursor.execute(self._session.text(cursor, question.ready, [*question.params, ids]))
        except psycopg2.Error:
            self._fail(is_lost=True)
            return
        self._silence = self._loop.call_later(_SILENCE_S, self._fail)

    def _hear(self) -> None:
        """The connection has something to say: rows, an error, or that it is at its end."""
        try:
            if self._link.poll() != POLL_OK or self._cursor is None:
                return
            rows = {row[0]: row for row in self._cursor.fetchall()}
        except psycopg2.Error as error:
            # an error that the server tells is one of the statement, and the connection stands
            told = error.pgcode is not None and self._question is not None
            self._fail(is_lost=not told or self._link.closed != 0)
            return
        asked = self._asked
        self._rest()
        _tell(asked, rows)
        self._when_free(self, None)

    def _rest(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        self._cursor = self._question = self._silence = None
        self._asked = []

    def _fail(self, *, is_lost: bool = True) -> None:
        """Give up the statement, or the connection too; the general way will tell what it is."""
        question, asked = self._question, self._asked
        self._rest()
        if question is not None:
            self._session.forget()
        if is_lost:
            self.close()
        _tell(asked, {})
        self._when_free(self, question)

    def close(self) -> None:
        """Close the connection; whoever waits is told."""
        if self.is_closed:
            return
        self.is_closed = True
        asked = self._asked
        self._rest()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._place)
            _tell(asked, {})
        with contextlib.suppress(psycopg2.Error):
            self._link.close()
