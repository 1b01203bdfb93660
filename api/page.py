"""A page of features as an answer: document or rows, links to its neighbours, counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import faces
from api.answers import answer, answer_bytes
from api.counting import count_wish, matched
from api.links import GEOJSON, JSON, Links, link
from api.moments import link_header, moment_headers, pinned
from api.negotiation import VARY, wishes_page
from api.pages.sheet import with_query
from api.queries import Walk, freeze, read_crs, read_query
from api.references import PROFILES, referring, take_profile
from api.state import State
from sitplan.export.asked import ask
from sitplan.export.formats import FORMATS
from sitplan.export.job import Export
from sitplan.features import Page, read_page
from sitplan.instants import write_instant
from sitplan.layer import Layer
from sitplan.paging import Place
from sitplan.query import FeatureQuery

RESULT_TYPES = ("results", "hits")
_LONGEST_LINK = 6000
"""A question that makes a longer address is continued by a body."""


def page_of(
    request: Request,
    params: Mapping[str, str],
    face: str,
    layer: Layer,
    state: State,
    links: Links,
    lang: str,
    *,
    here: str,
    search: str | None = None,
) -> Response:
    """The answer to a question for features.

    Parameters
    ----------
    here
        The address of what answers.
    search
        That of what takes the question as a body, where it came so.
    """
    query = freeze(read_query(request, params, layer, state), state)
    wanted = wanted_of(face, query, params, state, links, lang)
    query = wanted.query
    wish = "exact" if params.get("result-type") == "hits" else count_wish(request)
    hits_only = params.get("result-type") == "hits"
    written = face == "json" and faces.is_plain(wanted) and not wishes_page(request, GEOJSON)
    page = Page([], None) if hits_only else read_page(state.database, query, written=written)
    number = matched(state, query, wish, page=None if hits_only else page)
    told = referred(page.features, wanted, state, links)
    walk = Walk(params, query)
    found = _links(request, walk, face, page, links, here=here, search=search)
    headers = {
        **shape_headers(wanted),
        **moment_headers(request, query.moment, here),
        "OGC-NumberReturned": str(len(page.features)),
    }
    if number is not None:
        headers["OGC-NumberMatched"] = str(number)
    if count_wish(request):
        headers["Preference-Applied"] = f"count={count_wish(request)}"
    if face not in faces.DOCUMENTS:
        headers["Link"] = link_header([*found, *faces.profile_links(wanted)])
        headers["Vary"] = f"{VARY}, Accept-Datetime, Prefer"
        drawn = state.catalogue.illustrative.get(layer.name, layer.illustrative)
        old = state.catalogue.outdated_text(layer.name, wanted.lang)
        sent = faces.body(face, told, wanted, illustrative=drawn, outdated=old)
        return answer_bytes(request, sent, media_type=faces.media_type_of(face), headers=headers)
    root, features = ({}, told) if written else faces.document(told, wanted)
    document = {
        "type": "FeatureCollection",
        **root,
        **({} if number is None else {"numberMatched": number}),
        "numberReturned": len(features),
        "features": features,
        "links": [*found, *faces.profile_links(wanted)],
    }
    headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Prefer")))
    if wanted.profiles & {"jsonfg", "jsonfg-plus"}:  # QGIS looks for its next page here
        around = [one for one in found if one["rel"] in ("next", "prev") and "body" not in one]
        headers["Link"] = link_header([*around, *faces.profile_links(wanted)])
    return answer(request, document, media_type=GEOJSON, headers=headers, stamped=True)


def wanted_of(
    face: str,
    query: FeatureQuery,
    params: Mapping[str, str],
    state: State,
    links: Links,
    lang: str,
) -> Export:
    """How the features are to be written; pages for people know no profiles."""
    layer = query.layer
    fmt = FORMATS[faces.format_of(face)]
    profiles, reference = take_profile(
        "" if face == "html" else params.get("profile", ""), is_table=fmt.is_table
    )
    found = ask(
        query,
        fmt,
        state.catalogue.territory,
        crs=read_crs(params, "crs", layer, state) if "crs" in params else None,
        coordinates=params.get("coordinates"),
        profile=profiles,
        lang=lang,
        schema_url=links.collection(layer.name, "schema"),
    )
    return replace(found, profiles=found.profiles | {reference}) if reference else found


def referred(
    features: list[dict[str, Any]], wanted: Export, state: State, links: Links
) -> list[dict[str, Any]]:
    """The features with their references as asked for: codes, unless a profile says otherwise."""
    profile = next(iter(wanted.profiles & set(PROFILES)), None)
    if profile is None:
        return features
    return referring(features, wanted.query, profile, state, links)


def shape_headers(wanted: Export) -> dict[str, str]:
    """What the coordinates are in, the language, the profiles kept."""
    return {
        "Content-Crs": f"<{wanted.query.crs.uri}>",
        "Content-Language": wanted.lang,
        "Link": link_header(faces.profile_links(wanted)),
    }


def _links(
    request: Request,
    walk: Walk,
    face: str,
    page: Page,
    links: Links,
    *,
    here: str,
    search: str | None,
) -> list[dict[str, Any]]:
    name, kind = walk.query.layer.name, faces.media_type_of(face)
    own = pinned(here, request, walk.query.moment) if search is None else here
    found = [
        link(own, "self", kind),
        link(links.collection(name), "collection", JSON, walk.query.layer.title["es"]),
    ]
    for rel, place in (("next", page.following), ("prev", page.preceding)):
        if place is not None:
            asked = _asked(walk, place, face)
            href = links.collection(name, "items", query=asked)
            if search is not None and len(href) > _LONGEST_LINK:
                found.append(link(search, rel, kind) | {"method": "POST", "body": asked})
            else:
                found.append(link(href, rel, kind))
    if search is None:
        for other in ("jsonfg", "geojsonseq", "csv"):
            if other != face:
                href = with_query(own, f=other)
                found.append(link(href, "alternate", faces.media_type_of(other)))
    return found


def _asked(walk: Walk, place: Place, face: str) -> dict[str, str]:
    asked = walk.asked(place)
    if face not in faces.DOCUMENTS:
        asked["f"] = face  # though it was Accept that said so
    if walk.query.moment.as_of is not None:
        asked["as-of"] = write_instant(walk.query.moment.as_of)
    return asked
