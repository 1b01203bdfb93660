"""Lamps, stops, containers, trees: a little of each along the drawn streets."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from shapely.geometry import LineString, Point

from demonstration.network import HALF_WIDTH, Edge, Town
from demonstration.output import NOTE, Feature
from demonstration.sketch import XY, polygons


def _aside(line: LineString, s: float, metres: float) -> XY:
    a, b = line.interpolate(max(0, s - 4)), line.interpolate(min(line.length, s + 4))
    length = math.hypot(b.x - a.x, b.y - a.y) or 1
    p = line.interpolate(s)
    return (p.x - (b.y - a.y) / length * metres, p.y + (b.x - a.x) / length * metres)


def _lamps(edges: list[Edge]) -> Iterator[tuple[str, XY, str | None]]:
    lit = ("Arturo Prat", "Serrano", "Brasil", "Avenida Costanera")
    for e in edges:
        if e.way.name in lit and e.line.length > 50:
            for s in (e.line.length * 0.25, e.line.length * 0.75):
                side = 1 if round(s) % 2 else -1
                yield (
                    "luminaria",
                    _aside(e.line, s, side * (HALF_WIDTH[e.way.kind] - 1.8)),
                    e.way.name,
                )


def _stops(edges: list[Edge]) -> Iterator[tuple[str, XY, str | None]]:
    served = ("Avenida Matta", "Avenida Los Canales", "Yungay", "Avenida España", "Arturo Prat",
              "Carlos Dittborn")  # fmt: skip
    for name in served:
        mine = [e for e in edges if e.way.name == name and e.line.length > 60]
        for e in mine[:: max(1, len(mine) // 5)]:
            yield "paradero", _aside(e.line, 22, -HALF_WIDTH[e.way.kind] + 1.2), name


def _corners(edges: list[Edge], rng: random.Random) -> Iterator[tuple[str, XY, str | None]]:
    local = [e for e in edges if e.local and e.line.length > 70]
    for e in rng.sample(local, 60):
        yield "contenedor", _aside(e.line, 18, 4.6), e.way.name
    for e in rng.sample(local, 45):
        yield "disco_pare", _aside(e.line, e.line.length - 9, -4.4), e.way.name
    for e in rng.sample(local, 40):
        yield "grifo", _aside(e.line, e.line.length * 0.5, 4.9), e.way.name
    main = [e for e in edges if e.way.kind in ("primary", "secondary") and e.line.length > 70]
    for e in rng.sample(main, 26):
        yield "cruce_peatonal", _aside(e.line, 12, 0), e.way.name
    for e in rng.sample(main, 10):
        yield (
            "semaforo",
            _aside(e.line, e.line.length - 11, -HALF_WIDTH[e.way.kind] + 0.9),
            e.way.name,
        )


def _squares(green: list[Feature], rng: random.Random) -> Iterator[tuple[str, XY, str | None]]:
    for park in green:
        if park.properties["kind"] != "plaza" or park.properties["built_state"] != "consolidada":
            continue
        inner = polygons(park.geometry)[0].buffer(-6).exterior
        n = max(6, int(inner.length / 22))
        for k in range(n):
            p = inner.interpolate((k + 0.5) / n, normalized=True)
            yield (
                "arbol",
                (p.x + rng.uniform(-1, 1), p.y + rng.uniform(-1, 1)),
                park.properties["name"],
            )
        for share in (0.1, 0.6):
            p = park.geometry.buffer(-11).exterior.interpolate(share, normalized=True)
            yield "escano", (p.x, p.y), park.properties["name"]


def street_assets(town: Town, green: list[Feature]) -> list[Feature]:
    """Things of the street, all made up."""
    rng = random.Random(53)
    city = [e for e in town.edges if e.line.centroid.y > 6_834_000]
    drawn = [*_stops(city), *_lamps(city), *_corners(city, rng), *_squares(green, rng)]
    made = []
    for i, (kind, spot, place) in enumerate(drawn, 1):
        state = rng.choices(("bueno", "regular", "malo"), (6, 3, 1))[0]
        made.append(
            Feature(
                f"MU-{i:04d}",
                Point(round(spot[0], 1), round(spot[1], 1)),
                {
                    "kind": kind,
                    "name": f"Paradero {place}" if kind == "paradero" else None,
                    "place": place,
                    "state": None if kind in ("arbol", "cruce_peatonal") else state,
                    "model": "LED 80 W" if kind == "luminaria" and state == "bueno" else None,
                    "diameter_mm": 100 if kind == "grifo" else None,
                    "notes": NOTE,
                },
            )
        )
    return made
