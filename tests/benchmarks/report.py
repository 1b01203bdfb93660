"""The numbers as text: on the terminal while they come, and in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import chart
from tests.benchmarks.ground import CHECKOUT, Ground
from tests.benchmarks.race import holds

Numbers = dict[str, Any]
DOCS = CHECKOUT / "docs" / "benchmarks.md"
PICTURES = CHECKOUT / "docs" / "pictures"
TOLD = {"aim": "aim", "must": "must", "missed": "**missed**", "": ""}


def machine(here: Ground) -> Numbers:
    """The machine and the versions, as the docs quote them."""
    told = here.run(
        "SELECT current_setting('server_version'), public.postgis_lib_version(),"
        " public.postgis_geos_version(), public.postgis_proj_version()"
    )[0]
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
        "database": f"PostgreSQL {told[0].split()[0]}, PostGIS {told[1]},"
        f" GEOS {told[2].split('-')[0]}, PROJ {told[3].split()[0]}",
        "python": f"{platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in names),
    }


def heat_lines(found: Numbers) -> list[str]:
    """One heat as the terminal tells it."""
    if "failed" in found:
        return [f"\n{found['name']}: FAILED: {found['failed']}"]
    rows = [f"\n{found['name']}: {found['compared']}"]
    rows += [f"  left out: {why}" for why in found["without"]]
    for name, side in found["sides"].items():
        rate = side["rate"]
        rows.append(
            f"  {name:18}{_rate(rate['median']):>11} [{_rate(rate['min'])}–{_rate(rate['max'])}]"
            f" {found['unit']}; {side['p50_ms']:.1f}/{side['p95_ms']:.1f}/{side['p99_ms']:.1f} ms;"
            f" {side['errors']} errors"
        )
    for one in found["ratios"]:
        bars = f" (must {one['must']}, aim {one['aim']}: {holds(one)})" if one["must"] else ""
        rows.append(
            f"  → {one['name']}: {one['median']:.2f} [{one['min']:.2f}–{one['max']:.2f}]"
            f" against {one['against']}{bars}"
        )
    return rows


def bars_table(heats: Sequence[Numbers]) -> list[str]:
    """All ratios with their bars."""
    rows = [
        "| measure | against | ratio | min–max | must | aim | |",
        "| --- | --- | --: | --: | --: | --: | --- |",
    ]
    for heat in heats:
        for one in heat.get("ratios", ()):
            bars = "".join(f" {one[bar] or ''} |" for bar in ("must", "aim"))
            rows.append(
                f"| {one['name']} | {one['against']} | **{one['median']:.2f}** |"
                f" {one['min']:.2f}–{one['max']:.2f} |{bars} {TOLD[holds(one)]} |"
            )
        if "failed" in heat:
            rows.append(f"| {heat['name']} | | | | | | not measured: {heat['failed'][:150]} |")
    return rows


def sides_table(heats: Sequence[Numbers]) -> list[str]:
    """All servers of all heats."""
    rows = [
        "| heat | server | a second, median | min–max | p50 / p95 / p99 ms | KiB | errors |",
        "| --- | --- | --: | --: | --: | --: | --: |",
    ]
    for heat in heats:
        for name, side in heat.get("sides", {}).items():
            rate = side["rate"]
            rows.append(
                f"| {heat['name']} | {name} | {_rate(rate['median'])} |"
                f" {_rate(rate['min'])}–{_rate(rate['max'])} |"
                f" {side['p50_ms']:,.1f} / {side['p95_ms']:,.1f} / {side['p99_ms']:,.1f} |"
                f" {side['kib']:,.1f} | {side['errors']} |"
            )
    rows += ["", "Compared before the clock ran:", ""]
    rows += [f"- {h['name']}: {h['compared']}" for h in heats if "compared" in h]
    return rows


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def growth_table(points: Sequence[Numbers]) -> list[str]:
    """One way of growing as a table."""
    names = list(points[0])
    rows = ["| " + " | ".join(n.replace("_", " ") for n in names) + " |"]
    rows.append("| " + " | ".join("--:" for _ in names) + " |")
    for point in points:
        told = [f"{v:,.1f}" if isinstance(v, float) else _plain(v) for v in point.values()]
        rows.append("| " + " | ".join(told) + " |")
    return rows


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def growth_pictures(growth: Numbers, folder: Path = PICTURES) -> list[str]:
    """Write the pictures; the Markdown lines that show them."""
    lines = []
    known = (
        ("features", "Time against the number of features", "features in the layer",
         {"page of 100 in a box": "page_ms", "count of all": "count_ms", "tile z16": "tile_ms",
          "catalogue, new": "catalogue_ms", "API definition": "openapi_ms"}),
        ("layers", "Time and size against the number of layers", "layers",
         {"catalogue": "catalogue_ms", "catalogue, first": "first_catalogue_ms",
          "tile of all layers": "tile_all_ms", "page of 100": "page_ms",
          "API definition": "openapi_ms", "definition, KiB": "openapi_kib"}),
    )  # fmt: skip
    for key, title, axis, wanted in known:
        points = growth.get(key)
        if not points:
            continue
        series = {name: [(p[key], p[member]) for p in points] for name, member in wanted.items()}
        path = folder / f"growth-{key}.svg"
        y = "milliseconds" if key == "features" else "milliseconds, KiB"
        path.write_text(chart.draw(title, series, x=axis, y=y), encoding="utf-8")
        lines.append(f"![{title}](pictures/{path.name})")
    return lines


def facts(machine: Numbers, *more: str) -> list[str]:
    """The machine as a list, with what else is to be said of a series."""
    return [f"- {key}: {value}" for key, value in machine.items()] + [f"- {m}" for m in more]


def write_part(name: str, rows: Sequence[str], *, docs: Path = DOCS) -> None:
    """Put rows in the place of a part's last ones; other parts keep theirs."""
    begin, end = f"<!-- measured: {name} -->", f"<!-- /measured: {name} -->"
    text = docs.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{docs.name} has no part {name}")
    docs.write_text(f"{before}{begin}\n" + "\n".join(rows) + f"\n{end}{after}", "utf-8")
