"""Slopes come from a raster, and change who arrives when: by hand, by direction, by profile."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from sitplan.analysis.heights import Heights, read_heights
from sitplan.analysis.network import build_network
from sitplan.analysis.paths import nearest
from sitplan.analysis.profiles import PROFILES, effort
from sitplan.errors import WrongCrs

from .drawn import CRS, points, roads, seed

ADULT, LIMITED = PROFILES["adult"], PROFILES["reduced_mobility"]


def plane(
    east: float = 0.0, north: float = 0.0, cell: float = 10.0, half: float = 1000.0
) -> Heights:
    """A tilted plain about the origin, so far each way, rising so much a metre."""
    n = int(2 * half / cell)
    middle = -half + cell * (np.arange(n) + 0.5)
    grid = 500 + east * middle[None, :] + north * middle[::-1][:, None]
    return Heights(grid, -half, half, cell, "hand")


def test_heights_between_cells_are_bilinear_and_outside_unknown() -> None:
    x, y = np.array([3.0, -77.5, 2000.0]), np.array([4.0, 12.0, 0.0])
    found = plane(0.1, -0.05).at(x, y)
    assert found[:2] == pytest.approx(500 + 0.1 * x[:2] - 0.05 * y[:2])
    assert np.isnan(found[2])


def test_toblers_function_by_direction() -> None:
    # exp(3.5 (|s + 0.05| - 0.05)): up 10 % 1.4191, down 10 % 1, down 5 % 0.8395, flat 1
    told = effort(np.array([0.1, -0.1, -0.05, 0.0, np.nan]))
    assert told == pytest.approx([1.41907, 1.0, 0.83946, 1.0, 1.0], abs=1e-5)


def test_uphill_takes_longer_than_back_and_both_differ_from_flat() -> None:
    street = roads([(0, 0), (100, 0)])
    flat, hill = build_network(street), build_network(street, heights=plane(east=0.1))
    ends = points(low=(0, 0), high=(100, 0))
    up, down = (
        nearest(hill.graph(ADULT), ends[:1], ends[1:]),
        nearest(hill.graph(ADULT), ends[1:], ends[:1]),
    )
    level = nearest(flat.graph(ADULT), ends[:1], ends[1:])["seconds"].iloc[0]
    assert level == pytest.approx(100 / 1.2)
    assert up["seconds"].iloc[0] == pytest.approx(level * 1.41907, rel=1e-5)
    assert down["seconds"].iloc[0] == pytest.approx(level)
    assert hill.edges["climb_m"].tolist() == pytest.approx([10])
    assert hill.edges["drop_m"].tolist() == pytest.approx([0])
    told = {"source": "hand", "cell_m": 10.0, "covered_pct": 100.0}
    assert hill.relief is not None and hill.relief.items() >= told.items()
    assert len(str(hill.relief["sha256"])) == 64
    assert not hill.is_flat
    # half of it beyond the raster is flat, and it is said
    out = build_network(roads([(900, 0), (1100, 0)]), heights=plane(east=0.1))
    assert out.relief is not None and out.relief["covered_pct"] == pytest.approx(50, abs=6)


def test_slope_changes_which_is_nearest() -> None:
    # 100 m up at 20 % are worth 201 flat ones; 150 m on the level are nearer
    street = roads([(-150, 0), (0, 0)], [(0, 0), (100, 0)])
    ridge = plane()
    ridge.grid[:, 100:] += 0.2 * (np.arange(100) * 10 + 5)
    here, goals = points(home=(0, 0)), points(up=(100, 0), level=(-150, 0))
    assert nearest(build_network(street).graph(ADULT), here, goals)["target"].tolist() == ["up"]
    hill = build_network(street, heights=ridge).graph(ADULT)
    assert nearest(hill, here, goals)["target"].tolist() == ["level"]


def test_what_is_too_steep_is_barred_for_reduced_mobility_alone() -> None:
    street = roads([(0, 0), (100, 0)])
    ends = points(a=(0, 0), b=(100, 0))
    for slope, passes in ((0.07, True), (0.09, False)):
        hill = build_network(street, heights=plane(east=slope))
        reached = nearest(hill.graph(LIMITED), ends[:1], ends[1:])["target"].notna().iloc[0]
        assert reached == passes
        assert nearest(hill.graph(ADULT), ends[:1], ends[1:])["target"].notna().all()


def test_a_bridge_runs_level_over_the_gorge() -> None:
    gorge = plane()
    gorge.grid[:, 103:107] -= 40
    over = roads(([(0, 0), (100, 0)], {"bridge": True}))
    assert build_network(over, heights=gorge).edges["steepest_pct"].max() < 1e-9
    assert build_network(roads([(0, 0), (100, 0)]), heights=gorge).edges["steepest_pct"].max() > 50


def test_what_joins_two_storeys_at_one_place_has_no_slope() -> None:
    streets = seed("roads")
    net = build_network(streets)
    assert (shapely.length(net.lines) == 0).any()  # the demonstration has such places
    west, south, *_ = streets.total_bounds
    hill = Heights(np.tile(np.arange(400.0), (400, 1)), west, south + 40_000, 100.0, "made up")
    sloped = build_network(streets, heights=hill)
    assert np.isfinite(sloped.edges[["effort_ab", "effort_ba", "steepest_pct"]]).all(axis=None)


def test_a_bridge_that_falls_changes_what_is_reached() -> None:
    town = roads(
        [(0, 0), (100, 0)], ([(100, 0), (200, 0)], {"bridge": True}), [(200, 0), (300, 0)],
        [(100, 0), (100, 300), (200, 300), (200, 0)],
    )  # fmt: skip
    net, ends = build_network(town), points(a=(0, 0), b=(300, 0))
    whole = nearest(net.graph(ADULT), ends[:1], ends[1:], cost="metres")
    fallen = nearest(net.graph(ADULT, closed=["R1"]), ends[:1], ends[1:], cost="metres")
    both = nearest(net.graph(ADULT, closed=["R1", "R3"]), ends[:1], ends[1:], cost="metres")
    assert whole["metres"].tolist() == [300] and fallen["metres"].tolist() == [900]
    assert both["target"].isna().all()


def test_barred_surfaces_are_barred() -> None:
    from dataclasses import replace

    way = roads(([(0, 0), (100, 0)], {"surface": "earth"}))
    careful = replace(LIMITED, barred_surfaces=frozenset({"earth"}))
    assert np.isfinite(build_network(way).graph(LIMITED).seconds).all()
    assert np.isinf(build_network(way).graph(careful).seconds).all()


def write(path: Path, crs: str = CRS, *, width: float = 10.0, tags: bool = True) -> Path:
    """A raster of whole decimetres, with a hole in its first corner."""
    grid = np.full((5, 4), 4321, dtype="int16")
    grid[0, 0] = -9999
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=5, count=1, dtype="int16", crs=crs,
        transform=Affine(width, 0, 0, 0, -10, 50), nodata=-9999,
    ) as file:  # fmt: skip
        file.write(grid, 1)
        file.scales, file.offsets = (0.1,), (100.0,)
        if tags:
            file.update_tags(TIFFTAG_IMAGEDESCRIPTION="drawn by hand")
    return path


def test_a_geotiff_is_read_with_its_scale_its_holes_and_its_words(tmp_path: Path) -> None:
    heights = read_heights(write(tmp_path / "h.tif"), crs=CRS)
    assert heights.grid.shape == (5, 4) and np.isnan(heights.grid[0, 0])
    assert heights.at(np.array([25.0]), np.array([15.0])) == pytest.approx([532.1])
    assert heights.told() == {
        "source": "drawn by hand", "cell_m": 10.0,
        "sha256": hashlib.sha256((tmp_path / "h.tif").read_bytes()).hexdigest(),
    }  # fmt: skip
    assert read_heights(write(tmp_path / "n.tif", tags=False), crs=CRS).source == "n.tif"
    assert read_heights(tmp_path / "h.tif", crs=CRS, source="IGM").source == "IGM"


@pytest.mark.parametrize("wrong", [{"crs": "EPSG:32718"}, {"width": 12.0}])
def test_another_system_or_long_cells_are_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(WrongCrs, match="alturas"):
        read_heights(write(tmp_path / "h.tif", **wrong), crs=CRS)


def test_heights_are_part_of_the_key() -> None:
    street = roads([(0, 0), (100, 0)])
    keys = {build_network(street, heights=h).key for h in (None, plane(), plane(east=0.1))}
    assert len(keys) == 3
