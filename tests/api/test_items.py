"""Pages and single features over HTTP: parameters good and bad, systems, links."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyproj
import pytest

from sitplan.catalogue import Catalogue

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/api/collections/green_areas/items"


def _page(served: str, path: str = ITEMS, **params: Any) -> Any:
    answer = httpx.get(
        f"{served}{path}", params={k.replace("bbox_crs", "bbox-crs"): v for k, v in params.items()}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _code(served: str, path: str, **params: Any) -> tuple[int, str]:
    answer = httpx.get(
        f"{served}{path}", params={k.replace("bbox_crs", "bbox-crs"): v for k, v in params.items()}
    )
    return answer.status_code, answer.json().get("code", "")


def test_a_page_is_geojson(served: str) -> None:
    answer = httpx.get(f"{served}{ITEMS}", params={"limit": 3})
    page = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    assert page["type"] == "FeatureCollection" and page["numberReturned"] == 3
    assert page["numberMatched"] > 3 and page["timeStamp"].endswith("Z")
    for one in page["features"]:
        assert list(one) == ["type", "id", "geometry", "properties"]
        assert "id" not in one["properties"] and "crs" not in one["geometry"]
        for x, y in one["geometry"]["coordinates"][0][0]:
            assert len(f"{x}".split(".")[-1]) <= 7 and -72 < x < -69 and -30 < y < -27


@pytest.mark.acceptance(36)
def test_following_next_gives_each_id_once(served: str) -> None:
    for path in (ITEMS, "/api/collections/roads/items"):
        seen: list[str] = []
        url: str | None = (
            f"{served}{path}?limit=7" if path == ITEMS else f"{served}{path}?limit=100"
        )
        while url:
            page = httpx.get(url).json()
            seen += [one["id"] for one in page["features"]]
            following = [x["href"] for x in page["links"] if x["rel"] == "next"]
            url = following[0] if following else None
        assert len(seen) == len(set(seen)) == page["numberMatched"]


def test_next_keeps_what_was_asked(served: str) -> None:
    page = _page(
        served, limit=1, kind="plaza", bbox="-71,-29,-70,-28", crs=f"{EPSG}4326", lang="en"
    )
    following = next(x["href"] for x in page["links"] if x["rel"] == "next")
    asked = parse_qs(urlsplit(following).query)
    assert asked["kind"] == ["plaza"] and asked["bbox"] == ["-71,-29,-70,-28"]
    assert asked["crs"] == [f"{EPSG}4326"] and asked["limit"] == ["1"] and asked["lang"] == ["en"]
    second = httpx.get(following).json()
    assert {f["properties"]["kind"] for f in second["features"]} == {"plaza"}
    third = next(x["href"] for x in second["links"] if x["rel"] == "next")
    assert len(parse_qs(urlsplit(third).query)["after"]) == 1


@pytest.mark.acceptance(36)
@pytest.mark.parametrize("token", ["", "x", "AAAA", "a" * 40, "é", "../../etc"])
def test_a_tampered_mark_is_refused(served: str, token: str) -> None:
    assert _code(served, ITEMS, after=token) == (400, "wrong_token")


@pytest.mark.acceptance(3)
def test_limit_is_cut_not_refused(served: str) -> None:
    whole = _page(served, limit=10_000_000)
    assert whole["numberReturned"] == whole["numberMatched"]
    for wrong in ("0", "-1", "abc", "1.5", "", "１", "1e3"):
        assert _code(served, ITEMS, limit=wrong) == (400, "wrong_limit"), wrong


@pytest.mark.acceptance(3, 9)
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"unknown": "1"}, "unknown_parameter"),
        ({"limits": "1"}, "unknown_parameter_near"),
        ({"Bbox": "1,2,3,4"}, "unknown_parameter_near"),
        ({"maintenance_contract": "x"}, "unknown_parameter_near"),
        ({"visibility": "internal"}, "unknown_parameter"),
        ({"review_state": "draft"}, "unknown_parameter_near"),
        ({"bbox": "1,2,3"}, "wrong_bbox"),
        ({"bbox": "1,2,3,1"}, "wrong_bbox"),
        ({"datetime": "yesterday"}, "wrong_datetime"),
        ({"crs": "http://www.opengis.net/def/crs/0/unsupported"}, "unknown_crs"),
        ({"bbox_crs": "x", "bbox": "1,2,3,4"}, "unknown_crs"),
        ({"bbox_crs": "x"}, "unknown_crs"),
        ({"kind": "castle"}, "wrong_code"),
        ({"vegetated_m2": "many"}, "wrong_value"),
        ({"valid_from": "today"}, "wrong_value"),
        ({"lang": "fr"}, "wrong_choice"),
        ({"f": "pdf"}, "wrong_choice"),
        ({"limit": ["1", "2"]}, "repeated_parameter"),
    ],
)
def test_what_is_wrong_is_400_and_says_why(served: str, params: dict[str, Any], code: str) -> None:
    status, found = _code(served, ITEMS, **params)
    assert (status, found) == (400, code)


@pytest.mark.acceptance(3)
def test_an_unknown_parameter_names_the_nearest(served: str) -> None:
    answer = httpx.get(f"{served}{ITEMS}", params={"datetme": "2024-01-01", "lang": "en"}).json()
    assert "“datetime”" in answer["hint"] and "datetme" in answer["detail"]


@pytest.mark.acceptance(11)
def test_every_public_field_filters(served: str, catalogue: Catalogue) -> None:
    """Each value of the first features, asked for by its field, finds that feature."""
    for layer in catalogue:
        if not layer.is_public:
            continue
        path = f"/api/collections/{layer.name}/items"
        names = set(_page(served, f"/api/collections/{layer.name}/queryables")["properties"])
        for one in _page(served, path, limit=1)["features"]:
            for name, value in one["properties"].items():
                if value in (None, []) or name not in names:
                    continue
                asked = value[0] if isinstance(value, list) else value
                text = str(asked).lower() if isinstance(asked, bool) else str(asked)
                answer = httpx.get(f"{served}{path}", params={name: text, "limit": 10000})
                assert answer.status_code == 200, (layer.name, name, text, answer.text)
                found = answer.json()["features"]
                assert one["id"] in {f["id"] for f in found}, (layer.name, name, text)
                for other in found:
                    there = other["properties"][name]
                    assert value == there or (isinstance(there, list) and asked in there)


def test_an_array_is_asked_by_one_of_its_values(served: str) -> None:
    path = "/api/collections/evacuation_routes/items"
    every = _page(served, path)["features"]
    flood = {f["id"] for f in every if "flood" in f["properties"]["hazard"]}
    found = {f["id"] for f in _page(served, path, hazard="flood")["features"]}
    assert found == flood and len(flood) > 0


@pytest.mark.acceptance(11)
def test_filters_and_box_join(served: str) -> None:
    box = "-70.77,-28.59,-70.74,-28.56"
    inside = {f["id"] for f in _page(served, bbox=box)["features"]}
    plazas = {f["id"] for f in _page(served, kind="plaza")["features"]}
    both = {f["id"] for f in _page(served, kind="plaza", bbox=box)["features"]}
    assert both == inside & plazas and both


@pytest.mark.acceptance(7, 8)
def test_one_box_in_every_system_finds_the_same(served: str) -> None:
    """Degrees either way round and Web Mercator have the same straight edges; UTM its own."""
    box = (-70.77, -28.59, -70.74, -28.56)
    forms = {
        CRS84: "{0},{1},{2},{3}",
        f"{EPSG}4326": "{1},{0},{3},{2}",
        "[EPSG:4326]": "{1},{0},{3},{2}",
    }
    found = [
        [f["id"] for f in _page(served, bbox=form.format(*box), bbox_crs=crs)["features"]]
        for crs, form in forms.items()
    ]
    west, south, east, north = box
    to_metres = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform
    metres = ",".join(map(repr, (*to_metres(west, south), *to_metres(east, north))))
    found.append([f["id"] for f in _page(served, bbox=metres, bbox_crs=f"{EPSG}3857")["features"]])
    assert found[0] and all(one == found[0] for one in found)
    utm = "326000,6836000,329000,6839000"
    twice = [
        [f["id"] for f in _page(served, bbox=utm, bbox_crs=f"{EPSG}{code}")["features"]]
        for code in (32719, 5361)
    ]
    assert twice[0] and twice[0] == twice[1]


@pytest.mark.acceptance(9)
def test_a_box_over_180_degrees_finds_both_sides_only(served: str) -> None:
    town = _page(served, bbox="-71,-29,-70,-28")["numberMatched"]
    assert _page(served, bbox="170,-29,-70,-28")["numberMatched"] == town > 0
    assert _page(served, bbox="170,-29,-170,-28")["numberMatched"] == 0
    assert (
        _page(served, bbox="-180,-90,180.0000153,90")["numberMatched"]
        == _page(served)["numberMatched"]
    )


@pytest.mark.acceptance(7, 8)
def test_coordinates_in_every_offered_system(served: str) -> None:
    offered = _page(served, "/api/collections/meeting_points")["crs"]
    assert offered[0] == CRS84 and f"{EPSG}4326" in offered and f"{EPSG}32719" in offered
    path = "/api/collections/meeting_points/items"
    here = {f["id"]: f["geometry"]["coordinates"] for f in _page(served, path)["features"]}
    for crs in offered:
        answer = httpx.get(f"{served}{path}", params={"crs": crs})
        assert answer.headers["content-crs"] == f"<{crs}>"
        for one in answer.json()["features"]:
            x, y = one["geometry"]["coordinates"]
            if crs.endswith("/4326"):
                assert [y, x] == here[one["id"]]
            elif crs != CRS84:
                assert abs(x) > 1000 and abs(y) > 1000
                assert len(f"{x}".split(".")[-1]) <= 3


def test_one_feature(served: str) -> None:
    first = _page(served, limit=1)["features"][0]
    answer = httpx.get(f"{served}{ITEMS}/{first['id']}")
    one = answer.json()
    links = one.pop("links")
    assert one == first and answer.headers["content-crs"] == f"<{CRS84}>"
    assert {"self", "collection", "original", "timemap", "version-history"} <= {
        x["rel"] for x in links
    }
    assert _code(served, f"{ITEMS}/{first['id']}", datetime="1500-01-01")[0] in (200, 404)
    assert _code(served, f"{ITEMS}/{first['id']}", limit="1") == (400, "unknown_parameter")


@pytest.mark.parametrize(
    "missing", ["no-such-feature-0", "00000000-0000-0000-0000-000000000000", "%00"]
)
def test_no_such_feature(served: str, missing: str) -> None:
    assert _code(served, f"{ITEMS}/{missing}") == (404, "no_such_feature")


@pytest.mark.acceptance(25)
def test_qgis_asks_with_years_0000_and_9999(served: str) -> None:
    every = _page(served, datetime="../..")["numberMatched"]
    for text in ("0000-01-01T00:00:00Z/9999-12-31T00:00:00Z", "../9999-12-31T00:00:00Z"):
        assert _page(served, datetime=text)["numberMatched"] == every
