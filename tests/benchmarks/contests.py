"""What is measured: the same work done by SITPLAN and by the barest means, answers compared."""

from __future__ import annotations

import gzip
import io
import json
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import geopandas
import numpy as np
import psycopg2

import sitplan
from sitplan.catalogue import Catalogue, read_folder
from sitplan.crs import HALF_WORLD_M, WEB_MERCATOR, Box, box_polygon, carry_box
from sitplan.query import FeatureQuery, Moment
from sitplan.tiles import Tile, tile_statement
from tests.benchmarks.client import Client
from tests.benchmarks.ground import CELL_M, CORNER, LAYER, SEED, SRID, Ground, reader


@dataclass(frozen=True)
class Contest:
    """One measurement: seconds that each side takes for the same list of work.

    `check` compares both sides' answers and says what was compared.
    """

    name: str
    ours: Callable[[], float]
    bare: Callable[[], float]
    before: Callable[[], None]
    check: Callable[[], str]
    work: int
    unit: str


def tile_contest(ground: Ground, *, zoom: int, count: int, clients: int = 1) -> Contest:
    """Uncached tiles through the server against the same SQL on psycopg2 connections.

    With more than one client, the server gets so many connections at once and the bare side
    two processes with one connection each, as many as the machines that we measure have cores.
    """
    tiles = _tiles(ground, zoom, count)
    today = date.today()
    catalogue = read_folder(ground.settings.layers)
    statements = [_mogrified(ground, *_tile_sql(catalogue, tile, today)) for tile in tiles]
    paths = [f"/api/collections/{LAYER}/tiles/WebMercatorQuad/{t.z}/{t.y}/{t.x}" for t in tiles]

    def check() -> str:
        client, link = Client(ground.address), psycopg2.connect(reader(ground.settings))
        size = 0
        with link.cursor() as cursor:
            for path, statement in zip(paths, statements, strict=True):
                cursor.execute(statement)
                bare = bytes(cursor.fetchone()[0])
                body = client.get(path)
                assert (gzip.decompress(body) if body else b"") == bare, path
                size += len(bare)
        client.close()
        link.close()
        return f"{len(tiles)} tiles equal byte by byte, {size / 1024:,.0f} KiB"

    label = f"tile z{zoom}" + (f", {clients} clients" if clients > 1 else "")
    return Contest(
        label,
        lambda: _shared(_ask, ground.address, paths, clients),
        lambda: _shared(_run, reader(ground.settings), statements, min(clients, 2)),
        lambda: forget(ground),
        check,
        len(tiles),
        "tiles",
    )


def _ask(address: tuple[str, int], paths: list[str]) -> float:
    client = Client(address)
    began = time.perf_counter()
    for path in paths:
        client.get(path)
    taken = time.perf_counter() - began
    client.close()
    return taken


