"""A feature's answer cast in a mould: what all features share is worked out once.

Of ever other features, a client asks in one and the same way. The general way writes the answer
of a feature that there is not, whose id, shape and properties are marks; other features fill their
own in. So a mould says what the general way says, whatever that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.types import Scope

from sitplan.catalogue import Catalogue
from sitplan.features import written_question
from sitplan.layer import Layer
from sitplan.query import FeatureQuery

ID, _SHAPE, _TOLD = (str(uuid4()) for _ in range(3))  # which nobody can know, nor ask for
_ID = ID.encode()
_PLACES = re.compile(f'{ID}|"{_SHAPE}"|"{_TOLD}"'.encode())
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST = 500

Raw = list[tuple[bytes, bytes]]
Key = tuple[str, str, bytes, bytes, bytes]
Wishes = tuple[str | None, str | None]
"""The headers If-None-Match and Accept-Encoding."""


def blank() -> dict[str, Any]:
    """The feature that there is not, to be written as others are."""
    shape, told = orjson.Fragment(f'"{_SHAPE}"'), orjson.Fragment(f'"{_TOLD}"')
    return {"type": "Feature", "id": ID, "geometry": shape, "properties": told}


class Mould:
    """The answer for any feature, with places for what is its own.

    Parameters
    ----------
    query
        How the feature is read.
    body, headers
        Of the answer for `blank`.
    """

    def __init__(self, query: FeatureQuery, body: bytes, headers: Mapping[str, str]) -> None:
        self.query = query
        self.question = written_question(query)
        self._parts: list[bytes] = []
        self._ids: list[int] = []
        end = 0
        for mark in _PLACES.finditer(body):
            self._parts += [body[end : mark.start()], b""]
            end, place = mark.end(), len(self._parts) - 1
            if mark[0] == _ID:
                self._ids.append(place)
            elif _SHAPE.encode() in mark[0]:
                self._shape = place
            else:
                self._told = place
        self._parts.append(body[end:])
        self._headers = dict(headers)
        self._own = [name for name, value in self._headers.items() if ID in value]
        self._raw: Raw = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        ]
        self._raw_own = [n for n, (_, value) in enumerate(self._raw) if _ID in value]

    def filled(self, identifier: str, shape: str | None, told: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers for one feature: its shape and properties are JSON text."""
        headers = self._headers.copy()
        for name in self._own:
            headers[name] = headers[name].replace(ID, identifier)
        return self._body(identifier, shape, told), headers

    def filled_raw(self, identifier: str, shape: str | None, told: str) -> tuple[bytes, Raw]:
        """As `filled`, the headers as ASGI has them."""
        own = identifier.encode()
        headers = self._raw.copy()
        for place in self._raw_own:
            name, value = headers[place]
            headers[place] = (name, value.replace(_ID, own))
        return self._body(identifier, shape, told), headers

    def _body(self, identifier: str, shape: str | None, told: str) -> bytes:
        parts = self._parts.copy()
        own = identifier.encode()
        for place in self._ids:
            parts[place] = own
        parts[self._shape] = shape.encode() if shape else b"null"
        parts[self._told] = told.encode()
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Kept:
    mould: Mould | None
    catalogue: Catalogue


class Moulds:
    """Those that were cast under the catalogue in force; so many at most."""

    def __init__(self) -> None:
        self._kept: dict[Key, _Kept] = {}

    def known(self, key: Key, catalogue: Catalogue) -> tuple[Mould | None] | None:
        """The mould for a question, or that none fits it; None where nobody asked it yet."""
        found = self._kept.get(key)
        if found is None or found.catalogue is not catalogue:
            return None
        return (found.mould,)

    def keep(self, key: Key, mould: Mould | None, catalogue: Catalogue) -> None:
        """Remember it."""
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = _Kept(mould, catalogue)


def key_of(scope: Scope, name: str, feature: str, base_url: str | None) -> Key | None:
    """All that an answer depends on besides its feature; None where that is not enough."""
    return asked_of(scope, name, base_url)[0] if _UUID.fullmatch(feature) else None


def asked_of(scope: Scope, name: str, base_url: str | None) -> tuple[Key | None, Wishes]:
    """The key of a question about a feature of a layer, and what is wished besides.

    Parameters
    ----------
    base_url
        Where links begin, if a setting says so; else the header Host does.
    """
    query: bytes = scope["query_string"]
    host = accept = known = encodings = None
    for header, value in scope["headers"]:
        if header == b"host":
            host = value if host is None else host
        elif header == b"accept":
            accept = value if accept is None else accept
        elif header == b"accept-encoding":
            encodings = value if encodings is None else encodings
        elif header == b"if-none-match":
            known = value if known is None else known
        elif header == b"accept-datetime":
            return None, (None, None)
    if query and (b"as-of" in query or b"%" in query):
        return None, (None, None)
    return (
        (name, scope["scheme"], b"" if base_url else host or b"", query, accept or b""),
        (known and known.decode("latin-1"), encodings and encodings.decode("latin-1")),
    )


def blank_request(request: Request, layer: Layer) -> Request:
    """The same question about the feature that there is not."""
    path = f"/api/collections/{layer.name}/items/{ID}"
    return Request({**request.scope, "path": path, "raw_path": path.encode()})
