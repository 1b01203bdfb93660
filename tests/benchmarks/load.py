"""Load: wrk for HTTP, processes with a connection each for bare SQL."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg2

_SCRIPT = Path(__file__).with_name("load.lua")
FLOOR_PROCESSES = 2


@dataclass(frozen=True)
class Sample:
    """What one server did in one window."""

    rate: float
    """Answers a second."""
    p50_ms: float
    p95_ms: float
    p99_ms: float
    requests: int
    bytes: int
    errors: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def has_wrk() -> bool:
    """Whether the load generator is installed (Debian: wrk)."""
    return shutil.which("wrk") is not None


def over_http(
    address: tuple[str, int],
    paths: Sequence[str],
    *,
    seconds: int,
    connections: int = 8,
    encoding: str = "gzip",
) -> Sample:
    """What a server answers in so many seconds: the paths in turn, over and over.

    One thread of wrk; what is refused, broken or late counts as an error.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as listed:
        listed.write("\n".join(paths) + "\n")
        listed.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        command += ["-s", str(_SCRIPT), f"http://{address[0]}:{address[1]}"]
        told = subprocess.run(
            [*command, "--", listed.name, encoding],
            check=True, capture_output=True, text=True, timeout=seconds + 60,
        ).stdout  # fmt: skip
    return read_wrk(told, connections=connections)


def read_wrk(told: str, *, connections: int) -> Sample:
    """What `load.lua` writes at the end of wrk's own words.

    What is under way on each connection when the window closes counts half, or slow servers
    would be told slower than they are.
    """
    found = json.loads(next(row for row in told.splitlines() if row.startswith('{"requests"')))
    under_way = connections / 2 if found["requests"] else 0
    return Sample(
        rate=(found["requests"] + under_way) / found["seconds"],
        p50_ms=found["p50_ms"],
        p95_ms=found["p95_ms"],
        p99_ms=found["p99_ms"],
        requests=found["requests"],
        bytes=found["bytes"],
        errors=found["refused"] + found["broken"],
    )


def over_sql(url: str, prepare: str, calls: Sequence[tuple[Any, ...]], *, seconds: float) -> Sample:
    """What bare SQL gives: two processes, one connection each, one prepared statement.

    Parameters
    ----------
    prepare
        ``PREPARE bare AS …``.
    calls
        The values of each EXECUTE, in turn, over and over.
    """
    context = get_context("fork")
    ready = context.Barrier(FLOOR_PROCESSES)
    told = context.Queue()
    workers = [
        context.Process(
            target=_execute, args=(url, prepare, calls, seconds, nth, ready, told), daemon=True
        )
        for nth in range(FLOOR_PROCESSES)
    ]
    for worker in workers:
        worker.start()
    found = [told.get(timeout=seconds + 90) for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(t for one in found for t in one[0])
    quantiles = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
    return Sample(
        rate=sum(len(one[0]) / one[1] for one in found),
        p50_ms=quantiles[49] * 1e3,
        p95_ms=quantiles[94] * 1e3,
        p99_ms=quantiles[98] * 1e3,
        requests=len(times),
        bytes=sum(one[2] for one in found),
        errors=0,
    )


def _execute(url, prepare, calls, seconds, nth, ready, told) -> None:
    """One of the floor's processes: the statements until the time is over."""
    link = psycopg2.connect(url)
    link.autocommit = True
    places = ", ".join(["%s"] * len(calls[0]))
    with link.cursor() as cursor:
        cursor.execute(prepare)
        texts = [cursor.mogrify(f"EXECUTE bare ({places})", call) for call in calls]
        for text in texts[:6]:  # PostGIS is loaded, the plan is made
            cursor.execute(text)
            cursor.fetchall()
        times: list[float] = []
        size, at = 0, nth * len(texts) // FLOOR_PROCESSES
        ready.wait()
        began = last = time.perf_counter()
        until = began + seconds
        while last < until:
            cursor.execute(texts[at % len(texts)])
            size += sum(len(value) for row in cursor.fetchall() for value in row[:1] if value)
            at += 1
            now = time.perf_counter()
            times.append(now - last)
            last = now
    link.close()
    told.put((times, last - began, size))
