"""The base map by its style: hierarchy of streets, few sizes of text, labels that can be read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sitplan.catalogue import Catalogue
from sitplan.expression import evaluate
from sitplan.style import THEMES, map_style, palette_of

URL = "http://example.test/api/tiles/WebMercatorQuad/{z}/{y}/{x}"
ZOOMS = range(10, 18)
RANKS = (("motorway", "motorway"), ("primary", "primary"), ("secondary", "secondary"),
         ("residential", "residential"))  # fmt: skip
HIERARCHY = ("motorway", "primary", "secondary", "tertiary", "unclassified", "residential",
             "pedestrian", "service")  # fmt: skip
Layers = list[dict[str, Any]]


def _layers(catalogue: Catalogue, theme: str) -> Layers:
    colours = palette_of(catalogue.palette, theme)
    capital = catalogue.territory.facts["capital"]
    return map_style(catalogue, colours=colours, tiles=URL, name="x", capital=capital)["layers"]


def _at(layers: Layers, zoom: float) -> Layers:
    return [one for one in layers if one.get("minzoom", 0) <= zoom < one.get("maxzoom", 24)]


def _width(layers: Layers, name: str, road: str, zoom: float) -> float | None:
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


def _order(one: dict[str, Any]) -> float:
    return float((one.get("metadata") or {}).get("order", -1))


def test_every_class_of_road_is_drawn_once_and_none_wider_than_a_greater(
    catalogue: Catalogue,
) -> None:
    """From motorway to service road, links beside what they lead to; bridges come above all."""
    classes = catalogue.layer("roads").field("class").codes
    drawn = [one for one in _layers(catalogue, "day") if one["id"].startswith("roads-")]
    lines = [one for one in drawn if one["type"] == "line" and "bridge" not in one["id"]]
    casings = {one["id"] for one in lines if one["id"].endswith("_casing")}
    fills = [one for one in lines if one["id"] not in casings]
    of: dict[str, str] = {}
    for road in classes:
        asked = {"class": road}
        found = [o["id"] for o in fills if evaluate(o["filter"], asked, zoom=17, geometry="x")]
        assert len(found) == 1, (road, found)
        of[road] = found[0]
    for zoom in (z / 4 for z in range(4 * ZOOMS.start, 4 * ZOOMS.stop)):
        for greater, lesser in pairwise(HIERARCHY):
            upper, lower = (_width(drawn, of[r], r, zoom) for r in (greater, lesser))
            assert lower is None or (upper is not None and lower <= upper), (zoom, lesser)
    assert max(_order(o) for o in lines if o["id"] in casings) < min(
        _order(o) for o in fills if f"{o['id']}_casing" in casings
    ), "all casings lie under all fills: crossings join"


@pytest.mark.parametrize("theme", THEMES)
def test_ground_water_and_casings_can_be_told_apart(catalogue: Catalogue, theme: str) -> None:
    """Quiet, and yet there: each against what it lies on."""
    colours = palette_of(catalogue.palette, theme)
    for upper, under, least in (
        ("water", "land", 1.3), ("river", "land", 1.8), ("water_line", "water", 1.15),
        ("primary_casing", "land", 1.05), ("motorway_casing", "motorway", 1.5),
        ("primary_casing", "primary", 1.5), ("secondary_casing", "secondary", 1.5),
        ("commune_line", "land", 2.5), ("green", "block", 1.15),
    ):  # fmt: skip
        found = _contrast(colours[upper], colours[under])
        assert found >= least, (theme, upper, under, round(found, 2))
    for ground in ("land", "block", "outside", "residential", "secondary"):
        for label in ("text", "text_2"):
            assert _contrast(colours[label], colours[ground]) >= 4.5, (theme, label, ground)


def test_a_river_is_wider_than_a_stream_and_that_than_a_ditch(catalogue: Catalogue) -> None:
    layers = _layers(catalogue, "day")
    for zoom in ZOOMS:
        river, *less = (
            _width(layers, f"waterways-{name}", name, zoom) for name in ("river", "stream", "ditch")
        )
        assert river is not None and all(one is None or one < river for one in less), zoom
    assert _places(layers, "water_bodies-fill", "waterways-river", "roads-bridge")


def _places(layers: Layers, *names: str) -> bool:
    """Whether the layers are drawn in this order."""
    drawn = [one["id"] for one in layers]
    found = [drawn.index(name) for name in names]
    return found == sorted(found)


def test_labels_are_placed_by_importance(catalogue: Catalogue) -> None:
    """What is drawn later is placed first."""
    assert _places(
        _layers(catalogue, "day"),
        "roads-label_street", "green_areas-label", "roads-label_main", "roads-label_motorway",
        "waterways-label", "neighbourhoods-label", "rural_localities-label", "commune-label",
        "capital-label",
    )  # fmt: skip


def test_the_three_are_one_map_in_other_colours(catalogue: Catalogue) -> None:
    """Where labels do not collide by day they do not in the dark nor on paper."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(value) for value in node]
        return "#" if isinstance(node, str) and node.startswith("#") else node

    day, *others = (plain(_layers(catalogue, theme)) for theme in THEMES)
    assert all(other == day for other in others)


def _words_of(node: Any, key: str) -> Any:
    return (node.get("layout") or {}).get(key)


def _numbers(node: Any) -> set[float]:
    if isinstance(node, list):
        return {n for one in node for n in _numbers(one)}
    return {float(node)} if isinstance(node, int | float) and not isinstance(node, bool) else set()


def _outcomes(node: Any, zoom: float) -> set[Any]:
    """All that an expression can give at a zoom, whatever the feature."""
    match node:
        case ["match", _, *rest]:
            return {v for one in [*rest[1:-1:2], rest[-1]] for v in _outcomes(one, zoom)}
        case ["case", *rest]:
            return {v for one in [*rest[1:-1:2], rest[-1]] for v in _outcomes(one, zoom)}
        case ["step", ["zoom"], first, *rest]:
            passed = [out for at, out in zip(rest[::2], rest[1::2], strict=True) if zoom >= at]
            return _outcomes(passed[-1] if passed else first, zoom)
        case _:
            return {evaluate(node, {}, zoom=zoom, geometry="Point")}


def test_outcomes_are_all_there() -> None:
    node = ["match", ["get", "x"], "a", 14, ["b"], ["step", ["zoom"], 11, 15, 12], 9]
    assert _outcomes(node, 14.9) == {14, 11, 9} and _outcomes(node, 15) == {14, 12, 9}
    assert _outcomes(["interpolate", ["linear"], ["zoom"], 10, 10, 12, 14], 11) == {12}


@pytest.mark.parametrize("zoom", [z / 4 for z in range(4 * ZOOMS.start, 4 * ZOOMS.stop)])
def test_at_most_three_sizes_of_text_at_a_zoom(catalogue: Catalogue, zoom: float) -> None:
    """All layers on, of whatever is named."""
    sizes: set[float] = set()
    for one in _at(_layers(catalogue, "day"), zoom):
        if one["type"] != "symbol" or _words_of(one, "text-field") is None:
            continue
        found = _outcomes(_words_of(one, "text-size"), zoom)
        assert all(isinstance(n, int | float) and 11 <= n <= 14 for n in found), (one["id"], found)
        sizes |= found
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
        assert "text-opacity" not in paint, one["id"]
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
