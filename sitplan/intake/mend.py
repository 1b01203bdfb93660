"""Geometries made fit for their layer: each repair has a name and is told, nothing is guessed.

Works on whole arrays in the storage CRS (metres). A row that cannot be mended is None in the
result, and told: as an error where a person must decide, as a warning where there was nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from sitplan.intake.source import Shapes
from sitplan.intake.systems import Carry
from sitplan.intake.tally import Tally

Rows = NDArray[np.int64]
Spot = tuple[float, float] | None

SLIVER_M2 = 0.01
"""Parts of an area smaller than this are drawing errors, whatever the layer."""
GAP_M = 2.0
"""A line whose ends lie nearer than this (and than a fiftieth of its length) was to be closed."""
_DIMENSION = {"Point": 0, "LineString": 1, "Polygon": 2}
_SINGLE = {
    "Point": GeometryType.POINT, "LineString": GeometryType.LINESTRING,
    "Polygon": GeometryType.POLYGON,
}  # fmt: skip
_MULTI: dict[str, Any] = {
    "Point": shapely.multipoints, "LineString": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
}  # fmt: skip
_MULTI_KIND = {"Point": 4, "LineString": 5, "Polygon": 6}
_COLLECTION = GeometryType.GEOMETRYCOLLECTION


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shapes a layer takes.

    Parameters
    ----------
    type
        As the layer declares it, ``MultiPolygon`` and the like; ``Geometry`` takes any.
    min_area_m2
        Areas below it are errors.
    vertices
        The most points of one geometry.
    unit_m
        Metres of one unit of the coordinates: 1, but where a layer is kept in degrees.
    tells_winding
        Whether the file's format has a rule for the order of rings (RFC 7946, 3.1.6), so that
        breaking it is told; all are wound alike in store.
    """

    type: str
    min_area_m2: float | None = None
    vertices: int = 2_000_000
    unit_m: float = 1.0
    tells_winding: bool = False

    @property
    def base(self) -> str:
        """The type without ``Multi``."""
        return self.type.removeprefix("Multi")

    @property
    def is_multi(self) -> bool:
        """Whether the layer keeps several parts in one feature."""
        return self.type.startswith("Multi")


def flatten(shapes: Shapes, rows: Rows, *, tally: Tally) -> Shapes:
    """The shapes without heights and measures; those without any point are None.

    For shapes as they were read, before they are carried to another system.
    """
    has_m = shapely.has_m(shapes)
    has_z = shapely.has_z(shapes)
    tally.mended("measure_dropped", rows[has_m])
    tally.mended("third_dimension_dropped", rows[has_z])
    out: Shapes = shapely.force_2d(shapes) if has_z.any() or has_m.any() else shapes.copy()
    missing = shapely.is_missing(out)
    told = tally.rows_told(None)
    if told:
        missing &= ~np.isin(rows, list(told))
    empty = shapely.is_empty(out)
    points, of = shapely.get_coordinates(out, return_index=True)
    endless = np.zeros(len(out), dtype=bool)
    endless[np.unique(of[~np.isfinite(points).all(axis=1)])] = True
    tally.tell_rows("geometry_missing", "warning", rows[missing])
    tally.tell_rows("geometry_empty", "warning", rows[empty])
    tally.tell_rows("coordinate_not_finite", "error", rows[endless])
    out[empty | endless] = None
    return out


def mend(
    shapes: Shapes, rows: Rows, wanted: Wanted, *, tally: Tally, spot: SpotOf | None = None
) -> Shapes:
    """The shapes as the layer takes them: valid, of its type, without slivers.

    Parameters
    ----------
    shapes
        In metres, two dimensions, None where there is none.
    rows
        Their row numbers, for what is told.
    spot
        Turns a point of storage into longitude and latitude, for what is told.
    """
    out = shapes.copy()
    _too_many(out, rows, wanted, tally)
    if wanted.base == "Polygon":
        out = _close(out, rows, wanted, tally)
    if wanted.tells_winding:
        oriented = shapely.orient_polygons(out)
        turned = ~shapely.equals_identical(out, oriented) & shapely.is_valid(out)
        tally.mended("ring_order", rows[turned])
    out = _valid(out, rows, tally, spot)
    out = _repeated(out, rows, tally)
    if wanted.base in _DIMENSION:
        out = _of_type(out, rows, wanted, tally)
    if wanted.base == "Polygon":
        out = _areas(out, rows, wanted, tally, spot)
    return out


