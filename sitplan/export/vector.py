"""GeoPackage, FlatGeobuf and KML: GDAL writes them, batch by batch, into a bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from sitplan.export.columns import GEOMETRY, Table, titles_of
from sitplan.export.job import Job
from sitplan.export.workshop import Bench
from sitplan.layer import Field

_TITLE, _COMMENT = b"GDAL:OGR:alternative_name", b"GDAL:OGR:comment"


def geopackage(job: Job, bench: Bench) -> Path:
    """A GeoPackage of one table, its facts as metadata, fields with titles and meanings."""
    path = bench.folder / f"{job.about.stem}.gpkg"
    about, table = job.about, job.table(job.export.manner())
    facts = dict(about.facts())
    schema, batches = job.shapes(table)
    write(
        path, "GPKG", _titled(schema, table, about.lang), batches, job, bench,
        layer_options={
            "IDENTIFIER": about.layer.title[about.lang],
            "DESCRIPTION": about.text(),
            **({"GEOMETRY_NAME": "geom"} if job.layer.geometry else {}),
        },
        layer_metadata=facts,
        dataset_metadata=facts,
    )  # fmt: skip
    return path


def flatgeobuf(job: Job, bench: Bench) -> Path:
    """A FlatGeobuf file with its spatial index."""
    path = bench.folder / f"{job.about.stem}.fgb"
    # its instants lose their zone on the way back
    about, table = job.about, job.table(job.export.manner(instants_as_text=True))
    schema, batches = job.shapes(table)
    write(
        path, "FlatGeobuf", _titled(schema, table, about.lang), batches, job, bench,
        layer_options={
            "TITLE": about.layer.title[about.lang],
            "DESCRIPTION": about.text(),
            "TEMPORARY_DIR": str(bench.folder),
        },
    )  # fmt: skip
    return path


def kml(job: Job, bench: Bench) -> Path:
    """A KML document: each placemark has its name, its data, and the notice as description."""
    path = bench.folder / f"{job.about.stem}.kml"
    about = job.about
    table = job.table(job.export.manner(dates_as_text=True, instants_as_text=True))
    label = next((c for c in table.columns if c.field.name == job.layer.label), table.columns[1])
    schema, batches = job.shapes(table)
    note = table.columns[-1].heading if table.is_noted else "description"
    write(
        path, "KML", schema, batches, job, bench,
        dataset_options={
            "NameField": label.heading,
            "DescriptionField": note,
            "DOCUMENT_ID": about.stem,
        },
    )  # fmt: skip
    return path


def write(
    path: Path,
    driver: str,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    job: Job,
    bench: Bench,
    *,
    geometry_type: str | None = None,
    **options: Any,
) -> None:
    """Write the batches as one layer of a new file.

    Parameters
    ----------
    geometry_type
        None for the layer's own.
    options
        As `pyogrio.write_arrow` takes them.
    """
    feed = _Feed(batches, bench)
    geometry = job.layer.geometry
    if geometry:
        kind = geometry_type or geometry.type
        options |= {
            "geometry_name": GEOMETRY,
            "geometry_type": "Unknown" if kind == "Geometry" else kind,
            "crs": f"EPSG:{job.export.query.crs.srid}",
        }
    elif driver == "GPKG":
        options["layer_options"] |= {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, feed),
            path, layer=job.layer.name, driver=driver, **options,
        )  # fmt: skip
    except Exception:
        if feed.error is not None:  # GDAL tells only that the rows ended badly, not why
            raise feed.error from None
        raise
    bench.check()


class _Feed:
    """Hands batches on to GDAL, keeps what went wrong, and watches the bench."""

    def __init__(self, batches: Iterator[pa.RecordBatch], bench: Bench) -> None:
        self._batches = batches
        self._bench = bench
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._batches:
                yield batch
                self._bench.check()
        except Exception as error:
            self.error = error
            raise


def _titled(schema: pa.Schema, table: Table, lang: str) -> pa.Schema:
    """The schema with the fields' titles and descriptions, for formats with a place for them."""
    fields = []
    told = {c.heading: c.field for c in table.columns}
    for one in schema:
        field = told.get(one.name)
        if field is not None:
            words = {_TITLE: field.title[lang], _COMMENT: _meaning(field, lang)}
            one = one.with_metadata({k: v for k, v in words.items() if v})
        fields.append(one)
    return pa.schema(fields)


def _meaning(field: Field, lang: str) -> str:
    """What a field means: its unit, its description, its codes."""
    codes = "; ".join(f"{code} = {title}" for code, title in titles_of(field, lang).items())
    unit = f"[{field.unit}]" if field.unit else ""
    return " ".join(part for part in (unit, field.description.get(lang, ""), codes) if part)
