"""Waiting for the database on behalf of a client who may leave meanwhile.

A client who hangs up ends the statement that runs for him (tested with `pg_stat_activity`). Whether
he does is looked after only once an answer takes longer than a moment: most are there before.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from threading import get_ident
from typing import TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sitplan.workers import CALLER, Asked, Caller

T = TypeVar("T")
MOMENT_S = 0.05


async def waited(task: Asked[T], receive: Receive) -> T | None:
    """What a task finds; None where the client left before, and the task is called off.

    Whoever calls has no need of the request's body.
    """
    if not task.done():
        await _a_moment(task)
    if not task.done():
        coming = asyncio.wrap_future(task)
        leaving = asyncio.ensure_future(_hung_up(receive))
        try:
            await asyncio.wait((coming, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
        if not coming.done():
            await asyncio.get_running_loop().run_in_executor(None, task.call_off)
            with contextlib.suppress(BaseException):
                await coming
            return None
    return task.found()


async def _a_moment(task: Asked[T]) -> None:
    """Wait until the task is done, or for a moment."""
    loop, thread = asyncio.get_running_loop(), get_ident()
    over = loop.create_future()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    def tell(_: object) -> None:
        if get_ident() == thread:
            end()
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(end)

    timer = loop.call_later(MOMENT_S, end)
    task.add_done_callback(tell)
    try:
        await over
    finally:
        timer.cancel()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Attended:
    """Binds what the application reads for a request to its client, who may leave."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; once the client is gone, what runs for him is ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        caller = Caller()
        mark = CALLER.set(caller)
        attention = _Attention(receive, caller, has_body=scope["method"] not in ("GET", "HEAD"))
        loop = asyncio.get_running_loop()
        later = loop.call_later(MOMENT_S, attention.begin)

        async def unless_gone(message: Message) -> None:
            if not caller.is_gone:
                await send(message)

        try:
            await self.app(scope, attention.receive, unless_gone)
        finally:
            later.cancel()
            attention.end()
            CALLER.reset(mark)


class _Attention:
    """Reads on where the application does not, to hear that the client hangs up."""

    def __init__(self, receive: Receive, caller: Caller, *, has_body: bool) -> None:
        self._receive = receive
        self._caller = caller
        self._has_body = has_body  # which the application is to read first
        self._kept: deque[Message] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_wished = False

    def begin(self) -> None:
        """From now on it matters whether the client stays."""
        self._is_wished = True
        if not self._has_body and self._task is None:
            self._task = asyncio.ensure_future(self._listen())

    def end(self) -> None:
        """The answer is given."""
        if self._task is not None:
            self._task.cancel()

    async def receive(self) -> Message:
        """What the application receives."""
        if self._kept:
            return self._kept.popleft()
        message = await self._receive()
        if self._has_body and not message.get("more_body"):
            self._has_body = False
            if self._is_wished:
                self.begin()
        return message

    async def _listen(self) -> None:
        while (message := await self._receive())["type"] != "http.disconnect":
            self._kept.append(message)
        self._kept.append(message)
        await asyncio.get_running_loop().run_in_executor(None, self._caller.leave)
