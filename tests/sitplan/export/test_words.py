"""Lines 34 and 35: titles and codes in either language, Excel's CSV, formulas, the watermark."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from sitplan.db import Database
from sitplan.errors import BadRequest
from sitplan.export.columns import Manner, table_of
from sitplan.export.delimited import Writer
from sitplan.export.formats import FORMATS, formats_of
from sitplan.query import Moment
from tests.sitplan.export.conftest import Exporter
from tests.sitplan.export.reading import (
    read_csv,
    read_geojson,
    read_parquet,
    read_vector,
    read_workbook,
)

NOTICE = {"es": "Datos de demostración: ilustrativos", "en": "Demonstration data: illustrative"}


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.acceptance(35)
def test_csv_under_titles(exporter: Exporter, lang: str) -> None:
    layer = exporter.layers["green_areas"]
    data = exporter.save("green_areas", "csv", "name-as-title,val-as-title", lang=lang).read_bytes()
    row = read_csv(data)[0]
    kind = next(f for f in layer.fields if f.name == "kind")
    plain = read_csv(exporter.save("green_areas", "csv").read_bytes())[0]
    assert row[kind.title[lang]] == kind.codes[plain["kind"]][lang] != plain["kind"]
    area = {"es": "Superficie (m²)", "en": "Area (m²)"}[lang]
    assert row[area] == plain["area_m2"]
    assert row[{"es": "Aviso", "en": "Notice"}[lang]] == NOTICE[lang]


@pytest.mark.parametrize("fmt", ["geojson", "gpkg", "parquet", "xlsx", "shp", "kml", "fgb"])
@pytest.mark.acceptance(35)
def test_titles_of_codes_in_every_format(
    exporter: Exporter, fmt: str, unzipped: Callable[[Path], Path]
) -> None:
    path = exporter.save("evacuation_routes", fmt, "val-as-title", lang="en")
    truth = exporter.truth("evacuation_routes")
    field = next(f for f in exporter.layers["evacuation_routes"].fields if f.name == "hazard")
    wanted = [[field.codes[c]["en"] for c in codes] for codes in truth["hazard"]]
    if fmt == "geojson":
        found = [r["hazard"] for r in read_geojson(path.read_text(encoding="utf-8"))]
    elif fmt == "parquet":
        found = [r["hazard"] for r in read_parquet(path)[1]]
    elif fmt == "xlsx":
        found = [r[field.title["en"]].split(field.flat) for r in read_workbook(path)[1]]
    else:
        where = next(unzipped(path).glob("*.shp")) if fmt == "shp" else path
        rows = sorted(read_vector(where)[1], key=lambda r: r["code"])
        found = [r["hazard"].split(field.flat) for r in rows]
    assert found == wanted


@pytest.mark.acceptance(34)
def test_csv_as_excel_opens_it(exporter: Exporter) -> None:
    data = exporter.save("green_areas", "csv", "excel").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data[3:].split(b"\r\n")
    assert lines.pop() == b"" and b"\n" not in b"".join(lines)
    assert lines[0].startswith(b'"id";"code";"name";"kind"')
    plain = read_csv(exporter.save("green_areas", "csv").read_bytes())
    rows = read_csv(data, delimiter=";")
    assert len(rows) == len(plain) == len(lines) - 1
    for row, same in zip(rows, plain, strict=True):
        assert row["area_m2"] == same["area_m2"].replace(".", ",")
        assert row["name"] == same["name"]
        assert row["public_access"] in ("sí", "no", "") and same["public_access"] != "sí"
    assert any("," in r["area_m2"] for r in rows) and any("ñ" in r["name"] for r in rows)
    assert "ó".encode() in data


@pytest.mark.parametrize("profile", ["", "excel"])
@pytest.mark.acceptance(34)
def test_formulas_are_texts(exporter: Exporter, profile: str) -> None:
    export = exporter.export("meeting_points", "csv", profile)
    table = table_of(export.layer, Manner(flat=True, dates_as_text=True), illustrative=False)
    writer = Writer(export, table)
    hostile = ["=1+1", "+56 9", "-2", "@x", "\tx", "\rx", "'=x", "''@", "plain", "a=b", "'", ""]
    place = [c.field.name for c in table.columns].index("name")
    rows = []
    for text in hostile:
        row: list[object] = [None] * len(table.columns)
        row[0], row[place] = "id", text
        rows.append((row[0], None, *row[1:]))
    found = read_csv(writer.head() + writer.write(rows), delimiter=";" if profile else ",")
    names = [r["name"] for r in found]
    assert names[:8] == [f"'{text}" for text in hostile[:8]] and names[8:] == hostile[8:]
    assert not any(n[:1] in tuple("=+-@\t\r") for n in names if n)


@pytest.mark.acceptance(34)
def test_negative_numbers_are_not_formulas(exporter: Exporter) -> None:
    rows = read_csv(exporter.save("meeting_points", "csv").read_bytes())
    assert all(r["lat"].startswith("-28.") for r in rows)
    rows = read_csv(exporter.save("meeting_points", "csv", "excel").read_bytes(), delimiter=";")
    assert all(r["lat"].startswith("-28,") for r in rows)


@pytest.mark.acceptance(34)
def test_places_of_a_table(exporter: Exporter) -> None:
    def heads(name: str, fmt: str = "csv", **more: object) -> list[str]:
        return list(read_csv(exporter.save(name, fmt, **more).read_bytes())[0])

    assert heads("meeting_points")[-2:] == ["lon", "lat"]
    assert heads("green_areas")[-1] == "wkt"
    assert heads("green_areas", coordinates="xy")[-2:] == ["point_lon", "point_lat"]
    from sitplan.crs import crs_of

    metres = crs_of(exporter.territory.storage_crs)
    assert heads("meeting_points", crs=metres)[-2:] == ["easting", "northing"]
    assert heads("meeting_points", coordinates="none")[-1] == "notice"
    _, rows = read_workbook(exporter.save("green_areas", "xlsx"))
    inside = rows[0]["Longitud de un punto interior"], rows[0]["Latitud de un punto interior"]
    assert -71 < inside[0] < -70 and -29 < inside[1] < -28


@pytest.fixture
def strange(fresh: Database, exporter: Exporter) -> Iterator[Exporter]:
    """A layer whose texts no cell, field or sheet holds without care."""
    with fresh.transaction() as cursor:
        cursor.execute("DELETE FROM layers.critical_points")
        for number, name in enumerate(("=CMD()", "x" * 40_000, "ñ" * 200, "a\x0bb", "two\nlines")):
            cursor.execute(
                "INSERT INTO layers.critical_points (code, name, cause, review_state, valid_from,"
                " geom) VALUES (%s, %s, 'otro', 'published', %s,"
                " ST_SetSRID(ST_MakePoint(328000.123, 6838000.456), 32719))",
                [f"S-{number}", name, "1850-03-04" if number else "2020-03-04"],
            )
    with Database(fresh.settings, workers=1) as reader:
        yield Exporter(reader, exporter.layers, exporter.territory, exporter.folder)


def test_what_a_workbook_cannot_hold(strange: Exporter) -> None:
    path = strange.save("critical_points", "xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["critical_points"]
    heads = [c.value for c in sheet[1]]
    title = next(f for f in strange.layers["critical_points"].fields if f.name == "name").title
    name, begins = heads.index(title["es"]), heads.index("Vigente desde")
    cells = [row[name] for row in sheet.iter_rows(min_row=2)]
    assert cells[0].value == "=CMD()" and cells[0].data_type == "s"
    assert len(cells[1].value) == 32_767 and cells[3].value == "ab"
    assert cells[4].value == "two\nlines"
    days = [row[begins] for row in sheet.iter_rows(min_row=2)]
    assert days[0].is_date and days[0].number_format == "yyyy-mm-dd"
    assert days[1].value == "1850-03-04"  # before Excel's calendar
    told = [[c.value for c in row] for row in book["diccionario"].iter_rows()]
    cut = next(row for row in told if row[0] == "Textos cortados")
    assert cut[1].startswith("1 texto")


def test_what_a_shapefile_cuts_is_told(strange: Exporter, unzipped: Callable[[Path], Path]) -> None:
    folder = unzipped(strange.save("critical_points", "shp"))
    _, rows = read_vector(folder / "critical_points.shp")
    texts = {r["code"]: r["name"] for r in rows}
    assert texts["S-1"] == "x" * 254 and texts["S-2"] == "ñ" * 127
    readme = (folder / "LEEME.txt").read_text(encoding="utf-8-sig")
    assert "2 textos del campo name (columna name) quedaron cortados a 254 bytes" in readme
    _, whole = read_vector(strange.save("critical_points", "gpkg"))
    assert {len(r["name"]) for r in whole} >= {40_000, 200}


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("fmt", list(FORMATS))
def test_every_file_says_that_it_is_a_demonstration(
    exporter: Exporter, fmt: str, lang: str, unzipped: Callable[[Path], Path]
) -> None:
    path = exporter.save("green_areas", fmt, lang=lang)
    notice = NOTICE[lang]
    if fmt == "shp":
        folder = unzipped(path)
        readme = folder / {"es": "LEEME.txt", "en": "README.txt"}[lang]
        assert notice in readme.read_text(encoding="utf-8-sig")
        rows = read_vector(folder / "green_areas.shp")[1]
    elif fmt == "dxf":
        text = path.read_text(encoding="cp1252")
        assert notice in text
        return
    elif fmt == "xlsx":
        book, rows = read_workbook(path)
        assert book.worksheets[1]["B1"].value == notice
        head = {"es": "Aviso", "en": "Notice"}[lang]
        rows = [{"notice": r[head]} for r in rows]
    elif fmt == "parquet":
        schema, rows = read_parquet(path)
        assert notice in json.loads(schema.metadata[b"sitplan"]).values()
    elif fmt == "csv":
        rows = read_csv(path.read_bytes())
    elif fmt == "kml":
        rows = [{"notice": r["description"]} for r in read_vector(path)[1]]
    elif fmt in ("gpkg", "fgb"):
        rows = read_vector(path)[1]
    else:
        text = path.read_text(encoding="utf-8")
        rows = read_geojson(text)
        if fmt in ("geojson", "jsonfg"):
            assert json.loads(text)["notice"] == notice
    assert [r["notice"] for r in rows] == [notice] * len(exporter.truth("green_areas"))


def test_rows_that_are_invented_say_so(exporter: Exporter) -> None:
    truth = exporter.truth("initiatives").set_index("id")["invented"]
    text = exporter.save("initiatives", "geojson").read_text(encoding="utf-8")
    rows = read_geojson(text)
    assert truth.any() and not truth.all()
    assert {r["id"]: r["notice"] for r in rows} == {
        one: NOTICE["es"] if drawn else None for one, drawn in truth.items()
    }
    assert json.loads(text)["notice"].startswith(NOTICE["es"] + " en las filas")
    rows = read_csv(exporter.save("initiatives", "csv").read_bytes())
    assert {r["id"]: r["notice"] == NOTICE["es"] for r in rows} == dict(truth)


def test_real_data_say_nothing_of_it(
    fresh: Database, exporter: Exporter, unzipped: Callable[[Path], Path]
) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE sitplan.layer SET illustrative = false, source = %s WHERE name = 'green_areas'",
            [json.dumps({"title": "Catastro 2026", "licence": "no declarada", "date": "2026-05"})],
        )
    with Database(fresh.settings, workers=1) as reader:
        real = Exporter(reader, exporter.layers, exporter.territory, exporter.folder)
        document = json.loads(real.save("green_areas", "geojson").read_text(encoding="utf-8"))
        assert document["attribution"] == "Catastro 2026" and document["license"] == "no declarada"
        assert "notice" not in document
        assert "notice" not in document["features"][0]["properties"]
        readme = unzipped(real.save("green_areas", "shp")) / "LEEME.txt"
        assert "demostración" not in readme.read_text(encoding="utf-8-sig")


@pytest.mark.acceptance(33)
def test_the_file_is_named_for_layer_day_and_revision(exporter: Exporter) -> None:
    from datetime import UTC, date, datetime

    def name(moment: Moment) -> str:
        with exporter.delivery("green_areas", "gpkg", moment=moment) as one:
            return one.filename

    revision = exporter.database.fetch(
        "SELECT revision FROM published.catalogue WHERE name = 'green_areas'"
    )[0][0]
    assert name(Moment(on=date(2026, 5, 1))) == f"green_areas-2026-05-01-r{revision}.gpkg"
    assert name(Moment(on="any")) == f"green_areas-all-r{revision}.gpkg"
    between = Moment(on=(date(2026, 1, 1), date(2026, 12, 31)))
    assert name(between) == f"green_areas-2026-01-01-2026-12-31-r{revision}.gpkg"
    past = Moment(on=date(2026, 5, 1), as_of=datetime(2030, 6, 1, 12, tzinfo=UTC))
    told = f"green_areas-2026-05-01-as-of-20300601T120000Z-r{revision}.gpkg"
    assert name(past) == told


def test_profiles_are_known_by_name_and_address(exporter: Exporter) -> None:
    uri = "http://www.opengis.net/def/profile/OGC/0/"
    geojson = FORMATS["geojson"]
    assert geojson.read_profiles("") == {"rfc7946"}
    assert geojson.read_profiles("jsonfg") == geojson.read_profiles(f"{uri}jsonfg") == {"jsonfg"}
    assert geojson.read_profiles("[ogc-profile:val-as-title]") == {"rfc7946", "val-as-title"}
    assert FORMATS["jsonfg"].read_profiles(" val-as-title , ") == {"jsonfg", "val-as-title"}
    assert FORMATS["dxf"].read_profiles("val-as-title") == {"val-as-title"}
    for fmt, wrong in (("geojson", "excel"), ("gpkg", "jsonfg"), ("csv", "json'fg")):
        with pytest.raises(BadRequest):
            FORMATS[fmt].read_profiles(wrong)
    table = formats_of(exporter.layers["initiatives"])
    assert list(table) == ["geojson", "jsonfg", "geojsonseq", "ndjson", "csv", "xlsx", "gpkg",
                           "parquet"]  # fmt: skip
