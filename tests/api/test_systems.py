"""Reference systems by URI and by CURIE, of coordinates, boxes and filters; boxes in every form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pyproj
import pytest

from sitplan.catalogue import Catalogue

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
POINTS = "/api/collections/meeting_points"
BOX = (-70.77, -28.58, -70.75, -28.57)


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=30) as client:
        yield client


def page(http: httpx.Client, **params: str) -> httpx.Response:
    asked = {name.replace("_", "-"): value for name, value in params.items()}
    answer = http.get(f"{POINTS}/items", params={"limit": "1000", **asked})
    assert answer.status_code == 200, answer.text
    return answer


def ids(answer: httpx.Response) -> set[str]:
    return {one["id"] for one in answer.json()["features"]}


def names_of(uri: str) -> tuple[str, ...]:
    """A system's URI and its CURIE."""
    if uri == CRS84:
        return uri, "[OGC:CRS84]"
    return uri, f"[EPSG:{uri.rpartition('/')[2]}]"


@pytest.mark.acceptance(7)
def test_the_territorys_systems_are_offered(http: httpx.Client, catalogue: Catalogue) -> None:
    """Those declared, where PROJ knows them."""
    declared = [catalogue.territory.storage_crs, *catalogue.territory.other_crs]
    known = {str(code) for code in pyproj.database.get_codes("EPSG", "PROJECTED_CRS")}
    known |= {str(code) for code in pyproj.database.get_codes("EPSG", "GEOGRAPHIC_2D_CRS")}
    wanted = [CRS84, *(f"{EPSG}{code}" for code in declared if str(code) in known)]
    assert http.get(POINTS).json()["crs"] == wanted and len(wanted) >= 5


@pytest.mark.acceptance(7, 8)
def test_each_by_both_names_in_all_three_parameters(http: httpx.Client) -> None:
    """The same box in each, as `bbox-crs` and as `filter-crs`; the answer says what it is in."""
    wanted = ids(page(http, bbox=",".join(map(str, BOX))))
    assert 0 < len(wanted) < len(ids(page(http)))
    for uri in http.get(POINTS).json()["crs"]:
        code = 4326 if uri == CRS84 else int(uri.rpartition("/")[2])
        move = pyproj.Transformer.from_crs(4326, code, always_xy=True)
        west, south, east, north = move.transform_bounds(*BOX, densify_pts=0)
        is_flipped = code == 4326 and uri != CRS84
        corners = (south, west, north, east) if is_flipped else (west, south, east, north)
        text = ",".join(map(repr, corners))
        for name in names_of(uri):
            answer = page(http, crs=name)
            assert answer.headers["content-crs"] == f"<{uri}>"
            x, y = answer.json()["features"][0]["geometry"]["coordinates"]
            lon, lat = pyproj.Transformer.from_crs(code, 4326, always_xy=True).transform(
                *((y, x) if is_flipped else (x, y))
            )
            assert -72 < lon < -69 and -30 < lat < -27, name
            assert ids(page(http, bbox=text, bbox_crs=name)) == wanted, name
            found = page(http, filter=f"S_INTERSECTS(geom,BBOX({text}))", filter_crs=name)
            assert ids(found) == wanted, name


@pytest.mark.acceptance(9)
def test_a_box_of_six_numbers_has_heights_that_nobody_minds(http: httpx.Client) -> None:
    west, south, east, north = BOX
    flat = ids(page(http, bbox=f"{west},{south},{east},{north}"))
    assert ids(page(http, bbox=f"{west},{south},0,{east},{north},9000")) == flat
    three = page(http, bbox=f"{south},{west},-1,{north},{east},1", bbox_crs=f"{EPSG}4326")
    assert ids(three) == flat


@pytest.mark.acceptance(9)
@pytest.mark.parametrize("parameter", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize("name", ["http://www.opengis.net/def/crs/EPSG/0/2154", "EPSG:2154", "x"])
def test_another_is_400_and_tells_those_that_are(
    http: httpx.Client, parameter: str, name: str
) -> None:
    asked: dict[str, Any] = {parameter: name}
    asked |= {"bbox": "1,2,3,4", "filter": "S_INTERSECTS(geom,POINT(1 2))"}
    answer = http.get(f"{POINTS}/items", params=asked)
    told = answer.json()
    assert answer.status_code == 400 and told["code"] == "unknown_crs"
    for uri in http.get(POINTS).json()["crs"]:
        assert uri in told["hint"]


@pytest.mark.acceptance(9)
def test_south_above_north_is_400(http: httpx.Client) -> None:
    for box, crs in (("-71,-28,-70,-29", CRS84), ("-28,-71,-29,-70", f"{EPSG}4326")):
        answer = http.get(f"{POINTS}/items", params={"bbox": box, "bbox-crs": crs})
        assert answer.status_code == 400 and answer.json()["code"] == "wrong_bbox"


@pytest.mark.acceptance(16)
def test_all_layers_are_searched_at_once(http: httpx.Client, catalogue: Catalogue) -> None:
    """The best first, each with its layer, title and point; within a tenth of a second."""
    answers = [http.get("/api/search", params={"q": "PLAZA amb"}) for _ in range(6)]
    assert min(one.elapsed.total_seconds() for one in answers) < 0.1
    results = answers[0].json()["results"]
    assert results[0]["title"] == "Plaza Ambrosio O'Higgins"
    for one in results:
        assert one["layer"] in catalogue.layers
        assert one["layer_title"] == catalogue.layer(one["layer"]).title["es"]
        assert one["title"] and one["id"] and one["code"]
        if catalogue.layer(one["layer"]).geometry:
            lon, lat = (
                one["point"]["coordinates"] if isinstance(one["point"], dict) else one["point"]
            )
            assert -72 < lon < -69 and -30 < lat < -27
    layers = {one["layer"] for one in http.get("/api/search?q=plaza&limit=30").json()["results"]}
    assert len(layers) > 2
