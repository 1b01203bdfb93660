"""The views of the past: who may read them, how they come into an older database, their cost."""

from __future__ import annotations

from typing import Any

import psycopg2.errors
import pytest

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.ddl import ident, public_columns
from sitplan.instants import http_date, parse_http_date, parse_instant, write_instant
from sitplan.migrate import migrate
from sitplan.settings import Settings


def _shape(database: Database) -> dict[str, list[Any]]:
    """Views, indexes and grants, as the server describes them."""
    asked = {
        "views": "SELECT schemaname, viewname, definition FROM pg_views"
        " WHERE schemaname LIKE 'published%' ORDER BY 1, 2",
        "indexes": "SELECT indexdef FROM pg_indexes"
        " WHERE schemaname IN ('layers', 'history', 'sitplan') ORDER BY 1",
        "grants": "SELECT table_schema, table_name, grantee, privilege_type"
        " FROM information_schema.role_table_grants"
        " WHERE table_schema LIKE 'published%' ORDER BY 1, 2, 3, 4",
        "schemas": "SELECT nspname, nspacl::text FROM pg_namespace"
        " WHERE nspname LIKE 'published%' ORDER BY 1",
    }
    return {name: database.fetch(text) for name, text in asked.items()}


def test_an_old_database_and_its_migrations_equal_a_fresh_one(
    fresh: Database, fresh_settings: Settings, catalogue: Catalogue
) -> None:
    expected = _shape(fresh)
    assert any(row[0] == "published_gone" for row in expected["views"])
    rows = "visibility = 'public' AND review_state = 'published'"
    with fresh.transaction() as cursor:
        cursor.execute("DROP SCHEMA published_gone CASCADE; DROP VIEW published.change")
        for layer in catalogue:
            if not layer.is_public:
                continue
            shown = ", ".join(ident(c) for c in public_columns(layer))
            cursor.execute(
                f"DROP VIEW published_past.{layer.name};"
                f" CREATE VIEW published_past.{layer.name} AS"
                f" SELECT {shown}, NULL::timestamptz AS recorded_to FROM layers.{layer.name}"
                f" WHERE {rows} UNION ALL"
                f" SELECT {shown}, recorded_to FROM history.{layer.name} WHERE {rows};"
                f" GRANT SELECT ON published_past.{layer.name}"
                " TO sitplan_read, sitplan_write, sitplan_admin"
            )
        cursor.execute("UPDATE sitplan.layer SET fingerprint = 'old'")
        cursor.execute("DELETE FROM sitplan_migration WHERE name = '0004_past.sql'")
    done = migrate(fresh_settings)
    assert not done.problems and len(done.changed) == len(catalogue.layers)
    assert _shape(fresh) == expected
    assert migrate(fresh_settings).is_idle


def test_the_public_reads_changes_without_persons(
    fresh: Database, fresh_settings: Settings
) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "SELECT sitplan.open_change('office', 'Ana', 'prueba',"
            " 'https://example.org/a/b.zip; /mnt/ana/plano.dwg; D:\\planos\\x.shp', 'import')"
        )
        cursor.execute("UPDATE layers.critical_points SET name = name || '!'")
    with fresh.transaction() as cursor:
        cursor.execute("SELECT sitplan.open_change('office', 'Ana', 'nada público', NULL, 'edit')")
    with fresh.transaction() as cursor:
        cursor.execute("SET LOCAL application_name = 'equipo de Ana'")
        cursor.execute("UPDATE layers.critical_points SET name = name || '!'")
    with Database(fresh_settings, workers=1) as reader:
        names = reader.fetch(
            "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position)"
            " FROM information_schema.columns"
            " WHERE table_schema = 'published' AND table_name = 'change'"
        )
        assert names == [("id recorded_at kind role why source",)]
        direct, imported = reader.fetch(
            "SELECT kind, role, why, source FROM published.change ORDER BY id DESC LIMIT 2"
        )
        assert imported == (
            "import", "office", "prueba", "https://example.org/a/b.zip; plano.dwg; x.shp"
        )  # fmt: skip
        assert direct == ("direct", None, "edición directa en la base de datos", None)
        for table in ("sitplan.change", "sitplan.touched", "history.critical_points"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                reader.fetch(f"SELECT count(*) FROM {table}")


def test_a_change_to_a_private_layer_is_not_told(fresh: Database) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("UPDATE layers.critical_points SET name = name || '!'")
        cursor.execute("SELECT max(id) FROM sitplan.change")
        change = cursor.fetchone()[0]  # type: ignore[index]

    def is_told() -> bool:
        return bool(fresh.fetch("SELECT 1 FROM published.change WHERE id = %s", [change]))

    assert is_told()
    with fresh.transaction() as cursor:
        cursor.execute("UPDATE sitplan.layer SET hidden = true WHERE name = 'critical_points'")
    assert not is_told()


def test_the_past_uses_its_indexes(fresh: Database) -> None:
    """A tile's box of an instant; a feature's versions: no look at every row of the history."""
    with fresh.transaction() as cursor:
        for turn in range(8):
            cursor.execute("UPDATE layers.census_blocks SET notes = %s", [str(turn)])
            cursor.connection.commit()
        cursor.execute("ANALYZE layers.census_blocks; ANALYZE history.census_blocks")
        cursor.execute("SELECT id, ST_XMin(geom), ST_YMin(geom) FROM layers.census_blocks LIMIT 1")
        id_, x, y = cursor.fetchone()  # type: ignore[misc]
        for condition, params in (
            ("geom && ST_MakeEnvelope(%s, %s, %s, %s, 32719) AND recorded_from <= now()"
             " AND (recorded_to IS NULL OR recorded_to > now())", [x, y, x + 5, y + 5]),
            ("id = %s", [id_]),
        ):  # fmt: skip
            cursor.execute(
                f"EXPLAIN SELECT id FROM published_past.census_blocks WHERE {condition}", params
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on census_blocks" not in plan, plan


def test_instants_as_texts() -> None:
    instant = parse_instant("2026-06-01t08:00:00.123456-04:00")
    assert write_instant(instant) == "2026-06-01T12:00:00.123456Z"
    assert parse_instant(write_instant(instant)) == instant
    assert http_date(instant) == "Mon, 01 Jun 2026 12:00:00 GMT"
    assert parse_http_date(http_date(instant)) >= instant
