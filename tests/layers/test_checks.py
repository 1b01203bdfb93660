"""Every check finds its bad example, says so in both languages, and leaves the seed in peace."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor
from pyproj import Geod

from sitplan.catalogue import Catalogue, Check, read_check
from sitplan.checks import run_checks
from sitplan.ddl import ident
from sitplan.report import Problem

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = sorted(
    (path.parent.parent.name, path.stem) for path in (CHECKOUT / "layers").glob("*/checks/*.sql")
)
NAMES = [f"{layer}-{rule}" for layer, rule in RULES]
BY_ABSENCE = {"ends_elsewhere", "starts_elsewhere", "off_the_streets", "placed_nowhere",
              "outside_commune", "outside_urban_limit"}  # fmt: skip
"""Rules broken by what is not there: parting the validities does not mend them."""


def check_of(layer: str, rule: str) -> Check:
    return read_check(CHECKOUT / "layers" / layer / "checks" / f"{rule}.sql")


@pytest.fixture(scope="module")
def emptied(
    _clones: Callable[..., Any], catalogue: Catalogue
) -> Iterator[psycopg2.extensions.connection]:
    """A connection to a migrated database without a row."""
    with _clones() as url:
        link = psycopg2.connect(url)
        with link.cursor() as cursor:
            for layer in catalogue:
                cursor.execute(f"DELETE FROM layers.{ident(layer.name)}")
        link.commit()
        try:
            yield link
        finally:
            link.close()


@pytest.fixture
def empty(emptied: psycopg2.extensions.connection) -> Iterator[Cursor]:
    """A cursor in the database without a row, rolled back after the test."""
    with emptied.cursor() as cursor:
        yield cursor
    emptied.rollback()


def insert(
    cursor: Cursor, catalogue: Catalogue, layer: str, features: list[dict[str, Any]]
) -> None:
    """Write features as an officer with a database client would."""
    shape = catalogue.layer(layer).geometry
    point = "ST_Transform(ST_GeomFromGeoJSON(%s), %s)"
    for feature in features:
        said = {"visibility": "public", "review_state": "published"} | feature["properties"]
        columns, values, marks = list(said), list(said.values()), ["%s"] * len(said)
        if shape:
            columns.append("geom")
            values += [json.dumps(feature["geometry"]), catalogue.territory.storage_crs]
            marks.append(f"ST_Multi({point})" if shape.type.startswith("Multi") else point)
        cursor.execute(
            f"INSERT INTO layers.{ident(layer)} ({', '.join(map(ident, columns))})"
            f" VALUES ({', '.join(marks)})",
            values,
        )


def example_of(layer: str, rule: str) -> dict[str, Any]:
    path = CHECKOUT / "tests" / "layers" / layer / "bad" / f"{rule}.geojson"
    example: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return example


def insert_bad(cursor: Cursor, catalogue: Catalogue, layer: str, rule: str) -> None:
    example = example_of(layer, rule)
    for other, features in example.get("with", {}).items():
        insert(cursor, catalogue, other, features)
    insert(cursor, catalogue, layer, example["features"])


def found(cursor: Cursor, layer: str) -> dict[str, Problem]:
    return {p.code: p for p in run_checks(cursor, [layer]).problems if p.layer == layer}


@pytest.mark.parametrize(("layer", "rule"), RULES, ids=NAMES)
def test_bad_example_is_found(empty: Cursor, catalogue: Catalogue, layer: str, rule: str) -> None:
    insert_bad(empty, catalogue, layer, rule)
    problems = found(empty, layer)
    told = problems.pop(rule)
    assert told.severity == check_of(layer, rule).severity
    assert set(told.message) == set(told.hint) == {"es", "en"}
    for sentence in (*told.message.values(), *told.hint.values()):
        assert "{" not in sentence and "None" not in sentence
    assert told.feature
    assert (told.spot is None) == (catalogue.layer(layer).geometry is None)
    if rule not in ("crosses_river", "ends_in_hazard", "name_of_other_zone"):
        assert not problems, "the example shows one fault, not several"


SPOTTED = [r for r in RULES if "spot" in example_of(*r)]


@pytest.mark.parametrize(("layer", "rule"), SPOTTED, ids=[r for _, r in SPOTTED])
def test_the_spot_is_told_within_a_metre(
    empty: Cursor, catalogue: Catalogue, layer: str, rule: str
) -> None:
    insert_bad(empty, catalogue, layer, rule)
    told = found(empty, layer)[rule].spot
    assert told is not None
    *_, metres = Geod(ellps="WGS84").inv(*told, *example_of(layer, rule)["spot"])
    assert metres < 1


def test_a_route_may_leave_the_deep_but_not_enter_it(empty: Cursor, catalogue: Catalogue) -> None:
    insert_bad(empty, catalogue, "evacuation_routes", "through_deeper_hazard")
    empty.execute("UPDATE layers.hazard_zones SET level = 'alto' WHERE code = 'HZ-1'")
    assert "through_deeper_hazard" not in found(empty, "evacuation_routes")
    empty.execute("UPDATE layers.hazard_zones SET level = 'medio' WHERE code = 'HZ-1'")
    assert "through_deeper_hazard" in found(empty, "evacuation_routes")
    empty.execute("UPDATE layers.hazard_zones SET hazard = 'fire' WHERE code = 'HZ-2'")
    assert "through_deeper_hazard" not in found(empty, "evacuation_routes")


def test_the_rules_that_refuse_a_route_refuse_it() -> None:
    refused = {"parts_do_not_join", "ends_elsewhere", "ends_in_hazard", "through_deeper_hazard",
               "accessible_too_steep", "accessible_too_narrow", "accessible_with_stairs",
               "accessible_over_stairs", "along_motorway", "off_the_streets"}  # fmt: skip
    assert {check_of("evacuation_routes", r).severity for r in refused} == {"error"}


MEETING = [(n, *r) for n, r in zip(NAMES, RULES, strict=True) if "valid_to" in check_of(*r).sql]


@pytest.mark.parametrize(
    ("layer", "rule"), [m[1:] for m in MEETING if m[2] not in BY_ABSENCE],
    ids=[m[0] for m in MEETING if m[2] not in BY_ABSENCE],
)  # fmt: skip
def test_rows_of_different_times_are_not_compared(
    empty: Cursor, catalogue: Catalogue, layer: str, rule: str
) -> None:
    insert_bad(empty, catalogue, layer, rule)
    assert rule in found(empty, layer)
    empty.execute(f"SELECT min(code) FROM layers.{ident(layer)}")
    first = empty.fetchone()[0]
    for other in catalogue:
        empty.execute(
            f"UPDATE layers.{ident(other.name)} SET valid_from = '2020-01-01'"
            " WHERE NOT (%s = %s AND code = %s)",
            (other.name, layer, first),
        )
    empty.execute(
        f"UPDATE layers.{ident(layer)} SET valid_to = '2020-01-01' WHERE code = %s", (first,)
    )
    assert rule not in found(empty, layer)


def test_seed_breaks_no_check(db: Cursor, catalogue: Catalogue) -> None:
    report = run_checks(db, list(catalogue.layers))
    assert not report.problems, "\n".join(
        f"{p.layer}.{p.code}: {p.message['es']}" for p in report.problems[:40]
    )


def test_route_without_act_is_refused_at_commit(
    emptied: psycopg2.extensions.connection, catalogue: Catalogue
) -> None:
    with emptied.cursor() as cursor:
        insert_bad(cursor, catalogue, "evacuation_routes", "public_without_act")
        told = "la vía «Vía EV-1» es pública y no tiene acto"
        with pytest.raises(psycopg2.errors.CheckViolation, match=told):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    emptied.rollback()


GRID = """
    INSERT INTO layers.census_blocks (code, population, dwellings, visibility, review_state, geom)
    SELECT 'M-' || x || '-' || y, 40, 12, 'public', 'published',
           ST_Multi(ST_MakeEnvelope(east + x * 100, north + y * 100,
                                    east + x * 100 + 86, north + y * 100 + 86, %(srid)s))
    FROM generate_series(1, 60) AS x, generate_series(1, 50) AS y, origin
