"""Lines 30, 32, 33, 35 over HTTP: whole layers as files, what is asked, what breaks on the way."""

from __future__ import annotations

import gzip
import io
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.export.formats import FORMATS, formats_of
from tests.sitplan.export.reading import read_csv, read_geojson, read_parquet, read_vector

LAYER = "/api/collections/green_areas"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def _get(served: str, path: str, **more: Any) -> httpx.Response:
    return httpx.get(f"{served}{path}", timeout=60, **more)


def _ids(served: str, query: str) -> list[str]:
    page = _get(served, f"{LAYER}/items?limit=10000&{query}").json()
    return sorted(f["id"] for f in page["features"])


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.acceptance(30, 33, 55)
def test_every_format_is_sent_as_what_it_is(served: str, name: str, tmp_path: Path) -> None:
    answer = _get(served, f"{LAYER}/export?f={name}")
    assert answer.status_code == 200 and answer.headers["content-type"] == FORMATS[name].media_type
    told = answer.headers["content-disposition"]
    assert told.startswith('attachment; filename="green_areas-20')
    assert told.endswith(f'.{FORMATS[name].extension}"')
    is_lon_lat = FORMATS[name].system == "lonlat"
    crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84" if is_lon_lat else f"{EPSG}32719"
    assert answer.headers["content-crs"] == f"<{crs}>"
    assert ("content-length" in answer.headers) == (FORMATS[name].build is not None)
    matched = _get(served, f"{LAYER}/items?limit=1").json()["numberMatched"]
    path = tmp_path / f"file.{FORMATS[name].extension}"
    path.write_bytes(answer.content)
    if name == "parquet":
        assert len(read_parquet(path)[1]) == matched
    elif name == "csv":
        assert len(read_csv(answer.content)) == matched
    elif name in ("gpkg", "fgb", "kml", "geojson", "geojsonseq", "ndjson", "shp"):
        assert len(read_vector(f"/vsizip/{path}" if name == "shp" else path)[1]) == matched


def test_a_collection_offers_its_files(served: str, catalogue: Catalogue) -> None:
    for layer in catalogue:
        if not layer.is_public:
            continue
        for lang in ("es", "en"):
            found = _get(served, f"/api/collections/{layer.name}?lang={lang}").json()["links"]
            files = [x for x in found if x["rel"] == "enclosure"]
            offered = {x["href"].split("f=")[1].split("&")[0]: x for x in files}
            assert set(offered) == set(formats_of(layer)), layer.name
            for name, one in offered.items():
                assert one["type"] == FORMATS[name].media_type and one["title"]
    assert not {"shp", "kml", "dxf", "fgb"} & set(formats_of(catalogue.layer("objectives")))


