"""Colours are told apart by those who see fewer of them; where not, the form tells. Symbols grow.

Seen through the matrices of Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency" (IEEE TVCG 15, 2009), severity 1.0, in linear RGB; the
difference is CIEDE2000 (Sharma, Wu and Dalal 2005), D65.
"""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from sitplan.declaring import RAMP
from sitplan.indicators import _NOTHING, GREENS, ORANGES, PURPLES, REDS
from sitplan.shading import UNTOLD

CHECKOUT = Path(__file__).resolve().parents[2]
LAYERS = CHECKOUT / "layers"
PALETTE: Final = yaml.safe_load((LAYERS / "palette.yaml").read_text(encoding="utf-8"))
SEEN: Final = {
    "trichromacy": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
CLASSES: Final = 7.0
"""Between neighbouring classes of a map, which nothing else tells apart."""
AREAS: Final = 5.0
"""Between grounds and bars with an outline, a label or a pattern besides."""
_TO_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])
Vector = NDArray[np.float64]


def rgb(colour: str) -> Vector:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def over(colour: str, ground: str, opacity: float) -> Vector:
    """What is seen of a colour that lets its ground through."""
    return opacity * rgb(colour) + (1 - opacity) * rgb(ground)


def lab(colour: Vector, sight: str) -> Vector:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    xyz = _TO_XYZ @ np.clip(SEEN[sight] @ linear, 0, 1) / _WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: Vector, other: Vector) -> float:
    """CIEDE2000 of two colours in Lab."""
    mean = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25**7))
    (l1, a1, b1), (l2, a2, b2) = ((p[0], p[1] * stretch, p[2]) for p in (one, other))
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + turn / 2 if c1 * c2 else h1 + h2

    def cos(times: float, less: float) -> float:
        return float(np.cos(np.radians(times * hue + less)))

    t = 1 - 0.17 * cos(1, -30) + 0.24 * cos(2, 0) + 0.32 * cos(3, 6) - 0.2 * cos(4, -63)
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turned = np.exp(-((((hue % 360) - 275) / 25) ** 2))
    rt = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(np.radians(60 * turned))
    terms = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh
    return float(np.sqrt(terms))


def apart(one: Vector, other: Vector) -> float:
    """The least difference that anybody sees."""
    return min(difference(lab(one, sight), lab(other, sight)) for sight in SEEN)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [  # Sharma, Wu and Dalal, table 1: pairs 1, 7, 13, 17, 25, 33
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ],
)
def test_the_difference_is_that_of_its_authors(
    one: tuple[float, ...], other: tuple[float, ...], known: float
) -> None:
    assert difference(np.array(one), np.array(other)) == pytest.approx(known, abs=1e-4)


def test_who_sees_fewer_colours_sees_some_pairs_as_one() -> None:
    """What would pass with full sight and fail here."""
    red, green = rgb("#B4501E"), rgb("#00703C")
    assert difference(lab(red, "trichromacy"), lab(green, "trichromacy")) > 45
    assert apart(red, green) < 7


@pytest.mark.parametrize("theme", ["day", "dark"])
@pytest.mark.parametrize("ramp", [GREENS, ORANGES, REDS, PURPLES])
def test_classes_of_indicators(theme: str, ramp: tuple[str, ...]) -> None:
    """Over the ground as the map has them; by dark they stand the other way round."""
    ground = PALETTE[theme]["land"]
    order = ramp if theme == "day" else ramp[::-1]
    nothing = _NOTHING[("day", "dark").index(theme)]
    seen = [over(colour, ground, 0.82) for colour in order]
    assert min(apart(a, b) for a, b in pairwise(seen)) >= CLASSES
    assert apart(over(nothing, ground, 0.82), seen[-1]) > 4 * CLASSES


