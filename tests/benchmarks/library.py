"""The library's part: a layer as a frame, and imports, each against the barest means."""

from __future__ import annotations

import io
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import geopandas
import psycopg2

import sitplan
from tests.benchmarks import bench_import, report
from tests.benchmarks.ground import LAYER, SRID, Ground, ground, reader

Numbers = dict[str, Any]


def measure(count: int, rounds: int) -> Numbers:
    """Frame and imports as time over time; below 1 SITPLAN is quicker."""
    with ground(count) as here:
        machine = report.machine(here)
        found = frame(here, rounds)
        print("\n" + "\n".join(map(line, found)), flush=True)
    for one in bench_import.measure(rounds=rounds, count=count):
        found.append(one)
        print(line(one), flush=True)
    return {"machine": machine, "rounds": rounds, "contests": found}


def frame(here: Ground, rounds: int) -> list[Numbers]:
    """The whole layer as a GeoDataFrame against the bytes of it, and geopandas.read_postgis.

    The bytes are a bare COPY of the same columns in PostgreSQL's binary form, kept and not looked
    at: must 2.5, aim 1.5.
    """
    opened = sitplan.open(settings=here.settings)
    columns = [c for c in opened.frame(LAYER).columns if c != "geometry"]
    listed = ", ".join(f'"{c}"' for c in columns)
    text = f"SELECT {listed}, geom FROM published.{LAYER}"
    link = psycopg2.connect(reader(here.settings))

    def peer() -> geopandas.GeoDataFrame:
        with warnings.catch_warnings():  # pandas would rather have SQLAlchemy than psycopg2
            warnings.simplefilter("ignore", UserWarning)
            return geopandas.read_postgis(text, link, geom_col="geom", crs=SRID)

    def floor() -> int:
        held = io.BytesIO()
        with link.cursor() as cursor:
            cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT binary)", held)
        return held.tell()

    one = opened.frame(LAYER).set_index("id").sort_index()
    other = peer().set_index("id").sort_index()
    assert one.index.tolist() == [str(i) for i in other.index]
    assert one.geometry.geom_equals_exact(other.geometry, 0).all()
    assert (one["value_clp"].astype("int64") == other["value_clp"]).all()
    size = floor() / 2**20
    sides = {"ours": lambda: opened.frame(LAYER), "COPY": floor, "read_postgis": peer}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            times[name].append(_timed(sides[name]))
    link.close()
    told = {
        "COPY": ("frame / bare COPY", f"must 2.5, aim 1.5; {len(columns)} columns, {size:.0f} MiB"),
        "read_postgis": ("frame", f"{len(one)} rows, shapes and values equal"),
    }
    found = []
    for name, (title, compared) in told.items():
        ratios = [a / b for a, b in zip(times["ours"], times[name], strict=True)]
        spread = {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
        found.append({
            "name": title, "ratio": spread, "ours_s": times["ours"], "bare_s": times[name],
            "work": here.count, "unit": "rows", "compared": compared,
        })  # fmt: skip
    return found


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def line(found: Numbers) -> str:
    """One contest as the terminal tells it."""
    ratio, ours, bare = found["ratio"], *_rates(found)
    return (
        f"{found['name']:16}{ratio['median']:>6.2f} [{ratio['min']:.2f}–{ratio['max']:.2f}]"
        f" {ours:>12,.0f}{bare:>12,.0f} {found['unit']}/s   {found['compared']}"
    )


def _rates(found: Numbers) -> list[float]:
    return [found["work"] / statistics.median(found[key]) for key in ("ours_s", "bare_s")]


def table(whole: Numbers) -> list[str]:
    """All contests as the docs tell them."""
    rows = report.facts(whole["machine"], f"{whole['rounds']} rounds of each")
    rows += ["", "| | time, ours / bare | min–max | ours | bare | compared |"]
    rows += ["| --- | --: | --: | --: | --: | --- |"]
    for one in whole["contests"]:
        ratio, ours, bare = one["ratio"], *_rates(one)
        rows.append(
            f"| {one['name']} | **{ratio['median']:.2f}** | {ratio['min']:.2f}–{ratio['max']:.2f} |"
            f" {ours:,.0f} {one['unit']}/s | {bare:,.0f} | {one['compared']} |"
        )
    return rows
