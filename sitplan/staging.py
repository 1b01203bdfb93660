"""Rows on their way into a layer: copied beside it, compared with the record, merged.

All work is set-based in the transaction of the Change; nothing here opens or ends one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pandas import DataFrame
from psycopg2.extensions import cursor as Cursor
from pyarrow import csv

from sitplan import ddl
from sitplan.catalogue import Territory
from sitplan.layer import Layer
from sitplan.report import Problem, Report
from sitplan.words import LANGUAGES, say

CHUNK = 50_000
_ARROW = {
    "bigint": pa.int64(),
    "integer": pa.int64(),
    "double precision": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


def copy_rows(
    cursor: Cursor,
    layer: Layer,
    territory: Territory,
    chunks: Iterable[DataFrame],
    *,
    into: str,
    valid_from: date | None = None,
    numbered: bool = False,
    fresh: Mapping[str, str] | None = None,
) -> int:
    """How many rows went into the table `into` by COPY.

    Columns of the frames that the layer does not have are left out. Values are converted as the
    columns' SQL types ask. With `numbered` the row numbers go along as `_row`. Columns that the
    frames lack get the text that `fresh` has for them.
    """
    types = ddl.columns(layer, territory)
    allowed = ddl.writable_columns(layer)
    srid = ddl.srid(layer, territory)
    total = 0
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            part = chunk.iloc[start : start + CHUNK]
            names = [c for c in allowed if c in part.columns]
            if valid_from is not None and "valid_from" not in names:
                names.append("valid_from")
            arrays: list[Any] = []
            for name in names:
                if name == "valid_from":
                    arrays.append(_validity(part, valid_from))
                else:
                    arrays.append(_column(part[name], types[name], srid=srid))
            for name, text in (fresh or {}).items():
                if name not in names:
                    names.append(name)
                    arrays.append(pa.array([text] * len(part), pa.string()))
            if numbered:
                rows = part["_row"] if "_row" in part else range(total + 1, total + len(part) + 1)
                names.append("_row")
                arrays.append(pa.array(list(rows), pa.int64()))
            buffer = io.BytesIO()
            csv.write_csv(
                pa.table(arrays, names=[str(i) for i in range(len(arrays))]),
                buffer,
                csv.WriteOptions(include_header=False),
            )
            buffer.seek(0)
            listed = ", ".join(ddl.ident(n) for n in names)
            cursor.copy_expert(f"COPY {into} ({listed}) FROM STDIN (FORMAT csv)", buffer)
            total += len(part)
    return total


def _validity(part: DataFrame, default: date | None) -> Any:
    given = part["valid_from"] if "valid_from" in part else pd.Series([None] * len(part))
    fallback = default.isoformat() if default else "-infinity"
    return pa.array([fallback if pd.isna(v) else str(v)[:10] for v in given], pa.string())


def _column(values: Any, kind: str, *, srid: int) -> Any:
    """One column as Arrow, written so that COPY reads it as the SQL type `kind`."""
    if kind.startswith("geometry"):
        shapes = np.asarray(values, dtype=object)
        tagged = shapely.set_srid(shapes, srid)
        return pa.array(shapely.to_wkb(tagged, hex=True, include_srid=True), pa.string())
    if kind == "text[]":
        return pa.array([_array_literal(v) for v in values], pa.string())
    target = _ARROW.get(kind)
    if isinstance(getattr(values, "dtype", None), pd.ArrowDtype):
        return pa.array(values).cast(target or pa.string())  # ready as it is
    if target is None:
        return pa.array(
            [None if v is None or v is pd.NA or v != v else str(v) for v in values], pa.string()
        )
    if kind == "date":
        return pa.array([_day(v) for v in values], pa.date32())
    if kind in ("bigint", "integer"):
        return pa.array(pd.array(values, dtype="Int64"))
    return pa.array(values, target, from_pandas=True)


def _day(value: Any) -> date | None:
    if value is None or pd.isna(value):
        return None
    return date.fromisoformat(str(value)[:10])


def _day_literal(day: date | None) -> str:
    """A day as SQL text: with parameters, psycopg2 would read a ``%`` in a column's name."""
    return f"DATE '{day.isoformat() if day else '-infinity'}'"


