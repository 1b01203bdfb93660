"""Limits and zones of a planning instrument that does not exist, and what lies about them."""

from __future__ import annotations

import math
from collections.abc import Callable

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from demonstration.country import COMMUNE, RESERVOIR_AXIS
from demonstration.land import RIVER, centre
from demonstration.network import Town
from demonstration.output import NOTE, Feature
from demonstration.sectors import SECTORS
from demonstration.sketch import at, between, blob, largest, polygons, ribbon, soft
from demonstration.town import east, south
from demonstration.villages import VILLAGES

INSTRUMENT = "Plan regulador ficticio de la demostración, sin valor legal"
_FAR = ("NB-15", "NB-16")
"""Sectors apart from the town."""


def city(town: Town) -> Polygon:
    """The town's land within its made-up urban limit."""
    near = [town.outline[s.code] for s in SECTORS if s.code not in _FAR]
    core = shapely.union_all([land.buffer(130) for land in near])
    core = core.buffer(170).buffer(-230).simplify(14)
    return max(polygons(core), key=lambda p: p.area)


def urban_limits(town: Town) -> list[Feature]:
    """The town's limits and the outlines of the three villages."""
    limit = city(town)
    counted = shapely.union_all([land.buffer(45) for land in town.outline.values()])
    counted = counted.buffer(90).buffer(-100).simplify(8)
    seen = [p for p in polygons(counted) if p.intersects(limit) or p.area > 150_000]
    rows: list[tuple[str, str, BaseGeometry, str | None]] = [
        ("Límite urbano de Vallenar (ficticio)", "plan_regulador", limit, INSTRUMENT),
        ("Límite urbano censal (ilustrativo)", "censo",
         MultiPolygon([p for p in seen if p.distance(limit) < 1_500]), None),
    ]  # fmt: skip
    for v in VILLAGES:
        shape = town.outline[v.code].buffer(60, join_style="mitre")
        rows.append((f"Contorno de {v.name} (ilustrativo)", "localidad", shape, None))
    return [
        Feature(
            f"LU-{i:02d}",
            shape,
            {"name": name, "kind": kind, "instrument": instrument, "notes": NOTE},
        )
        for i, (name, kind, shape, instrument) in enumerate(rows, 1)
    ]


_USES = {
    "ZC": ("Centro", "urbana", "Residencial, comercio, servicios, culto y cultura, educación",
           "Industria molesta, terminales de carga"),
    "ZH-1": ("Habitacional de la terraza norte", "urbana", "Residencial, educación, salud, deporte",
             "Industria, bodegaje"),
    "ZH-2": ("Habitacional de la terraza sur", "urbana", "Residencial, educación, salud, deporte",
             "Industria, bodegaje"),
    "ZH-3": ("Habitacional del valle", "urbana", "Residencial, comercio menor, educación",
             "Industria, salud con internación"),
    "ZE": ("Extensión", "extension_urbana", "Residencial de baja densidad, equipamiento",
           "Industria molesta"),
    "AV": ("Áreas verdes y laderas", "area_verde", "Áreas verdes, espacio público",
           "Todos los demás"),
    "ZR": ("Restricción por crecida del río", "restriccion", "Áreas verdes, espacio público",
           "Residencial, educación, salud"),
}  # fmt: skip
_CENTRE = ("NB-01", "NB-02", "NB-03", "NB-05")
_NORTH = ("NB-08", "NB-09", "NB-10", "NB-11", "NB-12", "NB-13", "NB-14")
_SOUTH = ("NB-17", "NB-18", "NB-19", "NB-20", "NB-22", "NB-23", "NB-24", "NB-25")
_VALLEY = ("NB-04", "NB-06", "NB-07", "NB-21")


