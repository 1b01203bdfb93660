"""The twenty rural localities: names and positions to 100 m are facts, the rest is made up."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Point

from demonstration.country import km
from demonstration.output import NOTE, Feature
from demonstration.sketch import XY


@dataclass(frozen=True)
class Locality:
    """A rural locality."""

    name: str
    spot: XY
    category: str
    people: int
    access: str
    minutes: int
    water: str
    post: bool = False
    school: bool = False
    village: bool = False
    """Whether it is drawn with streets and blocks."""
    supposed: bool = False
    """Whether even its position is a guess."""

    @property
    def homes(self) -> int:
        """Dwellings, made up."""
        return round(self.people / 2.7)


LOCALITIES = (
    Locality("Perales Viejos", km(322.8, 839.3), "caserio", 240, "Acceso Perales Viejos por C-46", 11, "apr"),
    Locality("Hacienda Compañía", km(324.8, 835.6), "fundo", 520, "Camino a La Compañía", 12, "apr", True, True),
    Locality("Hacienda Buena Esperanza", km(320.5, 839.0), "fundo", 310, "C-46", 14, "apr", False, True),
    Locality("Hacienda Ventanas", km(317.2, 843.7), "fundo", 270, "Camino a Ventanas", 24, "camion_aljibe", True),
    Locality("El Colmo", km(317.0, 838.0), "caserio", 85, "Camino a El Colmo", 21, "camion_aljibe"),
    Locality("Quebrada Honda", km(321.8, 842.6), "caserio", 60, "Camino a Ventanas", 15, "camion_aljibe", supposed=True),
    Locality("San Antonio", km(323.5, 838.4), "caserio", 130, "Acceso San Antonio por C-46", 9, "red_urbana"),
    Locality("Longomilla", km(314.0, 841.8), "caserio", 150, "C-46", 22, "pozo"),
    Locality("Imperial Alto", km(332.6, 834.0), "caserio", 290, "C-485", 10, "apr"),
    Locality("Imperial Bajo", km(332.3, 833.2), "caserio", 340, "Camino a Imperial Bajo", 13, "apr"),
    Locality("Las Porotas", km(334.2, 832.1), "caserio", 180, "C-485", 13, "apr", False, True),
    Locality("La Posada", km(334.6, 830.8), "caserio", 95, "C-485", 15, "pozo"),
    Locality("La Verbena", km(336.0, 828.9), "caserio", 110, "C-485", 18, "pozo"),
    Locality("Chañar Blanco", km(334.2, 830.4), "caserio", 220, "Camino a Imperial Bajo", 19, "apr", False, True),
    Locality("El Jilguero", km(330.6, 836.3), "parcela", 260, "C-485", 7, "red_urbana"),
    Locality("Domeyko", km(315.5, 795.5), "aldea", 960, "Ruta 5 Norte", 34, "apr", True, True, True),
    Locality("Cachiyuyo", km(315.1, 786.5), "aldea", 310, "Ruta 5 Norte", 42, "apr", True, True, True),
    Locality("Incahuasi", km(304.5, 765.2), "aldea", 320, "Ruta 5 Norte", 62, "apr", True, True, True),
    Locality("Camarones", km(337.4, 828.1), "caserio", 75, "C-485", 20, "apr"),
    Locality("Donkey", km(340.8, 890.9), "majada", 12, "Ruta 5 Norte", 48, "sin_servicio", supposed=True),
)  # fmt: skip
"""Health posts and schools as far as public registers name them."""


def rural_localities(village_people: dict[str, tuple[int, int]]) -> list[Feature]:
    """The localities as points; villages have the people of their blocks.

    Parameters
    ----------
    village_people
        By name, people and dwellings of the villages drawn with blocks.
    """
    made = []
    for i, r in enumerate(LOCALITIES, 1):
        people, homes = village_people.get(r.name, (r.people, r.homes))
        remote = r.minutes > 40
        supposed = "Posición supuesta. " if r.supposed else "Posición redondeada a 100 m. "
        made.append(
            Feature(
                f"LR-{i:02d}",
                Point(r.spot),
                {
                    "name": r.name,
                    "category": r.category,
                    "population": people,
                    "population_year": 2017,
                    "dwellings": homes,
                    "access_road": r.access,
                    "travel_min_to_city": r.minutes,
                    "water_system": r.water,
                    "sewer": r.village and r.name == "Domeyko",
                    "electricity": r.name != "Donkey",
                    "lighting": people > 200,
                    "mobile_coverage": not remote or r.village,
                    "health_post": r.post,
                    "school": r.school,
                    "has_urban_limit": r.village,
                    "horizontal_accuracy_m": 5000 if r.supposed else 100,
                    "notes": f"{supposed}Personas y servicios inventados. {NOTE}",
                },
            )
        )
    return made
