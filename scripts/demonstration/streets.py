"""All roads as features: the town's, the country's and Ruta 5."""

from __future__ import annotations

from dataclasses import replace

from demonstration.country import COMMUNE, RIVER_BED
from demonstration.highway import carriageways
from demonstration.network import Town, streets
from demonstration.output import Feature
from demonstration.sketch import lines
from demonstration.town import Way

_RANK = (
    "motorway", "motorway_link", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "track", "steps",
)  # fmt: skip


def _bridges(ways: list[Way]) -> list[Way]:
    """The ways with what spans the river cut out and marked."""
    span = RIVER_BED.buffer(9)
    made = []
    for w in ways:
        if not w.line.crosses(RIVER_BED):
            made.append(w)
            continue
        made += [replace(w, line=p) for p in lines(w.line.difference(span))]
        made += [
            replace(w, line=p, bridge=True, level=1, surface="hormigon")
            for p in lines(w.line.intersection(span))
        ]
    return made


def roads(town: Town) -> list[Feature]:
    """Every street and road, with a vertex wherever it meets another."""
    ground = _bridges(streets(town.edges))
    ways = [
        replace(w, line=piece)
        for w in ground + carriageways(ground)
        for piece in lines(w.line.intersection(COMMUNE))
    ]
    ways.sort(key=lambda w: (_RANK.index(w.kind), w.name or "~", w.line.coords[0]))
    return [
        Feature(
            f"V-{i:04d}",
            w.line,
            {
                "name": w.name,
                "class": w.kind,
                "ref": w.ref,
                "oneway": "forward" if w.oneway else "both",
                "surface": w.surface,
                "maxspeed_kmh": None if w.kind == "steps" else w.speed,
                "bridge": w.bridge,
                "level": w.level,
            },
        )
        for i, w in enumerate(ways, 1)
    ]
