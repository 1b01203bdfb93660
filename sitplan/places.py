"""What there is and what is to come at a place: plan, green areas, ways out, whom to ask."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sitplan.catalogue import Catalogue
from sitplan.crossings import Streets, streets_of
from sitplan.errors import BadRequest, NotFound
from sitplan.layer import Layer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    import shapely

    from sitplan.analysis.afoot import Escape, GreenWalk
    from sitplan.analysis.heights import Heights

KINDS: Final = ("neighbourhoods", "rural_localities", "green_areas", "initiatives")
"""Layers whose features have a page of their own."""
WALKERS: Final = ("adult", "child", "older", "reduced_mobility")
"""Who may walk, as `analysis.profiles` has them."""
LAYERS: Final = (
    *KINDS, "project_locations", "roads", "hazard_zones", "meeting_points", "safe_zones",
    "waterways",
)  # fmt: skip
"""What is read for it, where the territory has it."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The territory as places are told by it: made once for each state of its layers.

    `relief` is that of the streets: source and cell of the heights; None where they are flat.
    `profile` is who walks: ways and minutes are theirs. `streets` are those that have a name.
    """

    catalogue: Catalogue
    on: date
    frames: Mapping[str, gpd.GeoDataFrame | pd.DataFrame]
    escapes: Mapping[str, Escape]
    green: GreenWalk | None
    relief: Mapping[str, object] | None = None
    profile: str = WALKERS[0]
    streets: Streets | None = None


@dataclass(frozen=True, eq=False)
class Place:
    """What is asked about.

    Parameters
    ----------
    layer, code
        None of a bare point.
    shape
        In the storage CRS; None of an initiative without a place.
    """

    layer: Layer | None
    code: str | None
    row: Mapping[str, Any]
    shape: Any | None

    @property
    def point(self) -> shapely.Point | None:
        """Where ways begin: the place, or a point inside it."""
        import shapely

        return None if self.shape is None else shapely.point_on_surface(self.shape)


def prepare(
    catalogue: Catalogue,
    read: Callable[[Layer], gpd.GeoDataFrame | pd.DataFrame],
    *,
    on: date,
    relief: tuple[Heights | None, Path | None],
) -> Ground:
    """The ground, with its network and the ways to every exit.

    Parameters
    ----------
    read
        A layer as the public sees it on the day.
    relief
        The territory's heights, and where networks are kept aside.
    """
    from sitplan.analysis.afoot import Escape, GreenWalk
    from sitplan.analysis.hazard import RIVER_HAZARDS
    from sitplan.analysis.hazard import ground as flooded
    from sitplan.analysis.profiles import PROFILES
    from sitplan.streets import network_of

    frames = {
        name: read(catalogue.layers[name]).set_index("code", drop=False)
        for name in LAYERS
        if name in catalogue.layers
    }
    if not len(frames.get("roads", ())):
        return Ground(catalogue, on, frames, {}, None)
    net = network_of(frames["roads"], *relief)
    adult = PROFILES["adult"]
    escapes = {}
    if all(name in frames for name in ("hazard_zones", "meeting_points", "safe_zones")):
        points, zones = frames["meeting_points"], frames["hazard_zones"]
        water = frames.get("waterways")
        for hazard in _hazards(catalogue, zones, points):
            bars = None
            if hazard in RIVER_HAZARDS and water is not None:
                bars = water[water["class"] == "river"].geometry
            under = flooded(net, zones, hazard=hazard, barriers=bars)
            escapes[hazard] = Escape.prepare(
                under, adult, meeting_points=points, safe_zones=frames["safe_zones"]
            )
    green = None
    if "green_areas" in frames:
        green = GreenWalk.prepare(frames["green_areas"], net.graph(adult))
    streets = streets_of(net, frames["roads"], catalogue.territory.storage_crs)
    return Ground(catalogue, on, frames, escapes, green, net.relief, streets=streets)


def walked_by(ground: Ground, profile: str) -> Ground:
    """The same ground for another of `WALKERS`: the streets under each hazard are those there."""
    from sitplan.analysis.afoot import Escape, GreenWalk
    from sitplan.analysis.profiles import PROFILES

    who = PROFILES[profile]
    escapes = {
        hazard: Escape.prepare(
            escape.under, who, meeting_points=ground.frames["meeting_points"],
            safe_zones=ground.frames["safe_zones"],
        )
        for hazard, escape in ground.escapes.items()
    }  # fmt: skip
    green = None
    if ground.green is not None:
        net = ground.green.access.network
        green = GreenWalk.prepare(ground.frames["green_areas"], net.graph(who))
    return replace(ground, escapes=escapes, green=green, profile=profile)


def _hazards(catalogue: Catalogue, zones: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> list[str]:
    """Those with a zone or a meeting point, in the order of their list."""
    there = set(zones["hazard"].dropna())
    for several in points["hazard"]:
        if several is not None:
            there.update(several)
    field = catalogue.layer("hazard_zones").field("hazard")
    order = list(field.codes) if field else []
    return sorted(there, key=lambda one: (order.index(one) if one in order else 99, one))


def find(ground: Ground, name: str, code: str) -> Place:
    """The place of a feature.

    Raises
    ------
    NotFound
        ``no_such_place``.
    """
    frame = ground.frames.get(name)
    if name not in KINDS or frame is None or code not in frame.index:
        raise NotFound("no_such_place", layer=name[:60], code=code[:60], known=", ".join(KINDS))
    row = frame.loc[code]
    if name != "initiatives":
        shape = row["geometry"]
        return Place(ground.catalogue.layer(name), code, row_of(row), shape)
    sites = ground.frames.get("project_locations")
    own = None if sites is None else sites[sites["initiative"] == code]
    return Place(ground.catalogue.layer(name), code, row_of(row), sites_of(own).get(code))


def sites_of(locations: gpd.GeoDataFrame | pd.DataFrame | None) -> dict[str, Any]:
    """The place of each initiative that has one: all its locations but the whole commune."""
    import shapely

    if locations is None:
        return {}
    return {
        str(code): shapely.union_all(own.geometry.to_numpy())
        for code, own in located(locations).groupby("initiative", sort=False)
    }


def located(locations: pd.DataFrame) -> pd.DataFrame:
    """The locations that are a place on the map: the whole commune is none."""
    return locations[locations["precision"] != "commune"]


def at(ground: Ground, lon: float, lat: float) -> Place:
    """The place at longitude and latitude.

    Raises
    ------
    BadRequest
        ``place_outside`` where that is outside the territory.
    """
    import shapely
    from pyproj import Transformer

    territory = ground.catalogue.territory
    west, south, east, north = territory.bounds
    if not (west <= lon <= east and south <= lat <= north):
        bounds = f"{south}, {west} – {north}, {east}"
        raise BadRequest("place_outside", lat=lat, lon=lon, bounds=bounds)
    carry = Transformer.from_crs(4326, territory.storage_crs, always_xy=True).transform
    return Place(None, None, {}, shapely.Point(carry(lon, lat)))


def kind_of(place: Place, lang: str) -> str | None:
    """What kind of thing the place is, in one word where its layer has one."""
    if place.layer is None:
        return None
    for name in ("kind", "category"):
        field, value = place.layer.field(name), place.row.get(name)
        if field and value and field.codes.get(str(value)):
            return str(titled(place.layer, name, value, lang))
    return str(place.layer.title[lang])


def row_of(row: Any) -> dict[str, Any]:
    """A row of a frame as plain values, without its geometry."""
    return {str(name): plain(value) for name, value in row.items() if name != "geometry"}


def plain(value: Any) -> Any:
    """A cell of a frame as JSON has it; None where nothing is known."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime | date):
        return None if str(value) == "NaT" else value.isoformat()[:10]
    if isinstance(value, int | float):
        number = float(value)
        return None if math.isnan(number) else int(number) if number.is_integer() else number
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if str(value) in ("<NA>", "NaT", "nan") else str(value)


def titled(layer: Layer, name: str, value: Any, lang: str) -> Any:
    """The name of a code, or of each of several, in the language; other values as they are."""
    field = layer.field(name)
    if isinstance(value, list):
        return [titled(layer, name, one, lang) for one in value]
    titles = field.codes.get(str(value)) if field else None
    return titles[lang] if titles else value
