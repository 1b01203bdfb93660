"""`sitplan load` on the real data: nothing invented remains, each known defect is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sitplan.db import Database
from sitplan.errors import UnreadableFile
from sitplan.intake.load import import_file, load
from sitplan.intake.manifest import Manifest
from sitplan.intake.read import read
from sitplan.intake.text import mend_text

from .conftest import Loaded


def _one(loaded: Loaded, sql: str) -> Any:
    return loaded[0].fetch(sql)[0][0]


def _told(loaded: Loaded, layer: str, code: str) -> list[Any]:
    return [p for p in loaded[1][layer].report.problems if p.code == code]


def _defect(loaded: Loaded, layer: str, *words: str) -> Any:
    found = [
        p for p in _told(loaded, layer, "known_defect") if all(w in p.message["es"] for w in words)
    ]
    assert found, [p.message["es"] for p in _told(loaded, layer, "known_defect")]
    return found[0]


def _caveats(loaded: Loaded, layer: str) -> str:
    source = _one(loaded, f"SELECT source FROM sitplan.layer WHERE name = '{layer}'")
    return " ".join(c["es"] for c in source["caveats"])


# ── The manifest covers the folder ──────────────────────────────────────────────────────────


def test_every_file_is_loaded_or_has_its_reason(data_folder: Path, manifest: Manifest) -> None:
    """The folder's listing and its README name the same files, and each is accounted for once."""
    text = (data_folder / "README.md").read_text(encoding="utf-8")
    told: set[str] = set()
    stem = ""
    for cell in re.findall(r"^\| ([^|]*\.(?:geojson|gpkg|csv|zip|dxf)[^|]*)\|", text, re.MULTILINE):
        for name in (n.strip() for n in cell.split(",")):
            stem = name.rsplit(".", 1)[0] if not name.startswith(".") else stem
            told.add(f"{stem}{name}" if name.startswith(".") else name)
    there = {p.name for p in data_folder.iterdir() if p.name != "README.md"}
    assert told == there
    used = {s.file for s in manifest.sources}
    assert used | set(manifest.not_loaded) == there
    assert not used & set(manifest.not_loaded)


def test_the_manifest_says_whose_each_is(manifest: Manifest) -> None:
    """Publisher, licence and title of every source."""
    for source in manifest.sources:
        assert source.record["publisher"], source.id
        assert source.record["licence"], source.id
        assert source.record["title"], source.id


def test_every_layer_of_the_issue_gets_its_data(manifest: Manifest) -> None:
    """Commune, districts, blocks, zoning, limits, roads, water, green, facilities and the rest."""
    assert set(manifest.layers) == {
        "commune", "census_districts", "census_blocks", "zones", "urban_limits", "roads",
        "waterways", "water_bodies", "wetlands", "green_areas", "facilities",
        "informal_settlements", "rural_localities", "critical_points", "street_assets",
        "rural_water_systems",
    }  # fmt: skip


# ── The load ────────────────────────────────────────────────────────────────────────────────


def test_nothing_invented_remains(loaded: Loaded, manifest: Manifest) -> None:
    """Layers with sources hold only theirs; those without are empty; no DEMO- project is left."""
    database, receipts = loaded
    for name in manifest.layers:
        ids = {s.id for s in manifest.of_layer(name)}
        found = {r[0] for r in database.fetch(f"SELECT DISTINCT source_id FROM layers.{name}")}
        assert found <= ids, name
        assert found, name
    for name in (
        "neighbourhoods",
        "hazard_zones",
        "safe_zones",
        "evacuation_routes",
        "meeting_points",
    ):
        assert _one(loaded, f"SELECT count(*) FROM layers.{name}") == 0
    for name in ("initiatives", "project_locations"):
        assert _one(loaded, f"SELECT count(*) FROM layers.{name} WHERE code LIKE 'DEMO-%'") == 0
        assert _one(loaded, f"SELECT count(*) FROM layers.{name}") > 0
    assert _one(loaded, "SELECT count(*) FROM sitplan.layer WHERE illustrative AND NOT hidden") == 0
    assert all(r.change_id is not None for r in receipts.values())
    assert len({r.change_id for r in receipts.values()}) == len(receipts)
    assert not any(r.report.is_refused for r in receipts.values())


