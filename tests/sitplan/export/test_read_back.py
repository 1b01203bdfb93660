"""Each export, read by GDAL, pyarrow or openpyxl, equals the layer.

The layers are chosen so that every kind of shape and field is among them: areas, points, lines,
several kinds in one, a table; texts with accents, codes, numbers, booleans, dates, arrays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pyproj
import pytest
import shapely

from sitplan.crs import crs_of
from sitplan.export.columns import titled
from sitplan.export.formats import FORMATS, formats_of
from sitplan.told import told_fields
from tests.sitplan.export.conftest import Exporter
from tests.sitplan.export.reading import (
    read_csv,
    read_geojson,
    read_parquet,
    read_vector,
    read_workbook,
    same,
    within,
)

pytestmark = pytest.mark.acceptance(30, 31)
LAYERS = ("green_areas", "meeting_points", "evacuation_routes", "project_locations", "initiatives")
SHAPES = LAYERS[:-1]


def _to_storage(shapes: list[Any], exporter: Exporter, crs: Any = 4326) -> list[Any]:
    found = geopandas.GeoSeries(shapes, crs=crs).to_crs(exporter.territory.storage_crs)
    return list(found)


@pytest.mark.parametrize("fmt", ["geojson", "geojsonseq", "ndjson", "jsonfg"])
@pytest.mark.parametrize("name", LAYERS)
def test_geojson(exporter: Exporter, name: str, fmt: str) -> None:
    truth = exporter.truth(name)
    path = exporter.save(name, fmt)
    rows = read_geojson(path.read_text(encoding="utf-8"))
    same(truth, rows, exporter.layers[name])
    if name in SHAPES:
        within(list(truth.geometry), _to_storage([r["geometry"] for r in rows], exporter))
        about, found = read_vector(path)
        assert about["crs"] == "EPSG:4326" and len(found) == len(truth)


@pytest.mark.parametrize("name", LAYERS)
def test_geojson_sequences_are_cut_as_their_standards_say(exporter: Exporter, name: str) -> None:
    data = exporter.save(name, "geojsonseq").read_bytes()
    texts = data.split(b"\x1e")
    assert texts[0] == b"" and all(t.endswith(b"}\n") for t in texts[1:])  # RFC 8142, 2.4
    assert [json.loads(t)["type"] for t in texts[1:]] == ["Feature"] * len(exporter.truth(name))
    lines = exporter.save(name, "ndjson").read_bytes().splitlines()
    assert lines == [t.strip() for t in texts[1:]]


@pytest.mark.parametrize("name", SHAPES)
def test_geopackage(exporter: Exporter, name: str) -> None:
    truth = exporter.truth(name)
    path = exporter.save(name, "gpkg")
    about, rows = read_vector(path, name)
    assert about["crs"] == f"EPSG:{exporter.territory.storage_crs}"
    types = zip(about["ogr_types"], about["ogr_subtypes"], strict=True)
    kinds = dict(zip(about["fields"], types, strict=True))
    wanted = {
        "string": ("OFTString", "OFSTNone"), "array": ("OFTString", "OFSTNone"),
        "integer": ("OFTInteger64", "OFSTNone"), "number": ("OFTReal", "OFSTNone"),
        "boolean": ("OFTInteger", "OFSTBoolean"), "date": ("OFTDate", "OFSTNone"),
        "datetime": ("OFTDateTime", "OFSTNone"),
    }  # fmt: skip
    for field in told_fields(exporter.layers[name]):
        assert kinds[field.name] == wanted[field.type], field.name
    same(truth, rows, exporter.layers[name], milliseconds=True)
    geometry = exporter.layers[name].geometry
    assert geometry and about["geometry_type"] == geometry.type.replace("Geometry", "Unknown")
    within(list(truth.geometry), [r["geometry"] for r in rows], 0)


def test_a_geopackage_of_a_table(exporter: Exporter) -> None:
    path = exporter.save("initiatives", "gpkg")
    assert dict(pyogrio.list_layers(path)) == {"initiatives": None}
    about, rows = read_vector(path)
    assert about["crs"] is None
    same(exporter.truth("initiatives"), rows, exporter.layers["initiatives"], milliseconds=True)


def test_a_geopackage_tells_titles_meanings_and_facts(exporter: Exporter) -> None:
    path = exporter.save("green_areas", "gpkg", lang="en")
    schema = pyogrio.read_arrow(path)[1].schema
    told = schema.field("area_m2").metadata
    assert told[b"GDAL:OGR:alternative_name"] == b"Area" and b"[m2]" in told[b"GDAL:OGR:comment"]
    assert b"plaza = " in schema.field("kind").metadata[b"GDAL:OGR:comment"]
    facts = pyogrio.read_info(path)["layer_metadata"]
    assert facts["Notice"] == "Demonstration data: illustrative"
    assert facts["Licence"] == "CC-BY-4.0" and facts["Layer"] == "Green areas (green_areas)"


@pytest.mark.parametrize("name", SHAPES)
def test_flatgeobuf(exporter: Exporter, name: str) -> None:
    truth = exporter.truth(name)
    path = exporter.save(name, "fgb")
    about, rows = read_vector(path)
    assert about["crs"] == f"EPSG:{exporter.territory.storage_crs}"
    rows.sort(key=lambda r: r["code"])  # its index has an order of its own
    same(truth, rows, exporter.layers[name], milliseconds=True)
    within(list(truth.geometry), [r["geometry"] for r in rows], 0)
    west, south, east, north = truth.geometry.iloc[0].bounds
    near = pyogrio.read_info(path, force_feature_count=True)["features"]
    assert near == len(truth)
    _, box = pyogrio.read_arrow(path, bbox=(west, south, east, north))
    assert 0 < len(box) <= len(truth)


@pytest.mark.parametrize("name", LAYERS)
def test_geoparquet(exporter: Exporter, name: str) -> None:
    truth = exporter.truth(name)
    path = exporter.save(name, "parquet")
    schema, rows = read_parquet(path)
    same(truth, rows, exporter.layers[name])
    types = {f.name: str(f.type) for f in schema}
    wanted = {"array": "list<element: string>", "integer": "int64", "number": "double",
              "boolean": "bool", "date": "date32[day]", "datetime": "timestamp[us, tz=UTC]",
              "string": "string"}  # fmt: skip
    for field in told_fields(exporter.layers[name]):
        assert types[field.name] == wanted[field.type], field.name
    if name not in SHAPES:
        assert b"geo" not in (schema.metadata or {})
        return
    within(list(truth.geometry), [r["geometry"] for r in rows], 0)
    whole = geopandas.read_parquet(path)
    assert whole.crs == pyproj.CRS(exporter.territory.storage_crs)
    bounds = truth.geometry.bounds
    for row, (_, box) in zip(rows, bounds.iterrows(), strict=True):
        assert tuple(row["bbox"].values()) == tuple(box)
    some = geopandas.read_parquet(path, bbox=tuple(truth.geometry.iloc[0].bounds))
    assert 0 < len(some) <= len(truth)


def test_geoparquet_says_what_its_standard_wants(exporter: Exporter) -> None:
    schema, _ = read_parquet(exporter.save("project_locations", "parquet"))
    geo = json.loads(schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB" and column["crs"]["type"] == "ProjectedCRS"
    truth = exporter.truth("project_locations")
    assert set(column["geometry_types"]) == set(truth.geometry.geom_type)
    assert tuple(column["bbox"]) == tuple(truth.total_bounds)
    assert column["covering"]["bbox"]["ymax"] == ["bbox", "ymax"]


@pytest.mark.parametrize("name", LAYERS)
def test_csv(exporter: Exporter, name: str) -> None:
    truth = exporter.truth(name)
    rows = read_csv(exporter.save(name, "csv").read_bytes())
    same(truth, rows, exporter.layers[name])
    if name == "meeting_points":
        shapes = [shapely.Point(float(r["lon"]), float(r["lat"])) for r in rows]
        within(list(truth.geometry), _to_storage(shapes, exporter))
    elif name in SHAPES:
        shapes = [shapely.from_wkt(r["wkt"]) for r in rows]
        within(list(truth.geometry), _to_storage(shapes, exporter))
    else:
        assert not {"wkt", "lon", "lat"} & set(rows[0])


@pytest.mark.parametrize("name", LAYERS)
def test_xlsx(exporter: Exporter, name: str) -> None:
    truth, layer = exporter.truth(name), exporter.layers[name]
    more = {"coordinates": "wkt"} if name in SHAPES else {}
    book, rows = read_workbook(exporter.save(name, "xlsx", **more))
    assert book.sheetnames == [name, "diccionario", "codigos"]
    names = {f.name: titled(f, "es") for f in told_fields(layer)}
    heads = list(rows[0])
    names = {k: v if heads.count(v) == 1 else k for k, v in names.items()} | {"id": "Identificador"}
    same(truth, rows, layer, names=names, zone=exporter.territory.time_zone, milliseconds=True)
    kinds = {"integer": int, "number": int | float, "boolean": bool}
    for field in told_fields(layer):
        for row in rows:
            value = row[names[field.name]]
            if value is not None and field.type in kinds:
                assert isinstance(value, kinds[field.type]), (field.name, value)
    if name in SHAPES:
        shapes = [shapely.from_wkt(r["WKT"]) for r in rows]
        within(list(truth.geometry), _to_storage(shapes, exporter))


@pytest.mark.parametrize("name", SHAPES)
def test_kml(exporter: Exporter, name: str) -> None:
    truth, layer = exporter.truth(name), exporter.layers[name]
    path = exporter.save(name, "kml")
    about, rows = read_vector(path)
    assert about["crs"] == "EPSG:4326"
    label = layer.label or "code"
    for row in rows:
        row |= {"id": row["id2"], label: row["Name"]}
        row.pop("invented", None) if row.get("invented") is None else None
    same(truth, rows, layer, names={label: "Name", "id": "id2"}, milliseconds=True)
    within(list(truth.geometry), _to_storage([r["geometry"] for r in rows], exporter))


@pytest.mark.parametrize("name", SHAPES)
def test_shapefile(exporter: Exporter, name: str, unzipped: Callable[[Path], Path]) -> None:
    truth, layer = exporter.truth(name), exporter.layers[name]
    folder = unzipped(exporter.save(name, "shp"))
    told = read_csv((folder / "campos.csv").read_bytes())
    names = {r["Campo"]: r["Columna"] for r in told}
    assert all(len(short) <= 10 and short.isascii() for short in names.values())
    assert len(set(names.values())) == len(names)
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.shp")):
        about, found = read_vector(path)
        assert about["crs"] == f"EPSG:{exporter.territory.storage_crs}"
        assert path.with_suffix(".cpg").read_text() == "UTF-8"
        kinds = {shapely.get_type_id(r["geometry"]) % 3 for r in found}
        assert len(kinds) == 1, "one kind of shape in a file"
        rows += found
    rows.sort(key=lambda r: r["code"])
    same(truth, rows, layer, names=names)
    shapes = [r["geometry"] for r in rows]
    for there, here in zip(truth.geometry, shapes, strict=True):
        assert shapely.equals(there, here)
    if name == "project_locations":
        assert {p.stem for p in folder.glob("*.shp")} >= {f"{name}_point", f"{name}_polygon"}


@pytest.mark.parametrize("name", SHAPES)
def test_dxf(exporter: Exporter, name: str) -> None:
    import ezdxf

    truth = exporter.truth(name)
    drawing = ezdxf.readfile(exporter.save(name, "dxf"))
    assert drawing.units == ezdxf.units.M and not drawing.audit().errors
    facts = dict(drawing.header.custom_vars.properties)
    assert f"EPSG:{exporter.territory.storage_crs}" in facts["Sistema de coordenadas"]
    field = {"green_areas": "kind", "meeting_points": None, "evacuation_routes": None}.get(name)
    layers = {e.dxf.layer for e in drawing.modelspace()}
    if field:
        assert layers == {f"{name}-{code}" for code in truth[field]}
    assert all(one.startswith(name) for one in layers)
    _, rows = read_vector(exporter.folder / "dxf" / f"{_stem(exporter, name)}.dxf")
    drawn = shapely.union_all([r["geometry"] for r in rows])
    edges = [g.boundary if g.geom_type.endswith("Polygon") else g for g in truth.geometry]
    assert shapely.hausdorff_distance(shapely.union_all(edges), drawn) < 0.001


def _stem(exporter: Exporter, name: str) -> str:
    with exporter.delivery(name, "dxf") as delivery:
        return delivery.job.about.stem


@pytest.mark.parametrize("fmt", ["gpkg", "fgb", "parquet", "shp", "geojson", "csv", "xlsx"])
def test_any_system(exporter: Exporter, fmt: str, unzipped: Callable[[Path], Path]) -> None:
    """In Web Mercator, and in latitude and longitude: text in its order, files x first."""
    truth = exporter.truth("meeting_points")
    for code in (3857, 4326):
        true = list(truth.to_crs(code).geometry)
        path = exporter.save("meeting_points", fmt, crs=crs_of(code))
        if fmt in ("geojson", "csv", "xlsx"):
            if fmt == "geojson":
                shapes = [r["geometry"] for r in read_geojson(path.read_text(encoding="utf-8"))]
                if code == 4326:
                    shapes = [shapely.Point(p.y, p.x) for p in shapes]
            else:
                rows = read_csv(path.read_bytes()) if fmt == "csv" else read_workbook(path)[1]
                heads = [h for h in rows[0] if h in ("lon", "easting", "Longitud", "Este")]
                sides = [h for h in rows[0] if h in ("lat", "northing", "Latitud", "Norte")]
                shapes = [shapely.Point(float(r[heads[0]]), float(r[sides[0]])) for r in rows]
        elif fmt == "parquet":
            shapes = [r["geometry"] for r in read_parquet(path)[1]]
            assert geopandas.read_parquet(path).crs == pyproj.CRS(code)
        else:
            where = next(unzipped(path).glob("*.shp")) if fmt == "shp" else path
            about, rows = read_vector(where)
            assert about["crs"] == f"EPSG:{code}"
            shapes = [r["geometry"] for r in sorted(rows, key=lambda r: r["code"])]
        within(true, shapes, 0.0011 if code == 3857 else 1.1e-8)


@pytest.mark.slow
def test_every_layer_in_every_format(exporter: Exporter) -> None:
    for name, layer in exporter.layers.items():
        if not layer.is_public:
            continue
        count = len(exporter.truth(name))
        for fmt in formats_of(layer):
            path = exporter.save(name, fmt)
            assert path.stat().st_size > 0
            if fmt in ("gpkg", "fgb", "kml", "geojson"):
                assert len(read_vector(path, name if fmt == "gpkg" else None)[1]) == count
    assert set(FORMATS) > set(formats_of(exporter.layers["initiatives"]))
