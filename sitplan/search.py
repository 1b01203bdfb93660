"""One text over all public layers, accents and capitals aside."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg2 import sql as pgsql

from sitplan.catalogue import Catalogue
from sitplan.columns import holds_word, ident, like_plain
from sitplan.crs import LON_LAT, Box, carry_box, rounded_outwards
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import Unavailable
from sitplan.layer import Field, Layer
from sitplan.query import Moment, Statement, moment_conditions, relation
from sitplan.reading import reading

_LOG = logging.getLogger("sitplan.search")
_MOST_WORDS = 8
_MOST_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A feature that a text names.

    Parameters
    ----------
    layer, id, code
        Which one.
    title
        Its label, or its code.
    detail
        What kind of thing it is, in the asked language; None where its layer does not say.
    point
        Longitude and latitude on it; None without geometry.
    bbox
        West, south, east, north; of a street, of all its parts.
    """

    layer: str
    id: str
    code: str
    title: str
    detail: str | None
    point: tuple[float, float] | None
    bbox: tuple[float, float, float, float] | None


def search(
    database: Database,
    catalogue: Catalogue,
    text: str,
    *,
    lang: str,
    limit: int,
    today: date,
    alike: bool = True,
) -> list[Found]:
    """The features in force today whose search fields hold every word of `text`, best first.

    Whole names come before beginnings of names, these before beginnings of words; a code finds
    its feature. Where nothing holds the words, the names most like them are given, unless not
    `alike`.
    """
    words = text[:_MOST_CHARACTERS].split()[:_MOST_WORDS]
    layers = [layer for layer in catalogue if layer.search]
    if not words or not layers:
        return []
    for fuzzy in (False, True) if alike else (False,):
        parts = [
            (layer, _statement(layer, words, limit=limit, today=today, fuzzy=fuzzy))
            for layer in layers
        ]
        rows = sorted(_fetch(database, parts), key=lambda row: (-row[5], row[3] or "", row[1]))
        if rows:
            return [_found(row, catalogue, lang) for row in rows[:limit]]
    return []


def _fetch(database: Database, parts: list[tuple[Layer, Statement]]) -> list[tuple[Any, ...]]:
    """All rows in one statement; where a layer is broken, of the others one by one."""
    joined = pgsql.SQL(" UNION ALL ").join(statement[0] for _, statement in parts)
    params = [value for _, statement in parts for value in statement[1]]
    try:
        with reading(", ".join(layer.name for layer, _ in parts)):
            return database.fetch(joined, params)
    except Unavailable as error:
        if error.code != "broken_layer":
            raise
        if len(parts) == 1:
            _LOG.error("layer %s cannot be read: left out of the search", parts[0][0].name)
            return []
    return [row for part in parts for row in _fetch(database, [part])]


def _folded(value: pgsql.Composable) -> pgsql.Composed:
    """As the index of search fields has it: a small letter without accent for every letter."""
    return pgsql.SQL("sitplan.fold({})").format(value)


def _statement(
    layer: Layer, words: Sequence[str], *, limit: int, today: date, fuzzy: bool
) -> Statement:
    """Of one layer: name, id, code, title, kind, rank, corners, longitude and latitude."""
    whole = " ".join(words)
    fields = [pgsql.SQL("f.{}").format(ident(name)) for name in layer.search]
    conditions, params = moment_conditions(Moment(on=today))
    asked: list[Any] = []
    if fuzzy:
        like = pgsql.SQL("sitplan.fold(%s) OPERATOR(public.<%%) {}")
        conditions.append(_any([like.format(_folded(f)) for f in fields]))
        asked += [whole] * len(fields)
    else:
        holds = [holds_word(layer)] * len(words)
        for word in words:
            asked += [f"%{like_plain(word)}%"] * len(fields)
        named = pgsql.SQL("f.code IN (%s, upper(%s))")
        asked += [whole, whole]
        conditions.append(pgsql.SQL("({} OR {})").format(pgsql.SQL(" AND ").join(holds), named))
    label = pgsql.SQL("f.{}").format(ident(layer.label or "code"))
    text = pgsql.SQL(
        "(SELECT {name} AS layer, h.id::text, h.code, h.title, h.kind, h.rank, {place}"
        " FROM (SELECT {once} f.id, f.code, {label} AS title, {kind} AS kind, {rank} AS rank,"
        " {shape} FROM {source} WHERE {conditions} {order}) AS h"
        " ORDER BY h.rank DESC, h.title, h.id LIMIT {limit})"
    ).format(
        name=pgsql.Literal(layer.name),
        place=_place(layer),
        once=pgsql.SQL("DISTINCT ON ({})").format(label) if _is_cut(layer) else pgsql.SQL(""),
        label=label,
        kind=_kind(layer),
        rank=_rank(label),
        shape=_shape(layer, label),
        source=relation(layer, Moment(on=today)),
        conditions=pgsql.SQL(" AND ").join(conditions),
        order=pgsql.SQL("ORDER BY {}, public.ST_Length(f.geom) DESC, f.id").format(label)
        if _is_cut(layer)
        else pgsql.SQL(""),
        limit=pgsql.Literal(limit),
    )
    start = like_plain(whole)
    ranking = [whole, whole, whole, start + "%", "% " + start + "%", whole]
    return text, [*ranking, *params, *asked]


