"""Which records a request asks for, and in which order: text → values → a choice among them.

OGC API Records 1.0, record-core-query-parameters and sorting. The catalogue is some hundred
records that are made anew from what is declared, so it is searched here; a `filter` alone is left
to the database (`sitplan.record_filter`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from api.params import FILTER, read_choice, read_limit
from sitplan.cql2 import LANGS, Lang
from sitplan.crs import CRS84, Box, parse_bbox, parse_crs
from sitplan.errors import BadRequest
from sitplan.letters import folded
from sitplan.metadata import Record
from sitplan.metadata.records import identifiers
from sitplan.query import Condition, Moment
from sitplan.record_filter import parse_record_filter
from sitplan.words import LANGUAGES

QUERY = (
    "q", "bbox", "bbox-crs", "crs", "datetime", "type", "ids", "externalIds", "sortby", "limit",
    "offset", *FILTER,
)  # fmt: skip
SORTABLES = ("title", "type", "created", "updated", "id")
DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
_OFFSET = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """A request as a value; what is None or empty is not asked."""

    terms: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    days: tuple[date | None, date | None] | None = None
    kinds: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    order: tuple[tuple[str, bool], ...] = field(default=())
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    filter: Condition | None = None


def read_query(params: Mapping[str, str], *, time_zone: str) -> RecordQuery:
    """The query that parameters write.

    Raises
    ------
    BadRequest
        For what cannot be read: a box, a moment, a system that is not CRS84, a field to sort by
        that there is not (``wrong_choice``), an offset.
    """
    crs = parse_crs(params["bbox-crs"], (CRS84,)) if "bbox-crs" in params else CRS84
    if "crs" in params:
        parse_crs(params["crs"], (CRS84,))
    offset = params.get("offset", "0")
    if not _OFFSET.fullmatch(offset):
        raise BadRequest("wrong_value", name="offset", value=offset[:60], type="integer", codes="")
    moment = params.get("datetime")
    return RecordQuery(
        terms=tuple(filter(None, (folded(t).strip() for t in params.get("q", "").split(",")))),
        boxes=parse_bbox(params["bbox"], crs) if "bbox" in params else (),
        days=Moment.parse(moment, time_zone=time_zone).days if moment is not None else None,
        kinds=_names(params, "type"),
        ids=_names(params, "ids"),
        outside=_names(params, "externalIds"),
        order=tuple(_order(part) for part in _parts(params.get("sortby", ""))),
        limit=read_limit(params, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        offset=int(offset),
        filter=_filter(params, time_zone),
    )


def _filter(params: Mapping[str, str], time_zone: str) -> Condition | None:
    lang = cast("Lang", read_choice(params, "filter-lang", LANGS))
    if "filter-crs" in params:
        parse_crs(params["filter-crs"], (CRS84,))
    if "filter" not in params:
        return None
    return parse_record_filter(params["filter"], lang=lang, time_zone=time_zone)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _names(params: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(_parts(params.get(name, "")))


def _order(part: str) -> tuple[str, bool]:
    name = part.lstrip("+- ")
    if name not in SORTABLES:
        known = ", ".join(SORTABLES)
        raise BadRequest("wrong_choice", name="sortby", value=part[:60], known=known)
    return name, part.startswith("-")


def choose(records: list[Record], query: RecordQuery, *, lang: str) -> list[Record]:
    """The records that answer a query, all pages of them, in its order."""
    found = [one for one in records if _answers(one, query)]
    keys: dict[str, Callable[[Record], Any]] = {
        "title": lambda one: folded(one.title[lang]),
        "type": lambda one: one.kind,
        "created": lambda one: one.day,
        "updated": lambda one: one.updated,
        "id": lambda one: one.id,
    }
    for name, is_falling in reversed(query.order):  # sorts are stable: the first named wins
        found.sort(key=keys[name], reverse=is_falling)
    return found


def _answers(record: Record, query: RecordQuery) -> bool:
    return (
        (not query.kinds or record.kind in query.kinds)
        and (not query.ids or record.id in query.ids)
        and (not query.outside or bool(query.outside & set(identifiers(record))))
        and (not query.boxes or _meets(record, query.boxes))
        and (query.days is None or _holds(record, query.days))
        and (not query.terms or any(term in _text(record) for term in query.terms))
    )


def _meets(record: Record, boxes: tuple[Box, ...]) -> bool:
    """Features 1, 7.15.3: only what has a place can lie in a box."""
    if record.box is None:
        return False
    own = Box(*record.box)
    return any(own.meets(box) for box in boxes)


def _holds(record: Record, days: tuple[date | None, date | None]) -> bool:
    """Whether the times meet; what tells no time is of any."""
    first, last = days
    return (first is None or record.ends is None or record.ends >= first) and (
        last is None or record.begins is None or record.begins <= last
    )


def _text(record: Record) -> str:
    words = [record.id, record.custodian, record.publisher, record.lineage]
    for lang in LANGUAGES:
        words += [record.title[lang], record.description[lang], *record.keywords(lang)]
    return folded("\n".join(words))
