"""What routes ask for, as annotated aliases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
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


Reader = Annotated[State, Depends(state_of)]
LayerByName = Annotated[Layer, Depends(layer_of)]
Lang = Annotated[str, Depends(lang_of)]
Address = Annotated[Links, Depends(links_of)]
