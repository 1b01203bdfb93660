"""The invented town that all measurements are made in: the same on every machine.

200,000 parcels of 9.5 vertices with eight attributes, 40,044 stretches of road, 600 blocks of 847
vertices, over 19 km a side. Most parcels stand in a dense middle, the others are scattered evenly.
Measured on it (400 tiles of z16 drawn by lot, 60 of z14; gzip of isal's level 1): 2,569 tiles from
z0 to z16; a z16 tile of 5.4 KB gzipped in the median, 69 KB for one in twenty, made by bare SQL in
0.7 and 9 ms; a z14 tile in 7 ms in the median, the heaviest in 370 ms with 3.9 MB. Outlines of
blocks jump so much that simplifying a z12 tile within half a pixel leaves an eleventh of its
284 KB.
"""

from __future__ import annotations

import numpy as np
import shapely
from geopandas import GeoDataFrame

from sitplan.crs import HALF_WORLD_M, WEB_MERCATOR, Box, carry_box
from sitplan.tiles import Tile

SEED = 20261122
SRID = 32718
CORNER = (640_000.0, 5_360_000.0)
SPACE_M = 42.5
"""Side of a parcel's share of the town."""
CORE_SHARE = 0.68
CORE_SPREAD = 0.085
"""Of the town's side: how far the dense middle reaches."""
LAYER = "parcels"
TERRITORY = {
    "name": {"es": "Comuna de prueba", "en": "Test commune"},
    "storage_crs": SRID,
    "time_zone": "America/Santiago",
    "bounds": [-74.5, -42.5, -72.0, -41.0],
    "bounds_projected": [540_000, 5_290_000, 760_000, 5_460_000],
}
USES = ("vivienda", "comercio", "industria", "agricola", "eriazo")
KINDS = ("calle", "avenida", "pasaje", "camino")
BLOCK_VERTICES = 847
BLOCKS_SHARE = 0.6
"""Of the town's side: the square in its middle that has blocks."""
JAG_M = 1.5
"""How far a block's outline jumps from vertex to vertex, either way."""
WHOLE_FROM = 14
"""From this zoom on a tile shows every shape as it is."""


def _field(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "title": {"es": name, "en": name}, **more}


def _declared(
    name: str, title: tuple[str, str], geometry: dict[str, object], *fields: dict[str, object]
) -> dict[str, object]:
    return {
        "name": name,
        "title": {"es": title[0], "en": title[1]},
        "description": {"es": f"{title[0]}: inventado.", "en": f"{title[1]}: invented."},
        "custodian": "Banco de pruebas",
        "source": {"title": "Generador de la prueba", "licence": "CC0-1.0", "date": "2026-11"},
        "geometry": geometry,
        "access": {"read": "public"},
        "zoom": {"min": 0, "max": 18},
        "fields": list(fields),
    }


PARCELS = _declared(
    LAYER,
    ("Predios", "Parcels"),
    {"type": "MultiPolygon", "min_area_m2": 1},
    _field("name", "string", in_tile=True),
    _field("roll", "string", in_tile=True),
    _field("use", "string", in_tile=True, constraints={"required": True, "enum": list(USES)}),
    _field("value_clp", "integer", in_tile=True, constraints={"minimum": 0}),
    _field("frontage_m", "number", in_tile=True),
    _field("built", "boolean", in_tile=True),
    _field("surveyed", "date", in_tile=True),
    _field("area_m2", "number", computed="area", in_tile=True),
    _field("owner", "string", private=True),
)
ROADS = _declared(
    "roads",
    ("Calles", "Roads"),
    {"type": "MultiLineString"},
    _field("name", "string", in_tile=True),
    _field("kind", "string", in_tile=True, constraints={"enum": list(KINDS)}),
    _field("lanes", "integer", in_tile=True),
)
BLOCKS = _declared(
    "blocks",
    ("Manzanas", "Blocks"),
    {"type": "MultiPolygon", "min_area_m2": 1},
    _field("name", "string", in_tile=True),
    _field("population", "integer", in_tile=True),
)
TOWN = (PARCELS, ROADS, BLOCKS)


def side_m(count: int) -> float:
    """Metres along a side of the town of so many parcels."""
    return float(np.sqrt(count)) * SPACE_M


