"""What an analysis found comes in like any layer: draft, checked, told how, made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

import sitplan
from sitplan import Sitplan, results
from sitplan.analysis.method import Input, Method, parameters_of
from sitplan.catalogue import read_folder
from sitplan.changes import Edit, apply
from sitplan.cli import main
from sitplan.db import Database, reader_url
from sitplan.doctor import examine
from sitplan.errors import BadRequest, InvalidData, NotFound, Refused
from sitplan.history import list_changes
from sitplan.intake.entering import full_register
from sitplan.local import Local
from sitplan.migrate import migrate
from sitplan.recomputing import recompute
from sitplan.remote import Remote
from sitplan.seeds import load_seeds
from sitplan.settings import Settings

METHOD = Method(
    "rural_access",
    date(2026, 11, 27),
    (Input("rural_localities", 2), Input("roads", 9)),
    parameters_of({"walk_ms": 1.2}, units={"walk_ms": "m/s"}),
)


@pytest.fixture
def own(fresh_settings: Settings, tmp_path: Path) -> Settings:
    """A seeded database and a home of the test's own."""
    return replace(fresh_settings, home=tmp_path / "home")


@pytest.fixture
def here(own: Settings) -> Iterator[Sitplan]:
    with sitplan.open(settings=own) as opened:
        yield opened


def places(here: Sitplan, *numbers: float) -> gpd.GeoDataFrame:
    """Squares of the territory with a number each, codes `Z0`, `Z1`…"""
    west, south, _, _ = here.catalogue.territory.bounds_projected
    x, y = west + 40_000, south + 80_000
    return gpd.GeoDataFrame(
        {
            "code": [f"Z{n}" for n in range(len(numbers))],
            "name": [f"Zona {n}" for n in range(len(numbers))],
            "need": list(numbers),
            "missing": [["water", "sewer"][: n % 3] for n in range(len(numbers))],
            "greyed": [n % 2 == 0 for n in range(len(numbers))],
        },
        geometry=[box(x + 100 * n, y, x + 100 * n + 50, y + 50) for n in range(len(numbers))],
        crs=here.catalogue.territory.storage_crs,
    )


def rows(settings: Settings, text: str) -> list[Any]:
    with Database(settings, role="admin", workers=1) as database:
        return database.fetch(text)


def test_a_result_is_a_layer_and_begins_as_a_draft(here: Sitplan, own: Settings) -> None:
    here.frame("rural_localities")
    receipt = sitplan.publish(
        places(here, 10.5, 20, None), name="need_here", method=METHOD, here=here, author="Ana"
    )
    assert receipt.layers["need_here"].added == 3
    layer = here.catalogue.layer("need_here")
    assert layer.geometry is not None and layer.geometry.type == "MultiPolygon"
    assert {f.name: f.type for f in layer.fields} == {
        "name": "string", "need": "number", "missing": "array", "greyed": "boolean",
    }  # fmt: skip
    assert layer.illustrative, "its inputs were drawn for the demonstration"
    assert here.frame("need_here").empty, "nobody has reviewed it"
    results.review(own, "need_here", "published", why="revisado")
    found = here.frame("need_here").set_index("code")
    assert found["need"].tolist()[:2] == [10.5, 20] and pd.isna(found["need"]["Z2"])
    assert found["missing"].tolist() == [[], ["water"], ["water", "sewer"]]
    assert found["greyed"].tolist() == [True, False, True]
    assert found.geometry.area.tolist() == pytest.approx([2500] * 3, abs=0.01)
    kinds = {change.kind for change in _changes(own) if "need_here" in change.layers}
    assert kinds == {"result"}
    results.review(own, "need_here", "withdrawn", why="mal")
    assert here.frame("need_here").empty


def _changes(settings: Settings) -> list[Any]:
    with Database(settings, role="admin", workers=1) as database:
        return list_changes(database)


def test_it_carries_how_it_was_found(here: Sitplan, own: Settings) -> None:
    here.frame("rural_localities", on="2025-05-01")
    revision = here.catalogue.revisions["rural_localities"]
    sitplan.publish(places(here, 1, 2), name="need_here", method=METHOD, here=here, author="Ana")
    layer = here.catalogue.layer("need_here")
    record = layer.result
    assert record is not None and record["author"] == "Ana" and record["review_state"] == "draft"
    told = {one["layer"]: one for one in record["inputs"]}
    assert told["rural_localities"] == {
        "layer": "rural_localities", "revision": revision, "on": "2025-05-01", "as_of": None,
    }  # fmt: skip
    assert told["roads"]["revision"] is None, "nobody read it here: that is not made up"
    assert record["method"]["en"]["parameters"][0]["value"] == 1.2
    assert record["libraries"]["sitplan"] == sitplan.__version__
    source = here.catalogue.source("need_here")
    assert "calculado por Ana con datos de Localidades rurales (revisión" in source.method
    assert source.title == "Calculado por Ana con SITPLAN"
    # what stands in the folder is what stands in the register
    assert read_folder(own.layers, results=own.results).layer("need_here").result == record


