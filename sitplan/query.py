"""A request for features as a value, and that value as SQL. Pure: asks no database.

Identifiers and values reach SQL only through `psycopg2.sql` and parameters. The public's views
are named here and nowhere else: `published.<layer>` for what the record says now,
`published_past.<layer>` for what it said at an instant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from psycopg2 import sql as pgsql
from shapely.geometry.base import BaseGeometry

from sitplan.columns import (
    column,
    holds_phrase,
    json_column,
    properties_column,
    shape_column,
    told_column,
)
from sitplan.crs import CRS84, Crs
from sitplan.errors import BadRequest
from sitplan.layer import Field, Layer
from sitplan.paging import Place, SortKey, beyond, key_columns, order_by
from sitplan.told import told_field, told_fields

Days = tuple[date | None, date | None]
Statement = tuple[pgsql.Composed, list[Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """Which facts, by their two times.

    Parameters
    ----------
    on
        Valid time: the facts in force on a day, or on some day from a first to a last one (both
        counted, None an open end), or ``"any"``. None is today in the territory, which
        `resolved` puts in.
    as_of
        Recorded time: as the register stood at that instant (with time zone); None for now.
    """

    on: date | Days | Literal["any"] | None = None
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise BadRequest("wrong_instant", value=self.as_of.isoformat())

    def resolved(self, today: date) -> Moment:
        """The same, with today's date where no day was said."""
        return replace(self, on=today) if self.on is None else self

    @classmethod
    def parse(cls, text: str, *, time_zone: str) -> Moment:
        """The moment that a `datetime` parameter writes.

        A day, an instant, or an interval with ``/`` whose ends may be open (``..``, empty, or
        the years 0000 and 9999, as QGIS writes them). Validity is kept in days, so an instant is
        the day that it is in `time_zone`.

        Raises
        ------
        BadRequest
            ``wrong_datetime``.

        Examples
        --------
        >>> Moment.parse("2024-01-01T00:00:00Z", time_zone="America/Santiago").on
        datetime.date(2023, 12, 31)
        >>> Moment.parse("../..", time_zone="UTC").on
        'any'
        """
        ends = text.strip().split("/")
        if len(ends) > 2 or (len(ends) == 1 and ends[0] in ("", "..")):
            raise BadRequest("wrong_datetime", value=text[:100])
        days = [_day(end, text, time_zone) for end in ends]
        if len(days) == 1:
            if days[0] is None:  # year 0000 or 9999 alone: no day of the calendar
                raise BadRequest("wrong_datetime", value=text[:100])
            return cls(on=days[0])
        first, last = days
        if first and last and first > last:
            raise BadRequest("wrong_datetime", value=text[:100])
        return cls(on=(first, last) if first or last else "any")

    @property
    def text(self) -> str:
        """The valid time as a `datetime` parameter writes it."""
        if self.on is None or self.on == "any":
            return "../.."
        if isinstance(self.on, date):
            return self.on.isoformat()
        assert not isinstance(self.on, str)
        first, last = self.on
        return f"{first.isoformat() if first else '..'}/{last.isoformat() if last else '..'}"

    @property
    def days(self) -> Days:
        """First and last day asked for; None is open."""
        if isinstance(self.on, date):
            return (self.on, self.on)
        return (None, None) if self.on is None or isinstance(self.on, str) else self.on


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    _DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _day(end: str, whole: str, time_zone: str) -> date | None:
    if end in ("", ".."):
        return None
    if not (_DAY.fullmatch(end) or _INSTANT.fullmatch(end)):
        raise BadRequest("wrong_datetime", value=whole[:100])
    if end[:4] in ("0000", "9999"):
        return None
    try:
        if len(end) == 10:
            return date.fromisoformat(end)
        instant = datetime.fromisoformat(end.upper())
        return instant.astimezone(ZoneInfo(time_zone)).date()
    except (ValueError, OverflowError) as error:
        raise BadRequest("wrong_datetime", value=whole[:100]) from error


def relation(layer: Layer, moment: Moment) -> pgsql.Composed:
    """The view that holds the layer's public rows at that recorded time, named `f`."""
    schema = "published" if moment.as_of is None else "published_past"
    return pgsql.SQL("{} AS f").format(pgsql.Identifier(schema, layer.name))


def past(layer: Layer) -> pgsql.Composed:
    """The view of all versions that the public may know, named `f`.

    Besides what `relation` has: `recorded_to`, the Changes `change_id` that made and `ended_by`
    that ended each.
    """
    return pgsql.SQL("{} AS f").format(pgsql.Identifier("published_past", layer.name))


