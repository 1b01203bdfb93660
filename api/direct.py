"""Small answers without the framework's way: a feature, a page of features.

A feature whose answer is cast (`api.moulds`) is read beside others by one statement
(`sitplan.gathering`) and sent at once. Whatever else is asked goes on to the next way, and so does
what comes back from there without a row: not found, not read in a moment, no connection.

The framework's routing, its dependencies and the threads that it hands a route to cost more than a
feature does. Here the route's own function runs whole on a thread that holds a connection: the
answer is the same, for it is the same function; what is neither GET nor HEAD goes the long way.
"""

from __future__ import annotations

import asyncio
import re

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors
from api.answers import is_known, tag_of
from api.codings import WORTH_IT, chosen_coding, compress
from api.dependencies import layer_of
from api.links import GEOJSON, links_of
from api.moulds import Mould, Raw, Wishes, asked_of
from api.params import lang_of
from api.routes import items
from api.state import State
from api.waiting import waited
from sitplan.gathering import Row

# a layer's name: the catalogue of records, whose name holds a hyphen, is answered by its own route
_PATH = re.compile(r"/api/collections/([a-z][a-z0-9_]*)/items(?:/([^/]+))?")
_PAGE = "/api/collections/{collection}/items"


_ONE = re.compile(
    "/api/collections/([a-z][a-z0-9_]*)/items/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_LARGE = 64 << 10
"""Characters of a feature above which its answer is made on a thread: nobody is held up."""
_TYPE = (b"content-type", GEOJSON.encode())


class CastItems:
    """Answers features for which there is a mould; hands everything else on to `app`."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            match = _ONE.fullmatch(scope["path"])
            if match is not None and await self._answer(scope, send, *match.groups()):
                return
        await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, send: Send, name: str, feature: str) -> bool:
        """Whether it is answered."""
        state = self.state
        catalogue = state.known_catalogue
        key, wishes = asked_of(scope, name, state.settings.base_url)
        if catalogue is None or key is None:
            return False
        known = state.moulds.known(key, catalogue)
        mould = known and known[0]
        if not mould:
            return False
        coming = state.gatherer.ask(mould.question, feature)
        row = None if coming is None else await coming
        if row is None:
            return False
        if len(row[1] or "") + len(row[2]) > _LARGE:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(None, _answered, mould, row, wishes)
        else:
            found = _answered(mould, row, wishes)
        status, headers, body = found
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return True


def _answered(mould: Mould, row: Row, wishes: Wishes) -> tuple[int, Raw, bytes]:
    """Status, headers and body, as `answer_bytes` has them of what `filled` gives."""
    body, headers = mould.filled_raw(*row)
    tag = tag_of(body)
    headers.append((b"etag", f'W/"{tag}"'.encode()))
    tags, encodings = wishes
    if tags is not None and is_known(tags, tag):
        return 304, headers, b""
    if encodings is not None and len(body) >= WORTH_IT:
        coding = chosen_coding(encodings, GEOJSON)
        if coding is not None:
            body = compress(coding, body)
            headers.append((b"content-encoding", coding.encode()))
    headers += ((b"content-length", b"%d" % len(body)), _TYPE)
    return 200, headers, body


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
