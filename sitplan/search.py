"""One text over all public layers, accents and capitals aside."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
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
from sitplan.layer import Layer
from sitplan.meaning import as_heard, kind_field, kinds_meant
from sitplan.places import KINDS
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
    its feature. Of those named alike, what has a page of its own comes first, what only belongs to
    another feature last. Unless not `alike`, what is of a kind that the words tell comes after
    the names, and where there is neither, names that sound so, else those most like them.
    """
    words = text[:_MOST_CHARACTERS].split()[:_MOST_WORDS]
    layers = [layer for layer in catalogue if layer.search]
    if not words or not layers:
        return []
    for way in _ways(layers, words) if alike else [_by_name(layers, words)]:
        parts = [(one.layer, _statement(one, words, limit=limit, today=today)) for one in way]
        rows = sorted(_fetch(database, parts), key=lambda row: _order(catalogue, row))
        if rows:
            once: dict[tuple[str, str], tuple[Any, ...]] = {}
            for row in rows:
                once.setdefault(_same(catalogue, row), row)
            return [_found(row, catalogue, lang) for row in list(once.values())[:limit]]
    return []


@dataclass(frozen=True, slots=True)
class _Look:
    """One layer, and what is looked for in it: a condition with its values, or a kind."""

    layer: Layer
    condition: pgsql.Composable
    asked: tuple[Any, ...]
    is_kind: bool = False


def _ways(layers: Sequence[Layer], words: Sequence[str]) -> Iterator[list[_Look]]:
    """What to look for, each where the one before it has found nothing."""
    yield [*_by_name(layers, words), *_by_kind(layers, words)]
    heard = [as_heard(word) for word in words]
    if None not in heard:
        sounds = pgsql.SQL("{} ~ %s")
        yield [
            _Look(
                layer,
                pgsql.SQL(" AND ").join(
                    _any([sounds.format(f) for f in _fields(layer)]) for _ in heard
                ),
                tuple(one for one in heard for _ in layer.search),
            )
            for layer in layers
        ]
    like = pgsql.SQL("sitplan.fold(%s) OPERATOR(public.<%%) {}")
    whole = " ".join(words)
    yield [
        _Look(
            layer,
            _any([like.format(f) for f in _fields(layer)]),
            (whole,) * len(layer.search),
        )
        for layer in layers
    ]


def _by_name(layers: Sequence[Layer], words: Sequence[str]) -> list[_Look]:
    whole = " ".join(words)
    found = []
    for layer in layers:
        holds = pgsql.SQL(" AND ").join([holds_word(layer)] * len(words))
        named = pgsql.SQL("({} OR f.code IN (%s, upper(%s)))").format(holds)
        parts = [f"%{like_plain(word)}%" for word in words for _ in layer.search]
        found.append(_Look(layer, named, (*parts, whole, whole)))
    return found


def _by_kind(layers: Sequence[Layer], words: Sequence[str]) -> list[_Look]:
    found = []
    for layer in layers:
        codes, field = kinds_meant(layer, words), kind_field(layer)
        if codes is None:
            continue
        if codes and field:
            condition = pgsql.SQL("f.{} = ANY(%s)").format(ident(field.name))
            found.append(_Look(layer, condition, (list(codes),), is_kind=True))
        else:
            found.append(_Look(layer, pgsql.SQL("true"), (), is_kind=True))
    return found


def _same(catalogue: Catalogue, row: tuple[Any, ...]) -> tuple[str, str]:
    """What is found once, though it is looked for by name and by kind."""
    name, identifier, _, title, *_ = row
    return name, title if _is_cut(catalogue.layer(name)) and title else identifier


def _order(catalogue: Catalogue, row: tuple[Any, ...]) -> tuple[Any, ...]:
    layer = catalogue.layer(row[0])
    belongs = any(field.references for field in layer.public_fields)
    return -row[5], 0 if layer.name in KINDS else 2 if belongs else 1, row[3] or "", row[1]


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


def _fields(layer: Layer) -> list[pgsql.Composed]:
    return [_folded(pgsql.SQL("f.{}").format(ident(name))) for name in layer.search]


def _statement(look: _Look, words: Sequence[str], *, limit: int, today: date) -> Statement:
    """Of one layer: name, id, code, title, kind, rank, corners, longitude and latitude."""
    whole, layer = " ".join(words), look.layer
    conditions, params = moment_conditions(Moment(on=today))
    conditions.append(look.condition)
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
        rank=pgsql.SQL("0.0::double precision") if look.is_kind else _rank(label),
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
    return text, [*([] if look.is_kind else ranking), *params, *look.asked]


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


def _kind(layer: Layer) -> pgsql.Composable:
    kind = kind_field(layer)
    return pgsql.SQL("f.{}").format(ident(kind.name)) if kind else pgsql.SQL("NULL::text")


def _found(row: tuple[Any, ...], catalogue: Catalogue, lang: str) -> Found:
    name, identifier, code, title, kind, _, *place = row
    layer = catalogue.layer(name)
    field = kind_field(layer)
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
