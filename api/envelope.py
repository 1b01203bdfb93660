"""What every answer carries and every request must keep: limits, CORS, security headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Early
from api.links import EMBEDDED
from api.promise import DEPRECATED, Deprecated, ending
from sitplan.base_map import BaseMap
from sitplan.errors import BadRequest

MAX_ADDRESS = 8192
_ALLOWED = (
    (re.compile(r"/api/collections/[^/]+/search"), "POST, OPTIONS"),
    (re.compile(r"/api/processes/[^/]+/execution"), "POST, OPTIONS"),
    (re.compile(r"/api/jobs/[^/]+"), "GET, HEAD, DELETE, OPTIONS"),
    (re.compile(r".*", re.DOTALL), "GET, HEAD, OPTIONS"),
)
_EXPOSED = (
    "Link, ETag, Location, Content-Location, Content-Crs, Content-Language, Content-Disposition, "
    "OGC-NumberMatched, OGC-NumberReturned, Memento-Datetime, Preference-Applied, Allow, "
    "Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset"
)
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors "
)
_SECURITY = {
    "Content-Security-Policy": f"{_POLICY}'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Datetime, Accept-Language, Content-Type, If-None-Match, Prefer"
    ),
    "Access-Control-Max-Age": "86400",
}


_OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_WORN = _raw(_SECURITY)
WORN_BY_API = _raw(_SECURITY | _OPEN)
"""What each answer of the API carries."""
_MAP_PAGES = {"/": "'self'", f"/{EMBEDDED}": "*"}
"""The pages that hold the map, and who may frame them.

In the map inside another site's page nothing is anybody's own, so anybody may frame it.
"""
_WORN_NAMES = frozenset(name for name, _ in WORN_BY_API)


def allowed_verbs(path: str) -> str:
    """What may be done with an address of the API, as `Allow` says it."""
    return next(verbs for pattern, verbs in _ALLOWED if pattern.fullmatch(path))


class Envelope:
    """Wraps the whole application, its errors included.

    The API is open for reading from any origin, without credentials. The pages of the map may
    ask the provider of an outside base map for tiles, where there is one; no page asks others.
    """

    def __init__(
        self,
        app: ASGIApp,
        refuse: Early,
        deprecated: Sequence[Deprecated] = DEPRECATED,
        outside: BaseMap | None = None,
    ) -> None:
        self.app = app
        asked = f"connect-src 'self' {outside.origin}; " if outside else ""
        self._worn_by_map = {
            path: _raw(_SECURITY | {"Content-Security-Policy": f"{asked}{_POLICY}{framed}"})
            for path, framed in _MAP_PAGES.items()
        }
        self._refuse = refuse
        self._deprecated = deprecated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what keeps the limits, and add the headers to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        is_api = path == "/api" or path.startswith("/api/")

        worn = WORN_BY_API if is_api else self._worn_by_map.get(path, _WORN)

        async def carry(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [one for one in message["headers"] if one[0].lower() not in _WORN_NAMES]
                message["headers"] = own + worn
                if self._deprecated:
                    message["headers"] += ending(path, self._deprecated)
            await send(message)

        raw = scope.get("raw_path") or path.encode()
        if len(raw) + len(scope["query_string"]) > MAX_ADDRESS:
            refusal = self._refuse(scope, BadRequest("long_address", maximum=MAX_ADDRESS), {})
            await refusal(scope, receive, carry)
        elif scope["method"] == "OPTIONS" and is_api:
            allowed = allowed_verbs(path)
            told = {"Allow": allowed, "Access-Control-Allow-Methods": allowed, **_PREFLIGHT}
            await carry({"type": "http.response.start", "status": 204, "headers": _raw(told)})
            await carry({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, carry)
