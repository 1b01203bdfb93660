"""A published result is a collection like any other; it tells how it was found, if it holds."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
import rasterio

from api.main import create_app
from sitplan import results
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.intake.entering import full_register
from sitplan.recomputing import recompute
from sitplan.settings import Settings
from tests.api.running import running

INPUTS = {"weights": {"city": 1, "services": 1}}


@pytest.fixture
def own(fresh_settings: Settings, tmp_path: Path) -> Settings:
    """A seeded database, and a home and declarations of the test's own."""
    shutil.copytree(fresh_settings.layers, tmp_path / "layers")
    return replace(fresh_settings, home=tmp_path / "home", layers=tmp_path / "layers")


@pytest.fixture
def live(own: Settings, tmp_path: Path) -> Iterator[httpx.Client]:
    app = create_app(own, dist=tmp_path)
    with running(app) as client:
        _until(lambda: app.state.memory.is_open)
        client.get("/api/collections")
        yield client


def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_result_is_served_like_any_layer(live: httpx.Client, own: Settings) -> None:
    assert live.get("/api/collections/rural_need").status_code == 404
    results.compute_and_publish(own, "rural_access", INPUTS, name="rural_need", author="SECPLA")
    path = "/api/collections/rural_need"
    _until(lambda: live.get(path).status_code == 200)
    draft = live.get(path, params={"lang": "en"}).json()
    assert draft["result"]["reviewState"] == "draft" and draft["itemCount"] == 0
    results.review(own, "rural_need", "published", why="visto")
    _until(lambda: live.get(path).json()["itemCount"] == 20)

    told = live.get(path, params={"lang": "en"}).json()["result"]
    assert told["statement"] == (
        "Calculated by SECPLA with data of: Rural localities, Facilities, Streets and roads."
    )
    assert told["isCurrent"] is True and "notice" not in told
    promised = live.get("/api/openapi").json()["components"]["schemas"]["collection"]
    assert set(promised["properties"]["result"]["required"]) == set(told)
    assert told["analysis"] == {"id": "rural_access", "inputs": INPUTS}
    assert [one["revision"] for one in told["inputs"]] == [1, 1, 1]
    parameters = {p["name"]: p for p in told["method"]["parameters"]}
    assert parameters["need_weights"]["value"] == INPUTS["weights"]
    assert parameters["car_kmh"]["verified"] is False
    assert "result" not in live.get("/api/collections/roads").json()

    page = live.get(f"{path}/items", params={"rank": 1}).json()
    assert [one["properties"]["name"] for one in page["features"]] == ["Donkey"]
    queryables = live.get(f"{path}/queryables").json()
    assert queryables["properties"]["need"]["title"] == "Necesidad (0 a 100)"
    html = live.get(path, headers={"Accept": "text/html"}).text
    assert "calculado por SECPLA con datos de Localidades rurales (revisión 1" in html
    legend = live.get("/api/legend").json()
    (group,) = (g for g in legend["groups"] if g["name"] == "results")
    (layer,) = group["layers"]
    assert layer["source"]["title"] == "Calculado por SECPLA con SITPLAN"
    assert len(layer["entries"]) == 5 and layer["illustrative"] is True
    record = live.get("/api/collections/catalogue-records/items/rural_need")
    assert record.status_code == 200 and "calculado por SECPLA" in record.text
    style = live.get("/api/styles/day", headers={"Accept": "application/json"})
    assert "rural_need-circle-1" in style.text
    tile = live.get("/api/tiles/WebMercatorQuad/9/298/155?collections=rural_need")
    shown = mapbox_vector_tile.decode(tile.content)["rural_need"]["features"]
    assert len(shown) > 5 and "need" in shown[0]["properties"]

    with Database(own, role="admin", workers=1) as database:
        frame = results.DataFrame({"code": ["LR-01"], "school": [True]})
        apply(
            database, full_register(database), [Edit("rural_localities", frame)],
            author=Author(), why="se abrió una escuela",
        )  # fmt: skip
    _until(lambda: live.get(path).json()["result"]["isCurrent"] is False)
    told = live.get(path).json()["result"]
    assert told["notice"] == "DESACTUALIZADO: cambió Localidades rurales desde que se calculó."
    assert [one["isCurrent"] for one in told["inputs"]] == [False, True, True]
    html = live.get(path, headers={"Accept": "text/html"}).text
    assert "DESACTUALIZADO" in html
    method = live.get("/api/legend").json()["groups"]
    (group,) = (g for g in method if g["name"] == "results")
    assert group["layers"][0]["source"]["method"].startswith("DESACTUALIZADO")


