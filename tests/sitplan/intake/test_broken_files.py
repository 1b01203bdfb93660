"""The table of broken files: what is diagnosed, what is done, and what the officer is told to do.

Each line writes a file (tests/data/broken.py) and imports it as a rehearsal into the real database.
"""

# ruff: noqa: E501  the table is wide
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame

from sitplan.changes import Receipt
from sitplan.db import Database
from sitplan.errors import InvalidData, SitplanError
from sitplan.intake.limits import Limits
from sitplan.intake.load import import_file
from sitplan.words import LANGUAGES
from tests.data import broken as b
from tests.data import harmful

GREEN, FACILITIES, ROADS = "green_areas", "facilities", "roads"


@dataclass(frozen=True)
class Case:
    """One broken file.

    `error` is the code of what is raised (``invalid_data`` for wrong rows), None where the file
    is taken in; `told` a code that must stand in the report; `says` and `remedy` words of the
    Spanish message and hint.
    """

    name: str
    make: b.Make
    error: str | None = None
    told: str | None = None
    says: str = ""
    remedy: str = ""
    layer: str = GREEN
    options: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    count: int | None = None
    rejected: int = 0


def _frame(**columns: Any) -> b.Make:
    return lambda folder: b.write(b.squares(**columns), folder / "areas.gpkg")


def _shapes(*shapes: Any, crs: int | None = b.STORAGE, suffix: str = "gpkg") -> b.Make:
    def make(folder: Path) -> Path:
        frame = b.squares(len(shapes)).set_geometry(list(shapes), crs=crs or b.STORAGE)
        if crs is None:
            frame = frame.set_crs(None, allow_override=True)
        return b.write(frame, folder / f"areas.{suffix}")

    return make


def _geojson(*features: dict[str, Any]) -> b.Make:
    return lambda folder: b.geojson(folder / "areas.geojson", list(features))


def _polygon(points: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [points]}


def _csv(text: str, encoding: str = "utf-8") -> b.Make:
    return lambda folder: b.csv(folder / "puntos.csv", text, encoding)


def _bytes(name: str, content: bytes) -> b.Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _points(*points: tuple[float, float], crs: int | None = b.STORAGE) -> b.Make:
    return lambda folder: b.write(b.frame_of(points, crs=crs), folder / "puntos.gpkg")


def _streets_as(source: int, crs: int) -> b.Make:
    """The known streets as they would be drawn in `source`, said to be in `crs`."""

    def make(folder: Path) -> Path:
        from pyproj import CRS, Transformer

        operation = {24879: 6972, 29189: 6974}[source]
        back = Transformer.from_pipeline(f"urn:ogc:def:coordinateOperation:EPSG::{operation}")
        out = Transformer.from_crs(b.STORAGE, 4326, always_xy=True)
        draw = Transformer.from_crs(CRS.from_epsg(source).geodetic_crs, source, always_xy=True)

        def carry(p: np.ndarray) -> np.ndarray:
            lon, lat = out.transform(p[:, 0], p[:, 1])
            lat, lon = back.transform(lat, lon, direction="INVERSE")
            return np.column_stack(draw.transform(lon, lat))

        lines = [shapely.transform(line, carry) for line in b.streets()[:200]]
        return b.write(b.road_frame(lines, crs=crs), folder / "calles.gpkg")

    return make


def _moved_streets(dx: float, dy: float) -> b.Make:
    return lambda folder: b.write(
        b.road_frame(b.moved(b.streets()[:200], dx, dy)), folder / "calles.gpkg"
    )


def _without_crs(make: b.Make, folder: Path) -> Path:
    """The same file as a shapefile that does not say its system."""
    return b.zipped_shapefile(folder, geopandas.read_file(make(folder)), without=(".prj",))


def _new_codes(make: b.Make) -> b.Make:
    """The same file under codes that nobody knows, so that only shapes can be compared."""

    def other(folder: Path) -> Path:
        path = make(folder)
        frame = geopandas.read_file(path)
        frame["code"] = ["N" + c for c in frame["code"]]
        return b.write(frame, folder / "otras.gpkg")

    return other


