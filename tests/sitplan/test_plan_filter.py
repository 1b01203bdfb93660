"""What of the plan is asked for, and what each further choice would leave: counted by hand."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.initiatives import PlanTree, plan_document, read_plan
from sitplan.plan_filter import FACETS, NONE, OUTSIDE, Wanted, facets, matching

LAYERS = Path(__file__).resolve().parents[2] / "layers"


@pytest.fixture(scope="module")
def tree(seeded: Database, catalogue: Catalogue) -> PlanTree:
    return read_plan(seeded, catalogue, today=catalogue.territory.today())


def counts(tree: PlanTree, wanted: Wanted, name: str) -> dict[str, int]:
    facet = next(one for one in facets(tree, wanted, lang="es") if one["name"] == name)
    return {one["code"]: one["count"] for one in facet["values"]}


def wanting(text: str = "", **chosen: str) -> Wanted:
    return Wanted({k: frozenset(v.split(",")) for k, v in chosen.items()}, text)


def walk(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for node in nodes for one in (node, *walk(node["children"]))]


def test_without_a_choice_every_value_has_what_the_register_has(
    tree: PlanTree, seeded: Database, catalogue: Catalogue
) -> None:
    rows = read_frame(seeded, catalogue.layer("initiatives"))
    rows = rows[~((rows.kind == "plan") & (rows.order == 0))]
    assert len(matching(tree, Wanted(), lang="es")) == len(rows) == 254
    for name in ("kind", "theme", "status", "stage"):
        told = rows[name].astype(object).where(rows[name].notna(), NONE).value_counts()
        assert counts(tree, Wanted(), name) == told.to_dict()
    sources = rows.funding_sources.explode()
    told = sources.astype(object).where(sources.notna(), NONE).value_counts()
    assert counts(tree, Wanted(), "source") == told.to_dict()
    assert sum(counts(tree, Wanted(), "strategy").values()) == 254
    assert counts(tree, Wanted(), "strategy")["DEMO"] == 60


def test_neighbourhoods_are_those_that_places_lie_in(
    tree: PlanTree, seeded: Database, catalogue: Catalogue
) -> None:
    places = read_frame(seeded, catalogue.layer("project_locations"))
    around = read_frame(seeded, catalogue.layer("neighbourhoods"))
    assert isinstance(places, gpd.GeoDataFrame) and isinstance(around, gpd.GeoDataFrame)
    joined = places.to_crs(around.crs).sjoin(around[["code", "geometry"]], predicate="intersects")
    told = joined.groupby("code_right")["initiative"].nunique().to_dict()
    found = counts(tree, Wanted(), "area")
    placed = {node.code for node in tree.entries if node.is_placed}
    assert found.pop(NONE) == 254 - len(placed)
    assert found.pop(OUTSIDE) == len(placed - set(joined["initiative"]))
    assert found == told and len(found) > 5


def test_counts_are_of_what_all_other_choices_leave(tree: PlanTree) -> None:
    wanted = wanting(theme="green", source="FNDR,PMU")
    for name in FACETS:
        for code, count in counts(tree, wanted, name).items():
            instead = {**wanted.chosen, name: frozenset({code})}
            assert count == len(matching(tree, Wanted(instead), lang="es")), (name, code)
    found = matching(tree, wanted, lang="es")
    assert found and {tree.nodes[code].properties["theme"] for code in found} == {"green"}
    assert all({"FNDR", "PMU"} & set(tree.nodes[c].properties["funding_sources"]) for c in found)


def test_counts_under_a_choice_are_those_of_the_seed(tree: PlanTree) -> None:
    """Counted from the file itself, apart from the code that filters."""
    text = (LAYERS / "initiatives" / "seed.csv").read_text(encoding="utf-8")
    rows = [one for one in csv.DictReader(text.splitlines()) if one["theme"] == "green"]
    rows = [one for one in rows if one["kind"] != "plan" or one["order"] != "0"]
    assert len(rows) == 12
    for name, column in (("status", "status"), ("stage", "stage"), ("source", "funding_sources")):
        known = Counter(code for one in rows for code in (one[column] or NONE).split(";"))
        found = counts(tree, wanting(theme="green"), name)
        assert {code: count for code, count in found.items() if count} == known, name
    placed = counts(tree, wanting(theme="green"), "placed")
    assert placed == {"yes": 6, "no": 6}
    invented = counts(tree, wanting(theme="green"), "strategy")
    assert invented["DEMO"] == sum(one["invented"] == "true" for one in rows) == 6


def test_several_values_add_and_several_facets_narrow(tree: PlanTree) -> None:
    one, other, both = (
        set(matching(tree, wanting(theme=value), lang="es"))
        for value in ("green", "sport", "green,sport")
    )
    assert one | other == both and not one & other
    narrowed = matching(tree, wanting(theme="green,sport", placed="no"), lang="es")
    assert set(narrowed) == {code for code in both if not tree.nodes[code].is_placed}
    assert matching(tree, wanting(theme="nobody_has_it"), lang="es") == []


def test_words_are_found_whatever_their_accents(tree: PlanTree) -> None:
    found = matching(tree, wanting("  PLAZA   manuel rodriguez "), lang="es")
    assert "DEMO-002" in found
    assert all("plaza" in str(tree.nodes[code].properties).lower() for code in found)
    assert matching(tree, wanting("DT-P1-E02"), lang="es") == ["DT-P1-E02"]
    assert matching(tree, wanting("áreas verdes", theme="green"), lang="es")
    assert matching(tree, wanting("zzzz"), lang="es") == []


def test_what_is_kept_hangs_from_what_it_hung_from(tree: PlanTree) -> None:
    code = "DT-P1-E02"
    document = plan_document(tree, lang="es", wanted=[code])
    nodes = walk(document["strategies"][0]["plans"][0]["children"])
    assert [one["code"] for one in nodes] == ["DT-P1-E01", code]
    assert [one["matches"] for one in nodes] == [False, True]
    assert document["strategies"][0]["count"] == 1 and len(document["strategies"]) == 1
    assert plan_document(tree, lang="es", wanted=[])["strategies"] == []


def test_values_stand_in_the_order_of_their_list(tree: PlanTree) -> None:
    stages = list(counts(tree, Wanted(), "stage"))
    declared = [*tree.layer.field("stage").codes, NONE]
    assert all(declared.index(a) < declared.index(b) for a, b in pairwise(stages))
    assert next(iter(counts(tree, Wanted(), "strategy"))) == "DT"
    assert list(counts(tree, Wanted(), "area"))[-1] == NONE
    spanish, english = (facets(tree, Wanted(), lang=lang) for lang in ("es", "en"))
    assert [one["title"] for one in spanish] != [one["title"] for one in english]


def test_dates_are_of_the_invented_alone(tree: PlanTree) -> None:
    dated = {node.code for node in tree.entries if any(node.dates)}
    assert dated == {node.code for node in tree.entries if node.properties["invented"]}
    assert tree.nodes["DEMO-001"].dates == ("2024-07-24", "2025-05-24")
    assert tree.nodes["DEMO-003"].dates == ("2027-05-01", "2028-02-01")
