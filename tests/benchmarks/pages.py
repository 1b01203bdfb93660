"""Heats over features: pages, one item, the way to a far page; and tiles that are remembered."""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psycopg2
from pyproj import Transformer

from sitplan.crs import Box, carry_box
from tests.benchmarks import load, town
from tests.benchmarks.client import Client
from tests.benchmarks.compare import Different, opened
from tests.benchmarks.ground import Address, reader
from tests.benchmarks.heats import FLOOR, OURS, TIPG, Arena, Heat, Ratio, Run, ours_path
from tests.benchmarks.load import Sample
from tests.benchmarks.peers import Peer, nginx

LAYER = town.LAYER
OUR_ITEMS = f"/api/collections/{LAYER}/items"
PAGE = 1000
IN_METRES = f"http://www.opengis.net/def/crs/EPSG/0/{town.SRID}"
OF_THE_COLLECTION = {"id", "title", "description"}
"""What tipg repeats of the collection on every page: three short texts; ours links to them."""
OF_A_WALK = {"links", "next", "prev"}
"""What some repeat with each feature."""
SMALL = 6 * 1024
"""Bytes of a cached tile at most, as in the goal."""


def boxes(count: int, *, many: int, side: float) -> list[str]:
    """So many boxes in the town, as `bbox` writes them; drawn by lot, always the same."""
    chance = np.random.default_rng(town.SEED + 1)
    span = town.side_m(count)
    side = min(side, span / 2)
    found = []
    for x, y in chance.uniform(0, span - side, (many, 2)):
        west, south = town.CORNER[0] + x, town.CORNER[1] + y
        degrees = carry_box(
            Box(west, south, west + side, south + side), source=town.SRID, target=4326
        )
        assert degrees is not None
        found.append(",".join(f"{v:.6f}" for v in degrees.corners))
    return found


def box_queries(count: int, *, many: int, side: float) -> tuple[list[str], list[str]]:
    """What asks our server and tipg for all that meets the same rectangles, ever new ones.

    tipg does not look into a box in degrees but into the upright rectangle of the layer's metres
    around it, up to a tenth larger here; ours looks into the box itself. So ours is asked
    for that rectangle, in metres.
    """
    to_metres = Transformer.from_crs(4326, town.SRID, always_xy=True)
    ours, theirs = [], []
    for box in boxes(count, many=many, side=side):
        corners = to_metres.transform_bounds(*map(float, box.split(",")))
        metres = ",".join(map(repr, corners))
        ours.append(f"limit={PAGE}&bbox={metres}&bbox-crs={IN_METRES}")
        theirs.append(f"limit={PAGE}&bbox={box}")
    return ours, theirs


def page_heat(
    arena: Arena,
    *,
    name: str,
    queries: Sequence[str],
    ratios: tuple[Ratio, ...],
    theirs: Sequence[str] = (),
    small: tuple[Sequence[str], Sequence[str]] = ((), ()),
    beginning: str = "",
) -> Heat:
    """Pages of 1,000 with links and the exact count, by eight connections, not compressed.

    Those peers run whose name has that `beginning`; `theirs` is what asks them for the same
    where it is written otherwise. `small` are such questions whose answers are compared as well:
    what fits on a page must be the same features.
    """
    asked = {OURS: (arena.cached, [f"{OUR_ITEMS}?{q}" for q in queries])}
    pagers = [peer for peer in arena.pagers if peer.name.startswith(beginning)]
    for peer in pagers:
        asked[peer.name] = (peer.address, [f"{peer.items}?{q}" for q in theirs or queries])
    sides: dict[str, Run] = {
        side: lambda seconds, a=a, p=p: load.over_http(a, p, seconds=seconds, encoding="identity")
        for side, (a, p) in asked.items()
    }

    without: list[str] = []

    def check() -> str:
        some = asked[OURS][1][:3] + [f"{OUR_ITEMS}?{q}" for q in small[0]]
        for path in some:  # the count is remembered, as it is from the first quiet moment on
            _page(arena.cached, f"{path}&result-type=hits")
        ours = [_page(arena.cached, path) for path in some]
        told = ["no peer to compare with"]

        def compare(peer: Peer) -> None:
            its = asked[peer.name][1][:3] + [f"{peer.items}?{q}" for q in small[1]]
            for mine, path in zip(ours, its, strict=True):
                told.append(same_page(mine, _page(peer.address, path)))

        without.extend(dropped(pagers, sides, compare))
        whole = sum(page["numberMatched"] <= PAGE for page in ours)
        return told[-1] + (f"; {whole} pages that hold all: same ids" if small[0] else "")

    return Heat(name, sides, ratios, check, unit="pages/s", without=without, stretch=2)


