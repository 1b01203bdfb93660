"""Random histories: what was recorded at each instant, replayed by hand in a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from geopandas import GeoDataFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from sitplan.catalogue import Catalogue
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.errors import InvalidData
from sitplan.history import list_changes, revert

CODES = ("H1", "H2", "H3", "H4")
KINDS = ("plaza", "parque", "jardin")


def areas(state: dict[str, str]) -> GeoDataFrame:
    """One square an entry of code → kind."""
    places = {code: 320_000 + 50 * i for i, code in enumerate(CODES)}
    return GeoDataFrame(
        {"code": list(state), "kind": list(state.values()), "review_state": "published"},
        geometry=[
            MultiPolygon([box(places[c], 6.83e6, places[c] + 20, 6.83e6 + 20)]) for c in state
        ],
        crs=32719,
    ).rename_geometry("geom")


@dataclass
class Ledger:
    """What the layer held after each Change, kept by hand."""

    states: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    made: list[int] = field(default_factory=list)


steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["upsert", "replace"]),
            st.dictionaries(st.sampled_from(CODES), st.sampled_from(KINDS), min_size=1),
        ),
        st.tuples(st.just("remove"), st.sets(st.sampled_from(CODES), min_size=1)),
        st.tuples(st.just("revert"), st.none()),
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
def test_the_register_as_recorded_equals_a_replay(
    fresh: Database, catalogue: Catalogue, steps: list[tuple[str, Any]]
) -> None:
    apply(fresh, catalogue, [Edit("green_areas", areas({}), mode="replace")],
          author=Author(), why="vaciar")  # fmt: skip
    ledger = Ledger([(_now(fresh), {})])
    state: dict[str, str] = {}
    before: list[dict[str, str]] = []
    for mode, what in steps:
        was = dict(state)
        if mode == "revert":
            if not ledger.made:
                continue
            change = ledger.made.pop()
            state = before.pop()
            revert(fresh, catalogue, change, why="deshacer")
            ledger.states.append((_now(fresh), dict(state)))
            continue
        if mode == "remove":
            rows = areas({c: state.get(c, "plaza") for c in sorted(what)})
            state = {c: k for c, k in state.items() if c not in what}
        else:
            rows = areas(what)
            state = dict(what) if mode == "replace" else {**state, **what}
        done = apply(fresh, catalogue, [Edit("green_areas", rows, mode=mode)],  # type: ignore[arg-type]
                     author=Author(), why="paso")  # fmt: skip
        assert (done.change_id is not None) == (state != was)
        if done.change_id is not None:
            ledger.made.append(done.change_id)
            before.append(was)
        ledger.states.append((_now(fresh), dict(state)))
    for instant, expected in ledger.states:
        told = fresh.fetch(
            "SELECT code, kind FROM published_past.green_areas WHERE recorded_from <= %s"
            " AND (recorded_to IS NULL OR recorded_to > %s)",
            (instant, instant),
        )
        assert dict(told) == expected and len(told) == len(expected)
    assert dict(fresh.fetch("SELECT code, kind FROM published.green_areas")) == state


def _now(database: Database) -> datetime:
    return database.fetch("SELECT clock_timestamp()")[0][0]


def test_changes_are_listed_by_layer_since_and_role(fresh: Database, catalogue: Catalogue) -> None:
    start = list_changes(fresh)[0].id if list_changes(fresh) else 0
    for role, code in (("parks_officer", "H1"), ("works_office", "H2")):
        apply(fresh, catalogue, [Edit("green_areas", areas({code: "plaza"}))],
              author=Author(role), why=f"por {role}")  # fmt: skip
    assert [c.role for c in list_changes(fresh, since=start)] == ["works_office", "parks_officer"]
    assert [c.why for c in list_changes(fresh, role="works_office")] == ["por works_office"]
    assert list_changes(fresh, layer="roads", since=start) == []
    one = list_changes(fresh, layer="green_areas", since=start)[0]
    assert one.layers == {"green_areas": {"added": 1, "changed": 0, "removed": 0}}


def test_a_new_fact_keeps_what_the_rows_do_not_state(fresh: Database, catalogue: Catalogue) -> None:
    rows = areas({"H1": "plaza"})
    rows["vegetated_m2"] = 120.0
    apply(fresh, catalogue, [Edit("green_areas", rows)], author=Author(), why="alta")
    later = areas({"H1": "parque"})
    apply(fresh, catalogue, [Edit("green_areas", later, valid_from=date(2026, 3, 1))],
          author=Author(), why="cambia de uso")  # fmt: skip
    told = fresh.fetch(
        "SELECT kind, vegetated_m2, valid_from::text, valid_to FROM layers.green_areas"
        " WHERE code = 'H1' ORDER BY valid_from"
    )
    assert told == [
        ("plaza", 120.0, "-infinity", date(2026, 3, 1)),
        ("parque", 120.0, "2026-03-01", None),
    ]


def test_a_later_validity_is_not_run_over(fresh: Database, catalogue: Catalogue) -> None:
    later = Edit("green_areas", areas({"H1": "plaza"}), valid_from=date(2030, 1, 1))
    apply(fresh, catalogue, [later], author=Author(), why="futuro")
    before = Edit("green_areas", areas({"H1": "parque"}), valid_from=date(2026, 1, 1))
    with pytest.raises(InvalidData) as told:
        apply(fresh, catalogue, [before], author=Author(), why="antes")
    assert {p.code for p in told.value.report.problems} == {"validity_overlap"}
