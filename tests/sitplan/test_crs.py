"""Boxes, axes and envelopes: what PROJ says, and what a world-wide box must not break."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sitplan.crs import (
    CRS84,
    HALF_WORLD_M,
    LON_LAT,
    WEB_MERCATOR,
    Box,
    box_polygon,
    carry_box,
    crs_of,
    offered_crs,
    parse_bbox,
    parse_crs,
    rounded_outwards,
    tile_envelope,
    tile_reach,
)
from sitplan.errors import BadRequest, WrongCrs

STORAGE = 32719
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def test_axes_are_projs() -> None:
    flipped = {code: crs_of(code).is_flipped for code in (4326, 5360, 3857, 32719, 5361, 24879)}
    assert flipped == {4326: True, 5360: True, 3857: False, 32719: False, 5361: False, 24879: False}
    with pytest.raises(WrongCrs):
        crs_of(999999)


def test_offered_begins_with_crs84_and_leaves_out_what_proj_lacks() -> None:
    offered = offered_crs(STORAGE, (4326, 999999, STORAGE))
    assert [c.uri for c in offered] == [CRS84.uri, EPSG + "32719", EPSG + "4326"]


@pytest.mark.parametrize(
    ("text", "srid", "flipped"),
    [
        (CRS84.uri, 4326, False),
        ("[OGC:CRS84]", 4326, False),
        (EPSG + "4326", 4326, True),
        (EPSG + "32719", 32719, False),
        ("<" + EPSG + "32719>", 32719, False),
        ("[EPSG:32719]", 32719, False),
        ("https://www.opengis.net/def/crs/EPSG/9.9.1/32719", 32719, False),
    ],
)
def test_crs_by_uri_and_curie(text: str, srid: int, flipped: bool) -> None:
    found = parse_crs(text, offered_crs(STORAGE, (4326,)))
    assert (found.srid, found.is_flipped) == (srid, flipped)


@pytest.mark.parametrize("text", ["", "EPSG", EPSG + "3857", EPSG, "http://example.org/crs/1"])
def test_unknown_crs_names_those_offered(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_crs(text, offered_crs(STORAGE))
    assert EPSG + "32719" in caught.value.hint()


def test_bbox_in_every_form() -> None:
    assert parse_bbox("-71,-29,-70,-28") == (Box(-71, -29, -70, -28),)
    assert parse_bbox("-71,-29,-100,-70,-28,9000") == (Box(-71, -29, -70, -28),)
    assert parse_bbox("-29,-71,-28,-70", crs_of(4326)) == (Box(-71, -29, -70, -28),)
    assert parse_bbox("177,65,-177,70") == (Box(177, 65, 180, 70), Box(-180, 65, -177, 70))
    assert parse_bbox("65,177,70,-177", crs_of(4326)) == parse_bbox("177,65,-177,70")
    assert parse_bbox("-180,-90,180.0000153,90")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "1,2,3,nan",
        "1,2,3,inf",
        "0,1,0,-1",
        "1,2,3,1e999",
        "1,,2,3",
    ],
)
def test_what_is_no_bbox(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_bbox(text)
    if text == "0,1,0,-1":
        with pytest.raises(BadRequest):
            parse_bbox("5,0,4,1", crs_of(STORAGE))


def test_a_box_bends_on_the_ground() -> None:
    """The parallel of one degree lies 100 m off the straight line between its ends in UTM."""
    box = Box(-71, -29, -70, -28)
    shape = box_polygon(box, source=LON_LAT, target=STORAGE)
    assert shape is not None
    middle = carry_box(Box(-70.5, -28, -70.5, -28), source=LON_LAT, target=STORAGE)
    assert middle is not None
    assert shape.distance(shapely.Point(middle.west, middle.south)) < 0.01
    straight = shapely.box(*shape.bounds)
    assert straight.area - shape.area > 1e6


@pytest.mark.parametrize("target", [STORAGE, 5361, WEB_MERCATOR, LON_LAT])
def test_the_world_is_cut_to_what_a_system_holds(target: int) -> None:
    shape = box_polygon(Box(-180, -90, 180.0000153, 90), source=LON_LAT, target=target)
    assert shape is not None and shape.is_valid
    town = carry_box(Box(-70.76, -28.58, -70.75, -28.57), source=LON_LAT, target=target)
    assert town is not None and shape.contains(shapely.box(*town.corners))


def test_a_box_on_the_other_side_of_the_world_is_nowhere() -> None:
    assert box_polygon(Box(177, 65, 180, 70), source=LON_LAT, target=STORAGE) is None
    assert box_polygon(Box(1e9, 1e9, 2e9, 2e9), source=WEB_MERCATOR, target=STORAGE) is None


def test_absurd_metres_are_cut_too() -> None:
    for source in (WEB_MERCATOR, 5361):
        shape = box_polygon(Box(-1e12, -1e12, 1e12, 1e12), source=source, target=STORAGE)
        assert shape is not None and shape.contains(shapely.Point(328000, 6838000))


def test_a_box_may_have_shrunk_to_a_point() -> None:
    shape = box_polygon(Box(-70.7, -28.5, -70.7, -28.5), source=LON_LAT, target=STORAGE)
    assert shape is not None and shape.geom_type == "Point"
    line = box_polygon(Box(-70.7, -28.5, -70.6, -28.5), source=LON_LAT, target=STORAGE)
    assert line is not None and line.length > 9_000


@given(st.floats(-71.2, -70.0), st.floats(-29.3, -28.0), st.floats(1e-4, 0.5), st.floats(1e-4, 0.5))
def test_what_lies_in_a_box_lies_in_its_polygon(w: float, s: float, dx: float, dy: float) -> None:
    shape = box_polygon(Box(w, s, w + dx, s + dy), source=LON_LAT, target=STORAGE)
    assert shape is not None
    for share_x, share_y in ((0.001, 0.5), (0.5, 0.001), (0.999, 0.5), (0.5, 0.999)):
        x, y = w + dx * share_x, s + dy * share_y
        there = carry_box(Box(x, y, x, y), source=LON_LAT, target=STORAGE)
        assert there is not None
        assert shape.covers(shapely.Point(there.west, there.south))


def test_tiles_of_the_corner_and_of_the_world() -> None:
    assert tile_envelope(0, 0, 0) == Box(-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M)
    assert tile_envelope(2, 3, 0).east == pytest.approx(HALF_WORLD_M)
    world = tile_reach(0, 0, 0, margin=64 / 4096, srid=STORAGE)
    assert world is not None and world.west < 280_000 and world.south < 6_700_000
    assert tile_reach(3, 7, 0, margin=0.0, srid=STORAGE) is None


def test_a_tile_reaches_as_far_as_its_margin() -> None:
    """Every point of the square, in the storage CRS, lies in the box that the index is asked."""
    reach = tile_reach(12, 1243, 2387, margin=64 / 4096, srid=STORAGE)
    assert reach is not None
    square = tile_envelope(12, 1243, 2387, margin=64 / 4096)
    for x in (square.west, square.east, (square.west + square.east) / 2):
        for y in (square.south, square.north, (square.south + square.north) / 2):
            there = carry_box(Box(x, y, x, y), source=WEB_MERCATOR, target=STORAGE)
            assert there is not None and there.meets(reach.padded(0.01))


def test_outwards_is_outwards() -> None:
    box = rounded_outwards(Box(-71.12345678, -29.12345672, -70.98765431, -28.0000001), digits=6)
    assert box == Box(-71.123457, -29.123457, -70.987654, -28.0)
