"""Chunks made one ahead, in a thread of their own, while the database takes in the last."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    """The last thing in the queue: the end, or the error that was met."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(chunks: Iterator[T]) -> Iterator[T]:
    """The same chunks in the same order; the next is made while this one is worked on.

    Shapely, Arrow and COPY let other threads run, so that reading and writing share two cores.
    When the reader stops early, the thread ends after the chunk it is at.
    """
    waiting: queue.Queue[T | _End[T]] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def put(item: T | _End[T]) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for chunk in chunks:
                if not put(chunk):
                    return
        except BaseException as error:  # handed over, to be raised where it is read
            put(_End(error))
        else:
            put(_End())

    maker = threading.Thread(target=work, name="sitplan-read-ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        maker.join()
