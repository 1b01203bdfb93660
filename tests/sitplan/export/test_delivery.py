"""One snapshot, one role; what is stopped or fails leaves nothing and never looks whole."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pyarrow.parquet
import pytest

from sitplan.db import Database
from sitplan.errors import Refused, Unavailable
from sitplan.export.delivery import Delivery
from sitplan.export.formats import FORMATS
from sitplan.export.snapshot import Snapshot
from sitplan.export.workshop import Workshop
from sitplan.query import Moment
from sitplan.settings import Settings
from tests.sitplan.export.conftest import Exporter
from tests.sitplan.export.reading import read_geojson, read_vector

LAYER = "street_assets"
"""More rows than are fetched at once."""


@pytest.fixture
def own(fresh: Database, exporter: Exporter) -> Iterator[Exporter]:
    """Over a database of the test's own, as the public's role."""
    with Database(fresh.settings, workers=1) as reader:
        yield replace(exporter, database=reader)


def _benches(settings: Settings) -> list[Path]:
    folder = settings.home / "exports"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("fmt", ["geojson", "csv", "parquet"])
@pytest.mark.acceptance(33)
def test_changes_meanwhile_are_not_seen(fresh: Database, own: Exporter, fmt: str) -> None:
    count = len(own.truth(LAYER))
    with own.delivery(LAYER, fmt) as delivery:
        before = delivery.filename
        _, chunks = delivery.chunks()
        data = next(chunks)
        with fresh.transaction() as cursor:
            cursor.execute(f"DELETE FROM layers.{LAYER}")
        data += b"".join(chunks)
    if fmt == "geojson":
        assert len(read_geojson(data.decode())) == count
    elif fmt == "csv":
        assert data.count(b"\n") == count + 1
    else:
        import io

        assert pyarrow.parquet.read_table(io.BytesIO(data)).num_rows == count
    with own.delivery(LAYER, fmt) as delivery:
        assert delivery.filename != before
        assert b"street" not in b"".join(delivery.chunks()[1])[-30:]


def test_two_looks_of_one_export_see_the_same(fresh: Database, own: Exporter) -> None:
    """A shapefile is surveyed first and written after."""
    count = len(own.truth(LAYER))
    with own.delivery(LAYER, "shp") as delivery:
        with fresh.transaction() as cursor:
            cursor.execute(f"DELETE FROM layers.{LAYER}")
        path = own.folder / "one.zip"
        delivery.save(path)
    assert len(read_vector(f"/vsizip/{path}")[1]) == count


def test_the_reader_reads(seeded_settings: Settings, exporter: Exporter) -> None:
    with Snapshot(exporter.database) as snapshot:
        who = snapshot._link.cursor()
        who.execute("SELECT current_user, current_setting('transaction_isolation'),"
                    " current_setting('transaction_read_only')")  # fmt: skip
        assert who.fetchone() == ("sitplan_read", "repeatable read", "on")
    with Database(seeded_settings, role="admin", workers=1) as owner:
        with pytest.raises(AssertionError):
            Snapshot(owner)


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_what_is_stopped_leaves_nothing(exporter: Exporter, fmt: str) -> None:
    settings = exporter.database.settings
    delivery = exporter.delivery(LAYER, fmt)
    delivery.stop()
    with pytest.raises(Unavailable), delivery:
        _, chunks = delivery.chunks()
        for _ in chunks:
            pass
    assert not _benches(settings)
    assert exporter.save(LAYER, fmt).exists()


@pytest.mark.acceptance(33)
def test_a_stream_cut_short_is_not_whole(exporter: Exporter) -> None:
    for fmt in ("geojson", "jsonfg", "parquet"):
        with exporter.delivery(LAYER, fmt) as delivery:
            _, chunks = delivery.chunks()
            part = b"".join(chunk for chunk, _ in zip(chunks, range(3), strict=False))[:-9]
        with pytest.raises(ValueError):  # pyarrow's and json's are of it
            if fmt == "parquet":
                import io

                pyarrow.parquet.read_table(io.BytesIO(part))
            else:
                json.loads(part)


@pytest.mark.acceptance(33)
def test_a_file_is_there_once_it_is_whole(exporter: Exporter) -> None:
    path = exporter.folder / "a.csv"
    with exporter.delivery(LAYER, "csv") as delivery, pytest.raises(Unavailable):
        delivery.stop()
        delivery.save(path)
    assert list(exporter.folder.iterdir()) == []


def test_a_stream_can_be_built_whole(exporter: Exporter) -> None:
    with exporter.delivery(LAYER, "csv") as delivery:
        length, chunks = delivery.chunks(whole=True)
        assert sum(map(len, chunks)) == length == exporter.save(LAYER, "csv").stat().st_size
        assert _benches(exporter.database.settings)
    assert not _benches(exporter.database.settings)


@pytest.mark.parametrize("fmt", ["gpkg", "xlsx", "shp", "dxf", "fgb", "kml"])
@pytest.mark.acceptance(33)
def test_a_bench_is_bounded(exporter: Exporter, fmt: str) -> None:
    settings = exporter.database.settings
    export = exporter.export(LAYER, fmt)
    small = Workshop(settings, limit=100)
    with Delivery(exporter.database, export, FORMATS[fmt], small) as delivery:
        with pytest.raises(Refused) as refused:
            delivery.chunks()
        assert refused.value.code == "export_too_large"
    assert not _benches(settings)


def test_what_a_killed_process_left_is_swept(exporter: Exporter) -> None:
    settings = exporter.database.settings
    script = (
        "import sys, time; from pathlib import Path\n"
        "from sitplan.settings import Settings; from sitplan.export.workshop import Workshop\n"
        "with Workshop(Settings(home=Path(sys.argv[1]))).bench() as bench:\n"
        "    (bench.folder / 'half.gpkg').write_bytes(b'x'); print('here', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "here\n"
        (left,) = _benches(settings)
        with Workshop(settings).bench() as bench:  # another at work: its bench stays
            assert {left, bench.folder} == set(_benches(settings))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (left / "half.gpkg").exists()
    with Workshop(settings).bench() as bench:
        assert _benches(settings) == [bench.folder]
        with (bench.folder / ".lock").open("w") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_tag_changes_with_data_and_question(fresh: Database, own: Exporter) -> None:
    def tag(**more: object) -> str:
        with own.delivery("green_areas", "csv", **more) as delivery:
            return delivery.tag

    first = tag()
    assert tag() == first
    assert tag(lang="en") != first and tag(moment=Moment(on="any")) != first
    assert tag(coordinates="none") != first
    with fresh.transaction() as cursor:
        cursor.execute("UPDATE layers.green_areas SET name = 'Otra' WHERE code = 'GA-001'")
    assert tag() != first


def test_the_past_as_it_was_recorded(fresh: Database, own: Exporter) -> None:
    from datetime import UTC, datetime

    before = datetime.now(UTC)
    truth = own.truth("green_areas")
    time.sleep(0.01)
    with fresh.transaction() as cursor:
        cursor.execute("DELETE FROM layers.green_areas WHERE code <> 'GA-001'")
        cursor.execute("UPDATE layers.green_areas SET name = 'Otra'")
    today = own.territory.today()
    past = own.save("green_areas", "gpkg", moment=Moment(on=today, as_of=before))
    rows = read_vector(past)[1]
    assert [r["name"] for r in rows] == truth["name"].tolist()
    now = read_vector(own.save("green_areas", "gpkg"))[1]
    assert [r["name"] for r in now] == ["Otra"]


def test_the_same_filters_as_pages(exporter: Exporter) -> None:
    truth = exporter.truth("green_areas")
    rows = read_vector(exporter.save("green_areas", "gpkg", filters={"kind": "plaza"}))[1]
    assert [r["code"] for r in rows] == truth[truth["kind"] == "plaza"]["code"].tolist()
    box = truth.geometry.iloc[3].envelope
    rows = read_vector(exporter.save("green_areas", "fgb", boxes=(box,)))[1]
    met = truth[truth.intersects(box)]["code"].tolist()
    assert sorted(r["code"] for r in rows) == met
    for fmt in FORMATS:  # nothing found is a file too; of a sequence, an empty one
        size = exporter.save("green_areas", fmt, boxes=None).stat().st_size
        assert (size > 0) is (fmt not in ("geojsonseq", "ndjson")), fmt


def test_rows_let_go_while_their_snapshot_ends_end_quietly(own: Exporter) -> None:
    """The snapshot may end on another thread between the look at its link and the cursor's end."""

    class Ended:
        def close(self) -> None:
            raise psycopg2.OperationalError("connection pointer is NULL")

    with own.delivery(LAYER, "geojson") as delivery:
        rows = delivery.job.snapshot._rest(Ended(), [("", "")], layer=LAYER, filtered=False)
        next(rows)
        rows.close()
