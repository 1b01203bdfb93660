"""The three villages far from the town, each a ring of streets with a grid in it."""

from __future__ import annotations

from shapely.geometry import LineString, Point

from demonstration.country import RUTA_5, km
from demonstration.sectors import Sector
from demonstration.sketch import Frame, beside, smooth
from demonstration.town import Way, ring

_DRAWN = (
    # code, name, middle, angle, half sizes, spacing, streets
    ("VL-01", "Domeyko", km(315.56, 795.48), 14.0, (285, 190), (95, 76),
     ("Ignacio Domeyko", "El Salitre", "La Estación", "El Minero", "Los Andes", "Pedro León Gallo"),
     ("Arturo Prat", "Manuel Rodríguez", "Caupolicán", "O'Higgins", "Atacama")),
    ("VL-02", "Cachiyuyo", km(315.28, 786.44), -6.0, (190, 125), (95, 84),
     ("El Ferrocarril", "Las Breas", "La Estación", "Los Canarios"),
     ("Gabriela Mistral", "El Sol")),
    ("VL-03", "Incahuasi", km(304.54, 765.16), 22.0, (170, 115), (85, 77),
     ("Yerbas Buenas", "La Posta", "Los Pimientos", "El Huerto"), ("La Virgen", "Los Crianceros")),
)  # fmt: skip

VILLAGES = tuple(
    Sector(
        code, name, "village", (middle,), Frame(middle, angle), spacing, (0, 0), 11, across, along
    )
    for code, name, middle, angle, _half, spacing, across, along in _DRAWN
)


def village_ways() -> list[Way]:
    """Each village's ring and its road to Ruta 5."""
    made = []
    east = beside(RUTA_5, 13)
    for _code, name, middle, angle, (hu, hv), _spacing, _a, _b in _DRAWN:
        frame = Frame(middle, angle)
        for side in ring(frame, -hu, -hv, hu, hv):
            made.append(Way(side, "Circunvalación", "residential", surface="tierra", speed=30))
        start = Point(frame(-hu, 0))
        end = east.interpolate(east.project(start))
        made.append(Way(LineString([start, end]), f"Acceso {name}", "tertiary"))
    up = [km(319.0, 795.3), km(324.5, 793.9), km(330.2, 791.2), km(335.4, 788.8)]
    _, _, middle, angle, (half, _), *_ = _DRAWN[0]
    road = smooth([Frame(middle, angle)(half, 0), *up], step=200, tolerance=1.5)
    made.append(Way(road, "Camino a Las Campanas", "tertiary", surface="ripio", speed=60))
    return made
