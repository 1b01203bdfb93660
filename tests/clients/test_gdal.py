"""GDAL's OAPIF driver, Debian's and the newer one of pyogrio's wheel: what they read is the layer.

R's sf and MapServer read through the same driver.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import httpx
import numpy as np
import pandas
import psycopg2
import pyogrio
import pytest
import shapely

import sitplan
from sitplan.catalogue import Catalogue
from sitplan.settings import Settings

pytestmark = pytest.mark.acceptance(56)
LAYERS = ("green_areas", "roads", "meeting_points", "initiatives", "census_blocks")
_KINDS = {
    "string": ("String", "object"),
    "integer": ("Integer", "int32"),
    "number": ("Real", "float64"),
    "boolean": ("Integer(Boolean)", "bool"),
    "date": ("Date", "datetime64[D]"),
    "datetime": ("DateTime", "datetime64[ms]"),
}

needs_gdal = pytest.mark.skipif(
    shutil.which("ogrinfo") is None,
    reason="ogrinfo is not installed: make test brings it (gdal-bin)",
)


@pytest.fixture(scope="module")
def here(seeded_settings: Settings) -> Any:
    with sitplan.open(settings=seeded_settings) as found:
        yield found


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def _ogrinfo(served: str, *words: str) -> str:
    return _run("ogrinfo", "-ro", *words[1:], f"OAPIF:{served}/api", *words[:1])


@needs_gdal
def test_all_collections_are_listed(served: str, catalogue: Catalogue) -> None:
    text = _run("ogrinfo", "-ro", f"OAPIF:{served}/api")
    assert set(re.findall(r"^\d+: (\w+)", text, re.M)) >= set(catalogue.layers)


@needs_gdal
@pytest.mark.parametrize("name", LAYERS)
def test_count_and_types_are_the_layers(
    served: str, here: sitplan.Sitplan, catalogue: Catalogue, name: str
) -> None:
    """Types come from the schema: a field that is null on the first page has its own too."""
    text = _ogrinfo(served, name, "-so")
    assert f"Feature Count: {len(here.frame(name))}\n" in text
    found = dict(re.findall(r"^(\w+): ([A-Za-z]+(?:\(Boolean\))?)", text, re.M))
    schema = httpx.get(f"{served}/api/collections/{name}/schema").json()["properties"]
    for field in catalogue.layer(name).public_fields:
        kind = field.type
        small = {"minimum", "maximum"} <= set(schema[field.name])
        if kind == "integer" and not small:
            kind = "number"  # GDAL would cut it to 32 bits
        if kind != "array":
            assert found[field.name] == _KINDS[kind][0], field.name
    assert found["valid_from"] == "Date" and found["updated_at"] == "DateTime"
    assert found["horizontal_accuracy_m"] == "Real"


@needs_gdal
def test_filters_count_what_the_database_counts(served: str, here: sitplan.Sitplan) -> None:
    frame = here.frame("green_areas")
    text = _ogrinfo(served, "green_areas", "-so", "-where", "kind = 'plaza'")
    assert f"Feature Count: {(frame.kind == 'plaza').sum()}\n" in text
    roads = here.frame("roads").to_crs(4326)
    box = (-70.77, -28.58, -70.75, -28.57)
    text = _ogrinfo(served, "roads", "-so", "-spat", *map(str, box))
    assert f"Feature Count: {roads.intersects(shapely.box(*box)).sum()}\n" in text


@needs_gdal
def test_a_copy_is_our_own_file(served: str, here: sitplan.Sitplan, tmp_path: Path) -> None:
    """`ogr2ogr` page by page gives what the export gives in one piece."""
    path = tmp_path / "copied.gpkg"
    for name in ("green_areas", "initiatives"):
        _run("ogr2ogr", "-f", "GPKG", "-update", "-append", str(path), f"OAPIF:{served}/api", name)
        export = tmp_path / f"{name}.gpkg"
        asked = {"f": "gpkg"}
        if name == "green_areas":
            asked["crs"] = "http://www.opengis.net/def/crs/EPSG/0/4326"
        export.write_bytes(
            httpx.get(f"{served}/api/collections/{name}/export", params=asked, timeout=60).content
        )
        copied = pyogrio.read_dataframe(path, layer=name).set_index("code").sort_index()
        ours = pyogrio.read_dataframe(export).set_index("code").sort_index()
        assert list(copied.index) == list(ours.index) and len(ours) == len(here.frame(name))
        for field in set(copied.columns) & set(ours.columns) - {"geometry", "id", "updated_at"}:
            one, other = copied[field], ours[field]
            assert _plain(one) == _plain(other), field
        if isinstance(ours, geopandas.GeoDataFrame):
            metres = here.frame(name).crs
            apart = copied.to_crs(metres).hausdorff_distance(ours.to_crs(metres))
            assert apart.max() < 0.02, "seven decimals of a degree"


def _plain(values: pandas.Series[Any]) -> list[Any]:
    found = []
    for value in values:
        if isinstance(value, list | np.ndarray):
            value = ";".join(map(str, value))
        if value is None or value is pandas.NaT or value != value or value == "":
            found.append(None)
        elif isinstance(value, str) and re.fullmatch(r"\(\d+:.*\)", value):  # GDAL's lists
            found.append(value[:-1].partition(":")[2].replace(",", ";"))
        elif isinstance(value, str) and value.startswith("["):
            found.append(";".join(json.loads(value)))
        else:
            found.append(str(value)[:10] if hasattr(value, "year") else _number(value))
    return found


def _number(value: Any) -> Any:
    try:
        return round(float(value), 6)
    except (TypeError, ValueError):
        return str(value)


_READ = """
import json, sys, pyogrio
address, name, more, out = sys.argv[1:]
asked = {k: tuple(v) if k == "bbox" else v for k, v in json.loads(more).items()}
found = pyogrio.read_dataframe(f"OAPIF:{address}/api", layer=name, **asked)
found.to_pickle(out)
"""


@pytest.fixture(scope="module")
def read(served: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """The GDAL that comes with pyogrio: it reads CRS and schema of the later parts too.

    In a Python of its own, for while it reads it lets no other thread of this one work: the
    server would wait for its client, and that for the server.
    """
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("pyogrio's GDAL has no OAPIF driver")
    out = tmp_path_factory.mktemp("read") / "frame.pickle"

    def work(name: str, **more: Any) -> Any:
        _run(sys.executable, "-c", _READ, served, name, json.dumps(more), str(out))
        return pandas.read_pickle(out)

    return work


@pytest.mark.parametrize("name", LAYERS)
def test_the_newer_reads_rows_in_the_storage_crs(
    read: Callable[..., Any], here: sitplan.Sitplan, name: str
) -> None:
    """In the storage CRS, which it asks for by itself."""
    found, ours = read(name), here.frame(name)
    assert sorted(found.id) == sorted(ours.id)
    if isinstance(ours, geopandas.GeoDataFrame):
        assert found.crs == ours.crs
        one = found.set_index("id").geometry.sort_index()
        other = ours.set_index("id").geometry.sort_index()
        assert one.hausdorff_distance(other).max() < 0.001


@needs_gdal
def test_no_money_is_cut(fresh_settings: Settings, served_fresh: str) -> None:
    """GDAL holds an ``integer`` of a schema in 32 bits: five thousand millions became two."""
    amount = 5_000_000_123
    with psycopg2.connect(fresh_settings.database_url) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'published'"
            " AND table_name = 'initiatives' AND column_name LIKE '%\\_clp' ORDER BY 1 LIMIT 1"
        )
        (name,) = cursor.fetchone() or ("",)
        cursor.execute(
            f"UPDATE layers.initiatives SET {name} = %s"
            f" WHERE id = (SELECT id FROM published.initiatives WHERE {name} > 0 LIMIT 1)"
            " RETURNING code",
            [amount],
        )
        (code,) = cursor.fetchone() or ("",)
    link.close()
    words = ["-where", f"code = '{code}'"]
    text = _ogrinfo(served_fresh, "initiatives", *words)
    assert re.search(rf"{name} \(Real\) = {amount}\b", text), text


def test_the_newer_filters(read: Callable[..., Any], here: sitplan.Sitplan) -> None:
    ours = here.frame("roads")
    box = (326000.0, 6837500.0, 328000.0, 6839000.0)
    assert len(read("roads", bbox=box)) == ours.intersects(shapely.box(*box)).sum() > 0
    kind = ours["class"].mode()[0]
    assert len(read("roads", where=f"class = '{kind}'")) == (ours["class"] == kind).sum()
    areas = here.frame("green_areas")
    found = read("green_areas", where="area_m2 > 1000 AND name LIKE '%a%'")
    wanted = areas[(areas.area_m2 > 1000) & areas.name.str.contains("a")]
    assert set(found.id) == set(wanted.id)
