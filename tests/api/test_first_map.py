"""The picture that stands where the map will be."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from sitplan.catalogue import Catalogue


@pytest.mark.parametrize("theme", ["day", "dark"])
def test_the_first_map_is_light_and_in_the_colours_of_its_theme(
    served: str, catalogue: Catalogue, theme: str
) -> None:
    answer = httpx.get(f"{served}/first-map.svg?theme={theme}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    palette = catalogue.palette[theme]
    for ink in ("motorway", "residential", "river", "green"):
        assert palette[ink] in answer.text, ink
    sent = httpx.get(f"{served}/first-map.svg", headers={"Accept-Encoding": "br"})
    assert int(sent.headers["content-length"]) < 12_000
    again = {"If-None-Match": answer.headers["etag"]}
    assert httpx.get(answer.url, headers=again).status_code == 304


def test_a_main_road_lies_where_the_map_draws_it(served: str, catalogue: Catalogue) -> None:
    """Ground that the picture draws as street, asked of the roads themselves."""
    text = httpx.get(f"{served}/first-map.svg").text
    casing = catalogue.palette["day"]["primary_casing"]
    drawn = re.search(rf'<path d="M(\d+) (\d+)l[^"]*" stroke="{casing}"', text)
    assert drawn
    view: dict[str, Any] = catalogue.territory.facts["view"]
    degrees = 360 / (512 * 2 ** view["zoom"])  # of longitude, in a pixel
    lon = view["center"][0] + (int(drawn[1]) - 800) * degrees
    half = 6 * degrees
    # A pixel of latitude is smaller by the cosine, which Mercator makes square again.
    lat = view["center"][1] - (int(drawn[2]) - 550) * degrees * 0.878
    found = httpx.get(
        f"{served}/api/collections/roads/items",
        params={"bbox": f"{lon - half},{lat - half},{lon + half},{lat + half}"},
    ).json()
    assert "primary" in {one["properties"]["class"] for one in found["features"]}


def test_an_unknown_theme_is_said(served: str) -> None:
    answer = httpx.get(f"{served}/first-map.svg?theme=sepia")
    assert answer.status_code == 404
