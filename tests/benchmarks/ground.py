"""A database of the benchmarks' own: the invented town, and servers over it.

Nothing of the instance is touched: the database is made beside it in the same PostgreSQL and
dropped at the end, the layers' folder is temporary, each server has a port of its own.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

import psycopg2
import yaml
from geopandas import GeoDataFrame

from sitplan.catalogue import Catalogue, read_folder
from sitplan.changes import Author, Edit, apply
from sitplan.cluster import ensure_running
from sitplan.db import Database, reader_url
from sitplan.migrate import migrate
from sitplan.settings import Settings
from sitplan.told import told_fields
from tests.benchmarks import town
from tests.benchmarks.town import LAYER, SRID

CHECKOUT = Path(__file__).resolve().parents[2]
Address = tuple[str, int]
# for everyone alike: parallel plans make larger tiles, compiling costs more than it gains
FOR_ALL = ("max_parallel_workers_per_gather = 0", "jit = off")


@dataclass(frozen=True)
class Ground:
    """Where the measurements are made."""

    settings: Settings
    count: int
    loaded_s: float
    folder: Path

    @property
    def address(self) -> Address:
        """Of the server that people run."""
        return self.settings.host, self.settings.port

    @property
    def owner(self) -> str:
        """The database as its owner sees it."""
        assert self.settings.database_url
        return self.settings.database_url

    def run(self, *statements: str) -> list[Any]:
        """The rows of the last statement, as the owner."""
        link = psycopg2.connect(self.owner)
        link.autocommit = True
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        link.close()
        return rows


@contextmanager
def place(
    count: int, *, declared: Sequence[dict[str, object]] = town.TOWN, per_layer: int | None = None
) -> Iterator[Ground]:
    """The database with the town of so many parcels in it; nobody serves yet.

    With `per_layer` each layer is a town of parcels of that size, whatever its name.
    """
    with _database() as url, tempfile.TemporaryDirectory(prefix="sitplan-bench-") as made:
        folder = Path(made)
        settings = Settings(
            home=folder / "home",
            layers=_declare(folder / "layers", declared),
            database_url=url,
            port=free_port(),
            allowance=0,  # one address asks for everything
        )
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        began = time.monotonic()
        catalogue = read_folder(settings.layers)
        with Database(settings, role="admin", workers=1) as owner:
            for one in declared:
                name = str(one["name"])
                rows = town.parcels(per_layer) if per_layer else town.FRAMES[name](count)
                _load(owner, catalogue, name, rows)
        here = Ground(settings, count, time.monotonic() - began, folder)
        here.run("VACUUM ANALYZE")
        yield here


@contextmanager
def ground(count: int) -> Iterator[Ground]:
    """The database with its parcels alone, and the server that people run, over it."""
    with place(count, declared=(town.PARCELS,)) as here, served(here.settings):
        yield here


def _load(owner: Database, catalogue: Catalogue, name: str, rows: GeoDataFrame) -> None:
    receipt = apply(
        owner,
        catalogue,
        [Edit(name, rows)],
        author=Author("bench"),
        why="bench",
        kind="import",
    )
    assert receipt.layers[name].added == len(rows)


def _declare(folder: Path, declared: Sequence[dict[str, object]] = (town.PARCELS,)) -> Path:
    for one in declared:
        (folder / str(one["name"])).mkdir(parents=True)
        path = folder / str(one["name"]) / "layer.yaml"
        path.write_text(yaml.safe_dump(one), encoding="utf-8")
    (folder / "territory.yaml").write_text(yaml.safe_dump(town.TERRITORY), encoding="utf-8")
    return folder


@contextmanager
def _database() -> Iterator[str]:
    """A database that is there as long as the block."""
    named = os.environ.get("SITPLAN_TEST_DATABASE_URL")
    home = named or ensure_running(Settings.from_environment())
    name = f"sitplan_bench_{secrets.token_hex(4)}"
    link = psycopg2.connect(home)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            for setting in FOR_ALL:
                cursor.execute(f"ALTER DATABASE {name} SET {setting}")
            yield urlunsplit(urlsplit(home)._replace(path=f"/{name}"))
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    link.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(settings: Settings):
    """The server that people run, as long as the block."""
    return _served(settings, "-m", "sitplan", "serve")


def forgetful(settings: Settings):
    """The same, but what it works out it keeps no longer than the answer takes."""
    return _served(settings, "-m", "tests.benchmarks.forgetful")


@contextmanager
def _served(settings: Settings, *words: str) -> Iterator[Address]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    env |= settings.as_environment() | {"PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, *words]
    # to start is 2 s of the processor, whatever the rows: a busy machine makes a minute of it
    with running(command, settings.port, path="/api/health", env=env, seconds=180):
        yield settings.host, settings.port


@contextmanager
def running(
    command: list[str],
    port: int,
    *,
    path: str = "/",
    env: dict[str, str] | None = None,
    seconds: float = 30,
) -> Iterator[int]:
    """A server of ours or of others on this machine, as long as the block: its process id.

    It is up once `path` is answered with anything below 500.
    """
    with tempfile.TemporaryFile() as told:
        server = subprocess.Popen(
            command, env=env, cwd=CHECKOUT, stdout=told, stderr=told, stdin=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + seconds
            while not _answers(f"http://127.0.0.1:{port}{path}"):
                if server.poll() is not None or time.monotonic() > until:
                    told.seek(0)
                    said = told.read()[-2000:].decode(errors="replace")
                    raise RuntimeError(f"{command[0]} is not up: {said}")
                time.sleep(0.05)
            yield server.pid
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5):
            return True
    except HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def peer_tables(here: Ground) -> None:
    """Bare tables in the schema `peer` for the other servers: the same rows, columns and order.

    `peer.<layer>` has what our tiles hold, `peer.<layer>_items` what our pages of features hold,
    both with a primary key and a GiST index; `peer.<layer>_tile(z, x, y)` is form A of the tile
    statement for those that publish functions. No views, no validity to look at: in their favour.
    """
    statements = ["CREATE SCHEMA peer"]
    for layer in read_folder(here.settings.layers):
        name = layer.name
        kind = f"public.geometry({layer.geometry.type}, {SRID})" if layer.geometry else ""
        in_tile = [
            f"f.{f.name}::text AS {f.name}" if f.type == "date" else f"f.{f.name}"
            for f in layer.tile_fields
        ]
        told = [
            f"NULLIF(f.{f.name}, '-infinity') AS {f.name}" if f.type == "date" else f"f.{f.name}"
            for f in told_fields(layer)
        ]
        for table, identifier, columns in (
            (name, "f.id::text AS id", in_tile),
            (f"{name}_items", "f.id", told),
        ):
            listed = ", ".join([identifier, *columns, f"f.geom::{kind} AS geom"])
            statements += [
                f"CREATE TABLE peer.{table} AS SELECT {listed} FROM published.{name} f",
                f"ALTER TABLE peer.{table} ADD PRIMARY KEY (id)",
                f"CREATE INDEX ON peer.{table} USING gist (geom)",
            ]
        inside = ", ".join(["id", *(f.name for f in layer.tile_fields)])
        statements.append(
            f"CREATE FUNCTION peer.{name}_tile(z integer, x integer, y integer) RETURNS bytea"
            " LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ DECLARE found bytea; BEGIN"
            " WITH part AS (SELECT public.ST_AsMVTGeom(public.ST_Transform(geom, 3857),"
            f" public.ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom, {inside}"
            f" FROM peer.{name} WHERE geom && public.ST_Transform("
            f"public.ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), {SRID}))"
            f" SELECT public.ST_AsMVT(part, '{name}', 4096, 'geom') INTO found FROM part;"
            " RETURN found; END $$"
        )
    here.run(*statements, "VACUUM ANALYZE")


def reader(settings: Settings) -> str:
    """The address by which the bare statements read: the same role as the server's."""
    return reader_url(settings)


__all__ = ["LAYER", "SRID", "Ground", "forgetful", "ground", "peer_tables", "place", "served"]
