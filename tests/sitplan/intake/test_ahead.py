"""Reading ahead: the same chunks, the same errors, and no thread left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sitplan.intake.ahead import read_ahead


def _threads() -> int:
    return sum(t.name == "sitplan-read-ahead" for t in threading.enumerate())


def test_all_chunks_in_their_order() -> None:
    """Nothing is lost, nothing comes twice."""
    assert list(read_ahead(iter(range(50)))) == list(range(50))
    assert list(read_ahead(iter(()))) == []
    assert _threads() == 0


def test_an_error_is_raised_where_it_is_read() -> None:
    """After the chunks that came before it."""

    def chunks() -> Iterator[int]:
        yield 1
        raise KeyError("two")

    seen = []
    with pytest.raises(KeyError, match="two"):
        for chunk in read_ahead(chunks()):
            seen.append(chunk)
    assert seen == [1]
    assert _threads() == 0


def test_who_stops_early_leaves_no_thread() -> None:
    """Closing the reader ends the maker, even of an endless source."""

    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield (number := number + 1)

    reader = read_ahead(endless())
    assert next(reader) == 1
    reader.close()
    assert _threads() == 0
