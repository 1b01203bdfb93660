"""The plus sign of an address: a space where a form wrote it, itself where spaces are ``%20``."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class MeantPlus:
    """Keeps the plus of clients that write a space as ``%20``, as QGIS does (Qt's QUrlQuery).

    Forms write a space as ``+`` and never as ``%20``; generic addresses (RFC 3986) the other way
    round. A parameter that holds both was written the second way: ``trees%20+%201`` is a sum.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request with such a plus quoted."""
        if scope["type"] == "http" and b"+" in (query := scope["query_string"]) and b"%20" in query:
            scope = {**scope, "query_string": quote_meant(query)}
        await self.app(scope, receive, send)


def quote_meant(query: bytes) -> bytes:
    """The query with ``%2B`` for each plus of a parameter that has a ``%20`` too.

    Examples
    --------
    >>> quote_meant(b"filter=trees%20+%201&q=a+b")
    b'filter=trees%20%2B%201&q=a+b'
    """
    return b"&".join(
        one.replace(b"+", b"%2B") if b"%20" in one else one for one in query.split(b"&")
    )
