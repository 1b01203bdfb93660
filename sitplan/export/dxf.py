"""DXF for drawing programs: a layer for each kind, metres, the system told in the file's head."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from pyogrio.raw import write

from sitplan.export.columns import Row, titles_of
from sitplan.export.job import Job
from sitplan.export.workshop import Bench
from sitplan.layer import Field, Layer
from sitplan.told import told_fields

_METRES = "6"
_LONGEST = 250


def build(job: Job, bench: Bench) -> Path:
    """The drawing: outlines and points; of the attributes only the kind, as the layer's name."""
    path = bench.folder / f"{job.about.stem}.dxf"
    pyogrio.set_gdal_config_options({"DXF_WRITE_HATCH": "NO"})  # areas as outlines, not hatches
    feed = _Feed(job, bench)
    write(
        path, driver="DXF", crs=f"EPSG:{job.export.query.crs.srid}", geometry_type="Unknown",
        geometry=feed.column(_wkb), fields=["Layer"], field_data=[feed.column(feed.layer_of)],
        dataset_options={"HEADER": str(_header(job, bench.folder))},
    )  # fmt: skip
    bench.check()
    return path


def kind_field(layer: Layer) -> Field | None:
    """The field whose codes are a drawing's layers: the legend's, else one called `kind`.

    None where the layer has no code list.
    """
    coded = {f.name: f for f in layer.public_fields if f.codes and f.type == "string"}
    legends = [(part.get("metadata") or {}).get("legend") for part in layer.style]
    wanted = [name for name in legends if isinstance(name, str)]
    return next((coded[n] for n in (*wanted, "kind", *coded) if n in coded), None)


def drawing_name(*parts: str) -> str:
    """A layer's name that every drawing program takes.

    >>> drawing_name("green_areas", "Área de juegos / niños")
    'green_areas-Area_de_juegos_ninos'
    """
    plain = (unicodedata.normalize("NFKD", p).encode("ascii", "ignore").decode() for p in parts)
    return "-".join(re.sub(r"[^A-Za-z0-9_$]+", "_", p).strip("_") for p in plain)


class _Feed:
    """The rows as GDAL asks for them here: by number, in order, so that few are in memory."""

    def __init__(self, job: Job, bench: Bench) -> None:
        self.count = job.count()
        self._layer = job.layer.name
        self._bench = bench
        self._rows = self._each(job)
        self._at = -1
        self._row: Row = ()
        kind = kind_field(job.layer)
        names = [f.name for f in told_fields(job.layer)]
        self._place = None if kind is None else names.index(kind.name) + 2
        by_title = kind is not None and "val-as-title" in job.export.profiles
        self._titles = titles_of(kind, job.export.lang) if kind and by_title else {}

    def _each(self, job: Job) -> Iterator[Row]:
        for rows in job.rows(binary=True):
            yield from rows
            self._bench.check()

    def column(self, make: Any) -> _Column:
        """One value of each row."""
        return _Column(self, make)

    def row(self, number: int) -> Row:
        """The row of that number; the one before it is gone."""
        while self._at < number:
            self._row = next(self._rows)
            self._at += 1
        return self._row

    def layer_of(self, row: Row) -> str:
        """The drawing's layer that a row goes on."""
        code: str | None = row[self._place] if self._place is not None else None
        said = () if code is None else (self._titles.get(code, code),)
        return drawing_name(self._layer, *said)


def _wkb(row: Row) -> bytes | None:
    return None if row[1] is None else bytes(row[1])


class _Column:
    """Looks like an array to `pyogrio.raw.write`, which reads it once, from first to last."""

    dtype = np.dtype(object)

    def __init__(self, feed: _Feed, make: Any) -> None:
        self._feed = feed
        self._make = make

    def __len__(self) -> int:
        return self._feed.count

    def __getitem__(self, number: int) -> Any:
        return self._make(self._feed.row(number))


def _header(job: Job, folder: Path) -> Path:
    """GDAL's own head of a drawing, its unit metres, the facts as properties of the drawing."""
    template = Path(pyogrio.get_gdal_data_path() or "") / "header.dxf"
    lines = template.read_text(encoding="ascii").splitlines()
    lines[lines.index("$INSUNITS") + 2] = f"     {_METRES}"
    facts: list[str] = []
    for label, text in job.about.facts():
        told = " ".join(text.split())[:_LONGEST]
        facts += ["  9", "$CUSTOMPROPERTYTAG", "  1", label, "  9", "$CUSTOMPROPERTY", "  1", told]
    first = lines.index("HEADER") + 1
    path = folder / "header.dxf"
    text = "\n".join([*lines[:first], *facts, *lines[first:]]) + "\n"
    path.write_text(text, encoding="cp1252", errors="replace")  # as the head itself declares
    return path
