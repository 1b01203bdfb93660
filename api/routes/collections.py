"""Collections: what each is, what its features hold, what they can be asked by."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import codelists, models, schemas
from api.answers import answer
from api.dependencies import Address, Lang, LayerByName, Reader
from api.links import SCHEMA
from api.params import read_params

router = APIRouter(prefix="/api/collections")
READ = ["GET", "HEAD"]
SCHEMAS = {
    "schema": schemas.feature_schema,
    "queryables": schemas.queryables,
    "sortables": schemas.sortables,
}


@router.api_route("", methods=READ)
def collections(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """All of them."""
    read_params(request)
    document = models.collections(state, links, lang)
    return answer(request, document, headers={"Content-Language": lang})


@router.api_route("/{collection}", methods=READ)
def collection(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """One, as the list describes it."""
    read_params(request)
    document = models.collection(state, layer, links, lang)
    return answer(request, document, headers={"Content-Language": lang})


@router.api_route("/{collection}/schema", methods=READ)
@router.api_route("/{collection}/queryables", methods=READ)
@router.api_route("/{collection}/sortables", methods=READ)
def schema(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What a feature holds, can be asked by, can be sorted by."""
    profile = codelists.read_profile(read_params(request, "profile"))
    part = request.url.path.rsplit("/", 1)[-1]
    document = SCHEMAS[part](layer, identifier=links.collection(layer.name, part), lang=lang)
    document = codelists.applied(document, profile, layer, links)
    headers = {"Content-Language": lang, "Link": codelists.profile_header(profile)}
    return answer(request, document, media_type=SCHEMA, headers=headers)


@router.api_route("/{collection}/codelists/{field:path}", methods=READ)
def codelist(
    request: Request, layer: LayerByName, field: str, links: Address, lang: Lang
) -> Response:
    """The codes that a field may have, with what each means."""
    read_params(request)
    document = codelists.codelist(layer, field, links, lang)
    return answer(request, document, headers={"Content-Language": lang})


@router.api_route("/{collection}/feature-schema", methods=READ)
def feature_schema(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What a feature looks like as GeoJSON."""
    read_params(request)
    document = schemas.geojson_schema(
        layer, identifier=links.collection(layer.name, "feature-schema"), lang=lang
    )
    return answer(request, document, media_type=SCHEMA, headers={"Content-Language": lang})
