"""Indicators by area: an analysis' rows → values, classes and the words that go with them.

Each is a column of an analysis that is offered, over the areas that a person chooses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import floor, log10
from typing import Any, Final

from psycopg2 import sql as pgsql

from sitplan.analysis.hazard import RIVER_HAZARDS
from sitplan.analysis.profiles import PROFILES
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.errors import NotFound
from sitplan.layer import Layer
from sitplan.query import Moment, moment_conditions, relation
from sitplan.words import LANGUAGES, keys, say, write_number

GREENS: Final = ("#EDF8E9", "#BAE4B3", "#74C476", "#31A354", "#006D2C")
ORANGES: Final = ("#FEEDDE", "#FDBE85", "#FD8D3C", "#E6550D", "#A63603")
REDS: Final = ("#FEE5D9", "#FCAE91", "#FB6A4A", "#DE2D26", "#A50F15")
PURPLES: Final = ("#F2F0F7", "#CBC9E2", "#9E9AC8", "#756BB1", "#54278F")
"""One hue from light to dark (ColorBrewer, C. Brewer): lightness alone tells the classes apart."""

_NOTHING: Final = ("#F4EFE6", "#262B2E")
"""Of areas that have nothing, by day and by dark: near the ground, and of no ramp's hue."""

_OF_PEOPLE: Final = ("neighbourhoods", "census_districts", "census_blocks")
_GREEN: Final = ("census_blocks", "green_areas", "roads")
_PLAN: Final = ("initiatives", "project_locations")
FEW: Final = 30
"""Fewer inhabitants than that have sums but no rate."""
REASONS: Final = ("few", "outside", "none")
"""Why an area has no value."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of each area.

    Parameters
    ----------
    analysis, column
        Which analysis gives it, and in which of its columns.
    choice
        The analysis' input that names the areas.
    areas
        Layers that it can be asked of, the usual first.
    reads
        The other layers that go in.
    beside
        Columns that its table shows as well.
    few
        The column that says that there is no rate, for too few live there; empty where none does.
    fixed
        Other inputs of the analysis, by name.
    group
        The id whose words it has: several differ by their `fixed` inputs alone.
    outside
        The column that is zero where it does not speak of the area: no value, and nothing lacks.
    """

    id: str
    analysis: str
    column: str
    choice: str
    areas: tuple[str, ...]
    reads: tuple[str, ...]
    unit: str
    ramp: tuple[str, ...]
    beside: tuple[str, ...]
    few: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    outside: str = ""

    @property
    def words(self) -> str:
        """Under which of the words it is told."""
        return self.group or self.id

    def inputs(self, areas: str, day: date) -> dict[str, Any]:
        """What its analysis is asked with."""
        chosen = {self.choice: areas} if self.choice else {}
        return {**chosen, **self.inputs_of_all(day)}

    def inputs_of_all(self, day: date) -> dict[str, Any]:
        """The same, whatever the areas."""
        return {**self.fixed, "on": day.isoformat()}

    def choices(self, catalogue: Catalogue, lang: str) -> list[dict[str, str]]:
        """What tells it from others of its group: name, value and their titles."""
        if not self.group:
            return []
        known = catalogue.layer("hazard_zones").field("hazard")
        told = {}
        for name, value in self.fixed.items():
            codes = known.codes.get(value) if known and name == "hazard" else None
            told[name] = codes[lang] if codes else say(f"analysis.profiles.{value}", lang)
        return [
            {"name": name, "title": say(f"analysis.inputs.{name}.title", lang),
             "value": str(self.fixed[name]), "valueTitle": title}
            for name, title in told.items()
        ]  # fmt: skip

    def title(self, catalogue: Catalogue, lang: str) -> str:
        """What it is called, with what tells it from others of its group."""
        own = say(f"indicators.{self.words}.title", lang)
        parts = [one["valueTitle"].lower() for one in self.choices(catalogue, lang)]
        return f"{own}: {', '.join(parts)}" if parts else own

    def layers(self, areas: str) -> tuple[str, ...]:
        """All that it is computed from, in order, each once."""
        return tuple(dict.fromkeys((areas, *self.reads)))

    def offered(self, catalogue: Catalogue) -> tuple[str, ...]:
        """The areas that this territory has; none where it lacks another layer that is needed."""
        if any(name not in catalogue.layers for name in self.reads):
            return ()
        if "hazard" in self.fixed:
            known = catalogue.layer("hazard_zones").field("hazard")
            if known is None or self.fixed["hazard"] not in known.codes:
                return ()
        return tuple(name for name in self.areas if name in catalogue.layers)


