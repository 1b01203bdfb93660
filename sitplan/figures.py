"""Figures that others publish of the territory, as `indicators.csv` beside territory.yaml tells.

indicator,code,value,unit,standard,sense,year,source
green_m2_per_inhabitant,BPU_29,6.93,m²/hab,10,at_least,2018,"INE, SIEDU, matriz del 17-03-2025"
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from sitplan.errors import WrongDeclaration

FILE: Final = "indicators.csv"
FIGURES: Final = "published_figures"
"""Under which name they stand among the territory's facts."""
POPULATION: Final = "population"
"""The figure that says how many people live in the territory."""
SENSES: Final = ("at_most", "at_least")
_COLUMNS: Final = ("indicator", "code", "value", "unit", "standard", "sense", "year", "source")


def read_figures(folder: Path) -> list[dict[str, Any]]:
    """The figures of a `layers/` folder, without what they leave empty; none where it has no file.

    Raises
    ------
    WrongDeclaration
        Where a row lacks its value, year or source, or says what cannot be.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not set(rows.fieldnames or ()) <= set(_COLUMNS):
            raise _wrong(1, ", ".join(sorted(set(rows.fieldnames or ()) - set(_COLUMNS))))
        return [_figure(row, number) for number, row in enumerate(rows, start=2)]


def _figure(row: dict[str, Any], number: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: text.strip() for name, text in row.items() if name and text and text.strip()
    }
    missing = [name for name in ("indicator", "value", "year", "source") if name not in told]
    if missing:
        raise _wrong(number, ", ".join(missing))
    if told.get("sense", SENSES[0]) not in SENSES or ("standard" in told) is not ("sense" in told):
        raise _wrong(number, "standard, sense")
    try:
        numbers: dict[str, Any] = {
            name: float(told[name]) for name in ("value", "standard") if name in told
        }
        return {**told, **numbers, "year": int(told["year"])}
    except ValueError as error:
        raise _wrong(number, str(error)) from error


def _wrong(number: int, problem: str) -> WrongDeclaration:
    return WrongDeclaration("wrong_declaration", path=FILE, problem=f"línea {number}: {problem}")
