"""Every sentence that Python shows people, in Spanish and English.

The sentences stand in ``<lang>/*.toml``, one file a room; a key is its path there, as
``errors.port_taken.message``. Spanish is the first language: what lacks a translation is said
in Spanish rather than not at all (a house test keeps both whole).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("es", "en")
_HERE = Path(__file__).parent


@cache
def _sentences(lang: str) -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(prefix: str, node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(f"{prefix}.{key}" if prefix else key, value)
        else:
            found[prefix] = str(node)

    for path in sorted((_HERE / lang).glob("*.toml")):
        walk("", tomllib.loads(path.read_text(encoding="utf-8")))
    return found


@cache
def keys(lang: str) -> frozenset[str]:
    """All keys that have a sentence in `lang`."""
    return frozenset(_sentences(lang))


def say(key: str, lang: str = "es", /, **facts: object) -> str:
    """The sentence `key` in `lang`, its ``{facts}`` filled in.

    Raises
    ------
    KeyError
        If no language has the key: a mistake in the code, not in what a person did.
    """
    return sentence(key, lang).format(**facts)


def sentence(key: str, lang: str = "es", /) -> str:
    """The sentence `key` as it is written, its ``{facts}`` not filled in; raises as `say`."""
    text = _sentences(lang).get(key)
    return _sentences(LANGUAGES[0])[key] if text is None else text


def write_number(value: float, lang: str, digits: int | None = None) -> str:
    """A number as people of that language write it: ``12.345,6`` and ``12,345.6``.

    A float with so many decimals as `digits` tells; None is those that it has.
    """
    form = "," if not isinstance(value, float) else ",.10g" if digits is None else f",.{digits}f"
    text = format(value, form)
    return text.translate(str.maketrans(",.", ".,")) if lang == "es" else text
