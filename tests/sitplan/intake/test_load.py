"""One file into one layer: what is added, corrected, left, ended, refused; nothing half done."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from geopandas import GeoDataFrame

from sitplan.changes import Author
from sitplan.db import Database
from sitplan.errors import InvalidData, NotFound, SitplanError
from sitplan.history import list_changes
from sitplan.intake.load import import_file
from tests.data import broken as b


def _rows(database: Database, columns: str, where: str = "true") -> list[Any]:
    return database.fetch(f"SELECT {columns} FROM layers.green_areas WHERE {where} ORDER BY code")


def _file(folder: Path, frame: GeoDataFrame | None = None, name: str = "areas.gpkg") -> Path:
    return b.write(b.squares() if frame is None else frame, folder / name)


def _changes(database: Database) -> int:
    return len(list_changes(database, limit=1000))


def test_the_same_file_twice_changes_nothing(fresh: Database, tmp_path: Path) -> None:
    """First all is new, then all is as it was: no Change, no new version."""
    path = _file(tmp_path)
    first = import_file(fresh, path, layer="green_areas")
    assert first.layers["green_areas"].as_dict() | {"unchanged": 0} == {
        "read": 3, "added": 3, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 0,
    }  # fmt: skip
    assert first.change_id is not None
    before = _changes(fresh), _rows(fresh, "id, version, updated_at")
    again = import_file(fresh, path, layer="green_areas")
    assert again.change_id is None
    assert again.layers["green_areas"].unchanged == 3
    assert (_changes(fresh), _rows(fresh, "id, version, updated_at")) == before


@pytest.mark.parametrize("suffix", [".geojson", ".fgb", ".zip", ".kml"])
def test_the_same_in_another_format(suffix: str, fresh: Database, tmp_path: Path) -> None:
    """Twice the same file changes nothing, whatever the format; keys may be none."""
    frame = b.squares().drop(columns="code") if suffix == ".fgb" else b.squares()
    if suffix == ".zip":
        path = b.zipped_shapefile(tmp_path, frame)
    elif suffix == ".kml":
        path = b.kml(tmp_path / "a.kml", "".join(
            b.placemark(n, b.kml_polygon(g), codigo=n, tipo="Plaza")
            for n, g in zip(frame["name"], frame.geometry, strict=True)
        ))  # fmt: skip
    else:
        path = _file(tmp_path, frame.to_crs(4326) if suffix == ".geojson" else frame, f"a{suffix}")
    assert import_file(fresh, path, layer="green_areas").layers["green_areas"].added == 3
    again = import_file(fresh, path, layer="green_areas")
    assert again.change_id is None
    assert again.layers["green_areas"].unchanged == 3


def test_what_is_kept_of_a_row(fresh: Database, tmp_path: Path) -> None:
    """Types, source and state: published, its SRID known, in the layer's CRS and type."""
    frame = b.squares(
        2, trees=["12", None], lighting=["sí", "no"], last_inspection=["31/01/2024", None]
    )
    import_file(fresh, _file(tmp_path, frame.to_crs(5361)), layer="green_areas")
    rows = _rows(
        fresh,
        "name, kind, trees, lighting, last_inspection, review_state, visibility, source_srid,"
        " ST_SRID(geom), GeometryType(geom), round(area_m2::numeric)",
        "code LIKE 'AV-%'",
    )
    mine = [r for r in rows if r[0] in ("Plaza 1", "Plaza 2") and r[7] == 5361]
    assert [r[:7] for r in mine] == [
        ("Plaza 1", "plaza", 12, True, date(2024, 1, 31), "published", "public"),
        ("Plaza 2", "plaza", None, False, None, "published", "public"),
    ]
    assert mine[0][7:] == (5361, b.STORAGE, "MULTIPOLYGON", 1600)


