"""The catalogue as `sitplan.open("http://…")` reads it: declarations, styles, territory."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.dependencies import Reader
from api.params import read_params
from sitplan.register import write_register

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]


@router.api_route("/register", methods=READ)
def register(request: Request, state: Reader) -> Response:
    """Every public layer as it is declared, without its private fields."""
    read_params(request)
    return answer(request, write_register(state.catalogue))