def test_a_result_whose_inputs_changed_is_out_of_date(here: Sitplan, own: Settings) -> None:
    here.frame("rural_localities")
    here.frame("roads")
    sitplan.publish(places(here, 1, 2), name="need_here", method=METHOD, here=here, author="Ana")
    assert here.catalogue.outdated("need_here") == ()
    _rename_locality(own)
    assert here.catalogue.outdated("need_here") == ("rural_localities",)
    assert here.catalogue.outdated("roads") == ()
    said = here.catalogue.source("need_here").method
    assert said.startswith("DESACTUALIZADO: cambió Localidades rurales")


def _rename_locality(settings: Settings, **values: Any) -> None:
    with Database(settings, role="admin", workers=1) as database:
        frame = pd.DataFrame({"code": ["LR-01"], **{k: [v] for k, v in values.items()}})
        if not values:
            frame["name"] = "Otro nombre"
        apply(
            database, full_register(database), [Edit("rural_localities", frame)],
            author=results.Author(), why="prueba",
        )  # fmt: skip


def test_a_name_of_a_layer_cannot_be_taken(here: Sitplan, own: Settings) -> None:
    with pytest.raises(Refused) as caught:
        sitplan.publish(places(here, 1), name="green_areas", method=METHOD, here=here, author="A")
    assert caught.value.code == "result_name_taken"
    for name in ("Áreas", "1abc", "a b", "", "a" * 49, "../layers"):
        with pytest.raises(BadRequest):
            sitplan.publish(places(here, 1), name=name, method=METHOD, here=here, author="A")
    # nor by a folder put there by hand
    sitplan.publish(places(here, 1), name="mine", method=METHOD, here=here, author="A")
    stolen = own.results / "green_areas"
    (own.results / "mine").rename(stolen)
    text = (stolen / "layer.yaml").read_text().replace("name: mine", "name: green_areas", 1)
    (stolen / "layer.yaml").write_text(text)
    done = migrate(own)
    assert "green_areas" in done.problems and not done.changed
    assert here.catalogue.layer("green_areas").result is None


def test_an_address_or_the_reader_cannot_publish(here: Sitplan, own: Settings) -> None:
    frame = places(here, 1)
    with pytest.raises(Refused) as caught:
        distant = Sitplan(Remote("http://127.0.0.1:1"))
        sitplan.publish(frame, name="mine", method=METHOD, here=distant, author="A")
    assert caught.value.code == "publish_needs_owner"
    reader = Sitplan(Local(replace(own, database_url=reader_url(own))))
    with pytest.raises(Refused) as caught:
        sitplan.publish(frame, name="mine", method=METHOD, here=reader, author="A")
    reader.close()
    assert caught.value.code == "publish_needs_owner"
    assert not own.results.exists()


def test_what_breaks_a_check_leaves_nothing(here: Sitplan, own: Settings) -> None:
    before = rows(own, "SELECT name, hidden FROM sitplan.layer ORDER BY name")
    away = places(here, 1, 2).translate(yoff=5_000_000)
    frame = places(here, 1, 2).set_geometry(away)
    with pytest.raises(InvalidData) as caught:
        sitplan.publish(frame, name="mine", method=METHOD, here=here, author="A")
    assert "outside_territory" in json.dumps(caught.value.report.as_dict())
    assert rows(own, "SELECT name, hidden FROM sitplan.layer ORDER BY name") == before
    assert rows(own, "SELECT to_regclass('layers.mine'), to_regclass('history.mine')") == [
        (None, None)
    ]
    assert not list(own.results.iterdir())
    # the name is free, also for other columns
    sitplan.publish(
        places(here, 1)[["code", "geometry"]], name="mine", method=METHOD, here=here, author="A"
    )
    with pytest.raises(InvalidData):
        sitplan.publish(
            frame[["code", "geometry"]], name="mine", method=METHOD, here=here, author="A"
        )
    assert rows(own, "SELECT count(*) FROM layers.mine") == [(1,)], "what stood there stands"
    assert len(results.published(own)["mine"].fields) == 0


