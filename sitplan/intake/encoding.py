"""Which letters the bytes of a text file are: told when sure, asked about when not."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

NAMES = {"utf-8": "UTF-8", "cp1252": "CP1252", "cp850": "CP850", "mac_roman": "MacRoman"}
_SPANISH = set("áéíóúüñÁÉÍÓÚÜÑ")
_SIGNS = set("°º¿¡«»ª“”‘’–—…€·´²³½")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text's encoding seems to be.

    Parameters
    ----------
    encoding
        Python's name of the likeliest.
    is_sure
        Whether no other reading makes Spanish words of it.
    samples
        A word of the text as each candidate reads it, where not sure.
    """

    encoding: str
    is_sure: bool
    samples: tuple[tuple[str, str], ...] = ()


def guess_encoding(data: bytes | Iterable[bytes]) -> Guess:
    """The encoding of Spanish text: UTF-8 where strictly so, else the reading that gives words.

    A candidate is scored on the words that hold bytes beyond ASCII: a letter of Spanish in the
    case of its neighbours speaks for it, any other sign inside a word against it.
    """
    chunks = [data] if isinstance(data, bytes) else data
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    words: dict[bytes, int] = {}
    is_utf8, first = True, True
    for chunk in chunks:
        if first and chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return Guess("utf-16", is_sure=True)
        first = False
        if chunk.isascii() and is_utf8 and not decoder.getstate()[0]:
            continue
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        if len(words) < 5_000:
            for word in _WORD.findall(chunk):
                if not word.isascii():
                    words[word] = words.get(word, 0) + 1
    if is_utf8 and not decoder.getstate()[0]:
        return Guess("utf-8", is_sure=True)
    scores = {name: _score(words, name) for name in ("cp1252", "cp850", "mac_roman")}
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    is_sure = scores[best] >= 0.9 and scores[best] - scores[second] >= 0.3
    return Guess(best, is_sure, () if is_sure else _samples(words))


def _score(words: dict[bytes, int], encoding: str) -> float:
    """From −1 to 1: how much the words read so look like Spanish."""
    total, points = 0, 0.0
    for raw, times in words.items():
        text = raw.decode(encoding, errors="replace")
        for place, char in enumerate(text):
            if char.isascii():
                continue
            total += times
            before = text[place - 1] if place else ""
            around = [c for c in text[max(0, place - 1) : place + 2] if c != char and c.isalpha()]
            if char in _SPANISH:
                # «PéREZ» and «pÉrez» are another code page's; «Ángel» and «Pérez» are not.
                fits = place < 2 or not before.isalpha() or before.isupper() == char.isupper()
                fits &= place != 1 or not (char.isupper() and before.islower())
                points += times if fits else -0.5 * times
            elif char in _SIGNS and len(around) < 2:
                points += 0.5 * times
            else:
                points -= times
    return points / total if total else 0.0


def _samples(words: dict[bytes, int]) -> tuple[tuple[str, str], ...]:
    if not words:
        return ()
    word = max(words, key=lambda w: (words[w], len(w)))
    return tuple(
        (NAMES[name], word.decode(name, errors="replace"))
        for name in ("cp1252", "cp850", "mac_roman")
    )


def gdal_name(encoding: str) -> str:
    """An encoding as GDAL and iconv name it."""
    known = {"mac_roman": "MACINTOSH", "latin-1": "ISO-8859-1"}
    return known.get(encoding, encoding.upper())


def python_name(said: str) -> str | None:
    """Python's name of an encoding that a person or a .cpg says; None for one that is unknown.

    ``ANSI 1252``, ``1252``, ``ISO-8859-1``, ``88591``, ``65001``, ``OEM 850`` are all in use.
    """
    text = said.strip().strip("\x00").lower()
    digits = re.sub(r"\D", "", text)
    by_number = {
        "1252": "cp1252", "850": "cp850", "437": "cp437", "65001": "utf-8", "88591": "latin-1",
        "885915": "iso8859-15", "28591": "latin-1", "1250": "cp1250", "10000": "mac_roman",
    }  # fmt: skip
    if re.fullmatch(r"(ansi|oem|cp|iso|windows|dos|ldid)?[\s_/-]*[\d\s_-]+", text):
        return by_number.get(digits)
    try:
        return codecs.lookup(text).name
    except LookupError:
        return None
