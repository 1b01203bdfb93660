"""Processes and jobs as documents (OGC API - Processes - Part 1: Core, 18-062r2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.links import JSON, OGC, Links, link
from sitplan.instants import write_instant
from sitplan.jobs import Job
from sitplan.process import Process, Value
from sitplan.processes import PROCESSES

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
MODES = ["sync-execute", "async-execute", "dismiss"]


def summary(process: Process, links: Links, lang: str) -> dict[str, Any]:
    """One process in the list."""
    here = links("processes", process.id)
    return {
        "id": process.id,
        "version": process.version,
        "title": process.title[lang],
        "description": process.description[lang],
        "keywords": list(process.keywords),
        "jobControlOptions": MODES,
        "outputTransmission": ["value"],
        "links": [
            link(here, "self", JSON, process.title[lang]),
            link(f"{here}/execution", f"{OGC}execute", JSON, process.title[lang]),
        ],
    }


def process_list(links: Links, lang: str, *, limit: int) -> dict[str, Any]:
    """The processes that are offered."""
    return {
        "processes": [summary(one, links, lang) for one in list(PROCESSES.values())[:limit]],
        "links": [link(links("processes"), "self", JSON)],
    }


def description(process: Process, links: Links, lang: str) -> dict[str, Any]:
    """One process with its inputs and outputs."""
    return {
        **summary(process, links, lang),
        "inputs": {
            name: {**_value(one, lang), "minOccurs": int(one.required), "maxOccurs": 1}
            for name, one in process.inputs.items()
        },
        "outputs": {name: _value(one, lang) for name, one in process.outputs.items()},
    }


def _value(one: Value, lang: str) -> dict[str, Any]:
    return {
        "title": one.title[lang],
        "description": one.description[lang],
        "schema": dict(one.schema),
    }


def job_list(jobs: list[Job], links: Links, lang: str, *, here: str) -> dict[str, Any]:
    """Jobs with their status."""
    return {
        "jobs": [status(job, links, lang) for job in jobs],
        "links": [link(here, "self", JSON)],
    }


def status(job: Job, links: Links, lang: str) -> dict[str, Any]:
    """What becomes of a job."""
    here = links("jobs", str(job.id))
    found: dict[str, Any] = {
        "processID": job.process.id,
        "type": "process",
        "jobID": str(job.id),
        "status": job.status,
        "message": job.problem.message(lang) if job.problem else job.message,
        "created": write_instant(job.created),
        "updated": write_instant(job.finished or job.started or job.created),
        "progress": job.progress,
        "links": [
            link(here, "self" if job.has_ended else "monitor", JSON),
            link(links("processes", job.process.id), "up", JSON, job.process.title[lang]),
        ],
    }
    if job.started:
        found["started"] = write_instant(job.started)
    if job.finished:
        found["finished"] = write_instant(job.finished)
    if job.status == "successful":
        found["links"].append(link(f"{here}/results", f"{OGC}results", JSON))
    return found


def chosen_outputs(job: Job) -> Mapping[str, bytes]:
    """The outputs that the request asked for; all where it named none."""
    asked = job.request.get("outputs")
    return {k: v for k, v in job.outputs.items() if not asked or k in asked}
