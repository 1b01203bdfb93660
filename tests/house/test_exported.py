"""The public face: what `import sitplan` gives, how fast, and to whom."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import geopandas
import pandas
import pytest

import sitplan
from sitplan.db import READER, reader_url
from sitplan.local import Local
from sitplan.settings import Settings


def test_every_exported_name_is_there() -> None:
    assert len(set(sitplan.__all__)) == len(sitplan.__all__)
    for name in sitplan.__all__:
        assert getattr(sitplan, name) is not None, name


def test_errors_are_whole() -> None:
    from sitplan import errors

    family = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.SitplanError)
    }
    assert family <= set(sitplan.__all__)


def test_version_is_the_packages() -> None:
    from importlib.metadata import version

    assert sitplan.__version__ == version("sitplan")


def test_importing_is_light() -> None:
    heavy = ["geopandas", "pandas", "shapely", "pyproj", "psycopg2", "folium", "yaml"]
    code = f"import sys, sitplan; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sitplan.nothing


def test_frame_is_typed_and_placed(seeded_settings: Settings) -> None:
    with sitplan.open(settings=seeded_settings) as here:
        assert "green_areas" in here.layers
        assert list(here.layers) == sorted(here.layers)
        frame = here.frame("green_areas")
        assert isinstance(frame, geopandas.GeoDataFrame)
        assert frame.crs.to_epsg() == here.catalogue.territory.storage_crs
        assert frame["area_m2"].dtype == "float64"
        assert frame["trees"].dtype == "Int64"
        assert frame["public_access"].dtype == "boolean"
        assert "maintenance_contract" not in frame
        assert frame["id"].is_unique
        table = here.frame("objectives")
        assert isinstance(table, pandas.DataFrame)
        assert not isinstance(table, geopandas.GeoDataFrame)


def test_both_times_are_taken_as_text_or_value(seeded_settings: Settings) -> None:
    with sitplan.open(settings=seeded_settings) as here:
        now = len(here.frame("neighbourhoods"))
        assert now > 0
        assert len(here.frame("neighbourhoods", on="any")) >= now
        assert len(here.frame("neighbourhoods", on=date(2026, 1, 1))) == len(
            here.frame("neighbourhoods", on="2026-01-01")
        )
        before = datetime(2020, 1, 1, tzinfo=UTC)
        assert here.frame("neighbourhoods", as_of=before).empty
        with pytest.raises(sitplan.BadRequest) as caught:
            here.frame("neighbourhoods", as_of=datetime(2020, 1, 1))
        assert caught.value.code == "wrong_instant"
        with pytest.raises(sitplan.BadRequest):
            here.frame("neighbourhoods", on="ayer")


def test_unknown_layers_are_named(seeded_settings: Settings) -> None:
    with sitplan.open(settings=seeded_settings) as here:
        with pytest.raises(sitplan.NotFound, match="green_areas"):
            here.frame("gren_areas")


@pytest.mark.parametrize("whose", ["owner", "reader"])
def test_an_address_opens_as_the_reader(seeded_settings: Settings, whose: str) -> None:
    url = seeded_settings.database_url if whose == "owner" else reader_url(seeded_settings)
    with sitplan.open(url) as here:
        assert isinstance(here.origin, Local)
        assert here.origin.database.fetch("SELECT current_user")[0][0] == READER
        assert "sitplan" in repr(here) and "@" not in repr(here)
        assert len(here.frame("green_areas")) > 0
