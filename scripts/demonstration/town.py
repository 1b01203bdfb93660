"""The town's main streets, drawn by hand. The grids between them are in `sectors`."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import LineString, Point

from demonstration.land import CANAL_NORTH, FOOT_NORTH, FOOT_SOUTH, RIVER, centre
from demonstration.sketch import XY, Frame, at, beside, between, smooth


@dataclass(frozen=True)
class Way:
    """A street or road as drawn, before it is cut at its crossings."""

    line: LineString
    name: str | None
    kind: str
    ref: str | None = None
    oneway: bool = False
    surface: str = "asfalto"
    speed: int = 50
    bridge: bool = False
    level: int = 0


def rung(frame: Frame, u: float, low: LineString, high: LineString) -> LineString:
    """The straight street at `u` of a frame, from the line below to the line above."""
    ends = [_meet(frame, u, edge) for edge in (low, high)]
    return LineString(ends)


def stile(frame: Frame, v: float, left: LineString, right: LineString) -> LineString:
    """The straight street at `v` of a frame, from the line on its left to that on its right."""
    turned = Frame(frame.origin, frame.angle + 90)
    return LineString([_meet(turned, v, left), _meet(turned, v, right)])


def _meet(frame: Frame, u: float, edge: LineString) -> XY:
    """Where the line at `u` of a frame meets another, nearest to the frame's axis."""
    hit = LineString([frame(u, -4000), frame(u, 4000)]).intersection(edge)
    if hit.is_empty:
        raise ValueError(f"no crossing at {u}")
    spot = min(getattr(hit, "geoms", [hit]), key=lambda p: p.distance(Point(frame(u, 0))))
    return (spot.x, spot.y)


def ramp(low: LineString, u0: float, high: LineString, u1: float, frame: Frame) -> LineString:
    """A street that climbs slantwise from the point of `low` at u0 to that of `high` at u1."""
    a, b = _meet(frame, u0, low), _meet(frame, u1, high)
    (ua, va), (ub, vb) = frame.back(*a), frame.back(*b)
    middle = [
        frame(ua + (ub - ua) * s, va + (vb - va) * t) for s, t in ((0.25, 0.22), (0.75, 0.78))
    ]
    return smooth([a, *middle, b], step=14, tolerance=0.4)


def ring(frame: Frame, u0: float, v0: float, u1: float, v1: float) -> list[LineString]:
    """The four sides of a rectangle of a frame."""
    corners = [frame(u0, v0), frame(u1, v0), frame(u1, v1), frame(u0, v1)]
    return [LineString([corners[i], corners[(i + 1) % 4]]) for i in range(4)]


def _curve(*points: XY, step: float = 30.0) -> LineString:
    return smooth([at(x, y) for x, y in points], step=step)


def _along(line: LineString, frame: Frame, u0: float, u1: float) -> LineString:
    """The part of a line between two `u` of a frame, and a metre more for streets to meet."""
    return between(line, _meet(frame, u0 - 1, line), _meet(frame, u1 + 1, line))


c = centre
south = Frame(at(7800, 6150), -13.0)
east = Frame(at(9500, 5750), -38.0)
altiplano = Frame(at(9700, 8930), -17.0)
soto = Frame(at(4130, 8190), -24.0)

