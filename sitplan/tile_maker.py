"""Makes tiles, and remembers those of today until a change or midnight touches them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from isal import igzip

from sitplan.baked import Kept, Shelf
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import Unavailable
from sitplan.layer import Layer
from sitplan.memory import Mark, Memory
from sitplan.query import Condition, Moment
from sitplan.reading import reading
from sitplan.statements import Ready
from sitplan.tiles import Tile, TileForms, changing_boxes
from sitplan.workers import Asked, Task

Ask = Callable[[Ready, list[Any]], Asked[list[Any]]]
"""Has a statement run."""
_LOG = logging.getLogger("sitplan.tiles")
_HEAVY = 64 << 10
"""Zipped bytes that are not opened on the thread that hands out answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A tile as it is sent: gzipped, with the hash of its own bytes; empty where nothing is."""

    zipped: bytes
    etag: str
    plain: bytes | None = None
    """Its own bytes, where it was asked for so: nothing is gzipped then."""


@dataclass(frozen=True, slots=True)
class Part:
    """One layer's part of a tile: what is asked for it, if anything is, and how to have it then."""

    task: Asked[list[Any]] | None
    bytes_of: Callable[[], bytes]


class Coming(Asked[Answer]):
    """A tile that is being made; it is there when its last part is, on that part's thread.

    Parameters
    ----------
    parts
        What is asked for it.
    assemble
        Makes the answer of what gives their bytes; called once, when all are there.
    """

    def __init__(
        self, parts: list[Part], assemble: Callable[[list[Callable[[], bytes]]], Answer]
    ) -> None:
        super().__init__()
        self._parts = parts
        self._assemble = assemble
        self._tasks = [part.task for part in parts if part.task is not None]
        self._left = max(len(self._tasks), 1)
        self._lock = Lock()
        for task in self._tasks:
            task.add_done_callback(self._one_is_done)
        if not self._tasks:
            self._one_is_done(None)

    def _one_is_done(self, _: object) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        try:
            found = self._assemble([part.bytes_of for part in self._parts])
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(found)

    def call_off(self) -> None:
        """End what is read for it."""
        for task in self._tasks:
            task.call_off()


def press(body: bytes, *, level: int = 1) -> Answer:
    """Bytes as they are sent, the same each time; `level` is of ISA-L, 0 to 3."""
    return Answer(igzip.compress(body, level, mtime=0) if body else b"", _tag(body))


def _tag(body: bytes) -> str:
    # processors have instructions for it: half the time of BLAKE2
    return sha256(body).hexdigest()[:24]


