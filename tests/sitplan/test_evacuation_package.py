"""The package by hand, in small: trees, cuts, degrees; nothing that the public may not see."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Transformer
from shapely.geometry import LineString, Point, box

from sitplan.analysis.network import build_network
from sitplan.evacuation_package import Given, package

CRS = "EPSG:32719"
ON = date(2026, 11, 1)


def _frame(rows: list[tuple[dict[str, object], object]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([r for r, _ in rows], geometry=[g for _, g in rows], crs=CRS)


def _town() -> Given:
    """A street of 1,000 m from west to east with a side street at 400; danger from 200 to 600."""
    roads = _frame(
        [
            ({"code": "R0", "class": "residential", "name": "Uno"}, LineString([(0, 0), (400, 0)])),
            ({"code": "R1", "class": "residential", "name": "Uno"},
             LineString([(400, 0), (1000, 0)])),
            ({"code": "R2", "class": "steps", "name": None}, LineString([(400, 0), (400, 300)])),
        ]
    ).set_index("code")  # fmt: skip
    points = _frame(
        [
            ({"id": "x", "code": "east", "name": "Este", "hazard": ["flood"],
              "accessible": "yes", "usable_m2": 90.0}, Point(1000, 0)),
            ({"id": "y", "code": "up", "name": "Arriba", "hazard": ["flood"],
              "accessible": "no", "usable_m2": None}, Point(400, 300)),
        ]
    )  # fmt: skip
    zones = _frame([({"code": "z", "name": "Bajo", "hazard": "flood", "level": "bajo"},
                     box(200, -50, 600, 50))])  # fmt: skip
    none = gpd.GeoDataFrame({"name": [], "class": [], "hazard": []}, geometry=[], crs=CRS)
    squares = _frame([({"code": "q", "name": "Plaza"}, box(390, 10, 410, 30)),
                      ({"code": "n", "name": None}, Point(5, 5))])  # fmt: skip
    return Given(build_network(roads), roads, zones, points, none, none, none,
                 places={"green_areas": squares})  # fmt: skip


def test_a_town_by_hand() -> None:
    found = package(_town(), hazards=["fire", "flood"], made=ON)
    assert [h["code"] for h in found["hazards"]] == ["flood"], "nothing serves a fire"
    assert found["streets"]["cm"] == [40000, 60000, 30000]
    assert found["streets"]["names"] == ["Uno"] and found["streets"]["name"] == [0, 0, -1]
    # stairs are barred to the fourth profile, whose bit is 8
    assert found["streets"]["barred"] == [0, 0, 8]
    (flood,) = found["hazards"]
    # R0 is cut at 200, R1 at 600, R2 where the danger ends, 50 m up: edges in this order, the
    # uncut first (none), then the parts of each
    assert flood["cuts"] == [[0, 20000, 20000], [1, 20000, 40000], [2, 5000, 25000]]
    assert flood["depth"] == "011010"
    at_crossing = 1
    for who, sign in (("adult", "up"), ("reduced_mobility", "east")):
        tree = found["trees"][flood["ways"][who]["1"]["tree"]]
        exits = [found["exits"][t[3]]["code"] for t in tree["targets"]]
        last = dict(zip(tree["last"][0::2], tree["last"][1::2], strict=True))
        assert tree["hop"][at_crossing] not in "-!"
        ends = {exits[target] for target in last.values()}
        assert sign in ends
    assert [e["code"] for e in found["exits"]] == ["east", "up"]
    assert found["exits"][0]["at"] == [10000, 0] and "usable_m2" not in found["exits"][1]
    assert found["places"] == [[4000, 200, "Plaza", "green_areas"]], "what has no name is not said"
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("way", ["to_metres", "to_degrees"])
def test_degrees_are_metres_to_a_centimetre(way: str) -> None:
    given = _town()
    np.add(given.network.nodes, np.array([330_000.0, 6_835_000.0]), out=given.network.nodes)
    found = package(given, hazards=[], made=ON)["degrees"][way]
    xy = np.array([[330_010.0, 6_835_000.0], [331_000.0, 6_835_250.0], [330_500, 6_831_000]])
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(*xy.T)
    source, wanted = (np.stack([lon, lat], 1), xy) if way == "to_metres" else (
        xy, np.stack([lon, lat], 1))  # fmt: skip
    u, v = ((source - found["middle"]) / found["half"]).T
    terms = np.stack([u**i * v**j for i in range(6) for j in range(6 - i)])
    got = (np.array(found["terms"]) @ terms).T
    assert np.abs(got - wanted).max() < (0.01 if way == "to_metres" else 1e-7)


def test_nobody_is_somewhere_else() -> None:
    """An empty territory is a package too."""
    given = _town()
    none = gpd.GeoDataFrame({"name": [], "class": [], "hazard": [], "level": []}, geometry=[],
                            crs=CRS)  # fmt: skip
    empty = Given(build_network(none), none, none, none, none, none, none)
    assert package(empty, hazards=["flood"], made=ON)["hazards"] == []
    assert package(given, hazards=[], made=ON)["trees"] == []


def test_the_package_of_the_real_streets_is_under_five_megabytes(data_folder: Path) -> None:
    """Five hazards, each with zones of three depths: uncompressed, as a telephone keeps it."""
    roads = gpd.read_file(data_folder / "osm_roads_vallenar.gpkg").to_crs(CRS)
    roads = roads.rename(columns={"fclass": "class"}).reset_index(drop=True)
    net, chance = build_network(roads), np.random.default_rng(5)
    hazards = ["flood", "debris_flow", "dam_break", "earthquake", "wildfire"]
    spots = net.nodes[chance.integers(0, len(net.nodes), 60)]
    points = _frame(
        [
            ({"id": f"p{n}", "code": f"P{n}", "name": f"Punto {n}", "hazard": hazards},
             Point(xy))
            for n, xy in enumerate(spots[:30])
        ]
    )  # fmt: skip
    zones = _frame(
        [
            ({"code": f"Z{n}", "name": f"Zona {n}", "hazard": hazards[n % 5],
              "level": ("bajo", "medio", "alto")[n % 3]}, Point(xy).buffer(400))
            for n, xy in enumerate(spots[30:])
        ]
    )  # fmt: skip
    none = gpd.GeoDataFrame({"name": [], "class": [], "hazard": []}, geometry=[], crs=CRS)
    given = Given(net, roads, zones, points, none, none, none)
    found = package(given, hazards=hazards, made=ON)
    assert len(found["hazards"]) == 5 and found["streets"]["nodes"] == len(net.nodes) > 3000
    sent = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    assert 500_000 < len(sent) < 5_000_000, len(sent)
