"""Coordinate systems that data come in, and the one way from each into storage.

Between two datums PROJ knows many operations, and its choice depends on version, grids and area:
PSAD56 points came out 43 m apart by two of them, and a withdrawn code falls silently into a
"ballpark" shift, 77 m wrong. So the territory names the operation (territory.yaml, `datums`), and
coordinates are transformed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest

from sitplan.errors import WrongCrs
from sitplan.intake.source import Shapes

if TYPE_CHECKING:
    from sitplan.catalogue import Territory
    from sitplan.layer import Words

Points = NDArray[np.float64]
"""Coordinates, shape (n, 2), x before y."""
Carry = Callable[[Points], Points]

WGS84 = 4326
NO_OPERATION = "none"
_SURE = 70
"""How alike, of 100, a CRS without a code must be to one with a code."""


@lru_cache(maxsize=128)
def system(code: int) -> CRS:
    """The system of an EPSG code."""
    return CRS.from_epsg(code)


@dataclass(frozen=True, slots=True)
class Datum:
    """A system that coordinates of the territory come in.

    Parameters
    ----------
    crs
        Its EPSG code.
    title
        By language.
    operation
        EPSG code of the transformation to WGS 84 that is right here; None where it is the same
        as WGS 84 within decimetres.
    mistaken
        Operations that others use, as EPSG codes; ``none`` for no transformation at all.
    """

    crs: int
    title: Words
    operation: int | None = None
    mistaken: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What the territory knows of coordinates: its box, its systems, where strays fall.

    `bounds` is west, south, east, north in degrees.
    """

    storage: int
    bounds: tuple[float, float, float, float]
    datums: tuple[Datum, ...]
    elsewhere: tuple[tuple[Words, tuple[float, float, float, float]], ...] = ()
    landmarks: tuple[str, ...] = ()

    @cached_property
    def storage_crs(self) -> CRS:
        """The storage system."""
        return system(self.storage)

    def datum(self, code: int | None) -> Datum | None:
        """The datum of that EPSG code, or None."""
        return next((d for d in self.datums if d.crs == code), None)

    def __hash__(self) -> int:
        return hash((self.storage, self.bounds, tuple(d.crs for d in self.datums)))


def ground_of(territory: Territory, *, storage: int | None = None) -> Ground:
    """The Ground that territory.yaml declares; of a layer with a CRS of its own, in `storage`."""
    facts = territory.facts
    return Ground(
        storage=storage or territory.storage_crs,
        bounds=territory.bounds,
        datums=tuple(_datum(d) for d in facts.get("datums", ())),
        elsewhere=tuple((e["title"], _box(e["bounds"])) for e in facts.get("elsewhere", ())),
        landmarks=tuple(facts.get("landmarks", ())),
    )


def _box(values: Iterable[object]) -> tuple[float, float, float, float]:
    west, south, east, north = (float(str(v)) for v in values)
    return (west, south, east, north)


def _datum(facts: Mapping[str, object]) -> Datum:
    title = facts.get("title")
    operation = facts.get("operation")
    mistaken = facts.get("mistaken") or ()
    return Datum(
        crs=int(str(facts["crs"])),
        title=title if isinstance(title, Mapping) else {"es": str(title), "en": str(title)},
        operation=None if operation is None else int(str(operation)),
        mistaken=tuple(m if m == NO_OPERATION else int(m) for m in mistaken),  # type: ignore[attr-defined]
    )


def epsg_of(crs: CRS) -> int | None:
    """The EPSG code of a system, found by likeness where it names none; None if unlike any."""
    if crs.is_bound:
        crs = crs.source_crs or crs
    authority = crs.to_authority(min_confidence=_SURE)
    if authority is not None and authority[0] == "OGC" and authority[1] == "CRS84":
        return WGS84
    return crs.to_epsg(min_confidence=_SURE)


def refuse_deprecated(crs: CRS) -> None:
    """Refuse a system that EPSG has withdrawn, naming its successor.

    Raises
    ------
    WrongCrs
        ``deprecated_system``: PROJ knows no operation from it and would shift by a guess.
    """
    if crs.is_deprecated:
        better = [c.to_epsg() for c in crs.get_non_deprecated() if c.to_epsg()]
        said = ", ".join(f"EPSG:{code}" for code in better) or "—"
        raise WrongCrs("deprecated_system", crs=f"EPSG:{crs.to_epsg()}", name=crs.name, better=said)


