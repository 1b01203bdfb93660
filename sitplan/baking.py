"""Bakes tiles: all that are not empty of a layer, of one instant, into one file a layer."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np
import psycopg2
from psycopg2 import sql as pgsql

from sitplan.baked import Facts, baked_mark, path_of
from sitplan.catalogue import Catalogue, Territory, read_register
from sitplan.crs import Box, tile_reach, tile_reaches
from sitplan.db import Database, snapshots
from sitplan.ddl import srid
from sitplan.errors import BadRequest, Unavailable
from sitplan.home import lock, prepare_home
from sitplan.layer import Layer
from sitplan.query import Moment, moment_conditions, relation
from sitplan.reading import reading
from sitplan.settings import Settings
from sitplan.statements import Session
from sitplan.tile_maker import Answer, press
from sitplan.tiles import MARGIN, Tile, TileForms

DEEPEST = 16
"""Unless told otherwise: tiles of deeper zooms are small and made in a moment."""
MOST = 10_000
"""Tiles of a layer; the zoom at which there would be more is left out, and those below it."""
_SLACK = 0.02
"""Share of a tile to look beyond it for what the zooms below may show."""
_SMALL = 8
"""From this zoom on an eighth of a tile's side bends by less than that."""
_PATIENCE_S = 600
_LEVEL = 3
_PART = ".part"
_BEGIN = (
    "PRAGMA journal_mode = OFF",  # nobody reads it before it is whole
    "PRAGMA synchronous = OFF",
    "PRAGMA page_size = 8192",
    "BEGIN",
    "CREATE TABLE metadata (name text, value text)",
    "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer,"
    " tile_data blob, etag text, crc integer)",
)
_Row = tuple[int, int, int, bytes, str, int]


@dataclass(frozen=True, slots=True)
class Baked:
    """What was baked of a layer; `left_out` is the first zoom that was not for being too many."""

    layer: str
    tiles: int
    size: int
    zooms: tuple[int, int]
    left_out: int | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def bake(settings: Settings, names: Sequence[str] = (), *, deepest: int = DEEPEST) -> list[Baked]:
    """What was baked: each layer's file takes the place of the old one when it is whole.

    Parameters
    ----------
    names
        The layers; all that the public sees and that have geometry where none is named, and then
        the files of others go.
    deepest
        The last zoom, where the layer's own are not fewer.

    Raises
    ------
    NotFound
        ``no_such_layer``.
    BadRequest
        ``nothing_to_bake`` for a layer without geometry.
    Unavailable
        ``home_not_writable``, ``bake_not_written`` where the disk takes no more, ``database_down``
        or ``broken_layer``. The old files stand.
    """
    prepare_home(settings)
    with Database(settings, workers=1) as database:
        catalogue = read_register(database)
    layers = [catalogue.layer(name) for name in dict.fromkeys(names)] or list(catalogue)
    for layer in layers:
        if names and layer.geometry is None:
            raise BadRequest("nothing_to_bake", layer=layer.name)
    layers = [layer for layer in layers if layer.geometry is not None]
    with lock(settings, "bake"):
        try:
            settings.tiles.mkdir(exist_ok=True)
            for left in settings.tiles.glob(f"*{_PART}*"):  # of one that was cut off
                left.unlink()
            found = _bake(settings, catalogue, layers, deepest)
            if not names:
                _remove_others(settings.tiles, {layer.name for layer in layers})
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Unavailable("bake_not_written", folder=settings.tiles, reason=reason) from error
    return found


def _remove_others(folder: Path, names: Iterable[str]) -> None:
    for path in folder.glob("*.mbtiles"):
        if path.stem not in names:
            path.unlink()


def _bake(
    settings: Settings, catalogue: Catalogue, layers: list[Layer], deepest: int
) -> list[Baked]:
    cores = os.cpu_count() or 1
    try:
        sessions = snapshots(settings, cores, timeout_s=_PATIENCE_S)
    except psycopg2.Error as error:
        raise Unavailable("database_down") from error
    day = catalogue.territory.today()
    writers: list[_Writer] = []
    try:
        for layer in layers:
            with reading(layer.name):
                writers.append(_plan(settings, sessions[0], catalogue, layer, day, deepest))
        _run(sessions, catalogue.territory, writers, day)
        return [one.finish() for one in writers]
    finally:
        for one in writers:
            one.abandon()
        for session in sessions:
            session.link.close()


