"""JSON-FG 1.0: what each requirement of its core, types and profiles asks for."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import geopandas
import pytest
import shapely

from sitplan.crs import crs_of
from sitplan.db import Database
from sitplan.export.jsonfg import time_of
from sitplan.query import Moment
from tests.sitplan.export.conftest import Exporter
from tests.sitplan.export.reading import within

CORE = "http://www.opengis.net/spec/json-fg-1/1.0/conf/core"
TYPES = "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"


def _document(exporter: Exporter, profile: str = "", fmt: str = "jsonfg", **more: Any) -> Any:
    path = exporter.save("green_areas", fmt, profile, **more)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.acceptance(30)
def test_the_root_says_what_it_conforms_to(exporter: Exporter) -> None:
    """/req/core/metadata, /req/types-schemas/metadata, feature-type, geometry-dimension."""
    schema = "http://example.test/schema"
    document = _document(exporter, schema_url=schema)
    assert {CORE, TYPES} <= set(document["conformsTo"])
    assert document["featureType"] == "green_areas" and document["featureSchema"] == schema
    assert document["geometryDimension"] == 2 and "coordRefSys" not in document
    for feature in document["features"]:
        assert feature["place"] is None and feature["geometry"]["type"] == "MultiPolygon"
        assert {"type", "id", "time", "geometry", "place", "properties"} <= set(feature)


def test_kinds_mixed_have_no_dimension(exporter: Exporter) -> None:
    path = exporter.save("project_locations", "jsonfg")
    assert "geometryDimension" not in json.loads(path.read_text(encoding="utf-8"))


def test_another_system_stands_in_place(exporter: Exporter) -> None:
    """/req/core/geometry-wgs84, place, axis-order: none in lon and lat under jsonfg."""
    storage = crs_of(exporter.territory.storage_crs)
    document = _document(exporter, crs=storage)
    assert document["coordRefSys"] == storage.uri
    shapes = [shapely.from_geojson(json.dumps(f["place"])) for f in document["features"]]
    within(list(exporter.truth("green_areas").geometry), shapes)
    assert all(f["geometry"] is None for f in document["features"])


@pytest.mark.acceptance(30)
def test_plus_has_both(exporter: Exporter) -> None:
    """/req/profiles/jsonfg-plus, /req/core/fallback: beside each place a geometry that differs."""
    for code in (exporter.territory.storage_crs, 4326):
        document = _document(exporter, "jsonfg-plus", crs=crs_of(code))
        truth = exporter.truth("green_areas")
        found = [shapely.from_geojson(json.dumps(f["geometry"])) for f in document["features"]]
        ground = geopandas.GeoSeries(found, crs=4326).to_crs(truth.crs)
        within(list(truth.geometry), list(ground), 0.002)
        assert all(f["place"] != f["geometry"] for f in document["features"])
    document = _document(exporter, "jsonfg-plus")
    assert all(f["place"] is None and f["geometry"] for f in document["features"])


def test_rfc7946_is_plain(exporter: Exporter) -> None:
    """/req/profiles/rfc7946: neither conformance class nor place."""
    document = _document(exporter, "rfc7946")
    assert "conformsTo" not in document and "place" not in document["features"][0]
    same = _document(exporter, "jsonfg", fmt="geojson")
    assert CORE in same["conformsTo"]


def test_a_sequence_is_of_root_features(exporter: Exporter) -> None:
    path = exporter.save("green_areas", "geojsonseq", "jsonfg")
    for text in path.read_text(encoding="utf-8").split("\x1e")[1:]:
        feature = json.loads(text)
        assert {CORE, TYPES} <= set(feature["conformsTo"])
        assert feature["featureType"] == "green_areas"


def test_time_is_the_validity_with_both_days_counted() -> None:
    """/req/core/interval: validity is kept half-open, an interval is closed."""
    assert time_of({"valid_from": None, "valid_to": None}) is None
    two = {"valid_from": date(2020, 1, 1), "valid_to": date(2020, 1, 2)}
    assert time_of(two) == {"interval": ["2020-01-01", "2020-01-01"]}
    assert time_of({"valid_from": date(2020, 1, 1)}) == {"interval": ["2020-01-01", ".."]}


def test_time_in_the_file(fresh: Database, exporter: Exporter) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.green_areas SET valid_from = '2020-01-01', valid_to = '2024-06-01'"
            " WHERE code IN (SELECT code FROM layers.green_areas GROUP BY code HAVING count(*) = 1)"
            " RETURNING id::text"
        )
        dated = {row[0] for row in cursor.fetchall()}
    with Database(fresh.settings, workers=1) as reader:
        one = Exporter(reader, exporter.layers, exporter.territory, exporter.folder)
        path = one.save("green_areas", "jsonfg", moment=Moment(on="any"))
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        found = [feature for feature in features if feature["id"] in dated]
        assert len(found) == len(dated) > 20
        for feature in found:
            assert feature["time"] == {"interval": ["2020-01-01", "2024-05-31"]}
            assert feature["properties"]["valid_to"] == "2024-06-01"
