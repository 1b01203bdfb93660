"""A tile → one statement a layer → vector tile; where a day makes tiles stale.

Form A of docs/benchmarks.md: the geometry is transformed on the fly, the tile's square is
carried into the storage CRS so that the GiST index is used, ST_AsMVTGeom runs once a row, and
no outer `IS NOT NULL` makes PostgreSQL run it twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import floor

from psycopg2 import sql as pgsql

from sitplan.columns import ident
from sitplan.crs import MAX_ZOOM, WEB_MERCATOR, Box, carry_box, tile_envelope, tile_reach
from sitplan.db import Database
from sitplan.errors import NotFound
from sitplan.layer import Field, Layer
from sitplan.query import Condition, Moment, Statement, moment_conditions, relation
from sitplan.style import label_zoom

EXTENT = 4096
BUFFER = 64
MARGIN = BUFFER / EXTENT
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
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


def tile_statement(
    layer: Layer, tile: Tile, *, storage: int, moment: Moment, condition: Condition | None = None
) -> Statement | None:
    """The statement that makes one layer's part of a tile.

    Parameters
    ----------
    layer, storage
        The layer and the EPSG code that it is stored in.
    tile, moment
        Where and when; the moment is resolved.
    condition
        What else must be true of a feature; None for nothing.

    Returns
    -------
    tuple | None
        None where the layer has nothing to draw: no geometry, above its zooms, or out of reach.
    """
    if not layer.geometry or tile.z < layer.zoom[0]:
        return None
    reach = tile_reach(tile.z, tile.x, tile.y, margin=MARGIN, srid=storage)
    if reach is None:
        return None
    conditions, params = moment_conditions(moment)
    late = [code for code, zoom in layer.zoom_from.items() if tile.z < zoom]
    if late and layer.zoom_field:
        column = pgsql.SQL("f.{}").format(ident(layer.zoom_field))
        conditions.append(pgsql.SQL("({0} IS NULL OR {0} <> ALL (%s))").format(column))
        params.append(late)
    if condition is not None:
        conditions.append(condition.text)
        params += condition.params
    part = pgsql.SQL(
        "SELECT public.ST_AsMVTGeom(public.ST_Transform({shape}, 3857),"
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
    asked = [tile.z, tile.x, tile.y, *reach.corners, *params]
    always = [pgsql.SQL("true"), *conditions]
    selects = [
        part.format(shape=pgsql.SQL("f.geom"), conditions=pgsql.SQL(" AND ").join(always), **known)
    ]
    labels_from = label_zoom(layer)
    if labels_from is not None and tile.z >= floor(labels_from):
        # one point a feature, so that its name is not repeated where tiles cut it
        always.append(pgsql.SQL("public.ST_Dimension(f.geom) > 0"))
        point = pgsql.SQL("public.ST_PointOnSurface(f.geom)")
        selects.append(
            part.format(shape=point, conditions=pgsql.SQL(" AND ").join(always), **known)
        )
        asked *= 2
    text = pgsql.SQL(
        "WITH part AS ({}) SELECT public.ST_AsMVT(part, {}, {}, 'geom') FROM part"
    ).format(
        pgsql.SQL(" UNION ALL ").join(selects), pgsql.Literal(layer.name), pgsql.Literal(EXTENT)
    )
    return text, asked


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
