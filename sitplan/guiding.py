"""The way out of a territory, read of its public layers: the package, and places as plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.errors import NotFound
from sitplan.features import read_frame, read_page
from sitplan.places import sites_of
from sitplan.query import FeatureQuery, Moment
from sitplan.settings import Settings
from sitplan.streets import relief_of

NEEDED: Final = ("roads", "hazard_zones", "meeting_points", "safe_zones")
BESIDES: Final = ("waterways", "facilities", "green_areas", "neighbourhoods", "rural_localities",
                  "initiatives", "project_locations")  # fmt: skip
"""Layers that make the answer better and that a territory may do without."""
LANDMARKS: Final = ("facilities", "green_areas")
NAMED: Final = ("meeting_points", "safe_zones", "facilities", "green_areas", "neighbourhoods",
                "rural_localities", "initiatives")  # fmt: skip
"""Layers whose names somebody may say to tell where they are."""

_MOST_POINTS: Final = 1000


def layers_read(catalogue: Catalogue) -> tuple[str, ...]:
    """The layers that a package is made of.

    Raises
    ------
    NotFound
        ``no_such_layer``: the territory declares no streets, hazards or safe places.
    """
    for name in NEEDED:
        if name not in catalogue.layers:
            raise NotFound("no_such_layer", name=name, known=", ".join(catalogue.layers))
    return (*NEEDED, *(n for n in BESIDES if n in catalogue.layers))


def read_package(
    database: Database, catalogue: Catalogue, settings: Settings, *, today: date
) -> dict[str, Any]:
    """All that a telephone needs to say where to go, with the names and sources of what it holds.

    Raises
    ------
    NotFound
        ``no_such_layer``, as `layers_read`.
    Unavailable
        ``broken_layer``, or no database.
    """
    import geopandas as gpd
    import pandas as pd

    from sitplan.evacuation_package import Given, package
    from sitplan.streets import network_of

    names = layers_read(catalogue)
    frames: dict[str, Any] = {
        name: read_frame(
            database, catalogue.layer(name), Moment(on=today), territory=catalogue.territory
        )
        for name in names
    }
    roads = frames["roads"].set_index("code")
    crs = roads.crs
    if "initiatives" in frames:  # each stands where its page has it; those without a place nowhere
        plan, sites = frames["initiatives"], sites_of(frames.get("project_locations"))
        shapes = gpd.GeoSeries(plan["code"].map(sites).astype(object), index=plan.index, crs=crs)
        frames["initiatives"] = gpd.GeoDataFrame(plan, geometry=shapes)[shapes.notna()]
    nothing = gpd.GeoDataFrame({"name": [], "class": []}, geometry=[], crs=crs)
    marks = [frames[n][["name", "geometry"]] for n in LANDMARKS if n in frames and len(frames[n])]
    net = network_of(roads, *relief_of(catalogue, settings.layers, settings.home))
    given = Given(
        network=net,
        roads=roads,
        hazard_zones=frames["hazard_zones"],
        meeting_points=frames["meeting_points"],
        safe_zones=frames["safe_zones"],
        waterways=frames.get("waterways", nothing),
        landmarks=gpd.GeoDataFrame(pd.concat(marks, ignore_index=True), crs=crs)
        if marks
        else nothing,
        places={name: frames[name] for name in NAMED if name in frames},
    )
    found = package(given, hazards=list(_codes(catalogue, "hazard_zones", "hazard")), made=today)
    return {
        **found,
        "territory": dict(catalogue.territory.name),
        "bounds": list(catalogue.territory.bounds),
        "titles": {
            "hazard": _codes(catalogue, "hazard_zones", "hazard"),
            "level": _codes(catalogue, "hazard_zones", "level"),
            "class": _codes(catalogue, "roads", "class"),
            "accessible": _codes(catalogue, "meeting_points", "accessible"),
            "place": {name: dict(catalogue.layer(name).title) for name in NAMED if name in frames},
        },
        "sources": [_source(catalogue, name) for name in names],
    }


def _codes(catalogue: Catalogue, layer: str, field: str) -> Mapping[str, Mapping[str, str]]:
    used = catalogue.layer(layer).field(field)
    return {} if used is None else {code: dict(title) for code, title in used.codes.items()}


def _source(catalogue: Catalogue, name: str) -> dict[str, Any]:
    layer = catalogue.layer(name)
    told = asdict(catalogue.source(name))
    return {
        "layer": name,
        "title": dict(layer.title),
        "custodian": layer.custodian,
        "illustrative": catalogue.illustrative.get(name, layer.illustrative),
        **{key: told[key] for key in ("publisher", "date", "licence")},
    }


def safe_places(
    database: Database, catalogue: Catalogue, *, today: date
) -> list[tuple[Mapping[str, str], list[dict[str, Any]]]]:
    """Each hazard's title, with the public facts of its meeting points; those without are left out.

    Raises
    ------
    NotFound, Unavailable
        As `read_package`.
    """
    layers_read(catalogue)
    layer = catalogue.layer("meeting_points")
    query = FeatureQuery(
        layer=layer,
        srid=catalogue.territory.storage_crs,
        moment=Moment(on=today),
        limit=_MOST_POINTS,
    )
    points = [one["properties"] | {"id": one["id"]} for one in read_page(database, query).features]
    points.sort(key=lambda one: one.get("name") or one["code"])
    by_hazard = [
        (title, [one for one in points if code in (one["hazard"] or ())])
        for code, title in _codes(catalogue, "hazard_zones", "hazard").items()
    ]
    return [(title, found) for title, found in by_hazard if found]