def _plan(
    settings: Settings,
    session: Session,
    catalogue: Catalogue,
    layer: Layer,
    day: date,
    deepest: int,
) -> _Writer:
    """A layer's file to be, with what it will be made from and the tiles that it may have."""
    territory = catalogue.territory
    rows = session.fetch(
        "SELECT change_id, recorded_at FROM published.touched WHERE layer = %s"
        " ORDER BY change_id DESC LIMIT 1",
        [layer.name],
    )
    revision, instant = rows[0] if rows else (0, None)
    first, last = layer.zoom[0], min(layer.zoom[1], max(deepest, layer.zoom[0]))
    tiles: list[Tile] = []
    left_out = None
    for zoom, found in _levels(session, layer, territory, day, last):
        if len(tiles) + len(found) > MOST:
            left_out, last = zoom, zoom - 1
            break
        if zoom >= first:
            tiles += found
    facts = Facts(
        layer=layer.name,
        mark=baked_mark(session, layer, territory),
        revision=revision,
        recorded_at=instant.isoformat() if instant else "",
        day=day,
        zooms=(first, last),
        count=0,
        size=0,
    )
    return _Writer(settings.tiles, layer, territory, facts, tiles, left_out)


def _levels(
    session: Session, layer: Layer, territory: Territory, day: date, last: int
) -> Iterator[tuple[int, list[Tile]]]:
    """Zoom by zoom, the tiles under which some feature of the day may lie."""
    storage = srid(layer, territory)
    moment = Moment(on=day)
    conditions, values = moment_conditions(moment)
    text = pgsql.SQL(
        "SELECT t.n FROM unnest(%s::int[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])"
        " AS t(n, west, south, east, north) WHERE EXISTS (SELECT FROM {source}"
        " WHERE f.geom OPERATOR(public.&&)"
        " public.ST_MakeEnvelope(t.west, t.south, t.east, t.north, {storage}) AND {conditions})"
    ).format(
        source=relation(layer, moment),
        storage=pgsql.Literal(storage),
        conditions=pgsql.SQL(" AND ").join(conditions),
    )
    tiles = [Tile(0, 0, 0)]
    for zoom in range(last + 1):
        reaches = _padded_reaches(zoom, tiles, storage)
        rows = (
            session.fetch(text, [*map(list, zip(*reaches, strict=True)), *values])
            if reaches
            else []
        )
        found = [tiles[n] for (n,) in sorted(rows)]
        yield zoom, found
        tiles = [
            Tile(zoom + 1, 2 * t.x + right, 2 * t.y + below)
            for t in found
            for below in (0, 1)
            for right in (0, 1)
        ]


def _padded_reaches(
    zoom: int, tiles: list[Tile], storage: int
) -> list[tuple[int, float, float, float, float]]:
    """For each tile by its number what it looks at, and a little more; without those out of reach.

    Where tiles are small all are carried at once: a single one takes as long as its statement.
    """
    found = []
    places = [(tile.x, tile.y) for tile in tiles]
    rough = tile_reaches(zoom, places, srid=storage) if zoom >= _SMALL else None
    for n, tile in enumerate(tiles):
        if rough is not None and np.isfinite(rough[n]).all():
            reach = Box(*map(float, rough[n]))
        else:
            exact = tile_reach(tile.z, tile.x, tile.y, margin=MARGIN, srid=storage)
            if exact is None:
                continue
            reach = exact
        more = (_SLACK + MARGIN) * max(reach.east - reach.west, reach.north - reach.south)
        found.append((n, *reach.padded(more).corners))
    return found


