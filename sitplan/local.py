"""A database read as the public's role: what `sitplan.open` gives where one can be reached."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from geopandas import GeoDataFrame
from pandas import DataFrame

from sitplan.analysis.heights import Heights
from sitplan.catalogue import Catalogue, read_register
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.layer import Layer
from sitplan.query import Moment
from sitplan.settings import Settings
from sitplan.streets import relief_of


class Local:
    """The public layers of the database that `settings` name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings, role="read", workers=1)

    @property
    def address(self) -> str:
        """Host and database."""
        parts = urlsplit(self.database.url)
        return f"{parts.hostname or ''}{parts.path}"

    def catalogue(self) -> Catalogue:
        """See `sitplan.catalogue.read_register`."""
        return read_register(self.database)

    def frame(self, layer: Layer, moment: Moment, catalogue: Catalogue) -> GeoDataFrame | DataFrame:
        """See `sitplan.features.read_frame`."""
        return read_frame(self.database, layer, moment, territory=catalogue.territory)

    def ground(self, catalogue: Catalogue) -> tuple[Heights | None, Path | None]:
        """Heights beside the layers' declarations; networks are kept under SITPLAN_HOME."""
        return relief_of(catalogue, self.settings.layers, self.settings.home)

    def close(self) -> None:
        """End the connection."""
        self.database.close()
