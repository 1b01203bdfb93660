"""The demonstration: a town that holds together, drawn the same each time."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from shapely import STRtree
from shapely.geometry import LineString, Point

from sitplan.analysis.heights import read_heights
from sitplan.catalogue import Catalogue
from sitplan.layer import CAPTURE_METHODS, COMMON

from .seeds import DRAWN, LAYERS, SEEDS, STORAGE, features, overlaps, seed

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = CHECKOUT / "scripts"
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "date": str,
         "array": list}  # fmt: skip


@pytest.fixture(scope="module")
def heights() -> Any:
    """The drawing's own heights."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        from demonstration.land import heights
    finally:
        sys.path.remove(str(SCRIPTS))
    return heights


def test_every_layer_with_a_shape_has_a_seed(catalogue: Catalogue) -> None:
    assert {layer.name for layer in catalogue if layer.geometry} == set(SEEDS)


@pytest.mark.parametrize("name", SEEDS)
def test_seed_is_what_the_layer_declares(name: str, catalogue: Catalogue) -> None:
    layer, told = catalogue.layer(name), features(name)
    assert layer.geometry is not None
    assert (LAYERS / name / "seed.geojson").stat().st_size <= 1_000_000
    begins = [(f["properties"]["code"], f["properties"].get("valid_from", "")) for f in told]
    assert begins == sorted(begins) and len(set(begins)) == len(begins)
    for feature in told:
        given = feature["properties"]
        for key, value in given.items():
            if key in COMMON:
                continue
            field = layer.field(key)
            assert field is not None, f"{name} has no field {key}"
            assert field.computed is None
            assert isinstance(value, TYPES[field.type]), (name, key, value)
            if field.codes:
                assert set(value if field.type == "array" else [value]) <= set(field.codes)
        for field in layer.fields:
            assert not field.required or field.name in given, (name, given["code"], field.name)
        assert given["capture_method"] in CAPTURE_METHODS
        kind = feature["geometry"]["type"]
        assert layer.geometry.type in (kind, "Geometry")


@pytest.mark.parametrize("name", SEEDS)
def test_shapes_are_valid_simple_and_within_the_commune(name: str) -> None:
    shapes = seed(name).geometry
    assert shapes.is_valid.all() and not shapes.is_empty.any() and not shapes.has_z.any()
    commune = seed("commune").geometry.iloc[0].buffer(1)
    outside = [code for code, shape in shapes.items() if not commune.contains(shape)]
    assert not outside


@pytest.mark.parametrize("name", DRAWN)
def test_every_drawn_thing_says_that_it_is_a_drawing(name: str, catalogue: Catalogue) -> None:
    assert catalogue.layer(name).illustrative
    assert seed(name)["notes"].str.contains("Dibujo ilustrativo: inventado").all()


def test_references_lead_somewhere(catalogue: Catalogue) -> None:
    for name in DRAWN:
        for field in catalogue.layer(name).fields:
            if field.references and field.references in SEEDS:
                told = {f["properties"].get(field.name) for f in features(name)} - {None}
                assert told <= set(seed(field.references).index), (name, field.name)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("neighbourhoods", 22, 28), ("rural_localities", 20, 20), ("green_areas", 40, 42),
     ("census_blocks", 350, 900), ("commune", 1, 1), ("evacuation_routes", 15, 40),
     ("meeting_points", 15, 40), ("safe_zones", 4, 20), ("hazard_zones", 8, 40),
     ("facilities", 50, 150), ("street_assets", 200, 2000)],
)  # fmt: skip
def test_counts(name: str, least: int, most: int) -> None:
    assert least <= len(seed(name)) <= most


def test_commune_is_about_as_large_as_it_is() -> None:
    assert seed("commune").geometry.iloc[0].area / 1e6 == pytest.approx(7_228.14, rel=0.03)


def test_people_of_the_town() -> None:
    blocks = seed("census_blocks")
    town = blocks[blocks["area_kind"] == "urbana"]
    assert 43_000 <= town["population"].sum() <= 47_000
    assert (town.loc[town["dwellings"] == 0, "population"] == 0).all()
    assert seed("neighbourhoods")["population"].sum() == town["population"].sum()


# ------------------------------------------------------------------ the town holds together


@cache
def streets() -> GeoDataFrame:
    return seed("roads")


def test_streets_meet_blocks() -> None:
    tree = STRtree(streets().geometry)
    blocks = seed("census_blocks")
    found, distance = tree.query_nearest(blocks.geometry, return_distance=True, all_matches=False)
    assert len(found[0]) == len(blocks)
    assert distance.max() <= 15


def test_no_street_crosses_a_block() -> None:
    blocks = seed("census_blocks")
    roads, crossed = STRtree(blocks.geometry).query(streets().geometry, predicate="intersects")
    assert [
        (streets().index[r], blocks.index[b]) for r, b in zip(roads, crossed, strict=True)
    ] == []


