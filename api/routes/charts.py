"""The charts: what each draws, as figures."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.chart_documents import GREEN, chart_document, chart_list, green_figures, plan_figures
from api.dependencies import Address, Lang, Reader
from api.params import read_choice, read_params
from sitplan.charts import chart_of

router = APIRouter(prefix="/api/charts")
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def charts(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The charts that this territory's data give."""
    read_params(request)
    return answer(request, chart_list(state, links, lang), headers={"Content-Language": lang})


@router.api_route("/{chart}", methods=READ)
async def chart(
    request: Request, chart: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """One chart: of the plan at once, of green areas as soon as their indicator is computed."""
    catalogue = await run_in_threadpool(lambda: state.catalogue)
    found = chart_of(chart, catalogue)
    params = read_params(request, *(["by"] if found.choices else []))
    by = read_choice(params, "by", found.choices) if found.choices else ""
    of_green = None
    if found.id == "green_area":
        of_green = await state.reckoner.of(GREEN, "neighbourhoods", lang)

    def told() -> Response:
        figures = (
            green_figures(state, of_green, lang)
            if of_green
            else plan_figures(state, found, by, lang)
        )
        document = chart_document(state, found, by, figures, links, lang)
        return answer(request, document, headers={"Content-Language": lang})

    return await run_in_threadpool(told)
