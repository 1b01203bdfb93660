"""One feature, a page, a count, a GeoDataFrame: what the public may read of a layer."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import geopandas
import orjson
import pandas
import psycopg2.errors
from psycopg2 import sql as pgsql
from psycopg2.extensions import cursor as Cursor

from sitplan.catalogue import Territory, territory_from_facts
from sitplan.crs import LON_LAT, Box, carry_box, rounded_outwards
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import NotFound
from sitplan.frames import copy_frame
from sitplan.gathering import Question
from sitplan.layer import Layer
from sitplan.paging import Place
from sitplan.query import FeatureQuery, Moment, moment_conditions, relation
from sitplan.reading import reading
from sitplan.statements import Ready
from sitplan.told import told_fields


@dataclass(frozen=True, slots=True)
class Page:
    """Some features in their order.

    Parameters
    ----------
    features
        GeoJSON features for `orjson`; the geometry is a Fragment, as PostGIS wrote it, and of a
        page that is `written` each feature is.
    following, preceding
        Where the next page begins and the one before ends; None where there is none.
    """

    features: list[Any]
    following: Place | None
    preceding: Place | None = None


def read_page(database: Database, query: FeatureQuery, *, written: bool = False) -> Page:
    """The page that a query asks for; empty where nothing is found.

    Parameters
    ----------
    written
        Whether the features are wanted as JSON text alone, which costs less than their values.
    """
    with reading(query.layer.name, filtered=query.filter is not None):
        rows = database.fetch(*query.page(written=written))
    shown, more = rows[: query.limit], len(rows) > query.limit
    backwards = query.after is not None and query.after.backwards
    if backwards:
        shown.reverse()
    keys = len(query.sort)
    names = [f.name for f in query.fields]
    features: list[Any] = (
        [orjson.Fragment(_WRITTEN % (row[0], row[1] or "null", row[2])) for row in shown]
        if written
        else [_feature(row, names) for row in shown]
    )
    if not shown:
        return Page([], None)
    ends = _place(shown[-1], keys), replace(_place(shown[0], keys), backwards=True)
    return Page(
        features,
        following=ends[0] if more or backwards else None,
        preceding=ends[1] if (more if backwards else _is_further(query)) else None,
    )


_WRITTEN = '{"type":"Feature","id":"%s","geometry":%s,"properties":%s}'


def _place(row: tuple[Any, ...], keys: int) -> Place:
    return Place(tuple(row[len(row) - keys :]), UUID(row[0]))


def _is_further(query: FeatureQuery) -> bool:
    """Whether features come before the page, read forwards."""
    return query.after is not None or query.offset > 0


def read_one(database: Database, query: FeatureQuery, identifier: str) -> dict[str, Any]:
    """One feature as GeoJSON for `orjson`.

    Raises
    ------
    NotFound
        ``no_such_feature``: never was, is not public, or was not in force at the moment asked.
    """
    try:
        wanted = UUID(identifier)
    except ValueError:
        rows = []
    else:
        rows = _read_some(database, query, [str(wanted)], written=False)
    if not rows:
        raise NotFound("no_such_feature", layer=query.layer.name, id=identifier[:100])
    return _feature(rows[0], [f.name for f in query.fields])


def read_written(
    database: Database, query: FeatureQuery, ids: Collection[str]
) -> dict[str, tuple[str | None, str]]:
    """The geometry and the properties of some features, each as JSON text, by their ids.

    Parameters
    ----------
    ids
        As a UUID writes itself; who is not there, is not public or was not in force is not found.
    """
    rows = _read_some(database, query, ids, written=True)
    return {row[0]: (row[1], row[2]) for row in rows}


def written_question(query: FeatureQuery) -> Question:
    """What `read_written` asks, for whoever gathers the ids himself (`sitplan.gathering`)."""
    return Question(*_prepared(query, written=True))


def _read_some(
    database: Database, query: FeatureQuery, ids: Collection[str], *, written: bool
) -> list[Any]:
    with reading(query.layer.name):
        ready, params = _prepared(query, written=written)
        listed = f"{{{','.join(ids)}}}"  # no array of texts: a prepared statement takes none
        return database.fetch(ready, [*params, listed])


_READY: dict[Hashable, tuple[Layer, Ready]] = {}
_MOST_READY = 1000


def _prepared(query: FeatureQuery, *, written: bool) -> tuple[Ready, list[Any]]:
    """`query.some` as a statement that is composed and planned once for all features.

    It depends on how the feature is to be written and on which times are asked for, not on
    their values: `some` gives those in their order.
    """
    first, last = query.moment.days
    key = (
        *(id(query.layer), query.srid, first is None, last is None, query.moment.as_of is None),
        *(query.names, query.has_geometry, query.grid, query.crs, query.digits, written),
    )
    found = _READY.get(key)
    if found is not None and found[0] is query.layer:
        return found[1], moment_conditions(query.moment)[1]
    text, params = query.some(written=written)
    ready = Ready(text, values=len(params) + 1)
    if len(_READY) >= _MOST_READY:
        _READY.clear()
    _READY[key] = (query.layer, ready)
    return ready, params


def count(database: Database, query: FeatureQuery) -> int:
    """How many features the query finds on all its pages: exact, never estimated."""
    with reading(query.layer.name, filtered=query.filter is not None):
        return int(database.fetch(*query.count())[0][0])


def count_within(database: Database, query: FeatureQuery, *, budget_ms: int) -> int | None:
    """As `count`; None where that takes longer than the budget."""

    def work(cursor: Cursor) -> int | None:
        cursor.execute("BEGIN; SELECT set_config('statement_timeout', %s, true)", [str(budget_ms)])
        try:
            cursor.execute(*query.count())
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        except psycopg2.errors.QueryCanceled:
            return None
        finally:
            cursor.execute("ROLLBACK")

    with reading(query.layer.name, filtered=query.filter is not None):
        return database.read(work)


def read_frame(
    database: Database,
    layer: Layer,
    moment: Moment | None = None,
    *,
    territory: Territory | None = None,
) -> geopandas.GeoDataFrame | pandas.DataFrame:
    """A layer's public features as a typed frame in the storage CRS.

    Parameters
    ----------
    database, layer
        Read as the role that the database was opened with.
    moment
        Which facts; None for those in force today.
    territory
        Spares a look into the register.

    Returns
    -------
    GeoDataFrame
        Columns ``id``, ``code``, the layer's public fields, the common ones, ``geometry``; types
        as `sitplan.frames.copy_frame` says. A plain DataFrame for a layer without geometry.
    """
    if territory is None:
        territory = territory_from_facts(
            database.fetch("SELECT facts FROM published.territory")[0][0]
        )
    code = srid(layer, territory)
    query = FeatureQuery(
        layer=layer, srid=code, moment=(moment or Moment()).resolved(territory.today())
    )
    statement = query.frame()
    return database.read(
        lambda reader: copy_frame(
            reader, statement, fields=told_fields(layer), srid=code if layer.geometry else None
        )
    )


def _feature(row: tuple[Any, ...], names: list[str]) -> dict[str, Any]:
    """Of a row: id, geometry, a value for each name; sort keys may follow."""
    return {
        "type": "Feature",
        "id": row[0],
        "geometry": orjson.Fragment(row[1]) if row[1] is not None else None,
        "properties": dict(zip(names, row[2:], strict=False)),
    }


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a layer holds, for its description.

    Parameters
    ----------
    count
        Features in force on the day asked.
    extent
        Longitudes and latitudes that contain every feature of any time; None without geometry.
    begins, ends
        First and last day of the features' validities; None where one has no beginning or end.
    changed
        When the latest of them was recorded; None where there is none.
    """

    count: int
    extent: Box | None
    begins: date | None
    ends: date | None
    changed: datetime | None = None


