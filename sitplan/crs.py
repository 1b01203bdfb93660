"""Reference systems: their URIs, axes and reach; boxes; the envelopes of web tiles.

Axis order and transformations are PROJ's, never a table of ours. Inside, order is always x, y
(east, north; longitude, latitude); only a `Crs` that came from a URI knows that its
coordinates are written the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, isfinite

import numpy as np
import pyproj
import shapely
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from sitplan.errors import BadRequest, WrongCrs

WEB_MERCATOR = 3857
LON_LAT = 4326
HALF_WORLD_M = 20037508.342789244
"""Half the circumference of the Web Mercator sphere: the edge of tile 0/0/0."""
MAX_ZOOM = 24

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_URI = re.compile(r"https?://www\.opengis\.net/def/crs/EPSG/[0-9.]+/([0-9]{4,6})")
_CURIE = re.compile(r"\[?EPSG:([0-9]{4,6})\]?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Crs:
    """A reference system as a URI names it.

    Parameters
    ----------
    uri
        As the OGC writes it.
    srid
        The EPSG code by which PostGIS knows it (CRS84 is 4326 with x first).
    is_flipped
        Whether coordinates are written north or latitude first.
    is_geographic
        Whether they are degrees.
    """

    uri: str
    srid: int
    is_flipped: bool
    is_geographic: bool

    @property
    def digits(self) -> int:
        """Decimals worth writing: 1 cm in degrees, 1 mm in metres."""
        return 7 if self.is_geographic else 3


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", LON_LAT, False, True)


@lru_cache(maxsize=64)
def crs_of(code: int) -> Crs:
    """The system of an EPSG code, its axes read from PROJ.

    Raises
    ------
    WrongCrs
        ``unknown_epsg`` where this PROJ does not know the code.

    Examples
    --------
    >>> crs_of(4326).is_flipped, crs_of(3857).is_flipped
    (True, False)
    """
    try:
        found = pyproj.CRS.from_epsg(code)
    except CRSError as error:
        raise WrongCrs("unknown_epsg", code=code) from error
    first = found.axis_info[0].direction.lower()
    return Crs(f"{_EPSG}{code}", code, first in ("north", "south"), found.is_geographic)


def wkt_of(code: int) -> str | None:
    """The system of an EPSG code as PostGIS keeps it (WKT 1); None where this PROJ lacks it."""
    try:
        found: str = pyproj.CRS.from_epsg(code).to_wkt("WKT1_GDAL")
    except CRSError:
        return None
    return found


def offered_crs(storage: int, others: Iterable[int] = ()) -> tuple[Crs, ...]:
    """CRS84 first, then the storage system and those of the others that PROJ knows."""
    found = [CRS84]
    for code in (storage, *others):
        try:
            one = crs_of(code)
        except WrongCrs:
            continue
        if one not in found:
            found.append(one)
    return tuple(found)


def parse_crs(text: str, offered: Iterable[Crs]) -> Crs:
    """The offered system that a URI or a CURIE such as ``[EPSG:4326]`` names.

    Raises
    ------
    BadRequest
        ``unknown_crs``, naming those offered.
    """
    offered = tuple(offered)
    asked = text.strip().removeprefix("<").removesuffix(">")
    code = _URI.fullmatch(asked) or _CURIE.fullmatch(asked)
    for one in offered:
        same = one.srid == int(code[1]) and one != CRS84 if code else _as_crs84(asked) == one.uri
        if same:
            return one
    raise BadRequest("unknown_crs", crs=text[:200], offered=", ".join(c.uri for c in offered))


def _as_crs84(text: str) -> str:
    short = {"[OGC:CRS84]", "OGC:CRS84"}
    return CRS84.uri if text in short else text.replace("https://", "http://", 1)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the x, y order of some system: degrees or metres."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: Box) -> bool:
        """Whether both share a point; edges count."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )

    def padded(self, by: float) -> Box:
        """The box grown by `by` on every side."""
        return Box(self.west - by, self.south - by, self.east + by, self.north + by)

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return (self.west, self.south, self.east, self.north)


