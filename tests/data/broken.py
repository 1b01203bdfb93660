"""Files as offices send them: broken, misnamed, displaced. Each function writes one and says where.

Nothing here is real: a few squares and streets near a place inside the territory's box.
"""

from __future__ import annotations

import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import openpyxl
import pandas
import pyogrio
import shapely
from geopandas import GeoDataFrame
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

EAST, NORTH = 328_000.0, 6_837_700.0
STORAGE = 32719
UTM_18 = 32718
LON_LAT = 4326

Make = Callable[[Path], Path]


# ── Shapes ──────────────────────────────────────────────────────────────────────────────────


def square(nth: int = 0, *, side: float = 40.0, dx: float = 0.0, dy: float = 0.0) -> BaseGeometry:
    """The nth of a row of squares, in metres of the storage CRS."""
    x, y = EAST + 100 * nth + dx, NORTH + dy
    return shapely.box(x, y, x + side, y + side)


def squares(count: int = 3, **columns: Any) -> GeoDataFrame:
    """A few squares with the columns that a green area needs."""
    data = {
        "code": [f"AV-{i + 1}" for i in range(count)],
        "name": [f"Plaza {i + 1}" for i in range(count)],
        "kind": ["plaza"] * count,
        **columns,
    }
    return GeoDataFrame(data, geometry=[square(i) for i in range(count)], crs=STORAGE)


def streets(count: int = 14, *, seed: int = 5) -> list[BaseGeometry]:
    """An irregular net of streets: no two blocks alike, so that nothing fits it but itself."""
    chance = np.random.default_rng(seed)
    xs = EAST + np.cumsum(chance.uniform(70, 160, count))
    ys = NORTH + np.cumsum(chance.uniform(70, 160, count))
    net = np.stack(np.meshgrid(xs, ys), axis=-1) + chance.uniform(-18, 18, (count, count, 2))
    lines = [shapely.LineString(net[i, j : j + 2]) for i in range(count) for j in range(count - 1)]
    lines += [shapely.LineString(net[j : j + 2, i]) for i in range(count) for j in range(count - 1)]
    return lines


