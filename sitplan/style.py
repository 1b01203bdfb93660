"""style.json of each layer and a palette → one MapLibre style. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from sitplan.errors import NotFound, WrongDeclaration
from sitplan.layer import Layer

THEMES = ("day", "dark", "print")
SOURCE = "sitplan"
RELIEF = "relief"
CAPITAL = "capital"
TILES_MAX_ZOOM = 15
"""Deepest tiles that are asked for; the map draws deeper zooms from them."""

# For a layer without style.json: apart in hue and lightness (Okabe and Ito, 2008).
_FALLBACK = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_POINT = ["==", ["geometry-type"], "Point"]
# Its cells are large: from near it only tints.
_FROM_NEAR = ["interpolate", ["linear"], ["zoom"], 8, 0, 10, 1, 14, 1, 17, 0.4]
_RELIEF = {
    "id": RELIEF,
    "type": "raster",
    "source": RELIEF,
    "metadata": {"order": 10},
    "paint": {"raster-opacity": _FROM_NEAR, "raster-fade-duration": 0},
}
# Beside the town as large as it is drawn, until neighbourhoods have room for their names.
_CAPITAL = {
    "id": f"{CAPITAL}-label",
    "type": "symbol",
    "source": CAPITAL,
    "minzoom": 7,
    "maxzoom": 12,
    "metadata": {"order": 895},
    "layout": {
        "text-field": ["get", "name"],
        "text-font": ["Atkinson"],
        "text-size": 14,
        "text-transform": "uppercase",
        "text-letter-spacing": 0.1,
        "text-variable-anchor": ["bottom", "right", "left", "top", "bottom-left", "bottom-right"],
        "text-radial-offset": ["interpolate", ["linear"], ["zoom"], 9, 1.6, 10, 3.8, 11, 6.5],
        "text-justify": "auto",
    },
    "paint": {"text-color": "@text", "text-halo-color": "@halo", "text-halo-width": 1.8},
}


def palette_of(palette: Mapping[str, Mapping[str, str]], theme: str) -> Mapping[str, str]:
    """The colours of a theme by name.

    Raises
    ------
    NotFound
        ``no_such_style``.
    """
    if theme not in THEMES:
        raise NotFound("no_such_style", name=theme[:60], known=", ".join(THEMES))
    return palette.get(theme) or {}


def map_style(
    layers: Iterable[Layer],
    *,
    colours: Mapping[str, str],
    tiles: str,
    name: str,
    bounds: tuple[float, float, float, float] | None = None,
    view: Mapping[str, Any] | None = None,
    sprite: str | None = None,
    relief: Mapping[str, Any] | None = None,
    capital: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The MapLibre style (version 8) of the whole map.

    Parameters
    ----------
    layers
        Those with a geometry are drawn, in the order of their `metadata.order`.
    colours
        Of one theme, by name: what ``@name`` stands for.
    tiles
        Absolute address of the tiles, with ``{z}``, ``{y}`` (row) and ``{x}`` (column).
    bounds
        West, south, east, north beyond which no tile is asked for; None for the world.
    view
        ``center`` and ``zoom`` to begin with.
    sprite
        Absolute address of the theme's images, without ending; None for maps that draw their own.
    relief
        The source of a picture that lies on the land, under all that stands on it; None for none.
    capital
        ``name`` and ``at`` (longitude, latitude) of the town that is named before all others.

    Raises
    ------
    WrongDeclaration
        If a style names a colour that the palette lacks.
    """
    drawn = [layer for layer in layers if layer.geometry]
    found: list[tuple[float, str, int, dict[str, Any]]] = []
    for layer in drawn:
        for number, part in enumerate(style_layers(layer)):
            whole = _whole_layer(layer, part, colours)
            found.append((order_of(part), layer.name, number, whole))
    if relief:
        found.append((order_of(_RELIEF), RELIEF, 0, _RELIEF))
    if capital:
        named = coloured(_CAPITAL, colours, CAPITAL)
        found.append((order_of(named), CAPITAL, 0, named))
    found.sort(key=lambda one: one[:3])
    source: dict[str, Any] = {
        "type": "vector",
        "tiles": [tiles],
        "minzoom": min((layer.zoom[0] for layer in drawn), default=0),
        "maxzoom": TILES_MAX_ZOOM,
        "promoteId": "id",
    }
    if bounds and not any(layer.geometry and layer.geometry.anywhere for layer in drawn):
        source["bounds"] = list(bounds)
    ground = colours.get("outside") or colours.get("land") or "#FFFFFF"
    style: dict[str, Any] = {
        "version": 8,
        "name": name,
        "metadata": {"sitplan:palette": dict(colours)},
        "sources": {SOURCE: source},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": ground}},
            *(one[3] for one in found),
        ],
    }
    if relief:
        style["sources"][RELIEF] = dict(relief)
    if capital:
        point = {"type": "Point", "coordinates": list(capital["at"])}
        feature = {"type": "Feature", "properties": {"name": capital["name"]}, "geometry": point}
        style["sources"][CAPITAL] = {"type": "geojson", "data": feature}
    if sprite:
        style["sprite"] = sprite
    if view:
        style["center"], style["zoom"] = list(view["center"]), view["zoom"]
    return style