def parse_bbox(text: str, crs: Crs = CRS84) -> tuple[Box, ...]:
    """The box that a `bbox` parameter writes in `crs`; two boxes where it crosses 180°.

    Four numbers, or six with heights, which are put aside (OGC API Features 1, 7.15.3). West may
    exceed east only in degrees: then the box crosses the antimeridian.

    Raises
    ------
    BadRequest
        ``wrong_bbox`` when it cannot be read, or south lies north of north.

    Examples
    --------
    >>> [box.corners for box in parse_bbox("170,-20,-170,-10")]
    [(170.0, -20.0, 180.0, -10.0), (-180.0, -20.0, -170.0, -10.0)]
    """
    parts = [p.strip() for p in text.split(",")]
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(p) for p in parts):
        raise BadRequest("wrong_bbox", bbox=text[:200])
    numbers = [float(p) for p in parts]
    if not all(isfinite(n) for n in numbers):
        raise BadRequest("wrong_bbox", bbox=text[:200])
    half = len(numbers) // 2
    (x0, y0), (x1, y1) = numbers[:2], numbers[half : half + 2]
    if crs.is_flipped:
        x0, y0, x1, y1 = y0, x0, y1, x1
    if y0 > y1 or (x0 > x1 and not crs.is_geographic):
        raise BadRequest("wrong_bbox", bbox=text[:200])
    if x0 > x1:
        return (Box(x0, y0, max(180.0, x0), y1), Box(min(-180.0, x1), y0, x1, y1))
    return (Box(x0, y0, x1, y1),)


@lru_cache(maxsize=64)
def _to_lon_lat(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, LON_LAT, always_xy=True)


def _project(points: np.ndarray, srid: int, *, inverse: bool = False) -> np.ndarray:
    """Points (n, 2) from `srid` to longitude and latitude, or back where `inverse`."""
    if srid == LON_LAT:
        return points
    way = TransformDirection.INVERSE if inverse else TransformDirection.FORWARD
    x, y = _to_lon_lat(srid).transform(points[:, 0], points[:, 1], direction=way)
    return np.column_stack([x, y])


@lru_cache(maxsize=64)
def reach(srid: int) -> Box:
    """Where, in longitude and latitude, a system's formulas can be trusted.

    The whole world in degrees; for projections the area of use, widened by as much as keeps
    a transverse Mercator one to one, so that a box round the world can be cut to it.
    """
    if crs_of(srid).is_geographic:
        return Box(-180.0, -90.0, 180.0, 90.0)
    area = pyproj.CRS.from_epsg(srid).area_of_use
    if area is None or area.east - area.west > 180 or area.west > area.east:
        return Box(-180.0, -85.06, 180.0, 85.06)
    middle = (area.west + area.east) / 2
    return Box(max(-180.0, middle - 60), -85.0, min(180.0, middle + 60), 85.0)


def box_polygon(box: Box, *, source: int, target: int) -> BaseGeometry | None:
    """The box as a polygon in another system, its edges bent as they are on the ground.

    Parameters
    ----------
    box
        In the x, y order of `source`. Its edges are straight there, so they are cut in pieces
        before they are carried over: a parallel of one degree bends by 100 m in UTM.
    source, target
        EPSG codes; 4326 here is longitude first.

    Returns
    -------
    BaseGeometry | None
        None where the box lies wholly outside what `target` can hold.
    """
    if source == target:
        return _shape(box)
    if source != LON_LAT:
        limit = _project_bounds(reach(source), source)
        box = Box(
            max(box.west, limit.west), max(box.south, limit.south),
            min(box.east, limit.east), min(box.north, limit.north),
        )  # fmt: skip
        if box.west > box.east or box.south > box.north:
            return None
    ground = _shape(box)
    if source != LON_LAT:
        ground = shapely.transform(_cut_edges(ground), lambda p: _project(p, source))
    domain = reach(target)
    west, south, east, north = ground.bounds
    if west < domain.west or south < domain.south or east > domain.east or north > domain.north:
        ground = ground.intersection(shapely.box(*domain.corners))
    if ground.is_empty:
        return None
    try:
        there = shapely.transform(_cut_edges(ground), lambda p: _project(p, target, inverse=True))
    except ProjError:
        return None
    return there if there.is_valid else there.buffer(0)


