"""A Layer as SQL text: its table, its history and their triggers. Pure: asks no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitplan.afar import describe, far_columns, far_line
from sitplan.catalogue import Territory
from sitplan.errors import WrongDeclaration
from sitplan.layer import CAPTURE_METHODS, RANKS, REVIEW_STATES, Field, Layer

_SQL_TYPES = {
    "string": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "array": "text[]",
}

# name, type, default or "", whether the public may read it
_COMMON: tuple[tuple[str, str, str, bool], ...] = (
    ("id", "uuid", "gen_random_uuid()", True),
    ("code", "text", "", True),
    ("replaces", "uuid", "", True),
    ("valid_from", "date", "'-infinity'", True),
    ("valid_to", "date", "", True),
    ("visibility", "text", "'public'", False),
    ("review_state", "text", "'draft'", False),
    ("source_id", "text", "", True),
    ("source_date", "date", "", True),
    ("source_srid", "integer", "", True),
    ("capture_method", "text", "", True),
    ("horizontal_accuracy_m", "double precision", "", True),
    ("notes", "text", "", False),
    ("version", "integer", "1", True),
    ("created_at", "timestamptz", "current_setting('sitplan.recorded_at')::timestamptz", False),
    ("created_by", "text", "CURRENT_USER", False),
    ("updated_at", "timestamptz", "current_setting('sitplan.recorded_at')::timestamptz", True),
    ("updated_by", "text", "CURRENT_USER", False),
    ("change_id", "bigint", "current_setting('sitplan.change')::bigint", False),
    ("recorded_from", "timestamptz", "current_setting('sitplan.recorded_at')::timestamptz", True),
)
_NOT_NULL = {
    "code", "valid_from", "visibility", "review_state", "version", "created_at", "created_by",
    "updated_at", "updated_by", "change_id", "recorded_from",
}  # fmt: skip
STAMPS = (
    "version", "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from",
)  # fmt: skip
"""Columns that the database fills; what a writer says of them is not believed."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named rule of one field (None: of the common columns), as a condition on its columns."""

    name: str
    field: str | None
    condition: str


