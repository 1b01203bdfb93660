"""The streets of a territory by their names, and where they cross: of the network, not of a map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sitplan.addresses import KINDS_OF_STREET, SMALL, Pair, bare, fold, words_of

if TYPE_CHECKING:
    import geopandas as gpd

    from sitplan.analysis.network import Network

NEAR_M: Final = 30.0
"""Meetings so near one another are one crossing, as where a street has two carriageways."""
SURE: Final = 2
"""From this rank on words name a street; below they begin or resemble its name."""
_LIKE: Final = 0.8
_DIGITS: Final = re.compile(r"\d+")
_FEW: Final = 12
"""As many streets of one name are looked at: who writes less has not written a name."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two streets meet: their names and the place, in the storage CRS."""

    first: str
    second: str
    xy: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Corner:
    """The crossing nearest to a place, and how far it is; the greater street first."""

    first: str
    second: str
    metres: float


@dataclass(frozen=True, eq=False)
class Streets:
    """Every street that has a name, and the nodes of the network that it goes through.

    Parameters
    ----------
    nodes
        By name, the numbers of its nodes.
    places
        (n, 2) metres: where the nodes are.
    crs
        EPSG code of the places.
    """

    nodes: Mapping[str, NDArray[np.int64]]
    places: NDArray[np.float64]
    crs: int

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        return {name: words_of(name) for name in self.nodes}

    @cached_property
    def _bare(self) -> dict[str, tuple[str, ...]]:
        return {name: bare(words) for name, words in self._words.items()}

    def named(self, text: str) -> list[tuple[str, int]]:
        """The streets that the words name, the best first, each with its rank.

        4 the very name, 3 without words as «calle», 2 all its words, 1 their beginnings, 0 alike.
        """
        asked = words_of(text)
        if not asked:
            return []
        short = bare(asked)
        found = [(name, rank) for name in self.nodes if (rank := self._rank(name, asked, short))]
        if not found:
            found = self._alike("".join(short))
        return sorted(found, key=lambda one: (-one[1], len(one[0]), one[0]))[:_FEW]

    def sure(self, text: str) -> list[str]:
        """The streets that the words name, not those that they begin or resemble."""
        if set(words_of(text)) <= KINDS_OF_STREET | SMALL:
            return []
        return [name for name, rank in self.named(text) if rank >= SURE]

    def _rank(self, name: str, asked: tuple[str, ...], short: tuple[str, ...]) -> int:
        own, bare_own = self._words[name], self._bare[name]
        if own == asked:
            return 4
        if bare_own == short or "".join(bare_own) == "".join(short):
            return 3
        if set(short) <= set(own):
            return 2
        begun = all(any(w.startswith(s) for w in own) for s in short)
        return 1 if begun and max(map(len, short)) >= 3 else 0

    def _alike(self, asked: str) -> list[tuple[str, int]]:
        if len(asked) < 4:
            return []
        ratio = {
            name: SequenceMatcher(None, asked, "".join(words)).ratio()
            for name, words in self._bare.items()
            if abs(len("".join(words)) - len(asked)) <= 3
            and _DIGITS.findall("".join(words)) == _DIGITS.findall(asked)
        }
        best = sorted((name for name in ratio if ratio[name] >= _LIKE), key=lambda n: -ratio[n])
        return [(name, 0) for name in best]

    def crossings(self, asked: Pair) -> list[Crossing]:
        """Where the two meet, those of the best named first; empty where they do not."""
        firsts, seconds = self.named(asked.first), self.named(asked.second)
        ways = [
            (-(rank + other_rank), name, other)
            for name, rank in firsts
            for other, other_rank in seconds
            if name != other
        ]
        found: list[Crossing] = []
        seen: set[frozenset[str]] = set()
        for _, name, other in sorted(ways):
            if frozenset((name, other)) not in seen:
                seen.add(frozenset((name, other)))
                found += [Crossing(name, other, xy) for xy in self._meetings(name, other)]
        return found

    def _meetings(self, name: str, other: str) -> list[tuple[float, float]]:
        one, two = self.nodes[name], self.nodes[other]
        shared = np.intersect1d(one, two)
        if len(shared):
            return _apart(self.places[shared])
        away = np.hypot(*(self.places[one][:, None, :] - self.places[two][None, :, :]).T)
        if not away.size or away.min() > NEAR_M:
            return []
        at_two, at_one = np.unravel_index(int(away.argmin()), away.shape)
        middle = (self.places[one[at_one]] + self.places[two[at_two]]) / 2
        return [(float(middle[0]), float(middle[1]))]

    def along(self, name: str) -> list[Crossing]:
        """The crossings of a street with all others, in the order of their names."""
        own = self.nodes[name]
        found = [
            Crossing(name, other, xy)
            for other, nodes in self.nodes.items()
            if other != name and np.isin(nodes, own).any()
            for xy in self._meetings(name, other)
        ]
        return sorted(found, key=lambda one: (fold(one.second), one.xy))

    @cached_property
    def _corners(self) -> tuple[NDArray[np.int64], dict[int, list[str]]]:
        """The nodes where streets of two names meet, and the names at each."""
        names: dict[int, list[str]] = {}
        for name in sorted(self.nodes, key=lambda one: (-len(self.nodes[one]), one)):
            for node in self.nodes[name].tolist():
                names.setdefault(node, []).append(name)
        met = {node: some for node, some in names.items() if len(some) > 1}
        return np.array(sorted(met), dtype=np.int64), met

    def corner(self, xy: tuple[float, float], *, within_m: float) -> Corner | None:
        """The crossing nearest to a place; None where none is so near."""
        nodes, names = self._corners
        if not len(nodes):
            return None
        away = np.hypot(*(self.places[nodes] - np.asarray(xy)).T)
        best = int(away.argmin())
        if away[best] > within_m:
            return None
        first, second = names[int(nodes[best])][:2]
        return Corner(first, second, float(away[best]))


def _apart(places: NDArray[np.float64]) -> list[tuple[float, float]]:
    """One place for those that are near one another: the one nearest their middle."""
    left, found = places[np.lexsort((places[:, 1], places[:, 0]))], []
    while len(left):
        near = np.hypot(*(left - left[0]).T) <= NEAR_M
        group = left[near]
        best = group[np.hypot(*(group - group.mean(axis=0)).T).argmin()]
        found.append((float(best[0]), float(best[1])))
        left = left[~near]
    return found


def streets_of(net: Network, roads: gpd.GeoDataFrame, crs: int) -> Streets:
    """The named streets of a network.

    Parameters
    ----------
    roads
        What the network was built of, by its codes.
    crs
        EPSG code of both.
    """
    names: Any = net.edges["road"].map(roads["name"][~roads.index.duplicated()])
    told = names.notna().to_numpy()
    by_name = net.edges.loc[told, ["a", "b"]].groupby(names[told].astype(str), sort=True)
    nodes = {str(name): np.unique(part.to_numpy(dtype=np.int64)) for name, part in by_name}
    return Streets(nodes, net.nodes, crs)
