"""Sheets of images: which they must hold, and that what they were drawn from is what is there."""

from __future__ import annotations

import io
import json
import re
import struct
from itertools import combinations
from pathlib import Path
from typing import Any

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


def test_an_icon_is_the_one_that_its_set_has() -> None:
    """By another hand: resvg draws the set's file, and the sheet has ink where that has."""
    import numpy as np
    import resvg_py
    from matplotlib.image import imread  # type: ignore[import-untyped]

    shapes = CHECKOUT / "api" / "web" / "node_modules" / "@mapbox" / "maki" / "icons"
    index = json.loads((FOLDER / "day@2x.json").read_text("utf-8"))
    sheet: Any = imread(FOLDER / "day@2x.png")
    icons = {name for name in index if name.startswith("maki-")}
    unlike = {}
    disc = np.hypot(*(np.indices((42, 42)) - 20.5)) < 18  # its edge is no part of the icon
    for name in icons:
        file = (shapes / f"{name.removeprefix('maki-')}.svg").read_text("utf-8")
        drawn = "".join(re.findall(r"<path[^>]*>", file))
        assert drawn, name
        place = "translate(10.5 10.5) scale(.87) translate(-7.5 -7.5)"  # as api/web/src/images
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="42" height="42" viewBox="0 0 21 21">'
            f'<g transform="{place}">{drawn}</g></svg>'
        )
        theirs: Any = imread(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg))))
        at = index[name]
        ours = sheet[at["y"] : at["y"] + 42, at["x"] : at["x"] + 42]
        dark = ours[..., 3] * (1 - ours[..., :3].mean(axis=2))
        alike = float(np.corrcoef(dark[disc], theirs[disc][..., 3])[0, 1])
        if alike < 0.98:
            unlike[name] = round(alike, 2)
    assert len(icons) > 20 and not unlike
