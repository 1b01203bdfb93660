"""Collections: what each is, what its features hold, what they can be asked by."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import models, schemas
from api.answers import answer
from api.dependencies import Address, Lang, LayerByName, Reader
from api.links import SCHEMA
from api.params import read_params

router = APIRouter(prefix="/api/collections")
READ = ["GET", "HEAD"]


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
def schema(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What a feature holds."""
    read_params(request)
    document = schemas.feature_schema(
        layer, identifier=links.collection(layer.name, "schema"), lang=lang
    )
    return answer(request, document, media_type=SCHEMA, headers={"Content-Language": lang})


@router.api_route("/{collection}/feature-schema", methods=READ)
def feature_schema(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What a feature looks like as GeoJSON."""
    read_params(request)
    document = schemas.geojson_schema(
        layer, identifier=links.collection(layer.name, "feature-schema"), lang=lang
    )
    return answer(request, document, media_type=SCHEMA, headers={"Content-Language": lang})


@router.api_route("/{collection}/sortables", methods=READ)
def sortables(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What features can be sorted by."""
    read_params(request)
    document = schemas.sortables(
        layer, identifier=links.collection(layer.name, "sortables"), lang=lang
    )
    return answer(request, document, media_type=SCHEMA, headers={"Content-Language": lang})


@router.api_route("/{collection}/queryables", methods=READ)
def queryables(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """What features can be asked by."""
    read_params(request)
    document = schemas.queryables(
        layer, identifier=links.collection(layer.name, "queryables"), lang=lang
    )
    return answer(request, document, media_type=SCHEMA, headers={"Content-Language": lang})
