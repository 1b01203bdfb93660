"""A new layer is a new folder and nothing else.

Beekeeping came up at the council. Somebody copies a folder, renames it and adds a field; the
server that is running shows it two seconds after `sitplan migrate`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import mapbox_vector_tile
import pytest
import yaml

from sitplan.crs import HALF_WORLD_M, WEB_MERCATOR, Box, carry_box
from sitplan.db import Database
from sitplan.settings import Settings

from ..conftest import CHECKOUT, serve

HONEY = "Miel_kg ñ"
SOON_S = 2.0


@dataclass
class Town:
    """A territory of its own, served; its folder and words."""

    settings: Settings
    http: httpx.Client

    @property
    def folder(self) -> Path:
        return self.settings.layers

    def sitplan(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What a word of the command line answers, run as people run it."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
        done = subprocess.run(
            [sys.executable, "-m", "sitplan", *words, "--json"],
            capture_output=True, text=True, check=False,
            env=env | self.settings.as_environment(),
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return dict(json.loads(done.stdout or done.stderr))

    def get(self, path: str, **params: str) -> Any:
        answer = self.http.get(path, params=params or None)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def declare(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what a layer's folder says."""
        path = self.folder / name / "layer.yaml"
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(declared)
        path.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), "utf-8")

    def columns(self, name: str) -> dict[str, str]:
        with Database(self.settings, role="admin", workers=1) as owner:
            rows = owner.fetch(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (f"layers.{name}",),
            )
        return dict(rows)

    @contextmanager
    def soon(self) -> Iterator[Callable[[Callable[[], Any]], Any]]:
        """Asks again until the answer is there, at most `SOON_S` after the block began."""
        began = time.monotonic()

        def until(ask: Callable[[], Any]) -> Any:
            while True:
                try:
                    found = ask()
                    if found:
                        return found
                except AssertionError:
                    pass
                assert time.monotonic() - began < SOON_S, "not there two seconds after migrate"
                time.sleep(0.02)

        yield until


@pytest.fixture
def town(bare_settings: Settings) -> Iterator[Town]:
    """Some of the committed layers, migrated and served; empty of data."""
    bare_settings.layers.mkdir()
    for path in (CHECKOUT / "layers").glob("*.yaml"):
        shutil.copy(path, bare_settings.layers)
    for name in ("commune", "green_areas", "facilities", "street_assets"):
        without_seeds = shutil.ignore_patterns("seed.*")
        shutil.copytree(
            CHECKOUT / "layers" / name, bare_settings.layers / name, ignore=without_seeds
        )
    with serve(bare_settings) as address, httpx.Client(base_url=address, timeout=20) as http:
        here = Town(bare_settings, http)
        assert here.sitplan("migrate")["problems"] == {}
        assert here.get("/api/collections")["collections"]
        yield here


def foresee_nobody(town: Town) -> None:
    """Copy `green_areas`, rename it `apiaries`, add a field: text files alone."""
    shutil.copytree(town.folder / "green_areas", town.folder / "apiaries")
    for path in (town.folder / "apiaries").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("green_areas", "apiaries"), encoding="utf-8")
    (town.folder / "apiaries" / "table.sql").unlink(missing_ok=True)

    def change(declared: dict[str, Any]) -> None:
        declared["title"] = {"es": "Colmenares", "en": "Apiaries"}
        declared["description"] = {"es": "Dónde hay abejas.", "en": "Where there are bees."}
        declared["group"] = "other"
        declared["fields"].append(
            {
                "name": HONEY,
                "type": "number",
                "unit": "kg",
                "title": {"es": "Miel cosechada", "en": "Honey harvested"},
                "constraints": {"minimum": 0},
            }
        )

    town.declare("apiaries", change)


HERE = (-70.7600, -28.5760)


def squares(path: Path, *honey: float) -> Path:
    """A GeoJSON of squares of some 60 m, each with its honey."""
    features = []
    for n, kilos in enumerate(honey):
        west, south = HERE[0] + 0.001 * n, HERE[1]
        ring = [[west, south], [west + 6e-4, south], [west + 6e-4, south + 6e-4],
                [west, south + 6e-4], [west, south]]  # fmt: skip
        told = {"code": f"COL-{n + 1}", "name": f"Colmenar {n + 1}", "kind": "parque", HONEY: kilos}
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": told, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def tile_at(zoom: int) -> tuple[int, int]:
    """Row and column of the tile at `HERE`."""
    there = carry_box(Box(*HERE, *HERE), source=4326, target=WEB_MERCATOR)
    assert there is not None
    side = 2 * HALF_WORLD_M / (1 << zoom)
    return int((HALF_WORLD_M - there.south) / side), int((there.west + HALF_WORLD_M) / side)


