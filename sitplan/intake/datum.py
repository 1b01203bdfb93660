"""Which datum is this? Coordinates that fall elsewhere are explained; nothing is converted.

`locate` judges by the territory's box alone: degrees taken for metres, axes the wrong way round,
another zone, Web Mercator, millimetres, a lost sign. What lies inside the box, but beside what is
known there, is explained by `displaced`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from pyproj import CRS, Geod, Transformer

from sitplan.intake.shift import share_on
from sitplan.intake.source import Shapes
from sitplan.intake.systems import (
    WGS84,
    Datum,
    Ground,
    Points,
    carry_shapes,
    epsg_of,
    into_storage,
    system,
)
from sitplan.layer import Words

ENOUGH_INSIDE = 0.5
"""Share of the points in the box from which a file is taken to be where it says."""
_EXPLAINED = 0.8
_MERCATOR = 3857
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A system that would put the coordinates right, to be said as `--crs`."""

    crs: int
    title: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """What the coordinates seem to be.

    Parameters
    ----------
    code
        Key of the words under ``[intake]``: ``datum_swapped``, ``datum_zone``…
    facts
        What the sentence names.
    proposals
        Systems to be said, the likeliest first.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()


def locate(points: Points, crs: CRS | None, ground: Ground) -> Finding | None:
    """What is wrong with where a file's points fall; None when they lie in the territory.

    Parameters
    ----------
    points
        Coordinates as the file has them, shape (n, 2).
    crs
        The system that the file says; None where nobody says one.
    ground
        The territory's box, systems and neighbours.
    """
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    if crs is None:
        return _without_crs(points, ground)
    here = _lon_lat(points, crs)
    if _inside(here, ground) >= ENOUGH_INSIDE:
        return None
    x, y = (float(v) for v in np.median(points, axis=0))
    facts: dict[str, object] = {"x": round(x, 5), "y": round(y, 5), "crs": _name(crs, ground)}
    if abs(x) < 1 and abs(y) < 1:
        return Finding("datum_zero", facts)
    explained = _explain(points, crs, ground)
    if explained is not None:
        code, proposals, more = explained
        return Finding(code, {**facts, **more}, proposals)
    return _stray(here, facts, ground)


def _without_crs(points: Points, ground: Ground) -> Finding:
    """The systems that would put the points in the territory; to be chosen by a person."""
    x, y = (float(v) for v in np.median(points, axis=0))
    facts: dict[str, object] = {"x": round(x, 5), "y": round(y, 5)}
    fitting = [d for d in ground.datums if _fits(points, d.crs, ground)]
    if fitting:
        return Finding("crs_missing", facts, propose(fitting))
    explained = _explain(points, None, ground)
    if explained is not None:
        code, proposals, more = explained
        return Finding(code, {**facts, "crs": {"es": "ninguno", "en": "none"}, **more}, proposals)
    return Finding("crs_missing_far", facts)


def _explain(
    points: Points, crs: CRS | None, ground: Ground
) -> tuple[str, tuple[Proposal, ...], dict[str, object]] | None:
    """The first way of reading the points that puts them in the territory."""
    for code, datum, read, facts in _readings(points, crs, ground):
        if _fits(read, datum.crs, ground):
            alike = [d for d in ground.datums if d is not datum and _is_alike(d, datum)]
            # Where only the system is wrong, others of the same zone would fit as well.
            proposals = [datum, *(d for d in alike if _fits(read, d.crs, ground))]
            return code, propose(proposals), facts
    return None


def _readings(
    points: Points, crs: CRS | None, ground: Ground
) -> Iterator[tuple[str, Datum, Points, dict[str, object]]]:
    """Every way in which coordinates are usually mistaken: code, system, points so read."""
    own = epsg_of(crs) if crs is not None else None
    said = ground.datum(own) or (Datum(own, {"es": "", "en": ""}) if own else None)
    flipped = points[:, ::-1]
    are_degrees = bool((np.abs(np.median(points, axis=0)) <= 360).all())
    said_degrees = crs.is_geographic if crs is not None else are_degrees
    local = [d for d in ground.datums if system(d.crs).is_geographic == are_degrees]
    if said is not None and said_degrees == are_degrees:
        yield "datum_swapped", said, flipped, {}
    for datum in local:
        if datum.crs == own:
            continue
        if datum.crs == _MERCATOR:
            yield "datum_mercator", datum, points, {}
        elif said_degrees != are_degrees:
            yield "datum_degrees" if are_degrees else "datum_metres", datum, points, {}
        elif _zone(datum.crs) != _zone(ground.storage) and not are_degrees:
            yield "datum_zone", datum, points, {"zone": str(_zone(datum.crs))}
        else:
            yield "datum_other", datum, points, {}
    for datum in local:
        yield "datum_swapped", datum, flipped, {}
    if are_degrees:
        for datum in local[:1]:
            yield "datum_sign", datum, -np.abs(points), {}
            yield "datum_sign", datum, -np.abs(flipped), {}
    metric = [d for d in ground.datums if not system(d.crs).is_geographic]
    units: tuple[tuple[Words, float], ...] = (
        ({"es": "milímetros", "en": "millimetres"}, 1e-3),
        ({"es": "centímetros", "en": "centimetres"}, 1e-2),
        ({"es": "kilómetros", "en": "kilometres"}, 1e3),
        ({"es": "pies", "en": "feet"}, 0.3048),
    )
    for unit, factor in units:
        for datum in metric[:1]:
            yield "datum_units", datum, points * factor, {"unit": unit, "factor": factor}


def _is_alike(one: Datum, other: Datum) -> bool:
    first, second = system(one.crs), system(other.crs)
    return first.is_geographic == second.is_geographic and first.utm_zone == second.utm_zone


def _zone(code: int) -> str | None:
    return system(code).utm_zone


def _fits(points: Points, code: int, ground: Ground) -> bool:
    return _inside(_lon_lat(points, system(code)), ground) >= _EXPLAINED


def _lon_lat(points: Points, crs: CRS) -> Points:
    """Longitude and latitude; a datum's shift of metres does not matter for a box of kilometres."""
    return np.column_stack(_degrees(crs).transform(points[:, 0], points[:, 1]))


