"""Green areas: whom they serve, and where to act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sitplan.analysis.method import Result
from sitplan.catalogue import Territory
from sitplan.errors import BadRequest
from sitplan.offering import PROFILE, Analysis, Ground, value

if TYPE_CHECKING:
    import geopandas as gpd

    from sitplan.analysis.network import Access


def _green_indicators(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.green import GreenRules, green_indicators

    areas, blocks = ground.read(inputs["of"], on), ground.read("census_blocks", on)
    rules = GreenRules(
        square_m=inputs["square_m"],
        park_m=inputs["park_m"],
        m2_per_inhabitant=inputs["m2_per_inhabitant"],
    )
    return green_indicators(
        areas.set_index("code"),
        blocks=blocks.set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        access=_walkers(ground, on, inputs),
        rules=rules,
        on=on,
    )


def _walkers(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Access:
    from sitplan.analysis.profiles import PROFILES

    return ground.network(on).graph(PROFILES[inputs["profile"]], "foot")


def _metres(default: float) -> Mapping[str, Any]:
    return {"type": "number", "minimum": 1, "maximum": 20_000, "default": default}


def _where_to_act(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.siting import Limit, where_to_act

    blocks = ground.read("census_blocks", on).set_index("code")
    areas = ground.read(inputs["of"], on).set_index("code") if inputs["aim"] == "m2" else None
    return where_to_act(
        _plots(inputs["candidates"], ground.territory),
        blocks=blocks,
        green_areas=ground.read("green_areas", on).set_index("code"),
        limit=Limit(inputs.get("most"), inputs.get("most_m2")),
        kind=inputs["kind"],
        aim=inputs["aim"],
        areas=areas,
        access=_walkers(ground, on, inputs),
        on=on,
    )


def _plots(collection: Mapping[str, Any], territory: Territory) -> gpd.GeoDataFrame:
    """The candidate plots, by their `code` or their number, in the storage CRS.

    Raises
    ------
    BadRequest
        ``wrong_plots``: no polygons, broken ones, outside the territory, or of one code.
    """
    import geopandas as gpd
    import shapely

    shapes, codes = [], []
    for number, one in enumerate(collection["features"], start=1):
        try:
            shapes.append(shapely.geometry.shape(one["geometry"]))
            codes.append(str((one.get("properties") or {}).get("code") or number))
        except (shapely.errors.ShapelyError, KeyError, TypeError, ValueError, AttributeError) as e:
            raise BadRequest("wrong_plots", number=number) from e
        shape, box = shapes[-1], shapely.box(*territory.bounds)
        is_area = shape.geom_type in ("Polygon", "MultiPolygon") and shape.area > 0
        if not is_area or not shape.is_valid or not box.contains(shape):
            raise BadRequest("wrong_plots", number=number)
    if len(set(codes)) < len(codes):
        raise BadRequest("wrong_plots", number="code")
    plots = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)
    return plots.to_crs(territory.storage_crs).set_index("code")


_CANDIDATES: Final = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "minItems": 1, "maxItems": 300, "items": {"type": "object"}},
    },
}
_OF: Final = value(
    "of",
    {
        "type": "string",
        "enum": ["neighbourhoods", "census_districts", "census_blocks"],
        "default": "neighbourhoods",
    },
)

OFFERS: Final = (
    Analysis(
        "green_siting",
        "1.0.0",
        {
            "candidates": value("candidates", _CANDIDATES, required=True),
            "most": value("most", {"type": "integer", "minimum": 1, "maximum": 300}),
            "most_m2": value("most_m2", {"type": "number", "minimum": 1, "maximum": 1e7}),
            "kind": value(
                "kind", {"type": "string", "enum": ["squares", "parks"], "default": "squares"}
            ),
            "aim": value("aim", {"type": "string", "enum": ["people", "m2"], "default": "people"}),
            "of": _OF,
            "profile": PROFILE,
        },
        _where_to_act,
        show="adds",
    ),
    Analysis(
        "green_indicators",
        "1.0.0",
        {
            "of": value(
                "of",
                {
                    "type": "string",
                    "enum": ["neighbourhoods", "census_districts", "census_blocks"],
                    "default": "neighbourhoods",
                },
            ),
            "profile": PROFILE,
            "square_m": value("square_m", _metres(400)),
            "park_m": value("park_m", _metres(3000)),
            "m2_per_inhabitant": value(
                "m2_per_inhabitant",
                {"type": "number", "minimum": 0, "maximum": 1000, "default": 10},
            ),
        },
        _green_indicators,
        show="green_m2_per_inhabitant",
    ),
)
