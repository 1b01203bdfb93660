"""Frames read by COPY: the same however the bytes are cut, and bounded in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas
import psycopg2
import pytest
import shapely
from psycopg2 import sql as pgsql

from sitplan import frames
from sitplan.features import read_frame
from sitplan.frames import copy_frame
from sitplan.layer import Field, FieldType
from sitplan.query import Moment

ROWS = 1_000_000
OVER_THE_FRAME = 1.25
"""What reading may hold at its height, over the frame that it gives (seen: 1.01)."""

KINDS: dict[str, FieldType] = {
    "name": "string", "n": "integer", "m": "number", "yes": "boolean",
    "day": "date", "at": "datetime", "some": "array",
}  # fmt: skip
STRANGE = """
SELECT gen.id::uuid AS id, name, n, m, yes, day::date, at::timestamptz, "some"::text[],
  public.ST_AsBinary(public.ST_GeomFromText(shape)) AS geom FROM (VALUES
  ('00000000-0000-0000-0000-0000000000ff', '', 0, 0.5, true, '-infinity',
   '2020-02-29 23:59:59.999999-03', '{}', 'POINT(1 2)'),
  ('ffffffff-ffff-4fff-bfff-ffffffffffff', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('a0b1c2d3-e4f5-4678-9abc-def012345678', E'ñandú \\t€ 😀\\n', -9007199254740993, 'NaN', false,
   '0001-01-01', '1969-12-31 23:59:59.5+00', '{"a,b",c}', 'MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')
) AS gen (id, name, n, m, yes, day, at, "some", shape)
"""
SCRIPT = """
import json, sys
from pathlib import Path
import psycopg2
from tests.sitplan import test_frames as here
def held(what):
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index(what + ":") + 1]) / 1024
link = psycopg2.connect(sys.argv[1])
with link.cursor() as cursor:
    here.read(cursor, here.many(1000), here.MANY)
    before = held("VmRSS")
    frame = here.read(cursor, here.many(here.ROWS), here.MANY)
    most, after = held("VmHWM"), held("VmRSS")
print(json.dumps({"rows": len(frame), "area": frame.geometry.area.sum(), "before": before,
                  "most": most, "after": after}))
"""
MANY: dict[str, FieldType] = {
    "name": "string", "roll": "string", "use": "string", "value": "integer",
    "frontage": "number", "built": "boolean", "surveyed": "date", "area": "number",
}  # fmt: skip


def _field(name: str, kind: FieldType) -> Field:
    return Field(name=name, type=kind, title={"es": name, "en": name})


def read(cursor: Any, text: str, kinds: dict[str, FieldType] | None = None) -> Any:
    """The rows of a statement as a frame."""
    fields = [_field(name, kind) for name, kind in (MANY if kinds is None else kinds).items()]
    return copy_frame(cursor, (pgsql.Composed([pgsql.SQL(text)]), []), fields=fields, srid=32719)


def many(count: int) -> str:
    """So many octagons with eight fields."""
    corners = ", ".join(
        f"public.ST_MakePoint({round(9 * np.cos(a), 3)}, {round(9 * np.sin(a), 3)})"
        for a in np.linspace(0, 2 * np.pi, 9)
    )
    return (
        "SELECT md5(n::text)::uuid AS id, 'Predio ' || n AS name, lpad(n::text, 9, '0') AS roll,"
        " 'vivienda' AS use, n AS value, n / 7.0 AS frontage, n %% 3 > 0 AS built,"
        " date '2000-01-01' + n %% 9000 AS surveyed, 229.1 AS area,"
        " public.ST_AsBinary(public.ST_Translate(s.shape, n %% 1000 * 20, n / 1000 * 20)) AS geom"
        f" FROM generate_series(1, {count}) AS n, (SELECT public.ST_MakePolygon("
        f"public.ST_MakeLine(ARRAY[{corners}])) AS shape) AS s"
    )


@pytest.fixture
def cursor(seeded_settings: Any) -> Any:
    """Of the seeded database's owner."""
    link = psycopg2.connect(seeded_settings.database_url)
    with link.cursor() as opened:
        yield opened
    link.close()


def _same(one: pandas.DataFrame, other: pandas.DataFrame) -> None:
    plain = [pandas.DataFrame(f).drop(columns="geometry", errors="ignore") for f in (one, other)]
    pandas.testing.assert_frame_equal(*plain)
    if "geometry" in one:
        assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()


def test_values_of_every_type(cursor: Any) -> None:
    found = read(cursor, STRANGE, KINDS)
    assert found["id"].tolist() == [
        "00000000-0000-0000-0000-0000000000ff",
        "ffffffff-ffff-4fff-bfff-ffffffffffff",
        "a0b1c2d3-e4f5-4678-9abc-def012345678",
    ]
    missing = found.drop(columns=["id", "some"]).iloc[1]
    assert missing.isna().all() and found["some"][1] is None
    assert found["name"].to_list()[::2] == ["", "ñandú \t€ 😀\n"]
    assert found["n"].to_list()[::2] == [0, -9007199254740993]
    assert found["m"][0] == 0.5 and np.isnan(found["m"][2])
    assert found["yes"].to_list()[::2] == [True, False]
    assert pandas.isna(found["day"][0])
    assert found["day"][2].to_pydatetime().date() == date(1, 1, 1)
    assert found["at"][0] == pandas.Timestamp("2020-03-01T02:59:59.999999Z")
    assert found["at"][2] == datetime.fromisoformat("1969-12-31T23:59:59.500+00:00")
    assert found["some"].to_list()[::2] == [[], ["a,b", "c"]]
    assert found.geometry.to_wkt().to_list()[0] == "POINT (1 2)"
    assert found.crs == "EPSG:32719"


@pytest.mark.parametrize("piece", [0, 100, 5_000])
def test_however_the_bytes_are_cut(
    piece: int, cursor: Any, seeded: Any, catalogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [read(cursor, STRANGE, KINDS), read(cursor, many(999)), read(cursor, many(0))]
    layers = [layer for layer in catalogue if layer.name in ("green_areas", "objectives")]
    seen = [read_frame(seeded, layer, Moment(on="any")) for layer in layers]
    monkeypatch.setattr(frames, "_PIECE", piece)
    _same(read(cursor, STRANGE, KINDS), whole[0])
    _same(read(cursor, many(999)), whole[1])
    _same(read(cursor, many(0)), whole[2])
    assert len(layers) == 2
    for layer, before in zip(layers, seen, strict=True):
        assert len(before)
        _same(read_frame(seeded, layer, Moment(on="any")), before)


@pytest.mark.slow
def test_a_million_rows_hold_little_more_than_their_frame(seeded_settings: Any) -> None:
    """The bytes are let go as they are read: 330 MB of them never stand beside the frame."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, seeded_settings.database_url],
        capture_output=True, text=True, check=False, cwd=frames.__file__.rsplit("/sitplan/", 1)[0],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    print(told)
    assert told["rows"] == ROWS
    assert told["area"] == pytest.approx(ROWS * 9 * 9 * 4 * np.sin(np.pi / 4), rel=1e-3)
    frame = told["after"] - told["before"]
    assert told["most"] - told["before"] < OVER_THE_FRAME * frame
