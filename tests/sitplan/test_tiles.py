"""Tiles against the layers they are made from; the memory that keeps them; midnight."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from sitplan.afar import TOLERANCE
from sitplan.catalogue import Catalogue, read_register
from sitplan.crs import LON_LAT, WEB_MERCATOR, Box, carry_box, tile_envelope
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import NotFound
from sitplan.features import read_frame
from sitplan.layer import Layer
from sitplan.memory import Memory
from sitplan.query import Moment
from sitplan.tile_maker import TileMaker
from sitplan.tiles import MARGIN, PLAIN_FROM, Tile, tile_statement

CENTRE = (-70.7585, -28.5765)


@pytest.fixture(scope="module")
def catalogue(seeded: Database) -> Catalogue:
    """The layers as the server has them: they know of heavy shapes that are kept."""
    return read_register(seeded)


def _tile_at(lon: float, lat: float, z: int) -> Tile:
    box = carry_box(Box(lon, lat, lon, lat), source=LON_LAT, target=WEB_MERCATOR)
    assert box is not None
    side = tile_envelope(z, 0, 0)
    width = side.east - side.west
    return Tile(z, int((box.west - side.west) // width), int((side.north - box.north) // width))


def _decoded(body: bytes, layer: str) -> list[dict[str, Any]]:
    found = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return list(found.get(layer, {}).get("features", []))


def _statement(catalogue: Catalogue, layer: Layer, tile: Tile) -> Any:
    today = Moment(on=catalogue.territory.today())
    return tile_statement(layer, tile, storage=srid(layer, catalogue.territory), moment=today)


def _read(database: Database, catalogue: Catalogue, layer: Layer, tile: Tile) -> bytes:
    statement = _statement(catalogue, layer, tile)
    return b"" if statement is None else bytes(database.fetch(*statement)[0][0])


@pytest.mark.parametrize(
    "place", [(0, 1, 0), (0, 0, 1), (-1, 0, 0), (25, 0, 0), (3, 8, 0), (3, 0, -1)]
)
def test_outside_the_matrix_there_is_no_tile(place: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound):
        Tile(*place)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_tile_holds_nothing_the_layer_lacks(
    seeded: Database, catalogue: Catalogue, data: st.DataObject
) -> None:
    """Each feature by id, its properties as declared, its shape where the layer has it."""
    layer = data.draw(st.sampled_from([one for one in catalogue if one.geometry and one.is_public]))
    frame = read_frame(seeded, layer).set_index("id").to_crs(WEB_MERCATOR)
    z = data.draw(st.integers(layer.zoom[0], 18))
    near = frame.geometry.iloc[data.draw(st.integers(0, len(frame) - 1))] if len(frame) else None
    lon, lat = CENTRE
    if near is not None:
        point = near.representative_point()
        box = carry_box(
            Box(point.x, point.y, point.x, point.y), source=WEB_MERCATOR, target=LON_LAT
        )
        assert box is not None
        lon, lat = box.west, box.south
    tile = _tile_at(lon, lat, z)
    square = tile_envelope(tile.z, tile.x, tile.y)
    unit, slack = (square.east - square.west) / 4096, 4 + TOLERANCE * (z < PLAIN_FROM)
    names = {"id", *(f.name for f in layer.tile_fields)}
    found = _decoded(_read(seeded, catalogue, layer, tile), layer.name)
    for one in found:
        told = one["properties"]
        assert set(told) <= names
        row = frame.loc[told["id"]]
        for field in layer.tile_fields:
            value = row[field.name]
            if field.type == "array":
                assert told.get(field.name, "") == field.flat.join(value or [])
            elif field.name in told:
                assert str(value) == str(told[field.name]) or value == told[field.name]
        there = shapely.transform(
            shape(one["geometry"]),
            lambda p: p * [unit, -unit] + [square.west, square.north],
        )
        assert row.geometry.distance(there.representative_point()) <= slack * unit, layer.name
    # and nothing that it should hold is missing
    inner = shapely.box(*square.padded(-2 * unit).corners)
    late = {c for c, zoom in layer.zoom_from.items() if z < zoom}
    held = frame[frame.intersects(inner)]
    if layer.zoom_field:
        held = held[~held[layer.zoom_field].isin(late)]
    wide = held[(held.geometry.area > 60 * unit**2) | (held.geometry.length > 6 * unit)]
    if z < PLAIN_FROM:  # an area thinner than a pixel may be gone, a line may not
        wide = wide[
            ~wide.geometry.buffer(-(TOLERANCE + 1) * unit).is_empty | (wide.geometry.area == 0)
        ]
    points = held[held.geometry.geom_type == "Point"]
    ids = {one["properties"]["id"] for one in found}
    assert set(wide.index) | set(points.index) <= ids


def test_above_its_zooms_a_layer_is_empty(seeded: Database, catalogue: Catalogue) -> None:
    for layer in catalogue:
        if layer.geometry and layer.zoom[0] > 0:
            assert _read(seeded, catalogue, layer, _tile_at(*CENTRE, layer.zoom[0] - 1)) == b""


def test_the_world_in_one_tile(seeded: Database, catalogue: Catalogue) -> None:
    """The whole square of zoom 0 is cut to what the storage CRS can hold, not refused."""
    body = _read(seeded, catalogue, catalogue.layer("commune"), Tile(0, 0, 0))
    assert _decoded(body, "commune")


def test_one_label_point_a_feature(seeded: Database, catalogue: Catalogue) -> None:
    layer = catalogue.layer("neighbourhoods")
    names: dict[str, int] = {}
    home = _tile_at(*CENTRE, 13)
    for dx in range(-4, 5):
        for dy in range(-4, 5):
            tile = Tile(13, home.x + dx, home.y + dy)
            for one in _decoded(_read(seeded, catalogue, layer, tile), layer.name):
                if one["geometry"]["type"] == "Point":
                    x, y = one["geometry"]["coordinates"]
                    if 0 <= x < 4096 and 0 <= y < 4096:  # MapLibre labels only these
                        names[one["properties"]["id"]] = names.get(one["properties"]["id"], 0) + 1
    frame = read_frame(seeded, layer)
    assert names and set(names.values()) == {1}
    assert set(names) <= set(frame.id)


@pytest.fixture
def clock() -> list[datetime]:
    return [datetime.now(UTC)]


@pytest.fixture
def maker(fresh: Database, catalogue: Catalogue, clock: list[datetime]) -> Iterator[TileMaker]:
    memory = Memory()
    memory.open()
    with Database(fresh.settings, for_tiles=True) as reader:
        yield TileMaker(reader, memory, lambda: catalogue, lambda: clock[0])


def test_a_tile_is_remembered_and_forgotten_where_it_is_touched(maker: TileMaker) -> None:
    here, far = _tile_at(*CENTRE, 15), _tile_at(-70.5, -28.9, 15)
    first, other = maker.read(here), maker.read(far)
    assert maker.kept(None, here) is first and maker.kept(None, far) is other
    maker.memory.forget("green_areas", [here.square])
    assert maker.kept(None, here) is None and maker.kept(None, far) is other
    assert maker.read(here) == first
    maker.memory.forget("unknown_layer", [here.square])
    assert maker.kept(None, here) is not None
    maker.memory.forget("roads", None)
    assert maker.kept(None, far) is None


def test_what_was_read_before_a_change_is_not_kept_after_it(
    maker: TileMaker, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The announcement comes between the reading of a tile and its keeping."""
    tile = _tile_at(*CENTRE, 15)
    submit = maker.database.submit

    def slow(*args: Any) -> Any:
        found = submit(*args)
        found.result()
        maker.memory.forget("green_areas", [Box(0, 0, 1, 1)])  # elsewhere, even
        return found

    monkeypatch.setattr(maker.database, "submit", slow)
    maker.read(tile, names=("green_areas",))
    assert maker.kept(("green_areas",), tile) is None
    assert maker.memory.get(("part", "green_areas", tile)) is None


