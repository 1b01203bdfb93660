"""Nothing of a filter reaches SQL as text: names are looked up, values are parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql as pgsql

from sitplan.cql2 import parse_filter, queryable_names
from sitplan.errors import BadRequest
from sitplan.layer import Layer
from sitplan.query import Condition

from .conftest import ZONE, Samples
from .rows import PRIVATE_MARK

pytestmark = pytest.mark.acceptance(55)

CHECKS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "'; DROP TABLE layers.samples; --",
            '"; SELECT pg_sleep(9); --',
            "' OR '1'='1",
            "%s",
            "%(x)s",
            "{0}",
            "{}",
            "\\'; --",
            "$$; --",
            "a\\",
            "f.secret",
            'name" = name OR "secret',
            "pg_sleep(5)",
        ]
    ),
)


def read(layer: Layer, tree: Any) -> Condition:
    return parse_filter(
        json.dumps(tree), layer=layer, storage=4326, time_zone=ZONE, lang="cql2-json"
    )


def spoken(text: pgsql.Composable) -> list[str]:
    """All pieces of SQL as they stand in our code, the names and numbers quoted by psycopg2."""
    if isinstance(text, pgsql.Composed):
        return [piece for part in text.seq for piece in spoken(part)]
    return [repr(text)]


@CHECKS
@given(value=HOSTILE)
def test_a_text_is_a_parameter(samples: Samples, value: str) -> None:
    for op, args in (
        ("=", [{"property": "name"}, value]),
        ("in", [{"property": "name"}, ["x", value]]),
        ("<", [value, {"op": "accenti", "args": [{"op": "casei", "args": [value]}]}]),
    ):
        tree = {"op": op, "args": args}
        if "\0" in value:
            with pytest.raises(BadRequest):
                read(samples.layer, tree)
            continue
        found = read(samples.layer, tree)
        calm = read(samples.layer, json.loads(json.dumps(tree).replace(json.dumps(value), '"x"')))
        assert spoken(found.text) == spoken(calm.text)
        assert value in found.params
        expected = {r["code"] for r in samples.rows if op == "=" and r["name"] == value}
        if op == "=":
            assert samples.codes(tree, "cql2-json") == expected
        else:
            samples.codes(tree, "cql2-json")


@CHECKS
@given(name=HOSTILE)
def test_a_name_is_looked_up(samples: Samples, name: str) -> None:
    if name in (*queryable_names(samples.layer), "geometry"):
        return
    with pytest.raises(BadRequest) as caught:
        read(samples.layer, {"op": "isNull", "args": [{"property": name}]})
    assert caught.value.code == "cql2_unknown_property"


@CHECKS
@given(name=HOSTILE)
def test_a_function_is_looked_up(samples: Samples, name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read(samples.layer, {"op": name, "args": []})
    codes = ("cql2_unknown_function", "cql2_wrong_json", "cql2_wrong_arguments")
    assert caught.value.code in codes


@CHECKS
@given(value=HOSTILE)
def test_dates_and_shapes_are_read_first(samples: Samples, value: str) -> None:
    shape = {"type": value, "coordinates": [0, 0]}
    for tree in (
        {"op": "=", "args": [{"property": "day"}, {"date": value}]},
        {"op": "=", "args": [{"property": "begin"}, {"timestamp": value}]},
        {"op": "t_after", "args": [{"property": "day"}, {"interval": [value, "2020-01-01x"]}]},
        {"op": "s_intersects", "args": [{"property": "geom"}, shape]},
        {"op": "s_intersects", "args": [{"property": "geom"}, {"bbox": [value, 0, 1, 1]}]},
    ):
        if value != "Point":
            with pytest.raises(BadRequest):
                read(samples.layer, tree)


def test_functions_of_the_database_are_unknown(samples: Samples) -> None:
    for text in (
        "pg_sleep(5) = 1",
        "version() = 'x'",
        "ST_Area(geom) > 1",
        "sitplan.casei(name)='x'",
    ):
        with pytest.raises(BadRequest) as caught:
            samples.codes(text)
        assert caught.value.code in ("cql2_unknown_function", "cql2_wrong_text")


def test_a_private_field_is_as_one_that_is_not_there(samples: Samples) -> None:
    def told(name: str) -> str:
        with pytest.raises(BadRequest) as caught:
            samples.codes(f"{name} = '{PRIVATE_MARK}'")
        return str(caught.value).replace(name, "…")

    assert told("secret") == told("nowhere") == told("notes") == told("created_by")
    assert "secret" not in told("nowhere")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name", "cql2_no_condition"),
        ("n + 1", "cql2_no_condition"),
        ("name = 1", "cql2_wrong_types"),
        ("n = 'x'", "cql2_wrong_types"),
        ("yes = 'true'", "cql2_wrong_types"),
        ("geom = 'x'", "cql2_wrong_types"),
        ("geom = geom", "cql2_wrong_types"),
        ("hazard > 'a'", "cql2_wrong_types"),
        ("name + 1 = 2", "cql2_wrong_types"),
        ("n LIKE 'x'", "cql2_wrong_types"),
        ("CASEI(n) = 'x'", "cql2_wrong_types"),
        ("n IN ('x')", "cql2_wrong_types"),
        ("INTERVAL(day, day) = day", "cql2_wrong_types"),
        ("S_INTERSECTS(geom, name)", "cql2_wrong_types"),
        ("T_AFTER(day, name)", "cql2_wrong_types"),
        ("T_AFTER(day, INTERVAL(n, n))", "cql2_wrong_types"),
        ("name LIKE other", "cql2_wrong_pattern"),
        ("name LIKE 'a\\\\'", "cql2_wrong_pattern"),
        ("T_DURING(day, INTERVAL('2020-01-01','..'))", "cql2_needs_intervals"),
        ("T_AFTER(day, INTERVAL('2020-01-01'))", "cql2_wrong_arguments"),
        ("CASEI(name, name) = 'x'", "cql2_wrong_arguments"),
        ("day = DATE('2022-02-30')", "cql2_wrong_date"),
        ("day > 'mañana'", "cql2_wrong_date"),
        ("begin > TIMESTAMP('2022-02-03T25:00:00Z')", "cql2_wrong_date"),
        ("n > 1e999", "cql2_wrong_value"),
        ("S_INTERSECTS(geom, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "cql2_wrong_geometry"),
        ("S_INTERSECTS(geom, POLYGON((0 0,1 1,1 0)))", "cql2_wrong_geometry"),
        ("S_INTERSECTS(geom, LINESTRING(0 0))", "cql2_wrong_geometry"),
        ("S_INTERSECTS(geom, BBOX(0,1,1,0))", "wrong_bbox"),
        ("S_INTERSECTS(geom, BBOX(0,1,1))", "wrong_bbox"),
        (
            "S_WITHIN(geom, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(1 1, 2 2)))",
            "cql2_mixed_collection",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(samples: Samples, text: str, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        samples.codes(text)
    assert caught.value.code == code
    assert caught.value.message("es") and caught.value.message("en") and caught.value.hint("en")


def test_points_are_counted(samples: Samples) -> None:
    one = ",".join(f"{n / 1e4:.4f} {n % 7}" for n in range(7000))
    shape = f"S_INTERSECTS(geom, LINESTRING({one}))"
    assert samples.codes(f"{shape} OR {shape}")
    with pytest.raises(BadRequest) as caught:
        samples.codes(" OR ".join([shape] * 3))
    assert caught.value.code in ("cql2_too_many_points", "cql2_too_long")
