"""Brings the database to what `sql/` and the layers' folders declare; each step once.

Adding a layer or a field is applied. What would lose data (a field gone, another type, another
geometry) is refused until somebody writes `migrations/0002_….sql` in the layer's folder.
A folder taken away hides its layer and keeps the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql as pgsql
from psycopg2.extensions import cursor as Cursor

from sitplan import afar, ddl, views
from sitplan.catalogue import Catalogue, Territory, read_folder
from sitplan.crs import wkt_of
from sitplan.db import READER, Database, reader_password
from sitplan.errors import Refused, SitplanError, WrongDeclaration
from sitplan.layer import Layer
from sitplan.settings import Settings
from sitplan.standing import standing_checks

_SQL = Path(__file__).parent / "sql"


class _Planned(Exception):
    """Undoes the transaction of a plan."""


@dataclass(frozen=True)
class Migration:
    """What a migration did, or would do.

    `statements` is the SQL in order; `problems` names the folders that were refused and why: the
    others are migrated all the same.
    """

    statements: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    problems: Mapping[str, SitplanError] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """Whether the database was already as declared."""
        return not self.statements

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "created": list(self.created),
            "changed": list(self.changed),
            "hidden": list(self.hidden),
            "problems": {k: str(v) for k, v in self.problems.items()},
            "statements": len(self.statements),
        }


class _Run:
    """One migration in its transaction: executes and remembers."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.statements: list[str] = []
        self.created: list[str] = []
        self.changed: list[str] = []
        self.hidden: list[str] = []
        self.problems: dict[str, SitplanError] = {}

    def do(self, statement: str, params: tuple[Any, ...] | None = None) -> None:
        self.cursor.execute(statement, params)
        shown = self.cursor.mogrify(statement, params).decode() if params else statement
        self.statements.append(shown.strip())

    def ask(self, statement: str, params: tuple[Any, ...] | None = None) -> list[Any]:
        self.cursor.execute(statement, params)
        return self.cursor.fetchall()


def migrate(settings: Settings, *, plan: bool = False) -> Migration:
    """What was done to bring the database to the declarations; with `plan`, what would be.

    Raises
    ------
    WrongDeclaration
        When the territory itself is declared wrongly. Single layers are named in `problems`.
    Unavailable
        When the database does not answer.
    """
    catalogue = read_folder(settings.layers, results=settings.results)
    with Database(settings, role="admin", workers=1) as database:
        run: _Run | None = None
        try:
            with database.transaction() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sitplan.migrate'))")
                run = _Run(cursor)
                _apply_shared(run)
                _apply_reader(run, database.url)
                _apply_territory(run, catalogue)
                _apply_systems(run, catalogue.territory)
                for layer in catalogue:
                    _apply_guarded(run, layer, catalogue)
                _hide_missing(run, set(catalogue.layers) | set(catalogue.broken))
                run.problems.update(catalogue.broken)
                if run.statements:
                    cursor.execute("""SELECT pg_notify('sitplan', '{"catalogue": true}')""")
                if plan:
                    raise _Planned
        except _Planned:
            pass
    assert run is not None
    return Migration(
        statements=tuple(run.statements),
        created=tuple(run.created),
        changed=tuple(run.changed),
        hidden=tuple(run.hidden),
        problems=run.problems,
    )


