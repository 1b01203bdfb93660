"""The documents of charts: the list, and one with the figures that it draws."""

from __future__ import annotations

from typing import Any, Final

from api.indicators import Reckoned
from api.links import JSON, Links, link
from api.state import State
from sitplan import charts
from sitplan.charts import Chart
from sitplan.features import read_frame
from sitplan.indicators import INDICATORS, area_rows, column_title
from sitplan.query import Moment
from sitplan.words import say

GREEN: Final = INDICATORS["green_per_inhabitant"]
"""The indicator that the chart of green areas shows, by neighbourhood."""
_SIZE = 20_000


def chart_list(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The charts of this territory."""
    return {
        "title": say("charts.title", lang),
        "description": say("charts.description", lang),
        "charts": [
            {
                **_summary(charts.CHARTS[name], lang),
                "links": [link(links("charts", name), "item", JSON)],
            }
            for name in charts.offered(state.catalogue)
        ],
        "links": [link(links("charts"), "self", JSON)],
    }


def plan_figures(state: State, chart: Chart, by: str, lang: str) -> dict[str, Any]:
    """What a chart of the plan shows today, remembered until one of its layers changes."""
    today, catalogue = state.today(), state.catalogue
    key = ("chart", chart.id, by, lang, today)
    kept: dict[str, Any] | None = state.memory.get(key)
    if kept is not None:
        return kept
    mark = state.memory.mark(chart.layers)

    def read(name: str) -> Any:
        layer, moment = catalogue.layer(name), Moment(on=today)
        return read_frame(state.database, layer, moment, territory=catalogue.territory)

    register = catalogue.layer("initiatives")
    found = (
        charts.investment(read, register, by, on=today, lang=lang)
        if chart.id == "investment"
        else charts.progress(read, register, on=today, lang=lang)
    )
    state.memory.put(key, found, mark=mark, layers=chart.layers, size=_SIZE)
    return found


def green_figures(state: State, found: Reckoned, lang: str) -> dict[str, Any]:
    """What the indicator found of each neighbourhood, from most to least."""
    rows = area_rows(GREEN, found.rows, found.ids)
    rows.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0), row["name"]))
    layers = state.catalogue.layers
    return {
        "series": [{"name": "value", "title": say(f"indicators.{GREEN.id}.title", lang)}],
        "columns": [{"name": name, "title": column_title(name, lang)} for name in GREEN.beside],
        "rows": [
            {
                "code": row["code"],
                "title": row["name"],
                "values": {"value": row["value"]},
                **{name: row[name] for name in GREEN.beside},
            }
            for row in rows
        ],
        "total": found.totals.get(GREEN.column),
        "illustrative": any(
            state.catalogue.illustrative.get(n, layers[n].illustrative) for n in found.revisions
        ),
        "notes": list(found.method["notes"]),
    }


def chart_document(
    state: State, chart: Chart, by: str, figures: dict[str, Any], links: Links, lang: str
) -> dict[str, Any]:
    """One chart."""
    asked = {"by": by} if chart.choices else None
    return {
        **_summary(chart, lang),
        "by": by or None,
        "day": state.today().isoformat(),
        "of": say(f"charts.by.{by or chart.id}", lang),
        **figures,
        "warning": say(f"charts.invented.{chart.id}", lang) if figures["illustrative"] else None,
        "inputs": [
            {"layer": name, "title": state.catalogue.layer(name).title[lang]}
            for name in chart.layers
        ],
        "links": [
            link(links("charts", chart.id, query=asked), "self", JSON),
            link(links("charts"), "up", JSON),
        ],
    }


def _summary(chart: Chart, lang: str) -> dict[str, Any]:
    return {
        "id": chart.id,
        "title": say(f"charts.{chart.id}.title", lang),
        "description": say(f"charts.{chart.id}.description", lang),
        "unit": say(f"charts.{chart.id}.unit", lang),
        "choices": [{"by": by, "title": say(f"charts.by.{by}", lang)} for by in chart.choices],
    }
