"""Rural localities: minutes, lacks and need, equal to the hand calculation."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from sitplan.analysis.access import WEIGHTS, is_paved, rural_access, services, surface_told
from sitplan.analysis.network import build_network
from sitplan.errors import BadRequest, WrongCrs

from .drawn import CRS, roads

TODAY = date(2026, 11, 27)
#  village —(6 km gravel, 60 km/h)— crossing —(4 km asphalt, 40 km/h)— city
GRAVEL = ([(0, 0), (6000, 0)], {"class": "unclassified", "surface": "ripio", "maxspeed_kmh": 60})
ASPHALT = ([(6000, 0), (10000, 0)], {"class": "tertiary", "maxspeed_kmh": 40})
CITY = gpd.GeoSeries([Point(10000, 0)], crs=CRS)


def places(**rows: dict[str, Any]) -> gpd.GeoDataFrame:
    told = [{"code": k, "name": k, "population": 100} | v for k, v in rows.items()]
    return gpd.GeoDataFrame(told, geometry="geometry", crs=CRS).set_index("code", drop=False)


def buildings(*rows: tuple[str, str, Point] | tuple[str, str, Point, str]) -> gpd.GeoDataFrame:
    told = [(r[0], r[1], r[3] if len(r) > 3 else "vigente") for r in rows]
    frame = pd.DataFrame(told, columns=["name", "kind", "operation"])
    return gpd.GeoDataFrame(frame, geometry=[r[2] for r in rows], crs=CRS)


VILLAGE = {
    "geometry": Point(0, 120), "water_system": "apr", "sewer": False, "electricity": True,
    "lighting": False, "mobile_coverage": True, "health_post": None, "school": True,
}  # fmt: skip
SERVED = buildings(
    ("Posta", "posta", Point(3000, 0)),
    ("Cerrada", "posta", Point(0, 0), "cerrado"),
    ("Escuela", "escuela", Point(10000, 0)),
    ("Museo", "museo", Point(0, 0)),
)


def test_minutes_by_car_with_the_walk_to_the_street() -> None:
    net = build_network(roads(GRAVEL, ASPHALT))
    found = rural_access(places(v=VILLAGE), SERVED, net, city=CITY, on=TODAY).frame.loc["v"]
    walk = 120 / 1.2 / 60  # minutes
    assert found["city_min"] == pytest.approx(walk + 6 + 6)
    assert found["health_min"] == pytest.approx(walk + 3), "the closed post does not count"
    assert found["nearest_health"] == "Posta" and found["nearest_school"] == "Escuela"
    assert found["school_min"] == pytest.approx(walk + 12)
    assert found["paved_min"] == pytest.approx(walk + 6)
    assert found["unpaved_m"] == pytest.approx(6120)
    assert found["road_m"] == pytest.approx(120)


def test_missing_is_what_is_told_to_be_missing() -> None:
    told = services(places(v=VILLAGE, w={"geometry": Point(0, 0), "water_system": "pozo"}))
    assert told.loc["v"].tolist()[:5] == [0, 1, 0, 1, 0]
    assert np.isnan(told.loc["v", "health_post"]) and told.loc["v", "school"] == 0
    assert told.loc["w"].tolist()[0] == 1 and told.loc["w"].isna().sum() == 6
    assert services(places(v={"geometry": Point(0, 0)})).isna().all(axis=None)


def test_need_is_the_weighted_mean_and_its_parts_stand_beside_it() -> None:
    net = build_network(roads(GRAVEL, ASPHALT))
    weights = {"city": 1, "health": 2, "services": 5}
    result = rural_access(places(v=VILLAGE), SERVED, net, city=CITY, on=TODAY, weights=weights)
    found = result.frame.loc["v"]
    assert found["missing"] == ["sewer", "lighting"]
    assert (found["missing_count"], found["unknown_count"]) == (2, 1)
    minutes = 120 / 1.2 / 60
    assert found["need_city"] == pytest.approx(100 / 8 * (minutes + 12) / 60)
    assert found["need_health"] == pytest.approx(100 * 2 / 8 * (minutes + 3) / 30)
    assert found["need_services"] == pytest.approx(100 * 5 / 8 * 2 / 6)
    assert found["need_school"] == found["need_paved"] == 0
    parts = [f"need_{w}" for w in WEIGHTS]
    assert found["need"] == pytest.approx(found[parts].sum())
    assert found["need_people"] == pytest.approx(found["need"])
    told = {p["name"]: p["value"] for p in result.method.told("es")["parameters"]}
    assert told["need_weights"] == weights, "the result shows the weights it was made with"
    assert "depende de los pesos" in result.method.text("es")


def test_who_stands_on_streets_that_nothing_joins_walks_to_those_that_are() -> None:
    island = ([(1200, 2400), (1210, 2400)], {"class": "track"})
    net = build_network(roads(GRAVEL, ASPHALT, island))
    apart = places(v={"geometry": Point(1200, 2400)})
    result = rural_access(apart, SERVED, net, city=CITY, on=TODAY)
    found = result.frame.loc["v"]
    assert found["city_min"] == pytest.approx(2400 / 1.2 / 60 + 4.8 + 6)
    assert found["unpaved_m"] == pytest.approx(2400 + 4800)
    assert found["nearest_health"] == "Posta" and found["road_m"] == 0
    assert "1 localidades están en calles que el dibujo no une al resto" in result.method.text()


def test_who_reaches_nothing_is_in_full_need_and_told() -> None:
    # one may only come from the city: nobody gets there
    oneway = ([(5000, 9000), (5000, 0)], {"class": "track", "oneway": "backward"})
    net = build_network(roads(GRAVEL, ASPHALT, oneway))
    far = {"geometry": Point(5000, 9000)}
    result = rural_access(places(v=VILLAGE, far=far), SERVED, net, city=CITY, on=TODAY)
    found = result.frame.loc["far"]
    assert np.isnan(found["city_min"]) and pd.isna(found["nearest_school"])
    assert found["need"] == pytest.approx(100), "its services are unknown: they weigh nothing"
    assert found["rank"] == 1 and result.frame.loc["v", "rank"] == 2
    assert "1 localidades no llegan a la ciudad" in result.method.text("es")


def test_a_road_without_a_surface_is_as_its_class_and_the_result_says_so() -> None:
    net = build_network(roads(GRAVEL, ASPHALT, ([(0, 50), (0, 90)], {"class": "residential"})))
    assert is_paved(net).tolist() == [False, True, False]
    assert surface_told(net) == pytest.approx(6000 / 10040)
    result = rural_access(places(v=VILLAGE), SERVED, net, city=CITY, on=TODAY)
    assert "El 60 % de la red (por largo) declara su superficie" in result.method.text("es")


def test_beside_a_paved_road_one_is_on_it() -> None:
    net = build_network(roads(GRAVEL, ASPHALT))
    near = places(v={"geometry": Point(8000, 36)})
    found = rural_access(near, SERVED, net, city=CITY, on=TODAY).frame.loc["v"]
    assert found["unpaved_m"] == pytest.approx(36) and found["paved_min"] == pytest.approx(0.5)


@pytest.mark.parametrize("weights", [{}, {"city": 0}, {"city": -1, "health": 2}, {"colour": 1}])
def test_weights_that_order_nothing_are_refused(weights: dict) -> None:
    net = build_network(roads(GRAVEL))
    with pytest.raises(BadRequest):
        rural_access(places(v=VILLAGE), SERVED, net, city=CITY, on=TODAY, weights=weights)


def test_degrees_are_refused() -> None:
    net = build_network(roads(GRAVEL))
    with pytest.raises(WrongCrs):
        rural_access(places(v=VILLAGE).to_crs(4326), SERVED, net, city=CITY, on=TODAY)


NET = build_network(
    roads(
        GRAVEL,
        ASPHALT,
        ([(6000, 0), (6000, 5000)], {"class": "residential"}),
        LineString([(3000, -4000), (3000, 4000)]).coords[:],
    )
)
spot = st.tuples(st.integers(-500, 10500), st.integers(-4500, 5500)).map(Point)
truth = st.sampled_from([True, False, None])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(spot, truth, truth), min_size=1, max_size=6), spot, st.floats(0.1, 10))
def test_need_is_bounded_more_schools_never_lengthen_a_journey(
    drawn: list, another: Point, scale: float
) -> None:
    rows = {
        f"v{n}": {"geometry": g, "sewer": s, "lighting": w} for n, (g, s, w) in enumerate(drawn)
    }
    here = places(**rows)
    before = rural_access(here, SERVED, NET, city=CITY, on=TODAY).frame
    assert before["need"].between(0, 100 + 1e-9).all()
    parts = before[[f"need_{w}" for w in WEIGHTS]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(before["need"].to_numpy())
    assert before["rank"].min() == 1
    more = pd.concat([SERVED, buildings(("Otra", "escuela", another))], ignore_index=True)
    after = rural_access(here, more, NET, city=CITY, on=TODAY).frame
    assert (after["school_min"] <= before["school_min"] + 1e-9).all()
    assert (after["need"] <= before["need"] + 1e-9).all()
    scaled = {w: v * scale for w, v in WEIGHTS.items()}
    same = rural_access(here, SERVED, NET, city=CITY, on=TODAY, weights=scaled).frame
    assert same["rank"].tolist() == before["rank"].tolist()
