"""The same features come out of every format; what is told on opening; what is gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame

from sitplan.intake.read import FORMATS, read
from sitplan.intake.source import BATCH, Asked
from sitplan.intake.tally import Tally
from tests.data import broken as b


def _same(path: Path, expected: GeoDataFrame, **asked: object) -> None:
    with read(path, Asked(**asked)) as source:
        frame = source.frame()
    shapes = np.asarray(frame.geometry.to_crs(b.STORAGE), dtype=object)
    assert (shapely.hausdorff_distance(shapes, np.asarray(expected.geometry)) < 0.02).all()
    assert list(frame.index) == [1, 2, 3]
    names = {c.casefold(): c for c in frame.columns}
    for column in ("code", "name"):
        found = frame[names.get(column, "description" if column == "code" else column)]
        assert list(found) == list(expected[column]), column


EXPECTED = b.squares(name=["Peñón", "Ñuñoa", "Río"])
VECTOR = [".gpkg", ".geojson", ".fgb", ".kml", ".shp"]


@pytest.mark.parametrize("suffix", VECTOR)
def test_vector_formats(suffix: str, tmp_path: Path) -> None:
    """Shapes, texts with their letters, order and row numbers survive each format."""
    frame = EXPECTED
    if suffix in (".geojson", ".kml"):
        frame = frame.to_crs(4326)
    options = {"COORDINATE_PRECISION": 9} if suffix == ".geojson" else {}
    if suffix == ".fgb":
        options = {"SPATIAL_INDEX": "NO"}
    if suffix == ".kml":
        path = b.kml(tmp_path / "a.kml", "".join(
            b.placemark(n, b.kml_polygon(g), code=c)
            for n, g, c in zip(EXPECTED["name"], EXPECTED.geometry, EXPECTED["code"], strict=True)
        ))  # fmt: skip
    else:
        path = b.write(frame, tmp_path / f"a{suffix}", **options)
    _same(path, EXPECTED)


def test_zipped_shapefile_and_kmz(tmp_path: Path) -> None:
    """Archives are unpacked beside nothing, and what was unpacked is gone at the end."""
    _same(b.zipped_shapefile(tmp_path, EXPECTED), EXPECTED)
    kml = b.kml(tmp_path / "doc.kml", "".join(
        b.placemark(n, b.kml_polygon(g), code=c)
        for n, g, c in zip(EXPECTED["name"], EXPECTED.geometry, EXPECTED["code"], strict=True)
    ))  # fmt: skip
    before = set(tmp_path.rglob("*"))
    left = set(Path(tempfile.gettempdir()).glob("sitplan-*"))
    _same(b.zipped(tmp_path / "a.kmz", kml), EXPECTED)
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "a.kmz"}
    assert set(Path(tempfile.gettempdir()).glob("sitplan-*")) <= left


def test_upper_case_names_of_old_programs(tmp_path: Path) -> None:
    """CAPA.SHP beside capa.DBF is one shapefile."""
    path = b.shapefile(tmp_path / "s", EXPECTED)
    for part in list(path.parent.iterdir()):
        part.rename(
            part.with_name(
                part.name.upper() if part.suffix == ".shp" else part.stem + part.suffix.upper()
            )
        )
    _same(path.with_name("CAPA.SHP"), EXPECTED)


def test_geoparquet(tmp_path: Path) -> None:
    """GeoParquet with its CRS inside."""
    EXPECTED.to_parquet(tmp_path / "a.parquet")
    _same(tmp_path / "a.parquet", EXPECTED)


def test_old_geojson_with_a_crs_member(tmp_path: Path) -> None:
    """GeoJSON from before RFC 7946 may name its system; later it has only one."""
    points = shapely.get_coordinates(b.square()).tolist()
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32719"}}
    shape = {"type": "Polygon", "coordinates": [points]}
    with read(b.geojson(tmp_path / "old.geojson", [b.feature(shape)], crs=named)) as old:
        assert (old.crs.to_epsg(), old.how_known) == (32719, "file")
    plain = {"type": "Polygon", "coordinates": [b.ring(b.square())]}
    with read(b.geojson(tmp_path / "new.geojson", [b.feature(plain)])) as new:
        assert (new.crs.to_epsg(), new.how_known) == (4326, "standard")


def test_drawing(tmp_path: Path) -> None:
    """The drawing's layer is a field, labels are no features, the system must be said."""
    path = b.drawing(tmp_path / "a.dxf", [b.outline(b.square(i)) for i in range(2)], labels=["x"])
    with read(path, Asked(crs="EPSG:32719")) as source:
        frame = source.frame()
        assert list(frame["dxf_layer"]) == ["AREAS VERDES"] * 2
        assert source.how_known == "said"
    with read(path) as source:
        assert source.crs is None


