"""The plan as its text has it, and the invented projects that nobody can mistake for it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sitplan.catalogue import Catalogue

CHECKOUT = Path(__file__).resolve().parents[2]
LAYERS = CHECKOUT / "layers"
FIGURES = (
    "objective_ids", "bip_codes", "investment_type", "stage", "rate", "rate_date", "status_date",
    "responsible_unit", "executing_unit", "funding_sources", "cost_clp", "physical_progress_pct",
    "financial_progress_pct", "planned_start", "planned_end", "actual_start", "actual_end",
    "beneficiaries", "tender_id", "documents", "description",
)  # fmt: skip
"""What the plan's text does not state."""


@cache
def table(name: str) -> list[dict[str, str]]:
    with (LAYERS / name / "seed.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def places() -> list[dict[str, object]]:
    path = LAYERS / "project_locations" / "seed.geojson"
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def plan() -> list[dict[str, str]]:
    return [row for row in table("initiatives") if row["invented"] == "false"]


def demo() -> list[dict[str, str]]:
    return [row for row in table("initiatives") if row["invented"] == "true"]


@pytest.fixture(scope="module")
def pladeco(data_folder: Path) -> Path:
    """The plan's tables, where this machine has them."""
    found = data_folder.parent / "pladeco"
    if not found.is_dir():
        pytest.skip("the plan's tables are not on this machine")
    return found


def test_columns_are_what_the_layer_declares(catalogue: Catalogue) -> None:
    for name in ("initiatives", "objectives"):
        layer = catalogue.layer(name)
        declared = ["code", *(field.name for field in layer.fields)]
        columns = list(table(name)[0])
        assert [c for c in columns if c != "notes"] == declared
        for row in table(name):
            for field in layer.fields:
                told = row[field.name]
                assert told or not field.required, (row["code"], field.name)
                if told and field.codes:
                    assert set(told.split(";")) <= set(field.codes), (row["code"], field.name)
                if told and field.type == "integer":
                    int(told)


def test_the_whole_plan_is_there() -> None:
    codes = [row["code"] for row in plan()]
    headings = [row for row in plan() if "-E" not in row["code"]]
    entries = Counter(row["kind"] for row in plan() if "-E" in row["code"])
    assert len(codes) == len(set(codes)) == 223
    assert len(headings) == 29 and {row["kind"] for row in headings} == {"plan"}
    assert entries == {"programa": 111, "proyecto": 70, "estudio": 12, "plan": 1}
    assert Counter(row["strategy_no"] for row in table("objectives")) == {
        "1": 8, "2": 3, "3": 8, "4": 6, "5": 4, "6": 5, "7": 2, "8": 6
    }  # fmt: skip
    assert sum(row["territorial"] == "true" for row in plan() if "-E" in row["code"]) == 84


def test_the_tree_hangs_together() -> None:
    by_code = {row["code"]: row for row in plan()}
    for code, row in by_code.items():
        if "-E" not in code:
            assert row["parent"] == ""
            continue
        seen = {code}
        while row["parent"]:
            row = by_code[row["parent"]]
            assert row["code"] not in seen
            seen.add(row["code"])
        assert row["kind"] == "plan" and code.startswith(f"{row['code']}-")
    assert by_code["DT-P3-E13"]["parent"] == "DT-P3-E12"
    assert {by_code[f"DT-P6-E{n:02d}"]["parent"] for n in (9, 10, 11)} == {"DT-P6-E07"}
    assert sum(r["parent"] != r["code"].rpartition("-E")[0] for r in plan() if r["parent"]) == 55


def test_the_plan_states_no_figure() -> None:
    for row in plan():
        assert row["status"] == "propuesta"
        assert not any(row[name] for name in FIGURES), row["code"]
        assert row["source_line"] and row["source_text"]


def test_rows_are_the_plans_own(pladeco: Path) -> None:
    with (pladeco / "initiatives.csv").open(encoding="utf-8", newline="") as handle:
        theirs = {row["id"]: row for row in csv.DictReader(handle)}
    assert list(theirs) == [row["code"] for row in plan()]
    for row in plan():
        told = theirs[row["code"]]
        for name in ("name", "kind", "strategy_no", "strategy", "plan_no", "plan", "order",
                     "place_hint", "theme"):  # fmt: skip
            assert row[name] == told[name], (row["code"], name)
        assert row["parent"] in (told["parent_programme"], row["code"].rpartition("-E")[0])
    with (pladeco / "objectives.csv").open(encoding="utf-8", newline="") as handle:
        assert [row["objective"] for row in csv.DictReader(handle)] == [
            row["name"] for row in table("objectives")
        ]


def test_only_what_the_text_places_is_placed() -> None:
    located = Counter(
        f["properties"]["initiative"] for f in places() if not f["properties"]["invented"]
    )
    assert located == {
        "DT-P1-E08": 1, "DT-P4-E08": 1, "DT-P4-E09": 1, "DT-P4-E11": 3, "ED-P4-E03": 1,
        "ED-P4-E04": 1, "ED-P6-E01": 1, "PS-P3-E06": 2, "CP-P1-E06": 1, "CP-P1-E09": 1,
        "CP-P2-E07": 1,
    }  # fmt: skip
    said = {row["code"]: row["placement"] for row in plan()}
    assert {code for code, where in said.items() if where == "placed"} == set(located)
    assert {code for code, where in said.items() if where == "outside"} == {"PS-P2-E07"}
    for row in plan():
        if row["placement"] == "unplaced":
            assert row["place_hint"] == ""
        if row["place_hint"] in ("ciudad", "rural", "comunal", "centro", "provincial",
                                 "subcentros", "valle del Huasco", "Valle de Huasco",
                                 "sectores altos de la ciudad"):  # fmt: skip
            assert row["placement"] == "area"


def test_every_place_tells_how_well_and_whence_it_is_known() -> None:
    for feature in places():
        told = feature["properties"]
        assert told["precision"] and told["role"] and len(told["position_source"]) > 20
        if not told["invented"]:
            assert told["horizontal_accuracy_m"] >= 50
            assert feature["geometry"]["type"] == "Point"


def test_sixty_projects_are_invented_and_say_so() -> None:
    assert [row["code"] for row in demo()] == [f"DEMO-{n:03d}" for n in range(1, 61)]
    for row in demo():
        assert row["name"].endswith("(inventado)")
        assert "inventado" in row["notes"] and "inventado" in row["description"]
        assert not row["parent"] and not row["plan"] and not row["source_text"]
        assert not row["pladeco_version"] and not row["bip_codes"]
        assert int(row["cost_clp"]) > 10_000_000 and row["stage"] and row["responsible_unit"]
    assert not any(row["name"].endswith("(inventado)") for row in plan())
    assert len({row["name"] for row in demo()}) == 60


def test_invented_projects_show_every_status_and_many_themes() -> None:
    assert len({row["status"] for row in demo()}) == 11
    assert len({row["theme"] for row in demo()}) >= 20
    sources = {s for row in demo() for s in row["funding_sources"].split(";") if s}
    assert len(sources) >= 6


def test_invented_projects_serve_objectives_of_the_plan_and_are_of_no_strategy() -> None:
    """So that money adds up by strategy, and nothing invented hangs in the plan's own tree."""
    known = {row["code"]: row["strategy_no"] for row in table("objectives")}
    served = {code: known[code] for row in demo() for code in row["objective_ids"].split(";")}
    assert set(served.values()) == {"1", "2", "3", "4", "5", "6"}
    assert not any(row["strategy"] or row["strategy_no"] for row in demo())


def test_invented_figures_agree_with_the_status() -> None:
    for row in demo():
        for one, other in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
            if row[one] and row[other]:
                assert date.fromisoformat(row[one]) < date.fromisoformat(row[other]), row["code"]
        started = row["status"] in (
            "en_ejecucion", "suspendida", "recepcion_provisoria", "terminada"
        )  # fmt: skip
        assert bool(row["actual_start"]) == started, row["code"]
        assert bool(row["actual_end"]) == (row["status"] == "terminada"), row["code"]
        if row["status"] in ("terminada", "recepcion_provisoria"):
            assert float(row["physical_progress_pct"]) == 100
        for name in ("status_date", "actual_start", "actual_end", "rate_date"):
            assert row[name] <= "2026-11-22", (row["code"], name)


def test_each_invented_project_has_one_place_of_its_own() -> None:
    mine = [f for f in places() if f["properties"]["invented"]]
    assert [f["properties"]["code"] for f in mine] == [f"DEMO-{n:03d}-L1" for n in range(1, 61)]
    assert [f["properties"]["initiative"] for f in mine] == [row["code"] for row in demo()]
    kinds = Counter(f["geometry"]["type"].removeprefix("Multi") for f in mine)
    assert set(kinds) == {"Point", "LineString", "Polygon"} and min(kinds.values()) >= 10
    rows = {row["code"]: row for row in demo()}
    for feature in mine:
        told = feature["properties"]
        assert told["position_source"] == "Inventada para la demostración"
        for name, of in (("initiative_name", "name"), ("theme", "theme"), ("status", "status")):
            assert told[name] == rows[told["initiative"]][of]


def test_no_two_places_hide_each_other() -> None:
    spots = [str(f["geometry"]) for f in places()]
    assert len(set(spots)) == len(spots)


def test_building_again_gives_the_same_bytes(pladeco: Path, tmp_path: Path) -> None:
    for name in ("initiatives", "objectives", "project_locations"):
        (tmp_path / name).mkdir()
        declared = (LAYERS / name / "layer.yaml").read_bytes()
        (tmp_path / name / "layer.yaml").write_bytes(declared)
    (tmp_path / "territory.yaml").write_bytes((LAYERS / "territory.yaml").read_bytes())
    subprocess.run(
        [sys.executable, CHECKOUT / "scripts" / "build_plan.py", pladeco, tmp_path],
        check=True,
        capture_output=True,
    )
    for path in ("initiatives/seed.csv", "objectives/seed.csv", "project_locations/seed.geojson"):
        assert (tmp_path / path).read_bytes() == (LAYERS / path).read_bytes(), path