def dropped(
    peers: Sequence[Peer], sides: dict[str, Run], compare: Callable[[Peer], None]
) -> Iterator[str]:
    """Why some peers do not run: their answers differ. tipg's must not."""
    for peer in peers:
        try:
            compare(peer)
        except (AssertionError, OSError, KeyError, ValueError, TypeError) as reason:
            if peer.name.startswith(TIPG):
                raise
            sides.pop(peer.name)
            yield f"{peer.name}: {type(reason).__name__} {str(reason)[:200]}"


def _page(address: Address, path: str) -> dict[str, Any]:
    client = Client(address)
    found = dict(json.loads(opened(client.get(path))))
    client.close()
    return found


def same_page(ours: dict[str, Any], other: dict[str, Any]) -> str:
    """Whether two replies have the same members and the same features; says so.

    Ours may tell more, never less, but for what tipg repeats: the collection's three texts, and
    two links with each feature. Where more match than a page holds each server has its own order:
    then counts are compared, and the values of what is on both pages.

    Raises
    ------
    Different
        Where a member is lacking or a value is another.
    """
    lacking = other.keys() - ours.keys() - OF_THE_COLLECTION
    if lacking:
        raise Different(f"ours lacks {sorted(lacking)}")
    for member in ("numberReturned", "numberMatched"):
        if ours[member] != other[member]:
            raise Different(f"{member}: {ours[member]} is not {other[member]}")
    mine = {f["id"]: f for f in ours["features"]}
    theirs = {str(f["id"]): f for f in other["features"]}
    both = mine.keys() & theirs.keys()
    if (mine and not both) or (other["numberMatched"] <= PAGE and mine.keys() != theirs.keys()):
        raise Different(f"{len(both)} of {len(mine)} features on both pages")
    for one in both:
        if lacks := theirs[one].keys() - mine[one].keys() - OF_A_WALK:
            raise Different(f"a feature of ours lacks {sorted(lacks)}")
        a, b = (dict(x[one]["properties"]) for x in (mine, theirs))
        b.pop("id", None)
        wrong = [k for k, v in b.items() if not _same(a.get(k), v)]
        if wrong:
            raise Different(f"{one}: {wrong[0]} is {a.get(wrong[0])!r}, not {b[wrong[0]]!r}")
        corner, its = (np.array(x[one]["geometry"]["coordinates"][0][0]) for x in (mine, theirs))
        if corner.shape != its.shape or np.abs(corner - its).max() > 1e-6:
            raise Different(f"{one}: another shape")
    members = ", ".join(sorted(other.keys() - OF_THE_COLLECTION))
    return f"same members ({members}), same count, {len(both)} features alike in values and shapes"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    return a == b or (isinstance(a, str) and isinstance(b, str) and a[:10] == b[:10])


def item_heat(arena: Arena, *, many: int, ratios: tuple[Ratio, ...]) -> Heat:
    """One feature by its id, eight connections; bare: the row with its shape as GeoJSON."""
    ids = [
        str(row[0])
        for row in arena.here.run(
            f"SELECT id FROM published.{LAYER} ORDER BY md5(code) LIMIT {many}"
        )
    ]
    asked = {OURS: (arena.cached, [f"{OUR_ITEMS}/{one}" for one in ids])}
    for peer in arena.pagers:
        asked[peer.name] = (peer.address, [f"{peer.items}/{one}" for one in ids])
    sides: dict[str, Run] = {
        side: lambda seconds, a=a, p=p: load.over_http(a, p, seconds=seconds, encoding="identity")
        for side, (a, p) in asked.items()
    }
    columns = [
        row[0]
        for row in arena.here.run(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'peer'"
            f" AND table_name = '{LAYER}_items' AND column_name NOT IN ('id', 'geom')"
        )
    ]
    day = date.today().isoformat()
    prepare = (
        "PREPARE bare (uuid) AS SELECT f.id::text,"
        f" public.ST_AsGeoJSON(public.ST_Transform(f.geom, 4326), 7), {', '.join(columns)}"
        f" FROM published.{LAYER} f WHERE f.id = $1 AND f.valid_from <= DATE '{day}'"
    )
    url = reader(arena.here.settings)
    calls = [(one,) for one in ids]
    mine: dict[str, dict[str, Any]] = {}
    without: list[str] = []

    def compare(peer: Peer) -> None:
        for one, found in mine.items():
            its = _page(peer.address, f"{peer.items}/{one}")
            page = {"numberReturned": 1, "numberMatched": 1}
            same_page(page | {"features": [found]}, page | {"features": [its]})

    sides[FLOOR] = lambda seconds: load.over_sql(url, prepare, calls, seconds=seconds)

    def check() -> str:
        link = psycopg2.connect(url)
        with link.cursor() as cursor:
            cursor.execute(prepare)
            for one in ids[:20]:
                cursor.execute("EXECUTE bare (%s)", (one,))
                row = cursor.fetchone()
                found = _page(arena.cached, f"{OUR_ITEMS}/{one}")
                if (found["id"], found["properties"]["code"]) != (
                    row[0], row[2 + columns.index("code")]
                ):  # fmt: skip
                    raise Different(f"{one}: {found['id']}")
                mine[one] = found
        link.close()
        without.extend(dropped(arena.pagers, sides, compare))
        return "20 items: same ids, values and shapes"

    return Heat("one item", sides, ratios, check, unit="items/s", without=without)


