"""One job in a Python of its own: what it is to do comes in, what becomes of it goes out.

    python -m sitplan.job_worker < job.json

Its memory is bounded, and it reads the database as the public's role: whatever an analysis does,
the server's tiles and pages go on. Lines of JSON go out: how far it is, then outputs or a problem.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, TextIO

import orjson

from sitplan.errors import SitplanError
from sitplan.process import Task, check_inputs
from sitplan.processes import work_of
from sitplan.settings import Settings

MEMORY_BYTES = 6 << 30
"""Of addresses, which libraries reserve more of than they use."""


def main() -> int:
    """Do the job on standard input."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints is no part of the answer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    job = json.load(sys.stdin)
    try:
        said = {"outputs": _run(job, out)}
    except SitplanError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        said = {"problem": {"kind": type(error).__name__, "code": error.code, "facts": facts}}
    except MemoryError:
        said = {"problem": {"kind": "Refused", "code": "job_too_large", "facts": {}}}
    out.write(orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY).decode() + "\n")
    return 0


def _run(job: dict[str, Any], out: TextIO) -> dict[str, Any]:
    import sitplan

    process = work_of(job["process"])
    settings = Settings.from_environment()
    task = Task(
        inputs=check_inputs(process, job["inputs"]),
        lang=job["lang"],
        open=lambda: sitplan.open(settings=settings),
        tell=lambda percent, doing: print(
            json.dumps({"progress": percent, "message": doing}), file=out
        ),
    )
    return dict(process.run(task))


if __name__ == "__main__":
    sys.exit(main())
