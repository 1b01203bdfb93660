"""One field for all that people type to find a place: names, crossings, numbers, coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pyproj import Transformer

from sitplan.addresses import Numbered, Pair, numbered, pairs
from sitplan.catalogue import Catalogue
from sitplan.coordinates import read_coordinates
from sitplan.crossings import Crossing, Streets
from sitplan.db import Database
from sitplan.search import Found, search
from sitplan.words import say

MOST_CHARACTERS: Final = 200
"""A text that is longer names no place."""
_STREETS: Final = 3
Kind = Literal["name", "crossing", "crossings", "number", "coordinates"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that no feature stands for: a crossing, or coordinates."""

    kind: Literal["crossing", "coordinates"]
    title: str
    detail: str
    point: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood, what was found, and what has to be said of it.

    Parameters
    ----------
    note
        One sentence; empty where there is nothing to say.
    tips
        What else to try; empty where something was found.
    """

    kind: Kind
    results: tuple[Found | Spot, ...]
    note: str = ""
    tips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Where to look.

    Parameters
    ----------
    streets
        Called only where the text may need them; None where the territory has none.
    """

    database: Database
    catalogue: Catalogue
    streets: Callable[[], Streets | None]
    lang: str
    limit: int
    today: date

    def answer(self, text: str) -> Answer:
        """What a text finds, as coordinates, else as streets that cross, a number, a name."""
        clean = " ".join(text.split())
        place = read_coordinates(clean, self.catalogue.territory.bounds)
        if place is not None:
            return self._coordinates(*place)
        return self._crossing(clean) or self._number(clean) or self._name(clean)

    def _say(self, key: str, **facts: object) -> str:
        return say(f"found.{key}", self.lang, **facts)

    def _coordinates(self, lon: float, lat: float) -> Answer:
        west, south, east, north = self.catalogue.territory.bounds
        title = f"{lat:.5f}, {lon:.5f}"
        if not (west <= lon <= east and south <= lat <= north):
            return Answer("coordinates", (), self._say("outside", place=title), self._tips())
        spot = Spot("coordinates", title, self._say("coordinates"), (round(lon, 6), round(lat, 6)))
        return Answer("coordinates", (spot,))

    def _crossing(self, text: str) -> Answer | None:
        """None where the text is no pair of streets, or a name holds all its words."""
        asked = pairs(text)
        streets = self.streets() if asked else None
        if streets is None:
            return None
        for pair in asked:
            found = streets.crossings(pair) if pair.second else self._along(streets, pair)
            if found:
                kind: Kind = "crossing" if pair.second else "crossings"
                return Answer(kind, self._spots(found, streets))
        named = [(pair, _sure(streets, pair)) for pair in asked]
        pair, (first, second) = max(named, key=lambda one: len([n for n in one[1] if n]))
        if not (first or second) or self._search(text, alike=False):
            return None
        if first and second:
            note = self._say("no_crossing", first=first, second=second)
        elif not pair.second:
            note = self._say("crosses_none", street=first or pair.first)
        else:
            note = self._say("no_street", street=pair.second if first else pair.first)
        results = [one for name in (first, second) if name for one in self._street(name)]
        return Answer("crossing", tuple(results), note, () if results else self._tips())

    def _along(self, streets: Streets, pair: Pair) -> list[Crossing]:
        name, _ = _sure(streets, pair)
        return streets.along(name) if name else []

    def _spots(self, found: list[Crossing], streets: Streets) -> tuple[Spot, ...]:
        carry = Transformer.from_crs(streets.crs, 4326, always_xy=True).transform
        made = []
        for one in found[: self.limit]:
            lon, lat = carry(*one.xy)
            title = self._say("crossing", first=one.first, second=one.second)
            made.append(
                Spot("crossing", title, self._say("crossing_kind"), (round(lon, 6), round(lat, 6)))
            )
        return tuple(made)

    def _number(self, text: str) -> Answer | None:
        """The street of a house; None where the text ends in no number, or that is of the name."""
        asked = numbered(text)
        streets = self.streets() if asked else None
        if asked is None or streets is None or not streets.sure(asked.street):
            return None
        if streets.sure(text) or self._search(text, alike=False):
            return None
        names = streets.sure(asked.street)[:_STREETS]
        results = tuple(one for name in names for one in self._street(name))
        return Answer("number", results, self._number_note(asked, names)) if results else None

    def _number_note(self, asked: Numbered, names: list[str]) -> str:
        key = "number" if len(names) == 1 else "number_several"
        return self._say(key, number=asked.number, street=names[0])

    def _name(self, text: str) -> Answer:
        results = tuple(self._search(text))
        if results or not text:
            return Answer("name", results)
        return Answer("name", (), self._say("nothing", text=text), self._tips())

    def _street(self, name: str) -> list[Found]:
        """The street of exactly this name, once."""
        found = self._search(name, alike=False, limit=50)
        return [one for one in found if one.layer == "roads" and one.title == name][:1]

    def _search(self, text: str, *, alike: bool = True, limit: int | None = None) -> list[Found]:
        return search(
            self.database, self.catalogue, text, lang=self.lang, limit=limit or self.limit,
            today=self.today, alike=alike,
        )  # fmt: skip

    def _tips(self) -> tuple[str, ...]:
        territory = self.catalogue.territory
        west, south, east, north = territory.bounds
        middle = ((west + east) / 2, (south + north) / 2)
        lon, lat = territory.facts.get("view", {}).get("center", middle)
        place = f"{lat:.4f}, {lon:.4f}"
        return tuple(self._say(f"tips.{one}", place=place) for one in ("short", "two", "place"))


def _sure(streets: Streets, pair: Pair) -> tuple[str, str]:
    """The best named of each side; empty where the words only resemble a name."""
    first, second = ((streets.sure(text) or [""])[0] for text in (pair.first, pair.second))
    return first, second
