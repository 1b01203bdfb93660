"""Heavy shapes from afar: never behind the register, never told too early, drawn as the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import psycopg2
import pytest
import shapely
import yaml
from geopandas import GeoDataFrame
from shapely.geometry import shape

from sitplan.afar import MANY, TOLERANCE, ZOOMS, far_columns, nearest, rest
from sitplan.catalogue import Catalogue, read_register
from sitplan.changes import Author, Edit, apply
from sitplan.crs import WEB_MERCATOR, Box, carry_box, tile_envelope
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.history import revert
from sitplan.layer import FAR_COLUMN, Layer
from sitplan.migrate import migrate
from sitplan.query import Moment
from sitplan.settings import Settings
from sitplan.tiles import Tile, tile_statement

NAME = "wetlands"
PLACE = (320_000.0, 6_830_000.0)
COLUMNS = tuple(FAR_COLUMN.format(z) for z in ZOOMS)


def ring(*, corners: int, radius: float, seed: int = 1) -> shapely.MultiPolygon:
    """A round outline that wavers by a hundredth of its radius, about `PLACE`."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    along = radius * (1 + np.random.default_rng(seed).uniform(-0.01, 0.01, corners))
    points = np.stack([along * np.cos(turn), along * np.sin(turn)], axis=1) + PLACE
    return shapely.MultiPolygon([shapely.Polygon(points)])


def rows(shapes: dict[str, shapely.MultiPolygon], **more: str) -> GeoDataFrame:
    values = {"code": list(shapes), "review_state": ["published"] * len(shapes)}
    values |= {name: [value] * len(shapes) for name, value in more.items()}
    frame = GeoDataFrame(values, geometry=list(shapes.values()), crs=32719)
    return frame.rename_geometry("geom")


def enter(owner: Database, catalogue: Catalogue, frame: GeoDataFrame) -> int | None:
    edit = Edit(NAME, frame, mode="replace")
    return apply(owner, catalogue, [edit], author=Author("test"), why="prueba").change_id


