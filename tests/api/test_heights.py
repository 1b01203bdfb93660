"""The same heights whoever asks: the process, the library near and far, the page, the package."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import pandas as pd
import pytest
import rasterio

import sitplan
from api.main import create_app
from sitplan import elevation
from sitplan.analysis.evacuation import evacuate
from sitplan.analysis.hazard import ground
from sitplan.analysis.plain import plain_rows
from sitplan.analysis.profiles import PROFILES
from sitplan.catalogue import Catalogue
from sitplan.errors import NotFound, Refused
from sitplan.settings import Settings
from sitplan.style import THEMES
from tests.api.running import running
from tests.conftest import serve

SAID = "Dibujo ilustrativo: inventado para la demostración, sin valor."
_SAID = SAID.removesuffix(".")
"""Inside a sentence."""


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def near(seeded_settings: Settings) -> Iterator[sitplan.Sitplan]:
    with sitplan.open(settings=seeded_settings) as here:
        yield here


@pytest.fixture(scope="module")
def far(served: str) -> Iterator[sitplan.Sitplan]:
    with sitplan.open(served) as here:
        yield here


def _relief(told: list[str]) -> str:
    (said,) = [one for one in told if "alturas" in one or "heights" in one]
    return said


def test_the_process_the_notebook_and_who_reads_from_afar_find_the_same(
    http: httpx.Client, near: sitplan.Sitplan, far: sitplan.Sitplan
) -> None:
    inputs = {"hazard": "flood", "profile": "older"}
    told = http.post("/processes/evacuation/execution", json={"inputs": inputs}).json()
    rows = [one["properties"] for one in told["features"]]
    for here in (near, far):
        found = here.analyse("evacuation", **inputs)
        assert plain_rows(found.frame) == rows
        assert found.method.told("es") == told["method"]
    said = _relief(told["method"]["notes"])
    assert _SAID in said and "celda de 25 m" in said
    other = http.post("/processes/green_indicators/execution", json={"inputs": {}}).json()
    assert _SAID in _relief(other["method"]["notes"])
    # by hand, from the frames and the network: the same minutes, and others than on flat ground
    blocks = far.frame("census_blocks").set_index("code", drop=False)
    water, zones = far.frame("waterways"), far.frame("hazard_zones")
    rivers = water[water["class"] == "river"].geometry
    given = {"profile": PROFILES["older"], "meeting_points": far.frame("meeting_points"),
             "safe_zones": far.frame("safe_zones")}  # fmt: skip
    net = far.network()
    edges = net.edges.assign(effort_ab=net.edges["metres"], effort_ba=net.edges["metres"])
    minutes = {}
    for name, one in (("sloped", net), ("flat", replace(net, edges=edges, relief=None))):
        under = ground(one, zones, hazard="flood", barriers=rivers)
        minutes[name] = evacuate(blocks, under=under, **given).blocks["minutes"]
    pd.testing.assert_series_equal(
        minutes["sloped"], pd.Series([r["minutes"] for r in rows], minutes["sloped"].index),
        check_names=False,
    )  # fmt: skip
    assert (minutes["flat"] - minutes["sloped"]).abs().max() > 0.1


def test_a_page_of_a_place_and_the_package_have_the_same_ground(
    http: httpx.Client, served: str, near: sitplan.Sitplan
) -> None:
    net = near.network()
    package = httpx.get(f"{served}/adonde-voy/package.json", timeout=120).json()
    assert package["relief"] == net.relief and net.relief is not None
    streets = package["streets"]
    for column in ("effort_ab", "effort_ba"):
        assert streets[column] == np.rint(net.edges[column] * 100).astype(int).tolist()
    assert streets["effort_ab"] != streets["cm"]
    found = near.analyse("evacuation", hazard="flood")
    blocks = near.frame("census_blocks").set_index("code")
    zones = near.frame("hazard_zones")
    dangerous = zones[zones["hazard"] == "flood"].union_all()
    asked = 0
    arriving = found.frame[found.frame["minutes"].notna()].set_index("code")
    for code, row in arriving.iloc[:6].iterrows():
        start = blocks.geometry[code].intersection(dangerous).centroid
        lon_lat = gpd.GeoSeries([start], crs=blocks.crs).to_crs(4326).iloc[0]
        at = {"lat": f"{lon_lat.y:.5f}", "lon": f"{lon_lat.x:.5f}"}
        told = http.get("/places", params=at).json()
        assert told["relief"] == net.relief and _SAID in told["relief_told"]
        (way,) = [one for one in told["evacuation"] if one["hazard"] == "flood"]
        assert way["goal"]["code"] == row["exit"]
        # the point is told to a metre
        assert abs(way["metres"] - row["metres"]) <= 3
        assert abs(way["minutes"] - math.ceil(row["minutes"])) <= 1
        asked += 1
    assert asked == 6
    page = http.get("/places", params={**at, "f": "html"}).text
    assert "Terreno de los caminos a pie: alturas de Dibujo ilustrativo" in page


def test_an_earthquake_has_no_zones_and_is_fled_from_everywhere(
    http: httpx.Client, near: sitplan.Sitplan
) -> None:
    assert "earthquake" not in set(near.frame("hazard_zones")["hazard"])
    inputs = {"hazard": "earthquake", "profile": "adult", "part": "exits"}
    told = http.post("/processes/evacuation/execution", json={"inputs": inputs}).json()
    people = near.frame("census_blocks")["population"].sum()
    assert told["totals"]["people"] == pytest.approx(float(people))
    assert "no tiene áreas dibujadas" in " ".join(told["method"]["notes"])


def test_the_raster_is_told_and_given_as_it_is(
    http: httpx.Client, seeded_settings: Settings, tmp_path: Path
) -> None:
    told = http.get("/heights").json()
    assert (told["source"], told["cell_m"], told["licence"]) == (SAID, 25.0, "CC-BY-4.0")
    assert told["illustrative"] is True
    (file,) = [one for one in told["links"] if one["rel"] == "enclosure"]
    answer = httpx.get(file["href"])
    assert answer.headers["content-type"] == file["type"]
    body = (seeded_settings.layers / "heights.tif").read_bytes()
    assert answer.content == body and file["length"] == told["bytes"] == len(body)
    assert told["sha256"] == hashlib.sha256(body).hexdigest()
    again = httpx.get(file["href"], headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    (tmp_path / "x.tif").write_bytes(answer.content)
    with rasterio.open(tmp_path / "x.tif") as raster:
        assert (raster.width, raster.height) == (told["columns"], told["rows"])
    west, south, east, north = told["bbox"]
    assert west < -70.7585 < east and south < -28.5765 < north
    english = http.get("/heights", params={"lang": "en", "f": "html"}).text
    assert "Heights of the ground" in english


def test_who_has_the_raster_is_told_so_without_a_look_at_it(
    seeded_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = create_app(seeded_settings, dist=tmp_path)
    with running(app) as client:
        first = client.get("/api/heights/raster")
        assert first.status_code == 200

        def unread(*_: object) -> None:
            raise AssertionError("the raster was read")

        monkeypatch.setattr("api.routes.heights.raster_of", unread)
        known = {"If-None-Match": first.headers["etag"]}
        again = client.get("/api/heights/raster", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers[name] == first.headers[name], name
        other = client.get("/api/heights/raster", headers={"If-None-Match": '"other"'})
        assert other.status_code == 500, "who has another is given it, and for that it is read"


def test_no_path_of_the_machine_is_told(seeded_settings: Settings, catalogue: Catalogue) -> None:
    from sitplan.register import write_register

    facts = dict(catalogue.territory.facts) | {"heights": {"file": "/srv/secret/h.tif"}}
    named = replace(catalogue, territory=replace(catalogue.territory, facts=facts))
    assert write_register(named)["territory"]["heights"] == {"file": "h.tif"}


def test_without_heights_or_with_a_large_raster_that_is_told(
    catalogue: Catalogue, seeded_settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as caught:
        elevation.raster_of(replace(catalogue, illustrative={"roads": False}), tmp_path)
    assert caught.value.code == "no_heights"
    drawn = replace(catalogue, illustrative={"roads": True})
    with (tmp_path / "heights.tif").open("wb") as file:
        file.truncate(elevation.LARGEST_BYTES + 1)
    with pytest.raises(Refused) as refused:
        elevation.raster_of(drawn, tmp_path)
    assert refused.value.code == "heights_too_large"
    app: Any = create_app(replace(seeded_settings, layers=tmp_path), dist=tmp_path)
    with running(app) as client:
        assert client.get("/api/heights").status_code == 409
        with sitplan.open(str(client.base_url)) as here, pytest.raises(Exception, match="64 MB"):
            here.network()


def test_the_relief_is_a_picture_that_is_known_again(served: str) -> None:
    address = f"{served}/api/heights/relief.png"
    day = httpx.get(address)
    assert day.status_code == 200 and day.headers["Content-Type"] == "image/png"
    assert day.content.startswith(b"\x89PNG") and len(day.content) < 60_000
    dark = httpx.get(address, params={"theme": "dark"})
    assert dark.content != day.content and dark.headers["ETag"] != day.headers["ETag"]
    again = httpx.get(address, headers={"If-None-Match": day.headers["ETag"]})
    assert again.status_code == 304 and "no-cache" in again.headers["Cache-Control"]
    wrong = httpx.get(address, params={"theme": "sepia"})
    assert wrong.status_code == 404 and wrong.json()["code"] == "no_such_style"


@pytest.mark.parametrize("theme", THEMES)
def test_a_style_lays_the_relief_on_the_land(served: str, theme: str) -> None:
    """In everybody's map: under all that stands on the ground, where the raster lies."""
    raster = httpx.get(f"{served}/api/heights").json()["bbox"]
    style = httpx.get(f"{served}/api/styles/{theme}").json()
    relief = style["sources"]["relief"]
    assert relief["url"] == f"{served}/api/heights/relief.png?theme={theme}"
    lons, lats = zip(*relief["coordinates"], strict=True)
    for found, wanted in zip((min(lons), min(lats), max(lons), max(lats)), raster, strict=True):
        assert abs(found - wanted) < 0.001
    land, own, *above = [one for one in style["layers"] if one["type"] != "background"]
    assert (land["source-layer"], own["source"]) == ("commune", "relief")
    assert "relief" not in {one["source"] for one in above}


@pytest.mark.parametrize("file", [None, b"no raster"])
def test_without_heights_that_can_be_read_the_map_is_whole(
    seeded_settings: Settings, tmp_path: Path, file: bytes | None
) -> None:
    """A raster that is named and not there, and one that is none."""
    if file:
        (tmp_path / "heights.tif").write_bytes(file)
    with serve(replace(seeded_settings, layers=tmp_path)) as address:
        style = httpx.get(f"{address}/api/styles/day")
        assert style.status_code == 200 and len(style.json()["layers"]) > 20
        assert "relief" not in style.json()["sources"]
        picture = httpx.get(f"{address}/api/heights/relief.png")
        for told in (picture, httpx.get(f"{address}/api/heights")):
            assert told.json()["code"] == ("heights_unreadable" if file else "heights_missing")
