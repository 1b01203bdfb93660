"""Files into layers: one file (`import_file`), or a folder by its manifest (`load`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sitplan import ddl
from sitplan.catalogue import Catalogue
from sitplan.changes import Author, Edit, Mode, Receipt, apply
from sitplan.checks import run_checks
from sitplan.db import Database
from sitplan.errors import UnreadableFile
from sitplan.intake.arrival import Arrival, Plan
from sitplan.intake.curation import Curator, choose_rows
from sitplan.intake.entering import Arriving, as_owner, enter, full_register, surroundings
from sitplan.intake.fit import Fitter
from sitplan.intake.limits import Limits
from sitplan.intake.manifest import MANIFEST, Manifest, SourceFile, aliases_of, read_manifest
from sitplan.intake.read import read
from sitplan.intake.source import Asked
from sitplan.intake.tally import Tally
from sitplan.report import Report
from sitplan.settings import Settings
from sitplan.words import say


def import_file(
    where: Settings | Database,
    path: Path | str,
    *,
    layer: str,
    mode: Mode = "upsert",
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    source_layer: str | None = None,
    valid_from: date | None = None,
    source: str | None = None,
    why: str | None = None,
    author: Author | None = None,
    dry_run: bool = False,
    limits: Limits | None = None,
) -> Receipt:
    """The receipt of bringing a file into a layer: all of it, or nothing.

    Parameters
    ----------
    where
        The instance, or its database opened as its owner.
    mode
        ``upsert`` corrects what the key finds and adds the rest; ``append`` only adds;
        ``replace`` also removes what the file lacks.
    key
        Column of the file (several by comma) that names each feature; None where a column is
        the code, or where codes are to be made of the shapes.
    columns
        Column of the file → field; ``x`` and ``y`` are the coordinates of a table.
    crs, encoding, source_layer
        What the file does not say by itself, or says wrongly.
    valid_from
        A new fact since that day; None corrects the record.
    source, why
        For the history: where the data come from, and the reason.

    Raises
    ------
    NotFound
        No such file or layer.
    UnreadableFile, BadRequest, WrongCrs
        The file cannot be read surely; the hint says what to do.
    InvalidData
        With the whole Report: rows, columns or the place are wrong. Nothing was stored.
    """
    path = Path(path)
    asked = Asked(
        crs=crs,
        encoding=encoding,
        layer=source_layer,
        columns=dict(columns or {}),
        key=tuple(k.strip() for k in key.split(",") if k.strip()) if key else (),
        limits=limits or Limits(),
    )
    with as_owner(where) as database:
        catalogue = full_register(database)
        target = catalogue.layer(layer)
        known = surroundings(database, catalogue)
        plan = Plan(aliases=aliases_of(database.settings.layers / MANIFEST, layer))
        with read(path, asked) as opened:
            arrival = Arrival(
                opened, target, catalogue.territory, asked=asked, plan=plan, known=known
            )
            is_whole = mode == "replace"
            return enter(
                database,
                catalogue,
                {layer: [arrival]},
                mode=mode,
                valid_from=valid_from,
                author=author or Author(),
                why=why or say("intake.receipt.why_import", file=path.name),
                source=source or path.name,
                dry_run=dry_run,
                stated={layer: _record(path, source)} if is_whole else {},
                illustrative={layer: False} if is_whole else {},
            )


def load(
    where: Settings | Database,
    folder: Path | str,
    *,
    keep_demo: bool = False,
    author: Author | None = None,
    dry_run: bool = False,
) -> dict[str, Receipt]:
    """The receipts, by layer, of loading a folder of source files by layers/sources.yaml.

    Each layer that has sources is replaced by them in one Change; each that has none but holds
    what was drawn for the demonstration is emptied in one, unless `keep_demo`.

    Raises
    ------
    UnreadableFile
        ``source_file_missing``, before anything is done; ``manifest_broken``.
    InvalidData
        When a layer's sources are wrong: that layer stays as it was, those before it are loaded.
    """
    folder = Path(folder)
    with as_owner(where) as database:
        manifest = read_manifest(database.settings.layers / MANIFEST)
        missing = sorted({s.file for s in manifest.sources if not (folder / s.file).is_file()})
        if missing:
            raise UnreadableFile(
                "source_file_missing", names=", ".join(missing), folder=folder.name
            )
        receipts: dict[str, Receipt] = {}
        for layer in manifest.layers:
            # Read anew each time: what was loaded a moment ago is known ground for the next.
            catalogue = full_register(database)
            receipts[layer] = _load_layer(
                database, catalogue, manifest, layer, folder, author or Author(), dry_run=dry_run
            )
        if not keep_demo:
            receipts |= _withdraw(database, manifest, author or Author(), dry_run=dry_run)
        return receipts if dry_run else _checked(database, receipts)


def _checked(database: Database, receipts: Mapping[str, Receipt]) -> dict[str, Receipt]:
    """The receipts with what the layers' checks say in the end.

    While a folder is loaded, real streets meet drawn rivers: what that breaks is no news.
    """
    with database.transaction() as cursor:
        found = run_checks(cursor, list(receipts)).problems
    return {
        name: replace(
            receipt, report=receipt.report + Report(tuple(p for p in found if p.layer == name))
        )
        for name, receipt in receipts.items()
    }


def _load_layer(
    database: Database,
    catalogue: Catalogue,
    manifest: Manifest,
    name: str,
    folder: Path,
    author: Author,
    *,
    dry_run: bool,
) -> Receipt:
    """The receipt of replacing one layer by its sources."""
    layer = catalogue.layer(name)
    known = surroundings(database, catalogue)
    sources = manifest.of_layer(name)
    curator = Curator(sources)
    with ExitStack() as stack:
        arrivals: list[Arriving] = []
        for source in sources:
            asked = Asked(crs=source.crs, layer=source.source_layer, columns=source.columns)
            opened = stack.enter_context(read(folder / source.file, asked))
            arrival = Arrival(
                opened, layer, catalogue.territory, asked=asked, plan=_plan(source), known=known
            )
            arrivals.append(_Curated(arrival, source, curator))
        receipt = enter(
            database,
            catalogue,
            {name: arrivals},
            mode="replace",
            author=author,
            why=say("intake.receipt.why_load", layer=layer.title["es"]),
            source="; ".join(dict.fromkeys(s.file for s in sources)),
            dry_run=dry_run,
            stated={name: manifest.record(name)},
            illustrative={name: False},
        )
        return replace(receipt, report=_of_arrival(arrivals))


def _of_arrival(arrivals: Sequence[Arriving]) -> Report:
    return sum((one.tally.report() for one in arrivals), start=Report())


def _plan(source: SourceFile) -> Plan:
    return Plan(
        constants={"source_id": source.id, **source.constants},
        translate=source.translate,
        code=source.code,
        keep=lambda batch: choose_rows(batch, source),
        reduce=source.reduce,
        keeps_repeats=source.merge,
    )


class _Curated:
    """An arrival whose rows the manifest's remarks are done to; as one chunk, to be compared."""

    def __init__(self, arrival: Arrival, source: SourceFile, curator: Curator) -> None:
        self._arrival = arrival
        self._source = source
        self._curator = curator

    @property
    def tally(self) -> Tally:
        return self._arrival.tally

    @property
    def fitter(self) -> Fitter | None:
        return self._arrival.fitter

    def chunks(self) -> Iterator[DataFrame]:
        frames = list(self._arrival.chunks())
        if not frames:
            return
        whole = pd.concat(frames, ignore_index=True)
        frame = self._curator.curate(whole, self._source, self.tally)
        if self.fitter is not None:
            self.fitter.rejected += len(whole) - len(frame)
        yield frame


