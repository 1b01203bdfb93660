"""The made-up ground under the drawn town as a raster: what its streets climb."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

from .land import heights
from .output import NOTE

CELL_M = 25
HALF_M = (4_000, 2_500)
"""From the middle of the town to the raster's sides: the villages lie beyond, on flat ground."""

DECIMETRE = 0.1


def write_heights(path: Path, middle: tuple[float, float], storage_crs: int) -> tuple[int, int]:
    """Write heights around `middle` in whole decimetres; returns rows and columns.

    Parameters
    ----------
    path
        The GeoTIFF, at most a megabyte.
    middle
        Metres of the storage CRS.
    storage_crs
        EPSG code.
    """
    east, north = (round(m / CELL_M) * CELL_M + h for m, h in zip(middle, HALF_M, strict=True))
    west, south = (e - 2 * h for e, h in zip((east, north), HALF_M, strict=True))
    x = np.arange(west + CELL_M / 2, east, CELL_M)
    y = np.arange(north - CELL_M / 2, south, -CELL_M)
    grid = heights(*np.meshgrid(x, y))
    with rasterio.open(
        path, "w", driver="GTiff", width=len(x), height=len(y), count=1, dtype="int16",
        crs=f"EPSG:{storage_crs}", transform=Affine(CELL_M, 0, west, 0, -CELL_M, north),
        compress="deflate", predictor=2, zlevel=9,
    ) as file:  # fmt: skip
        file.write(np.rint(grid / DECIMETRE).astype("int16"), 1)
        file.scales, file.offsets = (DECIMETRE,), (0.0,)
        file.update_tags(TIFFTAG_IMAGEDESCRIPTION=NOTE)
    return grid.shape
