"""Tiles kept on the disk: a file a layer, used only where the register proves it fresh.

A file tells what it was made from: the declaration, the statements, PostGIS, the day and the last
Change. Where all is as then, its tiles stand but for those that a later Change touched or over
which a validity has begun or ended since; where anything else differs, none stands. What was
proved is remembered in `memory`, which forgets it as it forgets tiles.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import zlib
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import psycopg2
from numpy.typing import NDArray

from sitplan.catalogue import Territory
from sitplan.crs import HALF_WORLD_M, MAX_ZOOM, WEB_MERCATOR, Box, carry_box
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import Unavailable
from sitplan.layer import Layer
from sitplan.memory import TOLD_TO_M, Mark, Memory
from sitplan.query import Moment
from sitplan.tiles import Tile, TileForms, changing_boxes

_LOG = logging.getLogger("sitplan.baked")
_MOST_PLACES = 20_000
_ANY_DAY = Moment(on=date(2000, 1, 1))
Identity = tuple[int, int, int]
State = Literal["fresh", "touched", "declared", "record", "day", "many"]
"""Whether all stands, all but what was touched, or nothing: declared or programmed otherwise,
another record, a day before, too much touched."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file was made from, and what is in it."""

    layer: str
    mark: str
    revision: int
    recorded_at: str
    day: date
    zooms: tuple[int, int]
    count: int
    size: int

    def as_json(self) -> str:
        """As `facts_from` reads it."""
        return json.dumps(asdict(self) | {"day": self.day.isoformat()})


