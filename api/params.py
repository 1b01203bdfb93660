"""Query parameters: text → values. What is unknown or badly written is 400, and says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from starlette.requests import Request

from api.links import GEOJSON
from api.negotiation import chosen, wishes_page
from api.state import State
from sitplan.errors import BadRequest
from sitplan.instants import parse_http_date, parse_instant, write_instant
from sitplan.layer import Field, Layer
from sitplan.query import Moment
from sitplan.told import parse_value, told_fields
from sitplan.words import LANGUAGES

DEFAULT_LIMIT = 1000
"""Large, for most clients ask once and take the page for the layer."""
MAX_LIMIT = 10_000
PAGE_LIMIT = 50
"""Features on a page for people; they ask for more by `limit`."""
EVERYWHERE = ("lang", "f")
FILTER = ("filter", "filter-lang", "filter-crs")
MOMENT = ("datetime", "as-of")
SHAPE = ("profile", "coordinates")
"""How values and places are written."""
CHOICE = ("sortby", "properties", "exclude-properties", "skip-geometry", "zoom-level")
"""What is told of each feature, how finely, and in what order."""
FILES = (
    *("bbox", "bbox-crs", *MOMENT, "crs", *FILTER, "q", "ids"),
    *(*CHOICE, *SHAPE, *EVERYWHERE),
)
ITEMS = ("limit", "after", "offset", "result-type", *FILES)

_UNEVEN_CLOCKS = timedelta(minutes=1)
_LIMIT = re.compile(r"\+?[0-9]{1,30}")


def read_params(
    request: Request, *known: str, formats: Iterable[str] = ("json", "html")
) -> Mapping[str, str]:
    """The request's parameters, each known and once.

    Parameters
    ----------
    known
        Their names, besides those that every resource has.
    formats
        What `f` may say; a mapping tells also the media types of each.

    Raises
    ------
    BadRequest
        ``unknown_parameter`` (naming the nearest known one), ``repeated_parameter``, or
        ``wrong_choice`` for a language or format that is not given.
    """
    found = check_params(request.query_params.multi_items(), *known, formats=formats)
    if "after" in known and "limit" not in found and _wishes_page(request, formats):
        found["limit"] = str(PAGE_LIMIT)
    return found


def check_params(
    given: Iterable[tuple[str, str]], *known: str, formats: Iterable[str] = ("json", "html")
) -> dict[str, str]:
    """The parameters given, wherever they come from; as `read_params`."""
    known = (*known, *EVERYWHERE)
    found: dict[str, str] = {}
    for name, value in given:
        if name not in known:
            nearest = get_close_matches(name[:60], known, n=1, cutoff=0.5)
            code = "unknown_parameter_near" if nearest else "unknown_parameter"
            raise BadRequest(code, name=name[:60], nearest="".join(nearest), known=", ".join(known))
        if name in found:
            raise BadRequest("repeated_parameter", name=name)
        found[name] = value
    read_choice(found, "lang", LANGUAGES)
    offered = tuple(formats)
    if offered[0] == "json" and "html" not in offered:  # whatever is JSON is a page too
        offered += ("html",)
    read_choice(found, "f", offered)
    return found


def _wishes_page(request: Request, formats: Iterable[str]) -> bool:
    """Whether people will read it; where formats have media types, Accept may name any of them."""
    if isinstance(formats, Mapping):
        return chosen(request, formats) == "html"
    return wishes_page(request, GEOJSON)


def read_choice(params: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The choice that a parameter makes; the first where it is not given.

    Raises
    ------
    BadRequest
        ``wrong_choice``, naming them.
    """
    value = params.get(name, choices[0])
    if value not in choices:
        raise BadRequest("wrong_choice", name=name, value=value[:60], known=", ".join(choices))
    return value


def lang_of(request: Request) -> str:
    """The language asked for; Spanish where none, or one that is not spoken here, is named."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def read_limit(
    params: Mapping[str, str], *, default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT
) -> int:
    """The limit: at least 1, cut to `maximum` (Features 1, fc-limit-response-1).

    Raises
    ------
    BadRequest
        ``wrong_limit``.
    """
    text = params.get("limit")
    if text is None:
        return default
    if not _LIMIT.fullmatch(text) or int(text) < 1:
        raise BadRequest("wrong_limit", value=text[:60], maximum=maximum)
    return min(int(text), maximum)


def moment_of(request: Request, params: Mapping[str, str] | None = None) -> Moment:
    """Both times that a request asks for: `datetime`; `as-of`, or the header Accept-Datetime.

    `params` stand in for those of the address, where they came another way.

    `on` is None where no `datetime` is given, `as_of` where neither of the others is. The address
    wins over the header: what names an instant negotiates none (RFC 7089). An instant that is
    to come is refused in the address; in the header it means the newest record.

    Raises
    ------
    BadRequest
        ``wrong_datetime``, ``wrong_as_of``, ``wrong_accept_datetime``, ``future_as_of``.
    """
    state: State = request.app.state.sitplan
    given = request.query_params if params is None else params
    asked, text = given.get("as-of"), given.get("datetime")
    header = request.headers.get("accept-datetime")
    now = state.now().astimezone(UTC)
    as_of: datetime | None = None
    if asked is not None:
        as_of = parse_instant(asked)
        if as_of > now + _UNEVEN_CLOCKS:
            raise BadRequest("future_as_of", value=asked[:60], now=write_instant(now))
    elif header is not None:
        as_of = parse_http_date(header)
    as_of = min(as_of, now) if as_of else None
    if text is None:
        return Moment(as_of=as_of)
    found = Moment.parse(text, time_zone=state.catalogue.territory.time_zone)
    return replace(found, as_of=as_of)


def filterable_fields(layer: Layer) -> tuple[Field, ...]:
    """The fields that a parameter of their name filters by; the API's own names come first."""
    return tuple(f for f in told_fields(layer) if f.name not in ITEMS)


def read_filters(params: Mapping[str, str], layer: Layer) -> dict[str, Any]:
    """The values that fields must have.

    Raises
    ------
    BadRequest
        ``wrong_value``, ``wrong_code``.
    """
    fields = {f.name: f for f in filterable_fields(layer)}
    return {
        name: parse_value(fields[name], text) for name, text in params.items() if name in fields
    }
