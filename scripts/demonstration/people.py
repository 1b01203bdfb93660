"""Blocks, neighbourhoods and districts with their people. Every person here is invented."""

from __future__ import annotations

import random
from dataclasses import dataclass

import shapely
from shapely.geometry import Point, Polygon

from demonstration.country import COMMUNE, km
from demonstration.localities import LOCALITIES
from demonstration.network import GRIDDED, Town
from demonstration.output import NOTE, Feature
from demonstration.sectors import SECTORS
from demonstration.sketch import at

YEAR = 2017
INVENTED = "Personas y viviendas inventadas para la demostración. " + NOTE
TOWN_PEOPLE = 45_000
"""About as many as the census of 2017 counted in the town; who lives where is made up."""


@dataclass(frozen=True)
class Block:
    """A block with the people made up for it."""

    sector: str
    shape: Polygon
    dwellings: int
    people: int


def settle(faces: dict[str, list[Polygon]], empty: list[Polygon]) -> list[Block]:
    """People for every block; those in `empty` (schools, cemetery, stadium…) have none."""
    rng = random.Random(2017)
    vacant = shapely.union_all(empty) if empty else Polygon()
    drafts: list[tuple[str, Polygon, float]] = []
    for sector in GRIDDED:
        for shape in faces[sector.code]:
            share = rng.triangular(0.55, 1.3, 1.0)
            homes = sector.density * shape.area / 10_000 * share
            if vacant.intersects(shape.representative_point()) or rng.random() < 0.02:
                homes = 0.0
            drafts.append((sector.code, shape, homes))
    size = {s.code: rng.uniform(2.6, 3.2) for s in GRIDDED}
    wanted = sum(h * size[c] for c, _, h in drafts if c.startswith("NB"))
    scale = TOWN_PEOPLE / wanted
    made = []
    for code, shape, homes in drafts:
        dwellings = round(homes * (scale if code.startswith("NB") else 1.0))
        people = round(dwellings * size[code] * rng.uniform(0.92, 1.08))
        made.append(Block(code, shape, dwellings, people))
    return made


def census_blocks(blocks: list[Block], districts: dict[str, tuple[int, int]]) -> list[Feature]:
    """The blocks, with district and zone numbers that are made up as well."""
    made, counter = [], dict.fromkeys(districts.values(), 0)
    for i, b in enumerate(blocks, 1):
        district, zone = districts[b.sector]
        counter[district, zone] += 1
        made.append(
            Feature(
                f"B-{i:04d}",
                b.shape,
                {
                    "district_no": district,
                    "zone_no": zone,
                    "block_no": counter[district, zone],
                    "area_kind": "urbana" if b.sector.startswith("NB") else "rural",
                    "population": b.people,
                    "population_year": YEAR,
                    "dwellings": b.dwellings,
                    "notes": INVENTED,
                },
            )
        )
    return made


def neighbourhoods(town: Town, blocks: list[Block]) -> list[Feature]:
    """The sectors as neighbourhoods, to the middle of the streets around them."""
    made = []
    for i, s in enumerate(SECTORS, 1):
        mine = [b for b in blocks if b.sector == s.code]
        made.append(
            Feature(
                s.code,
                town.outline[s.code],
                {
                    "name": s.name,
                    "kind": s.kind,
                    "neighbourhood_unit_code": f"UV-{(i + 1) // 2:02d}",
                    "population": sum(b.people for b in mine),
                    "population_year": YEAR,
                    "dwellings": sum(b.dwellings for b in mine),
                    "consolidation": s.consolidation,
                    "residents_association": f"Junta de Vecinos {s.name}",
                    "notes": INVENTED,
                },
            )
        )
    return made


_SEATS = (
    # number, name, kind, points around which the district lies (nearest wins)
    (1, "Sargento Aldea", "urbano", (at(7500, 7900), at(7300, 7600), at(8300, 7500))),
    (2, "Hermanos Carrera", "urbano", (at(7300, 8800), at(8300, 8300), at(6300, 9200),
                                      at(8600, 9900))),
    (3, "O'Higgins", "urbano", (at(9300, 7000), at(9400, 7700), at(8900, 5900), at(9700, 5500),
                                at(9900, 8800))),
    (4, "Los Canales", "mixto", (at(6500, 6300), at(7700, 6100), at(4200, 7600), at(1500, 8200))),
    (5, "Las Ventanas", "rural", (km(320.0, 848.0), km(326.0, 853.0), km(317.5, 843.5))),
    (6, "Imperial", "rural", (km(334.5, 836.0), km(344.0, 838.0), km(333.5, 831.5))),
    (7, "Camarones", "rural", (km(337.5, 827.0), km(338.0, 817.0))),
    (8, "Libertad", "rural", (km(340.0, 848.0),)),
    (9, "Las Cuñas", "rural", (km(376.0, 850.0), km(372.0, 866.0))),
    (10, "Algarrobal", "rural", (km(346.0, 872.0), km(334.0, 884.0), km(360.0, 880.0))),
    (11, "El Zapallo", "rural", (km(310.0, 824.0), km(318.0, 826.0))),
    (12, "Vizcachitas", "rural", (km(318.0, 807.0), km(330.0, 808.0))),
    (13, "Domeyko", "rural", (km(315.5, 793.0), km(336.0, 791.0))),
    (14, "Incahuasi", "rural", (km(304.0, 766.0), km(313.0, 779.0))),
    (15, "Cordón Romero", "rural", (km(291.5, 765.0), km(296.0, 760.0))),
)  # fmt: skip


def census_districts(blocks: list[Block]) -> list[Feature]:
    """Districts as the land nearest to a few points each: edges drawn by nobody."""
    seats = [(n, Point(p)) for n, _, _, points in _SEATS for p in points]
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints([p for _, p in seats]), extend_to=COMMUNE)
    )
    made = []
    for number, name, kind, _ in _SEATS:
        mine = [c for c in cells if any(n == number and c.contains(p) for n, p in seats)]
        land = shapely.union_all(mine).intersection(COMMUNE)
        inside = [b for b in blocks if land.contains(b.shape.representative_point())]
        rural = [r for r in LOCALITIES if land.contains(Point(r.spot)) and not r.village]
        made.append(
            Feature(
                f"D-{number:02d}",
                land,
                {
                    "name": f"Distrito {name}",
                    "district_no": number,
                    "kind": kind,
                    "population": sum(b.people for b in inside) + sum(r.people for r in rural),
                    "population_year": YEAR,
                    "dwellings": sum(b.dwellings for b in inside) + sum(r.homes for r in rural),
                    "notes": INVENTED,
                },
            )
        )
    return made


def district_numbers(town: Town, districts: list[Feature]) -> dict[str, tuple[int, int]]:
    """For each sector its district and a zone (or rural locality) number within it."""
    made, counter = {}, dict.fromkeys((d.code for d in districts), 0)
    for s in GRIDDED:
        home = next(
            d for d in districts if d.geometry.contains(town.outline[s.code].representative_point())
        )
        counter[home.code] += 1
        made[s.code] = (int(home.properties["district_no"]), counter[home.code])
    return made
