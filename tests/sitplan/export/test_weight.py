"""Line 33: the first byte within a second, and no more memory for many rows than for few."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sitplan.db import Database
from sitplan.export.formats import FORMATS
from sitplan.settings import Settings

WEIGH = Path(__file__).with_name("weigh.py")
STREAMS = tuple(name for name, one in FORMATS.items() if one.stream)
FILES = tuple(name for name, one in FORMATS.items() if one.build)
ALLOWED_MB = 300


@contextmanager
def _crowded(clones: Any, base: Settings, rows: int) -> Iterator[Settings]:
    """A database with so many areas of a dozen corners each."""
    with clones() as url:
        settings = replace(base, database_url=url)
        with Database(settings, role="admin", workers=1) as owner:
            with owner.transaction() as cursor:
                cursor.execute("SELECT sitplan.open_change('x', 'x', 'many', 'x', 'import')")
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("DELETE FROM layers.green_areas")
                cursor.execute(
                    "INSERT INTO layers.green_areas (code, name, kind, public_access, trees,"
                    " vegetated_m2, last_inspection, review_state, geom)"
                    " SELECT 'GA-' || lpad(i::text, 8, '0'), 'Área ñandú número ' || i, 'plaza',"
                    " i %% 2 = 0, i %% 500, i * 0.37, date '2020-01-01' + i %% 2000, 'published',"
                    " ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint("
                    " 300000 + (i %% 1000) * 60.123, 6760000 + i / 1000 * 60.321), 32719), 20, 3))"
                    " FROM generate_series(1, %s) AS i",
                    [rows],
                )
                cursor.execute("ANALYZE layers.green_areas")
        yield settings


def _weigh(settings: Settings, *formats: str) -> dict[str, dict[str, float]]:
    assert settings.database_url
    done = subprocess.run(
        [sys.executable, str(WEIGH), settings.database_url, str(settings.home),
         str(settings.layers), "green_areas", *formats],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


@pytest.mark.acceptance(33)
def test_a_hundred_thousand_rows(_clones: Callable[..., Any], base_settings: Settings) -> None:
    with _crowded(_clones, base_settings, 100_000) as settings:
        found = _weigh(settings, "geojson", "csv", "parquet", "gpkg", "fgb")
    for name, one in found.items():
        assert one["above_mb"] < ALLOWED_MB / 2, (name, one)
        if name in STREAMS:
            assert one["first_s"] < 1, (name, one)


@pytest.mark.slow
@pytest.mark.parametrize("formats", [STREAMS, FILES], ids=["streams", "files"])
@pytest.mark.acceptance(33)
def test_a_million_rows(
    _clones: Callable[..., Any], base_settings: Settings, formats: tuple[str, ...]
) -> None:
    with _crowded(_clones, base_settings, 1_000_000) as settings:
        found = _weigh(settings, *formats)
    print(json.dumps(found, indent=1))
    for name, one in found.items():
        assert one["above_mb"] < ALLOWED_MB, (name, one)
        if name in STREAMS:
            assert one["first_s"] < 1, (name, one)
