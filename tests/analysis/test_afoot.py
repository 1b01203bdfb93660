"""The way from one place is the way that the whole analyses give for blocks that stand there."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from sitplan.analysis import PROFILES, build_network, evacuate, ground, nearest
from sitplan.analysis.afoot import Escape, GreenWalk, wind
from sitplan.analysis.green import counted
from sitplan.analysis.hazard import exposed
from sitplan.analysis.network import Network
from sitplan.analysis.paths import gates
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.features import read_frame

Frames = Callable[[str], gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def frames(seeded: Database, catalogue: Catalogue) -> Frames:
    return lambda name: read_frame(seeded, catalogue.layer(name)).set_index("code", drop=False)


@pytest.fixture(scope="module")
def network(frames: Frames) -> Network:
    return build_network(frames("roads"))


@pytest.mark.parametrize("hazard", ["flood", "dam_break", "earthquake"])
def test_it_is_the_way_of_the_evacuation(frames: Frames, network: Network, hazard: str) -> None:
    under = ground(network, frames("hazard_zones"), hazard=hazard)
    blocks, exits = frames("census_blocks"), ("meeting_points", "safe_zones")
    points, zones = (frames(name) for name in exits)
    whole = evacuate(blocks, under=under, profile=PROFILES["adult"], meeting_points=points,
                     safe_zones=zones).blocks  # fmt: skip
    escape = Escape.prepare(under, PROFILES["adult"], meeting_points=points, safe_zones=zones)
    starts = exposed(blocks, under.zones)
    assert len(starts) > 20
    reached = 0
    for code, start in starts.geometry.iloc[::9].items():
        way, row = escape.way(start), whole.loc[code]
        assert (way is None) == pd.isna(row["exit"])
        if way is None:
            continue
        reached += 1
        assert way.level == row["level"]
        assert escape.exits["exit"][way.goal] == row["exit"]
        assert way.metres == pytest.approx(row["metres"])
        assert way.minutes == pytest.approx(row["minutes"])
        assert way.line.length == pytest.approx(way.metres, rel=1e-6)
        assert sum(leg.metres for leg in way.legs) <= way.metres + 1e-6
    assert reached > 2


def test_the_nearest_green_area_is_that_of_the_network(frames: Frames, network: Network) -> None:
    access, areas = network.graph(PROFILES["adult"]), frames("green_areas")
    walk = GreenWalk.prepare(areas, access)
    kept = counted(areas)
    doors = gates(access, kept.geometry)
    starts = frames("census_blocks").geometry.centroid.iloc[::25]
    told = nearest(access, starts, doors, cost="metres")
    reached = 0
    for code, start in starts.items():
        found = walk.nearest(start)
        if kept.contains(start).any():
            assert found is not None and found[1] == 0
            continue
        assert (found is None) == pd.isna(told.loc[code, "target"])
        if found is not None:
            reached += 1
            assert found[1] == pytest.approx(told.loc[code, "metres"])
    assert reached > 10
    within = kept.geometry.iloc[0].representative_point()
    assert walk.nearest(within) == (kept.index[0], 0.0, 0.0)


@pytest.mark.parametrize(
    ("there", "name"),
    [((0, 9), "n"), ((9, 9), "ne"), ((9, 0), "e"), ((9, -9), "se"), ((0, -9), "s"),
     ((-9, -9), "sw"), ((-9, 0), "w"), ((-9, 9), "nw"), ((-1, 9), "n")],
)  # fmt: skip
def test_winds(there: tuple[float, float], name: str) -> None:
    assert wind((0, 0), there) == name
    assert np.hypot(*there) > 0


def test_without_exits_there_is_no_way(frames: Frames, network: Network) -> None:
    under = ground(network, frames("hazard_zones"), hazard="flood")
    points, zones = (frames(name).iloc[:0] for name in ("meeting_points", "safe_zones"))
    escape = Escape.prepare(under, PROFILES["adult"], meeting_points=points, safe_zones=zones)
    x, y = network.nodes[0]
    assert escape.way(shapely.Point(x, y)) is None