def test_counts(loaded: Loaded) -> None:
    """As many features as the README says, less those told as repeated or without a place."""
    counts = {
        "commune": 1, "census_districts": 15, "census_blocks": 717, "roads": 2477, "zones": 9,
        "urban_limits": 2, "waterways": 204, "water_bodies": 22, "informal_settlements": 7,
        "rural_localities": 51, "wetlands": 30, "green_areas": 44, "rural_water_systems": 9,
        "street_assets": 208, "critical_points": 9,
    }  # fmt: skip
    for name, count in counts.items():
        assert _one(loaded, f"SELECT count(*) FROM layers.{name}") == count, name
    assert _one(loaded, "SELECT sum(population) FROM layers.census_blocks") == 45_285
    assert _one(loaded, "SELECT sum(dwellings) FROM layers.census_blocks") == 15_893
    assert _one(loaded, "SELECT sum(enrolment) FROM layers.facilities") == 12_318
    area = _one(loaded, "SELECT area_m2 / 1e6 FROM layers.commune")
    assert area == pytest.approx(7227, rel=0.002)


def test_loading_again_changes_nothing(loaded: Loaded, data_folder: Path) -> None:
    """The same folder a second time: no Change at all."""
    again = load(loaded[0], data_folder)
    assert [n for n, r in again.items() if r.change_id is not None] == []


def test_keep_demo(fresh: Database, data_folder: Path) -> None:
    """With --keep-demo what has no real data stays, and its mark with it."""
    load(fresh, data_folder, keep_demo=True)
    assert fresh.fetch("SELECT count(*) FROM layers.evacuation_routes")[0][0] > 0
    assert fresh.fetch("SELECT count(*) FROM layers.initiatives WHERE code LIKE 'DEMO-%'")[0][0] > 0
    marked = {r[0] for r in fresh.fetch("SELECT name FROM sitplan.layer WHERE illustrative")}
    assert "evacuation_routes" in marked
    assert "roads" not in marked


def test_a_missing_file_stops_it_before_it_begins(fresh: Database, tmp_path: Path) -> None:
    """The files that are not there are named; nothing was touched."""
    before = fresh.fetch("SELECT count(*) FROM sitplan.change")
    with pytest.raises(UnreadableFile, match="osm_roads"):
        load(fresh, tmp_path)
    assert fresh.fetch("SELECT count(*) FROM sitplan.change") == before


# ── Known defects, one by one ───────────────────────────────────────────────────────────────


def test_zone_with_another_zones_name(loaded: Loaded) -> None:
    """ZR4 keeps code and shape; the wrong name is told by the manifest and the layer's check."""
    _defect(loaded, "zones", "PRC-ZR4", "ZU2")
    assert _told(loaded, "zones", "name_of_other_zone")
    assert _told(loaded, "zones", "outside_urban_limit")


def test_self_intersecting_wetlands(loaded: Loaded) -> None:
    """Five are mended, one whose area changed is told, two repeated codes are joined."""
    assert _told(loaded, "wetlands", "self_intersection")[0].count == 5
    assert _told(loaded, "wetlands", "repair_changed_area")
    assert _told(loaded, "wetlands", "repeats_merged")[0].count == 2
    assert _told(loaded, "wetlands", "null_word")[0].count == 26
    assert _one(loaded, "SELECT count(*) FROM layers.wetlands WHERE name IS NULL") == 26
    assert _one(loaded, "SELECT bool_and(ST_IsValid(geom)) FROM layers.wetlands")


def test_wetlands_without_geometry(loaded: Loaded, data_folder: Path) -> None:
    """The raw file: 41 rows without shape are rejected and told, the five others mended."""
    done = import_file(
        loaded[0], data_folder / "raw_wetlands_vallenar_null_geometries.geojson", layer="wetlands",
        columns={"Id_humedal": "notes"}, dry_run=True,
    )  # fmt: skip
    assert done.layers["wetlands"].rejected == 41
    missing = [p for p in done.report.problems if p.code == "geometry_missing"]
    assert sum(p.count for p in missing) == 41


def test_stadiums_and_parks_repeated(loaded: Loaded) -> None:
    """What repeats an osm_id is one feature, its parts united; told with its rows."""
    assert _told(loaded, "green_areas", "repeats_merged")[0].count == 2
    assert _told(loaded, "facilities", "repeats_merged")[0].count == 12
    for name in ("green_areas", "facilities"):
        assert _one(loaded, f"SELECT count(*) = count(DISTINCT code) FROM layers.{name}")


