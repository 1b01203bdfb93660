"""What indicators hold now: computed as a job when first asked for, kept until its data change."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.concurrency import run_in_threadpool

from sitplan.analyses import ANALYSES
from sitplan.catalogue import Catalogue
from sitplan.errors import Unavailable
from sitplan.indicators import Indicator, ids_of
from sitplan.jobs import Job
from sitplan.process import Process, check_inputs
from sitplan.processes import SEVERAL, process_of
from sitplan.words import LANGUAGES

if TYPE_CHECKING:
    from api.state import State

OWNER: Final = "indicators"
"""Of their jobs: no address, so that they stand in nobody's list."""
TRIES: Final = 3
"""How often it is computed anew where the data change meanwhile."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What an analysis found of some areas.

    Parameters
    ----------
    rows
        Of each area, its columns by name.
    ids
        Of the areas, by code.
    revisions
        The last Change of each layer that went in.
    """

    rows: list[Mapping[str, Any]]
    method: Mapping[str, Any]
    totals: Mapping[str, Any]
    ids: Mapping[str, str]
    revisions: Mapping[str, int | None]
    on: date
    at: datetime


class Reckoner:
    """The indicators of one running instance.

    Several of one analysis share its run, and so do all who ask at the same time; who flees is
    reckoned once for a hazard and a profile, and added up by every kind of areas.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._jobs: dict[tuple[Any, ...], Job] = {}
        self._lock = threading.Lock()

    async def of(self, indicator: Indicator, areas: str, lang: str) -> Reckoned:
        """What the indicator's analysis finds of those areas today, in the data as they stand.

        Raises
        ------
        SitplanError
            What the analysis or its job raises: ``many_jobs``, ``slow_job``; ``restless_data``
            where the data do not stand still.
        """
        for _ in range(TRIES):
            found = await self._once(indicator, areas, lang)
            if found is not None:
                return found
        raise Unavailable("restless_data")

    async def _once(self, indicator: Indicator, areas: str, lang: str) -> Reckoned | None:
        """The same; None where the data changed while they were read."""
        state = self._state
        run = _Run.of(indicator, areas, lang, state.catalogue)
        before = await run_in_threadpool(self._state_of, run.layers)
        day, mark = state.today(), state.memory.mark(run.layers)
        here = (OWNER, indicator.analysis, *indicator.fixed.items(), day, *before)
        kept: Reckoned | None = state.memory.get((*here, areas, lang))
        if kept is not None:
            return kept
        key = (*here, run.kinds, run.langs)
        job = await run_in_threadpool(self._begin, key, run, areas, lang, day)
        try:
            await asyncio.shield(asyncio.wrap_future(job.done))
        finally:
            if job.has_ended:
                with self._lock:
                    if self._jobs.get(key) is job:
                        del self._jobs[key]
        if job.problem is not None:
            raise job.problem
        if job.status != "successful":
            raise Unavailable("broken_job")
        shared: Reckoned | None = state.memory.get((*here, areas, lang))
        if shared is not None:  # whoever waited with us has put it there
            return shared
        ids = {
            kind: await run_in_threadpool(ids_of, state.database, state.catalogue.layer(kind), day)
            for kind in run.kinds
        }
        if await run_in_threadpool(self._state_of, run.layers) != before:
            return None
        revisions = dict(zip(run.layers, before[1:], strict=True))
        found = await run_in_threadpool(run.read, job, ids, revisions, day)
        for (kind, told), (one, size) in found.items():
            state.memory.put((*here, kind, told), one, mark=mark, layers=run.layers, size=size)
        return found[areas, lang][0]

    def _begin(self, key: tuple[Any, ...], run: _Run, areas: str, lang: str, day: date) -> Job:
        """The job that is at it already, or a new one."""
        with self._lock:
            running = self._jobs.get(key)
            if running is not None:
                return running
            inputs = check_inputs(run.process, run.inputs(areas, day))
            job = self._state.jobs.begin(run.process, inputs, lang=lang, owner=OWNER)
            self._jobs[key] = job
            return job

    def _state_of(self, layers: tuple[str, ...]) -> tuple[Any, ...]:
        """The heights that streets climb, and of each layer the last Change that was announced."""
        catalogue = self._state.catalogue
        heights = catalogue.heights_now() if "roads" in layers else None
        return (heights, *(catalogue.revisions.get(name) for name in layers))


@dataclass(frozen=True, slots=True)
class _Run:
    """What one job finds: an analysis of some kinds of areas, told in some languages.

    Where the work is the same for all kinds of areas, one job does it for all of them.
    """

    indicator: Indicator
    process: Process
    kinds: tuple[str, ...]
    langs: tuple[str, ...]

    @classmethod
    def of(cls, indicator: Indicator, areas: str, lang: str, catalogue: Catalogue) -> _Run:
        """The run that tells an indicator of those areas in that language, and maybe others."""
        several = SEVERAL.get(indicator.analysis)
        if several is None:
            return cls(indicator, process_of(indicator.analysis), (areas,), (lang,))
        kinds = tuple(kind for kind in several.outputs if kind in indicator.offered(catalogue))
        return cls(indicator, several, kinds, tuple(LANGUAGES))

    @property
    def layers(self) -> tuple[str, ...]:
        """All that is read."""
        return tuple(dict.fromkeys(n for kind in self.kinds for n in self.indicator.layers(kind)))

    def inputs(self, areas: str, day: date) -> dict[str, Any]:
        """What the process is asked with."""
        if self.process.id == self.indicator.analysis:
            return self.indicator.inputs(areas, day)
        return self.indicator.inputs_of_all(day)

    def read(
        self,
        job: Job,
        ids: Mapping[str, Mapping[str, str]],
        revisions: Mapping[str, int | None],
        day: date,
    ) -> dict[tuple[str, str], tuple[Reckoned, int]]:
        """Of each kind and language what the job found, and about how many bytes it takes."""
        at = job.finished or datetime.now(UTC)
        found = {}
        for kind in self.kinds:
            if "result" in job.outputs:
                told = orjson.loads(job.outputs["result"])
                rows = [one["properties"] for one in told["features"]]
                methods = {self.langs[0]: told["method"]}
            else:
                told = orjson.loads(job.outputs[kind])
                rows, methods = told["rows"], told["methods"]
            read = {name: revisions[name] for name in self.indicator.layers(kind)}
            size = 8 * len(orjson.dumps(rows))
            for lang in self.langs:
                one = Reckoned(rows, methods[lang], told["totals"], ids[kind], read, day, at)
                found[kind, lang] = one, size
        return found


def analysis_title(indicator: Indicator, lang: str) -> str:
    """What the analysis is called, as it is offered."""
    return ANALYSES[indicator.analysis].process().title[lang]
