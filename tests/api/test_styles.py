"""Styles of the map for maps that are not ours: whole addresses, metadata, images of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sitplan.settings import Settings
from sitplan.style import THEMES

from ..conftest import serve
from .holding import get, linked

pytestmark = pytest.mark.acceptance(43)


@pytest.fixture(scope="module")
def http(served: str) -> Any:
    with httpx.Client(base_url=f"{served}/api", timeout=30) as client:
        yield client


def _addresses(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("href", "sprite", "glyphs", "url") and isinstance(value, str):
                yield value
            elif key == "tiles":
                yield from value
            else:
                yield from _addresses(value)
    elif isinstance(node, list):
        for one in node:
            yield from _addresses(one)


def test_every_theme_is_a_style_with_its_metadata(http: httpx.Client) -> None:
    listed = get(http, "/styles")
    assert [one["id"] for one in listed["styles"]] == list(THEMES)
    assert listed["default"] in THEMES
    for one in listed["styles"]:
        answer = http.get(linked(one, "stylesheet")["href"])
        assert answer.headers["content-type"] == linked(one, "stylesheet")["type"]
        assert answer.headers["content-language"] == "es"
        style = answer.json()
        told = get(http, linked(one, "describedby")["href"])
        assert (told["id"], told["title"]) == (one["id"], one["title"]) and told["license"]
        assert told["stylesheets"][0]["link"]["href"] == linked(one, "stylesheet")["href"]
        drawn = {part["source-layer"] for part in style["layers"] if "source-layer" in part}
        assert drawn <= {layer["id"] for layer in told["layers"]}
        assert (
            get(http, linked(told["layers"][0], "start")["href"])["id"] == told["layers"][0]["id"]
        )
    for path in ("/styles/night", "/styles/night/metadata"):
        assert http.get(path).json()["code"] == "no_such_style"


@pytest.mark.parametrize("theme", THEMES)
def test_a_style_needs_nothing_of_others(http: httpx.Client, theme: str) -> None:
    """Images from us; no glyphs, for text takes the page's face; tiles by whole addresses."""
    style = get(http, f"/styles/{theme}")
    assert "glyphs" not in style
    base = str(http.base_url).rstrip("/")
    assert all(address.startswith(f"{base}/") for address in _addresses(style))
    for ratio in ("", "@2x"):
        index = get(http, f"{style['sprite']}{ratio}.json")
        sheet = http.get(f"{style['sprite']}{ratio}.png")
        assert sheet.headers["content-type"] == "image/png" and sheet.content[1:4] == b"PNG"
        assert "maki-school" in index and "hatch-hazard-alto" in index
        again = http.get(
            f"{style['sprite']}{ratio}.png", headers={"If-None-Match": sheet.headers["etag"]}
        )
        assert again.status_code == 304
    for wrong in ("night.png", "day@3x.png", "day.svg", "inputs.json", "..%2Fmain.py"):
        assert http.get(f"/sprites/{wrong}").status_code == 404, wrong


def test_addresses_are_right_behind_a_proxy(seeded_settings: Settings) -> None:
    outside = "https://mapas.example.cl/sitplan"
    with serve(replace(seeded_settings, base_url=outside)) as address:
        for path in ("styles", "styles/day", "styles/day/metadata", "tiles/WebMercatorQuad",
                     "tiles/WebMercatorQuad/tilejson", "collections"):  # fmt: skip
            document = httpx.get(f"{address}/api/{path}").json()
            told = [one for one in _addresses(document) if "creativecommons" not in one]
            ours = [one for one in told if "opensource.org" not in one and "opendata" not in one]
            assert ours and all(one.startswith(f"{outside}/api") for one in ours), path
