"""Documents as they are sent: bytes with an ETag, 304 where they are known, packed where wished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.codings import WORTH_IT, chosen_coding, compress
from api.links import HTML, JSON, link, links_of
from api.negotiation import VARY, wishes_page
from api.pages import render
from api.pages.sheet import here_of, with_query
from api.params import lang_of

_ASKING = ("GET", "HEAD")
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dump(document: Any) -> bytes:
    """The document as JSON; instants end in Z, what is not a number is null."""
    return orjson.dumps(document, option=_OPTIONS)


def answer(
    request: Request,
    document: Any,
    *,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
    stamped: bool = False,
) -> Response:
    """The document, or 304 where the client has it already.

    Parameters
    ----------
    stamped
        Adds `timeStamp` as the last member of a JSON object (RFC 3339; Features 1, 7.15.7); it
        does not count for the ETag.
    """
    if wishes_page(request, media_type):
        links, sent = links_of(request), _told_besides(request, headers)
        page = render(request, document, links=links, media_type=media_type).encode()
        tag = tag_of(page)
        return answer_bytes(
            request, page, tag=tag, media_type=f"{HTML}; charset=utf-8", headers=sent
        )
    body, sent = as_json(request, document, media_type=media_type, headers=headers)
    tag = tag_of(body)
    if stamped:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        body = b"".join((memoryview(body)[:-1], b',"timeStamp":', orjson.dumps(now), b"}"))
    return answer_bytes(request, body, tag=tag, media_type=media_type, headers=sent)


def as_json(
    request: Request, document: Any, *, media_type: str, headers: Mapping[str, str] | None
) -> tuple[bytes, dict[str, str]]:
    """The document's bytes, not stamped and not packed, and its headers."""
    sent = _told_besides(request, headers)
    document, faces = with_faces(document, here_of(request, links_of(request)), media_type)
    sent["Link"] = ", ".join(filter(None, (sent.get("Link"), faces)))
    return dump(document), sent


def _told_besides(request: Request, headers: Mapping[str, str] | None) -> dict[str, str]:
    sent = {"Content-Language": lang_of(request), **(headers or {})}
    varies = f"{VARY}, {sent.get('Vary', '')}".split(",")
    sent["Vary"] = ", ".join(dict.fromkeys(filter(None, map(str.strip, varies))))
    return sent


def with_faces(document: Any, here: str, media_type: str) -> tuple[Any, str]:
    """The document with a link to its page, and the Link header that says the same.

    A list of links without an alternate of HTML gets one, beside its `self`.
    """
    page = with_query(here, f="html")
    header = f'<{here}>; rel="self"; type="{media_type}", <{page}>; rel="alternate"; type="{HTML}"'
    own = document.get("links") if isinstance(document, dict) else None
    if isinstance(own, list) and not any(
        one["rel"] == "alternate" and one.get("type") == HTML for one in own
    ):
        document = {**document, "links": [*own, link(page, "alternate", HTML)]}
    return document, header


def answer_bytes(
    request: Request,
    body: bytes,
    *,
    tag: str | None = None,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Bytes of any kind, tagged, in the coding that is wished; every use asks again (`no-cache`).

    Without a `tag` it is the hash of the bytes. A question by body is answered whole each time.
    """
    tag = tag or tag_of(body)
    sent = besides(headers or {})
    # weak: the same tag stands for the bytes in any coding (RFC 9110, 8.8.3.3)
    sent["ETag"] = f'W/"{tag}"'
    if request.method in _ASKING and is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=sent)
    coding = chosen_coding(request.headers.get("accept-encoding"), media_type)
    if coding is not None and len(body) >= WORTH_IT:
        body = compress(coding, body)
        sent["Content-Encoding"] = coding
    return Response(body, media_type=media_type, headers=sent)


def tag_of(body: bytes) -> str:
    """What an ETag says of these bytes."""
    return blake2b(body, digest_size=12).hexdigest()


def besides(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with those that every answer has."""
    return {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", **headers}


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether an If-None-Match header holds the tag, weakly compared (RFC 9110, 13.1.2)."""
    if not if_none_match:
        return False
    tags = {one.strip().removeprefix("W/").strip('"') for one in if_none_match.split(",")}
    return tag in tags or "*" in tags


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether gzip is wished; ``gzip;q=0`` refuses it."""
    return "gzip" in accepted_encodings(accept_encoding)


def accepted_encodings(accept_encoding: str | None) -> set[str]:
    """The codings that an Accept-Encoding header wishes."""
    found: set[str] = set()
    for part in (accept_encoding or "").lower().split(","):
        name, _, quality = part.strip().partition(";")
        if quality.replace(" ", "").rstrip("0.") != "q=":
            found.add(name.strip())
    return found