@lru_cache(maxsize=64)
def _degrees(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, WGS84, always_xy=True)


def _inside(lon_lat: Points, ground: Ground) -> float:
    west, south, east, north = ground.bounds
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    return float(((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).mean())


def _stray(lon_lat: Points, facts: dict[str, object], ground: Ground) -> Finding:
    """Where points fall that nothing explains: in the sea, in another region, so far away."""
    there = lon_lat[np.isfinite(lon_lat).all(axis=1)]
    if not len(there):
        return Finding("datum_nowhere", facts)
    lon, lat = (float(v) for v in np.median(there, axis=0))
    west, south, east, north = ground.bounds
    middle = ((west + east) / 2, (south + north) / 2)
    bearing, _, metres = _GEOD.inv(*middle, lon, lat)
    facts = {
        **facts, "lon": round(lon, 4), "lat": round(lat, 4),
        "km": round(metres / 1000), "side": compass(bearing),
    }  # fmt: skip
    for title, (w, s, e, n) in ground.elsewhere:
        if w <= lon <= e and s <= lat <= n:
            return Finding("datum_elsewhere", {**facts, "place": title})
    return Finding("datum_far", facts)


def propose(datums: list[Datum]) -> tuple[Proposal, ...]:
    """The systems to be said; two of those alike within decimetres: nine are no choice."""
    told: list[Datum] = []
    for datum in datums:
        if sum(d.operation == datum.operation for d in told) < (
            2 if datum.operation is None else 1
        ):
            told.append(datum)
    return tuple(Proposal(d.crs, d.title) for d in told)


def _name(crs: CRS, ground: Ground) -> Words:
    code = epsg_of(crs)
    known = ground.datum(code)
    if known is not None:
        return {lang: f"EPSG:{code}, {title}" for lang, title in known.title.items()}
    name = f"EPSG:{code}, {crs.name}" if code else crs.name
    return {"es": name, "en": name}


_SIDES: tuple[tuple[str, str], ...] = (
    ("norte", "north"), ("noreste", "north-east"), ("este", "east"), ("sureste", "south-east"),
    ("sur", "south"), ("suroeste", "south-west"), ("oeste", "west"), ("noroeste", "north-west"),
)  # fmt: skip


def rank(
    shapes: Shapes,
    proposals: tuple[Proposal, ...],
    near: Callable[[Shapes], Shapes],
    ground: Ground,
) -> tuple[Proposal, float] | None:
    """The proposed system that puts most points of the shapes on known ones, and their share.

    Parameters
    ----------
    shapes
        As the file has them.
    near
        Gives what is known around shapes in storage coordinates.

    Returns
    -------
    tuple | None
        None where nothing is known there, or no system stands out.
    """
    shares: list[tuple[float, Proposal]] = []
    for proposal in proposals:
        moved = carry_shapes(shapes, into_storage(system(proposal.crs), ground))
        known = near(moved)
        if not len(known):
            return None
        shares.append((share_on(moved, known), proposal))
    best, proposal = max(shares, key=lambda pair: pair[0])
    # Systems alike within decimetres share their place; the first of them is proposed.
    rest = [share for share, _ in shares if share < 0.9 * best]
    is_clear = best >= ENOUGH_INSIDE and (not rest or max(rest) < best / 1.6)
    return (proposal, best) if is_clear and rest else None


def compass(bearing: float) -> Words:
    """The side that a bearing (degrees from north, clockwise) points to.

    >>> compass(-170.0)["es"]
    'sur'
    """
    es, en = _SIDES[round((bearing % 360) / 45) % 8]
    return {"es": es, "en": en}
