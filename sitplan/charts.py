"""The figures of the charts: what each is of, row by row, the same for picture, table and page.

Investment and progress come from the plan's own analyses; what is told here are their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sitplan.analysis.investment import NONE, investment_by, spread
from sitplan.analysis.method import Result
from sitplan.analysis.plain import plain_rows
from sitplan.analysis.progress import plan_progress
from sitplan.catalogue import Catalogue
from sitplan.errors import NotFound
from sitplan.layer import Layer
from sitplan.words import say

BY: Final = ("strategy", "theme", "source", "year", "status")
"""What investment is added up by; the usual first."""
_CODED: Final = {"theme": "theme", "source": "funding_sources", "status": "status"}
Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is made of the plan.

    Parameters
    ----------
    layers
        What goes in.
    choices
        What it can be added up by; the usual first.
    """

    id: str
    layers: tuple[str, ...]
    choices: tuple[str, ...] = ()


CHARTS: Final[Mapping[str, Chart]] = {
    one.id: one
    for one in (
        Chart(
            "investment",
            ("initiatives", "objectives", "project_locations", "neighbourhoods"),
            BY,
        ),
        Chart("progress", ("initiatives", "project_locations")),
        Chart("green_area", ("neighbourhoods", "green_areas", "census_blocks", "roads")),
    )
}


def chart_of(name: str, catalogue: Catalogue) -> Chart:
    """The chart of that name.

    Raises
    ------
    NotFound
        ``no_such_chart``, naming those that this territory has.
    """
    known = offered(catalogue)
    if name not in known:
        raise NotFound("no_such_chart", name=name[:60], known=", ".join(known))
    return CHARTS[name]


def offered(catalogue: Catalogue) -> list[str]:
    """The charts for which this territory has all layers."""
    return [one.id for one in CHARTS.values() if all(n in catalogue.layers for n in one.layers)]


def investment(read: Read, register: Layer, by: str, *, on: date, lang: str) -> dict[str, Any]:
    """The money of the register by strategy, theme, source, year or status.

    By strategy every strategy of the plan has its row, also where there is no money; what tells
    none counts in those of its objectives. Themes and sources stand from most to least, what
    tells none last.

    Returns
    -------
    dict
        `series` (keys of each row's `values`), `rows`, `columns` beside, `total`, `illustrative`,
        `notes`.
    """
    initiatives, objectives = read("initiatives"), read("objectives")
    places, areas = read("project_locations"), read("neighbourhoods")
    ledger = spread(initiatives, places, areas, objectives=objectives)
    found = investment_by(ledger, by, on=on)  # type: ignore[arg-type]
    told = {row["code"]: row for row in plain_rows(found.frame)}
    titles = _titles(initiatives, register, by, lang)
    empty = {"clp": 0, "initiatives": 0, "share_pct": 0.0, "invented_clp": 0}
    codes = [*titles, *(code for code in told if code not in titles and code != NONE)]
    rows = [
        _row(code, titles.get(code, code), told.get(code, empty))
        for code in codes
        if by == "strategy" or code in told
    ]
    if by in ("theme", "source"):
        rows.sort(key=lambda row: -row["clp"])
    if NONE in told:
        rows.append(_row(NONE, say(f"charts.none.{by}", lang), told[NONE]))
    return {
        "series": [
            {"name": "plan_clp", "title": say("charts.series.plan_clp", lang)},
            {"name": "invented_clp", "title": say("charts.series.invented_clp", lang)},
        ],
        "columns": [
            {"name": name, "title": say(f"charts.columns.{name}", lang)}
            for name in ("clp", "initiatives", "share_pct")
        ],
        "rows": rows,
        "total": found.totals["clp"],
        "illustrative": bool(found.totals["invented_clp"]),
        "notes": _notes(found, lang),
    }


PROGRESS: Final = (
    "entries", "begun_pct", "done_pct", "territorial", "located", "located_pct",
)  # fmt: skip
"""What the progress of the plan tells of each strategy beside the states."""


def progress(read: Read, register: Layer, *, on: date, lang: str) -> dict[str, Any]:
    """The states of the plan's initiatives by strategy; what was invented has a row of its own."""
    found = plan_progress(read("initiatives"), read("project_locations"), on=on, with_invented=True)
    table = plain_rows(found.frame)
    field = register.field("status")
    codes = field.codes if field else {}
    present = [code for code in codes if any(row.get(f"status_{code}") for row in table)]
    rows = [
        {
            "code": row["code"],
            "title": row["strategy"] or say("charts.none.strategy", lang),
            "values": {code: row[f"status_{code}"] for code in present},
            **{name: row[name] for name in PROGRESS},
        }
        for row in table
    ]
    return {
        "series": [{"name": code, "title": codes[code][lang]} for code in present],
        "columns": [
            {"name": name, "title": say(f"charts.columns.{name}", lang)} for name in PROGRESS
        ],
        "rows": rows,
        "total": found.totals["entries"],
        "illustrative": any(row["code"] == NONE for row in table),
        "notes": _notes(found, lang),
    }


def _titles(initiatives: Any, register: Layer, by: str, lang: str) -> dict[str, str]:
    """What the rows are called, in their order; years are their own titles."""
    if by == "strategy":
        known = initiatives[initiatives["strategy"].notna()]
        known = known.sort_values("strategy_no")["strategy"].drop_duplicates()
        return {str(name): str(name) for name in known}
    declared = register.field(_CODED[by]) if by in _CODED else None
    return {code: title[lang] for code, title in declared.codes.items()} if declared else {}


def _row(code: str, title: str, told: Mapping[str, Any]) -> dict[str, Any]:
    plan = told["clp"] - told["invented_clp"]
    return {
        "code": code,
        "title": title,
        "values": {"plan_clp": plan, "invented_clp": told["invented_clp"]},
        "clp": told["clp"],
        "initiatives": told["initiatives"],
        "share_pct": told["share_pct"],
    }


def _notes(found: Result, lang: str) -> list[str]:
    notes: list[str] = found.method.told(lang)["notes"]
    return notes