def _blocks(dx: float, dy: float) -> b.Make:
    def make(folder: Path) -> Path:
        shapes = b.moved(b.blocks_between(b.streets()), dx, dy)
        frame = GeoDataFrame(
            {"code": [f"M-{i}" for i in range(len(shapes))]}, geometry=shapes, crs=b.STORAGE
        )
        return b.write(frame, folder / "manzanas.gpkg")

    return make


BOWTIE = shapely.Polygon([(b.EAST, b.NORTH), (b.EAST + 40, b.NORTH + 40), (b.EAST + 40, b.NORTH), (b.EAST, b.NORTH + 30)])  # fmt: skip
WITH_SPIKE = shapely.Polygon([*shapely.get_coordinates(b.square())[:-1], (b.EAST, b.NORTH)])
FLAT = shapely.Polygon([(b.EAST, b.NORTH), (b.EAST + 9, b.NORTH), (b.EAST + 20, b.NORTH)])
SLIVER = shapely.MultiPolygon([b.square(), shapely.box(b.EAST + 90, b.NORTH, b.EAST + 90.01, b.NORTH + 0.2)])  # fmt: skip
HOLE_OUT = shapely.Polygon(
    shapely.get_coordinates(b.square()), [shapely.get_coordinates(b.square(1, side=20))]
)
COLLECTION = shapely.GeometryCollection([b.square(), shapely.Point(b.EAST, b.NORTH)])
GOOD = b.ring(b.square())
POINTS = b.table(b.point_rows())

