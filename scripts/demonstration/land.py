"""The land before the town: river, terraces, heights."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, Polygon

from demonstration.sketch import Frame, at, smooth

PLAZA = at(7715, 7850)
"""The middle of the Plaza de Armas, to about ten metres."""

centre = Frame(PLAZA, -30.0)
"""The centre's grid: `u` runs up the valley, to the east-south-east, and `v` up the slope."""

RIVER = smooth(
    [
        at(x, y)
        for x, y in [
            (18980, -2830), (18150, -2480), (17250, -2080), (16250, -1580), (15450, -780),
            (14800, 150), (14050, 900), (13700, 1750), (13250, 2550), (12500, 3150),
            (12350, 3900), (11750, 4500), (11250, 5150), (10600, 5780), (10050, 6270),
            (9450, 6530), (8850, 6570), (8350, 6660), (7920, 6900), (7580, 7220),
            (7250, 7480), (6900, 7800), (6420, 8020), (5900, 8210), (5300, 8420),
            (4650, 8720), (3900, 9120), (3150, 9560), (2100, 9700), (950, 9560),
            (-200, 9830), (-1500, 10350), (-2500, 10820), (-3900, 11050), (-5200, 11420),
            (-6400, 12050), (-7900, 12380), (-9700, 13150),
        ]
    ],
    step=45,
)  # fmt: skip
"""The river Huasco below the dam, drawn downstream."""

FOOT_NORTH = smooth(
    [at(-10500, 14900), at(-7500, 13500), at(-4500, 12500), at(-1500, 12150), at(1500, 11900),
     at(3200, 11200), at(4500, 10300)]
    + [
        centre(u, v)
        for u, v in [
            (-2670, 420), (-2200, 268), (-1700, 250), (-1000, 292), (-300, 312), (300, 322),
            (800, 318), (1150, 268), (1500, 190), (2000, 130),
        ]
    ]
    + [at(10150, 6800), at(10800, 6560), at(11550, 6050), at(12300, 5350), at(13400, 4400),
       at(14700, 3000), at(15600, 1700), at(16700, 400), at(18300, -900), at(19400, -1900)],
)  # fmt: skip
"""Foot of the northern escarpment, from west to east."""

FOOT_SOUTH = smooth(
    [
        at(x, y)
        for x, y in [
            (-10500, 11700), (-7500, 10500), (-5000, 9500), (-2500, 8300), (400, 7650),
            (2600, 7250), (4200, 6850), (5300, 6750), (6000, 6720),
            (6600, 6700), (7150, 6570), (7700, 6360), (8250, 6240), (8800, 6210), (9350, 6170),
            (9950, 5960), (10450, 5400), (10950, 4650), (11500, 3700), (11900, 2600),
            (12900, 1300), (14300, -600), (15900, -2300), (17600, -3300), (18700, -3700),
        ]
    ],
)  # fmt: skip
"""Foot of the southern escarpment, from west to east."""

CANAL_NORTH = smooth(
    [at(5100, 10100)]
    + [
        centre(u, v)
        for u, v in [
            (-2400, 720),
            (-1850, 700),
            (-1250, 760),
            (-650, 880),
            (-50, 1000),
            (550, 1105),
            (1000, 1145),
            (1500, 1030),
            (1950, 800),
            (2330, 590),
        ]
    ]
    + [
        at(10600, 7120),
        at(11200, 6880),
        at(11900, 6350),
        at(12650, 5600),
        at(13700, 4900),
        at(14800, 3600),
        at(15700, 2500),
        at(16500, 1300),
        at(17300, 200),
        at(18600, -400),
        at(19700, -1500),
        at(19800, -2850),
    ],
)
"""The canal along the top of the northern terrace, from west to east."""

_EAST_FAR, _WEST_FAR = at(90_000, -3_000), at(-60_000, 12_000)
_NORTH_FAR, _SOUTH_FAR = 7_050_000.0, 6_600_000.0


