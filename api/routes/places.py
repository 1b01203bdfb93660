"""What there is and what is to come at a place: a page, its JSON twin, its picture."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, answer_bytes
from api.dependencies import Address, Lang, Reader
from api.ground import png, told
from api.links import HTML, JSON, Links, link
from api.params import read_choice, read_params
from api.state import State
from sitplan.errors import BadRequest
from sitplan.place_facts import document, title_of
from sitplan.places import WALKERS, Ground, Place, at, find, kind_of
from sitplan.words import say

router = APIRouter(prefix="/api/places")
READ = ["GET", "HEAD"]
_SIZE, _PNG = 24_000, 90_000
_SOURCES = ("initiatives", "project_locations", "green_areas", "hazard_zones", "meeting_points",
            "safe_zones", "roads")  # fmt: skip


@router.api_route("", methods=READ)
def point(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """What there is at a point, in degrees."""
    params = read_params(request, "lat", "lon", "profile")
    lat, lon = _degrees(params, "lat"), _degrees(params, "lon")
    query = {"lat": f"{lat:g}", "lon": f"{lon:g}"}
    found = told(
        state,
        ("point", lat, lon, lang),
        lambda ground: document(ground, at(ground, lon, lat), lang=lang),
        size=_SIZE,
        profile=read_choice(params, "profile", WALKERS),
    )
    picture = links("places", "picture.png", query=query)
    return _answer(request, found, state, links, lang, picture=picture)


@router.api_route("/picture.png", methods=READ)
def point_picture(request: Request, state: Reader, lang: Lang) -> Response:
    """The picture of a point."""
    params = read_params(request, "lat", "lon")
    lat, lon = _degrees(params, "lat"), _degrees(params, "lon")
    key = ("point picture", lat, lon, lang)
    return _picture(request, state, lang, key, lambda ground: at(ground, lon, lat))


@router.api_route("/{layer}/{code}", methods=READ)
def place(
    request: Request, layer: str, code: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """What there is at a feature that has a page of its own."""
    params = read_params(request, "profile")
    found = told(
        state,
        ("place", layer, code, lang),
        lambda ground: document(ground, find(ground, layer, code), lang=lang),
        size=_SIZE,
        profile=read_choice(params, "profile", WALKERS),
    )
    picture = links("places", layer, code, "picture.png")
    return _answer(request, found, state, links, lang, picture=picture)


@router.api_route("/{layer}/{code}/picture.png", methods=READ)
def place_picture(request: Request, layer: str, code: str, state: Reader, lang: Lang) -> Response:
    """The picture of a feature."""
    read_params(request)
    key = ("place picture", layer, code, lang)
    return _picture(request, state, lang, key, lambda ground: find(ground, layer, code))


def _degrees(params: Any, name: str) -> float:
    """A coordinate, to about a metre: what is kept is asked for again by the same.

    Raises
    ------
    BadRequest
        ``missing_parameter``, ``wrong_degrees``.
    """
    if name not in params:
        raise BadRequest("missing_parameter", name=name)
    try:
        value = float(params[name].replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 180:
        raise BadRequest("wrong_degrees", name=name, value=params[name][:60])
    return round(value, 5)


def _picture(
    request: Request, state: State, lang: str, key: tuple[Any, ...], whose: Any
) -> Response:
    def make(ground: Ground) -> bytes:
        there: Place = whose(ground)
        name = title_of(ground, there, lang)
        what = say("pages.place.question", lang)
        under = f"{kind_of(there, lang)} · {what}" if there.layer else what
        drawn = any(state.catalogue.illustrative.get(one) for one in _SOURCES)
        foot = say("pages.site", lang, name=state.catalogue.territory.name[lang])
        if drawn:
            foot = f"{foot} · {say('pages.watermark', lang)}"
        return png(state, ground, there, title=name, under=under, foot=foot)

    body = told(state, key, make, size=_PNG)
    return answer_bytes(
        request, body, media_type="image/png",
        headers={"Content-Language": lang, "Cache-Control": "no-cache"},
    )  # fmt: skip


def _answer(
    request: Request, found: Any, state: State, links: Links, lang: str, *, picture: str
) -> Response:
    """With its sources, whom to ask, and its links."""
    own = found["layer"]
    names = [one for one in dict.fromkeys((own, *_SOURCES)) if one in state.catalogue.layers]
    lon, lat = found["point"] or (None, None)
    here = links("places", own, found["code"]) if own else links(
        "places", query={"lat": f"{lat:g}", "lon": f"{lon:g}"})  # fmt: skip
    made = [
        link(here, "self", JSON),
        link(picture, "preview", "image/png"),
        link(_map_of(found, links, lang), "related", HTML, say("pages.on_map", lang)),
    ]
    if own:
        made.append(link(links("collections", own, "items", found["id"]), "item", JSON))
    return answer(
        request,
        {
            **found,
            "illustrative": any(state.catalogue.illustrative.get(one) for one in names),
            "sources": {one: _source(state, one, lang) for one in names},
            "links": made,
        },
    )


def _map_of(found: Any, links: Links, lang: str) -> str:
    """The map with the place open: an initiative by its code, others by the id of the feature."""
    layer = found["layer"]
    if layer:
        place = f"feature={layer}/{found['code' if layer == 'initiatives' else 'id']}"
    else:
        lon, lat = (f"{degrees:.5f}" for degrees in found["point"])
        place = f"map=16/{lat}/{lon}&panel=here&at={lat}/{lon}"
    return f"{links.base}/#{place}{'' if lang == 'es' else f'&lang={lang}'}"


def _source(state: State, name: str, lang: str) -> dict[str, Any]:
    """Who keeps a layer, and what it comes from."""
    layer, source = state.catalogue.layer(name), state.catalogue.source(name)
    return {
        "layer": layer.title[lang],
        "custodian": layer.custodian,
        "title": source.title,
        "date": str(source.date),
        "illustrative": bool(state.catalogue.illustrative.get(name)),
    }
