"""Excel workbooks: one sheet of them, with its heading found and its formulas' results."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
from numpy.typing import NDArray
from openpyxl.utils.exceptions import InvalidFileException

from sitplan.errors import BadRequest, UnreadableFile
from sitplan.intake.archive import check_members, refuse_entities
from sitplan.intake.heading import Heading, find_heading
from sitplan.intake.source import BATCH, Asked, Source
from sitplan.intake.tables import HEAD_ROWS, table_source
from sitplan.intake.tally import Tally

HELP_SHEETS = frozenset({"codigos", "diccionario"})
"""Sheets that `sitplan template` puts beside the one to fill in."""


def open_xlsx(path: Path, *, asked: Asked, given: Path, stack: ExitStack) -> Source:
    """The Source of an Excel workbook's sheet.

    Raises
    ------
    UnreadableFile
        ``file_broken``, ``file_empty``, ``sheets`` (several have rows, and none was chosen).
    BadRequest
        ``no_source_layer`` for a sheet that is not there.
    """
    notes = Tally()
    has_formulas = _check_workbook(path, given, asked)
    book = _open_workbook(path, given, stack, values=True)
    sheet = _choose_sheet(book, asked, given)
    rows = [[_as_text(c) for c in r] for _, r in _rows(sheet, limit=HEAD_ROWS)]
    heading = find_heading(rows)
    body = rows[heading.at + 1 :]
    sample = {n: [r[i] if i < len(r) else None for r in body] for i, n in enumerate(heading.names)}

    def records(tally: Tally) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
        formulas = None
        if has_formulas:
            formulas = _open_workbook(path, given, stack, values=False)[sheet.title]
        return _sheet_records(sheet, formulas, heading, tally)

    return table_source(
        "excel", given, asked, notes, heading, sample, False, records,
        layer_name=sheet.title,
    )  # fmt: skip


def _check_workbook(path: Path, given: Path, asked: Asked) -> bool:
    """Whether the workbook has formulas; refuses one that is a bomb."""
    has_formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            for info in check_members(archive, given, limits=asked.limits):
                if not info.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(info) as part:
                    is_sheet = info.filename.startswith("xl/worksheets/")

                    def chunks(part: Any = part, is_sheet: bool = is_sheet) -> Iterator[bytes]:
                        nonlocal has_formulas
                        while chunk := part.read(2**20):
                            has_formulas |= is_sheet and (b"<f>" in chunk or b"<f " in chunk)
                            yield chunk

                    refuse_entities(given, chunks())
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile("file_broken", file=given.name, detail=str(error)) from error
    return has_formulas


def _open_workbook(path: Path, given: Path, stack: ExitStack, *, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=values)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise UnreadableFile("file_broken", file=given.name, detail=str(error)) from error
    stack.callback(book.close)
    return book


def _choose_sheet(book: Any, asked: Asked, given: Path) -> Any:
    sheets = list(book.worksheets)
    if asked.layer:
        for sheet in sheets:
            if sheet.title.casefold() == asked.layer.casefold():
                return sheet
        raise BadRequest("no_source_layer", name=asked.layer, known=", ".join(book.sheetnames))
    filled = [s for s in sheets if s.sheet_state == "visible" and any(_rows(s, limit=2))]
    if not filled:
        raise UnreadableFile("file_empty", file=given.name)
    filled = [s for s in filled if s.title not in HELP_SHEETS] or filled
    if len(filled) > 1:
        known = ", ".join(s.title for s in filled)
        raise UnreadableFile("sheets", file=given.name, known=known, example=filled[0].title)
    return filled[0]


def _rows(sheet: Any, *, limit: int | None = None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows with anything in them and their places; the size that a sheet claims is not believed."""
    sheet.reset_dimensions()
    given = 0
    for place, row in enumerate(sheet.iter_rows(values_only=True)):
        if limit is not None and given >= limit:
            return
        if any(c is not None and c != "" for c in row):
            given += 1
            yield place, row


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _sheet_records(
    sheet: Any, formulas: Any, heading: Heading, tally: Tally
) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
    width = len(heading.names)
    rows: list[tuple[Any, ...]] = []
    numbers: list[int] = []
    beside = _rows(formulas) if formulas is not None else None
    start = 0
    for at, (place_in_sheet, row) in enumerate(_rows(sheet)):
        _, asked = next(beside, (0, ())) if beside is not None else (0, ())
        if at <= heading.at:
            start = place_in_sheet
            continue
        number = place_in_sheet - start
        cells = list(row[:width]) + [None] * (width - len(row))
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and re.fullmatch(r"#[A-Z/0!?]+[!?A]?", cell):
                tally.tell_rows(
                    "cell_error", "error", [number], field=heading.names[place], values=[cell]
                )
                cells[place] = None
            elif cell is None and place < len(asked) and str(asked[place] or "").startswith("="):
                tally.tell_rows(
                    "formula_unsaved", "error", [number], field=heading.names[place],
                    values=[str(asked[place])],
                )  # fmt: skip
        rows.append(tuple(cells))
        numbers.append(number)
        if len(rows) == BATCH:
            yield np.array(numbers), _table(rows, heading)
            rows, numbers = [], []
    if rows:
        yield np.array(numbers), _table(rows, heading)


def _table(rows: list[tuple[Any, ...]], heading: Heading) -> pa.Table:
    """Cells as Arrow columns: of one type where all are of it, else texts."""
    columns = []
    for values in zip(*rows, strict=True):
        there = [v for v in values if v is not None]
        if there and all(isinstance(v, bool) for v in there):
            columns.append(pa.array(values, pa.bool_()))
        elif there and all(isinstance(v, int | float) and not isinstance(v, bool) for v in there):
            columns.append(
                pa.array([None if v is None else float(v) for v in values], pa.float64())
            )
        elif there and all(isinstance(v, datetime) for v in there):
            columns.append(pa.array(values, pa.timestamp("us")))
        elif there and all(isinstance(v, date) and not isinstance(v, datetime) for v in there):
            columns.append(pa.array(values, pa.date32()))
        else:
            columns.append(
                pa.array([None if v is None else _as_text(v) for v in values], pa.string())
            )
    return pa.table(columns, names=list(heading.names))