def test_what_can_be_no_layer_is_refused(here: Sitplan) -> None:
    whole = places(here, 1, 2)
    nowhere = gpd.GeoSeries([Point(), None], index=whole.index, crs=whole.crs)
    for frame in (
        whole.iloc[:0],
        whole.assign(code=["A", "A"]),
        whole.assign(code=["A", None]),
        whole.assign(version=1),
        whole.set_geometry(nowhere),
        whole.set_crs(None, allow_override=True),
    ):
        with pytest.raises(BadRequest) as caught:
            sitplan.publish(frame, name="mine", method=METHOD, here=here, author="A")
        assert caught.value.code == "wrong_result"
    with pytest.raises(BadRequest) as caught:
        sitplan.publish(whole, name="mine", method=METHOD, here=here, author="A", show="colour")
    assert "colour" in str(caught.value) and "mine" not in here.layers


def test_published_again_it_is_one_layer_with_a_past(here: Sitplan, own: Settings) -> None:
    for numbers in ((1, 2, 3), (1, 5)):
        receipt = sitplan.publish(
            places(here, *numbers), name="mine", method=METHOD, here=here, author="A"
        )
    assert receipt.layers["mine"].as_dict() | {"read": 2} == {
        "read": 2, "added": 0, "changed": 1, "unchanged": 1, "removed": 1, "rejected": 0,
    }  # fmt: skip
    assert rows(own, "SELECT code, need FROM layers.mine ORDER BY code") == [("Z0", 1), ("Z1", 5)]
    fewer = places(here, 1)[["code", "name", "geometry"]]
    with pytest.raises(Refused) as caught:
        sitplan.publish(fewer, name="mine", method=METHOD, here=here, author="A")
    assert caught.value.code == "migration_would_lose_column"
    assert "need" in {f.name for f in results.published(own)["mine"].fields}


def test_a_table_is_a_result_too(here: Sitplan, own: Settings) -> None:
    found = here.analyse("investment_by", by="year")
    sitplan.publish(found.frame, name="money", method=found.method, here=here)
    results.review(own, "money", "published", why="x")
    table = here.frame("money")
    assert not isinstance(table, gpd.GeoDataFrame)
    assert table["clp"].sum() == found.frame["clp"].sum()
    assert "DINERO INVENTADO" in " ".join(here.layers["money"].result["method"]["es"]["notes"])


@pytest.mark.slow
def test_shapes_of_every_kind(here: Sitplan, own: Settings) -> None:
    squares = places(here, 1, 2)
    for name, kind, shapes in (
        ("dots", "Point", squares.centroid),
        ("lines", "MultiLineString", squares.boundary),
        ("mixed", "Geometry", gpd.GeoSeries([squares.centroid[0], squares.geometry[1]])),
        ("holed", "MultiPolygon", squares.difference(squares.buffer(-5))),
    ):
        frame = squares.set_geometry(shapes.set_crs(squares.crs, allow_override=True))
        sitplan.publish(frame, name=name, method=METHOD, here=here, author="A")
        layer = here.layers[name]
        assert layer.geometry is not None and layer.geometry.type == kind
    assert [part["type"] for part in here.layers["dots"].style] == ["circle"] * 2
    assert [part["metadata"]["legend"]["en"] for part in here.layers["holed"].style] == [
        "Need (0 to 100): less than 2", "Need (0 to 100): 2 or more",
    ]  # fmt: skip
    assert here.layers["mixed"].style == ()


def test_a_database_made_anew_has_the_results_of_the_home(
    here: Sitplan, own: Settings, bare_settings: Settings
) -> None:
    sitplan.publish(places(here, 1, 2), name="mine", method=METHOD, here=here, author="A")
    anew = replace(own, database_url=bare_settings.database_url)
    assert "mine" in migrate(anew).created
    load_seeds(anew)
    assert rows(anew, "SELECT code, review_state FROM layers.mine ORDER BY code") == [
        ("Z0", "draft"), ("Z1", "draft"),
    ]  # fmt: skip
    results.review(anew, "mine", "published", why="x")
    assert migrate(anew).is_idle
    # and another home does not hide what it did not publish
    elsewhere = replace(anew, home=own.home.parent / "other")
    assert migrate(elsewhere).is_idle
    assert not [p for p in examine(elsewhere).problems if "mine" in str(p)]


