"""The nearest of many: by hand, and as networkx has it."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from sitplan.analysis.network import Access, build_network
from sitplan.analysis.paths import gates, nearest, place_on, reach, trips
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.routes import route

from .drawn import points, roads, square

ADULT = PROFILES["adult"]
LADDER = (
    [(0, 0), (100, 0), (200, 0)],
    [(0, 100), (200, 100)],
    [(0, 0), (0, 100)],
    [(200, 0), (200, 100)],
)


def test_the_walk_to_the_street_and_along_it_count() -> None:
    graph = build_network(roads(*LADDER)).graph(ADULT)
    found = nearest(graph, points(home=(20, 12)), points(a=(0, 90), b=(200, 30)), cost="metres")
    # 12 to the street, 20 to the corner, 90 up
    assert found.loc["home"].tolist() == ["a", pytest.approx(122), pytest.approx(122 / 1.2)]


def test_two_places_on_one_street() -> None:
    graph = build_network(roads(([(0, 0), (100, 0)], {"oneway": "forward"})))
    ends = points(p=(30, 0), q=(70, 0))
    assert nearest(graph.graph(ADULT), ends[:1], ends[1:])["metres"].tolist() == [40]
    by_car = graph.graph(ADULT, "car")
    assert nearest(by_car, ends[:1], ends[1:])["seconds"].tolist() == [
        pytest.approx(40 / (30 / 3.6))
    ]
    assert nearest(by_car, ends[1:], ends[:1])["target"].isna().all()


def test_what_is_not_joined_is_not_reached() -> None:
    graph = build_network(roads([(0, 0), (100, 0)], [(0, 50), (100, 50)])).graph(ADULT)
    found = nearest(graph, points(a=(10, 0), b=(10, 50)), points(t=(90, 0)))
    assert found.loc["a", "target"] == "t"
    assert pd.isna(found.loc["b", "target"]) and np.isnan(found.loc["b", "metres"])


def test_nothing_to_reach_and_nobody_to_go() -> None:
    graph = build_network(roads(*LADDER)).graph(ADULT)
    assert nearest(graph, points(a=(0, 0)), points(a=(0, 0))[:0])["target"].isna().all()
    assert nearest(graph, points(a=(0, 0))[:0], points(a=(0, 0))).empty
    none = build_network(roads(*LADDER).iloc[:0]).graph(ADULT)
    assert nearest(none, points(a=(0, 0)), points(b=(0, 0)))["target"].isna().all()


def test_farther_than_the_limit_is_not_reached() -> None:
    graph = build_network(roads(*LADDER)).graph(ADULT)
    near, far = points(s=(0, 0)), points(t=(100, 0))
    assert nearest(graph, near, far, cost="metres", limit=99)["target"].isna().all()
    assert nearest(graph, near, far, cost="metres", limit=101)["target"].tolist() == ["t"]


def test_ways_are_drawn_from_door_to_door() -> None:
    graph = build_network(roads(*LADDER)).graph(ADULT)
    there, here = place_on(graph, points(t=(40, 103))), place_on(graph, points(h=(20, -5)))
    found = reach(graph, there)
    went = trips(graph, found, here)
    line, edges = route(graph, found, here, went, 0)
    assert line == LineString([(20, -5), (20, 0), (0, 0), (0, 100), (40, 100), (40, 103)])
    assert line.length == pytest.approx(went.metres[0])
    assert graph.network.edges["road"].iloc[edges].tolist() == ["R0", "R2", "R1"]


def test_areas_have_gates_where_streets_enter() -> None:
    graph = build_network(roads([(0, 0), (200, 0)])).graph(ADULT)
    areas = points(park=(100, 0)).map(lambda p: square(p.x, p.y, 20)).set_crs(points(a=(0, 0)).crs)
    doors = gates(graph, areas)
    assert sorted(doors.x) == [80, 120] and set(doors.index) == {"park"}
    assert nearest(graph, points(a=(0, 0)), doors)["metres"].tolist() == [80]


grid = st.integers(0, 5).map(lambda n: n * 100.0)
corner = st.tuples(grid, grid)
ways = st.lists(st.tuples(corner, corner).filter(lambda w: w[0] != w[1]), min_size=2, max_size=9)


def drawn(lines: list) -> Access:
    said = ({"oneway": "forward"}, {"oneway": "backward"}, {})
    return build_network(roads(*[(way, said[n % 3]) for n, way in enumerate(lines)])).graph(
        ADULT, "car"
    )


def as_networkx(access: Access) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(access.network.nodes)))
    for i, e in enumerate(access.network.edges.itertuples()):
        for tail, head, seconds in (
            (e.a, e.b, access.seconds[0, i]),
            (e.b, e.a, access.seconds[1, i]),
        ):
            if np.isfinite(seconds):
                graph.add_edge(tail, head, weight=seconds)
    return graph


@settings(max_examples=80, deadline=None)
@given(ways, st.lists(st.integers(0, 10**6), min_size=1, max_size=3))
def test_every_node_is_as_far_as_networkx_says(lines: list, chosen: list[int]) -> None:
    access = drawn(lines)
    nodes = access.network.nodes
    goals = sorted({c % len(nodes) for c in chosen})
    at = points(**{str(g): tuple(nodes[g]) for g in goals})
    found = reach(access, place_on(access, at))
    told = nx.multi_source_dijkstra_path_length(as_networkx(access).reverse(), set(goals))
    wanted = np.array([told.get(n, np.inf) for n in range(len(nodes))])
    assert np.allclose(found.seconds, wanted, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(ways, corner, corner, st.integers(0, 10**6))
def test_without_an_edge_no_time_is_shorter(
    lines: list, home: tuple, goal: tuple, cut: int
) -> None:
    whole = drawn(lines)
    here, there = place_on(whole, points(h=home)), place_on(whole, points(g=goal))
    less = whole.without([cut % len(whole.network.edges)])
    before = trips(whole, reach(whole, there), here).seconds
    after = trips(less, reach(less, there), here).seconds
    assert (after >= before - 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(ways, corner, corner)
def test_a_way_is_as_long_as_it_says(lines: list, home: tuple, goal: tuple) -> None:
    access = drawn(lines)
    here, there = place_on(access, points(h=home)), place_on(access, points(g=goal))
    found = reach(access, there)
    went = trips(access, found, here)
    line, _ = route(access, found, here, went, 0)
    if line is None:
        assert np.isinf(went.seconds[0])
    else:
        assert line.length == pytest.approx(went.metres[0], abs=1e-6)
        assert line.coords[0] == home and line.coords[-1] == goal