def _array_literal(value: Any) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    quoted = (str(v).replace("\\", "\\\\").replace('"', '\\"') for v in value)
    return "{" + ",".join(f'"{v}"' for v in quoted) + "}"


class Stage:
    """A temporary table of incoming rows beside their layer.

    Parameters
    ----------
    key
        The field by which a row finds what is recorded; of several validities, the one that the
        row's own `valid_from` names, else the latest.
    """

    def __init__(self, cursor: Cursor, layer: Layer, territory: Territory, *, key: str) -> None:
        self.cursor = cursor
        self.layer = layer
        self.territory = territory
        self.key = ddl.ident(key)
        self.key_name = key
        self.table = f"layers.{ddl.ident(layer.name)}"
        self.stage = ddl.ident(f"incoming_{layer.name}"[:60])
        self.columns: list[str] = []
        self.has_dates = False

    def fill(self, chunks: Iterable[DataFrame]) -> int:
        """How many rows were copied beside the layer."""
        types = ddl.columns(self.layer, self.territory)
        body = ", ".join(f"{ddl.ident(n)} {types[n]}" for n in ddl.writable_columns(self.layer))
        self.cursor.execute(f"DROP TABLE IF EXISTS {self.stage}")
        self.cursor.execute(
            f"CREATE TEMP TABLE {self.stage} ({body}, _row bigint, _target uuid) ON COMMIT DROP"
        )
        seen: dict[str, None] = {}

        def watched() -> Iterable[DataFrame]:
            for chunk in chunks:
                seen.update(dict.fromkeys(chunk.columns))
                yield chunk

        read = copy_rows(
            self.cursor, self.layer, self.territory, watched(), into=self.stage, numbered=True
        )
        self.columns = [c for c in ddl.writable_columns(self.layer) if c in seen]
        self.has_dates = "valid_from" in seen
        self.cursor.execute(f"ANALYZE {self.stage}")
        self._find_targets()
        return read

    def _find_targets(self) -> None:
        same = "AND t.valid_from = i.valid_from" if self.has_dates else ""
        self.cursor.execute(
            f"UPDATE {self.stage} AS i SET _target = t.id"
            f" FROM (SELECT DISTINCT ON ({self.key}{', valid_from' if self.has_dates else ''})"
            f" id, {self.key}, valid_from FROM {self.table} ORDER BY {self.key}, valid_from DESC)"
            f" AS t WHERE t.{self.key} = i.{self.key} {same}"
        )

    def faults(self, *, append: bool) -> Report:
        """Every row that breaks a rule of its own, with its number, field and value."""
        found: list[Problem] = []
        rules = [
            c for c in ddl.constraints(self.layer)
            if c.field in self.columns or c.name in ("code_form", "validity_order")
        ]  # fmt: skip
        for rule in rules:
            if rule.name == "code_form" and self.key_name != "code":
                continue
            shown = ddl.ident(rule.field or "code")
            value = "NULL" if rule.field == "geom" else f"{shown}::text"
            self.cursor.execute(
                f"SELECT _row, left({value}, 120), count(*) OVER () FROM {self.stage}"
                f" WHERE NOT ({rule.condition}) ORDER BY _row LIMIT 100"
            )
            found += self._problems(rule.name, rule.field or "code", self.cursor.fetchall())
        distinct = f"{self.key}, valid_from" if self.has_dates else self.key
        self.cursor.execute(
            f"SELECT _row, {self.key}::text, count(*) OVER () FROM (SELECT _row, {self.key},"
            f" row_number() OVER (PARTITION BY {distinct} ORDER BY _row) AS nth FROM {self.stage})"
            " AS numbered WHERE nth > 1 ORDER BY _row LIMIT 100"
        )
        found += self._problems("duplicate_key", self.key_name, self.cursor.fetchall())
        if append:
            self.cursor.execute(
                f"SELECT _row, {self.key}::text, count(*) OVER () FROM {self.stage}"
                " WHERE _target IS NOT NULL ORDER BY _row LIMIT 100"
            )
            found += self._problems("already_there", self.key_name, self.cursor.fetchall())
        return Report(tuple(found))

    def _problems(self, rule: str, field: str, rows: list[Any]) -> list[Problem]:
        used = self.layer.field(field)
        suffix = rule.removeprefix(f"{field}_")
        kind = next((k for k in (suffix, rule) if k in _RULES), "broken")
        facts: Mapping[str, Any] = {
            "minimum": used.minimum if used else "",
            "maximum": used.maximum if used else "",
            "pattern": used.pattern if used else "",
            "max_length": used.max_length if used else "",
            "codes": ", ".join(used.codes) if used else "",
            "rule": rule,
        }
        titles = used.title if used else dict.fromkeys(LANGUAGES, field)
        return [
            Problem(
                code=kind,
                severity="error",
                message={
                    lang: say(
                        f"rules.{kind}.message", lang, **facts, field=titles[lang], value=value
                    )
                    for lang in LANGUAGES
                },
                hint={
                    lang: say(f"rules.{kind}.hint", lang, **facts, field=titles[lang], value=value)
                    for lang in LANGUAGES
                },
                layer=self.layer.name,
                row=row,
                field=field,
                value=value,
                count=1 + (total - len(rows) if index == len(rows) - 1 else 0),
            )
            for index, (row, value, total) in enumerate(rows)
        ]

    def _meant(self) -> list[str]:
        """Columns whose difference makes a row differ."""
        return [c for c in self.columns if c not in ("id", "valid_from", self.key_name)]

    def merge(
        self, valid_from: date | None, *, fresh: Mapping[str, str] | None = None
    ) -> tuple[int, int]:
        """How many rows were added (with `fresh` for what they lack) and how many changed."""
        changed = self._correct() if valid_from is None else self._supersede(valid_from)
        listed = [c for c in self.columns if c != "valid_from"]
        if not listed:
            return 0, changed  # no row came
        given = {k: v for k, v in (fresh or {}).items() if k not in listed}
        names = ", ".join(ddl.ident(c) for c in (*listed, *given))
        texts = "".join(f", {ddl.literal(v)}" for v in given.values())
        begin = _day_literal(valid_from)
        begin = f"coalesce(valid_from, {begin})" if self.has_dates else begin
        self.cursor.execute(
            f"INSERT INTO {self.table} ({names}, valid_from)"
            f" SELECT {self._selected(listed)}{texts}, {begin} FROM {self.stage}"
            " WHERE _target IS NULL"
        )
        return self.cursor.rowcount, changed

    @staticmethod
    def _selected(columns: Iterable[str]) -> str:
        defaults = {
            "id": "coalesce(id, gen_random_uuid())",
            "visibility": "coalesce(visibility, 'public')",
            "review_state": "coalesce(review_state, 'draft')",
        }
        return ", ".join(defaults.get(c, ddl.ident(c)) for c in columns)

    def _differs(self) -> str:
        meant = self._meant()
        if not meant:
            return "false"
        old = ", ".join(f"t.{ddl.ident(c)}" for c in meant)
        new = ", ".join(f"i.{ddl.ident(c)}" for c in meant)
        return f"ROW({old}) IS DISTINCT FROM ROW({new})"

    def _correct(self) -> int:
        meant = self._meant()
        if not meant:
            return 0
        sets = ", ".join(f"{ddl.ident(c)} = i.{ddl.ident(c)}" for c in meant)
        self.cursor.execute(
            f"UPDATE {self.table} AS t SET {sets} FROM {self.stage} AS i"
            f" WHERE t.id = i._target AND {self._differs()}"
        )
        return self.cursor.rowcount

    def _supersede(self, day: date) -> int:
        """End what held on `day` and begin what the rows say; a fact of that day is corrected."""
        on = _day_literal(day)
        self.cursor.execute(
            f"CREATE TEMP TABLE turned ON COMMIT DROP AS SELECT t.id AS old, t.valid_from AS began,"
            f" t.valid_to AS ends, i._row AS _row FROM {self.table} AS t JOIN {self.stage} AS i"
            f" ON t.{self.key} = i.{self.key} AND t.valid_from <= {on}"
            f" AND (t.valid_to IS NULL OR t.valid_to > {on}) WHERE {self._differs()}"
        )
        meant = [c for c in self._meant() if c not in ("replaces", "valid_to")]
        sets = ", ".join(f"{ddl.ident(c)} = i.{ddl.ident(c)}" for c in meant)
        self.cursor.execute(
            f"UPDATE {self.table} AS t SET {sets} FROM {self.stage} AS i JOIN turned USING (_row)"
            f" WHERE t.id = turned.old AND turned.began = {on}"
        )
        corrected = self.cursor.rowcount
        self.cursor.execute(
            f"UPDATE {self.table} AS t SET valid_to = {on} FROM turned"
            f" WHERE t.id = turned.old AND turned.began < {on}"
        )
        # what the rows do not state is carried over from the validity that ends
        computed = {f.name for f in self.layer.fields if f.computed}
        rest = [
            c for c in ddl.writable_columns(self.layer)
            if c not in ("id", "replaces", "valid_from", "valid_to") and c not in computed
        ]  # fmt: skip
        taken = ", ".join(f"i.{ddl.ident(c)}" if c in meant else f"t.{ddl.ident(c)}" for c in rest)
        self.cursor.execute(
            f"INSERT INTO {self.table} ({', '.join(ddl.ident(c) for c in rest)},"
            f" replaces, valid_from, valid_to) SELECT {taken}, turned.old, {on}, turned.ends"
            f" FROM turned JOIN {self.table} AS t ON t.id = turned.old"
            f" JOIN {self.stage} AS i USING (_row) WHERE turned.began < {on}"
        )
        begun = self.cursor.rowcount
        self.cursor.execute("DROP TABLE turned")
        # a code that has no validity on the day begins one; the checks see whether it may
        self.cursor.execute(
            f"UPDATE {self.stage} AS i SET _target = NULL WHERE NOT EXISTS"
            f" (SELECT FROM {self.table} AS t WHERE t.{self.key} = i.{self.key}"
            f" AND t.valid_from <= {on} AND (t.valid_to IS NULL OR t.valid_to > {on}))"
        )
        return corrected + begun

    def remove(self, valid_from: date | None) -> int:
        """How many recorded rows the incoming keys took away (with a date: ended)."""
        return self._take_away(f"t.{self.key} IN (SELECT {self.key} FROM {self.stage})", valid_from)

    def remove_missing(self, valid_from: date | None) -> int:
        """How many recorded rows went whose key the incoming rows lack."""
        return self._take_away(
            f"NOT EXISTS (SELECT FROM {self.stage} AS i WHERE i.{self.key} = t.{self.key})",
            valid_from,
        )

    def _take_away(self, condition: str, valid_from: date | None) -> int:
        if valid_from is None:
            self.cursor.execute(f"DELETE FROM {self.table} AS t WHERE {condition}")
            return self.cursor.rowcount
        on = _day_literal(valid_from)
        self.cursor.execute(
            f"DELETE FROM {self.table} AS t WHERE {condition} AND t.valid_from >= {on}"
        )
        gone = self.cursor.rowcount
        self.cursor.execute(
            f"UPDATE {self.table} AS t SET valid_to = {on} WHERE {condition}"
            f" AND t.valid_from < {on} AND (t.valid_to IS NULL OR t.valid_to > {on})"
        )
        return gone + self.cursor.rowcount


_RULES = frozenset(
    {
        "required", "codes", "minimum", "maximum", "pattern", "max_length", "code_form",
        "validity_order", "valid", "min_area", "duplicate_key", "already_there", "broken",
    }
)  # fmt: skip
