"""Who leans on whom: downward only, as docs/journeys.md draws it."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter

import pytest

from .reading import CHECKOUT, imports_of, module_of, tracked

# From the ground up. A module leans on its own floor and on those below, never in a circle.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        # words, errors, plain values and small tools that know no layer
        "words errors report base_map settings crs instants memory expression letters freshness"
        " phases relief figures teller",
        # what is computed of frames: it knows no layer, no database
        "analysis analysis.*",
        # a layer, and what is told of it
        "layer told style reading marks",
        # what is declared, as values and as text; files as they were sent
        "catalogue afar ddl standing views columns paging query frames legend sprites dictionary"
        " promises render template process metadata metadata.* leaflet cql2 cql2.* intake"
        " intake.* streets places place_facts picture meaning addresses coordinates crossings",
        # this machine and its database
        "home ports programs postgres place cluster statements workers db lanes gathering"
        " listener server",
        "checks migrate",
        # the one door, and the ways out
        "staging changes features past difference references record_filter tiles baked"
        " tile_maker search export export.* intake.surroundings",
        "history register initiatives plan_filter charts indicators declaring beside seeds offering"
        " hillshade heights_kept offers offers.* analyses results elevation evacuation_package"
        " guiding asking recomputing intake.load intake.entering",
        # what people hold in their hands
        "processes jobs job_worker baking local remote doctor shading drawing tables up commands"
        " cli __main__ sitplan",
    )
)


def floor_of(name: str) -> int | None:
    """The floor on which a module of sitplan stands; a name with a star stands for a folder."""
    short = name.removeprefix("sitplan.")
    exact = [n for n, floor in enumerate(FLOORS) if short in floor]
    family = [n for n, floor in enumerate(FLOORS) if f"{short.split('.')[0]}.*" in floor]
    return (exact or family or [None])[0]


def modules() -> dict[str, set[str]]:
    """Every module of sitplan and those of sitplan that it imports."""
    found = {}
    for path in tracked("sitplan/*.py"):
        inside = {i for i in imports_of(path) if i.split(".")[0] == "sitplan"}
        found[module_of(path)] = inside - {module_of(path)}
    return found


def test_every_module_has_its_floor() -> None:
    homeless = [name for name in modules() if floor_of(name) is None]
    assert not homeless, f"give these a floor in {__file__}: {homeless}"


def test_imports_go_downward() -> None:
    upward = [
        f"{name} → {used}"
        for name, imports in modules().items()
        for used in sorted(imports)
        if (floor_of(name) or 0) < (floor_of(used) or 0)
    ]
    assert not upward


def test_nobody_leans_in_a_circle() -> None:
    # commands are imported by the words that name them: `sitplan` itself is the face, above all
    graph = {name: imports - {"sitplan"} for name, imports in modules().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_sitplan_knows_no_api_and_neither_knows_the_tests() -> None:
    for path in tracked("sitplan/*.py", "scripts/*.py"):
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & {"api", "tests", "notebooks"}, path
    for path in tracked("api/*.py"):
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & {"tests", "notebooks", "scripts"}, path


def test_the_api_asks_sitplan_not_the_driver() -> None:
    for path in tracked("api/*.py"):
        roots = {name.split(".")[0] for name in imports_of(path)}
        allowed = {"psycopg2"} if path.name == "errors.py" else set()  # its table of errors
        assert not roots & {"psycopg2", "geopandas", "pandas"} - allowed, path


def test_layers_hold_no_code() -> None:
    allowed = {".yaml", ".sql", ".json", ".geojson", ".csv", ".md", ".tif"}
    strangers = [p for p in tracked("layers/*") if p.suffix not in allowed]
    assert not strangers


def test_the_web_map_knows_only_http() -> None:
    web = CHECKOUT / "api" / "web"
    for path in tracked("api/web/src/*", "api/web/plugins/*", "api/web/test/*"):
        if path.suffix not in (".ts", ".svelte", ".js", ".css"):
            continue
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"""(?:from|import|url\()\s*["']?(\.{1,2}/[^"')\s]+)""", text):
            resolved = (path.parent / target).resolve()
            assert resolved.is_relative_to(web), f"{path}: {target}"
        if "src" in path.parts:
            outside = re.findall(r"https?://[^\s\"'`)<]+", text)
            strange = [u for u in outside if not re.match(r"https?://(www\.w3\.org|localhost)", u)]
            assert not strange, f"{path} names {strange}"