def test_streets_share_a_vertex_where_they_cross() -> None:
    ground = streets()[~streets()["class"].isin(["motorway"])]
    lines = list(ground.geometry)
    vertices = [
        {(round(x, 1), round(y, 1)) for x, y in shapely.get_coordinates(line)} for line in lines
    ]
    loose = []
    for i, j in zip(*STRtree(lines).query(lines, predicate="intersects"), strict=True):
        if i >= j:
            continue
        for spot in shapely.get_coordinates(lines[i].intersection(lines[j])):
            here = {
                (round(spot[0] + dx, 1), round(spot[1] + dy, 1))
                for dx in (-0.1, 0, 0.1)
                for dy in (-0.1, 0, 0.1)
            }
            if not (here & vertices[i] and here & vertices[j]):
                loose.append((ground.index[i], ground.index[j]))
    assert loose == []


def test_streets_of_the_town_hang_together() -> None:
    """From any street one can drive to any other without the motorway."""
    ground = streets()[streets()["class"] != "motorway"]
    near = ground[ground.intersects(seed("urban_limits").geometry.iloc[0])]
    parent: dict[Any, Any] = {}

    def root(node: Any) -> Any:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for line in ground.geometry:
        ends = [(round(x), round(y)) for x, y in shapely.get_coordinates(line)]
        for node in ends[1:]:
            parent[root(node)] = root(ends[0])
    seen = {
        root((round(x), round(y))) for line in near.geometry
        for x, y in shapely.get_coordinates(line)[:1]
    }  # fmt: skip
    assert len(seen) == 1


def test_neighbourhoods_do_not_overlap() -> None:
    assert overlaps(seed("neighbourhoods")) == []


def test_every_town_block_lies_in_one_neighbourhood() -> None:
    blocks = seed("census_blocks")
    town = blocks[blocks["area_kind"] == "urbana"]
    hits, _ = STRtree(seed("neighbourhoods").geometry).query(town.geometry, predicate="within")
    assert sorted(hits) == list(range(len(town)))


def test_green_areas_keep_clear_of_blocks_streets_and_each_other() -> None:
    green = seed("green_areas")
    assert overlaps(green, seed("census_blocks")) == []
    assert overlaps(green) == []
    hits = STRtree(green.geometry).query(streets().geometry, predicate="intersects")
    assert [(streets().index[a], green.index[b]) for a, b in zip(*hits, strict=True)] == []


def test_blocks_zones_and_districts_do_not_overlap() -> None:
    for name in ("census_blocks", "zones", "census_districts", "safe_zones"):
        assert overlaps(seed(name)) == [], name


def test_districts_fill_the_commune() -> None:
    whole = seed("commune").geometry.iloc[0]
    assert seed("census_districts").geometry.area.sum() == pytest.approx(whole.area, rel=1e-6)


def test_localities_are_joined_by_a_road_to_the_town() -> None:
    roads = STRtree(streets().geometry)
    for name, spot in zip(
        seed("rural_localities")["name"], seed("rural_localities").geometry, strict=True
    ):
        away = roads.query_nearest(spot, return_distance=True)[1].min()
        assert away <= (6_000 if name == "Donkey" else 150), (name, away)


def test_localities_have_the_schools_and_health_posts_they_say() -> None:
    places = seed("facilities")
    for _, one in seed("rural_localities").iterrows():
        for said, kind in (("school", "escuela"), ("health_post", "posta")):
            near = places[(places["kind"] == kind) & (places.distance(one.geometry) < 500)]
            assert one[said] == (len(near) > 0), (one["name"], kind)


# ------------------------------------------------------------------ the land


def test_the_river_lies_below_the_terraces(heights: Any) -> None:
    river = seed("waterways").query("name == 'Río Huasco'").geometry.iloc[0]
    spots = [river.interpolate(s) for s in np.arange(0, river.length, 60)]
    level = heights(np.array([p.x for p in spots]), np.array([p.y for p in spots]))
    assert (np.diff(level) < 0.05).all(), "the river climbs"
    tree = STRtree(spots)
    blocks = seed("census_blocks")
    town = blocks[blocks["area_kind"] == "urbana"].geometry.centroid
    above = heights(town.x.to_numpy(), town.y.to_numpy()) - level[tree.nearest(town)]
    assert above.min() > 3
    terraces = seed("safe_zones").geometry
    inner = np.array([terraces.contains(p).any() for p in town])
    assert above[inner].min() > 30, "a terrace lies low"


def test_hazard_levels_of_the_flood_are_nested() -> None:
    flood = seed("hazard_zones").query("hazard == 'flood'").set_index("level").geometry
    assert flood["alto"].difference(flood["medio"]).area < 1
    assert flood["medio"].difference(flood["bajo"]).area < 1


# ------------------------------------------------------------------ ways out


