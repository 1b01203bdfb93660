"""What people write in Python: OWSLib, geopandas, and Excel's one address."""

from __future__ import annotations

import csv
import io
import warnings
from typing import Any

import geopandas
import httpx
import pytest
from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records

import sitplan
from sitplan.settings import Settings


@pytest.fixture(scope="module")
def here(seeded_settings: Settings) -> Any:
    with sitplan.open(settings=seeded_settings) as found:
        yield found


@pytest.mark.acceptance(57)
def test_owslib_reads_features(served: str, here: sitplan.Sitplan) -> None:
    client = Features(f"{served}/api/")
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (client.conformance()["conformsTo"])
    )
    assert set(client.feature_collections()) >= {"green_areas", "roads", "initiatives"}
    assert client.collection("green_areas")["itemCount"] == len(here.frame("green_areas"))
    page = client.collection_items("green_areas", limit=5, kind="plaza")
    plazas = here.frame("green_areas").query("kind == 'plaza'")
    assert page["numberMatched"] == len(plazas) and page["numberReturned"] == 5
    box = [-70.77, -28.58, -70.75, -28.57]
    inside = client.collection_items("roads", bbox=box, limit=1000)["features"]
    assert 0 < len(inside) < len(here.frame("roads"))
    one = client.collection_item("green_areas", page["features"][0]["id"])
    assert one["properties"] == page["features"][0]["properties"]
    assert "kind" in client.collection_queryables("green_areas")["properties"]
    filtered = client.collection_items("green_areas", filter="kind = 'plaza'", limit=1000)
    assert {f["id"] for f in filtered["features"]} == set(plazas.id)


@pytest.mark.acceptance(57)
def test_owslib_reads_records(served: str) -> None:
    client = Records(f"{served}/api/")
    (name,) = client.records()
    found = client.collection_items(name, q="verde", limit=50)
    assert any(f["id"] == "green_areas" for f in found["features"])
    assert client.collection_item(name, "green_areas")["properties"]["title"] == "Áreas verdes"


@pytest.mark.acceptance(57)
@pytest.mark.parametrize("fmt", ["geojson", "gpkg", "fgb", "parquet"])
def test_geopandas_reads_a_file_by_its_address(
    served: str, here: sitplan.Sitplan, fmt: str
) -> None:
    address = f"{served}/api/collections/green_areas/export?f={fmt}"
    if fmt == "parquet":
        found = geopandas.read_parquet(io.BytesIO(httpx.get(address).content))
    else:
        with warnings.catch_warnings():  # the address has no ending that says gpkg
            warnings.simplefilter("ignore", RuntimeWarning)
            found = geopandas.read_file(address)
    assert sorted(found.id) == sorted(here.frame("green_areas").id)


@pytest.mark.acceptance(57)
def test_geopandas_reads_a_page_by_its_address(served: str, here: sitplan.Sitplan) -> None:
    found = geopandas.read_file(f"{served}/api/collections/green_areas/items?limit=10000")
    assert sorted(found.id) == sorted(here.frame("green_areas").id)
    assert found.crs.to_epsg() == 4326


@pytest.mark.acceptance(59)
def test_excel_gets_the_whole_layer_from_one_address(served: str, here: sitplan.Sitplan) -> None:
    """Power Query asks once, and takes what comes for the layer."""
    answer = httpx.get(f"{served}/api/collections/roads/export?f=csv&profile=excel")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(rows) == len(here.frame("roads"))
    assert answer.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.content
