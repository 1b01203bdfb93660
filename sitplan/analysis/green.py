"""Green areas and the people they serve.

    found = green_indicators(neighbourhoods, blocks=blocks, green_areas=green, access=on_foot)
    found.frame["green_m2_per_inhabitant"]
    print(found.method.text())

People are the census blocks', shared out to areas by surface. Distances go from a block's centroid
to where the streets enter a green area, or to its border as the crow flies; both stand side by
side, for the published ones do not say which they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.method import Method, Note, Parameter, Result, input_of, note, relief_note
from sitplan.analysis.network import Access, require_metres
from sitplan.analysis.people import doors, metres_to, of_kinds, people_of, per, shares, summed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GreenRules:
    """What counts as a green area, and how near is near.

    Parameters
    ----------
    squares, parks
        Codes of `kind` that are plazas and parks; other kinds do not count.
    square_m, park_m
        Metres within which each serves people.
    m2_per_inhabitant
        The standard that a deficit is measured against.
    built
        Codes of `built_state` that are built.
    unknown_counts
        Whether an area counts that does not say whether it is built, or public.
    smallest_m2
        Smaller ones do not count; None counts all.
    park_from_m2
        Where the register does not tell squares from parks: those so large are parks, the others
        squares, whatever their kind. None trusts the kind.
    gate_m
        A street that passes so near a green area enters it.
    few
        Areas of fewer inhabitants show sums but no rates.
    """

    squares: tuple[str, ...] = ("plaza", "plazoleta")
    parks: tuple[str, ...] = ("parque",)
    square_m: float = 400.0
    park_m: float = 3000.0
    m2_per_inhabitant: float = 10.0
    built: tuple[str, ...] = ("consolidada", "parcial")
    unknown_counts: bool = True
    smallest_m2: float | None = None
    park_from_m2: float | None = None
    gate_m: float = 30.0
    few: float = 30.0

    def told(self) -> tuple[Parameter, ...]:
        """As parameters with units and sources."""
        return (
            Parameter("squares", list(self.squares), "", "siedu_kinds"),
            Parameter("parks", list(self.parks), "", "siedu_kinds"),
            Parameter("square_m", self.square_m, "m", "siedu_2025", True),
            Parameter("park_m", self.park_m, "m", "siedu_2025", True),
            Parameter("m2_per_inhabitant", self.m2_per_inhabitant, "m²", "siedu_2025", True),
            Parameter("built", list(self.built), "", "siedu_kinds"),
            Parameter("unknown_counts", self.unknown_counts),
            Parameter("smallest_m2", self.smallest_m2, "m²", "siedu_sizes"),
            Parameter("park_from_m2", self.park_from_m2, "m²", "siedu_sizes"),
            Parameter("gate_m", self.gate_m, "m"),
            Parameter("few", self.few, "", "disclosure"),
        )


GREEN_RULES: Final = GreenRules()
KINDS: Final = ("squares", "parks")
SQUARE, PARK = KINDS


@dataclass(frozen=True, eq=False)
class Served:
    """Blocks and how far each is from the nearest square and park.

    `people`: (blocks,), NaN where unknown; `metres`: by way (``network``, ``straight``) and kind,
    (blocks,), infinite where none is reached.
    """

    people: Floats
    metres: Mapping[str, Mapping[str, Floats]]

    def within(self, way: str, kind: str, limit_m: float) -> Floats:
        """People of each block that the kind serves: all of them or none."""
        return np.where(self.metres[way][kind] <= limit_m, np.nan_to_num(self.people), 0.0)


def counted(green_areas: gpd.GeoDataFrame, rules: GreenRules = GREEN_RULES) -> gpd.GeoDataFrame:
    """The green areas that count: plazas and parks that are public and built.

    Parameters
    ----------
    green_areas
        With `kind`; `built_state` and `public_access` where known.

    Returns
    -------
    GeoDataFrame
        Those rows, with `green`: ``squares`` or ``parks``.
    """
    kind = np.full(len(green_areas), None, dtype=object)
    kind[of_kinds(green_areas, "kind", rules.squares)] = SQUARE
    kind[of_kinds(green_areas, "kind", rules.parks)] = PARK
    size = shapely.area(green_areas.geometry.to_numpy())
    if rules.park_from_m2 is not None:
        either: NDArray[np.bool_] = pd.notna(kind)
        kind[either & (size >= rules.park_from_m2)] = PARK
        kind[either & (size < rules.park_from_m2)] = SQUARE
    keeps: NDArray[np.bool_] = pd.notna(kind) & ~shapely.is_missing(green_areas.geometry.to_numpy())
    if rules.smallest_m2 is not None:
        keeps &= size >= rules.smallest_m2
    for column in ("built_state", "public_access"):
        said = _column(green_areas, column)
        wanted = said.isin(list(rules.built) if column == "built_state" else [True])
        keeps &= np.asarray(wanted.fillna(False), dtype=bool) | (
            np.asarray(said.isna(), dtype=bool) & rules.unknown_counts
        )
    kept: gpd.GeoDataFrame = green_areas.assign(green=kind)[keeps]
    return kept


def served(
    blocks: gpd.GeoDataFrame,
    green: gpd.GeoDataFrame,
    *,
    access: Access | None = None,
    rules: GreenRules = GREEN_RULES,
) -> Served:
    """How far each block is from the nearest square and the nearest park.

    Parameters
    ----------
    blocks
        Polygons or points with `population`.
    green
        From `counted`.
    access
        Who walks, and where; None measures as the crow flies only.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(blocks, green)
    start = doors(blocks)
    metres: dict[str, dict[str, Floats]] = {}
    for way, streets in (("network", access), ("straight", None)):
        if way == "network" and access is None:
            continue
        metres[way] = {
            kind: metres_to(
                start, green[green["green"] == kind].geometry, access=streets, gate_m=rules.gate_m
            )
            for kind in KINDS
        }
    return Served(people_of(blocks), metres)


