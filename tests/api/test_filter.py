"""Filters over HTTP: with the other parameters, in every system, and as QGIS writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg2.extensions
import pyproj
import pytest

from sitplan.catalogue import Catalogue
from sitplan.cql2 import parse_filter
from sitplan.ddl import srid
from sitplan.query import FeatureQuery, Moment

AREAS = "/collections/green_areas/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Properties = dict[str, Any]


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def areas(http: httpx.Client) -> list[dict[str, Any]]:
    return list(page(http, AREAS)["features"])


def page(http: httpx.Client, path: str, **params: Any) -> dict[str, Any]:
    answer = http.get(path, params=params)
    assert answer.status_code == 200, answer.text[:500]
    return dict(answer.json())


def ids(http: httpx.Client, **params: Any) -> set[str]:
    return {f["id"] for f in page(http, AREAS, **params)["features"]}


def refused(http: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = http.get(AREAS, params=params)
    assert answer.status_code == 400, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    return dict(answer.json())


def about(value: Any, test: Callable[[Any], bool]) -> bool:
    return value is not None and test(value)


def test_qgis_finds_the_shape_and_the_classes(http: httpx.Client) -> None:
    """It filters on the server where it sees these, and by the shape of this address."""
    classes = page(http, "/conformance")["conformsTo"]
    for name in ("ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter",
                 "cql2/1.0/conf/basic-cql2", "cql2/1.0/conf/cql2-text",
                 "cql2/1.0/conf/basic-spatial-operators"):  # fmt: skip
        assert f"http://www.opengis.net/spec/{name}" in classes
    fields = page(http, "/collections/green_areas/queryables")["properties"]
    assert fields["geom"]["$ref"] == "https://geojson.org/schema/MultiPolygon.json"
    assert all("type" in field for name, field in fields.items() if name != "geom")


@pytest.mark.acceptance(7, 8)
def test_a_box_in_four_systems(http: httpx.Client, catalogue: Catalogue) -> None:
    """As `bbox` finds it; in 4326 the latitude comes first."""
    collection = page(http, "/collections/green_areas")
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    middle = (west + east) / 2
    wanted = ids(http, bbox=f"{west},{south},{middle},{north}")
    assert 0 < len(wanted) < len(ids(http))
    assert wanted == ids(http, filter=f"S_INTERSECTS(geom,BBOX({west},{south},{middle},{north}))")
    ring = [(west, south), (middle, south), (middle, north), (west, north), (west, south)]
    for uri in (CRS84, f"{EPSG}4326", f"{EPSG}3857", collection["storageCrs"]):
        code = 4326 if uri == CRS84 else int(uri.rpartition("/")[2])
        move = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform
        points = [move(x, y) for x, y in ring]
        if uri == f"{EPSG}4326":
            points = [(y, x) for x, y in points]
        text = ",".join(f"{x!r} {y!r}" for x, y in points)
        found = ids(http, **{"filter": f"S_INTERSECTS(geom,POLYGON(({text})))", "filter-crs": uri})
        assert found == wanted, uri


@pytest.mark.parametrize(
    ("shape", "finds_all"),
    [
        ("BBOX(-180,-90,180,90)", True),
        ("BBOX(170,-60,-60,20)", True),  # over 180°
        ("POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))", True),
        ("POLYGON((-120 -80,-20 -80,-20 10,-120 10,-120 -80))", True),
        ("MULTIPOLYGON(((-80 -40,-60 -40,-60 -20,-80 -20,-80 -40)))", True),
        ("BBOX(170,-60,-175,20)", False),
        ("BBOX(10,50,11,51)", False),
        ("POINT(100 60)", False),
        ("LINESTRING(100 60,140 10)", False),
        ("POLYGON((100 60,140 10,150 70,100 60))", False),
        ("GEOMETRYCOLLECTION(POINT(100 60),POINT(120 60))", False),
        ("GEOMETRYCOLLECTION(POINT(100 60),LINESTRING(120 60,121 61))", False),
    ],
)
def test_the_world_is_larger_than_the_storage_system(
    http: httpx.Client, areas: list[dict[str, Any]], shape: str, finds_all: bool
) -> None:
    """What metres cannot hold is cut away, and what lies beyond meets nothing."""
    every = {f["id"] for f in areas}
    wanted = every if finds_all else set()
    assert ids(http, filter=f"S_INTERSECTS(geom,{shape})") == wanted
    assert ids(http, filter=f"S_DISJOINT(geom,{shape})") == every - wanted
    if not shape.startswith("GEOMETRYCOLLECTION"):
        assert ids(http, filter=f"S_WITHIN(geom,{shape})") == wanted
        for name in ("EQUALS", "TOUCHES", "OVERLAPS", "CROSSES", "CONTAINS"):
            assert ids(http, filter=f"S_{name}(geom,{shape})") == set()


@pytest.mark.parametrize("code", ["3857", "storage"])
def test_numbers_that_no_place_has_find_nothing(http: httpx.Client, code: str) -> None:
    uri = page(http, "/collections/green_areas")["storageCrs"]
    uri = uri if code == "storage" else f"{EPSG}{code}"
    for shape in ("POINT(9e9 9e9)", "POLYGON((1e9 1e9,2e9 1e9,1.5e9 3e9,1e9 1e9))"):
        assert ids(http, **{"filter": f"S_WITHIN(geom,{shape})", "filter-crs": uri}) == set()


@pytest.mark.acceptance(11)
def test_all_parameters_hold_together(http: httpx.Client, areas: list[dict[str, Any]]) -> None:
    parts: list[dict[str, str]] = [
        {"filter": "trees > 20 OR lighting = true"},
        {"kind": "plaza"},
        {"bbox": "-70.77,-28.58,-70.75,-28.57"},
        {"datetime": "2026-01-01/.."},
    ]
    together = {key: value for part in parts for key, value in part.items()}
    wanted = set.intersection(*(ids(http, **part) for part in parts))
    assert ids(http, **together) == wanted
    assert page(http, AREAS, **together)["numberMatched"] == len(wanted)


def test_an_id_that_is_none_finds_nothing(http: httpx.Client) -> None:
    assert ids(http, replaces="abc") == ids(http, filter="replaces = 'abc'") == set()


def test_the_next_page_keeps_the_filter(http: httpx.Client) -> None:
    asked = {"filter": "CASEI(name) LIKE CASEI('pla%') AND area_m2 > 10 + 0", "limit": "3"}
    wanted = ids(http, filter=asked["filter"])
    found: list[str] = []
    here: dict[str, Any] = page(http, AREAS, **asked)
    while True:
        assert here["numberMatched"] == len(wanted)
        found += [f["id"] for f in here["features"]]
        following = [one["href"] for one in here["links"] if one["rel"] == "next"]
        if not following:
            break
        here = http.get(following[0]).json()
    assert len(found) == len(set(found)) and set(found) == wanted and len(wanted) > 3


def test_every_queryable_can_be_filtered_by(http: httpx.Client, catalogue: Catalogue) -> None:
    """The first feature is found by each of its values, in JSON, whatever the field is called."""
    for layer in catalogue:
        if not layer.is_public:
            continue
        here = f"/collections/{layer.name}"
        fields = page(http, f"{here}/queryables")["properties"]
        for one in page(http, f"{here}/items", limit=1)["features"]:
            for name, field in fields.items():
                value = one["properties"].get(name)
                if value in (None, []):
                    continue
                value = value[0] if isinstance(value, list) else value
                kind = {"date": "date", "date-time": "timestamp"}.get(field.get("format", ""))
                tree = {"op": "=", "args": [{"property": name}, {kind: value} if kind else value]}
                asked = {"filter": json.dumps(tree), "filter-lang": "cql2-json", "limit": 10_000}
                found = page(http, f"{here}/items", **asked)["features"]
                assert one["id"] in {f["id"] for f in found}, (layer.name, name, value)
            missing = [name for name in one["properties"] if one["properties"][name] is None]
            for name in missing:
                asked = {"filter": f'"{name}" IS NULL', "limit": 10_000}
                found = page(http, f"{here}/items", **asked)["features"]
                assert one["id"] in {f["id"] for f in found}, (layer.name, name)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"filter": "kind = 'plaza' AND"}, "cql2_wrong_text"),
        ({"filter": ""}, "cql2_wrong_text"),
        ({"filter": "kind = 'plaza'", "filter-lang": "cql2-json"}, "cql2_wrong_json"),
        ({"filter": "kind = 'plaza'", "filter-lang": "cql-text"}, "wrong_choice"),
        ({"filter": "kind = 'plaza'", "filter-crs": f"{EPSG}1"}, "unknown_crs"),
        ({"filter-lang": "ecql"}, "wrong_choice"),
        ({"filter": "colour = 'green'"}, "cql2_unknown_property"),
        ({"filter": "1e308 * 10 + trees > 0"}, "cql2_no_result"),
        ({"filter": "(" * 150 + "kind"}, "cql2_wrong_text"),
    ],
)
def test_what_is_wrong_is_400_and_says_why(
    http: httpx.Client, params: dict[str, str], code: str
) -> None:
    found = refused(http, **params)
    assert found["code"] == code and found["detail"] and found["hint"]
    english = refused(http, **params, lang="en")
    assert english["detail"] != found["detail"]


@pytest.mark.acceptance(11)
def test_an_unknown_property_names_those_that_are_there(http: httpx.Client) -> None:
    found = refused(http, filter="colour = 'green'")
    for name in page(http, "/collections/green_areas/queryables")["properties"]:
        assert name in found["hint"]


@pytest.mark.acceptance(11, 51)
def test_a_private_field_is_no_oracle(http: httpx.Client) -> None:
    """Whatever is asked of one, the answer is that of a field that is not there."""
    for name in ("maintenance_contract", "notes", "visibility", "review_state", "updated_by"):
        for template in ("{} = 'x'", "{} IS NULL", "NOT ({} > 'a') OR TRUE", "CASEI({}) LIKE '%'"):
            found = refused(http, filter=template.format(name))
            absent = refused(http, filter=template.format("no_such_field"))
            told = [
                d["detail"].replace(n, "…") for d, n in ((found, name), (absent, "no_such_field"))
            ]
            assert told[0] == told[1] and found["hint"] == absent["hint"]
            assert name not in found["hint"]


def test_a_table_has_no_shape(http: httpx.Client) -> None:
    here = "/collections/objectives"
    assert "geom" not in page(http, f"{here}/queryables")["properties"]
    answer = http.get(f"{here}/items", params={"filter": "S_INTERSECTS(geom, POINT(0 0))"})
    assert (answer.status_code, answer.json()["code"]) == (400, "cql2_unknown_property")


def test_a_shape_is_looked_up_in_the_index(
    db: psycopg2.extensions.cursor, catalogue: Catalogue
) -> None:
    layer = catalogue.layer("roads")
    storage = srid(layer, catalogue.territory)
    db.execute("SET LOCAL enable_seqscan = off")
    for name in ("INTERSECTS", "WITHIN", "CONTAINS", "TOUCHES", "EQUALS", "OVERLAPS", "CROSSES"):
        for text in (f"S_{name}(geom, {{}})", f"S_{name}({{}}, geom)"):
            condition = parse_filter(
                text.format("BBOX(-70.76,-28.58,-70.75,-28.57)"),
                layer=layer,
                storage=storage,
                time_zone="UTC",
            )
            query = FeatureQuery(
                layer=layer, srid=storage, moment=Moment(on="any"), filter=condition
            )
            statement, params = query.count()
            db.execute("EXPLAIN " + statement.as_string(db), params)
            plan = "\n".join(row[0] for row in db.fetchall())
            assert "roads_geom" in plan or "gist" in plan, plan
