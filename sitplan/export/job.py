"""What is asked of an export, and what its writer is handed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa

from sitplan.catalogue import source_in_force
from sitplan.export.about import About, outdated_text
from sitplan.export.columns import GEOMETRY, INVENTED, Manner, Row, Table, table_of
from sitplan.export.snapshot import Entry, Snapshot
from sitplan.layer import Layer
from sitplan.query import FeatureQuery
from sitplan.words import say

Coordinates = Literal["xy", "wkt", "none"]
DEGREE_DIGITS, METRE_DIGITS = 8, 3
"""Decimals of coordinates as text: within 1 mm of those stored."""


@dataclass(frozen=True, slots=True)
class Export:
    """Which features, and how they are to be written.

    Parameters
    ----------
    query
        Its `crs` is the file's; `limit` and `after` do not count.
    lang
        Of titles, facts and notices.
    profiles
        Names of those asked for, as `formats` knows them.
    coordinates
        How a table shows places; None is its format's own way.
    schema_url
        Where the features' schema stands, for documents that name it.
    zone
        Whose clocks a spreadsheet shows.
    """

    query: FeatureQuery
    lang: str = "es"
    profiles: frozenset[str] = frozenset()
    coordinates: Coordinates | None = None
    schema_url: str | None = None
    zone: str = "UTC"

    @property
    def layer(self) -> Layer:
        """The layer that is exported."""
        return self.query.layer

    @property
    def digits(self) -> int:
        """Decimals of coordinates as text."""
        return DEGREE_DIGITS if self.query.crs.is_geographic else METRE_DIGITS

    def manner(self, **more: Any) -> Manner:
        """How values and names are written, as far as the profiles say it."""
        return Manner(
            lang=self.lang,
            named_by_title=more.pop("named_by_title", "name-as-title" in self.profiles),
            valued_by_title="val-as-title" in self.profiles,
            **more,
        )


@dataclass(frozen=True)
class Job:
    """An export that has begun: its snapshot is taken, its facts are known."""

    export: Export
    snapshot: Snapshot
    entry: Entry
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def layer(self) -> Layer:
        """The layer that is exported."""
        return self.export.layer

    @property
    def about(self) -> About:
        """What the file says of itself."""
        export, lang = self.export, self.export.lang
        invents = any(f.name == INVENTED for f in self.layer.public_fields)
        notice = None
        if self.entry.illustrative:
            notice = say("export.notice", lang)
        elif invents:
            notice = say("export.notice_some", lang, notice=say("export.notice", lang))
        outdated = outdated_text(self.entry.changed, lang)
        return About(
            layer=self.layer,
            source=source_in_force(self.entry.source) or self.layer.source,
            moment=export.query.moment,
            revision=self.entry.revision,
            srid=export.query.crs.srid if self.layer.geometry else None,
            made_at=self.made_at,
            notice=" ".join(filter(None, (outdated, notice))) or None,
            lang=lang,
            outdated=outdated,
        )

    def table(self, manner: Manner) -> Table:
        """The file's columns."""
        fields = self.export.query.fields
        outdated = outdated_text(self.entry.changed, manner.lang)
        return table_of(
            self.layer, manner, fields=fields, illustrative=self.entry.illustrative,
            outdated=outdated,
        )  # fmt: skip

    def rows(self, *, binary: bool) -> Iterator[list[Row]]:
        """The features' rows, some at a time, as `FeatureQuery.whole` gives them."""
        query = replace(self.export.query, digits=self.export.digits)
        return self.snapshot.rows(
            query.whole(binary=binary), layer=self.layer.name, filtered=query.filter is not None
        )

    def count(self) -> int:
        """How many rows there are."""
        query = self.export.query
        return self.snapshot.count(
            query.count(), layer=self.layer.name, filtered=query.filter is not None
        )

    def shapes(self, table: Table) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The features as Arrow: the table's columns and `geometry` as WKB, where there is one."""
        schema = table.schema
        if self.layer.geometry:
            schema = schema.append(pa.field(GEOMETRY, pa.binary()))
        return schema, (self._batch(rows, table, schema) for rows in self.rows(binary=True))

    def _batch(self, rows: Sequence[Row], table: Table, schema: pa.Schema) -> pa.RecordBatch:
        columns = table.attributes(rows)
        if self.layer.geometry:
            columns.append(wkb_of(rows))
        return pa.RecordBatch.from_arrays(columns, schema=schema)


def wkb_of(rows: Sequence[Row]) -> pa.Array:
    """The geometries of rows that were read with `binary`."""
    return pa.array([None if r[1] is None else bytes(r[1]) for r in rows], pa.binary())
