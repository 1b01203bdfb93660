"""Features: a page of them, and one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.dependencies import Address, LayerByName, Reader
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
from api.params import ITEMS, MOMENT, filterable_fields, moment_of, read_params, write_token
from api.queries import read_crs, read_query
from sitplan.crs import Crs
from sitplan.errors import NotFound
from sitplan.features import Page, count, read_one, read_page
from sitplan.instants import http_date, write_instant
from sitplan.past import Version, read_versions
from sitplan.query import FeatureQuery

router = APIRouter(prefix="/api/collections/{collection}/items")
READ = ["GET", "HEAD"]
_FORMATS = ("json", "geojson", "html")


@router.api_route("", methods=READ)
def items(request: Request, layer: LayerByName, state: Reader, links: Address) -> Response:
    """A page of features, with the way to the next."""
    names = [f.name for f in filterable_fields(layer)]
    params = read_params(request, *ITEMS, *names, formats=_FORMATS)
    query = read_query(request, params, layer, state)
    page = read_page(state.database, query)
    is_whole = query.after is None and page.next_after is None
    document = {
        "type": "FeatureCollection",
        "numberMatched": len(page.features) if is_whole else count(state.database, query),
        "numberReturned": len(page.features),
        "features": page.features,
        "links": _page_links(request, params, query, page, links),
    }
    here = links.collection(layer.name, "items")
    headers = {**_content_crs(query.crs), **moment_headers(request, query.moment, here)}
    return answer(request, document, media_type=GEOJSON, headers=headers, stamped=True)


@router.api_route("/{feature}", methods=READ)
def item(
    request: Request, layer: LayerByName, feature: str, state: Reader, links: Address
) -> Response:
    """One feature, in force or not unless `datetime` is given; as of an instant, its version."""
    params = read_params(request, "crs", *MOMENT, formats=_FORMATS)
    asked = moment_of(request)
    moment = replace(asked, on="any") if asked.on is None else asked
    query = FeatureQuery(
        layer=layer,
        srid=state.storage(layer),
        moment=moment,
        crs=read_crs(params, "crs", layer, state),
    )
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
    headers = {**_content_crs(query.crs), **moment_headers(request, asked, here)}
    if place is not None:
        version = versions[place]
        about += version_links(links, layer, found["id"], versions, place)
        headers["Memento-Datetime"] = http_date(version.recorded_from)
        if version.recorded_to is not None and "as-of" in params:
            headers["Cache-Control"] = FOR_A_YEAR
    headers["Link"] = link_header(about)
    found["links"] = [
        link(pinned(here, request, asked), "self", GEOJSON),
        link(links.collection(layer.name), "collection", JSON, layer.title["es"]),
        *about,
    ]
    return answer(request, found, media_type=GEOJSON, headers=headers)


def _content_crs(crs: Crs) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


def _page_links(
    request: Request, params: Mapping[str, str], query: FeatureQuery, page: Page, links: Links
) -> list[dict[str, str]]:
    name = query.layer.name
    here = links.collection(name, "items")
    found = [
        link(pinned(here, request, query.moment), "self", GEOJSON),
        link(links.collection(name), "collection", JSON, query.layer.title["es"]),
    ]
    if page.next_after is not None:
        first, last = query.moment.days
        day = first if "datetime" not in params and first == last else None
        token = write_token(query.layer, page.next_after, day)
        asked = {**params, "after": token}
        if query.moment.as_of is not None:
            asked["as-of"] = write_instant(query.moment.as_of)
        following = links.collection(name, "items", query=asked)
        found.append(link(following, "next", GEOJSON))
    return found