def read_facts(database: Database, layer: Layer, *, today: date, storage: int) -> LayerFacts:
    """What a layer holds, counted exactly.

    The extent is taken in the storage CRS, where it costs one look at each row's box, and
    carried to degrees with room for the bend of its edges; it is rounded outwards.
    """
    corners = "NULL, NULL, NULL, NULL"
    if layer.geometry:
        box = "public.ST_Extent(f.geom)"
        corners = ", ".join(f"public.ST_{c}({box})" for c in ("XMin", "YMin", "XMax", "YMax"))
    conditions, params = moment_conditions(Moment(on=today))
    text = pgsql.SQL(
        "SELECT count(*) FILTER (WHERE {in_force}),"
        " CASE WHEN NOT bool_or(f.valid_from = '-infinity') THEN min(f.valid_from) END,"
        " CASE WHEN NOT bool_or(f.valid_to IS NULL) THEN max(f.valid_to) END,"
        " max(f.recorded_from), {corners}"
        " FROM {source}"
    ).format(
        in_force=pgsql.SQL(" AND ").join(conditions),
        corners=pgsql.SQL(corners),
        source=relation(layer, Moment(on="any")),
    )
    with reading(layer.name):
        number, begins, ends, changed, *found = database.fetch(text, params)[0]
    extent = None
    if found[0] is not None:
        extent = carry_box(Box(*found).padded(0.01), source=storage, target=LON_LAT)
        extent = rounded_outwards(extent, digits=6) if extent else None
    return LayerFacts(int(number), extent, begins, ends, changed)
