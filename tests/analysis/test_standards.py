"""SIEDU and SDG 11.7.1 side by side, by hand and on the real city beside what is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from sitplan.analysis.green import GreenRules, green_indicators
from sitplan.analysis.network import build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.standards import green_standards

from .drawn import CRS, areas, boxed, real_roads
from .test_green import BLOCKS, GREEN, on_foot

ON = date(2026, 11, 27)
CITY = areas(city=boxed(0, -100, 2000, 100))
CHECKOUT = Path(__file__).resolve().parents[2]
PUBLISHED = pd.read_csv(CHECKOUT / "layers" / "indicators.csv")


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(["indicator", "way"]).sort_index()


def test_by_hand_and_beside_what_is_published() -> None:
    result = green_standards(CITY, blocks=BLOCKS, green_areas=GREEN, access=on_foot(), on=ON,
                             published=PUBLISHED, official_population=400)  # fmt: skip
    f = rows(result.frame)
    # open space within the city: 400 m² of plaza and 5,000 of park, of 2000 x 200 m
    assert f.loc[("open_space_pct", ""), "value"] == pytest.approx(100 * 5400 / 400_000)
    # 2,000 m of residential street, 7 m wide
    assert f.loc[("streets_pct", ""), "value"] == pytest.approx(100 * 14_000 / 400_000)
    assert f.loc[("open_space_and_streets_pct", ""), "value"] == pytest.approx(4.85)
    # within 400 m of square or park: near (310 m) walks there; far walks 510 but flies less
    assert f.loc[("open_space_served_pct", "network"), "value"] == pytest.approx(100 * 100 / 310)
    assert f.loc[("open_space_served_pct", "straight"), "value"] == pytest.approx(100 * 100 / 310)
    siedu = f.loc[("green_m2_per_inhabitant", "")]
    assert siedu["value"] == pytest.approx(5400 / 310) and siedu["code"] == "BPU_29"
    assert siedu["difference"] == pytest.approx(5400 / 310 - siedu["published"])
    assert siedu["meets"] and siedu["standard"] == 10
    far = f.loc[("squares_mean_m", "network")]
    assert far["value"] > 400 and not far["meets"]
    assert f.loc[("squares_served_pct", "network"), "meets"] is pd.NA
    left_out = result.method.notes[-1]
    assert dict(left_out.facts) == {"counted": 310, "official": 400, "pct": 22.5}


def test_nothing_published_and_no_city() -> None:
    f = rows(green_standards(CITY.iloc[:0], blocks=BLOCKS, green_areas=GREEN,
                             access=on_foot(), on=ON).frame)  # fmt: skip
    assert f["published"].isna().all() and f["meets"].isna().all()
    assert pd.isna(f.loc[("open_space_pct", ""), "value"])


def test_the_published_figures_hold_their_identity() -> None:
    v = PUBLISHED.set_index("code")["value"]
    parts = v["BPU_21"] * v["BPU_28a"] / 100 + v["BPU_23"] * v["BPU_28b"] / 100
    assert parts == pytest.approx(v["BPU_29"], abs=0.01)


@pytest.fixture(scope="module")
def real(data_folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Blocks, districts and parks as published, with the layers' own columns."""
    names = {
        "blocks": "census2017_blocks_vallenar.gpkg",
        "districts": "census2017_districts_vallenar.geojson",
        "green": "osm_parks_and_sports_vallenar.geojson",
        "city": "census2017_urban_limit_vallenar.geojson",
    }
    if not all((data_folder / n).is_file() for n in names.values()):
        pytest.skip("the real census is not on this machine (SITPLAN_DATA)")
    read = {k: gpd.read_file(data_folder / n).to_crs(CRS) for k, n in names.items()}
    read["blocks"] = read["blocks"].rename(columns={"TOTAL_PERS": "population"})
    read["blocks"]["population_year"] = 2017
    read["blocks"].attrs["source"] = "INE, Censo 2017"
    parks = read["green"][read["green"]["fclass"] == "park"]
    square = parks["name"].str.startswith("Plaza").fillna(False)
    read["green"] = parks.assign(kind=square.map({True: "plaza", False: "parque"}))
    return read


def test_on_the_real_city(real: dict[str, gpd.GeoDataFrame], data_folder: Path) -> None:
    access = build_network(real_roads(data_folder)).graph(PROFILES["adult"])
    given = {"blocks": real["blocks"], "green_areas": real["green"], "access": access, "on": ON}
    beside = green_standards(real["city"], published=PUBLISHED, official_population=51_917, **given)
    told = ["code", "indicator", "way", "value", "published", "difference"]
    print(beside.frame[told].to_string())
    print(beside.method.text("en"))
    f = rows(beside.frame)
    siedu = f[f["set"] == "SIEDU"]
    assert siedu["published"].notna().all() and siedu["value"].notna().all()
    for way in ("network", "straight"):
        parts = sum(
            f.loc[(f"{k}_m2_per_served", way), "value"]
            * f.loc[(f"{k}_served_pct", way), "value"] / 100
            for k in ("squares", "parks")
        )  # fmt: skip
        assert parts == pytest.approx(f.loc[("green_m2_per_inhabitant", ""), "value"])
    sizes = GreenRules(smallest_m2=450, park_from_m2=20_000)
    sized = rows(green_standards(real["city"], published=PUBLISHED, rules=sizes, **given).frame)
    print(sized["value"].to_string())
    served = sized.loc[("squares_served_pct", "straight")]
    assert abs(served["difference"]) < 10  # by size, squares serve about as many as is published
    districts = green_indicators(real["districts"], **given)
    assert districts.frame["population"].sum() == pytest.approx(45_285, rel=0.001)
    by_block = green_indicators(real["blocks"], **given)
    few = by_block.frame["too_few"]
    assert len(few) == 717 and few.sum() == 166
    assert by_block.frame.loc[few, "parks_served_pct_network"].isna().all()
    assert by_block.frame.loc[~few, "parks_served_pct_network"].notna().all()
    assert by_block.frame["population"].sum() == pytest.approx(45_285)
