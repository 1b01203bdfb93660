"""What the API tells of a published result: by whom, from what, how, and whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.state import State
from sitplan.layer import Layer
from sitplan.relief import HEIGHTS
from sitplan.words import say


def result_of(state: State, layer: Layer, lang: str) -> dict[str, Any] | None:
    """How a layer was calculated; None of one that was not."""
    record = layer.result
    if record is None:
        return None
    catalogue = state.catalogue
    outdated = catalogue.outdated(layer.name)
    titles = {one["layer"]: catalogue.input_title(one["layer"], lang) for one in record["inputs"]}
    heights = _heights(record.get("heights"), lang, is_current=HEIGHTS not in outdated)
    data = [*titles.values(), *([heights["title"]] if heights and heights["sha256"] else [])]
    found = {
        "statement": say("results.statement", lang, author=record["author"], data=", ".join(data)),
        "author": record["author"],
        "calculated": record["made_at"],
        "reviewState": record["review_state"],
        "isCurrent": not outdated,
        "inputs": [
            {
                "layer": one["layer"],
                "title": titles[one["layer"]],
                "revision": one["revision"],
                "datetime": one["on"],
                "asOf": one["as_of"],
                "isCurrent": one["layer"] not in outdated,
            }
            for one in record["inputs"]
        ],
        "heights": heights,
        "method": record["method"][lang],
        "libraries": record["libraries"],
        "analysis": record["analysis"],
    }
    if outdated:
        found["notice"] = catalogue.outdated_text(layer.name, lang)
    return found


def _heights(
    read: Mapping[str, Any] | None, lang: str, *, is_current: bool
) -> dict[str, Any] | None:
    """The raster that slopes came from, all null where the ground was flat; None without slopes."""
    if read is None:
        return None
    return {
        "title": say("results.heights", lang),
        "source": read["source"],
        "cellSize": read["cell_m"],
        "sha256": read["sha256"],
        "isCurrent": is_current,
    }