class SpotOf:
    """Where a geometry is, in longitude and latitude, for a person to look at."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry

    def __call__(self, shape: BaseGeometry | None) -> Spot:
        """Longitude and latitude of a point on the shape; None where it has none."""
        if shape is None or shapely.is_empty(shape):
            return None
        point = shapely.get_coordinates(shapely.point_on_surface(shape))
        if not len(point) or not np.isfinite(point).all():
            return None
        lon, lat = self._carry(point)[0]
        return (round(float(lon), 7), round(float(lat), 7))


def _too_many(out: Shapes, rows: Rows, wanted: Wanted, tally: Tally) -> None:
    count = shapely.get_num_coordinates(out)
    many = count > wanted.vertices
    if many.any():
        tally.tell_rows(
            "too_many_vertices", "error", rows[many], limit=wanted.vertices,
            each=[{"vertices": int(c)} for c in count[many]],
        )  # fmt: skip
        out[many] = None


def _repeated(out: Shapes, rows: Rows, tally: Tally) -> Shapes:
    """Without points that stand twice in a row."""
    points, of = shapely.get_coordinates(out, return_index=True)
    twice = (points[1:] == points[:-1]).all(axis=1) & (of[1:] == of[:-1])
    if not twice.any():
        return out
    where = np.unique(of[1:][twice])
    slim = shapely.remove_repeated_points(out[where])
    fewer = shapely.get_num_coordinates(slim) < shapely.get_num_coordinates(out[where])
    tally.mended("repeated_points", rows[where[fewer]])
    out[where[fewer]] = slim[fewer]
    return out


def _close(out: Shapes, rows: Rows, wanted: Wanted, tally: Tally) -> Shapes:
    """Lines that end where they began, or nearly, as areas: a drawing has no other."""
    is_line = shapely.get_type_id(out) == GeometryType.LINESTRING
    if not is_line.any():
        return out
    where = np.flatnonzero(is_line & (shapely.get_num_points(out) >= 3))
    lines = out[where]
    ends = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    closed = (ends == 0) & (shapely.get_num_points(lines) >= 4)
    nearly = (ends > 0) & (ends <= np.minimum(GAP_M / wanted.unit_m, shapely.length(lines) / 50))
    for mask, code in ((closed, "line_to_area"), (nearly, "line_closed")):
        at = where[mask]
        if not len(at):
            continue
        points, of = shapely.get_coordinates(out[at], return_index=True)
        if code == "line_closed":
            firsts = np.searchsorted(of, np.arange(len(at)))
            points = np.insert(points, [*firsts[1:], len(points)], points[firsts], axis=0)
            of = np.insert(of, [*firsts[1:], len(of)], np.arange(len(at)))
        out[at] = shapely.polygons(shapely.linearrings(points, indices=of))
        tally.mended(code, rows[at])
    return out


_REASONS = (
    ("Self-intersection", "self_intersection"),
    ("Ring Self-intersection", "self_intersection"),
    ("Hole lies outside shell", "hole_outside"),
    ("Holes are nested", "hole_outside"),
    ("Nested shells", "nested_parts"),
    ("Duplicate Rings", "nested_parts"),
    ("Interior is disconnected", "self_intersection"),
    ("Too few", "too_few_points"),
)


def _valid(out: Shapes, rows: Rows, tally: Tally, spot: SpotOf | None) -> Shapes:
    """Invalid areas made valid; what collapses to nothing is told and left out."""
    bad = ~(shapely.is_valid(out) | shapely.is_missing(out))
    where = np.flatnonzero(bad)
    if not len(where):
        return out
    reasons = shapely.is_valid_reason(out[where])
    fixed = shapely.make_valid(out[where], method="structure", keep_collapsed=False)
    for at in np.flatnonzero(~shapely.is_valid(fixed)):
        # Parts that touch along an edge come out of GEOS at times; united they are one.
        fixed[at] = shapely.union_all(shapely.get_parts(fixed[at]))
    gone = shapely.is_empty(fixed) | shapely.is_missing(fixed)
    for name in dict.fromkeys(code for _, code in _REASONS):
        texts = tuple(text for text, code in _REASONS if code == name)
        of_kind = np.array([str(r).startswith(texts) for r in reasons], dtype=bool) & ~gone
        if of_kind.any():
            first = out[where[of_kind]][0]
            tally.mended(name, rows[where[of_kind]], spot=spot(first) if spot else None)
    known = tuple(text for text, _ in _REASONS)
    other = np.array([not str(r).startswith(known) for r in reasons], dtype=bool) & ~gone
    tally.mended("made_valid", rows[where[other]])
    # The area that a ring goes round twice, or a bow tie's two halves: tell what changed much.
    before, after = shapely.area(shapely.convex_hull(out[where])), shapely.area(fixed)
    drawn = np.abs(shapely.area(out[where]))
    changed = ~gone & (np.abs(after - drawn) > np.maximum(0.05 * before, 1.0))
    tally.tell_rows(
        "repair_changed_area", "warning", rows[where[changed]],
        each=[{"before": round(float(b)), "after": round(float(a))}
              for b, a in zip(drawn[changed], after[changed], strict=True)],
        spots=[spot(s) if spot else None for s in fixed[changed]],
    )  # fmt: skip
    tally.tell_rows("geometry_collapsed", "warning", rows[where[gone]])
    fixed[gone] = None
    out[where] = fixed
    return out


def _of_type(out: Shapes, rows: Rows, wanted: Wanted, tally: Tally) -> Shapes:
    """The shapes as the layer's type: parts of other kinds dropped, singles made multi."""
    single = _SINGLE[wanted.base]
    kinds = shapely.get_type_id(out)
    mixed = np.flatnonzero(kinds == _COLLECTION)
    for at in mixed:
        parts = shapely.get_parts(shapely.get_parts(out[at]))
        kept = parts[shapely.get_type_id(parts) == single]
        if len(kept):
            out[at] = _MULTI[wanted.base](kept) if len(kept) > 1 else kept[0]
    if len(mixed):
        left = np.array([shapely.get_type_id(out[at]) != _COLLECTION for at in mixed], dtype=bool)
        tally.mended("collection_split", rows[mixed[left]])
        kinds = shapely.get_type_id(out)
    fits = (kinds == single) | (kinds == _MULTI_KIND[wanted.base])
    wrong = ~fits & (kinds >= 0)
    if wrong.any():
        _tell_wrong(kinds, rows, wrong, wanted, tally)
        out[wrong] = None
    if wanted.is_multi:
        alone = np.flatnonzero(kinds == single)
        if len(alone):
            out[alone] = _MULTI[wanted.base](out[alone], indices=np.arange(len(alone)))
            tally.mended("single_to_multi", rows[alone])
        return out
    several = np.flatnonzero((kinds != single) & ~wrong & (kinds >= 0))
    if len(several):
        parted = shapely.get_num_geometries(out[several])
        one = several[parted == 1]
        out[one] = shapely.get_geometry(out[one], 0)
        tally.mended("multi_to_single", rows[one])
        many = several[parted > 1]
        tally.tell_rows(
            "several_parts", "error", rows[many],
            each=[{"parts": int(p), "type": _title(wanted.base)} for p in parted[parted > 1]],
        )  # fmt: skip
        out[many] = None
    return out


