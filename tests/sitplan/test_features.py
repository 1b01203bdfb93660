"""Pages, boxes, moments and frames against brute force on real rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import geopandas
import orjson
import pandas
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg2 import sql as pgsql

from api.answers import dump
from sitplan.catalogue import Catalogue
from sitplan.columns import properties_column, told_column
from sitplan.crs import CRS84, LON_LAT, Box, box_polygon, crs_of
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.errors import NotFound, Unavailable
from sitplan.features import (
    count,
    read_facts,
    read_frame,
    read_one,
    read_page,
    read_written,
)
from sitplan.layer import Field, FieldType
from sitplan.query import FeatureQuery, Moment
from sitplan.told import told_fields

ANY = Moment(on="any")
LAYER = "census_blocks"


def _query(catalogue: Catalogue, name: str = LAYER, **more: Any) -> FeatureQuery:
    layer = catalogue.layer(name)
    asked = {"moment": ANY, "limit": 10_000, **more}
    return FeatureQuery(layer=layer, srid=srid(layer, catalogue.territory), **asked)


def _ids(page: Any) -> list[str]:
    return [one["id"] for one in page.features]


@pytest.fixture(scope="module")
def ground(seeded: Database, catalogue: Catalogue) -> GeoDataFrame:
    """The blocks in degrees, their sides cut so that they bend as they do in the storage CRS."""
    found = read_frame(seeded, catalogue.layer(LAYER), ANY)
    assert isinstance(found, GeoDataFrame) and len(found) > 100
    return found.assign(geometry=found.geometry.segmentize(20)).to_crs(LON_LAT)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(-70.80, -70.72), st.floats(-28.62, -28.54), st.floats(0, 0.08), st.floats(0, 0.08))
@example(-180, -90, 360, 180)
@example(-70.76, -28.58, 0, 0)
def test_bbox_equals_brute_force(
    seeded: Database, catalogue: Catalogue, ground: GeoDataFrame,
    west: float, south: float, dx: float, dy: float,
) -> None:  # fmt: skip
    box = Box(west, south, west + dx, south + dy)
    query = _query(catalogue)
    shape = box_polygon(box, source=LON_LAT, target=query.srid)
    assert shape is not None
    found = set(_ids(read_page(seeded, _query(catalogue, boxes=(shape,)))))
    hair = 1e-8  # 1 mm: what touches the edge to within it may be found or not
    surely = ground[ground.intersects(shapely.box(*box.padded(-hair).corners))] if (
        min(dx, dy) > 2 * hair
    ) else ground.iloc[:0]  # fmt: skip
    perhaps = ground[ground.intersects(shapely.box(*box.padded(hair).corners))]
    assert set(surely.id) <= found <= set(perhaps.id)


def test_one_box_in_four_systems_finds_the_same(seeded: Database, catalogue: Catalogue) -> None:
    """Parallels and meridians are straight in all of these; 4326 only turns them over."""
    box = Box(-70.765, -28.585, -70.75, -28.57)
    storage = catalogue.territory.storage_crs
    found = []
    for source in (4326, 3857):
        corners = box_polygon(box, source=4326, target=source)
        assert corners is not None
        shape = box_polygon(Box(*corners.bounds), source=source, target=storage)
        assert shape is not None
        found.append(_ids(read_page(seeded, _query(catalogue, boxes=(shape,)))))
    assert found[0] == found[1] and found[0]


def test_pages_hold_each_feature_once(seeded: Database, catalogue: Catalogue) -> None:
    whole = _ids(read_page(seeded, _query(catalogue)))
    assert len(whole) == count(seeded, _query(catalogue)) == len(set(whole))
    assert whole == sorted(whole)
    walked: list[str] = []
    query = _query(catalogue, limit=37)
    while True:
        page = read_page(seeded, query)
        walked += _ids(page)
        if page.following is None:
            break
        query = _query(catalogue, limit=37, after=page.following)
    assert walked == whole


def test_coordinates_in_every_system(seeded: Database, catalogue: Catalogue) -> None:
    name = "meeting_points"
    frame = read_frame(seeded, catalogue.layer(name), ANY)
    stored = dict(zip(frame.id, frame.geometry, strict=True))

    def points(crs: Any) -> dict[str, list[float]]:
        page = read_page(seeded, _query(catalogue, name, crs=crs))
        return {
            one["id"]: orjson.loads(orjson.dumps(one["geometry"]))["coordinates"]
            for one in page.features
        }

    lon_lat, lat_lon = points(CRS84), points(crs_of(4326))
    metres = points(crs_of(catalogue.territory.storage_crs))
    for one, (x, y) in lon_lat.items():
        assert lat_lon[one] == [y, x] and -71.3 < x < -69.9 and -29.4 < y < -27.9
        assert shapely.Point(metres[one]).distance(stored[one]) < 0.001


def test_rings_run_as_rfc_7946_wants(seeded: Database, catalogue: Catalogue) -> None:
    for one in read_page(seeded, _query(catalogue, limit=50)).features:
        shape = shapely.from_geojson(orjson.dumps(one["geometry"]))
        for part in shapely.get_parts(shape):
            assert part.exterior.is_ccw and not any(ring.is_ccw for ring in part.interiors)


def test_one_feature_or_none(seeded: Database, catalogue: Catalogue) -> None:
    first = read_page(seeded, _query(catalogue, limit=1)).features[0]
    assert read_one(seeded, _query(catalogue), first["id"])["id"] == first["id"]
    for missing in (str(uuid4()), "no-such-feature-0", "'; DROP TABLE layers.roads; --", "\x00"):
        with pytest.raises(NotFound):
            read_one(seeded, _query(catalogue), missing)


def test_a_table_is_a_layer_without_geometry(seeded: Database, catalogue: Catalogue) -> None:
    page = read_page(seeded, _query(catalogue, "objectives"))
    assert page.features and all(one["geometry"] is None for one in page.features)
    frame = read_frame(seeded, catalogue.layer("objectives"))
    assert type(frame) is pandas.DataFrame and len(frame) == len(page.features)


@pytest.mark.parametrize("schema", ["published", "published_past"])
def test_every_layer_reads_as_page_and_frame(
    seeded: Database, catalogue: Catalogue, schema: str
) -> None:
    """The same rows and values by both ways, in every layer, in both times."""
    as_of = None if schema == "published" else datetime.now(UTC) + timedelta(hours=1)
    moment = Moment(on="any", as_of=as_of)
    for layer in catalogue:
        if not layer.is_public:
            continue
        page = read_page(seeded, _query(catalogue, layer.name, moment=moment))
        frame = read_frame(seeded, layer, moment).set_index("id")
        assert set(frame.index) == set(_ids(page)), layer.name
        for one in page.features[:20]:
            row = frame.loc[one["id"]]
            for told in told_fields(layer):
                here, there = one["properties"][told.name], row[told.name]
                missing = there is None or (not isinstance(there, list) and pandas.isna(there))
                assert (here is None) == missing, (layer.name, told.name)
                if missing:
                    continue
                if isinstance(here, date) and not isinstance(here, datetime):
                    there = there.date()
                assert here == there, (layer.name, told.name)


def test_what_the_database_writes_is_what_python_would(
    seeded: Database, catalogue: Catalogue
) -> None:
    for layer in catalogue:
        query = FeatureQuery(
            layer=layer, srid=srid(layer, catalogue.territory), moment=Moment(on="any"), limit=2000
        )
        read = read_page(seeded, query).features
        written = read_page(seeded, query, written=True).features
        assert orjson.loads(dump(written)) == orjson.loads(dump(read)), layer.name
        ids = [one["id"] for one in read[:5]]
        found = read_written(seeded, query, [*ids, str(uuid4())])
        assert {
            one: (orjson.loads(shape or "null"), orjson.loads(told))
            for one, (shape, told) in found.items()
        } == {
            one["id"]: (one["geometry"], one["properties"]) for one in orjson.loads(dump(read[:5]))
        }


def test_what_is_told_is_quoted_once_for_the_same_fields(
    seeded: Database, catalogue: Catalogue
) -> None:
    for layer in catalogue:
        one, same = (properties_column(told_fields(layer)) for _ in range(2))
        assert one is same
        text, again = (seeded.read(one.as_string) for _ in range(2))
        assert text == again
        for told in told_fields(layer):
            assert f'f."{told.name}"' in text and f'AS "{told.name}"' in text
        assert seeded.read(properties_column(told_fields(layer)[1:]).as_string) != text


def test_strange_values_are_written_as_python_would(seeded: Database) -> None:
    kinds: dict[str, tuple[FieldType, str]] = {
        "text": ("string", r"""E'"quoted" \\ \n\u0001 ñandú 🌳 %s'"""),
        "nothing": ("string", "NULL::text"),
        "nan": ("number", "'NaN'::float8"),
        "endless": ("number", "'-Infinity'::float8"),
        "tiny": ("number", "5e-324::float8"),
        "third": ("number", "(1 / 3.0)::float8"),
        "huge": ("number", "1.7976931348623157e308::float8"),
        "large": ("integer", "9223372036854775807"),
        "truth": ("boolean", "true"),
        "never": ("date", "'-infinity'::date"),
        "day": ("date", "'2024-02-29'::date"),
        "second": ("datetime", "'2024-02-29T23:59:59-03'::timestamptz"),
        "moment": ("datetime", "'2024-02-29T23:59:59.120-03'::timestamptz"),
        "some": ("array", "ARRAY['a', 'b\"', NULL]"),
        "none": ("array", "ARRAY[]::text[]"),
    }
    title = {"es": "x", "en": "x"}
    fields = [Field(name=n, type=kind, title=title) for n, (kind, _) in kinds.items()]
    values = ", ".join(f'{value} AS "{name}"' for name, (_, value) in kinds.items())
    source = pgsql.SQL("FROM (SELECT ") + pgsql.SQL(values.replace("%", "%%")) + pgsql.SQL(") AS f")
    both = [properties_column(fields), *map(told_column, fields)]
    text = pgsql.SQL("SELECT {} ").format(pgsql.SQL(", ").join(both)) + source
    ((written, *read),) = seeded.fetch(text, [])
    assert orjson.loads(written) == orjson.loads(dump(dict(zip(kinds, read, strict=True))))
    assert '"second":"2024-03-01T02:59:59Z"' in written


@pytest.fixture
def changed(fresh: Database) -> Iterator[list[tuple[str, date | None, date | None]]]:
    """Three validities of one square and one without end, in a database of their own."""
    spans: list[tuple[str, date | None, date | None]] = [
        ("Q-1", None, date(2020, 1, 1)),
        ("Q-1", date(2020, 1, 1), date(2024, 6, 1)),
        ("Q-1", date(2024, 6, 1), None),
        ("Q-2", None, None),
    ]
    with fresh.transaction() as cursor:
        cursor.execute("DELETE FROM layers.critical_points")
        for code, first, last in spans:
            cursor.execute(
                "INSERT INTO layers.critical_points (code, name, cause, valid_from, valid_to,"
                " review_state, geom) VALUES (%s, %s, 'otro', %s, %s, 'published',"
                " ST_SetSRID(ST_MakePoint(328000, 6838000), 32719))",
                [code, f"{first}/{last}", first or "-infinity", last],
            )
    yield spans


@pytest.mark.parametrize(
    "text",
    ["2019-12-31", "2020-01-01", "2024-05-31", "2024-06-01", "2019-06-01/2020-06-01",
     "2020-01-01/2020-01-01", "2024-06-01/..", "../2019-01-01", "../..",
     "2020-01-01T02:59:59Z", "2020-01-01T03:00:00Z", "0000-01-01T00:00:00Z/2019-05-05T00:00:00Z",
     "2023-01-01T00:00:00Z/9999-12-31T00:00:00Z"],
)  # fmt: skip
def test_moments_equal_brute_force(
    fresh: Database, catalogue: Catalogue, changed: list[Any], text: str
) -> None:
    moment = Moment.parse(text, time_zone=catalogue.territory.time_zone)
    first, last = moment.days
    expected = {
        f"{begin}/{end}"
        for _, begin, end in changed
        if (last is None or begin is None or begin <= last)
        and (first is None or end is None or end > first)
    }
    page = read_page(fresh, _query(catalogue, "critical_points", moment=moment))
    assert {one["properties"]["name"] for one in page.features} == expected
    frame = read_frame(fresh, catalogue.layer("critical_points"), moment)
    assert set(frame["name"]) == expected


def test_the_past_is_read_as_it_was_recorded(fresh: Database, catalogue: Catalogue) -> None:
    layer = catalogue.layer("green_areas")
    before = datetime.now(UTC)
    code = read_frame(fresh, layer).code.iloc[0]
    name = read_frame(fresh, layer).name.iloc[0]
    with fresh.transaction() as cursor:
        cursor.execute("UPDATE layers.green_areas SET name = 'Otro' WHERE code = %s", [code])
    now, then = read_frame(fresh, layer), read_frame(fresh, layer, Moment(as_of=before))
    assert now.set_index("code").loc[code, "name"] == "Otro"
    assert then.set_index("code").loc[code, "name"] == name
    assert len(now) == len(then)


def test_facts_contain_all(seeded: Database, catalogue: Catalogue) -> None:
    today = catalogue.territory.today()
    for layer in catalogue:
        if not (layer.geometry and layer.is_public):
            continue
        facts = read_facts(seeded, layer, today=today, storage=catalogue.territory.storage_crs)
        frame = read_frame(seeded, layer, ANY)
        assert facts.count == len(read_frame(seeded, layer))
        if len(frame):
            bounds = frame.assign(geometry=frame.geometry.segmentize(500)).to_crs(LON_LAT)
            west, south, east, north = bounds.total_bounds
            assert facts.extent is not None
            box = facts.extent
            assert box.west <= west and box.south <= south
            assert box.east >= east and box.north >= north
            assert box.east - box.west < (east - west) * 1.2 + 0.001


def test_a_frame_is_typed_even_when_empty(seeded: Database, catalogue: Catalogue) -> None:
    layer = catalogue.layer("census_blocks")
    full = read_frame(seeded, layer)
    empty = read_frame(seeded, layer, Moment(on=date(1500, 1, 1)))
    assert full.crs == empty.crs == f"EPSG:{catalogue.territory.storage_crs}"
    if len(empty) == 0:
        assert list(empty.dtypes) == list(full.dtypes)
    assert str(full.dtypes["population"]) == "Int64"
    assert str(full.dtypes["valid_from"]) == "datetime64[s]"
    assert str(full.dtypes["updated_at"]) == "datetime64[us, UTC]"
    assert str(full.dtypes["code"]) == "str"


def test_strange_values_come_through_a_frame(fresh: Database, catalogue: Catalogue) -> None:
    """Nulls, empty lists, quotes, tabs and the letters of half the world, by both ways."""
    hostile = "a\tb\\n\"'\x1e€ñ😀 {1,2} %s \\x00"
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.initiatives SET name = %s, documents = '{}', tender_id = NULL"
            " WHERE code = (SELECT min(code) FROM layers.initiatives WHERE invented)"
            " RETURNING code",
            [hostile],
        )
        code = cursor.fetchone()[0]
    layer = catalogue.layer("initiatives")
    row = read_frame(fresh, layer, ANY).set_index("code").loc[code]
    page = read_page(fresh, _query(catalogue, "initiatives"))
    told = next(one["properties"] for one in page.features if one["properties"]["code"] == code)
    assert row["name"] == told["name"] == hostile
    assert row["documents"] == told["documents"] == []
    assert told["tender_id"] is None and pandas.isna(row["tender_id"])


def test_a_broken_layer_is_its_own_error(fresh: Database, catalogue: Catalogue) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("DROP VIEW published.green_areas")
    with pytest.raises(Unavailable) as caught:
        read_page(fresh, _query(catalogue, "green_areas"))
    assert caught.value.code == "broken_layer"
    assert read_page(fresh, _query(catalogue, "roads", limit=1)).features


def test_frames_equal_read_postgis(
    seeded: Database, catalogue: Catalogue, seeded_settings: Any
) -> None:
    import psycopg2

    link = psycopg2.connect(seeded_settings.database_url)
    with pytest.warns(UserWarning, match="SQLAlchemy"):
        peer = geopandas.read_postgis(
            "SELECT id::text, geom FROM published.roads", link, geom_col="geom"
        )
    link.close()
    ours = read_frame(seeded, catalogue.layer("roads"), ANY)
    assert ours.set_index("id").geometry.sort_index().geom_equals(
        peer.set_index("id").geometry.sort_index()
    ).all()  # fmt: skip
