"""The public face of the analyses: whole, cheap to import, documented, with words for all."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import sitplan.analysis
from sitplan.words import keys

from .drawn import seed

HERE = Path(sitplan.analysis.__file__).parent
FUNCTIONS = [
    n for n in sitplan.analysis.__all__ if inspect.isfunction(getattr(sitplan.analysis, n))
]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "analyst.md"


def test_every_exported_name_is_there_once() -> None:
    assert len(set(sitplan.analysis.__all__)) == len(sitplan.analysis.__all__)
    for name in sitplan.analysis.__all__:
        assert getattr(sitplan.analysis, name) is not None, name
    with pytest.raises(AttributeError, match="no_such"):
        _ = sitplan.analysis.no_such


def test_no_room_bears_the_name_of_what_is_exported() -> None:
    """Once such a room is imported, the package's name would mean the room."""
    rooms = {path.stem for path in HERE.glob("*.py")}
    assert not rooms & set(sitplan.analysis.__all__)


def test_importing_it_imports_nothing_heavy() -> None:
    said = "import sys, sitplan.analysis; print(sum(m in sys.modules for m in"
    heavy = said + " ('geopandas', 'scipy', 'pandas', 'shapely', 'rasterio')))"
    ran = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_it_takes_gives_and_refuses(name: str) -> None:
    function = getattr(sitplan.analysis, name)
    told = inspect.getdoc(function) or ""
    assert told.splitlines()[0].endswith("."), "the first line tells the result"
    sections = ["Parameters", "Returns"]
    source = inspect.getsource(function)
    if "require_metres(" in source or "raise " in source:
        sections.append("Raises")
    assert not [s for s in sections if f"{s}\n{'-' * len(s)}" not in told]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_in_the_guide(name: str) -> None:
    assert f"`{name}" in GUIDE.read_text(encoding="utf-8")


def literals(call: str) -> set[str]:
    """The first argument of every call of that name in the analyses."""
    found = set()
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


@pytest.mark.parametrize(
    ("call", "room"), [("Parameter", "parameters"), ("Method", "methods"), ("note", "notes")]
)
def test_every_name_has_its_words(call: str, room: str) -> None:
    silent = {n for n in literals(call) if f"analysis.{room}.{n}" not in keys("es")}
    assert literals(call) and not silent


@pytest.mark.parametrize("room", ["parameters", "methods", "notes", "sources"])
def test_no_words_are_left_over(room: str) -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in HERE.parent.rglob("*.py"))
    named = {k.split(".")[2] for k in keys("es") if k.startswith(f"analysis.{room}.")}
    assert not {n for n in named if f'"{n}"' not in code and f'"{n.split("_")[0]}' not in code}


def test_the_guides_examples_run_on_the_demonstration() -> None:
    """In the order of the page, in one room, as a reader would."""
    analyses = GUIDE.read_text(encoding="utf-8").split("\n## Analyses\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", analyses, re.DOTALL)
    assert len(blocks) == 3
    network = sitplan.analysis.build_network(seed("roads"))
    room: dict[str, Any] = {
        "here": SimpleNamespace(frame=seed, network=lambda: network),
        "areas": seed("neighbourhoods"),
        "blocks": seed("census_blocks"),
        "green": seed("green_areas"),
        "drafts": seed("green_areas").head(0),
        "points": seed("meeting_points"),
        "zones": seed("safe_zones"),
        "rivers": seed("waterways").query("`class` == 'river'"),
        "network": network,
        "PROFILES": sitplan.analysis.PROFILES,
    }
    for block in blocks:
        exec(block, room)
    assert len(room["found"].blocks) and room["found"].totals["reached"] > 0