def test_without_announcements_nothing_is_kept(maker: TileMaker) -> None:
    maker.memory.close()
    tile = _tile_at(*CENTRE, 15)
    maker.read(tile)
    assert len(maker.memory) == 0
    maker.memory.open()
    maker.read(tile)
    assert len(maker.memory) > 0


def test_the_least_used_go_first() -> None:
    memory = Memory(limit=1000)
    memory.open()
    for key in "abcde":
        memory.put(key, key, mark=memory.mark(("x",)), layers=("x",), size=250)
        memory.get("a")
    assert [memory.get(key) for key in "abcde"] == ["a", None, "c", "d", "e"]


def _insert(fresh: Database, code: str, valid: tuple[date, date | None], x: float) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "INSERT INTO layers.critical_points (code, name, cause, valid_from, valid_to,"
            " review_state, geom) VALUES (%s, %s, 'otro', %s, %s, 'published',"
            " ST_Transform(ST_SetSRID(ST_MakePoint(%s, -28.5765), 4326), 32719))",
            [code, code, *valid, x],
        )


def test_midnight_touches_only_what_begins_or_ends(
    fresh: Database, catalogue: Catalogue, clock: list[datetime], maker: TileMaker
) -> None:
    zone = ZoneInfo(catalogue.territory.time_zone)
    day = date(2031, 5, 10)
    tomorrow = day + timedelta(days=1)
    _insert(fresh, "ENDS", (date(2020, 1, 1), tomorrow), -70.7585)
    _insert(fresh, "BEGINS", (tomorrow, None), -70.70)
    _insert(fresh, "STAYS", (date(2020, 1, 1), None), -70.60)
    tiles = {x: _tile_at(x, -28.5765, 15) for x in (-70.7585, -70.70, -70.60)}

    def codes(x: float) -> set[str]:
        answer = maker.read(tiles[x], names=("critical_points",))
        body = zlib.decompress(answer.zipped, wbits=31) if answer.zipped else b""
        found = {one["properties"]["name"] for one in _decoded(body, "critical_points")}
        return found & {"ENDS", "BEGINS", "STAYS"}

    clock[0] = datetime(2031, 5, 10, 23, 59, 58, tzinfo=zone)
    assert [codes(x) for x in tiles] == [{"ENDS"}, set(), {"STAYS"}]
    assert all(maker.kept(("critical_points",), tile) for tile in tiles.values())
    kept = maker.kept(("critical_points",), tiles[-70.60])
    clock[0] = datetime(2031, 5, 11, 0, 0, 0, tzinfo=zone)
    assert not any(maker.kept(("critical_points",), tile) for tile in tiles.values())
    assert [codes(x) for x in tiles] == [set(), {"BEGINS"}, {"STAYS"}]
    assert maker.kept(("critical_points",), tiles[-70.60]) is kept


