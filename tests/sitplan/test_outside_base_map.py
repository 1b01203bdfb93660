"""An outside base map as settings name it: what is taken, what is refused, and what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sitplan.base_map import BaseMap
from sitplan.doctor import examine
from sitplan.errors import BadRequest
from sitplan.settings import Settings

TILES = "https://tiles.example.com/{z}/{x}/{y}.png"


def _read(tiles: str = TILES, whose: str = "© Somebody", zooms: str = "") -> BaseMap | None:
    return Settings.from_environment(
        {
            "SITPLAN_BASE_MAP": tiles,
            "SITPLAN_BASE_MAP_ATTRIBUTION": whose,
            "SITPLAN_BASE_MAP_ZOOMS": zooms,
        }
    ).outside


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        (TILES, "https://tiles.example.com"),
        ("http://10.1.2.3:8080/wmts/{z}/{y}/{x}", "http://10.1.2.3:8080"),
        ("https://Tiles.Example.com/?z={z}&x={x}&y={y}&key=a%20b", "https://tiles.example.com"),
        ("http://mapas/{z}/{x}/{y}@2x.jpg", "http://mapas"),
    ],
)
def test_a_template_of_tiles_is_taken(tiles: str, origin: str) -> None:
    found = _read(tiles)
    assert found is not None
    assert (found.tiles, found.origin, found.zooms) == (tiles, origin, (0, 19))


@pytest.mark.parametrize(
    "tiles",
    [
        "tiles.example.com/{z}/{x}/{y}.png",
        "ftp://tiles.example.com/{z}/{x}/{y}.png",
        "javascript:alert(1)//{z}/{x}/{y}",
        "https://tiles.example.com/{z}/{x}.png",
        "https://tiles.example.com/{z}/{x}/{y}/{y}.png",
        "https://{s}.tiles.example.com/{z}/{x}/{y}.png",
        "https://tiles.example.com/{z}/{x}/{y}{r}.png",
        "https://{z}.example.com/{x}/{y}.png",
        "https://tiles.example.com/{z}/{x}#{y}",
        "https://me:secret@tiles.example.com/{z}/{x}/{y}.png",
        "https://*.example.com/{z}/{x}/{y}.png",
        "https://tiles.example.com;script-src/{z}/{x}/{y}.png",
        "https://tiles.example.com:x/{z}/{x}/{y}.png",
        "https://tiles.example.com:0/{z}/{x}/{y}.png",
        "https://[::1]:80/{z}/{x}/{y}.png",
        "https://tiles.example.com /{z}/{x}/{y}.png",
        "https://tiles.example.com/{z}/{x}/{y}.png\r\nX: y",
        "https:///{z}/{x}/{y}.png",
        f"https://tiles.example.com/{'a' * 500}/{{z}}/{{x}}/{{y}}.png",
    ],
)
def test_what_is_no_template_is_refused_in_words(tiles: str) -> None:
    with pytest.raises(BadRequest) as told:
        _read(tiles)
    assert told.value.code == "wrong_base_map"
    assert "no sirve como mapa base externo" in told.value.message("es")
    for lang in ("es", "en"):
        assert "SITPLAN_BASE_MAP" in told.value.message(lang)
        assert "{z}" in told.value.hint(lang)


@pytest.mark.parametrize("whose", ["", "  ", "x" * 201])
def test_it_is_said_whose_it_is(whose: str) -> None:
    with pytest.raises(BadRequest) as told:
        _read(whose=whose)
    assert told.value.code == "base_map_unattributed"
    assert "SITPLAN_BASE_MAP_ATTRIBUTION" in told.value.hint("es")


@pytest.mark.parametrize("zooms", ["3", "9-3", "0-23", "-1-4", "a-b", "0-١"])
def test_zooms_that_cannot_be_are_refused(zooms: str) -> None:
    with pytest.raises(BadRequest) as told:
        _read(zooms=zooms)
    assert told.value.code == "wrong_setting"
    assert "SITPLAN_BASE_MAP_ZOOMS" in told.value.message("es")


def test_without_a_template_there_is_no_provider() -> None:
    assert _read("", "", "9-3") is None


def test_the_doctor_names_the_host_and_not_the_key(seeded_settings: Settings) -> None:
    assert examine(seeded_settings).running["base_map"] == "own"
    found = examine(
        replace(
            seeded_settings,
            base_map=f"{TILES}?key=SECRET",
            base_map_attribution="© Somebody",
        )
    )
    told = found.as_text("es")
    assert "mapa base" in told and "externo: https://tiles.example.com" in told
    assert "SECRET" not in told and "SECRET" not in str(found.as_dict())
