"""Which initiatives of the plan are asked for, and how many each further choice would leave.

    wanted = Wanted({"theme": frozenset({"green"})}, text="plaza")
    codes = matching(tree, wanted, lang="es")
    offered = facets(tree, wanted, lang="es")

A facet's counts are of what all *other* choices leave, so that each of its values tells what
choosing it instead would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sitplan.initiatives import PlanNode, PlanTree
from sitplan.letters import folded
from sitplan.words import say

FACETS: Final = ("strategy", "kind", "theme", "stage", "status", "source", "area", "placed")
NONE: Final = "-"
"""The value of what tells none."""
OUTSIDE: Final = "outside"
"""The area of what has a place, but in no neighbourhood."""
_CODED: Final = {"kind": "kind", "theme": "theme", "stage": "stage", "status": "status"}
_FIELDS: Final = {**_CODED, "source": "funding_sources"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Parameters
    ----------
    chosen
        Values of facets: any one of a facet, and of every facet that is named.
    text
        Words that all occur, accents and capitals aside.
    """

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    text: str = ""

    @property
    def is_all(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.chosen and not self.text.strip()


def matching(tree: PlanTree, wanted: Wanted, *, lang: str) -> list[str]:
    """The codes of the initiatives that pass, in the plan's order."""
    said = _told(tree, wanted, lang)
    return [code for code, values in said.items() if _passes(values, wanted.chosen)]


def facets(tree: PlanTree, wanted: Wanted, *, lang: str) -> list[dict[str, Any]]:
    """Each facet with its values, as many as the plan has, and how many each would leave."""
    said, everything = _told(tree, wanted, lang), _told(tree, Wanted(), lang)
    found = []
    for name in FACETS:
        others = {other: codes for other, codes in wanted.chosen.items() if other != name}
        left = [values[name] for values in said.values() if _passes(values, others)]
        titles = _titles(tree, name, lang)
        known = {code for values in everything.values() for code in values[name]}
        chosen = wanted.chosen.get(name, frozenset())
        values = [
            {
                "code": code,
                "title": titles.get(code, code),
                "count": sum(code in one for one in left),
                "chosen": code in chosen,
            }
            for code in _order(titles, known)
        ]
        title = say(f"plan.facets.{name}", lang)
        found.append({"name": name, "title": title, "values": values})
    return found


def _told(tree: PlanTree, wanted: Wanted, lang: str) -> dict[str, dict[str, frozenset[str]]]:
    """The values of every initiative in which the words occur, by its code."""
    words = folded(wanted.text).split()
    return {
        node.code: {name: _values(tree, node, name) for name in FACETS}
        for node in tree.entries
        if not words or _says(tree, node, words, lang)
    }


def _passes(values: Mapping[str, frozenset[str]], chosen: Mapping[str, frozenset[str]]) -> bool:
    return all(values[name] & codes for name, codes in chosen.items())


def _values(tree: PlanTree, node: PlanNode, name: str) -> frozenset[str]:
    if name == "strategy":
        return frozenset({node.strategy})
    if name == "placed":
        return frozenset({"yes" if node.is_placed else "no"})
    if name == "area":
        inside = tree.areas.get(node.code)
        return frozenset(inside or {OUTSIDE if node.is_placed else NONE})
    told = node.properties.get(_FIELDS[name])
    several = told if isinstance(told, list) else [told]
    return frozenset(str(one) for one in several if one is not None) or frozenset({NONE})


def _titles(tree: PlanTree, name: str, lang: str) -> dict[str, str]:
    """What the values are called, in the order in which they are told; none comes last."""
    if name == "placed":
        return {code: say(f"plan.placed.{code}", lang) for code in ("yes", "no")}
    none = {NONE: say(f"plan.without.{name}", lang)} if name != "strategy" else {}
    if name == "strategy":
        apart = say("plan.none", lang)
        return {
            node.strategy: str(
                node.properties.get("strategy")
                or (say("plan.invented", lang) if node.properties.get("invented") else apart)
            )
            for node in tree.entries
        }
    if name == "area":
        ranked = sorted(tree.area_titles.items(), key=lambda one: (folded(one[1]), one[0]))
        return {**dict(ranked), OUTSIDE: say("plan.outside", lang), **none}
    declared = tree.layer.field(_FIELDS[name])
    codes = declared.codes if declared else {}
    return {**{code: title[lang] for code, title in codes.items()}, **none}


def _order(titles: Mapping[str, str], known: set[str]) -> list[str]:
    return [*(code for code in titles if code in known), *sorted(known - set(titles))]


def _says(tree: PlanTree, node: PlanNode, words: list[str], lang: str) -> bool:
    told = node.properties
    said = [told.get("name"), node.code, told.get("place_hint")]
    said += [tree.title_of(node, name, lang) for name in ("theme", "kind", "status")]
    text = folded(" ".join(str(one) for one in said if one))
    return all(word in text for word in words)