def ident(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """`value` as a quoted SQL string."""
    body = "'" + value.replace("'", "''") + "'"
    return f"E{body}".replace("\\", "\\\\") if "\\" in value else body


def srid(layer: Layer, territory: Territory) -> int:
    """EPSG code of the CRS that the layer is stored in."""
    return (layer.geometry.crs if layer.geometry else None) or territory.storage_crs


def columns(layer: Layer, territory: Territory) -> dict[str, str]:
    """SQL type of every column of the layer's table, in its order; those of `afar` aside."""
    found = {name: kind for name, kind, _, _ in _COMMON}
    found.update({f.name: _SQL_TYPES[f.type] for f in layer.fields})
    if layer.geometry:
        found["geom"] = f"geometry({layer.geometry.type}, {srid(layer, territory)})"
    return found


def public_columns(layer: Layer) -> list[str]:
    """The columns of the layer's published view, in order."""
    found = [name for name, _, _, is_public in _COMMON if is_public]
    found += [f.name for f in layer.public_fields]
    return found + (["geom"] if layer.geometry else [])


def writable_columns(layer: Layer) -> list[str]:
    """The columns that a writer may state."""
    computed = {f.name for f in layer.fields if f.computed}
    found = [name for name, _, _, _ in _COMMON if name not in STAMPS]
    found += [f.name for f in layer.fields if f.name not in computed]
    return found + (["geom"] if layer.geometry else [])


def short_name(name: str) -> str:
    """`name`, or a prefix and a hash of it where PostgreSQL would cut it."""
    if len(name.encode()) <= 63:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[:50].decode(errors="ignore") + "_" + digest


def constraints(layer: Layer) -> list[Constraint]:
    """Every rule that one row can break, as named conditions."""

    def listed(values: Sequence[str]) -> str:
        return "ARRAY[" + ", ".join(literal(v) for v in values) + "]::text[]"

    found = [
        Constraint("code_form", None, "code <> '' AND code = btrim(code)"),
        Constraint("validity_order", None, "valid_to IS NULL OR valid_to > valid_from"),
        Constraint("visibility_codes", None, f"visibility = ANY ({listed(RANKS)})"),
        Constraint("review_state_codes", None, f"review_state = ANY ({listed(REVIEW_STATES)})"),
        Constraint(
            "capture_method_codes", None, f"capture_method = ANY ({listed(CAPTURE_METHODS)})"
        ),
    ]
    for used in layer.fields:
        col = ident(used.name)
        rules: dict[str, str] = {}
        if used.required:
            rules["required"] = f"{col} IS NOT NULL"
        if used.codes:
            if used.type == "array":
                rules["codes"] = f"{col} <@ {listed(list(used.codes))}"
            else:
                rules["codes"] = f"{col}::text = ANY ({listed(list(used.codes))})"
        if used.minimum is not None:
            rules["minimum"] = f"{col} >= {used.minimum!r}"
        if used.maximum is not None:
            rules["maximum"] = f"{col} <= {used.maximum!r}"
        if used.pattern:
            rules["pattern"] = f"{col} ~ {literal(f'^(?:{used.pattern})$')}"
        if used.max_length:
            rules["max_length"] = f"char_length({col}) <= {used.max_length}"
        found += [
            Constraint(short_name(f"{used.name}_{k}"), used.name, v) for k, v in rules.items()
        ]
    if layer.geometry:
        found.append(Constraint("geom_required", "geom", "geom IS NOT NULL"))
        found.append(Constraint("geom_valid", "geom", "ST_IsValid(geom) AND NOT ST_IsEmpty(geom)"))
        if layer.geometry.min_area_m2:
            found.append(
                Constraint(
                    "geom_min_area", "geom", f"ST_Area(geom) >= {layer.geometry.min_area_m2!r}"
                )
            )
    return found


def column_line(used: Field, sql_type: str) -> str:
    """One field as a line of CREATE TABLE or ADD COLUMN."""
    line = f"{ident(used.name)} {sql_type}"
    if used.computed:
        measure = "ST_Area" if used.computed == "area" else "ST_Length"
        line += (
            f" GENERATED ALWAYS AS (round({measure}(geom)::numeric, 1)::double precision) STORED"
        )
    return line


def render_table(layer: Layer, territory: Territory) -> str:
    """A new layer's table, history, indexes and triggers; its views are another room's."""
    types = columns(layer, territory)
    if layer.geometry and layer.geometry.crs and any(f.computed for f in layer.fields):
        raise WrongDeclaration(
            "wrong_declaration",
            path=f"{layer.name}/layer.yaml",
            problem="«computed» necesita el sistema métrico del territorio: quite «geometry.crs»",
        )
    lines: list[str] = []
    for name, kind, default, _ in _COMMON:
        line = f"{name} {kind}"
        line += " PRIMARY KEY" if name == "id" else ""
        line += " NOT NULL" if name in _NOT_NULL else ""
        line += f" DEFAULT {default}" if default else ""
        lines.append(line)
    lines += [column_line(f, types[f.name]) for f in layer.fields]
    if layer.geometry:
        lines.append(f"geom {types['geom']}")
    far = far_columns(layer, territory)
    lines += [far_line(n, e) for n, e in far.items()]
    lines += [f"CONSTRAINT {ident(c.name)} CHECK ({c.condition})" for c in constraints(layer)]
    past = [f"{ident(n)} {t}" for n, t in types.items()]
    past += ["recorded_to timestamptz NOT NULL", "ended_by bigint NOT NULL"]
    body = ",\n    ".join(lines)
    return "\n".join(
        [
            "-- Rendered from layer.yaml by `sitplan render`; not edited by hand.",
            f"-- {layer.title['es']}: {layer.description['es']}",
            f"CREATE TABLE layers.{layer.name} (\n    {body}\n);",
            "",
            f"CREATE TABLE history.{layer.name} (\n    " + ",\n    ".join(past) + "\n);",
            "",
            *render_indexes(layer),
            *describe(f"layers.{layer.name}", far),
            "",
            render_triggers(layer, territory),
        ]
    )


def render_indexes(layer: Layer) -> list[str]:
    """Index statements, each harmless where the index is there already."""
    name = layer.name

    def index(label: str, on: str, what: str, unique: bool = False) -> str:
        kind = "UNIQUE INDEX" if unique else "INDEX"
        title = ident(short_name(f"{name}_{label}"))
        return f"CREATE {kind} IF NOT EXISTS {title} ON {on}.{name} {what};"

    found = [
        index("code_key", "layers", "(code, valid_from)", unique=True),
        index("change", "layers", "(change_id)"),
        index("begin", "layers", "(valid_from) WHERE valid_from > '-infinity'"),
        index("end", "layers", "(valid_to) WHERE valid_to IS NOT NULL"),
        index("past_id", "history", "(id, recorded_from)"),
        index("past_change", "history", "(change_id)"),
        index("past_ended", "history", "(ended_by)"),
    ]
    if layer.geometry:
        found.append(index("geom", "layers", "USING gist (geom)"))
        found.append(index("past_geom", "history", "USING gist (geom)"))
    for used in layer.fields:
        if used.unique:
            found.append(
                index(f"{used.name}_key", "layers", f"({ident(used.name)}, valid_from)", True)
            )
        if used.references:
            found.append(index(f"{used.name}_ref", "layers", f"({ident(used.name)})"))
        if used.name in layer.search and used.type == "string":
            found.append(
                index(
                    f"{used.name}_search",
                    "layers",
                    f"USING gin (sitplan.fold({ident(used.name)}) gin_trgm_ops)",
                )
            )
    return found


def render_triggers(layer: Layer, territory: Territory) -> str:
    """Functions and triggers that stamp every row, keep what it said before and tell of it."""
    name = layer.name
    types = columns(layer, territory)
    computed = {f.name for f in layer.fields if f.computed}
    meant = [c for c in types if c not in STAMPS and c not in computed]
    old_row = ", ".join(f"OLD.{ident(c)}" for c in meant)
    new_row = ", ".join(f"NEW.{ident(c)}" for c in meant)
    kept = ", ".join(ident(c) for c in types)
    shapes = (
        "CASE WHEN count(*) <= 50 THEN array_agg(geom) FILTER (WHERE geom IS NOT NULL)"
        f" ELSE ARRAY[ST_SetSRID(ST_Extent(geom)::geometry, {srid(layer, territory)})] END"
        if layer.geometry
        else "NULL::geometry[]"
    )
    head = "LANGUAGE plpgsql SECURITY DEFINER\nSET search_path = pg_catalog, public, pg_temp"
    text = f"""CREATE OR REPLACE FUNCTION history.stamp_{name}() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW({old_row})
           IS NOT DISTINCT FROM ROW({new_row}) THEN
            RETURN NULL;  -- nothing was said, nothing is recorded
        END IF;
        IF NEW.id <> OLD.id THEN
            RAISE EXCEPTION 'el identificador de un elemento no cambia'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.version := OLD.version + 1;
        NEW.created_at := OLD.created_at;
        NEW.created_by := OLD.created_by;
    ELSE
        NEW.id := coalesce(NEW.id, gen_random_uuid());
        NEW.valid_from := coalesce(NEW.valid_from, '-infinity');
        NEW.visibility := coalesce(NEW.visibility, 'public');
        NEW.review_state := coalesce(NEW.review_state, 'draft');
        NEW.version := 1 + coalesce((SELECT max(version) FROM history.{name} WHERE id = NEW.id), 0);
        NEW.created_at := current_setting('sitplan.recorded_at')::timestamptz;
        NEW.created_by := CURRENT_USER;
    END IF;
    NEW.updated_at := current_setting('sitplan.recorded_at')::timestamptz;
    NEW.updated_by := CURRENT_USER;
    NEW.change_id := current_setting('sitplan.change')::bigint;
    NEW.recorded_from := current_setting('sitplan.recorded_at')::timestamptz;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION history.keep_{name}() RETURNS trigger
{head}
AS $$
DECLARE
    n_old bigint := 0;
    n_new bigint := 0;
    old_shapes geometry[];
    new_shapes geometry[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO history.{name} ({kept}, recorded_to, ended_by)
        SELECT {kept}, current_setting('sitplan.recorded_at')::timestamptz,
               current_setting('sitplan.change')::bigint
        FROM old_rows WHERE change_id <> current_setting('sitplan.change')::bigint;
        SELECT count(*), {shapes} INTO n_old, old_shapes FROM old_rows;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT count(*), {shapes} INTO n_new, new_shapes FROM new_rows;
    END IF;
    IF n_old + n_new > 0 THEN
        PERFORM sitplan.touch(
            '{name}',
            CASE TG_OP WHEN 'INSERT' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'UPDATE' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'DELETE' THEN n_old ELSE 0 END,
            old_shapes || new_shapes);
    END IF;
    RETURN NULL;
END
$$;
"""
    table = f"layers.{name}"
    stamped = (
        "NEW.change_id IS DISTINCT FROM current_setting('sitplan.change')::bigint"
        " OR NEW.recorded_from IS DISTINCT FROM current_setting('sitplan.recorded_at')::timestamptz"
        " OR NEW.version IS DISTINCT FROM 1 OR NEW.id IS NULL OR NEW.valid_from IS NULL"
        " OR NEW.visibility IS NULL OR NEW.review_state IS NULL"
        " OR NEW.created_at IS DISTINCT FROM NEW.recorded_from"
        " OR NEW.updated_at IS DISTINCT FROM NEW.recorded_from"
        " OR NEW.created_by IS DISTINCT FROM CURRENT_USER"
        " OR NEW.updated_by IS DISTINCT FROM CURRENT_USER"
    )
    triggers = [
        f"CREATE OR REPLACE TRIGGER a_change BEFORE INSERT OR UPDATE OR DELETE ON {table}\n"
        "    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.ensure_change();",
        "-- rows that the one door writes carry the stamps by default and skip the function\n"
        f"CREATE OR REPLACE TRIGGER b_stamp_new BEFORE INSERT ON {table} FOR EACH ROW\n"
        f"    WHEN ({stamped})\n    EXECUTE FUNCTION history.stamp_{name}();",
        f"CREATE OR REPLACE TRIGGER b_stamp BEFORE UPDATE ON {table} FOR EACH ROW\n"
        f"    EXECUTE FUNCTION history.stamp_{name}();",
        f"CREATE OR REPLACE TRIGGER keep_new AFTER INSERT ON {table}\n"
        "    REFERENCING NEW TABLE AS new_rows\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_{name}();",
        f"CREATE OR REPLACE TRIGGER keep_changed AFTER UPDATE ON {table}\n"
        "    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_{name}();",
        f"CREATE OR REPLACE TRIGGER keep_removed AFTER DELETE ON {table}\n"
        "    REFERENCING OLD TABLE AS old_rows\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_{name}();",
        f"CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON {table}\n"
        "    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.refuse_truncate();",
    ]
    return text + "\n" + "\n".join(triggers) + "\n"


def fingerprint(parts: Mapping[str, str]) -> str:
    """Short hash of texts, to know whether something was declared anew."""
    joined = "\n".join(f"{k}={parts[k]}" for k in sorted(parts))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
