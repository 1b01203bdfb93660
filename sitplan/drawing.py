"""Frames as a folium map in the colours of the web map, whole in itself.

A frame from `Sitplan.frame` carries its declaration, style and palette as one JSON text in its
`attrs`: copying it costs nothing, and it outlives selections, joins and `to_parquet`.

folium links Leaflet and much else from content networks. Here `sitplan.leaflet` writes Leaflet
into the page and leaves the rest out, so that a notebook and the HTML that it saves ask nobody
for anything. What of folium needs jQuery or Bootstrap (its plugins, `Marker` with an `Icon`)
has to bring them itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log2
from typing import Any

import folium
import numpy as np
import pandas
import shapely
from folium.utilities import JsCode
from geopandas import GeoDataFrame
from pandas import DataFrame

from sitplan.catalogue import Catalogue
from sitplan.crs import LON_LAT
from sitplan.declaring import column_titles
from sitplan.errors import BadRequest, WrongCrs
from sitplan.layer import Field, Layer, layer_from_declaration
from sitplan.leaflet import dress, legend_of
from sitplan.marks import PLAIN, marks
from sitplan.migrate import resolved
from sitplan.shading import shade
from sitplan.style import coloured, order_of, palette_of, style_layers
from sitplan.told import told_fields
from sitplan.words import say, write_number

_KEY = "sitplan"


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a frame remembers of its layer."""

    layer: Layer
    palette: Mapping[str, Mapping[str, str]]
    source: str
    illustrative: bool


def remember(frame: DataFrame, layer: Layer, catalogue: Catalogue) -> None:
    """Write into the frame's `attrs` how its layer is drawn."""
    source = catalogue.source(layer.name)
    said = " · ".join(part for part in (source.publisher or source.title, source.licence) if part)
    frame.attrs["source"] = said  # what an analysis tells of its inputs
    frame.attrs[_KEY] = json.dumps(
        {
            "declaration": resolved(layer, public=True),
            "style": list(layer.style),
            "palette": catalogue.palette,
            "source": said,
            "illustrative": catalogue.illustrative.get(layer.name, layer.illustrative),
        },
        ensure_ascii=False,
        default=str,
    )


def _recall(frame: DataFrame) -> _Carried | None:
    text = frame.attrs.get(_KEY)
    if not isinstance(text, str):
        return None
    facts = json.loads(text)
    layer = layer_from_declaration(facts["declaration"], style=facts["style"])
    return _Carried(layer, facts["palette"], facts["source"], facts["illustrative"])


def draw(
    *frames: GeoDataFrame,
    show: str | None = None,
    theme: str = "day",
    lang: str = "es",
    height: int = 480,
) -> folium.Map:
    """A folium map of the frames, in the colours of the web map.

    Parameters
    ----------
    frames
        From `Sitplan.frame`, or any GeoDataFrame with a CRS: that one is drawn in one colour.
        Where one covers another follows the web map, not the order in which they are given.
        An empty frame has a legend and nothing else.
    show
        A column of numbers, as `publish` takes it: frames that have it are drawn in its classes,
        grey where the number is missing.
    theme
        ``day``, ``dark`` or ``print``.
    lang
        ``es`` or ``en``: titles in tooltips and legend.
    height
        Of the map in a notebook, in pixels.

    Returns
    -------
    folium.Map
        Without a base map and without any outside request; `save` writes one whole HTML file.
        Widths are those of one zoom. Hatches are plain tints and icons are discs of their
        colour: Leaflet has neither.

    Raises
    ------
    BadRequest
        ``nothing_to_draw`` for no frame, or a table without geometry; ``nothing_to_shade`` where
        no frame has the column to show.
    WrongCrs
        ``frame_without_crs``.
    NotFound
        ``no_such_style`` for an unknown theme.
    """
    if not frames or not all(isinstance(one, GeoDataFrame) for one in frames):
        raise BadRequest("nothing_to_draw")
    if any(one.crs is None for one in frames):
        raise WrongCrs("frame_without_crs")
    known = [_recall(one) for one in frames]
    shown = [one.to_crs(LON_LAT) for one in frames]
    bounds = _bounds(shown)
    zoom = _zoom(bounds, height)
    colours = next((palette_of(one.palette, theme) for one in known if one), {})
    found = folium.Map(tiles=None, prefer_canvas=True)
    passes: list[tuple[float, list[dict[str, Any]]]] = []
    legends: list[str] = []
    classes = shade(shown, show) if show is not None else None
    for frame, carried in zip(shown, known, strict=True):
        is_shaded = classes is not None and classes.column in frame.columns
        parts = classes.parts() if classes and is_shaded else _parts(carried, theme)
        passes += _passes(frame, carried, parts, colours=colours, zoom=zoom, lang=lang)
        if classes and is_shaded:
            kind = _kind(frame.geometry.iloc[0]) if len(frame) else "Polygon"
            legends.append(classes.legend(kind, lang))
        elif carried:
            legends.append(legend_of(carried.layer, parts, colours, lang))
    for _, features in sorted(passes, key=lambda one: one[0]):
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            marker=folium.CircleMarker(),
            on_each_feature=_TELL,
        ).add_to(found)
    dress(
        found,
        height=height,
        colours=colours,
        legends=legends,
        sources={one.source for one in known if one and one.source},
        illustrative=any(one.illustrative for one in known if one),
        lang=lang,
    )
    if bounds:
        west, south, east, north = bounds
        found.fit_bounds([[south, west], [north, east]])
    return found