def test_meeting_points_lie_outside_their_hazard() -> None:
    zones = seed("hazard_zones")
    water = zones[zones["hazard"].isin(["flood", "dam_break"])]
    for code, point in seed("meeting_points").iterrows():
        mine = zones[zones["hazard"].isin(point["hazard"])]
        assert not mine.contains(point.geometry).any(), code
        if "flood" in point["hazard"]:
            assert not water.buffer(20).contains(point.geometry).any(), code


def route_lines() -> list[tuple[str, Any, LineString]]:
    return [
        (code, row, shapely.line_merge(row.geometry, directed=True))
        for code, row in seed("evacuation_routes").iterrows()
    ]


def test_routes_follow_streets_and_cross_neither_block_nor_river() -> None:
    blocks = STRtree(seed("census_blocks").geometry)
    ground = streets()[~streets()["bridge"].astype(bool)]
    paved = shapely.union_all(ground.geometry.buffer(0.3).to_numpy())
    waters = seed("waterways")
    river = waters[waters["class"] == "river"].geometry.union_all()
    beds = seed("water_bodies").query("`class` == 'river'").geometry.union_all()
    for code, _, line in route_lines():
        assert line.geom_type == "LineString", code
        assert len(blocks.query(line, predicate="intersects")) == 0, code
        assert not line.intersects(river) and not line.intersects(beds), code
        assert line.difference(paved).length < 0.5, code


def test_routes_start_in_danger_and_end_at_their_meeting_point_out_of_it() -> None:
    points, zones, safe = seed("meeting_points"), seed("hazard_zones"), seed("safe_zones")
    for code, row, line in route_lines():
        start, end = Point(line.coords[0]), Point(line.coords[-1])
        point = points.loc[row["to_point"]]
        assert end.distance(point.geometry) <= 30, code
        assert set(row["hazard"]) <= set(point["hazard"]), code
        assert zones.loc[row["from_zone"]].geometry.distance(start) <= 30, code
        mine = zones[zones["hazard"].isin(row["hazard"])]
        assert not mine.contains(end).any(), code
        if "flood" in row["hazard"]:
            assert safe.distance(end).min() <= 30, code
        assert line.length > 300, code


def test_routes_climb_out_of_the_water(heights: Any) -> None:
    for code, row, line in route_lines():
        if "flood" in row["hazard"]:
            ends = np.array([line.coords[0], line.coords[-1]])
            low, high = heights(ends[:, 0], ends[:, 1])
            assert high - low > 20, code


def test_routes_carry_an_act_that_says_it_is_none() -> None:
    routes = seed("evacuation_routes")
    assert (routes["approval_act"] == "ilustrativo, sin valor").all()
    assert routes[["approved_by", "approved_on"]].notna().all().all()
    assert not routes["crosses_river"].any()
    assert not ((routes["accessible"] == "yes") & routes["has_stairs"]).any()


# ------------------------------------------------------------------ the same each time


def test_drawing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice, with other hashes of text: the same as what is committed."""
    for turn in ("1", "2"):
        home = tmp_path / turn
        for name in DRAWN:
            (home / name).mkdir(parents=True)
            (home / name / "layer.yaml").write_bytes((LAYERS / name / "layer.yaml").read_bytes())
        (home / "territory.yaml").write_bytes((LAYERS / "territory.yaml").read_bytes())
        subprocess.run(
            [sys.executable, SCRIPTS / "draw_demonstration.py", home],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": turn},
        )
    for name in DRAWN:
        first, second = (tmp_path / turn / name / "seed.geojson" for turn in ("1", "2"))
        assert first.read_bytes() == second.read_bytes(), name
        assert first.read_bytes() == (LAYERS / name / "seed.geojson").read_bytes(), name
    drawn = [read_heights(f / "heights.tif", crs=f"EPSG:{STORAGE}")
             for f in (tmp_path / "1", LAYERS)]  # fmt: skip
    assert drawn[0].key == drawn[1].key  # the same ground, whatever library packed it
    assert (LAYERS / "heights.tif").stat().st_size < 1_000_000


def test_nothing_is_taken_from_published_data(data_folder: Path) -> None:
    """No line or outline of the drawing runs along one of the real data for long."""
    real = gpd.read_file(data_folder / "commune_vallenar_ine2017.geojson").to_crs(STORAGE)
    theirs = {(round(x, 1), round(y, 1)) for x, y in shapely.get_coordinates(real.geometry)}
    ours = {
        (round(x, 1), round(y, 1)) for x, y in shapely.get_coordinates(seed("commune").geometry)
    }
    assert not theirs & ours
    blocks = gpd.read_file(data_folder / "census2017_blocks_vallenar.gpkg").to_crs(STORAGE)
    drawn = seed("census_blocks").geometry
    tree = STRtree(blocks.geometry)
    for shape in drawn:
        for i in tree.query(shape, predicate="intersects"):
            other = blocks.geometry.iloc[i]
            assert shape.intersection(other).area < 0.97 * shape.union(other).area
