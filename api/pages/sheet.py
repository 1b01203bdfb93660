"""A request that is to be answered by a page, and what a view makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from starlette.requests import Request

from api.links import Links, query_of
from api.state import State
from sitplan.layer import Layer
from sitplan.words import say

SAFE = ",:/"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be: the request, the document of its JSON twin, the language of its reader."""

    request: Request
    document: Any
    state: State
    links: Links
    lang: str

    @property
    def here(self) -> str:
        """The page's own address, as it was asked for."""
        return here_of(self.request, self.links)

    @property
    def layer(self) -> Layer:
        """The layer that the path names."""
        return self.state.catalogue.layer(self.request.path_params["collection"])

    def say(self, key: str, **facts: object) -> str:
        """A sentence of the pages' room."""
        return say(f"pages.{key}", self.lang, **facts)

    def to(self, *parts: str, **query: str) -> str:
        """A link to another page, in the reader's language."""
        return self.turn(self.links(*parts, query=query or None))

    def turn(self, href: str) -> str:
        """An address of ours in the reader's language; others' as they are, if of the web."""
        if not href.startswith(f"{self.links.base}/"):
            return href if href.startswith(("https://", "http://")) else ""
        return with_query(href, lang=self.lang if self.lang != "es" else None)

    def name_of(self, layer: Layer, feature: Mapping[str, Any]) -> str:
        """What people call a feature: its name, else its code."""
        told = feature["properties"]
        return str(told.get(layer.label or "") or told.get("code") or feature["id"])

    def is_illustrative(self, layer: Layer) -> bool:
        """Whether the layer holds the demonstration's drawing."""
        return self.state.catalogue.illustrative.get(layer.name, layer.illustrative)


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows.

    Parameters
    ----------
    template
        Its file, without ending.
    crumbs
        Title and address of what it lies under.
    facts
        What the template reads.
    about
        One sentence for search engines and those who share it.
    data
        JSON-LD of the thing.
    watermark
        Whether it shows what was drawn or invented for the demonstration.
    picture
        Address of the picture that goes with it where it is shared.
    """

    template: str
    title: str
    crumbs: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    data: Mapping[str, Any] | None = None
    watermark: bool = False
    picture: str = ""


def here_of(request: Request, links: Links) -> str:
    """The request's own address from the public base, quoted anew."""
    path = quote(request.scope["path"].rstrip("/") or "/", safe="/:@!$&()*+,;=~")
    query = query_of(request)
    return f"{links.base}{path}{'?' + query if query else ''}"


def with_query(href: str, **changes: str | None) -> str:
    """The address with some parameters set anew, or (None) left out."""
    parts = urlsplit(href)
    asked = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in changes]
    asked += [(name, value) for name, value in changes.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode(asked, safe=SAFE)))
