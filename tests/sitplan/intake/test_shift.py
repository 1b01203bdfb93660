"""Displacements found again: by key, by shape, by streets through blocks; none invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import CRS

from sitplan.intake.datum import Proposal, rank
from sitplan.intake.displaced import describe_shift, explain_crossings, explain_shift
from sitplan.intake.read import read
from sitplan.intake.shift import Shift, crossings, share_on, shift_by_key, shift_by_shape
from sitplan.intake.source import Asked
from sitplan.intake.systems import Ground, carry_shapes, into_storage
from tests.data import broken as b

UTM = CRS.from_epsg(b.STORAGE)
AT = np.array([[b.EAST, b.NORTH]])
STREETS = np.array(b.streets(), dtype=object)
CORNERS = shapely.points(np.unique(shapely.get_coordinates(STREETS), axis=0))
BLOCKS = np.array(b.blocks_between(b.streets()), dtype=object)
PSAD, SAD, GENERAL, BALLPARK = (184.1, 375.4), (58.0, 39.4), (-17.2, 39.3), (58.6, 50.4)


def _shaken(shapes: NDArray[np.object_], chance: np.random.Generator) -> NDArray[np.object_]:
    """The shapes as somebody else would draw them, two metres off here and there."""

    def shake(points: np.ndarray) -> np.ndarray:
        known = {tuple(p): p + chance.normal(0, 2, 2) for p in np.unique(points, axis=0).tolist()}
        return np.array([known[tuple(p)] for p in points.tolist()])

    return np.array([shapely.transform(s, shake) for s in shapes], dtype=object)


@pytest.mark.parametrize("shapes", [STREETS, CORNERS, BLOCKS], ids=["lines", "points", "polygons"])
@pytest.mark.parametrize("by", [PSAD, SAD, GENERAL, (-320.0, 44.0), (0.0, -25.0), (700.0, 10.0)])
def test_a_shift_is_found_by_shape(shapes: NDArray[np.object_], by: tuple[float, float]) -> None:
    """Lines, points and polygons displaced by a vector give that vector back."""
    found = shift_by_shape(np.array(b.moved(shapes, *by), dtype=object), shapes)
    assert found is not None
    assert (found.dx, found.dy) == pytest.approx(by, abs=0.5)


@pytest.mark.parametrize("shapes", [STREETS, CORNERS, BLOCKS], ids=["lines", "points", "polygons"])
def test_what_is_in_its_place_is_left_there(shapes: NDArray[np.object_]) -> None:
    """No displacement for none, nor for what people digitise, nor for unrelated shapes."""
    chance = np.random.default_rng(1)
    shaken = _shaken(shapes, chance)
    others = np.array(b.streets(seed=99), dtype=object)
    assert shift_by_shape(shapes, shapes) is None
    assert shift_by_shape(shaken, shapes) is None
    assert shift_by_shape(others, shapes) is None
    assert shift_by_shape(shapes[:5], np.array([], dtype=object)) is None


def test_other_peoples_drawing_still_agrees() -> None:
    """The same streets drawn by others, two metres off here and there, and half of them new."""
    chance = np.random.default_rng(3)
    drawn = _shaken(STREETS, chance)
    new = b.moved(b.streets(seed=7)[:120], 200, 90)
    mixed = np.array([*b.moved(drawn, *PSAD), *new], dtype=object)
    found = shift_by_shape(mixed, STREETS)
    assert found is not None
    assert (found.dx, found.dy) == pytest.approx(PSAD, abs=2)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.floats(-700, 700), st.floats(-700, 700)),
    st.integers(6, 40),
    st.floats(0, 0.3),
)
def test_a_shift_is_found_by_key(by: tuple[float, float], count: int, strays: float) -> None:
    """Features of the same key, some of them truly moved: the vector that most share."""
    chance = np.random.default_rng(count)
    known = chance.uniform(0, 5000, (count, 2))
    incoming = known + by + chance.normal(0, 0.5, known.shape)
    moved = int(strays * count)
    incoming[:moved] += chance.uniform(-2000, 2000, (moved, 2))
    found = shift_by_key(incoming, known)
    if np.hypot(*by) < 14:
        assert found is None or found.length < 17
    elif np.hypot(*by) > 17:
        assert found is not None
        assert (found.dx, found.dy) == pytest.approx(by, abs=1.5)


def test_features_that_moved_each_its_own_way_are_no_shift() -> None:
    """An update of positions is not a datum."""
    known = np.random.default_rng(2).uniform(0, 5000, (30, 2))
    incoming = known + np.random.default_rng(4).normal(0, 120, known.shape)
    assert shift_by_key(incoming, known) is None
    assert shift_by_key(known[:2] + 100, known[:2]) is None


@pytest.mark.parametrize(
    ("by", "code", "crs"),
    [
        (PSAD, "shift_datum", "EPSG:24879"),
        (SAD, "shift_datum", "EPSG:29189"),
        (GENERAL, "shift_operation", "EPSG:24879"),
        (BALLPARK, "shift_ballpark", "EPSG:29189"),
        ((60.0, -110.0), "shift_unnamed", None),
        ((-184.1, -375.4), "shift_unnamed", None),
    ],
)
def test_a_shift_is_named(
    by: tuple[float, float], code: str, crs: str | None, ground: Ground
) -> None:
    """The vector says which datum it was, or which operation was the wrong one."""
    found = explain_shift(Shift(*by, spread=0.5, count=80), UTM, AT, ground)
    assert (found.code, found.facts.get("crs")) == (code, crs)
    assert bool(found.proposals) == (code == "shift_datum")


def test_a_shift_is_said_as_people_do() -> None:
    """East and north, in whole metres; what is nothing is not said."""
    assert describe_shift(184.1, 375.4)["es"] == "184 m al este y 375 m al norte"
    assert describe_shift(-58, -39.4)["en"] == "58 m west and 39 m south"
    assert describe_shift(0.2, -25)["es"] == "25 m al sur"


def test_streets_through_blocks_name_the_datum(ground: Ground) -> None:
    """Blocks are not streets, so nothing can be measured; but they stand between them."""
    shares = crossings(
        np.array(b.moved(BLOCKS, *PSAD), dtype=object), STREETS, np.array([(0, 0), PSAD])
    )
    assert shares[0] > 0.4
    assert shares[1] == 0
    for by, crs in ((PSAD, 24879), (SAD, 29189)):
        moved = np.array(b.moved(BLOCKS, *by), dtype=object)
        found = explain_crossings(moved, STREETS, UTM, AT, ground)
        assert found is not None
        assert [p.crs for p in found.proposals] == [crs]
    assert explain_crossings(BLOCKS, STREETS, UTM, AT, ground) is None
    assert explain_crossings(BLOCKS[:5], STREETS, UTM, AT, ground) is None


def test_the_likeliest_of_the_proposed(ground: Ground) -> None:
    """Without a CRS, known streets say which of those that fit the box it is."""
    proposals = tuple(Proposal(c, ground.datum(c).title) for c in (32719, 5361, 24879, 29189))
    as_psad = np.array(b.moved(STREETS, *PSAD), dtype=object)
    found = rank(as_psad, proposals, lambda _: STREETS, ground)
    assert found is not None
    assert found[0].crs == 24879
    assert found[1] > 0.9
    assert rank(STREETS, proposals, lambda _: STREETS, ground)[0].crs == 32719
    assert rank(STREETS, proposals, lambda _: STREETS[:0], ground) is None
    assert share_on(STREETS, STREETS) == 1


@pytest.fixture(scope="module")
def real(data_folder: Path, ground: Ground) -> dict[str, NDArray[np.object_]]:
    """Shapes of real files in storage."""
    files = {
        "roads": "osm_roads_vallenar.gpkg",
        "blocks": "census2017_blocks_vallenar.gpkg",
        "parks": "osm_parks_and_sports_vallenar.geojson",
        "buildings": "osm_buildings_vallenar.geojson",
        "wetlands": "wetlands_vallenar_mma.geojson",
        "waterways": "osm_waterways_vallenar.geojson",
        "zones": "prc_zoning_vallenar_minvu.geojson",
        "schools": "schools_vallenar_mineduc2020.csv",
        "assets": "osm_street_assets_vallenar.geojson",
    }
    found = {}
    for name, file in files.items():
        with read(data_folder / file, Asked()) as source:
            shapes = np.asarray(source.frame().geometry, dtype=object)
            found[name] = carry_shapes(
                shapes[~shapely.is_missing(shapes)], into_storage(source.crs, ground)
            )
    return found


@pytest.mark.parametrize("by", [PSAD, SAD, GENERAL, (120.0, -50.0)])
@pytest.mark.parametrize("name", ["roads", "blocks"])
def test_real_streets_and_blocks(
    name: str, by: tuple[float, float], real: dict[str, NDArray[np.object_]]
) -> None:
    """Real streets and blocks displaced: the vector, to a metre."""
    shapes = real[name]
    found = shift_by_shape(np.array(b.moved(shapes[::3], *by), dtype=object), shapes)
    assert found is not None
    assert (found.dx, found.dy) == pytest.approx(by, abs=1)


def test_real_streets_of_old_plans(real: dict[str, NDArray[np.object_]], ground: Ground) -> None:
    """Real streets as PSAD56 and SAD69 would have them, read as WGS 84, are named."""
    for code in (24879, 29189):
        carry = into_storage(CRS.from_epsg(code), ground)
        shapes = real["roads"]
        # The coordinates that the one way takes to where the streets are, by a few corrections.
        old = shapes
        for _ in range(6):
            old = shapely.transform(old, lambda p, o=shapes: p, include_z=False)
            ahead = shapely.transform(old, carry)
            back = shapely.get_coordinates(shapes) - shapely.get_coordinates(ahead)
            old = shapely.set_coordinates(old.copy(), shapely.get_coordinates(old) + back)
        found = shift_by_shape(old, shapes)
        assert found is not None
        at = np.array([shapely.get_coordinates(shapely.union_all(shapes).centroid)[0]])
        named = explain_shift(found, UTM, at, ground)
        assert [p.crs for p in named.proposals] == [code]


def test_real_data_in_their_place_raise_no_alarm(
    real: dict[str, NDArray[np.object_]], ground: Ground
) -> None:
    """Nothing real is said to be displaced: beside streets and blocks, or between them."""
    known = np.concatenate([real["roads"], real["blocks"]])
    for name, shapes in real.items():
        assert shift_by_shape(shapes, known) is None, name
        areas = shapely.make_valid(shapes[shapely.get_dimensions(shapes) == 2])
        assert explain_crossings(areas, real["roads"], UTM, AT, ground) is None, name


def test_real_blocks_of_old_plans_are_named_by_streets(
    real: dict[str, NDArray[np.object_]], ground: Ground
) -> None:
    """Real blocks displaced, with only streets known."""
    for by, crs in ((PSAD, 24879), (SAD, 29189)):
        moved = np.array(b.moved(real["blocks"], *by), dtype=object)
        found = explain_crossings(moved, real["roads"], UTM, AT, ground)
        assert found is not None
        assert found.proposals[0].crs == crs