def _green(name: str, column: str, unit: str, ramp: tuple[str, ...], *beside: str) -> Indicator:
    return Indicator(
        name, "green_indicators", column, "of", _OF_PEOPLE, _GREEN, unit, ramp,
        ("population", *beside), "too_few",
    )  # fmt: skip


_FLEE: Final = ("hazard_zones", "meeting_points", "safe_zones")
_HAZARDS: Final = ("flood", "debris_flow", "dam_break", "earthquake")
"""Those of the shared list that people flee on foot to places that are told."""


def _safe(hazard: str, profile: str) -> Indicator:
    water = ("waterways",) if hazard in RIVER_HAZARDS else ()
    return Indicator(
        f"safe_min_{hazard}_{profile}", "safety_by_area", "mean_min", "of", _OF_PEOPLE,
        ("census_blocks", *_FLEE, *water, "roads"), "min", REDS,
        ("exposed", "within_15_pct", "within_30_pct"), "too_few",
        {"hazard": hazard, "profile": profile}, "safe_min", "exposed",
    )  # fmt: skip


INDICATORS: Final[Mapping[str, Indicator]] = {
    one.id: one
    for one in (
        _green("green_per_inhabitant", "green_m2_per_inhabitant", "m2_per_inhabitant", GREENS,
               "green_m2"),
        Indicator("green_nearby", "green_nearby", "near_m2_per_inhabitant", "of", _OF_PEOPLE,
                  _GREEN, "m2_per_inhabitant", GREENS, ("population", "squares_near", "parks_near"),
                  "too_few"),
        _green("squares_served", "squares_served_pct_network", "pct", GREENS,
               "squares_served_network", "squares_served_pct_straight"),
        _green("parks_served", "parks_served_pct_network", "pct", GREENS,
               "parks_served_network", "parks_served_pct_straight"),
        _green("squares_distance", "squares_mean_m_network", "m", ORANGES,
               "squares_mean_m_straight"),
        _green("green_deficit", "green_deficit_m2", "m2", ORANGES, "green_m2"),
        Indicator("investment_per_inhabitant", "investment_by_area", "clp_per_inhabitant", "areas",
                  ("neighbourhoods", "census_districts"), _PLAN, "clp_per_inhabitant", PURPLES,
                  ("population", "initiatives", "clp"), "greyed"),
        Indicator("investment_per_deficit", "investment_by_area", "clp_per_deficit", "areas",
                  ("neighbourhoods", "census_districts"),
                  (*_PLAN, "census_blocks", "green_areas"), "clp_per_m2", PURPLES,
                  ("population", "initiatives", "clp"), "", {"per_deficit": True}),
        Indicator("rural_need", "rural_access", "need", "", ("rural_localities",),
                  ("facilities", "roads"), "points", REDS,
                  ("population", "missing_count", "city_min", "health_min", "school_min"), ""),
        *(_safe(hazard, profile) for hazard in _HAZARDS for profile in PROFILES),
    )
}  # fmt: skip


def indicator_of(name: str, catalogue: Catalogue) -> Indicator:
    """The indicator of that name.

    Raises
    ------
    NotFound
        ``no_such_indicator``, naming those that this territory has.
    """
    known = [one.id for one in INDICATORS.values() if one.offered(catalogue)]
    if name not in known:
        raise NotFound("no_such_indicator", name=name[:60], known=", ".join(known))
    return INDICATORS[name]


def ids_of(database: Database, layer: Layer, day: date) -> dict[str, str]:
    """The id of each area in force on a day, by its code: what tiles know areas by."""
    moment = Moment(on=day)
    conditions, values = moment_conditions(moment)
    text = pgsql.SQL("SELECT f.code, f.id::text FROM {} WHERE {}").format(
        relation(layer, moment), pgsql.SQL(" AND ").join([pgsql.SQL("true"), *conditions])
    )
    return dict(database.fetch(text, values))


