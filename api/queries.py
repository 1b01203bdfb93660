"""A request for features as a value: its parameters read, box and filter in the storage CRS.

The same for a page, a search by body and a file: what one understands, the others do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import cast
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from starlette.requests import Request

from api.marks import Mark, read_mark, write_mark
from api.params import moment_of, read_choice, read_filters, read_limit
from api.state import State
from sitplan.cql2 import LANGS, Lang, parse_filter
from sitplan.crs import CRS84, Crs, box_polygon, crs_of, parse_bbox, parse_crs
from sitplan.errors import BadRequest
from sitplan.layer import Layer
from sitplan.paging import Place, parse_sort
from sitplan.past import latest_recorded
from sitplan.query import Condition, FeatureQuery
from sitplan.told import told_fields

MAX_OFFSET = 10_000
"""Far enough for a person; who wants more follows `next`, which costs the same on every page."""
MOST_IDS = 1000
MOST_WORDS = 16
DEEPEST_ZOOM = 24
_WORLD_M, _WORLD_DEGREES = 40_075_016.686, 360.0
_CELLS = 512
"""Cells along a tile's side: shapes are rounded to half a pixel of 256."""


def read_query(
    request: Request, params: Mapping[str, str], layer: Layer, state: State
) -> FeatureQuery:
    """The request as a value.

    Raises
    ------
    BadRequest
        For the first parameter that is wrong, with what would be right.
    """
    asked = moment_of(request, params)
    query = FeatureQuery(
        layer=layer,
        srid=state.storage(layer),
        moment=asked.resolved(state.today()),
        boxes=_boxes(params, layer, state),
        filters=read_filters(params, layer),
        filter=read_filter(params, layer, state),
        phrases=_phrases(params),
        ids=_ids(params),
        sort=parse_sort(params["sortby"], layer) if "sortby" in params else (),
        offset=_number(params, "offset", MAX_OFFSET) or 0,
        limit=read_limit(params),
        names=_names(params, layer),
        has_geometry=not _truth(params, "skip-geometry"),
        grid=_grid(params, layer, state),
        crs=read_crs(params, "crs", layer, state),
    )
    if "after" not in params:
        return query
    if query.offset:
        raise BadRequest("two_beginnings")
    mark = read_mark(layer, params, params["after"], query.sort)
    if mark.day is not None and asked.on is None:
        query = replace(query, moment=replace(asked, on=mark.day))
    return replace(query, after=mark.place, frozen=mark.frozen)


def freeze(query: FeatureQuery, state: State) -> FeatureQuery:
    """A walk in an order that edits can change is bound to what is recorded now."""
    if not query.sort or query.frozen is not None or query.moment.as_of is not None:
        return query
    return replace(query, frozen=latest_recorded(state.database))


@dataclass(frozen=True, slots=True)
class Walk:
    """A question whose pages follow each other."""

    params: Mapping[str, str]
    query: FeatureQuery

    def asked(self, place: Place) -> dict[str, str]:
        """The parameters of the page that begins or ends at a place."""
        query = self.query
        first, last = query.moment.days
        day = first if "datetime" not in self.params and first == last else None
        mark = Mark(place, day, query.frozen)
        found = {k: v for k, v in self.params.items() if k != "offset"}
        return {**found, "after": write_mark(query.layer, found, mark)}


def read_crs(params: Mapping[str, str], name: str, layer: Layer, state: State) -> Crs:
    """The system that a parameter names; CRS84 where it names none."""
    text = params.get(name)
    return parse_crs(text, state.offered(layer)) if text is not None else CRS84


def _boxes(
    params: Mapping[str, str], layer: Layer, state: State
) -> tuple[BaseGeometry, ...] | None:
    """The box in the storage CRS, in two where it crosses 180°; None where it lies nowhere."""
    crs = read_crs(params, "bbox-crs", layer, state)
    if "bbox" not in params:
        return ()
    boxes = parse_bbox(params["bbox"], crs)
    if layer.geometry is None:  # a box leaves out nothing that lies nowhere
        return ()
    storage = state.storage(layer)
    shapes = [box_polygon(box, source=crs.srid, target=storage) for box in boxes]
    return tuple(shape for shape in shapes if shape is not None) or None


def read_filter(params: Mapping[str, str], layer: Layer, state: State) -> Condition | None:
    """What `filter` states (Features 3, 8.3 and 8.4); its language and system must be right."""
    lang = cast("Lang", read_choice(params, "filter-lang", LANGS))
    crs = read_crs(params, "filter-crs", layer, state)
    if "filter" not in params:
        return None
    return parse_filter(
        params["filter"],
        layer=layer,
        storage=state.storage(layer),
        time_zone=state.catalogue.territory.time_zone,
        lang=lang,
        crs=crs,
    )


def _phrases(params: Mapping[str, str]) -> tuple[str, ...]:
    """Features 9 (draft), q-definition: commas between alternatives, words of each in order."""
    if "q" not in params:
        return ()
    phrases = tuple(p for p in (" ".join(p.split()) for p in params["q"].split(",")) if p)
    words = sum(phrase.count(" ") + 1 for phrase in phrases)
    if not phrases or words > MOST_WORDS or "\x00" in params["q"]:
        raise BadRequest("wrong_search", value=params["q"][:60], most=MOST_WORDS)
    return phrases


def _ids(params: Mapping[str, str]) -> tuple[UUID, ...] | None:
    if "ids" not in params:
        return None
    parts = params["ids"].split(",")
    try:
        found = tuple(UUID(part.strip()) for part in parts)
    except ValueError as error:
        raise BadRequest("wrong_ids", value=params["ids"][:60], most=MOST_IDS) from error
    if len(found) > MOST_IDS:
        raise BadRequest("wrong_ids", value=f"{len(found)}", most=MOST_IDS)
    return found


def _names(params: Mapping[str, str], layer: Layer) -> tuple[str, ...] | None:
    """The fields to tell; None for all. What is not there is refused, with the nearest name."""
    both = [name for name in ("properties", "exclude-properties") if name in params]
    if not both:
        return None
    if len(both) == 2:
        raise BadRequest("two_selections")
    known = [f.name for f in told_fields(layer)]
    named = [part.strip() for part in params[both[0]].split(",")] if params[both[0]] else []
    for name in named:
        if name not in known:
            nearest = get_close_matches(name[:60], known, n=1, cutoff=0.5)
            raise BadRequest(
                "unknown_property_near" if nearest else "unknown_property",
                parameter=both[0],
                name=name[:60],
                nearest="".join(nearest),
                known=", ".join(known),
            )
    wanted = set(named) if both[0] == "properties" else set(known) - set(named)
    return tuple(name for name in known if name in wanted)


def _grid(params: Mapping[str, str], layer: Layer, state: State) -> float | None:
    """The cells that shapes are rounded to for a zoom, in units of the storage CRS."""
    zoom = _number(params, "zoom-level", DEEPEST_ZOOM)
    if zoom is None or layer.geometry is None:
        return None
    degrees = crs_of(state.storage(layer)).is_geographic
    return (_WORLD_DEGREES if degrees else _WORLD_M) / (_CELLS << zoom)


def _number(params: Mapping[str, str], name: str, most: int) -> int | None:
    text = params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) > most:
        raise BadRequest("wrong_number", name=name, value=text[:60], most=most)
    return int(text)


def _truth(params: Mapping[str, str], name: str) -> bool:
    return name in params and read_choice(params, name, ("false", "true")) == "true"
