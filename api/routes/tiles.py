"""Vector tiles, of one collection and of all public layers in one."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import tilesets
from api.answers import answer
from api.cache import request_headers, tile_answer
from api.dependencies import Address, Lang, LayerByName, Reader
from api.links import JSON, MATRIX_SET, MATRIX_SET_URI, Links, link
from api.moments import moment_headers
from api.params import FILTER, MOMENT, moment_of, read_params
from api.queries import read_filter
from api.state import State
from sitplan.errors import BadRequest, NotFound
from sitplan.layer import Layer
from sitplan.query import Condition, Moment
from sitplan.tiles import Tile
from sitplan.words import say

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]
_TILE = "/tiles/{matrix_set}/{z}/{row}/{column}"
_FORMATS = ("mvt", "json")
Corners = tuple[float, float, float, float]


@router.api_route("/tileMatrixSets", methods=READ)
def matrix_sets(request: Request, links: Address) -> Response:
    """The one tile matrix set."""
    read_params(request)
    href = links("tileMatrixSets", MATRIX_SET)
    one = {
        "id": MATRIX_SET,
        "title": "Google Maps Compatible for the World",
        "uri": MATRIX_SET_URI,
        "links": [link(href, "self", JSON), link(href, "item", JSON)],
    }
    return answer(request, {"tileMatrixSets": [one]})


@router.api_route("/tileMatrixSets/{matrix_set}", methods=READ)
def matrix_set(request: Request, matrix_set: str, links: Address) -> Response:
    """Its definition."""
    read_params(request)
    _check(matrix_set)
    return answer(request, tilesets.matrix_set(links))


@router.api_route("/tiles", methods=READ)
def dataset_tilesets(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The tilesets of the whole dataset."""
    read_params(request)
    title = state.catalogue.territory.name[lang]
    return answer(request, tilesets.tilesets(links, title=title))