def test_corrections_leave_what_the_file_does_not_say(fresh: Database, tmp_path: Path) -> None:
    """Columns that the file lacks, and the review state, stay as somebody set them."""
    import_file(fresh, _file(tmp_path, b.squares(trees=[1, 2, 3])), layer="green_areas")
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.green_areas SET review_state = 'in_review', maintenance_contract = 'C-1'"
            " WHERE code = 'AV-2' AND trees = 2"
        )
    done = import_file(
        fresh,
        _file(tmp_path, b.squares(name=["Uno", "Dos", "Tres"]), "b.gpkg"),
        layer="green_areas",
    )
    assert done.layers["green_areas"].changed == 3
    assert _rows(fresh, "name, trees, review_state, maintenance_contract", "code = 'AV-2'") == [
        ("Dos", 2, "in_review", "C-1")
    ]


def test_private_fields_are_taken_in(fresh: Database, tmp_path: Path) -> None:
    """The owner may import what the public never sees."""
    frame = b.squares(maintenance_contract=["C-1", "C-2", "C-3"])
    import_file(fresh, _file(tmp_path, frame), layer="green_areas")
    assert _rows(fresh, "maintenance_contract", "code = 'AV-3'") == [("C-3",)]


def test_replace_removes_what_the_file_lacks(fresh: Database, tmp_path: Path) -> None:
    """Only the file's rows remain, the demonstration's mark is gone, its record is in force."""
    seeded = len(_rows(fresh, "code"))
    done = import_file(
        fresh, _file(tmp_path), layer="green_areas", mode="replace", source="Catastro 2026"
    )
    assert done.layers["green_areas"].removed == seeded
    assert [r[0] for r in _rows(fresh, "code")] == ["AV-1", "AV-2", "AV-3"]
    found = fresh.fetch("SELECT illustrative, source FROM sitplan.layer WHERE name = 'green_areas'")
    assert found[0][0] is False
    assert found[0][1]["title"] == "Catastro 2026"
    again = import_file(
        fresh, tmp_path / "areas.gpkg", layer="green_areas", mode="replace", source="Catastro 2026"
    )
    assert again.change_id is None


def test_append_only_adds(fresh: Database, tmp_path: Path) -> None:
    """A code that is there already refuses the whole file."""
    import_file(fresh, _file(tmp_path, b.squares(1)), layer="green_areas", mode="append")
    with pytest.raises(InvalidData) as caught:
        import_file(
            fresh, _file(tmp_path, b.squares(), "b.gpkg"), layer="green_areas", mode="append"
        )
    assert [(p.code, p.row) for p in caught.value.report.problems if p.severity == "error"] == [
        ("already_there", 1)
    ]
    assert _rows(fresh, "code", "code = 'AV-2' AND name = 'Plaza 2'") == []


def test_a_new_fact_since_a_day(fresh: Database, tmp_path: Path) -> None:
    """With --valid-from the old validity ends and another begins; twice is once."""
    import_file(fresh, _file(tmp_path, b.squares(1)), layer="green_areas")
    bigger = b.squares(1).set_geometry([b.square(side=60)], crs=b.STORAGE)
    path = _file(tmp_path, bigger, "b.gpkg")
    done = import_file(fresh, path, layer="green_areas", valid_from=date(2026, 1, 1))
    assert done.layers["green_areas"].changed == 1
    found = set(_rows(fresh, "round(area_m2::numeric)::int, valid_to", "code = 'AV-1'"))
    assert found == {(1600, date(2026, 1, 1)), (3600, None)}
    assert (
        import_file(fresh, path, layer="green_areas", valid_from=date(2026, 1, 1)).change_id is None
    )


