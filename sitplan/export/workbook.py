"""Excel: typed cells under titles, a dictionary of the fields and their codes on other sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import ALL_TEMP_FILES, WorksheetWriter

from sitplan.export.about import CODES_SHEET, FIELDS_SHEET, code_rows, field_rows
from sitplan.export.columns import Row, Table
from sitplan.export.job import Job
from sitplan.export.places import Places, places_of
from sitplan.export.workshop import Bench
from sitplan.words import say

LONGEST_TEXT = 32_767
ROWS = 1_048_575
"""What a cell and a sheet hold, the heading aside."""
_SAFE_INTEGER = 10**15
"""Excel counts in doubles and shows fifteen digits: a longer number goes as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it, Excel's calendar is a day wrong or there is none: those go as text."""
_HEAD = PatternFill("solid", fgColor="0B5C63")


def build(job: Job, bench: Bench) -> Path:
    """The workbook; data that pass a sheet's end go on on another."""
    path = bench.folder / f"{job.about.stem}.xlsx"
    manner = job.export.manner(named_by_title=True, zone=job.export.zone)
    table, places = job.table(manner), places_of(job.export, manner, "xy")
    book = Workbook(write_only=True)
    _describe(book, job)
    sheets = _Sheets(book, bench, job, [*table.schema.names, *places.headings])
    try:
        for rows in job.rows(binary=True):
            for cells in _cells(rows, table, places):
                sheets.append(cells)
            bench.check()
        sheets.finish()
        _tell(book, bench, job, table, sheets.cut)
        book.save(path)
    finally:
        for sheet in book.worksheets:
            _abandon(sheet)
    bench.check()
    return path


def _cells(rows: Sequence[Row], table: Table, places: Places) -> Iterator[tuple[Any, ...]]:
    arrays = [*table.attributes(rows), *places.fill(rows)]
    return zip(*(array.to_pylist() for array in arrays), strict=True)


def _describe(book: Workbook, job: Job) -> None:
    about = job.about
    book.properties.title = about.layer.title[about.lang]
    book.properties.creator = "SITPLAN"
    book.properties.description = about.text()[:LONGEST_TEXT]
    book.properties.language = about.lang


class _Sheets:
    """The sheets of data, one after another as they fill."""

    def __init__(self, book: Workbook, bench: Bench, job: Job, headings: Sequence[str]) -> None:
        self.book = book
        self.bench = bench
        self.name = job.layer.name[:27]
        self.headings = headings
        self.cut = 0
        self._count = 0
        self._rows = 0
        self._sheet = self._next()

    def _next(self) -> Any:
        self._count += 1
        self._rows = 0
        title = self.name if self._count == 1 else f"{self.name} {self._count}"
        sheet = _new_sheet(self.book, self.bench, title)
        for number, heading in enumerate(self.headings, start=1):
            width = max(12, min(len(heading) + 4, 40))
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = "A2"
        sheet._writer.write_top()
        sheet.append([_heading(sheet, text) for text in self.headings])
        return sheet

    def append(self, cells: Sequence[Any]) -> None:
        """One row of data."""
        if self._rows == ROWS:
            self.finish()
            self._sheet = self._next()
        self._rows += 1
        self._sheet.append([self._cell(value) for value in cells])

    def finish(self) -> None:
        """Close the sheet's table; what follows goes on another."""
        last = get_column_letter(len(self.headings))
        self._sheet.auto_filter.ref = f"A1:{last}{self._rows + 1}"

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int) and abs(value) >= _SAFE_INTEGER:
            return str(value)
        if isinstance(value, datetime):
            return value if value.date() >= _FIRST_DAY else value.isoformat(sep=" ")
        if isinstance(value, date):
            return value if value >= _FIRST_DAY else value.isoformat()
        return value

    def _text(self, value: str) -> Any:
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if len(text) > LONGEST_TEXT:
            self.cut += 1
            text = text[:LONGEST_TEXT]
        if not text.startswith("="):
            return text
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"  # a text that looks like a formula stays a text
        return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = _HEAD
    return cell


def _tell(book: Workbook, bench: Bench, job: Job, table: Table, cut: int) -> None:
    """The sheets beside the data: what it is, its fields; its lists of codes."""
    lang = job.export.lang
    facts = [list(fact) for fact in job.about.facts()]
    if cut:
        facts.append([say("export.cut_label", lang), say("export.cut_cells", lang, count=cut)])
    fields = [*facts, [], *field_rows(table.columns, lang)]
    _fill(_new_sheet(book, bench, FIELDS_SHEET), fields, bold=len(facts) + 2)
    _fill(_new_sheet(book, bench, CODES_SHEET), code_rows(table.columns, lang), bold=1)


def _fill(sheet: Any, rows: Sequence[Sequence[str]], *, bold: int) -> None:
    """Write a short sheet of texts, one of its rows in bold."""
    for number, width in enumerate((32, 32, 32, 16, 10, 48, 64), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet._writer.write_top()
    for number, row in enumerate(rows, start=1):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", t)) for t in row]
        for cell in cells:
            cell.data_type = "s"
            if number == bold:
                cell.font = Font(bold=True)
        sheet.append(cells)


def _new_sheet(book: Workbook, bench: Bench, title: str) -> Any:
    """A sheet whose rows go through a file in the bench, not wherever the system keeps such.

    Its columns' widths must be set before `write_top`, and that be called before the first row.
    """
    sheet: Any = book.create_sheet(title)
    through = str(bench.folder / f"sheet{len(book.worksheets)}.xml")
    ALL_TEMP_FILES.append(through)  # openpyxl deletes it, and its name here, once it is packed
    sheet._writer = WorksheetWriter(sheet, out=through)
    return sheet


def _abandon(sheet: Any) -> None:
    """End a sheet that was begun and not packed; one that was is left alone."""
    if not sheet.closed:
        sheet.close()
    if sheet._writer.out in ALL_TEMP_FILES:
        ALL_TEMP_FILES.remove(sheet._writer.out)
