"""What somebody means by the words of an address: a street, its crossing with another, a number.

``Arturo Prat esquina Brasil``, ``Av. Prat / Brasil`` and ``prat 1234`` are read without knowing any
street; which of the readings holds is for whoever knows them (`sitplan.crossings`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sitplan.letters import folded

KINDS_OF_STREET: Final = frozenset(
    {"avenida", "calle", "callejon", "pasaje", "camino", "ruta", "street", "avenue", "road"}
)
"""Words that people put before a name, or leave out."""
SMALL: Final = frozenset({"de", "del", "la", "las", "los", "el", "al", "a"})
_SHORT: Final = {
    "av": "avenida", "avda": "avenida", "avd": "avenida", "ave": "avenida", "c": "calle",
    "cll": "calle", "psje": "pasaje", "pje": "pasaje", "pj": "pasaje", "pas": "pasaje",
    "cno": "camino", "cmno": "camino", "sta": "santa", "sto": "santo", "gral": "general",
    "pdte": "presidente", "pte": "presidente", "sgto": "sargento", "alm": "almirante",
    "cap": "capitan", "tte": "teniente", "dr": "doctor", "pbro": "presbitero", "nro": "numero",
    "num": "numero",
}  # fmt: skip
_BETWEEN: Final = re.compile(
    r"\s+(?:con|esquina|esq\.?|intersecci[oó]n(?:\s+con)?|cruce(?:\s+con)?|and|with|at|corner(?:\s+of)?)"
    r"(?:\s+(?:con|de|esquina|esq\.?))?(?:\s+|$)|\s*[/&+]\s*|\s+[ye]\s+",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\s*(?:(?:la\s+)?(?:esquina|esq\.?|intersecci[oó]n|cruce|corner)\s+(?:de|entre|of)?\s*|entre\s+)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"^(?P<street>.*?[^\W\d].*?)[\s,]+(?:(?:n(?:[°ºro]+|um(?:ero)?|úm(?:ero)?)?\.?|#|nr\.?)\s*)?"
    r"(?P<number>\d{1,5}(?:\s?-?\s?[a-z])?)(?:[\s,].*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two streets, as written; `second` is empty where the other was not said (yet)."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A street, as written, and the number of a house in it."""

    street: str
    number: str


def fold(text: str) -> str:
    """Small letters without accents, words apart by one space; ``O'Higgins`` is one word."""
    kept = "".join(c for c in text if c not in "'’´`")  # folded, ´ would be a space
    return " ".join("".join(c if c.isalnum() else " " for c in folded(kept)).split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, abbreviations written out."""
    return tuple(_SHORT.get(word, word) for word in fold(text).split())


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that tell one street from another; all of them where none would be left."""
    kept = tuple(w for w in words if w not in KINDS_OF_STREET and w not in SMALL)
    return kept or words


def pairs(text: str) -> tuple[Pair, ...]:
    """Each way to read two streets that cross; empty where there is none."""
    lead = _LEAD.match(text)
    clean = text[lead.end() :] if lead else text
    clean = clean.split(",")[0] if _BETWEEN.search(clean.split(",")[0]) else clean
    found = []
    for one in _BETWEEN.finditer(clean):
        first, second = clean[: one.start()].strip(" ,."), clean[one.end() :].strip(" ,.")
        if first:
            found.append(Pair(first, second))
    return tuple(found)


def numbered(text: str) -> Numbered | None:
    """A street and a house's number; None where the text ends in none."""
    found = _NUMBER.match(text.strip())
    return Numbered(found["street"].strip(" ,."), found["number"]) if found else None
