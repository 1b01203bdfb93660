"""Moments, filters and statements, as values: no database is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg2.extensions
import pytest

from sitplan.errors import BadRequest
from sitplan.layer import Layer, layer_from_declaration
from sitplan.query import FeatureQuery, Moment
from sitplan.told import parse_value, told_field, told_fields

ZONE = "America/Santiago"


@pytest.fixture(scope="module")
def layer() -> Layer:
    words = {"es": "x", "en": "x"}

    def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "type": kind, "title": words, **more}

    return layer_from_declaration(
        {
            "name": "things",
            "title": words,
            "description": words,
            "custodian": "x",
            "source": {"title": "x", "licence": "x", "date": "2026"},
            "access": {"read": "public"},
            "geometry": {"type": "MultiPolygon"},
            "fields": [
                field("name", "string"),
                field("avance_%", "number"),
                field("n", "integer"),
                field("yes", "boolean"),
                field("day", "date"),
                field("hazard", "array", codelist={"flood": words, "fire": words}),
                field("secret", "string", private=True),
            ],
        }
    )


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2024-06-01", date(2024, 6, 1)),
        ("2024-01-01T00:00:00Z", date(2023, 12, 31)),
        ("2024-01-01T03:00:00Z", date(2024, 1, 1)),
        ("2024-07-01T00:00:00-04:00", date(2024, 7, 1)),
        ("2024-06-01/2024-07-01", (date(2024, 6, 1), date(2024, 7, 1))),
        ("2024-06-01/..", (date(2024, 6, 1), None)),
        ("2024-06-01/", (date(2024, 6, 1), None)),
        ("../2024-06-01", (None, date(2024, 6, 1))),
        ("/2024-06-01", (None, date(2024, 6, 1))),
        ("../..", "any"),
        ("0000-01-01T00:00:00Z/2024-06-01T12:00:00Z", (None, date(2024, 6, 1))),
        ("2024-06-01T12:00:00Z/9999-12-31T00:00:00Z", (date(2024, 6, 1), None)),
    ],
)
def test_datetime_in_every_form(text: str, on: object) -> None:
    moment = Moment.parse(text, time_zone=ZONE)
    assert moment.on == on
    assert Moment.parse(moment.text, time_zone=ZONE) == moment


@pytest.mark.parametrize(
    "text",
    ["", "..", "yesterday", "2024-13-45T00:00:00Z", "2024-02-30", "2024", "2024-06-01T10:00:00",
     "2024-07-01/2024-06-01", "a/b/c", "2024-06-01/b", "9999-12-31", "2024-06-01T25:00:00Z"],
)  # fmt: skip
def test_what_is_no_datetime(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Moment.parse(text, time_zone=ZONE)
    assert caught.value.code == "wrong_datetime"


def test_recorded_time_needs_its_zone() -> None:
    with pytest.raises(BadRequest):
        Moment(as_of=datetime(2024, 1, 1))
    assert Moment(as_of=datetime(2024, 1, 1, tzinfo=UTC)).resolved(date(2026, 1, 1)).on == date(
        2026, 1, 1
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("name", "Peñaloza", "Peñaloza"),
        ("avance_%", "1.5", 1.5),
        ("n", "-7", -7),
        ("yes", "true", True),
        ("yes", "FALSE", False),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("hazard", "flood", "flood"),
    ],
)
def test_values_become_their_fields_type(layer: Layer, name: str, text: str, value: object) -> None:
    field = told_field(layer, name)
    assert field is not None and parse_value(field, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("avance_%", "1,5"), ("avance_%", "nan"), ("avance_%", "inf"), ("n", "1.0"), ("n", "9" * 19),
     ("n", "９"), ("yes", "sí"), ("day", "2024-02-30"), ("hazard", "quake"), ("name", "a\x00b")],
)  # fmt: skip
def test_values_that_do_not_fit(layer: Layer, name: str, text: str) -> None:
    field = told_field(layer, name)
    assert field is not None
    with pytest.raises(BadRequest):
        parse_value(field, text)


def test_a_private_field_is_as_if_it_were_not(layer: Layer) -> None:
    assert told_field(layer, "secret") is None
    assert "secret" not in {f.name for f in told_fields(layer)}
    query = FeatureQuery(layer=layer, srid=32719, moment=Moment(on=date(2024, 1, 1)))
    for statement, _ in (query.page(), query.frame(), query.count()):
        assert "secret" not in repr(statement)


def test_past_and_present_are_other_relations(layer: Layer) -> None:
    now = FeatureQuery(layer=layer, srid=32719, moment=Moment(on="any"))
    then = FeatureQuery(
        layer=layer, srid=32719, moment=Moment(on="any", as_of=datetime(2024, 1, 1, tzinfo=UTC))
    )
    assert "'published', 'things'" in repr(now.count()[0])
    assert "'published_past', 'things'" in repr(then.count()[0])
    assert len(then.count()[1]) == 2


def test_a_hostile_name_stays_an_identifier(layer: Layer, db: psycopg2.extensions.cursor) -> None:
    query = FeatureQuery(
        layer=layer,
        srid=32719,
        moment=Moment(on="any"),
        filters={"avance_%": 1.5, "hazard": "fire"},
    )
    statement, params = query.page()
    text = db.mogrify(statement, params).decode()
    assert '"avance_%"' in text and "ARRAY['fire']" in text