def test_an_analysis_is_made_again_number_by_number(here: Sitplan, own: Settings) -> None:
    inputs = {"weights": {"city": 1, "services": 2}}
    results.compute_and_publish(own, "rural_access", inputs, name="need_here")
    again = recompute(own, "need_here")
    assert (again.then, again.now, again.outdated) == ({}, {}, ())
    _rename_locality(own, electricity=False, population=999)
    again = recompute(own, "need_here")
    assert again.then == {}, "with the data of then, the same"
    assert again.outdated == ("rural_localities",)
    assert again.now["columns"]["population"]["rows"] == 1
    assert again.now["columns"]["missing_count"] == {"rows": 1, "largest": 1}
    assert again.now["columns"]["missing"] == {"rows": 1, "largest": None}
    assert again.now["columns"]["need"]["rows"] == 1 and "shapes" not in again.now
    kept = recompute(own, "need_here", keep=True)
    assert kept.receipt is not None and kept.receipt.layers["need_here"].changed >= 1
    again = recompute(own, "need_here")
    assert (again.then, again.now, again.outdated) == ({}, {}, ())


@pytest.mark.slow
def test_a_notebooks_result_is_recomputed_by_its_analysis(here: Sitplan, own: Settings) -> None:
    found = here.analyse("investment_by_area", areas="census_districts")
    sitplan.publish(found.frame, name="money", method=found.method, here=here)
    # the projects moved this one did not know of: what was read is what is told
    assert recompute(own, "money").then == {}
    told = [one["layer"] for one in here.layers["money"].result["inputs"]]
    assert sorted(told) == ["census_districts", "initiatives", "project_locations"]
    assert all(one["revision"] for one in here.layers["money"].result["inputs"])
    changed = found.frame.assign(clp=found.frame["clp"] + 1)
    sitplan.publish(changed, name="money", method=found.method, here=here)
    gap = recompute(own, "money").then
    assert gap["columns"]["clp"] == {"rows": len(changed), "largest": 1}


def test_what_no_analysis_gives_is_not_recomputed(here: Sitplan, own: Settings) -> None:
    sitplan.publish(places(here, 1), name="mine", method=METHOD, here=here, author="A")
    with pytest.raises(Refused) as caught:
        recompute(own, "mine")
    assert caught.value.code == "not_recomputable"
    with pytest.raises(NotFound):
        recompute(own, "green_areas")
    with pytest.raises(NotFound):
        results.review(own, "yours", "published", why="x")
    with pytest.raises(BadRequest):
        results.review(own, "mine", "approved", why="x")


def test_by_command(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in own.as_environment().items():
        monkeypatch.setenv(name, value)
    assert main(["recompute"]) == 0
    assert "No hay resultados" in capsys.readouterr().out
    words = ["publish", "progress", "--analysis", "plan_progress"]
    assert main([*words, "--inputs", '{"with_invented": true}', "--author", "SECPLA"]) == 0
    assert "«progress» quedó en borrador" in capsys.readouterr().out
    assert main(["publish", "progress", "--review", "published", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["layers"]["progress"]["changed"] == 9
    assert main(["recompute", "progress"]) == 0
    assert "con los datos de entonces, valores iguales" in capsys.readouterr().out
    with Database(own, role="admin", workers=1) as database, database.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.initiatives SET status = 'terminada' WHERE code = 'DT-P1-E02'"
        )
    assert main(["recompute"]) == 1
    told = capsys.readouterr().out
    assert "progress: con los datos de hoy difiere:\n    " in told and "{" not in told
    assert "\n    Terminadas: " in told, "columns by their titles"
    assert "filas que cambian, 1; diferencia mayor, 1" in told
    assert main(["recompute", "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told["then"] == {} and "done_pct" in told["now"]["columns"]
    assert told["outdated"] == ["initiatives"]
    assert main(["publish", "x"]) == 2
    assert main(["publish", "x", "--analysis", "none"]) == 3
    assert main(["publish", "x", "--analysis", "plan_progress", "--inputs", "[1]"]) == 2


def test_what_an_analysis_calls_its_areas_is_no_input(here: Sitplan, own: Settings) -> None:
    found = here.analyse("green_indicators", of="neighbourhoods")
    sitplan.publish(found.frame, name="green_here", method=found.method, here=here, author="Ana")
    record = here.catalogue.layers["green_here"].result
    assert record is not None
    assert {one["layer"] for one in record["inputs"]} == {
        "census_blocks", "green_areas", "neighbourhoods", "roads",
    }  # fmt: skip
