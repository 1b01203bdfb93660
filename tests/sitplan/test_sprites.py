"""Sheets of images: which they must hold, and that what they were drawn from is what is there."""

from __future__ import annotations

import json
import struct
from itertools import combinations
from pathlib import Path

import pytest

from sitplan.catalogue import Catalogue
from sitplan.sprites import image_names, inputs_digest
from sitplan.style import THEMES

from ..conftest import CHECKOUT

pytestmark = pytest.mark.acceptance(43)
FOLDER = CHECKOUT / "api" / "sprites"
SHEETS = [f"{theme}{ratio}" for theme in THEMES for ratio in ("", "@2x")]


def _size(path: Path) -> tuple[int, int]:
    """Width and height that a PNG's header tells."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_sheets_are_drawn_from_what_is_there() -> None:
    """Where this fails, palette or drawing changed since: `make sprites`."""
    told = json.loads((FOLDER / "inputs.json").read_text("utf-8"))
    assert told == {"digest": inputs_digest(CHECKOUT)}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_holds_every_image_apart(catalogue: Catalogue, name: str) -> None:
    index = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    width, height = _size(FOLDER / f"{name}.png")
    assert set(image_names(catalogue)) <= set(index) and len(index) > 250
    for one in index.values():
        assert one["pixelRatio"] == (2 if name.endswith("@2x") else 1)
        assert one["x"] + one["width"] <= width and one["y"] + one["height"] <= height
    for one, other in combinations(index.values(), 2):
        apart = (
            one["x"] + one["width"] <= other["x"]
            or other["x"] + other["width"] <= one["x"]
            or one["y"] + one["height"] <= other["y"]
            or other["y"] + other["height"] <= one["y"]
        )
        assert apart


def test_pins_are_there_for_every_theme_and_stage(catalogue: Catalogue) -> None:
    """What the style puts together from a feature's theme, stage and status."""
    theme = catalogue.layer("project_locations").field("theme")
    assert theme is not None and theme.codes
    index = json.loads((FOLDER / "day.json").read_text("utf-8"))
    for code in ("none", *theme.codes):
        for stage in ("idea", "design", "works", "done"):
            assert {f"pin-{code}-{stage}-solid", f"pin-{code}-{stage}-dashed"} <= set(index), code
