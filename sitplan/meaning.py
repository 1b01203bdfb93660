"""What a text may mean but the name that it is: a kind of thing, or a name that sounds so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sitplan.layer import Field, Layer
from sitplan.letters import folded

_SHORTEST: Final = 3
"""Fewer letters begin too many words to mean a kind."""
_ALSO: Final = {
    "colegio": ("escuela", "liceo"),
    "consultorio": ("cesfam",),
    "policlinico": ("cesfam",),
    "comisaria": ("carabineros",),
    "reten": ("carabineros",),
    "policia": ("carabineros",),
    "sala cuna": ("jardin infantil",),
    "albergue": ("punto de encuentro",),
    "refugio": ("punto de encuentro", "zona segura"),
}
"""Words of daily use for what the lists of codes call otherwise."""
_SOUNDS: Final = re.compile(r"qu(?=[ei])|ll|[a-z0-9]")
_ALIKE: Final = {
    "s": "[szc]", "z": "[szc]", "c(e)": "[szc]", "c": "(c|k|qu)", "k": "(c|k|qu)", "qu": "(c|k|qu)",
    "q": "(c|k|qu)",
    "b": "[bvw]", "v": "[bvw]", "w": "[bvw]", "ll": "(ll|y)", "y": "(ll|y|i)", "i": "[iy]",
    "g(e)": "[gj]", "j": "[gj]", "h": "h?",
}  # fmt: skip
_MARK: Final = "['’´`. ]?"


def kind_field(layer: Layer) -> Field | None:
    """The field that says what kind of thing a feature is, by one of the names layers give it."""
    return next(
        (f for f in layer.public_fields if f.codes and f.name in ("kind", "class", "category")),
        None,
    )


def kinds_meant(layer: Layer, words: Sequence[str]) -> tuple[str, ...] | None:
    """The codes of the kinds that the words tell, in either language; None where they tell none.

    Empty where they tell the layer itself: then all that is in it is meant.
    """
    asked = " ".join(_one(word) for word in _words(" ".join(words)))
    ways = (asked, *_ALSO.get(asked, ()))
    if any(_tells(title, way) for title in layer.title.values() for way in ways):
        return ()
    field = kind_field(layer)
    codes = field.codes.items() if field else ()
    meant = [
        code
        for code, titles in codes
        if any(_tells(title, way) for title in titles.values() for way in ways)
    ]
    return tuple(meant) or None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(text))


def _tells(title: str, asked: str) -> bool:
    """Whether each word asked for begins a word of the title, its plural aside."""
    words, named = [_one(word) for word in _words(asked)], _words(title)
    longest = max((len(word) for word in words), default=0)
    return longest >= _SHORTEST and all(
        any(own.startswith(word) for own in named) for word in words
    )


def _one(word: str) -> str:
    return re.sub(r"(?<=[^aeiou])es$|s$", "", word) if len(word) > _SHORTEST + 1 else word


def as_heard(word: str) -> str | None:
    """A pattern of the names that hold a word which sounds so; None where it has no letters.

    ``plasa`` is heard in ``Plaza``, ``varrio`` in ``Barrio``, ``ohiggins`` in ``O'Higgins``.
    """
    letters = re.sub(r"[^a-z0-9]", "", folded(word))
    if len(letters) < _SHORTEST:
        return None
    made = []
    for n, sound in enumerate(_SOUNDS.finditer(letters)):
        text = sound[0]
        soft = text in ("c", "g") and letters[sound.end() : sound.end() + 1] in ("e", "i")
        pattern = _ALIKE.get(f"{text}(e)" if soft else text, text)
        if not n and text in "aeiou":
            pattern = f"h?{pattern}"
        made.append(pattern + (_MARK if not n and text in ("o", "d") else ""))
    return r"\m" + "".join(made)
