"""Every notebook runs top to bottom on the seed, in under a minute, and is committed clean."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from sitplan.intake.load import load
from sitplan.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST_S = 60
TOLD_FIRST = ("Pregunta", "Datos", "Método", "Fecha", "Autor")
TOLD_LAST = "## Qué dicen estas cifras y qué no\n"


def named(path: Path) -> str:
    return path.stem


def execute(path: Path, settings: Settings, folder: Path) -> NotebookNode:
    """The notebook with its outputs, run on that database, within the time."""
    book = nbformat.read(path, as_version=4)
    env = os.environ | settings.as_environment() | {"IPYTHONDIR": str(folder / "ipython")}
    where = {"metadata": {"path": str(folder)}}
    client = NotebookClient(book, timeout=LONGEST_S, kernel_name="python3", resources=where)
    began = time.monotonic()
    client.execute(env=env)
    assert time.monotonic() - began < LONGEST_S
    return book


@pytest.fixture(scope="module")
def run(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], NotebookNode]:
    """Runs a notebook on the seeded database, once; the notebook with its outputs."""
    folder = tmp_path_factory.mktemp("notebooks")
    done: dict[Path, NotebookNode] = {}

    def run_once(path: Path) -> NotebookNode:
        if path not in done:
            done[path] = execute(path, seeded_settings, folder)
        return done[path]

    return run_once


REAL = (
    "01_primeros_pasos",
    "02_retrato_de_los_barrios",
    "03_areas_verdes",
    "04_evacuacion",
    "05_localidades_rurales",
    "06_inversion_y_equidad",
    "07_traer_y_reparar_datos",
)


@pytest.fixture(scope="module")
def real_settings(
    _clones: Callable, base_settings: Settings, data_folder: Path
) -> Iterator[Settings]:
    """A database with the real sources in place of the drawn ones."""
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        load(settings, data_folder)
        yield settings


def outputs(book: NotebookNode) -> list[NotebookNode]:
    return [one for cell in book.cells for one in cell.get("outputs", ())]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_it_runs_top_to_bottom(path: Path, run: Callable[[Path], NotebookNode]) -> None:
    found = outputs(run(path))
    assert not [one for one in found if one["output_type"] == "error"]
    told = [one["text"] for one in found if one.get("name") == "stderr"]
    assert not told, "a notebook that warns is not done"


@pytest.mark.parametrize("name", REAL)
def test_it_runs_on_the_real_data(name: str, real_settings: Settings, tmp_path: Path) -> None:
    found = outputs(execute(FOLDER / f"{name}.ipynb", real_settings, tmp_path))
    said = "".join(one.get("text", "") for one in found)
    assert not [one for one in found if one.get("name") == "stderr"]
    if "07" in name:
        assert "184 m al este y 375 m al norte" in said, "the datum is told by what is known there"
    elif "05" in name:
        assert "no dice qué servicios tienen las localidades" in said
        assert "no dicen su población" in said
    elif "06" in name:
        assert "no declara montos" in said and "no tiene límites de barrios" in said
    elif "04" in name:
        assert "no tiene zonas de amenaza ni puntos de encuentro" in said
    else:
        assert "no tiene límites de barrios" in said
        assert "01" in name or "Instituto Nacional de Estadísticas" in said


def test_the_first_notebook_answers_and_draws(run: Callable[[Path], NotebookNode]) -> None:
    found = outputs(run(NOTEBOOKS[0]))
    pages = [one["data"]["text/html"] for one in found if "text/html" in one.get("data", {})]
    assert any("green_m2_per_person" in page for page in pages)
    drawn = unescape(next(page for page in pages if "<iframe" in page))
    assert "leaflet" in drawn
    assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=", drawn)
    said = "".join(one.get("text", "") for one in found)
    assert "antes de la primera anotación el registro tenía 0" in said


def test_invented_money_and_unverified_speeds_are_told(
    run: Callable[[Path], NotebookNode],
) -> None:
    told = {
        name: "".join(one.get("text", "") for one in outputs(run(FOLDER / f"{name}.ipynb")))
        for name in ("05_localidades_rurales", "06_inversion_y_equidad")
    }
    assert "DINERO INVENTADO: 60 iniciativas (100 %" in told["06_inversion_y_equidad"]
    assert "sin verificar" in told["05_localidades_rurales"]
    assert "depende de los pesos" in told["05_localidades_rurales"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_it_is_committed_clean(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem), "numbered by reading order"
    for word in TOLD_FIRST:
        assert f"**{word}**" in book.cells[0].source
    assert "\n*In short: " in book.cells[0].source
    last = next((c.source for c in book.cells if c.source.startswith(TOLD_LAST)), "")
    assert "**Dicen**" in last and "**No dicen**" in last
    for cell in book.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
            assert not re.search(r"^ *(def|class) ", cell.source, re.M), "it belongs in sitplan"
        assert not re.search(r"(?<![\w.])/(?:home|work|root|Users|tmp)/", cell.source)
        assert "postgresql://" not in cell.source
        for target in re.findall(r"\]\(((?!https?:)[^)#]+)", cell.source):
            assert (path.parent / target).exists(), target


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 7
