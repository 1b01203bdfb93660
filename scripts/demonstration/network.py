"""The town's street network: main streets and grids, noded, thinned, cut into blocks' faces."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import linemerge, polygonize
from shapely.prepared import prep

from demonstration.country import country_ways
from demonstration.highway import links
from demonstration.sectors import SECTORS, Names, Sector
from demonstration.sketch import lines, polygons
from demonstration.town import Way, main_streets
from demonstration.villages import VILLAGES, village_ways

GRID = 0.01
"""Every crossing is drawn to the centimetre."""

GRIDDED = (*SECTORS, *VILLAGES)
HALF_WIDTH = {
    "motorway": 12.0, "primary": 10.0, "secondary": 9.0, "tertiary": 7.5, "residential": 5.8,
    "unclassified": 5.0, "living_street": 3.5, "steps": 2.5, "motorway_link": 5.0,
    "track": 3.0,
}  # fmt: skip
"""From a street's middle to the line of the blocks, in metres."""


@dataclass(frozen=True)
class Edge:
    """A street between two crossings."""

    line: LineString
    way: Way
    local: bool


@dataclass(frozen=True)
class Town:
    """The streets, and for each sector the faces between them."""

    edges: list[Edge]
    land: list[Polygon]
    """Every face between streets, in or out of a sector."""
    faces: dict[str, list[Polygon]]
    outline: dict[str, Polygon]
    """A sector's land, to the middle of the streets around it."""


def draw() -> Town:
    """The network, from the drawn streets and the sectors' grids."""
    main = [*main_streets(), *country_ways(), *village_ways(), *links()]
    net = shapely.union_all([w.line for w in main], grid_size=GRID)
    faces = list(polygonize(net))
    outline = {s.code: _outline(s, faces) for s in GRIDDED}
    local = [w for s in GRIDDED for w in _grid(s, outline[s.code])]
    edges = _cut(main, local)
    edges = _merge_small(edges, outline)
    edges = _trim(edges)
    found = list(polygonize([e.line for e in edges]))
    tree = STRtree([f.representative_point() for f in found])
    inside = {
        code: [found[i] for i in sorted(tree.query(land, predicate="contains"))]
        for code, land in outline.items()
    }
    return Town(edges, found, inside, outline)


def _outline(sector: Sector, faces: list[Polygon]) -> Polygon:
    mine = []
    for seed in sector.seeds:
        around = [f for f in faces if f.contains(Point(seed))]
        if not around:
            raise ValueError(f"{sector.name}: no face around {seed}")
        mine.append(min(around, key=lambda f: f.area))
    joined = shapely.union_all(mine, grid_size=GRID)
    if not isinstance(joined, Polygon) or joined.area > 900_000:
        raise ValueError(f"{sector.name}: {joined.geom_type}, {joined.area / 1e4:.1f} ha")
    return joined


def _grid(sector: Sector, land: Polygon) -> list[Way]:
    """The local streets of a sector, cut to its land."""
    corners = [sector.frame.back(*p) for p in land.exterior.coords]
    us, vs = [p[0] for p in corners], [p[1] for p in corners]
    made = []
    for axis, (low, high), names in (
        (0, (min(us), max(us)), sector.across),
        (1, (min(vs), max(vs)), sector.along),
    ):
        step, start = sector.spacing[axis], sector.phase[axis]
        first, last = math.ceil((low - start) / step), math.floor((high - start) / step)
        for count, k in enumerate(range(first, last + 1)):
            at = start + k * step
            a, b = (
                (sector.frame(at, min(vs) - 9), sector.frame(at, max(vs) + 9))
                if axis == 0
                else (sector.frame(min(us) - 9, at), sector.frame(max(us) + 9, at))
            )
            name = _name(names, at, count)
            for piece in lines(LineString([a, b]).intersection(land)):
                made.append(Way(piece, name, "residential", speed=30))
    return made


def _name(names: Names, at: float, count: int) -> str | None:
    if isinstance(names, tuple):
        return names[count % len(names)] if names else None
    return names.get(round(at))


