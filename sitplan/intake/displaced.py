"""Why something lies beside what is known: the datum, or the mistaken operation, that shifts so.

Shifts are expected, not measured, here: each datum of the territory taken for the system that the
file says, and each conversion that others do by mistake. What was measured (`shift`) is compared
with them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pyproj import CRS, Transformer

from sitplan.intake.datum import Finding, propose
from sitplan.intake.shift import Shift, crossings
from sitplan.intake.source import Shapes
from sitplan.intake.systems import (
    NO_OPERATION,
    Carry,
    Datum,
    Ground,
    Points,
    by_operation,
    epsg_of,
    into_storage,
    system,
    to_lon_lat,
)
from sitplan.layer import Words

_SAME_PLACE_M = 25.0
"""How far a measured shift may be from the expected one."""
_RARER_M = 3.0
_LEAST_AREAS = 20


def describe_shift(dx: float, dy: float) -> Words:
    """A displacement in metres as people say it.

    >>> describe_shift(184.1, 375.4)["es"]
    '184 m al este y 375 m al norte'
    """
    es, en = [], []
    for value, sides in (
        (dx, (("este", "east"), ("oeste", "west"))),
        (dy, (("norte", "north"), ("sur", "south"))),
    ):
        if abs(value) >= 1:
            side = sides[0] if value > 0 else sides[1]
            es.append(f"{abs(value):.0f} m al {side[0]}")
            en.append(f"{abs(value):.0f} m {side[1]}")
    return {"es": " y ".join(es) or "0 m", "en": " and ".join(en) or "0 m"}


def explain_shift(shift: Shift, crs: CRS, at: Points, ground: Ground) -> Finding:
    """The datum, or the mistaken operation, that displaces coordinates just so.

    Parameters
    ----------
    shift
        How far, in metres, what came in falls from what is known.
    crs
        The system that its coordinates were read in.
    at
        Where, in storage coordinates, shape (1, 2).
    """
    facts: dict[str, object] = {
        "shift": describe_shift(shift.dx, shift.dy),
        "metres": round(shift.length),
        "features": shift.count,
    }
    best: tuple[float, str, Datum, int | str | None] | None = None
    for code, datum, operation, dx, dy in _expected(crs, at, ground):
        off = float(np.hypot(shift.dx - dx, shift.dy - dy))
        # Data that were never converted are commoner than those that were converted wrongly.
        off += 0.0 if code == "shift_datum" else _RARER_M
        if best is None or off < best[0] - 1e-3:
            best = (off, code, datum, operation)
    if best is None or best[0] > max(_SAME_PLACE_M, 2 * shift.spread) or best[0] > shift.length / 2:
        return Finding("shift_unnamed", facts)
    _, code, datum, operation = best
    facts |= {"datum": datum.title, "crs": f"EPSG:{datum.crs}"}
    if code == "shift_operation":
        facts |= {"operation": f"EPSG:{operation}", "right": f"EPSG:{datum.operation}"}
    if code != "shift_datum":
        return Finding(code, facts)
    return Finding("shift_datum", facts, propose([datum]))


def explain_crossings(
    areas: Shapes, lines: Shapes, crs: CRS, at: Points, ground: Ground
) -> Finding | None:
    """The datum with which areas that lie across streets would lie between them; else None.

    For areas whose outlines are not known already, so that no displacement can be measured.

    Parameters
    ----------
    areas, lines
        What came in and the streets known there, in storage coordinates.
    """
    tried = [e for e in _expected(crs, at, ground) if e[0] == "shift_datum"]
    if not tried or len(areas) < _LEAST_AREAS or not len(lines):
        return None
    moves = np.array([[0.0, 0.0], *((dx, dy) for *_, dx, dy in tried)])
    shares = crossings(areas, lines, moves)
    best = int(np.argmin(shares[1:]))
    if shares[0] < 0.3 or shares[1 + best] > 0.6 * shares[0]:
        return None
    _, datum, _, dx, dy = tried[best]
    facts: dict[str, object] = {
        "shift": describe_shift(dx, dy),
        "datum": datum.title,
        "crs": f"EPSG:{datum.crs}",
        "crossing": round(100 * float(shares[0])),
        "left": round(100 * float(shares[1 + best])),
    }
    return Finding("shift_crossing", facts, propose([datum]))


def _expected(
    crs: CRS, at: Points, ground: Ground
) -> Iterator[tuple[str, Datum, int | str | None, float, float]]:
    """How far each datum would be displaced if taken for `crs`, or converted by mistake."""
    own = epsg_of(crs)
    raw = _back(into_storage(crs, ground), at, crs, ground)
    for datum in ground.datums:
        if datum.operation is None or datum.crs == own:
            continue
        theirs = system(datum.crs)
        right = into_storage(theirs, ground)
        if theirs.is_geographic == crs.is_geographic and theirs.utm_zone == crs.utm_zone:
            dx, dy = (at - right(raw))[0]
            yield "shift_datum", datum, None, float(dx), float(dy)
        old = _back(right, at, theirs, ground)
        for mistaken in datum.mistaken:
            dx, dy = (by_operation(datum.crs, mistaken, ground)(old) - at)[0]
            code = "shift_ballpark" if mistaken == NO_OPERATION else "shift_operation"
            yield code, datum, mistaken, float(dx), float(dy)


def _back(carry: Carry, at: Points, crs: CRS, ground: Ground) -> Points:
    """The coordinates in `crs` that `carry` takes to `at`, by a few steps of correction."""
    if crs.is_geographic:
        guess, scale = to_lon_lat(ground)(at), 1 / 111_000
    else:
        guess, scale = at.copy(), 1.0
        if crs.utm_zone != ground.storage_crs.utm_zone:
            there = Transformer.from_crs(ground.storage_crs, crs, always_xy=True)
            guess = np.column_stack(there.transform(at[:, 0], at[:, 1]))
    for _ in range(12):
        guess = guess + (at - carry(guess)) * scale
    return guess
