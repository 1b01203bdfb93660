"""SQL is composed, never pasted: names reach it through ident(), values as parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from geopandas import GeoDataFrame
from shapely import MultiPolygon, box

from sitplan.catalogue import read_folder
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.history import revert
from sitplan.migrate import migrate
from sitplan.settings import Settings

from .reading import CHECKOUT, tracked

_SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|FROM|WHERE|COPY|GRANT|ANALYZE)\b"
)
# The rooms that write a layer's own SQL as text; all others compose with psycopg2.sql.
WRITERS = {
    "afar", "changes", "ddl", "history", "load", "migrate", "seeds", "staging", "standing",
    "surroundings", "views",
}  # fmt: skip
# What such text may hold besides local names: a name made safe, a piece of SQL made elsewhere by
# the same rules, a layer's own name (which its declaration keeps to [a-z0-9_]), a number.
_SAFE = re.compile(
    r"(ddl\.)?(ident|literal|srid)\(.*\)|self\.\w+(\(.*\))?|_\w+\(.*\)|layer\.name|used\.references"
    r"|territory\.storage_crs|rule\.condition|wanted\[.*\]|'.*' if .* else '.*'|\w+\.replace\(.*\)"
    r"|', '\.join\(.*ident\(.*\).*\)"
)


def pieces(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and interpolated expressions of every f-string of SQL in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            constant = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
            if _SQL.search(constant):
                inside = [v for v in node.values if isinstance(v, ast.FormattedValue)]
                yield node.lineno, [ast.unparse(v.value) for v in inside]


def pasted(path: Path) -> Iterator[int]:
    """Lines where SQL is put together with ``%`` or ``str.format``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            text = node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = node.func.value if node.func.attr == "format" else None
        if isinstance(text, ast.Constant) and _SQL.search(str(text.value)):
            yield node.lineno


def test_only_the_writing_rooms_hold_sql_in_f_strings() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}"
        for path in tracked("sitplan/*.py", "api/*.py")
        if path.stem not in WRITERS or "api" in path.relative_to(CHECKOUT).parts
        for line, _ in pieces(path)
    ]
    assert not found


def test_what_they_interpolate_is_safe() -> None:
    found = [
        f"{path.name}:{line} {{{expression}}}"
        for path in tracked("sitplan/*.py")
        for line, expressions in pieces(path)
        for expression in expressions
        if not expression.isidentifier() and not _SAFE.fullmatch(expression)
    ]
    assert not found


def test_nobody_pastes_sql() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}"
        for path in tracked("sitplan/*.py", "api/*.py")
        for line in pasted(path)
    ]
    assert not found


def test_routes_and_notebooks_hold_no_sql() -> None:
    for path in tracked("api/routes/*.py", "notebooks/*.ipynb"):
        text = path.read_text(encoding="utf-8").replace('"SELECT 1"', "")
        assert not re.search(r"\b(SELECT|INSERT INTO|DELETE FROM)\b", text), path


HOSTILE = "x'); DROP TABLE sitplan.change; -- %s %(a)s {b} $1 ñ"


@pytest.fixture
def hostile(bare_settings: Settings) -> Settings:
    """A territory whose layer has a field with a hostile name and code."""
    folder = bare_settings.layers
    (folder / "squares").mkdir(parents=True)
    territory = {
        "name": {"es": "Puerto Inventado", "en": "Invented Harbour"},
        "storage_crs": 32718,
        "time_zone": "America/Santiago",
        "bounds": [-74.5, -42.5, -72.0, -41.0],
        "bounds_projected": [540000, 5290000, 760000, 5460000],
    }
    title = {"es": "Hostil", "en": "Hostile"}
    field = {"name": HOSTILE, "type": "string", "title": title, "codelist": {"'; --": title}}
    layer = {
        "name": "squares",
        "title": title,
        "description": title,
        "custodian": "x",
        "source": {"title": "x", "licence": "CC0-1.0", "date": "2026"},
        "geometry": {"type": "MultiPolygon"},
        "access": {"read": "public"},
        "fields": [field],
        "label": HOSTILE,
    }
    (folder / "territory.yaml").write_text(yaml.safe_dump(territory))
    (folder / "squares" / "layer.yaml").write_text(yaml.safe_dump(layer, allow_unicode=True))
    return bare_settings


def test_a_hostile_name_is_only_a_name(hostile: Settings) -> None:
    done = migrate(hostile)
    assert not done.problems
    catalogue = read_folder(hostile.layers)
    layer = catalogue.layer("squares")
    shape = MultiPolygon([box(650_000, 5_400_000, 650_100, 5_400_100)])
    rows = GeoDataFrame(
        {"code": ["'; DROP TABLE x; --"], HOSTILE: ["'; --"], "review_state": "published"},
        geometry=[shape],
        crs=32718,
    ).rename_geometry("geom")
    with Database(hostile, role="admin", workers=1) as owner:
        how = {"author": Author("x'; --"), "why": "%s {a} '"}
        for mode, is_kept in (("append", True), ("upsert", False), ("replace", False)):
            made = apply(owner, catalogue, [Edit("squares", rows, mode=mode)], **how)
            assert (made.change_id is not None) == is_kept
        rows[HOSTILE] = None
        changed = apply(owner, catalogue, [Edit("squares", rows)], **how)
        assert changed.layers["squares"].changed == 1
        revert(owner, catalogue, changed.change_id, why="'; --")
        with Database(hostile, role="read", workers=1) as reader:
            found = read_frame(reader, layer)
            assert found[HOSTILE].tolist() == ["'; --"]
            assert read_frame(reader, layer)["code"].tolist() == ["'; DROP TABLE x; --"]
