"""Texts made whole: double decoding undone, control signs and double blanks taken out.

Works on whole Arrow columns; only the few values that need it are looked at one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sitplan.letters import folded

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{0080}-\x{009f}\x{200b}\x{feff}]"
_BLANKS = r"[\s\x{00a0}\x{2000}-\x{200a}]{2,}|[\t\n\r\x{00a0}\x{2000}-\x{200a}]|^\s|\s$"
_DOUBLED = r"[\x{00c2}\x{00c3}][\x{0080}-\x{00bf}\x{0152}-\x{2122}]"
_CODE_PAGE = r"(?i)[a-z][\x{00a4}\x{00a5}\x{00a2}\x{00a3}\x{00a1}\x{0082}\x{201a}\x{00b5}\x{0090}]"
_LOST = r"\x{fffd}|\x{00ef}\x{00bf}\x{00bd}|\pL\?\pL"
_SPANISH = set("áéíóúüñÁÉÍÓÚÜÑ")

NULL_WORDS = frozenset(
    (
        "null", "none", "nan", "na", "n/a", "n/d", "nd", "s/i", "s/d", "<null>", "<nulo>", "nulo",
        "sin_informacion", "sin_dato", "sin_datos", "sin_info", "no_informado", "no_informada",
        "no_registra", "no_disponible", "#n/d", "#n/a",
    )
)  # fmt: skip
"""Texts that stand for “not known”, as `normalise` writes them."""


def normalise(text: str) -> str:
    """A name made comparable: no accents, small letters, signs and blanks as one ``_``.

    >>> normalise("  Año de Construcción ")
    'ano_de_construccion'
    """
    return re.sub(r"[^a-z0-9#<>/]+", "_", folded(text.strip())).strip("_")


@dataclass(frozen=True, slots=True)
class Mending:
    """One kind of repair done on a column: its name, which values it touched, an example."""

    code: str
    where: NDArray[np.int64]
    before: str
    after: str


def mend_text(
    column: pa.Array, *, keeps_null_words: bool = False
) -> tuple[pa.Array, list[Mending]]:
    """The column of texts with what can surely be mended mended, and what was done.

    With `keeps_null_words` a text such as "Sin información" stays, for it is a value there.

    ``double_decoded`` ("PeÃ±a"), ``code_page`` ("Cha¤aral"), ``control_characters``,
    ``blanks`` and ``null_word`` ("Sin informacion") are repairs; ``letters_lost`` ("Pe�a") only
    tells.
    """
    done: list[Mending] = []
    # One look over the whole column finds the few texts that any step may want.
    odd = pc.fill_null(pc.match_substring_regex(column, _ODD), fill_value=False)
    where = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if not len(where):
        return column, done
    part = column.filter(odd)
    for code, pattern, mend in _STEPS:
        if code == "null_word" and keeps_null_words:
            continue
        mask = pc.fill_null(pc.match_substring_regex(part, pattern), fill_value=False)
        at = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        if not len(at):
            continue
        old = part.take(pa.array(at))
        if code == "letters_lost":
            done.append(Mending(code, where[at], old[0].as_py(), ""))
            continue
        unique = old.dictionary_encode()
        mended = [mend(v) for v in unique.dictionary.to_pylist()]
        new = pa.array(mended, pa.string()).take(unique.indices)
        changed = pc.fill_null(pc.not_equal(old, new), fill_value=True)
        changed = changed.to_numpy(zero_copy_only=False)
        if not changed.any():
            continue
        first = int(np.flatnonzero(changed)[0])
        done.append(Mending(code, where[at[changed]], old[first].as_py(), new[first].as_py() or ""))
        part = pc.replace_with_mask(part, mask, new)
    return pc.replace_with_mask(column, odd, part), done


def undouble(text: str) -> str:
    """UTF-8 that was read as CP1252, read rightly: "PeÃ±a" → "Peña"; else the text as it was."""
    for encoding in ("cp1252", "latin-1"):
        try:
            better = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        # Some systems do it twice over.
        return undouble(better) if re.search(r"[ÂÃ][\u0080-\u00bf]", better) else better
    return text


def from_code_page(text: str) -> str:
    """CP850 that was read as Latin-1, read rightly: "Cha¤aral" → "Chañaral".

    Only where every sign beyond ASCII becomes a letter of Spanish.
    """
    for encoding in ("latin-1", "cp1252"):
        try:
            better = text.encode(encoding).decode("cp850")
        except UnicodeError:
            continue
        signs = [(a, b) for a, b in zip(text, better, strict=True) if not a.isascii()]
        if signs and all(b in _SPANISH for _, b in signs):
            return better
    return text


def strip_control(text: str) -> str:
    """The text without signs that nobody can see; between two letters they become a blank."""
    bare = re.sub(r"(?<=\w)[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f](?=\w)", " ", text)
    return "".join(c for c in bare if unicodedata.category(c) not in ("Cc", "Cf") or c in "\t\n\r")


def single_blanks(text: str) -> str:
    """The text with one blank between words and none around; line breaks in long texts stay."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line)


def _null_word(text: str) -> str | None:
    return None if normalise(text) in NULL_WORDS else text


_STEPS: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("double_decoded", _DOUBLED, undouble),
    ("code_page", _CODE_PAGE, from_code_page),
    ("letters_lost", _LOST, str),
    ("control_characters", _CONTROL, strip_control),
    ("blanks", _BLANKS, single_blanks),
    (
        "null_word",
        r"(?i)^\s*(<?null?o?>?|none|nan|n\.?/?a\.?|n/d|nd|s/[id]|sin (inf|dato)[\pL.]*|"
        r"no (informad[oa]|registra|disponible)|#n/[ad])\s*$",
        _null_word,
    ),
)
_ODD = "|".join(f"(?:{pattern})" for _, pattern, _ in _STEPS)
