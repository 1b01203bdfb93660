"""What clients may count on, and how they are told of what will end.

Within a major version what `PROMISES` names stays. What is to end is an entry of `DEPRECATED`: each
answer of it says so by `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the promise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.links import JSON, Links, link
from sitplan.instants import http_date, write_instant
from sitplan.words import say

PROMISES = ("addresses", "parameters", "members", "ids", "tokens", "errors", "formats", "end")
"""What is promised; the sentences stand under `promise` in the words."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Something that will end.

    Parameters
    ----------
    path
        Which addresses, as a pattern of the whole path.
    since, until
        When it was told, and when it ends: at least a year later.
    successor
        The path under `/api` to use in its place.
    """

    path: re.Pattern[str]
    since: datetime
    until: datetime
    successor: str

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What an answer says of it."""
        links = (
            f'</api/promise>; rel="deprecation", </api{self.successor}>; rel="successor-version"'
        )
        return [
            (b"deprecation", f"@{int(self.since.timestamp())}".encode()),
            (b"sunset", http_date(self.until.astimezone(UTC)).encode()),
            (b"link", links.encode()),
        ]


DEPRECATED: tuple[Deprecated, ...] = ()
"""Nothing is, for now."""


def ending(path: str, deprecated: Sequence[Deprecated]) -> list[tuple[bytes, bytes]]:
    """The headers of an address that will end; none for any other."""
    return [h for one in deprecated if one.path.fullmatch(path) for h in one.headers]


def promise_document(links: Links, lang: str) -> dict[str, Any]:
    """The promise, in one language."""
    return {
        "title": say("promise.title", lang),
        "description": say("promise.description", lang),
        "promises": [
            {
                "id": name,
                "title": say(f"promise.titles.{name}", lang),
                "text": say(f"promise.texts.{name}", lang),
            }
            for name in PROMISES
        ],
        "deprecated": [
            {
                "path": one.path.pattern,
                "since": write_instant(one.since),
                "until": write_instant(one.until),
                "successor": links.base + "/api" + one.successor,
            }
            for one in DEPRECATED
        ],
        "links": [link(links("promise"), "self", JSON), link(links(), "up", JSON)],
    }
