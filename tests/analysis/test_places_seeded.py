"""Localities, investment and progress, once through on the demonstration's layers."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from sitplan.analysis.access import rural_access
from sitplan.analysis.investment import (
    BY,
    investment_by,
    investment_by_area,
    locality_areas,
    spread,
)
from sitplan.analysis.network import build_network
from sitplan.analysis.progress import plan_progress
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.features import read_frame

Frames = Callable[[str], gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def frames(seeded: Database, catalogue: Catalogue) -> Frames:
    return lambda name: read_frame(seeded, catalogue.layer(name))


def test_the_localities_of_the_demonstration(frames: Frames, catalogue: Catalogue) -> None:
    here = frames("rural_localities")
    centre = gpd.points_from_xy(*zip(catalogue.territory.facts["view"]["center"], strict=True))
    city = gpd.GeoSeries(centre, crs=4326).to_crs(here.crs)
    result = rural_access(
        here,
        frames("facilities"),
        build_network(frames("roads"), snap_m=1.0),
        city=city,
        on=catalogue.territory.today(),
    )
    found = result.frame.set_index("name")
    assert len(found) == len(here) and found["need"].between(0, 100).all()
    assert found["city_min"].notna().all(), "every locality drawn is joined to the city"
    # what the register says by hand and what the network says agree in their order
    said = here.set_index("name")["travel_min_to_city"].astype(float)
    assert np.corrcoef(said.rank(), found["city_min"].rank())[0, 1] > 0.7
    assert found["rank"].idxmin() == "Donkey", "no water, no school, no post, far away"
    assert result.method.inputs[0].features == len(here)


def test_the_register_is_the_total_by_every_column(frames: Frames, catalogue: Catalogue) -> None:
    plan, today = frames("initiatives"), catalogue.territory.today()
    total = int(plan["cost_clp"].sum())
    assert total > 0
    grounds = {
        "neighbourhoods": frames("neighbourhoods"),
        "rural_localities": locality_areas(frames("rural_localities")),
        "census_districts": frames("census_districts"),
    }
    for name, areas in grounds.items():
        ledger = spread(plan, frames("project_locations"), areas)
        assert ledger["clp"].sum() == total
        result = investment_by_area(ledger, areas, on=today, name=name)
        apart = result.totals["outside_clp"] + result.totals["to_locate_clp"]
        assert result.frame["clp"].sum() + apart == total
        assert result.totals["invented_clp"] == total, "the plan itself tells no amounts"
        assert "DINERO INVENTADO" in result.method.text("es")
        for column in BY:
            assert investment_by(ledger, column, on=today).frame["clp"].sum() == total
    few = result.frame[pd.to_numeric(result.frame["population"]) < 30]
    assert few["clp_per_inhabitant"].isna().all()


def test_the_plan_in_force(frames: Frames, catalogue: Catalogue) -> None:
    result = plan_progress(
        frames("initiatives"), frames("project_locations"), on=catalogue.territory.today()
    )
    assert result.totals["entries"] == 194
    assert 0 < result.totals["located"] <= result.totals["territorial"] <= 194
