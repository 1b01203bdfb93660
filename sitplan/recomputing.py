"""A result computed again: equal with the data of then; with those of now, how it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import geopandas as gpd
from pandas import DataFrame

from sitplan import ddl
from sitplan.analyses import ANALYSES
from sitplan.analysis.plain import difference
from sitplan.catalogue import read_register
from sitplan.changes import Author, Receipt
from sitplan.db import Database
from sitplan.declaring import column_titles
from sitplan.errors import Refused
from sitplan.heights_kept import find_heights
from sitplan.indicators import figure
from sitplan.instants import parse_instant
from sitplan.layer import Layer, Words
from sitplan.query import Moment
from sitplan.relief import HEIGHTS
from sitplan.results import compute, compute_and_publish, known_catalogue, result_of
from sitplan.seeds import read_seed
from sitplan.settings import Settings
from sitplan.words import LANGUAGES, say


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What became of computing a result again.

    Parameters
    ----------
    then
        Difference from what was published, read as the register stood then: empty if it can be
        made again number by number.
    now
        Difference from what was published, read as the register stands today.
    outdated
        The inputs that have changed since.
    receipt
        Of publishing what it is now; None where nothing was published.
    lost
        The inputs of then that are no longer to be had: for `then`, those of today were taken.
    titles
        What those inputs are called.
    """

    name: str
    then: Mapping[str, Any]
    now: Mapping[str, Any]
    outdated: tuple[str, ...] = ()
    receipt: Receipt | None = None
    lost: tuple[str, ...] = ()
    titles: Mapping[str, Words] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "then": dict(self.then),
            "now": dict(self.now),
            "outdated": list(self.outdated),
            "lost": list(self.lost),
            "change": self.receipt.change_id if self.receipt else None,
        }


def recompute(
    settings: Settings, name: str, *, keep: bool = False, who: Author | None = None
) -> Recomputed:
    """How a result differs when it is computed again, as of then and as of now.

    Parameters
    ----------
    keep
        Whether to publish what it is now where that differs; as a draft.

    Raises
    ------
    NotFound
        ``no_such_result``.
    Refused
        ``not_recomputable`` where no analysis of this instance gives it: its author's notebook
        does.
    """
    layer = result_of(settings, name)
    record = layer.result or {}
    asked = record.get("analysis")
    if not asked or asked["id"] not in ANALYSES:
        raise Refused("not_recomputable", name=name)
    before = _stored(settings, layer)
    with Database(settings, workers=1) as database:
        catalogue = read_register(database)
        moments = {one["layer"]: _moment_of(database, one) for one in record["inputs"]}
    outdated = replace(catalogue, layers={**catalogue.layers, name: layer}).outdated(name)
    day = {"on": record["method"]["es"]["date"], **asked["inputs"]}
    read = record.get("heights")
    is_lost = (
        read is not None
        and read["sha256"] is not None
        and find_heights(settings, catalogue, read) is None
    )
    lost = (HEIGHTS,) if is_lost else ()
    then, _, _ = compute(
        settings, asked["id"], day, moments=moments, heights=None if is_lost else read
    )
    now, _, _ = compute(settings, asked["id"], asked["inputs"])
    differs = difference(before, _as_stored(now))
    receipt = None
    if keep and differs:
        receipt = compute_and_publish(
            settings, asked["id"], asked["inputs"], name=name, author=record["author"],
            why=say("results.why_again", name=name), who=who,
        )  # fmt: skip
    gap = difference(before, _as_stored(then))
    titles = {
        one: {lang: catalogue.input_title(one, lang) for lang in LANGUAGES}
        for one in (*outdated, *lost)
    }
    return Recomputed(name, gap, differs, outdated, receipt, lost, titles)


def gap_told(gap: Mapping[str, Any], lang: str = "es") -> str:
    """A difference in lines for people: each column by its title, its rows, the largest gap."""
    lines = []
    for name, one in gap.get("columns", {}).items():
        key = "words" if one["largest"] is None else "numbers"
        largest = figure(one["largest"], lang)
        lines.append(
            say(f"results.gap.{key}", lang, title=column_titles(name)[lang], rows=one["rows"],
                largest=largest)
        )  # fmt: skip
    for name in ("added", "removed", "shapes"):
        if codes := gap.get(name):
            told = ", ".join(codes[:TOLD_CODES]) + (" …" if len(codes) > TOLD_CODES else "")
            lines.append(say(f"results.gap.{name}", lang, count=len(codes), codes=told))
    return "".join(f"\n    {line}" for line in lines)


TOLD_CODES: Final = 10
"""How many rows are named of those that came, went or moved; JSON has them all."""


def _moment_of(database: Database, read: Mapping[str, Any]) -> Moment:
    """The moment at which an input was read: its day, and its last Change then."""
    as_of = parse_instant(read["as_of"]) if read["as_of"] else None
    if as_of is None:
        rows = database.fetch(
            "SELECT recorded_at FROM published.change WHERE id = %s", [read["revision"]]
        )
        as_of = rows[0][0] if rows else None
    zone = database.fetch("SELECT facts->>'time_zone' FROM published.territory")[0][0]
    return replace(Moment.parse(read["on"], time_zone=zone), as_of=as_of)


def _stored(settings: Settings, layer: Layer) -> DataFrame:
    """A result as it was published, in the columns of its analysis."""
    territory = known_catalogue(settings).territory
    code = ddl.srid(layer, territory)
    frame = read_seed(settings.results / layer.name, layer, code)
    assert frame is not None
    names = ["code", *(f.name for f in layer.fields)]
    if layer.geometry is None:
        return DataFrame(frame[names])
    shaped: DataFrame = gpd.GeoDataFrame(frame[names], geometry=list(frame["geom"]), crs=code)
    return shaped


def _as_stored(frame: DataFrame) -> DataFrame:
    """A fresh result with what publishing gives it: codes as text, shapes of the multi type."""
    found = frame.copy()
    if "code" not in found.columns:
        found.insert(0, "code", list(frame.index))
    found["code"] = [str(code) for code in found["code"]]
    return found
