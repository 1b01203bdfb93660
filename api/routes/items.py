"""Features: a page of them, and one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import faces
from api.answers import answer, answer_bytes, as_json, besides
from api.dependencies import Address, Lang, LayerByName, Reader
from api.links import GEOJSON, JSON, Links, link
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
from api.moulds import Mould, blank, blank_request, key_of
from api.negotiation import chosen, wishes_page
from api.page import RESULT_TYPES, page_of, referred, shape_headers, wanted_of
from api.params import (
    ITEMS,
    MOMENT,
    filterable_fields,
    moment_of,
    read_choice,
    read_params,
)
from api.state import State
from sitplan.errors import NotFound
from sitplan.export.job import Export
from sitplan.features import read_one, read_written
from sitplan.instants import http_date
from sitplan.layer import Layer
from sitplan.past import Version, read_versions
from sitplan.query import FeatureQuery, Moment

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
    key = key_of(request.scope, layer.name, feature, state.settings.base_url)
    if key is not None:
        catalogue = state.catalogue
        known = state.moulds.known(key, catalogue)
        if known is None:
            known = (_mould(blank_request(request, layer), layer, state, links, lang),)
            state.moulds.keep(key, known[0], catalogue)
        if known[0] is not None:
            found = read_written(state.database, known[0].query, [feature])
            if feature in found:
                body, headers = known[0].filled(feature, *found[feature])
                return answer_bytes(request, body, media_type=GEOJSON, headers=headers)
    return _worked_out(request, layer, feature, state, links, lang)


def _wanted(
    request: Request, layer: Layer, state: State, links: Links, lang: str
) -> tuple[Export, Moment]:
    """How the feature is wanted, and the moment as it was asked for."""
    params = read_params(request, "crs", "profile", *MOMENT, formats=(*faces.ONE, "geojson"))
    asked = moment_of(request)
    moment = replace(asked, on="any") if asked.on is None else asked
    query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=moment)
    return wanted_of(chosen(request, faces.ONE), query, params, state, links, lang), asked


def _mould(request: Request, layer: Layer, state: State, links: Links, lang: str) -> Mould | None:
    """What all features share that are asked for like this; None where the values matter too."""
    wanted, asked = _wanted(request, layer, state, links, lang)
    if not faces.is_plain(wanted) or wishes_page(request, GEOJSON):
        return None
    document, headers = _document(request, blank(), wanted, asked, state, links)
    body, sent = as_json(request, document, media_type=GEOJSON, headers=headers)
    return Mould(wanted.query, body, besides(sent))


def _worked_out(
    request: Request, layer: Layer, feature: str, state: State, links: Links, lang: str
) -> Response:
    wanted, asked = _wanted(request, layer, state, links, lang)
    moment = wanted.query.moment
    versions: list[Version] = []
    if moment.as_of is not None:
        versions = read_versions(state.database, layer, feature)
    place = standing(versions, moment.as_of)
    if versions and place is None:
        return absent(request, links, layer, feature, versions, moment.as_of)
    try:
        found = read_one(state.database, wanted.query, feature)
    except NotFound:
        versions = versions or read_versions(state.database, layer, feature)
        if versions and standing(versions, moment.as_of) is None:
            return absent(request, links, layer, feature, versions, moment.as_of)
        raise
    version = None if place is None else (versions, place)
    document, headers = _document(request, found, wanted, asked, state, links, version=version)
    return answer(request, document, media_type=GEOJSON, headers=headers)


def _document(
    request: Request,
    found: dict[str, Any],
    wanted: Export,
    asked: Moment,
    state: State,
    links: Links,
    *,
    version: tuple[list[Version], int] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The feature as a document of its own, and what the headers say besides."""
    layer = wanted.query.layer
    (found,) = referred([found], wanted, state, links)
    here = links.collection(layer.name, "items", found["id"])
    about = original_links(links, layer, found["id"])
    headers = {**shape_headers(wanted), **moment_headers(request, asked, here)}
    if version is not None:
        versions, place = version
        stood = versions[place]
        about += version_links(links, layer, found["id"], versions, place)
        headers["Memento-Datetime"] = http_date(stood.recorded_from)
        if stood.recorded_to is not None and "as-of" in request.query_params:
            headers["Cache-Control"] = FOR_A_YEAR
    headers["Link"] = link_header([*about, *faces.profile_links(wanted)])
    found["links"] = [
        link(pinned(here, request, asked), "self", GEOJSON),
        link(links.collection(layer.name), "collection", JSON, layer.title["es"]),
        *about,
        *faces.profile_links(wanted),
    ]
    return faces.single(found, wanted), headers
