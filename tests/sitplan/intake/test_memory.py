"""A million rows in under a gigabyte of memory, whatever the format.

A few rows go the same way each day, so that the long test is found whole when it is run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame

from sitplan.migrate import migrate
from sitplan.settings import Settings
from tests.benchmarks import ground, town

MANY, FEW = 1_000_000, 2_000
MEMORY_MB = 1024
_PART = 100_000
_POINTS = "places"

SCRIPT = """
import json, sys
from pathlib import Path
from sitplan.intake.load import import_file
from sitplan.settings import Settings
path, layer, crs = sys.argv[1:]
receipt = import_file(Settings.from_environment(), path, layer=layer, crs=crs)
# ru_maxrss would be that of who started this process, where that was larger.
status = Path("/proc/self/status").read_text().split()
most = int(status[status.index("VmHWM:") + 1]) / 1024
print(json.dumps({"mb": most, "counts": receipt.layers[layer].as_dict()}))
"""


@pytest.fixture
def place(server_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Empty layers of parcels and of places."""
    with ground._database() as url:
        parcels: Mapping[str, Any] = town.PARCELS
        places = {**parcels, "name": _POINTS, "geometry": {"type": "Point"}}
        places["fields"] = [f for f in parcels["fields"] if not f.get("computed")]
        layers = ground._declare(tmp_path / "layers", (town.PARCELS, places))
        settings = Settings(home=tmp_path / "home", layers=layers, database_url=url)
        assert not migrate(settings).problems
        yield settings


def _parts(rows: int) -> Iterator[GeoDataFrame]:
    """The parcels, a part at a time, each part north of the last."""
    whole = town.parcels(min(_PART, rows)).drop(columns="review_state")
    for start in range(0, rows, len(whole)):
        part = whole.head(rows - start).copy()
        part["code"] = [f"P-{n}" for n in range(start, start + len(part))]
        north = start / 1000.0
        part["geom"] = shapely.transform(
            part["geom"].to_numpy(), lambda p, up=north: np.add(p, (0, up))
        )
        yield part


def _gpkg(path: Path, rows: int) -> None:
    for nth, part in enumerate(_parts(rows)):
        pyogrio.write_dataframe(part, path, append=nth > 0)


def _geojson(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.write('{"type":"FeatureCollection","features":[\n')
        comma = ""
        for part in _parts(rows):
            shapes = shapely.to_geojson(part.to_crs(4326).geometry.to_numpy())
            facts = zip(part["code"], part["name"], part["use"], part["value_clp"], strict=True)
            for shape, (code, name, use, value) in zip(shapes, facts, strict=True):
                about = {"code": code, "name": name, "use": use, "value_clp": value}
                handle.write(
                    f'{comma}{{"type":"Feature","properties":{json.dumps(about)},"geometry":{shape}}}'
                )
                comma = ",\n"
        handle.write("]}")


def _csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.write("code;name;use;value_clp;este;norte\n")
        for n in range(rows):
            east, north = 600_000 + n % 50_000, 5_300_000 + n // 50_000
            handle.write(f"P-{n};Predio número {n};vivienda;{n * 10};{east},5;{north},25\n")


@pytest.mark.parametrize("rows", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "csv"])
def test_rows_however_many(suffix: str, rows: int, place: Settings, tmp_path: Path) -> None:
    """Read, fitted, stored, checked; the process never held a gigabyte."""
    path = tmp_path / f"parcels.{suffix}"
    {"gpkg": _gpkg, "geojson": _geojson, "csv": _csv}[suffix](path, rows)
    layer = _POINTS if suffix == "csv" else town.LAYER
    crs = "EPSG:4326" if suffix == "geojson" else f"EPSG:{town.SRID}"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), layer, crs],
        env=os.environ | place.as_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    print(f"{suffix}: {path.stat().st_size / 2**20:.0f} MB, {told['mb']:.0f} MB of memory")
    assert told["counts"]["read"] == told["counts"]["added"] == rows
    assert told["mb"] < MEMORY_MB
