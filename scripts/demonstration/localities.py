"""The twenty rural localities: names and positions to 100 m are facts, the rest is made up."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

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
    post: bool
    school: bool
    village: bool
    """Whether it is drawn with streets and blocks."""
    supposed: bool
    """Whether even its position is a guess."""

    @property
    def homes(self) -> int:
        """Dwellings, made up."""
        return round(self.people / 2.7)


def _read() -> tuple[Locality, ...]:
    with (Path(__file__).parent / "localities.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(
            Locality(
                row["name"],
                km(float(row["east_km"]), float(row["north_km"])),
                row["category"],
                int(row["people"]),
                row["access"],
                int(row["minutes"]),
                row["water"],
                *(row[flag] == "yes" for flag in ("health_post", "school", "village", "supposed")),
            )
            for row in csv.DictReader(handle)
        )


LOCALITIES = _read()
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
