"""What grows with the register: times against the number of features, and of layers.

`busy` is the machine's load of the last minute when a point was measured.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import shapely

from sitplan.crs import Box, box_polygon
from tests.benchmarks import ground, town
from tests.benchmarks.client import Client
from tests.benchmarks.compare import opened
from tests.benchmarks.ground import Address, Ground
from tests.benchmarks.heats import ours_path
from tests.benchmarks.pages import OUR_ITEMS, boxes

Point = dict[str, Any]
FEATURES = (10_000, 100_000, 1_000_000)
LAYERS = (24, 50, 100, 200)
LOOKED_AT = 5
"""Pages whose count is compared with the database's own."""
BOX_M = 1000.0
"""Side of the boxes: 170 parcels and more, of which a page of 100 is read."""


def features(counts: Sequence[int] = FEATURES, *, times: int = 40) -> list[Point]:
    """One layer of ever more parcels: page, count, tile, definition and catalogue, in ms."""
    found = []
    for count in counts:
        with ground.place(count, declared=(town.PARCELS,)) as here:
            with ground.forgetful(here.settings) as address:
                found.append(
                    {"features": count, "load_s": here.loaded_s}
                    | _asked(here, address, times)
                    | {"busy": os.getloadavg()[0]}
                )
        print(_line(found[-1]), flush=True)
    return found


def _asked(here: Ground, address: Address, times: int) -> Point:
    client = Client(address)
    drawn = boxes(here.count, many=times, side=BOX_M)
    asked = [f"{OUR_ITEMS}?limit=100&bbox={box}" for box in drawn]
    told = 0
    for path, box in zip(asked[:LOOKED_AT], drawn, strict=False):
        page = json.loads(opened(client.get(path)))
        assert page["numberReturned"] == 100, path
        if "numberMatched" in page:
            assert page["numberMatched"] == _inside(here, box), path
            told += 1
    pages = _times(client, asked)
    tiles = [ours_path(town.LAYER, t) for t in town.tiles(here.count, zoom=16, most=times)]
    whole = json.loads(opened(client.get(f"{OUR_ITEMS}?limit=1")))
    counted = json.loads(opened(client.get(f"{OUR_ITEMS}?result-type=hits")))
    assert counted["numberMatched"] == here.count
    found = {
        "page_ms": statistics.median(pages),
        "page_p95_ms": statistics.quantiles(pages, n=20)[18],
        "page_count": f"exact on {told} of {LOOKED_AT}, else left out",
        "tile_ms": statistics.median(_times(client, tiles)),
        "count_ms": statistics.median(_times(client, [f"{OUR_ITEMS}?result-type=hits"] * 5)),
        "whole_count": "exact" if "numberMatched" in whole else "left out: over its budget",
        **_documents(client),
    }
    client.close()
    return found


def _inside(here: Ground, box: str) -> int:
    """How many parcels meet a box, counted by the owner."""
    corners = [float(v) for v in box.split(",")]
    shape = box_polygon(Box(*corners), source=4326, target=town.SRID)
    return int(
        here.run(
            f"SELECT count(*) FROM layers.{town.LAYER} WHERE ST_Intersects(geom,"
            f" ST_GeomFromWKB('\\x{shapely.to_wkb(shape, hex=True)}', {town.SRID}))"
        )[0][0]
    )


def _documents(client: Client) -> Point:
    definition = opened(client.get("/api/openapi"))
    return {
        "openapi_kib": len(definition) / 1024,
        "openapi_ms": statistics.median(_times(client, ["/api/openapi"] * 7)),
        "catalogue_ms": statistics.median(_times(client, ["/api/collections"] * 7)),
    }


def layers(counts: Sequence[int] = LAYERS, *, each: int = 400, times: int = 20) -> list[Point]:
    """Ever more layers of some parcels each, over the same ground, as people run the server.

    `first_catalogue_ms` is the first answer after the start, when the extents are worked out;
    the tile has all layers in one.
    """
    found = []
    for count in counts:
        declared = [town.PARCELS | {"name": f"layer_{n:03d}"} for n in range(count)]
        with ground.place(each, declared=declared, per_layer=each) as here:
            with ground.served(here.settings) as address:
                client = Client(address)
                first = _times(client, ["/api/collections"])[0]
                listed = json.loads(opened(client.get("/api/collections")))
                assert len(listed["collections"]) >= count
                tile = town.tiles(each, zoom=15)[0]
                path = f"/api/tiles/WebMercatorQuad/{tile.z}/{tile.y}/{tile.x}"
                page = f"/api/collections/layer_{count // 2:03d}/items?limit=100"
                found.append(
                    {
                        "layers": count,
                        "load_s": here.loaded_s,
                        "first_catalogue_ms": first,
                        "tile_all_ms": _times(client, [path])[0],
                        "page_ms": statistics.median(_times(client, [page] * times)),
                        **_documents(client),
                        "busy": os.getloadavg()[0],
                    }
                )
                client.close()
        print(_line(found[-1]), flush=True)
    return found


def _times(client: Client, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each answer, one after the other."""
    found = []
    for path in paths:
        began = time.perf_counter()
        client.get(path)
        found.append((time.perf_counter() - began) * 1e3)
    return found


def _line(point: Point) -> str:
    return "  ".join(
        f"{k} {v:,.1f}" if isinstance(v, float) else f"{k} {v}" for k, v in point.items()
    )


Measured = Callable[[], list[Point]]
