"""The heats: who runs against whom, over what, and which ratios are told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sitplan.catalogue import read_folder
from sitplan.crs import tile_reach
from sitplan.tiles import MARGIN, Tile
from tests.benchmarks import compare, load, town
from tests.benchmarks.client import Client
from tests.benchmarks.ground import Address, Ground, reader
from tests.benchmarks.load import Sample
from tests.benchmarks.peers import Peer

OURS = "SITPLAN"
FLOOR = "bare SQL"
Run = Callable[[int], Sample]


@dataclass(frozen=True)
class Ratio:
    """Our rate over that of the best of some others; `is_time` turns it into time over time."""

    name: str
    against: tuple[str, ...]
    must: float | None = None
    aim: float | None = None
    is_time: bool = False
    ours: str = OURS


@dataclass(frozen=True)
class Heat:
    """Servers that do the same work in turns."""

    name: str
    sides: dict[str, Run]
    ratios: tuple[Ratio, ...]
    check: Callable[[], str]
    unit: str = "tiles/s"
    without: list[str] = field(default_factory=list)
    stretch: int = 1
    """Times the window, for what takes long."""


@dataclass(frozen=True)
class Arena:
    """All that is up while the heats run."""

    here: Ground
    uncached: Address
    """Our server that keeps nothing."""
    cached: Address
    """Our server as people run it."""
    peers: Sequence[Peer]

    @property
    def pagers(self) -> list[Peer]:
        """The peers that have features as pages."""
        return [one for one in self.peers if one.items]


def ours_path(layer: str, tile: Tile) -> str:
    """Where our server has one layer's tile."""
    return f"/api/collections/{layer}/tiles/WebMercatorQuad/{tile.z}/{tile.y}/{tile.x}"


TIPG = ("tipg",)
OTHERS = ("martin", "pg_tileserv", "tegola")


def tile_heat(
    arena: Arena,
    layer: str,
    *,
    zoom: int,
    most: int,
    checked: int,
    ratios: tuple[Ratio, ...],
    encoding: str = "gzip",
    connections: int = 8,
    stretch: int = 1,
    proved: bool = False,
) -> Heat:
    """Uncached tiles of one layer: ours, bare SQL, and all peers.

    With `proved` the database's counters must show that ours are uncached.
    """
    here = arena.here
    tiles = town.tiles(here.count, zoom=zoom, most=most, layer=layer)
    asked = {OURS: (arena.uncached, [ours_path(layer, t) for t in tiles])}
    for peer in arena.peers:
        if peer.tile is not None:
            asked[peer.name] = (peer.address, [peer.tile(layer, t) for t in tiles])
    sides: dict[str, Run] = {FLOOR: tile_floor(here, layer, tiles)}
    for name, (address, paths) in asked.items():
        sides[name] = _http(address, paths, encoding=encoding, connections=connections)
    without: list[str] = []

    def check() -> str:
        ours, others = asked[OURS], {n: a for n, a in asked.items() if n != OURS}
        some = slice(0, checked)
        if proved:
            uncached(here, arena.uncached, ours[1][some])
        told = compare.tiles(here.owner, layer, tiles[some], {OURS: (ours[0], ours[1][some])})
        for name, (address, paths) in others.items():
            pair = {OURS: (ours[0], ours[1][some]), name: (address, paths[some])}
            try:
                told = told.and_(compare.tiles(here.owner, layer, tiles[some], pair))
            except (compare.Different, AssertionError, OSError) as reason:
                if name.startswith("tipg"):
                    raise
                sides.pop(name)  # what does not do the same work does not run
                without.append(f"{name}: {reason}")
        return f"{told}; " + _against_floor(here, layer, tiles[some], ours)

    kind = "" if encoding == "gzip" else ", without gzip"
    return Heat(f"{layer} z{zoom}{kind}", sides, ratios, check, without=without, stretch=stretch)


