"""What the map asks for besides tiles and styles: legend and search."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.dependencies import Lang, Reader
from api.params import read_choice, read_limit, read_params
from sitplan.errors import BadRequest
from sitplan.legend import legend
from sitplan.search import search
from sitplan.style import THEMES

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]


@router.api_route("/legend", methods=READ)
def read_legend(request: Request, state: Reader, lang: Lang) -> Response:
    """What the map's signs mean, and what each layer is."""
    params = read_params(request, "theme")
    theme = read_choice(params, "theme", THEMES)
    facts = {layer.name: state.facts(layer) for layer in state.catalogue if layer.geometry}
    counts = {name: one.count for name, one in facts.items() if one}
    document = legend(state.catalogue, theme=theme, lang=lang, counts=counts)
    return answer(request, document, headers={"Content-Language": lang})


@router.api_route("/search", methods=READ)
def find(request: Request, state: Reader, lang: Lang) -> Response:
    """Features by name, over all layers."""
    params = read_params(request, "q", "limit")
    if "q" not in params:
        raise BadRequest("missing_parameter", name="q")
    found = search(
        state.database,
        state.catalogue,
        params["q"].replace("\x00", " "),
        lang=lang,
        limit=read_limit(params, default=10, maximum=50),
        today=state.today(),
    )
    layers = state.catalogue.layers
    results: list[dict[str, Any]] = [
        {
            "layer": one.layer,
            "layer_title": layers[one.layer].title[lang],
            **_but_layer(asdict(one)),
        }
        for one in found
    ]
    return answer(request, {"results": results}, headers={"Content-Language": lang})


def _but_layer(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "layer"}
