"""Heights of the ground, from the raster that the territory names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sitplan.analysis.profiles import effort
from sitplan.errors import UnreadableFile, WrongCrs
from sitplan.relief import file_sum

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Heights:
    """Metres above the sea on a grid of cells, north up.

    Parameters
    ----------
    grid
        (rows, columns) metres; NaN where nothing is known.
    west, north
        Outer corner of the first cell, metres of the storage CRS.
    cell_m
        Width of a cell, and its height.
    source
        Who measured it or drew it, as results repeat it.
    file_sum
        SHA-256 of the file that it was read from; empty where it was read from none.
    """

    grid: Floats
    west: float
    north: float
    cell_m: float
    source: str
    file_sum: str = ""

    @property
    def key(self) -> str:
        """Hash of the content."""
        place = f"{self.grid.shape} {self.west} {self.north} {self.cell_m}"
        head = f"{place} {self.source} {self.file_sum}"
        return hashlib.sha256(head.encode() + self.grid.tobytes()).hexdigest()

    def told(self) -> dict[str, object]:
        """Source, cell size and sum of the file, for a result's record."""
        return {
            "source": self.source,
            "cell_m": self.cell_m,
            "sha256": self.file_sum or self.key,
        }

    def at(self, x: Floats, y: Floats) -> Floats:
        """Heights of points, bilinear between the middles of cells; NaN outside."""
        rows, columns = self.grid.shape
        c, r = (x - self.west) / self.cell_m - 0.5, (self.north - y) / self.cell_m - 0.5
        outside = (c < -0.5) | (r < -0.5) | (c > columns - 0.5) | (r > rows - 0.5)
        c, r = np.clip(c, 0, columns - 1), np.clip(r, 0, rows - 1)
        c0, r0 = np.minimum(c.astype(int), columns - 2), np.minimum(r.astype(int), rows - 2)
        fc, fr = c - c0, r - r0
        g = self.grid
        top = g[r0, c0] * (1 - fc) + g[r0, c0 + 1] * fc
        low = g[r0 + 1, c0] * (1 - fc) + g[r0 + 1, c0 + 1] * fc
        return np.where(outside, np.nan, top * (1 - fr) + low * fr)


@contextmanager
def open_heights(path: Path, *, crs: object) -> Iterator[Any]:
    """The raster at `path`, open to be read: north up, square cells, in the system `crs`.

    Raises
    ------
    UnreadableFile
        ``heights_unreadable``.
    WrongCrs
        ``heights_crs`` where it is in another system, or turned.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        file = rasterio.open(path)
    except RasterioIOError as fault:
        raise UnreadableFile("heights_unreadable", file=path.name) from fault
    with file:
        t = file.transform
        if file.crs != crs or t.b or t.d or abs(t.a + t.e) > 1e-9:
            raise WrongCrs("heights_crs", file=path.name, crs=str(file.crs), wanted=str(crs))
        yield file


def read_heights(path: Path, *, crs: object, source: str | None = None) -> Heights:
    """The raster at `path`.

    Parameters
    ----------
    path
        A GeoTIFF of one band, north up, square cells; its scale and offset are honoured.
    crs
        The system it must be in: heights are not warped, for warping blurs slopes.
    source
        None takes the file's own words (TIFFTAG_IMAGEDESCRIPTION), else its name.

    Returns
    -------
    Heights
        Metres; NaN where the file holds none.

    Raises
    ------
    UnreadableFile, WrongCrs
        As `open_heights`.
    """
    with open_heights(path, crs=crs) as file:
        t = file.transform
        band = file.read(1, masked=True).astype("float64")
        grid = np.asarray((band * file.scales[0] + file.offsets[0]).filled(np.nan))
        said = source or file.tags().get("TIFFTAG_IMAGEDESCRIPTION") or path.name
        return Heights(grid, t.c, t.f, t.a, said, file_sum(path))


def climbs(
    lines: NDArray[np.object_], metres: Floats, level: NDArray[np.bool_], heights: Heights | None
) -> dict[str, Floats]:
    """What each line climbs, and what that is worth in flat metres in each sense.

    Parameters
    ----------
    lines
        LineStrings.
    metres
        Their lengths.
    level
        Lines whose middle is not the ground's: bridges and tunnels run straight from end to end.
    heights
        None, or NaN at a point, is flat.

    Returns
    -------
    dict
        `effort_ab`, `effort_ba` (metres), `climb_m`, `drop_m`, `steepest_pct`, and `sloped_m`, of
        how many metres heights are known; lines are looked at in steps of a cell at most.
    """
    zero = np.zeros(len(lines))
    if heights is None or not len(lines):
        return {"effort_ab": metres, "effort_ba": metres, "climb_m": zero, "drop_m": zero,
                "steepest_pct": zero, "sloped_m": zero}  # fmt: skip
    steps = np.array(lines, dtype=object)
    # what joins two storeys at one place has no length, and cannot be stepped along
    long = ~level & (shapely.length(steps) > heights.cell_m)
    steps[long] = shapely.segmentize(steps[long], heights.cell_m)
    ends = shapely.get_point(steps[level], 0), shapely.get_point(steps[level], -1)
    if level.any():
        xy = np.stack([shapely.get_coordinates(e) for e in ends], axis=1)
        steps[level] = shapely.linestrings(xy)
    xy, owner = shapely.get_coordinates(steps, return_index=True)
    z = heights.at(xy[:, 0], xy[:, 1])
    same = owner[1:] == owner[:-1]
    run, rise, owner = np.hypot(*np.diff(xy, axis=0).T)[same], np.diff(z)[same], owner[1:][same]
    # a curved bridge is longer than its chord
    chord = np.bincount(owner, weights=run, minlength=len(lines))
    run = np.maximum(run * (metres / np.maximum(chord, 1e-9))[owner], 1e-9)
    slope = rise / run

    def total(of: Floats) -> Floats:
        return np.bincount(owner, weights=np.nan_to_num(of), minlength=len(lines)).astype(float)

    steepest = np.zeros(len(lines))
    np.maximum.at(steepest, owner, np.nan_to_num(np.abs(slope)))
    return {
        "effort_ab": total(run * effort(slope)),
        "effort_ba": total(run * effort(-slope)),
        "climb_m": total(np.maximum(rise, 0)),
        "drop_m": total(np.maximum(-rise, 0)),
        "steepest_pct": 100 * steepest,
        "sloped_m": total(np.where(np.isnan(slope), 0.0, run)),
    }