def area_rows(
    indicator: Indicator, rows: Iterable[Mapping[str, Any]], ids: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What each area has, without what the indicator does not speak of.

    `value` is None where there is none, and `reason` then says why: ``few`` (too few live there),
    ``outside`` (it does not speak of the area: nobody there is in the hazard) or ``none`` (it
    cannot be computed: nobody lives there, or nothing is reached).
    """
    found = []
    for row in rows:
        value = row.get(indicator.column)
        reason = None
        if value is None:
            reason = "few" if indicator.few and row.get(indicator.few) else "none"
            if indicator.outside and row.get(indicator.outside) == 0:
                reason = "outside"
        told = {name: row.get(name) for name in indicator.beside}
        name = row.get("name") or row["code"]
        area = {"id": ids.get(row["code"]), "code": row["code"], "name": name}
        found.append({**area, **told, "value": value, "reason": reason})
    return found


def breaks_of(values: Sequence[float], classes: int = 5) -> list[float]:
    """Where one class ends and the next begins: as many areas in each, to two figures.

    No class is empty; equal values are never parted. Few or equal values give fewer breaks; none
    are given to none.
    """
    known = sorted(values)
    if not known:
        return []
    found: list[float] = []
    below = 0
    for cut in sorted({_rounded(known[len(known) * n // classes]) for n in range(1, classes)}):
        within = bisect_left(known, cut)
        if below < within < len(known):
            found.append(cut)
            below = within
    return found


def _below(value: float) -> float:
    """The number of two figures that is not above a positive one."""
    digits = 1 - floor(log10(value))
    found = round(floor(value * 10**digits) / 10**digits, max(digits, 0))
    return found if found <= value else value


def _rounded(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, 1 - floor(log10(abs(value))))


def classes_of(
    indicator: Indicator, rows: Sequence[Mapping[str, Any]], lang: str
) -> list[dict[str, Any]]:
    """The classes from the lowest up: bounds, label, colours by day and by dark, areas in each.

    A class holds its lower bound and not its upper; the last holds what is above. Areas that have
    nothing are a class of their own: where they are many, they would hide how the others differ.
    """
    values = [float(row["value"]) for row in rows if row["value"] is not None]
    nothing = values.count(0) if min(values, default=None) == 0 else 0
    some = [value for value in values if value] if nothing else values
    found: list[dict[str, Any]] = []
    if nothing:
        end = _below(min(some)) if some else None
        day, dark = _NOTHING
        found = [{"from": None, "to": end, "label": figure(0, lang), "day": day, "dark": dark,
                  "count": nothing}]  # fmt: skip
    if not some:
        return found
    bounds: list[float | None] = [found[0]["to"] if found else None, *breaks_of(some), None]
    spans = list(pairwise(bounds))
    for number, (low, high) in enumerate(spans):
        place = round(number * (len(indicator.ramp) - 1) / max(1, len(spans) - 1))
        inside = sum((low is None or v >= low) and (high is None or v < high) for v in values)
        found.append(
            {
                "from": low,
                "to": high,
                "label": span(low, high, lang),
                "day": indicator.ramp[place],
                "dark": indicator.ramp[-1 - place],
                "count": inside,
            }
        )
    return found


def span(low: float | None, high: float | None, lang: str) -> str:
    """A class by its bounds, as a legend says it; None is open."""
    if low is None and high is None:
        return say("results.any", lang)
    if low is None:
        return say("results.below", lang, value=figure(high, lang))
    if high is None:
        return say("results.from", lang, value=figure(low, lang))
    return say("indicators.between", lang, low=figure(low, lang), high=figure(high, lang))


def figure(value: float | None, lang: str) -> str:
    """A number as people read it: thousands parted, at most two decimals, none of a large one."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 2 if abs(value) < 1 else 1
    return write_number(float(value), lang, digits)


def column_title(name: str, lang: str) -> str:
    """What a column of a table is called: in its own words, else as in a result."""
    own = f"indicators.columns.{name}"
    return say(own if own in keys(LANGUAGES[0]) else f"analysis.columns.{name}", lang)
