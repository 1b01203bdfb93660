"""Features: a page of them, and one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import faces
from api.answers import answer, answer_bytes
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
from api.negotiation import VARY, chosen
from api.pages.sheet import with_query
from api.params import ITEMS, MOMENT, filterable_fields, moment_of, read_params, write_token
from api.queries import read_crs, read_query
from api.state import State
from sitplan.errors import NotFound
from sitplan.export.asked import ask
from sitplan.export.formats import FORMATS
from sitplan.export.job import Export
from sitplan.features import Page, count, read_one, read_page
from sitplan.instants import http_date, write_instant
from sitplan.past import Version, read_versions
from sitplan.query import FeatureQuery

router = APIRouter(prefix="/api/collections/{collection}/items")
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def items(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """A page of features, with the way to the next."""
    names = [f.name for f in filterable_fields(layer)]
    params = read_params(request, *ITEMS, *names, formats=faces.OFFERED)
    face = chosen(request, faces.FACES)
    query = read_query(request, params, layer, state)
    wanted = _wanted(face, query, params, state, links, lang)
    query = wanted.query
    page = read_page(state.database, query)
    is_whole = query.after is None and page.next_after is None
    matched = len(page.features) if is_whole else count(state.database, query)
    here = links.collection(layer.name, "items")
    found = _page_links(request, params, face, query, page, links)
    headers = {
        **_headers(wanted),
        **moment_headers(request, query.moment, here),
        "OGC-NumberMatched": str(matched),
        "OGC-NumberReturned": str(len(page.features)),
    }
    if face not in faces.DOCUMENTS:
        headers["Link"] = link_header([*found, *faces.profile_links(wanted)])
        headers["Vary"] = f"{VARY}, Accept-Datetime"
        drawn = state.catalogue.illustrative.get(layer.name, layer.illustrative)
        sent = faces.body(face, page.features, wanted, illustrative=drawn)
        return answer_bytes(request, sent, media_type=faces.media_type_of(face), headers=headers)
    root, features = faces.document(page.features, wanted)
    document = {
        "type": "FeatureCollection",
        **root,
        "numberMatched": matched,
        "numberReturned": len(features),
        "features": features,
        "links": found,
    }
    return answer(request, document, media_type=GEOJSON, headers=headers, stamped=True)


@router.api_route("/{feature}", methods=READ)
def item(
    request: Request, layer: LayerByName, feature: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """One feature, in force or not unless `datetime` is given; as of an instant, its version."""
    params = read_params(request, "crs", "profile", *MOMENT, formats=(*faces.ONE, "geojson"))
    asked = moment_of(request)
    moment = replace(asked, on="any") if asked.on is None else asked
    query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=moment)
    wanted = _wanted(chosen(request, faces.ONE), query, params, state, links, lang)
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
    here = links.collection(layer.name, "items", found["id"])
    about = original_links(links, layer, found["id"])
    headers = {**_headers(wanted), **moment_headers(request, asked, here)}
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
    ]
    return answer(request, faces.single(found, wanted), media_type=GEOJSON, headers=headers)


def _wanted(
    face: str,
    query: FeatureQuery,
    params: Mapping[str, str],
    state: State,
    links: Links,
    lang: str,
) -> Export:
    """How the features are to be written; pages for people know no profiles."""
    layer = query.layer
    return ask(
        query,
        FORMATS[faces.format_of(face)],
        state.catalogue.territory,
        crs=read_crs(params, "crs", layer, state) if "crs" in params else None,
        coordinates=params.get("coordinates"),
        profile="" if face == "html" else params.get("profile", ""),
        lang=lang,
        schema_url=links.collection(layer.name, "schema"),
    )


def _headers(wanted: Export) -> dict[str, str]:
    return {
        "Content-Crs": f"<{wanted.query.crs.uri}>",
        "Content-Language": wanted.lang,
        "Link": link_header(faces.profile_links(wanted)),
    }


def _page_links(
    request: Request,
    params: Mapping[str, str],
    face: str,
    query: FeatureQuery,
    page: Page,
    links: Links,
) -> list[dict[str, Any]]:
    name, kind = query.layer.name, faces.media_type_of(face)
    here = links.collection(name, "items")
    own = pinned(here, request, query.moment)
    found = [
        link(own, "self", kind),
        link(links.collection(name), "collection", JSON, query.layer.title["es"]),
    ]
    if page.next_after is not None:
        first, last = query.moment.days
        day = first if "datetime" not in params and first == last else None
        token = write_token(query.layer, page.next_after, day)
        asked = {**params, "after": token}
        if face not in faces.DOCUMENTS:
            asked["f"] = face  # though it was Accept that said so
        if query.moment.as_of is not None:
            asked["as-of"] = write_instant(query.moment.as_of)
        following = links.collection(name, "items", query=asked)
        found.append(link(following, "next", kind))
    for other in ("jsonfg", "geojsonseq", "csv"):
        if other != face:
            found.append(link(with_query(own, f=other), "alternate", faces.media_type_of(other)))
    return found