def _cut(main: list[Way], local: list[Way]) -> list[Edge]:
    """Every street cut at every crossing, each piece with the street it comes from."""
    ways = [*main, *local]
    net = shapely.union_all([w.line for w in ways], grid_size=GRID)
    tree = STRtree([w.line for w in ways])
    edges = []
    for piece in lines(net):
        middle = piece.interpolate(0.5, normalized=True)
        near = tree.query(middle, predicate="dwithin", distance=0.2)
        if not len(near):
            raise ValueError("a piece without its street")
        index = int(min(near))
        way = ways[index]
        run = [way.line.project(Point(p)) for p in (piece.coords[0], piece.coords[-1])]
        edges.append(Edge(piece if run[1] >= run[0] else piece.reverse(), way, index >= len(main)))
    return edges


def _merge_small(edges: list[Edge], outline: dict[str, Polygon]) -> list[Edge]:
    """Take away local streets until no face is a sliver."""
    lands = [(s, prep(outline[s.code])) for s in GRIDDED]
    for _ in range(25):
        found = list(polygonize([e.line for e in edges]))
        tree = STRtree([e.line.interpolate(0.5, normalized=True) for e in edges])
        drop: set[int] = set()
        for face in sorted(found, key=lambda f: f.area):
            inside = face.representative_point()
            sector = next((s for s, land in lands if land.contains(inside)), None)
            if sector is None:
                continue
            du, dv = sector.spacing
            if face.area > 0.42 * du * dv and not face.buffer(-0.26 * min(du, dv)).is_empty:
                continue
            near = tree.query(face.exterior, predicate="dwithin", distance=0.05)
            around = [int(i) for i in near if edges[i].local]
            if not around or drop & set(around):
                continue
            drop.add(max(sorted(around), key=lambda i: edges[i].line.length))
        if not drop:
            break
        edges = [e for i, e in enumerate(edges) if i not in drop]
    return edges


def _trim(edges: list[Edge]) -> list[Edge]:
    """Without dead ends, save those of main streets longer than 60 m."""
    while True:
        degree: dict[tuple[float, ...], int] = defaultdict(int)
        for e in edges:
            degree[e.line.coords[0]] += 1
            degree[e.line.coords[-1]] += 1
        kept = [
            e
            for e in edges
            if min(degree[e.line.coords[0]], degree[e.line.coords[-1]]) > 1
            or (not e.local and e.line.length > 60)
        ]
        if len(kept) == len(edges):
            return kept
        edges = kept


def streets(edges: list[Edge]) -> list[Way]:
    """The edges joined into whole streets again, with a vertex at every crossing."""
    groups: dict[tuple[object, ...], list[LineString]] = defaultdict(list)
    for e in edges:
        w = e.way
        groups[(w.name, w.kind, w.ref, w.oneway, w.surface, w.speed)].append(e.line)
    made = []
    for (name, kind, ref, oneway, surface, speed), parts in groups.items():
        directed = bool(oneway)
        joined = linemerge(parts, directed=directed) if len(parts) > 1 else parts[0]
        for line in lines(joined):
            made.append(Way(line, name, kind, ref, directed, surface, speed))  # type: ignore[arg-type]
    return made


def blocks(town: Town) -> dict[str, list[Polygon]]:
    """For each sector its blocks: the faces less the width of the streets, corners cut."""
    corridors = [e.line.buffer(HALF_WIDTH[e.way.kind], cap_style="flat") for e in town.edges]
    tree = STRtree(corridors)
    made: dict[str, list[Polygon]] = {}
    for code, faces in town.faces.items():
        mine = []
        for face in faces:
            near = [corridors[i] for i in tree.query(face, predicate="intersects")]
            rest = face.difference(shapely.union_all(near))
            rest = rest.buffer(-4, join_style="mitre").buffer(4, quad_segs=2).simplify(0.25)
            parts = [p for p in polygons(rest) if p.area > 350]
            if parts:
                mine.append(max(parts, key=lambda p: p.area))
        made[code] = sorted(mine, key=lambda p: (-round(p.centroid.y), round(p.centroid.x)))
    return made
