"""What is told of a row named `f`, as SQL: names quoted, shapes as they are asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from psycopg2 import sql as pgsql

from sitplan.crs import Crs
from sitplan.layer import Field, Layer


def ident(name: str) -> pgsql.Identifier:
    """A column's name for a statement with parameters: psycopg2 reads ``%`` even in quotes."""
    return pgsql.Identifier(name.replace("%", "%%"))


def column(name: str) -> pgsql.Composed:
    """A column of `f`."""
    return pgsql.SQL("f.{}").format(ident(name))


def told_column(told: Field) -> pgsql.Composable:
    """The value of a field that is told: a day that never began is none, for Python has no such."""
    return _told(told.name, told.type)


def _told(name: str, kind: str) -> pgsql.Composable:
    found = column(name)
    return pgsql.SQL("NULLIF({}, '-infinity')").format(found) if kind == "date" else found


_ZULU = "pg_catalog.to_char(pg_catalog.timezone('UTC', {0}), CASE WHEN {0}::timestamptz(0) = {0}"
_ZULU += """ THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END)"""
_WRITTEN = {
    "number": "CASE WHEN {0} - {0} = 0 THEN {0} END",  # neither NaN nor endless: JSON has no such
    "datetime": _ZULU,
}


def properties_column(fields: Iterable[Field]) -> pgsql.Composable:
    """The values of fields as the text of one JSON object, as `api.answers.dump` would write it.

    The database writes a row's values in less time than Python takes to read them. Composed and
    quoted once for the same fields: that took a short page more time than all else.
    """
    return _properties(tuple((f.name, f.type) for f in fields))


class _Quoted(pgsql.Composable):
    """A part of a statement that keeps its text, which is the same on every connection."""

    def __init__(self, wrapped: pgsql.Composable) -> None:
        super().__init__(wrapped)
        self._part = wrapped
        self._text: str | None = None

    def as_string(self, context: Any) -> str:
        """The text, written out at its first use."""
        if self._text is None:
            self._text = self._part.as_string(context)
        return self._text


@lru_cache(maxsize=500)
def _properties(fields: tuple[tuple[str, str], ...]) -> pgsql.Composable:
    """`properties_column` of fields by their names and types."""
    told = [
        pgsql.SQL("{} AS {}").format(
            pgsql.SQL(_WRITTEN.get(kind, "{0}")).format(_told(name, kind)), ident(name)
        )
        for name, kind in fields
    ]
    text = "(SELECT pg_catalog.row_to_json(told)::text FROM (SELECT {}) AS told)"
    return _Quoted(pgsql.SQL(text).format(pgsql.SQL(", ").join(told)))


def shape_column(
    layer: Layer, *, srid: int, crs: Crs, grid: float | None = None
) -> pgsql.Composable:
    """The geometry in the asked system, x first.

    Parameters
    ----------
    srid
        EPSG code that it is stored in.
    grid
        Side of the cells that its vertices are rounded to, in units of the storage CRS. Areas
        stay valid, and what two of them share is rounded alike; what is smaller than a cell
        stays as it is.
    """
    shape: pgsql.Composable = pgsql.SQL("f.geom")
    if grid is not None:
        kind = layer.geometry.type if layer.geometry else ""
        rounded = "public.ST_SnapToGrid(f.geom, {})"
        if "Polygon" in kind:
            rounded = "public.ST_CollectionExtract(public.ST_ReducePrecision(f.geom, {}), 3)"
        if kind.startswith("Multi"):
            rounded = f"public.ST_Multi({rounded})"
        shape = pgsql.SQL(
            "CASE WHEN public.ST_IsEmpty({0}) IS NOT FALSE THEN f.geom ELSE {0} END"
        ).format(pgsql.SQL(rounded).format(pgsql.Literal(grid)))
    if crs.srid != srid:
        shape = pgsql.SQL("public.ST_Transform({}, {})").format(shape, pgsql.Literal(crs.srid))
    return shape


def json_column(
    layer: Layer, shape: pgsql.Composable, *, crs: Crs, digits: int
) -> pgsql.Composable:
    """A shape as GeoJSON, its axes as the system's URI says."""
    if crs.is_flipped:
        shape = pgsql.SQL("public.ST_FlipCoordinates({})").format(shape)
    elif layer.geometry and ("Polygon" in layer.geometry.type or layer.geometry.type == "Geometry"):
        # RFC 7946, 3.1.6: exterior rings run counterclockwise
        shape = pgsql.SQL("public.ST_ForcePolygonCCW({})").format(shape)
    # options 0: no `crs` member, which RFC 7946 has taken away
    return pgsql.SQL("public.ST_AsGeoJSON({}, {}, 0)").format(shape, pgsql.Literal(digits))


def holds_word(layer: Layer) -> pgsql.Composable:
    """That one of the search fields holds a word; a ``%s`` for each of `search_fields`.

    Folded as their index has them: a small letter without accent for every letter.
    """
    one = pgsql.SQL("sitplan.fold({}) LIKE sitplan.fold(%s)")
    either = pgsql.SQL(" OR ").join([one.format(column(name)) for name in search_fields(layer)])
    return pgsql.SQL("({})").format(either)


def holds_phrase(layer: Layer, phrase: str) -> tuple[pgsql.Composable, list[str]]:
    """That one of the search fields holds the phrase's words, in order, with white space between.

    Folded as the fields' index has them: a small letter without accent for every letter. The first
    comparison is one that the index answers; what words stand between, the second looks at.
    """
    words = [like_plain(word) for word in phrase.split()]
    near, exact = f"%{'%'.join(words)}%", f"%{' '.join(words)}%"
    one = "sitplan.fold({0}) LIKE sitplan.fold(%s)"
    params = [near]
    if len(words) > 1:
        spaced = "pg_catalog.regexp_replace(sitplan.fold({0}), {1}, {2}, {3})"
        one = f"({one} AND {spaced} LIKE sitplan.fold(%s))"
        params.append(exact)
    blank = [pgsql.Literal(part) for part in (r"\s+", " ", "g")]
    fields = search_fields(layer)
    either = [pgsql.SQL(one).format(column(name), *blank) for name in fields]
    return pgsql.SQL("({})").format(pgsql.SQL(" OR ").join(either)), params * len(fields)


def search_fields(layer: Layer) -> tuple[str, ...]:
    """Those that texts are looked for in."""
    return layer.search or ("code",)


def like_plain(word: str) -> str:
    """The word with nothing in it that LIKE reads as a pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
