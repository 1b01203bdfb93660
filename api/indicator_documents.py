"""The documents of indicators: the list, and one with its values, classes and method."""

from __future__ import annotations

from typing import Any

from api.indicators import Reckoned, analysis_title
from api.links import JSON, Links, link
from api.state import State
from sitplan.beside import beside_published
from sitplan.indicators import (
    FEW,
    INDICATORS,
    REASONS,
    Indicator,
    area_rows,
    classes_of,
    column_title,
)
from sitplan.instants import write_instant
from sitplan.layer import Layer
from sitplan.words import say


def indicator_list(state: State, links: Links, lang: str) -> dict[str, Any]:
    """The indicators of this territory, each with the areas that it can be asked of."""
    found = [_summary(state, one, links, lang) for one in INDICATORS.values()]
    return {
        "title": say("indicators.title", lang),
        "description": say("indicators.description", lang),
        "indicators": [one for one in found if one["areas"]],
        "links": [link(links("indicators"), "self", JSON)],
    }


def indicator_document(
    state: State, indicator: Indicator, areas: str, found: Reckoned, links: Links, lang: str
) -> dict[str, Any]:
    """One indicator of some areas."""
    catalogue = state.catalogue
    rows = area_rows(indicator, found.rows, found.ids)
    layers = list(found.revisions)
    titles = {name: catalogue.layers[name].title[lang] for name in layers}
    summary = _summary(state, indicator, links, lang)
    here = links("indicators", indicator.id, query={"of": areas})
    none = [
        {
            "reason": reason,
            "label": say(f"indicators.{reason}", lang, few=FEW),
            "count": sum(row["reason"] == reason for row in rows),
        }
        for reason in REASONS
    ]
    columns = ["name", *indicator.beside]
    illustrative = any(
        catalogue.illustrative.get(n, catalogue.layers[n].illustrative) for n in layers
    )
    return {
        **summary,
        "of": areas,
        "ofTitle": titles[areas],
        "shape": "point" if _is_point(catalogue.layer(areas)) else "area",
        "statement": say(
            "results.statement",
            lang,
            author=say("indicators.author", lang),
            data=", ".join(titles.values()),
        ),
        "calculated": write_instant(found.at),
        "day": found.on.isoformat(),
        "illustrative": illustrative,
        "inputs": [
            {"layer": name, "title": titles[name], "revision": found.revisions[name]}
            for name in layers
        ],
        "formula": say(f"indicators.{indicator.words}.formula", lang),
        "method": found.method,
        "whole": found.totals.get(indicator.column),
        "published": beside_published(
            indicator.column,
            found.totals,
            catalogue.territory.facts,
            lang,
            illustrative=illustrative,
        ),
        "classesBy": say("indicators.classes", lang),
        "classes": classes_of(indicator, rows, lang),
        "none": [one for one in none if one["count"]],
        "columns": [{"name": name, "title": column_title(name, lang)} for name in columns],
        "rows": rows,
        "links": [link(here, "self", JSON), link(links("indicators"), "up", JSON)],
    }


def _is_point(layer: Layer) -> bool:
    return layer.geometry is not None and layer.geometry.type.endswith("Point")


def _summary(state: State, indicator: Indicator, links: Links, lang: str) -> dict[str, Any]:
    layers = state.catalogue.layers
    here = links("indicators", indicator.id)
    return {
        "id": indicator.id,
        "title": indicator.title(state.catalogue, lang),
        "description": say(f"indicators.{indicator.words}.description", lang),
        "group": {
            "id": indicator.words,
            "title": say(f"indicators.{indicator.words}.title", lang),
        },
        "choices": indicator.choices(state.catalogue, lang)
        if indicator.offered(state.catalogue)
        else [],
        "unit": say(f"indicators.units.{indicator.unit}", lang),
        "analysis": {"id": indicator.analysis, "title": analysis_title(indicator, lang)},
        "areas": [
            {"layer": name, "title": layers[name].title[lang]}
            for name in indicator.offered(state.catalogue)
        ],
        "links": [link(here, "item", JSON, indicator.title(state.catalogue, lang))],
    }