def _apply_shared(run: _Run) -> None:
    if not run.ask("SELECT to_regclass('public.sitplan_migration') IS NOT NULL")[0][0]:
        run.do(
            "CREATE TABLE public.sitplan_migration ("
            "name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
    done = {row[0] for row in run.ask("SELECT name FROM public.sitplan_migration")}
    for path in sorted(_SQL.glob("*.sql")):
        if path.name not in done:
            run.do(path.read_text(encoding="utf-8"))
            run.do("INSERT INTO public.sitplan_migration (name) VALUES (%s)", (path.name,))


def _apply_reader(run: _Run, url: str) -> None:
    """Let the public's role log in with its derived password, and bind its limits."""
    password = reader_password(url)
    known, may_log_in = run.ask(
        "SELECT coalesce(shobj_description(oid, 'pg_authid'), ''), rolcanlogin"
        " FROM pg_roles WHERE rolname = %s",
        (READER,),
    )[0]
    mark = ddl.fingerprint({"password": password, "limits": "1"})
    if known == mark and (may_log_in or not password):
        return
    role = pgsql.Identifier(READER)
    if password:
        # not remembered among the statements: a plan must not print it
        run.cursor.execute(pgsql.SQL("ALTER ROLE {} LOGIN PASSWORD %s").format(role), (password,))
        run.statements.append(f"ALTER ROLE {READER} LOGIN PASSWORD '…'")
    for name, value in (
        ("default_transaction_read_only", "on"),
        ("statement_timeout", "15s"),
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
    ):
        run.do(f"ALTER ROLE {READER} SET {name} = '{value}'")
    run.do(f"COMMENT ON ROLE {READER} IS '{mark}'")


def _apply_territory(run: _Run, catalogue: Catalogue) -> None:
    facts = json.dumps(dict(catalogue.territory.facts), ensure_ascii=False, default=str)
    palette = json.dumps(catalogue.palette, ensure_ascii=False)
    if not run.ask(
        "SELECT 1 FROM sitplan.territory WHERE facts = %s::jsonb AND palette = %s::jsonb",
        (facts, palette),
    ):
        run.do(
            "INSERT INTO sitplan.territory (facts, palette) VALUES (%s, %s)"
            " ON CONFLICT (one) DO UPDATE SET facts = excluded.facts, palette = excluded.palette",
            (facts, palette),
        )


def _apply_systems(run: _Run, territory: Territory) -> None:
    """Tell PostGIS the territory's systems that it is too old to know; ours are of today's EPSG.

    Where the database's owner may not write there, those systems are not offered.
    """
    known = {
        row[0]
        for row in run.ask(
            "SELECT srid FROM public.spatial_ref_sys WHERE srid = ANY (%s)",
            (list(territory.other_crs),),
        )
    }
    (may_write,) = run.ask(
        "SELECT pg_catalog.has_table_privilege('public.spatial_ref_sys', 'INSERT')"
    )[0]
    for code in territory.other_crs:
        text = wkt_of(code) if may_write and code not in known else None
        if text is not None:
            run.do(
                "INSERT INTO public.spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)"
                " VALUES (%s, 'EPSG', %s, %s, '')",
                (code, code, text),
            )


def _apply_guarded(run: _Run, layer: Layer, catalogue: Catalogue) -> None:
    before = len(run.statements), len(run.created), len(run.changed)
    run.cursor.execute("SAVEPOINT layer")
    try:
        _apply_layer(run, layer, catalogue, catalogue.homes[layer.name])
        run.cursor.execute("RELEASE SAVEPOINT layer")
    except (SitplanError, psycopg2.Error) as error:
        run.cursor.execute("ROLLBACK TO SAVEPOINT layer")
        del run.statements[before[0] :], run.created[before[1] :], run.changed[before[2] :]
        run.problems[layer.name] = (
            error
            if isinstance(error, SitplanError)
            else WrongDeclaration(
                "wrong_declaration", path=f"{layer.name}/layer.yaml", problem=str(error).strip()
            )
        )


def _apply_layer(run: _Run, layer: Layer, catalogue: Catalogue, home: Path) -> None:
    name, territory = layer.name, catalogue.territory
    extra = home / "extra.sql"
    extra_sql = extra.read_text(encoding="utf-8") if extra.exists() else ""
    checks = catalogue.checks.get(name, ()) + standing_checks(layer, territory)
    declared = {c.name: c.condition for c in ddl.constraints(layer)}
    whole = json.dumps(resolved(layer), ensure_ascii=False, sort_keys=True, default=str)
    style = json.dumps(list(layer.style), ensure_ascii=False)
    mark = ddl.fingerprint(
        {
            "table": views.render_layer(layer, territory),
            "extra": extra_sql,
            "declaration": whole,
            "style": style,
            "checks": "\n".join(
                f"{c.rule} {c.severity} {c.message} {c.hint} {c.sql}" for c in checks
            ),
        }
    )
    written = _written(run, name, home)
    known = run.ask(
        "SELECT fingerprint, hidden, constraints FROM sitplan.layer WHERE name = %s", (name,)
    )
    if known and known[0][0] == mark and not known[0][1] and not written:
        return
    if run.ask("SELECT to_regclass(%s) IS NOT NULL", (f"layers.{name}",))[0][0]:
        run.do(views.drop_views(name))
        if written:  # what they do to shapes is not to be held up by what is derived of them
            _alter_far(run, name, {})
        for path in written:
            run.do(path.read_text(encoding="utf-8"))
        _alter(run, layer, territory)
        _alter_far(run, name, afar.far_columns(layer, territory))
        _alter_constraints(run, name, known[0][2] if known else {}, declared)
        for statement in ddl.render_indexes(layer):
            run.do(statement)
        run.do(ddl.render_triggers(layer, territory))
        run.do(views.render_views(layer, territory))
        run.changed.append(name)
    else:
        run.do(views.render_layer(layer, territory))
        run.created.append(name)
    for path in written:
        run.do("INSERT INTO public.sitplan_migration (name) VALUES (%s)", (f"{name}/{path.name}",))
    if extra_sql:
        run.do(extra_sql)
    run.do(
        "INSERT INTO sitplan.layer (name, declaration, public_declaration, style, constraints,"
        " fingerprint, illustrative) VALUES (%s, %s, %s, %s, %s, %s, false)"
        " ON CONFLICT (name) DO UPDATE SET declaration = excluded.declaration,"
        " public_declaration = excluded.public_declaration, style = excluded.style,"
        " constraints = excluded.constraints, fingerprint = excluded.fingerprint, hidden = false",
        (
            name,
            whole,
            json.dumps(resolved(layer, public=True), ensure_ascii=False, default=str),
            style,
            json.dumps(declared),
            mark,
        ),
    )
    run.do("DELETE FROM sitplan.layer_check WHERE layer = %s", (name,))
    for check in checks:
        run.do(
            "INSERT INTO sitplan.layer_check (layer, rule, severity, message, hint, reads, query)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                name,
                check.rule,
                check.severity,
                json.dumps(check.message, ensure_ascii=False),
                json.dumps(check.hint, ensure_ascii=False),
                list(check.reads),
                check.sql,
            ),
        )