def green_indicators(
    areas: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    access: Access | None = None,
    rules: GreenRules = GREEN_RULES,
    on: date | None = None,
) -> Result:
    """Green area per inhabitant, people served, distance and deficit of each area.

    Parameters
    ----------
    areas
        Polygons: neighbourhoods, census districts, or the blocks themselves. They may overlap,
        or leave people out; empty gives an empty table and the totals.
    blocks
        Polygons or points with `population` (people) and `population_year`; missing is unknown:
        those blocks are told as a share without data and add nobody.
    green_areas
        Polygons with `kind`, `built_state`, `public_access`. None that counts is 0 m².
    access
        From `Network.graph`: who walks. None leaves out the columns of the network.
    rules
        Kinds, distances and standards.
    on
        The day that the frames stand for; None is today.

    Returns
    -------
    Result
        `frame`, indexed like `areas`, with their geometry: `population`; `squares_m2`,
        `parks_m2`, `green_m2` (surface inside the area); `green_m2_per_inhabitant` (m²/inh.);
        `green_deficit_m2`; `too_few` (true hides the rates: NaN); and for each way
        (``network``, ``straight``) and kind `<kind>_served_<way>` (people),
        `<kind>_served_pct_<way>`, `<kind>_m2_per_served_<way>`, `<kind>_mean_m_<way>` (metres,
        weighted by people, of those who reach one). Rates are NaN where nobody lives, or nobody
        is served. `totals`: the same of all blocks and all green areas, whatever the areas.

    Raises
    ------
    WrongCrs
        ``analysis_crs`` if the frames differ in CRS, or measure in degrees.

    Notes
    -----
    A block across a border counts for each side by surface, and so does a green area. SIEDU
    (INE), BPU_20 to BPU_23, BPU_28 and BPU_29: whether their distances follow streets, and from
    where, is not published.
    """
    require_metres(areas, blocks, green_areas)
    green = counted(green_areas, rules)
    near = served(blocks, green, access=access, rules=rules)
    lives = shares(blocks.geometry, areas.geometry)
    grows = shares(green.geometry, areas.geometry)
    frame = _table(near, green, rules, lives, grows, len(areas)).set_axis(areas.index)
    whole = _table(near, green, rules, _all(len(blocks)), _all(len(green)), 1)
    extra = {"name": areas["name"]} if "name" in areas.columns else {}
    shown = gpd.GeoDataFrame(frame.assign(**extra), geometry=areas.geometry, crs=areas.crs)
    totals = {str(c): float(v) for c, v in whole.iloc[0].items() if c != "too_few"}
    method = Method(
        "green_indicators",
        on or date.today(),
        (
            input_of("areas", areas),
            input_of("census_blocks", blocks, value="population", year="population_year"),
            input_of("green_areas", green, source=green_areas.attrs.get("source")),
        ),
        (*rules.told(), Parameter("distance", list(near.metres), "", "distance_unverified"),
         Parameter("from_point", "centroid", "", "distance_unverified")),
        _notes(green_areas, green, near, access),
    )  # fmt: skip
    return Result(shown, method, totals)


