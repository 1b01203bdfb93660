"""Apache Sedona on Spark, from our GeoParquet, finds the green indicators that we find.

It needs Java and half a gigabyte of programs, so `make slow-ready` puts it in an environment of
its own; skipped, with the reason, where that could not be had.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

import sitplan
from scripts import sedona
from sitplan.settings import Settings

LAYERS = ("neighbourhoods", "census_blocks", "green_areas")


@pytest.mark.slow
def test_the_green_indicators_are_ours(
    served: str, seeded_settings: Settings, tmp_path: Path
) -> None:
    if not shutil.which("java"):
        pytest.skip("Java is not installed (Debian: default-jre-headless)")
    if not sedona.is_ready():
        pytest.skip("Spark and Sedona are not installed: python3 -m scripts.sedona says why")
    with sitplan.open(settings=seeded_settings) as here:
        srid = here.frame("green_areas").crs.to_epsg()
        ours = here.analyse("green_indicators", of="neighbourhoods")
    for name in LAYERS:
        path = f"{served}/api/collections/{name}/export?f=parquet&crs=EPSG:{srid}"
        with urlopen(path) as answer, (tmp_path / f"{name}.parquet").open("wb") as file:
            shutil.copyfileobj(answer, file)
    script = Path(__file__).with_name("sedona_green.py")
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SPARK_HOME")}
    done = subprocess.run(
        [str(sedona.PYTHON), str(script), str(sedona.JAR), str(tmp_path)],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    theirs = json.loads(done.stdout.splitlines()[-1])
    frame = ours.frame.set_index("code")
    assert set(theirs) == set(frame.index) and len(theirs) > 20
    seen = 0.0
    for code, row in theirs.items():
        for name, value in row.items():
            assert value == pytest.approx(frame.loc[code, name], rel=1e-6, abs=1e-3), (code, name)
            seen += value
    assert seen > 0
