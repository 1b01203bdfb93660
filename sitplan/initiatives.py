"""The plan's tree: strategy, plan, programme, project, study; and one initiative's place in it.

The tree is made of `initiatives`, `objectives` and `project_locations`, as the public may read
them, and of the `neighbourhoods` in which the places lie. An initiative hangs from the one that
its `parent` names, else from its plan; entries of kind ``plan`` at the head of a plan give it its
name. What belongs to no plan (the invented projects) hangs from a branch of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import orjson
from psycopg2 import sql as pgsql

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import NotFound
from sitplan.features import read_page
from sitplan.layer import Layer
from sitplan.query import FeatureQuery, Moment, moment_conditions, relation
from sitplan.words import say

LAYERS: Final = ("initiatives", "objectives", "project_locations", "neighbourhoods")
"""What the tree is made of."""
_MOST = 10_000


@dataclass(slots=True)
class PlanNode:
    """An initiative and those that hang from it."""

    id: str
    properties: Mapping[str, Any]
    is_placed: bool
    children: list[PlanNode] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The register's own."""
        return str(self.properties["code"])

    @property
    def is_heading(self) -> bool:
        """Whether it only gives its plan a name."""
        return self.properties.get("kind") == "plan" and self.properties.get("order") == 0

    @property
    def strategy(self) -> str:
        """The code of its strategy, which its own begins with."""
        return self.code.split("-", 1)[0]

    @property
    def dates(self) -> tuple[str | None, str | None]:
        """When it began or is to begin, and when it ended or is to end; as ISO text."""
        told = self.properties
        return (
            _day(told.get("actual_start") or told.get("planned_start")),
            _day(told.get("actual_end") or told.get("planned_end")),
        )

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
    areas
        Codes of the neighbourhoods in which an initiative has a place, by its code.
    area_titles
        The name of each of those neighbourhoods.
    """

    layer: Layer
    nodes: Mapping[str, PlanNode]
    roots: tuple[PlanNode, ...]
    objectives: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, list[dict[str, Any]]]
    places: Layer | None
    areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    area_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> list[PlanNode]:
        """All but the headings, in the plan's order."""
        return [node for node in self.nodes.values() if not node.is_heading]

    def title_of(self, node: PlanNode, name: str, lang: str) -> str | None:
        """A code's title in the language, from the field's list."""
        declared = self.layer.field(name)
        titles = declared.codes.get(str(node.properties.get(name))) if declared else None
        return titles[lang] if titles else None


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
        PlanNode(one["id"], one["properties"], one["properties"]["code"] in locations)
        for one in _features(database, catalogue, "initiatives", today)
    ]
    nodes = {node.code: node for node in sorted(found, key=lambda node: node.place)}
    roots: list[PlanNode] = []
    for node in nodes.values():
        above = nodes.get(_parent_of(node) or "")
        (roots if above is None or _hangs_from(above, node, nodes) else above.children).append(node)
    objectives = {
        one["properties"]["code"]: one["properties"]
        for one in _features(database, catalogue, "objectives", today)
    }
    areas, area_titles = _areas(database, catalogue, today)
    return PlanTree(
        layer=layer,
        nodes=nodes,
        roots=tuple(roots),
        objectives=dict(sorted(objectives.items())),
        locations=locations,
        places=catalogue.layers.get("project_locations"),
        areas=areas,
        area_titles=area_titles,
    )


