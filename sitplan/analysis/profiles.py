"""Who walks: four profiles, and how slope slows them by direction.

Speeds are parameters: no study of this territory backs them, and every result repeats their
source. Tobler's function is published; the profile scales it so that each walks its own speed on
the flat.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TOBLER_DECAY: Final = 3.5
TOBLER_LEAN: Final = 0.05
"""Tobler (1993): v = 6 exp(-3.5 |s + 0.05|) km/h, s = rise / run in the sense of walking."""

STEEPEST: Final = 1.0
"""Slopes beyond 100 % are taken as 100 %: no street is steeper, a raster's noise may be."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How somebody walks.

    Parameters
    ----------
    name
        Key of the words under `[analysis.profiles]`.
    speed_ms
        Metres per second on flat ground.
    stairs
        False bars every stairway.
    max_slope_pct
        Steeper stretches are barred; None bars none.
    barred_surfaces
        Codes of the shared list `surface` that bar a road.
    source
        Key of the words under `[analysis.sources]`: where the numbers come from.
    """

    name: str
    speed_ms: float
    stairs: bool = True
    max_slope_pct: float | None = None
    barred_surfaces: frozenset[str] = frozenset()
    source: str = "speeds_unverified"

    def told(self) -> dict[str, object]:
        """The parameters as plain values, for a result's record."""
        return asdict(self) | {"barred_surfaces": sorted(self.barred_surfaces)}


PROFILES: Final[dict[str, Profile]] = {
    p.name: p
    for p in (
        Profile("adult", 1.2),
        Profile("child", 1.0),
        Profile("older", 0.9),
        Profile("reduced_mobility", 0.6, stairs=False, max_slope_pct=8.0),
    )
}
"""Metres per second: general knowledge, unverified. Ramps up to 8 %: Chile's OGUC (DS 50, 2015)."""


def effort(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many flat metres a metre of slope is worth, to somebody who walks it in that sense.

    Parameters
    ----------
    slope
        Rise over run in the sense of walking, uphill positive; NaN (no height known) is flat.

    Returns
    -------
    ndarray
        exp(3.5 (|s + 0.05| − 0.05)): 1 on the flat, below 1 on a gentle descent.

    Notes
    -----
    W. Tobler, "Three presentations on geographical analysis and modeling", NCGIA 93-1, 1993.
    """
    s = np.clip(np.nan_to_num(slope, nan=0.0), -STEEPEST, STEEPEST)
    return np.exp(TOBLER_DECAY * (np.abs(s + TOBLER_LEAN) - TOBLER_LEAN))
