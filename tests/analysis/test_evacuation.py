"""Evacuation on small streets: broken, uphill, through hazard, without a bridge, by capacity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from sitplan.analysis.evacuation import Evacuation, EvacuationRules, evacuate
from sitplan.analysis.hazard import cut_at, exposed, ground
from sitplan.analysis.network import Network, build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.routes import Span, crowds
from sitplan.analysis.sharing import share_out
from sitplan.errors import BadRequest, WrongCrs

from .drawn import CRS, areas, boxed, roads
from .test_heights import plane

ON = date(2026, 11, 27)

# One street from west to east, 1000 m. Blocks of 20 x 20 m stand north of it, their centroids
# 20 m from it: `a` at x = 300 with 100 people, `b` at x = 600 with 50. The zone of a flood, low,
# takes x from 200 to 800. Points of the hazard at both ends of the street beyond it.
STREET = [(0, 0), (1000, 0)]
BLOCKS = areas(
    a=boxed(290, 10, 310, 30, population=100, population_year=2017),
    b=boxed(590, 10, 610, 30, population=50, population_year=2017),
    dry=boxed(900, 10, 920, 30, population=7, population_year=2017),
)
LOW = areas(low=boxed(200, -50, 800, 50, hazard="flood", level="bajo", arrival_time_min=4.0))


def meeting(**said: tuple[tuple[float, float], dict[str, Any]]) -> gpd.GeoDataFrame:
    rows = [{"code": k, "hazard": ["flood"], "geometry": Point(p)} | d
            for k, (p, d) in said.items()]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


POINTS = meeting(west=((100, 0), {"usable_m2": 120.0}), east=((900, 0), {"usable_m2": 40.0}))
NO_ZONES = areas(z=boxed(0, 0, 1, 1, hazard=["flood"])).iloc[:0]


def run(network: Network | None = None, *, hazard: str = "flood", zones=LOW, barriers=None,
        who: str = "adult", **said: Any) -> Evacuation:  # fmt: skip
    net = network or build_network(roads(STREET))
    given = {"blocks": BLOCKS, "meeting_points": POINTS, "safe_zones": NO_ZONES, "on": ON} | said
    return evacuate(
        given.pop("blocks"), under=ground(net, zones, hazard=hazard, barriers=barriers),
        profile=PROFILES[who], **given,
    )  # fmt: skip


def minutes(metres: float, speed: float = 1.2) -> Any:
    return pytest.approx(metres / speed / 60)


def test_each_block_goes_to_the_nearest_point_and_the_numbers_are_those_of_the_hand() -> None:
    found = run(rules=EvacuationRules(within_min=4))
    f = found.blocks
    assert f.index.tolist() == ["a", "b"]  # `dry` is in no zone
    # a: 20 + 200 = 220 m west; b: 20 + 300 = 320 m east; at 1.2 m/s
    assert f["exit"].tolist() == ["west", "east"]
    assert f["kind"].tolist() == ["meeting_points"] * 2
    assert f["metres"].tolist() == pytest.approx([220, 320])
    assert f["minutes"].tolist() == [minutes(220), minutes(320)]  # 3.06 and 4.44
    assert f["covered"].tolist() == [True, False]
    assert f["level"].tolist() == ["bajo", "bajo"] and f["people"].tolist() == [100, 50]
    assert f["arrival_min"].tolist() == [4, 4] and f["in_time"].tolist() == [True, False]
    assert f.geometry.iloc[0] == LineString([(300, 20), (300, 0), (200, 0), (100, 0)])
    e = found.exits.set_index("exit")
    # 120 m² and 40 m² at 1 m² each: 100/120 and 50/40
    assert e["people"].to_dict() == {"west": 100, "east": 50}
    assert e["load"].to_dict() == pytest.approx({"west": 100 / 120, "east": 1.25})
    t = found.totals
    assert (t["people"], t["reached"], t["covered"]) == (150, 150, 100)
    assert t["covered_pct"] == pytest.approx(100 * 100 / 150)
    assert t["mean_min"] == minutes((100 * 220 + 50 * 320) / 150)
    assert t["max_load"] == pytest.approx(1.25)
    # a street of 7 m: 100 people on the west stretches, 50 on the east ones
    assert found.edges["people"].tolist() == [100, 100, 50]
    assert sorted(found.edges.length) == [200, 200, 600]
    assert found.edges["people_per_m"].iloc[0] == pytest.approx(100 / 7)


@pytest.mark.parametrize("who", list(PROFILES))
def test_each_profile_walks_its_own_speed_after_its_delay(who: str) -> None:
    found = run(who=who, rules=EvacuationRules(start_delay_min=5))
    assert found.blocks.loc["a", "minutes"] == pytest.approx(5 + 220 / PROFILES[who].speed_ms / 60)


def test_broken_street() -> None:
    # ten metres are missing in the west: a walks 20 + 600 east
    net = build_network(roads([(0, 0), (150, 0)], [(160, 0), (1000, 0)]))
    found = run(net)
    assert found.blocks["exit"].tolist() == ["east", "east"]
    assert found.blocks.loc["a", "minutes"] == minutes(620)
    # without the east nobody arrives
    shut = run(net, closed_exits=["east"])
    assert shut.blocks["exit"].isna().all() and shut.blocks["minutes"].isna().all()
    assert shut.totals["reached_pct"] == 0 and not shut.blocks["covered"].any()
    assert shut.blocks.geometry.isna().all()
    assert shut.method.notes[-1].told("en") == "150 inhabitants reach no safe place"


def test_uphill() -> None:
    # up 10 % eastward each flat metre is worth exp(3.5·(0.15 - 0.05)) = 1.41907, down it is 1;
    # the stretch from 200 to 800 is one edge, its effort even: b walks 20 + 300·1.41907 = 445.7
    # east or 20 + 500·1 = 520 west
    hill = run(build_network(roads(STREET), heights=plane(east=0.1, half=2000)))
    assert hill.blocks["exit"].tolist() == ["west", "east"]
    assert hill.blocks.loc["b", "minutes"] == pytest.approx((20 + 300 * 1.41907) / 72, rel=1e-5)
    assert hill.blocks.loc["a", "minutes"] == minutes(220)
    # at 60 % up is worth exp(3.5·0.6) = 8.166, down exp(3.5·0.5) = 5.755: 20 + 300·8.166 = 2470
    # east are nearer than 20 + 500·5.755 = 2897 west, and five times as far as on the flat
    steep = run(build_network(roads(STREET), heights=plane(east=0.6, half=2000)))
    assert steep.blocks.loc["b", "exit"] == "east"
    assert steep.blocks.loc["b", "minutes"] == pytest.approx((20 + 300 * 8.16617) / 72, rel=1e-5)
    # where the east is too steep for a wheelchair and the west level, b goes west
    ridge = plane(half=2000)
    ridge.grid[:, 280:] += 0.2 * (np.arange(120) * 10 + 5)
    limited = run(build_network(roads([(0, 0), (700, 0)], [(700, 0), (1000, 0)]), heights=ridge),
                  who="reduced_mobility")  # fmt: skip
    assert limited.blocks["exit"].tolist() == ["west", "west"]
    assert limited.blocks.loc["b", "minutes"] == minutes(520, 0.6)
    assert steep.method.notes[0].told("en").startswith("heights of hand, cells of 10 m")


def test_through_deeper_hazard_nobody_is_led() -> None:
    # 20 m of high danger between a and the west: a goes 620 m east; who starts in it may leave it
    deep = areas(
        low=boxed(200, -50, 800, 50, hazard="flood", level="bajo"),
        high=boxed(220, -50, 240, 50, hazard="flood", level="alto"),
    )
    found = run(zones=deep)
    assert found.blocks["exit"].tolist() == ["east", "east"]
    assert found.blocks.loc["a", "minutes"] == minutes(620)
    inside = areas(c=boxed(226, 10, 234, 30, population=9))
    out = run(zones=deep, blocks=inside).blocks
    assert out["level"].tolist() == ["alto"] and out["exit"].tolist() == ["west"]
    assert out.loc["c", "minutes"] == minutes(20 + 130)
    # another hazard's depth is no matter
    other = deep.assign(hazard=["flood", "fire"])
    assert run(zones=other).blocks.loc["a", "exit"] == "west"


def test_a_bridge_that_is_blocked() -> None:
    # the west is reached over a bridge of 40 m, or by a detour of 2·100 + 40
    town = roads(
        [(0, 0), (150, 0)], ([(150, 0), (190, 0)], {"bridge": True}), [(190, 0), (1000, 0)],
        [(150, 0), (150, -100), (190, -100), (190, 0)],
    )  # fmt: skip
    net = build_network(town)
    whole, fallen = run(net), run(net, closed_roads=["R1"])
    assert whole.blocks.loc["a", "minutes"] == minutes(220)
    assert fallen.blocks.loc["a", "minutes"] == minutes(420)  # 200 m more
    both = run(net, closed_roads=["R1", "R3"])
    assert both.blocks.loc["a", "exit"] == "east"
    # a river under the bridge that nobody may cross closes it and leaves the detour's own
    river = gpd.GeoSeries([LineString([(170, -20), (170, 50)])], crs=CRS)
    assert run(net, barriers=river).blocks.loc["a", "minutes"] == minutes(420)
    assert run(net, barriers=river).edges["bridge"].sum() == 0
    assert whole.edges["bridge"].sum() == 1


def test_two_exits_that_hold_so_many() -> None:
    # a and b have 150 people; 120 fit in the west and 40 in the east. Nearest: 50 at the east.
    # Ten of them must go west: b is 520 m from there. Ten fewer fit if the west holds 110.
    under = ground(build_network(roads(STREET)), LOW, hazard="flood")
    given = {"under": under, "profile": PROFILES["adult"], "meeting_points": POINTS,
             "safe_zones": NO_ZONES, "on": ON}  # fmt: skip
    found = share_out(BLOCKS, **given)
    got = {(r.block, r.exit): r.people for r in found.frame.itertuples()}
    assert got == pytest.approx({("a", "west"): 100, ("b", "east"): 40, ("b", "west"): 10})
    spent = 100 * 220 + 40 * 320 + 10 * 520
    assert found.totals["mean_min"] == minutes(spent / 150)
    assert found.totals["placed"] == 150 and found.totals["full"] == 1
    small = POINTS.assign(usable_m2=[105.0, 40.0])
    tight = share_out(BLOCKS, **given | {"meeting_points": small})
    assert tight.totals["placed"] == 145 and tight.totals["full"] == 2
    lost = tight.frame[tight.frame["exit"].isna()]
    assert lost["people"].sum() == pytest.approx(5) and lost["block"].tolist() == ["b"]
    assert tight.method.notes[-1].told("en").startswith("5 inhabitants find no room")
    free = share_out(BLOCKS, **given | {"meeting_points": POINTS.drop(columns="usable_m2")})
    assert {r.exit: r.people for r in free.frame.itertuples()} == {"west": 100, "east": 50}


def test_a_point_that_closes() -> None:
    found = run(closed_exits=["west"])
    assert found.blocks.loc["a", "minutes"] == minutes(620)
    assert found.exits.set_index("exit")["load"].to_dict() == {"east": 150 / 40}


def test_closing_what_is_not_there_is_refused() -> None:
    with pytest.raises(BadRequest, match="R9"):
        run(closed_roads=["R0", "R9"])
    with pytest.raises(BadRequest, match="north"):
        run(closed_exits=["north"])
    # one that serves another hazard is there, and closing it changes nothing here
    both = POINTS.assign(hazard=[["flood"], ["fire"]])
    assert run(meeting_points=both, closed_exits=["east"]).totals == run(meeting_points=both).totals


def test_safe_zones_are_entered_where_streets_do() -> None:
    safe = areas(hill=boxed(820, -40, 990, 40, hazard=["flood"], capacity=60))
    found = run(safe_zones=safe)
    assert found.blocks["exit"].tolist() == ["west", "hill"]
    assert found.blocks.loc["b", "minutes"] == minutes(20 + 220)
    assert found.exits.set_index("exit").loc["hill", "load"] == pytest.approx(50 / 60)


def test_points_that_do_not_serve_are_left_out_and_told() -> None:
    wet = meeting(near=((310, 0), {}), other=((305, 0), {"hazard": ["fire"]}),
                  far=((900, 0), {"accessible": "no"}))  # fmt: skip
    found = run(meeting_points=wet)
    assert found.blocks["exit"].tolist() == ["far", "far"]
    assert found.method.notes[1].key == "exits_left_out"
    assert run(meeting_points=wet, who="reduced_mobility").blocks["exit"].isna().all()


def test_stairs_are_no_way_for_all() -> None:
    # the way west goes by stairs from 190 on
    net = build_network(roads([(190, 0), (1000, 0)], ([(0, 0), (190, 0)], {"class": "steps"})))
    west = meeting(west=((50, 0), {}), east=((900, 0), {}))
    assert run(net, meeting_points=west).blocks["exit"].tolist() == ["west", "east"]
    # the point in the west stands 140 m from the last street that is open to a wheelchair
    limited = run(net, meeting_points=west, who="reduced_mobility").blocks
    assert limited["exit"].tolist() == ["east", "east"]
    assert limited.loc["a", "minutes"] == minutes(620, 0.6)
    near = EvacuationRules(off_street_m=150)
    crossed = run(net, meeting_points=west, who="reduced_mobility", rules=near).blocks
    assert crossed.loc["a", "metres"] == pytest.approx(20 + 110 + 140)


def test_the_most_who_pass_any_place_of_an_edge() -> None:
    # of a street from 0 to 1: 10 walk from 0.2 to 0, 20 from 0.5 to 1, 5 from 0.4 to 0.6
    walked = [(Span(1, 0.2, 0.0), 10.0), (Span(1, 0.5, 1.0), 20.0), (Span(1, 0.4, 0.6), 5.0)]
    assert crowds(walked, 3).tolist() == [0, 25, 0]
    # who leaves a place before others come there does not meet them
    assert crowds([(Span(0, 0, 0.5), 3.0), (Span(0, 0.5, 1), 4.0)], 1).tolist() == [4]
    assert crowds([], 2).tolist() == [0, 0]


def test_a_block_half_in_counts_half_and_starts_from_what_is_in() -> None:
    half = areas(h=boxed(180, 10, 220, 30, population=40))
    found = run(blocks=half).blocks
    assert found.loc["h", "people"] == pytest.approx(20)
    assert found.loc["h", "metres"] == pytest.approx(20 + 110)  # from x = 210


def test_a_hazard_without_zones_concerns_everybody() -> None:
    found = run(hazard="earthquake", meeting_points=POINTS.assign(hazard=[["earthquake"]] * 2))
    assert found.totals["people"] == 157 and found.blocks.loc["dry", "exit"] == "east"
    assert found.method.notes[1].key == "no_zones"


def test_nobody_and_nowhere() -> None:
    assert run(blocks=BLOCKS.iloc[:0]).blocks.empty
    assert np.isnan(run(blocks=BLOCKS.iloc[:0]).totals["covered_pct"])
    none = run(meeting_points=POINTS.iloc[:0])
    assert none.blocks["exit"].isna().all() and none.exits.empty
    unknown = run(blocks=BLOCKS.assign(population=None))
    assert unknown.totals["people"] == 0 and unknown.method.inputs[0].missing_pct == 100
    with pytest.raises(WrongCrs):
        run(meeting_points=POINTS.to_crs("EPSG:4326"))


def test_cutting_a_network_keeps_its_metres_and_its_ways() -> None:
    net = build_network(roads([(0, 0), (300, 0), (300, 300)], [(100, -50), (100, 50)]))
    ring = areas(z=boxed(50, -20, 250, 20)).boundary
    cut = cut_at(net, ring.to_numpy())
    assert cut.edges["metres"].sum() == pytest.approx(net.edges["metres"].sum())
    assert len(cut.edges) == len(net.edges) + 4 and cut.key != net.key
    for e, line in zip(cut.edges.itertuples(), cut.lines, strict=True):
        assert tuple(cut.nodes[e.a]) == pytest.approx(line.coords[0])
        assert tuple(cut.nodes[e.b]) == pytest.approx(line.coords[-1])
        assert line.length == pytest.approx(e.metres)
    assert cut_at(net, np.array([], dtype=object)) is net


def test_exposed_people_are_told_where_nobody_counted() -> None:
    silent = exposed(BLOCKS.assign(population=[None, 50, 7]), LOW)
    assert np.isnan(silent.loc["a", "people"]) and silent.loc["b", "people"] == 50


def test_who_is_exposed_is_cut_by_all_zones_as_if_they_were_one() -> None:
    """Zones that overlap, meet at a side, lie inside another or stand apart."""
    zones = areas(
        a=boxed(0, 0, 100, 100, hazard="flood", level="bajo"),
        over=boxed(60, 60, 140, 140, hazard="flood", level="alto"),
        beside=boxed(100, 0, 150, 50, hazard="flood", level="medio"),
        inside=boxed(10, 10, 20, 20, hazard="flood", level="alto"),
        apart=boxed(300, 0, 400, 100, hazard="flood", level="bajo"),
    )
    blocks = areas(**{
        f"b{x}_{y}": boxed(x, y, x + 130, y + 35, population=100)
        for x in range(-90, 500, 70) for y in range(-60, 180, 45)
    })  # fmt: skip
    found = exposed(blocks, zones)
    wet = blocks.intersection(zones.union_all())
    wet = wet[wet.area > 0]
    assert 0 < len(found) < len(blocks) and list(found.index) == list(wet.index)
    np.testing.assert_allclose(found["people"], 100 * wet.area / (130 * 35), rtol=1e-12)
    assert wet.contains(wet.centroid).all()
    assert found.geometry.distance(wet.centroid).max() < 1e-9


GRID = [[(0, y), (400, y)] for y in range(0, 500, 100)] + [
    [(x, 0), (x, 400)] for x in range(0, 500, 100)
]
spot = st.tuples(st.integers(0, 4), st.integers(0, 4))
level = st.sampled_from(["bajo", "medio", "alto"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(spot, min_size=1, max_size=4, unique=True),
    st.lists(spot, min_size=1, max_size=3, unique=True),
    st.lists(st.tuples(spot, level), max_size=3),
    st.integers(0, len(GRID) - 1),
)
def test_as_networkx_says_and_never_sooner_with_a_street_less(
    homes: list, goals: list, wet: list, cut: int
) -> None:
    blocks = areas(**{f"b{n}": boxed(100 * x - 5, 100 * y - 5, 100 * x + 5, 100 * y + 5,
                                     population=10) for n, (x, y) in enumerate(homes)})  # fmt: skip
    points = meeting(**{f"p{n}": ((100 * x, 100 * y), {}) for n, (x, y) in enumerate(goals)})
    all_low = boxed(-50, -50, 450, 450, hazard="flood", level="bajo")
    deep = [boxed(100 * x + 20, 100 * y - 5, 100 * x + 60, 100 * y + 5, hazard="flood", level=v)
            for (x, y), v in wet]  # fmt: skip
    zones = areas(**{f"z{n}": z for n, z in enumerate([all_low, *deep])})
    # the points stand in the low zone: outside of it for this test, by another hazard's name
    net = build_network(roads(*GRID))
    dry = zones.iloc[1:] if len(zones) > 1 else zones.iloc[:0]
    under = ground(net, dry, hazard="flood")
    given = {"profile": PROFILES["adult"], "meeting_points": points, "safe_zones": NO_ZONES,
             "on": ON}  # fmt: skip
    none = dry.iloc[:0]
    under = replace(under, zones=none)  # everybody starts at no depth; the depth of streets stays
    found = evacuate(blocks, under=under, **given).blocks
    graph = nx.Graph()
    for e, d in zip(under.network.edges.itertuples(), under.depth, strict=True):
        if d == 0:
            graph.add_edge(e.a, e.b, weight=e.metres)
    node = {tuple(np.round(xy)): n for n, xy in enumerate(under.network.nodes)}
    ends = [node[(100 * x, 100 * y)] for x, y in goals]
    told = nx.multi_source_dijkstra_path_length(graph, [g for g in ends if g in graph])
    for n, (x, y) in enumerate(homes):
        start = node[(100 * x, 100 * y)]
        if start in graph:
            wanted = told.get(start, np.nan)
            assert found.loc[f"b{n}", "metres"] == pytest.approx(wanted, nan_ok=True, abs=1e-6)
    less = evacuate(blocks, under=under, closed_roads=[f"R{cut}"], **given).blocks
    before, after = found["minutes"].to_numpy(), less["minutes"].to_numpy()
    assert not (after < before - 1e-9).any()


def test_whose_points_and_zones_they_are_is_told() -> None:
    points, zones = POINTS.copy(), NO_ZONES.copy()
    points.attrs["source"], zones.attrs["source"] = "Emergencias", "Obras"
    told = {i.name: i.source for i in run(meeting_points=points, safe_zones=zones).method.inputs}
    assert (told["meeting_points"], told["safe_zones"]) == ("Emergencias", "Obras")
