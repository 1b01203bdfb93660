"""What is told of a place: what is coming, green areas, ways out of hazards; as plain values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sitplan.addresses import fold
from sitplan.analysis.method import relief_note
from sitplan.places import Ground, Place, kind_of, located, plain, row_of, titled
from sitplan.words import say

if TYPE_CHECKING:
    from sitplan.analysis.afoot import Escape, WayOut
    from sitplan.crossings import Corner

NEAR_M: Final = 500.0
"""What lies so near, as the crow flies, is told as near."""
WALK_M: Final = 10_000.0
"""A way on foot that is longer is not told: nobody takes it."""
AT_M: Final = 25.0
"""A point so near a crossing is at it; farther away, up to `AROUND_M`, it is near it."""
AROUND_M: Final = 150.0
_OVER: Final = ("terminada", "desistida")
_TOLD: Final = (
    *("status", "stage", "theme", "kind", "responsible_unit", "executing_unit", "funding_sources"),
    *("cost_clp", "planned_start", "planned_end", "actual_start", "actual_end", "status_date"),
    *("physical_progress_pct", "beneficiaries", "place_hint"),
)


def document(ground: Ground, place: Place, *, lang: str) -> dict[str, Any]:
    """All that is told of a place, as plain values; names of codes in the language."""
    point = place.point
    inside = _inside(ground, place)
    told: dict[str, Any] = {
        "layer": place.layer.name if place.layer else None,
        "code": place.code,
        "id": str(place.row["id"]) if place.layer else None,
        "title": title_of(ground, place, lang),
        "crossing": _crossing(ground, place),
        "kind": kind_of(place, lang),
        "properties": _public(place),
        "on": ground.on.isoformat(),
        "profile": ground.profile,
        "point": _degrees(ground, point),
        "bbox": _bbox(ground, place),
        "within": inside,
        "near_m": NEAR_M,
        "planned": [],
        "unplaced": [],
        "green": None,
        "evacuation": [],
        "relief": None,
        "relief_told": "",
    }
    initiatives = ground.frames.get("initiatives")
    if place.layer and place.layer.name == "initiatives":
        told["initiative"] = _initiative(ground, place.row, lang)
    if initiatives is not None:
        told["planned"] = _planned(ground, place, lang)
        told["unplaced"] = _unplaced(ground, place, inside, lang)
    if point is not None:
        told["relief"] = ground.relief
        told["relief_told"] = relief_note(ground.relief).told(lang)
        told["green"] = _green(ground, place, point, lang)
        told["evacuation"] = [
            _way(ground, hazard, escape, place, point, lang)
            for hazard, escape in ground.escapes.items()
        ]
    return told


def title_of(ground: Ground, place: Place, lang: str) -> str:
    """What a place is called: its name; of a point, the crossing there or near, or degrees."""
    if place.layer is not None:
        return str(place.row.get("name") or place.code)
    corner = _corner(ground, place)
    if corner is not None:
        crossing = say("found.crossing", lang, first=corner.first, second=corner.second)
        if corner.metres <= AT_M:
            return crossing
        return say("pages.place.near_crossing", lang, crossing=crossing)
    lon, lat = _degrees(ground, place.point) or (math.nan, math.nan)
    return say("pages.place.point", lang, lat=f"{lat:.5f}", lon=f"{lon:.5f}")


def _corner(ground: Ground, place: Place) -> Corner | None:
    """The crossing that a bare point is at or near."""
    if place.layer is not None or ground.streets is None or place.point is None:
        return None
    return ground.streets.corner((place.point.x, place.point.y), within_m=AROUND_M)


def _crossing(ground: Ground, place: Place) -> dict[str, Any] | None:
    corner = _corner(ground, place)
    if corner is None:
        return None
    return {"first": corner.first, "second": corner.second, "metres": round(corner.metres)}


def _degrees(ground: Ground, point: Any) -> list[float] | None:
    if point is None:
        return None
    from pyproj import Transformer

    storage = ground.catalogue.territory.storage_crs
    carry = Transformer.from_crs(storage, 4326, always_xy=True).transform
    return [round(v, 6) for v in carry(point.x, point.y)]


def _bbox(ground: Ground, place: Place) -> list[float] | None:
    if place.shape is None:
        return None
    import shapely

    box = shapely.box(*place.shape.bounds)
    corners = [_degrees(ground, shapely.Point(c)) for c in shapely.get_coordinates(box)[:4]]
    xs, ys = zip(*(c for c in corners if c), strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


def _inside(ground: Ground, place: Place) -> list[dict[str, Any]]:
    """The neighbourhoods that the place lies in."""
    frame, point = ground.frames.get("neighbourhoods"), place.point
    if frame is None or point is None or (place.layer and place.layer.name == "neighbourhoods"):
        return []
    held = frame[frame.geometry.intersects(point)].sort_index()
    return [{"layer": "neighbourhoods", "code": c, "title": plain(n)}
            for c, n in zip(held.index, held["name"], strict=True)]  # fmt: skip


def _initiative(ground: Ground, row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    layer = ground.catalogue.layer("initiatives")
    found: dict[str, Any] = {"code": row["code"], "title": row.get("name") or row["code"]}
    for name in _TOLD:
        found[name] = row.get(name)
        if (field := layer.field(name)) and field.codes:
            found[f"{name}_title"] = titled(layer, name, row.get(name), lang)
    return {**found, "invented": bool(row.get("invented")), "over": row.get("status") in _OVER}


def _planned(ground: Ground, place: Place, lang: str) -> list[dict[str, Any]]:
    """Initiatives with a place here or near, the nearest first; those that are over come last."""
    import shapely

    sites = ground.frames.get("project_locations")
    if sites is None or place.shape is None:
        return []
    sites = located(sites)
    away = shapely.distance(sites.geometry.to_numpy(), place.shape)
    found: dict[str, dict[str, Any]] = {}
    own = place.code if place.layer and place.layer.name == "initiatives" else None
    plan = ground.frames["initiatives"]
    for n in away.argsort(kind="stable"):
        site = sites.iloc[int(n)]
        code = site["initiative"]
        if away[n] > NEAR_M or code in found or code == own or code not in plan.index:
            continue
        found[code] = {
            **_initiative(ground, row_of(plan.loc[code]), lang),
            "metres": round(float(away[n])),
            "site": plain(site["name"]),
        }
    return sorted(found.values(), key=lambda one: (one["over"], one["metres"], one["code"]))


def _unplaced(
    ground: Ground, place: Place, inside: list[dict[str, Any]], lang: str
) -> list[dict[str, Any]]:
    """Initiatives without a place on the map whose text names this one, or where it lies."""
    plan, sites = ground.frames["initiatives"], ground.frames.get("project_locations")
    placed = set() if sites is None else set(located(sites)["initiative"])
    names = [place.row.get("name") if place.layer and place.layer.name != "initiatives" else None]
    names += [one["title"] for one in inside]
    wanted = [fold(str(one)) for one in names if one]
    found = []
    for code, row in plan.sort_index().iterrows():
        if code not in placed and any(_names(row, one) for one in wanted):
            found.append(_initiative(ground, row_of(row), lang))
    return found


def _names(row: Any, place: str) -> bool:
    """Whether an initiative names the place: as its hint, or, of several words, in its name.

    A name of one word, as «Centro», is a common word in the name of a project.
    """
    hints = re.split(r"[,;/()]| y ", str(plain(row["place_hint"]) or ""))
    if place in {fold(one) for one in hints}:
        return True
    return " " in place and f" {place} " in f" {fold(str(plain(row['name']) or ''))} "


def _green(ground: Ground, place: Place, point: Any, lang: str) -> dict[str, Any] | None:
    """The green area nearest on foot, else as the crow flies; and how much of it lies inside."""
    import shapely

    from sitplan.analysis.afoot import nearest_straight

    if ground.green is None:
        return None
    areas, found = ground.green.areas, ground.green.nearest(point)
    by = "network"
    if found is None or found[1] > WALK_M:
        straight = nearest_straight(areas, point)
        if straight is None:
            return None
        found, by = (*straight, math.nan), "straight"
    label, metres, minutes = found
    row = row_of(areas.loc[label])
    layer = ground.catalogue.layer("green_areas")
    inside = None
    is_green = place.layer is not None and place.layer.name == "green_areas"
    if place.shape is not None and place.shape.area > 0 and not is_green:
        within = shapely.intersection(areas.geometry.to_numpy(), place.shape)
        inside = round(float(shapely.area(within).sum()))
    return {
        "code": row["code"],
        "title": row.get("name") or titled(layer, "kind", row.get("kind"), lang),
        "kind": titled(layer, "kind", row.get("kind"), lang),
        "metres": round(metres),
        "minutes": None if math.isnan(minutes) else math.ceil(minutes),
        "measured": by,
        "inside_m2": inside,
    }


def _way(
    ground: Ground, hazard: str, escape: Escape, place: Place, point: Any, lang: str
) -> dict[str, Any]:
    """The way out of one hazard."""
    import shapely

    zones = ground.catalogue.layer("hazard_zones")
    dangers = escape.under.zones.geometry.to_numpy()
    whole = shapely.area(place.shape)  # none of a point or a street
    share = None
    if whole and len(dangers):
        danger = shapely.union_all(dangers)
        share = round(100 * shapely.area(shapely.intersection(place.shape, danger)) / whole)
    level = escape.level(point)
    told: dict[str, Any] = {
        "hazard": hazard,
        "title": titled(zones, "hazard", hazard, lang),
        "has_zones": bool(len(escape.under.zones)),
        "level": level or None,
        "level_title": titled(zones, "level", level, lang) if level else None,
        "share_pct": share,
        "touches": bool(shapely.intersects(dangers, place.shape).any()),
        "there": None,
        "goal": None,
    }
    is_at = escape.goal_at(point) if place.shape == point else None
    if is_at is not None:
        told["there"] = _exit(escape, is_at)
        return told
    way = escape.way(point)
    if way is None or way.metres > WALK_M:
        return told
    told |= {
        "goal": _exit(escape, way.goal),
        "metres": round(way.metres),
        "minutes": max(math.ceil(way.minutes), 1),
        "wind": way.wind,
        "streets": _streets(ground, way),
    }
    return told


def _exit(escape: Escape, goal: int) -> dict[str, Any]:
    row = escape.exits.iloc[goal]
    return {"layer": row["kind"], "code": row["exit"], "title": plain(row["name"])}


def _streets(ground: Ground, way: WayOut) -> list[dict[str, Any]]:
    """The named streets of a way, in order, with metres and direction; short pieces left out."""
    roads = ground.frames["roads"]
    found: list[dict[str, Any]] = []
    for leg in way.legs:
        name = plain(roads["name"].get(leg.road))
        if found and found[-1]["name"] == name:
            found[-1]["metres"] += leg.metres
        else:
            found.append({"name": name, "metres": leg.metres, "wind": leg.wind})
    return [one | {"metres": round(one["metres"])} for one in found if one["metres"] >= 5]


def _public(place: Place) -> dict[str, Any]:
    """The fields of the place's feature, as its collection tells them."""
    if place.layer is None:
        return {}
    names = [field.name for field in place.layer.public_fields]
    return {name: place.row.get(name) for name in names}
