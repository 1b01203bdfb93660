"""How many features match: exact within a budget of time, else not told; never an estimate."""

from __future__ import annotations

from hashlib import blake2b
from time import monotonic

from starlette.requests import Request

from api.state import State
from sitplan.features import Page, count, count_within
from sitplan.query import FeatureQuery

BUDGET_MS = 100
_AGAIN_S = 60.0
"""After so long it is tried once more: the database may only have been busy."""


def count_wish(request: Request) -> str:
    """What `Prefer: count=` says: ``exact``, ``none``, or nothing (RFC 7240)."""
    for wish in ",".join(request.headers.getlist("prefer")).lower().split(","):
        name, _, value = wish.partition("=")
        if name.strip() == "count" and value.strip() in ("exact", "none"):
            return value.strip()
    return ""


def matched(state: State, query: FeatureQuery, wish: str, *, page: Page | None) -> int | None:
    """How many features all pages have together; None where it is not wished or takes too long.

    Parameters
    ----------
    wish
        ``exact`` takes the time that a page may take, ``none`` takes none.
    page
        What has been read already: where it is the whole, it is counted.
    """
    if wish == "none":
        return None
    if page is not None and page.following is None and page.preceding is None:
        return len(page.features)
    text, params = query.count()
    names = (query.layer.name,)
    key = ("matched", *names, blake2b(repr((text, params)).encode(), digest_size=16).digest())
    mark = state.memory.mark(names)
    known: tuple[int | None, float] | None = state.memory.get(key)
    if known is not None:
        number, tried = known
        if number is not None or (wish != "exact" and monotonic() - tried < _AGAIN_S):
            return number
    if wish == "exact":
        number = count(state.database, query)
    else:
        number = count_within(state.database, query, budget_ms=BUDGET_MS)
    state.memory.put(key, (number, monotonic()), mark=mark, layers=names)
    return number
