"""Databases to import into: one with known streets, one with the real data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sitplan.catalogue import Catalogue
from sitplan.changes import Receipt
from sitplan.db import Database
from sitplan.intake.load import import_file, load
from sitplan.intake.manifest import MANIFEST, Manifest, read_manifest
from sitplan.intake.systems import Ground, ground_of
from sitplan.settings import Settings
from tests.conftest import CHECKOUT
from tests.data import broken

Loaded = tuple[Database, Mapping[str, Receipt]]


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The manifest of this territory."""
    return read_manifest(CHECKOUT / "layers" / MANIFEST)


@pytest.fixture(scope="session")
def loaded(_clones: Callable, base_settings: Settings, data_folder: Path) -> Iterator[Loaded]:
    """The real data in place of the demonstration, and the receipts; only rehearse on it."""
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        with Database(settings, role="admin", workers=2) as database:
            yield database, load(database, data_folder)


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