def blocks_between(lines: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The blocks that streets leave between them, their corners six metres from the axes."""
    areas = shapely.get_parts(shapely.polygonize(lines))
    return [a for a in shapely.buffer(areas, -6, join_style="mitre") if not a.is_empty]


def road_frame(shapes: Sequence[BaseGeometry], *, crs: int = STORAGE) -> GeoDataFrame:
    """Streets with the columns that a road needs."""
    codes = [f"C-{i}" for i in range(len(shapes))]
    return GeoDataFrame({"code": codes, "class": "residential"}, geometry=list(shapes), crs=crs)


def moved(shapes: Sequence[BaseGeometry], dx: float, dy: float) -> list[BaseGeometry]:
    """The shapes displaced by so many metres."""
    return [shapely.transform(s, lambda p: p + np.array([dx, dy])) for s in shapes]


# ── Writers ─────────────────────────────────────────────────────────────────────────────────


def write(frame: GeoDataFrame, path: Path, **options: Any) -> Path:
    """A frame as the format that the path's suffix says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's remarks on what is meant to be wrong
        pyogrio.write_dataframe(frame, path, **options)
    return path


def geojson(path: Path, features: list[dict[str, Any]], **members: Any) -> Path:
    """A GeoJSON of ready features."""
    path.write_text(
        json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8"
    )
    return path


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """One GeoJSON feature with the columns that a green area needs."""
    known = {"code": "AV-1", "name": "Plaza 1", "kind": "plaza", **properties}
    return {"type": "Feature", "properties": known, "geometry": geometry}


def lon_lat(shape: BaseGeometry) -> BaseGeometry:
    """A shape of the storage CRS in longitude and latitude."""
    return carried(shape, STORAGE, LON_LAT)


def carried(shape: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """A shape in another system by PROJ's own choice."""
    way = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(shape, lambda p: np.column_stack(way.transform(p[:, 0], p[:, 1])))


def ring(shape: BaseGeometry) -> list[list[float]]:
    """The outline of a polygon in longitude and latitude."""
    return shapely.get_coordinates(lon_lat(shape)).tolist()


def zipped(path: Path, *members: Path, names: Sequence[str] | None = None) -> Path:
    """A ZIP of files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, member in enumerate(members):
            archive.write(member, names[i] if names else member.name)
    return path


def shapefile(folder: Path, frame: GeoDataFrame, name: str = "capa", **options: Any) -> Path:
    """A shapefile in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return write(frame, folder / f"{name}.shp", **options)


def zipped_shapefile(
    folder: Path,
    frame: GeoDataFrame,
    *,
    without: Sequence[str] = (),
    name: str = "capa",
    **options: Any,
) -> Path:
    """A zipped shapefile without some of its parts."""
    shapefile(folder / name, frame, name, **options)
    parts = [p for p in sorted((folder / name).iterdir()) if p.suffix not in without]
    return zipped(folder / f"{name}.zip", *parts)


def text_dbf(path: Path, encoding: str) -> None:
    """Write the letters of a DBF that was made in UTF-8 in another encoding, as old programs do."""
    raw = path.read_bytes()
    header = struct.unpack("<H", raw[8:10])[0]
    width = struct.unpack("<H", raw[10:12])[0]
    out = bytearray(raw[:header])
    fields, at = [], 1
    for i in range((header - 33) // 32):
        head = raw[32 + 32 * i : 64 + 32 * i]
        fields.append((at, head[16], head[11:12]))
        at += head[16]
    for start in range(header, len(raw) - width + 1, width):
        record = bytearray(raw[start : start + width])
        for begin, length, kind in fields:
            if kind == b"C":
                text = bytes(record[begin : begin + length]).decode("utf-8").rstrip()
                record[begin : begin + length] = text.encode(encoding).ljust(length)[:length]
        out += record
    path.write_bytes(bytes(out) + raw[len(out) :])
    path.with_suffix(".cpg").unlink(missing_ok=True)


def encoded_shapefile(folder: Path, encoding: str, names: Sequence[str]) -> Path:
    """A shapefile without .cpg whose names are in another encoding."""
    frame = squares(len(names), name=list(names))
    path = shapefile(folder, frame, encoding="UTF-8")
    text_dbf(path.with_suffix(".dbf"), encoding)
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    raw[29] = 0  # nothing about the language either
    path.with_suffix(".dbf").write_bytes(bytes(raw))
    return path


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text table."""
    path.write_text(text, encoding=encoding, newline="")
    return path


def workbook(
    path: Path, rows: Sequence[Sequence[Any]], *, more: dict[str, Any] | None = None
) -> Path:
    """A workbook of one sheet, or several."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Hoja1"
    for row in rows:
        sheet.append(list(row))
    for title, others in (more or {}).items():
        other = book.create_sheet(title)
        for row in others:
            other.append(list(row))
    book.save(path)
    return path


def kml(path: Path, placemarks: str, *, head: str = "") -> Path:
    """A KML as Google Earth writes it."""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>Prueba</name><Folder><name>Plazas</name>{placemarks}</Folder></Document></kml>",
        encoding="utf-8",
    )
    return path


def placemark(name: str, geometry: str, description: str = "", **data: str) -> str:
    """One placemark with extended data."""
    extra = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in data.items())
    return (
        f"<Placemark><name>{name}</name><description>{description}</description>"
        f"<ExtendedData>{extra}</ExtendedData>{geometry}</Placemark>"
    )


def kml_polygon(shape: BaseGeometry, *, closed: bool = True, height: float | None = None) -> str:
    """A polygon of KML, its ring left open if asked."""
    points = ring(shape)
    tail = "" if height is None else f",{height}"
    text = " ".join(f"{x},{y}{tail}" for x, y in (points if closed else points[:-1]))
    return (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{text}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )


def drawing(
    path: Path, outlines: Sequence[Sequence[tuple[float, float]]], *, closed: bool = True,
    layer: str = "AREAS VERDES", labels: Sequence[str] = (), scale: float = 1.0,
) -> Path:  # fmt: skip
    """A DXF of polylines on one layer, with labels beside them."""
    doc = ezdxf.new("R2010")
    space = doc.modelspace()
    for outline in outlines:
        points = [(x * scale, y * scale) for x, y in outline]
        space.add_lwpolyline(points, close=closed, dxfattribs={"layer": layer})
    for i, text in enumerate(labels):
        space.add_text(text, dxfattribs={"layer": "TEXTOS"}).set_placement(
            (EAST * scale, (NORTH + 10 * i) * scale)
        )
    doc.saveas(path)
    return path


def outline(shape: BaseGeometry) -> list[tuple[float, float]]:
    """The corners of a polygon, the first not repeated."""
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape)[:-1]]


