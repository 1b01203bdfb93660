"""The relief as a picture: light and shade where they belong, nothing where the ground is level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from sitplan.catalogue import Catalogue
from sitplan.errors import UnreadableFile, WrongCrs
from sitplan.hillshade import MOST_PX, Frame, frame_of, painted, shade_in, shade_of
from sitplan.style import THEMES

CELL = 25.0
QUIET = 38
"""How far of 255 the relief takes the land from its colour at most."""


def _relief(path: Path, srid: int) -> tuple[Frame, np.ndarray]:
    frame = frame_of(path, srid)
    return frame, shade_in(path, frame)


def _ridge(rows: int = 60, columns: int = 60) -> np.ndarray:
    """Ground that rises to a line from south-west to north-east: faces NW and SE."""
    row, column = np.mgrid[0:rows, 0:columns]
    return 600 - 3.0 * np.abs(row + column - (rows + columns) / 2) * CELL / 10


def test_the_side_of_the_light_is_light() -> None:
    shade = shade_of(_ridge(), CELL)
    assert shade[20, 20] > 0.5, "it faces north-west"
    assert shade[40, 40] < -0.5, "it faces south-east"
    assert np.abs(shade).max() <= 1
    steps = np.abs(np.diff(shade[20]))
    assert not shade[0].any() and not shade[:, -1].any() and steps[:5].max() < 0.3, "no edge"


def test_level_and_unknown_ground_is_left_alone() -> None:
    level = np.full((30, 40), 523.0)
    assert not shade_of(level, CELL).any()
    level[10:20, 10:20] = np.nan
    shade = shade_of(level, CELL)
    assert np.isfinite(shade).all() and not shade.any()
    assert not shade_of(np.full((5, 5), np.nan), CELL).any()


def test_gentle_ground_stays_gentle() -> None:
    assert np.abs(shade_of(500 + (_ridge() - 500) / 1000, CELL)).max() < 0.2


def _raster(path: Path, heights: np.ndarray, cell: float, srid: int) -> Path:
    rows, columns = heights.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
        crs=f"EPSG:{srid}", transform=Affine(cell, 0, 320_000, 0, -cell, 6_840_000), nodata=-9999,
    ) as file:  # fmt: skip
        file.write(heights.astype("float32"), 1)
    return path


def test_a_large_raster_becomes_a_picture_of_bounded_size(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    srid = catalogue.territory.storage_crs
    frame, shade = _relief(_raster(tmp_path / "large.tif", _ridge(1500, 2200), 10, srid), srid)
    assert max(frame.columns, frame.rows) == MOST_PX
    assert shade.shape == (frame.rows, frame.columns)
    holed = _ridge()
    holed[5:9, 40:44] = -9999
    frame, shade = _relief(_raster(tmp_path / "small.tif", holed, 250, srid), srid)
    assert 50 < max(frame.columns, frame.rows) < 80
    (west, north), _, (east, south), _ = frame.corners
    assert west < east and south < north
    assert shade[20, 20] > 0 > shade[40, 40], "light falls on the same side"
    assert np.isfinite(shade).all() and not shade[7, 42], "where nothing is known, nothing is drawn"
    rim = np.abs(np.concatenate([shade[:2].ravel(), shade[-2:].ravel(), shade[:, :2].ravel()]))
    assert rim.max() < 0.2, "the turned raster has no edge"


def test_a_raster_in_another_system_or_none_at_all_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    srid = catalogue.territory.storage_crs
    with pytest.raises(WrongCrs):
        frame_of(_raster(tmp_path / "other.tif", _ridge(), 25, 32618), srid)
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(UnreadableFile):
        frame_of(tmp_path / "text.tif", srid)


@pytest.mark.parametrize("theme", THEMES)
def test_the_picture_can_be_read_is_quiet_and_small(catalogue: Catalogue, theme: str) -> None:
    territory = catalogue.territory
    drawn = Path(__file__).parents[2] / "layers" / territory.facts["heights"]["file"]
    _, shade = _relief(drawn, territory.storage_crs)
    picture = painted(shade, theme)
    assert len(picture) < 60_000
    with (
        rasterio.MemoryFile(picture) as kept,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        kept.open() as file,
    ):
        index = file.read(1)
        table = file.colormap(1)
    assert index.shape == shade.shape and (index > 0).any()
    assert table[0][3] == 0, "level ground is transparent"
    dark = {table[i][:3] for i in np.unique(index[shade < -0.1])}
    light = {table[i][:3] for i in np.unique(index[shade > 0.1])}
    assert len(dark) == len(light) == 1 and dark != light
    land = np.array([int(catalogue.palette[theme]["land"][i : i + 2], 16) for i in (1, 3, 5)])
    for red, green, blue, opacity in table.values():
        over = np.abs(np.array((red, green, blue)) - land) * opacity / 255
        assert over.max() <= QUIET, (red, green, blue, opacity)
