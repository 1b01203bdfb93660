"""Repairs: what comes out is valid and of the layer's type, and nothing happens untold."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from sitplan.intake.mend import Wanted, flatten, mend
from sitplan.intake.tally import Tally
from tests.data import broken as b


def _mend(*shapes: Any, kind: str = "MultiPolygon", **wanted: Any) -> tuple[list[Any], list[str]]:
    tally = Tally()
    rows = np.arange(1, len(shapes) + 1)
    flat = flatten(np.array(shapes, dtype=object), rows, tally=tally)
    out = mend(flat, rows, Wanted(type=kind, **wanted), tally=tally)
    return list(out), [p.code for p in tally.report().problems]


corners = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=12)


def _polygon(points: list[tuple[int, int]]) -> BaseGeometry | None:
    try:
        return shapely.Polygon(points)
    except (ValueError, shapely.GEOSException):
        return None


@settings(max_examples=200, deadline=None)
@given(st.lists(corners.map(_polygon).filter(bool), min_size=1, max_size=5))
def test_any_polygon_comes_out_valid_or_is_told(shapes: list[BaseGeometry]) -> None:
    """However it crosses itself: a valid MultiPolygon with area, or a row that was told."""
    out, told = _mend(*shapes)
    for before, after in zip(shapes, out, strict=True):
        if after is None:
            assert {"geometry_collapsed", "zero_area"} & set(told)
            continue
        assert after.is_valid
        assert after.geom_type == "MultiPolygon"
        assert after.area > 0
        assert all(not ring.is_ccw for p in after.geoms for ring in p.interiors)
        assert all(p.exterior.is_ccw for p in after.geoms)
        if before.is_valid:
            assert after.equals(before)
        else:
            assert {"self_intersection", "too_few_points", "made_valid"} & set(told)


@settings(max_examples=50, deadline=None)
@given(corners.map(_polygon).filter(bool))
def test_mending_twice_mends_nothing(shape: BaseGeometry) -> None:
    """What has been mended needs no repair."""
    (once,), _ = _mend(shape)
    if once is not None:
        (twice,), told = _mend(once)
        assert twice.equals(once)
        assert told == []


def test_rows_stay_where_they_were() -> None:
    """A refused row is None in its place; the others are untouched."""
    out, told = _mend(b.square(0), None, shapely.Point(0, 0), b.square(2))
    assert [s is None for s in out] == [False, True, True, False]
    assert out[3].equals(b.square(2))
    assert set(told) == {"geometry_missing", "wrong_geometry", "single_to_multi"}


def test_closed_lines_are_areas_only_where_areas_are_wanted() -> None:
    """A roundabout stays a line among streets, and is a square among squares."""
    ring = shapely.LineString(b.square().exterior.coords)
    assert _mend(ring)[1] == ["line_to_area", "single_to_multi"]
    out, told = _mend(ring, kind="MultiLineString")
    assert told == ["single_to_multi"]
    assert out[0].geom_type == "MultiLineString"


def test_singles_for_layers_of_points() -> None:
    """One point in a multipoint is one point; two are a question."""
    one, two = shapely.MultiPoint([(0, 0)]), shapely.MultiPoint([(0, 0), (1, 1)])
    out, told = _mend(one, two, kind="Point")
    assert out[0].geom_type == "Point"
    assert out[1] is None
    assert set(told) == {"multi_to_single", "several_parts"}


def test_any_geometry_where_any_is_wanted() -> None:
    """A layer of any geometry takes each as it is, made valid."""
    shapes = [shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), b.square()]
    out, told = _mend(*shapes, kind="Geometry")
    assert [s.geom_type for s in out] == ["Point", "LineString", "Polygon"]
    assert told == []


def test_nothing_at_all() -> None:
    """No rows, no words."""
    assert _mend() == ([], [])
