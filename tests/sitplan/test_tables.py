"""Tables of the notebooks: titles, numbers and codes for people, nothing cut off."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

import sitplan

FRAME = gpd.GeoDataFrame(
    {
        "name": ["Imperial <Alto>", "x" * 300],
        "population": pd.array([12345, None], dtype="Int64"),
        "need": [79.66, float("nan")],
        "year": [2028, 2029],
        "missing": [["sewer", "water"], []],
        "has_water": [True, False],
    },
    geometry=[Point(0, 0), Point(1, 1)],
    crs=32719,
)


def cells(html: str) -> list[str]:
    return [re.sub("<[^>]*>", "", one) for one in re.findall(r"<td[^>]*>(.*?)</td>", html)]


@pytest.mark.parametrize(
    ("lang", "first"),
    [
        ("es", ["12.345", "79,7", "2028", "alcantarillado, agua por red", "sí"]),
        ("en", ["12,345", "79.7", "2028", "sewerage, piped water", "yes"]),
    ],
)
def test_numbers_codes_and_years_are_told_as_people_read_them(lang: str, first: list[str]) -> None:
    html = sitplan.table(FRAME, lang=lang).to_html()
    found = cells(html)
    assert found[0] == "Imperial &lt;Alto&gt;" and found[1:6] == first
    assert found[6] == "x" * 300, "whole, however long"
    assert found[7:9] == ["—", "—"] and found[10] == "—"
    assert "POINT" not in html


def test_columns_are_called_by_their_titles_or_as_told() -> None:
    html = sitplan.table(FRAME, ["need", "year"], titles={"year": "Año"}).to_html()
    heads = [re.sub("<[^>]*>", "", h) for h in re.findall(r"<th[^>]*>(.*?)</th>", html)]
    assert heads == ["Necesidad (0 a 100)", "Año"]
    assert cells(html) == ["79,7", "2028", "—", "2029"]


def test_nothing_is_a_table_of_heads() -> None:
    assert "<td" not in sitplan.table(FRAME.iloc[:0]).to_html()
    assert cells(sitplan.table(FRAME[["need"]].round(2), decimals=2).to_html())[0] == "79,66"
