"""Indicators by area: what is computed of the published data, for the map and for pages."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.dependencies import Address, Lang, Reader
from api.indicator_documents import indicator_document, indicator_list
from api.params import read_choice, read_params
from sitplan.indicators import indicator_of

router = APIRouter(prefix="/api/indicators")
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def indicators(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The indicators that this territory's data give."""
    read_params(request)
    return answer(request, indicator_list(state, links, lang))


@router.api_route("/{indicator}", methods=READ)
async def indicator(
    request: Request, indicator: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """One indicator of some areas."""
    params = read_params(request, "of")
    catalogue = await run_in_threadpool(lambda: state.catalogue)
    found = indicator_of(indicator, catalogue)
    areas = read_choice(params, "of", found.offered(catalogue))
    reckoned = await state.reckoner.of(found, areas, lang)

    def told() -> Response:
        document = indicator_document(state, found, areas, reckoned, links, lang)
        return answer(request, document)

    return await run_in_threadpool(told)
