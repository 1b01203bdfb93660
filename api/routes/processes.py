"""Processes: what can be computed here, at once or as a job (OGC API - Processes - Part 1)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import process_documents as documents
from api.answers import answer, dump
from api.body import read_json
from api.dependencies import Address, Lang, Reader
from api.links import JSON
from api.params import read_limit, read_params
from sitplan.errors import BadRequest, NotFound
from sitplan.jobs import Job
from sitplan.process import Process, check_inputs
from sitplan.processes import process_of

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]
MAX_LIMIT = 1000
_MEMBERS = ("inputs", "outputs", "response")
_RESPONSES = ("raw", "document")


@router.api_route("/processes", methods=READ)
def processes(request: Request, links: Address, lang: Lang) -> Response:
    """The processes that are offered."""
    params = read_params(request, "limit")
    limit = read_limit(params, default=MAX_LIMIT, maximum=MAX_LIMIT)
    return answer(request, documents.process_list(links, lang, limit=limit))


@router.api_route("/processes/{process}", methods=READ)
def process(request: Request, process: str, links: Address, lang: Lang) -> Response:
    """One process."""
    read_params(request)
    return answer(request, documents.description(process_of(process), links, lang))


@router.post("/processes/{process}/execution")
async def execute(
    request: Request, process: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """Do it at once, or with `Prefer: respond-async` as a job."""
    read_params(request)
    found = process_of(process)
    asked = _read_body(found, await read_json(request))
    # the schemas are ours, the values are anybody's: not on the thread that serves all
    inputs = await run_in_threadpool(check_inputs, found, asked.get("inputs", {}))
    job = state.jobs.begin(found, inputs, lang=lang, owner=_owner(request), request=asked)
    if _wants_job(request):
        status = documents.status(job, links, lang)
        headers = {
            "Location": links("jobs", str(job.id)),
            "Preference-Applied": "respond-async",
            "Cache-Control": "no-store",
            "Content-Language": lang,
        }
        return Response(dump(status), status_code=201, media_type=JSON, headers=headers)
    await _wait(request, state.jobs.dismiss, job)
    return _results(job, lang)


@router.api_route("/jobs", methods=READ)
def jobs(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The jobs that the asker's address began."""
    params = read_params(request, "limit")
    limit = read_limit(params, default=MAX_LIMIT, maximum=MAX_LIMIT)
    found = state.jobs.of(_owner(request))[:limit]
    document = documents.job_list(found, links, lang, here=links("jobs"))
    return answer(request, document, headers={"Cache-Control": "private, no-cache"})


@router.api_route("/jobs/{job}", methods=READ)
def job_status(request: Request, job: str, state: Reader, links: Address, lang: Lang) -> Response:
    """What becomes of one job."""
    read_params(request)
    document = documents.status(state.jobs.find(job), links, lang)
    return answer(request, document, headers={"Cache-Control": "private, no-cache"})


@router.delete("/jobs/{job}")
def dismiss(request: Request, job: str, state: Reader, links: Address, lang: Lang) -> Response:
    """End one job, or forget what it gave."""
    read_params(request)
    found = state.jobs.find(job)
    state.jobs.dismiss(found)
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    return Response(dump(documents.status(found, links, lang)), media_type=JSON, headers=headers)


@router.api_route("/jobs/{job}/results", methods=READ)
def job_results(request: Request, job: str, state: Reader, lang: Lang) -> Response:
    """What one job gave."""
    read_params(request)
    found = state.jobs.find(job)
    if not found.has_ended:
        raise NotFound("result_not_ready", id=str(found.id))
    return _results(found, lang)


def _results(job: Job, lang: str) -> Response:
    """The outputs as the request wants them: a document of all, or the bare value of one."""
    if job.problem is not None:
        raise job.problem
    if job.status == "dismissed":
        raise NotFound("dismissed_job", id=str(job.id))
    outputs = documents.chosen_outputs(job)
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    if job.request.get("response", "raw") == "document":
        whole = dump({name: orjson.Fragment(value) for name, value in outputs.items()})
        return Response(whole, media_type=JSON, headers=headers)
    if len(outputs) == 1:
        (value,) = outputs.values()
        return Response(value, media_type=JSON, headers=headers)
    mark = uuid4().hex
    parts = b"".join(
        f"--{mark}\r\nContent-Type: {JSON}\r\nContent-ID: <{name}>\r\n\r\n".encode()
        + value
        + b"\r\n"
        for name, value in outputs.items()
    )
    kind = f'multipart/related; boundary="{mark}"'
    return Response(parts + f"--{mark}--\r\n".encode(), media_type=kind, headers=headers)


def _read_body(process: Process, found: Any) -> dict[str, Any]:
    """What an execute request says, its inputs yet to be checked."""
    if not isinstance(found, dict):
        raise BadRequest("wrong_inputs")
    for name in found:
        if name not in (*_MEMBERS, "subscriber", "$schema", "id", "mode"):
            raise BadRequest("unknown_member", name=name[:60], known=", ".join(_MEMBERS))
    if found.get("response", "raw") not in _RESPONSES:
        value, known = str(found["response"])[:60], ", ".join(_RESPONSES)
        raise BadRequest("wrong_choice", name="response", value=value, known=known)
    outputs = found.get("outputs") or {}
    if not isinstance(outputs, dict):
        raise BadRequest("wrong_inputs")
    for name, wanted in outputs.items():
        if name not in process.outputs:
            known = ", ".join(process.outputs)
            raise BadRequest("wrong_choice", name="outputs", value=name[:60], known=known)
        mode = wanted.get("transmissionMode", "value") if isinstance(wanted, dict) else "value"
        if mode != "value":
            value = str(mode)[:60]
            raise BadRequest("wrong_choice", name="transmissionMode", value=value, known="value")
    return {**found, "outputs": outputs}


def _wants_job(request: Request) -> bool:
    wishes = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(wish.split(";")[0].strip() == "respond-async" for wish in wishes)


def _owner(request: Request) -> str:
    return request.client.host if request.client else ""


async def _wait(request: Request, dismiss: Any, job: Job) -> None:
    """Until the job has ended; a client that goes away ends it."""
    done = asyncio.wrap_future(job.done)
    while not done.done():
        await asyncio.wait({done}, timeout=0.5)
        if not done.done() and await request.is_disconnected():
            await run_in_threadpool(dismiss, job)
            return
