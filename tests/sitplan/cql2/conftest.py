"""A layer with a field of every kind, its rows known to the tests and kept in PostGIS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from sitplan.catalogue import read_folder
from sitplan.cql2 import Lang, parse_filter
from sitplan.db import Database
from sitplan.layer import Layer
from sitplan.migrate import migrate
from sitplan.query import FeatureQuery, Moment
from sitplan.seeds import load_seeds
from sitplan.settings import Settings

from ...conftest import CHECKOUT, _database
from .rows import FIELDS, PRIVATE_MARK, Row, sample_rows

ZONE = "America/Santiago"


class Samples:
    """The layer, its database as the public reads it, and what it holds.

    No dataclass, for hypothesis would write all of it into its reports.
    """

    def __init__(self, database: Database, layer: Layer, rows: tuple[Row, ...]) -> None:
        self.database, self.layer, self.rows = database, layer, rows

    def codes(self, text: str | dict[str, Any], lang: Lang | None = None) -> set[str]:
        """The codes that a filter finds: JSON where it is a tree."""
        is_text = isinstance(text, str)
        condition = parse_filter(
            text if isinstance(text, str) else json.dumps(text),
            layer=self.layer,
            storage=4326,
            time_zone=ZONE,
            lang=lang or ("cql2-text" if is_text else "cql2-json"),
        )
        query = FeatureQuery(
            layer=self.layer,
            srid=4326,
            moment=Moment(on="any"),
            filter=condition,
            limit=10_000,
        )
        return {row[2] for row in self.database.fetch(*query.page())}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def write_folder(folder: Path, rows: tuple[Row, ...]) -> None:
    """The layer's folder beside the files of the demonstration's territory."""
    folder.mkdir()
    for path in (CHECKOUT / "layers").glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    home = folder / "samples"
    home.mkdir()
    words = {"es": "Muestras", "en": "Samples"}
    declared = {
        "name": "samples",
        "title": words,
        "description": words,
        "custodian": "Nadie",
        "source": {"title": "Nada", "licence": "CC0-1.0", "date": "2026"},
        "geometry": {"type": "Geometry", "crs": 4326, "anywhere": True},
        "access": {"read": "public"},
        "fields": [{"title": words, **field} for field in FIELDS],
    }
    (home / "layer.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    features = []
    for row in rows:
        shape: BaseGeometry = row["geom"]
        told = {k: _plain(v) for k, v in row.items() if k != "geom" and v is not None}
        told["secret"] = PRIVATE_MARK
        features.append({"type": "Feature", "geometry": mapping(shape), "properties": told})
    (home / "seed.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), "utf-8"
    )


@pytest.fixture(scope="session")
def samples(
    server_url: str, base_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Samples]:
    """The layer, in a database of its own."""
    folder = tmp_path_factory.mktemp("samples") / "layers"
    rows = sample_rows()
    write_folder(folder, rows)
    with _database(server_url) as url:
        settings = replace(base_settings, database_url=url, layers=folder)
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        with Database(settings, workers=2) as database:
            yield Samples(database, read_folder(folder).layer("samples"), rows)
