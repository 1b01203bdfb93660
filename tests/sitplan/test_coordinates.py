"""Coordinates as people and offices write them are read as the place that they mean."""

from __future__ import annotations

import pytest
from pyproj import Transformer

from sitplan.coordinates import read_coordinates

BOUNDS = (-71.25, -29.40, -69.95, -27.97)
PLACE = (-70.7585, -28.5765)
EAST, NORTH = Transformer.from_crs(4326, 32719, always_xy=True).transform(*PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "-28.5765, -70.7585", "-28.5765,-70.7585", "-28,5765; -70,7585", "-28,5765, -70,7585",
        "-28,5765 -70,7585", "-70.7585 -28.5765", "28.5765 70.7585", "28,5765 70,7585",
        "lat -28.5765 lon -70.7585", "Latitud: -28,5765 / Longitud: -70,7585", "−28.5765, −70.7585",
        "S 28,5765 O 70,7585", "28.5765° S, 70.7585° W", "28,5765°S 70,7585°O",
        "70,7585 oeste 28,5765 sur", "28°34'35,4\" S 70°45'30,6\" O",
        "28º 34´ 35.4'' S 70º 45´ 30.6'' W",
        "28° 34′ 35,4″ S 70° 45′ 30,6″ O", "(-28.5765, -70.7585)", "28°34.59' S 70°45.51' W",
    ],
)  # fmt: skip
def test_degrees(text: str) -> None:
    assert read_coordinates(text, BOUNDS) == pytest.approx(PLACE, abs=2e-6)


@pytest.mark.parametrize(
    "text",
    [
        "{e} {n}", "{n} {e}", "E {e} N {n}", "N: {n}; E: {e}", "{e} E, {n} N", "19S {e} {n}",
        "19 S {e} {n}", "UTM 19S {e} {n}", "Huso 19 Sur E {e} N {n}", "19J {e} {n}",
        "{e}E {n}N 19S",
        "{ed} {nd}", "E {ed} m, N {nd} m", "{es} {ns}", "Este {ed},0 Norte {nd},0", "X={e} Y={n}",
        "Este: {e}, Norte: {n} (UTM 19S)", "{e}; {n}", "E{e} N{n}",
        "Coordenadas UTM WGS84: {e} / {n}",
    ],
)  # fmt: skip
def test_utm_as_officials_write_it(text: str) -> None:
    def dotted(value: int, mark: str) -> str:
        return f"{value:,}".replace(",", mark)

    e, n = round(EAST), round(NORTH)
    written = text.format(
        e=e, n=n, ed=dotted(e, "."), nd=dotted(n, "."), es=dotted(e, " "), ns=dotted(n, " ")
    )
    assert read_coordinates(written, BOUNDS) == pytest.approx(PLACE, abs=1e-5), written


def test_another_zone_and_another_country_are_where_they_say() -> None:
    zone_18 = Transformer.from_crs(32718, 4326, always_xy=True).transform(700_000, 6_000_000)
    assert read_coordinates("18S 700000 6000000", BOUNDS) == pytest.approx(zone_18)
    north_30 = Transformer.from_crs(32630, 4326, always_xy=True).transform(440_000, 4_474_000)
    assert read_coordinates("30T 440000 4474000", BOUNDS) == pytest.approx(north_30)
    assert read_coordinates("-33.45, -70.66", BOUNDS) == (-70.66, -33.45)
    assert read_coordinates("40.4168 N 3.7038 W", BOUNDS) == pytest.approx((-3.7038, 40.4168))


@pytest.mark.parametrize(
    "text",
    [
        "", "Prat 1234", "12 34", "Ruta 5", "Pasaje 4 5", "18 de Septiembre 220", "5,5 3",
        "28.5 S Prat",
        "95.5, -270.2", "E1 E2", "28.5 S 70.5 S", "327935", "327935 6837101 12", "1.5 2.5 3.5",
        "con",
        "91.5 S 70.5 W", "0,5", "°°", "-", "1e5 1e6", "NaN NaN",
    ],
)  # fmt: skip
def test_what_is_no_place_is_not_read_as_one(text: str) -> None:
    assert read_coordinates(text, BOUNDS) is None