costanera = between(beside(RIVER, -82), at(10080, 6350), _meet(c, -1561, beside(RIVER, -82)))
south_bank = between(beside(RIVER, 88), at(9850, 6350), _meet(c, -1038, beside(RIVER, 88)))
foot_road = between(beside(FOOT_NORTH, -24), at(5760, 9440), at(10300, 6680))
mirador = _along(beside(FOOT_NORTH, 76), c, -2400, 2280)
canal_road = _along(beside(CANAL_NORTH, -30), c, -2400, 2280)
south_foot = between(beside(FOOT_SOUTH, 26), at(7000, 6650), at(9700, 6050))
south_top = between(beside(FOOT_SOUTH, -78), at(5700, 6640), at(10420, 5200))
south_outer = _curve(
    (5950, 6055), (6500, 6020), (7100, 5930), (7700, 5800), (8300, 5690), (8850, 5590),
    (9300, 5390), (9700, 5030), (10050, 4580),
)  # fmt: skip
aromos_low = _along(beside(south_outer, -330), south, -420, 270)
MOTORWAY = _curve(
    (12300, 31500), (11500, 24500), (10300, 18500), (8950, 13200), (8050, 11500), (6900, 10600),
    (5900, 9950), (5300, 9150), (5080, 8400), (5250, 7500), (5620, 6700), (5960, 5900),
    (6350, 4900), (6950, 3300), (7600, 1500), (7900, -1000), (7400, -5500),
    step=60,
)  # fmt: skip
caletera = between(beside(MOTORWAY, 75), at(5290, 7540), at(6100, 5990))
huasco_road = smooth(
    [_meet(c, 305, south_bank), at(7130, 7230), at(6650, 7330), at(6000, 7420), at(5400, 7480),
     at(4700, 7620), at(3700, 7950), at(2700, 8650)],
    step=30,
)  # fmt: skip
prat_east = smooth(
    [c(1403, -61), c(1700, -85), c(2010, -100), c(2300, -60), c(2600, 30), at(10430, 6480)]
)  # fmt: skip
alto_road = _curve(
    (10430, 6480), (11000, 6150), (11600, 5400), (12300, 4550), (13050, 3700), (13900, 2750),
    (14500, 1900),
)  # fmt: skip

WEST, EAST_OF_PRAT = rung(c, -1037, costanera, foot_road), rung(c, 1403, costanera, foot_road)
BRIDGES = {
    "Puente Chamonate": rung(c, -1037, south_bank, costanera),
    "Puente Brasil": rung(c, 305, south_bank, costanera),
    "Puente Quinta Valle": rung(c, 1403, south_bank, costanera),
}


