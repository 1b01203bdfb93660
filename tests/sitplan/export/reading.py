"""Files read back by programs that did not write them, as frames under the layer's own names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pandas
import pyarrow.parquet
import pyogrio
import shapely

from sitplan.layer import Field, Layer
from sitplan.told import told_fields

Rows = list[dict[str, Any]]
"""Of each feature its values by field, and its shape under `geometry`."""


def read_vector(path: Path | str, layer: str | None = None) -> tuple[dict[str, Any], Rows]:
    """What GDAL finds in a file: its description, and its rows."""
    about, table = pyogrio.read_arrow(path, layer=layer)
    name = about["geometry_name"] or "wkb_geometry"
    rows = table.to_pylist()
    for row in rows:
        if name in row:
            row["geometry"] = shapely.from_wkb(row.pop(name))
    return about, rows


def read_geojson(text: str) -> Rows:
    """The features of a GeoJSON document or of a sequence of them."""
    lines = [line.strip("\x1e\n") for line in text.split("\n")]
    is_one = '"FeatureCollection"' in lines[0]
    features = json.loads(text)["features"] if is_one else [json.loads(t) for t in lines if t]
    found = []
    for feature in features:
        shape = feature["geometry"] and shapely.from_geojson(json.dumps(feature["geometry"]))
        found.append({"id": feature["id"], **feature["properties"], "geometry": shape})
    return found


def read_csv(data: bytes, *, delimiter: str = ",") -> Rows:
    """Rows of texts; what stands unquoted and empty is None."""
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def read_workbook(path: Path) -> tuple[Any, Rows]:
    """A workbook, and its first sheet's rows by heading."""
    book = openpyxl.load_workbook(path)
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    return book, [dict(zip(heads, row, strict=True)) for row in rows]


def read_parquet(path: Path) -> tuple[Any, Rows]:
    """What pyarrow finds: the schema with the file's metadata, the rows."""
    table = pyarrow.parquet.read_table(path)
    schema = table.schema.with_metadata(pyarrow.parquet.read_metadata(path).metadata)
    rows = table.to_pylist()
    for row in rows:
        if "geometry" in row:
            row["geometry"] = shapely.from_wkb(row["geometry"])
    return schema, rows


def same(
    truth: Any,
    rows: Rows,
    layer: Layer,
    *,
    names: Mapping[str, str] | None = None,
    zone: str | None = None,
    milliseconds: bool = False,
) -> None:
    """Assert that the rows are the layer's: every feature, in order, every value of every field.

    Parameters
    ----------
    names
        Field → the name that it has in the file.
    zone
        The clocks by which the file tells instants; None for UTC.
    milliseconds
        Whether it keeps no more of them.
    """
    names = names or {}
    assert [r[names.get("id", "id")] for r in rows] == truth["id"].tolist()
    for field in told_fields(layer):
        column = [r[names.get(field.name, field.name)] for r in rows]
        for there, here in zip(truth[field.name], column, strict=True):
            assert _equal(field, there, here, zone, milliseconds), (field.name, there, here)


def _equal(field: Field, there: Any, here: Any, zone: str | None, milliseconds: bool) -> bool:
    if not isinstance(there, list) and pandas.isna(there):
        return here is None or here == ""
    if here is None:
        return False
    match field.type:
        case "date":
            return _day(here) == there.date()
        case "datetime":
            off = abs(_instant(here, zone) - there.to_pydatetime()).total_seconds()
            return off < (0.001 if milliseconds else 1e-6)
        case "array":
            return (here.split(field.flat) if isinstance(here, str) else list(here)) == there
        case "boolean":
            return (here in ("true", True, 1)) is bool(there) and here in (
                "true", "false", True, False, 0, 1
            )  # fmt: skip
        case "integer":
            return int(here) == there
        case "number":
            return float(here) == there
        case _:
            return bool(here == there)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        assert (value.hour, value.minute) == (0, 0)
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value.replace("/", "-"))


def _instant(value: Any, zone: str | None) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return moment.astimezone(UTC)


def within(truth: Sequence[Any], found: Sequence[Any], metres: float = 0.001) -> None:
    """Assert that each shape lies within so many metres of the true one, vertex by vertex."""
    assert len(truth) == len(found)
    for there, here in zip(truth, found, strict=True):
        if there is None:
            assert here is None
            continue
        one, other = shapely.normalize(there), shapely.normalize(here)
        if one.geom_type.startswith("Multi") and not other.geom_type.startswith("Multi"):
            other = shapely.normalize(shapely.from_wkt(f"MULTI{_multi(other)}"))
        assert one.geom_type == other.geom_type
        assert shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other)
        assert shapely.hausdorff_distance(one, other) <= metres
        assert one.distance(other) <= metres


def _multi(shape: Any) -> str:
    kind, _, body = shape.wkt.partition(" ")
    return f"{kind} ({body})"
