"""Marks that nobody may ever see, in a database of their own.

In every layer a mark is written into each private field and into `notes` of a published row, and
rows that are drafts, withdrawn, internal or restricted carry it in their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.layer import Layer
from sitplan.settings import Settings

MARK = "xqzmarca"
HIDDEN = (
    ("public", "draft"), ("public", "in_review"), ("public", "withdrawn"),
    ("internal", "published"), ("restricted", "published"),
)  # fmt: skip


def _columns(cursor: Any, layer: Layer) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'layers'"
        " AND table_name = %s AND is_generated = 'NEVER'",
        [layer.name],
    )
    return [row[0] for row in cursor.fetchall()]


def plant(cursor: Any, layer: Layer) -> list[str]:
    """Marks in one layer; returns the ids of the rows that nobody may see."""
    name, label = layer.name, layer.label or layer.search[0] if layer.search else layer.label
    cursor.execute(
        f"SELECT id, code FROM layers.{name} WHERE visibility = 'public'"
        " AND review_state = 'published' ORDER BY code LIMIT 1"
    )
    row = cursor.fetchone()
    assert row is not None, f"{name} has no row to copy"
    cursor.execute(f"UPDATE layers.{name} SET notes = %s WHERE id = %s", [MARK, row[0]])
    for field in layer.fields:
        if field.private:
            value: Any = {"array": [MARK]}.get(field.type, MARK)
            if field.type in ("string", "array") and not field.codes:
                cursor.execute(
                    f'UPDATE layers.{name} SET "{field.name}" = %s WHERE id = %s', [value, row[0]]
                )
    planted: list[str] = []
    columns = [c for c in _columns(cursor, layer) if c not in (
        "id", "code", "visibility", "review_state", "notes", label)]  # fmt: skip
    same = ", ".join(f'"{c}"' for c in columns)
    for number, (visibility, state) in enumerate(HIDDEN):
        titled = f', "{label}"' if label else ""
        value = ", %s" if label else ""
        cursor.execute(
            f"INSERT INTO layers.{name} (code, visibility, review_state, notes{titled}, {same})"
            f" SELECT %s, %s, %s, %s{value}, {same} FROM layers.{name} WHERE id = %s"
            " RETURNING id::text",
            [f"{MARK}-{number}", visibility, state, MARK]
            + ([f"{MARK} {number}"] if label else [])
            + [row[0]],
        )
        planted.append(cursor.fetchone()[0])
    return planted


@contextmanager
def planted_settings(
    clones: Callable[[], Any], base: Settings, catalogue: Catalogue
) -> Iterator[tuple[Settings, dict[str, list[str]]]]:
    """Settings of such a database, and of each layer the ids that nobody may see."""
    with clones() as url:
        settings = replace(base, database_url=url)
        hidden: dict[str, list[str]] = {}
        with Database(settings, role="admin", workers=1) as owner, owner.transaction() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # past checks and doors
            for layer in catalogue:
                hidden[layer.name] = plant(cursor, layer)
        yield settings, hidden
