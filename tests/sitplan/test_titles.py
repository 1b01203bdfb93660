"""What is read of results: titles of their columns, and a difference between two of them."""

from __future__ import annotations

from typing import Any

import pytest

import sitplan
from sitplan.declaring import column_titles
from sitplan.recomputing import gap_told
from sitplan.settings import Settings

UNTOLD = {"geometry", "title_es", "title_en", "why_es", "why_en"}
"""Shapes, and sentences that are in a language already."""


@pytest.mark.parametrize(
    ("analysis", "inputs"),
    [
        ("rural_access", {}),
        ("investment_by_area", {"areas": "neighbourhoods"}),
        ("investment_by", {"by": "source"}),
        ("green_nearby", {"of": "neighbourhoods"}),
        ("green_standards", {}),
        ("green_indicators", {"of": "neighbourhoods"}),
        ("safety_by_area", {"of": "neighbourhoods", "hazard": "flood"}),
        ("evacuation_shared", {"hazard": "flood"}),
        ("evacuation_summary", {}),
        ("evacuation_routes_proposed", {"hazard": "flood"}),
        *(("evacuation", {"hazard": "flood", "part": p}) for p in ("blocks", "exits", "edges")),
    ],
)  # fmt: skip
def test_every_column_has_a_title_for_people(
    seeded_settings: Settings, analysis: str, inputs: dict[str, Any]
) -> None:
    """What is published is read on the public map: no name of a program stands in its table."""
    with sitplan.open(settings=seeded_settings) as opened:
        found = opened.analyse(analysis, **inputs).frame
    for column in set(found.columns) - UNTOLD:
        said = column_titles(column)
        assert said["es"] != column and "_" not in said["es"] + said["en"], column


def test_a_difference_is_told_in_lines() -> None:
    gap = {
        "added": [f"Z{n}" for n in range(12)], "shapes": ["A"],
        "columns": {
            "green_m2": {"rows": 1, "largest": 4570.789},
            "name": {"rows": 2, "largest": None},
        },
    }  # fmt: skip
    assert gap_told(gap).splitlines() == [
        "",
        "    Área verde (m²): filas que cambian, 1; diferencia mayor, 4.571",
        "    Nombre: filas que cambian, 2",
        "    filas nuevas, 12: Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9 …",
        "    formas que se movieron, 1: A",
    ]
    assert gap_told({}) == ""
