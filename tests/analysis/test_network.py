"""Streets become a network: cut where they meet, not where they pass over each other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from sitplan.analysis.network import build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.errors import WrongCrs

from .drawn import roads

ADULT = PROFILES["adult"]
ACROSS = [(0, 0), (100, 0)]
UPWARD = [(50, -50), (50, 50)]


def degrees(net) -> list[int]:
    return sorted(np.bincount(net.edges[["a", "b"]].to_numpy().reshape(-1)).tolist())


def test_a_crossing_is_a_node_though_nobody_drew_it() -> None:
    net = build_network(roads(ACROSS, UPWARD))
    assert degrees(net) == [1, 1, 1, 1, 4]
    assert net.edges["metres"].tolist() == [50, 50, 50, 50]
    assert net.nodes[np.argmax(np.bincount(net.edges["a"], minlength=5))].tolist() == [50, 0]
    assert len(net.islands) == 1


@pytest.mark.parametrize(
    "said", [{"level": 1}, {"bridge": True}, {"tunnel": True}, {"level": -1, "tunnel": True}]
)
def test_what_passes_over_or_under_does_not_meet(said: dict) -> None:
    net = build_network(roads(ACROSS, (UPWARD, said)))
    assert degrees(net) == [1, 1, 1, 1]
    assert net.islands["metres"].tolist() == [100, 100]


def test_two_streets_of_one_bridge_meet() -> None:
    deck = {"bridge": True, "level": 1}
    assert degrees(build_network(roads((ACROSS, deck), (UPWARD, deck)))) == [1, 1, 1, 1, 4]


def test_a_shared_vertex_in_the_middle_of_bridge_and_street_is_no_meeting() -> None:
    over = [(50, -50), (50, 0), (50, 50)]
    under = [(0, 0), (50, 0), (100, 0)]
    assert degrees(build_network(roads(under, (over, {"bridge": True})))) == [1, 1, 1, 1, 2, 2]
    assert degrees(build_network(roads(under, over))) == [1, 1, 1, 1, 4]


def test_a_bridge_meets_its_ramps() -> None:
    bridge = ([(100, 0), (200, 0)], {"bridge": True, "level": 1})
    net = build_network(roads(ACROSS, bridge, [(200, 0), (300, 0)]))
    assert net.islands["metres"].tolist() == [300]


@pytest.mark.parametrize("gap", [0.0, 0.05, -0.05])
def test_a_street_that_ends_on_another_or_nearly_is_joined(gap: float) -> None:
    net = build_network(roads(ACROSS, [(50, gap), (50, 50)]))
    assert len(net.islands) == 1
    assert build_network(roads(ACROSS, [(50, 0.2), (50, 50)])).islands["edges"].tolist() == [1, 1]


def test_islands_are_told_the_longest_first() -> None:
    net = build_network(roads([(0, 0), (30, 0)], [(0, 500), (90, 500)], [(0, 9), (60, 9)]))
    assert net.islands["metres"].tolist() == [90, 60, 30]
    assert net.islands["nodes"].tolist() == [2, 2, 2]


def test_all_metres_stay_and_pieces_follow_the_drawing() -> None:
    bent = [(0, 0), (40, 30), (80, 0), (80, 90)]
    net = build_network(roads(bent, [(0, 15), (100, 15)]))
    assert net.edges["metres"].sum() == pytest.approx(50 + 50 + 90 + 100)
    start = shapely.get_coordinates(shapely.get_point(net.lines, 0))
    end = shapely.get_coordinates(shapely.get_point(net.lines, -1))
    assert np.allclose(start, net.nodes[net.edges["a"]])
    assert np.allclose(end, net.nodes[net.edges["b"]])


def test_one_way_binds_cars_not_people() -> None:
    net = build_network(roads((ACROSS, {"oneway": "forward", "maxspeed_kmh": 36}),
                              ([(100, 0), (200, 0)], {"oneway": "backward"})))  # fmt: skip
    assert net.graph(ADULT, "car").seconds[0].tolist() == [10, np.inf]
    assert net.graph(ADULT, "car").seconds[1].tolist() == [np.inf, 12]  # 100 m at 30 km/h
    assert np.isfinite(net.graph(ADULT).seconds).all()


def test_who_may_use_what() -> None:
    net = build_network(
        roads((ACROSS, {"class": "steps"}), ([(100, 0), (200, 0)], {"class": "motorway"}))
    )
    assert np.isfinite(net.graph(ADULT).seconds[0]).tolist() == [True, False]
    assert np.isfinite(net.graph(PROFILES["reduced_mobility"]).seconds[0]).tolist() == [False] * 2
    assert np.isfinite(net.graph(ADULT, "car").seconds[0]).tolist() == [False, True]


def test_closed_roads_are_closed() -> None:
    net = build_network(roads(ACROSS, [(100, 0), (200, 0)]))
    assert np.isinf(net.graph(ADULT, closed=["R1"]).seconds[0]).tolist() == [False, True]


def test_flat_is_said() -> None:
    net = build_network(roads(ACROSS))
    assert net.is_flat and net.relief is None
    assert (net.edges["effort_ab"] == net.edges["metres"]).all()


def test_the_key_is_the_contents() -> None:
    one = build_network(roads(ACROSS, UPWARD)).key
    assert one == build_network(roads(ACROSS, UPWARD)).key
    assert one != build_network(roads(ACROSS, (UPWARD, {"bridge": True}))).key
    assert one != build_network(roads(ACROSS, [(50, -50), (50, 51)])).key


def test_nothing_makes_a_network_of_nothing() -> None:
    net = build_network(roads(ACROSS).iloc[:0])
    assert len(net.nodes) == len(net.edges) == len(net.islands) == 0
    assert len(net.graph(ADULT).open) == 0


def test_degrees_are_refused() -> None:
    frame = gpd.GeoDataFrame(
        {"class": ["residential"]}, geometry=[LineString(ACROSS)], crs="EPSG:4326"
    )
    with pytest.raises(WrongCrs, match="mide en metros"):
        build_network(frame)
