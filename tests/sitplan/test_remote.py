"""`sitplan.open("http://…")` gives what the database gives, and says what is wrong if not.

Acceptance 60 (reading).
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas
import pytest
from geopandas import GeoDataFrame
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

import sitplan
from sitplan.errors import BadRequest, NotFound, Unavailable
from sitplan.settings import Settings

LAYERS = Path(__file__).resolve().parents[2] / "layers"
NAMES = sorted(p.parent.name for p in LAYERS.glob("*/layer.yaml"))


@pytest.fixture(scope="module")
def near(seeded_settings: Settings) -> Iterator[sitplan.Sitplan]:
    with sitplan.open(settings=seeded_settings) as found:
        yield found


@pytest.fixture(scope="module")
def far(served: str) -> Iterator[sitplan.Sitplan]:
    with sitplan.open(served) as found:
        yield found


def _same(one: pandas.DataFrame, other: pandas.DataFrame) -> None:
    one = one.sort_values("id", ignore_index=True)
    other = other.sort_values("id", ignore_index=True)
    if isinstance(one, GeoDataFrame):
        assert isinstance(other, GeoDataFrame)
        assert_geodataframe_equal(one, other)
    else:
        assert not isinstance(other, GeoDataFrame)
        assert_frame_equal(one, other)


@pytest.mark.acceptance(60)
@pytest.mark.parametrize("name", NAMES)
def test_every_layer_is_the_same_from_afar(
    near: sitplan.Sitplan, far: sitplan.Sitplan, name: str
) -> None:
    """Acceptance 60: types, nulls, arrays, CRS and shapes, bit by bit."""
    _same(near.frame(name, on="any"), far.frame(name, on="any"))


@pytest.mark.parametrize("on", [None, "2020-01-01", "2019-01-01/..", "../2021-06-30", "any"])
def test_moments_are_the_same_from_afar(
    near: sitplan.Sitplan, far: sitplan.Sitplan, on: str | None
) -> None:
    _same(near.frame("initiatives", on=on), far.frame("initiatives", on=on))


def test_the_past_is_the_same_from_afar(near: sitplan.Sitplan, far: sitplan.Sitplan) -> None:
    before = datetime.now(UTC) - timedelta(days=3650)
    assert len(far.frame("green_areas", as_of=before)) == 0
    now = datetime.now(UTC)
    _same(near.frame("green_areas", as_of=now), far.frame("green_areas", as_of=now))


def test_the_catalogue_is_the_same_from_afar(near: sitplan.Sitplan, far: sitplan.Sitplan) -> None:
    assert dict(far.layers) == dict(near.layers)
    assert far.catalogue.territory == near.catalogue.territory
    assert far.catalogue.revisions == near.catalogue.revisions
    assert far.catalogue is far.catalogue, "what has not changed is not sent again"


def test_a_frame_from_afar_is_drawn_in_its_colours(far: sitplan.Sitplan) -> None:
    assert "folium" in type(sitplan.draw(far.frame("green_areas"))).__module__


def test_a_layer_that_there_is_not_is_told(far: sitplan.Sitplan) -> None:
    with pytest.raises(NotFound, match="green_areas"):
        far.frame("plazas")


def test_what_the_instance_refuses_is_told_in_its_words(far: sitplan.Sitplan) -> None:
    with pytest.raises(BadRequest) as caught:
        far.frame("green_areas", as_of=datetime(2999, 1, 1, tzinfo=UTC))
    assert caught.value.code == "told_by_address"
    assert "2999" in str(caught.value)


def test_the_address_may_end_in_api(served: str) -> None:
    with sitplan.open(f"{served}/api/") as here:
        assert "green_areas" in here.layers


@pytest.mark.parametrize("address", ["http://", "https://?x=1"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(BadRequest) as caught:
        sitplan.open(address)
    assert caught.value.code == "wrong_address"


def test_silence_is_told() -> None:
    with (
        sitplan.open("http://127.0.0.1:9") as here,
        pytest.raises(Unavailable) as caught,
    ):
        _ = here.catalogue
    assert caught.value.code == "address_silent"


@contextmanager
def _stranger(answers: list[tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A server that is no SITPLAN: gives these answers in turn, the last for ever."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "said",
    [
        (200, {"Content-Type": "text/html"}, b"<html>"),
        (200, {"Content-Type": "application/json"}, b"[]"),
        (200, {"Content-Type": "application/json"}, b'{"layers": []}'),
        (404, {}, b"nothing here"),
        (500, {}, b""),
    ],
)
def test_somebody_else_is_told(said: tuple[int, dict[str, str], bytes]) -> None:
    with (
        _stranger([said]) as address,
        sitplan.open(address) as here,
        pytest.raises(Unavailable) as caught,
    ):
        _ = here.catalogue
    assert caught.value.code == "not_sitplan"


def test_later_is_waited_for(served: str) -> None:
    import urllib.request

    register = urllib.request.urlopen(f"{served}/api/register", timeout=30).read()
    busy = (429, {"Retry-After": "1"}, b"{}")
    with (
        _stranger([busy, busy, (200, {}, register)]) as address,
        sitplan.open(address) as here,
    ):
        assert "green_areas" in here.layers


def test_half_a_file_is_no_frame(served: str) -> None:
    import urllib.request

    register = urllib.request.urlopen(f"{served}/api/register", timeout=30).read()
    whole = urllib.request.urlopen(
        f"{served}/api/collections/roads/export?f=parquet", timeout=30
    ).read()
    half = whole[: len(whole) // 2]
    for headers in ({"Content-Length": str(len(whole))}, {}):
        with (
            _stranger([(200, {}, register), (200, headers, half)]) as address,
            sitplan.open(address) as here,
            pytest.raises(Unavailable) as caught,
        ):
            here.frame("roads")
        assert caught.value.code == "broken_answer"
