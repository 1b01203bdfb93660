"""The whole town as tiles, z0 to z16, parcels, roads and blocks in one: ours against martin-cp."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sitplan.baked import path_of
from sitplan.crs import Box, carry_box
from sitplan.tiles import Tile
from tests.benchmarks import compare, town
from tests.benchmarks.ground import CHECKOUT, Ground
from tests.benchmarks.heats import OURS, Heat, Ratio
from tests.benchmarks.load import Sample
from tests.benchmarks.peers import binary, martin_config

DEEPEST = 16
SEEN_FROM = 10
"""Below, the whole town may be smaller than what a tile can show."""


def bake_heat(here: Ground, *, ratios: tuple[Ratio, ...], quick: bool = False) -> Heat:
    """Seconds until the whole town is ready gzip on the disk: the rate is towns a second.

    Both make each tile's parcels, roads and blocks by one statement a layer and gzip them;
    martin-cp puts the three in one file, `sitplan bake` each in its own, its start and its search
    for the tiles that are not empty counted.
    martin-cp runs from our functions and, where there is time, from its own reading of tables.
    """
    sides: dict[str, Callable[[int], Sample]] = {OURS: lambda _: _sample(lambda: ours(here)[0])}
    program = binary("martin-cp")
    without: list[str] = []
    if program is None:
        without.append("martin-cp: cargo install martin, then SITPLAN_BENCH_MARTIN_CP")
    else:
        for kind, suffix in (("function", "_tile"), ("table", ""))[: 1 if quick else 2]:
            sides[f"martin-cp {kind}"] = lambda _, s=suffix: _sample(
                lambda: martin_cp(here, program, s)[0]
            )

    def check() -> str:
        _, mine = ours(here)
        told = f"{len(mine)} tiles, {sum(map(len, mine.values())) / 2**20:.1f} MiB"
        if program is None:
            return told
        _, path = martin_cp(here, program, "_tile")
        theirs = {tile: gzip.decompress(data) for tile, data in tiles_in(path).items()}
        both = mine.keys() & theirs.keys()
        lacking = [t for t in theirs.keys() - mine.keys() if compare.shown(theirs[t])]
        if any(t.z >= SEEN_FROM for t in lacking):
            raise compare.Different(f"ours lacks {len(lacking)} tiles of martin-cp's")
        deep = [t for t in sorted(both, key=lambda t: (t.z, t.x, t.y)) if t.z >= 14][::40]
        for tile in deep:
            for layer in town.FRAMES:
                wanted = compare.expected(here.owner, layer, tile)
                for one in (mine[tile], theirs[tile]):
                    if wanted - compare.shown(one).keys():
                        raise compare.Different(f"{tile}: lacks some of {layer}")
        size = sum(map(len, theirs.values())) / 2**20
        return (
            f"{told}; martin-cp {len(theirs)} tiles, {size:.1f} MiB; {len(deep)} of z14–z16 with"
            f" the same features; {len(lacking)} far ones where all is smaller than a pixel"
        )

    return Heat("bake z0–z16", sides, ratios, check, unit="towns/s", without=without)


def _sample(work: Callable[[], float]) -> Sample:
    seconds = work()
    return Sample(1 / seconds, seconds * 1e3, seconds * 1e3, seconds * 1e3, 1, 0, 0)


def ours(here: Ground) -> tuple[float, dict[Tile, bytes]]:
    """Seconds that `sitplan bake` takes from its start to its end, and its layers' tiles joined."""
    settings = replace(here.settings, home=here.folder / "baking")
    shutil.rmtree(settings.home, ignore_errors=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    env |= settings.as_environment() | {"PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "sitplan", "bake", "--deepest", str(DEEPEST)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=CHECKOUT)
    taken = time.perf_counter() - began
    if done.returncode:
        raise compare.Different(f"sitplan bake: {done.stderr.strip()[-400:]}")
    found: dict[Tile, bytes] = {}
    for name in town.FRAMES:
        for tile, data in tiles_in(path_of(settings.tiles, name)).items():
            found[tile] = found.get(tile, b"") + gzip.decompress(data)
    return taken, found


def tiles_in(path: Path) -> dict[Tile, bytes]:
    """All tiles of an MBTiles file, as they are there."""
    link = sqlite3.connect(path)
    try:
        rows = link.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
        return {Tile(z, x, (1 << z) - 1 - y): bytes(data) for z, x, y, data in rows}
    finally:
        link.close()


def martin_cp(here: Ground, program: str, suffix: str) -> tuple[float, Path]:
    """Seconds that martin-cp takes from our tables or functions into an MBTiles file."""
    span = town.side_m(here.count)
    box = carry_box(
        Box(*town.CORNER, town.CORNER[0] + span, town.CORNER[1] + span),
        source=town.SRID, target=4326,
    )  # fmt: skip
    assert box is not None
    path = here.folder / "martin-cp" / "town.mbtiles"
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    sources = ",".join(f"{name}{suffix}" for name in town.FRAMES)
    command = [program, "--config", str(martin_config(here)), "--source", sources]
    command += ["--output-file", str(path), "--mbtiles-type", "flat", "--skip-agg-tiles-hash"]
    command += ["--bbox=" + ",".join(f"{v:.7f}" for v in box.corners)]
    command += ["--concurrency", "8"]
    command += ["--min-zoom", "0", "--max-zoom", str(DEEPEST)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    taken = time.perf_counter() - began
    if done.returncode:
        raise compare.Different(f"martin-cp: {done.stderr.strip()[-400:]}")
    return taken, path
