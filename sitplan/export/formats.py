"""The formats of whole-layer files: what each is called, holds, and is written by."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sitplan.crs import crs_of
from sitplan.errors import BadRequest
from sitplan.export import delimited, dxf, geojson, parquet, shapefile, vector, workbook
from sitplan.export.job import Job
from sitplan.export.jsonfg import PROFILE
from sitplan.export.workshop import Bench
from sitplan.layer import Layer
from sitplan.words import say

GEOJSON_PROFILES = ("rfc7946", "jsonfg", "jsonfg-plus")
TITLES = ("val-as-code", "val-as-title")


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Parameters
    ----------
    name
        As `f` says it.
    extension
        Of the file.
    stream, build
        What writes it: byte by byte as rows come, or whole into a bench.
    system
        Of its coordinates where none is asked for: longitude and latitude, or the storage's own.
    systems
        Those it can have: ``any``, ``lonlat`` alone, or what is measured in ``metres``.
    is_shapes
        Whether it cannot hold a layer without geometry.
    is_table
        Whether places go into columns, in a way that can be chosen.
    profiles
        Those it knows besides `TITLES`; of the GeoJSON ones the first is its own.
    """

    name: str
    media_type: str
    extension: str
    stream: Callable[[Job], Generator[bytes]] | None = None
    build: Callable[[Job, Bench], Path] | None = None
    system: Literal["lonlat", "storage"] = "storage"
    systems: Literal["any", "lonlat", "metres"] = "any"
    is_shapes: bool = False
    is_table: bool = False
    profiles: tuple[str, ...] = ("name-as-title",)

    def title(self, lang: str) -> str:
        """What people call it."""
        return say(f"export.formats.{self.name}", lang)

    @property
    def is_text(self) -> bool:
        """Whether it is worth compressing on the way."""
        return self.stream is not None and self.name != "parquet"

    def holds(self, layer: Layer) -> bool:
        """Whether the layer can be written so."""
        if layer.geometry is None:
            return not self.is_shapes
        own = layer.geometry.crs
        return self.systems != "metres" or own is None or not crs_of(own).is_geographic

    def read_profiles(self, text: str) -> frozenset[str]:
        """The profiles that a comma-separated list names, by name or URI, the format's own added.

        Raises
        ------
        BadRequest
            ``wrong_choice``, naming those that there are.
        """
        known = (*self.profiles, *TITLES)
        found = set()
        for part in filter(None, (p.strip() for p in text.split(","))):
            name = part.removeprefix("[ogc-profile:").removesuffix("]").removeprefix(PROFILE)
            if name not in known:
                raise BadRequest(
                    "wrong_choice", name="profile", value=part[:80], known=", ".join(known)
                )
            found.add(name)
        own = set(self.profiles) & set(GEOJSON_PROFILES)
        if own and not found & own:
            found.add(self.profiles[0])
        return frozenset(found)


_TITLED = (*GEOJSON_PROFILES, "name-as-title")
_ALL = (
    Format(
        "geojson", "application/geo+json", "geojson", stream=geojson.collection, system="lonlat",
        profiles=_TITLED,
    ),
    Format(
        "jsonfg", "application/geo+json", "json", stream=geojson.collection, system="lonlat",
        profiles=("jsonfg", "jsonfg-plus", "rfc7946"),
    ),
    Format(
        "geojsonseq", "application/geo+json-seq", "geojsons", stream=geojson.sequence,
        system="lonlat", profiles=_TITLED,
    ),
    Format(
        "ndjson", "application/x-ndjson", "ndjson", stream=geojson.lines, system="lonlat",
        profiles=_TITLED,
    ),
    Format(
        "csv", "text/csv", "csv", stream=delimited.stream, system="lonlat", is_table=True,
        profiles=("name-as-title", "excel"),
    ),
    Format(
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
        build=workbook.build, system="lonlat", is_table=True,
    ),
    Format("gpkg", "application/geopackage+sqlite3", "gpkg", build=vector.geopackage),
    Format(
        "shp", "application/zip", "zip", build=shapefile.build, is_shapes=True
    ),
    Format("fgb", "application/vnd.flatgeobuf", "fgb", build=vector.flatgeobuf, is_shapes=True),
    Format(
        "parquet", "application/vnd.apache.parquet", "parquet", stream=parquet.stream
    ),
    Format(
        "kml", "application/vnd.google-earth.kml+xml", "kml", build=vector.kml,
        system="lonlat", systems="lonlat", is_shapes=True,
    ),
    Format(
        "dxf", "image/vnd.dxf", "dxf", build=dxf.build, systems="metres", is_shapes=True,
        profiles=(),
    ),
)  # fmt: skip
FORMATS: Mapping[str, Format] = {one.name: one for one in _ALL}


def formats_of(layer: Layer) -> Mapping[str, Format]:
    """The formats that a layer can be had in, by name."""
    return {name: one for name, one in FORMATS.items() if one.holds(layer)}
