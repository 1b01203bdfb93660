"""The analyses by name, each over the layers it needs: what processes, results, notebooks call.

The functions of `sitplan.analysis` know no layers; `offers` says which go in, and which of their
parameters anybody may set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sitplan.analysis.method import Result
from sitplan.errors import NotFound
from sitplan.offering import Analysis, Ground
from sitplan.offers import green, places, risk
from sitplan.offers.sketches import as_collection
from sitplan.process import check_inputs

ANALYSES: Final[Mapping[str, Analysis]] = {
    one.id: one for one in (*places.OFFERS, *green.OFFERS, *risk.OFFERS)
}


def run_analysis(name: str, ground: Ground, inputs: Mapping[str, Any]) -> Result:
    """What the analysis of that name finds; a GeoDataFrame among the inputs is sent as GeoJSON.

    Raises
    ------
    NotFound
        ``no_such_analysis``, naming those there are; ``no_such_layer``.
    BadRequest
        As `check_inputs`.
    """
    if name not in ANALYSES:
        raise NotFound("no_such_analysis", name=name[:60], known=", ".join(ANALYSES))
    one = ANALYSES[name]
    sent = {k: as_collection(v) if hasattr(v, "to_crs") else v for k, v in inputs.items()}
    return one.run(ground, check_inputs(one.process(), sent))
