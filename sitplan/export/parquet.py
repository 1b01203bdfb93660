"""GeoParquet 1.1: WKB with its system in PROJJSON and each feature's box in a column of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Generator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyproj
import shapely
from pyarrow import parquet

from sitplan.crs import CRS84, Crs
from sitplan.export.columns import GEOMETRY
from sitplan.export.job import Job

BBOX = "bbox"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_FIRST, _GROUP = 2_000, 20_000
"""Rows of a group: the first small enough to be sent soon, the others to be read fast."""


def stream(job: Job) -> Generator[bytes]:
    """The file, a row group at a time; without its last bytes no reader opens it."""
    schema, batches = job.shapes(job.table(job.export.manner(flat=False)))
    shapes = _Shapes(job.export.query.crs) if job.layer.geometry else None
    if shapes is not None:
        schema = schema.append(pa.field(BBOX, shapes.type))
    facts = json.dumps(dict(job.about.facts()), ensure_ascii=False)
    out = _Pipe()
    with parquet.ParquetWriter(
        out, schema.with_metadata({"sitplan": facts}), compression="zstd"
    ) as writer:
        group: list[pa.RecordBatch] = []
        size = _FIRST
        for batch in batches:
            group.append(batch if shapes is None else shapes.boxed(batch, schema))
            if sum(map(len, group)) >= size:
                writer.write_table(pa.Table.from_batches(group))
                group, size = [], _GROUP
                yield out.take()
        if group:
            writer.write_table(pa.Table.from_batches(group))
        if shapes is not None:
            writer.add_key_value_metadata({"geo": json.dumps(shapes.metadata())})
    yield out.take()


class _Pipe(io.RawIOBase):
    """What the writer writes, until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        """What has been written since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


class _Shapes:
    """Adds each feature's box, and gathers what the file says of all its shapes."""

    type = pa.struct([(corner, pa.float64()) for corner in _CORNERS])

    def __init__(self, crs: Crs) -> None:
        self._crs = crs
        self._kinds: set[str] = set()
        self._bounds: npt.NDArray[np.float64] = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def boxed(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        """The batch with its boxes."""
        shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
        boxes = shapely.bounds(shapes)
        missing = np.isnan(boxes[:, 0])
        self._kinds |= {shape.geom_type for shape in shapes[~missing]}
        if not missing.all():
            low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
            self._bounds = np.concatenate(
                [np.minimum(self._bounds[:2], low), np.maximum(self._bounds[2:], high)]
            )
        corners = [pa.array(boxes[:, n]) for n in range(4)]
        column = pa.StructArray.from_arrays(corners, fields=list(self.type), mask=pa.array(missing))
        return pa.RecordBatch.from_arrays([*batch.columns, column], schema=schema)

    def metadata(self) -> dict[str, Any]:
        """The `geo` member (GeoParquet 1.1.0)."""
        name = "OGC:CRS84" if self._crs == CRS84 else f"EPSG:{self._crs.srid}"
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(self._kinds),
            "crs": pyproj.CRS.from_user_input(name).to_json_dict(),
            "edges": "planar",
            "covering": {BBOX: {corner: [BBOX, corner] for corner in _CORNERS}},
        }
        if np.isfinite(self._bounds).all():
            column["bbox"] = self._bounds.tolist()
        return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