def test_f_beats_accept(served: str) -> None:
    gpkg = FORMATS["gpkg"].media_type
    for accept, query, kind in (
        (gpkg, "", gpkg),
        (gpkg, "?f=csv", "text/csv"),
        ("text/csv;q=0.5, application/vnd.flatgeobuf", "", "application/vnd.flatgeobuf"),
        ("*/*", "", "application/geo+json"),
        ("image/png", "?f=kml", FORMATS["kml"].media_type),
    ):
        answer = _get(served, f"{LAYER}/export{query}", headers={"Accept": accept})
        assert answer.headers["content-type"] == kind, (accept, query)
        assert "Accept" in answer.headers["vary"]
    refused = _get(served, f"{LAYER}/export", headers={"Accept": "image/png"})
    assert refused.status_code == 406 and refused.json()["code"] == "not_acceptable"


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("green_areas/export?f=gml", "wrong_choice", "geojson"),
        ("initiatives/export?f=shp", "wrong_choice", "xlsx"),
        ("green_areas/export?f=gpkg&limit=3", "unknown_parameter", "bbox"),
        ("green_areas/export?f=gpkg&profil=x", "unknown_parameter_near", "profile"),
        ("green_areas/export?f=gpkg&profile=excel", "wrong_choice", "name-as-title"),
        ("green_areas/export?f=gpkg&coordinates=wkt", "wrong_choice", "—"),
        ("green_areas/export?f=csv&coordinates=x", "wrong_choice", "lonlat"),
        (f"green_areas/export?f=kml&crs={EPSG}32719", "format_crs", "CRS84"),
        (f"green_areas/export?f=dxf&crs={EPSG}4326", "format_crs", "32719"),
        (f"green_areas/export?f=csv&coordinates=utm&crs={EPSG}3857", "format_crs", "32719"),
        ("green_areas/export?f=gpkg&crs=EPSG:9999", "unknown_crs", "CRS84"),
        ("green_areas/export?f=gpkg&kind=zzz", "wrong_code", "plaza"),
        ("green_areas/export?f=gpkg&filter=kind%20=", "cql2_wrong_text", ""),
        ("green_areas/export?f=gpkg&maintenance_contract=x", "unknown_parameter", ""),
    ],
)
def test_what_is_asked_wrongly_is_400_and_says_so(
    served: str, path: str, code: str, says: str
) -> None:
    for lang in ("es", "en"):
        answer = _get(served, f"/api/collections/{path}&lang={lang}")
        problem = answer.json()
        assert answer.status_code == 400 and answer.headers["content-language"] == lang
        assert problem["code"].startswith(code) and says in problem["hint"], problem
        assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "kind=plaza", "bbox=-70.765,-28.58,-70.75,-28.57", "datetime=../..",
        "datetime=1999-01-01", "filter=trees%20%3E%2050%20AND%20kind%20%3C%3E%20%27plaza%27",
        f"bbox=327000,6837000,329000,6839000&bbox-crs={EPSG}32719&public_access=true",
        "filter=S_INTERSECTS(geometry,BBOX(-70.765,-28.58,-70.75,-28.57))",
    ],
)  # fmt: skip
def test_the_same_is_chosen_as_on_pages(served: str, query: str, tmp_path: Path) -> None:
    wanted = _ids(served, query)
    path = tmp_path / "a.gpkg"
    path.write_bytes(_get(served, f"{LAYER}/export?f=gpkg&{query}").content)
    assert sorted(r["id"] for r in read_vector(path)[1]) == wanted
    text = _get(served, f"{LAYER}/export?f=geojsonseq&{query}").text
    assert sorted(r["id"] for r in read_geojson(text)) == wanted if wanted else text == ""
    assert len(wanted) < len(_ids(served, "")) or "datetime" in query


@pytest.mark.acceptance(26)
def test_the_past_as_recorded(served_fresh: str, fresh: Database, tmp_path: Path) -> None:
    before = _get(served_fresh, f"{LAYER}/export?f=csv").content
    time.sleep(1.1)  # `Accept-Datetime` counts whole seconds
    instant = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    header = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    time.sleep(1.1)
    with fresh.transaction() as cursor:
        cursor.execute("DELETE FROM layers.green_areas WHERE code <> 'GA-001'")
    now = read_csv(_get(served_fresh, f"{LAYER}/export?f=csv").content)
    assert [r["code"] for r in now] == ["GA-001"]
    past = _get(served_fresh, f"{LAYER}/export?f=csv&as-of={instant}")
    assert past.content == before and "as-of" in past.headers["content-disposition"]
    assert past.headers["memento-datetime"]
    asked = _get(served_fresh, f"{LAYER}/export?f=csv", headers={"Accept-Datetime": header})
    assert asked.content == before


@pytest.mark.acceptance(35)
def test_titles_in_the_language_asked(served: str) -> None:
    query = "export?f=csv&profile=name-as-title,val-as-title&lang="
    es, en = (_get(served, f"{LAYER}/{query}{lang}") for lang in ("es", "en"))
    assert (es.headers["content-language"], en.headers["content-language"]) == ("es", "en")
    assert "Superficie (m²)" in read_csv(es.content)[0]
    assert "Area (m²)" in read_csv(en.content)[0]
    assert read_csv(en.content)[0]["Notice"] == "Demonstration data: illustrative"
    asked = query.replace("csv", "geojson").removesuffix("&lang=")
    assert "Superficie (m²)" in _get(served, f"{LAYER}/{asked}").json()["features"][0]["properties"]
    fg = _get(served, f"{LAYER}/{asked},jsonfg").json()["features"][0]["properties"]
    assert "area_m2" in fg and "Superficie (m²)" not in fg


def test_profiles_are_told_in_links(served: str) -> None:
    uri = "http://www.opengis.net/def/profile/OGC/0/"
    for path in ("export?f=jsonfg", "export?f=geojson&profile=jsonfg", "items?profile=jsonfg",
                 "items?f=jsonfg", f"items?profile={uri}jsonfg"):  # fmt: skip
        answer = _get(served, f"{LAYER}/{path}")
        assert f'<{uri}jsonfg>; rel="profile"' in answer.headers["link"], path
        assert answer.headers["content-type"] == "application/geo+json"
        document = answer.json()
        assert document["featureType"] == "green_areas" and document["conformsTo"]
        schema = _get("", document["featureSchema"])
        assert schema.status_code == 200 and schema.json()["$id"] == document["featureSchema"]


