"""Lanes: connections that an event loop reads from by itself, so that no thread stands between.

A tile's statement is sent where its request comes in, and what it finds is taken up where the
socket becomes readable: a thread for each would cost as much as the rest of the work (two changes
of hands, each a wait for the interpreter). Lanes are the quick part of a `Database` and no more:
while there is none, where one is lost, or where another thread asks, its threads do the work, with
all that they know of connections that come and go.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections import deque
from functools import partial
from typing import Any

import psycopg2
import psycopg2.errors
from psycopg2.extensions import POLL_OK, POLL_WRITE
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from sitplan.db import Database
from sitplan.errors import Unavailable
from sitplan.statements import Ready, Session
from sitplan.workers import CALLER, Asked, Task

Rows = list[Any]
_HEAVY = 128 << 10
"""Bytes whose further use (they are gzipped) would hold up the loop: a thread goes on with them."""
_AT_ONCE = 8 << 10
"""Bytes that a socket takes at once; of more, some may be left to be sent."""
_RETRY_S = 1.0


class Errand(Asked[Rows]):
    """A statement on a lane, or before one: its rows to come."""

    def __init__(self, lanes: Lanes, statement: Ready, values: list[Any]) -> None:
        super().__init__()
        self.statement = statement
        self.values = values
        self.lane: _Lane | None = None
        self.instead: Task[Rows] | None = None
        """The same on a thread, where the lane was lost."""
        self.is_called_off = False
        self._lanes = lanes

    def call_off(self) -> None:
        """End it, begun or not; whichever thread says so."""
        self.is_called_off = True
        self._lanes.drop(self)


class Lanes:
    """The lanes of one event loop over a database.

    Parameters
    ----------
    database
        Says where and as whom; its threads do what no lane can.
    count
        How many there are at most; twice the cores serve tiles best.
    """

    def __init__(self, database: Database, *, count: int | None = None) -> None:
        self.database = database
        self.count = count or 2 * (os.cpu_count() or 1)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._open: set[_Lane] = set()
        self._idle: list[_Lane] = []
        self._waiting: deque[Errand] = deque()
        self._opening = 0
        self._not_before = 0.0

    def begin(self) -> None:
        """Serve the loop that runs here; connections come when they are needed."""
        if sys.platform != "win32":  # its loop watches no sockets of others
            self.loop = asyncio.get_running_loop()
            self._thread = threading.get_ident()

    def submit(self, statement: Ready, values: list[Any]) -> Asked[Rows]:
        """The rows to come; by a lane where this is its loop's thread and one is open."""
        if self.loop is None or threading.get_ident() != self._thread:
            return self.database.submit(statement, values)
        if not self._idle:
            self._widen(self.loop)
            if not self._open:
                return self.database.submit(statement, values)
        errand = Errand(self, statement, values)
        self._waiting.append(errand)
        self.go_on()
        return errand

    def go_on(self) -> None:
        """Give what waits to who is idle; what no lane is left for, a thread does."""
        while self._waiting and self._idle:
            errand = self._waiting.popleft()
            if errand.set_running_or_notify_cancel():
                self._idle.pop().run(errand)
        if not self._open:
            while self._waiting:
                errand = self._waiting.popleft()
                if errand.set_running_or_notify_cancel():
                    self.instead(errand)

    def free(self, lane: _Lane) -> None:
        """A lane is idle; it takes up what waits."""
        self._idle.append(lane)
        if self._waiting:
            self.go_on()

    def lost(self, lane: _Lane) -> None:
        """A lane is no more."""
        self._open.discard(lane)
        if lane in self._idle:
            self._idle.remove(lane)
        self.go_on()

    def instead(self, errand: Errand) -> None:
        """Have an errand done by a thread."""
        if errand.is_called_off:
            errand.set_exception(Unavailable("caller_left"))
            return
        CALLER.set(None)  # what a lane hears, it hears in the context of whoever opened it
        try:
            errand.instead = self.database.submit(errand.statement, errand.values)
        except Unavailable as error:
            errand.set_exception(error)
        else:
            errand.instead.add_done_callback(partial(_hand_over, errand))

    def drop(self, errand: Errand) -> None:
        """End an errand that nobody waits for any more."""
        with contextlib.suppress(RuntimeError):  # the loop is closed, and all its lanes
            if self.loop is not None:
                self.loop.call_soon_threadsafe(self._drop, errand)

    def _drop(self, errand: Errand) -> None:
        if errand.instead is not None:
            asyncio.get_running_loop().run_in_executor(None, errand.instead.call_off)
        elif errand.lane is not None:
            errand.lane.end(errand)
        elif errand.cancel():
            with contextlib.suppress(ValueError):
                self._waiting.remove(errand)

    def _widen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open one lane more, if there may be one."""
        if len(self._open) + self._opening < self.count and loop.time() >= self._not_before:
            self._opening += 1
            loop.run_in_executor(None, self.database.lane).add_done_callback(self._opened)

    def _opened(self, coming: asyncio.Future[Connection]) -> None:
        self._opening -= 1
        if coming.cancelled() or coming.exception() is not None:
            if self.loop is not None:
                self._not_before = self.loop.time() + _RETRY_S
            return
        if self.loop is None:
            coming.result().close()
            return
        lane = _Lane(self, self.loop, coming.result())
        self._open.add(lane)
        self.free(lane)

    def close(self) -> None:
        """End the lanes; from any thread, while their loop runs or after."""
        loop, self.loop = self.loop, None
        if loop is None:
            return
        done = threading.Event()

        def end() -> None:
            for lane in list(self._open):
                lane.close()
            done.set()

        if threading.get_ident() == self._thread:
            end()
            return
        try:
            loop.call_soon_threadsafe(end)
        except RuntimeError:
            return  # the loop is closed
        done.wait(timeout=5)


class _Lane:
    """One connection and the errand that it is on."""

    def __init__(self, lanes: Lanes, loop: asyncio.AbstractEventLoop, link: Connection) -> None:
        self._lanes = lanes
        self._loop = loop
        self._link = link
        self._session = Session(link)
        self._file = link.fileno()
        self._errand: Errand | None = None
        self._cursor: Cursor | None = None
        self._is_ending = False
        self._was_ended = False
        loop.add_reader(self._file, self._advance)

    def run(self, errand: Errand) -> None:
        """Send a statement; its rows are taken up as they come."""
        self._errand = errand
        errand.lane = self
        try:
            self._cursor = self._link.cursor()
            text = self._session.text(self._cursor, errand.statement, errand.values)
            self._cursor.execute(text)
        except psycopg2.Error as error:
            self._failed(error)
        else:
            if len(text) > _AT_ONCE:
                self._loop.call_soon(self._advance)

    def _advance(self) -> None:
        """Take up what has come."""
        try:
            state = self._link.poll()
            if state == POLL_WRITE:
                self._loop.add_writer(self._file, self._written)
            if state != POLL_OK or self._errand is None or self._cursor is None:
                return
            rows = self._cursor.fetchall()
        except psycopg2.Error as error:
            self._failed(error)
            return
        self._was_ended = self._is_ending
        errand = self._done()
        if errand is not None:
            self._give(errand, rows)

    def _written(self) -> None:
        self._loop.remove_writer(self._file)
        self._advance()

    def _done(self) -> Errand | None:
        """The errand that has come to its end, after the next one was sent."""
        errand, self._errand, self._cursor = self._errand, None, None
        if errand is not None:
            errand.lane = None
        if not self._is_ending:
            self._lanes.free(self)
        return errand

    def _give(self, errand: Errand, rows: Rows) -> None:
        size = sum(len(value) for row in rows for value in row if isinstance(value, memoryview))
        if size <= _HEAVY:
            errand.set_result(rows)
            return
        try:
            self._lanes.database.start(partial(errand.set_result, rows))
        except Unavailable as error:
            errand.set_exception(error)

    def _failed(self, error: psycopg2.Error) -> None:
        if self._link.closed or isinstance(error, psycopg2.InterfaceError):
            self.close()
            return
        if self._errand is not None:
            self._session.forget()
        was_ended, errand = self._was_ended, self._done()
        if errand is None:
            self.close()  # an idle connection has nothing to say
        elif isinstance(error, psycopg2.errors.FeatureNotSupported) or (
            # the end of the errand before has come too late
            isinstance(error, psycopg2.errors.QueryCanceled)
            and was_ended
            and not errand.is_called_off
        ):
            self._lanes.instead(errand)
        else:
            errand.set_exception(error)

    def close(self) -> None:
        """End the connection; a thread does what it was on."""
        self._loop.remove_reader(self._file)
        self._loop.remove_writer(self._file)
        self._link.close()
        errand, self._errand, self._cursor = self._errand, None, None
        self._lanes.lost(self)
        if errand is not None:
            errand.lane = None
            if self._lanes.loop is None:
                errand.set_exception(Unavailable("database_down"))
            else:
                self._lanes.instead(errand)

    def end(self, errand: Errand) -> None:
        """End the statement of an errand; nothing else is begun until that is said."""
        if self._errand is errand and not self._is_ending:
            self._is_ending = self._was_ended = True
            saying = self._loop.run_in_executor(None, self._link.cancel)
            saying.add_done_callback(self._said)

    def _said(self, saying: asyncio.Future[None]) -> None:
        self._is_ending = False
        if not saying.cancelled() and saying.exception() is None and self._link.closed == 0:
            if self._errand is None:
                self._lanes.free(self)
        elif self._link.closed == 0:
            self.close()


def _hand_over(errand: Errand, done: Asked[Rows]) -> None:
    try:
        rows = done.found()
    except BaseException as error:
        errand.set_exception(error)
    else:
        errand.set_result(rows)
