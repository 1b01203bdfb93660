"""The catalogue as a collection of records (OGC API Records 1.0, searchable catalogue)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import record_models as models
from api.answers import answer
from api.dependencies import Address, Lang, Reader
from api.links import GEOJSON, JSON, SCHEMA, link, self_of
from api.params import read_params
from api.record_query import QUERY, choose, read_query
from api.records import CATALOGUE, records_of
from sitplan.crs import CRS84
from sitplan.errors import NotFound
from sitplan.metadata import as_feature
from sitplan.record_filter import fulfilling

router = APIRouter(prefix=f"/api/collections/{CATALOGUE}")
READ = ["GET", "HEAD"]
_FORMATS = ("json", "geojson", "html")
_IN_DEGREES = {"Content-Crs": f"<{CRS84.uri}>"}


@router.api_route("", methods=READ)
def catalogue(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The collection of records, as the list of collections describes it."""
    read_params(request)
    return answer(request, models.catalogue(state, links, lang))


@router.api_route("/items", methods=READ)
def records(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """Records that answer a query, with the way to the next."""
    params = read_params(request, *QUERY, formats=_FORMATS)
    query = read_query(params, time_zone=state.catalogue.territory.time_zone)
    found = choose(records_of(state, links), query, lang=lang)
    if query.filter is not None:
        kept = fulfilling(state.database, found, query.filter, lang=lang)
        found = [one for one in found if one.id in kept]
    shown = found[query.offset : query.offset + query.limit]
    here = links.collection(CATALOGUE, "items")
    own = [
        link(self_of(request, here), "self", GEOJSON),
        link(links.collection(CATALOGUE), "collection", JSON),
    ]
    if query.offset + query.limit < len(found):
        own.append(_other_page(here, params, query.offset + query.limit, "next"))
    if query.offset:
        own.append(_other_page(here, params, max(query.offset - query.limit, 0), "prev"))
    document = {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(shown),
        "features": [as_feature(one, lang=lang) for one in shown],
        "links": own,
    }
    return answer(request, document, media_type=GEOJSON, headers=_IN_DEGREES, stamped=True)


def _other_page(here: str, params: Mapping[str, str], offset: int, rel: str) -> dict[str, Any]:
    query = urlencode({**params, "offset": str(offset)}, safe=",:/")
    return link(f"{here}?{query}", rel, GEOJSON)


@router.api_route("/items/{record}", methods=READ)
def record(request: Request, record: str, state: Reader, links: Address, lang: Lang) -> Response:
    """One record."""
    params = read_params(request, "crs", "datetime", formats=_FORMATS)
    read_query(params, time_zone=state.catalogue.territory.time_zone)
    found = next((one for one in records_of(state, links) if one.id == record), None)
    if found is None:
        raise NotFound("no_such_feature", layer=CATALOGUE, id=record[:100])
    document = as_feature(found, lang=lang)
    here = links.collection(CATALOGUE, "items", found.id)
    document["links"] = [
        link(self_of(request, here), "self", GEOJSON),
        link(links.collection(CATALOGUE), "collection", JSON),
        link(f"{here}?f=html", "alternate", "text/html"),
        *document["links"],
    ]
    return answer(request, document, media_type=GEOJSON, headers=_IN_DEGREES)


@router.api_route("/schema", methods=READ)
@router.api_route("/queryables", methods=READ)
@router.api_route("/sortables", methods=READ)
def schema(request: Request, links: Address, lang: Lang) -> Response:
    """What records hold, can be sought and sorted by."""
    read_params(request)
    part = request.url.path.rsplit("/", 1)[-1]
    identifier = links.collection(CATALOGUE, part)
    return answer(request, models.schema(part, identifier, lang), media_type=SCHEMA)
