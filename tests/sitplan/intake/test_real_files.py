"""Real files that are not loaded: each still proves the importer."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from sitplan.errors import InvalidData
from sitplan.intake.load import import_file
from sitplan.intake.read import read
from sitplan.intake.source import Asked
from sitplan.intake.text import mend_text
from tests.data.broken import write

from .conftest import Loaded


def test_latin1_shapefile_equals_the_geopackage(loaded: Loaded, data_folder: Path) -> None:
    """The same blocks as Latin-1 shapefile in UTM: within centimetres, letters whole."""
    with read(data_folder / "census2017_blocks_vallenar_utm19s_latin1_shp.zip") as source:
        frame = source.frame()
        assert source.encoding in ("latin-1", "cp1252", "iso8859-1")
    assert set(frame["NOM_REGION"]) == {"REGIÓN DE ATACAMA"}
    done = import_file(
        loaded[0], data_folder / "census2017_blocks_vallenar_utm19s_latin1_shp.zip",
        layer="census_blocks", key="MANZENT_I", dry_run=True,
    )  # fmt: skip
    assert done.layers["census_blocks"].read == 717
    assert not [p for p in done.report.problems if p.code.startswith("shift")]


def test_zones_from_the_drawing(loaded: Loaded, data_folder: Path) -> None:
    """The DXF says no system: refused with proposals, the known streets being none of its lines."""
    path = data_folder / "prc_zoning_vallenar_utm19s.dxf"
    with pytest.raises(InvalidData) as caught:
        import_file(
            loaded[0], path, layer="zones", columns={"dxf_layer": "zone_code"}, dry_run=True
        )
    codes = [p.code for p in caught.value.report.problems]
    assert "crs_missing" in codes or "field_missing" in codes
    with read(path, Asked(crs="EPSG:32719")) as source:
        frame = source.frame()
    assert set(frame["dxf_layer"]) == {"ZD", "ZI", "ZR1", "ZR2", "ZR3", "ZU1", "ZU2", "ZR4", "ZH"}
    assert shapely.is_closed(frame.geometry.to_numpy()).all()


def test_every_zone_twice(data_folder: Path, loaded: Loaded, tmp_path: Path) -> None:
    """The doubled file is of the whole region, and refused so; of the commune's rows half go."""
    path = data_folder / "raw_ine2017_census_zones_atacama_duplicated_epsg4674.geojson"
    columns = {"DISTRITO": "district_no", "URBANO": "name"}
    with pytest.raises(InvalidData) as caught:
        import_file(loaded[0], path, layer="census_districts", key="GEOCODIGO", columns=columns)
    assert {"datum_elsewhere", "datum_far"} & {p.code for p in caught.value.report.problems}
    with read(path) as source:
        assert source.crs == CRS.from_epsg(4674)
        frame = source.frame()
    part = frame[frame["COMUNA"] == "3301"]
    assert len(part) == 26
    done = import_file(
        loaded[0], write(part, tmp_path / "part.gpkg"), layer="census_districts", key="GEOCODIGO",
        columns=columns, dry_run=True,
    )  # fmt: skip
    assert [p.count for p in done.report.problems if p.code == "duplicate_row"] == [13]
    assert done.layers["census_districts"].added == 13


def test_dos_letters_of_the_basins(data_folder: Path) -> None:
    """ "Cha¤aral" is Chañaral."""
    with read(data_folder / "dga_sub_sub_basins_vallenar.geojson") as source:
        names = source.frame()["NOM_SSUBC"]
    assert names.str.contains("¤").any()
    mended, told = mend_text(pa.array(list(names)))
    assert "code_page" in [m.code for m in told]
    assert not any("¤" in n for n in mended.to_pylist())
    assert any("Chañaral" in n for n in mended.to_pylist())


def test_national_table_with_decimal_commas(data_folder: Path) -> None:
    """Semicolons, decimal commas, an unnamed first column, ñ in the heading."""
    path = data_folder / "informal_settlements_chile_minvu2024_semicolon_decimal_comma.csv"
    with read(path) as source:
        assert source.columns[0] == "columna_1"
        assert "año" in source.columns
        assert source.decimal_comma
        assert not source.has_shapes
        frame = source.frame()
    assert len(frame) == 1432


def test_kml_of_the_settlements(data_folder: Path) -> None:
    """The same seven settlements as KML, with their extended data."""
    with read(data_folder / "informal_settlements_vallenar_minvu2024.kml") as source:
        frame = source.frame()
    assert len(frame) == 7
    assert {"FOLIO", "N_HOG", "Name"} <= set(frame.columns)


def test_parks_with_accents_in_their_keys(data_folder: Path) -> None:
    """Keys with accents and hyphens are read as they are."""
    with read(data_folder / "raw_osm_parks_vallenar_original_spanish_attributes.geojson") as source:
        assert {"Categoría", "Código", "ID-Cat"} <= set(source.columns)