"""
STREETS = """
    INSERT INTO layers.roads (code, name, class, visibility, review_state, geom)
    SELECT 'R-' || x || '-' || y, 'Calle ' || x, 'residential', 'public', 'published',
           ST_Multi(ST_SetSRID(ST_MakeLine(
               ST_MakePoint(east + x * 100 + 93, north + y * 100),
               ST_MakePoint(east + x * 100 + 93, north + y * 100 + 100)), %(srid)s))
    FROM generate_series(1, 60) AS x, generate_series(1, 50) AS y, origin
"""
SQUARES = """
    INSERT INTO layers.green_areas (code, kind, visibility, review_state, geom)
    SELECT 'V-' || x || '-' || y, 'plaza', 'public', 'published',
           ST_Multi(ST_Buffer(
               ST_SetSRID(ST_MakePoint(east + x * 100, north + y * 100), %(srid)s), 40))
    FROM generate_series(1, 60) AS x, generate_series(1, 50) AS y, origin
"""
SCHOOLS = """
    INSERT INTO layers.facilities (code, name, kind, visibility, review_state, geom)
    SELECT 'E-' || x || '-' || y, 'Escuela', 'escuela', 'public', 'published',
           ST_SetSRID(ST_MakePoint(east + x * 100, north + y * 100), %(srid)s)
    FROM generate_series(1, 60) AS x, generate_series(1, 50) AS y, origin
