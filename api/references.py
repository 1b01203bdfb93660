"""Fields that name another feature by its code, as a key, an address or a link.

OGC API Common 3 (23-058r2), profiles for references. Told of the page's features alone: one
statement for each field that refers to a layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.links import Links
from api.state import State
from sitplan.layer import Field, Layer
from sitplan.query import FeatureQuery
from sitplan.references import Target, read_targets

PROFILES = ("rel-as-key", "rel-as-uri", "rel-as-link")
_PREFIX = "http://www.opengis.net/def/profile/OGC/0/"


def take_profile(text: str, *, is_table: bool) -> tuple[str, str | None]:
    """The other profiles of a list, and the one of references.

    The last that is named holds. A table has no place for an object, so `rel-as-link` is passed
    over there: negotiation of profiles is no error (23-058r2, rec profile-negotiation).
    """
    rest: list[str] = []
    found = None
    for part in filter(None, (p.strip() for p in text.split(","))):
        name = part.removeprefix("[ogc-profile:").removesuffix("]").removeprefix(_PREFIX)
        if name not in PROFILES:
            rest.append(part)
        elif not (is_table and name == "rel-as-link"):
            found = name
    return ",".join(rest), found


def referring(
    features: Iterable[dict[str, Any]],
    query: FeatureQuery,
    profile: str,
    state: State,
    links: Links,
) -> list[dict[str, Any]]:
    """The features with their references as the profile has them.

    A code of which the public sees no feature at that moment is null: there is nothing to name.
    """
    told = list(features)
    for field in query.fields:
        layer = state.catalogue.layers.get(field.references or "")
        if layer is None:
            continue
        codes = {code for one in told for code in _codes(one["properties"].get(field.name))}
        targets = read_targets(
            state.database, layer, codes, moment=query.moment, today=state.today()
        )
        told = [
            {**one, "properties": {**one["properties"], field.name: _written(
                one["properties"][field.name], field, targets, profile, layer, links)}}
            for one in told
        ]  # fmt: skip
    return told


def _codes(value: Any) -> list[str]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _written(
    value: Any,
    field: Field,
    targets: Mapping[str, Target],
    profile: str,
    layer: Layer,
    links: Links,
) -> Any:
    if field.type == "array":
        return value and [_one(targets.get(code), profile, layer, links) for code in value]
    return _one(targets.get(value), profile, layer, links)


def _one(target: Target | None, profile: str, layer: Layer, links: Links) -> Any:
    if target is None:
        return None
    if profile == "rel-as-key":
        return target.id
    href = links.collection(layer.name, "items", target.id)
    return href if profile == "rel-as-uri" else {"href": href, "title": target.title}
