"""The main states look as in docs/pictures, made by the same code and compared block by block."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser

from scripts.pictures import FOLDER, PICTURES, standing

pytestmark = pytest.mark.browser
STATES = (
    "map-desktop",
    "map-desktop-dark",
    "plan-desktop",
    "layers-desktop",
    "charts-desktop",
    "map-phone",
    "emergency-phone",
)
BLOCK = 10
"""Pixels: of a block only the mean counts, so that the edges of letters do not."""
FAR = 12
"""Of 255, in the channel that differs most. Seen between a picture and its state: 6 at most."""
SHARE = 0.006
"""Of the blocks may be further. Seen of a state that is as it was: none. Seen where one layer is
lost: by day on a desktop 1.1 % (neighbourhoods) to 2.8 % (ways out), on the phone 2.4 % (meeting
points) to 5.4 %; with the legend folded 3.8 %."""
PATIENCE_S = 20
GROUND = "#F3EEE4"


def apart(seen: Image.Image, kept: Image.Image) -> float:
    """The share of the blocks of two pictures that differ."""
    assert seen.size == kept.size, f"{seen.size} is not {kept.size}"
    blocks = [one.convert("RGB").reduce(BLOCK) for one in (seen, kept)]
    red, green, blue = ImageChops.difference(*blocks).split()
    counted = ImageChops.lighter(red, ImageChops.lighter(green, blue)).histogram()
    return sum(counted[FAR + 1 :]) / sum(counted)


def kept(name: str) -> Image.Image:
    """A picture of the docs."""
    return Image.open(FOLDER / f"{name}.png").convert("RGB")


@pytest.mark.parametrize("name", STATES)
def test_a_state_looks_as_in_its_picture(
    browser: Browser, served: str, tmp_path: Path, name: str
) -> None:
    """What is still being drawn is waited for; what never comes to look so is kept to look at."""
    (picture,) = (one for one in PICTURES if one.name == name)
    deadline = time.monotonic() + PATIENCE_S
    with standing(browser, served, picture) as page:
        while True:
            seen = Image.open(BytesIO(page.screenshot()))
            share = apart(seen, kept(name))
            if share <= SHARE or time.monotonic() > deadline:
                break
            page.wait_for_timeout(300)
    seen.save(found := tmp_path / f"{name}.png")
    assert share <= SHARE, (
        f"{name}: {share:.1%} of it differs from docs/pictures/{name}.png, {SHARE:.1%} may."
        f" Look at both ({found}); if it is meant so: make pictures"
    )


def _painted(box: tuple[int, int, int, int], colour: str) -> Image.Image:
    picture = kept("map-desktop")
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    return picture


def _without(ink: str) -> Image.Image:
    """The map by day with the ground in the place of what has an ink, or nearly."""
    picture = kept("map-desktop")
    off = ImageChops.difference(picture, Image.new("RGB", picture.size, ink)).split()
    most = ImageChops.lighter(off[0], ImageChops.lighter(off[1], off[2]))
    picture.paste(GROUND, mask=most.point([255] * 25 + [0] * 231))
    return picture


def test_what_is_lost_moved_or_of_another_theme_differs() -> None:
    """And what is as it was does not, nor where one line of the panel says something else."""
    day = kept("map-desktop")
    assert apart(day, day) == 0
    assert apart(_painted((20, 592, 380, 606), "white"), day) <= SHARE
    for what, changed in {
        "another theme": kept("map-desktop-dark"),
        "another panel": kept("layers-desktop"),
        "no panel": _painted((0, 0, 399, 900), GROUND),
        "no legend": _painted((415, 611, 638, 831), GROUND),
        "no pins": _without("#A12C7B"),
        "no meeting points and ways out": _without("#00703C"),
        "all a little to the right": ImageChops.offset(day, BLOCK, 0),
    }.items():
        assert apart(changed, day) > 2 * SHARE, what
    with pytest.raises(AssertionError, match="is not"):
        apart(kept("map-phone"), day)
