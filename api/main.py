"""The application: state, routes, error table, map."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api import errors
from api.allowance import Allowance
from api.cache import DirectTiles
from api.direct import CastItems, DirectItems
from api.envelope import Envelope
from api.pages.forms import UnfilledFields
from api.plus import MeantPlus
from api.quick import QuickTiles
from api.routes import (
    charts,
    collections,
    exports,
    first_map,
    harvest,
    heights,
    history,
    indicators,
    items,
    look,
    mapping,
    places,
    plan,
    processes,
    records,
    register,
    search,
    service,
    styles,
    tiles,
)
from api.routes.way_out import way_out_routes
from api.state import State
from api.static import DIST, web_routes
from api.waiting import Attended
from sitplan.settings import Settings
from sitplan.workers import CALLER


class Application:
    """The ASGI application, with the state that it runs on."""

    def __init__(self, state: State, dist: Path) -> None:
        self.state = state
        app = FastAPI(openapi_url=None, redirect_slashes=False, lifespan=self._lifespan)
        app.state.sitplan = state
        errors.install(app)
        for room in (
            service, register, records, harvest, look, collections, items, search, history,
            exports, tiles, styles, mapping, plan, charts, places, heights,
            indicators, processes,
        ):  # fmt: skip
            app.include_router(room.router)
        app.include_router(first_map.router)
        app.include_router(way_out_routes(dist))
        app.include_router(web_routes(dist))
        self.fastapi = app
        refuse = errors.early(app)
        direct = UnfilledFields(DirectItems(Attended(errors.Answered(app)), state, app))
        rooms = CastItems(MeantPlus(DirectTiles(direct, state, app)), state)
        allowed = Allowance(rooms, refuse, rate=state.settings.allowance)
        self.app = Envelope(allowed, refuse, outside=state.settings.outside)
        self.quick = QuickTiles(state, allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end the application's life."""
        # a connection kept alive may hand on the context of the request before it
        CALLER.set(None)
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        self.state.start()
        self.state.lanes.begin()
        yield
        self.state.gatherer.close()  # here, for it belongs to this loop
        await run_in_threadpool(self.state.stop)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    dist: Path = DIST,
) -> Application:
    """The application over the database that `settings` name, as the public's role reads it.

    It begins without the database, answers 503 until there is one, and recovers by itself.
    """
    return Application(State(settings, clock), dist)
