"""The plan's tree: strategy, plan, programme, project, study; and one initiative's place in it.

The tree is made of three layers, `initiatives`, `objectives` and `project_locations`, as the
public may read them. An initiative hangs from the one that its `parent` names, else from its
plan; entries of kind ``plan`` at the head of a plan give it its name. What belongs to no plan
(the invented projects) hangs from a branch of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import NotFound
from sitplan.features import read_page
from sitplan.layer import Layer
from sitplan.query import FeatureQuery, Moment
from sitplan.words import say

_MOST = 10_000


@dataclass(slots=True)
class _Node:
    id: str
    properties: Mapping[str, Any]
    is_placed: bool
    children: list[_Node] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.properties["code"])

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Where it stands in the plan's own order."""

        def number(name: str) -> int:
            told = self.properties.get(name)
            return int(told) if told is not None else 1 << 30

        return (number("strategy_no"), number("plan_no"), number("order"), self.code)


@dataclass(frozen=True, slots=True)
class PlanTree:
    """The initiatives as they hang from each other.

    Parameters
    ----------
    nodes
        By code, in the plan's order.
    roots
        Those that hang from no other.
    objectives
        By code: the properties of each.
    locations
        GeoJSON features of `project_locations`, by the initiative's code.
    """

    layer: Layer
    nodes: Mapping[str, _Node]
    roots: tuple[_Node, ...]
    objectives: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, list[dict[str, Any]]]
    places: Layer | None


def read_plan(database: Database, catalogue: Catalogue, *, today: date) -> PlanTree:
    """The plan in force today.

    Raises
    ------
    NotFound
        ``no_plan`` where the territory declares no initiatives.
    """
    if "initiatives" not in catalogue.layers:
        raise NotFound("no_plan")
    layer = catalogue.layer("initiatives")
    locations: dict[str, list[dict[str, Any]]] = {}
    for place in _features(database, catalogue, "project_locations", today):
        locations.setdefault(place["properties"]["initiative"], []).append(place)
    found = [
        _Node(one["id"], one["properties"], one["properties"]["code"] in locations)
        for one in _features(database, catalogue, "initiatives", today)
    ]
    nodes = {node.code: node for node in sorted(found, key=lambda node: node.place)}
    roots: list[_Node] = []
    for node in nodes.values():
        above = nodes.get(_parent_of(node) or "")
        (roots if above is None or _hangs_from(above, node, nodes) else above.children).append(node)
    objectives = {
        one["properties"]["code"]: one["properties"]
        for one in _features(database, catalogue, "objectives", today)
    }
    return PlanTree(
        layer=layer,
        nodes=nodes,
        roots=tuple(roots),
        objectives=dict(sorted(objectives.items())),
        locations=locations,
        places=catalogue.layers.get("project_locations"),
    )


def _features(
    database: Database, catalogue: Catalogue, name: str, today: date
) -> list[dict[str, Any]]:
    layer = catalogue.layers.get(name)
    if layer is None:
        return []
    query = FeatureQuery(
        layer=layer,
        srid=srid(layer, catalogue.territory),
        moment=Moment(on=today),
        limit=_MOST,
    )
    return read_page(database, query).features


def _parent_of(node: _Node) -> str | None:
    parent = node.properties.get("parent")
    return str(parent) if parent else None


def _hangs_from(above: _Node, node: _Node, nodes: Mapping[str, _Node]) -> bool:
    """Whether `above` hangs, however far, from `node`: such a ring is cut."""
    seen: set[str] = set()
    one: _Node | None = above
    while one is not None and one.code not in seen:
        if one is node:
            return True
        seen.add(one.code)
        one = nodes.get(_parent_of(one) or "")
    return False


def plan_document(tree: PlanTree, *, lang: str) -> dict[str, Any]:
    """The whole tree for the map: strategies with objectives and plans, plans with initiatives.

    `count` is of a strategy's initiatives, headings of plans not counted.
    """
    strategies: dict[str, dict[str, Any]] = {}
    plans: dict[tuple[str, str], dict[str, Any]] = {}
    for node in tree.roots:
        told = node.properties
        number = told.get("strategy_no")
        key = _strategy_code(node)
        strategy = strategies.setdefault(
            key,
            {
                "code": key,
                "title": told.get("strategy") or _apart(node, lang),
                "count": 0,
                "objectives": [
                    {"code": code, "title": one["name"]}
                    for code, one in tree.objectives.items()
                    if number is not None and one.get("strategy_no") == number
                ],
                "plans": [],
            },
        )
        plan_code = _plan_code(node)
        if (key, plan_code) not in plans:
            plans[key, plan_code] = {
                "code": plan_code,
                "title": told.get("plan") or _apart(node, lang),
                "children": [],
            }
            strategy["plans"].append(plans[key, plan_code])
        if _is_heading(node):
            plans[key, plan_code]["title"] = told.get("name")
            hanging = node.children
        else:
            hanging = [node]
        plans[key, plan_code]["children"] += [_branch(tree, one, lang) for one in hanging]
        strategy["count"] += sum(map(_size, hanging))
    return {"strategies": list(strategies.values())}