def test_midnight_that_cannot_be_asked_forgets_all(
    fresh: Database, catalogue: Catalogue, clock: list[datetime], maker: TileMaker
) -> None:
    tile = _tile_at(*CENTRE, 15)
    maker.read(tile, names=("green_areas",))
    assert len(maker.memory)
    with fresh.transaction() as cursor:
        cursor.execute("DROP VIEW published.zones")
    clock[0] += timedelta(days=1)
    maker.today()
    assert len(maker.memory) == 0


def test_midnight_waits_for_a_tile_that_is_being_made(
    maker: TileMaker, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tile of yesterday that comes in after midnight's forgetting is not kept."""
    tile = _tile_at(*CENTRE, 15)
    maker.today()
    forgotten: list[bool] = []
    submit = maker.database.submit

    def slow(*args: Any) -> Any:
        found = submit(*args)
        found.result()
        maker.memory.forget("green_areas", [tile.square])
        forgotten.append(True)
        return found

    monkeypatch.setattr(maker.database, "submit", slow)
    maker.read(tile, names=("green_areas",))
    assert forgotten and maker.kept(("green_areas",), tile) is None


def test_a_broken_layer_is_left_out_of_the_whole(
    fresh: Database, catalogue: Catalogue, maker: TileMaker
) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("DROP VIEW published.green_areas")
    tile = _tile_at(*CENTRE, 14)
    answer = maker.read(tile)
    layers = mapbox_vector_tile.decode(zlib.decompress(answer.zipped, wbits=31))
    assert "roads" in layers and "green_areas" not in layers
    assert maker.kept(None, tile) is None, "an answer that lacks something is not remembered"


def test_many_at_once_agree(maker: TileMaker) -> None:
    tile = _tile_at(*CENTRE, 14)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(maker.read(tile).etag)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_tile_is_the_same_whichever_plan_finds_its_rows(
    fresh: Database, catalogue: Catalogue
) -> None:
    """With and without the index: statistics change, and a prepared statement is planned anew."""
    tile, found = _tile_at(*CENTRE, 14), []
    for choice in ("enable_seqscan", "enable_bitmapscan"):
        with Database(fresh.settings, workers=1, for_tiles=True) as reader:
            reader.fetch("SELECT pg_catalog.set_config(%s, 'off', false)", [choice])
            found.append(TileMaker(reader, Memory(), lambda: catalogue).read(tile))
    assert found[0] == found[1]


def _explain(database: Database, statement: Any, *, seqscan: bool = True) -> str:
    """The planner's choice for the public's role."""
    text, params = statement

    def work(cursor: Any) -> list[Any]:
        cursor.execute("SELECT set_config('enable_seqscan', %s, false)", [str(seqscan)])
        cursor.execute(b"EXPLAIN " + cursor.mogrify(text, params))
        found = cursor.fetchall()
        cursor.execute("RESET enable_seqscan")
        return list(found)

    return "\n".join(row[0] for row in database.read(work))


def _multiply(cursor: Any, name: str, until: int) -> None:
    """Copies of a layer's rows, strewn over the territory: as many as a commune may have."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'layers'"
        " AND table_name = %s AND is_generated = 'NEVER'"
        " AND column_name NOT IN ('id', 'code', 'geom')",
        [name],
    )
    same = ", ".join(f'"{row[0]}"' for row in cursor.fetchall())
    cursor.execute(f"SELECT count(*) FROM layers.{name}")
    have = cursor.fetchone()[0]
    cursor.execute(
        f"INSERT INTO layers.{name} (code, geom, {same})"
        f" SELECT code || '-' || i, ST_Translate(geom, (random() - 0.5) * 90000,"
        f" (random() - 0.5) * 120000), {same}"
        f" FROM layers.{name}, generate_series(1, %s) AS i",
        [-(-until // max(have, 1))],
    )


def test_the_spatial_index_at_every_zoom(
    fresh: Database, catalogue: Catalogue, fresh_settings: Any
) -> None:
    """As the public's role, through the public's view, in every layer and at each of its zooms.

    Where the tile is a small part of the territory the planner must choose the index by itself,
    of 5,000 rows and more. Where it is most of it, reading all rows in their order is honestly
    cheaper: there that is forbidden, with every other index gone, to prove that the condition
    can use the index at all (behind a security barrier, or on a transformed column, it cannot).
    """
    drawn = [layer for layer in catalogue if layer.geometry and layer.is_public]
    with fresh.transaction() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no Change, no checks
        for layer in drawn:
            _multiply(cursor, layer.name, 5000)
        cursor.execute(
            "SELECT format('DROP INDEX %I.%I', schemaname, indexname) FROM pg_indexes"
            " WHERE schemaname = 'layers' AND indexname !~ '_(geom|pkey)$'"
        )
        for (drop,) in cursor.fetchall():
            cursor.execute(drop)
        for layer in drawn:
            cursor.execute(f"ANALYZE layers.{layer.name}")
    chosen = 0
    assert any(layer.far for layer in drawn)
    with Database(fresh_settings, workers=1) as reader:
        for layer in drawn:
            for z in range(layer.zoom[0], 19):
                tile = _tile_at(*CENTRE, z)
                small = tile.square.east - tile.square.west < 12_000
                plan = _explain(reader, _statement(catalogue, layer, tile), seqscan=small)
                assert f"{layer.name}_geom" in plan and "Index Cond: (geom && " in plan, (z, plan)
                chosen += small
    assert chosen > 100


def test_margin_is_the_buffer() -> None:
    assert Tile(3, 1, 1).square == tile_envelope(3, 1, 1, margin=MARGIN)
