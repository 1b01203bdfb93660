"""What routes ask for, as annotated aliases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.links import Links, links_of
from api.params import lang_of
from api.state import State
from sitplan.errors import NotFound, Unavailable
from sitplan.layer import Layer


def state_of(request: Request) -> State:
    """The running application's state."""
    found: State = request.app.state.sitplan
    return found


def layer_of(request: Request) -> Layer:
    """The layer that the path names.

    Raises
    ------
    NotFound
        ``no_such_layer``.
    Unavailable
        ``broken_layer``: it is there, but declared wrongly.
    """
    name = request.path_params["collection"]
    catalogue = state_of(request).catalogue
    if name in catalogue.broken:
        raise Unavailable("broken_layer", layer=name)
    if name not in catalogue.layers:
        raise NotFound("no_such_layer", name=name[:60], known=", ".join(catalogue.layers))
    return catalogue.layer(name)


async def _state(request: Request) -> State:
    return state_of(request)


async def _layer(request: Request) -> Layer:
    if state_of(request).is_settled:
        return layer_of(request)
    return await run_in_threadpool(layer_of, request)  # it may wait for the database


async def _lang(request: Request) -> str:
    return lang_of(request)


async def _links(request: Request) -> Links:
    return links_of(request)


# Coroutines, for each plain function would be handed to a thread of its own.
Reader = Annotated[State, Depends(_state)]
LayerByName = Annotated[Layer, Depends(_layer)]
Lang = Annotated[str, Depends(_lang)]
Address = Annotated[Links, Depends(_links)]
