"""Instants as texts: RFC 3339, which names a fraction and a zone, and HTTP's dates. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from sitplan.errors import BadRequest

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_HTTP = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
_LAST_OF_A_SECOND = timedelta(microseconds=999_999)


def parse_instant(text: str) -> datetime:
    """The instant that `text` writes, in UTC, to the microsecond.

    A space before the offset is a ``+`` that an address did not quote.

    Raises
    ------
    BadRequest
        ``wrong_as_of``.

    Examples
    --------
    >>> parse_instant("2026-06-01T08:00:00-04:00").isoformat()
    '2026-06-01T12:00:00+00:00'
    """
    whole = re.sub(r" (?=[0-9]{2}:[0-9]{2}$)", "+", text)
    try:
        if not _RFC3339.fullmatch(whole):
            raise ValueError
        return datetime.fromisoformat(whole.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("wrong_as_of", value=text[:60]) from error


def write_instant(instant: datetime) -> str:
    """As `parse_instant` reads it, with no more digits than it needs; ends in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_http_date(text: str) -> datetime:
    """The last instant of the second that a date of RFC 9110 (5.6.7) names.

    HTTP's dates know no fractions; what was recorded within the second counts as recorded.

    Raises
    ------
    BadRequest
        ``wrong_accept_datetime``.

    Examples
    --------
    >>> parse_http_date("Mon, 01 Jun 2026 12:00:00 GMT").isoformat()
    '2026-06-01T12:00:00.999999+00:00'
    """
    try:
        if not _HTTP.fullmatch(text.strip()):
            raise ValueError
        found = datetime.strptime(text.strip()[5:], "%d %b %Y %H:%M:%S GMT")
        if found.strftime("%a") != text.strip()[:3]:
            raise ValueError
    except ValueError as error:
        raise BadRequest("wrong_accept_datetime", value=text[:60]) from error
    return found.replace(tzinfo=UTC) + _LAST_OF_A_SECOND


def http_date(instant: datetime) -> str:
    """The second that holds an instant, as HTTP writes it."""
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0), usegmt=True)