def _http(address: Address, paths: Sequence[str], **more: Any) -> Run:
    return lambda seconds: load.over_http(address, paths, seconds=seconds, **more)


def tile_floor(here: Ground, layer: str, tiles: Sequence[Tile]) -> Run:
    """Form A of the tile statement, prepared: two processes with a connection each."""
    prepare, calls = floor_statement(here, layer, tiles)
    url = reader(here.settings)
    return lambda seconds: load.over_sql(url, prepare, calls, seconds=seconds)


def floor_statement(
    here: Ground, layer: str, tiles: Sequence[Tile]
) -> tuple[str, list[tuple[Any, ...]]]:
    """Form A over the public's view, and the values for each tile."""
    declared = read_folder(here.settings.layers).layer(layer)
    columns = ", ".join(
        f"f.{f.name}::text AS {f.name}" if f.type == "date" else f"f.{f.name}"
        for f in declared.tile_fields
    )
    day = date.today().isoformat()
    prepare = (
        "PREPARE bare (integer, integer, integer, float8, float8, float8, float8) AS"
        " WITH part AS (SELECT public.ST_AsMVTGeom(public.ST_Transform(f.geom, 3857),"
        " public.ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom, f.id::text AS id,"
        f" {columns} FROM published.{layer} AS f WHERE f.geom OPERATOR(public.&&)"
        f" public.ST_MakeEnvelope($4, $5, $6, $7, {town.SRID}) AND f.valid_from <= DATE '{day}'"
        f" AND (f.valid_to IS NULL OR f.valid_to > DATE '{day}'))"
        f" SELECT public.ST_AsMVT(part, '{layer}', 4096, 'geom') FROM part"
    )
    calls = []
    for t in tiles:
        reach = tile_reach(t.z, t.x, t.y, margin=MARGIN, srid=town.SRID)
        assert reach is not None
        calls.append((t.z, t.x, t.y, *reach.corners))
    return prepare, calls


def _against_floor(
    here: Ground, layer: str, tiles: Sequence[Tile], ours: tuple[Address, Sequence[str]]
) -> str:
    """How our tiles stand to form A's: equal byte by byte, or the same ids and values."""
    import psycopg2

    prepare, calls = floor_statement(here, layer, tiles)
    link, client = psycopg2.connect(reader(here.settings)), Client(ours[0])
    is_equal = is_same = True
    zoom = tiles[0].z
    with link.cursor() as cursor:
        cursor.execute(prepare)
        for call, path in zip(calls, ours[1], strict=False):
            cursor.execute("EXECUTE bare (%s, %s, %s, %s, %s, %s, %s)", call)
            bare = bytes(cursor.fetchone()[0])
            mine = compare.opened(client.get(path))
            if mine != bare:
                is_equal = False
                ids = compare.shown(mine).keys() ^ compare.shown(bare).keys()
                if ids and zoom >= town.WHOLE_FROM:
                    raise compare.Different(f"{path}: {len(ids)} ids differ from form A's")
                is_same &= compare.features(mine) == compare.features(bare)
    link.close()
    client.close()
    if is_equal:
        return "equal to form A byte by byte"
    return "equal to form A feature by feature" if is_same else "form A's ids, other shapes"


def uncached(here: Ground, address: Address, paths: Sequence[str]) -> None:
    """Prove that the server keeps nothing: asked twice, the database works twice.

    Raises
    ------
    Different
        Where fewer statements were run than tiles asked for.
    """

    def done() -> int:
        return int(
            here.run("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")[
                0
            ][0]
        )

    client = Client(address)
    for path in paths:
        client.get(path)
    client.close()
    time.sleep(11)  # an idle connection tells its counters within ten seconds
    client = Client(address)
    before, until = done(), time.monotonic() + 12
    for path in paths:
        client.get(path)
    client.close()
    while (after := done()) - before < len(paths):
        if time.monotonic() > until:
            raise compare.Different(f"{after - before} statements for {len(paths)} known tiles")
        time.sleep(0.5)
