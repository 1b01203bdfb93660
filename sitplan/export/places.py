"""Places in the cells of a table: two coordinates, or the whole shape as text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from sitplan.crs import Crs
from sitplan.export.columns import Manner, Row
from sitplan.export.job import Coordinates, Export
from sitplan.words import say


@dataclass(frozen=True, slots=True)
class Places:
    """The columns that say where a row is.

    Parameters
    ----------
    kind
        ``xy`` gives a point's coordinates, of a line or an area those of a point on it; ``wkt``
        the whole shape.
    headings
        Two, one or none.
    """

    kind: Coordinates
    headings: tuple[str, ...]
    crs: Crs
    digits: int

    @property
    def fields(self) -> list[pa.Field]:
        """The columns' Arrow fields."""
        kind = pa.float64() if self.kind == "xy" else pa.string()
        return [pa.field(heading, kind) for heading in self.headings]

    def fill(self, rows: Sequence[Row]) -> list[pa.Array]:
        """The cells of rows that were read with geometry as WKB."""
        if self.kind == "none":
            return []
        shapes = shapely.from_wkb([None if r[1] is None else bytes(r[1]) for r in rows])
        if self.kind == "wkt":
            if self.crs.is_flipped:  # as its URI says: text has nothing else to say it by
                shapes = shapely.transform(shapes, lambda points: points[:, ::-1])
            texts = shapely.to_wkt(shapes, rounding_precision=self.digits, trim=True)
            return [pa.array(texts.tolist(), pa.string())]
        points = np.where(
            shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes)
        )
        return [
            pa.array(np.round(axis(points), self.digits), pa.float64(), from_pandas=True)
            for axis in (shapely.get_x, shapely.get_y)
        ]


def places_of(export: Export, manner: Manner, default: Coordinates) -> Places:
    """The columns of an export; none for a layer without geometry.

    Headings are understood by `sitplan import`; those of a point on a line or an area are not,
    for it would take the point for the shape.
    """
    crs, geometry = export.query.crs, export.layer.geometry
    kind: Coordinates = (export.coordinates or default) if geometry else "none"
    names: tuple[str, ...] = ()
    if kind == "wkt":
        names = ("wkt",)
    elif kind == "xy":
        names = ("lon", "lat") if crs.is_geographic else ("easting", "northing")
        if geometry and geometry.type != "Point":
            names = tuple(f"point_{name}" for name in names)
    taken = {f.name for f in export.layer.fields}
    names = tuple(f"{name}_" if name in taken else name for name in names)
    if manner.named_by_title:
        names = tuple(say(f"export.places.{name.rstrip('_')}", manner.lang) for name in names)
    return Places(kind, names, crs, export.digits)
