"""Jobs: processes at work, each in a Python of its own that can be stopped; results for a while.

They are kept in memory and end with the server, for what they compute can be computed again.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, Final, Literal
from uuid import UUID, uuid4

import orjson

from sitplan import errors
from sitplan.db import reader_url
from sitplan.errors import NotFound, Refused, SitplanError, Unavailable
from sitplan.process import Process
from sitplan.settings import Settings

_LOG = logging.getLogger("sitplan.jobs")
Status = Literal["accepted", "running", "successful", "failed", "dismissed"]

AT_ONCE: Final = 2
WAITING: Final = 20
LONGEST_S: Final = 120.0
KEPT: Final = 200
KEPT_BYTES: Final = 64 << 20
LARGEST_BYTES: Final = 32 << 20
"""Of one job's outputs."""
_INFANCY = ("accepted", "running")


@dataclass
class Job:
    """One execution of a process.

    Parameters
    ----------
    owner
        Who asked, as far as can be told: whose list it stands in.
    outputs
        JSON text of each output, once it is successful.
    done
        Holds the job itself as soon as it has ended in any way.
    """

    process: Process
    inputs: Mapping[str, Any]
    lang: str
    owner: str
    id: UUID = field(default_factory=uuid4)
    status: Status = "accepted"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: datetime | None = None
    finished: datetime | None = None
    progress: int = 0
    message: str = ""
    outputs: Mapping[str, bytes] = field(default_factory=dict)
    problem: SitplanError | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    done: Future[Job] = field(default_factory=Future)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status not in _INFANCY

    @property
    def size(self) -> int:
        """Bytes of its outputs."""
        return sum(map(len, self.outputs.values()))


class Jobs:
    """The jobs of one running instance.

    Parameters
    ----------
    settings
        Say which database the jobs read.
    longest_s
        After how many seconds of work a job is stopped.
    """

    def __init__(self, settings: Settings, *, longest_s: float = LONGEST_S) -> None:
        self._settings = settings
        self._longest_s = longest_s
        self._jobs: OrderedDict[UUID, Job] = OrderedDict()
        self._running: dict[UUID, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sitplan-jobs")

    def begin(
        self,
        process: Process,
        inputs: Mapping[str, Any],
        *,
        lang: str,
        owner: str,
        request: Mapping[str, Any] | None = None,
    ) -> Job:
        """A new job, at work as soon as there is a place.

        Raises
        ------
        Unavailable
            ``many_jobs`` where too many wait already.
        """
        job = Job(process, inputs, lang, owner, request=request or {})
        with self._lock:
            if sum(not one.has_ended for one in self._jobs.values()) >= AT_ONCE + WAITING:
                raise Unavailable("many_jobs")
            self._jobs[job.id] = job
            self._forget()
        self._workers.submit(self._do, job)
        return job

    def find(self, identifier: str) -> Job:
        """The job of that id.

        Raises
        ------
        NotFound
            ``no_such_job``: never was, or is no longer kept.
        """
        try:
            return self._jobs[UUID(identifier)]
        except (ValueError, KeyError) as error:
            raise NotFound("no_such_job", id=identifier[:60]) from error

    def of(self, owner: str) -> list[Job]:
        """The jobs that one asker began, the newest first."""
        with self._lock:
            return [job for job in reversed(self._jobs.values()) if job.owner == owner]

    def dismiss(self, job: Job) -> None:
        """End a job that waits or works; of one that has ended, forget the outputs."""
        self._end(job, "dismissed", anyway=True)
        with self._lock:
            running = self._running.get(job.id)
            job.outputs = {}
        if running is not None:
            running.kill()

    def close(self) -> None:
        """End all that works."""
        for job in list(self._jobs.values()):
            if not job.has_ended:
                self.dismiss(job)
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _do(self, job: Job) -> None:
        try:
            self._work(job)
        except Exception:
            _LOG.exception("job %s", job.id)
            self._end(job, "failed", problem=Unavailable("broken_job"))

    def _work(self, job: Job) -> None:
        with self._lock:
            if job.has_ended:
                return
            job.status, job.started = "running", datetime.now(UTC)
            worker = subprocess.Popen(
                [sys.executable, "-m", "sitplan.job_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=_environment(self._settings),
            )
            self._running[job.id] = worker
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.kill()

        clock = threading.Timer(self._longest_s, stop)
        clock.daemon = True
        clock.start()
        assert worker.stdin is not None and worker.stdout is not None
        try:
            asked = {"process": job.process.id, "inputs": job.inputs, "lang": job.lang}
            try:
                with worker.stdin as pipe:
                    pipe.write(orjson.dumps(asked).decode())
            except BrokenPipeError:
                pass  # killed meanwhile
            said = _listen(worker.stdout, job)
        finally:
            clock.cancel()
            worker.kill()
            worker.wait()
            worker.stdout.close()
            with self._lock:
                self._running.pop(job.id, None)
        if late.is_set():
            self._end(job, "failed", problem=Refused("slow_job", seconds=int(self._longest_s)))
        elif "outputs" in said:
            found = {name: orjson.dumps(value) for name, value in said["outputs"].items()}
            self._end(job, "successful", outputs=found)
        elif "problem" in said:
            self._end(job, "failed", problem=_problem(said["problem"]))
        else:
            _LOG.error("job %s: its Python ended with %s", job.id, worker.returncode)
            self._end(job, "failed", problem=Unavailable("broken_job"))

    def _end(
        self,
        job: Job,
        status: Status,
        *,
        outputs: Mapping[str, bytes] | None = None,
        problem: SitplanError | None = None,
        anyway: bool = False,
    ) -> None:
        with self._lock:
            if job.has_ended and not anyway:
                return
            first = not job.has_ended
            job.status = status
            job.outputs, job.problem = outputs or {}, problem
            if first:
                job.finished = datetime.now(UTC)
                job.progress = 100 if status == "successful" else job.progress
        if first:
            job.done.set_result(job)

    def _forget(self) -> None:
        """Let the oldest of those that have ended go, until few enough are kept."""
        ended = [job for job in self._jobs.values() if job.has_ended]
        size = sum(job.size for job in ended)
        for job in ended:
            if len(self._jobs) <= KEPT and size <= KEPT_BYTES:
                break
            size -= job.size
            del self._jobs[job.id]


def _listen(lines: IO[str], job: Job) -> dict[str, Any]:
    """The last that a job's Python says; how far it is goes to the job."""
    said: dict[str, Any] = {}
    while line := lines.readline(LARGEST_BYTES + 1):
        if len(line) > LARGEST_BYTES:
            return {"problem": {"kind": "Refused", "code": "job_too_large", "facts": {}}}
        try:
            said = json.loads(line)
        except ValueError:  # killed in the middle of it
            return {}
        if "progress" in said:
            job.progress, job.message = int(said["progress"]), str(said["message"])
    return said


def _environment(settings: Settings) -> dict[str, str]:
    """What the job's Python knows: of the database, the public's role alone."""
    known = settings.as_environment()
    known.pop("SITPLAN_DATABASE_URL", None)
    known["SITPLAN_READER_URL"] = reader_url(settings)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
    return {**kept, **known, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _problem(told: Mapping[str, Any]) -> SitplanError:
    kind: Callable[..., SitplanError] = getattr(errors, told["kind"], Refused)
    if told["kind"] == "InvalidData":  # its report stays where it was made
        kind = Refused
    return kind(told["code"], **told["facts"])
