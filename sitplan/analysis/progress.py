"""How far the plan is: the state of its initiatives by strategy, and which have a place."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from sitplan.analysis.method import Method, Note, Result, input_of, note, parameters_of

BEGUN: Final = ("en_ejecucion", "recepcion_provisoria", "terminada")
DONE: Final = ("terminada",)
TO_BE_DEFINED: Final = "to_be_defined"


def plan_progress(
    initiatives: pd.DataFrame,
    locations: pd.DataFrame,
    *,
    on: date,
    with_invented: bool = False,
) -> Result:
    """Entries, states and places of each strategy, and of the plan as a whole.

    Parameters
    ----------
    initiatives
        With `code`, `kind`, `order`, `strategy_no`, `strategy`, `status` and, where known,
        `territorial`, `invented`. Headings of plans (kind ``plan``, order 0) are no entries.
    locations
        With `initiative` and `role`; a place still to be defined is none.
    on
        The day that the frames stand for.
    with_invented
        Whether what was invented for the demonstration is counted, as a strategy of its own
        without a name.

    Returns
    -------
    Result
        A DataFrame: `code` (the number as text, ``-`` for none), `strategy_no`, `strategy` (NA of
        what belongs to none), `entries`, one column for each state that occurs,
        ``status_<code>``; `begun_pct`, `done_pct`; `territorial` (entries with an object on the
        ground), `located` (those of them with a place), `located_pct`; `places` (entries with a
        place, territorial or not). `totals`: the same of the whole.
    """
    kind, order = initiatives["kind"], pd.to_numeric(initiatives["order"])
    heading = (kind == "plan") & (order == 0)
    invented = _truth(initiatives, "invented")
    counted = initiatives[~heading.fillna(False) & (with_invented | ~invented)]
    has_place = locations.loc[~locations["role"].eq(TO_BE_DEFINED).fillna(False), "initiative"]
    territorial = _truth(counted, "territorial")
    placed = counted["code"].isin(has_place)
    table = pd.DataFrame(
        {
            "strategy_no": pd.to_numeric(counted["strategy_no"]).astype("Int64"),
            "strategy": counted["strategy"]
            .astype(object)
            .where(counted["strategy"].notna(), pd.NA),
            "entries": 1,
            **{
                f"status_{s}": (counted["status"] == s).astype(int)
                for s in sorted(counted["status"].dropna().unique())
            },
            "begun": counted["status"].isin(BEGUN).astype(int),
            "done": counted["status"].isin(DONE).astype(int),
            "territorial": territorial.astype(int),
            "located": (territorial & placed).astype(int),
            "places": placed.astype(int),
        }
    )
    by = table.groupby(["strategy_no", "strategy"], dropna=False, sort=True)
    found = _rates(by.sum().reset_index())
    numbers = found["strategy_no"]
    found.insert(0, "code", ["-" if pd.isna(n) else str(n) for n in numbers])
    whole = _rates(table.drop(columns=["strategy_no", "strategy"]).sum().to_frame().T)
    totals = {str(k): float(v) for k, v in whole.iloc[0].items()}
    method = Method(
        "plan_progress",
        on,
        (
            input_of("initiatives", counted, value="status"),
            input_of("project_locations", locations[locations["initiative"].isin(counted["code"])]),
        ),
        parameters_of(
            {"begun_states": list(BEGUN), "done_states": list(DONE), "with_invented": with_invented}
        ),
        _notes(int(invented.sum()), with_invented),
    )
    return Result(found, method, totals)


def _rates(found: pd.DataFrame) -> pd.DataFrame:
    entries = found["entries"].replace(0, np.nan).astype(float)
    at = list(found.columns).index("begun")
    found.insert(at, "begun_pct", 100 * found.pop("begun") / entries)
    found.insert(at + 1, "done_pct", 100 * found.pop("done") / entries)
    on_ground = found["territorial"].replace(0, np.nan).astype(float)
    found.insert(
        list(found.columns).index("located") + 1, "located_pct", 100 * found["located"] / on_ground
    )
    return found


def _truth(frame: pd.DataFrame, name: str) -> Any:
    if name not in frame:
        return pd.Series(False, index=frame.index)
    return frame[name].astype("boolean").fillna(False).astype(bool)


def _notes(invented: int, counted: bool) -> tuple[Note, ...]:
    notes = [note("headings_left_out")]
    if invented:
        notes.append(note("invented_counted" if counted else "invented_left_out", count=invented))
    return tuple(notes)
