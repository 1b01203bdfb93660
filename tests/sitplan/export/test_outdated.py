"""A file of a result says whether it holds: in whatever place its format has for that."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import xml.etree.ElementTree as Tree
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
from pyarrow import parquet

from sitplan import results
from sitplan.catalogue import read_register
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.export.file import write_file
from sitplan.export.formats import FORMATS
from sitplan.intake.entering import full_register
from sitplan.metadata import iso_document, layer_record
from sitplan.settings import Settings

OUTDATED = {
    "es": "DESACTUALIZADO: cambió Localidades rurales desde que se calculó.",
    "en": "OUT OF DATE: Rural localities changed since it was calculated.",
}
HOLDS = "vigente: sus datos no han cambiado desde que se calculó"


@pytest.fixture
def own(fresh_settings: Settings, tmp_path: Path) -> Settings:
    """With a published result."""
    own = replace(fresh_settings, home=tmp_path / "home")
    results.compute_and_publish(own, "plan_progress", {}, name="progress", author="SECPLA")
    results.review(own, "progress", "published", why="visto")
    results.compute_and_publish(own, "rural_access", {}, name="need", author="SECPLA")
    results.review(own, "need", "published", why="visto")
    return own


def _change(own: Settings) -> None:
    with Database(own, role="admin", workers=1) as database:
        frame = pd.DataFrame({"code": ["LR-01"], "school": [True]})
        apply(
            database, full_register(database), [Edit("rural_localities", frame)],
            author=Author(), why="se abrió una escuela",
        )  # fmt: skip


def _told(path: Path) -> Iterator[str]:
    """All that a file says besides the values of its fields, and the notice of its first row."""
    kind = "".join(path.suffixes[-1:])
    if kind == ".gpkg":
        with closing(sqlite3.connect(path)) as link:
            yield from (r[0] for r in link.execute("SELECT description FROM gpkg_contents"))
            yield from (r[0] for r in link.execute("SELECT metadata FROM gpkg_metadata"))
    elif kind == ".parquet":
        yield parquet.read_schema(path).metadata[b"sitplan"].decode()
    elif kind == ".xlsx":
        book = openpyxl.load_workbook(path)
        yield str(book.properties.description)
        yield " ".join(str(c.value) for row in book["diccionario"].rows for c in row)
    elif kind == ".geojson":
        document = json.loads(path.read_text(encoding="utf-8"))
        yield document.get("notice", "")
        yield json.dumps({"isCurrent": document["isCurrent"]})
    elif kind == ".csv":
        text = path.read_bytes().decode("utf-8-sig")
        yield next(iter(csv.DictReader(io.StringIO(text)))).get("notice", "")
    elif kind == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".txt")]
            yield from (archive.read(name).decode("utf-8-sig") for name in names)
    elif kind in (".kml", ".dxf"):
        yield path.read_text(encoding="utf-8" if kind == ".kml" else "cp1252")
    elif kind == ".fgb":
        yield str(pyogrio.read_info(path)["layer_metadata"])
    else:
        raise AssertionError(path)


def test_a_file_tells_that_its_result_is_out_of_date_and_before_that_it_holds(
    own: Settings, tmp_path: Path
) -> None:
    formats = ("gpkg", "parquet", "xlsx", "geojson", "csv", "shp", "kml", "dxf", "fgb")

    def files(name: str, lang: str = "es") -> dict[str, str]:
        found = {}
        for fmt in formats:
            path = tmp_path / f"{name}.{FORMATS[fmt].extension}"
            made = write_file(own, name, fmt=fmt, lang=lang, output=path)
            found[fmt] = "\n".join(_told(made))
        return found

    for fmt, told in files("need").items():
        assert "DESACTUALIZADO" not in told, fmt
        if fmt in ("gpkg", "parquet", "xlsx", "shp", "dxf", "fgb"):
            assert HOLDS in told and "SECPLA" in told, fmt
    _change(own)
    for lang, said in OUTDATED.items():
        for fmt, told in files("need", lang).items():
            assert said in told, (fmt, lang)
    assert json.loads(files("need")["geojson"].splitlines()[1]) == {"isCurrent": False}
    still = write_file(own, "progress", fmt="csv", output=tmp_path / "still.csv")
    assert "DESACTUALIZADO" not in still.read_text(encoding="utf-8")
    with Database(own, workers=1) as database:
        catalogue = read_register(database)
    layer = catalogue.layer("need")
    record = layer_record(
        layer, source=catalogue.source("need"), address="https://example.org/need", ways=()
    )
    tree = Tree.fromstring(iso_document(record, territory=catalogue.territory.name))
    (lineage,) = tree.iter("{http://www.isotc211.org/2005/gmd}LI_Lineage")
    assert OUTDATED["es"] in "".join(lineage.itertext())