CASES = [
    # ── The archive ─────────────────────────────────────────────────────────────────────────
    Case("truncated zip", harmful.zip_truncated, "zip_broken", says="dañado o cortado", remedy="otra vez"),
    Case("zip bomb", harmful.zip_bomb, "zip_bomb", says="se expande sin medida"),
    Case("zip that lies", harmful.zip_lying, "zip_broken", says="miente.zip"),
    Case("path traversal", harmful.zip_traversal, "zip_path", says="../../capa.geojson"),
    Case("encrypted zip", harmful.zip_encrypted, "zip_encrypted", says="tiene contraseña", remedy="Descomprímalo"),
    Case("zip in zip", harmful.zip_nested, "zip_nested", says="capa.zip", remedy="Descomprímalo una vez"),
    Case("two shapefiles in one zip", harmful.zip_two, "zip_several", says="parques, plazas", remedy="--source-layer «parques»"),
    Case("zip with a report", harmful.zip_report, "format_pdf", remedy="datos originales"),
    Case("zip without .shp", lambda d: b.zipped_shapefile(d, b.squares(), without=(".shp",)), "shapefile_part", remedy="capa.shp"),
    Case("not a zip", _bytes("areas.zip", b"nothing"), "zip_broken"),
    # ── What the file is ────────────────────────────────────────────────────────────────────
    Case("missing file", lambda d: d / "nada.shp", "no_such_file", says="nada.shp"),
    Case("empty file", _bytes("areas.geojson", b""), "file_empty", remedy="otra vez"),
    Case("folder", lambda d: d, "is_folder", remedy="sitplan load"),
    Case("unknown format", _bytes("areas.xyz", b"1 2 3"), "format_unknown", remedy="GeoPackage"),
    Case("AutoCAD drawing", _bytes("plano.dwg", b"AC1027"), "format_dwg", remedy="DXF"),
    Case("old Excel", _bytes("lista.xls", b"\xd0\xcf\x11\xe0"), "format_xls", remedy=".xlsx"),
    Case("OpenDocument sheet", _bytes("lista.ods", b"PK"), "format_ods", remedy=".xlsx"),
    Case("rar archive", _bytes("datos.rar", b"Rar!"), "format_archive", remedy=".zip"),
    Case("Access database", _bytes("datos.mdb", b"\0\1"), "format_mdb", remedy="GeoPackage"),
    Case("scanned plan", _bytes("plano.pdf", b"%PDF"), "format_pdf"),
    Case("half a shapefile", _bytes("areas.dbf", b"\3"), "shapefile_part", remedy="areas.shp"),
    Case("protected workbook", _bytes("lista.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600), "xlsx_encrypted", remedy="contraseña"),
    Case("workbook that is none", _bytes("lista.xlsx", b"PK\3\4nothing"), "file_broken"),
    Case("GeoJSON not closed", _bytes("areas.geojson", b'{"type":"FeatureCollection","features":[{"type"'), "file_broken", remedy="otra copia"),
    Case("another format under GeoJSON's name", harmful.geojson_vrt, "not_its_format", says="no es lo que su nombre dice"),
    Case("a pipeline under GeoJSON's name", harmful.geojson_pipeline, "not_its_format"),
    Case("web page under CSV's name", _bytes("puntos.csv", b"<html><body>login"), "not_its_format"),
    Case("XML bomb", harmful.kml_bomb, "xml_entities", says="entidades XML", remedy="Google Earth"),
    Case("KMZ with an XML bomb", lambda d: b.zipped(d / "risa.kmz", harmful.kml_bomb(d), names=["doc.kml"]), "xml_entities"),
    Case("damaged GeoPackage", _bytes("areas.gpkg", b"SQLite format 3\x00" + b"x" * 3000), "file_broken"),
    Case("damaged GeoParquet", _bytes("areas.parquet", b"PAR1" + b"x" * 100), "file_broken"),
    Case("no features", _geojson(), "invalid_data", "nothing_read", says="ninguna fila"),
    Case("too large", _frame(), "too_large", options={"limits": Limits(file_bytes=1000)}, remedy="Divídalo"),
    Case("too many columns", lambda d: b.csv(d / "a.csv", ";".join(f"c{i}" for i in range(400)) + "\n" + ";".join("1" * 400)), "too_many_columns", says="400"),
    Case("too many rows", _frame(count=9), "too_many_rows", options={"limits": Limits(rows=5)}),
    Case("too many vertices", _shapes(shapely.Point(b.EAST, b.NORTH).buffer(20)), "invalid_data", "too_many_vertices", options={"limits": Limits(vertices=30)}, says="vértices"),
    # ── Parts of a shapefile, encodings ─────────────────────────────────────────────────────
    Case("shapefile without .dbf", lambda d: b.zipped_shapefile(d, b.squares(), without=(".dbf",)), "shapefile_no_dbf", says="capa.dbf"),
    Case("shapefile without .shx", lambda d: b.zipped_shapefile(d, b.squares(), without=(".shx",)), told="shx_rebuilt"),
    Case("shapefile without .prj", lambda d: b.zipped_shapefile(d, b.squares(), without=(".prj",)), "wrong_place", "crs_missing", says="EPSG:24879 (PSAD56", remedy="--crs EPSG:32719"),
    Case("unreadable .prj", lambda d: b.spoil(b.shapefile(d, b.squares()), ".prj", b"PROYECCION DESCONOCIDA"), "wrong_place", "prj_unreadable"),
    Case("Latin-1 without .cpg", lambda d: b.encoded_shapefile(d, "cp1252", ["Ñuñoa", "Peñón", "Área"]), told="encoding_found", says="CP1252"),
    Case("DOS letters without .cpg", lambda d: b.encoded_shapefile(d, "cp850", ["Ñuñoa", "Peñón", "Rincón"]), told="encoding_found", says="CP850"),
    Case("Macintosh letters", lambda d: b.encoded_shapefile(d, "mac_roman", ["Ñuñoa", "Peñón", "Rincón"]), told="encoding_found", says="MacRoman"),
    Case("letters that may be two things", b.spoiled_name(b"Caf\x9a"), "encoding_unsure", remedy="--encoding CP1252"),
    Case(".cpg that lies", lambda d: b.lying_cpg(d), told="encoding_contradicts", says="UTF-8"),
    Case("UTF-8 read as Latin-1", _frame(name=["Plaza PeÃ±a", "b", "c"]), told="double_decoded", says="Plaza Peña"),
    Case("DOS letters read as Latin-1", _frame(name=["Quebrada Cha¤aral", "b", "c"]), told="code_page", says="Chañaral"),
    Case("letters lost", _frame(name=["Plaza Pe\ufffda", "b", "c"]), told="letters_lost", remedy="pida el original"),
    Case("unknown encoding said", lambda d: b.csv(d / "p.csv", POINTS), "unknown_encoding", layer=FACILITIES, options={"encoding": "klingon"}, remedy="CP850"),
    # ── Where it falls ──────────────────────────────────────────────────────────────────────
    Case("axes swapped", _geojson(b.feature(_polygon([[y, x] for x, y in GOOD]))), "wrong_place", "datum_swapped", says="ejes cambiados"),
    Case("latitude and longitude swapped in a table", _csv("codigo;nombre;tipo;lat;lon\nE-1;Sede;sede_social;-70,7585;-28,5765\n"), "wrong_place", "datum_swapped", layer=FACILITIES, remedy="--columns «lat=x,lon=y»"),
    Case("UTM in GeoJSON", _geojson(b.feature(_polygon(shapely.get_coordinates(b.square()).tolist()))), "wrong_place", "datum_metres", says="son metros", remedy="--crs EPSG:32719"),
    Case("degrees said to be UTM", _shapes(b.lon_lat(b.square()).buffer(0.001), crs=b.STORAGE), "wrong_place", "datum_degrees", remedy="--crs EPSG:4326"),
    Case("zone 18", _shapes(b.carried(b.square(), b.STORAGE, b.UTM_18), crs=b.STORAGE), "wrong_place", "datum_zone", says="huso 18S", remedy="--crs EPSG:32718"),
    Case("wrong .prj", _shapes(b.square(), crs=b.UTM_18), "wrong_place", "datum_other", says="EPSG:32719", remedy="--crs EPSG:32719"),
    Case("Web Mercator", _geojson(b.feature(_polygon(shapely.get_coordinates(b.carried(b.square(), b.STORAGE, 3857)).tolist()))), "wrong_place", "datum_mercator", remedy="--crs EPSG:3857"),
    Case("minus sign lost", _geojson(b.feature(_polygon([[-x, -y] for x, y in GOOD]))), "wrong_place", "datum_sign", says="signo menos"),
    Case("in the sea", _geojson(b.feature(_polygon([[x - 3, y] for x, y in GOOD]))), "wrong_place", "datum_elsewhere", says="océano Pacífico"),
    Case("in another region", _geojson(b.feature(_polygon([[x + 0.6, y + 10] for x, y in GOOD]))), "wrong_place", "datum_elsewhere", says="Arica"),
    Case("on the other side of the world", _geojson(b.feature(_polygon([[x + 100, y + 20] for x, y in GOOD]))), "wrong_place", "datum_far", says="km al"),
    Case("coordinates not filled in", _geojson(b.feature(_polygon([[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]))), "wrong_place", "datum_zero", says="son cero"),
    Case("drawing in millimetres", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square(i)) for i in range(3)], scale=1000), "wrong_place", "datum_units", options={"columns": {"dxf_layer": "kind"}, "crs": "EPSG:32719"}, says="milímetros", remedy="factor 0,001"),
    Case("one row outside", _points((b.EAST, b.NORTH), (b.EAST + 9, b.NORTH), (b.EAST, b.NORTH - 900_000)), "invalid_data", "outside_territory", layer=FACILITIES, row=3, says="fuera del territorio"),
    Case("one row not filled in", _points((b.EAST, b.NORTH), (b.EAST + 9, b.NORTH), (0, 0)), told="coordinate_zero", layer=FACILITIES, row=3, rejected=1),
    Case("withdrawn system", _shapes(b.square(), crs=29179), "deprecated_system", says="retirado", remedy="EPSG:29189"),
    Case("withdrawn system said", _shapes(b.square()), "deprecated_system", options={"crs": "EPSG:29179"}, remedy="EPSG:29189"),
    Case("unknown system said", _shapes(b.square()), "unknown_system", options={"crs": "EPSG:99999"}),
    Case("PSAD56 taken for WGS 84", _streets_as(24879, b.STORAGE), "invalid_data", "shift_datum", layer=ROADS, says="184 m al este y 375 m al norte", remedy="--crs EPSG:24879"),
    Case("SAD69 taken for WGS 84, other codes", _new_codes(_streets_as(29189, b.STORAGE)), "invalid_data", "shift_datum", layer=ROADS, says="58 m al este y 39 m al norte", remedy="--crs EPSG:29189"),
    Case("PSAD56 converted by the general operation", _new_codes(_moved_streets(-17.2, 39.3)), "invalid_data", "shift_operation", layer=ROADS, says="EPSG:1201", remedy="--crs EPSG:24879"),
    Case("SAD69 converted by no operation", _new_codes(_moved_streets(58.6, 50.4)), "invalid_data", "shift_ballpark", layer=ROADS, says="sin transformar el datum"),
    Case("shift without a name", _moved_streets(60, -110), layer=ROADS, told="shift_unnamed", says="60 m al este y 110 m al sur"),
    Case("shift confirmed by who imports", _streets_as(24879, b.STORAGE), layer=ROADS, told="shift_datum", options={"crs": "EPSG:32719"}),
    Case("PSAD56 said so", _streets_as(24879, 24879), layer=ROADS, told="converted", says="EPSG:6972"),
    Case("old streets without a system", lambda d: _without_crs(_streets_as(24879, b.STORAGE), d), "wrong_place", "crs_likely", layer=ROADS, says="PSAD56", remedy="--crs EPSG:24879"),
    Case("blocks across streets", _blocks(184.1, 375.4), "invalid_data", "shift_crossing", layer="census_blocks", says="atravesado por calles", remedy="--crs EPSG:24879"),
    Case("blocks between streets", _blocks(0, 0), layer="census_blocks"),
    # ── Geometry ────────────────────────────────────────────────────────────────────────────
    Case("bow tie", _shapes(BOWTIE, b.square(1)), told="self_intersection", says="(filas 1)", count=1),
    Case("bow tie, its area", _shapes(BOWTIE, b.square(1)), told="repair_changed_area", row=1),
    Case("ring not closed", lambda d: b.kml(d / "a.kml", b.placemark("P", b.kml_polygon(b.square(), closed=False), codigo="1", tipo="Plaza")), told="ring_closed", count=1),
    Case("heights", lambda d: b.kml(d / "a.kml", b.placemark("P", b.kml_polygon(b.square(), height=400), codigo="1", tipo="Plaza")), told="third_dimension_dropped", count=1),
    Case("measures", _csv(f"codigo;tipo;wkt\n1;plaza;POLYGON M (({b.EAST} {b.NORTH} 2, {b.EAST + 9} {b.NORTH} 2, {b.EAST} {b.NORTH + 9} 2, {b.EAST} {b.NORTH} 2))\n"), told="measure_dropped", options={"crs": "EPSG:32719"}),
    Case("no geometry", _geojson(b.feature(_polygon(GOOD)), b.feature(None, code="AV-2")), told="geometry_missing", row=2, rejected=1, remedy="las demás filas"),
    Case("empty geometry", _shapes(b.square(), shapely.Polygon()), told="geometry_empty", rejected=1),
    Case("NaN coordinates", _bytes("areas.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","kind":"plaza"},"geometry":{"type":"Polygon","coordinates":[[[NaN,-28.5],[-70.7,-28.5],[-70.7,-28.6],[NaN,-28.5]]]}}]}'), "invalid_data", "geometry_unreadable"),
    Case("curves", b.curved, told="curve_linearised", count=1),
    Case("mixed collection", _shapes(COLLECTION, b.square(1)), told="collection_split", count=1),
    Case("points for areas", _shapes(shapely.Point(b.EAST, b.NORTH), b.square(1)), "invalid_data", "wrong_geometry", says="trae un punto y la capa pide polígonos", row=1),
    Case("areas for points", lambda d: b.write(b.squares(kind=["sede_social"] * 3), d / "a.gpkg"), "invalid_data", "wrong_geometry", layer=FACILITIES, says="pide puntos"),
    Case("several points for one", lambda d: b.write(b.frame_of([(b.EAST, b.NORTH)], crs=b.STORAGE).set_geometry([shapely.MultiPoint([(b.EAST, b.NORTH), (b.EAST + 5, b.NORTH)])]), d / "a.gpkg"), "invalid_data", "several_parts", layer=FACILITIES, says="2 partes"),
    Case("no area", _shapes(FLAT, b.square(1)), told="geometry_collapsed", rejected=1),
    Case("sliver", _shapes(SLIVER), told="sliver_dropped", count=1),
    Case("too small", _shapes(b.square(side=2)), "invalid_data", "too_small", says="mide 4"),
    Case("repeated vertices", _shapes(shapely.Polygon(np.repeat(shapely.get_coordinates(b.square()), 2, axis=0))), told="repeated_points"),
    Case("hole outside", _shapes(HOLE_OUT), told="hole_outside"),
    Case("ring the wrong way", _geojson(b.feature(_polygon(GOOD if not shapely.is_ccw(shapely.LinearRing(GOOD)) else GOOD[::-1]))), told="ring_order"),
    Case("single for multiple", _shapes(b.square()), told="single_to_multi", count=1),
    Case("open lines in a drawing", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square(i)) for i in range(3)], closed=False), "invalid_data", "open_line", options={"crs": "EPSG:32719", "columns": {"dxf_layer": "name"}}, remedy="Cerrar"),
    Case("lines nearly closed", lambda d: b.drawing(d / "a.dxf", [b.nearly_closed(b.square(i, side=80)) for i in range(2)], closed=False, layer="PLAZA"), told="line_closed", options={"crs": "EPSG:32719", "columns": {"dxf_layer": "kind"}}, count=2),
    Case("closed lines and labels", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square(i)) for i in range(2)], layer="PLAZA", labels=["A-1"]), told="line_to_area", options={"crs": "EPSG:32719", "columns": {"dxf_layer": "kind"}}, count=2),
    Case("labels of a drawing", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square())], layer="PLAZA", labels=["A", "B"]), told="dxf_labels", options={"crs": "EPSG:32719", "columns": {"dxf_layer": "kind"}}, count=2),
    Case("drawing without a system", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square())], layer="PLAZA"), "wrong_place", "crs_missing", remedy="--crs", options={"columns": {"dxf_layer": "kind"}}),
    Case("layer that a drawing has not", lambda d: b.drawing(d / "a.dxf", [b.outline(b.square())]), "no_source_layer", options={"source_layer": "ZONAS", "crs": "EPSG:32719"}, says="ZONAS", remedy="AREAS VERDES"),
    # ── Columns and values ──────────────────────────────────────────────────────────────────
    Case("several layers", lambda d: b.two_layers(d), "source_layers", says="plazas, parques", remedy="--source-layer «plazas»"),
    Case("layer that is not there", lambda d: b.two_layers(d), "no_source_layer", options={"source_layer": "lagos"}, remedy="plazas, parques"),
    Case("required field missing", lambda d: b.write(b.squares().drop(columns="kind"), d / "a.gpkg"), "invalid_data", "field_missing", says="«Tipo» (kind)", remedy="COLUMNA=kind"),
    Case("required value missing", _frame(kind=["plaza", None, "plaza"]), "invalid_data", "value_missing", row=2),
    Case("value not in the list", _frame(kind=["plaza", "parqe", "plaza"]), "invalid_data", "not_in_list", row=2, says="«parqe»", remedy="¿Quiso decir «parque»?"),
    Case("titles in place of codes", _frame(kind=["PLAZA", "Área deportiva", "Wooded slope"])),
    Case("no number", _frame(trees=["12", "varios", "3"]), "invalid_data", "not_a_number", row=2, says="«varios»"),
    Case("decimals in a whole number", _frame(trees=[1.0, 2.5, 3.0]), "invalid_data", "not_whole", row=2),
    Case("huge number", _frame(trees=["1", "2", "123456789012345678901"]), "invalid_data", "number_too_large", row=3),
    Case("below the least", _frame(vegetated_m2=[5.0, -1.0, 3.0]), "invalid_data", "below_minimum", row=2, says="-1"),
    Case("above the most", _frame(condition=[5, 6, 1]), "invalid_data", "above_maximum", row=2),
    Case("units", _frame(vegetated_m2=["12 m2", "0,05 ha", "300"]), told="unit_converted", says="m2"),
    Case("unknown unit", _frame(vegetated_m2=["12 m2", "3 litros", "300"]), "invalid_data", "unit_unknown", row=2),
    Case("neither yes nor no", _frame(lighting=["sí", "quizás", "no"]), "invalid_data", "not_yes_or_no", row=2),
    Case("no date", _frame(last_inspection=["2024-01-31", "ayer", "31/12/2023"]), "invalid_data", "date_unreadable", row=2),
    Case("impossible date", _frame(last_inspection=["31/01/2024", "31/02/2024", None]), "invalid_data", "date_impossible", row=2),
    Case("month first", _frame(last_inspection=["01/02/2024", "02/28/2024", None]), "invalid_data", "date_order", row=2, says="mes/día/año"),
    Case("repeated key", _frame(code=["A", "B", "A"]), "invalid_data", "duplicate_key", row=3, says="fila 1"),
    Case("repeated rows", lambda d: b.repeated(d), told="duplicate_row", count=1),
    Case("key missing in a row", _frame(code=["A", None, "C"]), "invalid_data", "code_missing", row=2),
    Case("no key at all", lambda d: b.write(b.squares().drop(columns="code"), d / "a.gpkg"), told="code_generated", remedy="--key"),
    Case("control characters", _frame(name=["Plaza O\x1aHiggins", "b", "c"]), told="control_characters", says="O Higgins"),
    Case("blanks", _frame(name=["  Plaza   Mayor ", "b", "c"]), told="blanks", says="Plaza Mayor"),
    Case("words for nothing", _frame(name=["Sin informacion", "null", "N/A"]), told="null_word", count=3),
    Case("columns that nobody wants", _frame(OBJECTID_1=[1, 2, 3]), told="columns_ignored", says="OBJECTID_1"),
    Case("column that a person misnamed", _frame(), "no_such_column", options={"columns": {"tipo_av": "kind"}}, remedy="kind"),
    Case("field that a person misnamed", _frame(), "no_such_field", options={"columns": {"name": "nombre_x"}}, remedy="vegetated_m2"),
    Case("key that is no column", _frame(), "no_such_column", options={"key": "folio"}),
    # ── Tables ──────────────────────────────────────────────────────────────────────────────
    Case("thousands dots and decimal commas", _csv(POINTS), layer=FACILITIES, options={"crs": "EPSG:32719"}),
    Case("dots for thousands alone", _csv(b.table("E-1;Sede;sede_social;328.050;6.837.740\n")), layer=FACILITIES, options={"crs": "EPSG:32719"}, told="thousands_dots"),
    Case("table without a system", _csv(POINTS), "wrong_place", "crs_missing", layer=FACILITIES, remedy="--crs"),
    Case("table without coordinates", _csv("codigo;nombre;tipo\nE-1;Sede;sede_social\n"), "no_geometry_for_layer", layer=FACILITIES, remedy="COLUMNA_ESTE=x"),
    Case("East and North swapped", _csv(b.table("E-1;Sede;sede_social;6837740;328050\n")), "axes_swapped", layer=FACILITIES, says="6837740", remedy="--columns «norte=x,este=y»"),
    Case("one coordinate column said", _csv(POINTS), "half_coordinates", layer=FACILITIES, options={"columns": {"este": "x"}}),
    Case("text for a coordinate", _csv(POINTS + "E-9;Sede;sede_social;s/n;6.837.740,5\n"), "invalid_data", "coordinate_bad", layer=FACILITIES, options={"crs": "EPSG:32719"}, row=4, says="«s/n»"),
    Case("coordinates missing", _csv(POINTS + "E-9;Sede;sede_social;;\n"), layer=FACILITIES, options={"crs": "EPSG:32719"}, told="geometry_missing", row=4, rejected=1),
    Case("uneven row", _csv(POINTS + "E-9;Sede; con coma; de más;sede_social;1;2\n"), "invalid_data", "row_uneven", layer=FACILITIES, options={"crs": "EPSG:32719"}, row=4),
    Case("degrees, minutes and seconds", _csv("código,nombre,tipo,latitud,longitud\nE-1,Sede,Sede social,28° 34' 35\" S,70° 45' 30\" O\n"), layer=FACILITIES),
    Case("Latin-1 table", _csv("código;nombre;tipo;latitud;longitud\nE-1;Peñón;Sede social;-28,5765;-70,7585\n", "cp1252"), layer=FACILITIES, told="encoding_found"),
    Case("UTF-16 table", _csv("codigo\tnombre\ttipo\tlat\tlon\nE-1\tPeñón\tsede_social\t-28.5765\t-70.7585\n", "utf-16"), layer=FACILITIES),
    Case("title over the heading", _csv("LISTADO DE SEDES;;;;\n;;;;\n" + POINTS), layer=FACILITIES, options={"crs": "EPSG:32719"}, told="preface_skipped"),
    Case("merged heading in Excel", lambda d: b.workbook(d / "a.xlsx", [["SEDES"], ["codigo", "nombre", "tipo", "COORDENADAS UTM", None], [None, None, None, "ESTE", "NORTE"], ["E-1", "Sede", "Sede social", 328050.5, 6837740.2]]), layer=FACILITIES, options={"crs": "EPSG:32719"}, told="heading_merged", says="ESTE, NORTE"),
    Case("several sheets", lambda d: b.workbook(d / "a.xlsx", [["codigo", "lat", "lon"], ["1", -28.5, -70.7]], more={"Hoja2": [["codigo"], ["2"]]}), "sheets", layer=FACILITIES, says="Hoja1, Hoja2", remedy="--source-layer"),
    Case("formula without its result", lambda d: b.workbook(d / "a.xlsx", [["codigo", "nombre", "tipo", "lat", "lon"], ["E-1", "=A2&\"x\"", "sede_social", -28.5765, -70.7585]]), "invalid_data", "formula_unsaved", layer=FACILITIES, says="A2", remedy="guárdelo"),
    Case("error in a cell", lambda d: b.workbook(d / "a.xlsx", [["codigo", "nombre", "tipo", "lat", "lon"], ["E-1", "#REF!", "sede_social", -28.5765, -70.7585]]), "invalid_data", "cell_error", layer=FACILITIES, says="#REF!"),
    Case("Excel's serial dates", _frame(last_inspection=[45000, 45001, 45002]), told="excel_date"),
    Case("empty workbook", lambda d: b.workbook(d / "a.xlsx", []), "file_empty", layer=FACILITIES),
    Case("blank lines", _csv(POINTS + ";;;;\n;;;;\n"), layer=FACILITIES, options={"crs": "EPSG:32719"}, told="blank_rows", count=2),
    Case("HTML tables in a KML", lambda d: b.kml(d / "a.kml", b.placemark("P", b.kml_polygon(b.square()), "<![CDATA[<table><tr><td>Código</td><td>AV-9</td></tr><tr><td>Tipo</td><td>Plaza</td></tr></table>]]>")), told="html_table", says="Código, Tipo"),
    Case("names cut to ten letters", lambda d: b.zipped_shapefile(d, b.squares(vegetated_=[1.0, 2.0, 3.0], last_inspe=["2024-01-01"] * 3))),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_broken_file(case: Case, workshop: Database, tmp_path: Path) -> None:
    """The file is diagnosed as the table says, told in both languages, and leaves nothing."""
    path = case.make(tmp_path)
    before = _count(workshop, case.layer)
    receipt: Receipt | None = None
    try:
        receipt = import_file(workshop, path, layer=case.layer, dry_run=True, **case.options)
    except SitplanError as error:
        assert error.code == case.error, f"{error.code}: {error} {getattr(error, 'report', '')}"
        _told_whole(error)
        report = error.report if isinstance(error, InvalidData) else None
        if case.told is None:
            assert case.says in error.message(), error.message()
            assert case.remedy in error.hint(), error.hint()
    else:
        assert case.error is None, receipt.as_dict("es")
        report = receipt.report
        assert not report.is_refused
        assert receipt.layers[case.layer].rejected == case.rejected
    if case.told is not None:
        assert report is not None
        found = [p for p in report.problems if p.code == case.told]
        assert found, [(p.code, p.message["es"]) for p in report.problems]
        fitting = [
            p for p in found
            if case.says in p.message["es"] and case.remedy in p.hint.get("es", "")
            and case.row in (None, p.row) and case.count in (None, p.count)
        ]  # fmt: skip
        assert fitting, [(p.row, p.count, p.message["es"], p.hint) for p in found]
        for problem in report.problems:
            for lang in LANGUAGES:
                assert problem.message[lang] and "{" not in problem.message[lang]
    assert _count(workshop, case.layer) == before


def test_the_table_is_long_enough() -> None:
    """At least forty kinds of broken files, each diagnosed by its own name."""
    assert len({c.told or c.error for c in CASES}) >= 40
    assert len({c.name for c in CASES}) == len(CASES)


def _told_whole(error: SitplanError) -> None:
    for lang in LANGUAGES:
        assert error.message(lang)
        assert "{" not in error.message(lang) + error.hint(lang)


def _count(database: Database, layer: str) -> int:
    return int(database.fetch(f'SELECT count(*) FROM layers."{layer}"')[0][0])
