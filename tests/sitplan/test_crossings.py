"""Crossings of drawn streets, by hand; and of the real streets, where they are."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from sitplan.addresses import Pair
from sitplan.analysis.network import build_network
from sitplan.crossings import Streets, streets_of

CRS = 32719
DRAWN = {
    # name: lines; Prat runs east, the others cross it; the bridge passes over, the far one is apart
    "Arturo Prat": [[(0, 0), (100, 0)], [(100, 0), (400, 0)]],
    "Avenida Brasil": [[(100, -100), (100, 100)]],
    "Brasil Norte": [[(100, 100), (100, 300)]],
    "O'Higgins": [[(200, -100), (200, 100)]],
    "Dos Carreras": [[(300, -100), (300, 100)], [(312, -100), (312, 100)]],
    "Puente Alto": [[(350, -100), (350, 100)]],
    "Pasaje Ñuñoa": [[(500, -50), (500, 50)]],
    "Calle 12": [[(0, 50), (0, 400)], [(0, 0), (0, 50)]],
    "Vuelta": [[(20, 0), (20, 60), (80, 60), (80, 0)]],
}


@pytest.fixture(scope="module")
def streets() -> Streets:
    rows = [(name, line) for name, lines in DRAWN.items() for line in lines]
    rows += [(None, [(500, 50), (500, 90)])]
    roads = gpd.GeoDataFrame(
        {
            "name": [name for name, _ in rows],
            "class": "residential",
            "bridge": [name == "Puente Alto" for name, _ in rows],
            "level": [1 if name == "Puente Alto" else 0 for name, _ in rows],
        },
        geometry=[LineString(line) for _, line in rows],
        index=[f"R{n}" for n in range(len(rows))],
        crs=CRS,
    )
    return streets_of(build_network(roads), roads, CRS)


@pytest.mark.parametrize(
    "pair",
    [
        ("Prat", "Brasil"), ("arturo prat", "BRASIL"), ("Calle Arturo Prat", "Av. Brasil"),
        ("brasil", "prat"), ("Pasaje Prat", "avda brasil"), ("art prat", "avenida brasil"),
        ("Artuto Prat", "Brasil"),
    ],
)  # fmt: skip
def test_two_streets_meet_where_they_cross(streets: Streets, pair: tuple[str, str]) -> None:
    first = streets.crossings(Pair(*pair))[0]
    assert {first.first, first.second} == {"Arturo Prat", "Avenida Brasil"}
    assert first.xy == pytest.approx((100, 0), abs=0.01)


def test_apostrophes_accents_and_tildes_are_forgiven(streets: Streets) -> None:
    for text in ("ohiggins", "O’Higgins", "o'higgins", "OHIGGINS", "o higgins"):
        assert streets.crossings(Pair(text, "prat"))[0].xy == pytest.approx((200, 0)), text
    assert streets.sure("nunoa") == ["Pasaje Ñuñoa"]


def test_carriageways_are_one_crossing_and_a_loop_is_two(streets: Streets) -> None:
    assert len(streets.crossings(Pair("Prat", "Dos Carreras"))) == 1
    loop = streets.crossings(Pair("Prat", "Vuelta"))
    assert sorted(one.xy for one in loop) == [pytest.approx((20, 0)), pytest.approx((80, 0))]


def test_over_a_bridge_nobody_meets(streets: Streets) -> None:
    assert streets.crossings(Pair("Prat", "Puente Alto")) == []
    assert streets.crossings(Pair("Prat", "Ñuñoa")) == []
    assert streets.crossings(Pair("Prat", "Inexistente")) == []


def test_the_crossings_of_a_street(streets: Streets) -> None:
    others = [one.second for one in streets.along("Arturo Prat")]
    assert others == ["Avenida Brasil", "Calle 12", "Dos Carreras", "O'Higgins", "Vuelta", "Vuelta"]


def test_a_place_is_told_by_the_crossing_nearest_to_it(streets: Streets) -> None:
    there = streets.corner((104.0, 3.0), within_m=150)
    assert there is not None and there.metres == pytest.approx(5)
    assert (there.first, there.second) == ("Arturo Prat", "Avenida Brasil"), "the greater first"
    assert streets.corner((100.0, 300.0), within_m=150) is None, "one street alone crosses nothing"
    assert streets.corner((500.0, 0.0), within_m=150) is None
    far = streets.corner((500.0, 0.0), within_m=200)
    assert far is not None and far.second == "Dos Carreras"


def test_what_is_sure_and_what_is_not(streets: Streets) -> None:
    assert streets.named("Arturo Prat")[0] == ("Arturo Prat", 4)
    assert streets.named("Brasil")[0] == ("Avenida Brasil", 3), "the very name before a longer one"
    assert streets.sure("calle") == [] == streets.sure("") == streets.sure("pra")
    assert streets.sure("calle 12") == ["Calle 12"] and streets.named("calle 13") == []


def test_real_streets_cross_where_their_lines_do(data_folder: Path) -> None:
    roads = gpd.read_file(data_folder / "osm_roads_vallenar.gpkg").to_crs(CRS)
    roads = roads.rename(columns={"fclass": "class"}).reset_index(drop=True)
    found = streets_of(build_network(roads), roads, CRS)
    corners = (
        ("Prat con Brasil", "Arturo Prat", "Brasil"),
        ("o'higgins / prat", "O'Higgins", "Arturo Prat"),
        ("calle valparaiso esq. avda prat", "Valparaíso", "Arturo Prat"),
        ("nuble con arturo prat", "Ñuble", "Arturo Prat"),
        ("MATTA Y PRAT", "Avenida Matta", "Arturo Prat"),
    )  # fmt: skip
    from sitplan.addresses import pairs

    for text, one, other in corners:
        best = next(c for pair in pairs(text) for c in found.crossings(pair))
        assert {best.first, best.second} == {one, other}, text
        for name in (one, other):
            lines = roads.geometry[roads["name"] == name]
            assert lines.distance(Point(best.xy)).min() < 30, (text, name)
    assert found.crossings(Pair("Prat", "Ruta 5 Norte")) == []
