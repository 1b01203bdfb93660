"""Each conformance class by examples such as the standard's, in both encodings.

What is expected is said by a condition on the row in Python; None is unknown and not found.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from shapely import LineString, MultiLineString, Point, Polygon, box

from .conftest import Samples
from .rows import WEIRD, Row

pytestmark = pytest.mark.acceptance(10)

Expected = Callable[[Row], Any]
NAME, GEOM = {"property": "name"}, {"property": "geom"}
N, M = {"property": "n"}, {"property": "m"}
DAY, BEGIN, END = {"property": "day"}, {"property": "begin"}, {"property": "end"}
NOON = "2022-04-16T02:30:00Z"
NOON_AT = datetime(2022, 4, 16, 2, 30, tzinfo=UTC)
SIXTEENTH = date(2022, 4, 16)
RING = [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]
SPAN = {"interval": [BEGIN, END]}


def op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args)}


def has(row: Row, *names: str) -> bool:
    return all(row[name] is not None for name in names)


def span(row: Row, test: Callable[[datetime, datetime], bool]) -> bool:
    return has(row, "begin", "end") and test(row["begin"], row["end"])


BASIC: list[tuple[str, Any, Expected]] = [
    ("name='nube'", op("=", NAME, "nube"), lambda r: r["name"] == "nube"),
    ("name<>'nube'", op("<>", NAME, "nube"), lambda r: has(r, "name") and r["name"] != "nube"),
    ("name<='nube'", op("<=", NAME, "nube"), lambda r: has(r, "name") and r["name"] <= "nube"),
    ("name > 'o'", op(">", NAME, "o"), lambda r: has(r, "name") and r["name"] > "o"),
    ("n>=-1", op(">=", N, -1), lambda r: has(r, "n") and r["n"] >= -1),
    ("x < 0.5", op("<", {"property": "x"}, 0.5), lambda r: has(r, "x") and r["x"] < 0.5),
    ("yes = true", op("=", {"property": "yes"}, True), lambda r: r["yes"] is True),
    ("yes=FALSE", op("=", {"property": "yes"}, False), lambda r: r["yes"] is False),
    ("n IS NULL", op("isNull", N), lambda r: r["n"] is None),
    ("geom IS NOT NULL", op("not", op("isNull", GEOM)), lambda r: True),
    (
        f"begin<=TIMESTAMP('{NOON}')",
        op("<=", BEGIN, {"timestamp": NOON}),
        lambda r: has(r, "begin") and r["begin"] <= NOON_AT,
    ),
    (
        "day=DATE('2022-04-16')",
        op("=", DAY, {"date": "2022-04-16"}),
        lambda r: r["day"] == SIXTEENTH,
    ),
    (
        "NOT (n<1) AND (name='oso' OR name IS NULL)",
        op("and", op("not", op("<", N, 1)), op("or", op("=", NAME, "oso"), op("isNull", NAME))),
        lambda r: has(r, "n") and r["n"] >= 1 and r["name"] in ("oso", None),
    ),
    ("TRUE", True, lambda r: True),
    ("false OR n=1", op("or", False, op("=", N, 1)), lambda r: r["n"] == 1),
    ("name = NULL", op("=", NAME, None), lambda r: False),
    (
        f"\"{WEIRD}\" = 'uno'",
        op("=", {"property": WEIRD}, "uno"),
        lambda r: r[WEIRD] == "uno",
    ),
    ("name = 'it''s'", op("=", NAME, "it's"), lambda r: r["name"] == "it's"),
    ("name = 'it\\'s'", op("=", NAME, "it's"), lambda r: r["name"] == "it's"),
    ("name = 'b\\\\'", op("=", NAME, "b\\"), lambda r: r["name"] == "b\\"),
]
ADVANCED: list[tuple[str, Any, Expected]] = [
    ("name LIKE 'n%'", op("like", NAME, "n%"), lambda r: (r["name"] or "").startswith("n")),
    ("name LIKE '_so'", op("like", NAME, "_so"), lambda r: r["name"] == "oso"),
    ("name LIKE 'b\\%'", op("like", NAME, "b\\%"), lambda r: r["name"] == "b%"),
    (
        "name NOT LIKE '%a%'",
        op("not", op("like", NAME, "%a%")),
        lambda r: has(r, "name") and "a" not in r["name"],
    ),
    ("n BETWEEN 1 AND 3", op("between", N, 1, 3), lambda r: has(r, "n") and 1 <= r["n"] <= 3),
    (
        "n NOT BETWEEN -1 AND 3.5",
        op("not", op("between", N, -1, 3.5)),
        lambda r: has(r, "n") and not -1 <= r["n"] <= 3.5,
    ),
    ("n IN (1, 2, 9)", op("in", N, [1, 2, 9]), lambda r: r["n"] in (1, 2)),
    (
        "name NOT IN ('oso', 'nube')",
        op("not", op("in", NAME, ["oso", "nube"])),
        lambda r: has(r, "name") and r["name"] not in ("oso", "nube"),
    ),
    (
        f"begin IN (TIMESTAMP('{NOON}'))",
        op("in", BEGIN, [{"timestamp": NOON}]),
        lambda r: r["begin"] == NOON_AT,
    ),
]
FOLDED: list[tuple[str, Any, Expected]] = [
    (
        "CASEI(name) = CASEI('straSSe')",
        op("=", op("casei", NAME), op("casei", "straSSe")),
        lambda r: r["name"] in ("Straße", "STRASSE"),
    ),
    (
        "CASEI(name) IN (CASEI('Øre'), CASEI('oso'))",
        op("in", op("casei", NAME), [op("casei", "Øre"), op("casei", "oso")]),
        lambda r: r["name"] in ("Øre", "oso"),
    ),
    (
        "CASEI(name) LIKE CASEI('PEÑA%')",
        op("like", op("casei", NAME), op("casei", "PEÑA%")),
        lambda r: r["name"] in ("Peñaloza", "PEÑALOZA"),
    ),
    (
        "ACCENTI(name) = ACCENTI('à')",
        op("=", op("accenti", NAME), op("accenti", "à")),
        lambda r: r["name"] in ("a", "á"),
    ),
    (
        "ACCENTI(CASEI(name)) = ACCENTI(CASEI('penaloza'))",
        op("=", op("accenti", op("casei", NAME)), op("accenti", op("casei", "penaloza"))),
        lambda r: r["name"] in ("Peñaloza", "penaloza", "PEÑALOZA"),
    ),
]
SPATIAL: list[tuple[str, Any, Expected]] = [
    (
        "S_INTERSECTS(geom, POINT(1 1))",
        op("s_intersects", GEOM, {"type": "Point", "coordinates": [1, 1]}),
        lambda r: r["geom"].intersects(Point(1, 1)),
    ),
    (
        "S_INTERSECTS(geom, POINT(20e-1 0.1E1))",
        op("s_intersects", GEOM, {"type": "Point", "coordinates": [2, 1]}),
        lambda r: r["geom"].intersects(Point(2, 1)),
    ),
    (
        "S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))",
        op("s_intersects", {"property": "geometry"}, {"bbox": [0, 0, 1, 1]}),
        lambda r: r["geom"].intersects(box(0, 0, 1, 1)),
    ),
    (
        "S_INTERSECTS(geom, BBOX(3, -90, -10, 0, 90, 10))",
        op("s_intersects", GEOM, {"bbox": [3, -90, -10, 0, 90, 10]}),
        lambda r: r["geom"].intersects(box(3, -90, 180, 90).union(box(-180, -90, 0, 90))),
    ),
    (
        "S_INTERSECTS(geom, MULTILINESTRING((0 1, 3 1), (2 2, 3 3)))",
        op(
            "s_intersects",
            GEOM,
            {"type": "MultiLineString", "coordinates": [[[0, 1], [3, 1]], [[2, 2], [3, 3]]]},
        ),
        lambda r: r["geom"].intersects(MultiLineString([[(0, 1), (3, 1)], [(2, 2), (3, 3)]])),
    ),
    (
        "S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(3 2), LINESTRING(0 2, 1 2)))",
        op(
            "s_intersects",
            GEOM,
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [3, 2]},
                    {"type": "LineString", "coordinates": [[0, 2], [1, 2]]},
                ],
            },
        ),
        lambda r: (
            r["geom"].intersects(LineString([(0, 2), (1, 2)])) or r["geom"].intersects(Point(3, 2))
        ),
    ),
    *(
        (
            f"S_{name.upper()}(geom, POLYGON((0 0, 2 0, 2 2, 0 2, 0 0)))",
            op(f"s_{name}", GEOM, {"type": "Polygon", "coordinates": [RING]}),
            lambda r, name=name: getattr(r["geom"], name)(Polygon(RING)),
        )
        for name in ("equals", "disjoint", "touches", "within", "contains", "overlaps", "crosses")
    ),
]
TEMPORAL: list[tuple[str, Any, Expected]] = [
    (
        "T_AFTER(day, DATE('2022-04-16'))",
        op("t_after", DAY, {"date": "2022-04-16"}),
        lambda r: has(r, "day") and r["day"] > SIXTEENTH,
    ),
    (
        "T_INTERSECTS(day, INTERVAL('2022-04-15', '2022-04-16'))",
        op("t_intersects", DAY, {"interval": ["2022-04-15", "2022-04-16"]}),
        lambda r: r["day"] in (date(2022, 4, 15), SIXTEENTH),
    ),
    (
        f"T_BEFORE(INTERVAL(begin, end), TIMESTAMP('{NOON}'))",
        op("t_before", SPAN, {"timestamp": NOON}),
        lambda r: span(r, lambda a, b: b < NOON_AT),
    ),
    (
        f"T_DURING(INTERVAL(begin, end), INTERVAL('..', '{NOON}'))",
        op("t_during", SPAN, {"interval": ["..", NOON]}),
        lambda r: span(r, lambda a, b: b < NOON_AT),
    ),
    (
        f"T_METBY(INTERVAL(begin, end), INTERVAL('..', '{NOON}'))",
        op("t_metby", SPAN, {"interval": ["..", NOON]}),
        lambda r: span(r, lambda a, b: a == NOON_AT),
    ),
    # a day and an instant meet in the territory's days: 02:30 UTC is still the 15th there
    (
        "begin = DATE('2022-04-15')",
        op("=", BEGIN, {"date": "2022-04-15"}),
        lambda r: has(r, "begin") and (r["begin"] - timedelta(hours=4)).date() == date(2022, 4, 15),
    ),
    # validity is half-open, as `datetime` has it
    (
        "T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('2022-04-18'))",
        op(
            "t_intersects",
            {"interval": [{"property": "valid_from"}, {"property": "valid_to"}]},
            {"date": "2022-04-18"},
        ),
        lambda r: (r["valid_from"] or date.min) <= date(2022, 4, 18) < (r["valid_to"] or date.max),
    ),
    ("valid_from IS NULL", op("isNull", {"property": "valid_from"}), lambda r: not r["valid_from"]),
]
EITHER_SIDE: list[tuple[str, Any, Expected]] = [
    ("'nube' < name", op("<", "nube", NAME), lambda r: has(r, "name") and r["name"] > "nube"),
    (
        "name=other",
        op("=", NAME, {"property": "other"}),
        lambda r: has(r, "name") and r["name"] == r["other"],
    ),
    ("n > m", op(">", N, M), lambda r: has(r, "n", "m") and r["n"] > r["m"]),
    ("'a' LIKE 'A'", op("like", "a", "A"), lambda r: False),
    ("1 < 2", op("<", 1, 2), lambda r: True),
    (
        "S_CONTAINS(BBOX(0,0,2,2), geom)",
        op("s_contains", {"bbox": [0, 0, 2, 2]}, GEOM),
        lambda r: box(0, 0, 2, 2).contains(r["geom"]),
    ),
]
ARITHMETIC: list[tuple[str, Any, Expected]] = [
    (
        "n + m = 2",
        op("=", op("+", N, M), 2),
        lambda r: has(r, "n", "m") and r["n"] + r["m"] == 2,
    ),
    (
        "n = 1 + 2 * 2 ^ 0 - 1",
        op("=", N, op("-", op("+", 1, op("*", 2, op("^", 2, 0))), 1)),
        lambda r: r["n"] == 2,
    ),
    ("n = 7 div 2", op("=", N, op("div", 7, 2)), lambda r: r["n"] == 3),
    ("n = -7 div 2", op("=", N, op("div", -7, 2)), lambda r: r["n"] == -3),
    ("x = 7 / 2", op("=", {"property": "x"}, op("/", 7, 2)), lambda r: r["x"] == 3.5),
    ("n % 2 = 1", op("=", op("%", N, 2), 1), lambda r: r["n"] in (1, 3, 5)),
    ("-n = 2", op("=", op("*", -1, N), 2), lambda r: r["n"] == -2),
    (
        "(n - 1) / m IS NULL",
        op("isNull", op("/", op("-", N, 1), M)),
        lambda r: not has(r, "n", "m") or r["m"] == 0,
    ),
    ("(0 - 1) ^ 0.5 IS NULL", op("isNull", op("^", op("-", 0, 1), 0.5)), lambda r: True),
    ("10 ^ 400 IS NULL", op("isNull", op("^", 10, 400)), lambda r: True),
]
CLASSES = {
    "basic-cql2": BASIC,
    "advanced-comparison-operators": ADVANCED,
    "case-and-accent-insensitive-comparison": FOLDED,
    "spatial-functions": SPATIAL,
    "temporal-functions": TEMPORAL,
    "property-property": EITHER_SIDE,
    "arithmetic": ARITHMETIC,
}


@pytest.mark.parametrize(
    ("text", "tree", "expected"),
    [pytest.param(*one, id=one[0]) for examples in CLASSES.values() for one in examples],
)
def test_example(samples: Samples, text: str, tree: Any, expected: Expected) -> None:
    codes = {row["code"] for row in samples.rows if expected(row)}
    assert samples.codes(text) == codes
    assert samples.codes(tree, "cql2-json") == codes


def test_an_array_is_asked_by_one_of_its_values(samples: Samples) -> None:
    """As the parameter of its name does it."""
    some = {r["code"] for r in samples.rows if "flood" in (r["hazard"] or ())}
    others = {r["code"] for r in samples.rows if has(r, "hazard")} - some
    assert samples.codes("hazard = 'flood'") == some
    assert samples.codes("hazard <> 'flood'") == others
    either = {r["code"] for r in samples.rows if {"flood", "quake"} & set(r["hazard"] or ())}
    assert samples.codes("hazard IN ('flood', 'quake')") == either


def test_texts_are_ordered_by_code_point(samples: Samples) -> None:
    found = samples.codes("name > 'nz'")
    assert {r["code"] for r in samples.rows if r["name"] == "ñandú"} <= found
