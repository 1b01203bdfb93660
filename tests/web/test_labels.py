"""Labels as MapLibre has placed them over the city: none upon another, the larger place first.

All layers are on, which is more than anybody sees at once. What is measured are the boxes and
circles that the map itself reckons with, of what it draws, padding included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .conftest import DESKTOP, WEB

pytestmark = pytest.mark.browser
_HARNESS = Path(__file__).with_name("placed.js")
_FACE = WEB / "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files"
_PAGE = """<!doctype html><meta charset="utf-8"><title>x</title>
<style>@font-face {{ font-family: "Atkinson"; src: url(face.woff2); font-weight: 200 800 }}
html, body, #map {{ margin: 0; width: 1440px; height: 900px }}</style>
<link rel="stylesheet" href="maplibre-gl.css"><script src="maplibre-gl.js"></script>
<div id="map"></div><script src="placed.js"></script>
<script>begin("{style}", {centre})</script>"""
CITY = (-70.7585, -28.5765)
WEST, EAST = (-70.7660, -28.5745), (-70.7480, -28.5800)
ZOOMS = range(10, 18)
NEAR = 15
"""From here on the city is more than a screen: it is looked at in three places."""
BORDER = 100
"""What the map looks at beyond each side of the screen."""
Box = tuple[float, float, float, float]
Ring = tuple[float, float, float]


@dataclass(frozen=True)
class Symbol:
    """A text or an icon that is drawn: whose it is, and where."""

    layer: str
    order: int
    of: int
    kind: str
    boxes: tuple[Box, ...]
    rings: tuple[Ring, ...]

    def hits(self, other: Symbol) -> bool:
        """Whether both cover a part of the screen."""
        return (
            any(_boxes(a, b) for a in self.boxes for b in other.boxes)
            or any(_ring(a, b) for a in self.boxes for b in other.rings)
            or any(_ring(b, a) for a in self.rings for b in other.boxes)
            or any(_rings(a, b) for a in self.rings for b in other.rings)
        )

    @property
    def is_seen(self) -> bool:
        """Whether any of it is on the screen."""
        screen = (BORDER, BORDER, DESKTOP["width"] + BORDER, DESKTOP["height"] + BORDER)
        return any(_boxes(screen, b) for b in self.boxes) or any(
            _ring(screen, r) for r in self.rings
        )


EPS = 0.01


def _boxes(a: Box, b: Box) -> bool:
    return (
        a[0] < b[2] - EPS and b[0] < a[2] - EPS and a[1] < b[3] - EPS and b[1] < a[3] - EPS
    )  # fmt: skip


def _ring(box: Box, ring: Ring) -> bool:
    x, y, radius = ring
    dx, dy = max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3])
    return dx * dx + dy * dy < (radius - EPS) ** 2


def _rings(a: Ring, b: Ring) -> bool:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < (a[2] + b[2] - EPS) ** 2


Show = Callable[[str], Page]


@pytest.fixture(scope="module")
def show(browser: Browser, elsewhere: tuple[str, Path], served: str) -> Iterator[Show]:
    """A page with our style as it is, in our face, its placing listened to."""
    address, folder = elsewhere
    (folder / "placed.js").symlink_to(_HARNESS)
    (folder / "face.woff2").symlink_to(_FACE / "atkinson-hyperlegible-next-latin-wght-normal.woff2")
    context = browser.new_context(viewport=DESKTOP)

    def open_(theme: str) -> Page:
        text = _PAGE.format(style=f"{served}/api/styles/{theme}", centre=list(CITY))
        (folder / "labels.html").write_text(text, encoding="utf-8")
        page = context.new_page()
        page.goto(f"{address}/labels.html")
        page.wait_for_function("() => window.begun || window.fault", timeout=60_000)
        assert page.evaluate("() => window.fault ?? null") is None
        return page

    yield open_
    context.close()


def _placed(page: Page, zoom: float, centre: tuple[float, float]) -> list[Symbol]:
    told: list[dict[str, Any]] = page.evaluate("([z, c]) => go(z, c)", [zoom, list(centre)])
    found = [
        Symbol(
            one["layer"],
            one["order"],
            one["of"],
            one["kind"],
            tuple(tuple(b) for b in one["boxes"]),
            tuple(tuple(c) for c in one["circles"]),
        )
        for one in told
    ]
    return [one for one in found if one.is_seen]


def _texts(found: list[Symbol]) -> list[Symbol]:
    return [one for one in found if one.kind == "text"]


def _upon_each_other(found: list[Symbol]) -> list[tuple[str, str]]:
    """Labels that cover a part of each other."""
    pairs = combinations(_texts(found), 2)
    return [(a.layer, b.layer) for a, b in pairs if a.of != b.of and a.hits(b)]


def _covered(found: list[Symbol]) -> list[tuple[str, str]]:
    """Labels that something's icon, drawn later, covers a part of."""
    icons = [one for one in found if one.kind == "icon"]
    return [
        (text.layer, icon.layer)
        for text in _texts(found)
        for icon in icons
        if icon.of != text.of and icon.order >= text.order and text.hits(icon)
    ]


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_no_label_lies_upon_another_or_under_an_icon(show: Show, theme: str) -> None:
    page = show(theme)
    for zoom in ZOOMS:
        sizes: set[float] = set()
        views = (CITY, WEST, EAST) if zoom >= NEAR and theme == "day" else (CITY,)
        for centre in views:
            found = _placed(page, zoom, centre)
            assert len(_texts(found)) >= 15, (zoom, centre, "the city has its names")
            assert not _upon_each_other(found), (zoom, centre)
            assert not _covered(found), (zoom, centre)
            sizes |= set(page.evaluate("sizes()"))
        assert sizes and len(sizes) <= 3, (zoom, sizes)
    page.close()


def test_the_measure_finds_what_does_collide(show: Show) -> None:
    """Where labels are let off the placing they do lie upon each other, and that is seen."""
    page = show("day")
    assert not _upon_each_other(_placed(page, 14, CITY))
    page.evaluate(
        "() => { for (const id of ['neighbourhoods-label', 'roads-label_street'])"
        " map.setLayoutProperty(id, 'text-allow-overlap', true) }"
    )
    assert len(_upon_each_other(_placed(page, 14, CITY))) > 5
    page.close()


def test_the_larger_place_is_named_first(show: Show) -> None:
    """From afar there is no room for all: towns have their names, and hamlets give way."""
    page = show("day")
    choices = 0
    for zoom in (8, 9, 9.5, 10):
        assert "capital-label" in {one.layer for one in _placed(page, zoom, CITY)}, zoom
        told = page.evaluate("localities()")
        rank = {"ciudad": 0, "pueblo": 1, "aldea": 2, "caserio": 3}
        named = {one["name"] for one in told["named"]}
        unnamed = [one for one in told["all"] if one["name"] not in named]
        choices += len(unnamed)
        assert named
        assert not [one for one in unnamed if rank.get(one["category"], 4) < 2], zoom
    assert choices > 0, "at some zoom there was a choice to make"
    page.close()