def gone(layer: Layer) -> pgsql.Composed:
    """The view of who left the public's sight, named `f`: `id`, `change_id`, whether it is told."""
    return pgsql.SQL("{} AS f").format(pgsql.Identifier("published_gone", layer.name))


def moment_conditions(moment: Moment) -> tuple[list[pgsql.Composable], list[Any]]:
    """Conditions on `f` that keep the rows of that moment; validity is ``[from, to)``."""
    first, last = moment.days
    found: list[pgsql.Composable] = []
    params: list[Any] = []
    if last is not None:
        found.append(pgsql.SQL("f.valid_from <= %s"))
        params.append(last)
    if first is not None:
        found.append(pgsql.SQL("(f.valid_to IS NULL OR f.valid_to > %s)"))
        params.append(first)
    if moment.as_of is not None:
        found.append(pgsql.SQL("f.recorded_from <= %s"))
        found.append(pgsql.SQL("(f.recorded_to IS NULL OR f.recorded_to > %s)"))
        params += [moment.as_of, moment.as_of]
    return found, params


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows named `f` must fulfil: SQL and the values of its placeholders, in order."""

    text: pgsql.Composable
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which features of a layer, and how they are to be written.

    Parameters
    ----------
    layer, srid
        The layer and the EPSG code that it is stored in.
    moment
        Resolved: a day, an interval or any.
    boxes
        Shapes in the storage CRS; a feature that meets one of them is found. Empty means
        everywhere, None nowhere: a box that the storage CRS cannot hold.
    filters
        Values that fields must have, already converted; for an array, one of its values.
    filter
        What else must be true, as `sitplan.cql2.parse_filter` reads it; None for nothing.
    phrases
        One of which a search field of the layer must hold, accents and capitals aside.
    ids
        Of the features that alone are wanted; None for any.
    sort
        What decides about the order of pages and files.
    after
        The place where the page begins, or ends; None for the first page.
    offset
        Features to leave out before the page.
    frozen
        The recorded instant that a walk over sorted pages is bound to, so that an edit in
        between neither repeats nor drops a feature.
    limit
        Features on a page.
    names
        Of the fields that are told; None for all.
    has_geometry
        Whether shapes are told.
    grid
        Side of the cells that shapes are rounded to, in units of the storage CRS; neighbours are
        rounded alike, and remain neighbours. None for shapes as they are kept.
    crs
        The system that coordinates are written in.
    digits
        Their decimals as text; None for those that pages have.
    """

    layer: Layer
    srid: int
    moment: Moment
    boxes: tuple[BaseGeometry, ...] | None = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    filter: Condition | None = None
    phrases: tuple[str, ...] = ()
    ids: tuple[UUID, ...] | None = None
    sort: tuple[SortKey, ...] = ()
    after: Place | None = None
    offset: int = 0
    frozen: datetime | None = None
    limit: int = 100
    names: tuple[str, ...] | None = None
    has_geometry: bool = True
    grid: float | None = None
    crs: Crs = CRS84
    digits: int | None = None

    def page(self, *, written: bool = False) -> Statement:
        """One more than `limit` rows: id, GeoJSON geometry, `told` fields, then the sort keys.

        In their order, or against it where `after` is to be the page's end. Where `written`, the
        fields are one column: their JSON.
        """
        if self.frozen is not None and self.moment.as_of is None:
            moment = replace(self.moment, as_of=self.frozen)
            return replace(self, moment=moment, frozen=None).page(written=written)
        where, params = self._where(paged=True)
        backwards = self.after is not None and self.after.backwards
        text = pgsql.SQL("SELECT {columns} FROM {source} {where} {order} LIMIT %s").format(
            columns=pgsql.SQL(", ").join([self._columns(written=written), *key_columns(self.sort)]),
            source=relation(self.layer, self.moment),
            where=where,
            order=order_by(self.sort, backwards=backwards),
        )
        params.append(self.limit + 1)
        if self.offset:
            text += pgsql.SQL(" OFFSET %s")
            params.append(self.offset)
        return text, params

    def whole(self, *, binary: bool = False) -> Statement:
        """All rows, sorted or else in the order of their codes, as `page` gives them.

        With `binary` the geometry is WKB, unrounded and x first whatever the system's URI says,
        as files have it.
        """
        where, params = self._where(paged=False)
        text = pgsql.SQL("SELECT {columns} FROM {source} {where} {order}").format(
            columns=self._columns(binary=binary),
            source=relation(self.layer, self.moment),
            where=where,
            order=order_by(self.sort)
            if self.sort
            else pgsql.SQL("ORDER BY f.code, f.valid_from, f.id"),
        )
        return text, params

    def count(self) -> Statement:
        """How many rows all pages have together."""
        where, params = self._where(paged=False)
        text = pgsql.SQL("SELECT count(*) FROM {source} {where}").format(
            source=relation(self.layer, self.moment), where=where
        )
        return text, params

    def some(self, *, written: bool = False) -> Statement:
        """The rows of some features of that moment, whatever else is asked, as `page` gives them.

        Their ids are the last value, left to whoever asks.
        """
        conditions, params = moment_conditions(self.moment)
        wanted = pgsql.SQL("f.id = ANY (%s::uuid[])")
        where = pgsql.SQL("WHERE ") + pgsql.SQL(" AND ").join([*conditions, wanted])
        text = pgsql.SQL("SELECT {columns} FROM {source} {where}").format(
            columns=self._columns(written=written),
            source=relation(self.layer, self.moment),
            where=where,
        )
        return text, params

    def frame(self) -> Statement:
        """All rows with typed columns under their own names; `geom` as WKB in the storage CRS."""
        where, params = self._where(paged=False)
        columns: list[pgsql.Composable] = [pgsql.SQL("f.id")]
        columns += [column(c.name) for c in told_fields(self.layer)]
        if self.layer.geometry:
            columns.append(pgsql.SQL("public.ST_AsBinary(f.geom) AS geom"))
        text = pgsql.SQL("SELECT {columns} FROM {source} {where}").format(
            columns=pgsql.SQL(", ").join(columns),
            source=relation(self.layer, self.moment),
            where=where,
        )
        return text, params

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are told, in the layer's order."""
        told = told_fields(self.layer)
        return told if self.names is None else tuple(f for f in told if f.name in self.names)

    @property
    def has_shapes(self) -> bool:
        """Whether there are shapes, and they are told."""
        return self.layer.geometry is not None and self.has_geometry

    def told(self) -> pgsql.Composed:
        """The columns of `f` that `page` gives, for statements of other rooms."""
        return self._columns()

    def _columns(self, *, binary: bool = False, written: bool = False) -> pgsql.Composed:
        told = [properties_column(self.fields)] if written else map(told_column, self.fields)
        geometry = self._geometry(binary=binary)
        return pgsql.SQL(", ").join([pgsql.SQL("f.id::text"), geometry, *told])

    def _geometry(self, *, binary: bool) -> pgsql.Composable:
        if not self.has_shapes:
            return pgsql.SQL("NULL")
        shape = shape_column(self.layer, srid=self.srid, crs=self.crs, grid=self.grid)
        if binary:
            return pgsql.SQL("public.ST_AsBinary({})").format(shape)
        digits = self.crs.digits if self.digits is None else self.digits
        return json_column(self.layer, shape, crs=self.crs, digits=digits)

    def _where(self, *, paged: bool) -> tuple[pgsql.Composable, list[Any]]:
        conditions, params = moment_conditions(self.moment)
        boxes, shapes = self._boxes()
        conditions += boxes
        params += shapes
        for name, value in self.filters.items():
            told = told_field(self.layer, name)
            one: pgsql.Composable = column(name)
            if name == "replaces":  # an id, told as text
                one = pgsql.SQL("{}::text").format(one)
            if told is not None and told.type == "array":
                conditions.append(pgsql.SQL("{} @> ARRAY[%s]").format(one))
            else:
                conditions.append(pgsql.SQL("{} = %s").format(one))
            params.append(value)
        if self.filter is not None:
            conditions.append(self.filter.text)
            params += self.filter.params
        if self.ids is not None:
            conditions.append(pgsql.SQL("f.id = ANY (%s::uuid[])"))
            params.append([str(one) for one in self.ids])
        if self.phrases:
            held = [holds_phrase(self.layer, phrase) for phrase in self.phrases]
            either = pgsql.SQL(" OR ").join([text for text, _ in held])
            conditions.append(pgsql.SQL("({})").format(either))
            params += [value for _, values in held for value in values]
        if paged and self.after is not None:
            later, known = beyond(self.sort, self.after)
            conditions.append(later)
            params += known
        if not conditions:
            return pgsql.SQL(""), params
        return pgsql.SQL("WHERE ") + pgsql.SQL(" AND ").join(conditions), params

    def _boxes(self) -> tuple[list[pgsql.Composable], list[Any]]:
        """The box condition: the literal is in the storage CRS, so the GiST index is used."""
        if self.boxes is None:
            return [pgsql.SQL("false")], []
        if not self.boxes:
            return [], []
        one = pgsql.SQL("public.ST_Intersects(f.geom, public.ST_GeomFromWKB(%s, {}))").format(
            pgsql.Literal(self.srid)
        )
        joined = pgsql.SQL(" OR ").join([one] * len(self.boxes))
        return [pgsql.SQL("({})").format(joined)], [shapely.to_wkb(b) for b in self.boxes]
