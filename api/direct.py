"""Small answers without the framework's way: a feature, a page of features.

The framework's routing, its dependencies and the threads that it hands a route to cost more than a
feature does. Here the route's own function runs whole on a thread that holds a connection: the
answer is the same, for it is the same function; what is neither GET nor HEAD goes the long way.
"""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors
from api.dependencies import layer_of
from api.links import links_of
from api.params import lang_of
from api.routes import items
from api.state import State
from api.waiting import waited

# a layer's name: the catalogue of records, whose name holds a hyphen, is answered by its own route
_PATH = re.compile(r"/api/collections/([a-z][a-z0-9_]*)/items(?:/([^/]+))?")
_PAGE = "/api/collections/{collection}/items"


class DirectItems:
    """Answers pages of features, and single ones; hands everything else on to `app`."""

    def __init__(self, app: ASGIApp, state: State, framework: FastAPI) -> None:
        self.app = app
        self.state = state
        self.framework = framework
        routes = {getattr(route, "path", ""): route for route in items.router.routes}
        # pages for people are chosen by the route that answered
        self._page, self._one = routes[_PAGE], routes[f"{_PAGE}/{{feature}}"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on; where the client leaves, nothing is answered."""
        match = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            match = _PATH.fullmatch(scope["path"])
        if match is None:
            await self.app(scope, receive, send)
            return
        name, feature = match.groups()
        params = {"collection": name} | ({"feature": feature} if feature else {})
        route = self._one if feature else self._page
        more = {"app": self.framework, "route": route, "path_params": params}
        request = Request({**scope, **more})
        task = self.state.database.start(lambda: self._answer(request, feature))
        response = await waited(task, receive)
        if response is not None:
            await response(scope, receive, send)

    def _answer(self, request: Request, feature: str | None) -> Response:
        try:
            layer, links, lang = layer_of(request), links_of(request), lang_of(request)
            if feature is None:
                return items.items(request, layer, self.state, links, lang)
            return items.item(request, layer, feature, self.state, links, lang)
        except Exception as error:
            return errors.answer_error(request, error)