def _withdraw(
    database: Database, manifest: Manifest, author: Author, *, dry_run: bool
) -> dict[str, Receipt]:
    """Receipts of withdrawing what was drawn for the demonstration where nothing real came."""
    catalogue = full_register(database)
    drawn = [n for n, is_so in catalogue.illustrative.items() if is_so and n in catalogue.layers]
    drawn += [n for n in manifest.invented if n in catalogue.layers and n not in drawn]
    waiting = [n for n in drawn if n not in manifest.layers]
    receipts: dict[str, Receipt] = {}
    for name in _referring_first(waiting, catalogue):
        layer = catalogue.layer(name)
        begins = manifest.invented.get(name)
        codes = database.fetch(
            f"SELECT DISTINCT code FROM layers.{ddl.ident(name)} WHERE starts_with(code, %s)",
            (begins or "",),
        )
        rows = DataFrame({"code": pd.Series([code for (code,) in codes], dtype=object)})
        receipt = apply(
            database,
            catalogue,
            [Edit(layer=name, rows=rows, mode="remove")],
            author=author,
            why=say("intake.receipt.why_empty", layer=layer.title["es"]),
            kind="import",
            dry_run=dry_run,
            illustrative={name: False},
        )
        receipts[name] = replace(receipt, report=Report())
    return receipts


def _referring_first(names: list[str], catalogue: Catalogue) -> list[str]:
    """The layers in an order in which none goes before those that refer to it."""
    left, ordered = list(names), []
    while left:
        pointed = {
            f.references for n in left for f in catalogue.layer(n).fields if f.references != n
        }
        free = [n for n in left if n not in pointed] or left[:1]
        ordered += free
        left = [n for n in left if n not in free]
    return ordered


def _record(path: Path, source: str | None) -> dict[str, str]:
    """The source record of a layer that one file replaced as a whole."""
    when = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return {
        "title": source or path.stem,
        "method": say("intake.receipt.why_import", file=path.name),
        "date": when.date().isoformat(),
    }