def test_a_refused_file_leaves_nothing(fresh: Database, tmp_path: Path) -> None:
    """Every fault told at once, no row, no Change, no source record."""
    before = _changes(fresh), _rows(fresh, "code, version")
    frame = b.squares(4, kind=["plaza", "plazza", None, "plaza"], trees=["1", "x", "2,5", "-3"],
                      last_inspection=["ayer", None, None, None])  # fmt: skip
    with pytest.raises(InvalidData) as caught:
        import_file(fresh, _file(tmp_path, frame), layer="green_areas", mode="replace")
    errors = {(p.code, p.row) for p in caught.value.report.problems if p.severity == "error"}
    assert errors == {
        ("not_in_list", 2), ("value_missing", 3), ("not_a_number", 2), ("not_whole", 3),
        ("below_minimum", 4), ("date_unreadable", 1),
    }  # fmt: skip
    assert (_changes(fresh), _rows(fresh, "code, version")) == before


def test_checks_of_the_layer_refuse_too(fresh: Database, tmp_path: Path) -> None:
    """What only the database can see (more planted than there is) refuses, repairs told."""
    frame = b.squares(name=["Plaza  1", "b", "c"], vegetated_m2=[10.0, 99_999.0, 3.0])
    with pytest.raises(InvalidData) as caught:
        import_file(fresh, _file(tmp_path, frame), layer="green_areas")
    codes = [p.code for p in caught.value.report.problems]
    assert "vegetated_more_than_area" in codes
    assert "blanks" in codes
    assert _rows(fresh, "code", "name = 'Plaza 1'") == []


def test_a_rehearsal_keeps_nothing(fresh: Database, tmp_path: Path) -> None:
    """--dry-run counts all and stores nothing."""
    before = _changes(fresh)
    done = import_file(fresh, _file(tmp_path), layer="green_areas", dry_run=True)
    assert (done.change_id, done.dry_run, done.layers["green_areas"].added) == (None, True, 3)
    assert _changes(fresh) == before
    assert _rows(fresh, "code", "name = 'Plaza 3' AND code = 'AV-3'") == []


def test_the_key_is_a_column_of_the_file(fresh: Database, tmp_path: Path) -> None:
    """--key names it; several together are one code."""
    frame = b.squares(folio=[7, 8, 9], anio=[2024] * 3).drop(columns="code")
    path = _file(tmp_path, frame)
    import_file(fresh, path, layer="green_areas", key="folio,anio")
    assert [r[0] for r in _rows(fresh, "code", "code LIKE '_-2024'")] == [
        "7-2024",
        "8-2024",
        "9-2024",
    ]


def test_columns_are_said(fresh: Database, tmp_path: Path) -> None:
    """--columns COLUMN=field, and x and y for a table's coordinates."""
    path = b.csv(tmp_path / "a.csv", "a;b;c;d;e\nE-1;Sede;sede_social;328050,5;6837740,5\n")
    columns = {"a": "code", "b": "name", "c": "kind", "d": "x", "e": "y"}
    import_file(fresh, path, layer="facilities", columns=columns, crs="EPSG:32719")
    found = fresh.fetch("SELECT name, ST_X(geom) FROM layers.facilities WHERE code = 'E-1'")
    assert found == [("Sede", 328050.5)]


def test_names_of_the_manifest_are_known(fresh: Database, tmp_path: Path) -> None:
    """A newer file of a known source is recognised by its columns without a word said."""
    path = b.csv(
        tmp_path / "a.csv",
        "RBD;NOM_RBD;DIRECCION;MAT_TOT;LATITUD;LONGITUD;tipo\n"
        "999;ESCUELA X;CALLE 1;12;-28,57;-70,75;Escuela\n",
    )
    import_file(fresh, path, layer="facilities", key="RBD")
    found = fresh.fetch("SELECT name, address, enrolment FROM layers.facilities WHERE code = '999'")
    assert found == [("ESCUELA X", "CALLE 1", 12)]


