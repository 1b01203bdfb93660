"""A question for features as a body: for those that an address is too short for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import faces
from api.body import read_json
from api.dependencies import Address, Lang, LayerByName, Reader
from api.negotiation import chosen
from api.page import RESULT_TYPES, page_of
from api.params import EVERYWHERE, ITEMS, check_params, filterable_fields, read_choice, read_params
from sitplan.cql2.reading import MAX_DEPTH
from sitplan.errors import BadRequest
from sitplan.layer import Layer

router = APIRouter(prefix="/api/collections/{collection}")
MEMBERS = tuple(name for name in ITEMS if name not in EVERYWHERE)


@router.post("/search")
async def search(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """What a GET of the items with the same parameters gives."""
    address = read_params(request, formats=faces.OFFERED)
    params = {**read_members(await read_json(request), layer), **address}
    face = chosen(request, faces.FACES)
    return await run_in_threadpool(
        page_of,
        request,
        params,
        "json" if face == "html" and "f" not in address else face,
        layer,
        state,
        links,
        lang,
        here=links.collection(layer.name, "search"),
        search=links.collection(layer.name, "search"),
    )


def read_members(body: Any, layer: Layer) -> Mapping[str, str]:
    """The members of a body as parameters of an address.

    A `filter` that is an object is CQL2 as JSON; lists stand for what an address joins by commas.

    Raises
    ------
    BadRequest
        ``wrong_body``, and what a wrong parameter raises.
    """
    if not isinstance(body, dict):
        raise BadRequest("wrong_body", known=", ".join(MEMBERS))
    found: list[tuple[str, str]] = []
    for name, value in body.items():
        if name in EVERYWHERE:  # of the answer, not of the question: they stay in the address
            raise BadRequest("unknown_parameter", name=name, known=", ".join(MEMBERS))
        if name == "filter" and isinstance(value, dict):
            found.append((name, _filter_text(value)))
            if "filter-lang" not in body:
                found.append(("filter-lang", "cql2-json"))
        elif isinstance(value, list) and all(_is_plain(one) for one in value):
            found.append((name, ",".join(_text(one) for one in value)))
        elif _is_plain(value):
            found.append((name, _text(value)))
        else:
            raise BadRequest("wrong_member", name=name[:60])
    names = [f.name for f in filterable_fields(layer)]
    params = check_params(found, *MEMBERS, *names, formats=faces.OFFERED)
    read_choice(params, "result-type", RESULT_TYPES)
    return params


def _filter_text(value: dict[str, Any]) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as error:  # deeper than it writes, and than a filter may be
        raise BadRequest("cql2_too_deep", maximum=MAX_DEPTH // 2) from error


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _text(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
