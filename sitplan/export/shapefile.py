"""Zipped shapefiles: one for each kind of shape, with what the format cuts told beside them."""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from sitplan.errors import Refused
from sitplan.export.about import code_rows, field_rows
from sitplan.export.columns import GEOMETRY, Table
from sitplan.export.job import Job
from sitplan.export.vector import write
from sitplan.export.workshop import Bench
from sitplan.words import say

LONGEST_NAME, LONGEST_TEXT = 10, 254
"""Bytes that a DBF has for a field's name and for a text."""
LONGEST_FILE = 2**31 - 1
_FAMILIES = {"point": (0,), "multipoint": (4,), "line": (1, 2, 5), "polygon": (3, 6)}
_TYPES = {
    "point": "Point", "multipoint": "MultiPoint", "line": "LineString", "polygon": "Polygon"
}  # fmt: skip
_COLLECTION = 7


@dataclass
class _Survey:
    """What a first look at the rows found: kinds of shapes, widths of texts, texts too long."""

    rows: int = 0
    families: set[str] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    has_collections: bool = False
    shape_bytes: int = 0

    def look(self, batch: pa.RecordBatch) -> None:
        """Take in one batch."""
        self.rows += len(batch)
        kinds = _kinds(batch)
        self.families |= {n for n, ids in _FAMILIES.items() if np.isin(kinds, ids).any()}
        collections = kinds == _COLLECTION
        if collections.any():
            self.has_collections = True
            for shape in _shapes(batch)[collections]:
                parts = shapely.get_type_id(shapely.get_parts(shape))
                self.families |= {_of_parts(int(one)) for one in parts}
        self.shape_bytes += batch.column(GEOMETRY).nbytes
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if not pa.types.is_string(column.type):
                continue
            sizes = pc.binary_length(column)
            widest = pc.max(sizes).as_py() or 0
            self.widths[name] = min(max(self.widths.get(name, 1), widest), LONGEST_TEXT)
            if widest > LONGEST_TEXT:
                many = pc.sum(pc.greater(sizes, LONGEST_TEXT)).as_py()
                self.cut[name] = self.cut.get(name, 0) + many


def build(job: Job, bench: Bench) -> Path:
    """The zip: ``.shp .shx .dbf .prj .cpg`` of each kind of shape, names, codes, a page to read.

    Raises
    ------
    Refused
        ``shapefile_too_large``: the format ends at 2 GB.
    """
    table = _short(job.table(job.export.manner(instants_as_text=True)))
    survey = _Survey()
    for batch in job.shapes(table)[1]:
        survey.look(batch)
    _check(survey, table)
    made = bench.folder / "files"
    made.mkdir()
    families = [n for n in _FAMILIES if n in survey.families] or [_declared(job)]
    for family in families:
        schema, batches = job.shapes(table)
        stem = job.layer.name if len(families) == 1 else f"{job.layer.name}_{family}"
        write(
            made / f"{stem}.shp", "ESRI Shapefile", _sized(schema, survey),
            (_cut(_of_family(b, family), survey) for b in batches), job, bench,
            geometry_type=_TYPES[family], layer_options={"ENCODING": "UTF-8"},
        )  # fmt: skip
        if any(p.stat().st_size > LONGEST_FILE for p in made.iterdir()):
            raise Refused("shapefile_too_large")
    _tell(job, table, survey, made)
    path = bench.folder / f"{job.about.stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for one in sorted(made.iterdir()):
            archive.write(one, one.name)
            bench.check()
    return path


def _check(survey: _Survey, table: Table) -> None:
    width = sum(survey.widths.values()) + 25 * len(table.columns)
    if max(survey.rows * width, survey.shape_bytes) > LONGEST_FILE:
        raise Refused("shapefile_too_large")


def _declared(job: Job) -> str:
    kind = job.layer.geometry.type if job.layer.geometry else ""
    return next((n for n, t in _TYPES.items() if kind in (t, f"Multi{t}")), "point")


