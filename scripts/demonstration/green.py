"""Squares, parks, banks and planted slopes: forty green areas."""

from __future__ import annotations

import random
from dataclasses import dataclass

import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demonstration.land import CANAL_NORTH, FOOT_NORTH, FOOT_SOUTH, RIVER, centre
from demonstration.network import HALF_WIDTH, Town
from demonstration.output import NOTE, Feature
from demonstration.sketch import XY, at, beside, between, largest, polygons, soft
from demonstration.town import MOTORWAY, south


@dataclass(frozen=True)
class Square:
    """A green area that takes the place of one block or more."""

    name: str
    kind: str
    sector: str
    spots: tuple[XY, ...]
    state: str = "consolidada"


@dataclass(frozen=True)
class Strip:
    """A green area along a line: from `near` to `far` metres to the line's left."""

    name: str
    kind: str
    line: LineString
    near: float
    far: float
    start: XY
    end: XY
    state: str = "consolidada"


c = centre
_SQUARES = (
    Square("Plaza Ambrosio O'Higgins", "plaza", "NB-01", (c(0, 0),)),
    Square("Plaza del Busto Bombero", "plazoleta", "NB-01", (c(520, 215),)),
    Square("Plaza La Vendimia", "plaza", "NB-02", (c(305 - 60, -245),)),
    Square("Estadio Municipal", "area_deportiva", "NB-05", (c(854, -365), c(976, -365))),
    Square("Plaza Pablo Neruda", "plaza", "NB-05", (c(976, -500),)),
    Square("Plaza Estación", "plaza", "NB-03", (c(-732, 122),)),
    Square("Plaza Los Espinos", "plazoleta", "NB-04", (c(-1300, 20),), "parcial"),
    Square("Parque Quinta Valle", "parque", "NB-06", (c(1600, -260), c(1720, -260))),
    Square("Plaza Sector O'Higgins", "plaza", "NB-07", (c(2360, 60),)),
    Square("Plaza El Edén", "plaza", "NB-08", (c(-2090, 560),)),
    Square("Plaza Gabriela Mistral", "plaza", "NB-09", (c(-1450, 590),)),
    Square("Plaza Hermanos Carrera", "plaza", "NB-10", (at(7620, 8430),)),
    Square("Cancha Hermanos Carrera", "area_deportiva", "NB-10", (c(-900, 660),)),
    Square("Plaza 21 de Mayo", "plazoleta", "NB-11", (c(330, 820),)),
    Square("Plaza Baquedano", "plaza", "NB-12", (at(8800, 8100),)),
    Square("Plaza Manuel Rodríguez", "plaza", "NB-13", (c(1420, 650),)),
    Square("Plaza Concepción", "plaza", "NB-14", (at(9600, 7230),)),
    Square("Plaza Altiplano", "plaza", "NB-15", (at(9700, 8930),), "no_ejecutada"),
    Square("Plaza Llanos de Soto", "plazoleta", "NB-16", (at(4130, 8190),), "parcial"),
    Square("Plaza Cuatro Palomas", "plaza", "NB-17", (at(6100, 6330),), "parcial"),
    Square("Plaza Los Olivos", "plazoleta", "NB-18", (at(6700, 6300),)),
    Square("Plaza Arturo Prat", "plaza", "NB-19", (at(7150, 6200),)),
    Square("Plaza Villa Vista Alegre", "plaza", "NB-20", (at(7760, 6140),)),
    Square("Cancha Vista Alegre", "area_deportiva", "NB-20", (at(7640, 6010),)),
    Square("Plaza Los Paltos", "plazoleta", "NB-21", (at(7950, 6560),), "parcial"),
    Square("Plaza España", "plaza", "NB-22", (at(8950, 5880),)),
    Square("Plaza Rafael Torreblanca", "plaza", "NB-23", (at(9760, 5800),)),
    Square("Parque Villa Cordillera", "plaza", "NB-24", (at(9480, 5560),)),
    Square("Plaza Los Aromos", "plazoleta", "NB-25", (at(7650, 5640),), "no_ejecutada"),
    Square("Plaza Domeyko", "plaza", "VL-01", ((315_560.0, 6_795_480.0),)),
    Square("Plaza Incahuasi", "plazoleta", "VL-03", ((304_540.0, 6_765_160.0),)),
)

_STRIPS = (
    Strip("Paseo Ribereño, tramo poniente", "ribera", RIVER, -71, -27, at(7620, 7340),
          at(6700, 8050)),
    Strip("Paseo Ribereño, tramo centro", "parque", RIVER, -71, -27, at(8700, 6700),
          at(7740, 7200)),
    Strip("Parque Costanera Río Huasco", "parque", RIVER, -70, -27, at(9850, 6480),
          at(8800, 6680)),
    Strip("Ribera Los Paltos", "ribera", RIVER, 28, 78, at(8480, 6520), at(7720, 6900), "parcial"),
    Strip("Talud Hermanos Carrera", "talud_arborizado", FOOT_NORTH, -12, 64, c(-490, 300),
          c(-50, 300)),
    Strip("Talud Baquedano", "talud_arborizado", FOOT_NORTH, -12, 64, c(1172, 270), c(1290, 235),
          "parcial"),
    Strip("Talud Vista Alegre", "talud_arborizado", FOOT_SOUTH, -68, -15, at(7620, 6300),
          at(8350, 6160), "parcial"),
    Strip("Bandejón Caletera", "bandejon", MOTORWAY, 32, 62, at(5330, 7250), at(5880, 6200),
          "parcial"),
    Strip("Forestación Los Canales", "forestacion", CANAL_NORTH, 14, 70, c(-1700, 720),
          c(-900, 820), "parcial"),
)  # fmt: skip


