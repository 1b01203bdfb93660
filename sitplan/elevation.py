"""The heights of the ground as they are given away: what is told of the raster, and its bytes.

Who reads an instance by its address computes slopes from the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sitplan.analysis.heights import read_heights
from sitplan.catalogue import Catalogue
from sitplan.errors import NotFound, Refused
from sitplan.relief import heights_file

MEDIA_TYPE: Final = "image/tiff; application=geotiff"
LARGEST_BYTES: Final = 64 << 20
"""A larger raster is not given away: analyses on it are asked as processes."""


@dataclass(frozen=True, slots=True)
class Raster:
    """A raster of heights as it is offered.

    Parameters
    ----------
    name
        Of the file.
    body
        The GeoTIFF as it stands beside the declarations, byte by byte.
    told
        `source`, `licence`, `illustrative`, `cell_m`, `columns`, `rows`, `bbox` (degrees),
        `crs`, `bytes`, `sha256`.
    """

    name: str
    body: bytes
    told: dict[str, Any]


def raster_of(catalogue: Catalogue, folder: Path) -> Raster:
    """The raster that the territory names, whole.

    Raises
    ------
    NotFound
        ``no_heights`` where the ground is taken as flat.
    Refused
        ``heights_too_large``.
    UnreadableFile
        ``heights_missing``, ``heights_unreadable``.
    WrongCrs
        ``heights_crs``.
    """
    from pyproj import Transformer

    said = catalogue.heights
    if said is None:
        raise NotFound("no_heights")
    path = heights_file(said, folder)
    if path.stat().st_size > LARGEST_BYTES:
        raise Refused("heights_too_large", most=LARGEST_BYTES >> 20)
    srid = catalogue.territory.storage_crs
    heights = read_heights(path, crs=f"EPSG:{srid}", source=said.get("source"))
    body = path.read_bytes()
    rows, columns = heights.grid.shape
    east = heights.west + columns * heights.cell_m
    south = heights.north - rows * heights.cell_m
    carry = Transformer.from_crs(srid, 4326, always_xy=True)
    box = carry.transform_bounds(heights.west, south, east, heights.north)
    told = {
        **heights.told(),
        "licence": said.get("licence"),
        "illustrative": bool(said.get("illustrative")),
        "columns": columns,
        "rows": rows,
        "crs": f"http://www.opengis.net/def/crs/EPSG/0/{srid}",
        "bbox": [round(v, 6) for v in box],
        "bytes": len(body),
    }
    return Raster(path.name, body, told)
