"""A MapLibre style as Leaflet draws it: path options of one feature. Pure.

Leaflet has neither hatches nor icons of a sprite here: a hatch becomes a plain tint, an icon a
disc, each in the colour of its sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sitplan.expression import evaluate
from sitplan.style import order_of

_INKS = {
    "hatch-hazard": "hazard", "hatch-safe": "evacuation", "hatch-settlement": "settlement",
    "arrow-evacuation": "evacuation", "pictogram-meeting": "evacuation",
    "pictogram-critical": "hazard", "pin-": "initiative", "maki-": "facility",
}  # fmt: skip
"""Begin of an image's name → colour of its sign, where Leaflet draws a disc instead."""
PLAIN = "#0072B2"


def marks(
    parts: Sequence[Mapping[str, Any]],
    properties: Mapping[str, Any],
    kind: str,
    *,
    zoom: float,
    colours: Mapping[str, str],
) -> list[tuple[float, dict[str, Any]]]:
    """How Leaflet draws one feature: place in the order, path options.

    An area is one path with fill and outline; a line one path for each of its strokes (casing,
    then fill); a point one disc. Leaflet shows at every zoom what the web map shows at some:
    `zoom` chooses widths alone.
    """

    def value(part: Mapping[str, Any], where: str, name: str, default: Any) -> Any:
        node = (part.get(where) or {}).get(name)
        given = evaluate(node, properties, zoom=zoom, geometry=kind)
        return default if given is None else given

    area: dict[str, Any] = {}
    found: list[tuple[float, dict[str, Any]]] = []
    first = 0.0
    for part in parts:
        test = part.get("filter")
        if test is not None and not evaluate(test, properties, zoom=zoom, geometry=kind):
            continue
        order = order_of(part)
        match part["type"], kind:
            case "fill", "Polygon":
                image = value(part, "paint", "fill-pattern", "")
                ink = ink_of(image, colours) if image else value(part, "paint", "fill-color", PLAIN)
                opacity = value(part, "paint", "fill-opacity", 1)
                area |= {"fill": True, "fillColor": ink, "stroke": area.get("stroke", False)}
                area["fillOpacity"] = opacity * 0.35 if image else opacity
                first = first or order
            case "line", "Polygon" | "LineString":
                dash = value(part, "paint", "line-dasharray", None)
                width = value(part, "paint", "line-width", 1)
                options = {
                    "stroke": True, "color": value(part, "paint", "line-color", PLAIN),
                    "weight": round(width, 2), "opacity": value(part, "paint", "line-opacity", 1),
                    "dashArray": " ".join(f"{d * width:.1f}" for d in dash) if dash else None,
                    "lineCap": value(part, "layout", "line-cap", "butt"),
                }  # fmt: skip
                if kind == "Polygon":
                    area = {"fill": False} | area | options
                    first = first or order
                else:
                    found.append((order, {"fill": False} | options))
            case "circle", "Point":
                ink = value(part, "paint", "circle-color", PLAIN)
                edge = value(part, "paint", "circle-stroke-color", ink)
                radius = value(part, "paint", "circle-radius", 5)
                found = [(order, _disc(ink, edge, radius))]
            case "symbol", "Point":
                image = value(part, "layout", "icon-image", "")
                if image:
                    found = [
                        (order, _disc(ink_of(image, colours), colours.get("gap", "#FFFFFF"), 7))
                    ]
    return [(first, area)] if area else found


def _disc(ink: str, edge: str, radius: float) -> dict[str, Any]:
    return {
        "stroke": True, "color": edge, "weight": 1.5, "opacity": 1,
        "fill": True, "fillColor": ink, "fillOpacity": 1, "radius": round(radius, 1),
    }  # fmt: skip


def ink_of(image: str, colours: Mapping[str, str]) -> str:
    """The colour of an image's sign."""
    name = next((ink for start, ink in _INKS.items() if image.startswith(start)), "accent")
    return colours.get(name, PLAIN)
