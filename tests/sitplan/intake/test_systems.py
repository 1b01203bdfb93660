"""The one way into storage: vectors known by hand, and the traps between operations."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from psycopg2.extensions import cursor as Cursor
from pyproj import CRS, Transformer

from sitplan.errors import WrongCrs
from sitplan.intake.read import parse_crs
from sitplan.intake.systems import (
    Ground,
    by_operation,
    carry_shapes,
    epsg_of,
    into_storage,
    to_lon_lat,
)
from tests.data import broken as b

PLACE = np.array([[327_800.0, 6_837_700.0]])
VECTORS = {
    24879: (-184.1, -375.4),
    29189: (-58.0, -39.4),
    5361: (0, 0),
    31979: (0, 0),
    20049: (0, 0),
}


@pytest.mark.parametrize("code", VECTORS)
def test_the_operation_is_the_right_one(code: int, ground: Ground) -> None:
    """EPSG:6972 for PSAD56, EPSG:6974 for SAD69, nothing for the SIRGAS: to the decimetre."""
    moved = into_storage(CRS.from_epsg(code), ground)(PLACE) - PLACE
    assert moved[0] == pytest.approx(VECTORS[code], abs=0.1)


@pytest.mark.parametrize("code", VECTORS)
def test_postgis_agrees(code: int, ground: Ground, db: Cursor) -> None:
    """PostGIS, left to choose by itself, comes out within a metre of ours."""
    db.execute("SELECT EXISTS (SELECT FROM spatial_ref_sys WHERE srid = %s)", (code,))
    if not db.fetchone()[0]:
        pytest.skip(f"this PostGIS does not know EPSG:{code}")
    db.execute(
        "SELECT ST_X(g), ST_Y(g) FROM (SELECT ST_Transform("
        "ST_SetSRID(ST_Point(%s, %s), %s), %s) AS g) AS there",
        (*PLACE[0].tolist(), code, ground.storage),
    )
    ours = into_storage(CRS.from_epsg(code), ground)(PLACE)[0]
    assert np.hypot(*(ours - np.array(db.fetchone()))) < 1


@pytest.mark.parametrize("code", [24879, 29189, 5361])
def test_gdal_agrees(code: int, ground: Ground) -> None:
    """GDAL's own transformation comes out within a metre of ours."""
    if shutil.which("gdaltransform") is None:
        pytest.skip("gdaltransform is not installed (gdal-bin)")
    done = subprocess.run(
        ["gdaltransform", "-s_srs", f"EPSG:{code}", "-t_srs", f"EPSG:{ground.storage}"],
        input="327800 6837700\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    theirs = np.array([float(v) for v in done.stdout.split()[:2]])
    ours = into_storage(CRS.from_epsg(code), ground)(PLACE)[0]
    assert np.hypot(*(ours - theirs)) < 1


def test_the_general_operation_is_43_m_off(ground: Ground) -> None:
    """ "PSAD56 to WGS 84 (1)", which PROJ lists first, is the trap."""
    right = by_operation(24879, 6972, ground)(PLACE)
    general = by_operation(24879, 1201, ground)(PLACE)
    assert general[0] - PLACE[0] == pytest.approx((-201.3, -336.1), abs=0.1)
    assert np.hypot(*(general - right)[0]) == pytest.approx(43, abs=0.5)


def test_the_withdrawn_code_is_77_m_off(ground: Ground) -> None:
    """EPSG:29179 has only a ballpark: never offered, refused with its successor."""
    right = into_storage(CRS.from_epsg(29189), ground)(PLACE)
    guess = Transformer.from_crs(29179, ground.storage, always_xy=True)
    ballpark = np.column_stack(guess.transform(PLACE[:, 0], PLACE[:, 1]))
    assert np.hypot(*(ballpark - right)[0]) == pytest.approx(77, abs=0.5)
    assert ground.datum(29179) is None
    for refuse in (lambda: into_storage(CRS.from_epsg(29179), ground), lambda: parse_crs("29179")):
        with pytest.raises(WrongCrs) as caught:
            refuse()
        assert caught.value.code == "deprecated_system"
        assert "--crs EPSG:29189" in caught.value.hint()


def test_unknown_datums_are_refused_not_guessed(ground: Ground) -> None:
    """A system from which PROJ has only a ballpark is not taken in."""
    local = CRS.from_proj4("+proj=utm +zone=19 +south +a=6378000 +b=6356000 +units=m +no_defs")
    with pytest.raises(WrongCrs, match="transformación segura"):
        into_storage(local, ground)(PLACE)


def test_every_datum_of_the_territory_works(ground: Ground) -> None:
    """All are known to PROJ under the zone that their title says, and lead there and back."""
    for datum in ground.datums:
        crs = CRS.from_epsg(datum.crs)
        assert not crs.is_deprecated
        if crs.utm_zone:
            assert f"{crs.utm_zone[:-1]} S" in datum.title["es"], datum
        out = Transformer.from_crs(ground.storage, datum.crs, always_xy=True)
        there = np.column_stack(out.transform(PLACE[:, 0], PLACE[:, 1]))
        again = into_storage(crs, ground)(there)
        assert np.hypot(*(again - PLACE)[0]) < 50, datum


def test_an_esri_prj_is_recognised() -> None:
    """What ArcGIS writes names no code, yet is known by likeness."""
    esri = CRS.from_epsg(24879).to_wkt("WKT1_ESRI")
    assert epsg_of(CRS.from_wkt(esri)) == 24879
    assert epsg_of(CRS.from_user_input("OGC:CRS84")) == 4326


def test_shapes_are_carried_whole(ground: Ground) -> None:
    """Each vertex of a shape goes where its point would."""
    carry = into_storage(CRS.from_epsg(24879), ground)
    shape = b.square()
    moved = carry_shapes(np.array([shape, None], dtype=object), carry)
    import shapely

    assert shapely.get_coordinates(moved[0]) == pytest.approx(carry(shapely.get_coordinates(shape)))
    assert moved[1] is None
    lon, lat = to_lon_lat(ground)(PLACE)[0]
    assert -70.8 < lon < -70.7
    assert -28.6 < lat < -28.5