@pytest.mark.acceptance(5)
def test_a_folder_is_a_layer_everywhere(town: Town, tmp_path: Path) -> None:
    """Collection, schema, filter, tiles, legend, style, import, check, dictionary, template."""
    foresee_nobody(town)
    assert "apiaries" not in {c["id"] for c in town.get("/api/collections")["collections"]}
    done = town.sitplan("migrate")
    assert done["created"] == ["apiaries"] and done["problems"] == {}
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries"))
        until(lambda: _titled(town.get("/api/legend", lang="es")).get("apiaries"))
    assert town.get("/api/collections/apiaries", lang="en")["title"] == "Apiaries"
    assert town.get("/api/collections/apiaries/schema")["properties"][HONEY]["title"]
    assert HONEY in town.get("/api/collections/apiaries/queryables")["properties"]
    assert town.get("/api/collections/apiaries/items")["features"] == []
    style = town.get("/api/styles/day")
    drawn = [one for one in style["layers"] if one.get("source-layer") == "apiaries"]
    assert {"apiaries-fill", "apiaries-label"} <= {one["id"] for one in drawn}
    entry = _titled(town.get("/api/legend", lang="es"))["apiaries"]
    assert entry["title"] == "Colmenares" and entry["entries"]

    receipt = town.sitplan(
        "import", str(squares(tmp_path / "colmenares.geojson", 12.5, 40)), "--layer", "apiaries"
    )
    assert receipt["layers"]["apiaries"]["added"] == 2
    row, column = tile_at(15)
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries/items")["features"])
    found = town.get("/api/collections/apiaries/items", **{HONEY: "40"})
    assert [f["properties"]["code"] for f in found["features"]] == ["COL-2"]
    assert found["numberMatched"] == 1
    assert found["features"][0]["properties"][HONEY] == 40
    for path in ("/api/collections/apiaries/tiles", "/api/tiles"):
        answer = town.http.get(f"{path}/WebMercatorQuad/15/{row}/{column}")
        layer = mapbox_vector_tile.decode(answer.content)["apiaries"]
        assert {f["properties"]["name"] for f in layer["features"]} == {"Colmenar 1", "Colmenar 2"}
    assert town.get("/api/search", q="colmenar 2")["results"][0]["layer"] == "apiaries"

    # its checks look at it: planted land over more ground than there is
    grown = json.loads((tmp_path / "colmenares.geojson").read_text(encoding="utf-8"))
    grown["features"][0]["properties"]["vegetated_m2"] = 1e6
    (tmp_path / "grown.geojson").write_text(json.dumps(grown), encoding="utf-8")
    told = town.sitplan("import", str(tmp_path / "grown.geojson"), "--layer", "apiaries", code=5)
    assert "vegetated_more_than_area" in json.dumps(told)
    # and so do its field's own rules
    negative = squares(tmp_path / "negative.geojson", -1)
    told = town.sitplan("import", str(negative), "--layer", "apiaries", code=5)
    assert HONEY in json.dumps(told, ensure_ascii=False)

    town.sitplan("render")
    page = (town.folder.parent / "docs" / "layers" / "apiaries.md").read_text(encoding="utf-8")
    assert f"| `{HONEY}` | Miel cosechada | número | kg | ≥ 0 |" in page
    town.sitplan("template", "apiaries", "--output", str(tmp_path / "apiaries.csv"))
    assert "Miel cosechada" in (tmp_path / "apiaries.csv").read_text(encoding="utf-8-sig")


def test_a_filled_template_comes_back_in(town: Town, tmp_path: Path) -> None:
    """The spreadsheet that a layer's template gives is what its import takes."""
    import openpyxl

    path = tmp_path / "equipamiento.xlsx"
    town.sitplan("template", "facilities", "--output", str(path))
    book = openpyxl.load_workbook(path)
    sheet = book["facilities"]
    headings = [cell.value for cell in sheet[1]]
    row = {"Código": "EQ-1", "Nombre": "Escuela nueva", "Tipo": "Escuela", "Longitud": HERE[0]}
    row["Latitud"] = HERE[1]
    sheet.append([row.get(heading) for heading in headings])
    book.save(path)
    receipt = town.sitplan("import", str(path), "--layer", "facilities")
    assert receipt["layers"]["facilities"]["added"] == 1
    with town.soon() as until:
        until(lambda: town.get("/api/collections/facilities/items")["features"])
    feature = town.get("/api/collections/facilities/items")["features"][0]
    assert feature["properties"]["name"] == "Escuela nueva"
    assert feature["geometry"]["coordinates"] == pytest.approx(HERE, abs=1e-6)


