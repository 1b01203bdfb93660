"""How far rural localities are from what a city gives, what they lack, and who needs it most.

    net = build_network(roads)
    found = rural_access(localities, facilities, net, city=centre, on=date.today())
    found.frame.sort_values("rank")

Times are by car, on the network; the walk to it counts. The order of need is a weighted mean
whose parts stand beside it: other weights give another order, and the result says which were used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sitplan.analysis.method import Method, Note, Result, input_of, note, parameters_of
from sitplan.analysis.network import KMH, Access, Network, require_metres
from sitplan.analysis.paths import nearest, place_on
from sitplan.analysis.profiles import PROFILES, Profile
from sitplan.errors import BadRequest

HEALTH: Final = ("posta", "cesfam", "hospital", "sapu")
SCHOOLS: Final = ("escuela",)
CLOSED: Final = "cerrado"

PAVED_SURFACES: Final = frozenset({"asfalto", "hormigon", "adoquin", "baldosa"})
PAVED_CLASSES: Final = frozenset(
    {
        "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
        "secondary_link", "tertiary", "tertiary_link",
    }
)  # fmt: skip
"""Taken as paved where the road tells no surface: a parameter, unverified."""

NOT_PIPED: Final = frozenset({"camion_aljibe", "pozo", "sin_servicio"})
"""Ways of having water that are not a network: the service is missing."""

SERVICES: Final = (
    "water", "sewer", "electricity", "lighting", "mobile_coverage", "health_post", "school",
)  # fmt: skip

FULL_NEED_MIN: Final[Mapping[str, float]] = {"city": 60, "health": 30, "school": 30, "paved": 15}
"""Minutes from which a journey counts as full need: parameters, unverified."""

WEIGHTS: Final[Mapping[str, float]] = {
    "city": 1, "health": 1, "school": 1, "paved": 1, "services": 1,
}  # fmt: skip
"""Equal where nobody chose others: a choice of the municipality, not a finding."""

FAR_FROM_ROAD_M: Final = 500.0
"""Beyond it a locality is told to have no drawn road."""


def rural_access(
    localities: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    network: Network,
    *,
    city: gpd.GeoSeries,
    on: date,
    weights: Mapping[str, float] = WEIGHTS,
    full_need_min: Mapping[str, float] = FULL_NEED_MIN,
    health: Iterable[str] = HEALTH,
    schools: Iterable[str] = SCHOOLS,
    profile: Profile = PROFILES["adult"],
) -> Result:
    """Travel times, missing services and rank of need of each locality.

    Parameters
    ----------
    localities
        Points in a metric CRS, with `code`, `name`, `population` and what they tell of their
        services: `water_system`, `sewer`, `electricity`, `lighting`, `mobile_coverage`,
        `health_post`, `school`. What a locality does not tell is unknown, not missing.
    facilities
        Points with `kind` and, where known, `operation`; those closed do not count.
    network
        From `build_network`, in the same CRS.
    city
        Points that stand for the city: the nearest counts.
    on
        The day that the frames stand for.
    weights
        Of `city`, `health`, `school`, `paved` and `services`; those left out weigh nothing.
    full_need_min
        Minutes from which each journey counts as full need.
    health, schools
        Kinds of facility that count as each.
    profile
        Who walks from the locality to the nearest street that cars may use.

    Returns
    -------
    Result
        A GeoDataFrame indexed like `localities`: `code`, `name`, `population`, `city_min`,
        `health_min`, `school_min`, `paved_min` (minutes, NaN where nothing is reached),
        `unpaved_m` (metres to the first paved street), `road_m` (metres as the crow flies to the
        nearest street for cars), `nearest_health`, `nearest_school` (names), `missing`
        (services, listed),
        `missing_count`, `unknown_count`, `need_city` … `need_services` (points that each gives),
        `need` (0 none to 100 full; NaN where nothing is known), `rank` (1 needs most; equals
        share it), `need_people` (population times need / 100).
        Who stands on streets that nothing joins to the rest walks to the nearest that are joined.

    Raises
    ------
    WrongCrs
        ``analysis_crs``.
    BadRequest
        ``wrong_weights`` where a weight is negative, unknown, or all are nothing.

    Notes
    -----
    need = Σ wᵢ sᵢ / Σ wᵢ · 100 over the parts that are known; s of a journey is
    min(1, minutes / full need), 1 where nothing is reached; s of the services is the share missing
    of those known.
    """
    require_metres(localities, facilities, city, gpd.GeoSeries([], crs=network.crs))
    weighed = _weights(weights)
    by_car = network.graph(profile, "car")
    joined = by_car.without(np.flatnonzero(network.edges["island"].to_numpy() > 0))
    cut_off = np.zeros(len(localities), dtype=bool)
    places = localities.geometry
    found = gpd.GeoDataFrame(
        {c: localities[c] for c in ("code", "name", "population") if c in localities},
        geometry=places,
        crs=localities.crs,
    )
    is_open = np.ones(len(facilities), dtype=bool)
    if "operation" in facilities:
        is_open = ~facilities["operation"].eq(CLOSED).fillna(False).to_numpy(dtype=bool)
    targets, counted = {"city": city}, {"health": list(health), "school": list(schools)}
    for what, kinds in counted.items():
        chosen = facilities[facilities["kind"].isin(kinds) & is_open]
        targets[what] = gpd.GeoSeries(
            chosen.geometry.to_numpy(), index=chosen["name"].to_numpy(), crs=chosen.crs
        )
    for what, points in targets.items():
        went = _nearest(by_car, joined, places, points, cut_off)
        found[f"{what}_min"] = went["seconds"].to_numpy(dtype=float) / 60
        if what != "city":
            found[f"nearest_{what}"] = went["target"].to_numpy()
    paved = _way_to_paved(by_car, places)
    lost = paved["seconds"].isna()
    paved = paved.where(~lost, _way_to_paved(joined, places))
    cut_off |= (lost & paved["seconds"].notna()).to_numpy()
    found["paved_min"], found["unpaved_m"] = paved["seconds"] / 60, paved["metres"]
    found["road_m"] = _to_road(by_car, places)
    told = services(localities)
    found["missing"] = [_lacking(row) for row in told.to_numpy()]
    found["missing_count"] = (told == 1).sum(axis=1).astype(int)
    found["unknown_count"] = told.isna().sum(axis=1).astype(int)
    parts = {w: _part(found[f"{w}_min"], full_need_min[w]) for w in FULL_NEED_MIN}
    parts["services"] = told.mean(axis=1).to_numpy(dtype=float)
    ranked = _ranked(found, pd.DataFrame(parts, index=found.index), weighed)
    method = Method(
        "rural_access",
        on,
        (
            input_of("rural_localities", localities, value="population", year="population_year"),
            input_of("facilities", facilities[is_open], value="kind"),
            input_of("roads", network.edges.drop_duplicates("road"), value="surface"),
        ),
        parameters_of(
            {
                "need_weights": dict(weights),
                "full_need_min": dict(full_need_min),
                "health_kinds": counted["health"],
                "school_kinds": counted["school"],
                "not_piped": sorted(NOT_PIPED),
                "paved_surfaces": sorted(PAVED_SURFACES),
                "paved_classes": sorted(PAVED_CLASSES),
                "car_kmh": dict(KMH),
                "walk_ms": profile.speed_ms,
            },
            units={"full_need_min": "min", "car_kmh": "km/h", "walk_ms": "m/s"},
            sources={
                "need_weights": "municipal_choice",
                "car_kmh": "car_speeds_unverified",
                "walk_ms": profile.source,
                "paved_classes": "class_stands_for_surface",
            },
        ),
        _notes(ranked, network, cut_off=int(cut_off.sum())),
    )
    return Result(ranked, method, {"population": float(ranked["population"].sum())})


def _notes(found: gpd.GeoDataFrame, network: Network, *, cut_off: int) -> tuple[Note, ...]:
    told = surface_told(network)
    notes = [note("weights_are_a_choice"), note("surface_told", pct=f"{100 * told:.0f}")]
    if cut_off:
        notes.append(note("cut_off", count=cut_off))
    far = int((found["road_m"] > FAR_FROM_ROAD_M).sum())
    if far:
        notes.append(note("far_from_road", count=far, metres=int(FAR_FROM_ROAD_M)))
    for what in ("city", "health", "school", "paved"):
        lost = int(found[f"{what}_min"].isna().sum())
        if lost:
            notes.append(note(f"unreached_{what}", count=lost))
    unknown = int((found["unknown_count"] > 0).sum())
    if unknown:
        notes.append(note("services_unknown", count=unknown))
    return tuple(notes)


def services(localities: gpd.GeoDataFrame) -> pd.DataFrame:
    """What each locality lacks: 1 missing, 0 had, NaN unknown; one column a service."""
    found = pd.DataFrame(np.nan, index=localities.index, columns=list(SERVICES))
    for name in SERVICES:
        column = "water_system" if name == "water" else name
        if column not in localities:
            continue
        value = localities[column]
        known = value.notna().to_numpy()
        lacks = value.isin(NOT_PIPED) if name == "water" else ~value.astype("boolean").fillna(True)
        found.loc[known, name] = lacks.to_numpy(dtype=float)[known]
    return found


def _lacking(row: NDArray[np.float64]) -> list[str]:
    """The services that a row of `services` says are missing, in the order of `SERVICES`."""
    return [name for name, value in zip(SERVICES, row, strict=True) if value == 1]


def is_paved(network: Network) -> NDArray[np.bool_]:
    """Whether each edge is paved: by its surface, else by its class."""
    surface, kind = network.edges["surface"], network.edges["class"]
    told = surface.notna().to_numpy()
    by_class = kind.isin(PAVED_CLASSES).to_numpy()
    return np.where(told, surface.isin(PAVED_SURFACES).to_numpy(), by_class)


def surface_told(network: Network) -> float:
    """The share of the network's metres whose road tells its surface; NaN without roads."""
    metres = network.edges["metres"].to_numpy()
    told = network.edges["surface"].notna().to_numpy()
    return float(metres[told].sum() / metres.sum()) if metres.sum() else float("nan")


