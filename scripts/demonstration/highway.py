"""Ruta 5: two carriageways, the links of its junctions, the roads it passes over."""

from __future__ import annotations

import shapely
from shapely.geometry import LineString, MultiLineString, Point
from shapely.ops import linemerge, substring

from demonstration.country import COMMUNE, RIVER_BED, RUTA_5, country_ways
from demonstration.sketch import beside, lines, smooth
from demonstration.town import Way, huasco_road

SIDES = {"south": beside(RUTA_5, -13), "north": beside(RUTA_5, 13).reverse()}
"""The carriageways in the sense of driving: southbound on the west, northbound on the east."""


def _links(road: LineString, name: str) -> list[Way]:
    """Ways off and on for both carriageways where `road` passes under them."""
    made = []
    for line in SIDES.values():
        crossing = line.intersection(road)
        if crossing.is_empty:
            continue
        here = next(iter(getattr(crossing, "geoms", [crossing])))
        s = line.project(here)
        along = road.project(here)
        ends = [road.interpolate(max(0, along - 75)), road.interpolate(along + 75)]
        # the end on the outer side of this carriageway: to the right of the driving sense
        ahead = line.interpolate(s + 5)
        end = max(
            ends,
            key=lambda p: (ahead.x - here.x) * (here.y - p.y) - (ahead.y - here.y) * (here.x - p.x),
        )
        for run, label in ((-420.0, "Salida"), (420.0, "Entrada")):
            start = line.interpolate(s + run)
            half = line.interpolate(s + run * 0.45)
            side = beside(line, -38)
            bend = side.interpolate(side.project(half))
            curve = smooth([start.coords[0], bend.coords[0], end.coords[0]], step=20)
            if run > 0:
                curve = curve.reverse()
            made.append(Way(curve, f"{label} {name}", "motorway_link", None, True, speed=50))
    return made


def links() -> list[Way]:
    """The ways on and off at the town's two junctions."""
    north = next(w.line for w in country_ways() if w.name == "Camino a Ventanas")
    return _links(north, "Vallenar Norte") + _links(huasco_road, "Vallenar Sur")


def carriageways(ground: list[Way]) -> list[Way]:
    """Both carriageways, with a vertex where a way joins, cut where they pass over something."""
    ends = [Point(p) for w in ground for p in (w.line.coords[0], w.line.coords[-1])]
    under = [w.line for w in ground if w.kind != "motorway_link"]
    made = []
    for line in SIDES.values():
        for piece in lines(line.intersection(COMMUNE)):
            whole = _with_vertices(piece, [p for p in ends if piece.distance(p) < 0.5])
            made += _bridged(whole, under)
    return made


def _with_vertices(line: LineString, points: list[Point]) -> LineString:
    for p in sorted(points, key=line.project):
        s = line.project(p)
        parts = [substring(line, 0, s), substring(line, s, line.length)]
        if all(part.length > 0.5 for part in parts):
            a, b = (list(part.coords) for part in parts)
            line = LineString([*a[:-1], p.coords[0], *b[1:]])
    return line


def _bridged(line: LineString, roads: list[LineString]) -> list[Way]:
    near = [r for r in roads if r.crosses(line)]
    spans = [Point(p).buffer(24) for r in near for p in _points(r.intersection(line))]
    spans += [g.buffer(22) for g in lines(RIVER_BED.intersection(line))]
    cut = shapely.union_all(spans)
    made = []
    for part, bridge in ((line.difference(cut), False), (line.intersection(cut), True)):
        joined = linemerge(part) if isinstance(part, MultiLineString) else part
        for piece in lines(joined):
            made.append(
                Way(piece, "Ruta 5 Norte", "motorway", "5", True, "asfalto", 120, bridge,
                    1 if bridge else 0)
            )  # fmt: skip
    return made


def _points(shape: shapely.Geometry) -> list[tuple[float, ...]]:
    return [p.coords[0] for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Point"]
