"""Import against ogr2ogr: the same file into PostGIS, by the door and by the barest means.

    python tests/benchmarks/bench_import.py [--parcels 200000] [--rounds 5]

Ours takes in everything: reading, repairs, types, codes, history, constraints, indexes, the
layer's checks. ogr2ogr copies into a bare table (COPY, as one transaction) and builds a GiST
index. Both in turns, in the same server, each round from empty; what both then hold is compared.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psycopg2
import pyogrio

from sitplan.db import Database
from sitplan.intake.load import import_file
from sitplan.migrate import migrate
from sitplan.settings import Settings
from tests.benchmarks import ground, town

FORMATS = {"geojson": 3.0, "gpkg": 6.0}
"""What is measured, and how many times ogr2ogr's time ours may take."""


@contextmanager
def place(count: int) -> Iterator[tuple[Settings, dict[str, Path]]]:
    """A database of one layer, and the same parcels as a file of each format."""
    with ground._database() as url, tempfile.TemporaryDirectory(prefix="sitplan-bench-") as folder:
        home = Path(folder)
        settings = Settings(
            home=home / "home", layers=ground._declare(home / "layers"), database_url=url
        )
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        frame = town.parcels(count).drop(columns="review_state")
        files = {name: home / f"parcels.{name}" for name in FORMATS}
        pyogrio.write_dataframe(frame, files["gpkg"])
        pyogrio.write_dataframe(frame.to_crs(4326), files["geojson"], COORDINATE_PRECISION=9)
        yield settings, files


def ours(settings: Settings, path: Path) -> float:
    """Seconds that the import takes into the emptied layer."""
    with psycopg2.connect(settings.database_url) as link, link.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no history of emptying
        cursor.execute(f"TRUNCATE layers.{ground.LAYER}, history.{ground.LAYER}")
    link.close()
    with Database(settings, role="admin", workers=1) as database:
        began = time.perf_counter()
        receipt = import_file(database, path, layer=ground.LAYER)
        took = time.perf_counter() - began
    assert receipt.change_id is not None, receipt.as_dict("en")
    return took


def bare(settings: Settings, path: Path) -> float:
    """Seconds that ogr2ogr takes for the same file into the same CRS."""
    parts = urlsplit(settings.database_url or "")
    target = (
        f"PG:host={parts.hostname} port={parts.port} dbname={parts.path[1:]}"
        f" user={unquote(parts.username or '')} password={unquote(parts.password or '')}"
    )
    words = ["ogr2ogr", "-f", "PostgreSQL", target, str(path), "-nln", "bare", "-overwrite"]
    words += ["-nlt", "PROMOTE_TO_MULTI", "-t_srs", f"EPSG:{ground.SRID}"]
    words += [
        "-lco",
        "SPATIAL_INDEX=GIST",
        "-lco",
        "GEOMETRY_NAME=geom",
        "--config",
        "PG_USE_COPY",
        "YES",
        "-gt",
        "unlimited",
    ]
    began = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - began


def compare(settings: Settings, count: int) -> str:
    """What both hold is the same; says so."""
    with psycopg2.connect(settings.database_url) as link, link.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE ST_Equals(a.geom, b.geom)"
            f" OR ST_HausdorffDistance(a.geom, b.geom) < 0.001)"
            f" FROM layers.{ground.LAYER} a JOIN bare b USING (code)"
            " WHERE a.name = b.name AND a.roll = b.roll AND a.value_clp = b.value_clp"
        )
        same, alike = cursor.fetchone() or (0, 0)
    link.close()
    assert (same, alike) == (count, count), (same, alike, count)
    return f"{count} rows with the same values and shapes"


def measure(*, rounds: int = 5, count: int = 200_000) -> list[dict[str, Any]]:
    """The numbers of each format; empty where ogr2ogr is not installed."""
    if shutil.which("ogr2ogr") is None:
        return []
    found = []
    with place(count) as (settings, files):
        for name, path in files.items():
            pairs = []
            for nth in range(rounds):
                pairs.append((ours(settings, path), bare(settings, path)))
                if nth == 0:
                    compared = compare(settings, count)
            ratios = [a / b for a, b in pairs]
            found.append(
                {
                    "name": f"import {name}",
                    "ratio": {
                        "median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)
                    },
                    "ours_s": [a for a, _ in pairs],
                    "bare_s": [b for _, b in pairs],
                    "work": count,
                    "unit": "polygons",
                    "compared": compared,
                }
            )  # fmt: skip
    return found


def main() -> int:
    """Measure and tell; 1 where a ratio is over its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--parcels", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found = measure(rounds=asked.rounds, count=asked.parcels)
    if not found:
        print("ogr2ogr is not installed (Debian: gdal-bin)")
        return 2
    is_over = False
    for one in found:
        ratio, limit = one["ratio"], FORMATS[one["name"].split()[1]]
        is_over |= ratio["median"] > limit
        mine, theirs = (statistics.median(one[key]) for key in ("ours_s", "bare_s"))
        print(
            f"{one['name']:16} {ratio['median']:5.2f} times ogr2ogr ({ratio['min']:.2f} to"
            f" {ratio['max']:.2f}; limit {limit:.0f}): {mine:.2f} s against {theirs:.2f} s;"
            f" {one['compared']}"
        )
    return int(is_over)


if __name__ == "__main__":
    sys.exit(main())