_TELL = JsCode(
    "function (feature, layer) {"
    " if (feature.properties.told) layer.bindTooltip(feature.properties.told, {sticky: true}); }"
)


def _bounds(frames: Sequence[GeoDataFrame]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all frames; None where all are empty."""
    corners = np.array([one.total_bounds for one in frames if not one.geometry.isna().all()])
    if not len(corners):
        return None
    west, south = corners[:, :2].min(axis=0).tolist()
    east, north = corners[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _zoom(bounds: tuple[float, float, float, float] | None, height: int) -> float:
    """The zoom whose widths suit what is shown, as if the map were 800 px wide."""
    if bounds is None:
        return 14
    west, south, east, north = bounds
    wide = 800 / 256 * 360 / max(east - west, 1e-6)
    high = height / 256 * 170 / max(north - south, 1e-6)
    return min(max(log2(min(wide, high)), 10), 17)


def _parts(carried: _Carried | None, theme: str) -> list[Mapping[str, Any]]:
    """The layer's style in the theme's colours, lowest first."""
    if carried is None:
        line = {"line-color": PLAIN, "line-width": 2}
        return [
            {"type": "fill", "paint": {"fill-color": PLAIN, "fill-opacity": 0.25}},
            {"type": "line", "paint": line},
            {"type": "circle", "paint": {"circle-color": PLAIN, "circle-radius": 5}},
        ]
    layer = carried.layer
    colours = palette_of(carried.palette, theme)
    return sorted(coloured(list(style_layers(layer)), colours, layer.name), key=order_of)


def _passes(
    frame: GeoDataFrame,
    carried: _Carried | None,
    parts: Sequence[Mapping[str, Any]],
    *,
    colours: Mapping[str, str],
    zoom: float,
    lang: str,
) -> list[tuple[float, list[dict[str, Any]]]]:
    """GeoJSON features with their Leaflet options, by the place where they are drawn."""
    found: dict[float, list[dict[str, Any]]] = {}
    columns = [c for c in frame.columns if c != frame.geometry.name]
    fields = {f.name: f for f in told_fields(carried.layer)} if carried else {}
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda points: np.round(points, 6))
    for shape, values in zip(shapes, frame[columns].itertuples(index=False), strict=True):
        if shape is None or shape.is_empty:
            continue
        row = {name: _plain(v) for name, v in zip(columns, values, strict=True)}
        tile = {k: _flat(fields.get(k), v) for k, v in row.items()}
        told = _told(row, carried, fields, lang)
        geometry = json.loads(shapely.to_geojson(shape))
        for order, options in marks(parts, tile, _kind(shape), zoom=zoom, colours=colours):
            properties = {"style": options, "told": told}
            one = {"type": "Feature", "geometry": geometry, "properties": properties}
            found.setdefault(order, []).append(one)
    return list(found.items())


def _kind(shape: Any) -> str:
    """``Point``, ``LineString`` or ``Polygon``: what the style calls it."""
    dimension = int(shapely.get_dimensions(shape))
    return ("Point", "LineString", "Polygon")[max(dimension, 0)]


def _plain(value: Any) -> Any:
    """A cell as Python has it; None for what is missing."""
    if isinstance(value, list | tuple | np.ndarray):
        return list(value)
    if pandas.isna(value):
        return None
    if isinstance(value, pandas.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _flat(field: Field | None, value: Any) -> Any:
    """A value as tiles carry it: an array is one text."""
    return (field.flat if field else ";").join(value) if isinstance(value, list) else value


def _told(
    row: Mapping[str, Any], carried: _Carried | None, fields: Mapping[str, Field], lang: str
) -> str:
    """The tooltip: its label, then every field with a value under its title.

    Columns that the layer does not declare, an analyst's own, come last, under their names where
    the words have none for them.
    """
    layer = carried.layer if carried else None
    label = row.get(layer.label) if layer and layer.label else None
    told = {f.name for f in layer.public_fields} if layer else set()
    own = [name for name in row if name not in fields and name not in ("id", "geometry")]
    lines = [
        (fields[name].title[lang], _said(fields[name], row[name], lang))
        for name in [n for n in fields if n in told and n in row and row[n] is not None]
        if layer is None or name != layer.label
    ]
    lines += [
        (column_titles(name)[lang], _said(None, row[name], lang))
        for name in own
        if row[name] is not None
    ]
    title = label or row.get("code") or ""
    kind = layer.title[lang] if layer else ""
    body = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in lines)
    return f"<b>{escape(str(title))}</b> <i>{escape(kind)}</i><table>{body}</table>"


def _said(field: Field | None, value: Any, lang: str) -> str:
    """A value for people: titles of codes, numbers with their unit."""
    if isinstance(value, list):
        return ", ".join(_said(field, one, lang) for one in value)
    if isinstance(value, bool):
        return say(f"drawing.{'yes' if value else 'no'}", lang)
    if field is not None and str(value) in field.codes:
        return field.codes[str(value)][lang]
    if isinstance(value, int | float):
        text = write_number(value, lang, digits=2)
        if isinstance(value, float):
            text = text.rstrip("0").rstrip(",.")
        unit = field.unit if field else None
        return f"{text} {unit.replace('m2', 'm²')}" if unit else text
    return str(value)
