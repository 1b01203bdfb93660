"""What is known of a thing of the catalogue: frozen values, from which the four faces derive."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sitplan.layer import Layer, Source, Words
from sitplan.words import LANGUAGES, say

Kind = Literal["dataset", "service", "map", "notebook", "download"]

UNDECLARED = "no declarada por quien publica"
"""A licence value like any other: whoever publishes the source has named no licence."""
OF_EACH = "la de cada capa"
"""Of what is made of several layers."""
_SAID = {"": "undeclared", UNDECLARED: "undeclared", OF_EACH: "of_each"}

LICENCES: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://opensource.org/license/mit",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_FIRST_DAY = "-01-01"


@dataclass(frozen=True, slots=True)
class Way:
    """An address at which the thing, or something about it, is had.

    Parameters
    ----------
    href, media_type
        Where, and what it answers with.
    rel
        Of the link, as IANA or the OGC names it.
    kind
        ``download`` (the data themselves), ``service``, ``page`` or ``about`` (schema, metadata).
    """

    href: str
    media_type: str
    rel: str
    kind: Literal["download", "service", "page", "about"]
    title: Words


@dataclass(frozen=True, slots=True)
class Record:
    """A thing of the catalogue.

    Parameters
    ----------
    id
        A layer's name; those of other things hold a hyphen, so that they never meet.
    address
        Its own page: the identifier by which all four faces name it.
    custodian, publisher
        Who keeps it, and whose source it is.
    licence
        An SPDX identifier, other words, or empty: `licence_title` shows it.
    lineage
        How it came to be.
    date
        Of the source: ``2026``, ``2026-11`` or ``2026-11-22``.
    changed
        When it was last changed here; None where nothing was ever recorded.
    group
        Of layers, as ``environment``.
    box
        West, south, east, north in degrees (CRS84); None without a place.
    begins, ends
        Of the validities; None where open.
    crs
        EPSG codes in which it is given.
    illustrative
        Drawn for the demonstration.
    outside
        Identifiers that others gave it.
    """

    id: str
    kind: Kind
    title: Words
    description: Words
    address: str
    custodian: str
    publisher: str
    licence: str
    lineage: str
    date: str
    changed: dt.datetime | None = None
    group: str = "other"
    box: tuple[float, float, float, float] | None = None
    begins: dt.date | None = None
    ends: dt.date | None = None
    crs: tuple[int, ...] = ()
    geometry: str | None = None
    count: int | None = None
    illustrative: bool = False
    fields: tuple[Words, ...] = ()
    outside: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()

    @property
    def day(self) -> str:
        """The source's date as a whole day: the first of its month or year."""
        return self.date + _FIRST_DAY[3 * (self.date.count("-")) :] if self.date else ""

    @property
    def updated(self) -> str:
        """The last change as an instant (RFC 3339), else the source's day."""
        if self.changed is not None:
            return self.changed.isoformat(timespec="seconds").replace("+00:00", "Z")
        return f"{self.day}T00:00:00Z"

    def keywords(self, lang: str) -> list[str]:
        """Words under which it may be sought."""
        shown = [say(f"groups.{self.group}", lang)]
        if self.illustrative:
            shown.append(say("pages.demonstration", lang))
        return shown

    def full_description(self, lang: str) -> str:
        """What it is and where it comes from, as one text."""
        parts = [
            self.description[lang],
            _sentence(say("pages.lineage_is", lang, text=self.lineage)),
        ]
        if self.illustrative:
            parts.append(say("pages.watermark", lang))
        return " ".join(part for part in parts if part)


def layer_record(
    layer: Layer,
    *,
    source: Source,
    address: str,
    ways: tuple[Way, ...],
    changed: dt.datetime | None = None,
    box: tuple[float, float, float, float] | None = None,
    begins: dt.date | None = None,
    ends: dt.date | None = None,
    crs: tuple[int, ...] = (),
    count: int | None = None,
    illustrative: bool = False,
) -> Record:
    """The record of a layer: its declaration, the source in force, what is found in it."""
    return Record(
        id=layer.name,
        kind="dataset",
        title=layer.title,
        description=layer.description,
        address=address,
        custodian=layer.custodian,
        publisher=source.publisher or layer.custodian,
        licence=source.licence,
        lineage=lineage_of(source),
        date=source.date if _DATE.fullmatch(source.date) else source.date[:10],
        changed=changed,
        group=layer.group,
        box=box,
        begins=begins,
        ends=ends,
        crs=crs,
        geometry=layer.geometry.type if layer.geometry else None,
        count=count,
        illustrative=illustrative,
        fields=tuple(f.title for f in layer.public_fields),
        outside=(source.url,) if source.url else (),
        ways=ways,
    )


def lineage_of(source: Source) -> str:
    """How the data came to be, in the words of their source."""
    return ": ".join(part for part in (source.title, source.method) if part)


def licence_title(licence: str, lang: str) -> str:
    """A licence as it is shown; that nobody declared one is said, not left out."""
    key = _SAID.get(licence)
    return say(f"pages.{key}", lang) if key else licence


def gaps(layer: Layer) -> list[str]:
    """What a declaration fails to say of its data: without these it is no record.

    Returns
    -------
    list
        Of ``source.licence``, ``custodian``, ``source.date``, ``source.method`` (the lineage) and
        ``title``, ``description`` in a language; empty where all is told.
    """
    said = {
        "custodian": layer.custodian.strip(),
        "source.licence": layer.source.licence.strip(),
        "source.date": _DATE.fullmatch(layer.source.date),
        "source.method": layer.source.method.strip(),
        **{f"title.{lang}": layer.title.get(lang) for lang in LANGUAGES},
        **{f"description.{lang}": layer.description.get(lang) for lang in LANGUAGES},
    }
    return [name for name, value in said.items() if not value]


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
