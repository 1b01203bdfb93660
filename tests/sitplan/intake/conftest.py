"""A database of the module's own whose streets are taken for real, to compare places with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.intake.load import import_file
from sitplan.intake.systems import Ground, ground_of
from sitplan.settings import Settings
from tests.data import broken


@pytest.fixture(scope="session")
def ground(catalogue: Catalogue) -> Ground:
    """The territory's systems."""
    return ground_of(catalogue.territory)


@pytest.fixture(scope="module")
def workshop(
    _clones: Callable, base_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A seeded database with an irregular net of streets as if they were real."""
    folder: Path = tmp_path_factory.mktemp("streets")
    path = broken.write(broken.road_frame(broken.streets()), folder / "calles.gpkg")
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        with Database(settings, role="admin", workers=2) as database:
            import_file(database, path, layer="roads", mode="replace")
            yield database
