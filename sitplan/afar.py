"""Shapes as they look from afar, kept beside heavy ones: which, for which zooms, how. Pure.

A shape of many vertices is simplified once, when it is written, in columns that PostgreSQL itself
generates in the same row: whoever writes it and however, none of them is ever behind. Light shapes
hold nothing there and are simplified as a tile is made (docs/decisions/0016).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, floor, radians
from typing import Final

from sitplan.catalogue import Territory
from sitplan.crs import HALF_WORLD_M
from sitplan.layer import FAR_COLUMN, Layer

EXTENT: Final = 4096
TOLERANCE: Final = 4
"""How far a simplified line may be from the true one, in units of `EXTENT`: half a pixel of a tile
of 512."""
ZOOMS: Final = (7, 10, 12, 13)
"""For which heavy shapes are kept; a zoom between two takes the nearer one's."""
MANY: Final = 120
"""Vertices of a shape that is not heavy: about as many as PostgreSQL keeps in the row itself."""


def is_simplified(layer: Layer) -> bool:
    """Whether the layer's shapes are drawn simplified from afar: lines, areas and mixed ones."""
    return layer.geometry is not None and "Point" not in layer.geometry.type


def far_columns(layer: Layer, territory: Territory) -> dict[str, str]:
    """The generated columns of a layer's table by name: the expression of each.

    A layer in a system of its own has none: what is half a pixel there changes from place to
    place.
    """
    if layer.geometry is None or layer.geometry.crs or not is_simplified(layer):
        return {}
    return {
        FAR_COLUMN.format(zoom): (
            f"CASE WHEN ST_NPoints(geom) > {MANY} THEN ST_Transform("
            f"ST_Simplify(geom, {_tolerance_m(zoom, territory)}, true), 3857) END"
        )
        for zoom in ZOOMS
    }


def _tolerance_m(zoom: int, territory: Territory) -> str:
    """Metres on the ground, where the territory's tiles are smallest; never more than is said."""
    _, south, _, north = territory.bounds
    across = 2 * HALF_WORLD_M / (1 << zoom) * cos(radians(max(abs(south), abs(north))))
    return f"{floor(across * TOLERANCE / EXTENT * 100) / 100:.2f}"


def far_line(name: str, expression: str) -> str:
    """One of them as a line of CREATE TABLE or ADD COLUMN.

    Its type is a domain, so that programs that look for geometries offer the layer once.
    """
    return f"{name} sitplan.far_shape GENERATED ALWAYS AS ({expression}) STORED"


def describe(table: str, columns: Mapping[str, str]) -> list[str]:
    """Statements that leave word of what each column was made by, for `alter` to compare."""
    return [f"COMMENT ON COLUMN {table}.{c} IS '{e}';" for c, e in columns.items()]


def alter(name: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Statements that make a table's columns those `wanted`; what is `found` tells its comments.

    All in one go, so that the table is written anew once. Nothing is lost by it.
    """
    gone = [column for column, told in found.items() if wanted.get(column) != told]
    new = {column: text for column, text in wanted.items() if found.get(column) != text}
    if not gone and not new:
        return []
    lines = [f"DROP COLUMN {column}" for column in gone]
    lines += ["ADD COLUMN " + far_line(column, text) for column, text in new.items()]
    table = f"layers.{name}"
    return [f"ALTER TABLE {table}\n    " + ",\n    ".join(lines) + ";", *describe(table, new)]


def nearest(zoom: int, kept: Iterable[int]) -> int | None:
    """Of the zooms that are kept, the one to draw `zoom` from; None where none is fine enough."""
    return min((one for one in kept if one >= zoom), default=None)


def rest(zoom: int, source: int) -> float:
    """How much what is kept for `source` may still be simplified for `zoom`, in EPSG:3857.

    So much that both together stay within `TOLERANCE` units of `zoom`.
    """
    unit = 2 * HALF_WORLD_M / (1 << zoom) / EXTENT
    return TOLERANCE * unit * (1 - 1 / (1 << (source - zoom)))