_TITLES = {
    0: {"es": "un punto", "en": "a point"},
    1: {"es": "una línea abierta", "en": "an open line"},
    2: {"es": "una línea", "en": "a line"},
    3: {"es": "un polígono", "en": "a polygon"},
    4: {"es": "varios puntos", "en": "several points"},
    5: {"es": "varias líneas", "en": "several lines"},
    6: {"es": "varios polígonos", "en": "several polygons"},
    7: {"es": "una colección", "en": "a collection"},
}
_PLURALS = {
    "Point": {"es": "puntos", "en": "points"},
    "LineString": {"es": "líneas", "en": "lines"},
    "Polygon": {"es": "polígonos", "en": "polygons"},
}


def _title(base: str) -> dict[str, str]:
    return _PLURALS[base]


def _tell_wrong(
    kinds: NDArray[Any], rows: Rows, wrong: NDArray[np.bool_], wanted: Wanted, tally: Tally
) -> None:
    is_open = wrong & (kinds == GeometryType.LINESTRING) & (wanted.base == "Polygon")
    tally.tell_rows("open_line", "error", rows[is_open])
    rest = wrong & ~is_open
    tally.tell_rows(
        "wrong_geometry", "error", rows[rest],
        each=[{"found": _TITLES[int(k)]} for k in kinds[rest]], wanted=_title(wanted.base),
    )  # fmt: skip


def _areas(out: Shapes, rows: Rows, wanted: Wanted, tally: Tally, spot: SpotOf | None) -> Shapes:
    """Areas without slivers, wound the same way, none below what the layer takes."""
    sliver = SLIVER_M2 / wanted.unit_m**2
    nothing = shapely.area(out) < sliver
    nothing &= ~shapely.is_missing(out)
    tally.tell_rows("zero_area", "warning", rows[nothing])
    out[nothing] = None
    several = np.flatnonzero(shapely.get_num_geometries(out) > 1)
    if len(several):
        parts, of = shapely.get_parts(out[several], return_index=True)
        keep = shapely.area(parts) >= sliver
        if not keep.all():
            touched = np.unique(of[~keep])
            slim = np.asarray(shapely.multipolygons(parts[keep], indices=of[keep]), dtype=object)
            out[several[touched]] = slim[touched]
            tally.mended("sliver_dropped", rows[several[touched]])
    if wanted.min_area_m2:
        area = shapely.area(out) * wanted.unit_m**2
        small = (area < wanted.min_area_m2) & ~shapely.is_missing(out)
        tally.tell_rows(
            "too_small", "error", rows[small],
            each=[{"area": round(float(a), 2)} for a in area[small]],
            spots=[spot(s) if spot else None for s in out[small]], limit=wanted.min_area_m2,
        )  # fmt: skip
    oriented: Shapes = shapely.orient_polygons(out)
    return oriented
