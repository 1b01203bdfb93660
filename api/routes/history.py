"""What was recorded: versions of a feature, changes of a layer, differences of two moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, answer_bytes
from api.dependencies import Address, Lang, LayerByName, Reader
from api.history_documents import (
    atom_feed,
    difference_document,
    event_document,
    feed_links,
    link_format,
    versions_document,
)
from api.links import ATOM, JSON, LINK_FORMAT, link
from api.params import moment_of, read_choice, read_limit, read_params
from api.places import read_key, read_place, write_key, write_place
from api.state import State
from sitplan.difference import Sides, between_days, between_records, read_differences
from sitplan.errors import BadRequest, NotFound
from sitplan.instants import parse_instant, write_instant
from sitplan.layer import Layer
from sitplan.past import Place, read_events, read_versions, revision_at
from sitplan.query import FeatureQuery, Moment

router = APIRouter(prefix="/api/collections/{collection}")
READ = ["GET", "HEAD"]
_LATEST = "latest"
_AXES = ("recorded", "valid")


@router.api_route("/items/{feature}/versions", methods=READ)
def versions(
    request: Request, layer: LayerByName, feature: str, state: Reader, links: Address, lang: Lang
) -> Response:
    """All versions of a feature: who (the role), when, why, from what source."""
    kind = _format(request, read_params(request, formats=("json", "link")), "link", LINK_FORMAT)
    found = read_versions(state.database, layer, feature)
    if not found:
        raise NotFound("no_such_feature", layer=layer.name, id=feature[:100])
    vary = {"Vary": "Accept, Accept-Encoding"}
    if kind == "link":
        body = link_format(layer, feature, found, links).encode()
        return answer_bytes(request, body, media_type=LINK_FORMAT, headers=vary)
    document = versions_document(layer, feature, found, links, lang)
    return answer(request, document, headers={**vary, "Content-Language": lang})


@router.api_route("/changes", methods=READ)
def changes(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """What happened to the layer, in order, each thing once: enough for a mirror to follow."""
    params = read_params(request, "since", "limit", formats=("json", "atom"))
    kind = _format(request, params, "atom", ATOM)
    limit = read_limit(params)
    since = _since(params.get("since"), layer, state)
    query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=Moment(on="any"))
    events, has_more = read_events(state.database, query, since, limit=limit)
    token = write_place(layer, events[-1].place if events else since)
    here = links.collection(layer.name, "changes")
    own = f"{here}?{request.url.query}" if request.url.query else here
    onward = links.collection(layer.name, "changes", query={**params, "since": token})
    around = feed_links(
        layer, links, own, onward, is_last=not has_more, lang=lang, atom=kind == "atom"
    )
    headers = {"Vary": "Accept, Accept-Encoding", "Content-Language": lang}
    if kind == "atom":
        dated = [e.made.recorded_at for e in events if e.made.recorded_at]
        newest = dated[-1] if dated else state.first_recorded(layer) or state.now()
        body = atom_feed(layer, events, links, around, updated=write_instant(newest), lang=lang)
        return answer_bytes(request, body, media_type=ATOM, headers=headers)
    document = {
        "collection": layer.name,
        "numberReturned": len(events),
        "changes": [event_document(event, lang) for event in events],
        "token": token,
        "links": around,
    }
    return answer(request, document, headers=headers)


@router.api_route("/diff", methods=READ)
def diff(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Response:
    """Counts and list of what is added, changed (which fields) and removed between two moments."""
    params = dict(read_params(request, "from", "to", "axis", "datetime", "as-of", "limit", "after"))
    if "from" not in params:
        raise BadRequest("missing_parameter", name="from")
    axis = read_choice(params, "axis", _AXES)
    unused = "as-of" if axis == "recorded" else "datetime"
    if unused in params:
        raise BadRequest("unknown_parameter", name=unused, known="from, to, axis, limit, after")
    limit = read_limit(params)
    sides = _valid if axis == "valid" else _recorded
    compared = sides(request, params, state)
    after = read_key(layer, params["after"]) if "after" in params else ""
    query = FeatureQuery(layer=layer, srid=state.storage(layer), moment=Moment(on="any"))
    found = read_differences(state.database, query, compared, after=after, limit=limit)
    around = [
        link(links.collection(layer.name, "diff", query=params), "self", JSON),
        link(links.collection(layer.name), "collection", JSON, layer.title[lang]),
    ]
    if found.has_more:
        asked = {**params, "after": write_key(layer, found.page[-1].key)}
        around.append(link(links.collection(layer.name, "diff", query=asked), "next", JSON))
    document = {
        "collection": layer.name,
        "axis": axis,
        "from": params["from"],
        "to": params["to"],
        "counts": {"added": found.added, "changed": found.changed, "removed": found.removed},
        "numberReturned": len(found.page),
        "differences": [difference_document(one) for one in found.page],
        "links": around,
    }
    return answer(request, document, headers={"Content-Language": lang})


def _since(text: str | None, layer: Layer, state: State) -> Place:
    if text is None:
        return Place(0)
    if text == _LATEST:
        return Place(revision_at(state.database))
    if ":" in text:  # no mark has one
        try:
            instant = parse_instant(text)
        except BadRequest as error:
            raise BadRequest("wrong_since", value=text[:60]) from error
        return Place(revision_at(state.database, _past(text, instant, state)))
    return read_place(layer, text)


def _past(text: str, instant: datetime, state: State) -> datetime:
    now = state.now().astimezone(UTC)
    if instant > now:
        raise BadRequest("future_as_of", value=text[:60], now=write_instant(now))
    return instant


def _recorded(request: Request, params: dict[str, str], state: State) -> Sides:
    """Two instants; what was left out is put into `params`, so that the address names it."""
    first = _past(params["from"], parse_instant(params["from"]), state)
    params.setdefault("to", write_instant(state.now()))
    last = _past(params["to"], parse_instant(params["to"]), state)
    if first > last:
        raise BadRequest("wrong_range", first=params["from"][:60], last=params["to"][:60])
    asked = moment_of(request)
    on = Moment(on="any") if asked.on is None else Moment(on=asked.on)
    database = state.database
    return between_records(revision_at(database, first), revision_at(database, last), on=on)


def _valid(request: Request, params: dict[str, str], state: State) -> Sides:
    """Two days, by the record of now or of `as-of`."""
    params.setdefault("to", state.today().isoformat())
    first, last = (_day(params, name) for name in ("from", "to"))
    if first > last:
        raise BadRequest("wrong_range", first=params["from"], last=params["to"])
    return between_days(first, last, as_of=moment_of(request).as_of)


def _day(params: Mapping[str, str], name: str) -> date:
    text = params[name]
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("wrong_day", name=name, value=text[:60]) from error


def _format(request: Request, params: Mapping[str, str], name: str, media_type: str) -> str:
    """What the address asks for, or without it the Accept header."""
    if "f" in params:
        return params["f"]
    return name if media_type in request.headers.get("accept", "") else "json"
