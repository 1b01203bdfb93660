"""Answers that need no framework: tiles, before FastAPI."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import accepts_gzip, is_known
from api.errors import answer_error
from api.links import MATRIX_SET
from api.state import State
from api.waiting import waited
from sitplan.errors import NotFound
from sitplan.tile_maker import Answer
from sitplan.tiles import MEDIA_TYPE, Tile

ADDRESS = re.compile(
    rf"/api(?:/collections/([a-z][a-z0-9_]*))?/tiles/{MATRIX_SET}"
    r"/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})"
    r"(?:\?collections=([a-z][a-z0-9_]*(?:,[a-z][a-z0-9_]*)*))?"
)
"""Of a tile of today: of one layer, of all, or of those that the web map shows."""
Headers = list[tuple[bytes, bytes]]
Key = tuple[tuple[str, ...] | None, Tile]
"""Layers and square; None for all layers."""
FAILED = "failed"
"""In a request's state: why its tile could not be made; it is to be told, not tried again."""


class DirectTiles:
    """Answers the tiles of today; hands everything else on to `app`.

    One that is remembered is sent at once, another is made by the database's own threads, and
    no thread waits for it.
    """

    def __init__(self, app: ASGIApp, state: State, framework: FastAPI) -> None:
        self.app = app
        self.state = state
        self.framework = framework

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what is unusual: another day, a filter, an error."""
        if scope["type"] == "http" and scope["method"] == "GET":
            key = key_of(_address(scope)) if not _asks_past(scope) else None
            if key is not None and await self._answer(key, scope, receive, send):
                return
        await self.app(scope, receive, send)

    async def _answer(self, key: Key, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether it is answered, or nobody waits for it any more."""
        names, tile = key
        asked = request_headers(scope)
        found = self.state.tiles.kept(names, tile)
        if found is None:
            if not can_make(self.state, names):
                return False
            try:
                failed = scope.get("state", {}).get(FAILED)
                if failed is not None:
                    raise failed
                wishes_plain = not accepts_gzip(asked.get("accept-encoding"))
                coming = self.state.tiles.begin(
                    tile, names=names, is_plain_wished=wishes_plain, ask=self.state.lanes.submit
                )
                found = await waited(coming, receive)
            except Exception as error:
                refusal = answer_error(Request({**scope, "app": self.framework}), error)
                await refusal(scope, receive, send)
                return True
        if found is not None:
            status, headers, body = tile_answer(found, asked)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        return True


def can_make(state: State, names: tuple[str, ...] | None) -> bool:
    """Whether such a tile can be begun without a look at the database."""
    if not state.is_settled:
        return False
    catalogue = state.catalogue
    return all(n in catalogue.layers and n not in catalogue.broken for n in names or ())


def key_of(address: str) -> Key | None:
    """Which tile of today a path and its query name; None where they name none."""
    match = ADDRESS.fullmatch(address)
    if match is None:
        return None
    name, z, row, column, chosen = match.groups()
    if name and chosen:
        return None  # an error: a layer's tile offers no choice
    names = tuple(dict.fromkeys(chosen.split(","))) if chosen else (name,) if name else None
    try:
        return names, Tile(int(z), int(column), int(row))
    except NotFound:
        return None


def _address(scope: Scope) -> str:
    """Path and query; nothing where a sign of the path only looks like a query's beginning."""
    path, query = scope["path"], scope["query_string"]
    if "?" in path:
        return ""
    return f"{path}?{query.decode('latin-1')}" if query else path


def _asks_past(scope: Scope) -> bool:
    return any(name == b"accept-datetime" for name, _ in scope["headers"])


def request_headers(scope: Mapping[str, Any]) -> dict[str, str]:
    """The two headers that matter to a tile."""
    wanted = (b"if-none-match", b"accept-encoding")
    return {k.decode(): v.decode("latin-1") for k, v in scope["headers"] if k in wanted}


def tile_answer(found: Answer, asked: dict[str, str]) -> tuple[int, Headers, bytes]:
    """Status, headers and body of a tile: what is kept is sent as it is, or opened where it must.

    Each use asks again, so that an edit is seen at once; what was not touched answers 304.
    """
    headers: Headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"cache-control", b"no-cache"),
        (b"vary", b"accept-encoding, accept-datetime"),
        (b"etag", f'W/"{found.etag}"'.encode()),
    ]
    if is_known(asked.get("if-none-match"), found.etag):
        return 304, headers[1:], b""
    body = found.zipped
    if found.plain is not None:
        body = found.plain
    elif body and accepts_gzip(asked.get("accept-encoding")):
        headers.append((b"content-encoding", b"gzip"))
    elif body:
        body = zlib.decompress(body, wbits=31)
    headers.append((b"content-length", str(len(body)).encode()))
    return 200, headers, body
