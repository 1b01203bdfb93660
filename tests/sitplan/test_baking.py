"""Baked tiles: as the uncached ones, dropped where something touches them, never served stale."""

from __future__ import annotations

import gzip
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from sitplan.baked import BakedFile, Shelf, path_of
from sitplan.baking import bake
from sitplan.catalogue import Catalogue, read_register
from sitplan.cli import main
from sitplan.crs import Box
from sitplan.db import Database
from sitplan.doctor import examine
from sitplan.errors import BadRequest, Unavailable
from sitplan.memory import Memory
from sitplan.query import Moment
from sitplan.settings import Settings
from sitplan.tile_maker import Answer, TileMaker
from sitplan.tiles import Tile

LAYER = "green_areas"
DEEPEST = 15


@pytest.fixture
def home(fresh_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a seeded database and a home of the test's own."""
    return replace(fresh_settings, home=tmp_path / "home")


class _Counted(Database):
    """Tells how many vector tiles it was asked for."""

    made = 0

    def _rows(self, task: Any, statement: Any, params: Any) -> list[Any]:
        text = getattr(statement, "text", statement)
        self.made += "ST_AsMVT(" in repr(text)
        return super()._rows(task, statement, params)


class Office:
    """What a running server has: a reader, a memory that hears, a maker of tiles."""

    def __init__(self, settings: Settings, *, day: timedelta, is_open: bool = True) -> None:
        self.database = _Counted(settings, workers=2, for_tiles=True)
        self.memory = Memory()
        if is_open:
            self.memory.open()
        self.shelf = Shelf(settings.tiles, self.memory)
        self.catalogue: Catalogue = read_register(self.database)
        self.maker = TileMaker(
            self.database,
            self.memory,
            lambda: self.catalogue,
            lambda: datetime.now(UTC) + day,
            shelf=self.shelf,
        )

    def read(self, tile: Tile, *names: str) -> tuple[Answer, bool]:
        """The answer, and whether the database made it."""
        before = self.database.made
        found = self.maker.read(tile, names=names or (LAYER,))
        return found, self.database.made > before

    def plain(self, tile: Tile) -> Answer:
        """The same, as it is without a memory and without a shelf."""
        bare = TileMaker(self.database, Memory(), lambda: self.catalogue, self.maker._clock)
        return bare.read(tile, names=(LAYER,))


@contextmanager
def office(
    settings: Settings, *, day: timedelta = timedelta(0), is_open: bool = True
) -> Iterator[Office]:
    """A server's parts, as long as the block."""
    one = Office(settings, day=day, is_open=is_open)
    try:
        yield one
    finally:
        one.shelf.close()
        one.database.close()


def write(settings: Settings, statement: str, *values: object) -> list[Any]:
    """What an officer's statement returns, straight in the database."""
    link = psycopg2.connect(settings.database_url)
    try:
        with link, link.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def kept(settings: Settings, name: str = LAYER) -> dict[Tile, bytes]:
    """All tiles of a file, gzipped."""
    link = sqlite3.connect(path_of(settings.tiles, name))
    try:
        rows = link.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
        return {Tile(z, x, (1 << z) - 1 - row): data for z, x, row, data in rows}
    finally:
        link.close()


def body(answer: Answer) -> bytes:
    """An answer's tile."""
    return gzip.decompress(answer.zipped) if answer.zipped else b""


def over(settings: Settings, identifier: str, tiles: dict[Tile, bytes]) -> set[Tile]:
    """Those of the tiles that a feature's box, as it stands, comes under."""
    corners = write(
        settings,
        "SELECT ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g) FROM"
        f" (SELECT ST_Transform(geom, 3857) AS g FROM layers.{LAYER} WHERE id = %s) AS one",
        identifier,
    )[0]
    box = Box(*corners).padded(2)
    return {tile for tile in tiles if tile.square.meets(box)}


def one_id(settings: Settings) -> str:
    rows = write(
        settings,
        f"SELECT id::text FROM published.{LAYER} WHERE valid_to IS NULL ORDER BY code LIMIT 1",
    )
    return str(rows[0][0])


def test_a_baked_tile_is_the_uncached_one(home: Settings) -> None:
    (told,) = bake(home, [LAYER], deepest=DEEPEST)
    tiles = kept(home)
    assert told.tiles == len(tiles) > 20 and told.left_out is None
    first, last = told.zooms
    with office(home) as here:
        here.read(next(iter(tiles)))  # proves
        around = {
            Tile(t.z, t.x + right, t.y + below)
            for t in tiles
            for right in (-1, 0, 1)
            for below in (-1, 0, 1)
        }
        for tile in around:
            found, was_made = here.read(tile)
            plain = here.plain(tile)
            assert not was_made, tile
            assert body(found) == body(plain), tile
            assert found.etag == plain.etag
            assert bool(body(plain)) == (tile in tiles), "all that are not empty, and no other"
        # beyond its zooms, another day or a choice: as ever
        deep = next(t for t in tiles if t.z == last)
        assert here.read(Tile(last + 1, 2 * deep.x, 2 * deep.y))[1]
        for moment in (Moment(on=date(2001, 1, 1)), Moment(as_of=datetime.now(UTC))):
            before = here.database.made
            here.maker.read(deep, names=(LAYER,), moment=moment)
            assert here.database.made == before + 1
        assert first == here.catalogue.layer(LAYER).zoom[0]


def test_several_layers_in_one_tile_come_from_their_files(home: Settings) -> None:
    names = (LAYER, "neighbourhoods")
    bake(home, names, deepest=12)
    tile = max(kept(home), key=lambda t: (t.z, len(kept(home)[t])))
    with office(home) as here:
        here.read(tile, *names)
        here.memory.forget_all()
        here.read(tile, *names)
        for other in kept(home):
            found, was_made = here.read(other, *names)
            bare = TileMaker(here.database, Memory(), lambda: here.catalogue)
            assert not was_made
            assert found.etag == bare.read(other, names=names).etag


def _move(home: Settings, identifier: str) -> None:
    write(
        home,
        f"UPDATE layers.{LAYER} SET geom = ST_Translate(geom, 60, 40) WHERE id = %s",
        identifier,
    )


@pytest.mark.parametrize("hears", [True, False], ids=["running", "down meanwhile"])
def test_an_edit_takes_out_what_it_touches_and_no_more(home: Settings, hears: bool) -> None:
    bake(home, [LAYER], deepest=DEEPEST)
    tiles = kept(home)
    identifier = one_id(home)
    touched = over(home, identifier, tiles)

    def look(here: Office) -> None:
        again = touched | over(home, identifier, tiles)
        assert 0 < len(again) < len(tiles)
        here.read(next(iter(tiles)))
        here.memory.forget(LAYER, [])  # the proof goes; tiles that nothing touched stay
        here.read(next(iter(tiles)))
        for tile in tiles:
            found, was_made = here.read(tile)
            assert found.etag == here.plain(tile).etag, tile
            assert was_made <= (tile in again), "what was not touched is still from the disk"
        changed = [t for t in again if here.plain(t).zipped != tiles[t]]
        assert changed

    with office(home) as here:
        if hears:
            assert not here.read(next(iter(tiles)))[1]
            _move(home, identifier)
            boxes = write(home, "SELECT boxes FROM sitplan.touched ORDER BY change_id DESC LIMIT 1")
            here.memory.forget(LAYER, [Box(*map(float, b)) for b in boxes[0][0]])
            look(here)
    if not hears:
        _move(home, identifier)
        with office(home) as later:
            look(later)


def test_a_validity_that_ends_takes_out_its_tiles_on_its_day(home: Settings) -> None:
    identifier = one_id(home)
    soon = timedelta(days=3)
    with Database(home, workers=1) as database:
        ends = read_register(database).territory.today() + soon
    write(home, f"UPDATE layers.{LAYER} SET valid_to = %s WHERE id = %s", ends, identifier)
    bake(home, [LAYER], deepest=DEEPEST)
    tiles = kept(home)
    with office(home, day=timedelta(days=1)) as tomorrow:
        assert not any(tomorrow.read(tile)[1] for tile in tiles)
    touched = over(home, identifier, tiles)
    with office(home, day=soon) as then:
        made = {tile for tile in tiles if then.read(tile)[1]}
        assert 0 < len(made) < len(tiles) and made <= touched
        for tile in tiles:
            assert then.read(tile)[0].etag == then.plain(tile).etag
    with office(home, day=timedelta(days=-2)) as before:
        assert all(before.read(tile)[1] for tile in tiles), "a day before is not proved"


def test_a_file_of_another_make_is_not_served(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake(home, [LAYER], deepest=12)
    tile = next(iter(kept(home)))

    def stands() -> bool:
        with office(home) as here:
            return not here.read(tile)[1]

    assert stands()
    with monkeypatch.context() as other:
        other.setattr("sitplan.tiles.TOLERANCE", 8)
        assert not stands(), "other code"
    write(home, "UPDATE sitplan.layer SET fingerprint = 'x' || fingerprint WHERE name = %s", LAYER)
    assert not stands(), "another declaration"
    write(home, "UPDATE sitplan.layer SET fingerprint = substr(fingerprint, 2)")
    assert stands()
    write(home, "UPDATE sitplan.change SET recorded_at = recorded_at + interval '1 second'")
    assert not stands(), "the record of another database"
    with office(home, is_open=False) as deaf:
        assert deaf.read(tile)[1], "who hears no announcements proves nothing"


def test_a_damaged_file_is_passed_over(home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    bake(home, [LAYER], deepest=12)
    tile = next(iter(kept(home)))
    path = path_of(home.tiles, LAYER)
    whole = path.read_bytes()
    link = sqlite3.connect(path)
    with link:
        link.execute("UPDATE tiles SET tile_data = substr(tile_data, 1, 20) || zeroblob(20)")
    link.close()
    flipped = path.read_bytes()
    for bad in (b"", b"nada" * 999, whole[: len(whole) // 2], flipped):
        path.write_bytes(bad)
        caplog.clear()
        with office(home) as here, caplog.at_level(logging.WARNING, "sitplan.baked"):
            for one in (tile, Tile(tile.z + 1, 2 * tile.x, 2 * tile.y)):
                assert here.read(one)[0].etag == here.plain(one).etag
            assert len(caplog.records) == 1, "said once"
            assert LAYER in caplog.text
            path.write_bytes(whole)  # a good one is taken at once
            here.memory.forget_all()
            here.read(tile)
            here.memory.forget(LAYER, [])
            assert not here.read(tile)[1]


def test_what_was_cut_off_leaves_the_old_file(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake(home, [LAYER], deepest=12)
    path = path_of(home.tiles, LAYER)
    before = path.read_bytes()

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("sitplan.baking._Writer.finish", cut)
        with pytest.raises(KeyboardInterrupt):
            bake(home, [LAYER], deepest=13)
    assert path.read_bytes() == before
    (home.tiles / f"{LAYER}.mbtiles.part").write_bytes(b"de uno al que se le quito la luz")
    bake(home, [LAYER], deepest=13)
    assert BakedFile(path, (0, 0, 0)).facts.zooms[1] == 13
    assert [p.name for p in home.tiles.iterdir()] == [path.name]


def test_a_draft_is_in_no_file(home: Settings) -> None:
    identifier = one_id(home)
    write(home, f"UPDATE layers.{LAYER} SET review_state = 'draft' WHERE id = %s", identifier)
    bake(home, [LAYER], deepest=DEEPEST)
    assert not any(identifier.encode() in gzip.decompress(t) for t in kept(home).values())
    write(home, f"UPDATE layers.{LAYER} SET review_state = 'published' WHERE id = %s", identifier)
    bake(home, [LAYER], deepest=DEEPEST)
    assert any(identifier.encode() in gzip.decompress(t) for t in kept(home).values())


def test_files_of_layers_that_are_no_longer_public_go(home: Settings) -> None:
    bake(home, [LAYER], deepest=8)
    old = home.tiles / "withdrawn.mbtiles"
    old.write_bytes(path_of(home.tiles, LAYER).read_bytes())
    shelf = Shelf(home.tiles, Memory())
    assert shelf.file("withdrawn") is None, "its facts are of another layer"
    shelf.close()
    bake(home, [LAYER], deepest=8)
    assert old.exists(), "only what was named is looked at"
    told = bake(home, deepest=0)
    assert not old.exists() and len(told) == len(list(home.tiles.iterdir())) > 3
    states = {one["layer"]: one for one in examine(home).as_dict()["baked"]}
    assert states[LAYER]["state"] == "fresh" and states[LAYER]["tiles"] > 0
    assert set(states) == {one.layer for one in told}
    _move(home, one_id(home))
    found = examine(home)
    assert {one["layer"] for one in found.as_dict()["baked"] if one["state"] == "touched"} == {
        LAYER
    }
    assert "salvo donde" in found.as_text("es")


def test_a_table_is_refused(home: Settings) -> None:
    with pytest.raises(BadRequest, match="initiatives"):
        bake(home, ["initiatives"])


_SMALL_DISK = (
    "import resource, sys; from sitplan.cli import main;"
    " resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384));"
    f" sys.exit(main(['bake', '{LAYER}']))"
)


def test_a_full_disk_is_said_and_the_old_file_stands(home: Settings) -> None:
    bake(home, [LAYER], deepest=11)
    path = path_of(home.tiles, LAYER)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", _SMALL_DISK],
        # no byte code: the limit would cut that off too
        env={"PYTHONDONTWRITEBYTECODE": "1", **home.as_environment()},
        cwd=home.layers.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 9, done.stderr
    assert "No se pudieron guardar las teselas" in done.stderr and "disco" in done.stderr
    assert path.read_bytes() == before
    assert [p.name for p in home.tiles.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_is_said(home: Settings) -> None:
    home.home.mkdir(parents=True)
    home.tiles.write_text("un archivo donde va la carpeta", encoding="utf-8")
    with pytest.raises(Unavailable, match="No se pudieron guardar"):
        bake(home, [LAYER])


def test_the_word_tells_what_it_did(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in home.as_environment().items():
        monkeypatch.setenv(name, value)
    assert main(["bake", LAYER, "--deepest", "12"]) == 0
    assert LAYER in capsys.readouterr().out
    monkeypatch.setattr("sitplan.baking.MOST", 5)
    assert main(["bake", LAYER, "--deepest", "16"]) == 0
    assert "no se guardaron los niveles desde el" in capsys.readouterr().out
    assert main(["bake", "initiatives"]) == 2