def nearly_closed(shape: BaseGeometry, *, gap: float = 0.5) -> list[tuple[float, float]]:
    """The corners of a polygon as a line whose end misses its beginning by a little."""
    corners = outline(shape)
    return [*corners, (corners[0][0], corners[0][1] + gap)]


# ── Tables of points ────────────────────────────────────────────────────────────────────────

HEADING = "codigo;nombre;tipo;este;norte"


def table(rows: str, heading: str = HEADING) -> str:
    """A semicolon table of facilities."""
    return heading + "\n" + rows


def point_rows(count: int = 3) -> str:
    """Rows of points in the manner of Chilean spreadsheets."""
    return "".join(
        f"E-{i};Sede {i};sede_social;{328_000 + 50 * i}".replace(",", ".")
        + f",25;{6_837_700 + 40 * i},5\n"
        for i in range(1, count + 1)
    )


def curved(folder: Path) -> Path:
    """A GeoPackage with an area bounded by an arc, which GEOS cannot hold."""
    path = write(squares(1), folder / "curva.gpkg", layer="areas", geometry_type="Unknown")
    x, y = EAST, NORTH
    wkb = struct.pack("<BII", 1, 10, 1)  # CurvePolygon of one ring
    wkb += struct.pack("<BII", 1, 9, 2)  # a CompoundCurve of two pieces
    wkb += struct.pack("<BII6d", 1, 8, 3, x, y, x + 20, y + 20, x + 40, y)
    wkb += struct.pack("<BII4d", 1, 2, 2, x + 40, y, x, y)
    head = b"GP\x00\x01" + struct.pack("<i", STORAGE)
    import sqlite3

    with sqlite3.connect(path) as link:
        link.create_function("ST_IsEmpty", 1, lambda _: 0)
        for name, sign in (
            ("ST_MinX", x),
            ("ST_MaxX", x + 40),
            ("ST_MinY", y),
            ("ST_MaxY", y + 20),
        ):
            link.create_function(name, 1, lambda _, value=sign: value)
        link.execute("UPDATE areas SET geom = ?", (head + wkb,))
    link.close()
    return path


def frame_of(points: Sequence[tuple[float, float]], *, crs: int | None) -> GeoDataFrame:
    """Facilities at the given places."""
    count = len(points)
    return GeoDataFrame(
        {
            "code": [f"E-{i}" for i in range(count)],
            "name": [f"Sede {i}" for i in range(count)],
            "kind": ["sede_social"] * count,
        },
        geometry=shapely.points(points),
        crs=crs,
    )


# ── Parts spoiled ───────────────────────────────────────────────────────────────────────────


def spoil(path: Path, suffix: str, content: bytes) -> Path:
    path.with_suffix(suffix).write_bytes(content)
    return path


def spoiled_name(raw: bytes) -> Make:
    """A shapefile with one name of bytes that two code pages read differently."""

    def make(folder: Path) -> Path:
        path = encoded_shapefile(folder, "cp1252", ["Cafx", "otra"])
        dbf = path.with_suffix(".dbf")
        dbf.write_bytes(dbf.read_bytes().replace(b"Cafx", raw))
        return path

    return make


def lying_cpg(folder: Path) -> Path:
    path = encoded_shapefile(folder, "cp1252", ["Ñuñoa", "Peñón", "Área"])
    path.with_suffix(".cpg").write_text("UTF-8")
    return path


def two_layers(folder: Path) -> Path:
    path = write(squares(), folder / "dos.gpkg", layer="plazas")
    return write(squares(), path, layer="parques")


def repeated(folder: Path) -> Path:
    frame = squares()
    return write(pandas.concat([frame, frame.iloc[[1]]]), folder / "a.gpkg")
