"""What the API tells of a published result: by whom, from what, how, and whether it still holds."""

from __future__ import annotations

from typing import Any

from api.state import State
from sitplan.layer import Layer
from sitplan.words import say


def result_of(state: State, layer: Layer, lang: str) -> dict[str, Any] | None:
    """How a layer was calculated; None of one that was not."""
    record = layer.result
    if record is None:
        return None
    catalogue = state.catalogue
    outdated = catalogue.outdated(layer.name)
    titles = {
        one["layer"]: catalogue.layers[one["layer"]].title[lang]
        if one["layer"] in catalogue.layers
        else one["layer"]
        for one in record["inputs"]
    }
    found = {
        "statement": say(
            "results.statement", lang, author=record["author"], data=", ".join(titles.values())
        ),
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
        "method": record["method"][lang],
        "libraries": record["libraries"],
        "analysis": record["analysis"],
    }
    if outdated:
        found["notice"] = catalogue.outdated_text(layer.name, lang)
    return found