def _beyond(edge: LineString, far: float) -> Polygon:
    """The land on the hill side of an escarpment's foot."""
    coords = [(_WEST_FAR[0], edge.coords[0][1]), *edge.coords, (_EAST_FAR[0], edge.coords[-1][1])]
    return Polygon([*coords, (_EAST_FAR[0], far), (_WEST_FAR[0], far)]).buffer(0)


NORTH_TERRACE = _beyond(FOOT_NORTH, _NORTH_FAR)
SOUTH_TERRACE = _beyond(FOOT_SOUTH, _SOUTH_FAR)
NORTH_PLAIN = _beyond(
    LineString([at(-9000, 17000), at(1000, 13400), *CANAL_NORTH.coords, at(30000, 2000)]),
    _NORTH_FAR,
)

_STEPS = (
    # land beyond, metres up, over how many metres after its foot
    (NORTH_TERRACE, 34.0, 78.0),
    (SOUTH_TERRACE, 37.0, 80.0),
    (NORTH_PLAIN, 46.0, 210.0),
)


def _rise(distance: NDArray[np.float64], over: float) -> NDArray[np.float64]:
    t = np.clip(distance / over, 0.0, 1.0)
    return 0.5 * t + 0.5 * t * t * (3 - 2 * t)


_RUN = np.arange(0.0, RIVER.length, 200.0)
_BED = np.array([RIVER.interpolate(s).coords[0] for s in _RUN])
_LEVEL = 395.0 + 0.0112 * (RIVER.project(Point(PLAZA)) - _RUN)


def _water(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level of the river abreast of each point: a mean that favours the nearest reach."""
    total, weight = np.zeros(len(x)), np.zeros(len(x))
    for (bx, by), level in zip(_BED, _LEVEL, strict=True):
        w = ((x - bx) ** 2 + (y - by) ** 2 + 120.0**2) ** -2.0
        total += w * level
        weight += w
    return total / weight


def heights(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height above the sea of points, made up.

    Parameters
    ----------
    x, y
        Metres of the storage CRS, any shape, the same for both.

    Returns
    -------
    ndarray
        Metres above the sea. The river falls about 11 m in a kilometre; two low banks, one
        escarpment on each side and, to the north, a second step lead up to the plains; hills
        grow away from the valley and mountains to the east.
    """
    shape = np.shape(x)
    x, y = np.ravel(np.asarray(x, float)), np.ravel(np.asarray(y, float))
    p = shapely.points(x, y)
    off = shapely.distance(RIVER, p)
    h = _water(x, y) + 5.0 * _rise(off - 12.0, 40.0) + 6.0 * _rise(off - 95.0, 90.0) + 0.006 * off
    for land, up, over in _STEPS:
        shapely.prepare(land)
        inside = shapely.contains_properly(land, p)
        depth = np.where(inside, shapely.distance(land.boundary, p), 0.0)
        h = h + up * _rise(depth, over)
    away = np.clip(off - 1_400.0, 0.0, None)
    ridges = 0.5 + 0.25 * np.sin(x / 3_100.0 + np.sin(y / 4_700.0)) + 0.25 * np.sin(y / 2_600.0)
    h = h + ridges * 340.0 * (1 - np.exp(-away / 9_000.0)) + 0.002 * away
    east = np.clip((x - 345_000.0) / 56_000.0, 0.0, 1.0)
    return (h + 3_300.0 * east**1.6 * (1 - np.exp(-away / 6_000.0))).reshape(shape)


def height(x: float, y: float) -> float:
    """Height of one point, in metres above the sea."""
    return float(heights(np.array([x]), np.array([y]))[0])


def is_above_valley(x: float, y: float, margin: float = 60.0) -> bool:
    """Whether a point lies on a terrace, `margin` metres past the foot of its escarpment."""
    p = Point(x, y)
    return any(
        land.contains(p) and land.boundary.distance(p) >= margin
        for land in (NORTH_TERRACE, SOUTH_TERRACE)
    )


def slope_pct(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Slope from `a` to `b` in per cent, uphill positive."""
    run = math.hypot(b[0] - a[0], b[1] - a[1])
    return 0.0 if run == 0 else 100 * (height(*b) - height(*a)) / run
