"""A tile → one statement a layer → vector tile; where a day makes tiles stale.

Form A of docs/benchmarks.md: the geometry is transformed on the fly, the tile's square is
carried into the storage CRS so that the GiST index is used, ST_AsMVTGeom runs once a row, and
no outer `IS NOT NULL` makes PostgreSQL run it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import floor
from typing import Any

from psycopg2 import sql as pgsql

from sitplan.afar import EXTENT, TOLERANCE, is_simplified, nearest, rest
from sitplan.columns import ident
from sitplan.crs import MAX_ZOOM, WEB_MERCATOR, Box, carry_box, tile_envelope, tile_reach
from sitplan.db import Database
from sitplan.errors import NotFound
from sitplan.layer import FAR_COLUMN, Field, Layer
from sitplan.query import Condition, Moment, Statement, moment_conditions, relation
from sitplan.statements import Ready
from sitplan.style import label_zoom

BUFFER = 64
MARGIN = BUFFER / EXTENT
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
PREPARED_FROM = 14
"""From this zoom on plans are kept; above, tiles differ so much that each is planned for itself."""
PLAIN_FROM = 14
"""From this zoom on shapes are drawn as they are; above, simplified (docs/decisions/0013, 0016)."""
_MOST_BOXES = 500


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of WebMercatorQuad: zoom, column from the west, row from the north.

    Raises
    ------
    NotFound
        ``no_such_tile`` outside the matrix.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        side = 1 << self.z if 0 <= self.z <= MAX_ZOOM else 0
        if not (0 <= self.x < side and 0 <= self.y < side):
            raise NotFound("no_such_tile", z=self.z, row=self.y, col=self.x, deepest=MAX_ZOOM)

    @property
    def square(self) -> Box:
        """What it looks at, margin included, in EPSG:3857."""
        return tile_envelope(self.z, self.x, self.y, margin=MARGIN)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What tiles have in common that one statement can make."""

    layer: str
    days: tuple[bool, bool]
    is_past: bool
    is_late: bool
    has_labels: bool
    is_simplified: bool
    is_prepared: bool
    far: int | None = None
    """The zoom for which heavy shapes are kept that are drawn; None to simplify all of them now."""
    is_farther: bool = False
    """Whether what is kept is simplified once more."""


class TileForms:
    """The statements of tiles, each composed once: of one declaration of the layers.

    Parameters
    ----------
    storage
        Returns the EPSG code that a layer is stored in.
    """

    def __init__(self, storage: Callable[[Layer], int]) -> None:
        self._storage = storage
        self._forms: dict[_Kind, Ready] = {}
        self._labels_from: dict[str, float | None] = {}

    def statement(
        self, layer: Layer, tile: Tile, moment: Moment, condition: Condition | None = None
    ) -> tuple[Ready, list[Any]] | None:
        """The statement that makes one layer's part of a tile, and its values.

        Parameters
        ----------
        tile, moment
            Where and when; the moment is resolved.
        condition
            What else must be true of a feature; None for nothing. Such a statement is not kept.

        Returns
        -------
        tuple | None
            None where the layer has nothing to draw: no geometry, above its zooms, or out of
            reach.
        """
        if not layer.geometry or tile.z < layer.zoom[0]:
            return None
        storage = self._storage(layer)
        reach = tile_reach(tile.z, tile.x, tile.y, margin=MARGIN, srid=storage)
        if reach is None:
            return None
        conditions, values = moment_conditions(moment)
        late = [code for code, zoom in layer.zoom_from.items() if tile.z < zoom]
        if layer.name not in self._labels_from:
            self._labels_from[layer.name] = label_zoom(layer)
        labels_from = self._labels_from[layer.name]
        kind = _Kind(
            layer.name,
            (moment.days[0] is not None, moment.days[1] is not None),
            is_past=moment.as_of is not None,
            is_late=bool(late and layer.zoom_field),
            has_labels=labels_from is not None and tile.z >= floor(labels_from),
            is_simplified=tile.z < PLAIN_FROM and is_simplified(layer),
            is_prepared=tile.z >= PREPARED_FROM,
        )
        if kind.is_simplified and not kind.is_past:
            far = nearest(tile.z, layer.far)
            kind = replace(kind, far=far, is_farther=far is not None and far != tile.z)
        if kind.is_late:
            values.append(late)
        if condition is not None:
            values += condition.params
        values = [tile.z, tile.x, tile.y, *reach.corners, *values]
        if kind.has_labels:
            values = values * 2
        if kind.is_simplified:
            # of the shapes, which come first
            values.insert(0, _tolerance(reach))
            if kind.far is not None and kind.is_farther:
                values.insert(0, rest(tile.z, kind.far))
        if condition is not None:
            text = _compose(layer, kind, moment, conditions, storage, condition)
            return Ready(text, values=len(values), is_prepared=False), values
        form = self._forms.get(kind)
        if form is None:
            text = _compose(layer, kind, moment, conditions, storage)
            form = Ready(text, values=len(values), is_prepared=kind.is_prepared)
            self._forms[kind] = form
        return form, values


