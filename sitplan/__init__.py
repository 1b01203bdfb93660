"""SITPLAN keeps a municipality's territory in layers: this is how an analyst reads them.

    import sitplan

    here = sitplan.open()
    green = here.frame("green_areas")
    sitplan.draw(green)

Importing costs nothing: what is heavy is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from sitplan.errors import (
    BadRequest,
    InvalidData,
    NotAllowed,
    NotFound,
    Refused,
    SitplanError,
    StaleVersion,
    Unavailable,
    UnreadableFile,
    WrongCrs,
    WrongDeclaration,
)
from sitplan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import folium
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from sitplan.analysis.heights import Heights
    from sitplan.analysis.method import Method, Result
    from sitplan.analysis.network import Network
    from sitplan.catalogue import Catalogue
    from sitplan.changes import Receipt
    from sitplan.declaring import Read
    from sitplan.history import Change
    from sitplan.layer import Layer
    from sitplan.offering import Ground
    from sitplan.query import FeatureQuery, Moment
    from sitplan.report import Problem, Report

__version__: Final = "0.1.0"
__all__ = [
    "BadRequest",
    "Change",
    "FeatureQuery",
    "InvalidData",
    "Layer",
    "Moment",
    "NotAllowed",
    "NotFound",
    "Problem",
    "Refused",
    "Report",
    "Settings",
    "Sitplan",
    "SitplanError",
    "StaleVersion",
    "Unavailable",
    "UnreadableFile",
    "WrongCrs",
    "WrongDeclaration",
    "draw",
    "open",
    "publish",
    "table",
]

_LATER = {
    "Change": "sitplan.history",
    "FeatureQuery": "sitplan.query",
    "Layer": "sitplan.layer",
    "Moment": "sitplan.query",
    "Problem": "sitplan.report",
    "Report": "sitplan.report",
    "table": "sitplan.tables",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'sitplan' has no attribute {name!r}")


def open(url: str | None = None, *, settings: Settings | None = None) -> Sitplan:  # noqa: A001
    """A territory to read from, as the public's role: private fields are out of its reach.

    Parameters
    ----------
    url
        ``https://…`` of an instance, read through its API; or ``postgresql://…`` of its owner or
        of the role ``sitplan_read``. None is the database that the settings name:
        SITPLAN_DATABASE_URL, else the private one of ``make up``.
    settings
        None reads the environment (SITPLAN_*).

    Raises
    ------
    Unavailable
        ``cluster_absent`` where there is no database yet.
    BadRequest
        ``wrong_address``.

    Examples
    --------
    >>> here = sitplan.open()  # doctest: +SKIP
    >>> here.frame("neighbourhoods").crs.is_projected  # doctest: +SKIP
    True
    """
    found = settings or Settings.from_environment()
    if url is not None and urlsplit(url).scheme in ("http", "https"):
        from sitplan.remote import Remote

        return Sitplan(Remote(url))
    if url is not None:
        is_reader = urlsplit(url).username == "sitplan_read"
        found = replace(found, database_url=url, reader_url=url if is_reader else None)
    from sitplan.local import Local

    return Sitplan(Local(found))


def draw(
    *frames: GeoDataFrame,
    show: str | None = None,
    theme: str = "day",
    lang: str = "es",
    height: int = 480,
) -> folium.Map:
    """A folium map of the frames, in the colours of the web map or the classes of a column.

    See `sitplan.drawing.draw`.
    """
    from sitplan import drawing

    return drawing.draw(*frames, show=show, theme=theme, lang=lang, height=height)


def publish(
    frame: DataFrame,
    *,
    name: str,
    method: Method,
    here: Sitplan | None = None,
    author: str | None = None,
    show: str | None = None,
    why: str | None = None,
) -> Receipt:
    """The receipt of putting a result among the layers, as a draft.

    Parameters
    ----------
    frame, method
        As an analysis gives them. The frame's columns become the layer's fields.
    name
        Of the layer; none that the territory declares.
    here
        The territory that the inputs were read from, opened by its database's address; None is
        that of the settings. What this Python has read of it is the record of the inputs.
    author
        Who answers for it, as the public reads it; None is the custodian of the first input.
    show
        The column that the map shows in classes.
    why
        For the history.

    Raises
    ------
    Refused
        ``publish_needs_owner``, ``result_name_taken``.
    BadRequest
        ``wrong_name``, ``wrong_result``.
    InvalidData
        Where the rows break a check; nothing is left behind.

    Examples
    --------
    >>> found = here.analyse("rural_access")  # doctest: +SKIP
    >>> sitplan.publish(found.frame, name="rural_need", method=found.method)  # doctest: +SKIP
    """
    from sitplan import results
    from sitplan.declaring import Read
    from sitplan.local import Local

    with open() if here is None else nullcontext(here) as opened:
        if not isinstance(opened.origin, Local):
            raise Refused("publish_needs_owner")
        settings, address = opened.origin.database.settings, opened.origin.address
    asked = results.asked_of(frame)
    names = dict.fromkeys([*(i.name for i in method.inputs), *(asked.layers if asked else ())])
    # what an analysis calls its areas is no layer; what a hand read elsewhere is told as named
    known = [
        one for one in names if asked is None or one in asked.layers or (address, one) in _READS
    ]
    reads = [_READS.get((address, one)) or Read(one, None, method.on.isoformat()) for one in known]
    return results.publish(
        settings, frame, name=name, method=method, reads=reads, author=author,
        asked=asked, show=show, why=why,
    )  # fmt: skip


_READS: dict[tuple[str, str], Read] = {}
"""What this Python has read, by address and layer: a result's record of its inputs."""


