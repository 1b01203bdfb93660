"""What others publish of the territory is configuration: with its year and source, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitplan.catalogue import Catalogue
from sitplan.errors import WrongDeclaration
from sitplan.figures import FIGURES, FILE, read_figures

HEAD = "indicator,code,value,unit,standard,sense,year,source\n"


def test_the_territory_tells_them_with_year_and_source(catalogue: Catalogue) -> None:
    told = catalogue.territory.facts[FIGURES]
    assert len(told) == 8
    assert all(one["year"] and one["source"] and isinstance(one["value"], float) for one in told)
    siedu = {one["code"]: one["value"] for one in told if "code" in one}
    parts = siedu["BPU_21"] * siedu["BPU_28a"] / 100 + siedu["BPU_23"] * siedu["BPU_28b"] / 100
    assert parts == pytest.approx(siedu["BPU_29"], abs=0.01)


def test_what_is_left_empty_is_not_told(tmp_path: Path) -> None:
    assert read_figures(tmp_path) == []
    (tmp_path / FILE).write_text(HEAD + "x,,4,,,,2018,INE\n", encoding="utf-8-sig")
    assert read_figures(tmp_path) == [
        {"indicator": "x", "value": 4.0, "year": 2018, "source": "INE"}
    ]


@pytest.mark.parametrize(
    "row",
    [
        "x,,,,,,2018,INE",
        "x,,4,,,,2018,",
        "x,,4,,,,,INE",
        ",,4,,,,2018,INE",
        "x,,mucho,,,,2018,INE",
        "x,,4,,10,,2018,INE",
        "x,,4,,10,about,2018,INE",
    ],
)
def test_without_year_or_source_it_is_refused(tmp_path: Path, row: str) -> None:
    (tmp_path / FILE).write_text(f"{HEAD}{row}\n", encoding="utf-8")
    with pytest.raises(WrongDeclaration, match="línea 2"):
        read_figures(tmp_path)


def test_a_column_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("indicator,verdad\nx,1\n", encoding="utf-8")
    with pytest.raises(WrongDeclaration, match="verdad"):
        read_figures(tmp_path)
