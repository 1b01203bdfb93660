"""What a form leaves blank is not asked: browsers send its fields all the same, as empty texts."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from api.pages.sheet import SAFE


class UnfilledFields:
    """Drops empty parameters of requests that a page's form sent (they say ``f=html``)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request with what was filled in."""
        if scope["type"] == "http" and b"f=html" in scope["query_string"]:
            asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            filled = [(name, value) for name, value in asked if value]
            if len(filled) < len(asked):
                query = urlencode(filled, safe=SAFE).encode("latin-1")
                scope = {**scope, "query_string": query}
        await self.app(scope, receive, send)