def _written(run: _Run, name: str, home: Path) -> list[Path]:
    """The layer's own migrations that this database has not seen, in order."""
    done = {row[0] for row in run.ask("SELECT name FROM public.sitplan_migration")}
    return [p for p in sorted(home.glob("migrations/*.sql")) if f"{name}/{p.name}" not in done]


def _alter(run: _Run, layer: Layer, territory: Territory) -> None:
    """Add the columns that are declared anew; refuse whatever would lose data."""
    wanted = ddl.columns(layer, territory)
    found = {
        row[0]: row[1].replace(" ", "")
        for row in run.ask(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND atttypid <> 'sitplan.far_shape'::regtype",
            (f"layers.{layer.name}",),
        )
    }
    aliases = {"timestamptz": "timestampwithtimezone"}
    for gone in found.keys() - wanted.keys():
        raise Refused("migration_would_lose_column", layer=layer.name, column=gone)
    for name, kind in wanted.items():
        plain = kind.replace(" ", "")
        if name in found and found[name] != aliases.get(plain, plain):
            raise Refused(
                "migration_would_change_type",
                layer=layer.name,
                column=name,
                before=found[name],
                after=kind,
            )
    for used in layer.fields:
        if used.name not in found:
            line = ddl.column_line(used, wanted[used.name])
            run.do(f"ALTER TABLE layers.{layer.name} ADD COLUMN {line}")
            run.do(
                f"ALTER TABLE history.{layer.name} ADD COLUMN"
                f" {ddl.ident(used.name)} {wanted[used.name]}"
            )


def _alter_far(run: _Run, name: str, wanted: Mapping[str, str]) -> None:
    """Keep heavy shapes from afar as `wanted` says."""
    found = run.ask(
        "SELECT attname, coalesce(col_description(attrelid, attnum), '') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND atttypid = 'sitplan.far_shape'::regtype",
        (f"layers.{name}",),
    )
    for statement in afar.alter(name, dict(found), wanted):
        run.do(statement)


def _alter_constraints(
    run: _Run, name: str, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    for gone in [c for c in before if after.get(c) != before[c]]:
        run.do(f"ALTER TABLE layers.{name} DROP CONSTRAINT IF EXISTS {ddl.ident(gone)}")
    for label, condition in after.items():
        if before.get(label) == condition:
            continue
        broken = run.ask(f"SELECT count(*) FROM layers.{name} WHERE NOT ({condition})")[0][0]
        if broken:
            raise Refused("migration_breaks_rows", layer=name, rule=label, count=broken)
        run.do(f"ALTER TABLE layers.{name} ADD CONSTRAINT {ddl.ident(label)} CHECK ({condition})")


def _hide_missing(run: _Run, present: set[str]) -> None:
    """Hide the layers whose folder was taken away; a result may have been published elsewhere."""
    for (name,) in run.ask(
        "SELECT name FROM sitplan.layer WHERE NOT hidden AND declaration->'result' IS NULL"
    ):
        if name not in present:
            run.do(views.drop_views(name))
            run.do("UPDATE sitplan.layer SET hidden = true WHERE name = %s", (name,))
            run.hidden.append(name)


def resolved(layer: Layer, *, public: bool = False) -> dict[str, Any]:
    """The declaration with its shared code lists written out; with `public`, no private field."""
    found = dict(layer.declaration)
    fields = []
    for raw, used in zip(found["fields"], layer.fields, strict=True):
        if public and used.private:
            continue
        one = dict(raw)
        if used.codes:
            one["codelist"] = {k: dict(v) for k, v in used.codes.items()}
        fields.append(one)
    found["fields"] = fields
    return found
