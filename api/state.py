"""What the running API holds: database, catalogue, memory, and who hears the announcements."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from api.indicators import Reckoner
from api.moulds import Moulds
from sitplan.baked import Shelf
from sitplan.catalogue import Catalogue, read_register
from sitplan.crs import CRS84, Box, Crs, crs_of, offered_crs
from sitplan.db import Database, reader_url
from sitplan.ddl import srid
from sitplan.errors import SitplanError, Unavailable
from sitplan.export.workshop import Workshop
from sitplan.features import LayerFacts, read_facts
from sitplan.gathering import Gatherer
from sitplan.jobs import Jobs
from sitplan.lanes import Lanes
from sitplan.layer import Layer
from sitplan.listener import Listener
from sitplan.memory import Memory
from sitplan.past import first_recorded
from sitplan.settings import Settings
from sitplan.tile_maker import TileMaker

_LOG = logging.getLogger("sitplan.api")
_RETRY_S = 1.0


class State:
    """One for each running application; told by the listener what has changed.

    Parameters
    ----------
    settings
        Where the database is.
    clock
        The time that it is, with zone; given by tests.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.settings = settings
        self.now = clock
        self.database = Database(settings)
        # tiles and health: no page or search holds them up
        self.quick = Database(settings, for_tiles=True)
        # features whose answers are cast: many questions, one statement
        self.gatherer = Gatherer(self.database)
        self.lanes = Lanes(self.quick)
        self.memory = Memory()
        self.moulds = Moulds()
        self.workshop = Workshop(settings)
        self.jobs = Jobs(settings)
        self.reckoner = Reckoner(self)
        self.shelf = Shelf(settings.tiles, self.memory)
        self.tiles = TileMaker(
            self.quick, self.memory, lambda: self.catalogue, clock, shelf=self.shelf
        )
        self.listener = Listener(lambda: reader_url(settings), self)
        self._catalogue: Catalogue | None = None
        self._is_stale = True
        self._tried = 0.0
        self._loading = threading.Lock()
        self._crs: tuple[Catalogue, frozenset[int]] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue as migrated; the last one known while a new one cannot be read.

        Raises
        ------
        SitplanError
            While there has never been one: the database is down or not migrated.
        """
        if self._is_stale or self._catalogue is None:
            self._load()
        assert self._catalogue is not None
        return self._catalogue

    @property
    def is_settled(self) -> bool:
        """Whether neither catalogue nor day needs a look at the database."""
        return not self._is_stale and self._catalogue is not None and self.tiles.is_settled

    @property
    def known_catalogue(self) -> Catalogue | None:
        """The catalogue, where it needs no look at the database; else None."""
        return None if self._is_stale else self._catalogue

    def _load(self) -> None:
        with self._loading:
            if not self._is_stale and self._catalogue is not None:
                return
            if self._catalogue is not None and time.monotonic() - self._tried < _RETRY_S:
                return
            self._tried = time.monotonic()
            self._is_stale = False  # first, so that an announcement meanwhile is not overlooked
            try:
                found = read_register(self.database)
            except SitplanError:
                self._is_stale = True
                if self._catalogue is None:
                    raise
                return
            known, self._catalogue = self._catalogue, found
            if known is None or not _same_declarations(known, found):
                for name, error in found.broken.items():
                    _LOG.error("layer %s is declared wrongly: %s", name, error)
                # after the change of catalogue: what was made from the old one is put no more
                self.memory.forget_all()

    def today(self) -> date:
        """The day in the territory."""
        return self.tiles.today()

    def storage(self, layer: Layer) -> int:
        """EPSG code of the layer's storage CRS."""
        return srid(layer, self.catalogue.territory)

    def offered(self, layer: Layer) -> tuple[Crs, ...]:
        """The systems in which a layer is given; a table has no coordinates: CRS84 alone."""
        if layer.geometry is None:
            return (CRS84,)
        territory = self.catalogue.territory
        known = self._known_crs()
        others = (territory.storage_crs, *territory.other_crs)
        if layer.geometry.anywhere:  # what lies anywhere, no system of one region holds
            others = tuple(code for code in others if crs_of(code).is_geographic)
        return offered_crs(self.storage(layer), (code for code in others if code in known))

    def _known_crs(self) -> frozenset[int]:
        """Those of the territory's systems that the database can transform into."""
        catalogue = self.catalogue
        if self._crs is None or self._crs[0] is not catalogue:
            territory = catalogue.territory
            asked = [territory.storage_crs, *territory.other_crs]
            rows = self.database.fetch(
                "SELECT srid FROM public.spatial_ref_sys WHERE srid = ANY (%s)", [asked]
            )
            self._crs = (catalogue, frozenset(row[0] for row in rows))
        return self._crs[1]

    def facts(self, layer: Layer) -> LayerFacts | None:
        """What the layer holds today, remembered; None where it cannot be read."""
        mark = self.memory.mark((layer.name,))
        today = self.today()
        key = ("facts", layer.name, today)
        found: LayerFacts | None = self.memory.get(key)
        if found is None:
            try:
                found = read_facts(self.database, layer, today=today, storage=self.storage(layer))
            except Unavailable as error:
                if error.code != "broken_layer":
                    raise
                _LOG.error("layer %s cannot be read", layer.name)
                return None
            self.memory.put(key, found, mark=mark, layers=(layer.name,))
        return found

    def first_recorded(self, layer: Layer) -> datetime | None:
        """When the layer's record begins, remembered; None where nothing is recorded or told."""
        mark = self.memory.mark((layer.name,))
        key = ("first recorded", layer.name)
        found: tuple[datetime | None] | None = self.memory.get(key)
        if found is None:
            try:
                found = (first_recorded(self.database, layer),)
            except Unavailable as error:
                if error.code != "broken_layer":
                    raise
                return None
            self.memory.put(key, found, mark=mark, layers=(layer.name,))
        return found[0]

    def start(self) -> None:
        """Begin to listen; the catalogue is read when it is first asked for."""
        self.listener.start()

    def stop(self) -> None:
        """End the listener and the database's threads."""
        self.jobs.close()
        self.listener.stop()
        self.memory.close()
        self.gatherer.close()
        self.lanes.close()
        self.database.close()
        self.quick.close()
        self.shelf.close()

    # What the listener tells, on its own thread.

    def heard(self) -> None:
        """Announcements arrive: what came before may have been missed, so all is read anew."""
        self._is_stale = True
        self._tried = 0.0
        self.memory.open()

    def lost(self) -> None:
        """Announcements do not arrive: nothing is kept until they do."""
        self.memory.close()
        self._is_stale = True

    def changed(self, layer: str, boxes: list[Box] | None) -> None:
        """A layer changed there; its source in force and its revision may be others too."""
        self.memory.forget(layer, boxes)
        self._is_stale = True
        self._tried = 0.0

    def migrated(self) -> None:
        """The catalogue is another one."""
        self._is_stale = True
        self._tried = 0.0
        self.memory.forget_all()


def _same_declarations(one: Catalogue, other: Catalogue) -> bool:
    """Whether tiles made by one catalogue are as good under the other."""
    return (
        one.territory == other.territory
        and one.layers == other.layers
        and one.palette == other.palette
    )
