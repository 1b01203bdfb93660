"""The one door: golden cases by hand on a small world of one layer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg2
import pytest
import yaml
from geopandas import GeoDataFrame
from shapely import MultiPolygon, box

from sitplan.catalogue import Catalogue, read_folder
from sitplan.changes import Author, Counts, Edit, apply
from sitplan.db import Database
from sitplan.errors import InvalidData, Refused
from sitplan.history import list_changes, revert
from sitplan.migrate import migrate
from sitplan.settings import Settings

TERRITORY = {
    "name": {"es": "Puerto Inventado", "en": "Invented Harbour"},
    "storage_crs": 32718,
    "time_zone": "America/Santiago",
    "bounds": [-74.5, -42.5, -72.0, -41.0],
    "bounds_projected": [540000, 5290000, 760000, 5460000],
}
SQUARES = {
    "name": "squares",
    "title": {"es": "Plazas", "en": "Squares"},
    "description": {"es": "Plazas inventadas.", "en": "Invented squares."},
    "custodian": "Aseo y Ornato",
    "source": {"title": "Inventada", "licence": "CC-BY-4.0", "date": "2026-11"},
    "geometry": {"type": "MultiPolygon", "min_area_m2": 10},
    "access": {"read": "public"},
    "fields": [
        {"name": "name", "type": "string", "title": {"es": "Nombre", "en": "Name"}},
        {
            "name": "kind",
            "type": "string",
            "title": {"es": "Tipo", "en": "Kind"},
            "constraints": {"required": True, "enum": ["plaza", "parque"]},
        },
        {
            "name": "trees",
            "type": "integer",
            "title": {"es": "Árboles", "en": "Trees"},
            "constraints": {"minimum": 0},
        },
        {
            "name": "area_m2",
            "type": "number",
            "computed": "area",
            "title": {"es": "Área", "en": "Area"},
        },
        {
            "name": "contract",
            "type": "string",
            "private": True,
            "title": {"es": "Contrato", "en": "Contract"},
        },
    ],
}


@dataclass
class World:
    settings: Settings
    database: Database
    catalogue: Catalogue

    def do(self, rows: GeoDataFrame, *, why: str = "prueba", dry_run: bool = False, **how):
        return apply(
            self.database,
            self.catalogue,
            [Edit("squares", rows, **how)],
            author=Author("parks_officer"),
            why=why,
            dry_run=dry_run,
        )

    def rows(
        self, sql: str = "SELECT code, name, trees FROM layers.squares ORDER BY code, valid_from"
    ):
        return self.database.fetch(sql)


@pytest.fixture
def world(bare_settings: Settings):
    folder = bare_settings.layers
    (folder / "squares").mkdir(parents=True)
    (folder / "territory.yaml").write_text(yaml.safe_dump(TERRITORY, allow_unicode=True))
    (folder / "squares" / "layer.yaml").write_text(yaml.safe_dump(SQUARES, allow_unicode=True))
    done = migrate(bare_settings)
    assert done.created == ("squares",) and not done.problems
    with Database(bare_settings, role="admin", workers=1) as database:
        yield World(bare_settings, database, read_folder(folder))


def squares(*rows: tuple, **extra) -> GeoDataFrame:
    """Rows of (code, name, trees): squares of 20 m side, 100 m apart."""
    return GeoDataFrame(
        {
            "code": [r[0] for r in rows],
            "name": [r[1] for r in rows],
            "kind": "plaza",
            "trees": [r[2] for r in rows],
            "review_state": "published",
            **extra,
        },
        geometry=[MultiPolygon([box(x, 5.4e6, x + 20, 5.4e6 + 20)]) for x in _places(rows)],
        crs=32718,
    ).rename_geometry("geom")


def _places(rows: tuple) -> list[float]:
    return [650_000 + 100 * int(r[0][1:]) for r in rows]


def test_append_then_upsert_counts_what_really_changed(world: World) -> None:
    first = world.do(squares(("A1", "Uno", 1), ("A2", "Dos", 2)), mode="append")
    assert first.layers["squares"] == Counts(read=2, added=2)
    again = world.do(squares(("A1", "Uno", 1), ("A2", "Dos", 5), ("A3", "Tres", 3)))
    assert again.layers["squares"] == Counts(read=3, added=1, changed=1, unchanged=1)
    assert world.rows() == [("A1", "Uno", 1), ("A2", "Dos", 5), ("A3", "Tres", 3)]
    assert world.rows("SELECT code, version, area_m2 FROM layers.squares ORDER BY code") == [
        ("A1", 1, 400.0), ("A2", 2, 400.0), ("A3", 1, 400.0),
    ]  # fmt: skip
    assert world.rows("SELECT code, trees, version FROM history.squares") == [("A2", 2, 1)]


def test_the_same_rows_twice_change_nothing_and_leave_no_change(world: World) -> None:
    rows = squares(("A1", "Uno", 1), ("A2", "Dos", 2))
    world.do(rows, mode="replace")
    before = len(list_changes(world.database))
    again = world.do(rows, mode="replace")
    assert again.change_id is None
    assert again.layers["squares"] == Counts(read=2, unchanged=2)
    assert len(list_changes(world.database)) == before


def test_replace_removes_what_the_rows_lack(world: World) -> None:
    world.do(squares(("A1", "Uno", 1), ("A2", "Dos", 2)))
    done = world.do(squares(("A2", "Dos", 2)), mode="replace")
    assert done.layers["squares"] == Counts(read=1, unchanged=1, removed=1)
    assert world.rows("SELECT code FROM history.squares") == [("A1",)]


def test_a_dry_run_keeps_nothing(world: World) -> None:
    done = world.do(squares(("A1", "Uno", 1)), dry_run=True)
    assert done.change_id is None and done.layers["squares"].added == 1
    assert world.rows() == [] and list_changes(world.database) == []


def test_every_fault_is_told_with_its_row_and_nothing_is_stored(world: World) -> None:
    rows = squares(("A1", "Uno", -1), ("A2", "Dos", 2), ("A2", "Otra", 3))
    rows.loc[1, "kind"] = "potrero"
    with pytest.raises(InvalidData) as told:
        world.do(rows)
    problems = [(p.code, p.row, p.field, p.value) for p in told.value.report.problems]
    assert ("minimum", 1, "trees", "-1") in problems
    assert ("codes", 2, "kind", "potrero") in problems
    assert ("duplicate_key", 3, "code", "A2") in problems
    assert "plaza, parque" in next(
        p.hint["es"] for p in told.value.report.problems if p.code == "codes"
    )
    assert world.rows() == [] and list_changes(world.database) == []


def test_appending_what_is_there_is_refused_by_row(world: World) -> None:
    world.do(squares(("A1", "Uno", 1)))
    with pytest.raises(InvalidData) as told:
        world.do(squares(("A2", "Dos", 2), ("A1", "Uno", 1)), mode="append")
    assert [(p.code, p.row) for p in told.value.report.problems] == [("already_there", 2)]


def test_outside_the_territory_is_refused_with_the_spot(world: World) -> None:
    rows = squares(("A1", "Uno", 1))
    rows["geom"] = rows["geom"].translate(1_000_000, 0)
    with pytest.raises(InvalidData) as told:
        world.do(rows)
    problem = told.value.report.problems[0]
    assert problem.code == "outside_territory" and problem.spot is not None
    assert "A1 cae fuera del territorio" in problem.message["es"]


def test_a_new_fact_ends_the_old_validity_on_its_day(world: World) -> None:
    world.do(squares(("A1", "Uno", 1)), valid_from=date(2020, 1, 1))
    done = world.do(squares(("A1", "Uno", 9)), valid_from=date(2024, 6, 1))
    assert done.layers["squares"] == Counts(read=1, changed=1)
    told = world.rows(
        "SELECT trees, valid_from, valid_to, replaces IS NOT NULL FROM layers.squares"
        " ORDER BY valid_from"
    )
    assert told == [
        (1, date(2020, 1, 1), date(2024, 6, 1), False),
        (9, date(2024, 6, 1), None, True),
    ]

    def in_force(day: str) -> list:
        return world.rows(
            f"SELECT trees FROM layers.squares WHERE valid_from <= '{day}'"
            f" AND (valid_to IS NULL OR valid_to > '{day}')"
        )

    assert in_force("2024-05-31") == [(1,)]
    assert in_force("2024-06-01") == [(9,)]  # the changeover day belongs to the new
    assert in_force("2019-12-31") == []


def test_a_correction_after_the_fact_moves_recorded_time_not_validity(world: World) -> None:
    first = world.do(squares(("A1", "Uno", 1)), valid_from=date(2020, 1, 1))
    world.do(squares(("A1", "Uno", 9)), valid_from=date(2024, 6, 1))
    before = world.rows("SELECT clock_timestamp()")[0][0]
    wrong = squares(("A1", "Uno", 2))
    wrong["valid_from"] = date(2020, 1, 1)
    assert world.do(wrong).layers["squares"].changed == 1  # corrects what was said of 2020
    past = (
        "SELECT trees FROM published_past.squares WHERE valid_from <= '2021-01-01'"
        " AND (valid_to IS NULL OR valid_to > '2021-01-01')"
        " AND recorded_from <= %s AND (recorded_to IS NULL OR recorded_to > %s)"
    )
    now = world.rows("SELECT clock_timestamp()")[0][0]
    assert world.database.fetch(past, (before, before)) == [(1,)]
    assert world.database.fetch(past, (now, now)) == [(2,)]
    assert first.change_id is not None


def test_removing_with_a_date_ends_the_validity_and_without_one_the_record(world: World) -> None:
    world.do(squares(("A1", "Uno", 1), ("A2", "Dos", 2)))
    world.do(squares(("A1", "", 0)), mode="remove", valid_from=date(2025, 1, 1))
    world.do(squares(("A2", "", 0)), mode="remove")
    assert world.rows("SELECT code, valid_to FROM layers.squares") == [("A1", date(2025, 1, 1))]
    assert world.rows("SELECT code FROM history.squares ORDER BY code") == [("A1",), ("A2",)]


def test_revert_restores_the_same_rows_under_the_same_ids(world: World) -> None:
    world.do(squares(("A1", "Uno", 1), ("A2", "Dos", 2)))
    picture = "SELECT id, code, name, trees, ST_AsText(geom) FROM layers.squares ORDER BY code"
    before = world.rows(picture)
    messy = world.do(squares(("A2", "Cambiada", 7), ("A3", "Nueva", 3)), mode="replace")
    assert messy.layers["squares"] == Counts(read=2, added=1, changed=1, removed=1)
    done = revert(world.database, world.catalogue, messy.change_id, why="fue un error")
    assert done.layers["squares"] == Counts(added=1, changed=1, removed=1)
    assert world.rows(picture) == before
    assert world.rows("SELECT code, version FROM layers.squares ORDER BY code") == [
        ("A1", 2),
        ("A2", 3),
    ]
    last = list_changes(world.database)[0]
    assert (last.kind, last.reverts, last.why) == ("revert", messy.change_id, "fue un error")


def test_revert_names_the_later_changes_in_its_way(world: World) -> None:
    world.do(squares(("A1", "Uno", 1)))
    second = world.do(squares(("A1", "Uno", 2)))
    third = world.do(squares(("A1", "Uno", 3)))
    with pytest.raises(Refused) as told:
        revert(world.database, world.catalogue, second.change_id, why="no")
    assert told.value.code == "later_changes" and str(third.change_id) in str(told.value)
    revert(world.database, world.catalogue, third.change_id, why="sí")
    revert(world.database, world.catalogue, second.change_id, why="ahora sí")
    assert world.rows() == [("A1", "Uno", 1)]


def test_a_direct_edit_becomes_a_change_of_its_role_and_obeys_the_checks(world: World) -> None:
    world.do(squares(("A1", "Uno", 1)))
    with world.database.transaction() as cursor:
        cursor.execute("SET ROLE sitplan_write")
        cursor.execute("UPDATE layers.squares SET trees = 4, version = 99 WHERE code = 'A1'")
        cursor.execute(
            "INSERT INTO layers.squares (code, name, kind, trees, change_id, geom)"
            " SELECT 'A9', 'QGIS',"
            " 'plaza', 1, NULL, ST_Translate(geom, 500, 0) FROM layers.squares WHERE code = 'A1'"
        )
    last = list_changes(world.database)[0]
    assert (last.kind, last.role) == ("direct", "sitplan_write")
    assert last.layers == {"squares": {"added": 1, "changed": 1, "removed": 0}}
    assert world.rows("SELECT code, version, trees FROM layers.squares ORDER BY code") == [
        ("A1", 2, 4), ("A9", 1, 1),
    ]  # fmt: skip
    with pytest.raises(psycopg2.errors.CheckViolation, match="fuera del territorio"):
        with world.database.transaction() as cursor:
            cursor.execute("UPDATE layers.squares SET geom = ST_Translate(geom, 1000000, 0)")
    assert list_changes(world.database)[0].id == last.id


def test_a_direct_edit_that_says_nothing_new_records_nothing(world: World) -> None:
    world.do(squares(("A1", "Uno", 1)))
    with world.database.transaction() as cursor:
        cursor.execute("UPDATE layers.squares SET trees = 1")
    assert world.rows("SELECT version FROM layers.squares") == [(1,)]
    assert world.rows("SELECT count(*) FROM history.squares") == [(0,)]


def test_nobody_writes_into_anothers_change(world: World) -> None:
    made = world.do(squares(("A1", "Uno", 1)))
    with world.database.transaction() as cursor:
        cursor.execute("SET ROLE sitplan_write")
        cursor.execute(f"SET LOCAL sitplan.change = '{made.change_id}'")
        cursor.execute("SET LOCAL sitplan.recorded_at = '2001-01-01'")
        cursor.execute("UPDATE layers.squares SET trees = 5")
    assert list_changes(world.database)[0].id > made.change_id
    assert world.rows("SELECT recorded_from > '2026-01-01' FROM layers.squares") == [(True,)]


def test_truncate_is_refused(world: World) -> None:
    with pytest.raises(psycopg2.errors.RestrictViolation):
        with world.database.transaction() as cursor:
            cursor.execute("TRUNCATE layers.squares")


def test_the_public_reads_only_what_is_published(world: World) -> None:
    rows = squares(("A1", "Uno", 1), ("A2", "Dos", 2), ("A3", "Tres", 3))
    rows["contract"] = "secreto"
    rows.loc[1, "review_state"] = "draft"
    rows["visibility"] = ["public", "public", "internal"]
    world.do(rows)
    refusals = (
        psycopg2.errors.InsufficientPrivilege,
        psycopg2.errors.UndefinedColumn,
        psycopg2.errors.ReadOnlySqlTransaction,
    )
    with Database(world.settings, workers=1) as public:
        assert public.fetch("SELECT code FROM published.squares") == [("A1",)]
        for forbidden in (
            "SELECT * FROM layers.squares",
            "SELECT * FROM history.squares",
            "SELECT * FROM sitplan.change",
            "SELECT contract FROM published.squares",
            "SELECT sitplan.touch('squares', 1, 1, 1, NULL)",
            "SELECT sitplan.open_change('x', 'x', 'x', 'x', 'edit')",
            "DELETE FROM published.squares",
            "CREATE TABLE public.mine (a int)",
        ):
            with pytest.raises(refusals):
                public.fetch(forbidden)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            public.read(
                lambda c: (
                    c.execute("SET default_transaction_read_only = off"),
                    c.execute("DELETE FROM published.squares"),
                )
            )


def test_seeds_and_settings_live_in_the_tests_own_home(base_settings: Settings) -> None:
    assert Path.cwd() not in base_settings.home.parents


def test_a_field_may_have_any_name(world: World) -> None:
    squares_ = dict(SQUARES)
    odd = {"name": "100% «ñ» de\\ 'sol'", "type": "number", "title": {"es": "Sol", "en": "Sun"}}
    squares_["fields"] = [*SQUARES["fields"], odd]
    folder = world.settings.layers / "squares" / "layer.yaml"
    folder.write_text(yaml.safe_dump(squares_, allow_unicode=True))
    assert migrate(world.settings).changed == ("squares",)
    world.catalogue = read_folder(world.settings.layers)
    rows = squares(("A1", "Uno", 1), **{odd["name"]: 0.5})
    world.do(rows)
    changed = squares(("A1", "Uno", 1), **{odd["name"]: 0.7})
    done = world.do(changed)
    fact = squares(("A1", "Uno", 2), **{odd["name"]: 0.9})
    new = world.do(fact, valid_from=date(2026, 1, 1))
    revert(world.database, world.catalogue, new.change_id, why="prueba")
    revert(world.database, world.catalogue, done.change_id, why="prueba")
    column = '"' + odd["name"] + '"'
    assert world.rows(f"SELECT {column} FROM layers.squares") == [(0.5,)]
