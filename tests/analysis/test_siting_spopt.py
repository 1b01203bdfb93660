"""The same plots as spopt's maximal covering finds.

`make slow-ready` puts it in an environment of its own; skipped, with the reason, where that could
not be had. Day by day `test_siting` tries every set there is.
"""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scripts import spopt
from sitplan.analysis.green import GreenRules
from sitplan.analysis.siting import Limit, where_to_act

from .drawn import areas, boxed
from .test_green import GREEN

REACH_M = 400


@pytest.mark.slow
def test_as_many_people_as_spopt_covers() -> None:
    """Four towns of 150 homes, of 40 plots one, three or six."""
    if not spopt.is_ready():
        pytest.skip("spopt is not installed: python3 -m scripts.spopt says why")
    asked, gains = [], []
    for lot in range(4):
        chance = np.random.default_rng(lot)
        homes, plots = chance.integers(0, 3000, (150, 2)), chance.integers(0, 3000, (40, 2))
        people = chance.integers(0, 200, 150)
        blocks = areas(
            **{
                f"b{n}": boxed(x, y, x + 20, y + 20, population=int(people[n]))
                for n, (x, y) in enumerate(homes)
            }
        )
        free = areas(**{f"p{n}": boxed(x, y, x + 30, y + 30) for n, (x, y) in enumerate(plots)})
        metres = [free.distance(p).tolist() for p in blocks.centroid]
        for most in (1, 3, 6):
            found = where_to_act(
                free, blocks=blocks, green_areas=GREEN.iloc[:0], limit=Limit(most),
                rules=GreenRules(square_m=REACH_M), on=date(2026, 11, 27),
            )  # fmt: skip
            gains.append(found.totals["gain"])
            asked.append(
                {"metres": metres, "people": people.tolist(), "most": most, "reach": REACH_M}
            )
    done = subprocess.run(
        [str(spopt.PYTHON), str(Path(__file__).with_name("spopt_cover.py"))],
        input=json.dumps(asked), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert gains == pytest.approx(json.loads(done.stdout.splitlines()[-1]))
    assert len(set(gains)) > 6