def _shape(box: Box) -> BaseGeometry:
    """The box as a polygon, or as the line or point that it has shrunk to."""
    west, south, east, north = box.corners
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    if west == east and south == north:
        return shapely.Point(west, south)
    return shapely.LineString([(west, south), (east, north)])


def _cut_edges(shape: BaseGeometry) -> BaseGeometry:
    """The shape with each side in up to 256 pieces: 1 mm off the true curve for 1°."""
    west, south, east, north = shape.bounds
    longest = max(east - west, north - south)
    return shapely.segmentize(shape, longest / 256) if longest > 0 else shape


@lru_cache(maxsize=64)
def _project_bounds(box: Box, srid: int) -> Box:
    """The bounds in `srid` of a box in longitude and latitude."""
    edges = shapely.get_coordinates(_cut_edges(shapely.box(*box.corners)))
    there = _project(edges, srid, inverse=True)
    there = there[np.isfinite(there).all(axis=1)]
    (west, south), (east, north) = there.min(axis=0), there.max(axis=0)
    return Box(float(west), float(south), float(east), float(north))


def carry_box(box: Box, *, source: int, target: int) -> Box | None:
    """The bounds, in `target`, of all that lies in the box; None where nothing can."""
    shape = box_polygon(box, source=source, target=target)
    return None if shape is None else Box(*shape.bounds)


def rounded_outwards(box: Box, *, digits: int) -> Box:
    """The smallest box of numbers with so many decimals that contains this one.

    Features 1, fc-md-extent: what describes a collection must contain every geometry in it.
    """
    unit = 10**digits
    return Box(
        floor(box.west * unit) / unit,
        floor(box.south * unit) / unit,
        ceil(box.east * unit) / unit,
        ceil(box.north * unit) / unit,
    )


def tile_envelope(z: int, x: int, y: int, *, margin: float = 0.0) -> Box:
    """The square of a WebMercatorQuad tile in EPSG:3857 metres.

    Parameters
    ----------
    z, x, y
        Zoom, column from the west, row from the north.
    margin
        Share of the tile's side to add around it, as ``64 / 4096``.

    Examples
    --------
    >>> tile_envelope(1, 1, 0)
    Box(west=0.0, south=0.0, east=20037508.342789244, north=20037508.342789244)
    """
    side = 2 * HALF_WORLD_M / (1 << z)
    west, north = -HALF_WORLD_M + x * side, HALF_WORLD_M - y * side
    return Box(west, north - side, west + side, north).padded(side * margin)


@lru_cache(maxsize=4096)
def tile_reach(z: int, x: int, y: int, *, margin: float, srid: int) -> Box | None:
    """The bounds in `srid` of a tile with its margin; None where the system cannot hold it."""
    return carry_box(tile_envelope(z, x, y, margin=margin), source=WEB_MERCATOR, target=srid)


def tile_reaches(z: int, tiles: Sequence[tuple[int, int]], *, srid: int) -> np.ndarray:
    """As `tile_reach` without margin, of many tiles (column, row) at once: (n, 4), roughly.

    Off by what a curve leaves the chord of an eighth of a side; not finite where the system
    cannot hold the tile.
    """
    side = 2 * HALF_WORLD_M / (1 << z)
    along = np.linspace(0, 1, 9)
    edge = np.concatenate(
        [
            np.column_stack([along, np.zeros(9)]),
            np.column_stack([along, np.ones(9)]),
            np.column_stack([np.zeros(9), along]),
            np.column_stack([np.ones(9), along]),
        ]
    )
    at = np.array(tiles, dtype=float).reshape(-1, 1, 2) + edge
    metres = (at * side - HALF_WORLD_M) * (1, -1)
    there = _project(_project(metres.reshape(-1, 2), WEB_MERCATOR), srid, inverse=True)
    corners = there.reshape(-1, len(edge), 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
