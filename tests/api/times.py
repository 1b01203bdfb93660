"""Squares with a history, for the tests of the two times."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx
from geopandas import GeoDataFrame
from shapely import MultiPolygon, box

from sitplan.catalogue import Catalogue
from sitplan.changes import Author, Edit, apply
from sitplan.crs import WEB_MERCATOR, Box, carry_box, tile_envelope
from sitplan.db import Database

LAYER = "green_areas"
HERE = f"/api/collections/{LAYER}"
PRIVATE_PERSON = "persona-que-no-se-dice"


def squares(rows: Iterable[dict[str, Any]]) -> GeoDataFrame:
    """One square a row; `x` moves it, in metres."""
    listed = [{"review_state": "published", **row} for row in rows]
    places = [row.pop("x", 0) for row in listed]
    return GeoDataFrame(
        listed,
        geometry=[
            MultiPolygon([box(320_000 + x, 6.83e6, 320_020 + x, 6.83e6 + 20)]) for x in places
        ],
        crs=32719,
    ).rename_geometry("geom")


@dataclass
class Office:
    """Who writes, and who reads over HTTP."""

    database: Database = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    client: httpx.Client = field(repr=False)

    def write(self, *rows: dict[str, Any], why: str = "prueba", **more: Any) -> int | None:
        """The Change of an upsert."""
        edit = Edit(LAYER, squares(rows), **more)
        author = Author("parks_officer", PRIVATE_PERSON)
        return apply(self.database, self.catalogue, [edit], author=author, why=why).change_id

    def remove(self, *codes: str, valid_from: date | None = None) -> int:
        rows = squares({"code": c, "kind": "plaza"} for c in codes)
        edit = Edit(LAYER, rows, mode="remove", valid_from=valid_from)
        author = Author("parks_officer", PRIVATE_PERSON)
        done = apply(self.database, self.catalogue, [edit], author=author, why="se retira")
        assert done.change_id is not None
        return done.change_id

    def run(self, statement: str, *params: Any) -> None:
        """A direct edit."""
        with self.database.transaction() as cursor:
            cursor.execute(statement, params)

    def now(self) -> str:
        """An instant between what was and what will be recorded."""
        return str(as_text(self.instant()))

    def instant(self) -> datetime:
        time.sleep(0.002)
        found: datetime = self.database.fetch("SELECT clock_timestamp()")[0][0]
        time.sleep(0.002)
        return found

    def get(self, path: str, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        asked = {k.replace("_", "-").strip("-"): v for k, v in params.items()}
        return self.client.get(f"{HERE}{path}", params=asked, headers=headers)

    def told(self, **params: Any) -> dict[str, Any]:
        """code → kind of a page, whole."""
        answer = self.get("/items", limit=10_000, **params)
        assert answer.status_code == 200, answer.text
        return {f["properties"]["code"]: f["properties"]["kind"] for f in answer.json()["features"]}

    def id_of(self, code: str) -> str:
        rows = self.database.fetch(
            f"SELECT id::text FROM layers.{LAYER} WHERE code = %s ORDER BY valid_from DESC", [code]
        )
        return str(rows[0][0])


def tile_of_squares(zoom: int) -> str:
    """The path of the tile that holds the first squares."""
    there = carry_box(Box(320_000, 6.83e6, 320_100, 6.83e6 + 20), source=32719, target=WEB_MERCATOR)
    assert there is not None
    world = tile_envelope(0, 0, 0)
    side = (world.east - world.west) / (1 << zoom)
    column, row = (there.west - world.west) // side, (world.north - there.north) // side
    return f"/tiles/WebMercatorQuad/{zoom}/{int(row)}/{int(column)}"


def as_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rels(document: Any) -> dict[str, str]:
    return {x["rel"]: x["href"] for x in document["links"]}
