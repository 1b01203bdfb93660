"""The relief of the ground as one quiet picture, lit from the north-west, to lie on the land.

It is made of the raster that the territory names, in the projection of web maps, so that a map
needs its four corners alone. Flat ground, and ground of which nothing is known, is transparent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sitplan.catalogue import Catalogue
from sitplan.errors import NotFound
from sitplan.relief import heights_file, heights_sum

MOST_PX: Final = 1024
_WEB: Final = 3857
_ALTITUDE, _AZIMUTH = np.radians(45.0), np.radians(315.0)
_LEAST_CONTRAST = 0.08  # gentle ground stays gentle
_EDGE = 0.08  # the part of the longer side over which it begins
_LEVELS = 24
INKS: Final = {
    "day": (((0x4A, 0x3B, 0x28), 0.20), ((0xFF, 0xFF, 0xFF), 0.55)),
    "dark": (((0x00, 0x00, 0x00), 0.34), ((0xC9, 0xD6, 0xDC), 0.10)),
    "print": (((0x4A, 0x3B, 0x28), 0.14), ((0xFF, 0xFF, 0xFF), 0.0)),
}
"""Of each theme, colour and greatest opacity of the shade and of the light."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the picture lies, and in how many cells.

    Parameters
    ----------
    columns, rows
        Of the picture, at most `MOST_PX`.
    west, north, cell
        Upper left corner and side of a cell, in the units of web maps.
    corners
        Longitude and latitude, from the upper left clockwise.
    """

    columns: int
    rows: int
    west: float
    north: float
    cell: float
    corners: tuple[tuple[float, float], ...]


def relief_frame(catalogue: Catalogue, folder: Path) -> Frame:
    """Where the picture of the territory's relief lies: known without reading a height.

    Raises
    ------
    NotFound
        ``no_heights`` where the ground is taken as flat.
    UnreadableFile
        ``heights_missing``, ``heights_unreadable``.
    WrongCrs
        ``heights_crs``.
    """
    return _frame(*_raster(catalogue, folder))


def relief_picture(catalogue: Catalogue, folder: Path, theme: str) -> bytes:
    """The relief as a PNG in a theme's ink and light; raises what `relief_frame` does."""
    return _picture(*_raster(catalogue, folder), theme)


def _raster(catalogue: Catalogue, folder: Path) -> tuple[Path, str, int]:
    said = catalogue.heights
    if said is None:
        raise NotFound("no_heights")
    return heights_file(said, folder), heights_sum(said, folder), catalogue.territory.storage_crs


@lru_cache(maxsize=4)
def _frame(path: Path, _tag: str, srid: int) -> Frame:
    return frame_of(path, srid)


@lru_cache(maxsize=2 * len(INKS))
def _picture(path: Path, tag: str, srid: int, theme: str) -> bytes:
    return painted(shade_in(path, _frame(path, tag, srid)), theme)


def frame_of(path: Path, srid: int) -> Frame:
    """The frame of a raster in the system `srid`, in the projection of web maps."""
    from pyproj import Transformer

    from sitplan.analysis.heights import open_heights

    with open_heights(path, crs=f"EPSG:{srid}") as file:
        away = Transformer.from_crs(srid, _WEB, always_xy=True)
        west, south, east, north = away.transform_bounds(*file.bounds)
        most = min(MOST_PX, max(file.width, file.height))
    cell = max(east - west, north - south) / most
    columns, rows = (max(round(d / cell), 2) for d in (east - west, north - south))
    carry = Transformer.from_crs(_WEB, 4326, always_xy=True)
    east, south = west + cell * columns, north - cell * rows
    places = ((west, north), (east, north), (east, south), (west, south))
    corners = tuple((round(x, 7), round(y, 7)) for x, y in (carry.transform(*p) for p in places))
    return Frame(columns, rows, west, north, cell, corners)


def shade_in(path: Path, frame: Frame) -> Floats:
    """(rows, columns) −1 to 1 of a raster: in the shade, level, in the light."""
    import rasterio
    from rasterio import Affine
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import Resampling

    placed = {
        "crs": f"EPSG:{_WEB}",
        "transform": Affine(frame.cell, 0, frame.west, 0, -frame.cell, frame.north),
        "width": frame.columns,
        "height": frame.rows,
    }
    with rasterio.open(path) as file:
        is_finer = max(file.width, file.height) > MOST_PX
        how = Resampling.average if is_finer else Resampling.bilinear
        with WarpedVRT(file, resampling=how, dtype="float64", nodata=np.nan, **placed) as warped:
            heights = warped.read(1) * file.scales[0] + file.offsets[0]
    (_, north), _, (_, south), _ = frame.corners
    return shade_of(heights, frame.cell * float(np.cos(np.radians((north + south) / 2))))


def painted(shade: Floats, theme: str) -> bytes:
    """The picture in a theme's ink and light; few levels of opacity, so that it is small."""
    from PIL import Image

    step = np.rint(np.abs(shade) * _LEVELS).astype(np.uint8)
    index = np.where(shade < 0, step, np.where(step > 0, step + _LEVELS, 0)).astype(np.uint8)
    colours, opacities = [(0, 0, 0)], [0]
    for colour, most in INKS[theme]:
        colours += [colour] * _LEVELS
        opacities += [round(255 * most * n / _LEVELS) for n in range(1, _LEVELS + 1)]
    picture, made = Image.fromarray(index, "P"), BytesIO()
    picture.putpalette([part for colour in colours for part in colour])
    picture.save(made, "PNG", optimize=True, transparency=bytes(opacities))
    return made.getvalue()


def shade_of(heights: Floats, cell_m: float) -> Floats:
    """How much lighter (1) or darker (−1) than level ground each cell of a north-up grid is."""
    from scipy.ndimage import distance_transform_edt

    if min(heights.shape) < 2:
        return np.zeros_like(heights)
    down, right = np.gradient(heights, cell_m)
    steep = np.arctan(np.hypot(right, down))
    facing = np.arctan2(-right, down)  # downhill, clockwise from north
    lit = np.cos(_ALTITUDE) * np.sin(steep) * np.cos(_AZIMUTH - facing)
    found = lit + np.sin(_ALTITUDE) * (np.cos(steep) - 1)
    known: NDArray[np.bool_] = np.isfinite(found)
    if not known.any():
        return np.zeros_like(heights)
    full = max(float(np.percentile(np.abs(found[known]), 99)), _LEAST_CONTRAST)
    # a picture without an edge: it begins where the ground begins to be known
    away = distance_transform_edt(np.pad(known, 1))[1:-1, 1:-1] - 1
    begun = np.clip(away / (max(heights.shape) * _EDGE), 0, 1)
    return np.asarray(np.where(known, np.clip(found / full, -1, 1), 0.0) * begun)
