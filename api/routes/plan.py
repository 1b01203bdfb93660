"""The plan: its tree, filtered and with the counts of every filter; one initiative."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.dependencies import Address, Lang, Reader
from api.params import read_params
from api.plan_documents import filtered_plan, wanted_of
from api.state import State
from sitplan.initiatives import LAYERS, PlanTree, initiative_document, read_plan
from sitplan.plan_filter import FACETS

router = APIRouter(prefix="/api/plan")
READ = ["GET", "HEAD"]
_SIZE_OF_A_NODE = 4_000
"""Bytes that an initiative is reckoned to take of the memory."""


@router.api_route("", methods=READ)
def plan(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The plan's tree: all of it, or what some choices leave."""
    wanted = wanted_of(read_params(request, *FACETS, "q"))
    document = filtered_plan(tree_of(state), wanted, links, lang)
    return answer(request, document, headers={"Content-Language": lang})


@router.api_route("/{code}", methods=READ)
def initiative(request: Request, code: str, state: Reader, lang: Lang) -> Response:
    """One initiative and its place in the plan."""
    read_params(request)
    document = initiative_document(tree_of(state), code, lang=lang)
    return answer(request, document, headers={"Content-Language": lang})


def tree_of(state: State) -> PlanTree:
    """The plan in force today, remembered until one of its layers changes."""
    today = state.today()
    key = ("plan", today)
    found: PlanTree | None = state.memory.get(key)
    if found is None:
        mark = state.memory.mark(LAYERS)
        found = read_plan(state.database, state.catalogue, today=today)
        size = _SIZE_OF_A_NODE * (1 + len(found.nodes))
        state.memory.put(key, found, mark=mark, layers=LAYERS, size=size)
    return found