def _areas(
    database: Database, catalogue: Catalogue, today: date
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """The neighbourhoods of each initiative's places, and what they are called."""
    places = catalogue.layers.get("project_locations")
    around = catalogue.layers.get("neighbourhoods")
    if places is None or around is None:
        return {}, {}
    moment = Moment(on=today)
    conditions, values = moment_conditions(moment)
    text = pgsql.SQL(
        "SELECT DISTINCT p.initiative, n.code, coalesce(n.name, n.code)"
        " FROM (SELECT f.initiative, ST_Transform(f.geom, {srid}) AS geom FROM {places}"
        " WHERE {current}) AS p"
        " JOIN (SELECT f.code, f.name, f.geom FROM {around} WHERE {current}) AS n"
        " ON ST_Intersects(p.geom, n.geom) ORDER BY 1, 2"
    ).format(
        srid=pgsql.Literal(srid(around, catalogue.territory)),
        places=relation(places, moment),
        around=relation(around, moment),
        current=pgsql.SQL(" AND ").join([pgsql.SQL("true"), *conditions]),
    )
    areas: dict[str, tuple[str, ...]] = {}
    titles: dict[str, str] = {}
    for initiative, code, name in database.fetch(text, [*values, *values]):
        areas[initiative] = (*areas.get(initiative, ()), code)
        titles[code] = name
    return areas, titles


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


def _parent_of(node: PlanNode) -> str | None:
    parent = node.properties.get("parent")
    return str(parent) if parent else None


def _hangs_from(above: PlanNode, node: PlanNode, nodes: Mapping[str, PlanNode]) -> bool:
    """Whether `above` hangs, however far, from `node`: such a ring is cut."""
    seen: set[str] = set()
    one: PlanNode | None = above
    while one is not None and one.code not in seen:
        if one is node:
            return True
        seen.add(one.code)
        one = nodes.get(_parent_of(one) or "")
    return False


def plan_document(
    tree: PlanTree, *, lang: str, wanted: Collection[str] | None = None
) -> dict[str, Any]:
    """The tree for the map: strategies with objectives and plans, plans with initiatives.

    Parameters
    ----------
    wanted
        Codes of the initiatives that are asked for; None for all. What they hang from is told
        with them, and `matches` tells the two apart.

    Notes
    -----
    `count` is of a strategy's initiatives that match, headings of plans not counted.
    """
    chosen = {node.code for node in tree.entries} if wanted is None else set(wanted)
    strategies: dict[str, dict[str, Any]] = {}
    plans: dict[tuple[str, str], dict[str, Any]] = {}
    for node in tree.roots:
        told = node.properties
        number = told.get("strategy_no")
        key = node.strategy
        hanging = [node] if not node.is_heading else node.children
        hanging = [one for one in hanging if _size(one, chosen)]
        if not hanging:
            continue
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
        if node.is_heading:
            plans[key, plan_code]["title"] = told.get("name")
        plans[key, plan_code]["children"] += [_branch(tree, one, lang, chosen) for one in hanging]
        strategy["count"] += sum(_size(one, chosen) for one in hanging)
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
    if not (path and path[0]["kind"] == "plan") and not node.is_heading and told.get("plan"):
        path.insert(0, {"code": _plan_code(node), "title": told["plan"], "kind": "plan"})
    if told.get("strategy"):
        path.insert(0, {"code": node.strategy, "title": told["strategy"], "kind": "strategy"})
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


def _branch(
    tree: PlanTree, node: PlanNode, lang: str, chosen: Collection[str] | None = None
) -> dict[str, Any]:
    told = node.properties
    starts, ends = node.dates
    below = [one for one in node.children if chosen is None or _size(one, chosen)]
    return {
        "id": node.id,
        **_step(tree, node, lang),
        "status": told.get("status"),
        "status_title": tree.title_of(node, "status", lang),
        "theme": told.get("theme"),
        "theme_title": tree.title_of(node, "theme", lang),
        "place_hint": told.get("place_hint"),
        "placed": node.is_placed,
        "invented": bool(told.get("invented")),
        "stage": told.get("stage"),
        "stage_title": tree.title_of(node, "stage", lang),
        "starts": starts,
        "ends": ends,
        "cost_clp": told.get("cost_clp"),
        "matches": chosen is None or node.code in chosen,
        "children": [_branch(tree, one, lang, chosen) for one in below],
    }


def _step(tree: PlanTree, node: PlanNode, lang: str) -> dict[str, Any]:
    return {
        "code": node.code,
        "title": node.properties.get("name") or node.code,
        "kind": node.properties.get("kind"),
        "kind_title": tree.title_of(node, "kind", lang),
    }


def _apart(node: PlanNode, lang: str) -> str:
    """Title of the branch of what no plan holds."""
    return say("plan.invented" if node.properties.get("invented") else "plan.none", lang)


def _plan_code(node: PlanNode) -> str:
    number = node.properties.get("plan_no")
    return f"{node.strategy}-P{number}" if number is not None else node.strategy


def _size(node: PlanNode, chosen: Collection[str]) -> int:
    """How many of the chosen hang from it, itself included."""
    return (node.code in chosen) + sum(_size(one, chosen) for one in node.children)


def _day(value: Any) -> str | None:
    return None if value is None else str(value)[:10]
