"""Opaque marks of places in what happened to a layer, and in a list of differences.

They are no secrets and no clocks. They are sealed, so that a changed or another layer's mark is
refused rather than misread.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from uuid import UUID

from sitplan.errors import BadRequest, NotFound
from sitplan.layer import Layer
from sitplan.past import Place
from sitplan.told import told_fields

_SEAL = 6
_FIELDS = 4


def write_place(layer: Layer, place: Place) -> str:
    """The mark of a place; it knows the fields by which the layer was told."""
    body = place.revision.to_bytes(8, "big") + place.after.bytes + _fields(layer)
    return _write(layer, b"changes", body)


def read_place(layer: Layer, text: str) -> Place:
    """What `write_place` wrote.

    Raises
    ------
    BadRequest
        ``wrong_since``.
    NotFound
        ``other_fields``: fields were added or taken away since, so that a mirror must begin anew.
    """
    body = _read(layer, b"changes", text)
    if body is None or len(body) != 24 + _FIELDS:
        raise BadRequest("wrong_since", value=text[:60])
    if body[24:] != _fields(layer):
        raise NotFound("other_fields", layer=layer.name)
    return Place(int.from_bytes(body[:8], "big"), UUID(bytes=body[8:24]))


def write_key(layer: Layer, key: str) -> str:
    """The mark of a page that ended with this key."""
    return _write(layer, b"differences", key.encode())


def read_key(layer: Layer, text: str) -> str:
    """What `write_key` wrote.

    Raises
    ------
    BadRequest
        ``wrong_token``.
    """
    body = _read(layer, b"differences", text)
    if body is None:
        raise BadRequest("wrong_token")
    return body.decode()


def _write(layer: Layer, use: bytes, body: bytes) -> str:
    return urlsafe_b64encode(_seal(layer, use, body) + body).decode().rstrip("=")


def _read(layer: Layer, use: bytes, text: str) -> bytes | None:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    seal, body = raw[:_SEAL], raw[_SEAL:]
    # the very text: Base64 has several for the same bytes
    is_ours = seal == _seal(layer, use, body) and _write(layer, use, body) == text
    return body if is_ours else None


def _seal(layer: Layer, use: bytes, body: bytes) -> bytes:
    return blake2b(body, digest_size=_SEAL, key=layer.name.encode(), person=use).digest()


def _fields(layer: Layer) -> bytes:
    told = "\n".join(f"{field.name} {field.type}" for field in told_fields(layer))
    return blake2b(told.encode(), digest_size=_FIELDS).digest()
