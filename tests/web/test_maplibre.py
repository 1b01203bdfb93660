"""MapLibre on somebody else's page: it draws our tiles and our items, and pixels are counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from .looks import colours

pytestmark = [pytest.mark.browser, pytest.mark.acceptance(59)]
_PAGE = """<!doctype html><title>x</title>
<style>html, body, #map {{ margin: 0; width: 600px; height: 400px }}</style>
<link rel="stylesheet" href="maplibre-gl.css"><script src="maplibre-gl.js"></script>
<div id="map"></div>
<script>
const map = new maplibregl.Map({{ container: "map", fadeDuration: 0, attributionControl: false,
  canvasContextAttributes: {{ antialias: false }}, style: {style} }})
window.map = map
map.on("error", (event) => {{ window.fault = String(event.error) }})
map.on("idle", () => {{ window.drawn = true }})
</script>"""
_DRAWN = "window.drawn && map.loaded() && map.areTilesLoaded()"
_TWO_FRAMES = (
    "() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"
)
"""What the map has drawn is on the screen only then."""
RED, BLUE, GREEN = (255, 0, 0), (0, 0, 255), (0, 128, 0)
_GROUND = {"id": "ground", "type": "background", "paint": {"background-color": "#fff"}}


@pytest.fixture
def show(browser: Browser, elsewhere: tuple[str, Path]) -> Iterator[Any]:
    """Show a style to MapLibre on a page of another origin; the page."""
    address, folder = elsewhere
    context = browser.new_context(viewport={"width": 600, "height": 400})

    def open_(style: dict[str, Any] | str, centre: list[float] | None = None) -> Page:
        (folder / "page.html").write_text(_PAGE.format(style=json.dumps(style)), encoding="utf-8")
        page = context.new_page()
        page.goto(f"{address}/page.html")
        if centre:
            page.evaluate("(c) => { map.jumpTo({center: c, zoom: 15}); drawn = false }", centre)
        page.wait_for_function(f"() => window.fault || ({_DRAWN})", timeout=60_000)
        assert page.evaluate("() => window.fault ?? null") is None
        page.evaluate(_TWO_FRAMES)
        return page

    yield open_
    context.close()


@pytest.fixture(scope="module")
def square(served: str) -> list[float]:
    """The middle of a square: longitude and latitude."""
    found = httpx.get(f"{served}/api/collections/green_areas/items?code=GA-001").json()
    ring = found["features"][0]["geometry"]["coordinates"][0][0]
    return [sum(point[axis] for point in ring) / len(ring) for axis in (0, 1)]


def _pixels(page: Page) -> Counter[tuple[int, int, int]]:
    return colours(page.screenshot())


def _style(source: dict[str, Any], square: list[float], **layer: Any) -> dict[str, Any]:
    fill = {"id": "f", "source": "s", "type": "fill", "paint": {"fill-antialias": False}}
    fill["paint"] |= {"fill-color": "#f00"}
    return {
        "version": 8, "center": square, "zoom": 15,
        "sources": {"s": source}, "layers": [_GROUND, fill | layer],
    }  # fmt: skip


def test_tiles_by_their_tilejson(show: Any, served: str, square: list[float]) -> None:
    """One address gives bounds, zooms, layers and the template of the tiles."""
    address = f"{served}/api/tiles/WebMercatorQuad/tilejson"
    source = {"type": "vector", "url": address}
    page = show(_style(source, square, **{"source-layer": "green_areas"}))
    found = _pixels(page)
    assert found[RED] > 1000 and found[255, 255, 255] > 10_000
    told = page.evaluate(
        "() => map.queryRenderedFeatures({layers: ['f']}).map((f) => f.properties.name)"
    )
    assert "Plaza Ambrosio O'Higgins" in told


def test_items_and_tiles_lie_upon_each_other(show: Any, served: str, square: list[float]) -> None:
    items = f"{served}/api/collections/green_areas/items?limit=10000"
    style = _style({"type": "geojson", "data": items}, square)
    red = _pixels(show(style))[RED]
    assert red > 1000
    style["sources"]["t"] = {
        "type": "vector",
        "url": f"{served}/api/tiles/WebMercatorQuad/tilejson",
    }
    over = {**style["layers"][1], "id": "t", "source": "t", "source-layer": "green_areas"}
    style["layers"].append(over | {"paint": {"fill-antialias": False, "fill-color": "#00f"}})
    found = _pixels(show(style))
    assert found[BLUE] == pytest.approx(red, rel=0.03)
    assert found[RED] < 0.03 * red, "what is left of the items under the tiles is an edge"


def test_items_chosen_by_the_server(show: Any, served: str, square: list[float]) -> None:
    """A filter, a box and few properties in the address: what a small page needs."""
    west, south, east, north = (
        square[0] - 0.02,
        square[1] - 0.02,
        square[0] + 0.02,
        square[1] + 0.02,
    )
    items = (
        f"{served}/api/collections/green_areas/items?filter=kind%3D'plaza'&properties=name"
        f"&bbox={west},{south},{east},{north}&zoom-level=15"
    )
    page = show(_style({"type": "geojson", "data": items}, square))
    every = _style({"type": "geojson", "data": items.partition("?")[0]}, square)
    some, whole = _pixels(page)[RED], _pixels(show(every))[RED]
    assert 500 < some < whole
    kinds = page.evaluate(
        "() => map.querySourceFeatures('s').map((f) => Object.keys(f.properties))"
    )
    assert kinds and all(names == ["name"] for names in kinds)


@pytest.mark.parametrize("name", ["day", "dark", "print"])
def test_our_styles_as_they_are(show: Any, served: str, square: list[float], name: str) -> None:
    """A style's address alone: sources, sprites and all are found from another origin."""
    page = show(f"{served}/api/styles/{name}", square)
    found = _pixels(page)
    assert len(found) > 40 and found.most_common(1)[0][1] < 0.95 * sum(found.values())
