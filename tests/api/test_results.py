"""A published result is a collection like any other; it tells how it was found, if it holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import mapbox_vector_tile
import pytest

from api.main import create_app
from sitplan import results
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.intake.entering import full_register
from sitplan.settings import Settings
from tests.api.running import running

INPUTS = {"weights": {"city": 1, "services": 1}}


@pytest.fixture
def own(fresh_settings: Settings, tmp_path: Path) -> Settings:
    return replace(fresh_settings, home=tmp_path / "home")


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
