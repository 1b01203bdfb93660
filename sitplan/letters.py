"""Letters as people compare them."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Small letters without accents.

    >>> folded("Año de Construcción")
    'ano de construccion'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
