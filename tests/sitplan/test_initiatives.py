"""The plan's tree as the database has it, against the seed's own rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.errors import NotFound
from sitplan.features import read_frame
from sitplan.initiatives import PlanTree, initiative_document, plan_document, read_plan


@pytest.fixture(scope="module")
def tree(seeded: Database, catalogue: Catalogue) -> PlanTree:
    return read_plan(seeded, catalogue, today=catalogue.territory.today())


def _walk(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for node in nodes for one in (node, *_walk(node["children"]))]


def _all(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one
        for s in document["strategies"]
        for plan in s["plans"]
        for one in _walk(plan["children"])
    ]


def test_the_tree_holds_every_initiative_once(
    tree: PlanTree, seeded: Database, catalogue: Catalogue
) -> None:
    rows = read_frame(seeded, catalogue.layer("initiatives"))
    headings = rows[(rows.kind == "plan") & (rows.order == 0)]
    document = plan_document(tree, lang="es")
    codes = Counter(one["code"] for one in _all(document))
    assert set(codes.values()) == {1}
    assert set(codes) == set(rows.code) - set(headings.code)
    plans = {plan["code"]: plan for s in document["strategies"] for plan in s["plans"]}
    for code, name in zip(headings.code, headings["name"], strict=True):
        assert plans[code]["title"] == name
    assert sum(s["count"] for s in document["strategies"]) == len(codes)


def test_the_plan_as_its_text_counts_it(tree: PlanTree) -> None:
    document = plan_document(tree, lang="es")
    real = [s for s in document["strategies"] if s["objectives"]]
    assert len(real) == 8 and sum(len(s["objectives"]) for s in real) == 42
    assert sum(len(s["plans"]) for s in real) == 29
    assert sum(s["count"] for s in real) == 194
    invented = [one for one in _all(document) if one["invented"]]
    assert len(invented) == 60 and all(one["code"].startswith("DEMO-") for one in invented)


def test_no_invented_thing_hangs_on_a_real_one(tree: PlanTree) -> None:
    for one in _all(plan_document(tree, lang="es")):
        assert {below["invented"] for below in _walk([one])} == {one["invented"]}
    for code, places in tree.locations.items():
        invented = tree.nodes[code].properties["invented"]
        assert all(place["properties"]["invented"] == invented for place in places)


def test_siblings_stand_in_the_plans_order(tree: PlanTree) -> None:
    for strategy in plan_document(tree, lang="es")["strategies"]:
        for plan in strategy["plans"]:
            orders = [tree.nodes[one["code"]].place for one in plan["children"]]
            assert orders == sorted(orders)


def test_words_are_of_the_language(tree: PlanTree) -> None:
    spanish, english = (_all(plan_document(tree, lang=lang))[0] for lang in ("es", "en"))
    assert spanish["kind"] == english["kind"] and spanish["kind_title"] != english["kind_title"]
    assert spanish["status"] == "propuesta" and spanish["status_title"]


def test_one_initiative_and_its_place(tree: PlanTree, catalogue: Catalogue) -> None:
    hanging = next(
        code for code, node in tree.nodes.items()
        if (node.properties.get("parent") or "") in tree.nodes
        and tree.nodes[node.properties["parent"]].properties["order"]
    )  # fmt: skip
    document = initiative_document(tree, hanging, lang="es")
    kinds = [step["kind"] for step in document["path"]]
    assert kinds[0] == "strategy" and kinds[1] == "plan" and len(kinds) >= 3
    assert document["path"][-1]["code"] == tree.nodes[hanging].properties["parent"]
    assert document["properties"]["code"] == hanging
    placed = next(code for code in tree.locations if code in tree.nodes)
    found = initiative_document(tree, placed, lang="es")
    assert found["placed"] and found["locations"][0]["precision_title"]
    assert orjson.loads(orjson.dumps(found["locations"][0]["geometry"]))["type"]
    with pytest.raises(NotFound):
        initiative_document(tree, "DT-P99-E99", lang="es")


def test_a_ring_of_parents_is_cut(fresh: Database, catalogue: Catalogue) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE layers.initiatives AS a SET parent = b.code FROM layers.initiatives AS b"
            " WHERE (a.code, b.code) IN (('DT-P1-E01', 'DT-P1-E02'), ('DT-P1-E02', 'DT-P1-E01'))"
        )
    tree = read_plan(fresh, catalogue, today=catalogue.territory.today())
    codes = Counter(one["code"] for one in _all(plan_document(tree, lang="es")))
    assert codes["DT-P1-E01"] == codes["DT-P1-E02"] == 1
    assert initiative_document(tree, "DT-P1-E02", lang="es")["path"]


def test_a_territory_without_plan(seeded: Database, catalogue: Catalogue) -> None:
    from dataclasses import replace

    layers = {k: v for k, v in catalogue.layers.items() if k != "initiatives"}
    with pytest.raises(NotFound) as caught:
        read_plan(seeded, replace(catalogue, layers=layers), today=catalogue.territory.today())
    assert caught.value.code == "no_plan"
