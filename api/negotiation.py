"""Which face of a resource is sent: what `f` says, else what Accept wishes most.

Browsers ask for HTML first and get pages; clients that name nothing (`*/*`) get JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.requests import Request

from sitplan.errors import BadRequest

HTML = "text/html"
VARY = "Accept, Accept-Encoding"


def chosen(request: Request, offered: Mapping[str, Iterable[str]]) -> str:
    """The name of the format to send.

    Parameters
    ----------
    offered
        Name as `f` has it → the media types that a client may call it by; the first is the
        format of whoever has no wish.

    Raises
    ------
    BadRequest
        ``not_acceptable`` where Accept excludes all of them. What `f` may say is read before
        (`read_params`); one that is none of these stands for the first.
    """
    asked = request.query_params.get("f")
    if asked is not None:
        return asked if asked in offered else next(iter(offered))
    wishes = _wishes(request.headers.get("accept"))
    best, best_quality = "", 0.0
    for name, kinds in offered.items():
        quality = max((_quality(kind, wishes) for kind in kinds), default=0.0)
        if quality > best_quality:
            best, best_quality = name, quality
    if not best:
        known = ", ".join(kind for kinds in offered.values() for kind in kinds)
        raise BadRequest("not_acceptable", known=known)
    return best


def wishes_page(request: Request, media_type: str = "application/json") -> bool:
    """Whether a page is wished rather than the document, which `media_type` is."""
    plain = media_type.split(";")[0]
    types = dict.fromkeys((plain, "application/json", "application/problem+json"))
    return chosen(request, {"json": types, "html": (HTML, "application/xhtml+xml")}) == "html"


def wishes_problem_page(request: Request) -> bool:
    """Whether an error is wished as a page: `f` may itself be what is wrong, so Accept counts."""
    asked = request.query_params.get("f")
    if asked in ("html", "json"):
        return asked == "html"
    wishes = _wishes(request.headers.get("accept"))
    return _quality(HTML, wishes) > _quality("application/problem+json", wishes)


@lru_cache(maxsize=512)
def _wishes(accept: str | None) -> Mapping[str, float]:
    """Media ranges and how much each is wished (RFC 9110, 12.5.1)."""
    found: dict[str, float] = {}
    for part in (accept or "*/*").lower().split(","):
        name, *more = (word.strip() for word in part.split(";"))
        quality = 1.0
        for word in more:
            if word.startswith("q="):
                try:
                    quality = min(max(float(word[2:]), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if name:
            found[name] = max(quality, found.get(name, 0.0))
    return found or {"*/*": 1.0}


def _quality(kind: str, wishes: Mapping[str, float]) -> float:
    """How much a media type is wished: the narrowest range that holds it says so."""
    for named in (kind, f"{kind.split('/')[0]}/*", "*/*"):
        if named in wishes:
            return wishes[named]
    return 0.0
