"""All analyses of the commune, and of ever more of it: seconds against blocks and junctions.

The demonstration's layers are read once, and set down again and again side by side, each copy
with codes of its own and a grid of streets that brings it to some 4,000 junctions, as Vallenar
has. The copies are no town of towns: no road joins them. What is timed is each analysis as the
processes run it, from the frames to its result; reading the frames is told apart. Seconds are
the processor's, for the analyses run on one core and the machine may have other work; those of
the clock stand beside, with the load.
"""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import sitplan
from sitplan.analyses import run_analysis
from sitplan.analysis import build_network
from sitplan.catalogue import Catalogue, read_folder
from sitplan.migrate import migrate
from sitplan.offering import Ground
from sitplan.seeds import load_seeds
from sitplan.settings import Settings
from tests.benchmarks import chart, ground, report

Point = dict[str, Any]
Numbers = dict[str, Any]
Frames = dict[str, pd.DataFrame]
COPIES = (1, 3, 10, 30, 100)
QUICK = (1, 3, 10)
STREETS = 40
"""So many drawn streets each way bring a copy to some 4,000 junctions."""
ON = date(2026, 6, 30)
ANALYSES: dict[str, tuple[str, dict[str, Any]]] = {
    "green": ("green_indicators", {"of": "neighbourhoods"}),
    "siting": ("green_siting", {"most": 1}),
    "evacuation": ("evacuation", {"hazard": "flood"}),
    "routes": ("evacuation_routes_proposed", {"hazard": "flood"}),
    "rural": ("rural_access", {}),
    "by area": ("investment_by_area", {}),
    "by strategy": ("investment_by", {}),
    "progress": ("plan_progress", {}),
}
"""What is run, under a short name."""


def commune() -> tuple[Catalogue, Frames, float, Numbers]:
    """The catalogue, the demonstration's frames, the seconds of reading them, the machine."""
    with ground._database() as url, tempfile.TemporaryDirectory(prefix="sitplan-bench-") as made:
        layers = ground.CHECKOUT / "layers"
        settings = Settings(home=Path(made) / "home", layers=layers, database_url=url)
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        catalogue = read_folder(layers)
        with sitplan.open(settings=settings) as here:
            names = [layer.name for layer in catalogue]
            began = time.perf_counter()
            frames = {name: here.frame(name, on=ON) for name in names}
            read_s = time.perf_counter() - began
        place = ground.Ground(settings, 0, read_s, Path(made))
        return catalogue, frames, read_s, report.machine(place)


