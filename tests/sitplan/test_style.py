"""One style of all layers, and the legend that is read from it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sitplan.catalogue import Catalogue, territory_from_facts
from sitplan.errors import NotFound, WrongDeclaration
from sitplan.expression import codes_tested, evaluate
from sitplan.layer import Geometry, Layer
from sitplan.legend import GROUPS, legend
from sitplan.style import THEMES, label_zoom, map_style, order_of, palette_of, style_layers
from sitplan.words import keys

URL = "http://example.test/api/tiles/WebMercatorQuad/{z}/{y}/{x}"


def _style(catalogue: Catalogue, theme: str = "day") -> dict[str, Any]:
    colours = palette_of(catalogue.palette, theme)
    return map_style(catalogue, colours=colours, tiles=URL, name="x")


@pytest.mark.parametrize("theme", THEMES)
def test_every_layer_is_drawn_in_order(catalogue: Catalogue, theme: str) -> None:
    style = _style(catalogue, theme)
    assert style["version"] == 8 and set(style["sources"]) == {"sitplan"}
    source = style["sources"]["sitplan"]
    assert source["tiles"] == [URL] and source["promoteId"] == "id" and source["maxzoom"] == 15
    assert "glyphs" not in style and "sprite" not in style
    background, *drawn = style["layers"]
    assert background["type"] == "background"
    assert {one["source-layer"] for one in drawn} == {c.name for c in catalogue if c.geometry}
    orders = [order_of(one) for one in drawn]
    assert orders == sorted(orders)
    ids = [one["id"] for one in drawn]
    assert len(ids) == len(set(ids))
    assert '"@' not in json.dumps(style)
    assert style["metadata"]["sitplan:palette"] == dict(catalogue.palette[theme])


def test_every_property_that_a_style_asks_for_is_in_the_tile(catalogue: Catalogue) -> None:
    for layer in catalogue:
        carried = {"id", *(f.name for f in layer.tile_fields)}
        asked = set(_gets([dict(part) for part in layer.style]))
        assert asked <= carried, layer.name


def _gets(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [n for v in node.values() for n in _gets(v)]
    if isinstance(node, list):
        here = [node[1]] if len(node) == 2 and node[0] in ("get", "has") else []
        return here + [n for v in node for n in _gets(v)]
    return []


def test_an_unknown_colour_is_a_wrong_declaration(catalogue: Catalogue) -> None:
    part = {"id": "x", "type": "fill", "paint": {"fill-color": ["match", 1, 2, "@nada", "@green"]}}
    layer = replace(catalogue.layer("green_areas"), style=(part,))
    colours = palette_of(catalogue.palette, "day")
    with pytest.raises(WrongDeclaration, match="@nada"):
        map_style([layer], colours=colours, tiles=URL, name="x")


@pytest.mark.parametrize(
    "capital",
    [{"name": "Sur"}, {"at": [-70, -28]}, {"name": "Sur", "at": [-70]}, "Sur"],
)
def test_a_town_without_name_or_place_is_told_where_it_is_declared(
    catalogue: Catalogue, capital: Any
) -> None:
    with pytest.raises(WrongDeclaration, match=r"territory\.yaml"):
        territory_from_facts({**catalogue.territory.facts, "capital": capital})


def test_an_unknown_theme(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound):
        palette_of(catalogue.palette, "sepia")


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("Point", ["circle"]),
        ("MultiPoint", ["circle"]),
        ("MultiLineString", ["line"]),
        ("MultiPolygon", ["fill", "line"]),
        ("Geometry", ["fill", "line", "circle"]),
    ],
)
def test_a_layer_without_style_is_drawn_plainly(
    catalogue: Catalogue, kind: str, types: list[str]
) -> None:
    layer = replace(catalogue.layer("green_areas"), style=(), geometry=Geometry(kind))
    assert [part["type"] for part in style_layers(layer)] == types
    plain = replace(catalogue, layers={layer.name: layer})
    entries = _entries(plain)[layer.name]
    assert len(entries) == 1 and entries[0]["title"] == layer.title["es"]
    assert entries[0]["symbol"]["color"].startswith("#")


def test_label_points_are_drawn_by_those_who_want_them_alone(catalogue: Catalogue) -> None:
    point = ["==", ["geometry-type"], "Point"]
    for one in _style(catalogue)["layers"][1:]:
        layer = catalogue.layer(one["source-layer"])
        wants = one.get("metadata", {}).get("label_point")
        if label_zoom(layer) is not None and one["type"] in ("symbol", "circle"):
            assert layer.geometry is not None
            text = json.dumps(one.get("filter"))
            if wants:
                assert json.dumps(point) in text
            elif layer.geometry.type != "Geometry":
                assert json.dumps(["!", point]) in text
    points = catalogue.layer("rural_localities")
    assert label_zoom(points) is None and label_zoom(catalogue.layer("neighbourhoods")) is not None


def _entries(catalogue: Catalogue, lang: str = "es", theme: str = "day") -> dict[str, Any]:
    found = legend(catalogue, theme=theme, lang=lang, counts={"green_areas": 40})
    return {one["name"]: one["entries"] for group in found["groups"] for one in group["layers"]}


def test_the_legend_has_every_drawn_layer(catalogue: Catalogue) -> None:
    found = legend(catalogue, theme="day", lang="en", counts={"green_areas": 40})
    groups = [group["name"] for group in found["groups"]]
    assert groups == [name for name in GROUPS if name in groups]
    layers = {one["name"]: one for group in found["groups"] for one in group["layers"]}
    assert set(layers) == {c.name for c in catalogue if c.geometry}
    assert layers["green_areas"]["count"] == 40
    assert layers["green_areas"]["title"] == catalogue.layer("green_areas").title["en"]
    drawn = {one["id"] for one in _style(catalogue)["layers"]}
    for one in layers.values():
        assert one["entries"] and set(one["style_layers"]) <= drawn
        assert one["source"]["licence"]
        for entry in one["entries"]:
            assert entry["title"]
            assert entry["style_layer"] in one["style_layers"]
            symbol = entry["symbol"]
            assert symbol["type"] in ("fill", "line", "circle", "icon")
            assert "@" not in json.dumps(symbol) and '["' not in json.dumps(symbol)
            assert symbol.keys() & {"color", "icon", "hatch"}


def test_a_field_in_the_legend_gives_an_entry_a_code(catalogue: Catalogue) -> None:
    levels = _entries(catalogue)["hazard_zones"]
    assert [one["symbol"]["hatch"] for one in levels] == [
        "hatch-hazard-alto", "hatch-hazard-medio", "hatch-hazard-bajo",
    ]  # fmt: skip
    assert [one["title"] for one in levels] == ["Alto", "Medio", "Bajo"]
    assert [one["where"]["level"] for one in levels] == ["alto", "medio", "bajo"]
    day, dark = (_entries(catalogue, theme=t)["roads"] for t in ("day", "dark"))
    assert [e["title"] for e in day] == [e["title"] for e in dark]
    assert [e["symbol"]["color"] for e in day] != [e["symbol"]["color"] for e in dark]


def test_groups_are_named_in_both_languages() -> None:
    for lang in ("es", "en"):
        assert {f"groups.{name}" for name in GROUPS} <= keys(lang)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (5, 5),
        (["get", "a"], "x"),
        (["match", ["get", "a"], "y", 1, ["w", "x"], 2, 3], 2),
        (["match", ["get", "b"], "y", 1, 3], 3),
        (["case", ["==", ["get", "a"], "y"], 1, ["has", "b"], 2, 3], 3),
        (["coalesce", ["get", "b"], "none"], "none"),
        (["step", ["zoom"], "a", 10, "b", 15, "c", 16, "d"], "c"),
        (["interpolate", ["linear"], ["zoom"], 10, 0, 20, 10], 5.0),
        (["interpolate", ["linear"], ["zoom"], 16, "#000000", 20, "#FFFFFF"], "#000000"),
        (["interpolate", ["exponential", 1.6], ["zoom"], 1, 2, 3, 4], 4),
        (["concat", "pin-", ["coalesce", ["get", "b"], "none"], "-", ["get", "a"]], "pin-none-x"),
        (["all", ["!=", ["get", "a"], "y"], ["!", ["has", "b"]], ["any", False, True]], True),
        (["in", "x", ["literal", ["x", "y"]]], True),
        (["geometry-type"], "Point"),
        (["unheard-of", 1], None),
        ([6, 2, 1], [6, 2, 1]),
    ],
)
def test_expressions(node: Any, value: Any) -> None:
    assert evaluate(node, {"a": "x"}, zoom=15, geometry="Point") == value


def test_codes_that_an_expression_tests() -> None:
    node = {"c": ["match", ["get", "k"], "a", 1, ["b", "c"], 2, 0], "d": ["==", ["get", "k"], "e"]}
    assert codes_tested(node, "k") == {"a", "b", "c", "e"}
    assert codes_tested(node, "other") == set()


def test_a_layer_of_its_own_group(catalogue: Catalogue) -> None:
    one: Layer = replace(catalogue.layer("green_areas"), group="never_heard_of")
    found = legend(replace(catalogue, layers={one.name: one}), theme="day", lang="es", counts={})
    assert [group["name"] for group in found["groups"]] == ["other"]
