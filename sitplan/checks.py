"""Runs the checks of layers in the open transaction and tells what breaks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg2.extensions import cursor as Cursor

from sitplan.report import Problem, Report

TOLD_EACH = 100
"""How many offenders of one rule are told one by one; the rest are counted in the last."""


def run_checks(cursor: Cursor, layers: Sequence[str]) -> Report:
    """What breaks the rules of `layers`, as the transaction stands now.

    Rules of other layers that look at these are run too; theirs are told as warnings, for an
    edit answers for its own layer.
    """
    cursor.execute(
        "SELECT layer, rule, severity, message, hint, query, reads FROM sitplan.layer_check"
        " JOIN sitplan.layer AS l ON l.name = layer_check.layer AND NOT l.hidden"
        " WHERE layer = ANY (%s) OR reads && %s::text[] ORDER BY layer, rule",
        (list(layers), list(layers)),
    )
    found: list[Problem] = []
    for layer, rule, severity, message, hint, query, reads in cursor.fetchall():
        if layer not in layers:
            severity = "warning"
        found += _offenders(cursor, layer, rule, severity, message, hint, query, reads)
    return Report(tuple(found))


def _offenders(
    cursor: Cursor,
    layer: str,
    rule: str,
    severity: Any,
    message: dict[str, str],
    hint: dict[str, str],
    query: str,
    reads: Sequence[str],
) -> list[Problem]:
    cursor.execute(
        "WITH broken AS MATERIALIZED (\n" + query.replace("%", "%%") + "\n)"
        " SELECT b.id::text, b.facts, ST_X(lonlat), ST_Y(lonlat), count(*) OVER ()"
        " FROM (SELECT *, ST_Transform(ST_PointOnSurface(spot), 4326) AS lonlat"
        " FROM broken) AS b LIMIT %s",
        (TOLD_EACH,),
    )
    rows = cursor.fetchall()
    found = []
    coded = any("codes" in (row[1] or {}) for row in rows)
    titles = _titles(cursor, (layer, *reads)) if coded else {}
    for index, (feature, facts, lon, lat, total) in enumerate(rows):
        facts = facts or {}
        found.append(
            Problem(
                code=rule,
                severity=severity,
                message={
                    lang: fill(text, _worded(facts, titles, lang)) for lang, text in message.items()
                },
                hint={
                    lang: fill(text, _worded(facts, titles, lang)) for lang, text in hint.items()
                },
                layer=layer,
                feature=feature,
                value=facts.get("code"),
                spot=(round(lon, 7), round(lat, 7)) if lon is not None else None,
                count=1 + (total - len(rows) if index == len(rows) - 1 else 0),
            )
        )
    return found


def _titles(cursor: Cursor, layers: Sequence[str]) -> dict[str, dict[str, str]]:
    """The titles, by language, of every code that the layers list; those of the first hold."""
    cursor.execute(
        "SELECT codes.key, codes.value FROM sitplan.layer AS l,"
        " json_array_elements(l.declaration->'fields') AS f, json_each(f->'codelist') AS codes"
        " WHERE l.name = ANY (%s) AND json_typeof(f->'codelist') = 'object'"
        " ORDER BY array_position(%s::text[], l.name) DESC",
        (list(layers), list(layers)),
    )
    return dict(cursor.fetchall())


def _worded(facts: dict[str, Any], titles: dict[str, dict[str, str]], lang: str) -> dict[str, Any]:
    """The facts with their codes, named under ``codes`` by fact, as people read them."""
    codes: dict[str, list[str]] = facts.get("codes") or {}
    said = {
        name: ", ".join(_within(titles.get(code, {}).get(lang, code)) for code in listed)
        for name, listed in codes.items()
    }
    return facts | said


def _within(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title[:1].lower() + title[1:]


def fill(text: str, facts: dict[str, Any]) -> str:
    """`text` with its ``{fact}`` marks filled in; a mark without a fact stays as it is."""

    class Known(dict[str, Any]):
        def __missing__(self, key: str) -> str:
            return "{" + key + "}"

    return text.format_map(Known(facts))
