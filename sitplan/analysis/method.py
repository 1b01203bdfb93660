"""How a result was found: what goes with every number that `sitplan.analysis` gives.

    found = served(blocks, green_areas, …)
    found.frame                    # the table, or the map
    found.method.told("en")        # date, inputs, parameters with their sources, notes
    print(found.method.text())     # the same, to be read

A number without its method is not a result: parameters that no source of this territory backs
say so themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from sitplan.words import LANGUAGES, keys, say, write_number


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or word that was chosen, and who says it is right.

    Parameters
    ----------
    name
        Key of the words under `[analysis.parameters]`.
    value
        As used; plain (number, text, boolean, a list or a mapping of them), or None.
    unit
        As ``m``, ``min``, ``m2``; empty where it has none.
    source
        Key of the words under `[analysis.sources]`, or the source's own words.
    verified
        False where nobody has checked it for this territory: the result then says so.
    """

    name: str
    value: Any
    unit: str = ""
    source: str = "chosen"
    verified: bool = False

    def told(self, lang: str = "es") -> dict[str, Any]:
        """Its title, value, unit and source as plain values."""
        return {
            "name": self.name,
            "title": _said(f"analysis.parameters.{self.name}", lang, self.name),
            "value": self.value,
            "unit": self.unit,
            "source": _said(f"analysis.sources.{self.source}", lang, self.source),
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True)
class Input:
    """A frame that went in.

    Parameters
    ----------
    name
        The layer's name, or what stands in its place.
    features
        How many of its features were used.
    source
        Who says so, as ``INE, Censo 2017``; None where nobody told.
    year
        Of the population, where it has one.
    missing_pct
        Share of its features that lack the value used, 0 to 100; None where none is asked of
        them.
    """

    name: str
    features: int
    source: str | None = None
    year: int | None = None
    missing_pct: float | None = None

    def told(self) -> dict[str, Any]:
        """Itself as plain values."""
        return {
            "name": self.name,
            "features": self.features,
            "source": self.source,
            "year": self.year,
            "missing_pct": self.missing_pct,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of the numbers must know.

    `key`: of the words under `[analysis.notes]`; `facts`: what the sentence names.
    """

    key: str
    facts: tuple[tuple[str, Any], ...] = ()

    def told(self, lang: str = "es") -> str:
        """The sentence."""
        return say(
            f"analysis.notes.{self.key}", lang,
            **{name: in_sentence(fact, lang) for name, fact in self.facts},
        )  # fmt: skip


def in_sentence(fact: Any, lang: str) -> Any:
    """A fact as it stands inside a sentence: decimals of the language, no full stop of its own."""
    if isinstance(fact, float):
        return write_number(fact, lang)
    return fact.removesuffix(".") if isinstance(fact, str) else fact


def note(key: str, /, **facts: Any) -> Note:
    """A note with its facts."""
    return Note(key, tuple(facts.items()))


@dataclass(frozen=True, slots=True)
class Method:
    """What was computed, of what, how, and with which parameters.

    Parameters
    ----------
    name
        Key of the words under `[analysis.methods]`.
    on
        The day that the result stands for.
    inputs
        The frames, in the order of the function's arguments.
    parameters
        All that would change the numbers, were it another.
    notes
        What the reader must know: flat ground, places that stand nowhere, areas left out.
    """

    name: str
    on: date
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def unverified(self) -> tuple[Parameter, ...]:
        """The parameters that nobody has checked for this territory."""
        return tuple(p for p in self.parameters if not p.verified)

    def with_notes(self, *more: Note) -> Method:
        """The same with more notes; one that is there already is not said twice."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *more))))

    def told(self, lang: str = "es") -> dict[str, Any]:
        """Itself as plain values, fit for JSON."""
        return {
            "name": self.name,
            "title": _said(f"analysis.methods.{self.name}", lang, self.name),
            "date": self.on.isoformat(),
            "inputs": [i.told() for i in self.inputs],
            "parameters": [p.told(lang) for p in self.parameters],
            "notes": [n.told(lang) for n in self.notes],
        }

    def text(self, lang: str = "es") -> str:
        """Itself in lines, as a notebook prints it and a method sheet shows it."""
        if lang not in LANGUAGES:
            lang = LANGUAGES[0]
        lines = [f"{_said(f'analysis.methods.{self.name}', lang, self.name)} · {self.on}"]
        for i in self.inputs:
            facts: dict[str, object] = {
                "name": i.name,
                "features": i.features,
                "source": i.source or say("analysis.told.no_source", lang),
                "year": "" if i.year is None else f" ({i.year})",
            }
            line = say("analysis.told.input", lang, **facts)
            if i.missing_pct is not None:
                line += say(
                    "analysis.told.missing", lang, pct=_plain(round(i.missing_pct, 1), lang)
                )
            lines.append(line)
        for p in self.parameters:
            told = p.told(lang)
            unit = "" if p.value is None else p.unit
            value = f"{_plain(p.value, lang)} {unit}".rstrip()
            mark = "" if p.verified else say("analysis.told.unverified", lang)
            lines.append(f"· {told['title']}: {value} — {told['source']}{mark}")
        lines += [f"· {n.told(lang)}" for n in self.notes]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Result:
    """A table, or a map, and how it was found.

    Parameters
    ----------
    frame
        One row a place, indexed like the frame that named the places.
    method
        Of all its columns.
    totals
        Figures of the whole, by the name of the column they total.
    """

    frame: pd.DataFrame
    method: Method
    totals: Mapping[str, float] = field(default_factory=dict)


def relief_note(relief: Mapping[str, object] | None) -> Note:
    """Where heights came from, or that the ground is taken as flat."""
    return note("flat") if relief is None else note("relief", **relief)


def input_of(
    name: str,
    frame: pd.DataFrame,
    *,
    source: str | None = None,
    value: str | None = None,
    year: str | None = None,
) -> Input:
    """What is told of a frame that goes in.

    Parameters
    ----------
    name
        The layer's name.
    frame
        The features used.
    source
        Who says so; None takes ``frame.attrs["source"]``, where somebody put it.
    value
        The column whose missing values are counted; None counts none. A column that is not
        there is missing everywhere.
    year
        The column that holds the year of the value: the latest of it is told.
    """
    missing = None
    if value is not None:
        empty = frame[value].isna() if value in frame.columns else pd.Series(True, frame.index)
        missing = float(100 * empty.mean()) if len(frame) else 0.0
    when = None
    if year is not None and year in frame.columns and frame[year].notna().any():
        when = int(frame[year].max())
    said = source if source is not None else frame.attrs.get("source")
    return Input(name, len(frame), said, when, missing)


def parameters_of(
    values: Mapping[str, Any],
    *,
    units: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
    verified: Sequence[str] = (),
) -> tuple[Parameter, ...]:
    """Parameters from their values by name, with units, sources and which of them are checked."""
    units, sources = units or {}, sources or {}
    return tuple(
        Parameter(n, v, units.get(n, ""), sources.get(n, "chosen"), n in verified)
        for n, v in values.items()
    )


_FLAGS: Final = {None: "unset", True: "yes", False: "no"}


def _plain(value: Any, lang: str) -> str:
    """A parameter's value as people read it: codes and names by their words, where they have any.

    Lists of numbers are parted by semicolons, for a comma may begin their decimals.
    """
    if value is None or isinstance(value, bool):
        return say(f"analysis.told.{_FLAGS[value]}", lang)
    if isinstance(value, int | float):
        text = f"{value:,.10g}" if abs(value) >= 10_000 else f"{value:.10g}"
        return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))
    if isinstance(value, Mapping):  # whose source is told beside it
        pairs = ((k, v) for k, v in value.items() if k != "source")
        return "; ".join(f"{_word(str(k), lang)}: {_plain(v, lang)}" for k, v in pairs)
    if isinstance(value, Sequence) and not isinstance(value, str):
        numbers = any(isinstance(one, float) for one in value)
        parts = [_plain(one, lang) for one in value]
        return ("; " if numbers else ", ").join(parts) or say("analysis.told.nothing", lang)
    return _word(str(value), lang)


def _word(text: str, lang: str) -> str:
    """What a name or code is called, where it has a word; else itself."""
    keys_of = ("analysis.values", "analysis.profiles")
    return next((say(f"{k}.{text}", lang) for k in keys_of if f"{k}.{text}" in keys(lang)), text)


def _said(key: str, lang: str, otherwise: str) -> str:
    return say(key, lang) if key in keys(LANGUAGES[0]) else otherwise
