"""Values as people read them: titles for codes, units, numbers and days of their language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sitplan.layer import Field
from sitplan.words import say

_UNITS = {"m2": "m²", "m3": "m³", "km2": "km²", "CLP": "$"}
_WEB = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value made ready: its text, where it leads, and whether it is a number (set right)."""

    text: str
    href: str = ""
    is_number: bool = False


def shown(
    field: Field, value: Any, *, lang: str, zone: str, follow: Callable[[str, str], str]
) -> Shown:
    """A field's value for people; an empty text where there is none.

    Parameters
    ----------
    zone
        In which instants are told.
    follow
        The address of the feature of a layer that has a code.
    """
    if value is None or value == []:
        return Shown("")
    if isinstance(value, list):
        return Shown(", ".join(_title(field, one, lang) for one in value))
    if isinstance(value, bool):
        return Shown(say("pages.yes" if value else "pages.no", lang))
    if isinstance(value, int | float):
        return Shown(measure(value, field.unit, lang), is_number=True)
    text = str(value)
    if field.type == "date":
        return Shown(day_of(text, lang))
    if field.type == "datetime":
        return Shown(moment_of_day(text, lang, zone))
    href = text if _WEB.fullmatch(text) else ""
    if field.references:
        href = follow(field.references, text)
    return Shown(_title(field, text, lang), href)


def _title(field: Field, code: Any, lang: str) -> str:
    titles = field.codes.get(str(code))
    return titles[lang] if titles else str(code)


def number(value: float, lang: str, *, digits: int | None = None) -> str:
    """``1.250,5`` in Spanish, ``1,250.5`` in English; no more than `digits` decimals."""
    if digits is None:
        digits = 0 if float(value).is_integer() else 2
    text = f"{value:,.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.translate(str.maketrans(",.", ".,")) if lang == "es" else text


def measure(value: float, unit: str | None, lang: str) -> str:
    """A number with its unit: ``1.250 m²``, ``$ 1.250.000``."""
    text = number(value, lang)
    if unit is None:
        return text
    sign = _UNITS.get(unit, unit)
    return f"{sign} {text}" if sign == "$" else f"{text} {sign}"


def unit_sign(unit: str | None) -> str:
    """The sign of a unit as headings have it."""
    return _UNITS.get(unit, unit) if unit else ""


def day(value: date, lang: str) -> str:
    """``22 de noviembre de 2026``, ``22 November 2026``."""
    month = say(f"pages.months.m{value.month}", lang)
    return (
        f"{value.day} de {month} de {value.year}"
        if lang == "es"
        else (f"{value.day} {month} {value.year}")
    )


def day_of(text: str, lang: str) -> str:
    """A day of ISO 8601 as `day` writes it."""
    return day(date.fromisoformat(text), lang)


def moment_of_day(text: str, lang: str, zone: str) -> str:
    """An instant of RFC 3339 as day and hour of a time zone."""
    moment = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return f"{day(moment.date(), lang)}, {moment:%H:%M}"


def partial_day(text: str, lang: str) -> str:
    """A source's date, whole or not: ``noviembre de 2026``, ``2026``; others as they are."""
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return text
    if len(parts) == 3:
        return day(date.fromisoformat(text), lang)
    if len(parts) == 2 and 1 <= int(parts[1]) <= 12:
        month = say(f"pages.months.m{int(parts[1])}", lang)
        return f"{month} de {parts[0]}" if lang == "es" else f"{month} {parts[0]}"
    return text


def degrees(lon: float, lat: float, lang: str) -> str:
    """Latitude and longitude in decimal degrees, with the letters of the language."""
    south, west = say("pages.south", lang), say("pages.west", lang)
    north, east = say("pages.north", lang), say("pages.east", lang)
    return (
        f"{number(abs(lat), lang, digits=6)}° {south if lat < 0 else north}, "
        f"{number(abs(lon), lang, digits=6)}° {west if lon < 0 else east}"
    )
