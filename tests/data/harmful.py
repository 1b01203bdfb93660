"""Files that mean harm: archives that unpack without end or outside, formats under false names."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from tests.data.broken import (
    kml,
    kml_polygon,
    placemark,
    shapefile,
    square,
    squares,
    zipped,
    zipped_shapefile,
)


def zip_truncated(folder: Path) -> Path:
    """Cut off while it was copied."""
    path = zipped_shapefile(folder, squares())
    path.write_bytes(path.read_bytes()[:-600])
    return path


def zip_bomb(folder: Path) -> Path:
    """Zeros without end."""
    path = folder / "grande.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("capa.geojson", "w") as member:
            for _ in range(100):
                member.write(b"\0" * 2**20)
    return path


def zip_lying(folder: Path) -> Path:
    """Says it holds little and unpacks into more: the sizes in its headers are false."""
    path = folder / "miente.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("capa.geojson", b" " * 5_000_000)
    raw = bytearray(path.read_bytes())
    small = struct.pack("<I", 1000)
    raw[22:26] = small
    central = raw.rfind(b"PK\x01\x02")
    raw[central + 24 : central + 28] = small
    path.write_bytes(bytes(raw))
    return path


def zip_traversal(folder: Path) -> Path:
    """A name that leads outside its folder."""
    path = folder / "fuera.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../capa.geojson", "{}")
    return path


def zip_encrypted(folder: Path) -> Path:
    """Says that a password is needed."""
    path = zipped_shapefile(folder, squares())
    raw = bytearray(path.read_bytes())
    at = 0
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(mark, at + 4)
    path.write_bytes(bytes(raw))
    return path


def zip_nested(folder: Path) -> Path:
    """An archive in an archive."""
    return zipped(folder / "doble.zip", zipped_shapefile(folder, squares()))


def zip_two(folder: Path) -> Path:
    """Two shapefiles in one archive."""
    for name in ("plazas", "parques"):
        shapefile(folder / "dos", squares(), name)
    return zipped(folder / "dos.zip", *sorted((folder / "dos").iterdir()))


def zip_report(folder: Path) -> Path:
    """A report where data should be."""
    (folder / "informe.pdf").write_bytes(b"%PDF-1.4")
    return zipped(folder / "informe.zip", folder / "informe.pdf")


def kml_bomb(folder: Path) -> Path:
    """Nine entities, each ten times the one before: a billion laughs."""
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<!DOCTYPE kml [<!ENTITY a0 "ja">{entities}]>'
    return kml(folder / "risa.kml", placemark("&a9;", kml_polygon(square())), head=head)


def geojson_vrt(folder: Path) -> Path:
    """Another format under GeoJSON's name, that would read any file of the machine."""
    path = folder / "otro.geojson"
    path.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/hostname</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    return path


def geojson_pipeline(folder: Path) -> Path:
    """A GDAL pipeline under GeoJSON's name, that would run what it says."""
    path = folder / "orden.geojson"
    path.write_text('{"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}')
    return path