def tiles_at(z: int) -> list[Tile]:
    """Those within a kilometre of `PLACE`."""
    x, y = PLACE
    box = carry_box(Box(x - 1e3, y - 1e3, x + 1e3, y + 1e3), source=32719, target=WEB_MERCATOR)
    assert box is not None
    world = tile_envelope(z, 0, 0)
    side = world.east - world.west
    return [
        Tile(z, column, row)
        for column in range(
            int((box.west - world.west) // side), int((box.east - world.west) // side) + 1
        )
        for row in range(
            int((world.north - box.north) // side), int((world.north - box.south) // side) + 1
        )
    ]


def drawn(database: Database, catalogue: Catalogue, layer: Layer, z: int) -> dict[str, Any]:
    """Properties and shapes in EPSG:3857 by code of what lies about `PLACE`."""
    found: dict[str, Any] = {}
    for tile in tiles_at(z):
        statement = tile_statement(
            layer, tile, storage=srid(layer, catalogue.territory),
            moment=Moment(on=catalogue.territory.today()),
        )  # fmt: skip
        assert statement is not None
        body = bytes(database.fetch(*statement)[0][0])
        square = tile_envelope(tile.z, tile.x, tile.y)
        unit = (square.east - square.west) / 4096
        corner = np.array([square.west, square.north])
        decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
        for one in decoded.get(layer.name, {}).get("features", []):
            there = shapely.transform(
                shape(one["geometry"]), lambda p, c=corner, u=unit: p * [u, -u] + c
            )
            if there.area:
                found.setdefault(one["properties"]["id"], []).append((one["properties"], there))
    return found


def behind(owner: Database, catalogue: Catalogue) -> int:
    """How many rows hold something else than their shape gives now."""
    far = far_columns(catalogue.layer(NAME), catalogue.territory)
    unlike = " OR ".join(
        f"{column}::geometry IS DISTINCT FROM ({text})" for column, text in far.items()
    )
    return int(owner.fetch(f"SELECT count(*) FROM layers.{NAME} WHERE {unlike}")[0][0])


def test_the_nearest_of_what_is_kept() -> None:
    assert [nearest(z, ZOOMS) for z in (0, 7, 8, 10, 11, 12, 13)] == [7, 7, 10, 10, 12, 12, 13]
    assert nearest(14, ZOOMS) is None and nearest(3, ()) is None


@pytest.mark.parametrize("z", [0, 6, 8, 9, 11])
def test_both_simplifications_stay_within_half_a_pixel(z: int) -> None:
    source = nearest(z, ZOOMS)
    assert source is not None

    def unit(zoom: int) -> float:
        square = tile_envelope(zoom, 0, 0)
        return (square.east - square.west) / 4096

    assert rest(z, source) + TOLERANCE * unit(source) == pytest.approx(TOLERANCE * unit(z))


def test_half_a_pixel_is_measured_where_tiles_are_smallest(catalogue: Catalogue) -> None:
    """At the end of the territory that is nearest to a pole, and rounded down."""
    territory = catalogue.territory
    far = far_columns(catalogue.layer(NAME), territory)
    assert tuple(far) == COLUMNS
    for z, text in zip(ZOOMS, far.values(), strict=True):
        told = float(text.split("ST_Simplify(geom, ")[1].split(",")[0])
        for lat in (territory.bounds[1], territory.bounds[3]):
            width = 40075016.6855784 / 2**z * np.cos(np.radians(lat))
            assert told <= width / 4096 * TOLERANCE
            assert told > width / 4096 * TOLERANCE * 0.97 - 0.01


def test_points_and_layers_of_other_systems_have_none(catalogue: Catalogue) -> None:
    territory, layer = catalogue.territory, catalogue.layer(NAME)
    assert layer.geometry is not None
    other = replace(layer, geometry=replace(layer.geometry, crs=4326))
    assert far_columns(other, territory) == {}
    assert far_columns(catalogue.layer("critical_points"), territory) == {}
    assert far_columns(catalogue.layer("objectives"), territory) == {}
    assert far_columns(catalogue.layer("project_locations"), territory)  # of any kind of shape


def test_what_is_kept_is_never_behind(fresh: Database, catalogue: Catalogue) -> None:
    """Through the one door, straight in the database as another role, and by a revert."""
    heavy, light = ring(corners=400, radius=300), ring(corners=MANY - 1, radius=300)
    enter(fresh, catalogue, rows({"HEAVY": heavy, "LIGHT": light}))

    def kept(code: str) -> list[Any]:
        columns = ", ".join(f"ST_NPoints({c}::geometry)" for c in COLUMNS)
        return list(fresh.fetch(f"SELECT {columns} FROM layers.{NAME} WHERE code = %s", [code])[0])

    first = kept("HEAVY")
    assert all(0 < n < 400 for n in first) and first == sorted(first)
    assert kept("LIGHT") == [None] * len(ZOOMS)
    assert behind(fresh, catalogue) == 0

    with fresh.transaction() as cursor:
        cursor.execute("SET LOCAL ROLE sitplan_write")
        cursor.execute(
            f"UPDATE layers.{NAME} SET geom = ST_Translate(geom, 5000, 0) WHERE code = 'HEAVY'"
        )
        cursor.execute(
            f"UPDATE layers.{NAME} SET geom = ST_Segmentize(geom, 2) WHERE code = 'LIGHT'"
        )
    assert behind(fresh, catalogue) == 0
    assert kept("LIGHT") != [None] * len(ZOOMS)
    direct = fresh.fetch("SELECT max(id) FROM sitplan.change")[0][0]

    with fresh.transaction() as cursor:  # what restores a database runs no trigger
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO layers.{NAME} (code, geom, change_id, recorded_from, created_at,"
            f" updated_at) SELECT 'COPY', geom, change_id, recorded_from, created_at, updated_at"
            f" FROM layers.{NAME} WHERE code = 'HEAVY'"
        )
    assert kept("COPY") == kept("HEAVY")

    revert(fresh, catalogue, direct, why="prueba")
    assert kept("HEAVY") == first and kept("LIGHT") == [None] * len(ZOOMS)
    assert behind(fresh, catalogue) == 0


def test_a_tile_shows_a_heavy_shape_where_it_is_now(
    fresh: Database, catalogue: Catalogue, fresh_settings: Settings
) -> None:
    enter(fresh, catalogue, rows({"HEAVY": ring(corners=400, radius=300)}))
    with Database(fresh_settings, workers=1) as reader:
        layer = read_register(reader).layer(NAME)
        assert layer.far == ZOOMS
        there = {z: drawn(reader, catalogue, layer, z) for z in (9, 11, 12, 13)}
        assert all(len(found) == 1 for found in there.values())
        with fresh.transaction() as cursor:
            cursor.execute("SET LOCAL ROLE sitplan_write")
            cursor.execute(f"UPDATE layers.{NAME} SET review_state = 'draft' WHERE code = 'HEAVY'")
        assert not any(drawn(reader, catalogue, layer, z) for z in there)


def test_as_without_what_is_kept(
    fresh: Database, catalogue: Catalogue, fresh_settings: Settings
) -> None:
    """Same features, same properties, the outline within half a pixel, at each zoom."""
    shapes = {
        f"H{n}": ring(corners=corners, radius=radius, seed=n)
        for n, (corners, radius) in enumerate([(150, 400), (900, 900), (3000, 700), (60, 500)])
    }
    enter(fresh, catalogue, rows(shapes, name="Humedal"))
    true = rows(shapes).to_crs(WEB_MERCATOR).set_index("code").geometry
    with Database(fresh_settings, workers=1) as reader:
        layer = read_register(reader).layer(NAME)
        codes = {str(i): code for i, code in fresh.fetch(f"SELECT id, code FROM layers.{NAME}")}
        unlike = 0
        for z in range(layer.zoom[0], 14):
            kept = drawn(reader, catalogue, layer, z)
            live = drawn(reader, catalogue, replace(layer, far=()), z)
            assert {codes[i] for i in kept} == set(shapes)
            assert {i: [told for told, _ in parts] for i, parts in kept.items()} == {
                i: [told for told, _ in parts] for i, parts in live.items()
            }
            square = tile_envelope(z, 0, 0)
            unit = (square.east - square.west) / 4096
            for i, parts in kept.items():
                whole = shapely.union_all([part for _, part in parts])
                outline = true[codes[i]]
                assert outline.buffer((TOLERANCE + 1) * unit).covers(whole)
                assert whole.buffer((TOLERANCE + 1) * unit).covers(outline)
                unlike += repr(parts) != repr(live[i])
        assert unlike, "nothing that is kept was drawn"


def test_the_public_reads_what_is_published_and_no_more(
    fresh: Database, catalogue: Catalogue, fresh_settings: Settings
) -> None:
    shapes = {code: ring(corners=400, radius=300) for code in ("SEEN", "DRAFT", "INNER")}
    enter(fresh, catalogue, rows(shapes))
    with fresh.transaction() as cursor:
        cursor.execute(f"UPDATE layers.{NAME} SET review_state = 'draft' WHERE code = 'DRAFT'")
        cursor.execute(f"UPDATE layers.{NAME} SET visibility = 'internal' WHERE code = 'INNER'")
    with Database(fresh_settings, workers=1) as reader:
        for column in COLUMNS:
            told = reader.fetch(f"SELECT code FROM published.{NAME} WHERE {column} IS NOT NULL")
            assert {code for (code,) in told} & set(shapes) == {"SEEN"}
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            reader.fetch(f"SELECT {COLUMNS[0]} FROM layers.{NAME}")
        past = reader.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_schema IN"
            " ('published_past', 'published_gone', 'history') AND column_name LIKE 'geom_3857%%'",
            [],
        )
        assert past == []


def test_programs_find_each_layer_once(seeded: Database) -> None:
    """Who lists columns of type geometry, as QGIS does, is offered the register's shapes alone."""
    found = seeded.fetch(
        "SELECT DISTINCT f_geometry_column FROM public.geometry_columns"
        " WHERE f_table_schema IN ('layers', 'published')"
    )
    assert found == [("geom",)]


@pytest.fixture
def folder(fresh_settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A seeded database whose declarations are the test's own."""
    layers = tmp_path / "layers"
    shutil.copytree(fresh_settings.layers, layers)
    yield replace(fresh_settings, layers=layers)


def _without(owner: Database) -> None:
    """A database as it was before: no columns, views that do not name them, nothing applied."""
    with owner.transaction() as cursor:
        cursor.execute("DROP DOMAIN sitplan.far_shape CASCADE")
        cursor.execute("DELETE FROM sitplan_migration WHERE name = '0006_far.sql'")
        cursor.execute("UPDATE sitplan.layer SET fingerprint = 'old'")


def test_a_database_of_before_is_migrated(
    fresh: Database, fresh_settings: Settings, catalogue: Catalogue
) -> None:
    enter(fresh, catalogue, rows({"HEAVY": ring(corners=400, radius=300)}))
    changes = fresh.fetch("SELECT max(id) FROM sitplan.change")
    _without(fresh)
    done = migrate(fresh_settings)
    assert not done.problems and len(done.changed) == len(catalogue.layers)
    assert behind(fresh, catalogue) == 0
    full = fresh.fetch(f"SELECT count(*) FROM layers.{NAME} WHERE {COLUMNS[-1]} IS NOT NULL")
    assert full[0][0] >= 1
    assert fresh.fetch("SELECT max(id) FROM sitplan.change") == changes  # nobody changed anything
    assert migrate(fresh_settings).is_idle


def test_what_cannot_be_migrated_is_drawn_as_before(
    fresh: Database, folder: Settings, catalogue: Catalogue
) -> None:
    """A layer whose new declaration is refused keeps its old view; the others get theirs."""
    enter(fresh, catalogue, rows({"HEAVY": ring(corners=400, radius=300)}))
    with fresh.transaction() as cursor:
        cursor.execute(f"SELECT pg_get_viewdef('published.{NAME}'::regclass)")
        row = cursor.fetchone()
        assert row is not None
        old = "\n".join(line for line in row[0].splitlines() if "geom_3857" not in line)
        old = old.replace("geom,\n   FROM", "geom\n   FROM")
    _without(fresh)
    with fresh.transaction() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS published.{NAME}")
        cursor.execute(f"CREATE VIEW published.{NAME} AS {old}")
        cursor.execute(f"GRANT SELECT ON published.{NAME} TO sitplan_read")
    path = folder.layers / NAME / "layer.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["fields"].pop()
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    assert set(migrate(folder).problems) == {NAME}
    with Database(folder, workers=1) as reader:
        register = read_register(reader)
        assert register.layer(NAME).far == () and register.layer("zones").far == ZOOMS
        assert len(drawn(reader, catalogue, register.layer(NAME), 12)) == 1


def test_a_written_migration_may_alter_shapes(
    fresh: Database, folder: Settings, catalogue: Catalogue
) -> None:
    """What is derived of a shape does not hold up what somebody wrote about it."""
    enter(fresh, catalogue, rows({"HEAVY": ring(corners=400, radius=300)}))
    path = folder.layers / NAME / "layer.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["geometry"] = {"type": "Geometry"}
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    assert set(migrate(folder).problems) == {NAME}  # another type needs a migration
    written = folder.layers / NAME / "migrations"
    written.mkdir(exist_ok=True)
    (written / "0009_any_shape.sql").write_text(
        "\n".join(
            f"ALTER TABLE {schema}.{NAME} DROP COLUMN area_m2;"  # measured anew by the migration
            f" ALTER TABLE {schema}.{NAME} ALTER COLUMN geom TYPE geometry(Geometry, 32719);"
            for schema in ("layers", "history")
        )
    )
    done = migrate(folder)
    assert not done.problems and done.changed == (NAME,)
    assert behind(fresh, catalogue) == 0
    assert migrate(folder).is_idle


def test_another_extent_of_the_territory_measures_anew(
    fresh: Database, folder: Settings, catalogue: Catalogue
) -> None:
    """Half a pixel is another where the territory reaches nearer to a pole."""
    path = folder.layers / "territory.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["bounds"][1] -= 5
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    enter(fresh, catalogue, rows({"HEAVY": ring(corners=400, radius=300)}))
    done = migrate(folder)
    assert not done.problems and NAME in done.changed
    assert behind(fresh, catalogue) == 1  # of the old measure
    west, south, east, north = catalogue.territory.bounds
    wider = replace(catalogue.territory, bounds=(west, south - 5, east, north))
    assert behind(fresh, replace(catalogue, territory=wider)) == 0
    assert migrate(folder).is_idle


def test_a_field_cannot_take_their_name(folder: Settings) -> None:
    path = folder.layers / NAME / "layer.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["fields"].append(
        {"name": "geom_3857_z9", "type": "string", "title": {"es": "x", "en": "x"}}
    )
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    told = migrate(folder).problems
    assert set(told) == {NAME} and "geom_3857_z9" in str(told[NAME])