def tile_statement(
    layer: Layer, tile: Tile, *, storage: int, moment: Moment, condition: Condition | None = None
) -> Statement | None:
    """The statement that makes one layer's part of a tile, as text; see `TileForms.statement`."""
    found = TileForms(lambda _: storage).statement(layer, tile, moment, condition)
    return (pgsql.Composed([found[0].text]), found[1]) if found else None


def _tolerance(reach: Box) -> float:
    """How far a simplified line may be from the true one, in units of the storage CRS."""
    across = min(reach.east - reach.west, reach.north - reach.south)
    return across / (1 + 2 * MARGIN) * TOLERANCE / EXTENT


def _compose(
    layer: Layer,
    kind: _Kind,
    moment: Moment,
    conditions: list[pgsql.Composable],
    storage: int,
    condition: Condition | None = None,
) -> pgsql.Composed:
    if kind.is_late:
        assert layer.zoom_field is not None
        column = pgsql.SQL("f.{}").format(ident(layer.zoom_field))
        conditions = [*conditions, pgsql.SQL("({0} IS NULL OR {0} <> ALL (%s))").format(column)]
    if condition is not None:
        conditions = [*conditions, condition.text]
    part = pgsql.SQL(
        "SELECT public.ST_AsMVTGeom({shape},"
        " public.ST_TileEnvelope(%s, %s, %s), {extent}, {buffer}, true) AS geom, {columns}"
        " FROM {source} WHERE f.geom OPERATOR(public.&&)"
        " public.ST_MakeEnvelope(%s, %s, %s, %s, {storage}) AND {conditions}"
    )
    known: dict[str, pgsql.Composable] = {
        "extent": pgsql.Literal(EXTENT),
        "buffer": pgsql.Literal(BUFFER),
        "columns": pgsql.SQL(", ").join(
            [pgsql.SQL("f.id::text AS id"), *(_column(f) for f in layer.tile_fields)]
        ),
        "source": relation(layer, moment),
        "storage": pgsql.Literal(storage),
    }
    always = [pgsql.SQL("true"), *conditions]
    selects = [part.format(shape=_shape(kind), conditions=pgsql.SQL(" AND ").join(always), **known)]
    if kind.has_labels:
        # one point a feature, so that its name is not repeated where tiles cut it
        always.append(pgsql.SQL("public.ST_Dimension(f.geom) > 0"))
        point = pgsql.SQL("public.ST_Transform(public.ST_PointOnSurface(f.geom), 3857)")
        selects.append(
            part.format(shape=point, conditions=pgsql.SQL(" AND ").join(always), **known)
        )
    return pgsql.SQL(
        "WITH part AS ({}) SELECT public.ST_AsMVT(part, {}, {}, 'geom') FROM part"
    ).format(
        pgsql.SQL(" UNION ALL ").join(selects), pgsql.Literal(layer.name), pgsql.Literal(EXTENT)
    )


def _shape(kind: _Kind) -> pgsql.Composable:
    """The shape that is drawn, in EPSG:3857."""
    if not kind.is_simplified:
        return pgsql.SQL("public.ST_Transform(f.geom, 3857)")
    # before it is transformed: most of a shape's cost is its vertices'
    now = pgsql.SQL("public.ST_Transform(public.ST_Simplify(f.geom, %s, true), 3857)")
    if kind.far is None:
        return now
    kept = pgsql.SQL("f.{}::public.geometry").format(ident(FAR_COLUMN.format(kind.far)))
    if kind.is_farther:
        kept = pgsql.SQL("public.ST_Simplify({}, %s, true)").format(kept)
    # light shapes have none
    return pgsql.SQL("coalesce({}, {})").format(kept, now)


def _column(used: Field) -> pgsql.Composable:
    """A property as tiles can hold it: arrays flat, dates as text."""
    column = pgsql.SQL("f.{}").format(ident(used.name))
    if used.type == "array":
        return pgsql.SQL("pg_catalog.array_to_string({}, {}) AS {}").format(
            column, pgsql.Literal(used.flat), ident(used.name)
        )
    if used.type in ("date", "datetime"):
        return pgsql.SQL("{}::text AS {}").format(column, ident(used.name))
    return column


def changing_boxes(
    database: Database, layer: Layer, *, after: date, until: date, storage: int
) -> list[Box] | None:
    """Where, in EPSG:3857, validities begin or end in (after, until]; None for anywhere."""
    shape = "geom" if layer.geometry else "NULL::public.geometry"
    text = pgsql.SQL(
        "SELECT public.ST_XMin({shape}), public.ST_YMin({shape}), public.ST_XMax({shape}),"
        " public.ST_YMax({shape}) FROM {view} WHERE (valid_from > %s AND valid_from <= %s)"
        " OR (valid_to > %s AND valid_to <= %s) LIMIT {most}"
    ).format(
        shape=pgsql.SQL(shape),
        view=pgsql.Identifier("published", layer.name),
        most=pgsql.Literal(_MOST_BOXES + 1),
    )
    rows = database.fetch(text, [after, until, after, until])
    if len(rows) > _MOST_BOXES or (rows and not layer.geometry):
        return None
    return list(_in_web_metres(rows, storage))


def _in_web_metres(rows: Iterable[tuple[float, ...]], storage: int) -> Iterable[Box]:
    for corners in rows:
        box = carry_box(Box(*corners), source=storage, target=WEB_MERCATOR)
        if box is not None:
            yield box
