"""The opaque mark of a page: a place in an order, bound to the question that it continues.

It is no secret: sealed, so that a changed mark, or one of another question, is refused rather
than misread. It keeps the day where the request says none, and the recorded instant of a sorted
walk, so that neither midnight nor an edit in between repeats or drops a feature.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from sitplan.errors import BadRequest
from sitplan.layer import Layer
from sitplan.paging import Place, SortKey

_SEAL = 9
_LONGEST = 6000
_PRESENTATION = frozenset(
    {
        *("after", "limit", "offset", "lang", "f", "crs", "profile", "coordinates", "as-of"),
        *("result-type", "properties", "exclude-properties", "skip-geometry", "zoom-level"),
    }
)
"""What may differ from page to page: how features are written, not which and in what order."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page begins, or ends.

    Parameters
    ----------
    day
        Of validity, where the request named none.
    frozen
        The recorded instant that the walk is bound to; None where its order cannot change.
    """

    place: Place
    day: date | None = None
    frozen: datetime | None = None


def write_mark(layer: Layer, params: Mapping[str, str], mark: Mark) -> str:
    """The mark as text; opaque to clients."""
    place = mark.place
    body = orjson.dumps(
        [
            mark.day.toordinal() if mark.day else 0,
            mark.frozen.isoformat() if mark.frozen else None,
            int(place.backwards),
            place.id.hex,
            [v.isoformat() if isinstance(v, date | datetime) else v for v in place.values],
        ]
    )
    return urlsafe_b64encode(_seal(layer, params, body) + body).decode().rstrip("=")


def read_mark(
    layer: Layer, params: Mapping[str, str], text: str, keys: tuple[SortKey, ...]
) -> Mark:
    """What `write_mark` wrote for the same question.

    Raises
    ------
    BadRequest
        ``wrong_token`` for anything else.
    """
    try:
        if len(text) > _LONGEST:
            raise ValueError
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        seal, body = raw[:_SEAL], raw[_SEAL:]
        if seal != _seal(layer, params, body):
            raise ValueError
        ordinal, frozen, backwards, identifier, values = orjson.loads(body)
        if len(values) != len(keys):
            raise ValueError
        return Mark(
            Place(
                tuple(_value(key, value) for key, value in zip(keys, values, strict=True)),
                UUID(identifier),
                backwards=bool(backwards),
            ),
            date.fromordinal(ordinal) if ordinal else None,
            datetime.fromisoformat(frozen).astimezone(UTC) if frozen else None,
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRequest("wrong_token") from error


def _value(key: SortKey, value: Any) -> Any:
    if value is not None and key.field.type == "date":
        return date.fromisoformat(value)
    if value is not None and key.field.type == "datetime":
        return datetime.fromisoformat(value)
    return value


def _seal(layer: Layer, params: Mapping[str, str], body: bytes) -> bytes:
    asked = sorted((k, v) for k, v in params.items() if k not in _PRESENTATION)
    key = blake2b(repr((layer.name, asked)).encode(), digest_size=16).digest()
    return blake2b(body, digest_size=_SEAL, key=key).digest()