def _any(conditions: list[pgsql.Composed]) -> pgsql.Composable:
    return pgsql.SQL("({})").format(pgsql.SQL(" OR ").join(conditions))


def _rank(label: pgsql.Composable) -> pgsql.Composable:
    """4 the very code or name, 3 its beginning, 2 a word's beginning, 1 anything; plus likeness."""
    return pgsql.SQL(
        "CASE WHEN f.code IN (%s, upper(%s)) OR {0} = sitplan.fold(%s) THEN 4.0"
        " WHEN {0} LIKE sitplan.fold(%s) THEN 3.0 WHEN {0} LIKE sitplan.fold(%s) THEN 2.0"
        " ELSE 1.0 END + public.similarity(coalesce({0}, ''), sitplan.fold(%s))"
    ).format(_folded(label))


def _is_cut(layer: Layer) -> bool:
    """Whether one named thing, as a street, is kept in many pieces: then it is found once."""
    return bool(layer.geometry and "Line" in layer.geometry.type and layer.label)


def _shape(layer: Layer, label: pgsql.Composable) -> pgsql.Composable:
    if not layer.geometry:
        return pgsql.SQL("NULL AS geom")
    if _is_cut(layer):
        return pgsql.SQL("f.geom, public.ST_Extent(f.geom) OVER (PARTITION BY {}) AS box").format(
            label
        )
    return pgsql.SQL("f.geom, public.Box2D(f.geom) AS box")


def _place(layer: Layer) -> pgsql.Composable:
    if not layer.geometry:
        return pgsql.SQL(", ".join(["NULL::double precision"] * 6))
    corners = [f"public.ST_{corner}(h.box)" for corner in ("XMin", "YMin", "XMax", "YMax")]
    point = "public.ST_Transform(public.ST_PointOnSurface(h.geom), 4326)"
    return pgsql.SQL(", ".join([*corners, f"public.ST_X({point})", f"public.ST_Y({point})"]))


def _kind_field(layer: Layer) -> Field | None:
    """The field that says what kind of thing a feature is, by one of the names layers give it."""
    return next(
        (f for f in layer.public_fields if f.codes and f.name in ("kind", "class", "category")),
        None,
    )


def _kind(layer: Layer) -> pgsql.Composable:
    kind = _kind_field(layer)
    return pgsql.SQL("f.{}").format(ident(kind.name)) if kind else pgsql.SQL("NULL::text")


def _found(row: tuple[Any, ...], catalogue: Catalogue, lang: str) -> Found:
    name, identifier, code, title, kind, _, *place = row
    layer = catalogue.layer(name)
    field = _kind_field(layer)
    titles = field.codes.get(kind) if field and kind else None
    box = None
    if place[0] is not None:
        storage = srid(layer, catalogue.territory)
        box = carry_box(Box(*place[:4]), source=storage, target=LON_LAT)
    return Found(
        layer=name,
        id=identifier,
        code=code,
        title=title or code,
        detail=titles[lang] if titles else None,
        point=(round(place[4], 6), round(place[5], 6)) if place[4] is not None else None,
        bbox=rounded_outwards(box, digits=6).corners if box else None,
    )
