"""The base map by its style: hierarchy of streets, few sizes of text, labels that can be read."""

from __future__ import annotations

from typing import Any

import pytest

from sitplan.catalogue import Catalogue
from sitplan.expression import evaluate
from sitplan.style import THEMES, map_style, palette_of

URL = "http://example.test/api/tiles/WebMercatorQuad/{z}/{y}/{x}"
ZOOMS = range(10, 18)
RANKS = (("motorway", "motorway"), ("primary", "primary"), ("secondary", "secondary"),
         ("residential", "residential"))  # fmt: skip
Layers = list[dict[str, Any]]


def _layers(catalogue: Catalogue, theme: str) -> Layers:
    colours = palette_of(catalogue.palette, theme)
    return map_style(catalogue, colours=colours, tiles=URL, name="x")["layers"]


def _at(layers: Layers, zoom: int) -> Layers:
    return [one for one in layers if one.get("minzoom", 0) <= zoom < one.get("maxzoom", 24)]


def _width(layers: Layers, name: str, road: str, zoom: int) -> float | None:
    found = [one for one in _at(layers, zoom) if one["id"] == name]
    return (
        evaluate(found[0]["paint"]["line-width"], {"class": road}, zoom=zoom, geometry="LineString")
        if found
        else None
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("zoom", ZOOMS)
def test_a_road_has_a_casing_and_the_greater_is_the_wider(
    catalogue: Catalogue, theme: str, zoom: int
) -> None:
    layers, before = _layers(catalogue, theme), float("inf")
    for style, road in RANKS:
        fill = _width(layers, f"roads-{style}", road, zoom)
        if fill is None:
            assert style == "residential" and zoom < 12  # streets come near
            continue
        casing = _width(layers, f"roads-{style}_casing", road, zoom)
        assert casing is not None and fill < casing
        assert casing <= before
        before = casing


def _words_of(node: Any, key: str) -> Any:
    return (node.get("layout") or {}).get(key)


def _numbers(node: Any) -> set[float]:
    if isinstance(node, list):
        return {n for one in node for n in _numbers(one)}
    return {float(node)} if isinstance(node, int | float) and not isinstance(node, bool) else set()


@pytest.mark.parametrize("zoom", ZOOMS)
def test_at_most_three_sizes_of_text_at_a_zoom(catalogue: Catalogue, zoom: int) -> None:
    sizes: set[float] = set()
    for one in _at(_layers(catalogue, "day"), zoom):
        if one["type"] != "symbol" or _words_of(one, "text-field") is None:
            continue
        size = evaluate(_words_of(one, "text-size"), {}, zoom=zoom, geometry="Point")
        assert isinstance(size, int | float), (one["id"], size)
        assert 11 <= size <= 14, one["id"]
        sizes.add(float(size))
    assert sizes and len(sizes) <= 3, sizes


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2: of two opaque colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((light(one), light(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_contrast_is_reckoned_as_the_guideline_does() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert _contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def _colours(node: Any) -> set[str]:
    if isinstance(node, list):
        return {c for one in node for c in _colours(one)}
    return {node} if isinstance(node, str) and node.startswith("#") else set()


@pytest.mark.parametrize("theme", THEMES)
def test_every_label_reads_against_its_halo(catalogue: Catalogue, theme: str) -> None:
    seen = 0
    for one in _layers(catalogue, theme):
        if one["type"] != "symbol" or _words_of(one, "text-field") is None:
            continue
        paint = one["paint"]
        halos = _colours(paint["text-halo-color"])
        assert halos and min(_numbers(paint["text-halo-width"])) >= 1, one["id"]
        for ink in _colours(paint["text-color"]):
            seen += 1
            for halo in halos:
                assert _contrast(ink, halo) >= 4.5, (one["id"], ink, halo)
    assert seen > 8


def test_labels_give_way_to_each_other(catalogue: Catalogue) -> None:
    """No label of the base is drawn over another: none is let off the placing."""
    for one in _layers(catalogue, "day"):
        if one["type"] == "symbol" and _words_of(one, "text-field") is not None:
            assert not _words_of(one, "text-allow-overlap"), one["id"]
            assert not _words_of(one, "text-ignore-placement"), one["id"]
