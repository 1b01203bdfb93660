"""Green areas beside the published figures: SIEDU of Chile and SDG 11.7.1 of the United Nations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sitplan.analysis.green import GREEN_RULES, GreenRules, green_indicators
from sitplan.analysis.method import Method, Parameter, Result, input_of, note, relief_note
from sitplan.analysis.network import WIDTH_M, Access, require_metres
from sitplan.analysis.people import doors, metres_to, people_of
from sitplan.words import LANGUAGES, say

SIEDU: Final = (
    "squares_mean_m",
    "squares_m2_per_served",
    "parks_mean_m",
    "parks_m2_per_served",
    "squares_served_pct",
    "parks_served_pct",
    "green_m2_per_inhabitant",
)
KIND_OF: Final = {
    name: next(kind for kind in ("mean_m", "served_pct", "m2_per") if kind in name)
    for name in SIEDU
}
"""Of what kind a figure of SIEDU is: what its difference comes from is told by kind."""
SDG: Final = (
    "open_space_pct",
    "streets_pct",
    "open_space_and_streets_pct",
    "open_space_served_pct",
)
OPEN_SPACE: Final = ("plaza", "plazoleta", "parque", "jardin", "area_deportiva", "ribera")
"""Codes of `kind` that the United Nations' definition of open public space takes in; ours."""


def green_standards(
    city: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    access: Access,
    published: pd.DataFrame | None = None,
    official_population: float | None = None,
    rules: GreenRules = GREEN_RULES,
    open_space: tuple[str, ...] = OPEN_SPACE,
    open_space_m: float = 400.0,
    on: date | None = None,
) -> Result:
    """SIEDU and SDG 11.7.1 of one city side by side, and beside what is published.

    Parameters
    ----------
    city
        Polygons of the built-up area: the denominator of the SDG. Empty gives NaN there.
    blocks, green_areas, rules
        As `green_indicators` takes them.
    access
        Who walks, and the streets whose land counts.
    published
        One row a figure: `indicator` (a name of `SIEDU`), `value`; `code`, `standard`, `sense`
        (``at_most``, ``at_least``), `year`, `source` where known. None compares with nothing.
    official_population
        Of the same place, to tell how many people the blocks leave out.
    open_space, open_space_m
        Kinds that are open public space for the SDG, and the metres it serves.
    on
        The day that the frames stand for; None is today.

    Returns
    -------
    Result
        `frame`: one row a figure and way of measuring distance: `set` (``SIEDU``, ``SDG``),
        `indicator`, `title_es`, `title_en`, `way` (``network``, ``straight``; empty where no
        distance is measured), `value`, and, where published, `code`, `published`, `difference`,
        `standard`, `meets` (NA without a standard), `year`, `source`, `why_es`, `why_en` (what
        the difference comes from).

    Raises
    ------
    WrongCrs
        ``analysis_crs``.

    Notes
    -----
    SDG 11.7.1 (UN-Habitat): open public space and streets over the urban area, and the share of
    people within 400 m on foot. It counts all open public space; SIEDU counts squares and parks
    and divides by people, so the two are told, not averaged. SIEDU holds
    BPU_29 = BPU_21 · BPU_28a / 100 + BPU_23 · BPU_28b / 100, and so do these figures.
    """
    require_metres(city, blocks, green_areas)
    base = green_indicators(
        city.iloc[:0], blocks=blocks, green_areas=green_areas, access=access, rules=rules, on=on
    )
    rows = [
        ("SIEDU", name, "" if name == "green_m2_per_inhabitant" else way, value)
        for name in SIEDU
        for way in ("network", "straight")
        if (value := base.totals.get(f"{name}_{way}", base.totals.get(name))) is not None
    ]
    rows = list(dict.fromkeys(rows))
    spaces = replace(rules, squares=(), parks=open_space)
    rows += _sdg(city, blocks, green_areas, access, spaces, open_space_m)
    frame = pd.DataFrame(rows, columns=["set", "indicator", "way", "value"])
    for lang in LANGUAGES:
        frame[f"title_{lang}"] = [say(f"analysis.standards.{i}", lang) for i in frame["indicator"]]
    frame = _beside(frame, published)
    for lang in LANGUAGES:
        frame[f"why_{lang}"] = [
            say(f"analysis.standards_why.{KIND_OF[i]}", lang) if i in KIND_OF and p == p else ""
            for i, p in zip(frame["indicator"], frame["published"], strict=True)
        ]
    notes = [relief_note(access.network.relief), *base.method.notes[1:]]
    if published is not None:
        notes.append(note("published_differ", n=base.method.inputs[2].features))
    if official_population is not None:
        counted = base.totals["population"]
        missing = 100 * (1 - counted / official_population)
        notes.append(note("people_outside", counted=round(counted),
                          official=round(official_population), pct=round(missing, 1)))  # fmt: skip
    method = Method(
        "green_standards",
        base.method.on,
        (input_of("city", city), *base.method.inputs[1:]),
        (
            *base.method.parameters,
            Parameter("open_space", list(open_space), "", "sdg_kinds"),
            Parameter("open_space_m", open_space_m, "m", "sdg_11_7_1", True),
            Parameter("width_m", dict(WIDTH_M), "m", "widths_unverified"),
        ),
        tuple(notes),
    )
    return Result(frame, method)


def _sdg(
    city: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    green_areas: gpd.GeoDataFrame,
    access: Access,
    rules: GreenRules,
    within_m: float,
) -> list[tuple[str, str, str, float]]:
    from sitplan.analysis.green import counted

    spaces = counted(green_areas, rules)
    whole = shapely.union_all(city.geometry.to_numpy())
    built = float(shapely.area(whole))
    land = shapely.union_all(spaces.geometry.to_numpy())
    space = float(shapely.area(shapely.intersection(land, whole)))
    lines, wide = access.network.lines, access.network.edges["width_m"].to_numpy()
    street = float((shapely.length(shapely.intersection(lines, whole)) * wide).sum())
    people, start = np.nan_to_num(people_of(blocks)), doors(blocks)
    found = [
        ("SDG", "open_space_pct", "", 100 * space / built if built else np.nan),
        ("SDG", "streets_pct", "", 100 * street / built if built else np.nan),
        ("SDG", "open_space_and_streets_pct", "",
         100 * (space + street) / built if built else np.nan),
    ]  # fmt: skip
    for way, streets in (("network", access), ("straight", None)):
        metres = metres_to(start, spaces.geometry, access=streets, gate_m=rules.gate_m)
        near = float(people[metres <= within_m].sum())
        share = 100 * near / people.sum() if people.sum() else np.nan
        found.append(("SDG", "open_space_served_pct", way, share))
    return found


def _beside(frame: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """What is published joined to each figure of its name."""
    told = pd.DataFrame(columns=["indicator"]) if published is None else published
    told = told.reindex(
        columns=["indicator", "code", "value", "standard", "sense", "year", "source"]
    ).rename(columns={"value": "published"})
    both = frame.merge(told, on="indicator", how="left")
    for column in ("published", "standard"):
        both[column] = pd.to_numeric(both[column]).astype("float64")
    both["difference"] = both["value"] - both["published"]
    low = both["sense"].eq("at_most") & (both["value"] <= both["standard"])
    high = both["sense"].eq("at_least") & (both["value"] >= both["standard"])
    meets = np.asarray(low | high, dtype=bool)
    asked = np.asarray(both["standard"].notna() & both["value"].notna(), dtype=bool)
    both["meets"] = pd.arrays.BooleanArray(meets, ~asked)
    return both.drop(columns="sense")
