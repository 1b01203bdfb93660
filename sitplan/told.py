"""What is told of a feature: its code, its layer's public fields, the common ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

from sitplan.errors import BadRequest
from sitplan.layer import CAPTURE_METHODS, Field, FieldType, Layer, Words
from sitplan.words import LANGUAGES, say


def _words(key: str) -> Words:
    return {lang: say(key, lang) for lang in LANGUAGES}


def _common(name: str, kind: FieldType, codes: Sequence[str] = ()) -> Field:
    titles = {c: _words(f"common.{name}.codes.{c}") for c in codes}
    return Field(name=name, type=kind, title=_words(f"common.{name}.title"), codes=titles)


CODE = _common("code", "string")
COMMON_FIELDS: tuple[Field, ...] = (
    _common("valid_from", "date"),
    _common("valid_to", "date"),
    _common("replaces", "string"),
    _common("source_date", "date"),
    _common("capture_method", "string", CAPTURE_METHODS),
    _common("horizontal_accuracy_m", "number"),
    _common("version", "integer"),
    _common("updated_at", "datetime"),
)
"""What every feature tells besides its code and its layer's own fields."""


def told_fields(layer: Layer) -> tuple[Field, ...]:
    """All that an answer tells of a feature, in order; private fields are not among them."""
    return (CODE, *layer.public_fields, *COMMON_FIELDS)


def told_field(layer: Layer, name: str) -> Field | None:
    """The field of that name that an answer tells, or None."""
    return next((f for f in told_fields(layer) if f.name == name), None)


_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def parse_value(told: Field, text: str) -> Any:
    """The value that `text` writes for a field: what its column is compared with.

    Parameters
    ----------
    told
        The field; of an array, one of its values is written.
    text
        Numbers with a decimal point, dates as 2026-11-22, instants with their zone,
        ``true`` or ``false``.

    Raises
    ------
    BadRequest
        ``wrong_value`` when it is no value of the field's type, or not one of its codes.
    """

    def wrong() -> BadRequest:
        code = "wrong_code" if told.codes else "wrong_value"
        return BadRequest(
            code, name=told.name, value=text[:100], type=told.type, codes=", ".join(told.codes)
        )

    if "\x00" in text or (told.codes and text not in told.codes):
        raise wrong()
    try:
        match told.type:
            case "integer":
                if not _INTEGER.fullmatch(text) or abs(int(text)) >= 1 << 63:
                    raise wrong()
                return int(text)
            case "number":
                if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
                    raise wrong()
                return float(text)
            case "boolean":
                return _TRUTH[text.lower()]
            case "date":
                return date.fromisoformat(text)
            case "datetime":
                instant = datetime.fromisoformat(text)
                if instant.tzinfo is None:
                    raise wrong()
                return instant
            case _:
                return text
    except (ValueError, KeyError) as error:
        raise wrong() from error
