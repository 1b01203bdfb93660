"""A spreadsheet to fill in and import: a layer's columns under their titles, and its codes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sitplan.catalogue import read_folder
from sitplan.dictionary import rules_of
from sitplan.errors import BadRequest, Refused
from sitplan.intake.matching import common_fields
from sitplan.intake.workbook import HELP_SHEETS
from sitplan.layer import Field, Layer
from sitplan.settings import Settings
from sitplan.words import say

ROWS = 5000
"""Rows for which the lists of codes are offered."""
_CODES, _DICTIONARY = sorted(HELP_SHEETS)
_COMMON = ("valid_from", "valid_to", "notes")
_LOOKS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the spreadsheet: its heading, the field under it, and what to know of it."""

    heading: str
    note: str
    field: Field | None = None


def write_template(settings: Settings, name: str, output: Path | None = None) -> Path:
    """The spreadsheet that was written: ``.xlsx``, or ``.csv`` where `output` says so.

    Parameters
    ----------
    settings
        Name the folder of the layers and the language of the headings.
    name
        Of the layer.
    output
        None is ``<layer>.xlsx`` in the working folder.

    Raises
    ------
    NotFound
        ``no_such_layer``.
    Refused
        ``template_exists``: nothing is written over.
    BadRequest
        ``template_kind`` for another ending.
    """
    layer = read_folder(settings.layers).layer(name)
    path = output or Path(f"{name}.xlsx")
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise BadRequest("template_kind", path=path, layer=name)
    if path.exists():
        raise Refused("template_exists", path=path)
    columns = template_columns(layer, settings.lang)
    if path.suffix.lower() == ".csv":
        # with a mark and semicolons, as Excel opens it where the comma is decimal
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerow([c.heading for c in columns])
    else:
        _workbook(layer, columns, settings.lang).save(path)
    return path


def template_columns(layer: Layer, lang: str) -> list[Column]:
    """The columns that a person fills in: code, fields, validity, notes, place.

    Headings are titles; where two fields share one, their names. What the database computes is
    not asked for.
    """
    fields = [f for f in layer.fields if not f.computed]
    titles = [f.title[lang] for f in fields]
    common = {f.name: f for f in common_fields()}
    taken = {common[name].title[lang] for name in ("code", *_COMMON)}
    code = common["code"]
    found = [Column(code.title[lang], say("template.code_note", lang), code)]
    for used in fields:
        title = used.title[lang]
        is_alone = titles.count(title) == 1 and title not in taken
        found.append(Column(title if is_alone else used.name, _note(used, lang), used))
    for name in _COMMON:
        told = say(f"dictionary.columns.{name}.description", lang)
        found.append(Column(common[name].title[lang], told, common[name]))
    if layer.geometry:
        places = ("longitude", "latitude") if layer.geometry.type == "Point" else ("wkt",)
        found += [
            Column(say(f"template.{p}", lang), say(f"template.{p}_note", lang)) for p in places
        ]
    return found


def _note(used: Field, lang: str) -> str:
    """What a person who fills a cell wants to know: name, type and unit, rules, meaning."""
    kind = say(f"dictionary.types.{used.type}", lang)
    rules = [rule.replace("**", "").replace("`", "") for rule in rules_of(used, lang)]
    lines = [f"{used.name} ({kind}{f', {used.unit}' if used.unit else ''})", "; ".join(rules)]
    return "\n".join(line for line in (*lines, used.description.get(lang, "")) if line)


def _workbook(layer: Layer, columns: list[Column], lang: str) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = layer.name[:31]
    places = _codes_sheet(book, columns, lang)
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        head = sheet.cell(row=1, column=number, value=column.heading)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="0B5C63")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        note = Comment(column.note, "SITPLAN")
        note.width, note.height = 320, 120
        head.comment = note
        sheet.column_dimensions[letter].width = max(12, min(len(column.heading) + 4, 32))
        used = column.field
        if used is None:
            continue
        if used.type in _LOOKS:
            sheet.column_dimensions[letter].number_format = _LOOKS[used.type]
        choice = places.get(used.name)
        if used.type == "boolean":
            said = ",".join(say(f"drawing.{word}", lang) for word in ("yes", "no"))
            choice = f'"{said}"'
        if choice and used.type != "array":
            rule = DataValidation(type="list", formula1=choice, allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS}")
    sheet.freeze_panes = "B2"
    _dictionary_sheet(book, columns, lang)
    return book


def _codes_sheet(book: Workbook, columns: list[Column], lang: str) -> dict[str, str]:
    """Where each field's codes stand, as the range that a cell's list is taken from."""
    sheet = book.create_sheet(_CODES)
    heads = ("field", "meaning", "code")
    sheet.append([say(f"dictionary.{head}", lang) for head in heads])
    found: dict[str, str] = {}
    for used in [c.field for c in columns if c.field and c.field.codes]:
        first = sheet.max_row + 1
        for code, words in used.codes.items():
            sheet.append([used.name, words[lang], code])
        found[used.name] = f"'{sheet.title}'!$B${first}:$B${sheet.max_row}"
    _widen(sheet, (28, 48, 28))
    return found


def _dictionary_sheet(book: Workbook, columns: list[Column], lang: str) -> None:
    sheet = book.create_sheet(_DICTIONARY)
    heads = ("title", "field", "type", "unit", "description")
    sheet.append([say(f"dictionary.{head}", lang) for head in heads])
    for column in columns:
        used = column.field
        sheet.append(
            [
                column.heading,
                used.name if used else "",
                say(f"dictionary.types.{used.type}", lang) if used else "",
                (used.unit or "") if used else "",
                column.note,
            ]
        )
    _widen(sheet, (32, 28, 16, 10, 80))


def _widen(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(row=1, column=number).font = Font(bold=True)
    sheet.freeze_panes = "A2"
