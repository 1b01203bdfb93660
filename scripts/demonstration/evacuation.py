"""Meeting points and the ways that lead to them, walked on the drawn streets."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, Point
from shapely.ops import linemerge, nearest_points

from demonstration.country import RIVER_BED
from demonstration.hazards import ACT
from demonstration.land import centre, height
from demonstration.network import Edge, Town
from demonstration.output import DRAWN_ON, NOTE, Feature
from demonstration.sketch import XY, at

WATER = ("flood", "dam_break")
_WIDTH = {"primary": 3.0, "secondary": 2.4, "tertiary": 2.0, "residential": 1.5, "steps": 2.5}


@dataclass(frozen=True)
class Meeting:
    """A meeting point: in a green area, or beside the street next to a spot."""

    name: str
    where: str | XY
    hazard: tuple[str, ...]


c = centre
_BOTH = (*WATER, "earthquake")
_MEETINGS = (
    Meeting("Plaza El Edén", "Plaza El Edén", _BOTH),
    Meeting("Plaza Gabriela Mistral", "Plaza Gabriela Mistral", _BOTH),
    Meeting("Plaza Hermanos Carrera", "Plaza Hermanos Carrera", _BOTH),
    Meeting("Mirador Vallejos", c(-183, 400), WATER),
    Meeting("Plaza 21 de Mayo", "Plaza 21 de Mayo", _BOTH),
    Meeting("Mirador Cautín", c(1159, 370), WATER),
    Meeting("Plaza Baquedano", "Plaza Baquedano", _BOTH),
    Meeting("Plaza Manuel Rodríguez", "Plaza Manuel Rodríguez", _BOTH),
    Meeting("Plaza Concepción", "Plaza Concepción", _BOTH),
    Meeting("Plaza Villa Vista Alegre", "Plaza Villa Vista Alegre", _BOTH),
    Meeting("Complejo Deportivo Algarrobo", "Complejo Deportivo Algarrobo", _BOTH),
    Meeting("Plaza España", "Plaza España", _BOTH),
    Meeting("Plaza Arturo Prat", "Plaza Arturo Prat", _BOTH),
    Meeting("Plaza Cuatro Palomas", "Plaza Cuatro Palomas", _BOTH),
    Meeting("Plaza Rafael Torreblanca", "Plaza Rafael Torreblanca", _BOTH),
    Meeting("Plaza Ambrosio O'Higgins", "Plaza Ambrosio O'Higgins", ("earthquake",)),
    Meeting("Plaza Estación", "Plaza Estación", ("earthquake",)),
    Meeting("Parque Quinta Valle", "Parque Quinta Valle", ("earthquake",)),
    Meeting("Plaza Sector O'Higgins", "Plaza Sector O'Higgins", ("earthquake", "debris_flow")),
    Meeting("Plaza Domeyko", "Plaza Domeyko", ("earthquake",)),
)

_TOWARD = {
    "Quinta Valle": "Plaza Manuel Rodríguez",
    "Arauco oriente": "Plaza Concepción",
    "Sector O'Higgins": "Plaza Concepción",
}
"""Starts that are led away from the nearest point, so that no stairs are met."""

_STARTS: tuple[tuple[str, XY, tuple[str, ...]], ...] = (
    # where people set out, and what they flee
    ("Chamonate", c(-1385, -410), WATER),
    ("Valparaíso con Costanera", c(-1037, -440), WATER),
    ("Caldera con Costanera", c(-671, -430), WATER),
    ("Coquimbo con Costanera", c(-427, -440), WATER),
    ("Aconcagua con Faez", c(-61, -305), WATER),
    ("Santiago con Costanera", c(183, -500), WATER),
    ("Colchagua con Costanera", c(427, -560), WATER),
    ("Juan Verdaguer con Faez", c(671, -305), WATER),
    ("Ñuble con Costanera", c(915, -600), WATER),
    ("Cautín con Costanera", c(1159, -590), WATER),
    ("Maule con Costanera", c(1403, -520), WATER),
    ("Quinta Valle", c(1720, -370), WATER),
    ("Arauco oriente", c(2010, -260), WATER),
    ("Sector O'Higgins", c(2430, -170), WATER),
    ("Plaza de Armas", c(61, 61), WATER),
    ("Estación", c(-793, 61), WATER),
    ("Los Paltos poniente", at(7700, 6870), WATER),
    ("Los Paltos", at(8080, 6700), WATER),
    ("Los Paltos oriente", at(8500, 6480), WATER),
    ("Ribera sur", at(9830, 6300), ("flood",)),
    ("Camino a Alto del Carmen", at(11000, 6150), ("debris_flow",)),
)  # fmt: skip


@dataclass
class _Graph:
    """The streets as people walk them: no bridge, no motorway."""

    near: dict[XY, list[tuple[XY, Edge]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, edges: list[Edge]) -> _Graph:
        made = cls()
        for e in edges:
            if e.way.kind.startswith("motorway") or e.line.intersects(RIVER_BED):
                continue
            a, b = e.line.coords[0], e.line.coords[-1]
            made.near[a].append((b, e))
            made.near[b].append((a, e))
        return made

    def costs(self, start: XY) -> dict[XY, tuple[float, list[tuple[Edge, bool]]]]:
        """Cost and path from a node to every other."""
        best: dict[XY, float] = {start: 0.0}
        back: dict[XY, tuple[XY, Edge]] = {}
        queue: list[tuple[float, XY]] = [(0.0, start)]
        while queue:
            cost, here = heapq.heappop(queue)
            if cost > best[here]:
                continue
            for there, edge in self.near[here]:
                new = cost + edge.line.length * (3.0 if edge.way.kind == "steps" else 1.0)
                if new < best.get(there, math.inf) - 1e-9:
                    best[there] = new
                    back[there] = (here, edge)
                    heapq.heappush(queue, (new, there))
        return {node: (cost, _path(node, back)) for node, cost in best.items()}


def _path(node: XY, back: dict[XY, tuple[XY, Edge]]) -> list[tuple[Edge, bool]]:
    steps = []
    while node in back:
        before, edge = back[node]
        steps.append((edge, edge.line.coords[0] == before))
        node = before
    return steps[::-1]


def meeting_points(town: Town, green: list[Feature]) -> tuple[list[Feature], dict[str, XY]]:
    """The meeting points, and for each the street corner where its ways end."""
    graph = _Graph.of(town.edges)
    nodes = sorted(graph.near)
    tree = STRtree([Point(n) for n in nodes])
    parks = {f.properties["name"]: f for f in green}
    made, corners = [], {}
    for i, m in enumerate(_MEETINGS, 1):
        code = f"PE-{i:02d}"
        if isinstance(m.where, str):
            park = parks[m.where].geometry
            corner = Point(nodes[int(tree.nearest(park.boundary))])
            inner = park.buffer(-5)
            spot = nearest_points(corner, inner)[1]
            usable = round(park.area * 0.55)
        else:
            corner = Point(nodes[int(tree.nearest(Point(m.where)))])
            edge = graph.near[corner.coords[0]][0][1].line
            around = Point(corner.x, corner.y).buffer(9).exterior
            spot = max((Point(p) for p in around.coords), key=lambda p: min(p.distance(edge), 9.0))
            usable = 420
        corners[code] = corner.coords[0]
        made.append(
            Feature(
                code,
                Point(round(spot.x, 2), round(spot.y, 2)),
                {
                    "name": m.name,
                    "hazard": list(m.hazard),
                    "usable_m2": usable,
                    "capacity": usable // 10 * 10,
                    "elevation_m": round(height(spot.x, spot.y), 1),
                    "accessible": "with_help" if i % 3 else "yes",
                    "water": bool(i % 2) and usable > 500,
                    "toilets": "Complejo" in m.name,
                    "lighting": True,
                    "notes": NOTE,
                },
            )
        )
    return made, corners


def routes(
    town: Town, points: list[Feature], corners: dict[str, XY], zones: list[Feature]
) -> list[Feature]:
    """For each start, the way to the nearest meeting point that serves what people flee."""
    graph = _Graph.of(town.edges)
    nodes = sorted(graph.near)
    tree = STRtree([Point(n) for n in nodes])
    made = []
    for i, (name, spot, hazard) in enumerate(_STARTS, 1):
        start = nodes[int(tree.nearest(Point(spot)))]
        reach = graph.costs(start)
        fitting = [
            p for p in points
            if set(hazard) <= set(p.properties["hazard"]) and corners[p.code] in reach
            and _TOWARD.get(name, p.properties["name"]) == p.properties["name"]
        ]  # fmt: skip
        point = min(fitting, key=lambda p: reach[corners[p.code]][0])
        made.append(_route(i, name, hazard, start, reach[corners[point.code]][1], point, zones))
    return made


def _route(
    i: int, name: str, hazard: tuple[str, ...], start: XY, path: list[tuple[Edge, bool]],
    point: Feature, zones: list[Feature],
) -> Feature:  # fmt: skip
    parts = [e.line if ahead else e.line.reverse() for e, ahead in path]
    whole = linemerge(parts, directed=True) if len(parts) > 1 else parts[0]
    if isinstance(whole, MultiLineString):
        raise ValueError(f"{name}: the route does not hold together")
    whole = LineString(whole.coords)
    if whole.coords[0] != start:
        whole = whole.reverse()
    slope, stairs = _steepest(path), any(e.way.kind == "steps" for e, _ in path)
    sources = [
        z.code for z in zones
        if z.properties["hazard"] in hazard and z.geometry.distance(Point(start)) < 20
    ]  # fmt: skip
    return Feature(
        f"VE-{i:02d}",
        whole,
        {
            "name": f"{name} a {point.properties['name']}",
            "hazard": list(hazard),
            "from_zone": sorted(sources)[0] if sources else None,
            "to_point": point.code,
            "surface": "asfalto",
            "width_m": min(_WIDTH.get(e.way.kind, 1.5) for e, _ in path),
            "max_slope_pct": round(slope, 1),
            "has_stairs": stairs,
            "accessible": "no" if stairs or slope > 12 else "with_help" if slope > 8 else "yes",
            "crosses_river": False,
            "lighting": i % 5 != 0,
            "signed": ("no", "parcial", "parcial")[i % 3],
            "obstacles": "Escalera" if stairs else None,
            "vehicle": "peatonal" if stairs else "mixta",
            "approved_by": "Nadie: dibujo de la demostración",
            "approval_act": ACT,
            "approved_on": DRAWN_ON,
            "notes": NOTE,
        },
    )


def _steepest(path: list[tuple[Edge, bool]]) -> float:
    """The steepest 25 m of the way, in per cent; stairs left aside."""
    most = 0.0
    for edge, _ in path:
        if edge.way.kind == "steps":
            continue
        line = edge.line
        n = max(1, round(line.length / 25))
        spots = [line.interpolate(k / n, normalized=True) for k in range(n + 1)]
        for a, b in pairwise(spots):
            run = line.length / n
            if run > 8:
                most = max(most, abs(height(b.x, b.y) - height(a.x, a.y)) / run * 100)
    return most
