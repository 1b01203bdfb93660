"""Progress of the plan: counted by hand on a small plan, and on the plan itself."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitplan.analysis.progress import plan_progress

TODAY = date(2026, 11, 27)
SEED = Path(__file__).resolve().parents[2] / "layers" / "initiatives" / "seed.csv"
COLUMNS = ["code", "kind", "order", "strategy_no", "strategy", "status", "territorial", "invented"]
PLAN = pd.DataFrame(
    [
        ("A-P1", "plan", 0, 1, "Uno", "propuesta", True, False),
        ("A-P1-E1", "proyecto", 1, 1, "Uno", "terminada", True, False),
        ("A-P1-E2", "proyecto", 2, 1, "Uno", "propuesta", True, False),
        ("A-P1-E3", "estudio", 3, 1, "Uno", "en_ejecucion", False, False),
        ("A-P1-E4", "plan", 4, 1, "Uno", "propuesta", None, False),
        ("B-P1-E1", "proyecto", 1, 2, "Dos", "propuesta", False, False),
        ("X-1", "proyecto", None, None, None, "terminada", True, True),
    ],
    columns=COLUMNS,
)
PLACES = pd.DataFrame(
    [("A-P1-E1", "site"), ("A-P1-E1", "route"), ("A-P1-E2", "to_be_defined"), ("X-1", "site")],
    columns=["initiative", "role"],
)


def test_by_hand() -> None:
    result = plan_progress(PLAN, PLACES, on=TODAY)
    found = result.frame.set_index("strategy")
    assert found["entries"].to_dict() == {"Uno": 4, "Dos": 1}, "the heading is no entry"
    assert found.loc["Uno", "status_propuesta"] == 2
    assert found.loc["Uno", "begun_pct"] == 50 and found.loc["Uno", "done_pct"] == 25
    assert (found.loc["Uno", "territorial"], found.loc["Uno", "located"]) == (2, 1)
    assert found.loc["Uno", "located_pct"] == 50 and pd.isna(found.loc["Dos", "located_pct"])
    assert result.totals["entries"] == 5 and result.totals["done_pct"] == 20
    assert "1 iniciativas inventadas" in result.method.text("es")


def test_what_is_invented_is_counted_only_when_asked_for() -> None:
    found = plan_progress(PLAN, PLACES, on=TODAY, with_invented=True).frame
    assert found["entries"].tolist() == [4, 1, 1] and pd.isna(found["strategy"].iloc[-1])


def test_the_plan_as_it_was_transcribed() -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        plan = pd.DataFrame(csv.DictReader(file)).replace("", None)
    for name in ("territorial", "invented"):
        plan[name] = plan[name].map({"true": True, "false": False})
    result = plan_progress(plan, PLACES[:0], on=TODAY)
    assert result.totals["entries"] == 194
    assert result.frame["strategy_no"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert result.totals["status_propuesta"] == 194 and result.totals["located"] == 0


@settings(deadline=None)
@given(st.data())
def test_states_and_strategies_add_up(data: st.DataObject) -> None:
    states = st.sampled_from(["propuesta", "en_ejecucion", "terminada", "desistida"])
    rows = data.draw(
        st.lists(st.tuples(st.integers(1, 3), states, st.booleans(), st.booleans()), min_size=1)
    )
    plan = pd.DataFrame(
        [(f"i{n}", "proyecto", 1, s, f"S{s}", x, t, i) for n, (s, x, t, i) in enumerate(rows)],
        columns=COLUMNS,
    )
    result = plan_progress(plan, PLACES[:0], on=TODAY, with_invented=True)
    states_sum = result.frame.filter(like="status_").sum(axis=1)
    assert states_sum.tolist() == result.frame["entries"].tolist()
    assert result.frame["entries"].sum() == len(rows) == result.totals["entries"]
    assert result.totals["begun_pct"] == pytest.approx(
        100 * sum(x in ("en_ejecucion", "terminada") for _, x, _, _ in rows) / len(rows)
    )