def far_page_heat(arena: Arena, *, limit: int, page: int, ratios: tuple[Ratio, ...]) -> Heat:
    """The first page and a far one, reached by the links `next`, one client, in turns."""
    first = f"{OUR_ITEMS}?limit={limit}"
    there: list[str] = []

    def one(path: str, seconds: int) -> Sample:
        client = Client(arena.cached)
        times = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            client.get(path)
            times.append(time.perf_counter() - began)
        client.close()
        cut = statistics.quantiles(times, n=100)
        middle = statistics.median(times)
        return Sample(1 / middle, middle * 1e3, cut[94] * 1e3, cut[98] * 1e3, len(times), 0, 0)

    def check() -> str:
        """Walk there: in steps of 1,000 as far as they go, the rest page by page."""
        client = Client(arena.cached)
        left, seen = (page - 1) * limit, 0
        path = f"{OUR_ITEMS}?limit={min(PAGE, left)}"
        while left:
            found = json.loads(opened(client.get(path)))
            seen += found["numberReturned"]
            left -= found["numberReturned"]
            following = next(x["href"] for x in found["links"] if x["rel"] == "next")
            parts = urlsplit(following)
            path = f"{parts.path}?{parts.query}".replace(
                f"limit={_limit(parts.query)}", f"limit={min(PAGE, left) or limit}"
            )
        found = json.loads(opened(client.get(path)))
        before = json.loads(opened(client.get(first)))
        client.close()
        if found["numberReturned"] != limit or before["numberReturned"] != limit:
            raise Different(f"{found['numberReturned']} features on page {page}")
        told = arena.here.run(
            f"SELECT id::text FROM published.{LAYER} ORDER BY id OFFSET {seen} LIMIT {limit}"
        )
        if [row[0] for row in told] != [f["id"] for f in found["features"]]:
            raise Different(f"page {page} has other features")
        there.append(path)
        return f"page {page:,} of {limit} has the features after {seen:,} others"

    return Heat(
        f"page {page:,} and page 1",
        {"page 1": lambda s: one(first, s), OURS: lambda s: one(there[-1], s)},
        ratios, check, unit="pages/s",
    )  # fmt: skip


def _limit(query: str) -> str:
    return next(p.partition("=")[2] for p in query.split("&") if p.startswith("limit="))


@contextmanager
def cached_heat(arena: Arena, *, many: int, ratios: tuple[Ratio, ...]) -> Iterator[Heat]:
    """Tiles that our server remembers against nginx that has the same bytes as files."""
    tiles = town.tiles(arena.here.count, zoom=18, most=4 * many)
    client, root = Client(arena.cached), arena.here.folder / "static"
    kept = []
    for tile in tiles:
        body = client.get(ours_path(LAYER, tile))
        if 0 < len(body) < SMALL:
            path = root / str(tile.z) / str(tile.y) / f"{tile.x}.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body if body[:2] == b"\x1f\x8b" else gzip.compress(body))
            kept.append(tile)
        if len(kept) == many:
            break
    client.close()
    paths = [ours_path(LAYER, t) for t in kept]
    with nginx(root) as server:
        theirs = [server.tile(LAYER, t) for t in kept]

        def check() -> str:
            one, other, size = Client(arena.cached), Client(server.address), 0
            for a, b in zip(paths, theirs, strict=True):
                mine = one.get(a)
                if mine != other.get(b) or not mine:
                    raise Different(a)
                size += len(mine)
            one.close(), other.close()
            mean = size / len(kept) / 1024
            return f"{len(kept)} tiles equal byte by byte, {mean:.1f} KiB each, 16 connections"

        yield Heat(
            "cached z18",
            {
                OURS: lambda s: load.over_http(arena.cached, paths, seconds=s, connections=16),
                f"nginx {server.version}": lambda s: load.over_http(
                    server.address, theirs, seconds=s, connections=16
                ),
            },
            ratios, check,
        )  # fmt: skip
