"""Landing page, conformance, API definition, health."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import models
from api.answers import answer
from api.conformance import CONFORMANCE
from api.dependencies import Address, Lang, Reader
from api.links import OPENAPI
from api.openapi import definition
from api.params import read_params
from api.promise import promise_document

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
@router.api_route("/", methods=READ)
def landing(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """Where a client begins."""
    read_params(request)
    return answer(request, models.landing(state, links, lang), headers={"Content-Language": lang})


@router.api_route("/conformance", methods=READ)
def conformance(request: Request) -> Response:
    """The classes that are kept, each with its tests."""
    read_params(request)
    return answer(request, {"conformsTo": list(CONFORMANCE)})


@router.api_route("/openapi", methods=READ)
def openapi(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The API definition, in the version that clients of the standard read."""
    read_params(request)
    return answer(request, definition(state, links, lang), media_type=OPENAPI)


@router.api_route("/promise", methods=READ)
def promise(request: Request, links: Address, lang: Lang) -> Response:
    """What never changes within a major version, and what will end."""
    read_params(request)
    return answer(request, promise_document(links, lang))


@router.api_route("/health", methods=READ)
async def health(request: Request, state: Reader) -> Response:
    """200 while the database answers and holds a territory, else a problem.

    It waits for no thread that a slow question may hold.
    """
    read_params(request)
    task = state.quick.start(lambda: (state.quick.fetch("SELECT 1"), len(state.catalogue.layers)))
    _, layers = await asyncio.wrap_future(task)
    return answer(
        request, {"status": "ok", "layers": layers, "announcements": state.memory.is_open}
    )