def initiative_document(tree: PlanTree, code: str, *, lang: str) -> dict[str, Any]:
    """One initiative: what is told of it, what it hangs from, its objectives and places.

    Raises
    ------
    NotFound
        ``no_such_initiative``.
    """
    node = tree.nodes.get(code)
    if node is None:
        raise NotFound("no_such_initiative", code=code[:60])
    path: list[dict[str, Any]] = []
    above = tree.nodes.get(_parent_of(node) or "")
    while above is not None and len(path) < 20:
        path.insert(0, _step(tree, above, lang))
        above = tree.nodes.get(_parent_of(above) or "")
    told = node.properties
    if not (path and path[0]["kind"] == "plan") and not _is_heading(node) and told.get("plan"):
        path.insert(0, {"code": _plan_code(node), "title": told["plan"], "kind": "plan"})
    if told.get("strategy"):
        path.insert(
            0, {"code": _strategy_code(node), "title": told["strategy"], "kind": "strategy"}
        )
    wanted = told.get("objective_ids") or []
    return {
        **_branch(tree, node, lang),
        "properties": told,
        "path": path,
        "objectives": [
            {"code": one, "title": tree.objectives[one]["name"]}
            for one in wanted
            if one in tree.objectives
        ],
        "locations": [_location(tree, one, lang) for one in tree.locations.get(code, [])],
    }


def _location(tree: PlanTree, place: dict[str, Any], lang: str) -> dict[str, Any]:
    told = place["properties"]
    field_of = tree.places.field if tree.places else lambda _: None
    found: dict[str, Any] = {
        "id": place["id"],
        "name": told.get("name"),
        "role": told.get("role"),
        "precision": told.get("precision"),
        "position_source": told.get("position_source"),
        "geometry": place["geometry"] or orjson.Fragment(b"null"),
    }
    for name in ("role", "precision"):
        declared = field_of(name)
        title = declared.codes.get(str(told.get(name))) if declared else None
        found[f"{name}_title"] = title[lang] if title else None
    return found


def _branch(tree: PlanTree, node: _Node, lang: str) -> dict[str, Any]:
    told = node.properties
    return {
        "id": node.id,
        **_step(tree, node, lang),
        "status": told.get("status"),
        "status_title": _title(tree, node, "status", lang),
        "theme": told.get("theme"),
        "theme_title": _title(tree, node, "theme", lang),
        "place_hint": told.get("place_hint"),
        "placed": node.is_placed,
        "invented": bool(told.get("invented")),
        "children": [_branch(tree, one, lang) for one in node.children],
    }


def _step(tree: PlanTree, node: _Node, lang: str) -> dict[str, Any]:
    return {
        "code": node.code,
        "title": node.properties.get("name") or node.code,
        "kind": node.properties.get("kind"),
        "kind_title": _title(tree, node, "kind", lang),
    }


def _title(tree: PlanTree, node: _Node, name: str, lang: str) -> str | None:
    """A code's title in the language, from the field's list."""
    declared = tree.layer.field(name)
    titles = declared.codes.get(str(node.properties.get(name))) if declared else None
    return titles[lang] if titles else None


def _apart(node: _Node, lang: str) -> str:
    """Title of the branch of what no plan holds."""
    return say("plan.invented" if node.properties.get("invented") else "plan.none", lang)


def _is_heading(node: _Node) -> bool:
    return node.properties.get("kind") == "plan" and node.properties.get("order") == 0


def _strategy_code(node: _Node) -> str:
    return node.code.split("-", 1)[0]


def _plan_code(node: _Node) -> str:
    number = node.properties.get("plan_no")
    return f"{_strategy_code(node)}-P{number}" if number is not None else _strategy_code(node)


def _size(node: _Node) -> int:
    return 1 + sum(map(_size, node.children))
