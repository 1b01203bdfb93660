"""Through the one door: what arrives becomes one Change, and its receipt tells it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from pandas import DataFrame

from sitplan.catalogue import Catalogue, read_register
from sitplan.changes import Author, Edit, Mode, Receipt, apply
from sitplan.db import Database
from sitplan.errors import InvalidData
from sitplan.intake.ahead import read_ahead
from sitplan.intake.fit import Fitter
from sitplan.intake.surroundings import Surroundings
from sitplan.intake.systems import ground_of
from sitplan.intake.tally import Tally
from sitplan.layer import Layer, layer_from_declaration
from sitplan.report import Report
from sitplan.settings import Settings

FRESH = {"review_state": "published"}
"""What an import's new rows are unless the file says otherwise."""


class Arriving(Protocol):
    """What `enter` takes in: chunks, and after them what was told and counted."""

    @property
    def tally(self) -> Tally:
        """What has been told."""

    @property
    def fitter(self) -> Fitter | None:
        """What counts the rows; None before the first chunk."""

    def chunks(self) -> Iterator[DataFrame]:
        """Frames in the layer's columns and CRS."""


def enter(
    database: Database,
    catalogue: Catalogue,
    arrivals: Mapping[str, Sequence[Arriving]],
    *,
    mode: Mode,
    author: Author,
    why: str,
    source: str,
    valid_from: date | None = None,
    dry_run: bool = False,
    stated: Mapping[str, Mapping[str, Any]] | None = None,
    illustrative: Mapping[str, bool] | None = None,
) -> Receipt:
    """The receipt of one Change that takes in what arrives, its report with all repairs.

    Raises
    ------
    InvalidData
        With what reading, fitting and the database found wrong together.
    """
    edits = [
        Edit(
            layer=name,
            rows=lambda each=each: read_ahead(chunk for one in each for chunk in one.chunks()),  # type: ignore[misc]
            mode=mode,
            valid_from=valid_from,
            fresh=FRESH,
        )
        for name, each in arrivals.items()
    ]
    everyone = [one for each in arrivals.values() for one in each]
    try:
        receipt = apply(
            database, catalogue, edits, author=author, why=why, source=source, kind="import",
            dry_run=dry_run, stated=stated, illustrative=illustrative,
        )  # fmt: skip
    except InvalidData as error:
        # What the database refused comes alone: say also what was mended on the way to it.
        known = {(p.code, p.row, p.field) for p in error.report.problems}
        arrived = [p for one in everyone for p in one.tally.report().problems]
        rest = tuple(p for p in arrived if (p.code, p.row, p.field) not in known)
        error.report = error.report + Report(rest)
        raise
    report = sum((one.tally.report() for one in everyone), start=Report())
    layers = {}
    for name, counts in receipt.layers.items():
        fitters = [one.fitter for one in arrivals.get(name, []) if one.fitter is not None]
        layers[name] = replace(
            counts,
            read=sum(f.read for f in fitters) or counts.read,
            rejected=counts.rejected + sum(f.rejected for f in fitters),
        )
    return replace(receipt, layers=layers, report=report + receipt.report)


@contextmanager
def as_owner(where: Settings | Database) -> Iterator[Database]:
    """The database, opened as its owner where only settings are given."""
    if isinstance(where, Database):
        yield where
        return
    with Database(where, role="admin", workers=1) as database:
        yield database


def full_register(database: Database) -> Catalogue:
    """The catalogue as migrated, private fields too: for its owner, who alone may write.

    Raises
    ------
    NotFound
        ``not_migrated``.
    """
    public = read_register(database)
    layers: dict[str, Layer] = {}
    illustrative: dict[str, bool] = {}
    for name, declaration, style, is_drawn in database.fetch(
        "SELECT name, declaration, style, illustrative FROM sitplan.layer"
        " WHERE NOT hidden ORDER BY name"
    ):
        if name in public.broken:
            continue
        layers[name] = layer_from_declaration(declaration, style=style, path=name)
        illustrative[name] = is_drawn
    return replace(public, layers=layers, illustrative=illustrative)


def surroundings(database: Database, catalogue: Catalogue) -> Surroundings:
    """What the database knows of places, by the territory's landmarks."""
    landmarks = ground_of(catalogue.territory).landmarks
    return Surroundings(database, catalogue, landmarks=landmarks)
