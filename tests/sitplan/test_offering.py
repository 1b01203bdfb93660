"""What an analysis gives is a frame like any: written and joined without a second thought."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

import sitplan
from sitplan.settings import Settings


@pytest.fixture(scope="module", params=["near", "far"])
def here(request: pytest.FixtureRequest, seeded_settings: Settings) -> Iterator[sitplan.Sitplan]:
    if request.param == "near":
        with sitplan.open(settings=seeded_settings) as opened:
            yield opened
    else:
        with sitplan.open(request.getfixturevalue("served")) as opened:
            yield opened


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("green_indicators", {"of": "census_districts"}),
        ("safety_by_area", {"of": "neighbourhoods", "hazard": "flood"}),
        ("evacuation", {"hazard": "flood", "profile": "older"}),
        ("rural_access", {}),
    ],
)
def test_a_map_is_written_and_joined(
    here: sitplan.Sitplan, name: str, inputs: dict[str, Any], tmp_path: Path
) -> None:
    frame = here.analyse(name, **inputs).frame
    assert isinstance(frame, gpd.GeoDataFrame)
    path = tmp_path / f"{name}.gpkg"
    frame.to_file(path, layer=name)
    again = gpd.read_file(path).set_index("code")
    assert list(again.index) == list(frame["code"])
    assert set(again.columns) == set(frame.columns) - {"code"}
    numbers = frame.select_dtypes("float64").columns
    for column in numbers:
        assert again[column].tolist() == pytest.approx(frame[column].tolist(), nan_ok=True)
    told = pd.DataFrame({"code": list(frame["code"]), "own": range(len(frame))})
    joined = frame.merge(told, on="code", how="left", validate="one_to_one")
    assert list(joined["own"]) == list(range(len(frame)))
    assert type(frame.dissolve(by="code")) is gpd.GeoDataFrame


def test_a_table_is_joined_and_grouped(here: sitplan.Sitplan, tmp_path: Path) -> None:
    frame = here.analyse("plan_progress").frame
    told = pd.DataFrame({"code": list(frame["code"]), "own": range(len(frame))})
    assert list(frame.merge(told, on="code")["own"]) == list(range(len(frame)))
    assert len(frame.groupby("code").size()) == len(frame)
    frame.to_csv(tmp_path / "plan.csv", index=False)
    again = pd.read_csv(tmp_path / "plan.csv", dtype={"code": str})
    assert list(again["code"]) == list(frame["code"])
