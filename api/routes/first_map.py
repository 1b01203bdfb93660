"""The first map that anybody sees: a picture of the town, before the map itself can be drawn."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter
from pyproj import Transformer
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer_bytes
from api.dependencies import Reader
from api.params import read_params
from api.state import State
from sitplan import picture
from sitplan.features import read_frame
from sitplan.query import Moment
from sitplan.style import palette_of

router = APIRouter()
READ = ["GET", "HEAD"]
_EQUATOR_M, _TILE_PX = 40_075_016.686, 512


@router.api_route("/first-map.svg", methods=READ, include_in_schema=False)
def first_map(request: Request, state: Reader) -> Response:
    """The town as the map first shows it, in a theme of the palette."""
    theme = read_params(request, "theme").get("theme", "day")
    inks = palette_of(state.catalogue.palette, theme)
    return answer_bytes(
        request, _drawn(state, theme, inks), media_type="image/svg+xml",
        headers={"Cache-Control": "no-cache"},
    )  # fmt: skip


def _drawn(state: State, theme: str, inks: Any) -> bytes:
    """Remembered until a layer in it changes."""
    catalogue, today = state.catalogue, state.today()
    names = tuple(name for name in picture.LAYERS if name in catalogue.layers)
    mark = state.memory.mark(names)
    key = ("first map", theme, today)
    kept: bytes | None = state.memory.get(key)
    if kept is None:
        frames = {
            name: read_frame(
                state.database, catalogue.layers[name], Moment(on=today),
                territory=catalogue.territory,
            )
            for name in names
        }  # fmt: skip
        view = catalogue.territory.facts["view"]
        lon, lat = view["center"]
        carry = Transformer.from_crs(4326, catalogue.territory.storage_crs, always_xy=True)
        drawn = picture.first(
            frames, inks=inks, centre=carry.transform(lon, lat),
            metres=_EQUATOR_M * math.cos(math.radians(lat)) / (_TILE_PX * 2 ** view["zoom"]),
        )  # fmt: skip
        kept = drawn.encode()
        state.memory.put(key, kept, mark=mark, layers=names, size=len(kept))
    return kept
