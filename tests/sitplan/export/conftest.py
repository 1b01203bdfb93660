"""Exports of the seeded layers, made as the public's role, and what the layers hold in truth."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest

from sitplan.catalogue import Catalogue, Territory
from sitplan.crs import CRS84, crs_of
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.export.delivery import Delivery
from sitplan.export.formats import FORMATS
from sitplan.export.job import Export
from sitplan.export.workshop import Workshop
from sitplan.features import read_frame
from sitplan.layer import Layer
from sitplan.query import FeatureQuery, Moment


@dataclass(frozen=True)
class Exporter:
    """Makes files of one database's layers in a folder."""

    database: Database
    layers: dict[str, Layer]
    territory: Territory
    folder: Path

    def export(self, name: str, fmt: str, profile: str = "", **more: Any) -> Export:
        """What is asked of a layer; `more` goes to the query or to the export."""
        layer, kind = self.layers[name], FORMATS[fmt]
        storage = srid(layer, self.territory)
        crs = CRS84 if kind.system == "lonlat" or not layer.geometry else crs_of(storage)
        own = {k: more.pop(k) for k in ("lang", "coordinates", "schema_url") if k in more}
        asked = {"moment": Moment(on=self.territory.today()), "crs": crs, **more}
        query = FeatureQuery(layer=layer, srid=storage, **asked)
        zone = self.territory.time_zone
        return Export(query, profiles=kind.read_profiles(profile), zone=zone, **own)

    def delivery(self, name: str, fmt: str, profile: str = "", **more: Any) -> Delivery:
        """The export begun."""
        workshop = Workshop(self.database.settings)
        export = self.export(name, fmt, profile, **more)
        return Delivery(self.database, export, FORMATS[fmt], workshop)

    def save(self, name: str, fmt: str, profile: str = "", **more: Any) -> Path:
        """The file."""
        with self.delivery(name, fmt, profile, **more) as delivery:
            folder = self.folder / fmt
            folder.mkdir(exist_ok=True)
            return delivery.save(folder / delivery.filename)

    def truth(self, name: str, moment: Moment | None = None) -> Any:
        """The layer as the library reads it, in the order of its codes."""
        frame = read_frame(self.database, self.layers[name], moment, territory=self.territory)
        return frame.sort_values(["code", "valid_from"], na_position="first").reset_index(drop=True)


@pytest.fixture
def exporter(seeded: Database, catalogue: Catalogue, tmp_path: Path) -> Exporter:
    """Over the shared seeded database."""
    return Exporter(seeded, dict(catalogue.layers), catalogue.territory, tmp_path)


@pytest.fixture
def unzipped(tmp_path: Path) -> Callable[[Path], Path]:
    """The folder that a zip is unpacked into."""

    def unpack(path: Path) -> Path:
        folder = tmp_path / f"{path.stem}-unpacked"
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        return folder

    return unpack


Frame = geopandas.GeoDataFrame | pandas.DataFrame