"""
RIVER = """
    INSERT INTO layers.waterways (code, name, class, visibility, review_state, geom)
    SELECT 'W-' || y, 'Río', 'river', 'public', 'published',
           ST_Multi(ST_SetSRID(ST_MakeLine(
               ST_MakePoint(east, north + y * 100 - 3),
               ST_MakePoint(east + 6000, north + y * 100 - 3)), %(srid)s))
    FROM generate_series(1, 50, 10) AS y, origin
"""


def test_checks_take_at_most_a_second_on_three_thousand_features(
    empty: Cursor, catalogue: Catalogue
) -> None:
    west, south, east, north = catalogue.territory.bounds_projected
    middle = {
        "srid": catalogue.territory.storage_crs,
        "east": (west + east) / 2,
        "north": (south + north) / 2,
    }
    for statement in (GRID, STREETS, SQUARES, SCHOOLS, RIVER):
        empty.execute(
            statement.replace("INSERT", "WITH origin AS (SELECT %(east)s AS east,"
            " %(north)s AS north) INSERT", 1),
            middle,
        )  # fmt: skip
    slow = {}
    for layer, rule in RULES:
        begun = time.perf_counter()
        empty.execute(check_of(layer, rule).sql.replace("%", "%%"), ())
        taken = time.perf_counter() - begun
        if taken > 1:
            slow[f"{layer}.{rule}"] = round(taken, 2)
    assert not slow


def test_each_hazard_of_a_route_needs_its_own_safe_place(
    empty: Cursor, catalogue: Catalogue
) -> None:
    """A route for two hazards that ends where one alone is safe is refused, by the other's name."""
    insert_bad(empty, catalogue, "evacuation_routes", "ends_elsewhere")
    empty.execute(
        "INSERT INTO layers.safe_zones (code, name, hazard, geom)"
        " SELECT 'ZS-1', 'Terraza', ARRAY['flood'], ST_Multi(ST_Buffer(ST_EndPoint("
        "ST_GeometryN(geom, 1)), 20)) FROM layers.evacuation_routes"
    )
    empty.execute("UPDATE layers.evacuation_routes SET to_point = NULL")
    assert "ends_elsewhere" not in found(empty, "evacuation_routes")
    empty.execute("UPDATE layers.evacuation_routes SET hazard = ARRAY['flood', 'fire']")
    told = found(empty, "evacuation_routes")["ends_elsewhere"].message
    assert told["es"].endswith("de su amenaza (incendio)")
    assert told["en"].endswith("of its hazard (fire)")


def test_codes_are_told_by_their_titles(empty: Cursor, catalogue: Catalogue) -> None:
    insert_bad(empty, catalogue, "evacuation_routes", "through_deeper_hazard")
    told = found(empty, "evacuation_routes")["through_deeper_hazard"].message
    assert "de nivel alto" in told["es"] and "of level high" in told["en"]


def test_a_route_goes_where_there_are_no_streets_only_so_far(
    empty: Cursor, catalogue: Catalogue
) -> None:
    """The rule's own figures: 135 m away from all streets are too far, 99 m are a square."""
    insert_bad(empty, catalogue, "evacuation_routes", "off_the_streets")
    told = found(empty, "evacuation_routes")["off_the_streets"]
    assert "va 135 m lejos de toda calle" in told.message["es"]
    # a street that goes on for 36 m more leaves 99 m
    empty.execute(
        "UPDATE layers.roads SET geom = ST_Multi(ST_LineSubstring(ST_GeometryN(r.geom, 1), 0,"
        " 136 / ST_Length(r.geom))) FROM layers.evacuation_routes AS r"
    )
    assert "off_the_streets" not in found(empty, "evacuation_routes")
    empty.execute("DELETE FROM layers.roads")
    assert "off_the_streets" not in found(empty, "evacuation_routes"), "no street is told at all"
