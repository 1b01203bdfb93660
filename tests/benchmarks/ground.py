"""A database of the benchmarks' own: an invented commune with parcels, and a server over it.

Nothing of the instance is touched: the database is made beside it in the same PostgreSQL and
dropped at the end, the layers' folder is temporary, the server has a port of its own.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import numpy as np
import psycopg2
import shapely
import yaml
from geopandas import GeoDataFrame

from sitplan.catalogue import read_folder
from sitplan.changes import Author, Edit, apply
from sitplan.cluster import ensure_running
from sitplan.db import Database, reader_url
from sitplan.migrate import migrate
from sitplan.settings import Settings

SEED = 20261122
SRID = 32718
CORNER = (640_000.0, 5_360_000.0)
CELL_M = 25.0
LAYER = "parcels"
TERRITORY = {
    "name": {"es": "Comuna de prueba", "en": "Test commune"},
    "storage_crs": SRID,
    "time_zone": "America/Santiago",
    "bounds": [-74.5, -42.5, -72.0, -41.0],
    "bounds_projected": [540_000, 5_290_000, 760_000, 5_460_000],
}
USES = ("vivienda", "comercio", "industria", "agricola", "eriazo")


def _field(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "title": {"es": name, "en": name}, **more}


PARCELS = {
    "name": LAYER,
    "title": {"es": "Predios", "en": "Parcels"},
    "description": {"es": "Predios inventados.", "en": "Invented parcels."},
    "custodian": "Banco de pruebas",
    "source": {"title": "Generador de la prueba", "licence": "CC0-1.0", "date": "2026-11"},
    "geometry": {"type": "MultiPolygon", "min_area_m2": 1},
    "access": {"read": "public"},
    "zoom": {"min": 8, "max": 18},
    "fields": [
        _field("name", "string"),
        _field("roll", "string", in_tile=True),
        _field("use", "string", in_tile=True, constraints={"required": True, "enum": list(USES)}),
        _field("value_clp", "integer", in_tile=True, constraints={"minimum": 0}),
        _field("frontage_m", "number", in_tile=True),
        _field("built", "boolean", in_tile=True),
        _field("surveyed", "date"),
        _field("area_m2", "number", computed="area", in_tile=True),
        _field("owner", "string", private=True),
    ],
}


@dataclass(frozen=True)
class Ground:
    """Where the measurements are made."""

    settings: Settings
    count: int
    loaded_s: float

    @property
    def address(self) -> tuple[str, int]:
        return self.settings.host, self.settings.port


def parcels(count: int) -> GeoDataFrame:
    """So many polygons of 8 corners in a town of square cells, the same on every machine."""
    chance = np.random.default_rng(SEED)
    side = int(np.ceil(np.sqrt(count)))
    column, row = np.divmod(np.arange(count), side)
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    radius = chance.uniform(8, 13, (count, 8))
    x = CORNER[0] + column[:, None] * CELL_M + radius * np.cos(turn)
    y = CORNER[1] + row[:, None] * CELL_M + radius * np.sin(turn)
    rings = shapely.linearrings(np.stack([x, y], axis=2))
    shapes = shapely.multipolygons(shapely.polygons(rings)[:, None])
    days = np.datetime64("2000-01-01") + chance.integers(0, 9000, count).astype("timedelta64[D]")
    frame = GeoDataFrame(
        {
            "code": [f"P-{n:07d}" for n in range(count)],
            "name": [f"Predio {n}" for n in range(count)],
            "roll": [f"{n // 100:05d}-{n % 100:03d}" for n in range(count)],
            "use": np.array(USES)[chance.integers(0, len(USES), count)],
            "value_clp": chance.integers(1_000_000, 900_000_000, count),
            "frontage_m": np.round(chance.uniform(4, 40, count), 2),
            "built": chance.random(count) < 0.7,
            "surveyed": days.astype("datetime64[s]"),
            "owner": "nadie",
            "review_state": "published",
        },
        geometry=shapes,
        crs=SRID,
    )
    return frame.rename_geometry("geom")


@contextmanager
def ground(count: int) -> Iterator[Ground]:
    """The database with its parcels, and the server that people run, over it."""
    with _database() as url, tempfile.TemporaryDirectory(prefix="sitplan-bench-") as folder:
        settings = Settings(
            home=Path(folder) / "home",
            layers=_declare(Path(folder) / "layers"),
            database_url=url,
            port=_free_port(),
        )
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        rows = parcels(count)
        began = time.monotonic()
        with Database(settings, role="admin", workers=1) as owner:
            receipt = apply(
                owner,
                read_folder(settings.layers),
                [Edit(LAYER, rows)],
                author=Author("bench"),
                why="bench",
                kind="import",
            )
            assert receipt.layers[LAYER].added == count
        loaded = time.monotonic() - began
        with _served(settings):
            yield Ground(settings, count, loaded)


def _declare(folder: Path) -> Path:
    (folder / LAYER).mkdir(parents=True)
    (folder / "territory.yaml").write_text(yaml.safe_dump(TERRITORY), encoding="utf-8")
    (folder / LAYER / "layer.yaml").write_text(yaml.safe_dump(PARCELS), encoding="utf-8")
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
            yield urlunsplit(urlsplit(home)._replace(path=f"/{name}"))
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    link.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(settings: Settings) -> Iterator[None]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "sitplan", "serve"],
        env=env | settings.as_environment(), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                with urlopen(f"http://{settings.host}:{settings.port}/api/collections/{LAYER}"):
                    break
            except OSError:
                assert server.poll() is None and time.monotonic() < deadline, "no server"
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=15)


def reader(settings: Settings) -> str:
    """The address by which the bare statements read: the same role as the server's."""
    return reader_url(settings)
