"""Shapes carried into the storage CRS, and how they lie to one another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyproj
import shapely
from psycopg2 import sql as pgsql
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

from sitplan.cql2.terms import MAX_POINTS, Operand, Scope, Term, join, wrong_types
from sitplan.crs import LON_LAT, box_polygon, carry_box, parse_bbox, reach
from sitplan.errors import BadRequest

# PostGIS uses the index for all but the last; ST_Intersects takes mixed collections.
_FUNCTIONS = {
    "s_intersects": "public.ST_Intersects({}, {})",
    "s_equals": "public.ST_Equals({}, {})",
    "s_touches": "public.ST_Touches({}, {})",
    "s_within": "public.ST_Within({}, {})",
    "s_contains": "public.ST_Contains({}, {})",
    "s_overlaps": "public.ST_Overlaps({}, {})",
    "s_crosses": "public.ST_Crosses({}, {})",
    "s_disjoint": "(NOT public.ST_Intersects({}, {}))",
}
SPATIAL = tuple(_FUNCTIONS)
"""The functions that `relate` knows."""
_SHAPES = ("geometry", "collection", "null")
_TAKES_COLLECTIONS = ("s_intersects", "s_disjoint")
_STEP_DEGREES, _STEP_M = 0.01, 1000.0
"""A straight edge of that length bends by a centimetre on its way into UTM."""
_CUTS = 4096


def relate(name: str, operands: Sequence[Operand], _scope: Scope) -> Term:
    """How two shapes lie to one another.

    Raises
    ------
    BadRequest
        ``cql2_wrong_types``; ``cql2_mixed_collection`` where a literal of points, lines and
        areas together is asked for more than meeting.
    """
    terms = [one for one in operands if isinstance(one, Term) and one.kind in _SHAPES]
    if len(terms) != len(operands):
        raise wrong_types(name.upper(), *operands)
    if name not in _TAKES_COLLECTIONS and any(t.kind == "collection" for t in terms):
        raise BadRequest("cql2_mixed_collection", name=name.upper())
    shapes = [Term("geometry", pgsql.SQL("NULL")) if t.kind == "null" else t for t in terms]
    if name == "s_equals" and shapes[0].field is None:
        shapes.reverse()  # the index is used for the column before the literal alone
    return join("boolean", _FUNCTIONS[name], *shapes)


def box_term(numbers: Any, scope: Scope) -> Term:
    """A box as the `bbox` parameter has it: its edges bend, and it may cross 180°.

    Raises
    ------
    BadRequest
        ``wrong_bbox``.
    """
    if not isinstance(numbers, list) or not all(isinstance(n, float) for n in numbers):
        raise BadRequest("wrong_bbox", bbox=str(numbers)[:200])
    boxes = parse_bbox(",".join(map(repr, numbers)), scope.crs)
    shapes = [box_polygon(box, source=scope.crs.srid, target=scope.storage) for box in boxes]
    found = [shape for shape in shapes if shape is not None]
    return _term(shapely.union_all(found) if found else shapely.Polygon(), scope)


def shape_term(node: Any, scope: Scope) -> Term:
    """A GeoJSON geometry.

    Raises
    ------
    BadRequest
        ``cql2_wrong_geometry``, ``cql2_too_many_points``.
    """
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except (shapely.GEOSException, orjson.JSONEncodeError) as error:
        raise _wrong(str(error)) from error
    scope.points += int(shapely.get_num_coordinates(shape))
    if scope.points > MAX_POINTS:
        raise BadRequest("cql2_too_many_points", maximum=MAX_POINTS)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise _wrong("NaN")
    if scope.crs.is_flipped:
        shape = shapely.transform(shape, lambda points: points[:, ::-1])
    if not shape.is_valid:
        raise _wrong(shapely.is_valid_reason(shape))
    try:
        return _term(_of_one_kind(_carried(shape, scope)), scope)
    except shapely.GEOSException as error:
        raise _wrong(str(error)) from error


def _wrong(problem: str) -> BadRequest:
    return BadRequest("cql2_wrong_geometry", problem=problem.partition("\n")[0][:100])


def _term(shape: BaseGeometry, scope: Scope) -> Term:
    mixed = shape.geom_type == "GeometryCollection" and not shape.is_empty
    return Term(
        "collection" if mixed else "geometry",
        pgsql.SQL("public.ST_GeomFromWKB(%s, {})").format(pgsql.Literal(scope.storage)),
        (shapely.to_wkb(shape),),
    )


def _of_one_kind(shape: BaseGeometry) -> BaseGeometry:
    """A collection of points, of lines or of areas as the one shape that they make."""
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = _leaves(shape)
    dimensions = set(shapely.get_dimensions(parts)) if parts else {0}
    return shapely.union_all(parts) if len(dimensions) == 1 else shapely.GeometryCollection(parts)


def _leaves(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.geom_type != "GeometryCollection":
        return [] if shape.is_empty else [shape]
    return [leaf for part in shapely.get_parts(shape) for leaf in _leaves(part)]


@lru_cache(maxsize=64)
def _to_lon_lat(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, LON_LAT, always_xy=True)


@lru_cache(maxsize=64)
def _domain(srid: int) -> BaseGeometry:
    """Where a system's coordinates can be carried to degrees."""
    ground = reach(srid)
    there = ground if srid == LON_LAT else carry_box(ground, source=LON_LAT, target=srid)
    return shapely.box(*(there or ground).corners)


def _carried(shape: BaseGeometry, scope: Scope) -> BaseGeometry:
    """The shape in the storage CRS: what either system cannot hold cut away, long edges bent."""
    source, target = scope.crs.srid, scope.storage
    if source == target or shape.is_empty:
        return shape
    ground = _cut(shape, _domain(source))
    step = _STEP_DEGREES if scope.crs.is_geographic else _STEP_M
    ground = shapely.segmentize(ground, max(step, ground.length / _CUTS))
    if source != LON_LAT:
        ground = _moved(ground, source, TransformDirection.FORWARD)
    ground = _cut(ground, shapely.box(*reach(target).corners))
    return ground if target == LON_LAT else _moved(ground, target, TransformDirection.INVERSE)


def _cut(shape: BaseGeometry, domain: BaseGeometry) -> BaseGeometry:
    """The shape as it is where the domain holds it; what the domain holds of it elsewhere."""
    return shape if domain.contains(shapely.envelope(shape)) else shape.intersection(domain)


def _moved(shape: BaseGeometry, srid: int, direction: TransformDirection) -> BaseGeometry:
    def move(points: np.ndarray) -> np.ndarray:
        x, y = _to_lon_lat(srid).transform(points[:, 0], points[:, 1], direction=direction)
        return np.column_stack([x, y])

    found = shapely.transform(shape, move)
    if not np.isfinite(shapely.get_coordinates(found)).all():
        raise _wrong("∞")
    return found if found.is_valid else shapely.make_valid(found)