def test_classes_of_results_and_of_notebooks() -> None:
    ground = PALETTE["day"]["land"]
    for opacity in (0.75, 0.85):
        seen = [over(colour, ground, opacity) for colour in RAMP]
        assert min(apart(a, b) for a, b in pairwise(seen)) >= CLASSES
    untold = over(UNTOLD, ground, 0.85)
    assert min(apart(untold, over(colour, ground, 0.85)) for colour in RAMP) >= CLASSES


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_grounds_of_the_map(theme: str) -> None:
    inks = PALETTE[theme]
    land = inks["land"]
    seen = {name: rgb(inks[name]) for name in ("land", "green", "sport", "water", "river")}
    seen["wetland"] = over(inks["wetland"], land, 0.7)
    for one, other in combinations(seen, 2):
        if {one, other} != {"water", "river"}:  # one thing: a river is water
            assert apart(seen[one], seen[other]) >= AREAS, (one, other)
    assert apart(rgb(inks["evacuation"]), rgb(inks["hazard"])) >= AREAS


@pytest.mark.parametrize("theme", ["day", "dark", "print"])
def test_zones_of_the_regulating_plan(theme: str) -> None:
    paint = json.loads((LAYERS / "zones" / "style.json").read_text())[0]["paint"]
    faintest = min(paint["fill-opacity"][4::2])
    inks = PALETTE[theme]
    names = [name for name in inks if name.startswith("zone_")]
    assert {f"@{name}" for name in names} == {c for c in paint["fill-color"] if c[0] == "@"}
    seen = [over(inks[name], inks["land"], faintest) for name in names]
    assert min(apart(a, b) for a, b in combinations(seen, 2)) >= CLASSES


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_bars_that_touch(theme: str) -> None:
    """They bear a pattern of their own as well (api/web/test/chart.test.ts)."""
    text = (CHECKOUT / "api/web/src/chart/option.ts").read_text()
    ramp = re.findall(r"#[0-9A-F]{6}", re.search(rf"  {theme}: \[(.+?)\],", text)[1])  # type: ignore[index]
    assert len(ramp) == 11
    assert min(apart(rgb(a), rgb(b)) for a, b in pairwise(ramp)) >= AREAS
    css = (CHECKOUT / "api/web/src/app.css").read_text()
    inks = dict(
        re.findall(r"--(plan|demo): (#\w{6})", css.split('[data-theme="dark"]')[theme == "dark"])
    )
    assert apart(rgb(inks["plan"]), rgb(inks["demo"])) >= AREAS


LINES: Final = (
    "evacuation_routes", "hazard_zones", "project_locations", "informal_settlements",
    "safe_zones", "urban_limits", "neighbourhoods", "commune", "census_districts",
)  # fmt: skip


def test_what_lies_over_the_ground_differs_in_form() -> None:
    """No two layers that draw borders or ways lean on their colour alone."""
    forms = {}
    for name in LINES:
        style = json.loads((LAYERS / name / "style.json").read_text())
        dashes = {str(one["paint"].get("line-dasharray")) for one in style if one["type"] == "line"}
        images = {
            found[1]
            for one in style
            for image in (
                one.get("paint", {}).get("fill-pattern"),
                one.get("layout", {}).get("icon-image"),
            )
            if (found := re.search(r'"((?:hatch|arrow|pin)-[\w-]*)', json.dumps(image)))
        }
        forms[name] = (frozenset(dashes), frozenset(images))
    assert len(set(forms.values())) == len(LINES), forms


def test_symbols_grow_with_zoom() -> None:
    """Every icon and disc of the map, from where it begins to the nearest zoom."""
    grown = 0
    for path in sorted(LAYERS.glob("*/style.json")):
        for one in json.loads(path.read_text()):
            told = {**one.get("layout", {}), **one.get("paint", {})}
            sized = {"icon-image": "icon-size", "circle-color": "circle-radius"}
            for size in (told.get(size) for mark, size in sized.items() if mark in told):
                assert isinstance(size, list), (one["id"], "has one size at all zooms")
                assert size[0] == "interpolate" and size[2] == ["zoom"], one["id"]
                steps = [
                    [n for n in step if isinstance(n, int | float)]
                    if isinstance(step, list)
                    else [step]
                    for step in size[4::2]
                ]
                for before, after in pairwise(steps):
                    assert all(a < b for a, b in zip(before, after, strict=True)), one["id"]
                grown += 1
    assert grown >= 8