def _run(sessions: list[Session], territory: Territory, writers: list[_Writer], day: date) -> None:
    """Make all tiles, the heavy ones of far zooms first, and write them as they come."""
    jobs = sorted(
        ((tile, n) for n, one in enumerate(writers) for tile in one.tiles),
        key=lambda job: (job[0].z, job[1]),
    )
    forms = TileForms(lambda layer: srid(layer, territory))
    moment = Moment(on=day)
    taken = count().__next__
    done: Queue[tuple[_Writer, Tile, Answer] | BaseException] = Queue(maxsize=64)
    ended = threading.Event()

    def work(session: Session) -> None:
        try:
            while not ended.is_set() and (nth := taken()) < len(jobs):
                tile, n = jobs[nth]
                layer = writers[n].layer
                statement = forms.statement(layer, tile, moment)
                body = b""
                if statement is not None:
                    with reading(layer.name):
                        body = bytes(session.fetch(*statement)[0][0])
                done.put((writers[n], tile, press(body, level=_LEVEL)))
        except BaseException as error:
            done.put(error)

    threads = [
        threading.Thread(target=work, args=(one,), name=f"sitplan-bake-{n}", daemon=True)
        for n, one in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in jobs:
            made = done.get()
            if isinstance(made, psycopg2.Error):
                raise Unavailable("database_down") from made
            if isinstance(made, BaseException):
                raise made
            writer, tile, answer = made
            if answer.zipped:
                writer.write(tile, answer)
    finally:
        ended.set()
        for session in sessions:
            if not session.link.closed:
                session.link.cancel()
        while any(thread.is_alive() for thread in threads):
            while not done.empty():
                done.get_nowait()
            time.sleep(0.01)


class _Writer:
    """A layer's file while it is written, under another name; an MBTiles 1.3 that others can read.

    `tile_row` counts from the south there. Hash and checksum of each tile are ours.
    """

    def __init__(
        self,
        folder: Path,
        layer: Layer,
        territory: Territory,
        facts: Facts,
        tiles: list[Tile],
        left_out: int | None,
    ) -> None:
        self.layer = layer
        self.facts = facts
        self.tiles = tiles
        self._territory = territory
        self._left_out = left_out
        self._path = path_of(folder, layer.name)
        self._part = self._path.with_name(f"{self._path.name}{_PART}")
        self._count = self._size = 0
        self._link: sqlite3.Connection | None = sqlite3.connect(self._part, isolation_level=None)
        self._waiting: list[_Row] = []
        try:
            for statement in _BEGIN:
                self._link.execute(statement)
        except BaseException:
            self.abandon()
            raise

    def write(self, tile: Tile, answer: Answer) -> None:
        """Take one tile that is not empty."""
        row = (1 << tile.z) - 1 - tile.y
        zipped = answer.zipped
        self._waiting.append((tile.z, tile.x, row, zipped, answer.etag, zlib.crc32(zipped)))
        self._count += 1
        self._size += len(zipped)
        if len(self._waiting) >= 64:
            self._flush()

    def finish(self) -> Baked:
        """Make the file whole and put it in the old one's place."""
        assert self._link is not None
        self._flush()
        facts = Facts(
            **{name: getattr(self.facts, name) for name in Facts.__dataclass_fields__}
            | {"count": self._count, "size": self._size}
        )
        self._link.executemany("INSERT INTO metadata VALUES (?, ?)", self._metadata(facts))
        self._link.execute(
            "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)"
        )
        self._link.execute("COMMIT")
        self._link.close()
        self._link = None
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)
        return Baked(self.layer.name, self._count, self._size, facts.zooms, self._left_out)

    def abandon(self) -> None:
        """Take away what is not whole; nothing after `finish`."""
        if self._link is not None:
            self._link.close()
            self._link = None
            self._part.unlink(missing_ok=True)

    def _flush(self) -> None:
        assert self._link is not None
        self._link.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def _metadata(self, facts: Facts) -> list[tuple[str, str]]:
        fields = {field.name: field.type for field in self.layer.tile_fields}
        vector = {"id": self.layer.name, "fields": {"id": "String"} | fields}
        return [
            ("name", self.layer.title["es"]),
            ("format", "pbf"),
            ("type", "overlay"),
            ("minzoom", str(facts.zooms[0])),
            ("maxzoom", str(facts.zooms[1])),
            ("bounds", ",".join(map(str, self._territory.bounds))),
            ("json", json.dumps({"vector_layers": [vector]}, default=str)),
            ("sitplan", facts.as_json()),
        ]
