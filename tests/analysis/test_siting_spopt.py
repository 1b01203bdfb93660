"""The same plots as spopt's maximal covering finds, where spopt is installed.

It is not among what tests install: it brings twenty packages, scikit-learn and matplotlib among
them. Day by day `test_siting` tries every set there is; `pip install spopt` adds this one.
"""

from __future__ import annotations

import warnings
from datetime import date

import numpy as np
import pytest

from sitplan.analysis.green import GreenRules
from sitplan.analysis.siting import Limit, where_to_act

from .drawn import areas, boxed
from .test_green import GREEN

locate = pytest.importorskip("spopt.locate", reason="spopt is not installed (pip install spopt)")
pulp = pytest.importorskip("pulp")


@pytest.mark.parametrize("most", [1, 3, 6])
@pytest.mark.parametrize("lot", range(4))
def test_as_many_people_as_spopt_covers(lot: int, most: int) -> None:
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
    found = where_to_act(free, blocks=blocks, green_areas=GREEN.iloc[:0], limit=Limit(most),
                         rules=GreenRules(square_m=400), on=date(2026, 11, 27))  # fmt: skip
    metres = np.array([free.distance(p).to_numpy() for p in blocks.centroid])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # another's
        theirs = locate.MCLP.from_cost_matrix(metres, people, 400, p_facilities=most)
        theirs = theirs.solve(pulp.PULP_CBC_CMD(msg=False))
    assert found.totals["gain"] == pytest.approx(theirs.problem.objective.value())
