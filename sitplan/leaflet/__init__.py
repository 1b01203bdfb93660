"""The page of a folium map, whole in itself: Leaflet, looks, legend and sources written in.

`leaflet.js` and `leaflet.css` are those of the npm package leaflet 1.9.4 (BSD 2-Clause,
`LICENSE`), byte by byte. folium would link them from a content network, and jQuery, Bootstrap
and two sets of icons besides: these are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import folium
from branca.element import Element

from sitplan.layer import Layer
from sitplan.legend import legend_entries
from sitplan.marks import ink_of
from sitplan.words import say

VERSION = "1.9.4"


def dress(
    drawn: folium.Map,
    *,
    height: int,
    colours: Mapping[str, str],
    legends: Iterable[str],
    sources: Iterable[str],
    illustrative: bool,
    lang: str,
) -> None:
    """Make the map's page whole: no address in it is asked for.

    Parameters
    ----------
    drawn
        Just made; what is added to it later stands above.
    height
        Of the map in a notebook, in pixels.
    colours
        Of the theme, by name.
    legends
        HTML of each layer's legend, as `legend_of` gives it.
    sources
        Told in the corner of the map.
    illustrative
        Whether to say that data are drawn for the demonstration.
    """
    drawn.default_js, drawn.default_css = [], []
    figure: Any = drawn.get_root()
    figure.height = f"{height}px"
    tones = {"text": "#2E2A26", "land": "#F3EEE4"} | dict(colours)
    looks = re.sub(r"url\(images/[^)]*\)", "none", _asset("leaflet.css")) + _asset("looks.css")
    looks += f":root {{--text: {tones['text']}; --ground: {tones['land']}}}"
    code = re.sub(r"//# sourceMappingURL=\S+", "", _asset("leaflet.js")).replace("</", "<\\/")
    figure.header.add_child(_Verbatim(f"<style>{looks}</style>"), name="looks")
    figure.header.add_child(_Verbatim(f"<script>{code}</script>"), name="leaflet")
    body = "".join(legends)
    if illustrative:
        body = f'<p class="drawn">{escape(say("drawing.illustrative", lang))}</p>{body}'
    if body:
        title = escape(say("drawing.legend", lang))
        aside = f'<aside class="legend" aria-label="{title}">{body}</aside>'
        figure.html.add_child(_Verbatim(aside), name="legend")
    said = json.dumps(["Leaflet", *sorted(map(escape, sources))]).replace("<", "\\u003c")
    name = drawn.get_name()
    control = f"{name}.attributionControl"
    drawn.add_child(
        _Script(
            f"{control}.setPrefix(false); {said}.forEach(one => {control}.addAttribution(one));"
            f" L.control.scale({{imperial: false}}).addTo({name});"
        )
    )


def legend_of(
    layer: Layer, parts: list[Mapping[str, Any]], colours: Mapping[str, str], lang: str
) -> str:
    """A layer's legend as HTML: its title and one line a sign."""
    entries = legend_entries(layer, parts, lang)
    return section(layer.title[lang], [(e["symbol"], e["title"]) for e in entries], colours)


def section(
    title: str, entries: Iterable[tuple[Mapping[str, Any], str]], colours: Mapping[str, str]
) -> str:
    """A legend of signs and what each means, as HTML."""
    rows = "".join(f"<li>{_swatch(sign, colours)}{escape(told)}</li>" for sign, told in entries)
    return f"<section><b>{escape(title)}</b><ul>{rows}</ul></section>"


def _swatch(symbol: Mapping[str, Any], colours: Mapping[str, str]) -> str:
    """A legend's sign as SVG of 22 by 14 px."""
    ink = symbol.get("color")
    if symbol.get("hatch") and not ink:
        ink = ink_of(symbol["hatch"], colours) + "59"
    edge = symbol.get("line") or "none"
    if symbol["type"] == "fill":
        body = f'<rect x="1" y="1" width="20" height="12" fill="{ink}" stroke="{edge}"/>'
    elif symbol["type"] == "line":
        wide = min(float(symbol.get("width") or 1), 8)
        dash = " ".join(f"{part * wide:.1f}" for part in symbol.get("dash") or ())
        strokes = [(edge, wide + 2, "")] if edge != "none" else []
        strokes.append((ink or "none", wide, dash))
        body = "".join(
            f'<path d="M1 7h20" stroke="{tone}" stroke-width="{width}" stroke-dasharray="{gaps}"/>'
            for tone, width, gaps in strokes
        )
    else:
        ink = ink_of(symbol["icon"], colours) if symbol.get("icon") else ink
        body = f'<circle cx="11" cy="7" r="5" fill="{ink}" stroke="{edge}"/>'
    return f'<svg width="22" height="14" aria-hidden="true">{body}</svg>'


@cache
def _asset(name: str) -> str:
    return (files("sitplan") / "leaflet" / name).read_text(encoding="utf-8")


class _Verbatim(Element):  # type: ignore[misc, unused-ignore]
    """HTML that is no template: braces in it stay as they are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class _Script(_Verbatim):
    """A script that runs when the map is made."""

    def render(self, **_: Any) -> str:
        figure: Any = self.get_root()
        figure.script.add_child(_Verbatim(self._text), name=self.get_name())
        return ""
