"""Where a table's heading stands: titles above it and merged cells are passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a table's heading stands and what it says.

    `at` is the 0-based row of its last line; `preface` the rows before it that are no table.
    """

    names: tuple[str, ...]
    at: int
    preface: int
    lines: int = 1


def find_heading(rows: Sequence[Sequence[str]]) -> Heading:
    """The heading among the first rows of a table: the first line that is all words and wide.

    A title above it, blank lines and a merged line of groups ("Coordenadas" over "Este" and
    "Norte") are passed over; of groups, the line below has the names.
    """
    widths = [sum(bool(c.strip()) for c in row) for row in rows]
    widest = max(widths, default=0)
    for at, row in enumerate(rows):
        if widths[at] < max(1, 0.6 * widest) or not _is_words(row):
            continue
        names, lines = list(row), 1
        below = rows[at + 1] if at + 1 < len(rows) else []
        if _is_subheading(row, below):
            length = max(len(row), len(below))
            padded = [[*r, *[""] * (length - len(r))] for r in (row, below)]
            names = [b.strip() or a.strip() for a, b in zip(*padded, strict=True)]
            lines = 2
        return Heading(_unique(names), at + lines - 1, at, lines)
    return Heading(_unique(list(rows[0]) if rows else []), 0, 0)


def _is_words(row: Sequence[str]) -> bool:
    cells = [c for c in row if c.strip()]
    numbers = sum(bool(re.fullmatch(r"[\s\d.,:/°'\"+-]+", c)) for c in cells)
    return bool(cells) and numbers <= 0.2 * len(cells)


def _is_subheading(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the line below fills the blanks that merged cells leave in this one."""
    if not below or not _is_words(below):
        return False
    pairs = list(zip_longest(row, below, fillvalue=""))
    fills = any(not a.strip() and b.strip() for a, b in pairs)
    leaves = sum(bool(b.strip()) for _, b in pairs) < sum(bool(c.strip()) for c in row)
    blank_groups = sum(not a.strip() for a, _ in pairs)
    return fills and (leaves or blank_groups > 0)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, none empty and none twice."""
    found: dict[str, None] = {}
    for place, raw in enumerate(names, start=1):
        name = " ".join(raw.replace("\ufeff", "").split()) or f"columna_{place}"
        nth, base = 2, name
        while name in found:
            name, nth = f"{base}_{nth}", nth + 1
        found[name] = None
    return tuple(found)