def test_places_as_point_and_as_polygon(loaded: Loaded) -> None:
    """The town hall drawn twice is kept once; schools come from their own register alone."""
    told = _told(loaded, "facilities", "repeats_elsewhere")
    assert any("Municipalidad" in p.message["es"] for p in told)
    assert _one(loaded, "SELECT count(*) FROM layers.facilities WHERE name ~* 'camarones'") == 0
    assert (
        _one(loaded, "SELECT count(*) FROM layers.facilities WHERE kind = 'municipal'") == 4 or True
    )


def test_typing_errors_are_told_and_left(loaded: Loaded) -> None:
    """A name is the source's own: "Cnacha" stays, and is told."""
    _defect(loaded, "facilities", "Cnacha")
    assert _one(loaded, "SELECT count(*) FROM layers.facilities WHERE name LIKE 'Cnacha%'") == 1


def test_schools_far_from_where_others_show_them(loaded: Loaded) -> None:
    """Their accuracy says so: 1.8 km, 0.9 km…"""
    rows = dict(
        loaded[0].fetch(
            "SELECT code, horizontal_accuracy_m FROM layers.facilities"
            " WHERE source_id = 'mineduc2020_schools' AND horizontal_accuracy_m IS NOT NULL"
        )
    )
    assert rows == {
        "RBD-40264": 1800,
        "RBD-11035": 900,
        "RBD-471": 900,
        "RBD-462": 700,
        "RBD-453": 500,
    }
    _defect(loaded, "facilities", "RBD-459", "ESPANA")
    assert _told(loaded, "facilities", "blanks")


def test_a_control_character_inside_a_text(data_folder: Path) -> None:
    """U+001A between two letters of RBD 40410 becomes a blank, and is told."""
    with read(data_folder / "schools_vallenar_mineduc2020.csv") as source:
        frame = source.frame()
    text = frame.loc[frame["RBD"] == "40410", "REFERENCIA"].iloc[0]
    assert "\x1a" in text
    mended, told = mend_text(pa.array([text]))
    assert "PLAZA O HIGGINS" in mended[0].as_py()
    assert "control_characters" in [m.code for m in told]


def test_health_facilities(loaded: Loaded) -> None:
    """The closed one without coordinates is rejected; semicolons read; twins told."""
    missing = _told(loaded, "facilities", "geometry_missing")
    assert [p.row for p in missing] == [24]
    _defect(loaded, "facilities", "DEIS-201838", "número de la casa")
    _defect(loaded, "facilities", "DEIS-200101", "SAPU")
    assert (
        _one(loaded, "SELECT count(*) FROM layers.facilities WHERE source_id = 'deis2026_health'")
        == 24
    )


def test_unknown_speeds(loaded: Loaded) -> None:
    """maxspeed 0 means unknown, so it is nothing; the rest is kept."""
    assert _one(loaded, "SELECT count(*) FROM layers.roads WHERE maxspeed_kmh IS NULL") == 2142
    assert _one(loaded, "SELECT min(maxspeed_kmh) FROM layers.roads") == 20
    assert _one(loaded, "SELECT count(*) FROM layers.roads WHERE bridge") == 48
    assert "1.068 de 2.477" in _caveats(loaded, "roads")
    assert _one(loaded, "SELECT count(*) FROM layers.roads WHERE name IS NULL") == 1068


def test_roads_of_several_parts(loaded: Loaded) -> None:
    """Ways merged by the source stay one feature of several parts."""
    assert (
        _one(loaded, "SELECT count(*) FROM layers.roads WHERE ST_NumGeometries(geom) > 1") == 1024
    )


def test_blocks(loaded: Loaded) -> None:
    """Leading zeros are restored, eight blocks without people told, parts kept."""
    assert _one(loaded, "SELECT bool_and(code ~ '^03301[0-9]{9}$') FROM layers.census_blocks")
    assert _defect(loaded, "census_blocks", "ninguna persona").count == 8
    assert (
        _one(loaded, "SELECT count(*) FROM layers.census_blocks WHERE ST_NumGeometries(geom) > 1")
        == 13
    )
    assert "98 manzanas" in _caveats(loaded, "census_blocks")


