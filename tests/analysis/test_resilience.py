"""All hazards and profiles side by side, and bridges that fall one at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sitplan.analysis.evacuation import EvacuationRules, evacuate
from sitplan.analysis.hazard import ground
from sitplan.analysis.heights import read_heights
from sitplan.analysis.network import build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.resilience import evacuate_all, evacuation_summary, fallen

from .drawn import roads, seed
from .test_evacuation import BLOCKS, LOW, NO_ZONES, POINTS
from .test_heights import plane

ON = date(2026, 11, 27)
LAYERS = Path(__file__).resolve().parents[2] / "layers"
TOWN = roads(
    [(0, 0), (150, 0)], ([(150, 0), (190, 0)], {"bridge": True}), [(190, 0), (850, 0)],
    [(150, 0), (150, -100), (190, -100), (190, 0)], ([(850, 0), (1000, 0)], {"bridge": True}),
)  # fmt: skip


def test_bridges_one_at_a_time() -> None:
    # R1 falls: a's 100 people walk 200 m more; R4 falls: b's 50 go 20 + 500 west in place of 320
    under = ground(build_network(TOWN), LOW, hazard="flood")
    given = {"under": under, "profile": PROFILES["adult"], "meeting_points": POINTS,
             "safe_zones": NO_ZONES, "on": ON,
             "rules": EvacuationRules(within_min=5, off_street_m=10)}  # fmt: skip
    found = fallen(BLOCKS, **given)
    f = found.frame
    assert f.index.tolist() == ["R1", "R4"]
    assert f["people_delayed"].tolist() == [100, 50] and f["cut_off"].tolist() == [0, 0]
    assert f["minutes_added"].tolist() == pytest.approx([200 / 72, 200 / 72])
    # 220 m take 3.06 min, 420 take 5.83: no longer within 5; 320 take 4.44, 520 take 7.22
    assert f["covered_lost"].tolist() == [100, 50] and found.totals["covered"] == 150
    assert f.geometry.length.tolist() == [40, 150]
    only = fallen(BLOCKS, **given | {"meeting_points": POINTS.iloc[1:]}, roads=["R4", "R0"])
    assert only.frame["cut_off"].to_dict() == {"R4": 150, "R0": 0}
    assert "no_bridges" not in [n.key for n in found.method.notes]
    none = fallen(BLOCKS.iloc[:0], **given)
    assert none.frame.empty and none.method.notes[-1].key == "no_bridges"
    assert "puente" in none.method.text("es")


def test_side_by_side() -> None:
    net = build_network(TOWN, heights=plane(east=0.1, half=2000))
    found = evacuate_all(
        BLOCKS, network=net, hazard_zones=LOW, hazards=["flood", "fire"], on=ON,
        meeting_points=POINTS, safe_zones=NO_ZONES,
    )  # fmt: skip
    told = evacuation_summary(found)
    f = told.frame
    assert len(f) == 8 and f.loc[("flood", "adult"), "people"] == 150
    # a slope of 10 % bars whom 8 % bars: nobody of reduced mobility arrives
    assert f.loc[("flood", "reduced_mobility"), "reached_pct"] == 0
    assert set(f.loc["flood", "accessible_pct"]) == {0}
    assert f.loc[("flood", "child"), "mean_min"] > f.loc[("flood", "adult"), "mean_min"]
    assert f.loc[("flood", "adult"), "overloaded"] == 1  # 50 people where 40 find room
    assert f.loc[("flood", "adult"), "worst_road"] in TOWN.index
    # nothing serves a fire: everybody is counted, nobody arrives
    assert f.loc[("fire", "adult"), "people"] == 157
    assert np.isnan(f.loc[("fire", "adult"), "mean_min"])
    assert told.method.notes[0].key == "relief"
    assert sum(p.name == "profile" for p in told.method.parameters) == 4
    assert "evacuation_summary" not in told.method.text("en").splitlines()[0]


def test_slope_and_closed_bridges_change_the_demonstration() -> None:
    """A run where neither changes anything would be computing something else."""
    streets, rivers = seed("roads"), seed("waterways").query("`class` == 'river'").geometry
    hill = read_heights(LAYERS / "heights.tif", crs=streets.crs)
    given = {"profile": PROFILES["adult"], "meeting_points": seed("meeting_points"),
             "safe_zones": seed("safe_zones"), "on": ON}  # fmt: skip

    def run(net, closed=(), barriers=None):
        under = ground(net, seed("hazard_zones"), hazard="dam_break", barriers=barriers)
        return evacuate(seed("census_blocks"), under=under, closed_roads=closed, **given)

    flat = build_network(streets)
    whole, sloped = run(flat), run(build_network(streets, heights=hill))
    assert whole.totals["people"] > 1000
    minutes = [r.blocks["minutes"].to_numpy() for r in (whole, sloped)]
    assert (np.abs(minutes[0] - minutes[1]) > 0.01).mean() > 0.9
    bridges = streets.index[streets["bridge"].eq(True).fillna(False)]
    assert len(bridges)
    shut = run(flat, closed=bridges)
    later = shut.blocks["minutes"].fillna(np.inf) > whole.blocks["minutes"] + 1e-9
    assert whole.edges["bridge"].any() and later.any()
    no_river = run(flat, barriers=rivers)
    assert no_river.edges.geometry.intersects(rivers.union_all()).sum() == 0
