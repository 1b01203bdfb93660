"""The territory as places are told by it, made once for each state of its layers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from api.state import State
from sitplan import picture
from sitplan.crossings import Streets, streets_of
from sitplan.errors import Unavailable
from sitplan.features import read_frame
from sitplan.places import LAYERS, WALKERS, Ground, Place, prepare, walked_by
from sitplan.query import Moment
from sitplan.streets import network_of, relief_of

STATIC = Path(__file__).parent / "pages" / "static"
FONTS = [str(STATIC / f"atkinson-{face}.ttf") for face in ("regular", "bold")]
READ = (*LAYERS, *(name for name in picture.LAYERS if name not in LAYERS))
_WAIT_S = 20
_SIZE = 12 << 20
"""What a ground is reckoned to take of the memory."""
_making = threading.Lock()
_naming = threading.Lock()
_walking = threading.Lock()
T = TypeVar("T")


def ground_of(state: State) -> Ground:
    """The ground of today, remembered until one of its layers changes.

    Raises
    ------
    Unavailable
        ``still_computing`` while somebody else's question has been computing it for long.
    """
    today = state.today()

    def make() -> Ground:
        catalogue, settings = state.catalogue, state.settings
        return prepare(
            catalogue,
            lambda layer: read_frame(
                state.database, layer, Moment(on=today), territory=catalogue.territory
            ),
            on=today,
            relief=relief_of(catalogue, settings.layers, settings.home),
        )

    key = ("ground", today, state.catalogue.heights_now())
    found: Ground | None = state.memory.get(key)
    if found is not None:
        return found
    if not _making.acquire(timeout=_WAIT_S):
        raise Unavailable("still_computing")
    try:
        found = state.memory.get(key)  # who waited finds what another made
        if found is None:
            found = _keep(state, key, make, size=_SIZE)
        return found
    finally:
        _making.release()


def _walked(state: State, profile: str) -> Ground:
    """The ground of today for who walks, remembered as the ground is."""
    if profile == WALKERS[0]:
        return ground_of(state)
    key = ("ground", state.today(), state.catalogue.heights_now(), profile)
    with _walking:
        found: Ground | None = state.memory.get(key)
        if found is None:
            found = _keep(state, key, lambda: walked_by(ground_of(state), profile), size=_SIZE)
        return found


def told(
    state: State,
    key: tuple[Any, ...],
    make: Callable[[Ground], Any],
    *,
    size: int,
    profile: str = WALKERS[0],
) -> Any:
    """What is made of the ground as `profile` walks it, remembered as long."""
    whole = (*key, profile, state.today(), state.catalogue.heights_now())
    kept = state.memory.get(whole)
    if kept is not None:
        return kept
    # the mark first: what was made of a ground that has changed meanwhile is not kept
    return _keep(state, whole, lambda: make(_walked(state, profile)), size=size)


def _keep(state: State, key: tuple[Any, ...], make: Callable[[], T], *, size: int) -> T:
    mark = state.memory.mark(READ)
    found = make()
    state.memory.put(key, found, mark=mark, layers=READ, size=size)
    return found


def streets_by_name(state: State) -> Streets | None:
    """The named streets of today with their crossings; None where the territory has none."""
    catalogue, today = state.catalogue, state.today()
    if "roads" not in catalogue.layers:
        return None
    key = ("streets by name", today)
    found: Streets | None = state.memory.get(key)
    if found is not None:
        return found
    with _naming:
        found = state.memory.get(key)
        return found if found is not None else _read_streets(state, key)


def _read_streets(state: State, key: tuple[Any, ...]) -> Streets | None:
    mark = state.memory.mark(("roads",))
    territory, settings = state.catalogue.territory, state.settings
    roads = read_frame(
        state.database, state.catalogue.layer("roads"), Moment(on=state.today()),
        territory=territory,
    ).set_index("code", drop=False)  # fmt: skip
    if not len(roads):
        return None
    net = network_of(roads, *relief_of(state.catalogue, settings.layers, settings.home))
    found = streets_of(net, roads, territory.storage_crs)
    state.memory.put(key, found, mark=mark, layers=("roads",), size=1 << 20)
    return found


def png(state: State, ground: Ground, place: Place, *, title: str, under: str, foot: str) -> bytes:
    """The picture of a place, 1200 × 630."""
    import resvg_py

    catalogue = ground.catalogue
    more = {
        name: read_frame(
            state.database, catalogue.layers[name], Moment(on=ground.on),
            territory=catalogue.territory,
        )
        for name in picture.LAYERS
        if name not in ground.frames and name in catalogue.layers
    }  # fmt: skip
    frames = {**ground.frames, **more}
    box = (0.0, 0.0, 1.0, 1.0)
    if len(frames.get("neighbourhoods", ())):
        box = tuple(frames["neighbourhoods"].total_bounds)
    drawn = picture.svg(
        frames, place.shape, bounds=box, title=title, under=under, foot=foot,
        inks=picture.inks_of(catalogue.palette),
    )  # fmt: skip
    whole = resvg_py.svg_to_bytes(
        svg_string=drawn,
        skip_system_fonts=True,
        font_files=FONTS,
        font_family="Atkinson Hyperlegible Next",
        width=picture.WIDTH,
        height=picture.HEIGHT,
    )
    return _lightened(bytes(whole))


def _lightened(whole: bytes) -> bytes:
    """The picture in 256 colours: a third of the weight, and no eye sees it."""
    from PIL import Image

    made = BytesIO()
    with Image.open(BytesIO(whole)) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(made, "PNG", optimize=True)
    return made.getvalue()
