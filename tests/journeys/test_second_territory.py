"""The territory is data: an invented commune in another zone, from its folder to a notebook."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
from geopandas import GeoDataFrame

import sitplan
from sitplan.crs import HALF_WORLD_M, WEB_MERCATOR, Box, carry_box
from sitplan.errors import InvalidData
from sitplan.intake.load import import_file
from sitplan.migrate import migrate
from sitplan.render import render
from sitplan.seeds import load_seeds
from sitplan.settings import Settings

from ..conftest import serve

FOLDER = Path(__file__).parent / "puerto_inventado"
UTM_18_SOUTH = 32718
OLD_QUAY = (-73.209, -41.807)


@pytest.fixture
def settings(bare_settings: Settings) -> Settings:
    """The invented commune, migrated and seeded."""
    shutil.copytree(FOLDER, bare_settings.layers)
    done = migrate(bare_settings)
    assert set(done.created) == {"quarters", "quays", "boats"} and not done.problems
    receipt = load_seeds(bare_settings)
    assert receipt is not None
    assert {k: c.added for k, c in receipt.layers.items()} == {
        "quarters": 2,
        "quays": 1,
        "boats": 2,
    }
    return bare_settings


@pytest.fixture
def http(settings: Settings) -> Iterator[httpx.Client]:
    with serve(settings) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def get(http: httpx.Client, path: str, **params: str) -> Any:
    answer = http.get(path, params=params or None)
    assert answer.status_code == 200, answer.text[:300]
    return answer.json()


def test_the_api_serves_it(http: httpx.Client) -> None:
    """Collections, items, search, legend and style speak of that commune alone."""
    collections = {c["id"]: c for c in get(http, "/api/collections")["collections"]}
    assert set(collections) == {"quarters", "quays", "boats", "catalogue-records"}
    assert collections["quarters"]["storageCrs"].endswith(f"/{UTM_18_SOUTH}")
    west, south, east, north = collections["quarters"]["extent"]["spatial"]["bbox"][0]
    assert -73.22 < west < east < -73.18 and -41.81 < south < north < -41.79
    page = get(http, "/api/collections/quarters/items", bbox="-73.205,-41.9,-73.1,-41.7")
    assert {f["properties"]["name"] for f in page["features"]} >= {"Cuartel de los Ñandúes"}
    assert all("rent" not in f["properties"] for f in page["features"])
    metres = get(
        http,
        "/api/collections/quarters/items",
        crs=f"http://www.opengis.net/def/crs/EPSG/0/{UTM_18_SOUTH}",
    )
    east, north = metres["features"][0]["geometry"]["coordinates"][0][0][0]
    assert 640_000 < east < 660_000 and 5_360_000 < north < 5_380_000
    boats = get(http, "/api/collections/boats/items", name="La Niña")["features"]
    assert boats[0]["geometry"] is None and boats[0]["properties"]["colours"] == ["azul", "rojo"]
    found = get(http, "/api/search", q="nandues")["results"]
    assert [r["code"] for r in found] == ["C-2"]
    legend = get(http, "/api/legend", lang="en")
    assert legend["territory"]["name"] == "Invented Harbour"
    assert legend["territory"]["illustrative"] is True
    style = get(http, "/api/styles/dark")
    lines = [one for one in style["layers"] if one["id"] == "quays-line"]
    assert lines[0]["paint"]["line-color"] == "#61A5C2"
    assert any(one.get("source-layer") == "quarters" for one in style["layers"])


def test_its_tiles_lie_in_place(http: httpx.Client) -> None:
    """The quay's tile holds the quay, where the quay is; the other side of the world is empty."""
    zoom = 14
    there = carry_box(Box(*OLD_QUAY, *OLD_QUAY), source=4326, target=WEB_MERCATOR)
    assert there is not None
    side = 2 * HALF_WORLD_M / (1 << zoom)
    column, row = int((there.west + HALF_WORLD_M) / side), int((HALF_WORLD_M - there.south) / side)
    answer = http.get(f"/api/tiles/WebMercatorQuad/{zoom}/{row}/{column}")
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    assert {"quarters", "quays"} <= set(decoded)
    (quay,) = decoded["quays"]["features"]
    x = [point[0] for point in quay["geometry"]["coordinates"]]
    wanted = (there.west + HALF_WORLD_M) / side % 1 * 4096
    assert abs(x[0] - wanted) < 2
    empty = http.get(f"/api/tiles/WebMercatorQuad/{zoom}/{row}/0")
    assert empty.status_code in (200, 204) and not empty.content


def test_a_frame_is_in_its_metres(settings: Settings) -> None:
    """The analyst's frame has that zone's CRS, and areas are metres squared."""
    with sitplan.open(settings=settings) as here:
        quarters = here.frame("quarters")
        quays = here.frame("quays")
        assert isinstance(quarters, GeoDataFrame) and quarters.crs.to_epsg() == UTM_18_SOUTH
        assert quarters["area_m2"].between(720_000, 740_000).all()
        assert quarters.geometry.area.sub(quarters["area_m2"]).abs().max() < 0.1
        assert here.frame("boats")["name"].tolist().count("La Niña") == 1
        page = sitplan.draw(quarters, quays).get_root().render()
    assert "Muelle" in page and "#2A6F97" in page


def test_a_file_of_its_office_comes_in(settings: Settings, tmp_path: Path) -> None:
    """A shapefile in its own zone is taken; one that overlaps is refused by its check."""
    shape = {"code": ["C-3"], "name": ["Cuartel Nuevo"]}
    with sitplan.open(settings=settings) as here:
        known = here.frame("quarters").set_index("code").geometry
        east = known["C-2"].bounds[2]
        moved = known["C-2"].buffer(-5)
    from shapely.affinity import translate

    GeoDataFrame(shape, geometry=[translate(moved, 900)], crs=UTM_18_SOUTH).to_file(
        tmp_path / "nuevo.shp"
    )
    receipt = import_file(settings, tmp_path / "nuevo.shp", layer="quarters")
    assert receipt.layers["quarters"].added == 1
    GeoDataFrame({"code": ["C-4"], "name": ["Encima"]}, geometry=[moved], crs=UTM_18_SOUTH).to_file(
        tmp_path / "encima.shp"
    )
    with pytest.raises(InvalidData) as caught:
        import_file(settings, tmp_path / "encima.shp", layer="quarters")
    assert "overlaps" in {p.code for p in caught.value.report.problems}
    with sitplan.open(settings=settings) as here:
        assert sorted(here.frame("quarters")["code"]) == ["C-1", "C-2", "C-3"]
        assert here.frame("quarters").total_bounds[2] > east


def test_its_dictionary_is_written_beside_it(settings: Settings) -> None:
    """`render` writes that territory's pages and tables, and nothing of the checkout's."""
    written = {path.name for path in render(settings.layers)}
    assert {"quarters.md", "quays.md", "boats.md", "index.md", "table.sql"} == written
    page = settings.layers.parent / "docs" / "layers" / "quarters.md"
    assert f"EPSG:{UTM_18_SOUTH}" in page.read_text(encoding="utf-8")


def test_two_territories_do_not_know_each_other(
    settings: Settings, seeded_settings: Settings
) -> None:
    """Two databases of one server: each address opens its own commune."""
    with sitplan.open(settings=settings) as one, sitplan.open(settings=seeded_settings) as other:
        assert one.catalogue.territory.name["en"] == "Invented Harbour"
        assert other.catalogue.territory.storage_crs != UTM_18_SOUTH
        assert "quays" not in other.layers and "roads" not in one.layers
    with sitplan.open(settings.database_url) as again:
        assert "quays" in again.layers
