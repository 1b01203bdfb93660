"""The processes that are offered, by name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

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