def as_it_is(points: Points) -> Points:
    """The way from storage to storage."""
    return points


def into_storage(crs: CRS, ground: Ground) -> Carry:
    """The one way from `crs` (x before y) into the storage system.

    Raises
    ------
    WrongCrs
        ``deprecated_system``; ``no_operation`` where PROJ knows only to guess.
    """
    refuse_deprecated(crs)
    code = epsg_of(crs)
    if code == ground.storage:
        return as_it_is
    operation = _operation_of(crs, code, ground)
    if operation is None:
        return _usual(crs, ground)
    return _by(crs if code is None else system(code), operation, ground.storage)


def by_operation(code: int, operation: int | str | None, ground: Ground) -> Carry:
    """The way from EPSG:`code` into storage by one operation; None, the same as WGS 84."""
    return _by(system(code), operation or NO_OPERATION, ground.storage)


def to_lon_lat(ground: Ground) -> Carry:
    """The way from storage to longitude and latitude (CRS84), for pointing at places."""
    return _carry(Transformer.from_crs(ground.storage_crs, WGS84, always_xy=True))


def carry_shapes(shapes: Shapes, carry: Carry) -> Shapes:
    """Geometries with all their points carried over; heights are left behind."""
    if carry is as_it_is:
        return shapes.copy()
    moved: Shapes = shapely.transform(shapes, carry)
    return moved


def _operation_of(crs: CRS, code: int | None, ground: Ground) -> int | str | None:
    """The territory's operation for a system: its own, or that of another on the same datum."""
    known = ground.datum(code)
    if known is not None:
        return known.operation or NO_OPERATION
    base = crs.geodetic_crs
    base_code = base.to_epsg(min_confidence=_SURE) if base is not None else None
    if base_code is None or base_code == WGS84:
        return None
    for datum in ground.datums:
        about = system(datum.crs).geodetic_crs
        if about is not None and about.to_epsg() == base_code:
            return datum.operation or NO_OPERATION
    return None


def _carry(*steps: Transformer, flips: bool = False) -> Carry:
    """Several steps as one; with `flips` the middle one speaks latitude first."""

    def carry(points: Points) -> Points:
        x, y = points[:, 0], points[:, 1]
        for place, step in enumerate(steps):
            if flips and place == 1:
                y, x = step.transform(y, x)
            else:
                x, y = step.transform(x, y)
        return np.column_stack([x, y])

    return carry


@lru_cache(maxsize=64)
def _by(crs: CRS, operation: int | str, storage: int) -> Carry:
    """To the datum's degrees, by the operation to WGS 84, into storage: each step explicit."""
    base = crs.geodetic_crs
    there = system(storage)
    # Storage is WGS 84 or a SIRGAS, alike within decimetres: no datum step on this side.
    arrive = Transformer.from_crs(there.geodetic_crs, there, always_xy=True)
    leave = Transformer.from_crs(crs, base, always_xy=True)
    if operation == NO_OPERATION:
        return _carry(leave, arrive)
    try:
        shift = Transformer.from_pipeline(f"urn:ogc:def:coordinateOperation:EPSG::{operation}")
    except (ProjError, CRSError) as error:
        raise WrongCrs("no_operation", crs=crs.name, operation=f"EPSG:{operation}") from error
    return _carry(leave, shift, arrive, flips=True)


@lru_cache(maxsize=64)
def _usual(crs: CRS, ground: Ground) -> Carry:
    """PROJ's own best way in the territory's box, but never a ballpark."""
    try:
        found = Transformer.from_crs(
            crs,
            ground.storage_crs,
            always_xy=True,
            allow_ballpark=False,
            area_of_interest=AreaOfInterest(*ground.bounds),
        )
    except ProjError as error:
        raise WrongCrs("no_operation", crs=crs.name, operation="—") from error
    return _carry(found)


def describe(crs: CRS) -> str:
    """A system as people name it: ``EPSG:24879 (PSAD56 / UTM zone 19S)``."""
    code = epsg_of(crs)
    return f"EPSG:{code} ({crs.name})" if code else crs.name
