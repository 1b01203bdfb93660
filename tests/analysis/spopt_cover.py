"""How many people spopt covers, for each question on standard input; run in its own environment."""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np
import pulp
from spopt import locate

warnings.simplefilter("ignore")
covered = []
for one in json.load(sys.stdin):
    cover = locate.MCLP.from_cost_matrix(
        np.array(one["metres"]), np.array(one["people"]), one["reach"], p_facilities=one["most"]
    )
    solved = cover.solve(pulp.PULP_CBC_CMD(msg=False))
    covered.append(solved.problem.objective.value())
print(json.dumps(covered))
