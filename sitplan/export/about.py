"""What a file says of itself: what it is, whose, from when, under which licence; its dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyproj

from sitplan.dictionary import rules_of
from sitplan.export.columns import Column, iso
from sitplan.layer import Layer, Source, Words
from sitplan.query import Moment
from sitplan.words import say

FIELDS_SHEET, CODES_SHEET = "diccionario", "codigos"
"""The names that `sitplan import` passes over, as it does in the spreadsheet to fill in."""


@dataclass(frozen=True, slots=True)
class About:
    """The facts of one export, for whatever place its format has for them.

    Parameters
    ----------
    layer, source
        The source is the one in force.
    moment
        Resolved: a day, an interval or any; the instant of the record, if not now.
    revision
        Number of the last Change of the layer that the file knows.
    srid
        Of the coordinates; None where there are none.
    made_at
        When the snapshot was taken.
    notice
        What it must say of the demonstration, and of inputs that have changed; None where it is
        real throughout and holds.
    outdated
        Of a result: that its inputs have changed; None while they have not.
    """

    layer: Layer
    source: Source
    moment: Moment
    revision: int
    srid: int | None
    made_at: datetime
    notice: str | None
    lang: str
    outdated: str | None = None

    @property
    def stem(self) -> str:
        """The file's name without its ending: layer, day, revision.

        An interval has both days, all times ``all``, the register's past its instant.
        """
        first, last = self.moment.days
        days = [d.isoformat() for d in dict.fromkeys((first, last)) if d is not None] or ["all"]
        parts = [self.layer.name, *days]
        if self.moment.as_of is not None:
            instant = self.moment.as_of.astimezone(UTC)
            parts.append(f"as-of-{instant.strftime('%Y%m%dT%H%M%SZ')}")
        return "-".join([*parts, f"r{self.revision}"])

    def facts(self) -> Iterator[tuple[str, str]]:
        """Label and text of each fact, in the order of reading; the notice first."""
        lang, source = self.lang, self.source
        if self.notice:
            yield say("export.columns.notice", lang), self.notice
        yield say("dictionary.layer", lang), f"{self.layer.title[lang]} ({self.layer.name})"
        yield say("dictionary.description", lang), self.layer.description[lang]
        yield say("dictionary.custodian", lang), self.layer.custodian
        for key in ("source", "publisher", "method", "date", "licence"):
            text = source.title if key == "source" else getattr(source, key)
            if text:
                yield say(f"dictionary.{key}", lang), text
        result = self.layer.result
        if result:
            yield say("results.made_at", lang), str(result["made_at"])
            yield say("results.state", lang), self.outdated or say("results.holds", lang)
        yield say("export.moment", lang), self.moment.text
        if self.moment.as_of is not None:
            yield say("export.as_of", lang), iso(self.moment.as_of)
        yield say("export.revision", lang), str(self.revision)
        yield say("export.made_at", lang), iso(self.made_at)
        if self.srid is not None:
            name = pyproj.CRS.from_epsg(self.srid).name
            yield say("dictionary.crs", lang), f"{name} (EPSG:{self.srid})"

    def text(self) -> str:
        """The facts as lines, for a file beside the data."""
        return "\n".join(f"{label}: {' '.join(told.split())}" for label, told in self.facts())


def outdated_text(changed: Sequence[Words], lang: str) -> str | None:
    """What is said of a result whose inputs, by their titles, have changed; None of none."""
    if not changed:
        return None
    return say("results.outdated", lang, layers=", ".join(title[lang] for title in changed))


def field_rows(columns: Sequence[Column], lang: str) -> list[list[str]]:
    """The dictionary of fields: a heading, then a row for each column."""
    heads = ("heading", "field", "title", "type", "unit", "rules", "description")
    found = [[_label(head, lang) for head in heads]]
    for column in columns:
        field = column.field
        rules = [_plain(rule) for rule in rules_of(field, lang)]
        found.append(
            [
                column.heading,
                field.name,
                field.title[lang],
                say(f"dictionary.types.{field.type}", lang),
                field.unit or "",
                "; ".join(rules),
                field.description.get(lang, ""),
            ]
        )
    return found


def code_rows(columns: Sequence[Column], lang: str) -> list[list[str]]:
    """The lists of codes: a heading, then a row for each code of each field."""
    found = [[_label(head, lang) for head in ("field", "meaning", "code")]]
    for column in columns:
        for code, words in column.field.codes.items():
            found.append([column.field.name, words[lang], code])
    return found


def _plain(markdown: str) -> str:
    """A sentence of the dictionary without the signs of its pages."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown).replace("**", "").replace("`", "")


def _label(key: str, lang: str) -> str:
    return say("export.heading" if key == "heading" else f"dictionary.{key}", lang)
