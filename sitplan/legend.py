"""What the map's signs mean, read from the styles that draw them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sitplan.catalogue import Catalogue
from sitplan.expression import codes_tested, evaluate
from sitplan.layer import Layer
from sitplan.style import coloured, order_of, palette_of, style_layers
from sitplan.words import say

GROUPS = (
    "base",
    "people",
    "environment",
    "risk",
    "plan",
    "services",
    "regulation",
    "results",
    "other",
)
_ZOOM = 15.0
_DRAWN_AS = {"fill": "Polygon", "line": "LineString", "circle": "Point", "symbol": "Point"}


def legend(
    catalogue: Catalogue, *, theme: str, lang: str, counts: Mapping[str, int]
) -> dict[str, Any]:
    """The territory and its drawn layers, grouped, with the signs of each.

    Parameters
    ----------
    theme, lang
        Which colours, which words.
    counts
        Features in force of each layer; 0 where none is given.
    """
    territory = catalogue.territory
    colours = palette_of(catalogue.palette, theme)
    groups: dict[str, list[dict[str, Any]]] = {}
    for layer in catalogue:
        if layer.geometry is None:
            continue
        known = layer.group if layer.group in GROUPS else "other"
        groups.setdefault(known, []).append(
            _layer(layer, catalogue, colours, lang, counts.get(layer.name, 0))
        )
    return {
        "territory": {
            "name": territory.name[lang],
            "kind": (territory.facts.get("kind") or territory.name)[lang],
            "bounds": list(territory.bounds),
            "view": territory.facts.get("view"),
            "time_zone": territory.time_zone,
            "illustrative": any(catalogue.illustrative.values()),
            "revision": max(catalogue.revisions.values(), default=0),
            "heights": catalogue.heights_now(),
        },
        "groups": [
            {"name": name, "title": say(f"groups.{name}", lang), "layers": groups[name]}
            for name in GROUPS
            if name in groups
        ],
    }


def _layer(
    layer: Layer, catalogue: Catalogue, colours: Mapping[str, str], lang: str, count: int
) -> dict[str, Any]:
    assert layer.geometry is not None
    parts: list[Mapping[str, Any]] = coloured(list(style_layers(layer)), colours, layer.name)
    return {
        "name": layer.name,
        "title": layer.title[lang],
        "description": layer.description[lang],
        "count": count,
        "shown": layer.shown,
        "illustrative": catalogue.illustrative.get(layer.name, layer.illustrative),
        "custodian": layer.custodian,
        "source": asdict(catalogue.source(layer.name)),
        "geometry": layer.geometry.type,
        "zoom": list(layer.zoom),
        "label": layer.label,
        "style_layers": [part["id"] for part in parts],
        "entries": legend_entries(layer, parts, lang),
    }


def legend_entries(layer: Layer, parts: list[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """One entry for each meaning that the layer's (coloured) style layers declare.

    Each tells which of them draws it and, where a field tells features apart, by which code: a
    map's own legend can then hold what it shows and nothing else.
    """
    entries: list[dict[str, Any]] = []
    for part in sorted(parts, key=order_of):
        meant = (part.get("metadata") or {}).get("legend")
        if isinstance(meant, Mapping):
            entries.append(_entry(meant[lang], part, parts, {}))
        elif isinstance(meant, str):
            field = layer.field(meant)
            tested = codes_tested([part.get("paint"), part.get("layout")], meant)
            entries += [
                _entry(title[lang], part, parts, {meant: code})
                for code, title in (field.codes.items() if field else ())
                if code in tested
            ]
    if not entries and parts:
        entries.append(_entry(layer.title[lang], parts[0], parts, {}))
    return entries


def _entry(
    title: str, part: Mapping[str, Any], parts: list[Mapping[str, Any]], where: dict[str, Any]
) -> dict[str, Any]:
    symbol = _symbol(part, parts, where)
    return {"title": title, "symbol": symbol, "style_layer": part["id"], "where": where}


def _symbol(
    part: Mapping[str, Any], parts: list[Mapping[str, Any]], properties: Mapping[str, Any]
) -> dict[str, Any]:
    """How one style layer draws a feature, in the few words that a legend needs."""

    def value(of: Mapping[str, Any], name: str) -> Any:
        where = of.get("paint") or {} if name.split("-")[0] != "icon" else of.get("layout") or {}
        return evaluate(where.get(name), properties, zoom=_ZOOM, geometry=_DRAWN_AS[of["type"]])

    def tinted(of: Mapping[str, Any]) -> Any:
        opacity = value(of, f"{of['type']}-opacity")
        return _with_opacity(value(of, f"{of['type']}-color"), opacity)

    symbol: dict[str, Any]
    match part["type"]:
        case "fill":
            hatch = value(part, "fill-pattern")
            under = _beside(part, parts, "fill") if hatch else None
            edge = _beside(part, parts, "line")
            symbol = {
                "type": "fill",
                "color": tinted(under) if under else None if hatch else tinted(part),
                "line": value(edge, "line-color") if edge else value(part, "fill-outline-color"),
                "hatch": hatch,
            }
        case "line":
            width = value(part, "line-width") or 1
            casing = next(
                (
                    other
                    for other in parts
                    if other["type"] == "line"
                    and other.get("filter") == part.get("filter")
                    and order_of(other) < order_of(part)
                    and (value(other, "line-width") or 1) > width
                ),
                None,
            )
            symbol = {
                "type": "line",
                "color": tinted(part),
                "line": value(casing, "line-color") if casing else None,
                "width": round(width, 2),
                "dash": value(part, "line-dasharray"),
            }
        case "circle":
            symbol = {
                "type": "circle",
                "color": tinted(part),
                "line": value(part, "circle-stroke-color"),
                "width": value(part, "circle-radius"),
            }
        case _:
            colour = (part.get("paint") or {}).get("text-color")
            symbol = {
                "type": "icon",
                "icon": value(part, "icon-image"),
                "color": evaluate(colour, properties, zoom=_ZOOM, geometry="Point"),
            }
    return {key: one for key, one in symbol.items() if one is not None}


def _beside(
    part: Mapping[str, Any], parts: list[Mapping[str, Any]], kind: str
) -> Mapping[str, Any] | None:
    """Another style layer of that kind that draws the same features and means nothing else."""
    for other in parts:
        meant = (other.get("metadata") or {}).get("legend")
        same = other.get("filter") in (None, part.get("filter"))
        if other is not part and other["type"] == kind and meant is None and same:
            return other
    return None


def _with_opacity(colour: Any, opacity: Any) -> Any:
    """A ``#RRGGBB`` colour with its opacity as a fourth pair of digits."""
    if isinstance(colour, str) and len(colour) == 7 and isinstance(opacity, int | float):
        return colour if opacity >= 1 else f"{colour}{round(max(opacity, 0) * 255):02X}"
    return colour
