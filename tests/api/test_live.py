"""A running server hears what happens to its database: edits, migrations, midnight, loss."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import mapbox_vector_tile
import psycopg2
import pytest
import yaml

from api.main import Application, create_app
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.migrate import migrate
from sitplan.settings import Settings
from tests.api.running import running
from tests.conftest import CHECKOUT

TILES = "/api/tiles/WebMercatorQuad"
TOWN = f"{TILES}/15/19099/9943"
FAR = f"{TILES}/15/19160/9990"


def _eventually(what: Callable[[], Any], *, seconds: float = 1.0) -> float:
    """How long it took until `what` was so; fails after `seconds`."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < seconds, "not within the time promised"
        time.sleep(0.01)
    return time.monotonic() - started


@pytest.fixture
def clock() -> list[timedelta]:
    return [timedelta(0)]


@pytest.fixture
def app(fresh_settings: Settings, clock: list[timedelta], tmp_path: Path) -> Application:
    zone = ZoneInfo("UTC")
    return create_app(fresh_settings, clock=lambda: datetime.now(zone) + clock[0], dist=tmp_path)


@pytest.fixture
def live(app: Application) -> Iterator[httpx.Client]:
    with running(app) as client:
        _eventually(lambda: app.state.memory.is_open, seconds=10)
        client.get("/api/collections")
        yield client


def _point(fresh: Database, code: str, lon: float, lat: float, **more: Any) -> None:
    row = {"valid_from": "-infinity", "valid_to": None, **more}
    with fresh.transaction() as cursor:
        cursor.execute(
            "INSERT INTO layers.critical_points (code, name, cause, review_state, valid_from,"
            " valid_to, geom) VALUES (%s, %s, 'otro', 'published', %s, %s,"
            " ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 32719))",
            [code, code, row["valid_from"], row["valid_to"], lon, lat],
        )


def _names(client: httpx.Client, path: str) -> set[str]:
    body = client.get(path).content
    layer = mapbox_vector_tile.decode(body).get("critical_points", {}) if body else {}
    return {one["properties"]["name"] for one in layer.get("features", [])}


def _centre(path: str) -> tuple[float, float]:
    from sitplan.crs import LON_LAT, WEB_MERCATOR, carry_box, tile_envelope

    z, row, column = map(int, path.rsplit("/", 3)[1:])
    box = carry_box(tile_envelope(z, column, row), source=WEB_MERCATOR, target=LON_LAT)
    assert box is not None
    return (box.west + box.east) / 2, (box.south + box.north) / 2


@pytest.mark.acceptance(42)
def test_an_edit_is_in_the_next_tile_and_others_answer_304(
    live: httpx.Client, fresh: Database
) -> None:
    tags = {path: live.get(path).headers["etag"] for path in (TOWN, FAR)}
    for path, tag in tags.items():
        assert live.get(path, headers={"If-None-Match": tag}).status_code == 304
    own = f"/api/collections/critical_points{TOWN[4:]}"
    live.get(own)
    _point(fresh, "NEW", *_centre(TOWN))
    took = _eventually(lambda: "NEW" in _names(live, TOWN))
    assert "NEW" in _names(live, own)
    assert live.get(TOWN, headers={"If-None-Match": tags[TOWN]}).status_code == 200
    assert live.get(FAR, headers={"If-None-Match": tags[FAR]}).status_code == 304
    assert took < 1.0


@pytest.mark.acceptance(42)
def test_moving_and_removing_touch_both_places(
    live: httpx.Client, fresh: Database, app: Application
) -> None:
    _point(fresh, "MOVES", *_centre(TOWN))
    _eventually(lambda: "MOVES" in _names(live, TOWN) and "MOVES" not in _names(live, FAR))
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.critical_points SET geom = ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s),"
            " 4326), 32719) WHERE code = 'MOVES'",
            _centre(FAR),
        )
    _eventually(lambda: "MOVES" not in _names(live, TOWN) and "MOVES" in _names(live, FAR))
    with fresh.transaction() as cursor:
        cursor.execute("DELETE FROM layers.critical_points WHERE code = 'MOVES'")
    _eventually(lambda: "MOVES" not in _names(live, FAR))


def test_an_edit_is_in_the_next_answer_of_a_feature(live: httpx.Client, fresh: Database) -> None:
    """Whichever way answers: none of them keeps a feature."""
    one = fresh.fetch("SELECT id::text FROM published.green_areas LIMIT 1")[0][0]
    path = f"/api/collections/green_areas/items/{one}"
    tags = set()
    for number in range(5):
        with fresh.transaction() as cursor:
            cursor.execute(
                "UPDATE layers.green_areas SET name = %s WHERE id = %s", [f"N{number}", one]
            )
        for _ in range(3):
            answer = live.get(path)
            assert answer.json()["properties"]["name"] == f"N{number}"
            tags.add(answer.headers["etag"])
    assert len(tags) == 5
    with fresh.transaction() as cursor:
        cursor.execute("UPDATE layers.green_areas SET visibility = 'internal' WHERE id = %s", [one])
    assert live.get(path).status_code == 404, "what is no longer public is seen by nobody"


