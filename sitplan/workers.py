"""Threads that read, each with what it works on, and readings that can be called off.

Who waits for a reading may go away: a `Caller` who leaves ends the statement that runs for him,
takes what has not begun out of the queue, and lets nothing more begin.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection

from sitplan.errors import Unavailable

T = TypeVar("T")


class Caller:
    """Who waits for what is read; once gone, nothing runs for him."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: set[Task[Any]] = set()
        self.is_gone = False

    def waits_for(self, task: Task[Any]) -> None:
        """Bind a task to him; one who has left already gets it called off at once."""
        with self._lock:
            is_gone = self.is_gone
            if not is_gone:
                self._tasks.add(task)
        if is_gone:
            task.call_off()
        else:
            task.add_done_callback(self._forget)

    def leave(self) -> None:
        """End what runs for him; may wait for the database a moment."""
        with self._lock:
            self.is_gone = True
            tasks = list(self._tasks)
        for task in tasks:
            task.call_off()

    def _forget(self, task: Any) -> None:
        with self._lock:
            self._tasks.discard(task)


CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""Who asks, for what is submitted in this context."""


class Asked(Future[T], Generic[T]):
    """A result to come, for which nobody may be waiting any more."""

    def call_off(self) -> None:
        """End what is done for it."""
        self.cancel()

    def found(self) -> T:
        """The result; as `result`, with an error of the family where it was called off."""
        try:
            return self.result()
        except CancelledError as error:
            raise Unavailable("caller_left") from error


class Task(Asked[T]):
    """A piece of work on one of the threads: its result to come."""

    def __init__(self, work: Callable[[Task[T]], T]) -> None:
        super().__init__()
        self._work: Callable[[Task[T]], T] | None = work
        self._lock = threading.Lock()
        self._link: Connection | None = None
        self.is_called_off = False

    def run(self) -> None:
        """Do the work on this thread, unless it was called off before."""
        work, self._work = self._work, None
        if work is None or not self.set_running_or_notify_cancel():
            return
        try:
            found = work(self)
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(found)

    @contextlib.contextmanager
    def on(self, link: Connection) -> Iterator[None]:
        """A block in which the work uses a connection.

        Raises
        ------
        Unavailable
            ``caller_left`` where it was called off, before or within the block.
        """
        with self._lock:
            if self.is_called_off:
                raise Unavailable("caller_left")
            self._link = link
        try:
            yield
        except psycopg2.errors.QueryCanceled as error:
            if self.is_called_off:
                raise Unavailable("caller_left") from error
            raise
        finally:
            with self._lock:  # a cancellation on its way has arrived: it meets no other statement
                self._link = None

    def call_off(self) -> None:
        """Take it out of the queue, or end the statement that it runs."""
        with self._lock:
            self.is_called_off = True
            if self._link is not None:
                with contextlib.suppress(psycopg2.Error):  # it ends by itself meanwhile
                    self._link.cancel()
                return
        self.cancel()


class Workers:
    """So many threads, begun as they are needed, that work off a queue."""

    def __init__(self, count: int, *, name: str) -> None:
        self.count = count
        self._name = name
        self._queue: SimpleQueue[Task[Any] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._ended = False

    def submit(self, work: Callable[[Task[T]], T]) -> Task[T]:
        """The work's task, bound to the `Caller` of this context.

        Raises
        ------
        Unavailable
            ``database_down`` after `close`.
        """
        task = Task(work)
        caller = CALLER.get()
        if caller is not None:
            caller.waits_for(task)
        with self._lock:
            if self._ended:
                raise Unavailable("database_down")
            self._queue.put(task)
            if not self._idle.acquire(blocking=False) and len(self._threads) < self.count:
                title = f"{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=self._work, name=title, daemon=True)
                self._threads.append(thread)
                thread.start()
        return task

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task.run()
            del task  # and what it found
            self._idle.release()

    def close(self) -> None:
        """End the threads; what has not begun is cancelled."""
        with self._lock:
            self._ended = True
            waiting: list[Task[Any] | None] = []
            while not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            for _ in self._threads:
                self._queue.put(None)
        for task in waiting:
            if task is not None:
                task.cancel()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
