"""A whole layer as one file on this machine: what `sitplan export` does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sitplan.catalogue import Territory, read_register
from sitplan.crs import Crs, offered_crs, parse_crs
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import BadRequest, Refused
from sitplan.export.asked import ask
from sitplan.export.delivery import Delivery
from sitplan.export.formats import formats_of
from sitplan.export.workshop import Workshop
from sitplan.query import FeatureQuery, Moment
from sitplan.settings import Settings


def write_file(
    settings: Settings,
    name: str,
    *,
    fmt: str = "gpkg",
    output: Path | None = None,
    on: str | None = None,
    as_of: datetime | None = None,
    crs: str | None = None,
    coordinates: str | None = None,
    profile: str = "",
    lang: str = "es",
) -> Path:
    """The file that was written: what the public sees of a layer, in one snapshot.

    Parameters
    ----------
    name
        Of the layer.
    fmt
        One of `sitplan.export.formats.FORMATS`.
    output
        None is layer, day and revision in the working folder.
    on
        Valid time, as the API's `datetime` takes it: a day, ``2020-01-01/..``, ``../..``; None
        is today in the territory.
    as_of
        Recorded time, with its zone; None is now.
    crs, coordinates, profile
        As the API takes them; None and "" are the format's own.
    lang
        Of titles, facts and notices.

    Raises
    ------
    NotFound
        ``no_such_layer``.
    BadRequest
        For a format, system, day or profile that there is not.
    Refused
        ``export_not_written`` with the reason; ``export_too_large``, ``shapefile_too_large``.
    Unavailable
        When the database does not answer.
    """
    with Database(settings, workers=1) as database:
        catalogue = read_register(database)
        layer, territory = catalogue.layer(name), catalogue.territory
        formats = formats_of(layer)
        if fmt not in formats:
            known = ", ".join(formats)
            raise BadRequest("wrong_choice", name="--format", value=fmt[:60], known=known)
        moment = Moment.parse(on, time_zone=territory.time_zone) if on else Moment()
        moment = Moment(on=moment.on, as_of=as_of).resolved(territory.today())
        storage = srid(layer, territory)
        export = ask(
            FeatureQuery(layer=layer, srid=storage, moment=moment),
            formats[fmt],
            territory,
            crs=parse_crs(crs, _offered(database, territory, storage)) if crs else None,
            coordinates=coordinates,
            profile=profile,
            lang=lang,
        )
        changed = catalogue.has_other_heights(layer)
        with Delivery(
            database, export, formats[fmt], Workshop(settings), has_other_heights=changed
        ) as delivery:
            path = output or Path(delivery.filename)
            try:
                return delivery.save(path)
            except OSError as error:
                reason = error.strerror or str(error)
                raise Refused("export_not_written", path=path, reason=reason) from error


def _offered(database: Database, territory: Territory, storage: int) -> tuple[Crs, ...]:
    """Those of the territory's systems that the database can transform into."""
    wanted = [territory.storage_crs, *territory.other_crs]
    rows = database.fetch("SELECT srid FROM public.spatial_ref_sys WHERE srid = ANY (%s)", [wanted])
    known = {row[0] for row in rows}
    return offered_crs(storage, (code for code in wanted if code in known))
