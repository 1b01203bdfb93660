"""Portrait of areas: by hand, and that splitting an area keeps its people."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from sitplan.analysis.portrait import portrait
from sitplan.errors import WrongCrs

from .drawn import CRS, areas, boxed

ON = date(2026, 11, 27)

# Two areas of 100 x 100 m = 1 ha side by side. Blocks:
#   west   40 people, 10 dwellings, wholly in A
#   border 60 people, 20 dwellings, 40 m wide: 10 m in A (a quarter), 30 m in B
#   blank  nobody counted, in B
#   out    7 people, in no area
AREAS = areas(A=boxed(0, 0, 100, 100, name="A", population=50), B=boxed(100, 0, 200, 100, name="B"))
BLOCKS = areas(
    west=boxed(10, 10, 30, 30, population=40, dwellings=10, population_year=2017),
    border=boxed(90, 40, 130, 60, population=60, dwellings=20, population_year=2017),
    blank=boxed(150, 10, 160, 20, population=None, dwellings=None, population_year=2017),
    out=boxed(500, 0, 510, 10, population=7, dwellings=2, population_year=2017),
)
FACILITIES = gpd.GeoDataFrame(
    {"kind": ["escuela", "posta", "escuela", None]},
    geometry=[Point(50, 50), Point(150, 50), Point(900, 900), Point(20, 20)],
    crs=CRS,
)


def test_the_numbers_are_those_of_the_hand() -> None:
    found = portrait(AREAS, blocks=BLOCKS, facilities=FACILITIES, on=ON)
    f = found.frame
    assert f["population"].tolist() == pytest.approx([40 + 15, 45])
    assert f["dwellings"].tolist() == pytest.approx([10 + 5, 15])
    assert f["stated"].tolist()[0] == 50 and np.isnan(f["stated"].iloc[1])
    assert f["area_ha"].tolist() == [1, 1]
    assert f["inhabitants_per_ha"].tolist() == pytest.approx([55, 45])
    assert f["people_per_dwelling"].tolist() == pytest.approx([55 / 15, 3])
    assert f["n_escuela"].tolist() == [1, 0] and f["n_posta"].tolist() == [0, 1]
    assert found.totals["population"] == 107 and found.totals["outside"] == pytest.approx(7)
    assert found.totals["n_escuela"] == 2
    assert found.method.inputs[1].missing_pct == 25 and found.method.inputs[1].year == 2017
    told = found.method.told("es")
    assert "7 habitantes viven en manzanas fuera de toda área" in told["notes"]


def test_few_people_show_sums_and_no_rates() -> None:
    f = portrait(AREAS, blocks=BLOCKS, few=50, on=ON).frame
    assert f["too_few"].tolist() == [False, True]
    assert f["population"].iloc[1] == pytest.approx(45)
    assert f[["inhabitants_per_ha", "people_per_dwelling"]].iloc[1].isna().all()


def test_areas_that_overlap_leave_nobody_outside_twice() -> None:
    both = areas(one=boxed(0, 0, 200, 100), same=boxed(0, 0, 200, 100))
    found = portrait(both, blocks=BLOCKS, on=ON)
    assert found.frame["population"].tolist() == pytest.approx([100, 100])
    assert found.totals["outside"] == pytest.approx(7)


def test_nothing_to_portray() -> None:
    found = portrait(AREAS.iloc[:0], blocks=BLOCKS, on=ON)
    assert len(found.frame) == 0 and found.totals["outside"] == 107
    with pytest.raises(WrongCrs):
        portrait(AREAS.to_crs(4326), blocks=BLOCKS, on=ON)


@settings(deadline=None)
@given(st.floats(1, 99))
def test_splitting_an_area_keeps_its_people(at: float) -> None:
    halves = gpd.GeoDataFrame(geometry=[box(0, 0, at, 100), box(at, 0, 100, 100)], crs=CRS)
    whole = portrait(AREAS.iloc[:1], blocks=BLOCKS, on=ON).frame
    parts = portrait(halves, blocks=BLOCKS, on=ON).frame
    for column in ("population", "dwellings", "area_ha"):
        assert parts[column].sum() == pytest.approx(whole[column].iloc[0])