def test_tables_without_geometry(fresh: Database, tmp_path: Path) -> None:
    """A layer that is a table takes rows with no shape."""
    layer = "objectives"
    declared = fresh.fetch("SELECT declaration FROM sitplan.layer WHERE name = %s", (layer,))[0][0]
    required = {
        f["name"]: f for f in declared["fields"] if (f.get("constraints") or {}).get("required")
    }
    values = {
        n: next(iter(f["codelist"])) if isinstance(f.get("codelist"), dict) else
        ("99" if f["type"] in ("integer", "number") else "prueba")
        for n, f in required.items()
    }  # fmt: skip
    text = ";".join(["code", *values]) + "\n" + ";".join(["OBJ-99", *values.values()]) + "\n"
    done = import_file(fresh, b.csv(tmp_path / "a.csv", text), layer=layer)
    assert done.layers[layer].added == 1


def test_who_why_and_whence(fresh: Database, tmp_path: Path) -> None:
    """The history says who brought what file in, and why."""
    done = import_file(
        fresh, _file(tmp_path), layer="green_areas", why="catastro anual", source="Aseo y Ornato",
        author=Author(role="parks_officer", who="ana"),
    )  # fmt: skip
    change = list_changes(fresh, limit=1)[0]
    assert (change.id, change.role, change.who) == (done.change_id, "parks_officer", "ana")
    assert (change.why, change.source, change.kind) == ("catastro anual", "Aseo y Ornato", "import")


def test_the_receipt_is_json(fresh: Database, tmp_path: Path) -> None:
    """Counts and problems with row, field, message, hint and place, in one language or both."""
    frame = b.squares(name=["PeÃ±a", "b", "c"])
    frame.loc[1, "geometry"] = shapely.Polygon(
        [
            (b.EAST, b.NORTH),
            (b.EAST + 40, b.NORTH + 40),
            (b.EAST + 40, b.NORTH),
            (b.EAST, b.NORTH + 30),
        ]
    )
    done = import_file(fresh, _file(tmp_path, frame), layer="green_areas")
    told = json.loads(json.dumps(done.as_dict("es")))
    assert told["layers"]["green_areas"]["read"] == 3
    by_code = {p["code"]: p for p in told["problems"]}
    assert by_code["double_decoded"]["field"] == "name"
    assert by_code["self_intersection"]["count"] == 1
    west, south = by_code["self_intersection"]["spot"]
    assert -70.8 < west < -70.7
    assert -28.6 < south < -28.5
    both = done.as_dict()["problems"][0]["message"]
    assert both["es"] != both["en"]
    severities = [p["severity"] for p in told["problems"]]
    assert severities == sorted(severities, key=["error", "warning", "repair"].index)


def test_details_are_bounded(fresh: Database, tmp_path: Path) -> None:
    """Of a fault in three hundred rows a hundred are told one by one, the rest counted."""
    frame = b.squares(300, kind=["zzz"] * 300)
    with pytest.raises(InvalidData) as caught:
        import_file(fresh, _file(tmp_path, frame), layer="green_areas")
    told = [p for p in caught.value.report.problems if p.code == "not_in_list"]
    assert len(told) == 101
    assert sum(p.count for p in told) == 300
    assert "200" in told[-1].message["es"]


def test_nothing_is_known_of_drawn_streets(fresh: Database, tmp_path: Path) -> None:
    """What was drawn for the demonstration proves nothing about where real things are."""
    drawn = fresh.fetch(
        "SELECT code, ST_AsBinary(ST_Translate(geom, 184.1, 375.4)) FROM layers.roads LIMIT 100"
    )
    shapes = shapely.from_wkb([bytes(w) for _, w in drawn])
    frame = b.road_frame(list(shapes)).assign(code=[c for c, _ in drawn])
    done = import_file(fresh, _file(tmp_path, frame), layer="roads", dry_run=True)
    assert not [p for p in done.report.problems if p.code.startswith("shift")]


def test_layers_that_are_not(fresh: Database, tmp_path: Path) -> None:
    """A layer or file that is not there is named, with those there are."""
    with pytest.raises(NotFound, match="green_areas"):
        import_file(fresh, _file(tmp_path), layer="lagos")
    with pytest.raises(SitplanError, match=r"nada\.gpkg"):
        import_file(fresh, tmp_path / "nada.gpkg", layer="green_areas")