@router.api_route("/tiles/{matrix_set}", methods=READ)
def dataset_tileset(
    request: Request, matrix_set: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """The tileset of the whole dataset."""
    read_params(request, "collections")
    _check(matrix_set)
    document = tilesets.tileset(
        links,
        title=state.catalogue.territory.name[lang],
        layers=[layer for layer in state.catalogue if layer.geometry],
        box=_bounds(state, None),
        lang=lang,
    )
    return answer(request, document)


@router.api_route("/tiles/{matrix_set}/tilejson", methods=READ)
def dataset_tilejson(
    request: Request, matrix_set: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """The dataset's tiles as TileJSON 3, or those of the layers that `collections` names."""
    params = read_params(request, "collections")
    _check(matrix_set)
    names = _chosen(params, state)
    layers = [state.catalogue.layer(n) for n in names] if names else list(state.catalogue)
    document = tilesets.tilejson(
        links,
        title=state.catalogue.territory.name[lang],
        layers=[layer for layer in layers if layer.geometry],
        box=_bounds(state, None),
        lang=lang,
        query={"collections": ",".join(names)} if names else None,
    )
    return answer(request, document)


@router.api_route(_TILE, methods=READ)
def dataset_tile(
    request: Request,
    matrix_set: str,
    z: str,
    row: str,
    column: str,
    state: Reader,
    links: Address,
) -> Response:
    """All public layers in one tile, or those that `collections` names."""
    params = read_params(request, "collections", *MOMENT, *FILTER, formats=_FORMATS)
    names = _chosen(params, state)
    return _tile(request, matrix_set, (z, row, column), state, names, links, params)


@router.api_route("/collections/{collection}/tiles", methods=READ)
def layer_tilesets(request: Request, layer: LayerByName, links: Address, lang: Lang) -> Response:
    """The tilesets of one collection; a table has none."""
    read_params(request)
    title = say("api.tiles_of", lang, title=layer.title[lang])
    document = tilesets.tilesets(links, "collections", layer.name, title=title)
    if layer.geometry is None:
        document["tilesets"] = []
    return answer(request, document)


@router.api_route("/collections/{collection}/tiles/{matrix_set}", methods=READ)
def layer_tileset(
    request: Request,
    layer: LayerByName,
    matrix_set: str,
    state: Reader,
    links: Address,
    lang: Lang,
) -> Response:
    """The tileset of one collection."""
    read_params(request)
    _check(matrix_set)
    if layer.geometry is None:
        raise NotFound("no_such_matrix_set", name=matrix_set[:60], known="—")
    document = tilesets.tileset(
        links,
        "collections",
        layer.name,
        title=say("api.tiles_of", lang, title=layer.title[lang]),
        layers=[layer],
        box=_bounds(state, layer),
        lang=lang,
    )
    return answer(request, document)


@router.api_route("/collections/{collection}/tiles/{matrix_set}/tilejson", methods=READ)
def layer_tilejson(
    request: Request,
    layer: LayerByName,
    matrix_set: str,
    state: Reader,
    links: Address,
    lang: Lang,
) -> Response:
    """One collection's tiles as TileJSON 3."""
    read_params(request)
    _check(matrix_set)
    if layer.geometry is None:
        raise NotFound("no_such_matrix_set", name=matrix_set[:60], known="—")
    document = tilesets.tilejson(
        links,
        "collections",
        layer.name,
        title=layer.title[lang],
        layers=[layer],
        box=_bounds(state, layer),
        lang=lang,
    )
    return answer(request, document)


@router.api_route("/collections/{collection}" + _TILE, methods=READ)
def layer_tile(
    request: Request,
    layer: LayerByName,
    matrix_set: str,
    z: str,
    row: str,
    column: str,
    state: Reader,
    links: Address,
) -> Response:
    """One collection's tile."""
    params = read_params(request, *MOMENT, *FILTER, formats=_FORMATS)
    place = (z, row, column)
    return _tile(request, matrix_set, place, state, (layer.name,), links, params)


def _tile(
    request: Request,
    matrix_set: str,
    place: tuple[str, str, str],
    state: State,
    names: tuple[str, ...] | None,
    links: Links,
    params: Mapping[str, str],
) -> Response:
    _check(matrix_set)
    filters = _filters(params, names, state)
    z, row, column = (int(p) if p.isascii() and p.isdigit() and len(p) < 9 else -1 for p in place)
    tile = Tile(z, column, row)
    asked = moment_of(request)
    moment = asked if asked != Moment() else None
    found = state.tiles.read(tile, names=names, moment=moment, filters=filters)
    status, headers, body = tile_answer(found, request_headers(request.scope))
    if asked.as_of is not None:
        here = f"{links.base}{request.url.path}"
        told = moment_headers(request, asked.resolved(state.today()), here)
        headers += [(k.lower().encode(), v.encode()) for k, v in told.items() if k != "Vary"]
    response = Response(body, status_code=status)
    response.raw_headers = headers
    return response


def _chosen(params: Mapping[str, str], state: State) -> tuple[str, ...] | None:
    """The layers that `collections` names; None where it is not given."""
    if "collections" not in params:
        return None
    names = tuple(dict.fromkeys(params["collections"].split(",")))
    unknown = next((n for n in names if n not in state.catalogue.layers), None)
    if unknown is not None:
        raise BadRequest(
            "wrong_choice",
            name="collections",
            value=unknown[:60],
            known=", ".join(state.catalogue.layers),
        )
    return names


def _filters(
    params: Mapping[str, str], names: tuple[str, ...] | None, state: State
) -> dict[str, Condition] | None:
    """What features of each layer must fulfil; every layer of the tile has to know its words."""
    if not any(name in params for name in FILTER):
        return None
    wanted = [state.catalogue.layer(n) for n in names] if names is not None else state.catalogue
    found = {layer.name: read_filter(params, layer, state) for layer in wanted if layer.geometry}
    return {name: one for name, one in found.items() if one is not None}


def _check(matrix_set: str) -> None:
    if matrix_set != MATRIX_SET:
        raise NotFound("no_such_matrix_set", name=matrix_set[:60], known=MATRIX_SET)


def _bounds(state: State, layer: Layer | None) -> Corners:
    """Where the data lie: of a layer, or the territory's box and what may lie outside it."""
    territory = state.catalogue.territory.bounds
    if layer is not None:
        facts = state.facts(layer)
        return facts.extent.corners if facts and facts.extent else territory
    free = [one for one in state.catalogue if one.geometry and one.geometry.anywhere]
    boxes = [territory, *(_bounds(state, one) for one in free)]
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
