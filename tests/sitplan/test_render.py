"""What derives from the declarations: tables, dictionary, lists of errors and of promises."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from sitplan.catalogue import Catalogue, read_folder
from sitplan.dictionary import errors_page, index_page, layer_page, rules_of
from sitplan.errors import WrongDeclaration
from sitplan.promises import declared_classes, features_page
from sitplan.render import render, rendered

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(
        CHECKOUT / "layers", tmp_path / "layers", ignore=shutil.ignore_patterns("seed.*")
    )
    return tmp_path / "layers"


def test_rendering_twice_changes_nothing(folder: Path) -> None:
    assert render(folder) or not render(folder)
    assert render(folder) == []
    assert render(folder, check=True) == []


def test_a_changed_declaration_is_told_then_written(folder: Path) -> None:
    render(folder)
    path = folder / "green_areas" / "layer.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["fields"].append(
        {
            "name": "Miel_kg ñ",
            "type": "number",
            "unit": "kg",
            "title": {"es": "Miel", "en": "Honey"},
        }
    )
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    page = folder.parent / "docs" / "layers" / "green_areas.md"
    stale = [folder / "green_areas" / "table.sql", page]
    assert sorted(render(folder, check=True)) == sorted(stale)
    assert "Miel" not in page.read_text(encoding="utf-8")
    assert sorted(render(folder)) == sorted(stale)
    assert "| `Miel_kg ñ` | Miel | número | kg |" in page.read_text(encoding="utf-8")
    assert '"Miel_kg ñ" double precision' in stale[0].read_text(encoding="utf-8")


def test_pages_of_layers_gone_go_and_others_stay(folder: Path) -> None:
    render(folder)
    pages = folder.parent / "docs" / "layers"
    (pages / "by_hand.md").write_text("# Escrita a mano\n", encoding="utf-8")
    shutil.rmtree(folder / "street_assets")
    assert pages / "street_assets.md" in render(folder, check=True)
    render(folder)
    assert not (pages / "street_assets.md").exists()
    assert (pages / "by_hand.md").exists()


def test_a_wrong_declaration_is_refused(folder: Path) -> None:
    (folder / "roads" / "layer.yaml").write_text("name: roads\n", encoding="utf-8")
    with pytest.raises(WrongDeclaration, match="roads"):
        rendered(folder)


def test_a_page_tells_fields_codes_and_checks_in_both_languages(catalogue: Catalogue) -> None:
    page = layer_page(catalogue.layer("evacuation_routes"), catalogue)
    assert page.count("\n# ") == 2
    for told in ("Vías de evacuación", "Evacuation routes", "no se guarda", "nothing is stored"):
        assert told in page
    for check in catalogue.checks["evacuation_routes"]:
        assert f"`{check.rule}`" in page
    green = layer_page(catalogue.layer("green_areas"), catalogue)
    private = next(line for line in green.splitlines() if "`maintenance_contract`" in line)
    assert "**privado**" in private
    assert "Datos de muestra" in green


def test_every_layer_field_and_code_has_its_line(catalogue: Catalogue) -> None:
    index = index_page(catalogue)
    for layer in catalogue:
        assert f"[`{layer.name}`]({layer.name}.md)" in index
        page = layer_page(layer, catalogue)
        for field in layer.fields:
            assert f"| `{field.name}` |" in page
            for code in field.codes:
                assert f"| `{code}` |" in page


def test_rules_are_short_phrases(catalogue: Catalogue) -> None:
    condition = catalogue.layer("green_areas").field("condition")
    assert condition is not None
    assert rules_of(condition, "es") == ["≥ 1", "≤ 5"]


def test_every_error_has_its_line() -> None:
    page = errors_page()
    assert page.count("| `no_such_layer` |") == 2
    assert "No existe la capa «{name}»." in page and "There is no layer" in page


def test_classes_are_told_with_the_tests_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "models.py").write_text(
        'A = ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson")\n'
    )
    journeys = tmp_path / "tests" / "journeys"
    journeys.mkdir(parents=True)
    (journeys / "test_tile.py").write_text(
        '"""A tile.\n\nMore."""\n\nCLASS = "ogcapi-features-1/1.0/conf/core"\n\n'
        "def test_it_is_hashed() -> None:\n    pass\n\n"
        'def test_second() -> None:\n    """Only what it touches is forgotten."""\n'
    )
    assert len(declared_classes(tmp_path)) == 2
    page = features_page(tmp_path)
    core = "| `ogcapi-features-1/1.0/conf/core` |  | `tests/journeys/test_tile.py` | not run |"
    assert core in page
    assert "| `ogcapi-features-1/1.0/conf/geojson` |  |  | not run |" in page
    assert "### A tile\n" in page
    assert "- [x] It is hashed\n- [x] Only what it touches is forgotten\n" in page


def test_the_catalogue_of_a_copy_is_the_same(folder: Path, catalogue: Catalogue) -> None:
    assert list(read_folder(folder).layers) == list(catalogue.layers)


def test_acceptance_lines_are_ticked_by_the_tests_marked_with_them(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests" / "web").mkdir(parents=True)
    (tmp_path / "docs" / "acceptance.md").write_text("1. One.\n2. Two.\n3. Three. *later*\n")
    test = "@pytest.mark.acceptance(2, 9)\ndef test_two() -> None: ..."
    (tmp_path / "tests" / "web" / "test_it.py").write_text(test)
    page = features_page(tmp_path)
    assert "- [ ] 1. One.\n- [x] 2. Two. — `tests/web/test_it.py`\n" in page
    assert "Three" not in page
