"""The columns of a file: names or titles over them, values as the file can hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from sitplan.layer import Field, Layer, Words
from sitplan.told import told_fields
from sitplan.words import LANGUAGES, say

GEOMETRY = "geometry"
INVENTED = "invented"
"""The field by which a layer says that a row is an example invented for the demonstration."""
_SIGNS = {"m2": "m²", "m3": "m³", "km2": "km²"}
_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "array": pa.list_(pa.string()),
}
Make = Callable[[Any], Any]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How values and names are written.

    Parameters
    ----------
    lang
        Of titles and notices.
    named_by_title, valued_by_title
        Headings as titles with their units; codes as their titles.
    flat
        Arrays as one text, cut where their field says.
    dates_as_text, instants_as_text
        In ISO 8601, where the format has no type for them.
    zone
        Instants without a zone, as the clocks of this one show them: for spreadsheets.
    """

    lang: str = "es"
    named_by_title: bool = False
    valued_by_title: bool = False
    flat: bool = True
    dates_as_text: bool = False
    instants_as_text: bool = False
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field that it holds, the name over it, its Arrow type, what makes a cell."""

    field: Field
    heading: str
    type: pa.DataType
    make: Make | None

    def fill(self, values: Iterable[Any]) -> pa.Array:
        """The cells of one batch; what is not a number is missing."""
        make = self.make
        if make is not None:
            values = [None if v is None else make(v) for v in values]
        return pa.array(values, self.type, from_pandas=True)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, in order: id, what is told of a feature, the notice where due.

    Parameters
    ----------
    columns
        Those of `told` rows first; where `notice` is not None a last one for it.
    notice
        What a row of the demonstration says.
    is_illustrative
        Whether every row is one; else those whose field `invented` says so.
    """

    columns: tuple[Column, ...]
    notice: str | None
    is_illustrative: bool
    outdated: str | None = None

    @property
    def is_noted(self) -> bool:
        """Whether the last column is the notice."""
        return self.notice is not None or self.outdated is not None

    @property
    def schema(self) -> pa.Schema:
        """Of the attributes."""
        return pa.schema([pa.field(c.heading, c.type) for c in self.columns])

    def attributes(self, rows: Sequence[Row]) -> list[pa.Array]:
        """The columns of rows as `FeatureQuery.whole` gives them: id, geometry, told fields."""
        cells = list(zip(*rows, strict=True))
        told = [cells[0], *cells[2:]]
        if self.is_noted:
            told.append(tuple(self.notices(rows)))
        return [c.fill(v) for c, v in zip(self.columns, told, strict=True)]

    def notices(self, rows: Sequence[Row]) -> Iterator[str | None]:
        """What each row says of being a demonstration, or of inputs that have changed."""
        place = next((n for n, c in enumerate(self.columns) if c.field.name == INVENTED), None)
        for row in rows:
            # id, geometry, then the rest: the place among columns is one more among values
            drawn = self.is_illustrative or (place is not None and row[place + 1] is True)
            yield " ".join(filter(None, (self.outdated, self.notice if drawn else ""))) or None


def table_of(
    layer: Layer,
    manner: Manner,
    *,
    fields: Sequence[Field] | None = None,
    illustrative: bool,
    outdated: str | None = None,
) -> Table:
    """The columns that a file of the layer has.

    Parameters
    ----------
    fields
        That are told; None for all.
    illustrative
        Whether the layer's data were drawn for the demonstration.
    outdated
        What every row says of a result whose inputs have changed; None of others.
    """
    fields = [_own("id"), *(told_fields(layer) if fields is None else fields)]
    can_invent = any(f.name == INVENTED and f.type == "boolean" for f in layer.public_fields)
    notice = None
    if illustrative or can_invent:
        notice = say("export.notice", manner.lang)
    if notice is not None or outdated is not None:
        taken = {f.name for f in fields}
        name = next(n for n in ("notice", "sitplan_notice") if n not in taken)
        fields.append(replace(_own("notice"), name=name))
    headings = _headings(fields, manner)
    columns = tuple(_column(f, h, manner) for f, h in zip(fields, headings, strict=True))
    return Table(columns, notice, illustrative, outdated)


def _own(name: str) -> Field:
    title: Words = {lang: say(f"export.columns.{name}", lang) for lang in LANGUAGES}
    return Field(name=name, type="string", title=title)


def _headings(fields: Sequence[Field], manner: Manner) -> list[str]:
    """Names, or titles with units; where two titles are alike, the second keeps its name."""
    if not manner.named_by_title:
        return [f.name for f in fields]
    found: list[str] = []
    for field in fields:
        title = titled(field, manner.lang)
        is_taken = title.casefold() in {h.casefold() for h in found}
        found.append(field.name if is_taken else title)
    return found


def titled(field: Field, lang: str) -> str:
    """A field's title with its unit.

    >>> titled(Field(name="a", type="number", title={"es": "Superficie"}, unit="m2"), "es")
    'Superficie (m²)'
    """
    unit = field.unit and _SIGNS.get(field.unit, field.unit)
    title = field.title[lang]
    return f"{title} ({unit})" if unit and f"({unit})" not in title else title


def _column(field: Field, heading: str, manner: Manner) -> Column:
    kind, make = _TYPES[field.type], _maker(field, manner)
    is_text = {"array": manner.flat, "date": manner.dates_as_text}
    if is_text.get(field.type):
        kind = pa.string()
    elif field.type == "datetime":
        if manner.zone:
            kind = pa.timestamp("us")
        elif manner.instants_as_text:
            kind = pa.string()
    return Column(field, heading, kind, make)


def _maker(field: Field, manner: Manner) -> Make | None:
    """What a value goes through on its way into the file; None where it goes as it is."""
    titles = titles_of(field, manner.lang) if manner.valued_by_title else {}
    if field.type == "array":
        if manner.flat:
            return lambda v: field.flat.join(titles.get(i, i) for i in v)
        return (lambda v: [titles.get(i, i) for i in v]) if titles else None
    if titles:
        return lambda v: titles.get(v, v)
    if field.type == "date" and manner.dates_as_text:
        return date.isoformat
    if field.type == "datetime" and manner.zone:
        zone = ZoneInfo(manner.zone)
        return lambda v: v.astimezone(zone).replace(tzinfo=None)
    if field.type == "datetime" and manner.instants_as_text:
        return iso
    return None


def titles_of(field: Field, lang: str) -> Mapping[str, str]:
    """The title of each of a field's codes."""
    return {code: words[lang] for code, words in field.codes.items()}


def iso(instant: datetime) -> str:
    """An instant in UTC, with Z.

    >>> iso(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    '2026-11-22T09:30:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