def _settled(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many lots, dense in the middle: their centres from the corner, and their sides, in m."""
    chance = np.random.default_rng(SEED + 3)
    cells = max(4, round(np.sqrt(count) / 2.8))
    cell = side_m(count) / cells
    at = (np.arange(cells) + 0.5) / cells - 0.5
    middle = np.exp(-(at**2) / (2 * CORE_SPREAD**2))
    density = np.outer(middle, middle)
    share = CORE_SHARE * density / density.sum() + (1 - CORE_SHARE) / density.size
    order = chance.permutation(density.size)
    lots = np.empty(density.size, dtype=int)
    lots[order] = np.diff(np.round(np.cumsum(share.flat[order]) * count).astype(int), prepend=0)
    home = np.repeat(np.arange(density.size), lots)
    nth = np.arange(count) - np.repeat(np.cumsum(lots) - lots, lots)
    across = np.ceil(np.sqrt(lots)).astype(int)[home]
    side = cell / across
    column, row = np.divmod(home, cells)
    x = column * cell + (nth // across + 0.5) * side
    y = row * cell + (nth % across + 0.5) * side
    return np.stack([x, y], axis=1), side


def parcels(count: int) -> GeoDataFrame:
    """So many polygons of 8 or 9 corners, the same on every machine."""
    chance = np.random.default_rng(SEED)
    centres, sides = _settled(count)
    rings = np.empty(count, dtype=object)
    for nth, corners in enumerate((8, 9)):
        some = np.arange(nth, count, 2)
        turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        radius = chance.uniform(0.32, 0.52, (len(some), corners)) * sides[some, None]
        x = CORNER[0] + centres[some, :1] + radius * np.cos(turn)
        y = CORNER[1] + centres[some, 1:] + radius * np.sin(turn)
        rings[some] = shapely.linearrings(np.stack([x, y], axis=2))
    shapes = shapely.multipolygons(shapely.polygons(rings)[:, None])
    days = np.datetime64("2000-01-01") + chance.integers(0, 9000, count).astype("timedelta64[D]")
    frame = GeoDataFrame(
        {
            "code": [f"P-{n:07d}" for n in range(count)],
            "name": [f"Predio {n}" for n in range(count)],
            "roll": [f"{n // 100:05d}-{n % 100:03d}" for n in range(count)],
            "use": np.array(USES)[chance.integers(0, len(USES), count)],
            "value_clp": chance.integers(1_000_000, 900_000_000, count),
            "frontage_m": np.round(chance.uniform(4, 40, count), 2),
            "built": chance.random(count) < 0.7,
            "surveyed": days.astype("datetime64[s]"),
            "owner": "nadie",
            "review_state": "published",
        },
        geometry=shapes,
        crs=SRID,
    )
    return frame.rename_geometry("geom")


def roads(count: int) -> GeoDataFrame:
    """A net of streets over the town of `count` parcels: a fifth as many stretches of 5 points."""
    chance = np.random.default_rng(SEED + 1)
    crossings = max(2, round(np.sqrt(count / 10)) + 1)
    step = side_m(count) / (crossings - 1)
    lines = []
    along = np.linspace(0, 1, 5)
    for first, second in ((1, 0), (0, 1)):
        for a in range(crossings - first):
            for b in range(crossings - second):
                bend = chance.uniform(-2, 2, 5) * (0, 1, 1, 1, 0)
                x = CORNER[0] + a * step + (along * step if first else bend)
                y = CORNER[1] + b * step + (bend if first else along * step)
                lines.append(np.stack([x, y], axis=1))
    total = len(lines)
    shapes = shapely.multilinestrings(shapely.linestrings(np.array(lines))[:, None])
    return GeoDataFrame(
        {
            "code": [f"R-{n:06d}" for n in range(total)],
            "name": [f"Calle {n // 40}" for n in range(total)],
            "kind": np.array(KINDS)[chance.integers(0, len(KINDS), total)],
            "lanes": chance.integers(1, 5, total),
            "review_state": "published",
        },
        geometry=shapes,
        crs=SRID,
    ).rename_geometry("geom")


def blocks(count: int) -> GeoDataFrame:
    """Blocks of 847 vertices each in the middle of the town of `count` parcels: 600 of 200,000.

    A point every metre and a half along a bent outline, which jumps by up to three metres.
    """
    chance = np.random.default_rng(SEED + 2)
    total = max(12, round(count * 0.003))
    rows = int(np.ceil(np.sqrt(total)))
    cell = side_m(count) * BLOCKS_SHARE / rows
    edge = side_m(count) * (1 - BLOCKS_SHARE) / 2
    column, row = np.divmod(np.arange(total), rows)
    turn = np.linspace(0, 2 * np.pi, BLOCK_VERTICES - 1, endpoint=False)
    bends = np.sin(3 * turn + chance.uniform(0, 2 * np.pi, (total, 1)))
    radius = cell * (0.42 + 0.03 * bends) + chance.uniform(-JAG_M, JAG_M, bends.shape)
    x = CORNER[0] + edge + (column[:, None] + 0.5) * cell + radius * np.cos(turn)
    y = CORNER[1] + edge + (row[:, None] + 0.5) * cell + radius * np.sin(turn)
    rings = shapely.linearrings(np.stack([x, y], axis=2))
    shapes = shapely.multipolygons(shapely.polygons(rings)[:, None])
    return GeoDataFrame(
        {
            "code": [f"M-{n:04d}" for n in range(total)],
            "name": [f"Manzana {n}" for n in range(total)],
            "population": chance.integers(0, 900, total),
            "review_state": "published",
        },
        geometry=shapes,
        crs=SRID,
    ).rename_geometry("geom")


FRAMES = {"parcels": parcels, "roads": roads, "blocks": blocks}


def tiles(count: int, *, zoom: int, most: int | None = None, layer: str = LAYER) -> list[Tile]:
    """Tiles over a layer of the town of `count` parcels, by lot, none twice; all without `most`."""
    span = side_m(count)
    edge = span * (1 - BLOCKS_SHARE) / 2 if layer == "blocks" else 0.0
    west, south = CORNER[0] + edge, CORNER[1] + edge
    town = carry_box(
        Box(west, south, west + span - 2 * edge, south + span - 2 * edge),
        source=SRID,
        target=WEB_MERCATOR,
    )
    assert town is not None
    side = 2 * HALF_WORLD_M / (1 << zoom)
    first, last = ((x + HALF_WORLD_M) / side for x in (town.west, town.east))
    top, bottom = ((HALF_WORLD_M - y) / side for y in (town.north, town.south))
    columns, rows = range(int(first), int(last) + 1), range(int(top), int(bottom) + 1)
    known = [Tile(zoom, column, row) for column in columns for row in rows]
    chance = np.random.default_rng(SEED + zoom)
    return [known[i] for i in chance.permutation(len(known))[:most]]