def _nearest(
    by_car: Access,
    joined: Access,
    places: gpd.GeoSeries,
    targets: gpd.GeoSeries,
    cut_off: NDArray[np.bool_],
) -> pd.DataFrame:
    """The nearest target; of who stands on streets that nothing joins, by those that are joined.

    Marks in `cut_off` who needed that.
    """
    went = nearest(by_car, places, targets)
    lost = went["target"].isna().to_numpy()
    if lost.any():
        again = nearest(joined, places[lost], targets)
        went[lost] = again.to_numpy()
        cut_off[lost] |= again["target"].notna().to_numpy()
    return went


def _way_to_paved(by_car: Access, places: gpd.GeoSeries) -> pd.DataFrame:
    """Metres and seconds to the first paved street that cars may use."""
    net = by_car.network
    usable = np.isfinite(by_car.seconds).any(axis=0)
    paved = is_paved(net) & usable
    ends = np.unique(net.edges.loc[paved, ["a", "b"]].to_numpy())
    corners = gpd.GeoSeries(shapely.points(net.nodes[ends]), crs=net.crs)
    went = nearest(by_car, places, corners)[["seconds", "metres"]].astype(float)
    stood = place_on(by_car, places)
    beside = (stood.edge >= 0) & paved[np.maximum(stood.edge, 0)]
    went.loc[beside, "metres"] = stood.walk_m[beside]
    went.loc[beside, "seconds"] = stood.walk_m[beside] / by_car.profile.speed_ms
    return went