def zones(town: Town, flood: BaseGeometry, green: list[Feature]) -> list[Feature]:
    """A made-up zoning that fills the made-up urban limit, each place once."""
    limit = city(town)
    parks = [f.geometry for f in green if f.properties["kind"] in ("ribera", "parque")]
    slopes = [f.geometry for f in green if f.properties["kind"] == "talud_arborizado"]

    def of(codes: tuple[str, ...]) -> BaseGeometry:
        return shapely.union_all([town.outline[c] for c in codes])

    wanted: list[tuple[str, BaseGeometry]] = [
        ("ZR", flood),
        ("AV", shapely.union_all([g.buffer(3) for g in [*parks, *slopes]])),
        ("ZC", of(_CENTRE)),
        ("ZH-1", of(_NORTH)),
        ("ZH-2", of(_SOUTH)),
        ("ZH-3", of(_VALLEY)),
        ("ZE", limit),
    ]
    taken: BaseGeometry = Polygon()
    made = []
    for code, shape in wanted:
        free = shapely.intersection(shape, limit.buffer(-0.5))
        free = shapely.difference(free, taken.buffer(0.02) if not taken.is_empty else taken)
        free = free.buffer(-1.5).buffer(1.4)
        taken = shapely.union_all([taken, shape])
        parts = [largest(p.simplify(0.3)) for p in polygons(free) if p.area > 900]
        name, kind, uses, never = _USES[code]
        made.append(
            Feature(
                f"ZPR-{code}",
                MultiPolygon(parts),
                {
                    "name": f"{name} (zona ficticia)",
                    "zone_code": code,
                    "class": kind,
                    "instrument": INSTRUMENT,
                    "locality": "Vallenar",
                    "permitted_uses": uses,
                    "prohibited_uses": never,
                    "notes": NOTE,
                },
            )
        )
    return made


def informal_settlements() -> list[Feature]:
    """Settlements that do not exist, so that nothing made up is said of those that do."""
    drawn = (
        ("Campamento Los Espinos (inventado)", south.box(545, -330, 700, -70), 41, 2022),
        (
            "Campamento Altos del Canal (inventado)",
            blob(centre(1730, 1085), 120, 60, -55, 1.0),
            36,
            2021,
        ),
        (
            "Campamento Nueva Cordillera (inventado)",
            soft(east.box(590, -120, 720, 90), 8),
            29,
            2019,
        ),
        (
            "Campamento Quebrada Alta (inventado)",
            blob(at(11420, 6420), 190, 120, -35, 2.0, 0.08),
            88,
            2019,
        ),
        ("Campamento Las Piedras (inventado)", blob(at(10700, 7600), 120, 80, 10, 3.0), 24, 2022),
        ("Campamento El Perdiguero (inventado)", blob(at(2950, 9330), 85, 55, 30, 4.0), 17, 2020),
    )
    return [
        Feature(
            f"AI-{i:02d}",
            shape,
            {
                "name": name,
                "households": households,
                "first_register_year": year,
                "register_note": "Hogares y contorno inventados para la demostración",
                "notes": NOTE,
            },
        )
        for i, (name, shape, households, year) in enumerate(drawn, 1)
    ]


def wetlands() -> list[Feature]:
    """Reeds along the river and at the tail of the reservoir."""
    banks = (
        ("Humedal ribereño, sector Perales Viejos", at(4300, 8900), at(2300, 9700), 55, 70),
        ("Humedal ribereño, sector Buena Esperanza", at(900, 9560), at(-900, 10100), 60, 60),
        ("Humedal ribereño, sector Imperial", at(12500, 3700), at(11900, 4350), 50, 45),
        ("Humedal ribereño, sector Longomilla", at(-5000, 11350), at(-6800, 12150), 55, 65),
    )
    shapes: list[tuple[str, BaseGeometry, str]] = []
    for name, start, end, left, right in banks:
        run = between(RIVER, start, end)
        shape = ribbon(run, _leaf(run.length, left), _leaf(run.length, right), 40, 8)
        shapes.append((name, shape, "Ribereño permanente"))
    tail = between(RESERVOIR_AXIS, at(23500, -3990), at(24100, -4020)).buffer(150)
    shapes.append(("Cola del embalse Santa Juana", soft(tail, 20), "Artificial"))
    return [
        Feature(
            f"HU-{i:02d}",
            shape.intersection(COMMUNE),
            {
                "name": name,
                "class": "Humedal continental",
                "subclass": kind,
                "basin": "Río Huasco",
                "protected_area": "No",
                "notes": NOTE,
            },
        )
        for i, (name, shape, kind) in enumerate(shapes, 1)
    ]


def _leaf(length: float, half: float) -> Callable[[float], float]:
    def width(s: float) -> float:
        t = s / length
        return 16 + half * math.pow(4 * t * (1 - t), 0.6)

    return width
