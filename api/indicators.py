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
from sitplan.errors import Unavailable
from sitplan.indicators import Indicator, ids_of
from sitplan.jobs import Job
from sitplan.process import check_inputs
from sitplan.processes import process_of

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

    Several of one analysis share its run, and so do all who ask at the same time.
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
        state, layers = self._state, indicator.layers(areas)
        before = await run_in_threadpool(self._state_of, layers)
        revisions = dict(zip(layers, before[1:], strict=True))
        day, mark = state.today(), state.memory.mark(layers)
        fixed = tuple(indicator.fixed.items())
        key = (OWNER, indicator.analysis, areas, fixed, lang, day, *before)
        kept: Reckoned | None = state.memory.get(key)
        if kept is not None:
            return kept
        job = await run_in_threadpool(self._begin, key, indicator, areas, lang, day)
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
        area = state.catalogue.layer(areas)
        ids = await run_in_threadpool(ids_of, state.database, area, day)
        if await run_in_threadpool(self._state_of, layers) != before:
            return None
        found, size = await run_in_threadpool(_read, job, ids, revisions, day)
        state.memory.put(key, found, mark=mark, layers=layers, size=size)
        return found

    def _begin(
        self, key: tuple[Any, ...], indicator: Indicator, areas: str, lang: str, day: date
    ) -> Job:
        """The job that is at it already, or a new one."""
        with self._lock:
            running = self._jobs.get(key)
            if running is not None:
                return running
            process = process_of(indicator.analysis)
            inputs = check_inputs(process, indicator.inputs(areas, day))
            job = self._state.jobs.begin(process, inputs, lang=lang, owner=OWNER)
            self._jobs[key] = job
            return job

    def _state_of(self, layers: tuple[str, ...]) -> tuple[Any, ...]:
        """The heights that streets climb, and of each layer the last Change that was announced."""
        catalogue = self._state.catalogue
        heights = catalogue.heights_now() if "roads" in layers else None
        return (heights, *(catalogue.revisions.get(name) for name in layers))


def _read(
    job: Job, ids: Mapping[str, str], revisions: Mapping[str, int | None], day: date
) -> tuple[Reckoned, int]:
    """What the job found, without shapes, and about how many bytes it takes."""
    told = orjson.loads(job.outputs["result"])
    rows = [one["properties"] for one in told["features"]]
    at = job.finished or datetime.now(UTC)
    found = Reckoned(rows, told["method"], told["totals"], ids, revisions, day, at)
    return found, 8 * len(orjson.dumps(rows))


def analysis_title(indicator: Indicator, lang: str) -> str:
    """What the analysis is called, as it is offered."""
    return ANALYSES[indicator.analysis].process().title[lang]
