"""What an outside base map changes of the answers: one host in the policy of the map's pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from sitplan.settings import Settings

from ..conftest import serve

HOST = "https://tiles.example.com:8443"
MAP_PAGES = ("/", "/embed")
OTHERS = ("/adonde-voy", "/api", "/api/styles/day", "/assets/none.js", "/icon.svg")


@pytest.fixture(scope="module")
def with_provider(seeded_settings: Settings) -> Iterator[httpx.Client]:
    settings = replace(
        seeded_settings,
        base_map=HOST + "/{z}/{x}/{y}.png",
        base_map_attribution="© Somebody https://example.com/terms",
        base_map_zooms="2-18",
    )
    with serve(settings) as address, httpx.Client(base_url=address, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def without(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=30) as http:
        yield http


def _policy(http: httpx.Client, path: str) -> dict[str, list[str]]:
    told = http.get(path).headers["Content-Security-Policy"]
    parts = [part.split() for part in told.split(";")]
    assert len(parts) == len({part[0] for part in parts}), "a second one would not be heard"
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("path", MAP_PAGES)
def test_the_map_may_ask_that_host_and_no_other(
    with_provider: httpx.Client, without: httpx.Client, path: str
) -> None:
    usual, opened = _policy(without, path), _policy(with_provider, path)
    assert opened.pop("connect-src") == ["'self'", HOST]
    assert opened == usual
    assert usual["default-src"] == ["'self'"]
    assert not any(word.startswith("http") for words in usual.values() for word in words)


@pytest.mark.parametrize("path", OTHERS)
def test_every_other_page_stays_closed(
    with_provider: httpx.Client, without: httpx.Client, path: str
) -> None:
    assert _policy(with_provider, path) == _policy(without, path)


def test_the_map_is_told_of_it_and_paper_is_not(
    with_provider: httpx.Client, without: httpx.Client
) -> None:
    for theme in ("day", "dark", "print"):
        style = with_provider.get(f"/api/styles/{theme}").json()
        told = style["metadata"].pop("sitplan:outside", None)
        usual = without.get(f"/api/styles/{theme}").json()
        assert "sitplan:outside" not in usual["metadata"]
        assert style["layers"] == usual["layers"], "other maps draw our own and ask nobody else"
        assert list(style["sources"]) == list(usual["sources"])
        if theme == "print":
            assert told is None
            continue
        assert told == {
            "tiles": HOST + "/{z}/{x}/{y}.png",
            "attribution": "© Somebody https://example.com/terms",
            "minzoom": 2,
            "maxzoom": 18,
        }