def order_of(part: Mapping[str, Any]) -> float:
    """Where a style layer stands in the drawing order of the whole map."""
    usual = {"fill": 500, "line": 600, "symbol": 800}
    order = (part.get("metadata") or {}).get("order", usual.get(str(part["type"]), 700))
    return float(order)


def wants_label_point(part: Mapping[str, Any]) -> bool:
    """Whether a style layer is drawn at one point of each feature."""
    return bool((part.get("metadata") or {}).get("label_point"))


def label_zoom(layer: Layer) -> float | None:
    """The zoom from which tiles carry a label point of each feature; None for never.

    Points label themselves. MapLibre draws an overzoomed or half-open zoom from the tile of the
    whole zoom below.
    """
    if layer.geometry is None or layer.geometry.type == "Point":
        return None
    asked = [part.get("minzoom", 0) for part in style_layers(layer) if wants_label_point(part)]
    return min(asked, default=None)


def style_layers(layer: Layer) -> tuple[Mapping[str, Any], ...]:
    """The style layers that a layer's folder gives, or plain ones after its geometry."""
    if layer.style or layer.geometry is None:
        return layer.style
    colour = _FALLBACK[blake2b(layer.name.encode()).digest()[0] % len(_FALLBACK)]
    kind = layer.geometry.type
    found: list[Mapping[str, Any]] = []
    if "Polygon" in kind or kind == "Geometry":
        fill = {"fill-color": colour, "fill-opacity": 0.25}
        only = {"filter": ["==", ["geometry-type"], "Polygon"]} if kind == "Geometry" else {}
        found.append(
            {"id": f"{layer.name}-fill", "type": "fill", "paint": fill, **only, **_legend(layer)}
        )
    if "Point" not in kind:
        line = {"line-color": colour, "line-width": 1.5}
        titled = _legend(layer) if "Line" in kind else {}
        found.append({"id": f"{layer.name}-line", "type": "line", "paint": line, **titled})
    if "Point" in kind or kind == "Geometry":
        circle = {
            "circle-color": colour,
            "circle-radius": 5,
            "circle-stroke-color": "#FFFFFF",
            "circle-stroke-width": 1.5,
        }
        titled = _legend(layer) if "Point" in kind else {}
        found.append(
            {
                "id": f"{layer.name}-circle",
                "type": "circle",
                "filter": _POINT,
                "paint": circle,
                **titled,
            }
        )
    return tuple(found)


def _legend(layer: Layer) -> dict[str, Any]:
    return {"metadata": {"legend": dict(layer.title)}}


def _whole_layer(
    layer: Layer, part: Mapping[str, Any], colours: Mapping[str, str]
) -> dict[str, Any]:
    """A style layer with its source, its colours, and its share of the label points."""
    whole: dict[str, Any] = {**coloured(part, colours, layer.name)}
    if part["type"] == "background":
        return whole
    whole["source"] = SOURCE
    whole["source-layer"] = layer.name
    if label_zoom(layer) is None or part["type"] not in ("symbol", "circle"):
        return whole
    assert layer.geometry is not None
    holds_points = layer.geometry.type in ("Geometry", "MultiPoint")
    if wants_label_point(part):
        whole["filter"] = _both(_POINT, whole.get("filter"))
    elif not holds_points:  # or the label point would be drawn once more
        whole["filter"] = _both(["!", _POINT], whole.get("filter"))
    return whole


def _both(one: list[Any], other: Any) -> list[Any]:
    return one if other is None else ["all", one, other]


def coloured(node: Any, colours: Mapping[str, str], name: str) -> Any:
    """The same JSON with every ``@name`` replaced by its colour.

    Raises
    ------
    WrongDeclaration
        If the palette lacks the name.
    """
    if isinstance(node, str) and node.startswith("@"):
        colour = colours.get(node[1:])
        if colour is None:
            raise WrongDeclaration(
                "wrong_declaration",
                path=f"{name}/style.json",
                problem=f"el color «{node}» no está en palette.yaml",
            )
        return colour
    if isinstance(node, Mapping):
        return {key: coloured(value, colours, name) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [coloured(value, colours, name) for value in node]
    return node