class TileMaker:
    """Makes tiles of a catalogue's layers, and remembers those of today.

    Parameters
    ----------
    database
        The public's reader.
    memory
        Where parts and answers are kept.
    catalogue
        Returns the one in force; what was made from another is not kept.
    clock
        The time that it is, with zone; given by tests.
    shelf
        Tiles kept on the disk; None for none.
    """

    def __init__(
        self,
        database: Database,
        memory: Memory,
        catalogue: Callable[[], Catalogue],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        shelf: Shelf | None = None,
    ) -> None:
        self.shelf = shelf
        self.database = database
        self.memory = memory
        self._catalogue = catalogue
        self._clock = clock
        self._day: date | None = None
        self._midnight = 0.0
        self._turning = Lock()
        self._forms: tuple[Catalogue, TileForms] | None = None

    def kept(self, names: tuple[str, ...] | None, tile: Tile) -> Answer | None:
        """The remembered answer; None where there is none or the day has turned."""
        if self._clock().timestamp() >= self._midnight:
            return None
        found: Answer | None = self.memory.get((names, tile))
        return found

    @property
    def is_settled(self) -> bool:
        """Whether the day is known and lasts: `today` asks nobody."""
        return self._day is not None and self._clock().timestamp() < self._midnight

    def today(self) -> date:
        """The day in the territory; at its first request, what the day touches is forgotten."""
        catalogue = self._catalogue()
        now = self._clock()
        if now.timestamp() >= self._midnight or self._day is None:
            with self._turning:
                zone = ZoneInfo(catalogue.territory.time_zone)
                day = now.astimezone(zone).date()
                if day != self._day:
                    self._turn(catalogue, day)
                    self._day = day
                    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
                    self._midnight = following.timestamp()
        return self._day

    def read(
        self,
        tile: Tile,
        *,
        names: tuple[str, ...] | None = None,
        moment: Moment | None = None,
        filters: Mapping[str, Condition] | None = None,
    ) -> Answer:
        """One tile of some layers, or of all public ones.

        Parameters
        ----------
        names
            The layers; None for all. A single one that cannot be read is an error of its own,
            among several it is left out.
        moment
            Which facts; None for those in force today, which are remembered.
        filters
            For each layer by name, what its features must fulfil; such a tile is not remembered.

        Raises
        ------
        Unavailable
            ``broken_layer``, ``slow_request``, ``database_down`` or ``caller_left``.
        """
        return self.begin(tile, names=names, moment=moment, filters=filters).found()

    def begin(
        self,
        tile: Tile,
        *,
        names: tuple[str, ...] | None = None,
        moment: Moment | None = None,
        filters: Mapping[str, Condition] | None = None,
        is_plain_wished: bool = False,
        ask: Ask | None = None,
    ) -> Coming:
        """As `read`: the tile to come. Each layer's part is asked for at once.

        Parameters
        ----------
        is_plain_wished
            Plain bytes: where none are kept, the parts alone are remembered.
        ask
            Whom the statements are given to; None for the database's threads.
        """
        catalogue = self._catalogue()
        layers = [catalogue.layer(n) for n in names] if names is not None else list(catalogue)
        all_names = tuple(layer.name for layer in layers)
        # the marks first, then the day: what turns between them makes the marks stale
        mark = self.memory.mark(all_names)
        marks = [self.memory.mark((name,)) for name in all_names]
        today = self.today()
        is_plain = moment is None and not filters
        found = self.kept(names, tile) if is_plain else None
        if found is not None:
            return Coming([], lambda _: found)
        if is_plain and len(layers) == 1 and self.shelf is not None:
            kept = self.shelf.ready(layers[0].name, tile, today)
            if kept is not None:
                baked = Answer(kept.zipped, kept.etag) if kept.zipped else press(b"")
                self._remember((names, tile), baked, tile, mark, all_names)
                return Coming([], lambda _: baked)
        asked = moment.resolved(today) if moment else Moment(on=today)
        waiting = [
            self._part(
                catalogue,
                layer,
                tile,
                asked,
                mark=one if is_plain else None,
                condition=(filters or {}).get(layer.name),
                ask=ask or self.database.submit,
            )
            for layer, one in zip(layers, marks, strict=True)
        ]

        def assemble(parts: list[Callable[[], bytes]]) -> Answer:
            made, is_whole = self._joined(layers, parts, names)
            if is_plain_wished:
                return Answer(b"", _tag(made), made)
            answer = press(made)
            if is_plain and is_whole and self._catalogue() is catalogue:
                self._remember((names, tile), answer, tile, mark, all_names)
            return answer

        return Coming(waiting, assemble)

    def _joined(
        self, layers: list[Layer], parts: list[Callable[[], bytes]], names: tuple[str, ...] | None
    ) -> tuple[bytes, bool]:
        """The parts in one, and whether none is missing."""
        made: list[bytes] = []
        is_whole = True
        for layer, part in zip(layers, parts, strict=True):
            try:
                made.append(part())
            except Unavailable as error:
                if error.code != "broken_layer" or names is not None:
                    raise
                _LOG.error("layer %s cannot be read: left out of the tile", layer.name)
                is_whole = False
        return b"".join(made), is_whole

    def _part(
        self,
        catalogue: Catalogue,
        layer: Layer,
        tile: Tile,
        moment: Moment,
        *,
        mark: Mark | None,
        condition: Condition | None,
        ask: Ask,
    ) -> Part:
        """One layer's bytes: remembered, or asked for at once.

        Without a `mark` nothing is remembered.
        """
        key = ("part", layer.name, tile)
        if mark is not None:
            found: bytes | None = self.memory.get(key)
            if found is not None:
                return Part(None, lambda: found)
        statement = self._forms_of(catalogue).statement(layer, tile, moment, condition)
        if statement is None:
            return Part(None, lambda: b"")
        coming = self._from_shelf(catalogue, layer, tile, moment, mark, statement)
        if isinstance(coming, Kept):
            kept = coming
            return Part(None, lambda: kept.body)
        task = coming if coming is not None else ask(*statement)

        def bytes_of() -> bytes:
            with reading(layer.name, filtered=condition is not None):
                part = bytes(task.found()[0][0])
            if mark is not None and self._catalogue() is catalogue:
                self._remember(key, part, tile, mark, (layer.name,))
            return part

        return Part(task, bytes_of)

    def _from_shelf(
        self,
        catalogue: Catalogue,
        layer: Layer,
        tile: Tile,
        moment: Moment,
        mark: Mark | None,
        statement: tuple[Ready, list[Any]],
    ) -> Kept | Task[list[Any]] | None:
        """What is kept on the disk, or the work of proving it; None where nothing is."""
        shelf, day = self.shelf, moment.on
        if shelf is None or mark is None or not isinstance(day, date):
            return None
        kept = shelf.ready(layer.name, tile, day)
        if kept is not None:
            if len(kept.zipped) < _HEAVY:
                return kept
            return self.database.start(lambda: [(kept.body,)])
        if not shelf.must_prove(layer.name, day):
            return None

        def prove() -> list[Any]:
            found = shelf.proved(
                self.database, layer, tile, territory=catalogue.territory, today=day, mark=mark
            )
            return [(found.body,)] if found is not None else self.database.fetch(*statement)

        return self.database.start(prove)

    def _remember(
        self, key: Hashable, value: Answer | bytes, tile: Tile, mark: Mark, names: tuple[str, ...]
    ) -> None:
        size = len(value.zipped if isinstance(value, Answer) else value) + 300
        self.memory.put(key, value, mark=mark, layers=names, size=size, box=tile.square)

    def _forms_of(self, catalogue: Catalogue) -> TileForms:
        """The statements of a catalogue's tiles, composed anew when it is another."""
        if self._forms is None or self._forms[0] is not catalogue:
            forms = TileForms(lambda layer: srid(layer, catalogue.territory))
            self._forms = (catalogue, forms)
        return self._forms[1]

    def _turn(self, catalogue: Catalogue, day: date) -> None:
        """Forget what a validity that begins or ends between the last day and this one touches."""
        before = self._day
        if before is None:
            return  # the first day: nothing was made on another
        if before > day:
            self.memory.forget_all()
            return
        try:
            for layer in catalogue:
                boxes = changing_boxes(
                    self.database,
                    layer,
                    after=before,
                    until=day,
                    storage=srid(layer, catalogue.territory),
                )
                if boxes is None or boxes:
                    self.memory.forget(layer.name, boxes)
        except (Unavailable, psycopg2.Error):
            self.memory.forget_all()
