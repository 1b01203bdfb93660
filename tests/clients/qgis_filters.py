"""Every kind of filter that QGIS hands to a server: as a person types it, as QGIS writes it in
CQL2 (QgsOapifCql2TextExpressionCompiler), and what it means for one feature.

Names of letters and digits stand bare, others in quotes; every operation is in parentheses, but
``IN`` and ``BETWEEN``; quotes and backslashes are doubled; instants have milliseconds. What the
compiler does not write (regular expressions, ``||``, CASE, most functions) never leaves QGIS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

Properties = dict[str, Any]
Meaning = Callable[[Properties], bool | None]


def about(name: str, test: Callable[[Any], bool]) -> Meaning:
    """Of a field that has a value."""
    return lambda p: p[name] is not None and test(p[name])


def sent(text: str) -> str:
    """A value of a query as Qt writes it (QUrlQuery, FullyEncoded): its plus stays a plus."""
    return quote(text, safe="!$'()*+,-./:;?@_~[]", encoding="utf-8")


_CLEAR = about("name", lambda v: not v.lower().startswith("plaza"))
FILTERS: tuple[tuple[str, str, Meaning], ...] = (
    # comparisons; texts, numbers, truth
    ("kind = 'plaza'", "(kind = 'plaza')", about("kind", lambda v: v == "plaza")),
    ("KIND <> 'plaza'", "(kind <> 'plaza')", about("kind", lambda v: v != "plaza")),
    ("public_access", '"public_access"', lambda p: p["public_access"] is True),
    ("public_access = true", '("public_access" = TRUE)', lambda p: p["public_access"] is True),
    ("lighting = false", "(lighting = FALSE)", lambda p: p["lighting"] is False),
    ("area_m2 > 5000", '("area_m2" > 5000)', about("area_m2", lambda v: v > 5000)),
    ("area_m2 <= 5000.5", '("area_m2" <= 5000.5)', about("area_m2", lambda v: v <= 5000.5)),
    ("area_m2 < 1e20", '("area_m2" < 1e+20)', about("area_m2", lambda v: True)),
    ("trees >= -5", "(trees >= -5)", about("trees", lambda v: True)),
    ("trees < 20", "(trees < 20)", about("trees", lambda v: v < 20)),
    ("kind > 'parque'", "(kind > 'parque')", about("kind", lambda v: v > "parque")),
    ("kind = ownership", "(kind = ownership)", lambda p: False),
    # nothing
    ("name IS NULL", "(name IS NULL)", lambda p: p["name"] is None),
    ("name IS NOT NULL", "(name IS NOT NULL)", lambda p: p["name"] is not None),
    ("NOT name IS NULL", "(NOT ((name IS NULL)))", lambda p: p["name"] is not None),
    ("name = NULL", "(name = NULL)", lambda p: False),
    # patterns
    ("name LIKE 'Plaza%'", "(name LIKE 'Plaza%')", about("name", lambda v: v.startswith("Plaza"))),
    ("name LIKE '%á%'", "(name LIKE '%á%')", about("name", lambda v: "á" in v)),
    ("name NOT LIKE '%a'", "(name NOT LIKE '%a')", about("name", lambda v: not v.endswith("a"))),
    (
        "name ILIKE 'PLAZA%'",
        "(CASEI(name) LIKE CASEI('PLAZA%'))",
        about("name", lambda v: v.lower().startswith("plaza")),
    ),
    ("name NOT ILIKE 'PLAZA%'", "(CASEI(name) NOT LIKE CASEI('PLAZA%'))", _CLEAR),
    (r"name LIKE '100\\%'", r"(name LIKE '100\\%')", lambda p: False),
    ("name = 'it''s \\ not'", "(name = 'it''s \\\\ not')", lambda p: False),
    (
        "name = 'Plaza Ambrosio O''Higgins'",
        "(name = 'Plaza Ambrosio O''Higgins')",
        about("name", lambda v: v == "Plaza Ambrosio O'Higgins"),
    ),
    # lists and ranges
    (
        "kind IN ('plaza', 'parque')",
        "kind IN ('plaza','parque')",
        about("kind", lambda v: v in ("plaza", "parque")),
    ),
    ("kind NOT IN ('plaza')", "kind NOT IN ('plaza')", about("kind", lambda v: v != "plaza")),
    (
        "trees BETWEEN 10 AND 60",
        "trees BETWEEN 10 AND 60",
        about("trees", lambda v: 10 <= v <= 60),
    ),
    (
        "trees NOT BETWEEN 10 AND 60",
        "trees NOT BETWEEN 10 AND 60",
        about("trees", lambda v: not 10 <= v <= 60),
    ),
    (
        "kind IN ('plaza') AND trees BETWEEN 10 AND 60",
        "(kind IN ('plaza') AND trees BETWEEN 10 AND 60)",
        lambda p: p["kind"] == "plaza" and p["trees"] is not None and 10 <= p["trees"] <= 60,
    ),
    (
        "trees BETWEEN 10 AND 60 AND kind = 'plaza'",
        "(trees BETWEEN 10 AND 60 AND (kind = 'plaza'))",
        lambda p: p["kind"] == "plaza" and p["trees"] is not None and 10 <= p["trees"] <= 60,
    ),
    # days and instants
    (
        "last_inspection > '2026-05-01'",
        "(\"last_inspection\" > DATE('2026-05-01'))",
        about("last_inspection", lambda v: v > "2026-05-01"),
    ),
    (
        "last_inspection <= make_date(2026, 5, 1)",
        "(\"last_inspection\" <= DATE('2026-05-01'))",
        about("last_inspection", lambda v: v <= "2026-05-01"),
    ),
    (
        "updated_at >= '2020-01-01T00:00:00Z'",
        "(\"updated_at\" >= TIMESTAMP('2020-01-01T00:00:00.000Z'))",
        lambda p: True,
    ),
    (
        "updated_at < make_datetime(2020, 1, 1, 0, 0, 0)",
        "(\"updated_at\" < TIMESTAMP('2020-01-01T00:00:00.000Z'))",
        lambda p: False,
    ),
    # sums: a plus is sent as a plus, beside spaces that are %20
    ("trees + 1 = 57", "((trees + 1) = 57)", about("trees", lambda v: v == 56)),
    ("trees - 1 = 55", "((trees - 1) = 55)", about("trees", lambda v: v == 56)),
    (
        "(trees + 1) * 2 - 1 = 113",
        "((((trees + 1) * 2) - 1) = 113)",
        about("trees", lambda v: v == 56),
    ),
    ("trees / 2 > 30.5", "((trees / 2) > 30.5)", about("trees", lambda v: v > 61)),
    ("trees % 2 = 0", "((trees % 2) = 0)", about("trees", lambda v: v % 2 == 0)),
    ("trees ^ 2 > 3600", "((trees ^ 2) > 3600)", about("trees", lambda v: v**2 > 3600)),
    ("-trees < -60", "(( - (trees)) < -60)", about("trees", lambda v: v > 60)),
    (
        "vegetated_m2 > area_m2 * 0.5",
        '("vegetated_m2" > ("area_m2" * 0.5))',
        lambda p: p["vegetated_m2"] is not None and p["vegetated_m2"] > p["area_m2"] * 0.5,
    ),
    # and, or, not
    (
        "(kind = 'plaza' AND trees > 10) OR (NOT lighting AND trees < 5)",
        "(((kind = 'plaza') AND (trees > 10)) OR ((NOT (lighting)) AND (trees < 5)))",
        lambda p: (
            p["trees"] is not None
            and (
                (p["kind"] == "plaza" and p["trees"] > 10)
                or (p["lighting"] is False and p["trees"] < 5)
            )
        ),
    ),
    (
        "NOT (kind = 'plaza' OR trees > 10)",
        "(NOT (((kind = 'plaza') OR (trees > 10))))",
        lambda p: p["trees"] is not None and not (p["kind"] == "plaza" or p["trees"] > 10),
    ),
)

REFUSED = (
    # QGIS's own equality that knows null: no CQL2, so it is told what is not understood, and where
    ("kind IS 'plaza'", "(kind IS 'plaza')"),
)
