"""An analyst without the checkout: the wheel in an empty environment, and an instance's address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import geopandas as gpd
import pytest

import sitplan
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
ASKED = """
import json, sys
import sitplan
with sitplan.open(sys.argv[1]) as there:
    green = there.frame("green_areas")
    drawn = sitplan.draw(green).get_root().render()
    served = there.analyse("green_indicators", of="census_districts").frame
    served.to_file("served.gpkg")
    print(json.dumps({
        "from": sitplan.__file__, "ids": sorted(green["id"]), "m2": green.area.sum(),
        "titles": there.layers["green_areas"].title, "drawn": "leaflet" in drawn,
        "districts": sorted(served["code"]),
    }))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("analyst")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    sources = folder / "sources"  # building writes beside what it builds
    subprocess.run(["git", "clone", "-q", str(CHECKOUT), str(sources)], check=True)
    built = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*built, str(sources)], check=True)
    (wheel,) = folder.glob("sitplan-*.whl")
    home = folder / "environment"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    pinned = str(CHECKOUT / "requirements.lock")
    subprocess.run([*install, "--require-hashes", "-r", pinned], check=True)
    # no `--no-deps`: what the wheel asks for is what is pinned, or pip says so
    subprocess.run([*install, "--no-index", str(wheel)], check=True)
    return python


def test_the_wheel_and_an_address_are_enough(
    elsewhere: Path, served: str, seeded_settings: Settings, tmp_path: Path
) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SITPLAN_", "PYTHON"))}
    told = subprocess.run(
        [str(elsewhere), "-I", "-W", "error", "-c", ASKED, served],
        cwd=tmp_path, env=clean, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert not Path(found["from"]).is_relative_to(CHECKOUT)
    with sitplan.open(settings=seeded_settings) as here:
        green, districts = here.frame("green_areas"), here.frame("census_districts")
    assert found["ids"] == sorted(green["id"])
    assert found["m2"] == green.area.sum()
    assert found["titles"]["es"] == "Áreas verdes" and found["drawn"]
    assert found["districts"] == sorted(districts["code"])
    assert list(gpd.read_file(tmp_path / "served.gpkg")["code"].sort_values()) == found["districts"]
