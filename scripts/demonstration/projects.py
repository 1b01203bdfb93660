"""Sixty invented projects, so that the map has something to show. None of them exists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """An invented project, as `projects.csv` lists it."""

    name: str
    theme: str
    where: str
    """What its place is: ``green``, ``street``, ``block``, ``sector`` or ``locality``."""
    place: str
    """Name of the green area, street or locality; code of the sector, of a block's too."""
    aside: str
    """How far into the sector's blocks (0 to 1), metres from the locality, or ``half`` a street."""
    millions: int
    """Cost in millions of pesos, made up."""
    status: str


def _read() -> tuple[Project, ...]:
    with (Path(__file__).parent / "projects.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(
            Project(**row | {"millions": int(row["millions"])})  # type: ignore[arg-type]
            for row in csv.DictReader(handle)
        )


PROJECTS = _read()
