"""Features: a page of them, and one."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import faces
from api.answers import answer
from api.dependencies import Address, Lang, LayerByName, Reader
from api.links import GEOJSON, JSON, link
from api.moments import (
    FOR_A_YEAR,
    absent,
    link_header,
    moment_headers,
    original_links,
    pinned,
    standing,
    version_links,
)
from api.negotiation import chosen
from api.page import RESULT_TYPES, page_of, referred, shape_headers, wanted_of
from api.params import (
    ITEMS,
    MOMENT,
    filterable_fields,
    moment_of,
    read_choice,
    read_params,
)
from sitplan.errors import NotFound
from sitplan.features import read_one
from sitplan.instants import http_date
from sitplan.past import Version, read_versions
from sitplan.query import FeatureQuery

router = APIRouter(prefix="/api/collections/{collection}/items")
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def items(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """A page of features, with the ways to the next and the one before."""
    names = [f.name for f in filterable_fields(layer)]
    params = read_params(request, *ITEMS, *names, formats=faces.OFFERED)
    read_choice(params, "result-type", RESULT_TYPES)
    face = chosen(request, faces.FACES)
    here = links.collection(layer.name, "items")
    return page_of(request, params, face, layer, state, links, lang, here=here)


@router.api_route("/{feature}", methods=READ)
def item(
    request: Request, layer: LayerByName, feature: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """One feature, in force or not unless `datetime` is given; as of an instant, its version."""
    params = read_params(request, "crs", "profile", *MOMENT, formats=(*faces.ONE, "geojson"))
    asked = moment_of(request)
    moment = replace(asked, on="any") if asked.on is None else asked
    query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=moment)
    wanted = wanted_of(chosen(request, faces.ONE), query, params, state, links, lang)
    query = wanted.query
    versions: list[Version] = []
    if moment.as_of is not None:
        versions = read_versions(state.database, layer, feature)
    place = standing(versions, moment.as_of)
    if versions and place is None:
        return absent(request, links, layer, feature, versions, moment.as_of)
    try:
        found = read_one(state.database, query, feature)
    except NotFound:
        versions = versions or read_versions(state.database, layer, feature)
        if versions and standing(versions, moment.as_of) is None:
            return absent(request, links, layer, feature, versions, moment.as_of)
        raise
    (found,) = referred([found], wanted, state, links)
    here = links.collection(layer.name, "items", found["id"])
    about = original_links(links, layer, found["id"])
    headers = {**shape_headers(wanted), **moment_headers(request, asked, here)}
    if place is not None:
        version = versions[place]
        about += version_links(links, layer, found["id"], versions, place)
        headers["Memento-Datetime"] = http_date(version.recorded_from)
        if version.recorded_to is not None and "as-of" in params:
            headers["Cache-Control"] = FOR_A_YEAR
    headers["Link"] = link_header([*about, *faces.profile_links(wanted)])
    found["links"] = [
        link(pinned(here, request, asked), "self", GEOJSON),
        link(links.collection(layer.name), "collection", JSON, layer.title["es"]),
        *about,
        *faces.profile_links(wanted),
    ]
    return answer(request, faces.single(found, wanted), media_type=GEOJSON, headers=headers)
