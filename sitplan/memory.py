"""What was worked out of the layers, kept until a change touches it.

Tiles and counts are kept while an announcement (`sitplan.listener`) can still take them back.
Who works something out asks for a `mark` before he reads and hands it in with the result: what
was read before a change and comes in after its announcement is not kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from sitplan.crs import Box

Mark = tuple[int, ...]
TOLD_TO_M = 1.0
"""Metres of EPSG:3857 to add around what is announced: it is told to 0.1 m."""


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    size: int
    layers: frozenset[str]
    box: Box | None


class Memory:
    """The least recently used go when `limit` bytes are passed.

    Closed until `open` is called: without announcements nothing may be kept.
    """

    def __init__(self, limit: int = 96 << 20) -> None:
        self.limit = limit
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0
        self._epoch = 0
        self._turns: dict[str, int] = {}
        self._is_open = False
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any | None:
        """What is kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found.value

    def mark(self, layers: Iterable[str]) -> Mark:
        """Where the layers stand now; taken before they are read."""
        with self._lock:
            return self._mark(layers)

    def put(
        self,
        key: Hashable,
        value: Any,
        *,
        mark: Mark,
        layers: tuple[str, ...],
        size: int = 200,
        box: Box | None = None,
    ) -> None:
        """Keep a value, unless its layers have changed since `mark`.

        Parameters
        ----------
        layers
            Those it was made from, in the order in which the mark was taken.
        size
            Bytes it takes.
        box
            Where it looks at (EPSG:3857); None for everywhere.
        """
        with self._lock:
            if not self._is_open or mark != self._mark(layers):
                return
            self._drop(key)
            self._kept[key] = _Kept(value, size, frozenset(layers), box)
            self._size += size
            while self._size > self.limit:
                self._drop(next(iter(self._kept)))

    def forget(self, layer: str, boxes: Iterable[Box] | None = None) -> int:
        """Drop what a change of the layer touches; its boxes are in EPSG:3857, None everywhere.

        Returns
        -------
        int
            How many entries were dropped.
        """
        touched = None if boxes is None else [box.padded(TOLD_TO_M) for box in boxes]
        with self._lock:
            self._turns[layer] = self._turns.get(layer, 0) + 1
            stale = [
                key
                for key, kept in self._kept.items()
                if layer in kept.layers
                and (
                    touched is None
                    or kept.box is None
                    or any(kept.box.meets(box) for box in touched)
                )
            ]
            for key in stale:
                self._drop(key)
            return len(stale)

    def forget_all(self) -> None:
        """Drop everything, and what is being worked out as well."""
        with self._lock:
            self._forget_all()

    def open(self) -> None:
        """Begin to keep, with nothing kept: announcements are heard from now on."""
        with self._lock:
            self._forget_all()
            self._is_open = True

    def close(self) -> None:
        """Drop everything and keep nothing: announcements are not heard."""
        with self._lock:
            self._forget_all()
            self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether anything is kept."""
        return self._is_open

    def __len__(self) -> int:
        return len(self._kept)

    def _mark(self, layers: Iterable[str]) -> Mark:
        return (self._epoch, *(self._turns.get(layer, 0) for layer in layers))

    def _forget_all(self) -> None:
        self._kept.clear()
        self._size = 0
        self._epoch += 1

    def _drop(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._size -= found.size
