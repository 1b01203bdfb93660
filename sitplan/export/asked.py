"""An export as it is asked for: the format's system and columns, where nobody says others. Pure."""

from __future__ import annotations

from dataclasses import replace

from sitplan.catalogue import Territory
from sitplan.crs import CRS84, LON_LAT, Crs, crs_of
from sitplan.ddl import srid
from sitplan.errors import BadRequest
from sitplan.export.columns import INVENTED
from sitplan.export.formats import Format
from sitplan.export.job import Coordinates, Export
from sitplan.query import FeatureQuery

COORDINATES = ("lonlat", "utm", "wkt", "none")
"""How a table shows places: two columns in degrees or metres, whole shapes, or not at all."""


def ask(
    query: FeatureQuery,
    fmt: Format,
    territory: Territory,
    *,
    crs: Crs | None = None,
    coordinates: str | None = None,
    profile: str = "",
    lang: str = "es",
    schema_url: str | None = None,
) -> Export:
    """The export of what `query` finds; its own `crs` does not count.

    Parameters
    ----------
    crs
        None is the format's own: longitude and latitude, or the storage's.
    coordinates
        Of a table, one of `COORDINATES`; None is the format's own way.
    profile
        As `Format.read_profiles` takes it.

    Raises
    ------
    BadRequest
        ``wrong_choice`` for a profile or a way of showing places that the format does not know,
        ``format_crs`` for a system that it cannot have.
    """
    query = told_of(query)
    system, columns = _coordinates(query, fmt, territory, crs, coordinates)
    return Export(
        query=replace(query, crs=system),
        lang=lang,
        profiles=fmt.read_profiles(profile),
        coordinates=columns,
        schema_url=schema_url,
        zone=territory.time_zone,
    )


def told_of(query: FeatureQuery) -> FeatureQuery:
    """The query as a file tells it: without shapes a table; what is invented always says so."""
    layer = query.layer
    if not query.has_geometry:
        query = replace(query, layer=replace(layer, geometry=None), has_geometry=True)
    names = query.names
    invents = any(f.name == INVENTED for f in layer.public_fields)
    if invents and names is not None and INVENTED not in names:
        query = replace(query, names=(*names, INVENTED))
    return query


def _coordinates(
    query: FeatureQuery,
    fmt: Format,
    territory: Territory,
    crs: Crs | None,
    coordinates: str | None,
) -> tuple[Crs, Coordinates | None]:
    if coordinates is not None and (not fmt.is_table or coordinates not in COORDINATES):
        known = ", ".join(COORDINATES) if fmt.is_table else "—"
        raise BadRequest("wrong_choice", name="coordinates", value=coordinates[:60], known=known)
    if query.layer.geometry is None:
        return CRS84, None
    if coordinates in ("lonlat", "utm"):
        own = CRS84 if coordinates == "lonlat" else crs_of(territory.storage_crs)
        if crs not in (None, own):
            raise BadRequest("format_crs", format=coordinates, crs=own.uri)
        return own, "xy"
    if crs is None:
        storage = crs_of(srid(query.layer, territory))
        crs = CRS84 if fmt.system == "lonlat" else storage
    if fmt.systems == "lonlat" and crs.srid == LON_LAT:
        crs = CRS84
    if (fmt.systems == "lonlat" and crs != CRS84) or (
        fmt.systems == "metres" and crs.is_geographic
    ):
        wanted = CRS84 if fmt.systems == "lonlat" else crs_of(territory.storage_crs)
        raise BadRequest("format_crs", format=fmt.name, crs=wanted.uri)
    return crs, None if coordinates is None else ("wkt" if coordinates == "wkt" else "none")