class Origin(Protocol):
    """Where layers are read from: a database, or an instance's address."""

    @property
    def address(self) -> str:
        """Without any password."""

    def catalogue(self) -> Catalogue:
        """The territory and its layers as they are declared now."""

    def frame(self, layer: Layer, moment: Moment, catalogue: Catalogue) -> GeoDataFrame | DataFrame:
        """A layer's public features, typed, in the storage CRS."""

    def ground(self, catalogue: Catalogue) -> tuple[Heights | None, Path | None]:
        """The heights that the territory names, and a folder to keep networks in."""

    def close(self) -> None:
        """End what is open."""


class Sitplan:
    """The layers of one territory, as frames. Close it, or use it in a ``with`` block."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    @property
    def catalogue(self) -> Catalogue:
        """The territory and its layers as they are declared now.

        Raises
        ------
        NotFound
            ``not_migrated`` when the database holds no territory yet.
        Unavailable
            When it does not answer.
        """
        return self.origin.catalogue()

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The public layers by name."""
        return self.catalogue.layers

    def frame(
        self,
        name: str,
        on: date | tuple[date | None, date | None] | str | None = None,
        as_of: datetime | None = None,
    ) -> GeoDataFrame | DataFrame:
        """A layer's public features, typed, in the storage CRS (metres).

        Parameters
        ----------
        name
            Of the layer, as ``green_areas``.
        on
            Valid time: a day, first and last day, ``"any"``, or a text as the API's `datetime`
            takes it (``"2024-05-01"``, ``"2020-01-01/.."``). None is today in the territory.
        as_of
            Recorded time: as the register stood at that instant, which names its time zone.
            None is now.

        Returns
        -------
        GeoDataFrame
            One row a feature: ``id``, ``code``, the layer's fields, the common ones,
            ``geometry``. Empty where nothing was in force. A DataFrame for a table.

        Raises
        ------
        NotFound
            ``no_such_layer``, naming those there are.
        BadRequest
            ``wrong_datetime``, ``wrong_instant``.
        Unavailable
            When the database or the instance does not answer.
        """
        from sitplan.declaring import Read
        from sitplan.drawing import remember
        from sitplan.instants import write_instant
        from sitplan.query import Moment

        catalogue = self.catalogue
        layer = catalogue.layer(name)
        territory = catalogue.territory
        if on == "any":
            moment = Moment(on="any", as_of=as_of)
        elif isinstance(on, str):
            moment = replace(Moment.parse(on, time_zone=territory.time_zone), as_of=as_of)
        else:
            moment = Moment(on=on, as_of=as_of)
        found = self.origin.frame(layer, moment, catalogue)
        remember(found, layer, catalogue)
        known = moment.resolved(territory.today())
        _READS[self.origin.address, name] = Read(
            name,
            catalogue.revisions.get(name),
            known.text,
            write_instant(known.as_of) if known.as_of else None,
        )
        return found

    def analyse(self, name: str, **inputs: Any) -> Result:
        """What an analysis finds in the public layers: its frame, its method, its totals.

        Parameters
        ----------
        name
            As ``rural_access``; `sitplan.analyses.ANALYSES` holds them. Each is also a process of
            the API, which describes its inputs.
        inputs
            As the process takes them; ``on`` is the day. Shapes may be a GeoDataFrame.

        Raises
        ------
        NotFound
            ``no_such_analysis``, ``no_such_layer``.
        BadRequest
            ``wrong_input``, ``unknown_input`` and their kin.
        """
        from sitplan.analyses import run_analysis

        return run_analysis(name, self.ground(), inputs)

    def ground(self) -> Ground:
        """What analyses read: the public layers, the territory, and its heights."""
        from sitplan.offering import Ground

        catalogue = self.catalogue
        return Ground(
            lambda layer, on: self.frame(layer, on=on),
            catalogue.territory,
            lambda: self.origin.ground(catalogue),
        )

    def network(self, on: date | str | None = None, as_of: datetime | None = None) -> Network:
        """The streets as a network to be walked and driven, with slopes where heights are named.

        Parameters
        ----------
        on, as_of
            As `frame` takes them.

        Returns
        -------
        Network
            Of the layer ``roads``, by its codes: `network.graph(PROFILES["adult"])`. Built once
            for each content of the layer, where there is a folder of one's own to keep it in.

        Raises
        ------
        UnreadableFile
            ``heights_missing`` where territory.yaml names a raster that is not there.
        WrongCrs
            ``heights_crs``.
        """
        from geopandas import GeoDataFrame

        from sitplan.streets import network_of

        roads = self.frame("roads", on=on, as_of=as_of)
        assert isinstance(roads, GeoDataFrame)  # lines, by the layer's declaration
        heights, folder = self.origin.ground(self.catalogue)
        return network_of(roads.set_index("code"), heights, folder)

    def close(self) -> None:
        """End the connection."""
        self.origin.close()

    def __enter__(self) -> Sitplan:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sitplan {self.origin.address}>"