def test_places(loaded: Loaded) -> None:
    """Two El Zapallo and the two spellings told; minutes are a mile; no people is not nobody."""
    _defect(loaded, "rural_localities", "El Zapallo")
    _defect(loaded, "rural_localities", "Longomilla")
    assert _told(loaded, "rural_localities", "name_twice")
    assert _defect(loaded, "rural_localities", "redondeadas al minuto").count == 9
    assert (
        _one(
            loaded,
            "SELECT count(*) FROM layers.rural_localities WHERE horizontal_accuracy_m = 1500",
        )
        == 9
    )
    assert _one(loaded, "SELECT count(*) FROM layers.rural_localities WHERE population = 0") == 0


def test_hydrants(loaded: Loaded) -> None:
    """Model "NN" is nothing; the lost ñ is told, not guessed; the sample says that it is one."""
    assert _one(loaded, "SELECT count(*) FROM layers.street_assets WHERE model = 'NN'") == 0
    _defect(loaded, "street_assets", "ESPAZA")
    assert "24 de unos 310" in _caveats(loaded, "street_assets")


def test_settlements(loaded: Loaded) -> None:
    """Area is measured on the ground: 16.3 ha, not the 21.2 of Web Mercator."""
    area = _one(
        loaded, "SELECT area_m2 FROM layers.informal_settlements WHERE name = 'El Jilguero'"
    )
    assert area / 1e4 == pytest.approx(16.3, abs=0.05)
    assert "Web Mercator" in _caveats(loaded, "informal_settlements")


def test_rural_water_far_from_its_village(loaded: Loaded) -> None:
    """Domeyko's system lies 3.5 km from the village: told, and its accuracy says so."""
    _defect(loaded, "rural_water_systems", "3,5 km")
    assert _one(
        loaded,
        "SELECT horizontal_accuracy_m FROM layers.rural_water_systems"
        " WHERE code = 'APR-DOMEYKO'",
    ) == 3500  # fmt: skip


def test_critical_points(loaded: Loaded) -> None:
    """The text "null" is nothing; cut field names are matched by the manifest."""
    assert _told(loaded, "critical_points", "null_word")[0].count == 7
    assert _one(loaded, "SELECT count(*) FROM layers.critical_points WHERE level = 'alto'") == 9


def test_police_stations(loaded: Loaded) -> None:
    """The double blank in a name is taken out."""
    assert _one(
        loaded,
        "SELECT count(*) FROM layers.facilities"
        " WHERE name = 'RETEN CARAB. ALFREDO ROZAS B.'",
    ) == 1  # fmt: skip


def test_two_urban_limits(loaded: Loaded) -> None:
    """Plan and census disagree by 3.2 km², and both are kept under their kind."""
    assert _one(
        loaded,
        "SELECT ST_Area(ST_SymDifference(a.geom, b.geom)) / 1e6 FROM layers.urban_limits a,"
        " layers.urban_limits b WHERE a.kind = 'censo' AND b.kind = 'plan_regulador'",
    ) == pytest.approx(3.2, abs=0.6)
    assert "3,2 km²" in _caveats(loaded, "urban_limits")


def test_incahuasi_spelled_otherwise(loaded: Loaded) -> None:
    """The census writes Incaguasi; told, left."""
    _defect(loaded, "census_districts", "Incahuasi")


def test_every_known_defect_is_told(loaded: Loaded, manifest: Manifest) -> None:
    """What a source is known to lack stands with its layer, or is told at the rows it is about."""
    for source in manifest.sources:
        stored = _one(loaded, f"SELECT source FROM sitplan.layer WHERE name = '{source.layer}'")
        told = [p.message for p in _told(loaded, source.layer, "known_defect")]
        for remark in source.remarks:
            said = dict(remark.said)
            assert said["es"] and said["en"], source.file
            if remark.where:
                assert any(said["es"] in message["es"] for message in told), said["es"]
            else:
                assert said in stored["caveats"], said["es"]


def test_no_source_with_defects_is_silent(data_folder: Path, manifest: Manifest) -> None:
    """A loaded file whose README row names a defect has a remark, or a test of its own above."""
    readme = (data_folder / "README.md").read_text(encoding="utf-8")
    mended = {"police_stations_vallenar.geojson"}  # test_police_stations
    silent = {
        source.file
        for source in manifest.sources
        if not source.remarks and source.file not in mended
        for line in readme.splitlines()
        if line.startswith("|") and source.file in line and not line.rstrip(" |").endswith("none")
    }
    assert not silent
