"""Coordinates as people and offices write them are read as the place that they mean.

The cases stand in a file that the web map's tests read too: both readers hold to all of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from sitplan.coordinates import read_coordinates

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "coordinates.json").read_text(encoding="utf-8")
)
BOUNDS = tuple(CASES["bounds"])
READ = [(text, group["place"]) for group in CASES["read"] for text in group["texts"]]


@pytest.mark.parametrize(("text", "place"), READ)
def test_a_place_is_read_however_it_is_written(text: str, place: list[float]) -> None:
    assert read_coordinates(text, BOUNDS) == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize("text", CASES["unread"])
def test_what_is_no_place_is_not_read_as_one(text: str) -> None:
    assert read_coordinates(text, BOUNDS) is None


def test_the_cases_say_what_proj_says() -> None:
    """The places of UTM in the file are those of PROJ, not of a reader."""
    places = {group["what"]: group["place"] for group in CASES["read"]}
    for what, epsg, east, north in (
        ("UTM", 32719, 327_000, 6_838_000),
        ("UTM to the decimetre", 32719, 327_000.5, 6_838_000.3),
        ("UTM of another zone", 32718, 700_000, 6_000_000),
        ("the other hemisphere", 32630, 440_000, 4_474_000),
    ):
        carry = Transformer.from_crs(epsg, 4326, always_xy=True).transform
        assert places[what] == pytest.approx(carry(east, north), abs=1e-7)
