"""Every layer's folder is whole: words, codes, colours, checks, licence, custodian, date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitplan.catalogue import Catalogue, read_check
from sitplan.expression import evaluate
from sitplan.legend import GROUPS
from sitplan.style import THEMES

LAYERS = Path(__file__).resolve().parents[2] / "layers"
EXAMPLES = LAYERS.parent / "tests" / "layers"
GUIDE = LAYERS.parent / "docs" / "guides" / "map-style.md"
NAMES = sorted(path.parent.name for path in LAYERS.glob("*/layer.yaml"))
PALETTE: dict[str, dict[str, str]] = yaml.safe_load(
    (LAYERS / "palette.yaml").read_text(encoding="utf-8")
)
HALOED = (
    "text", "text_2", "text_water", "green_text", "hazard_text", "evacuation", "initiative",
    "settlement", "facility",
)  # fmt: skip
"""Colours in which the styles write; each is read on its halo."""


def style_of(name: str) -> list[dict[str, Any]]:
    path = LAYERS / name / "style.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def walk(node: Any) -> Iterator[Any]:
    yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from walk(child)


def compared(node: Any) -> Iterator[tuple[str, str]]:
    """Field and code wherever an expression compares a field with text."""
    for part in walk(node):
        if not (isinstance(part, list) and len(part) > 2):
            continue
        if isinstance(part[1], list) and len(part[1]) == 2 and part[1][0] == "get":
            field = part[1][1]
            labels = part[2:-1:2] if part[0] == "match" else [part[2]] if part[0] in "==!=" else []
            for label in labels:
                for code in label if isinstance(label, list) else [label]:
                    if isinstance(code, str) and code:
                        yield field, code


def asked(node: Any) -> set[str]:
    return {
        part[1]
        for part in walk(node)
        if isinstance(part, list) and len(part) == 2 and part[0] == "get"
    }


@pytest.mark.parametrize("name", NAMES)
def test_words_in_both_languages(catalogue: Catalogue, name: str) -> None:
    layer = catalogue.layer(name)
    for words in (layer.title, layer.description, *(f.title for f in layer.fields)):
        assert set(words) == {"es", "en"} and all(t == t.strip() and t for t in words.values())
    for used in layer.fields:
        assert "True" not in used.codes and "False" not in used.codes, "quote «no» in YAML"
        for code, words in used.codes.items():
            assert set(words) == {"es", "en"}, (used.name, code)


@pytest.mark.parametrize("name", NAMES)
def test_who_answers_for_it(catalogue: Catalogue, name: str) -> None:
    layer = catalogue.layer(name)
    assert layer.custodian and layer.source.title and layer.source.publisher
    assert layer.source.licence and layer.source.method
    assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", layer.source.date)
    assert layer.group in GROUPS
    assert layer.is_public and layer.write
    low, high = layer.zoom
    assert 0 <= low < high <= 24


@pytest.mark.parametrize("name", NAMES)
def test_only_private_fields_may_name_persons(catalogue: Catalogue, name: str) -> None:
    persons = re.compile(r"custodian|contact|phone|email|run\b|rut\b|contract")
    for used in catalogue.layer(name).fields:
        assert used.private or not persons.search(used.name), used.name


@pytest.mark.parametrize("name", NAMES)
def test_measures_tell_their_unit(catalogue: Catalogue, name: str) -> None:
    units = {
        "m2": "m2",
        "m": "m",
        "pct": "%",
        "min": "min",
        "kmh": "km/h",
        "mm": "mm",
        "clp": "CLP",
    }
    for used in catalogue.layer(name).fields:
        ending = used.name.rsplit("_", 1)[-1]
        if "_" in used.name and ending in units:
            assert used.unit == units[ending], used.name


def test_palettes_name_the_same_colours() -> None:
    assert set(PALETTE) == set(THEMES)
    names = set(PALETTE["day"])
    for theme, colours in PALETTE.items():
        assert set(colours) == names, theme
        assert all(re.fullmatch(r"#[0-9A-F]{6}", c) for c in colours.values()), theme
    used = {
        text[1:]
        for name in NAMES
        for text in walk(style_of(name))
        if isinstance(text, str) and text.startswith("@")
    }
    guide = set(re.findall(r"`([a-z_0-9]+)`", GUIDE.read_text(encoding="utf-8")))
    page = {"error", "on_accent", "ink", "gap", "outside"}  # of the page, and under everything
    assert names == used | (names & guide) | page


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_labels_are_readable(theme: str) -> None:
    colours = PALETTE[theme]
    for name in HALOED:
        for ground in ("halo", "land", "block"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for ground in ("green", "sport", "primary", "secondary", "residential"):
        assert contrast(colours["text"], colours[ground]) >= 4.5, ground
    assert contrast(colours["evacuation"], colours["evacuation_ground"]) >= 4.5
    assert contrast(colours["initiative"], colours["initiative_ground"]) >= 4.5
    assert contrast(colours["facility"], colours["facility_ground"]) >= 4.5


def test_every_label_is_in_a_colour_that_is_tested() -> None:
    written = {
        part["paint"]["text-color"]
        for name in NAMES
        for part in style_of(name)
        if "text-field" in part.get("layout", {})
    }
    assert written <= {f"@{name}" for name in HALOED}


@pytest.mark.parametrize("name", NAMES)
def test_style_is_drawn_from_palette_fields_and_codes(catalogue: Catalogue, name: str) -> None:
    layer, style = catalogue.layer(name), style_of(name)
    assert bool(style) == (layer.geometry is not None)
    known = {f.name: f for f in layer.public_fields}
    for part in style:
        assert part["id"].startswith(f"{name}-")
        assert "source" not in part and "source-layer" not in part
        assert part.get("minzoom", layer.zoom[0]) >= layer.zoom[0], "drawn before its tiles come"
        assert isinstance(part["metadata"]["order"], int)
        meant = part["metadata"].get("legend")
        if isinstance(meant, dict):
            assert set(meant) == {"es", "en"} and all(meant.values())
        else:
            assert meant is None or meant in known
        assert asked(part) <= set(known)
        for field, code in compared(part):
            if known[field].codes:
                assert code in known[field].codes, (part["id"], field, code)
        for value in walk([part.get("paint"), part.get("layout")]):
            if isinstance(value, str):
                assert not re.match(r"#[0-9A-Fa-f]{3,8}$|rgb|hsl", value), "colours go by name"
        layout = part.get("layout", {})
        if "text-field" in layout:
            assert layout["text-font"] == ["Atkinson"]
            assert part["paint"]["text-halo-color"] == "@halo"
            for zoom in range(layer.zoom[0], 19):
                size = evaluate(layout["text-size"], {}, zoom=zoom, geometry="Point")
                assert size in (11, 12, 14), (part["id"], zoom, "three sizes and no more")
    ids = [part["id"] for part in style]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_that_is_drawn_has_a_legend(name: str) -> None:
    style = style_of(name)
    if style:
        assert any(part["metadata"].get("legend") for part in style)


def test_drawing_order_keeps_its_bands() -> None:
    for name in NAMES:
        for part in style_of(name):
            order, kind = part["metadata"]["order"], part["type"]
            if kind == "fill":
                assert order < 600, part["id"]
            if part["id"].endswith("_casing") and name == "roads" and "bridge" not in part["id"]:
                assert 300 <= order < 350, part["id"]
            if kind == "symbol":
                has_icon = "icon-image" in part.get("layout", {})
                assert order >= (660 if has_icon else 690), part["id"]
                assert has_icon or not 710 <= order < 800, part["id"]


def test_pins_are_gathered_until_each_is_drawn() -> None:
    """Where the map no longer gathers them, none is left out for want of room."""
    part = (LAYERS.parent / "api" / "web" / "src" / "parts" / "Over.svelte").read_text("utf-8")
    found = re.search(r"const APART = ([\d.]+);", part)
    pin = next(one for one in style_of("project_locations") if one["id"].endswith("-pin"))
    assert found
    apart = float(found[1])
    assert pin["layout"]["icon-allow-overlap"] == ["step", ["zoom"], False, apart, True]
    guide = GUIDE.read_text(encoding="utf-8")
    assert f"Below zoom {apart:g} the web map gathers" in guide


def test_images_are_in_the_guide() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for name in NAMES:
        for part in style_of(name):
            keys = ("icon-image", "fill-pattern", "line-pattern")
            for value in walk(
                [{**part.get("paint", {}), **part.get("layout", {})}.get(k) for k in keys]
            ):
                if isinstance(value, str) and re.match(r"(hatch|pictogram|arrow|pin|maki)-", value):
                    kind, _, rest = value.partition("-")
                    if kind == "maki":
                        assert re.search(rf"\b{rest}\b", guide), value
                    elif value.startswith("pictogram-critical"):
                        assert f"`{rest.split('-')[1]}`" in guide, value
                    else:
                        assert f"`{value}" in guide, value


@pytest.mark.parametrize("name", NAMES)
def test_checks_are_well_formed_and_have_their_bad_example(name: str) -> None:
    rules = {path.stem for path in (LAYERS / name).glob("checks/*.sql")}
    assert rules == {path.stem for path in (EXAMPLES / name / "bad").glob("*")}
    for rule in rules:
        check = read_check(LAYERS / name / "checks" / f"{rule}.sql")
        assert set(check.message) == set(check.hint) == {"es", "en"}
        assert name in check.reads
        marks = [set(re.findall(r"{(\w+)}", text)) for text in check.message.values()]
        assert marks[0] == marks[1], "both sentences tell the same facts"
        for mark in marks[0]:
            assert f"'{mark}'" in check.sql, mark
        assert not any(text.endswith(".") for text in check.message.values())
        assert all(text.endswith(".") for text in check.hint.values())


def test_seeds_stay_small() -> None:
    for path in (*LAYERS.glob("*/seed.geojson"), *LAYERS.glob("*/seed.csv")):
        assert path.stat().st_size <= 1_000_000, path.parent.name
