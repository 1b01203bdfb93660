"""Drawing helpers: smooth curves, turned frames, ribbons. Metres of the storage CRS throughout."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

XY = tuple[float, ...]
"""Easting and northing."""

ORIGIN: XY = (320_000.0, 6_830_000.0)
"""Hand-drawn coordinates are written from here, to keep them short."""


def at(x: float, y: float) -> XY:
    """The point drawn at `x`, `y` metres from `ORIGIN`."""
    return (ORIGIN[0] + x, ORIGIN[1] + y)


@dataclass(frozen=True)
class Frame:
    """A turned frame: `u` along `angle` (degrees, counter-clockwise from east), `v` to its left."""

    origin: XY
    angle: float

    def __call__(self, u: float, v: float) -> XY:
        """From the frame to metres."""
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return (self.origin[0] + u * c - v * s, self.origin[1] + u * s + v * c)

    def back(self, x: float, y: float) -> XY:
        """From metres to the frame."""
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        dx, dy = x - self.origin[0], y - self.origin[1]
        return (dx * c + dy * s, -dx * s + dy * c)

    def box(self, u0: float, v0: float, u1: float, v1: float) -> Polygon:
        """A rectangle of the frame."""
        return Polygon([self(u0, v0), self(u1, v0), self(u1, v1), self(u0, v1)])


def smooth(points: Sequence[XY], step: float = 30.0, tolerance: float = 0.6) -> LineString:
    """A curve through every point (centripetal Catmull-Rom), thinned to `tolerance` metres."""
    p = np.asarray(points, dtype=float)
    if len(p) < 3:
        return LineString(p)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = [p[1]]
    for i in range(1, len(p) - 2):
        p0, p1, p2, p3 = p[i - 1 : i + 3]
        t1 = math.sqrt(np.linalg.norm(p1 - p0)) or 1e-9
        t2 = t1 + (math.sqrt(np.linalg.norm(p2 - p1)) or 1e-9)
        t3 = t2 + (math.sqrt(np.linalg.norm(p3 - p2)) or 1e-9)
        n = max(1, round(float(np.linalg.norm(p2 - p1)) / step))
        for t in np.linspace(t1, t2, n + 1)[1:]:
            a1 = (t1 - t) / t1 * p0 + t / t1 * p1
            a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
            a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
            b1 = (t2 - t) / t2 * a1 + t / t2 * a2
            b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
            out.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return longest(LineString(np.round(out, 2)).simplify(tolerance))


def beside(line: LineString, metres: float) -> LineString:
    """A parallel of `line`: positive to its left."""
    return longest(line.offset_curve(metres, join_style="round", quad_segs=4).simplify(0.8))


def between(line: LineString, start: XY, end: XY) -> LineString:
    """The part of `line` from the foot of `start` to the foot of `end`."""
    a, b = line.project(Point(start)), line.project(Point(end))
    return longest(substring(line, a, b))


def ribbon(
    line: LineString,
    left: Callable[[float], float],
    right: Callable[[float], float],
    step: float = 40.0,
    rounding: float = 12.0,
) -> Polygon:
    """The band along `line` whose half widths depend on the distance run along it."""
    n = max(2, int(line.length / step))
    one, two = [], []
    for s in np.linspace(0, line.length, n + 1):
        a, b = line.interpolate(max(0, s - 15)), line.interpolate(min(line.length, s + 15))
        length = math.hypot(b.x - a.x, b.y - a.y) or 1
        nx, ny = -(b.y - a.y) / length, (b.x - a.x) / length
        p = line.interpolate(s)
        one.append((p.x + nx * left(s), p.y + ny * left(s)))
        two.append((p.x - nx * right(s), p.y - ny * right(s)))
    band = Polygon(one + two[::-1]).buffer(0)
    return largest(soft(largest(band), rounding) if rounding else band.simplify(0.5))


def soft(shape: BaseGeometry, radius: float) -> BaseGeometry:
    """The shape with its corners rounded, inner and outer."""
    rounded = shape.buffer(radius, quad_segs=4).buffer(-2 * radius, quad_segs=4)
    return rounded.buffer(radius, quad_segs=4).simplify(0.5)


def largest(shape: BaseGeometry) -> Polygon:
    """The largest polygon of a shape."""
    return max(polygons(shape), key=lambda g: g.area)


def longest(shape: BaseGeometry) -> LineString:
    """The longest line of a shape."""
    return max(lines(shape), key=lambda g: g.length)


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """All polygons in a shape."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in polygons(part)]


def lines(shape: BaseGeometry) -> list[LineString]:
    """All lines in a shape."""
    if shape.geom_type in ("LineString", "LinearRing"):
        return [] if shape.is_empty else [LineString(shape.coords)]
    return [p for part in getattr(shape, "geoms", ()) for p in lines(part)]


def blob(centre: XY, a: float, b: float, angle: float, phase: float, rough: float = 0.1) -> Polygon:
    """A rounded shape: an ellipse of half axes `a`, `b` whose edge wavers by the share `rough`."""
    frame, n = Frame(centre, angle), 40
    ring = []
    for i in range(n):
        t = 2 * math.pi * i / n
        r = 1 + rough * (
            math.sin(2 * t + phase) + 0.6 * math.sin(3 * t + 2.3 * phase) + 0.4 * math.sin(5 * t)
        )
        ring.append(frame(a * r * math.cos(t), b * r * math.sin(t)))
    return largest(Polygon(ring).buffer(0))
