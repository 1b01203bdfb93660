"""Two times in addresses, links and headers: Memento (RFC 7089), versions (RFC 5829)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from api.errors import problem
from api.links import ATOM, GEOJSON, JSON, LINK_FORMAT, Links, link, query_of
from api.params import lang_of
from sitplan.errors import NotFound
from sitplan.instants import http_date, write_instant
from sitplan.layer import Layer
from sitplan.past import Version
from sitplan.query import Moment
from sitplan.words import say

VARY = "Accept-Encoding, Accept-Datetime"
FOR_A_YEAR = "private, max-age=31536000, immutable"
"""A version that was superseded: whoever read it may keep it, but no cache shows it to others,
for the feature may be hidden since (docs/decisions/0009)."""


def pinned(here: str, request: Request, moment: Moment) -> str:
    """The address as it was asked for, with what it left to the moment of asking."""
    asked = request.query_params
    more: dict[str, str] = {}
    if moment.on is not None and "datetime" not in asked:
        more["datetime"] = moment.text
    if moment.as_of is not None and "as-of" not in asked:
        more["as-of"] = write_instant(moment.as_of)
    parts = [query_of(request), urlencode(more, safe=",:/")]
    query = "&".join(part for part in parts if part)
    return f"{here}?{query}" if query else here


def moment_headers(request: Request, moment: Moment, here: str) -> dict[str, str]:
    """What an answer says of its recorded time; `here` is its address without the query."""
    found = {"Vary": VARY}
    if moment.as_of is not None:
        found["Memento-Datetime"] = http_date(moment.as_of)
        if "as-of" not in request.query_params:
            found["Content-Location"] = pinned(here, request, moment)
    return found


def memento(links: Links, layer: Layer, identifier: str, version: Version) -> str:
    """The address of one version: the feature as of the instant that began it."""
    query = {"as-of": write_instant(version.recorded_from)}
    return links.collection(layer.name, "items", identifier, query=query)


def history_links(layer: Layer, links: Links, lang: str) -> list[dict[str, Any]]:
    """What a collection tells of its past: its changes, and what differs between two moments."""
    changes = links.collection(layer.name, "changes")
    title = say("history.changes_of", lang, title=layer.title[lang])
    differs = say("history.diff_of", lang, title=layer.title[lang])
    template = links.collection(layer.name, "diff") + "{?from,to,axis,datetime,as-of}"
    return [
        link(changes, "version-history", JSON, title),
        link(f"{changes}?f=atom", "version-history", ATOM, title),
        {**link(template, "related", JSON, differs), "templated": True},
    ]


def original_links(links: Links, layer: Layer, identifier: str) -> list[dict[str, Any]]:
    """The feature as it is now, which also negotiates, and where its versions are told."""
    here = links.collection(layer.name, "items", identifier)
    versions = links.collection(layer.name, "items", identifier, "versions")
    return [
        link(here, "original", GEOJSON),
        link(here, "timegate", GEOJSON),
        link(f"{versions}?f=link", "timemap", LINK_FORMAT),
        link(versions, "version-history", JSON),
    ]


def version_links(
    links: Links, layer: Layer, identifier: str, versions: Sequence[Version], place: int
) -> list[dict[str, Any]]:
    """The versions around the one at `place`, and the latest; `place` may lie past the end."""
    found = []
    if place > 0:
        before = memento(links, layer, identifier, versions[place - 1])
        found.append(link(before, "predecessor-version", GEOJSON))
    if place < len(versions) - 1:
        after = memento(links, layer, identifier, versions[place + 1])
        found.append(link(after, "successor-version", GEOJSON))
    return [*found, latest_link(links, layer, identifier, versions)]


def latest_link(
    links: Links, layer: Layer, identifier: str, versions: Sequence[Version]
) -> dict[str, Any]:
    """The latest version: the feature itself where it stands, else the last that was recorded."""
    last = versions[-1]
    here = links.collection(layer.name, "items", identifier)
    stands = last.recorded_to is None
    href = here if stands else memento(links, layer, identifier, last)
    return link(href, "latest-version", GEOJSON)


def link_header(found: Iterable[Mapping[str, Any]]) -> str:
    """Links as an HTTP header (RFC 8288)."""
    return ", ".join(
        f'<{one["href"]}>; rel="{one["rel"]}"'
        + (f'; type="{one["type"]}"' if "type" in one else "")
        for one in found
    )


def standing(versions: Sequence[Version], instant: datetime | None) -> int | None:
    """Which version stood at an instant (None: stands now); None where none did."""
    for place, version in enumerate(versions):
        if version.recorded_to is None if instant is None else version.holds(instant):
            return place
    return None


def absent(
    request: Request,
    links: Links,
    layer: Layer,
    identifier: str,
    versions: Sequence[Version],
    instant: datetime | None,
) -> Response:
    """Why a feature with versions has none at an instant: not recorded yet (404), or removed (410).

    What went out of the public's sight and came back was removed meanwhile.
    """
    first = versions[0]
    if instant is not None and instant < first.recorded_from:
        since = write_instant(first.recorded_from)
        error = NotFound("unborn_feature", layer=layer.name, id=identifier, since=since)
    else:
        error = NotFound("removed_feature", layer=layer.name, id=identifier)
    told = original_links(links, layer, identifier)
    told.append(latest_link(links, layer, identifier, versions))
    return problem(
        error,
        path=request.url.path,
        lang=lang_of(request),
        headers={"Link": link_header(told), "Vary": VARY},
    )