def strip(s: Strip) -> Polygon:
    """The shape of a strip, streets left in it."""
    one = between(beside(s.line, s.near), s.start, s.end)
    two = between(beside(s.line, s.far), s.start, s.end)
    if Point(one.coords[0]).distance(Point(two.coords[0])) > Point(one.coords[0]).distance(
        Point(two.coords[-1])
    ):
        two = two.reverse()
    return Polygon([*one.coords, *two.coords[::-1]]).buffer(0)


def plant(
    town: Town, faces: dict[str, list[Polygon]]
) -> tuple[list[Feature], dict[str, list[Polygon]]]:
    """The green areas, and the blocks that remain."""
    rest = {code: list(found) for code, found in faces.items()}
    drawn: list[tuple[str, str, str, BaseGeometry]] = []
    for q in _SQUARES:
        taken = []
        for spot in q.spots:
            nearest = min(
                rest[q.sector], key=lambda b: (round(b.distance(Point(spot)), 3), -b.area)
            )
            rest[q.sector].remove(nearest)
            taken.append(nearest)
        shape = taken[0] if len(taken) == 1 else MultiPolygon(taken)
        drawn.append((q.name, q.kind, q.state, shape))
    corridors = [e.line.buffer(HALF_WIDTH[e.way.kind] + 1.5) for e in town.edges]
    tree = STRtree(corridors)
    sport = next(f for f in town.land if f.contains(Point(south(400, -100))))
    sport = largest(sport.intersection(south.box(200, -600, 500, -20)))
    strips = [(s.name, s.kind, s.state, strip(s)) for s in _STRIPS]
    strips.append(("Complejo Deportivo Algarrobo", "area_deportiva", "consolidada", sport))
    for name, kind, state, shape in strips:
        near = [corridors[i] for i in tree.query(shape, predicate="intersects")]
        left = soft(shape.difference(shapely.union_all(near)), 3) if near else soft(shape, 3)
        parts = [p for p in polygons(left) if p.area > 250]
        drawn.append((name, kind, state, parts[0] if len(parts) == 1 else MultiPolygon(parts)))
    return [_feature(i, *d) for i, d in enumerate(drawn, 1)], rest


def _feature(i: int, name: str, kind: str, state: str, shape: BaseGeometry) -> Feature:
    rng = random.Random(4_000 + i)
    built = state != "no_ejecutada"
    watered = kind in ("plaza", "plazoleta", "parque", "area_deportiva")
    cover = {"talud_arborizado": 0.35, "forestacion": 0.4, "area_deportiva": 0.5}.get(kind, 0.62)
    cover *= {"consolidada": 1.0, "parcial": 0.45, "no_ejecutada": 0.0}[state]
    density = {"area_deportiva": 18, "forestacion": 220, "talud_arborizado": 120}.get(kind, 75)
    density *= built
    return Feature(
        f"GA-{i:03d}",
        shape,
        {
            "name": name,
            "kind": kind,
            "built_state": state,
            "ownership": "municipal" if kind == "area_deportiva" else "bnup",
            "public_access": kind != "area_deportiva" or rng.random() < 0.5,
            "maintenance": "sin_mantencion" if not built
            else "vecinal" if state == "parcial" and rng.random() < 0.5
            else "concesion" if rng.random() < 0.6 else "municipal",
            "vegetated_m2": round(shape.area * cover * rng.uniform(0.85, 1.1), 0),
            "irrigation": "sin_riego" if not built
            else "tecnificado" if watered and rng.random() < 0.5
            else "manual" if watered else "camion",
            "water_source": "Red de agua potable" if watered and built
            else "Canal" if built else None,
            "trees": round(shape.area / 10_000 * density * rng.uniform(0.7, 1.2)),
            "playground": built and kind in ("plaza", "parque") and rng.random() < 0.7,
            "lighting": built and kind not in ("forestacion", "talud_arborizado"),
            "accessible": ("yes" if rng.random() < 0.5 else "with_help")
            if built and kind in ("plaza", "plazoleta", "parque", "ribera") else "unknown",
            "condition": rng.choice((3, 4, 4, 5)) if state == "consolidada" else rng.choice((2, 3))
            if built else 1,
            "last_inspection": f"2026-{rng.randint(3, 10):02d}-{rng.randint(1, 28):02d}",
            "notes": NOTE,
        },
    )  # fmt: skip