def test_counts_and_extent_follow_an_edit(live: httpx.Client, fresh: Database) -> None:
    url = "/api/collections/critical_points"
    before = live.get(url).json()["itemCount"]
    _point(fresh, "ONE-MORE", -70.2, -29.2)
    _eventually(lambda: live.get(url).json()["itemCount"] == before + 1)
    west, south, east, north = live.get(url).json()["extent"]["spatial"]["bbox"][0]
    assert west <= -70.2 <= east and south <= -29.2 <= north


def test_the_legend_follows_what_was_loaded(
    live: httpx.Client, fresh: Database, app: Application
) -> None:
    """The source in force and the watermark change with the data, and no tile elsewhere is lost."""

    def told() -> dict[str, Any]:
        groups = live.get("/api/legend").json()["groups"]
        return next(x for g in groups for x in g["layers"] if x["name"] == "critical_points")

    assert told()["illustrative"]
    revision = live.get("/api/legend").json()["territory"]["revision"]
    live.get(FAR)
    kept = len(app.state.memory)
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE sitplan.layer SET illustrative = false, source = %s"
            " WHERE name = 'critical_points'",
            [json.dumps({"title": "Catastro", "licence": "CC0-1.0", "date": "2026"})],
        )
        cursor.execute("DELETE FROM layers.critical_points WHERE ST_Y(geom) > 6838000")
    _eventually(lambda: not told()["illustrative"])
    assert told()["source"]["title"] == "Catastro"
    assert live.get("/api/legend").json()["territory"]["revision"] > revision
    assert len(app.state.memory) > kept / 2


def test_a_validity_that_begins_at_midnight(
    live: httpx.Client, fresh: Database, catalogue: Catalogue, clock: list[timedelta]
) -> None:
    today = catalogue.territory.today()
    tomorrow = today + timedelta(days=1)
    _point(fresh, "BEGINS", *_centre(TOWN), valid_from=tomorrow)
    _point(fresh, "ENDS", *_centre(TOWN), valid_to=tomorrow)
    _eventually(lambda: "ENDS" in _names(live, TOWN))
    far = live.get(FAR).headers["etag"]
    assert "BEGINS" not in _names(live, TOWN)
    zone = ZoneInfo(catalogue.territory.time_zone)
    midnight = datetime.combine(tomorrow, datetime.min.time(), tzinfo=zone)
    clock[0] = midnight - datetime.now(zone) + timedelta(seconds=0.2)
    found = _names(live, TOWN)
    assert "BEGINS" in found and "ENDS" not in found
    assert live.get(FAR, headers={"If-None-Match": far}).status_code == 304
    items = live.get("/api/collections/critical_points/items").json()["features"]
    codes = {one["properties"]["code"] for one in items}
    assert "BEGINS" in codes and "ENDS" not in codes


def test_a_lost_connection_forgets_all_and_comes_back(
    live: httpx.Client, fresh: Database, app: Application
) -> None:
    live.get(TOWN)
    assert len(app.state.memory)
    with fresh.transaction() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'sitplan-listener' AND datname = current_database()"
        )
        assert cursor.rowcount == 1
    _eventually(lambda: not app.state.memory.is_open or not len(app.state.memory))
    _point(fresh, "MEANWHILE", *_centre(TOWN))
    assert "MEANWHILE" in _names(live, TOWN), "deaf, nothing is remembered"
    _eventually(lambda: app.state.memory.is_open, seconds=5)
    live.get(TOWN)
    _point(fresh, "AFTER", *_centre(TOWN))
    _eventually(lambda: "AFTER" in _names(live, TOWN))


