"""The heights of the ground: what the territory's raster is, and the raster itself."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, answer_bytes, besides, is_known
from api.dependencies import Address, Lang, Reader
from api.links import JSON, link
from api.params import read_params
from api.state import State
from sitplan.elevation import MEDIA_TYPE, Raster, raster_of
from sitplan.hillshade import relief_picture
from sitplan.style import THEMES, palette_of
from sitplan.words import say

router = APIRouter(prefix="/api/heights")
READ = ["GET", "HEAD"]
_TAG = 24
"""Digits of the SHA-256 that its ETag has."""


@router.api_route("", methods=READ)
def heights(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """What the raster of heights is: source, licence, cell, extent."""
    read_params(request)
    found = _raster(state)
    title = say("api.heights", lang)
    document = {
        "title": title,
        "description": say("api.heights_about", lang),
        **found.told,
        "links": [
            link(links("heights"), "self", JSON, title),
            {**link(links("heights", "raster"), "enclosure", MEDIA_TYPE, found.name),
             "length": found.told["bytes"]},
        ],
    }  # fmt: skip
    return answer(request, document)


@router.api_route("/raster", methods=READ)
def raster(request: Request, state: Reader) -> Response:
    """The raster as it is; it is read only for who has not got it."""
    read_params(request)
    tag = (state.catalogue.heights_now() or "")[:_TAG]
    if tag and is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=besides({"ETag": f'W/"{tag}"'}))
    found = _raster(state)
    return answer_bytes(
        request, found.body, tag=found.told["sha256"][:_TAG], media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )  # fmt: skip


@router.api_route("/relief.png", methods=READ, include_in_schema=False)
def relief(request: Request, state: Reader) -> Response:
    """The relief in a theme's ink and light, as the map's style lays it on the land."""
    theme = read_params(request, "theme").get("theme", THEMES[0])
    palette_of(state.catalogue.palette, theme)
    picture = relief_picture(state.catalogue, state.settings.layers, theme)
    return answer_bytes(request, picture, media_type="image/png")


def _raster(state: State) -> Raster:
    return raster_of(state.catalogue, state.settings.layers)
