"""Every address of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from sitplan.errors import BadRequest

EMBEDDED = "embed"
"""The map as other sites may show it inside their pages."""
JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
STYLE = "application/vnd.mapbox.style+json"
PROBLEM = "application/problem+json"
HTML = "text/html"
LD_JSON = "application/ld+json"
TURTLE = "text/turtle"
LINK_FORMAT = "application/link-format"
ATOM = "application/atom+xml"

OGC = "http://www.opengis.net/def/rel/ogc/1.0/"
MATRIX_SET = "WebMercatorQuad"
MATRIX_SET_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


@lru_cache(maxsize=4096)
def _quoted(part: str) -> str:
    """A part of a path as addresses have it; the same few come in every answer."""
    return quote(part, safe="{}")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes addresses that begin with `base`: absolute, without a slash at the end."""

    base: str

    def __call__(self, *parts: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a path under /api, its parts quoted."""
        path = "".join(["/" + _quoted(part) for part in parts])
        asked = "?" + urlencode(query, safe=",:/") if query else ""
        return f"{self.base}/api{path}{asked}"

    def collection(self, name: str, *parts: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a collection or of something in it."""
        return self("collections", name, *parts, query=query)

    def tile_template(self, row: str, column: str, matrix: str, *under: str) -> str:
        """The address of a tile with names in braces for its place."""
        names = (f"{{{name}}}" for name in (matrix, row, column))
        return self(*under, "tiles", MATRIX_SET, *names)


def links_of(request: Request) -> Links:
    """The addresses as the asking client sees them: by the setting, else by its Host header.

    Raises
    ------
    BadRequest
        ``wrong_host`` for a header that no browser sends.
    """
    fixed: str | None = request.app.state.sitplan.settings.base_url
    if fixed:
        return Links(fixed)
    host = request.headers.get("host") or "localhost"
    if not _HOST.fullmatch(host):
        raise BadRequest("wrong_host")
    return Links(f"{request.scope['scheme']}://{host}")


def query_of(request: Request) -> str:
    """The query of the request's address, as it came; `request.url` would take it all apart."""
    query: bytes = request.scope["query_string"]
    return query.decode(errors="replace")


def self_of(request: Request, here: str) -> str:
    """The address `here` with the parameters that the request has."""
    query = query_of(request)
    return f"{here}?{query}" if query else here


def link(href: str, rel: str, media_type: str, title: str | None = None) -> dict[str, Any]:
    """One link object."""
    found: dict[str, Any] = {"href": href, "rel": rel, "type": media_type}
    if title:
        found["title"] = title
    return found