def test_known_files_are_not_sent_again(served_fresh: str, fresh: Database) -> None:
    for name in ("csv", "gpkg"):
        url = f"{LAYER}/export?f={name}"
        first = _get(served_fresh, url)
        tag = first.headers["etag"]
        again = _get(served_fresh, url, headers={"If-None-Match": tag})
        assert again.status_code == 304 and not again.content and again.headers["etag"] == tag
        other = _get(served_fresh, f"{url}&lang=en", headers={"If-None-Match": tag})
        assert other.status_code == 200
        with fresh.transaction() as cursor:
            cursor.execute("UPDATE layers.green_areas SET trees = coalesce(trees, 0) + 1")
        changed = _get(served_fresh, url, headers={"If-None-Match": tag})
        assert changed.status_code == 200 and changed.headers["etag"] != tag
        names = [a.headers["content-disposition"] for a in (first, changed)]
        assert names[0] != names[1]


def test_head_tells_and_builds_nothing(served: str) -> None:
    for name in FORMATS:
        answer = httpx.head(f"{served}{LAYER}/export?f={name}")
        assert answer.status_code == 200 and not answer.content
        assert answer.headers["content-type"] == FORMATS[name].media_type
        assert "filename" in answer.headers["content-disposition"]


def test_texts_are_zipped_on_the_way_and_files_are_not(served: str) -> None:
    for name, one in FORMATS.items():
        url = f"{served}{LAYER}/export?f={name}"
        with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
            raw = b"".join(answer.iter_raw())
            assert ("content-encoding" in answer.headers) == one.is_text, name
        if one.is_text:
            plain = _get(
                served, f"{LAYER}/export?f={name}", headers={"Accept-Encoding": "identity"}
            )
            text, other = gzip.decompress(raw), plain.content
            if name in ("geojson", "jsonfg"):  # each says when it was made
                ours, theirs = json.loads(text), json.loads(other)
                assert ours["features"] == theirs["features"]
            else:
                assert text == other


def test_a_layer_that_is_broken_breaks_alone(served_fresh: str, fresh: Database) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("DROP VIEW published.green_areas CASCADE")
    for name in ("csv", "gpkg"):
        answer = _get(served_fresh, f"{LAYER}/export?f={name}")
        assert answer.status_code == 503 and answer.json()["code"] == "broken_layer"
        assert _get(served_fresh, f"/api/collections/roads/export?f={name}").status_code == 200


def test_the_definition_tells_of_files(served: str, catalogue: Catalogue) -> None:
    document = _get(served, "/api/openapi").json()
    parameters, responses = (document["components"][k] for k in ("parameters", "responses"))
    one = document["paths"]["/collections/{collectionId}/export"]["get"]
    refs = [p["$ref"].rpartition("/")[2] for p in one["parameters"]]
    named = {parameters[ref]["name"]: parameters[ref] for ref in refs}
    offered = [formats_of(layer) for layer in catalogue if layer.is_public]
    assert set(named["f"]["schema"]["enum"]) == {name for formats in offered for name in formats}
    assert {"bbox", "crs", "datetime", "as-of", "filter", "profile", "lang"} <= set(named)
    told = responses[one["responses"]["200"]["$ref"].rpartition("/")[2]]
    assert set(told["content"]) == {f.media_type for fs in offered for f in fs.values()}


def test_an_old_book_reads_the_bytes(served: str) -> None:
    import openpyxl

    answer = _get(served, f"{LAYER}/export?f=xlsx&lang=en&profile=val-as-title")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [c.value for c in book["green_areas"][1]][:3] == ["Identifier", "Code", "Name"]
    assert book["diccionario"]["A1"].value == "Notice"


def test_what_follows_a_file_on_the_same_connection_is_answered(served: str) -> None:
    """Whoever asked before has left; who asks now is not he."""
    with httpx.Client(timeout=60) as client:
        for name in FORMATS:
            assert client.get(f"{served}{LAYER}/export?f={name}").status_code == 200
            assert client.get(f"{served}{LAYER}/items?limit=3&f=html").status_code == 200, name
            assert client.get(f"{served}{LAYER}/items?limit=3").status_code == 200, name
