"""What the samples hold: drawn once, with nulls in every field that may have them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shapely import LineString, MultiPoint, Point, Polygon, box

Row = dict[str, Any]

PRIVATE_MARK = "nobody-may-see-this"
WEIRD = "LÍNEA-1 ñ %"
FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "name", "type": "string"},
    {"name": "other", "type": "string"},
    {"name": WEIRD, "type": "string"},
    {"name": "n", "type": "integer"},
    {"name": "m", "type": "integer"},
    {"name": "x", "type": "number"},
    {"name": "yes", "type": "boolean"},
    {"name": "day", "type": "date"},
    {"name": "begin", "type": "datetime"},
    {"name": "end", "type": "datetime"},
    {
        "name": "hazard",
        "type": "array",
        "codelist": {c: {"es": c, "en": c} for c in ("flood", "fire", "quake")},
    },
    {"name": "secret", "type": "string", "private": True},
)
NAMES = (
    "Peñaloza", "penaloza", "PEÑALOZA", "nube", "ñandú", "oso", "Øre", "Straße", "STRASSE",
    "a", "A", "á", "b%", "b_", "b\\", "it's", "", "日本", 'q"q', "Nube",
)  # fmt: skip
DAYS = tuple(date(2022, 4, day) for day in (14, 15, 16, 17, 18))
_NOON = datetime(2022, 4, 16, 2, 30, tzinfo=UTC)
INSTANTS = tuple(_NOON + timedelta(hours=6 * step) for step in range(-4, 5))
SHAPES = (
    *(Point(x, y) for x in range(4) for y in range(3)),
    *(box(x, y, x + 2, y + 1) for x in range(3) for y in range(2)),
    LineString([(0, 0), (3, 0)]),
    LineString([(0, 0), (2, 2)]),
    LineString([(1, -1), (1, 3)]),
    Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]),
    MultiPoint([(0, 0), (3, 3)]),
)


def sample_rows(number: int = 80) -> tuple[Row, ...]:
    """The same rows at every call."""
    draw = random.Random(21065)

    def maybe(values: Any) -> Any:
        return None if draw.random() < 0.2 else draw.choice(values)

    found = []
    for position in range(number):
        begin = maybe(INSTANTS)
        since = maybe(DAYS)
        found.append(
            {
                "code": f"S-{position:03}",
                "name": maybe(NAMES),
                "other": maybe(NAMES),
                WEIRD: maybe(("uno", "dos")),
                "n": maybe(range(-5, 6)),
                "m": maybe(range(-3, 4)),
                "x": maybe((-2.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.5)),
                "yes": maybe((True, False)),
                "day": maybe(DAYS),
                "begin": begin,
                "end": begin and maybe([i for i in INSTANTS if i >= begin]),
                "hazard": maybe((["flood"], ["fire", "flood"], ["quake"], [])),
                "valid_from": since,
                "valid_to": maybe([d + timedelta(days=3) for d in DAYS if d >= (since or d)]),
                "geom": SHAPES[position % len(SHAPES)],
            }
        )
    return tuple(found)
