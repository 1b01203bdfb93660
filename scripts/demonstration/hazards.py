"""Areas to evacuate and safe zones. All invented: no study stands behind them."""

from __future__ import annotations

import math
from collections.abc import Callable

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from demonstration.country import COMMUNE, waterways
from demonstration.land import NORTH_TERRACE, RIVER, SOUTH_TERRACE, height
from demonstration.network import Town
from demonstration.output import NOTE, Feature
from demonstration.sketch import at, between, largest, longest, ribbon, soft

STUDY = "Sin estudio: dibujo ilustrativo"
ACT = "ilustrativo, sin valor"

VALLEY = shapely.difference(
    RIVER.buffer(1_150, quad_segs=4), shapely.union_all([NORTH_TERRACE, SOUTH_TERRACE])
)
"""The floor between the escarpments."""


def _flood() -> list[tuple[str, int, BaseGeometry]]:
    def wave(low: float, high: float, shift: float) -> Callable[[float], float]:
        def half(s: float) -> float:
            t = math.sin(s / 410 + shift) + 0.7 * math.sin(s / 173 + 2 * shift)
            return low + (high - low) * (0.5 + t / 3.4)

        return half

    high = ribbon(RIVER, wave(26, 62, 0.3), wave(26, 60, 1.9), 35)
    middle = ribbon(RIVER, wave(62, 150, 1.1), wave(60, 140, 2.7), 35).union(high.buffer(6))
    low = ribbon(RIVER, wave(125, 300, 2.2), wave(120, 290, 0.8), 35).union(middle.buffer(10))
    floor = VALLEY.buffer(-12).intersection(COMMUNE)
    high, middle, low = (
        largest(largest(soft(shape.intersection(floor), 5)).simplify(1.2))
        for shape in (high, middle, low)
    )
    middle = largest(middle.union(high))
    return [("alto", 5, high), ("medio", 25, middle), ("bajo", 100, low.union(middle))]


_REACHES = (
    # name, from and to along the river, minutes until the water comes
    ("del embalse a Imperial", at(18980, -2830), at(12700, 2900), 12),
    ("de Imperial a Vallenar", at(12700, 2900), at(10050, 6270), 30),
    ("en la ciudad", at(10050, 6270), at(5100, 8500), 42),
    ("aguas abajo", at(5100, 8500), at(-9700, 13150), 65),
)


def _dam() -> list[tuple[str, str, int, BaseGeometry]]:
    made = []
    left: BaseGeometry = VALLEY.buffer(-4)
    for name, start, end, minutes in _REACHES:
        reach = between(RIVER, start, end).buffer(1_400, cap_style="flat")
        floor, left = left.intersection(reach).buffer(-0.5), left.difference(reach)
        near = RIVER.buffer(430).intersection(floor)
        made.append((name, "alto", minutes, soft(near, 4)))
        made.append((name, "medio", minutes + 8, soft(floor.difference(near.buffer(9)), 4)))
    return made


_FLOWS = (
    # ravine, level, from and to, half width, spread of its fan
    ("Quebrada Valparaíso", "medio", at(5900, 11500), at(4640, 9250), 38, 120),
    ("Quebrada El Jilguero", "alto", at(12400, 7150), at(10960, 5600), 42, 150),
    ("Quebrada Honda", "bajo", at(2300, 12600), at(1540, 9850), 36, 110),
    ("Quebrada Romero", "medio", at(9900, 3400), at(11850, 4320), 34, 130),
    ("Quebrada Las Porotas", "alto", at(16200, 3000), at(13800, 1880), 40, 140),
)


def hazard_zones() -> list[Feature]:
    """Flood in three nested levels, dam break by reaches, debris flows of the ravines."""
    made = []
    for i, (level, years, shape) in enumerate(_flood(), 1):
        made.append(
            _zone(f"AE-CR-{i:02d}", f"Crecida del río Huasco, nivel {level}", "flood", level, shape,
                  return_period_years=years, arrival_time_min=180)
        )  # fmt: skip
    for i, (name, level, minutes, shape) in enumerate(_dam(), 1):
        made.append(
            _zone(f"AE-EM-{i:02d}", f"Rotura del embalse Santa Juana, {name}, nivel {level}",
                  "dam_break", level, shape, arrival_time_min=minutes)
        )  # fmt: skip
    ravines = {f.properties["name"]: f.geometry for f in waterways()}
    for i, (name, level, start, end, half, fan) in enumerate(_FLOWS, 1):
        run = between(longest(ravines[name]), start, end)
        shape = ribbon(run, _fan(run, half, fan), _fan(run, half * 0.9, fan * 0.8), 30)
        made.append(
            _zone(f"AE-AL-{i:02d}", f"Aluvión, {name}",
                  "debris_flow", level, shape, arrival_time_min=15 + 5 * i)
        )  # fmt: skip
    return made


def _fan(run: LineString, half: float, spread: float) -> Callable[[float], float]:
    def width(s: float) -> float:
        mouth = max(0.0, s / run.length - 0.7) / 0.3
        return half * (0.8 + 0.2 * math.sin(s / 140)) + spread * math.pow(mouth, 1.5)

    return width


def _zone(
    code: str, name: str, hazard: str, level: str, shape: BaseGeometry, **more: float
) -> Feature:
    return Feature(
        code,
        shape.intersection(COMMUNE),
        {"name": name, "hazard": hazard, "level": level, **more, "study": STUDY,
         "approval_act": ACT, "notes": NOTE},
    )  # fmt: skip


_SAFE = (
    ("Terraza norte, El Edén y Gabriela Mistral", ("NB-08", "NB-09")),
    ("Terraza norte, Hermanos Carrera", ("NB-10", "NB-11")),
    ("Terraza norte, Baquedano y Manuel Rodríguez", ("NB-12", "NB-13")),
    ("Terraza norte, Concepción", ("NB-14",)),
    ("Terraza sur, Cuatro Palomas", ("NB-17", "NB-18")),
    ("Terraza sur, Vista Alegre", ("NB-19", "NB-20")),
    ("Terraza sur, Avenida España", ("NB-22",)),
    ("Terraza sur, Torreblanca y Cordillera", ("NB-23", "NB-24")),
)


def safe_zones(town: Town) -> list[Feature]:
    """The neighbourhoods on the terraces, out of reach of the water."""
    made = []
    for i, (name, codes) in enumerate(_SAFE, 1):
        land = shapely.union_all([town.outline[code] for code in codes], grid_size=0.01)
        spot = land.representative_point()
        made.append(
            Feature(
                f"ZS-{i:02d}",
                largest(land),
                {
                    "name": name,
                    "hazard": ["flood", "dam_break"],
                    "elevation_m": round(height(spot.x, spot.y)),
                    "capacity": round(land.area * 0.00012) * 1_000,
                    "accessible": "with_help",
                    "approval_act": ACT,
                    "notes": NOTE,
                },
            )
        )
    return made
