"""Pages of charts: the list, and one as bars and a table with the same figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from api.pages.catalogue_views import home
from api.pages.sheet import Sheet, View
from api.pages.values import day_of
from sitplan.indicators import figure
from sitplan.words import say


def charts(sheet: Sheet) -> View:
    """The list."""
    document = sheet.document
    return View(
        "charts",
        title=document["title"],
        crumbs=home(sheet),
        facts={"charts": document["charts"]},
        about=document["description"],
    )


def chart(sheet: Sheet) -> View:
    """One, its bars as long as their figures."""
    document, lang = sheet.document, sheet.lang
    sums = [_sum(row) for row in document["rows"]]
    most = max(sums, default=0) or 1
    names = [one["name"] for one in document["series"]]
    beside = [one["name"] for one in document["columns"]]
    only = {"chart": document["id"], **({"by": document["by"]} if document["by"] else {})}
    here = urlencode({"panel": "charts", "only": urlencode(only)})
    return View(
        "chart",
        title=document["title"],
        crumbs=(*home(sheet), (say("charts.title", lang), sheet.to("charts"))),
        facts={
            "document": document,
            "rows": [
                {
                    "title": row["title"],
                    "pct": round(100 * whole / most, 1),
                    "cells": [_told(row["values"][name], lang) for name in names],
                    "beside": [_told(row[name], lang) for name in beside],
                }
                for row, whole in zip(document["rows"], sums, strict=True)
            ],
            "heads": [one["title"] for one in (*document["series"], *document["columns"])],
            "day": day_of(document["day"], lang),
            "ways": [
                {**one, "href": sheet.to("charts", document["id"], by=one["by"])}
                for one in document["choices"]
            ],
            "map_href": f"{sheet.links.base}/#{here}{'&lang=en' if lang == 'en' else ''}",
            "p": lambda key, **facts: say(f"charts.page.{key}", lang, **facts),
        },
        about=document["description"],
        watermark=document["illustrative"],
    )


def _sum(row: dict[str, Any]) -> float:
    return float(sum(value or 0 for value in row["values"].values()))


def _told(value: float | None, lang: str) -> str:
    return figure(value, lang) or "—"
