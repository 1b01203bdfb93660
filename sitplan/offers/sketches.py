"""What somebody sends to be tried out: shapes drawn in degrees, codes to close; and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sitplan.analysis.method import Result
from sitplan.catalogue import Territory
from sitplan.crs import LON_LAT
from sitplan.errors import BadRequest, WrongCrs
from sitplan.offering import value

if TYPE_CHECKING:
    import geopandas as gpd

AREAS: Final = ("Polygon", "MultiPolygon")


def collection_of(fewest: int, most: int) -> Mapping[str, Any]:
    """The schema of a GeoJSON FeatureCollection of so many features."""
    features = {
        "type": "array", "minItems": fewest, "maxItems": most, "items": {"type": "object"},
    }  # fmt: skip
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": features,
        },
    }


def codes(name: str) -> Any:
    """An input that names features by their codes."""
    code = {"type": "string", "minLength": 1, "maxLength": 100}
    return value(name, {"type": "array", "items": code, "maxItems": 50, "default": []})


def as_collection(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """A frame as it would be sent: GeoJSON in degrees, each by its `code`, else its index label.

    Raises
    ------
    WrongCrs
        ``frame_without_crs``.
    """
    if frame.crs is None:
        raise WrongCrs("frame_without_crs")
    named = frame if "code" in frame.columns else frame.assign(code=frame.index.astype(str))
    sent: dict[str, Any] = json.loads(named.to_crs(LON_LAT).to_json(drop_id=True, default=str))
    return {"type": sent["type"], "features": sent["features"]}


def shapes_of(
    collection: Mapping[str, Any],
    territory: Territory,
    *,
    wrong: str,
    shapes: Sequence[str] = AREAS,
    kind: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """The features by their `code` or their number, in the storage CRS.

    Parameters
    ----------
    wrong
        The error that is raised.
    shapes
        Types of geometry that will do.
    kind
        Where given, each tells one of these as `kind`, which becomes a column.
    numbers
        Properties that become columns of numbers, none below zero; None where not told.

    Raises
    ------
    BadRequest
        `wrong`: with the number of the feature that will not do, or ``code`` where two have one.
    """
    import geopandas as gpd
    import shapely

    drawn, rows = [], []
    box = shapely.box(*territory.bounds)
    for number, one in enumerate(collection["features"], start=1):
        try:
            told = dict(one.get("properties") or {})
            shape = shapely.geometry.shape(one["geometry"])
            row: dict[str, Any] = {"code": str(told.get("code") or number)}
            row |= {name: _number(told.get(name)) for name in numbers}
        except (shapely.errors.ShapelyError, KeyError, TypeError, ValueError, AttributeError) as e:
            raise BadRequest(wrong, number=number) from e
        is_area = shape.area > 0 or shape.geom_type not in AREAS
        if shape.geom_type not in shapes or not is_area or not shape.is_valid:
            raise BadRequest(wrong, number=number)
        if not box.contains(shape) or (kind and told.get("kind") not in kind):
            raise BadRequest(wrong, number=number)
        drawn.append(shape)
        rows.append(row | ({"kind": told["kind"]} if kind else {}))
    if len({row["code"] for row in rows}) < len(rows):
        raise BadRequest(wrong, number="code")
    frame = gpd.GeoDataFrame(rows, geometry=drawn, crs=4326)
    return frame.to_crs(territory.storage_crs).set_index("code")


def _number(said: Any) -> float | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < 1e9:
        raise ValueError(said)
    return float(said)


def figures_named(found: Result) -> Result:
    """The table of `compared` with a code for each place and figure."""
    frame = found.frame
    names = [f"{place}-{figure}" for place, figure in zip(frame["place"], frame["figure"],
                                                          strict=True)]  # fmt: skip
    return Result(frame.assign(code=names), found.method, found.totals)
