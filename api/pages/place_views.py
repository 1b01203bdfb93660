"""The page of a place: what is coming, green areas, ways out, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from api.pages import feature_views as features
from api.pages.catalogue_views import home
from api.pages.sheet import Sheet, View, with_query
from api.pages.values import day_of, measure, number, partial_day
from sitplan.place_facts import NEAR_M, WALK_M
from sitplan.places import WALKERS

_OWN_FACTS = (
    *("kind", "area_m2", "built_state", "public_access", "maintenance", "irrigation", "trees"),
    *("playground", "lighting", "accessible", "condition", "last_inspection"),
)


def place(sheet: Sheet) -> View:
    """One place, as sentences."""
    told, lang = sheet.document, sheet.lang
    coming = [one for one in told["planned"] if not one["over"]]
    here = [one for one in coming if one["metres"] < 5] if told["layer"] else coming
    links = {one["rel"]: one["href"] for one in told["links"]}
    green = _green(sheet)
    own = _card(sheet, told["initiative"]) if "initiative" in told else None
    return View(
        "place",
        title=told["title"],
        crumbs=home(sheet),
        facts={
            "told": told,
            "lead": sheet.say("place.lead", day=day_of(told["on"], lang)),
            "spot": "" if told["layer"] else f"{told['point'][1]:.5f}, {told['point'][0]:.5f}",
            "near": length(NEAR_M, lang),
            "far": length(WALK_M, lang),
            "own": own,
            "coming": [_card(sheet, one) for one in here],
            "around": [_card(sheet, one) for one in coming if one not in here],
            "over": [_card(sheet, one) for one in told["planned"] if one["over"]],
            "unplaced": [_card(sheet, one) for one in told["unplaced"]],
            "green": green,
            "ways": [_way(sheet, one) for one in told["evacuation"]],
            "walkers": _walkers(sheet),
            "ask": whom_to_ask(sheet),
            "on_map": links["related"],
            "image": links["preview"],
            "feature": sheet.turn(links["item"]) if "item" in links else "",
            "sources": [
                {**one, "day": partial_day(one["date"], lang)} for one in told["sources"].values()
            ],
        },
        about=_about(sheet, len(coming), green, own),
        watermark=told["illustrative"],
        picture=sheet.turn(links["preview"]),
        data=_data(sheet),
    )


def length(metres: float, lang: str) -> str:
    """``340 m``, ``1,2 km``: to ten metres, as walks are told; «¿Adónde voy?» tells them so too."""
    tens = max(int(metres / 10 + 0.5) * 10, 10)
    if tens < 1000:
        return f"{number(tens, lang)} m"
    return f"{number(int(metres / 100 + 0.5) / 10, lang, digits=1)} km"


def _about(
    sheet: Sheet, count: int, green: Mapping[str, Any] | None, own: Mapping[str, Any] | None
) -> str:
    """What a link to the page says of it."""
    planned = (
        sheet.say("place.about_planned", count=count) if count else sheet.say("place.about_none")
    )
    said = [f"{sheet.document['title']}."]
    if own:  # of an initiative: how it stands, and what it costs
        said += [f"{title}: {text}." for title, text in own["brief"]]
    if sheet.document["point"]:
        said.append(f"{planned}.")
    if green and green["away"]:
        said.append(sheet.say("place.about_green", title=green["title"], away=green["away"]))
    said.append(
        sheet.say("place.about_ways" if sheet.document["evacuation"] else "place.about_ask")
    )
    return " ".join(said)


def _data(sheet: Sheet) -> dict[str, Any]:
    told = sheet.document
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Place",
        "name": told["title"],
        "url": sheet.here,
    }
    if told["point"]:
        lon, lat = told["point"]
        found["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}
    return found


def _card(sheet: Sheet, one: Mapping[str, Any]) -> dict[str, Any]:
    """An initiative: its lines, and what is not told of it in one sentence."""
    lang = sheet.lang

    def when(kind: str) -> str:
        if one.get(f"actual_{kind}"):
            return day_of(one[f"actual_{kind}"], lang)
        said = one.get(f"planned_{kind}")
        return sheet.say("place.planned_on", day=day_of(said, lang)) if said else ""

    status = one["status_title"] or ""
    if status and one["status_date"]:
        status = sheet.say(
            "place.status_since", status=status, day=day_of(one["status_date"], lang)
        )
    rows = [
        ("status", status),
        ("stage", one["stage_title"] or ""),
        ("money", measure(one["cost_clp"], "CLP", lang) if one["cost_clp"] is not None else ""),
        ("funding", ", ".join(one["funding_sources_title"] or ())),
        ("starts", when("start")),
        ("ends", when("end")),
        ("unit", one["responsible_unit"] or ""),
    ]
    if one["physical_progress_pct"] is not None:
        rows.append(("progress", measure(one["physical_progress_pct"], "%", lang)))
    named = [(sheet.say(f"place.{name}"), text) for name, text in rows]
    missing = [title.lower() for title, text in named if not text]
    away = ""
    if "metres" in one:
        away = sheet.say("place.here") if one["metres"] < 5 else length(one["metres"], lang)
    return {
        "title": one["title"],
        "href": sheet.to("places", "initiatives", one["code"]),
        "kind": one["kind_title"],
        "away": away,
        "site": one.get("site") or "",
        "invented": one["invented"],
        "place_hint": one["place_hint"],
        "rows": [(title, text) for title, text in named if text],
        "brief": [(title, text) for title, text in named[:3] if text],
        "missing": sheet.say("place.not_said", names=", ".join(missing)) if missing else "",
    }


def _green(sheet: Sheet) -> dict[str, Any] | None:
    found, lang = sheet.document["green"], sheet.lang
    if not found:
        return None
    metres = length(found["metres"], lang)
    is_own = sheet.document["layer"] == "green_areas" and sheet.document["code"] == found["code"]
    if found["metres"] == 0:
        away, first = "", sheet.say("place.green_here", title=found["title"], kind=found["kind"])
    else:
        first = sheet.say("place.green_nearest", title=found["title"], kind=found["kind"])
        key = "green_walk" if found["measured"] == "network" else "green_straight"
        away = sheet.say(f"place.{key}", metres=metres, minutes=found["minutes"])
    inside = None
    if found["inside_m2"] is not None:
        inside = sheet.say("place.green_inside", area=measure(found["inside_m2"], "m2", lang))
    return {
        "title": found["title"],
        "first": first,
        "away": away,
        "inside": inside,
        "href": "" if is_own else sheet.to("places", "green_areas", found["code"]),
        "rows": _own_rows(sheet) if sheet.document["layer"] == "green_areas" else [],
    }


def _own_rows(sheet: Sheet) -> list[tuple[str, str]]:
    """What is told of the green area that the page is of."""
    layer = sheet.state.catalogue.layer("green_areas")
    told = sheet.document.get("properties") or {}
    found = []
    for field in layer.public_fields:
        if field.name in _OWN_FACTS:
            text = features.value_of(sheet, field, told.get(field.name)).text
            if text:
                found.append((field.title[sheet.lang], text))
    return found


def _way(sheet: Sheet, one: Mapping[str, Any]) -> dict[str, Any]:
    """One hazard: whether the place is in its zone, where to go, by which streets."""
    lang = sheet.lang
    if not one["has_zones"]:
        where = sheet.say("place.everywhere")
    elif one["level"]:
        where = sheet.say("place.in_zone", level=one["level_title"])
    else:
        where = sheet.say("place.out_zone")
        if not one["touches"]:
            where = f"{where} {sheet.say('place.stay')}"
    part = ""
    if one["share_pct"] and one["share_pct"] < 100:
        part = sheet.say("place.part_zone", pct=one["share_pct"])
    made: dict[str, Any] = {
        "title": one["title"],
        "where": where,
        "part": part,
        "is_in": bool(one["level"]) or not one["has_zones"],
        "there": "",
        "goal": "",
        "on_foot": way_out_of(sheet, one["hazard"]),
    }
    if one["there"]:
        kind = sheet.say(f"place.{one['there']['layer']}")
        made["there"] = sheet.say("place.there", kind=kind, goal=one["there"]["title"] or "")
    if one["goal"]:
        wind = sheet.say(f"place.winds.{one['wind']}")
        made |= {
            "kind": sheet.say(f"place.{one['goal']['layer']}"),
            "goal": sheet.say("place.go_to", goal=one["goal"]["title"], wind=wind),
            "away": sheet.say(
                "place.go_metres", metres=length(one["metres"], lang), minutes=one["minutes"]
            ),
            "streets": [
                sheet.say(
                    "place.go_street",
                    name=street["name"] or sheet.say("place.go_unnamed"),
                    metres=length(street["metres"], lang),
                    wind=sheet.say(f"place.winds.{street['wind']}"),
                )
                for street in one["streets"]
            ],
        }
    return made


def _walkers(sheet: Sheet) -> list[dict[str, Any]]:
    """Who may walk: the page as it is for each, and which it is now."""
    now = sheet.document["profile"]
    return [
        {
            "title": sheet.say(f"place.walkers.{who}"),
            "href": with_query(sheet.here, profile=None if who == WALKERS[0] else who),
            "is_now": who == now,
        }
        for who in WALKERS
    ]


def way_out_of(sheet: Sheet, hazard: str) -> str:
    """The address of «¿Adónde voy?» with hazard, place and who walks filled in."""
    lon, lat = sheet.document["point"]
    asked = {"hazard": hazard, "at": f"{lat:.5f}/{lon:.5f}"}
    if sheet.document["profile"] != WALKERS[0]:
        asked["profile"] = sheet.document["profile"]
    if sheet.lang != "es":
        asked["lang"] = sheet.lang
    return f"{sheet.links.base}/adonde-voy?{urlencode(asked, safe='/')}"


def whom_to_ask(sheet: Sheet) -> list[dict[str, Any]]:
    """The units that answer: for initiatives here, and for the data of the page."""
    told = sheet.document
    found: dict[str, tuple[list[str], list[str]]] = {}
    for one in [*([told["initiative"]] if "initiative" in told else []), *told["planned"]]:
        if one["responsible_unit"] and not one["over"]:
            found.setdefault(one["responsible_unit"], ([], []))[0].append(one["title"])
    for source in told["sources"].values():
        found.setdefault(source["custodian"], ([], []))[1].append(source["layer"].lower())
    return [
        {
            "unit": unit,
            "lines": [
                *([sheet.say("place.ask_initiatives", names="; ".join(plan))] if plan else []),
                *([sheet.say("place.ask_layer", names=", ".join(data))] if data else []),
            ],
        }
        for unit, (plan, data) in found.items()
    ]