def test_the_database_goes_and_comes_back(
    live: httpx.Client, fresh_settings: Settings, app: Application, server_url: str
) -> None:
    """503 with a remedy while it is away; all by itself when it is there again."""
    assert live.get(TOWN).status_code == 200 and live.get("/api/health").status_code == 200
    page = live.get("/api/collections/roads/items?limit=1").json()
    one = f"/api/collections/roads/items/{page['features'][0]['id']}"
    _eventually(lambda: live.get(one).status_code == 200 and app.state.gatherer.is_open, seconds=6)
    name = str(fresh_settings.database_url).rpartition("/")[2]
    link = psycopg2.connect(server_url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        _eventually(lambda: live.get(TOWN).status_code == 503, seconds=3)
        for path in (
            *("/api/health", "/api/collections/roads/items", TOWN, "/api/search?q=plaza", one, one),
        ):
            answer = live.get(path)
            assert answer.status_code == 503, path
            assert answer.json()["code"] == "database_down" and answer.headers["retry-after"] == "5"
        assert live.get("/api/conformance").status_code == 200
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    link.close()
    for path in ("/api/health", "/api/collections/roads/items", TOWN, one):
        _eventually(lambda path=path: live.get(path).status_code == 200, seconds=6)
    _eventually(lambda: live.get(one).status_code == 200 and app.state.gatherer.is_open, seconds=6)
    _eventually(lambda: app.state.memory.is_open, seconds=6)


def test_a_server_begins_without_its_database(seeded_settings: Settings, tmp_path: Path) -> None:
    nowhere = replace(
        seeded_settings, database_url="postgresql://nobody:x@127.0.0.1:1/none", reader_url=None
    )
    with running(create_app(nowhere, dist=tmp_path)) as client:
        answer = client.get("/api/health")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_down")


def test_an_empty_database_is_told_to_be_migrated(bare_settings: Settings, tmp_path: Path) -> None:
    """The public's role exists already in this cluster; the territory does not."""
    reader = replace(bare_settings, reader_url=bare_settings.database_url)
    with running(create_app(reader, dist=tmp_path)) as client:
        answer = client.get("/api/health")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_migrated")
        assert "migrate" in answer.json()["hint"]


@pytest.mark.acceptance(5)
def test_a_new_folder_is_a_new_layer_within_two_seconds(
    live: httpx.Client, fresh_settings: Settings, tmp_path: Path
) -> None:
    """Copied, renamed, with a field nobody foresaw: collection, filter, tile, legend, style."""
    folder = tmp_path / "layers"
    shutil.copytree(CHECKOUT / "layers", folder)
    made = folder / "bee_yards"
    shutil.copytree(folder / "critical_points", made)
    shutil.rmtree(made / "checks", ignore_errors=True)
    for stale in ("seed.geojson", "table.sql", "style.json", "extra.sql"):
        (made / stale).unlink(missing_ok=True)
    declared = yaml.safe_load((made / "layer.yaml").read_text(encoding="utf-8"))
    declared["name"] = "bee_yards"
    declared["title"] = {"es": "Colmenares", "en": "Bee yards"}
    declared["fields"].append(
        {"name": "Miel_kg ñ", "type": "number", "unit": "kg", "in_tile": True,
         "title": {"es": "Miel", "en": "Honey"}}
    )  # fmt: skip
    (made / "layer.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    settings = replace(fresh_settings, layers=folder)
    assert live.get("/api/collections/bee_yards").status_code == 404
    live.get(TOWN)
    migrate(settings)
    lon, lat = _centre(TOWN)
    with Database(settings, role="admin", workers=1) as owner, owner.transaction() as cursor:
        cursor.execute(
            'INSERT INTO layers.bee_yards (code, name, cause, "Miel_kg ñ", review_state, geom)'
            " VALUES ('B-1', 'Panal', 'otro', 12.5, 'published',"
            " ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 32719))",
            [lon, lat],
        )
    _eventually(lambda: live.get("/api/collections/bee_yards").status_code == 200, seconds=2)
    items = "/api/collections/bee_yards/items"
    _eventually(lambda: live.get(items, params={"Miel_kg ñ": "12.5"}).json()["numberMatched"] == 1)
    assert live.get(items, params={"Miel_kg ñ": "1"}).json()["numberMatched"] == 0
    assert live.get(items, params={"Miel_kg n": "1"}).status_code == 400

    def in_tile() -> bool:
        layer = mapbox_vector_tile.decode(live.get(TOWN).content).get("bee_yards", {})
        return [one["properties"].get("Miel_kg ñ") for one in layer.get("features", [])] == [12.5]

    _eventually(in_tile, seconds=2)
    legend = live.get("/api/legend").json()
    assert "bee_yards" in {x["name"] for g in legend["groups"] for x in g["layers"]}
    style = live.get("/api/styles/day").json()
    assert "bee_yards" in {x.get("source-layer") for x in style["layers"]}
    definition = live.get("/api/openapi").json()["paths"]["/collections/bee_yards/items"]["get"]
    assert "Miel_kg ñ" in {p.get("name") for p in definition["parameters"]}
    schema = live.get("/api/collections/bee_yards/schema").json()["properties"]["Miel_kg ñ"]
    assert schema["x-ogc-unit"] == "kg"
    assert live.get("/api/search?q=panal").json()["results"][0]["layer"] == "bee_yards"
    shutil.rmtree(made)
    migrate(settings)
    _eventually(lambda: live.get("/api/collections/bee_yards").status_code == 404, seconds=2)


@pytest.mark.acceptance(5)
def test_a_layer_declared_wrongly_is_a_503_of_its_own(live: httpx.Client, fresh: Database) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE sitplan.layer SET public_declaration = json_build_object("
            "'name', name, 'access', public_declaration->'access') WHERE name = 'zones'"
        )
        cursor.execute("SELECT pg_notify('sitplan', '{\"catalogue\": true}')")
    url = "/api/collections/zones"
    _eventually(lambda: live.get(url).status_code == 503, seconds=2)
    assert live.get(url).json()["code"] == "broken_layer"
    for path in ("/api/collections", "/api/collections/roads/items", TOWN, "/api/legend"):
        assert live.get(path).status_code == 200, path