def _load_heights(settings: Settings, *, times: float, said: str) -> str:
    """Put another raster in place of the territory's, as many times as steep; its SHA-256."""
    path = settings.layers / "heights.tif"
    with rasterio.open(path) as file:
        profile, grid = file.profile, file.read(1)
    made = path.with_suffix(".new")
    low = grid.min()
    with rasterio.open(made, "w", **profile) as file:
        file.write((low + (grid - low) * times).astype(grid.dtype), 1)
        file.update_tags(TIFFTAG_IMAGEDESCRIPTION=said)
    made.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_raster_of_heights_is_another_input(live: httpx.Client, own: Settings) -> None:
    inputs = {"of": "neighbourhoods", "hazard": "flood", "profile": "older"}
    first = hashlib.sha256((own.layers / "heights.tif").read_bytes()).hexdigest()
    results.compute_and_publish(own, "safety_by_area", inputs, name="minutes", author="GRD")
    results.review(own, "minutes", "published", why="visto")
    path = "/api/collections/minutes"
    _until(lambda: live.get(path).status_code == 200 and live.get(path).json()["itemCount"] > 0)

    def told() -> dict[str, Any]:
        return live.get(path).json()["result"]

    def indicator() -> dict[str, float]:
        asked = {"of": "neighbourhoods", "lang": "en"}
        found = live.get("/api/indicators/safe_min_flood_older", params=asked, timeout=120).json()
        return {row["code"]: row["value"] for row in found["rows"] if row["value"] is not None}

    def files() -> list[str]:
        """What files say of whether it holds: the export, the page as a table, the legend."""
        rows = live.get(f"{path}/export", params={"f": "csv"}).text
        page = live.get(f"{path}/items", params={"f": "csv"}).text
        geo = live.get(f"{path}/export", params={"f": "geojson"}).json()
        groups = {one["name"]: one for one in live.get("/api/legend").json()["groups"]}
        return [
            *(next(iter(csv.DictReader(io.StringIO(one))))["notice"] for one in (rows, page)),
            "DESACTUALIZADO" if geo["isCurrent"] is False else "",
            groups["results"]["layers"][0]["source"]["method"],
            live.get(path, headers={"Accept": "text/html"}).text,
        ]

    heights = told()["heights"]
    assert heights == {
        "title": "alturas del terreno", "cellSize": 25.0, "sha256": first, "isCurrent": True,
        "source": "Dibujo ilustrativo: inventado para la demostración, sin valor.",
    }  # fmt: skip
    assert live.get("/api/heights").json()["sha256"] == first
    assert told()["isCurrent"] is True and "alturas del terreno" in told()["statement"]
    assert not [one for one in files() if "DESACTUALIZADO" in one]
    before, map_knew = indicator(), live.get("/api/legend").json()["territory"]["heights"]
    tag = live.get(f"{path}/export", params={"f": "csv"}).headers["etag"]

    second = _load_heights(own, times=3, said="Vuelo de 2027")
    assert live.get("/api/heights").json()["sha256"] == second != first == map_knew
    assert told()["isCurrent"] is False
    assert told()["notice"] == "DESACTUALIZADO: cambió alturas del terreno desde que se calculó."
    assert told()["heights"]["isCurrent"] is False and told()["heights"]["sha256"] == first
    assert all(one["isCurrent"] for one in told()["inputs"])
    assert all("DESACTUALIZADO" in one for one in files()), files()
    assert live.get("/api/legend").json()["territory"]["heights"] == second
    assert live.get(f"{path}/export", params={"f": "csv"}).headers["etag"] != tag
    after = indicator()
    assert after.keys() == before.keys() and after != before
    assert all(after[code] >= before[code] for code in after), "steeper is never sooner"

    again = recompute(own, "minutes")
    assert again.then == {} and again.lost == (), "the raster of then is kept"
    assert again.outdated == ("heights",)
    assert again.now["columns"]["mean_min"]["rows"] > 0
    recompute(own, "minutes", keep=True)
    results.review(own, "minutes", "published", why="visto de nuevo")
    _until(lambda: told()["isCurrent"] is True)
    assert told()["heights"]["source"] == "Vuelo de 2027"
    published = live.get(f"{path}/items", params={"limit": 100}).json()["features"]
    shown = {
        one["properties"]["code"]: one["properties"]["mean_min"]
        for one in published
        if one["properties"]["mean_min"] is not None
    }
    assert shown == pytest.approx(after), "the map's indicator and the result are one number"

    (kept,) = (own.home / "heights").glob("*.tif")
    assert kept.stem == second, "the raster that no result names any more is let go"
    kept.unlink()
    _load_heights(own, times=2, said="Vuelo de 2028")
    gone = recompute(own, "minutes")
    assert gone.lost == ("heights",) and gone.titles["heights"]["es"] == "alturas del terreno"
    assert gone.then == gone.now and gone.then["columns"]["mean_min"]["rows"] > 0

    (own.layers / "heights.tif").unlink()
    assert told()["heights"]["isCurrent"] is False and told()["isCurrent"] is False
