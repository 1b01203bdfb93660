"""Whether servers that race give the same answer: the ids and values of what a tile shows."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import mapbox_vector_tile
import psycopg2

from sitplan.crs import tile_envelope
from sitplan.tiles import Tile
from tests.benchmarks.client import Client
from tests.benchmarks.ground import Address
from tests.benchmarks.town import SRID

Shown = dict[str, dict[str, Any]]
"""What a tile holds: properties by id."""


@dataclass(frozen=True)
class Compared:
    """How much was the same, and what each took for it."""

    tiles: int
    features: int
    sizes: dict[str, int]

    def __str__(self) -> str:
        kib = ", ".join(f"{name} {size / 1024:.0f}" for name, size in self.sizes.items())
        return f"{self.tiles} tiles, {self.features} features: same ids and values (KiB: {kib})"

    def and_(self, other: Compared) -> Compared:
        """Both, where the tiles are the same."""
        return replace(self, sizes=self.sizes | other.sizes)


class Different(AssertionError):
    """Two answers that should be the same are not."""


def opened(body: bytes) -> bytes:
    """A body without its gzip, if it has one."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def shown(body: bytes) -> Shown:
    """Properties of a tile's features by their `id` property; label points aside."""
    found: Shown = {}
    for layer in mapbox_vector_tile.decode(opened(body)).values():
        for feature in layer["features"]:
            values = dict(feature["properties"])
            found.setdefault(str(values.pop("id")), values)
    return found


def features(body: bytes) -> dict[str, Any]:
    """All of a tile, in an order that does not matter: shapes and properties of each layer."""
    return {
        name: sorted(
            repr((f["geometry"], sorted(f["properties"].items()))) for f in one["features"]
        )
        for name, one in mapbox_vector_tile.decode(opened(body)).items()
    }


def expected(url: str, layer: str, tile: Tile) -> set[str]:
    """The ids that a tile must hold: of all that reach one unit inside it.

    Peers differ in what they take along beyond the tile's edge, and may.
    """
    box = tile_envelope(tile.z, tile.x, tile.y)
    one = (box.east - box.west) / 4096
    corners = (box.west + one, box.south + one, box.east - one, box.north - one)
    link = psycopg2.connect(url)
    with link.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM peer.{layer} WHERE ST_Intersects(geom,"
            f" ST_Transform(ST_Segmentize(ST_MakeEnvelope(%s, %s, %s, %s, 3857), %s), {SRID}))",
            (*corners, (box.east - box.west) / 8),
        )
        found = {row[0] for row in cursor.fetchall()}
    link.close()
    return found


def tiles(
    url: str,
    layer: str,
    asked: Sequence[Tile],
    sides: dict[str, tuple[Address, Sequence[str]]],
) -> Compared:
    """Ask all sides for the same tiles; what was compared.

    Raises
    ------
    Different
        Where one lacks a feature that the tile shows, or tells other values of it.
    """
    wanted = [expected(url, layer, tile) for tile in asked]
    first: list[Shown] = []
    sizes: dict[str, int] = {}
    for name, (address, paths) in sides.items():
        client = Client(address)
        for nth, path in enumerate(paths):
            body = client.get(path)
            if not body and wanted[nth]:
                raise Different(f"{name}: nothing in {path}")
            sizes[name] = sizes.get(name, 0) + len(opened(body))
            found = shown(body) if body else {}
            if len(first) == nth:
                first.append(found)
            lacking = wanted[nth] - found.keys()
            if lacking:
                raise Different(f"{name} {path}: lacks {len(lacking)} of {len(wanted[nth])}")
            for one in wanted[nth]:
                if _alike(found[one]) != _alike(first[nth][one]):
                    raise Different(f"{name} {path}: {found[one]} is not {first[nth][one]}")
        client.close()
    return Compared(len(asked), sum(map(len, wanted)), sizes)


def _alike(values: dict[str, Any]) -> dict[str, Any]:
    """Values as text: a tile knows several kinds of number for the same one."""
    return {k: f"{v:.9g}" if isinstance(v, (int, float)) else v for k, v in values.items()}
