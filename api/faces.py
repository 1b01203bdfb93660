"""A page of features in the face that is wished: GeoJSON, JSON-FG, a text sequence, CSV.

What has no place for links says in headers where the next page is and how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.answers import dump
from api.links import GEOJSON, HTML, JSON
from api.references import PROFILES
from sitplan.export import delimited
from sitplan.export.columns import titles_of
from sitplan.export.formats import FORMATS
from sitplan.export.geojson import RECORD
from sitplan.export.job import Export
from sitplan.export.jsonfg import PROFILE, JsonFg
from sitplan.told import told_fields

FACES: Mapping[str, tuple[str, ...]] = {
    "json": (GEOJSON, JSON),
    "html": (HTML, "application/xhtml+xml"),
    "jsonfg": (),  # asked for by `f` or `profile`: its media type is GeoJSON's
    "geojsonseq": (FORMATS["geojsonseq"].media_type,),
    "csv": (FORMATS["csv"].media_type,),
}
"""What a page of features can be had as: name → the media types that Accept may call it by."""
OFFERED = {**FACES, "geojson": FACES["json"]}
"""What `f` may say besides: the same by another name."""
ONE = {name: FACES[name] for name in ("json", "html", "jsonfg")}
"""What a single feature can be had as."""
DOCUMENTS = frozenset(ONE)
_TOLD = {"rfc7946", "jsonfg", "jsonfg-plus", "val-as-title", *PROFILES}
_CHANGING = _TOLD - {"rfc7946"}
_FORMATS = {"json": "geojson", "html": "geojson"}

Features = Sequence[Mapping[str, Any]]


def format_of(face: str) -> str:
    """The name of the whole-layer format that a face is a page of."""
    return _FORMATS.get(face, face)


def media_type_of(face: str) -> str:
    """What is sent."""
    return FORMATS[format_of(face)].media_type


def document(features: Features, wanted: Export) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the root of a document says besides, and its features, as the profiles have them."""
    told = _titled(features, wanted)
    fg = _json_fg(wanted)
    return (fg.collection, fg.features(told)) if fg else ({}, told)


def is_plain(wanted: Export) -> bool:
    """Whether GeoJSON is told as the database writes it: no profile changes values or members."""
    return not wanted.profiles & _CHANGING


def single(feature: Mapping[str, Any], wanted: Export) -> dict[str, Any]:
    """One feature that is a document of its own."""
    told = _titled([feature], wanted)
    fg = _json_fg(wanted)
    return fg.root | fg.features(told)[0] if fg else told[0]


def body(
    face: str,
    features: Features,
    wanted: Export,
    *,
    illustrative: bool,
    outdated: str | None = None,
) -> bytes:
    """A page that is no JSON document: a sequence, a table."""
    if face == "csv":
        return delimited.page(wanted, features, illustrative=illustrative, outdated=outdated)
    told = [single(feature, wanted) for feature in features]
    return b"".join(RECORD + dump(feature) + b"\n" for feature in told)


def profile_links(wanted: Export) -> list[dict[str, str]]:
    """The profiles that an answer keeps, where its format has some (RFC 6906)."""
    names = sorted(wanted.profiles & _TOLD)
    return [{"href": PROFILE + name, "rel": "profile"} for name in names]


def _json_fg(wanted: Export) -> JsonFg | None:
    if not wanted.profiles & {"jsonfg", "jsonfg-plus"}:
        return None
    return JsonFg(
        wanted.layer,
        wanted.query.crs,
        plus="jsonfg-plus" in wanted.profiles,
        schema_url=wanted.schema_url,
    )


def _titled(features: Features, wanted: Export) -> list[dict[str, Any]]:
    """The features with titles in place of codes, where those are asked for."""
    if "val-as-title" not in wanted.profiles:
        return [dict(feature) for feature in features]
    titles = {f.name: titles_of(f, wanted.lang) for f in told_fields(wanted.layer) if f.codes}

    def title(name: str, value: Any) -> Any:
        known = titles.get(name, {})
        if isinstance(value, list):
            return [known.get(one, one) for one in value]
        return known.get(value, value) if known else value

    return [
        {**f, "properties": {name: title(name, v) for name, v in f["properties"].items()}}
        for f in features
    ]
