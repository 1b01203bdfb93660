"""What was and what will be: versions before today's, things that ended, one that is planned.

Today's drawing stays as it is; the rest is put beside it. No date falls between the day that the
demonstration was drawn and the planned one, so that what is in force does not change by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from demonstration.green import Strip, strip
from demonstration.land import RIVER, centre, height
from demonstration.output import NOTE, Feature
from demonstration.sketch import at

Layers = Mapping[str, list[Feature]]


def with_other_years(layers: Layers) -> dict[str, list[Feature]]:
    """All layers, three of them with their other years; what is in force today stays."""
    told = {name: list(features) for name, features in layers.items()}
    _green_areas(told["green_areas"])
    _meeting_points(told["meeting_points"])
    _neighbourhoods(told["neighbourhoods"])
    return told


def _since(features: list[Feature], name: str, day: str) -> Feature:
    """Today's feature of that name, from now on in force since `day`."""
    here = next(i for i, f in enumerate(features) if f.properties["name"] == name)
    before = features[here]
    features[here] = replace(before, properties=before.properties | {"valid_from": day})
    return before


def _until(
    features: list[Feature], name: str, day: str, shape: BaseGeometry | None = None, **was: Any
) -> None:
    """Puts, before today's feature, the version that was in force until `day`."""
    now = _since(features, name, day)
    features.append(
        replace(now, geometry=shape or now.geometry, properties=now.properties | was | _to(day))
    )


def _to(day: str, since: str | None = None) -> dict[str, str]:
    return ({"valid_from": since} if since else {}) | {"valid_to": day}


def _green_areas(features: list[Feature]) -> None:
    _since(features, "Plaza Pablo Neruda", "2024-05-18")  # opened
    park = next(f for f in features if f.properties["name"] == "Parque Quinta Valle").geometry
    assert isinstance(park, MultiPolygon)
    half = park.geoms[0]
    _until(  # enlarged
        features, "Parque Quinta Valle", "2025-04-05", half, built_state="parcial",
        vegetated_m2=round(half.area * 0.28), trees=round(half.area / 10_000 * 40),
        playground=False, lighting=False, maintenance="municipal", irrigation="manual", condition=2,
        last_inspection="2025-01-14",
    )  # fmt: skip
    lot = {
        "kind": "plazoleta", "built_state": "consolidada", "ownership": "municipal",
        "public_access": True, "maintenance": "municipal", "vegetated_m2": 310.0,
        "irrigation": "manual", "water_source": "Red de agua potable", "trees": 14,
        "playground": True, "lighting": True, "accessible": "yes", "condition": 4, "notes": NOTE,
    }  # fmt: skip
    features.append(  # on a lot that was built upon
        Feature(
            "GA-042",
            centre.box(193, 71, 229, 97),
            lot
            | {"name": "Plaza de Bolsillo Merced", "last_inspection": "2025-05-20"}
            | _to("2025-08-31", since="2022-01-15"),
        )
    )
    name = "Parque Ribera Sur"
    features.append(  # planned
        Feature(
            "GA-043",
            strip(Strip(name, "parque", RIVER, 28, 78, at(9300, 6420), at(8560, 6480))),
            lot
            | {
                "name": name, "kind": "parque", "ownership": "bnup",
                "vegetated_m2": 21_000.0, "irrigation": "tecnificado", "trees": 260,
                "condition": 5, "valid_from": "2031-03-01",
            },
        )
    )  # fmt: skip


def _meeting_points(features: list[Feature]) -> None:
    _since(features, "Plaza Estación", "2024-03-15")  # put
    x, y = centre(1080, 392)
    spot = Point(round(x, 2), round(y, 2))
    _until(  # moved
        features, "Mirador Cautín", "2025-09-01", spot, usable_m2=260, capacity=260,
        elevation_m=round(height(x, y), 1), water=False, lighting=False,
    )  # fmt: skip
    x, y = centre(915, -427)
    features.append(  # given up
        Feature(
            "PE-21",
            Point(round(x, 2), round(y, 2)),
            {
                "name": "Estadio Municipal", "hazard": ["earthquake"], "usable_m2": 900,
                "capacity": 900, "elevation_m": round(height(x, y), 1), "accessible": "with_help",
                "water": False, "toilets": False, "lighting": True, "notes": NOTE,
            } | _to("2025-09-01"),
        )
    )  # fmt: skip


def _neighbourhoods(features: list[Feature]) -> None:
    _since(features, "Villa Los Aromos", "2024-07-01")  # formed
    _until(  # an informal settlement that became part of the town
        features, "Cuatro Palomas", "2025-01-10", kind="campamento",
        residents_association="Comité Cuatro Palomas",
    )  # fmt: skip
