"""The guide's lines run as they stand, but for the instance's address."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import sitplan
from sitplan.settings import Settings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "clients.md"
ADDRESS = "http://127.0.0.1:8321"
pytestmark = pytest.mark.acceptance(57)


def blocks(language: str, served: str) -> list[str]:
    text = GUIDE.read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    assert found
    return [one.replace(ADDRESS, served) for one in found]


def run(*words: str, cwd: Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=cwd)
    assert done.returncode == 0, done.stderr


def test_python(served: str, tmp_path: Path) -> None:
    for block in blocks("python", served):
        run(sys.executable, "-c", block, cwd=tmp_path)


def test_the_command_line(served: str, tmp_path: Path) -> None:
    for block in blocks("sh", served):
        run("bash", "-e", "-c", block, cwd=tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {"areas.gpkg", "areas.geojson"}


@pytest.mark.acceptance(59)
def test_the_address_for_power_query_is_the_whole_layer(
    served: str, seeded_settings: Settings
) -> None:
    answer = httpx.get(blocks("", served)[0].strip())
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    with sitplan.open(settings=seeded_settings) as here:
        assert len(rows) == 1 + len(here.frame("green_areas"))


@pytest.mark.slow
def test_r(served: str, tmp_path: Path) -> None:
    assert shutil.which("Rscript"), "R is missing: make test-slow brings it (r-cran-sf)"
    for block in blocks("r", served):
        run("Rscript", "-e", block, cwd=tmp_path)


def test_other_addresses_answer(served: str) -> None:
    text = GUIDE.read_text(encoding="utf-8").replace(ADDRESS, served)
    found = set(re.findall(rf"{re.escape(served)}/api/[^\s`'\")]*", text))
    assert len(found) >= 5
    for address in found:
        assert httpx.get(address, timeout=60).status_code == 200, address
