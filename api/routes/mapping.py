"""What the map asks for besides tiles and styles: legend and search."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.counting import matched
from api.dependencies import Address, Lang, Reader
from api.ground import streets_by_name
from api.links import Links
from api.moments import moment_headers
from api.params import MOMENT, moment_of, read_choice, read_limit, read_params
from api.state import State
from sitplan.asking import MOST_CHARACTERS, Asking, Spot
from sitplan.errors import BadRequest
from sitplan.legend import legend
from sitplan.places import KINDS
from sitplan.query import FeatureQuery, Moment
from sitplan.search import Found
from sitplan.style import THEMES

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]


@router.api_route("/legend", methods=READ)
def read_legend(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """What the map's signs mean, and what each layer is; its count is of the moment asked for."""
    params = read_params(request, "theme", *MOMENT)
    theme = read_choice(params, "theme", THEMES)
    asked = moment_of(request)
    moment = asked.resolved(state.today())
    is_now = asked == Moment()
    counts = {}
    for layer in state.catalogue:
        facts = state.facts(layer) if layer.geometry else None
        if facts is not None and is_now:
            counts[layer.name] = facts.count
        elif facts is not None:
            query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=moment)
            counts[layer.name] = matched(state, query, "exact", page=None) or 0
    document = legend(state.catalogue, theme=theme, lang=lang, counts=counts)
    told = moment_headers(request, moment, links("legend"))
    return answer(request, document, headers={"Content-Language": lang, **told})


@router.api_route("/search", methods=READ)
def find(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """Places by what people type: names over all layers, crossings, numbers, coordinates."""
    params = read_params(request, "q", "limit")
    if "q" not in params:
        raise BadRequest("missing_parameter", name="q")
    if len(params["q"]) > MOST_CHARACTERS:
        raise BadRequest("long_text", name="q", most=MOST_CHARACTERS)
    asking = Asking(
        state.database,
        state.catalogue,
        lambda: streets_by_name(state),
        lang=lang,
        limit=read_limit(params, default=10, maximum=50),
        today=state.today(),
    )
    found = asking.answer(params["q"].replace("\x00", " "))
    document = {
        "understood": found.kind,
        "note": found.note or None,
        "tips": found.tips,
        "results": [_told(one, state, links, lang) for one in found.results],
    }
    return answer(request, document, headers={"Content-Language": lang})


def _told(one: Found | Spot, state: State, links: Links, lang: str) -> dict[str, Any]:
    """A find, with the address of its page where it has one."""
    told = asdict(one)
    if isinstance(one, Spot):
        nothing = dict.fromkeys(("layer", "layer_title", "id", "code", "bbox", "crossings"))
        return {**nothing, **told, "place": _at(one.point, links)}
    place = None
    if one.layer in KINDS:
        place = links("places", one.layer, one.code)
    elif one.point is not None and one.layer != "roads":
        place = _at(one.point, links)
    crossings = None
    if one.layer == "roads" and one.title != one.code:
        crossings = links("search", query={"q": f"{one.title} con"})
    return {
        **told,
        "kind": "feature",
        "layer_title": state.catalogue.layers[one.layer].title[lang],
        "place": place,
        "crossings": crossings,
    }


def _at(point: tuple[float, float], links: Links) -> str:
    lon, lat = point
    return links("places", query={"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
