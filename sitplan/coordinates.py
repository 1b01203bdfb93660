"""Where a text says that a place is, if it is written as coordinates.

Degrees with or without minutes and seconds, by signs, letters or words, in either order, with
points or commas for decimals; UTM as offices write it, east or north first, with or without its
zone. The web map reads the same in `api/web/src/reading.ts`: one file of cases holds both to it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

LonLat = tuple[float, float]
_MARKS: Final = str.maketrans(
    {"’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "”": '"', "“": '"', "″": '"', "−": "-",
     "–": "-", "—": "-", "º": "°", "˚": "°", "…": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)  # fmt: skip
_MOST: Final = 120


def read_coordinates(text: str, bounds: Sequence[float]) -> LonLat | None:
    """Longitude and latitude; None where the text is written in no such way.

    Parameters
    ----------
    bounds
        West, south, east, north of the territory. What could be read in more than one way is read
        as a place there; UTM without its zone is of the zone of their middle.
    """
    clean = text[:_MOST].upper().translate(_MARKS).replace("''", '"').strip()
    found = _utm(clean, bounds) or _degrees(clean, bounds)
    if found is None or not (abs(found[0]) <= 180 and abs(found[1]) <= 90):
        return None
    return found


# Metres have six or seven digits, with or without marks of thousands.
_METRES = re.compile(
    r"(?<![\d.,])(?P<whole>\d{1,3}(?:([. ])\d{3}(?:\2\d{3})?)(?![\d.])|\d{6,7})"
    r"(?:[.,](?P<part>\d+))?"
)
_ZONE = re.compile(
    r"^\s*(?:UTM\s*)?(?:(?:ZONA|ZONE|HUSO|H)\.?\s*)?(\d{1,2})\s*([A-Z]|SUR|SOUTH|NORTE|NORTH)?\b[\s,:;]*"
)
_ZONE_AFTER = re.compile(
    r"[\s,;(]*(?:UTM\s*)?(?:ZONA|ZONE|HUSO)?\s*(\d{1,2})\s*([A-Z]|SUR|SOUTH|NORTE|NORTH)\)?\s*$"
)
_UTM_WORDS = re.compile(
    r"COORDENADAS?|UTM|ESTE|EAST(?:ING)?|NORTE|NORTH(?:ING)?|DATUM|WGS\s*-?\s*84|SIRGAS|METROS"
    r"|[ENXYMS]|[.,:;=/()\s]"
)

_SAYS_SOUTH = re.compile(r"(?<![A-Z])M?\.?S(?![A-Z])")


def _utm(text: str, bounds: Sequence[float]) -> LonLat | None:
    pairs = list(_METRES.finditer(text))
    if len(pairs) != 2:
        return None
    before, between = text[: pairs[0].start()], text[pairs[0].end() : pairs[1].start()]
    after = text[pairs[1].end() :]
    zone = _ZONE.match(before) or _ZONE_AFTER.search(after)
    rest = before, between, after
    if zone is not None:
        told = zone[0]
        rest = before.removeprefix(told), between, after.removesuffix(told)
    if any(_UTM_WORDS.sub("", one) for one in rest):
        return None
    east, north = (_number(one["whole"], one["part"]) for one in pairs)
    # officials write the north first as often: the east has six digits, the north of ours seven
    if east >= 1_000_000 > north:
        east, north = north, east
    if not (100_000 <= east < 1_000_000 and 0 <= north < 10_000_000):
        return None
    west, south, right, top = bounds
    number = int(zone[1]) if zone else min(int(((west + right) / 2 + 180) // 6) + 1, 60)
    if not 1 <= number <= 60:
        return None
    letter = zone[2] if zone else None
    # after a zone stands a hemisphere, or a band, whose N to X are north; S is south as ours say it
    if letter is None or letter == "S":
        is_south = (south + top) / 2 < 0
    else:
        is_south = letter in ("SUR", "SOUTH") or (len(letter) == 1 and letter < "N")
    if letter is None and _SAYS_SOUTH.search(f"{between} {after}"):
        is_south = True
    from pyproj import Transformer

    carry = Transformer.from_crs((32700 if is_south else 32600) + number, 4326, always_xy=True)
    lon, lat = carry.transform(east, north)
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def _number(whole: str, part: str | None) -> float:
    return float(f"{re.sub('[. ]', '', whole)}.{part or 0}")


_SIDES: Final = (
    ("N", "NORTE|NORTH"), ("S", "SUR|SOUTH"), ("E", "ESTE|EAST"), ("O", "OESTE|WEST|W"),
    ("°", "GRADOS?|DEGREES?|DEG"), ("'", "MINUTOS?|MINUTES?|MIN"),
    ('"', "SEGUNDOS?|SECONDS?|SEG|SEC"), (" ", r"LAT(?:ITUDE?)?\.?|LON(?:G(?:ITUDE?)?)?\.?|GEO"),
)  # fmt: skip
"""What is written for each, apart from other letters."""
_WRITTEN: Final = [(sign, re.compile(f"(?<![A-Z])(?:{some})(?![A-Z])")) for sign, some in _SIDES]
_ANGLE = re.compile(
    r"(?P<sign>[-+])?(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?P<mark>°)?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*'\s*(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*\"?)?)?"
    r"\s*(?P<letter>[NSEO])?(?![A-Z])"
)
_LETTERS_FIRST = re.compile(r"^\s*([NSEO])([^NSEO]+)([NSEO])([^NSEO]+)$")
# "28 34 33 S": where a side is said, minutes and seconds need no mark
_UNMARKED = re.compile(
    r"(?<![\d.,])(\d{1,3})\s+(\d{1,2}(?:[.,]\d+)?)(?:\s+(\d{1,2}(?:[.,]\d+)?))?(?=\s*[NSEO])"
)


def _degrees(text: str, bounds: Sequence[float]) -> LonLat | None:
    plain = text
    for sign, written in _WRITTEN:
        plain = written.sub(sign, plain)
    plain = re.sub(r"[:=()\[\]]|\.\.\.", " ", plain)
    plain = re.sub(r"(?<=\s)-(?=\s)", " ", plain)
    plain = _LETTERS_FIRST.sub(r"\2 \1 \4 \3", plain)
    # "-28.57,-70.75": where points are for decimals the comma between is a comma
    if re.search(r"\d\.\d+\s*,", plain):
        plain = plain.replace(",", " ")
    plain = re.sub(r";|,(?=\s)|/", " ", plain)
    plain = _UNMARKED.sub(
        lambda one: f"{one[1]}°{one[2]}'" + (f'{one[3]}"' if one[3] else ""), plain
    )
    angles, at = [], 0
    for one in _ANGLE.finditer(plain):
        if plain[at : one.start()].strip():
            return None
        angles.append(one)
        at = one.end()
    if len(angles) != 2 or plain[at:].strip():
        return None
    if not all(_is_angle(one) for one in angles):
        return None
    (first, side), (second, other) = (_value(angle) for angle in angles)
    if side or other:
        is_lon = [letter in ("E", "O") for letter in (side, other)]
        if not (side and other) or is_lon[0] == is_lon[1]:
            return None
        return (first, second) if is_lon[0] else (second, first)
    readings = ((second, first), (first, second), (-second, -first), (-first, -second),
                (-second, first), (second, -first))  # fmt: skip
    west, south, east, north = bounds
    for lon, lat in readings:
        if west <= lon <= east and south <= lat <= north:
            return lon, lat
    return (second, first) if abs(first) <= 90 else (first, second)


def _is_angle(one: re.Match[str]) -> bool:
    """Whether it is written as an angle: a bare whole number, as of a house, is none."""
    if any(_number_of(one[part]) >= 60 for part in ("minutes", "seconds")):
        return False
    return bool(one["mark"] or one["minutes"] or re.search("[.,]", one["degrees"]))


def _number_of(text: str | None) -> float:
    return float((text or "0").replace(",", "."))


def _value(one: re.Match[str]) -> tuple[float, str]:
    """Degrees, and the letter of its side; empty where there is none."""
    parts = (_number_of(one[name]) for name in ("degrees", "minutes", "seconds"))
    size = sum(part / scale for part, scale in zip(parts, (1, 60, 3600), strict=True))
    letter = one["letter"] or ""
    return (-size if one["sign"] == "-" or letter in ("S", "O") else size), letter
