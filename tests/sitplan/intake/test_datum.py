"""Where coordinates fall, and what they seem to be: judged by the territory's box alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from sitplan.catalogue import territory_from_facts
from sitplan.intake.datum import locate
from sitplan.intake.systems import Ground, ground_of

DEGREES, METRES = CRS.from_epsg(4326), CRS.from_epsg(32719)


def _at(x: float, y: float) -> np.ndarray:
    return np.array([[x, y]] * 4, dtype=float)


@pytest.mark.parametrize(
    ("x", "y", "crs", "code", "first"),
    [
        (-28.5765, -70.7585, DEGREES, "datum_swapped", 4326),
        (6_837_730, 328_060, METRES, "datum_swapped", 32719),
        (328_060, 6_837_730, DEGREES, "datum_metres", 32719),
        (-70.7585, -28.5765, METRES, "datum_degrees", 4326),
        (914_000, 6_833_000, METRES, "datum_zone", 32718),
        (-7_876_800, -3_317_000, DEGREES, "datum_mercator", 3857),
        (-7_876_800, -3_317_000, METRES, "datum_mercator", 3857),
        (70.7585, 28.5765, DEGREES, "datum_sign", 4326),
        (-70.7585, 28.5765, DEGREES, "datum_sign", 4326),
        (328_060_000, 6_837_730_000, METRES, "datum_units", 32719),
        (328.060, 6_837.730, METRES, "datum_units", 32719),
        (328_060, 6_837_730, CRS.from_epsg(32619), "datum_other", 32719),
        (-75, -28, DEGREES, "datum_elsewhere", None),
        (-70.3, -18.5, DEGREES, "datum_elsewhere", None),
        (10, 50, DEGREES, "datum_far", None),
        (0, 0, DEGREES, "datum_zero", None),
        (328_060, 6_837_730, None, "crs_missing", 32719),
        (-70.7585, -28.5765, None, "crs_missing", 4326),
        (914_000, 6_833_000, None, "crs_missing", 32718),
        (-28.57, -70.75, None, "datum_swapped", 4326),
        (5, 5, None, "crs_missing_far", None),
    ],
)  # fmt: skip
def test_a_place_is_explained(
    x: float, y: float, crs: CRS | None, code: str, first: int | None, ground: Ground
) -> None:
    """Each usual mistake by its name, with the system that would put it right."""
    found = locate(_at(x, y), crs, ground)
    assert found is not None
    assert found.code == code
    if first is not None:
        assert found.proposals[0].crs == first
    assert 29179 not in [p.crs for p in found.proposals]


def test_far_places_have_names(ground: Ground) -> None:
    """The sea and the regions that strays fall in are said by name and distance."""
    sea = locate(_at(-75, -28), DEGREES, ground)
    arica = locate(_at(-70.3, -18.5), DEGREES, ground)
    assert sea is not None and arica is not None
    assert sea.facts["place"]["es"] == "el océano Pacífico"
    assert "Arica" in arica.facts["place"]["es"]
    assert arica.facts["side"]["es"] == "norte"
    assert 1000 < arica.facts["km"] < 1300


@settings(max_examples=25, deadline=None)
@given(st.floats(-71.2, -70.0), st.floats(-29.3, -28.0))
def test_what_lies_in_the_territory_is_let_alone(lon: float, lat: float) -> None:
    """Anywhere in the box, in any system of the territory, nothing is found wrong."""
    ground = _ground()
    for datum in ground.datums:
        way = Transformer.from_crs(4326, datum.crs, always_xy=True)
        x, y = way.transform(lon, lat)
        inside = locate(_at(x, y), CRS.from_epsg(datum.crs), ground)
        west, south, east, north = ground.bounds
        if west + 0.01 < lon < east - 0.01 and south + 0.01 < lat < north - 0.01:
            assert inside is None, datum


def test_a_few_strays_do_not_condemn_a_file(ground: Ground) -> None:
    """Most points in the box: the others are told row by row, not the file as a whole."""
    points = np.vstack([_at(-70.75, -28.57), _at(-70.75, -28.57), [[0, 0]], [[-28.57, -70.75]]])
    assert locate(points, DEGREES, ground) is None
    assert locate(np.empty((0, 2)), DEGREES, ground) is None
    assert locate(np.array([[np.nan, np.nan]]), DEGREES, ground) is None


def test_another_territory_has_its_own_zone() -> None:
    """Nothing is of one commune: elsewhere the same coordinates are read by other data."""
    other = ground_of(
        territory_from_facts(
            {
                "name": {"es": "Puerto Inventado", "en": "Invented Harbour"},
                "storage_crs": 32718,
                "time_zone": "America/Santiago",
                "bounds": [-74.5, -42.5, -72.0, -41.0],
                "bounds_projected": [540000, 5290000, 760000, 5460000],
                "datums": [
                    {"crs": 32718, "title": {"es": "Huso 18 Sur", "en": "Zone 18 South"}},
                    {"crs": 32719, "title": {"es": "Huso 19 Sur", "en": "Zone 19 South"}},
                ],
            }
        )
    )
    assert locate(_at(650_000, 5_400_000), CRS.from_epsg(32718), other) is None
    found = locate(_at(650_000, 5_400_000), DEGREES, other)
    assert found is not None
    assert (found.code, found.proposals[0].crs) == ("datum_metres", 32718)


def _ground() -> Ground:
    from pathlib import Path

    from sitplan.catalogue import read_folder

    return ground_of(read_folder(Path(__file__).parents[3] / "layers").territory)
