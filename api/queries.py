"""A request for features as a value: its parameters read, box and filter in the storage CRS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from shapely.geometry.base import BaseGeometry
from starlette.requests import Request

from api.params import moment_of, read_choice, read_filters, read_limit, read_token
from api.state import State
from sitplan.cql2 import LANGS, Lang, parse_filter
from sitplan.crs import CRS84, Crs, box_polygon, parse_bbox, parse_crs
from sitplan.layer import Layer
from sitplan.query import Condition, FeatureQuery


def read_query(
    request: Request, params: Mapping[str, str], layer: Layer, state: State
) -> FeatureQuery:
    """The request as a value."""
    asked = moment_of(request)
    query = FeatureQuery(
        layer=layer,
        srid=state.storage(layer),
        moment=asked.resolved(state.today()),
        boxes=_boxes(params, layer, state),
        filters=read_filters(params, layer),
        filter=_filter(params, layer, state),
        limit=read_limit(params),
        crs=read_crs(params, "crs", layer, state),
    )
    if "after" not in params:
        return query
    after, day = read_token(layer, params["after"])
    if day is not None and asked.on is None:
        query = replace(query, moment=replace(asked, on=day))
    return replace(query, after=after)


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
    storage = state.storage(layer)
    shapes = [box_polygon(box, source=crs.srid, target=storage) for box in boxes]
    return tuple(shape for shape in shapes if shape is not None) or None


def _filter(params: Mapping[str, str], layer: Layer, state: State) -> Condition | None:
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