def _run(url: str, statements: list[bytes]) -> float:
    link = psycopg2.connect(url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SELECT public.postgis_version()")  # PostGIS is loaded, as in the server
        began = time.perf_counter()
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
        taken = time.perf_counter() - began
    link.close()
    return taken


def _shared(work: Callable, where: object, items: list, workers: int) -> float:
    """Seconds for all items: in this process, or dealt to so many others (the slowest counts)."""
    if workers == 1:
        return work(where, items)
    dealt = [items[n::workers] for n in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        list(pool.map(abs, range(workers)))  # all are up before the clock runs
        return max(pool.map(work, [where] * workers, dealt))


def items_contest(ground: Ground, *, count: int = 20) -> Contest:
    """Pages of 1,000 features in a box against COPY of the same rows, uncompressed text."""
    chance = np.random.default_rng(SEED + 1)
    span = int(np.sqrt(ground.count)) * CELL_M
    side = min(40 * CELL_M, span / 2)  # some 1,600 parcels
    catalogue = read_folder(ground.settings.layers)
    layer = catalogue.layer(LAYER)
    paths, statements = [], []
    for x, y in chance.uniform(0, span - side, (count, 2)):
        metres = Box(CORNER[0] + x, CORNER[1] + y, CORNER[0] + x + side, CORNER[1] + y + side)
        degrees = carry_box(metres, source=SRID, target=4326)
        assert degrees is not None
        corners = [round(v, 6) for v in degrees.corners]
        box = box_polygon(Box(*corners), source=4326, target=SRID)
        assert box is not None
        text, params = FeatureQuery(
            layer=layer, srid=SRID, moment=Moment(on=date.today()), boxes=(box,), limit=999
        ).page()
        statements.append(b"COPY (" + _mogrified(ground, text, params) + b") TO STDOUT")
        paths.append(
            f"/api/collections/{LAYER}/items?limit=1000&bbox={','.join(map(str, corners))}"
        )

    def bare() -> float:
        link = psycopg2.connect(reader(ground.settings))
        with link.cursor() as cursor:
            cursor.execute("SELECT public.postgis_version()")
            began = time.perf_counter()
            for statement in statements:
                cursor.copy_expert(statement.decode(), io.BytesIO())
            taken = time.perf_counter() - began
        link.close()
        return taken

    def check() -> str:
        client, link = Client(ground.address), psycopg2.connect(reader(ground.settings))
        for path, statement in zip(paths, statements, strict=True):
            body = client.get(path)
            page = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
            buffer = io.BytesIO()
            with link.cursor() as cursor:
                cursor.copy_expert(statement.decode(), buffer)
            rows = [line.split("\t") for line in buffer.getvalue().decode().splitlines()]
            assert [f["id"] for f in page["features"]] == [row[0] for row in rows]
            assert page["features"][0]["geometry"] == json.loads(rows[0][1])
            assert page["numberReturned"] == 1000 <= page["numberMatched"]
        client.close()
        link.close()
        return f"{count} pages of 1,000, the same ids in the same order"

    return Contest(
        "items, page of 1,000", lambda: _ask(ground.address, paths), bare,
        lambda: None, check, count, "pages",
    )  # fmt: skip


def frame_contest(ground: Ground) -> Contest:
    """The whole layer as a GeoDataFrame against geopandas.read_postgis of the same columns."""
    here = sitplan.open(settings=ground.settings)
    columns = [c for c in here.frame(LAYER).columns if c != "geometry"]
    listed = ", ".join(f'"{c}"' for c in columns)
    text = f"SELECT {listed}, geom FROM published.{LAYER}"
    link = psycopg2.connect(reader(ground.settings))

    def peer() -> geopandas.GeoDataFrame:
        with warnings.catch_warnings():  # pandas would rather have SQLAlchemy than psycopg2
            warnings.simplefilter("ignore", UserWarning)
            return geopandas.read_postgis(text, link, geom_col="geom", crs=SRID)

    def timed(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def check() -> str:
        one = here.frame(LAYER).set_index("id").sort_index()
        other = peer().set_index("id").sort_index()
        assert one.index.tolist() == [str(i) for i in other.index]
        assert one.geometry.geom_equals_exact(other.geometry, 0).all()
        assert (one["value_clp"].astype("int64") == other["value_clp"]).all()
        return f"{len(one)} rows, shapes and values equal"

    return Contest(
        "frame", lambda: timed(lambda: here.frame(LAYER)), lambda: timed(peer),
        lambda: None, check, ground.count, "rows",
    )  # fmt: skip


def forget(ground: Ground) -> None:
    """Make the server forget its tiles, as after a migration; the catalogue is read again."""
    link = psycopg2.connect(ground.settings.database_url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("""SELECT pg_notify('sitplan', '{"catalogue": true}')""")
    link.close()
    time.sleep(0.3)
    client = Client(ground.address)
    client.get(f"/api/collections/{LAYER}")
    client.close()


def _tiles(ground: Ground, zoom: int, count: int) -> list[Tile]:
    """Tiles over the town, drawn by lot without repetition."""
    span = int(np.sqrt(ground.count)) * CELL_M
    town = carry_box(
        Box(*CORNER, CORNER[0] + span, CORNER[1] + span), source=SRID, target=WEB_MERCATOR
    )
    assert town is not None
    side = 2 * HALF_WORLD_M / (1 << zoom)
    first, last = ((x + HALF_WORLD_M) / side for x in (town.west, town.east))
    top, bottom = ((HALF_WORLD_M - y) / side for y in (town.north, town.south))
    columns, rows = range(int(first), int(last) + 1), range(int(top), int(bottom) + 1)
    known = [Tile(zoom, column, row) for column in columns for row in rows]
    chance = np.random.default_rng(SEED + zoom)
    return [known[i] for i in chance.permutation(len(known))[:count]]


def _tile_sql(catalogue: Catalogue, tile: Tile, today: date):
    found = tile_statement(catalogue.layer(LAYER), tile, storage=SRID, moment=Moment(on=today))
    assert found is not None
    return found


def _mogrified(ground: Ground, text, params) -> bytes:
    link = psycopg2.connect(reader(ground.settings))
    with link.cursor() as cursor:
        found = cursor.mogrify(text, params)
    link.close()
    return found