def _kinds(batch: pa.RecordBatch) -> npt.NDArray[np.int32]:
    found: npt.NDArray[np.int32] = shapely.get_type_id(_shapes(batch))
    return found


def _shapes(batch: pa.RecordBatch) -> npt.NDArray[np.object_]:
    found: npt.NDArray[np.object_] = shapely.from_wkb(
        batch.column(GEOMETRY).to_numpy(zero_copy_only=False)
    )
    return found


def _of_parts(kind: int) -> str:
    """The family of a collection's part: its points are several."""
    found = next(n for n, ids in _FAMILIES.items() if kind in ids)
    return "multipoint" if found == "point" else found


def _of_family(batch: pa.RecordBatch, family: str) -> pa.RecordBatch:
    """The rows whose shapes, or whose collections' parts, are of one kind."""
    kinds = _kinds(batch)
    own = np.isin(kinds, _FAMILIES[family])
    wkb = batch.column(GEOMETRY).to_numpy(zero_copy_only=False).astype(object)
    for place in np.flatnonzero(kinds == _COLLECTION):
        parts = shapely.get_parts(shapely.from_wkb(wkb[place]))
        kept = [p for p in parts if _of_parts(int(shapely.get_type_id(p))) == family]
        if kept:
            own[place] = True
            wkb[place] = shapely.to_wkb(shapely.union_all(kept))
    columns = [*batch.columns[:-1], pa.array(wkb.tolist(), pa.binary())]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema).filter(pa.array(own))


def _cut(batch: pa.RecordBatch, survey: _Survey) -> pa.RecordBatch:
    """The batch with its texts as long as they can be."""
    columns = list(batch.columns)
    for name in survey.cut:
        place = batch.schema.get_field_index(name)
        texts = columns[place].to_pylist()
        columns[place] = pa.array([t and _cut_text(t) for t in texts], pa.string())
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _cut_text(text: str) -> str:
    return text.encode()[:LONGEST_TEXT].decode(errors="ignore")


def _sized(schema: pa.Schema, survey: _Survey) -> pa.Schema:
    """The schema with the texts' widths, else each is 80 bytes wide or rewritten as it grows."""
    fields: list[pa.Field] = []
    for one in schema:
        width = survey.widths.get(one.name)
        if pa.types.is_string(one.type):
            one = one.with_metadata({"GDAL:OGR:width": str(width or 1)})
        fields.append(one)
    return pa.schema(fields)


def _short(table: Table) -> Table:
    """The table under names of ten plain letters, each once."""
    taken: set[str] = set()
    columns = []
    for column in table.columns:
        name = _short_name(column.heading, taken)
        taken.add(name)
        columns.append(replace(column, heading=name))
    return replace(table, columns=tuple(columns))


def _short_name(heading: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "campo"
    name, number = plain[:LONGEST_NAME], 1
    while name in taken:
        number += 1
        name = plain[: LONGEST_NAME - len(str(number))] + str(number)
    return name


def _tell(job: Job, table: Table, survey: _Survey, folder: Path) -> None:
    """What stands beside the shapefiles: the fields' whole names, the codes, what was cut."""
    lang = job.export.lang
    lines = [job.about.text(), "", say("export.shapefile.names", lang)]
    whole = {c.heading: c.field.name for c in table.columns}
    for name, count in survey.cut.items():
        lines.append(say("export.shapefile.cut", lang, name=name, field=whole[name], count=count))
    if survey.has_collections:
        lines.append(say("export.shapefile.collections", lang))
    readme = folder / say("export.shapefile.readme", lang)
    readme.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    _write_csv(folder / say("export.shapefile.fields", lang), field_rows(table.columns, lang))
    codes = code_rows(table.columns, lang)
    if len(codes) > 1:
        _write_csv(folder / say("export.shapefile.codes", lang), codes)


def _write_csv(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
