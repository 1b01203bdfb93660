"""The predicates of CQL2's abstract tests over the data that they are about, over HTTP."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.acceptance(10)
@pytest.mark.parametrize("lang", ["cql2-text", "cql2-json"])
def test_every_predicate_counts_what_the_standard_says(
    world: str, conformance: Path, lang: str, record_property: Callable[[str, object], None]
) -> None:
    done = subprocess.run(
        [sys.executable, str(conformance / "cql2_check.py"), world, "--lang", lang],
        capture_output=True,
        text=True,
        timeout=300,
    )
    last = re.fullmatch(r"(\d+) passed, (\d+) failed", done.stdout.strip().splitlines()[-1])
    assert last, done.stdout + done.stderr
    passed, failed = int(last[1]), int(last[2])
    record_property("checks", f"cql2_check.py, {lang}")
    record_property("passed", passed)
    record_property("failed", failed)
    with (conformance / "cql2_predicates.csv").open(newline="", encoding="utf-8") as handle:
        number = sum(1 for _ in csv.DictReader(handle))
    assert (passed, failed) == (number, 0), done.stdout
