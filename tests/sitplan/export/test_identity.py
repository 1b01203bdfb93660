"""import ∘ export is the identity: what a layer gives, another of the same fields takes in whole.

Rows are hypothesis's: texts with accents and separators, numbers, dates before Excel, arrays,
codes, missing values, points and areas to the millimetre. Files in storage coordinates bring
shapes back exactly, those in degrees to within a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas
import pytest
import shapely
import yaml
from geopandas import GeoDataFrame
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sitplan.catalogue import read_folder
from sitplan.changes import Author, Edit, apply
from sitplan.crs import crs_of
from sitplan.db import Database
from sitplan.intake.load import import_file
from sitplan.intake.text import NULL_WORDS, mend_text, normalise
from sitplan.migrate import migrate
from sitplan.query import Moment
from sitplan.settings import Settings
from sitplan.told import told_fields
from tests.sitplan.export.conftest import Exporter
from tests.sitplan.export.reading import within

EPSG = 32719
CODES = {"alto": {"es": "Riesgo alto", "en": "High risk"}, "bajo": {"es": "Bajo", "en": "Low"}}


def _title(text: str) -> dict[str, str]:
    return {"es": text, "en": f"{text} in English"}


FIELDS = [
    {"name": "label", "type": "string", "title": _title("Rótulo")},
    {"name": "comment", "type": "string", "title": _title("Comentario")},
    {"name": "level", "type": "string", "title": _title("Nivel"), "codelist": CODES},
    {"name": "many", "type": "integer", "title": _title("Cantidad")},
    {"name": "size_m", "type": "number", "unit": "m", "title": _title("Tamaño")},
    {"name": "open", "type": "boolean", "title": _title("Abierto")},
    {"name": "day", "type": "date", "title": _title("Día")},
    {"name": "moment", "type": "datetime", "title": _title("Momento")},
    {"name": "levels", "type": "array", "title": _title("Niveles"), "codelist": CODES},
    {"name": "papers", "type": "array", "title": _title("Papeles"), "flat": "|"},
]


def _declare(folder: Path, name: str, kind: str) -> None:
    layer = {
        "name": name, "title": _title(name), "description": _title(name), "custodian": "x",
        "source": {"title": "x", "licence": "CC0-1.0", "date": "2026"},
        "geometry": {"type": kind}, "access": {"read": "public"}, "fields": FIELDS,
    }  # fmt: skip
    (folder / name).mkdir(parents=True)
    text = yaml.safe_dump(layer, allow_unicode=True, sort_keys=False)
    (folder / name / "layer.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def twins(
    server_url: str, base_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Exporter]]:
    """Two layers of points and two of areas, of the same fields; its owner and its reader."""
    from tests.conftest import _database

    folder = tmp_path_factory.mktemp("layers")
    territory = {
        "name": _title("Puerto Inventado"), "storage_crs": EPSG, "time_zone": "America/Santiago",
        "bounds": [-71.25, -29.4, -69.95, -27.97],
        "bounds_projected": [280000, 6745000, 405000, 6905000],
    }  # fmt: skip
    (folder / "territory.yaml").write_text(yaml.safe_dump(territory))
    for name, kind in (("points", "Point"), ("areas", "MultiPolygon")):
        _declare(folder, name, kind)
        _declare(folder, f"{name}_again", kind)
    with _database(server_url) as url:
        own = replace(base_settings, database_url=url, layers=folder)
        assert not migrate(own).problems
        catalogue = read_folder(folder)
        with Database(own, role="admin", workers=1) as owner, Database(own, workers=1) as reader:
            files = tmp_path_factory.mktemp("files")
            yield owner, Exporter(reader, dict(catalogue.layers), catalogue.territory, files)


ALPHABET = "abcdefghijzABCÑñáéíóúüÜ0123456789 .,;:-_'\"()&<>%/#°|=+@"


def _is_plain(text: str) -> bool:
    """Whether the import has nothing to mend in it."""
    import pyarrow

    return not mend_text(pyarrow.array([text]))[1] and normalise(text) not in NULL_WORDS


words = (
    st.text(ALPHABET, min_size=1, max_size=30)
    .map(lambda t: " ".join(t.split()))
    .filter(lambda t: bool(t) and any(c.isalnum() for c in t) and _is_plain(t))
)
papers = words.map(lambda t: t.replace("|", "").strip()).filter(
    lambda t: bool(t) and any(c.isalnum() for c in t) and _is_plain(t)
)
instants = st.datetimes(datetime(1990, 5, 10), datetime(2030, 7, 1)).map(
    lambda d: d.replace(month=6, day=min(d.day, 28), microsecond=0, tzinfo=UTC)
)
eastings = st.integers(300_000_000, 390_000_000).map(lambda n: n / 1000)
northings = st.integers(6_760_000_000, 6_890_000_000).map(lambda n: n / 1000)


@st.composite
def rows(draw: Callable[..., Any]) -> list[dict[str, Any]]:
    """Some rows, the first of which has a value in every field."""
    found = []
    for number in range(draw(st.integers(1, 6))):

        def some(strategy: Any, is_first: bool = number == 0) -> Any:
            return draw(strategy if is_first else st.none() | strategy)

        found.append(
            {
                "code": f"N-{number:03d}",
                "label": some(words),
                "comment": some(words),
                "level": some(st.sampled_from(list(CODES))),
                "many": some(st.integers(-(2**50), 2**50)),
                "size_m": some(st.integers(-(10**12), 10**12).map(lambda n: n / 1000)),
                "open": some(st.booleans()),
                "day": some(st.dates(date(1810, 1, 1), date(2100, 1, 1))),
                "moment": some(instants),
                "levels": some(st.lists(st.sampled_from(list(CODES)), min_size=1, unique=True)),
                "papers": some(st.lists(papers, min_size=1, max_size=3, unique=True)),
                "x": draw(eastings),
                "y": draw(northings),
            }
        )
    return found


def _frame(drawn: list[dict[str, Any]], name: str) -> GeoDataFrame:
    frame = pandas.DataFrame(drawn)
    shapes = []
    for x, y in zip(frame.pop("x"), frame.pop("y"), strict=True):
        hole = shapely.box(x + 10, y + 10, x + 20, y + 20).exterior
        one = shapely.Polygon(shapely.box(x, y, x + 100.001, y + 50.002).exterior, [hole])
        two = shapely.box(x + 300, y, x + 310, y + 10.5)
        shapes.append(shapely.Point(x, y) if name == "points" else shapely.MultiPolygon([one, two]))
    frame["many"] = frame["many"].astype("Int64")
    frame["open"] = frame["open"].astype("boolean")
    frame["size_m"] = frame["size_m"].astype(float)
    frame["moment"] = pandas.to_datetime(frame["moment"], utc=True)
    frame["review_state"] = "published"
    return GeoDataFrame(frame, geometry=shapes, crs=EPSG).rename_geometry("geom")


CASES = [
    ("gpkg", "", {}, 0), ("fgb", "", {}, 0), ("parquet", "", {}, 0), ("shp", "", {}, 0),
    ("gpkg", "name-as-title,val-as-title", {}, 0), ("geojson", "", {}, 0.001),
    ("csv", "", {}, 0.001), ("csv", "", {"crs": EPSG}, 1e-9),
    ("csv", "excel", {}, 0.001), ("xlsx", "", {"coordinates": "wkt"}, 0.001),
    ("xlsx", "val-as-title", {"coordinates": "wkt", "crs": EPSG, "lang": "en"}, 1e-9),
]  # fmt: skip


@contextmanager
def _removed(path: Path) -> Iterator[Path]:
    try:
        yield path
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["points", "areas"])
@pytest.mark.parametrize(("fmt", "profile", "more", "metres"), CASES)
@settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(drawn=rows())
def test_import_of_an_export_is_the_layer(
    twins: tuple[Database, Exporter], name: str, fmt: str, profile: str, more: dict[str, Any],
    metres: float, drawn: list[dict[str, Any]],
) -> None:  # fmt: skip
    owner, exporter = twins
    catalogue = read_folder(owner.settings.layers)
    author, moment = Author(role="test"), Moment(on="any")
    edit = Edit(layer=name, rows=_frame(drawn, name), mode="replace")
    apply(owner, catalogue, [edit], author=author, why="drawn")
    asked = {**more, **({"crs": crs_of(more["crs"])} if "crs" in more else {})}
    with _removed(exporter.save(name, fmt, profile, moment=moment, **asked)) as path:
        said = {"crs": f"EPSG:{more.get('crs', 4326)}"} if fmt in ("csv", "xlsx") else {}
        again = f"{name}_again"
        receipt = import_file(owner, path, layer=again, mode="replace", **said)
    assert receipt.layers[again].rejected == 0, receipt.report.as_dict()
    there, here = exporter.truth(name, moment), exporter.truth(again, moment)
    for field in told_fields(exporter.layers[name]):
        if field.name not in ("version", "updated_at"):
            one, other = (_plain(frame[field.name]) for frame in (there, here))
            assert one == other, field.name
    within(list(there.geometry), list(here.geometry), metres)


def _plain(column: Any) -> list[Any]:
    return [None if not isinstance(v, list) and pandas.isna(v) else v for v in column]
