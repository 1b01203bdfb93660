"""`make bench`: SITPLAN beside the barest means, on this machine, as ratios.

    python tests/benchmarks/run.py [--parcels 200000] [--rounds 5] [--only tile]
                                   [--json FILE] [--docs]

Each contest is done in rounds: both sides in each, in turns. Before the clock runs, both sides'
answers are compared. What is told is the median of the rounds' ratios, and their extremes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psycopg2

from tests.benchmarks import bench_import
from tests.benchmarks.contests import (
    Contest,
    frame_contest,
    items_contest,
    tile_contest,
)
from tests.benchmarks.ground import Ground, ground

Numbers = dict[str, Any]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


def main() -> int:
    """Measure, tell, and write the numbers down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--parcels", type=int, default=200_000, help="polygons of the test layer")
    parser.add_argument("--rounds", type=int, default=5, help="of each contest, five at least")
    parser.add_argument("--only", default="", help="contests whose name begins so")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    parser.add_argument("--docs", action="store_true", help="write them into docs/benchmarks.md")
    asked = parser.parse_args()
    rounds = max(5, asked.rounds)
    found: list[Numbers] = []
    with ground(asked.parcels) as here:
        machine = describe(here)
        print("\n".join(f"{key}: {value}" for key, value in machine.items()), flush=True)
        print("\nTime of SITPLAN over time of the bare means: below 1 SITPLAN is quicker.")
        print(f"{'':26}{'ours / bare':>14}{'min':>7}{'max':>7}   {'ours':>12}{'bare':>12}")
        for name, make in contests(here):
            if name.startswith(asked.only):
                found.append(measure(make(), rounds))
                print(line(found[-1]), flush=True)
    if "import".startswith(asked.only) or asked.only.startswith("import"):
        found += imports(rounds, asked.parcels)
    whole = {"machine": machine, "rounds": rounds, "contests": found}
    if asked.docs:
        write_docs(whole)
    if asked.json:
        asked.json.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def contests(here: Ground) -> Iterator[tuple[str, Callable[[], Contest]]]:
    """All contests over the ground, made when their turn comes."""
    yield "tile z16", lambda: tile_contest(here, zoom=16, count=150)
    yield "tile z14", lambda: tile_contest(here, zoom=14, count=16)
    yield "tile z12", lambda: tile_contest(here, zoom=12, count=4)
    yield "tile z16, 8 clients", lambda: tile_contest(here, zoom=16, count=300, clients=8)
    yield "items", lambda: items_contest(here)
    yield "frame", lambda: frame_contest(here)


def measure(contest: Contest, rounds: int) -> Numbers:
    """The rounds of one contest; who begins alternates."""
    compared = contest.check()
    ours: list[float] = []
    bare: list[float] = []
    contest.before()
    contest.ours(), contest.bare()  # once for the caches of disk and database
    for number in range(rounds):
        contest.before()
        if number % 2:
            bare.append(contest.bare())
            ours.append(contest.ours())
        else:
            ours.append(contest.ours())
            bare.append(contest.bare())
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    return {
        "name": contest.name,
        "ratio": {
            "median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)
        },
        "ours_s": ours,
        "bare_s": bare,
        "work": contest.work,
        "unit": contest.unit,
        "compared": compared,
    }  # fmt: skip


def line(found: Numbers) -> str:
    """One contest as a line of the table."""
    ratio, work = found["ratio"], found["work"]
    rates = [work / statistics.median(found[key]) for key in ("ours_s", "bare_s")]
    told = "".join(f"{rate:>12,.0f}" for rate in rates)
    return (
        f"{found['name']:26}{ratio['median']:>14.2f}{ratio['min']:>7.2f}{ratio['max']:>7.2f}   "
        f"{told} {found['unit']}/s   {found['compared']}"
    )


def write_docs(whole: Numbers) -> None:
    """Put the numbers in the place of the last ones in docs/benchmarks.md."""
    rows = [f"- {key}: {value}" for key, value in whole["machine"].items()]
    rows += [
        f"- {whole['rounds']} rounds of each", "",
        "| | time, ours / bare | min–max | ours | bare | compared |",
        "| --- | --: | --: | --: | --: | --- |",
    ]  # fmt: skip
    for one in whole["contests"]:
        ratio = one["ratio"]
        ours, bare = (one["work"] / statistics.median(one[k]) for k in ("ours_s", "bare_s"))
        rows.append(
            f"| {one['name']} | **{ratio['median']:.2f}** | {ratio['min']:.2f}–{ratio['max']:.2f} |"
            f" {ours:,.0f} {one['unit']}/s | {bare:,.0f} | {one['compared']} |"
        )
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}", "utf-8")


def imports(rounds: int, count: int) -> list[Numbers]:
    """Import against ogr2ogr, told as the others; none where ogr2ogr is not installed."""
    measured = bench_import.measure(rounds=rounds, count=count)
    for one in measured:
        print(line(one), flush=True)
    return measured


def describe(here: Ground) -> dict[str, str]:
    """The machine and the versions, as the docs quote them."""
    with psycopg2.connect(here.settings.database_url) as link, link.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), public.postgis_lib_version()")
        postgres, postgis = cursor.fetchone()
    link.close()
    cpu = next(
        (
            row.partition(":")[2].strip()
            for row in Path("/proc/cpuinfo").read_text().splitlines()
            if row.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.platform())
    names = ("geopandas", "shapely", "psycopg2-binary", "fastapi", "uvicorn", "pyarrow")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, {release}",
        "load before": " ".join(f"{value:.1f}" for value in os.getloadavg()),
        "database": f"PostgreSQL {postgres.split()[0]}, PostGIS {postgis}",
        "python": f"{platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in names),
        "data": f"{here.count:,} polygons of 8 corners, 9 fields; loaded in {here.loaded_s:.1f} s",
    }


if __name__ == "__main__":
    raise SystemExit(main())
