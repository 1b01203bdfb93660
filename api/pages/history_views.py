"""Pages of what was recorded: a feature's versions, a layer's changes, what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.catalogue_views import layer_crumb
from api.pages.sheet import Sheet, View
from api.pages.values import day_of, moment_of_day, number
from sitplan.told import told_fields
from sitplan.words import say


def versions(sheet: Sheet) -> View:
    """What was recorded of a feature: when, by whom, why; the newest first."""
    layer, document = sheet.layer, sheet.document
    found = document["versions"]
    named = (
        *layer_crumb(sheet, layer),
        (sheet.say("features"), sheet.to("collections", layer.name, "items")),
        (sheet.say("feature"), sheet.to("collections", layer.name, "items", document["id"])),
    )
    return View(
        "versions",
        title=sheet.say("places.versions"),
        crumbs=named,
        facts={"rows": version_rows(sheet, found)},
        about=sheet.say("versions_about"),
        watermark=sheet.is_illustrative(layer),
    )


def version_rows(sheet: Sheet, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The versions of a feature as rows, the newest first; a removal is a row of its own."""
    rows = []
    for one in found:
        rows.append(
            {
                **_made(sheet, one["made"], one["recorded_from"]),
                "validity": _validity(sheet, one),
                "href": sheet.turn(one["href"]),
            }
        )
        if one["ended"] and one["ended"]["action"] == "delete":
            told = _made(sheet, one["ended"], one["recorded_to"])
            rows.append(told | {"what": say("history.actions.delete", sheet.lang)} | _NOWHERE)
    return rows[::-1]


_NOWHERE = {"validity": "", "href": ""}


def _made(sheet: Sheet, made: Mapping[str, Any], when: str) -> dict[str, Any]:
    return {
        "when": _moment(sheet, made["recorded_at"] or when),
        "what": made["kind_title"] or "",
        "who": made["role"] or "",
        "why": made["why"] or "",
        "source": made["source"] or "",
    }


def _moment(sheet: Sheet, text: str | None) -> str:
    zone = sheet.state.catalogue.territory.time_zone
    return moment_of_day(text, sheet.lang, zone) if text else ""


def _validity(sheet: Sheet, one: Mapping[str, Any]) -> str:
    words = [
        sheet.say(key, day=day_of(str(one[name]), sheet.lang))
        for key, name in (("since", "valid_from"), ("until", "valid_to"))
        if one[name]
    ]
    return " ".join(words)


def changes(sheet: Sheet) -> View:
    """What happened to a layer, a page of it."""
    layer, document = sheet.layer, sheet.document
    rows = [
        {
            **_made(sheet, one, one["recorded_at"]),
            "what": say(f"history.actions.{one['action']}", sheet.lang),
            **_told(sheet, one),
        }
        for one in document["changes"]
    ]
    return View(
        "changes",
        title=say("history.changes_of", sheet.lang, title=layer.title[sheet.lang]),
        crumbs=layer_crumb(sheet, layer),
        facts={
            "rows": rows,
            "next": _rel(document, "next"),
            "atom": sheet.links.collection(layer.name, "changes", query={"f": "atom"}),
        },
        about=sheet.say("changes_about"),
        watermark=sheet.is_illustrative(layer),
    )


def difference(sheet: Sheet) -> View:
    """What is not as it was between two moments, a page of it."""
    layer, document = sheet.layer, sheet.document
    rows = [
        {"what": sheet.say(f"actions.{one['action']}"), **_told(sheet, one)}
        for one in document["differences"]
    ]
    asked = sheet.request.query_params
    return View(
        "difference",
        title=say("history.diff_of", sheet.lang, title=layer.title[sheet.lang]),
        crumbs=layer_crumb(sheet, layer),
        facts={
            "rows": rows,
            "counts": [
                (sheet.say(f"actions.{name}"), number(count, sheet.lang))
                for name, count in document["counts"].items()
            ],
            "asked": {name: asked.get(name, "") for name in ("from", "to", "axis")},
            "next": _rel(document, "next"),
        },
        about=sheet.say("diff_about"),
        watermark=sheet.is_illustrative(layer),
    )


def _told(sheet: Sheet, one: Mapping[str, Any]) -> dict[str, Any]:
    """Which feature, where its page is, and the titles of the fields that changed."""
    layer = sheet.layer
    feature = one["after"] or one["before"] or {"properties": {}}
    told = feature["properties"]
    titles = {f.name: f.title[sheet.lang] for f in told_fields(layer)}
    return {
        "name": str(told.get(layer.label or "") or told.get("code") or one["id"]),
        "code": str(told.get("code") or ""),
        "fields": ", ".join(titles.get(f, sheet.say("where") if f == "geometry" else f)
                            for f in one["fields"]),
        "href": sheet.to("collections", layer.name, "items", str(one["id"]), "versions"),
    }  # fmt: skip


def _rel(document: Mapping[str, Any], rel: str) -> str:
    return next((one["href"] for one in document["links"] if one["rel"] == rel), "")