def _to_road(by_car: Access, places: gpd.GeoSeries) -> NDArray[np.float64]:
    walk = place_on(by_car, places).walk_m
    return np.where(np.isfinite(walk), walk, np.nan)


def _part(minutes: pd.Series, full: float) -> NDArray[np.float64]:
    """0 to 1: how much a journey is needed; 1 where nothing is reached."""
    return np.minimum(1.0, minutes.fillna(np.inf).to_numpy(dtype=float) / full)


def _weights(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights as shares of 1.

    Raises
    ------
    BadRequest
        ``wrong_weights``.
    """
    known = {name: float(weights.get(name, 0)) for name in WEIGHTS}
    total = sum(known.values())
    fit = all(0 <= w < np.inf for w in known.values()) and set(weights) <= set(WEIGHTS)
    if not fit or not 0 < total < np.inf:
        raise BadRequest("wrong_weights", known=", ".join(WEIGHTS))
    return {name: w / total for name, w in known.items()}


def _ranked(
    found: gpd.GeoDataFrame, parts: pd.DataFrame, weights: Mapping[str, float]
) -> gpd.GeoDataFrame:
    share = pd.Series(weights)[parts.columns]
    known = parts.notna() * share
    weight = known.sum(axis=1).replace(0, np.nan)
    points = parts.fillna(0) * share
    points = points.div(weight, axis=0) * 100
    for name in parts.columns:
        found[f"need_{name}"] = points[name]
    found["need"] = points.sum(axis=1, min_count=1)
    found["rank"] = found["need"].round(9).rank(method="min", ascending=False).astype("Int64")
    if "population" in found:
        people = pd.to_numeric(found["population"]).astype("float64")
        found["need_people"] = people * found["need"] / 100
    return found