def main_streets() -> list[Way]:
    """The streets that bound the sectors, the most important first."""
    prat = stile(c, -61, rung(c, -1037, costanera, foot_road), EAST_OF_PRAT)
    serrano = stile(c, -183, WEST, EAST_OF_PRAT)
    chamonate, brasil, quinta = (BRIDGES[k].coords[0] for k in BRIDGES)
    made = [
        Way(between(foot_road, foot_road.coords[0], WEST.coords[1]), "Carlos Dittborn", "primary"),
        Way(between(foot_road, WEST.coords[1], foot_road.coords[-1]), "Avenida Matta", "primary"),
        Way(prat, "Arturo Prat", "primary", oneway=True, speed=40),
        Way(serrano.reverse(), "Serrano", "primary", oneway=True, speed=40),
        Way(prat_east, "Arturo Prat", "primary"),
        Way(alto_road, "Camino a Alto del Carmen", "primary", "C-485", speed=80),
        Way(huasco_road, "Camino a Huasco", "primary", "C-46", speed=80),
        Way(costanera, "Avenida Costanera", "secondary"),
        Way(south_outer, "Avenida España", "secondary"),
        Way(rung(c, 305, costanera, foot_road), "Brasil", "secondary", speed=40),
        Way(BRIDGES["Puente Brasil"], "Brasil", "secondary"),
        Way(LineString([brasil, _meet(south, -225, south_foot)]), "Brasil Sur", "secondary"),
        Way(ramp(south_foot, -225, south_top, -640, south), "Subida Vista Alegre", "secondary"),
        Way(mirador, "Avenida Mirador", "tertiary"),
        Way(canal_road, "Avenida Los Canales", "tertiary"),
        Way(south_top, "Yungay", "tertiary"),
        Way(south_foot, "Chungará", "tertiary"),
        Way(south_bank, "Los Paltos", "tertiary"),
        Way(caletera, "Caletera Ruta 5", "tertiary"),
    ]
    for name, u in (
        ("Valparaíso", -1037), ("Coquimbo", -427), ("Talca", 793), ("Maule", 1403),
        ("Arauco", 2010),
    ):  # fmt: skip
        made.append(Way(rung(c, u, costanera, foot_road), name, "tertiary"))
    made.append(Way(rung(c, -1560, costanera, foot_road), "Los Sauces", "residential"))
    for name in ("Puente Chamonate", "Puente Quinta Valle"):
        made.append(Way(BRIDGES[name], name, "tertiary"))
    made.append(
        Way(LineString([chamonate, at(6470, 7600), at(6420, 7366)]), "Chamonate", "tertiary")
    )
    made.append(
        Way(LineString([quinta, _meet(south, 745, south_foot)]), "Quinta Valle Sur", "tertiary")
    )
    made.append(Way(ramp(south_foot, 745, south_top, 1180, south), "Subida España", "tertiary"))
    for name, u in (
        ("Los Carrera", -2400), ("Gabriela Mistral", -1830), ("Carlos Condell", -1100),
        ("21 de Mayo", -20), ("Baquedano", 440), ("Manuel Rodríguez", 1150), ("Verdún", 1700),
        ("Las Rosas", 2280),
    ):  # fmt: skip
        made.append(Way(rung(c, u, mirador, canal_road), name, "residential"))
    for name, u0, u1 in (
        ("Subida El Edén", -2250, -1700), ("Subida Hermanos Carrera", -1037, -500),
        ("Subida El Cementerio", -61, 440), ("Subida Baquedano", 549, 1060),
        ("Subida Verdún", 1281, 1740), ("Subida Las Rosas", 1760, 2230),
    ):  # fmt: skip
        made.append(Way(ramp(foot_road, u0, mirador, u1, c), name, "tertiary"))
    for name, u in (("Escalinata Vallejos", -183), ("Escalinata Cautín", 1159),
                    ("Escalinata Los Sauces", -1560)):  # fmt: skip
        made.append(Way(rung(c, u, foot_road, mirador), name, "steps", surface="hormigon", speed=5))
    for name, u in (("Escalinata Los Paltos", 60), ("Escalinata Algarrobo", 470)):
        made.append(Way(rung(south, u, south_top, south_foot), name, "steps", surface="hormigon",
                        speed=5))  # fmt: skip
    for name, u in (("Las Palomas", -1430), ("Los Olivos", -900), ("Vista Alegre", -420),
                    ("Algarrobo", 270), ("Madrid", 760)):  # fmt: skip
        made.append(Way(rung(south, u, south_outer, south_top), name, "residential"))
    for name, u in (("Sevilla", -280), ("Cordillera", 560)):
        made.append(Way(rung(east, u, south_outer, south_top), name, "residential"))
    torre = stile(east, 20, rung(east, -280, south_outer, south_top),
                  rung(east, 560, south_outer, south_top))  # fmt: skip
    made.append(Way(torre, "Rafael Torreblanca", "tertiary"))
    for u in (-420, 270):
        made.append(Way(rung(south, u, aromos_low, south_outer), "Los Aromos", "residential"))
    made.append(Way(aromos_low, "El Aeródromo", "residential"))
    for side in ring(altiplano, -300, -210, 300, 210):
        made.append(Way(side, "Altiplano", "residential", surface="tierra"))
    up = _meet(c, 1150, canal_road)
    climb = smooth([up, c(1150, 1260), c(1240, 1380), altiplano(-120, -210)], step=20)
    made.append(Way(climb, "Camino al Altiplano", "tertiary", surface="tierra"))
    for side in ring(soto, -260, -130, 260, 130):
        made.append(Way(side, "Llanos de Soto", "residential"))
    made.append(
        Way(LineString([soto(0, -130), at(4020, 7830)]), "Acceso Llanos de Soto", "tertiary")
    )
    bank = smooth([south_bank.coords[0], at(9900, 6190), at(9830, 6090), south_foot.coords[-1]])
    made.append(Way(bank, "Los Paltos", "tertiary"))
    south_end = south_top.coords[-1]
    out = smooth([south_end, at(10590, 4800), at(10690, 4480), at(10700, 4200)])
    made.append(Way(out, "Camino a Imperial Bajo", "tertiary", surface="ripio"))
    end, top = costanera.coords[0], foot_road.coords[-1]
    made.append(
        Way(smooth([end, at(10240, 6470), at(10430, 6480)]), "Avenida Costanera", "secondary")
    )
    made.append(Way(LineString([top, at(10430, 6480)]), "Avenida Matta", "primary"))
    return made
