"""Draw the demonstration: `python scripts/draw_demonstration.py [FOLDER]` writes every seed.

FOLDER is where the layers are declared, `layers` of this checkout unless told otherwise.
Run twice, it writes the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from demonstration import country, green, network, people, streets
from demonstration.localities import rural_localities
from demonstration.output import Feature, write


def draw() -> dict[str, list[Feature]]:
    """Every layer's features, by the layer's name."""
    town = network.draw()
    faces = network.blocks(town)
    green_areas, left = green.plant(town, faces)
    blocks = people.settle(left, [])
    districts = people.census_districts(blocks)
    numbers = people.district_numbers(town, districts)
    villages = {
        s.name: (
            sum(b.people for b in blocks if b.sector == s.code),
            sum(b.dwellings for b in blocks if b.sector == s.code),
        )
        for s in network.VILLAGES
    }
    return {
        "commune": [
            Feature(
                "03301",
                country.COMMUNE,
                {"name": "Vallenar", "province": "Huasco", "region": "Atacama"},
            )
        ],
        "roads": streets.roads(town),
        "census_blocks": people.census_blocks(blocks, numbers),
        "census_districts": districts,
        "neighbourhoods": people.neighbourhoods(town, blocks),
        "rural_localities": rural_localities(villages),
        "green_areas": green_areas,
        "waterways": country.waterways(),
        "water_bodies": country.water_bodies(),
    }


def main() -> None:
    """Write the seeds and say how many features each has."""
    layers = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "layers"
    territory = yaml.safe_load((layers / "territory.yaml").read_text(encoding="utf-8"))
    for name, features in sorted(draw().items()):
        declared = yaml.safe_load((layers / name / "layer.yaml").read_text(encoding="utf-8"))
        path = layers / name / "seed.geojson"
        multi = declared["geometry"]["type"].startswith("Multi")
        count = write(path, features, territory["storage_crs"], multi)
        print(f"{name:24}{count:6}{path.stat().st_size / 1000:9.0f} kB")


if __name__ == "__main__":
    main()