def facts_from(text: str) -> Facts:
    """The facts that a file holds; ValueError, KeyError or TypeError where they are not ours."""
    read = json.loads(text)
    first, last = read.pop("zooms")
    return Facts(
        **read | {"day": date.fromisoformat(read["day"]), "zooms": (int(first), int(last))}
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A tile as it was kept: gzipped, with the hash of its own bytes; none where it is empty."""

    zipped: bytes
    etag: str

    @property
    def body(self) -> bytes:
        """The tile itself."""
        return zlib.decompress(self.zipped, wbits=31) if self.zipped else b""


class BakedFile:
    """One layer's file, open for reading by all threads.

    Raises
    ------
    sqlite3.Error, ValueError, KeyError, TypeError
        Where it is none, here and in `read`.
    """

    def __init__(self, path: Path, identity: Identity) -> None:
        self.identity = identity
        self._lock = threading.Lock()
        # immutable: a file is replaced, never written to
        self._link = sqlite3.connect(
            f"{path.as_uri()}?immutable=1", uri=True, check_same_thread=False
        )
        try:
            row = self._link.execute("SELECT value FROM metadata WHERE name = 'sitplan'").fetchone()
            self.facts = facts_from(row[0])
        except BaseException:
            self._link.close()
            raise

    def read(self, tile: Tile) -> Kept | None:
        """The tile; without bytes where nothing is, None beyond the file's zooms."""
        first, last = self.facts.zooms
        if not first <= tile.z <= last:
            return None
        with self._lock:
            row = self._link.execute(
                "SELECT tile_data, etag, crc FROM tiles"
                " WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (tile.z, tile.x, (1 << tile.z) - 1 - tile.y),
            ).fetchone()
        if row is None:
            return Kept(b"", "")
        zipped, etag, crc = row
        if zlib.crc32(zipped) != crc:
            raise ValueError("a tile's bytes are not those that were written")
        return Kept(zipped, etag)

    def close(self) -> None:
        """End the reading."""
        with self._lock:
            self._link.close()


@dataclass(frozen=True, slots=True)
class Proof:
    """What of a file stands: nothing without `places`, else all but what they touch."""

    state: State
    places: NDArray[np.float64] | None = None
    """West, south, east, north of each, in EPSG:3857."""

    def holds(self, tile: Tile) -> bool:
        """Whether the tile stands."""
        if self.places is None:
            return False
        west, south, east, north = tile.square.corners
        there = self.places
        return not bool(
            np.any(
                (there[:, 0] <= east)
                & (there[:, 2] >= west)
                & (there[:, 1] <= north)
                & (there[:, 3] >= south)
            )
        )


class _Reads(Protocol):
    def fetch(self, statement: Any, params: Any = None) -> list[Any]: ...


def baked_mark(reader: _Reads, layer: Layer, territory: Territory) -> str:
    """The hash of all that makes a layer's tiles besides its rows and the day.

    The layer as migrated, the statement and values of one tile a zoom, and PostGIS with what it
    leans on.
    """
    rows = reader.fetch(
        "SELECT fingerprint, pg_catalog.concat_ws(' ', public.postgis_lib_version(),"
        " public.postgis_geos_version(), public.postgis_proj_version(),"
        " public.postgis_libprotobuf_version(), pg_catalog.current_setting('server_version_num'))"
        " FROM published.declared WHERE layer = %s",
        [layer.name],
    )
    whole = blake2b(repr(rows).encode(), digest_size=16)
    forms = TileForms(lambda one: srid(one, territory))
    west, south, east, north = territory.bounds
    middle = carry_box(Box(west, south, east, north), source=4326, target=WEB_MERCATOR)
    assert middle is not None  # a territory lies on the map
    x, y = (middle.west + middle.east) / 2, (middle.south + middle.north) / 2
    for zoom in range(MAX_ZOOM + 1):
        found = forms.statement(layer, tile_at(zoom, x, y), _ANY_DAY)
        told = found and (repr(found[0].text), found[0].is_prepared, repr(found[1]))
        whole.update(repr(told).encode())
    return whole.hexdigest()


def tile_at(zoom: int, x: float, y: float) -> Tile:
    """The tile over a point of EPSG:3857."""
    side = 2 * HALF_WORLD_M / (1 << zoom)
    most = (1 << zoom) - 1
    column, row = int((x + HALF_WORLD_M) / side), int((HALF_WORLD_M - y) / side)
    return Tile(zoom, min(max(column, 0), most), min(max(row, 0), most))


def prove(
    database: Database, facts: Facts, layer: Layer, *, territory: Territory, today: date
) -> Proof:
    """What of a file stands today, by the database's register.

    Raises
    ------
    Unavailable, psycopg2.Error
        Where the register cannot be read.
    """
    if facts.mark != baked_mark(database, layer, territory):
        return Proof("declared")
    # a Change's instant is its own: another database's Change of the same number has another
    rows = database.fetch(
        "SELECT recorded_at FROM published.touched WHERE layer = %s AND change_id = %s",
        [layer.name, facts.revision],
    )
    if (rows[0][0].isoformat() if rows else "") != facts.recorded_at:
        return Proof("record")
    if today < facts.day:
        return Proof("day")
    boxes: list[Box] = []
    if today > facts.day:
        storage = srid(layer, territory)
        begun = changing_boxes(database, layer, after=facts.day, until=today, storage=storage)
        if begun is None:
            return Proof("day")
        boxes += begun
    for (told,) in database.fetch(
        "SELECT boxes FROM published.touched WHERE layer = %s AND change_id > %s LIMIT %s",
        [layer.name, facts.revision, _MOST_PLACES + 1],
    ):
        boxes += [Box(*map(float, one)) for one in told]
        if len(boxes) > _MOST_PLACES:
            return Proof("many")
    places = np.array([box.padded(TOLD_TO_M).corners for box in boxes]).reshape(-1, 4)
    return Proof("touched" if boxes else "fresh", places)


class Shelf:
    """The files of one home, as a server reads them.

    Parameters
    ----------
    folder
        Where they are; it need not exist.
    memory
        Where proofs are remembered, until a Change of the layer.
    """

    def __init__(self, folder: Path, memory: Memory) -> None:
        self.folder = folder
        self._memory = memory
        self._paths: dict[str, str] = {}
        self._open: dict[str, BakedFile] = {}
        self._bad: dict[str, Identity] = {}
        self._lock = threading.Lock()

    def ready(self, name: str, tile: Tile, today: date) -> Kept | None:
        """The layer's tile, where it is kept and proved already: no database is asked."""
        file = self.file(name)
        proof = file and self._proof(file, today)
        return self._read(file, proof, tile) if file and proof else None

    def must_prove(self, name: str, today: date) -> bool:
        """Whether there is a file of the layer that has not been proved since its last Change."""
        if not self._memory.is_open:  # without announcements no proof lasts
            return False
        file = self.file(name)
        return file is not None and self._proof(file, today) is None

    def proved(
        self,
        database: Database,
        layer: Layer,
        tile: Tile,
        *,
        territory: Territory,
        today: date,
        mark: Mark,
    ) -> Kept | None:
        """As `ready`, after a look at the register; `mark` was taken before."""
        file = self.file(layer.name)
        if file is None:
            return None
        try:
            proof = prove(database, file.facts, layer, territory=territory, today=today)
        except (Unavailable, psycopg2.Error) as error:
            if isinstance(error, Unavailable) and error.code == "caller_left":
                raise
            _LOG.warning("baked tiles of %s cannot be proved: %s", layer.name, error)
            return None
        self._memory.put(
            ("baked", layer.name, file.identity, today),
            proof,
            mark=mark,
            layers=(layer.name,),
            size=500 + (proof.places.nbytes if proof.places is not None else 0),
        )
        return self._read(file, proof, tile)

    def file(self, name: str) -> BakedFile | None:
        """The layer's file as it is now; None where there is none or it cannot be read."""
        path = self._paths.get(name)
        if path is None:
            path = self._paths[name] = str(path_of(self.folder, name))
        try:
            found = os.stat(path)  # noqa: PTH116 - each tile asks: a Path takes ten times as long
        except OSError:
            return None
        identity = (found.st_ino, found.st_mtime_ns, found.st_size)
        held = self._open.get(name)
        if held is not None and held.identity == identity:
            return held
        with self._lock:
            if self._bad.get(name) == identity:
                return None
            try:
                file = BakedFile(Path(path), identity)
                if file.facts.layer != name:
                    file.close()
                    raise ValueError(f"it is of {file.facts.layer}")
            except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
                self._pass_over(name, identity, error)
                return None
            old, self._open[name] = self._open.get(name), file
            if old is not None:
                old.close()
            return file

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for file in self._open.values():
                file.close()
            self._open.clear()

    def _proof(self, file: BakedFile, today: date) -> Proof | None:
        found: Proof | None = self._memory.get(("baked", file.facts.layer, file.identity, today))
        return found

    def _read(self, file: BakedFile, proof: Proof, tile: Tile) -> Kept | None:
        if not proof.holds(tile):
            return None
        try:
            return file.read(tile)
        except (sqlite3.Error, ValueError, TypeError) as error:
            name = file.facts.layer
            with self._lock:
                if self._open.get(name) is file:  # not one that was replaced under our hands
                    del self._open[name]
                    file.close()
                    self._pass_over(name, file.identity, error)
            return None

    def _pass_over(self, name: str, identity: Identity, error: Exception) -> None:
        self._bad[name] = identity
        _LOG.warning("baked tiles of %s cannot be read and are passed over: %s", name, error)


def path_of(folder: Path, name: str) -> Path:
    """The file of a layer's tiles."""
    return folder / f"{name}.mbtiles"
