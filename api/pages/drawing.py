"""Small maps drawn as SVG: shapes in the page itself, no tiles, no script. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, log10, radians
from typing import Any

WIDTH, HEIGHT, MARGIN = 640.0, 400.0, 24.0
_MOST_POINTS = 20_000
_SPECK = 6.0
"""What is drawn smaller than this is a point."""
_SMALLEST = 0.001
"""Degrees: a single point is shown with about a hundred metres around it."""
_M_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One shape: its path, or the middle of its circle, and how it is drawn."""

    path: str
    kind: str
    points: tuple[tuple[float, float], ...] = ()
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map of `WIDTH` × `HEIGHT`, north up, with the length of its scale bar."""

    marks: tuple[Mark, ...]
    bar_px: float
    bar_m: int
    width: float = WIDTH
    height: float = HEIGHT


Shape = tuple[dict[str, Any] | None, str, str, str]
"""GeoJSON geometry in degrees; ``here``, ``near`` or ``frame``; title; address."""


def draw(shapes: Sequence[Shape], *, box: Sequence[float] | None = None) -> Drawing | None:
    """The shapes, each in its place; None where none has one.

    Parameters
    ----------
    shapes
        In the order of drawing.
    box
        West, south, east, north of the map in degrees; those of the shapes where None.
    """
    corners = box or box_of([shape for shape, _, _, _ in shapes])
    if corners is None:
        return None
    west, south, east, north = corners
    squeeze = max(cos(radians((south + north) / 2)), 0.01)
    wide = max((east - west) * squeeze, _SMALLEST)
    high = max(north - south, _SMALLEST)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(WIDTH / 2 + (x - middle_x) * squeeze * scale, 1),
            round(HEIGHT / 2 - (y - middle_y) * scale, 1),
        )

    budget = [_MOST_POINTS]
    marks = []
    for shape, kind, title, href in shapes:
        if shape is None:
            continue
        path, points = _trace(shape, place, budget)
        if path or points:
            marks.append(Mark(path, kind, tuple(points), title, href))
    metres = _round_length(120 / scale * _M_PER_DEGREE)
    return Drawing(tuple(marks), round(metres / _M_PER_DEGREE * scale, 1), metres)


def box_of(shapes: Sequence[dict[str, Any] | None]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of GeoJSON geometries; None without a point."""
    found = [point for shape in shapes if shape for part in parts_of(shape) for point in part]
    if not found:
        return None
    xs, ys = [p[0] for p in found], [p[1] for p in found]
    return min(xs), min(ys), max(xs), max(ys)


def parts_of(shape: dict[str, Any]) -> Iterator[list[list[float]]]:
    """The lines, rings and (as lists of one) points of a GeoJSON geometry."""
    if shape["type"] == "GeometryCollection":
        for one in shape["geometries"]:
            yield from parts_of(one)
        return
    yield from _lists(shape["coordinates"])


def _lists(node: list[Any]) -> Iterator[list[list[float]]]:
    if not node:
        return
    if isinstance(node[0], int | float):
        yield [node]
    elif isinstance(node[0][0], int | float) if node[0] else False:
        yield node
    else:
        for one in node:
            yield from _lists(one)


def _trace(
    shape: dict[str, Any], place: Any, budget: list[int]
) -> tuple[str, list[tuple[float, float]]]:
    """SVG path of lines and rings, and the places of points; coarser than a pixel is left out."""
    is_point = shape["type"].endswith("Point")
    if not is_point and (middle := _speck(shape, place)):
        return "", [middle]
    closed = "Z" if shape["type"].endswith("Polygon") else ""
    path: list[str] = []
    points: list[tuple[float, float]] = []
    for part in parts_of(shape):
        placed = [place(point[0], point[1]) for point in part]
        if is_point:
            points += placed
            continue
        kept = placed[:1]
        for point in placed[1:]:
            if hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= 0.7:
                kept.append(point)
        if len(kept) == 1:  # smaller than a pixel: still to be seen
            kept.append((kept[0][0] + 1, kept[0][1]))
        budget[0] -= len(kept)
        if budget[0] < 0:
            break
        path.append("M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + closed)
    return "".join(path), points


def _speck(shape: dict[str, Any], place: Any) -> tuple[float, float] | None:
    """The middle of a shape that would be drawn too small to be seen; None for others."""
    box = box_of([shape])
    if box is None:
        return None
    (west, south), (east, north) = place(box[0], box[1]), place(box[2], box[3])
    if hypot(east - west, north - south) >= _SPECK:
        return None
    return round((west + east) / 2, 1), round((south + north) / 2, 1)


def _round_length(metres: float) -> int:
    """The largest of 1, 2 or 5 times a power of ten that is not longer."""
    power = 10 ** int(log10(max(metres, 1)))
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1)))