def test_the_plan_shows_the_sql_and_does_nothing(town: Town) -> None:
    """`migrate --plan` prints what would be done and leaves the database as it was."""
    foresee_nobody(town)
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    shown = subprocess.run(
        [sys.executable, "-m", "sitplan", "migrate", "--plan"],
        capture_output=True, text=True, check=True, env=env | town.settings.as_environment(),
    ).stdout  # fmt: skip
    assert "CREATE TABLE layers.apiaries" in shown and f'"{HONEY}" double precision' in shown
    assert town.http.get("/api/collections/apiaries").status_code == 404
    assert town.sitplan("migrate")["created"] == ["apiaries"]
    assert town.sitplan("migrate")["statements"] == 0


def test_a_field_is_added_and_is_lost_only_in_writing(town: Town) -> None:
    """A new field is applied; one gone, or of another type, waits for a written migration."""
    title = {"es": "Especies", "en": "Species"}
    town.declare(
        "green_areas",
        lambda d: d["fields"].append({"name": "species", "type": "integer", "title": title}),
    )
    assert town.sitplan("migrate")["changed"] == ["green_areas"]
    assert town.columns("green_areas")["species"] == "bigint"
    with town.soon() as until:
        until(
            lambda: "species" in town.get("/api/collections/green_areas/queryables")["properties"]
        )

    town.declare("green_areas", lambda d: d["fields"][-1].update(type="string"))
    told = town.sitplan("migrate", code=7)
    assert "species" in str(told) and town.columns("green_areas")["species"] == "bigint"

    written = town.folder / "green_areas" / "migrations"
    written.mkdir()
    (written / "0002_species_as_text.sql").write_text(
        "ALTER TABLE layers.green_areas ALTER COLUMN species TYPE text;\n"
        "ALTER TABLE history.green_areas ALTER COLUMN species TYPE text;\n"
    )
    assert town.sitplan("migrate")["changed"] == ["green_areas"]
    assert town.columns("green_areas")["species"] == "text"

    town.declare("green_areas", lambda d: d["fields"].pop())
    told = town.sitplan("migrate", code=7)
    assert "species" in str(told) and "species" in town.columns("green_areas")
    (written / "0003_no_species.sql").write_text(
        "ALTER TABLE layers.green_areas DROP COLUMN species;\n"
        "ALTER TABLE history.green_areas DROP COLUMN species;\n"
    )
    assert town.sitplan("migrate")["problems"] == {}
    assert "species" not in town.columns("green_areas")
    assert town.get("/api/collections/green_areas/items")["features"] == []


def test_a_folder_gone_hides_its_layer_and_keeps_its_data(town: Town, tmp_path: Path) -> None:
    """Nobody sees it while it is away; back in its place it is as it was."""
    foresee_nobody(town)
    town.sitplan("migrate")
    town.sitplan("import", str(squares(tmp_path / "a.geojson", 1, 2, 3)), "--layer", "apiaries")
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries/items")["features"])
    shutil.move(town.folder / "apiaries", tmp_path / "apiaries")
    assert town.sitplan("migrate")["hidden"] == ["apiaries"]
    row, column = tile_at(15)
    with town.soon() as until:
        until(lambda: town.http.get("/api/collections/apiaries").status_code == 404)
        tile = town.http.get(f"/api/tiles/WebMercatorQuad/15/{row}/{column}")
        assert "apiaries" not in mapbox_vector_tile.decode(tile.content)
    assert "apiaries" not in _titled(town.get("/api/legend"))
    shutil.move(tmp_path / "apiaries", town.folder / "apiaries")
    town.sitplan("migrate")
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries"))
    assert town.get("/api/collections/apiaries/items")["numberMatched"] == 3


@pytest.mark.acceptance(5)
def test_a_wrong_folder_takes_nobody_else_down(town: Town) -> None:
    """It is named with what is wrong with it; the others are migrated and served."""
    foresee_nobody(town)
    path = town.folder / "street_assets" / "layer.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("custodian:", "custodio:"), "utf-8")
    told = town.sitplan("migrate", code=7)
    assert "street_assets" in str(told)
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries"))
    assert town.get("/api/collections/green_areas")


def test_the_field_can_be_asked_for_by_a_link(town: Town, tmp_path: Path) -> None:
    """A field's name is any text: in an address it is written as the standard says."""
    foresee_nobody(town)
    town.sitplan("migrate")
    town.sitplan("import", str(squares(tmp_path / "a.geojson", 1, 2)), "--layer", "apiaries")
    with town.soon() as until:
        until(lambda: town.get("/api/collections/apiaries/items")["features"])
    page = town.get(f"/api/collections/apiaries/items?{quote(HONEY)}=2&limit=1")
    assert page["numberMatched"] == 1
    refused = town.http.get("/api/collections/apiaries/items", params={"Miel_kg n": "2"})
    assert refused.status_code == 400 and HONEY in refused.json()["detail"] + str(refused.json())


def _titled(legend: dict[str, Any]) -> dict[str, Any]:
    return {layer["name"]: layer for group in legend["groups"] for layer in group["layers"]}
