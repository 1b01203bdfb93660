"""The whole drawing, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

from demonstration import (
    assets,
    country,
    evacuation,
    green,
    hazards,
    network,
    people,
    places,
    regulation,
    streets,
    years,
)
from demonstration.localities import rural_localities
from demonstration.network import Town
from demonstration.output import NOTE, Feature
from demonstration.villages import VILLAGES


@dataclass(frozen=True)
class Drawing:
    """The town's streets and every layer's features, by the layer's name."""

    town: Town
    layers: dict[str, list[Feature]]


def draw() -> Drawing:
    """Draw everything, always the same."""
    town = network.draw()
    green_areas, left = green.plant(town, network.blocks(town))
    facilities, filled = places.facilities([(c, b) for c, found in left.items() for b in found])
    blocks = people.settle(left, filled)
    districts = people.census_districts(blocks)
    numbers = people.district_numbers(town, districts)
    villages = {
        s.name: (
            sum(b.people for b in blocks if b.sector == s.code),
            sum(b.dwellings for b in blocks if b.sector == s.code),
        )
        for s in VILLAGES
    }
    hazard_zones = hazards.hazard_zones()
    flood = next(z.geometry for z in hazard_zones if z.code == "AE-CR-02")
    meeting_points, corners = evacuation.meeting_points(town, green_areas)
    commune = {"name": "Vallenar", "province": "Huasco", "region": "Atacama", "notes": NOTE}
    layers = {
        "census_blocks": people.census_blocks(blocks, numbers),
        "census_districts": districts,
        "commune": [Feature("03301", country.COMMUNE, commune)],
        "critical_points": places.critical_points(),
        "evacuation_routes": evacuation.routes(town, meeting_points, corners, hazard_zones),
        "facilities": facilities,
        "green_areas": green_areas,
        "hazard_zones": hazard_zones,
        "informal_settlements": regulation.informal_settlements(),
        "meeting_points": meeting_points,
        "neighbourhoods": people.neighbourhoods(town, blocks),
        "roads": streets.roads(town),
        "rural_localities": rural_localities(villages),
        "rural_water_systems": places.rural_water_systems(),
        "safe_zones": hazards.safe_zones(town),
        "street_assets": assets.street_assets(town, green_areas),
        "urban_limits": regulation.urban_limits(town),
        "water_bodies": country.water_bodies(),
        "waterways": country.waterways(),
        "wetlands": regulation.wetlands(),
        "zones": regulation.zones(town, flood, green_areas),
    }
    return Drawing(town, years.with_other_years(layers))
