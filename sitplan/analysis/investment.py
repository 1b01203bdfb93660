"""Where the money of the plan goes: to which area, strategy, source and year.

    ledger = spread(initiatives, locations, areas)
    found = investment_by_area(ledger, areas, on=date.today())

A ledger holds every peso of the register once: `clp` of all its lines is the register's total,
whatever column they are added up by. What has no place yet stands apart, it is not shared out.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.method import Input, Method, Note, Result, input_of, note, parameters_of
from sitplan.analysis.network import require_metres
from sitplan.errors import BadRequest

FEWEST_PEOPLE: Final = 30
"""Rates over fewer inhabitants are not told: a parameter."""

TO_BE_DEFINED: Final = "to_be_defined"
"""The role of a place that is not decided: no money goes there."""

_PLACED: Final = "project_locations"
LOCALITY_REACH_M: Final = 2_000.0
"""How far around its point a locality is taken to reach: a parameter, unverified."""

NONE: Final = "-"
"""The code of what tells no strategy, source or year."""

BY: Final = ("strategy", "theme", "source", "year", "status", "place")

LEDGER: Final = (
    "initiative", "area", "place", "strategy", "theme", "source", "year", "status", "invented",
    "clp",
)  # fmt: skip


def spread(
    initiatives: pd.DataFrame, locations: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """The register's money, line by line: which part of which initiative goes where.

    Parameters
    ----------
    initiatives
        With `code`, `cost_clp` (whole pesos) and, where known, `strategy`, `theme`, `status`,
        `funding_sources` (lists), `actual_start`, `planned_start`, `invented`. One without cost
        has no line.
    locations
        In a metric CRS, with `initiative` and `role`. Those still to be defined do not count.
    areas
        Polygons in the same CRS with `code`. They may overlap or leave gaps.

    Returns
    -------
    DataFrame
        Columns `initiative`, `area` (code, or NA), `place` (``area``; ``outside``: placed, but in
        none of them; ``to_locate``: no place decided), `strategy`, `theme`, `source` (NA where
        none is told), `year` (of the start; NA where none is told), `status`, `invented`, `clp`
        (whole pesos). The sum of `clp` is the sum of `cost_clp`, to the peso.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    The rule. A cost is shared among the decided places of its initiative: by length where all
    are lines, by surface where all are polygons, else in equal parts. A place that crosses
    borders counts for each side by the length or surface that lies in it; what lies in several
    areas at once, or on their common border, is shared by them in equal parts. Several sources
    share in equal parts, for the register tells no amount of each. All of it counts in the year
    in which work began, or else is to begin. Pesos that do not divide go to the largest
    remainders.
    """
    require_metres(locations, areas)
    decided = locations[~locations["role"].eq(TO_BE_DEFINED).fillna(False)]
    decided = decided[~(decided.geometry.is_empty | decided.geometry.isna())]
    tree = shapely.STRtree(areas.geometry.to_numpy())
    shapes = areas.geometry.to_numpy()
    places = dict(tuple(decided.geometry.groupby(decided["initiative"])))
    lines: list[tuple[Any, ...]] = []
    for told in initiatives[initiatives["cost_clp"].notna()].to_dict("records"):
        shares = _shares_of(places.get(told["code"]), shapes, tree)
        sources = _listed(told.get("funding_sources"))
        # the key -1 is outside, -2 is to be located
        split = list(product(sorted(shares), sources))
        parts = whole_parts(
            int(told["cost_clp"]), np.array([shares[a] / len(sources) for a, _ in split])
        )
        for (area, source), clp in zip(split, parts, strict=True):
            place = {-1: "outside", -2: "to_locate"}.get(area, "area")
            lines.append(
                (
                    told["code"], areas["code"].iloc[area] if area >= 0 else pd.NA, place,
                    _told(told, "strategy"), _told(told, "theme"), source, _year(told),
                    _told(told, "status"), bool(_told(told, "invented") is True), clp,
                )
            )  # fmt: skip
    ledger = pd.DataFrame(lines, columns=list(LEDGER))
    ledger["clp"], ledger["year"] = ledger["clp"].astype("int64"), ledger["year"].astype("Int64")
    said = locations.attrs.get("source")
    ledger.attrs = {"source": initiatives.attrs.get("source"), _PLACED: (len(decided), said)}
    return ledger.astype(dict.fromkeys(LEDGER[:6], object))


def whole_parts(total: int, shares: NDArray[np.float64]) -> list[int]:
    """Whole numbers in proportion to the shares, that add up to the total.

    What does not divide goes to the largest remainders, of equals to the first.
    """
    exact = total * (shares / shares.sum())
    floor = np.floor(exact).astype(np.int64)
    left = total - int(floor.sum())
    order = np.argsort(-(exact - floor), kind="stable")
    step = 1 if left >= 0 else -1
    for i in range(abs(left)):
        floor[order[i % len(order)]] += step
    return [int(v) for v in floor]


def _shares_of(
    places: gpd.GeoSeries | None, areas: NDArray[np.object_], tree: shapely.STRtree
) -> dict[int, float]:
    """The share of an initiative in each area by position; −1 outside all, −2 to be located."""
    if places is None or not len(places):
        return {-2: 1.0}
    shapes = places.to_numpy()
    weight = _sizes(shapes)
    found: dict[int, float] = {}
    for shape, part in zip(shapes, weight / weight.sum(), strict=True):
        for area, share in area_shares(shape, areas, tree).items():
            found[area] = found.get(area, 0.0) + part * share
    return found


def _sizes(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """What the places of one initiative weigh: length, surface, or one each."""
    dimension = shapely.get_dimensions(shapes)
    mixed = np.array([s.geom_type == "GeometryCollection" for s in shapes])
    for kind, measure in ((1, shapely.length), (2, shapely.area)):
        if (dimension == kind).all() and not mixed.any():
            size = measure(shapes)
            if (size > 0).all():
                return np.asarray(size, dtype=float)
    return np.ones(len(shapes))


def area_shares(
    shape: shapely.Geometry, areas: NDArray[np.object_], tree: shapely.STRtree
) -> dict[int, float]:
    """The share of a place that lies in each area, by position; −1 is outside all. Sums to 1."""
    near = np.sort(tree.query(shape, predicate="intersects"))
    size = _size_of(shape)
    cells: list[tuple[shapely.Geometry, tuple[int, ...]]] = [(shape, ())]
    for area in near:
        cells = [
            (piece, held)
            for cell, inside in cells
            for piece, held in (
                (shapely.intersection(cell, areas[area]), (*inside, int(area))),
                (shapely.difference(cell, areas[area]), inside),
            )
            if not piece.is_empty
        ]
    found: dict[int, float] = {}
    for cell, inside in cells:
        for area in inside or (-1,):
            found[area] = found.get(area, 0.0) + size(cell) / max(1, len(inside))
    total = sum(found.values())
    return {area: part / total for area, part in found.items() if part > 0}


def _size_of(shape: shapely.Geometry) -> Any:
    """What measures the parts of a place: surface, length, or the number of its points."""
    for measure in (shapely.area, shapely.length):
        if measure(shape) > 0:
            return measure
    return lambda part: float(shapely.get_num_geometries(part))


def _listed(sources: Any) -> list[Any]:
    """The funding sources of an initiative, each once; NA where none is told."""
    if sources is None or isinstance(sources, float) or sources is pd.NA:
        return [pd.NA]
    return list(dict.fromkeys(sources)) or [pd.NA]


def _told(row: dict[Any, Any], name: str) -> Any:
    value = row.get(name)
    return pd.NA if value is None or pd.isna(value) else value


def _year(row: dict[Any, Any]) -> Any:
    for name in ("actual_start", "planned_start"):
        value = _told(row, name)
        if value is not pd.NA:
            return pd.Timestamp(value).year
    return pd.NA


def locality_areas(
    localities: gpd.GeoDataFrame, *, reach_m: float = LOCALITY_REACH_M
) -> gpd.GeoDataFrame:
    """The ground nearest to each locality, up to a distance from its point.

    Parameters
    ----------
    localities
        Points in a metric CRS.
    reach_m
        Farther than this belongs to none.

    Returns
    -------
    GeoDataFrame
        The same with polygons, which overlap only where two localities stand on one point.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    """
    require_metres(localities)
    points, which = np.unique(
        shapely.get_coordinates(localities.geometry.to_numpy()), axis=0, return_inverse=True
    )
    discs = np.asarray(shapely.buffer(shapely.points(points), reach_m, quad_segs=32), dtype=object)
    if len(points) > 1:
        cells = shapely.voronoi_polygons(
            shapely.MultiPoint(points), extend_to=shapely.union_all(discs), ordered=True
        )
        discs = shapely.intersection(discs, shapely.get_parts(cells))
    ground = gpd.GeoSeries(discs[which], index=localities.index, crs=localities.crs)
    return localities.set_geometry(ground)


def investment_by_area(
    ledger: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    on: date,
    deficit: pd.Series | None = None,
    fewest: int = FEWEST_PEOPLE,
    name: str = "neighbourhoods",
) -> Result:
    """What goes into each area: in all, by inhabitant and by unit of deficit.

    Parameters
    ----------
    ledger
        From `spread`, over the same areas.
    areas
        With `code` and, where known, `name` and `population`.
    on
        The day that the frames stand for.
    deficit
        By area code, in any unit, as square metres of green missing. None tells no such rate.
    fewest
        Areas of fewer inhabitants have sums but no rate, and are greyed.
    name
        The layer that the areas are.

    Returns
    -------
    Result
        A GeoDataFrame indexed like `areas`: `code`, `name`, `population`, `initiatives` (number),
        `clp`, `invented_clp`, `clp_per_inhabitant`, `clp_per_deficit` (NaN where there is no
        deficit), `clp_share_pct` (of what lies in areas), `population_share_pct`, `greyed`.
        `totals`: `clp` in all, `area_clp`, `outside_clp`, `to_locate_clp`, `invented_clp`.
    """
    inside = ledger[ledger["place"].eq("area").astype(bool)]
    by = inside.groupby("area")
    code = areas["code"]
    found = gpd.GeoDataFrame(
        {c: areas[c] for c in ("code", "name", "population") if c in areas},
        geometry=areas.geometry,
        crs=areas.crs,
    )
    people = _numbers(areas, "population")
    found["initiatives"] = code.map(by["initiative"].nunique()).fillna(0).astype("int64")
    found["clp"] = code.map(by["clp"].sum()).fillna(0).astype("int64")
    invented = inside[inside["invented"].astype(bool)].groupby("area")["clp"].sum()
    found["invented_clp"] = code.map(invented).fillna(0).astype("int64")
    found["greyed"] = ~(people >= fewest)
    told = people.where(~found["greyed"])
    found["clp_per_inhabitant"] = found["clp"] / told
    if deficit is not None:
        missing = code.map(deficit).astype("float64")
        found["clp_per_deficit"] = found["clp"] / missing.where(missing > 0)
    everything = int(found["clp"].sum())
    found["clp_share_pct"] = 100 * found["clp"] / (everything or np.nan)
    found["population_share_pct"] = 100 * people / (people.sum() or np.nan)
    totals, greyed = _totals(ledger), int(found["greyed"].sum())
    method = Method(
        "investment_by_area",
        on,
        (*_register(ledger), input_of(name, areas, value="population", year="population_year")),
        parameters_of({"fewest_people": fewest}, sources={"fewest_people": "small_numbers"}),
        (*_notes(ledger, totals), *([note("greyed", count=greyed)] if greyed else [])),
    )
    return Result(found, method, totals)


def investment_by(
    ledger: pd.DataFrame,
    column: Literal["strategy", "theme", "source", "year", "status", "place"],
    *,
    on: date,
) -> Result:
    """What goes into each strategy, theme, source, year, status or kind of place.

    Parameters
    ----------
    ledger
        From `spread`.
    column
        One of `BY`.
    on
        The day that the frames stand for.

    Returns
    -------
    Result
        A DataFrame: `code` (the key as text, ``-`` for none), `key` (NA for what tells none,
        last), `initiatives`, `clp`, `share_pct`,
        `to_locate_clp`, `invented_clp`; the sum of `clp` is the register's total.

    Raises
    ------
    BadRequest
        ``wrong_choice``.
    """
    if column not in BY:
        raise BadRequest("wrong_choice", name="by", value=str(column)[:60], known=", ".join(BY))
    by = ledger.groupby(column, dropna=False, sort=True)
    found = by.agg(initiatives=("initiative", "nunique"), clp=("clp", "sum"))
    for name, chosen in (
        ("to_locate_clp", ledger["place"].eq("to_locate").astype(bool)),
        ("invented_clp", ledger["invented"].astype(bool)),
    ):
        found[name] = ledger["clp"].where(chosen, 0).groupby(ledger[column], dropna=False).sum()
    found["share_pct"] = 100 * found["clp"] / (found["clp"].sum() or np.nan)
    found = found.rename_axis("key").reset_index()
    found["code"] = [NONE if pd.isna(key) else str(key) for key in found["key"]]
    order = ["code", "key", "initiatives", "clp", "share_pct", "to_locate_clp", "invented_clp"]
    totals = _totals(ledger)
    method = Method(f"investment_by_{column}", on, _register(ledger), (), _notes(ledger, totals))
    return Result(found[order], method, totals)


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[name]).astype("float64")


def _register(ledger: pd.DataFrame) -> tuple[Input, ...]:
    register = input_of("initiatives", ledger.drop_duplicates("initiative"), value="source")
    places = ledger.attrs.get(_PLACED)
    return (register,) if places is None else (register, Input(_PLACED, *places))


def _totals(ledger: pd.DataFrame) -> dict[str, float]:
    def sum_of(lines: pd.Series) -> float:
        return float(ledger["clp"].where(lines.astype(bool), 0).sum())

    return {
        "clp": float(ledger["clp"].sum()),
        **{f"{p}_clp": sum_of(ledger["place"] == p) for p in ("area", "outside", "to_locate")},
        "invented_clp": sum_of(ledger["invented"]),
    }


def _notes(ledger: pd.DataFrame, totals: dict[str, float]) -> tuple[Note, ...]:
    notes = [note("shared_by_rule"), note("programmes_and_projects")]
    if totals["invented_clp"]:
        pct = 100 * totals["invented_clp"] / totals["clp"]
        invented = ledger.loc[ledger["invented"].astype(bool), "initiative"].nunique()
        notes.insert(0, note("invented_money", count=invented, pct=f"{pct:.0f}"))
    if totals["to_locate_clp"]:
        count = ledger.loc[ledger["place"] == "to_locate", "initiative"].nunique()
        notes.append(note("to_locate", count=count))
    if totals["outside_clp"]:
        count = ledger.loc[ledger["place"] == "outside", "initiative"].nunique()
        notes.append(note("outside_areas", count=count))
    return tuple(notes)
