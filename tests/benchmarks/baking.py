"""The whole town as tiles, z0 to z16, parcels, roads and blocks in one: ours against martin-cp."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from sitplan.crs import Box, carry_box
from sitplan.tiles import Tile
from tests.benchmarks import compare, town
from tests.benchmarks.client import Client
from tests.benchmarks.ground import Ground, free_port, served
from tests.benchmarks.heats import OURS, Heat, Ratio
from tests.benchmarks.load import Sample
from tests.benchmarks.peers import binary, martin_config

CLIENTS = 4
PATIENCE = 5
"""Times that a tile is asked for again which took longer than a statement may."""
DEEPEST = 16
SEEN_FROM = 10
"""Below, the whole town may be smaller than what a tile can show."""


def all_tiles(count: int) -> list[Tile]:
    """Every tile over the town, from the whole world down."""
    return [t for zoom in range(DEEPEST + 1) for t in sorted_tiles(count, zoom)]


def sorted_tiles(count: int, zoom: int) -> list[Tile]:
    """One zoom's tiles, row by row."""
    return sorted(town.tiles(count, zoom=zoom), key=lambda t: (t.y, t.x))


def path_of(tile: Tile) -> str:
    """Where our server has all layers of a tile in one."""
    return f"/api/tiles/WebMercatorQuad/{tile.z}/{tile.y}/{tile.x}"


def bake_heat(here: Ground, *, ratios: tuple[Ratio, ...], quick: bool = False) -> Heat:
    """Seconds until the whole town is ready gzip: the rate is towns a second.

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
        link = sqlite3.connect(path)
        theirs = {
            Tile(z, x, (1 << z) - 1 - y): bytes(data)
            for z, x, y, data in link.execute(
                "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles"
            )
        }
        link.close()
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
    """Seconds from an empty memory to the last tile, asked for over HTTP by four clients."""
    tiles = all_tiles(here.count)
    settings = replace(here.settings, home=here.folder / "baking", port=free_port())
    with served(settings) as address:
        take = itertools.count().__next__
        found: dict[Tile, bytes] = {}

        def work(_: int) -> None:
            client = Client(address)
            while (nth := take()) < len(tiles):
                body = _patiently(client, path_of(tiles[nth]))
                if body:
                    found[tiles[nth]] = body
            client.close()

        with ThreadPoolExecutor(CLIENTS) as pool:
            began = time.perf_counter()
            list(pool.map(work, range(CLIENTS)))
            return time.perf_counter() - began, found


def _patiently(client: Client, path: str) -> bytes:
    for _ in range(PATIENCE):
        try:
            return client.get(path)
        except AssertionError as refused:
            if "503" not in str(refused):
                raise
    return client.get(path)


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
