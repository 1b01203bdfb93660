"""The processes that are offered, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sitplan.analyses import ANALYSES
from sitplan.errors import NotFound
from sitplan.process import Process, Task, Value

_LONGEST_PAUSE_S = 30


def _echo(task: Task) -> Mapping[str, Any]:
    pause = task.inputs["pause"]
    began = time.monotonic()
    while (left := began + pause - time.monotonic()) > 0:
        task.tell(int(100 * (1 - left / pause)), "…")
        time.sleep(min(left, 0.5))
    return {"message": task.inputs["message"]}


ECHO = Process(
    id="echo",
    version="1.0.0",
    title={"es": "Eco", "en": "Echo"},
    description={
        "es": "Devuelve el texto que recibe; sirve para probar un cliente.",
        "en": "Gives back the text that it receives; it is there to try a client with.",
    },
    inputs={
        "message": Value(
            {"es": "Texto", "en": "Text"},
            {"es": "Lo que se devuelve.", "en": "What is given back."},
            {"type": "string", "maxLength": 10_000},
            required=True,
        ),
        "pause": Value(
            {"es": "Pausa", "en": "Pause"},
            {"es": "Segundos de espera antes de devolverlo.", "en": "Seconds to wait before."},
            {"type": "number", "minimum": 0, "maximum": _LONGEST_PAUSE_S, "default": 0},
        ),
    },
    outputs={
        "message": Value(
            {"es": "Texto", "en": "Text"},
            {"es": "El mismo.", "en": "The same."},
            {"type": "string"},
        )
    },
    run=_echo,
)

PROCESSES: Mapping[str, Process] = {
    one.id: one for one in (ECHO, *(a.process() for a in ANALYSES.values()))
}


SAFETY: Final = "safety_by_area"


def _safety(task: Task) -> Mapping[str, Any]:
    from datetime import date

    from sitplan.analysis.plain import plain_rows, plain_value
    from sitplan.offering import coded
    from sitplan.offers.risk import safety_by_areas
    from sitplan.words import LANGUAGES

    with task.open() as here:
        on = date.fromisoformat(task.inputs["on"])
        kinds = [name for name in SEVERAL[SAFETY].outputs if name in here.layers]
        found = safety_by_areas(here.ground(), on, task.inputs, kinds)
    return {
        kind: {
            "rows": plain_rows(coded(one).frame),
            "methods": {lang: one.method.told(lang) for lang in LANGUAGES},
            "totals": {name: plain_value(value) for name, value in one.totals.items()},
        }
        for kind, one in found.items()
    }


def _several(analysis: str, choice: str, run: Callable[[Task], Mapping[str, Any]]) -> Process:
    """The analysis over every kind of areas that its input `choice` names, an output each."""
    one = ANALYSES[analysis].process()
    kinds = one.inputs[choice].schema["enum"]
    result = one.outputs["result"]
    inputs = {name: value for name, value in one.inputs.items() if name != choice}
    return replace(one, id=f"{analysis}:all", inputs=inputs, run=run,
                   outputs=dict.fromkeys(kinds, result))  # fmt: skip


SEVERAL: Mapping[str, Process] = {SAFETY: _several(SAFETY, "of", _safety)}
"""Those whose work is the same for all kinds of areas, by analysis: for the server's own use."""


def work_of(name: str) -> Process:
    """A process that is offered, or one of `SEVERAL`, by its id."""
    for one in SEVERAL.values():
        if one.id == name:
            return one
    return process_of(name)


def process_of(name: str) -> Process:
    """The process of that name.

    Raises
    ------
    NotFound
        ``no_such_process``, naming those there are.
    """
    if name not in PROCESSES:
        raise NotFound("no_such_process", name=name[:60], known=", ".join(PROCESSES))
    return PROCESSES[name]