def _all(parts: int) -> pd.DataFrame:
    """Parts that all lie wholly in one area."""
    return pd.DataFrame({"part": np.arange(parts), "area": 0, "share": 1.0})


def _table(
    near: Served,
    green: gpd.GeoDataFrame,
    rules: GreenRules,
    lives: pd.DataFrame,
    grows: pd.DataFrame,
    n: int,
) -> pd.DataFrame:
    """The columns of `green_indicators` for `n` areas."""
    size, kind = shapely.area(green.geometry.to_numpy()), green["green"].to_numpy()
    m2 = {k: summed(grows, np.where(kind == k, size, 0.0), n) for k in KINDS}
    people, all_m2 = summed(lives, near.people, n), m2[SQUARE] + m2[PARK]
    enough = people > rules.few - 1e-6  # sums of shares are not exact
    columns = {
        "population": people,
        "squares_m2": m2[SQUARE],
        "parks_m2": m2[PARK],
        "green_m2": all_m2,
        "green_m2_per_inhabitant": per(all_m2, people, enough),
        "green_deficit_m2": np.maximum(0.0, rules.m2_per_inhabitant * people - all_m2),
        "too_few": ~enough,
    }
    for way, metres in near.metres.items():
        for of, limit in ((SQUARE, rules.square_m), (PARK, rules.park_m)):
            reached = summed(lives, near.within(way, of, limit), n)
            arrive = np.isfinite(metres[of])
            walked = np.where(arrive, metres[of], 0.0) * near.people
            columns |= {
                f"{of}_served_{way}": reached,
                f"{of}_served_pct_{way}": 100 * per(reached, people, enough),
                f"{of}_m2_per_served_{way}": per(m2[of], reached, enough),
                f"{of}_mean_m_{way}": per(
                    summed(lives, walked, n),
                    summed(lives, np.where(arrive, near.people, 0.0), n),
                    enough,
                ),
            }
    return pd.DataFrame(columns)


def _notes(
    given: gpd.GeoDataFrame, green: gpd.GeoDataFrame, near: Served, access: Access | None
) -> tuple[Note, ...]:
    """What a reader of the numbers must know."""
    notes = [] if access is None else [relief_note(access.network.relief)]
    if access is None:
        notes.append(note("no_network"))
    else:
        lost = np.zeros(len(near.people), dtype=bool)
        for kind in set(green["green"]):
            lost |= ~np.isfinite(near.metres["network"][kind])
        if lost.any():
            people = float(np.nansum(near.people[lost]))
            notes.append(note("not_reached", blocks=int(lost.sum()), people=round(people)))
    unsaid = sum(_column(green, c).isna() for c in ("built_state", "public_access")) > 0
    if np.any(unsaid):
        notes.append(note("green_unsaid", n=int(np.sum(unsaid)), of=len(green)))
    shape = green.geometry.to_numpy()
    twice = float(shapely.area(shape).sum() - shapely.area(shapely.union_all(shape)))
    if twice > 1:
        notes.append(note("green_twice", m2=round(twice)))
    notes.append(note("green_others", n=len(given) - len(green)))
    return tuple(notes)


def _column(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    """The column, or nothing known where there is none."""
    if name not in frame.columns:
        return pd.Series(None, index=frame.index, dtype=object)
    column: pd.Series = frame[name]
    return column
