"""What was read: batches of rows with their shapes as the file has them, and how it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import CRS

from sitplan.intake.limits import Limits
from sitplan.intake.tally import Tally

if TYPE_CHECKING:
    import geopandas

    from sitplan.intake.coordinates import Coordinates

Shapes = NDArray[np.object_]
"""An array of shapely geometries, None where a row has none."""

BATCH = 20_000
"""Rows read at a time: memory is bounded by it, and vectors are long enough to be fast."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who imports has said.

    Parameters
    ----------
    crs
        ``EPSG:24879`` and the like, any text that PROJ knows; wins over what the file says.
    encoding
        Of texts, any usual name of it; wins over what the file says.
    layer
        Which layer of a file that has several, which sheet of a workbook, which layers of a
        drawing (several by comma), which file of an archive.
    columns
        Column of the file → field of the layer. The fields ``x`` and ``y`` are the coordinates.
    key
        Columns of the file that together name a feature: its `code`.
    mode
        ``upsert`` adds and corrects; ``append`` only adds; ``replace`` also removes what the
        file lacks.
    valid_from
        The day since which the new facts hold; None corrects the record.
    dry_run
        Do everything, then take it back.
    limits
        How much is read at most.
    """

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    mode: str = "upsert"
    valid_from: date | None = None
    dry_run: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Parameters
    ----------
    rows
        Their 1-based numbers in the file, the heading not counted.
    table
        Their attributes, as the file has them.
    shapes
        Their geometries in the file's own coordinates; None where the file has none at all.
    """

    rows: NDArray[np.int64]
    table: pa.Table
    shapes: Shapes | None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Source:
    """An opened file.

    Parameters
    ----------
    path, format
        The file as it was given, and what it is: ``shapefile``, ``geopackage``, ``csv``…
    columns
        Names of its attributes.
    crs
        The coordinates' system; None where nobody has said it.
    how_known
        ``file`` (the file says it), ``standard`` (its format has only that one), ``said`` (by
        who imports), ``degrees`` (columns named and filled as longitude and latitude) or ``""``.
    encoding
        Of its texts.
    layer_name
        The layer or sheet that is read, where there are several.
    decimal_comma
        Whether numbers are written ``1.234,5``: known of a table of texts as a whole.
    coordinates
        The columns that hold the coordinates; None where shapes are the file's own.
    notes
        What was told on opening it.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    crs: CRS | None
    how_known: str
    read_batches: Callable[[Tally], Iterator[Batch]] = field(repr=False)
    encoding: str = "utf-8"
    layer_name: str | None = None
    has_shapes: bool = True
    decimal_comma: bool = False
    coordinates: Coordinates | None = None
    notes: Tally = field(default_factory=Tally, repr=False)

    def frame(self) -> geopandas.GeoDataFrame:
        """The whole file as a GeoDataFrame in its own CRS, indexed by row number."""
        import geopandas
        import pandas as pd

        batches = list(self.read_batches(self.notes))
        if not batches:
            return geopandas.GeoDataFrame(geometry=[], crs=self.crs)
        table = pa.concat_tables([b.table for b in batches], promote_options="permissive")
        frame = table.to_pandas()
        frame.index = pd.Index(np.concatenate([b.rows for b in batches]), name="row")
        if not self.has_shapes:
            return frame
        shapes = np.concatenate([b.shapes for b in batches if b.shapes is not None])
        return geopandas.GeoDataFrame(frame, geometry=shapes, crs=self.crs)
