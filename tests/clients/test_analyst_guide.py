"""The analysts' guide runs as it stands, from the address to the published result."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

import sitplan
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
GUIDE = CHECKOUT / "docs" / "guides" / "analista.md"
ADDRESS = "http://127.0.0.1:8321"


def blocks(language: str) -> list[str]:
    text = GUIDE.read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    assert found
    return found


def run(*words: str, cwd: Path, settings: Settings) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    env |= settings.as_environment() | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, cwd=cwd, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.acceptance(57)
def test_from_the_address_to_a_map(served: str, seeded_settings: Settings, tmp_path: Path) -> None:
    """One walk: what a block names, the next ones use."""
    code = "\n".join(blocks("python")).replace(ADDRESS, served)
    code += "\nassert len(mine.frame) and mine.totals['population'] > 0"
    # the address is all that is known: no database
    away = replace(seeded_settings, database_url=None, home=tmp_path / "home")
    said = run(sys.executable, "-W", "error", "-c", code, cwd=tmp_path, settings=away)
    assert "áreas verdes" in said and "siedu" in said.lower()
    assert "<html" in (tmp_path / "verdes.html").read_text(encoding="utf-8")
    with sitplan.open(settings=seeded_settings) as here:
        assert len(gpd.read_file(tmp_path / "verdes.gpkg")) == len(here.frame("neighbourhoods"))


def test_published_reviewed_and_made_again(fresh_settings: Settings, tmp_path: Path) -> None:
    own = replace(fresh_settings, home=tmp_path / "home")
    [publishing] = blocks("python publicar")
    said = run(sys.executable, "-c", publishing, cwd=tmp_path, settings=own)
    with sitplan.open(settings=own) as here:
        whole = len(here.frame("neighbourhoods"))
        assert here.frame("verde_por_barrio").empty
    assert said.strip() == f"{whole} áreas, en borrador"
    [commands] = blocks("sh")
    for line in commands.strip().splitlines():
        name, *words = shlex.split(line)
        assert name == "sitplan"
        said = run(sys.executable, "-m", "sitplan", *words, cwd=tmp_path, settings=own)
    with sitplan.open(settings=own) as here:
        assert len(here.frame("verde_por_barrio")) == whole