@pytest.mark.parametrize(
    "text",
    [
        "codigo;nombre;este;norte\nA-1;Peñón;328.050,5;6.837.740,25\n",
        "codigo,nombre,este,norte\nA-1,Peñón,328050.5,6837740.25\n",
        "codigo\tnombre\tX\tY\nA-1\tPeñón\t328050.5\t6837740.25\n",
        "codigo|nombre|utm_e|utm_n\nA-1|Peñón|328050,5|6837740,25\n",
        "\ufeffcodigo;nombre;Coordenada Este (m);Coordenada Norte (m)\n"
        "A-1;Peñón;328050,5;6837740,25\n",
        'codigo,nombre,E_UTM_19S,N_UTM_19S\nA-1,Peñón,"328,050.5","6,837,740.25"\n',
        "LISTADO 2024;;;\n\ncodigo;nombre;este;norte\nA-1;Peñón;328050,5;6837740,25\n",
    ],
)
def test_metric_tables(text: str, tmp_path: Path) -> None:
    """Separators, decimal signs, thousands, headings and column names of all makes."""
    with read(b.csv(tmp_path / "a.csv", text), Asked(crs="EPSG:32719")) as source:
        frame = source.frame()
    assert list(frame["codigo"]) == ["A-1"]
    assert list(frame["nombre"]) == ["Peñón"]
    assert shapely.get_coordinates(frame.geometry.iloc[0])[0] == pytest.approx(
        (328050.5, 6837740.25)
    )


@pytest.mark.parametrize(
    "text",
    [
        "id,lat,lon\n1,-28.5765,-70.7585\n",
        "id;Latitud;Longitud\n1;-28,5765;-70,7585\n",
        "id;y;x\n1;-28,5765;-70,7585\n",
        "id;lat_wgs84;long_wgs84\n1;28° 34' 35,4'' S;70° 45' 30,6'' W\n",
        "id;geometria\n1;POINT (-70.7585 -28.5765)\n",
    ],
)
def test_tables_in_degrees(text: str, tmp_path: Path) -> None:
    """Longitude and latitude by name, in decimals, sexagesimals or WKT."""
    with read(b.csv(tmp_path / "a.csv", text), Asked(crs="EPSG:4326")) as source:
        frame = source.frame()
    assert shapely.get_coordinates(frame.geometry.iloc[0])[0] == pytest.approx((-70.7585, -28.5765))


def test_degrees_say_their_own_system(tmp_path: Path) -> None:
    """Columns named and filled as longitude and latitude are WGS 84; metres say nothing."""
    with read(b.csv(tmp_path / "a.csv", "lat;lon\n-28,5;-70,7\n")) as source:
        assert (source.crs.to_epsg(), source.how_known) == (4326, "degrees")
    with read(b.csv(tmp_path / "b.csv", "este;norte\n328050;6837740\n")) as source:
        assert source.crs is None


def test_workbook(tmp_path: Path) -> None:
    """Numbers, dates and texts of Excel; blank rows keep the numbers of the others."""
    from datetime import date

    rows = [["codigo", "fecha", "m2", "lat", "lon"], ["A", date(2024, 1, 31), 12.5, -28.5, -70.7],
            [None] * 5, ["B", date(2024, 2, 1), 3, -28.6, -70.8]]  # fmt: skip
    with read(b.workbook(tmp_path / "a.xlsx", rows)) as source:
        frame = source.frame()
    assert list(frame.index) == [1, 3]
    assert [str(v)[:10] for v in frame["fecha"]] == ["2024-01-31", "2024-02-01"]
    assert list(frame["m2"]) == [12.5, 3.0]


def test_a_sheet_is_chosen(tmp_path: Path) -> None:
    """One sheet of several by its name."""
    more = {"Sedes": [["lat", "lon"], [-28.5, -70.7]]}
    path = b.workbook(tmp_path / "a.xlsx", [["x"], [1]], more=more)
    with read(path, Asked(layer="sedes")) as source:
        assert source.layer_name == "Sedes"
        assert len(source.frame()) == 1


def test_large_files_come_in_batches(tmp_path: Path) -> None:
    """More rows than a batch: numbered through, none lost, none twice, and readable again."""
    count = 2 * BATCH + 17
    frame = geopandas.GeoDataFrame(
        {"n": np.arange(count)}, geometry=shapely.points(np.arange(count), 0), crs=b.STORAGE
    )
    with read(b.write(frame, tmp_path / "a.gpkg")) as source:
        for _ in range(2):
            batches = list(source.read_batches(Tally()))
            assert [len(one) for one in batches] == [BATCH, BATCH, 17]
            rows = np.concatenate([one.rows for one in batches])
            assert (rows == np.arange(1, count + 1)).all()


def test_folders_of_a_kml_are_a_column(tmp_path: Path) -> None:
    """Each folder is a layer to GDAL; to us a column."""
    text = b.kml(tmp_path / "a.kml", b.placemark("A", b.kml_polygon(b.square()))).read_text()
    more = f"<Folder><name>Parques</name>{b.placemark('B', b.kml_polygon(b.square(1)))}</Folder>"
    path = tmp_path / "b.kml"
    path.write_text(text.replace("</Document>", f"{more}</Document>"))
    with read(path) as source:
        assert sorted(source.frame()["folder"]) == ["Parques", "Plazas"]


def test_the_formats_of_the_issue_are_read() -> None:
    """Every format that the guide promises is among those read."""
    assert {
        "shapefile", "geopackage", "geojson", "kml", "dxf", "flatgeobuf", "geoparquet", "csv",
        "excel",
    } == set(FORMATS.values())  # fmt: skip
