"""An official at the terminal: plan, rehearse, import, look, check, take back; and as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from sitplan.cli import main
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NEW = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "PRUEBA-1", "kind": "escuela", "name": "Punto de prueba"},
            "geometry": {"type": "Point", "coordinates": [-70.76, -28.575]},
        }
    ],
}

Sitplan = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def sitplan(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sitplan:
    """Runs words over a database of the test's own: exit code, what was said, what went wrong."""
    for name, value in fresh_settings.as_environment().items():
        monkeypatch.setenv(name, value)

    def run(*words: object) -> tuple[int, Any, str]:
        code = main([str(word) for word in words])
        told = capsys.readouterr()
        return code, json.loads(told.out) if "--json" in words else told.out, told.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one school that no layer has yet."""
    path = tmp_path / "puntos.geojson"
    path.write_text(json.dumps(NEW), encoding="utf-8")
    return path


def test_rehearse_import_look_and_take_back(sitplan: Sitplan, file: Path) -> None:
    words = ("import", file, "--layer", "facilities")
    code, told, err = sitplan(*words, "--dry-run", "--json")
    assert (code, err) == (0, ""), told
    assert told["layers"]["facilities"]["added"] == 1
    assert told["change"] is None

    code, told, _ = sitplan(*words, "--why", "ensayo de la guía", "--json")
    assert code == 0
    change = told["change"]
    assert told["layers"]["facilities"]["added"] == 1

    code, told, _ = sitplan(*words, "--json")
    assert told["layers"]["facilities"]["unchanged"] == 1
    assert told["change"] is None, "the same file twice changes nothing"

    code, told, _ = sitplan("changes", "--layer", "facilities", "--limit", 1, "--json")
    assert told[0]["id"] == change
    assert told[0]["why"] == "ensayo de la guía"
    assert told[0]["who"]

    code, told, _ = sitplan("changes", "--layer", "facilities")
    assert code == 0
    assert "facilities +1 ~0 −0" in told
    assert "ensayo de la guía" in told

    code, told, _ = sitplan("revert", change, "--why", "era un ensayo", "--json")
    assert code == 0
    assert told["layers"]["facilities"]["removed"] == 1
    code, told, err = sitplan("revert", 999_999, "--why", "x")
    assert code == 3
    assert "999999" in err.replace(".", "")


def test_people_read_the_receipt_as_a_table(sitplan: Sitplan, file: Path) -> None:
    code, told, _ = sitplan("import", file, "--layer", "facilities")
    assert code == 0
    heads, row = (line for line in told.splitlines() if line.startswith(("capa ", "facilities ")))
    assert heads.split() == [
        "capa", "leídos", "agregados", "cambiados", "iguales", "quitados", "rechazados",
    ]  # fmt: skip
    assert row.split() == ["facilities", "1", "1", "0", "0", "0", "0"]
    assert "sitplan revert" in told


def test_wrong_data_are_told_whole_and_leave_nothing(sitplan: Sitplan, file: Path) -> None:
    wrong = json.loads(json.dumps(NEW))
    wrong["features"][0]["properties"]["kind"] = "castillo"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    code, told, _ = sitplan("import", file, "--layer", "facilities", "--json")
    assert code == 5
    assert told["error"]["kind"] == "invalid_data"
    assert told["problems"][0]["field"] == "kind"
    code, told, err = sitplan("import", file, "--layer", "facilities")
    assert code == 5
    assert "kind" in told
    assert err


def test_a_layer_that_is_not_there_is_told_with_those_that_are(
    sitplan: Sitplan, file: Path
) -> None:
    for words in (("import", file, "--layer", "castles"), ("check", "castles")):
        code, _, err = sitplan(*words)
        assert code == 3
        assert "castles" in err
        assert "green_areas" in err


def test_checks_pass_on_the_demonstration(sitplan: Sitplan) -> None:
    code, told, _ = sitplan("check", "--json")
    assert code == 0
    assert [one for one in told["problems"] if one["severity"] == "error"] == []
    code, told, _ = sitplan("check", "green_areas")
    assert code == 0
    assert told.splitlines()[-1].startswith("1 capas revisadas: 0 errores")


def test_a_migration_is_shown_before_it_is_done(
    sitplan: Sitplan, fresh_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told, _ = sitplan("migrate", "--plan")
    assert code == 0
    assert told.startswith("-- la base ya estaba")

    settings = replace(fresh_settings, layers=tmp_path / "layers")
    shutil.copytree(CHECKOUT / "layers", settings.layers)
    monkeypatch.setenv("SITPLAN_LAYERS", str(settings.layers))
    declaration = settings.layers / "green_areas" / "layer.yaml"
    field = "\n  - {name: Miel_kg ñ, type: number, title: {es: Miel, en: Honey}, unit: kg}\n"
    text = declaration.read_text(encoding="utf-8").rstrip() + field
    declaration.write_text(text, encoding="utf-8")
    code, told, _ = sitplan("migrate", "--plan")
    assert code == 0
    assert 'ADD COLUMN "Miel_kg ñ"' in told
    code, told, _ = sitplan("migrate", "--plan", "--json")
    assert told["changed"] == ["green_areas"]
    assert any("Miel_kg ñ" in statement for statement in told["sql"])
    code, told, _ = sitplan("migrate", "--json")
    assert (code, told["changed"]) == (0, ["green_areas"])
    code, told, _ = sitplan("migrate", "--json")
    assert (told["changed"], told["statements"]) == ([], 0)

    shutil.copytree(settings.layers / "roads", settings.layers / "wrong")
    code, told, err = sitplan("migrate")
    assert code == 7
    assert "wrong" in err


def test_the_demonstration_is_loaded_once(sitplan: Sitplan) -> None:
    code, told, _ = sitplan("load", "--demonstration", "--json")
    assert (code, told["change"]) == (0, None)


def test_a_template_is_written_and_named(sitplan: Sitplan, tmp_path: Path) -> None:
    path = tmp_path / "plantilla.xlsx"
    code, told, _ = sitplan("template", "green_areas", "--output", path, "--json")
    assert code == 0
    assert told == {"file": str(path)}
    assert path.stat().st_size > 0


def test_a_layer_is_written_whole_to_a_file(sitplan: Sitplan, tmp_path: Path) -> None:
    path = tmp_path / "areas.gpkg"
    code, told, _ = sitplan("export", "green_areas", "--output", path, "--json")
    assert (code, told) == (0, {"file": str(path)})
    listed, _, _ = sitplan("export", "objectives", "--format", "kml")
    assert listed != 0  # a table has no place on a globe
    table = tmp_path / "objetivos.csv"
    assert sitplan("export", "objectives", "--format", "csv", "--output", table)[0] == 0
    assert len(table.read_text(encoding="utf-8").splitlines()) == 1 + 42
    assert len(pyogrio.read_dataframe(path)) == 41