def many(catalogue: Catalogue, frames: Frames, copies: int) -> Frames:
    """The commune so many times, side by side in a square."""
    boxes = np.array([f.total_bounds for f in frames.values() if isinstance(f, gpd.GeoDataFrame)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    width, height = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0) + 5_000
    side = int(np.ceil(np.sqrt(copies)))
    given = frames | {"roads": _with_grid(frames["roads"], frames["census_blocks"])}
    found = {}
    for layer in catalogue:
        codes = ["code", *(f.name for f in layer.fields if f.references)]
        parts = []
        for nth in range(copies):
            row, column = divmod(nth, side)
            part = given[layer.name].copy()
            if nth:
                for name in codes:
                    known = part[name].notna()
                    part.loc[known, name] = part.loc[known, name].astype(str) + f"+{nth}"
                if isinstance(part, gpd.GeoDataFrame):
                    part.geometry = part.geometry.translate(column * width, row * height)
            parts.append(part)
        whole = pd.concat(parts, ignore_index=True)
        whole.attrs = dict(frames[layer.name].attrs)
        found[layer.name] = whole
    return found


def _with_grid(roads: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The roads, and a grid of streets over the middle half of the blocks each way."""
    middles = shapely.get_coordinates(blocks.geometry.centroid.to_numpy())
    (west, south), (east, north) = np.quantile(middles, (0.1, 0.9), axis=0)
    x, y = np.linspace(west, east, STREETS), np.linspace(south, north, STREETS)
    lines = [shapely.linestrings([(at, south), (at, north)]) for at in x]
    lines += [shapely.linestrings([(west, at), (east, at)]) for at in y]
    like = roads[roads["class"] == "residential"]
    row = (like if len(like) else roads).iloc[[0] * len(lines)].copy()
    row["code"] = [f"GRID-{n}" for n in range(len(lines))]
    row.geometry = shapely.multilinestrings([[line] for line in lines])
    return pd.concat([roads, row], ignore_index=True)


def plots(frames: Frames) -> dict[str, Any]:
    """Two candidate plots of 50 m in the first copy, for siting."""
    middle = frames["census_blocks"].geometry.iloc[:2].centroid
    shapes = gpd.GeoDataFrame({"code": ["one", "two"]}, geometry=middle.buffer(25).values,
                              crs=frames["census_blocks"].crs)  # fmt: skip
    found: dict[str, Any] = shapes.to_crs(4326).to_geo_dict()
    return found


def measure(copies: Sequence[int] = COPIES, *, times: int = 3) -> Numbers:
    """Seconds of each analysis for so many communes, and what stands around them.

    One commune is the median of `times`, the machine's libraries loaded before; more of them are
    run once. The memory is the height of the whole process so far: the frames and the results.
    """
    catalogue, frames, read_s, machine = commune()
    print("\ncommune", flush=True)
    points = [timed(catalogue, frames, n, times if n == 1 else 1) for n in copies]
    return {"machine": machine, "read_s": read_s, "times": times, "points": points}


def timed(catalogue: Catalogue, frames: Frames, copies: int, times: int) -> Point:
    given = many(catalogue, frames, copies)
    here = Ground(lambda name, on: given[name], catalogue.territory, lambda: (None, None))
    net = build_network(given["roads"].set_index("code"))
    point: Point = {
        "communes": copies,
        "blocks": len(given["census_blocks"]),
        "junctions": len(net.nodes),
    }
    took_s = 0.0
    for short, (name, inputs) in ANALYSES.items():
        more = {"candidates": plots(frames)} if short == "siting" else {}
        seconds, clock = [], []
        for _ in range(times):
            began, at = time.process_time(), time.perf_counter()
            done = run_analysis(name, here, {"on": ON.isoformat(), **inputs, **more})
            seconds.append(time.process_time() - began)
            clock.append(time.perf_counter() - at)
            assert len(done.frame), name
        point[f"{short}_s"] = statistics.median(seconds)
        took_s += statistics.median(clock)
    point["all_s"] = sum(v for k, v in point.items() if k.endswith("_s"))
    point["clock_s"] = took_s
    point["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    point["load"] = os.getloadavg()[1]
    print("  ".join(f"{k} {v:,.2f}" if isinstance(v, float) else f"{k} {v:,}"
                    for k, v in point.items()), flush=True)  # fmt: skip
    return point


def table(found: Numbers, folder: Path = report.PICTURES) -> list[str]:
    """The machine, the picture and the table, as the docs tell them."""
    points = found["points"]
    title = "Processor seconds of the analyses against blocks of the commune"
    shown = ("all", "routes", "evacuation", "green", "siting", "rural")
    series = {name: [(p["blocks"], p[f"{name}_s"]) for p in points] for name in shown}
    picture = folder / "growth-analysis.svg"
    text = chart.draw(title, series, x="census blocks (809 a commune)", y="seconds")
    picture.write_text(text, encoding="utf-8")
    rows = report.facts(
        found["machine"],
        f"reading all layers of one commune: {found['read_s']:.2f} s",
        f"one commune: median of {found['times']}; more of them: once",
        "seconds of the processor, on one core; by the clock where it says so",
    )
    rows += ["", f"![{title}](pictures/{picture.name})", ""]
    more = {"all_s": "all", "clock_s": "all by the clock"}
    columns = {f"{n}_s": n for n in ANALYSES} | more
    head = ("communes", "blocks", "junctions", *(f"{n}, s" for n in columns.values()))
    rows.append(f"| {' | '.join(head)} | memory, MiB | load |")
    rows.append("|" + " --: |" * (len(head) + 2))
    for p in points:
        sizes = [f"{p[k]:,}" for k in ("communes", "blocks", "junctions")]
        cells = [*sizes, *(f"{p[k]:.2f}" for k in columns)]
        rows.append(f"| {' | '.join(cells)} | {p['memory_mib']:,} | {p['load']:.1f} |")
    return rows
