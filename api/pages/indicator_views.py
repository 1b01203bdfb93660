"""Pages of indicators: what there are, and one with its table and its method."""

from __future__ import annotations

from typing import Any

from api.pages.catalogue_views import home
from api.pages.sheet import Sheet, View
from api.pages.values import day_of, moment_of_day
from sitplan.indicators import figure
from sitplan.words import say


def indicators(sheet: Sheet) -> View:
    """The list."""
    document = sheet.document
    return View(
        "indicators",
        title=document["title"],
        crumbs=home(sheet),
        facts={"indicators": document["indicators"]},
        about=document["description"],
    )


def indicator(sheet: Sheet) -> View:
    """One, with its classes, its table and its method."""
    document, lang = sheet.document, sheet.lang
    zone = sheet.state.catalogue.territory.time_zone
    titles = {one["reason"]: one["label"] for one in document["none"]}
    beside = [one["name"] for one in document["columns"] if one["name"] != "name"]
    ranked = sorted(
        document["rows"],
        key=lambda row: (row["value"] is None, -(row["value"] or 0), row["name"]),
    )
    rows = [
        {
            "name": row["name"],
            "code": row["code"],
            "value": figure(row["value"], lang) or titles[row["reason"]],
            "is_number": row["value"] is not None,
            "beside": [figure(row[name], lang) for name in beside],
        }
        for row in ranked
    ]
    here = f"#panel=indicators&indicator={document['id']}/{document['of']}"
    return View(
        "indicator",
        title=document["title"],
        crumbs=(*home(sheet), (say("indicators.title", lang), sheet.to("indicators"))),
        facts={
            "document": document,
            "rows": rows,
            "heads": [one["title"] for one in document["columns"] if one["name"] in beside],
            "whole": figure(document["whole"], lang),
            "calculated": moment_of_day(document["calculated"], lang, zone),
            "day": day_of(document["day"], lang),
            "ways": [
                {**one, "href": sheet.to("indicators", document["id"], of=one["layer"])}
                for one in document["areas"]
            ],
            "map_href": f"{sheet.links.base}/{here}{'&lang=en' if lang == 'en' else ''}",
            "parameters": [_parameter(one) for one in document["method"]["parameters"]],
            "p": lambda key, **facts: say(f"indicators.page.{key}", lang, **facts),
        },
        about=document["description"],
        watermark=document["illustrative"],
    )


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    value = one["value"]
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, bool) or value is None:
        value = {True: "✓", False: "✗", None: "—"}[value]
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    return {**one, "value": f"{value} {one['unit']}".strip()}
