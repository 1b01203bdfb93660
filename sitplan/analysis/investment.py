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

from sitplan.analysis.method import Input, Method, Note, Result, input_of, note, parameters_of
from sitplan.analysis.network import require_metres
from sitplan.analysis.portions import shares_of, whole_parts
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
    initiatives: pd.DataFrame,
    locations: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    objectives: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The register's money, line by line: which part of which initiative goes where.

    Parameters
    ----------
    initiatives
        With `code`, `cost_clp` (whole pesos) and, where known, `strategy`, `theme`, `status`,
        `funding_sources` and `objective_ids` (lists), `actual_start`, `planned_start`, `invented`.
        One without cost has no line.
    locations
        In a metric CRS, with `initiative` and `role`. Those still to be defined do not count.
    areas
        Polygons in the same CRS with `code`. They may overlap or leave gaps.
    objectives
        With `code` and `strategy`. An initiative that tells no strategy takes those of its
        objectives; None takes none.

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
    share in equal parts, and so do the strategies of several objectives, for the register tells
    no amount of each. All of it counts in the year
    in which work began, or else is to begin. Pesos that do not divide go to the largest
    remainders.
    """
    require_metres(locations, areas)
    decided = locations[~locations["role"].eq(TO_BE_DEFINED).fillna(False)]
    decided = decided[~(decided.geometry.is_empty | decided.geometry.isna())]
    tree = shapely.STRtree(areas.geometry.to_numpy())
    shapes = areas.geometry.to_numpy()
    places = dict(tuple(decided.geometry.groupby(decided["initiative"])))
    served = {} if objectives is None else objectives.set_index("code")["strategy"].to_dict()
    lines: list[tuple[Any, ...]] = []
    for told in initiatives[initiatives["cost_clp"].notna()].to_dict("records"):
        mine = places.get(told["code"])
        # the key -1 is outside, -2 is to be located
        shares = {-2: 1.0} if mine is None else shares_of(mine, shapes, tree)
        strategies, sources = _strategies(told, served), _listed(told.get("funding_sources"))
        split = list(product(sorted(shares), strategies, sources))
        each = len(strategies) * len(sources)
        parts = whole_parts(int(told["cost_clp"]), np.array([shares[a] / each for a, *_ in split]))
        for (area, strategy, source), clp in zip(split, parts, strict=True):
            place = {-1: "outside", -2: "to_locate"}.get(area, "area")
            lines.append(
                (
                    told["code"], areas["code"].iloc[area] if area >= 0 else pd.NA, place,
                    strategy, _told(told, "theme"), source, _year(told),
                    _told(told, "status"), bool(_told(told, "invented") is True), clp,
                )
            )  # fmt: skip
    ledger = pd.DataFrame(lines, columns=list(LEDGER))
    ledger["clp"], ledger["year"] = ledger["clp"].astype("int64"), ledger["year"].astype("Int64")
    said = locations.attrs.get("source")
    ledger.attrs = {"source": initiatives.attrs.get("source"), _PLACED: (len(decided), said)}
    if objectives is not None:
        ledger.attrs["objectives"] = (len(objectives), objectives.attrs.get("source"))
    return ledger.astype(dict.fromkeys(LEDGER[:6], object))


def _listed(told: Any) -> list[Any]:
    """The values of a list, each once; NA where none is told."""
    if told is None or isinstance(told, float) or told is pd.NA:
        return [pd.NA]
    return list(dict.fromkeys(told)) or [pd.NA]


def _strategies(told: dict[Any, Any], served: dict[Any, Any]) -> list[Any]:
    """The strategy that an initiative tells, else those of its objectives; NA where none is."""
    own = _told(told, "strategy")
    if own is not pd.NA:
        return [own]
    return _listed([served[o] for o in _listed(told.get("objective_ids")) if o in served])


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
    beside = [name for name in (_PLACED, "objectives") if name in ledger.attrs]
    return (register, *(Input(name, *ledger.attrs[name]) for name in beside))


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
    if "objectives" in ledger.attrs:
        notes.insert(1, note("strategy_of_objectives"))
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
