"""The spreadsheet to fill in: its headings are what the import understands."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sitplan.catalogue import Catalogue
from sitplan.errors import BadRequest, NotFound, Refused
from sitplan.intake.matching import match_columns
from sitplan.intake.read import read
from sitplan.intake.tally import Tally
from sitplan.settings import Settings
from sitplan.template import template_columns, write_template


def test_headings_are_matched_by_the_import(catalogue: Catalogue) -> None:
    for layer in catalogue:
        for lang in ("es", "en"):
            columns = template_columns(layer, lang)
            headings = [c.heading for c in columns]
            assert len(set(headings)) == len(headings), layer.name
            tally = Tally(layer=layer.name)
            found = match_columns(headings, layer, said={}, key=(), aliases={}, tally=tally).fields
            for column in columns:
                if column.field is not None:
                    assert found[column.heading].name == column.field.name, (layer.name, column)


def test_a_filled_workbook_can_be_read(base_settings: Settings, tmp_path: Path) -> None:
    path = write_template(base_settings, "facilities", tmp_path / "planilla.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["facilities", "codigos", "diccionario"]
    sheet = book["facilities"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[0] == "Código" and headings[-2:] == ["Longitud", "Latitud"]
    kind = headings.index("Tipo")
    assert "kind (texto)" in sheet.cell(1, kind + 1).comment.text
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert any(rule.startswith("'codigos'!$B$") for rule in lists)
    row = dict.fromkeys(headings)
    row |= {"Código": "EQ-900", "Nombre": "Escuela de prueba", "Tipo": "Escuela"}
    row |= {"Longitud": -70.7612345, "Latitud": -28.5712345}
    sheet.append([row[h] for h in headings])
    book.save(path)
    with read(path) as source:
        assert source.layer_name == "facilities"
        frame = source.frame()
    assert frame["Tipo"].tolist() == ["Escuela"]
    assert frame.geometry.x.tolist() == [-70.7612345]


def test_a_table_of_text_has_semicolons_and_a_mark(base_settings: Settings, tmp_path: Path) -> None:
    settings = replace(base_settings, lang="en")
    path = write_template(settings, "green_areas", tmp_path / "green.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 1
    assert rows[0][:3] == ["Code", "Name", "Kind"]
    assert "Area" not in rows[0] and rows[0][-1] == "WKT"


def test_nothing_is_written_over(base_settings: Settings, tmp_path: Path) -> None:
    write_template(base_settings, "objectives", tmp_path / "a.csv")
    with pytest.raises(Refused, match="Ya existe"):
        write_template(base_settings, "objectives", tmp_path / "a.csv")
    with pytest.raises(BadRequest, match="xlsx"):
        write_template(base_settings, "objectives", tmp_path / "a.ods")
    with pytest.raises(NotFound):
        write_template(base_settings, "nothing", tmp_path / "b.csv")
