"""CSV of any make: encoding, separator, heading and decimal sign are found, then rows stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from sitplan.errors import BadRequest, UnreadableFile
from sitplan.intake.archive import read_chunks
from sitplan.intake.encoding import NAMES, guess_encoding, python_name
from sitplan.intake.heading import Heading, find_heading
from sitplan.intake.numbers import has_decimal_comma
from sitplan.intake.source import Asked, Source
from sitplan.intake.tables import HEAD_ROWS, table_source
from sitplan.intake.tally import Tally

_HEAD_BYTES = 256 * 1024


def open_csv(path: Path, *, asked: Asked, given: Path) -> Source:
    """The Source of a text table.

    Raises
    ------
    UnreadableFile
        ``encoding_unsure``, ``file_empty``, ``file_broken``, ``too_many_columns`` and what
        `find_coordinates` raises.
    """
    notes = Tally()
    encoding = text_encoding(path, asked=asked, given=given, notes=notes)
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    lines = text.splitlines(keepends=True)
    if len(head) == _HEAD_BYTES and len(lines) > 1:
        lines.pop()
    if "\x00" in text:
        raise UnreadableFile("file_broken", file=given.name, detail="NUL")
    delimiter = _delimiter("".join(lines))
    rows = list(csv.reader(lines, delimiter=delimiter))[:HEAD_ROWS]
    if not any(any(c.strip() for c in row) for row in rows):
        raise UnreadableFile("file_empty", file=given.name)
    heading = find_heading(rows)
    body = rows[heading.at + 1 :]
    decimal_comma = any(
        has_decimal_comma(pa.array([r[i] for r in body if i < len(r)], pa.string()))
        for i in range(len(heading.names))
    )
    sample = {n: [r[i] if i < len(r) else None for r in body] for i, n in enumerate(heading.names)}
    # The reader counts lines, and a heading cell may hold several.
    skip = _lines_until(lines, delimiter, heading.at + 1)

    def records(tally: Tally) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
        return _csv_records(path, encoding, delimiter, heading, skip, given, tally)

    return table_source(
        "csv", given, asked, notes, heading, sample, decimal_comma, records,
        encoding=encoding,
    )  # fmt: skip


def text_encoding(path: Path, *, asked: Asked, given: Path, notes: Tally) -> str:
    """The encoding of a text file: what was said, else what it surely is.

    Raises
    ------
    UnreadableFile
        ``encoding_unsure``, with a word of it as each candidate reads it.
    BadRequest
        ``unknown_encoding`` for a name that nobody knows.
    """
    if asked.encoding:
        return said_encoding(asked.encoding)
    guess = guess_encoding(read_chunks(path))
    if not guess.is_sure:
        raise unsure(given, guess.samples)
    if guess.encoding not in ("utf-8", "utf-16"):
        notes.tell("encoding_found", "repair", encoding=NAMES.get(guess.encoding, guess.encoding))
    return guess.encoding


def said_encoding(said: str) -> str:
    """Python's name of the encoding that a person said."""
    name = python_name(said)
    if name is None:
        raise BadRequest("unknown_encoding", encoding=said)
    return name


def unsure(given: Path, samples: Sequence[tuple[str, str]]) -> UnreadableFile:
    """The refusal of texts whose encoding cannot be told, with the ways to say it."""
    readings = "; ".join(f"{name}: «{word}»" for name, word in samples)
    return UnreadableFile("encoding_unsure", file=given.name, readings=readings)


def _delimiter(text: str) -> str:
    """The sign that cuts the lines most evenly."""
    best, score = ",", 0.0
    for sign in ";\t|,":
        widths = [
            len(row) for row in list(csv.reader(io.StringIO(text), delimiter=sign))[:HEAD_ROWS]
        ]
        if not widths:
            continue
        usual = max(set(widths), key=lambda w: (w > 1, widths.count(w)))
        points = (usual > 1) * widths.count(usual) / len(widths) * (1 + usual / 1000)
        if points > score + 1e-9:
            best, score = sign, points
    return best


def _lines_until(lines: list[str], delimiter: str, count: int) -> int:
    reader = csv.reader(lines, delimiter=delimiter)
    for _ in range(count):
        next(reader, None)
    return reader.line_num


def _csv_records(
    path: Path,
    encoding: str,
    delimiter: str,
    heading: Heading,
    skip: int,
    given: Path,
    tally: Tally,
) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
    uneven: list[int] = []

    def skip_row(row: Any) -> str:
        uneven.append((row.number or 0) - skip)
        return "skip"

    names = list(heading.names)
    try:
        with arrow_csv.open_csv(
            path,
            arrow_csv.ReadOptions(
                use_threads=False, block_size=4 * 2**20, skip_rows=skip, column_names=names,
                encoding="utf8" if encoding == "utf-8" else encoding,
            ),
            arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip_row,
                ignore_empty_lines=True,
            ),
            arrow_csv.ConvertOptions(
                column_types={n: pa.string() for n in names}, null_values=[""],
                strings_can_be_null=True,
            ),
        ) as reader:  # fmt: skip
            first = 1
            for record in reader:
                rows = np.arange(first, first + record.num_rows)
                yield rows, _bare(pa.Table.from_batches([record]), rows, tally)
                first += record.num_rows
    except (pa.ArrowException, UnicodeError) as error:
        if "Empty CSV" in str(error):
            return
        raise UnreadableFile("file_broken", file=given.name, detail=str(error)[:300]) from error
    tally.tell_rows("row_uneven", "error", uneven, columns=len(names))


def _bare(table: pa.Table, rows: NDArray[np.int64], tally: Tally) -> pa.Table:
    """The table without the apostrophe by which an export keeps spreadsheets from reckoning.

    ``formula_freed`` tells it as a repair: «'=1+1» is the text «=1+1».
    """
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if not pc.any(pc.starts_with(column, "'")).as_py():
            continue
        freed = pc.replace_substring_regex(column, r"^'('*[=+\-@\t\r])", r"\1")
        changed = pc.fill_null(pc.not_equal(freed, column), fill_value=False)
        where = changed.to_numpy()
        if where.any():
            tally.mended("formula_freed", rows[where], field=name)
            table = table.set_column(place, name, freed)
    return table
