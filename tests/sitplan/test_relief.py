"""A raster is known by its content, and a result by the raster that it was computed with."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sitplan import relief
from sitplan.analysis.method import Method, relief_note
from sitplan.catalogue import Catalogue
from sitplan.declaring import heights_read
from sitplan.errors import UnreadableFile
from sitplan.heights_kept import forget_heights, heights_of_then, keep_heights
from sitplan.register import read_written, write_register
from sitplan.settings import Settings

SAID = {"file": "ground.tif"}


@pytest.fixture
def ground(catalogue: Catalogue, tmp_path: Path) -> Catalogue:
    """A territory of real streets and of heights in a folder of the test's own."""
    (tmp_path / "ground.tif").write_bytes(b"one")
    facts = {**catalogue.territory.facts, "heights": SAID}
    territory = replace(catalogue.territory, facts=facts)
    return replace(catalogue, territory=territory, folder=tmp_path, illustrative={})


def sum_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def with_result(catalogue: Catalogue, heights: dict | None) -> Catalogue:
    """The catalogue with a result `found`, computed with those heights."""
    layer = catalogue.layer("census_districts")
    declaration = {**layer.declaration, "result": {"inputs": [], "heights": heights}}
    found = replace(layer, name="found", declaration=declaration, result=declaration["result"])
    return replace(catalogue, layers={**catalogue.layers, "found": found})


def test_another_content_is_another_sum_and_the_same_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ground.tif"
    assert relief.heights_sum(SAID, tmp_path) == relief.MISSING
    path.write_bytes(b"one")
    assert relief.heights_sum(SAID, tmp_path) == sum_of(b"one")
    with monkeypatch.context() as barred:
        barred.setattr(Path, "open", None)
        for _ in range(3):
            assert relief.heights_sum(SAID, tmp_path) == relief.file_sum(path) == sum_of(b"one")
    path.write_bytes(b"two")  # as long as before
    os.utime(path, ns=(1, 1))
    assert relief.heights_sum(SAID, tmp_path) == sum_of(b"two")


def test_a_result_holds_while_its_heights_do(ground: Catalogue, tmp_path: Path) -> None:
    read = {"source": "x", "cell_m": 5.0, "sha256": sum_of(b"one")}
    found = with_result(ground, read)
    assert found.outdated("found") == () and found.outdated("census_districts") == ()
    (tmp_path / "ground.tif").write_bytes(b"other")
    assert found.outdated("found") == ("heights",)
    assert found.outdated_text("found", "en") == (
        "OUT OF DATE: heights of the ground changed since it was calculated."
    )
    (tmp_path / "ground.tif").unlink()
    assert found.outdated("found") == ("heights",)
    nothing = replace(found.territory, facts={**found.territory.facts, "heights": None})
    assert replace(found, territory=nothing).outdated("found") == ("heights",)


def test_a_flat_result_holds_until_there_are_heights(ground: Catalogue) -> None:
    flat = with_result(ground, {"source": None, "cell_m": None, "sha256": None})
    assert flat.outdated("found") == ("heights",)
    nothing = replace(flat.territory, facts={**flat.territory.facts, "heights": None})
    assert replace(flat, territory=nothing).outdated("found") == ()
    assert with_result(ground, None).outdated("found") == (), "no slope goes into it"


def test_who_reads_from_afar_knows_as_much(ground: Catalogue, tmp_path: Path) -> None:
    read = {"source": "x", "cell_m": 5.0, "sha256": sum_of(b"one")}
    there = read_written(write_register(with_result(ground, read)))
    assert there.folder is None and there.heights_now() == sum_of(b"one")
    (tmp_path / "ground.tif").write_bytes(b"other")
    there = read_written(write_register(with_result(ground, read)))
    assert there.heights_now() == sum_of(b"other")


def test_the_methods_note_is_the_record() -> None:
    on = date(2026, 11, 27)
    told = {"source": "IGM", "cell_m": 5.0, "sha256": "ab", "covered_pct": 99.0}
    assert heights_read(Method("x", on, notes=(relief_note(told),))) == {
        "source": "IGM", "cell_m": 5.0, "sha256": "ab",
    }  # fmt: skip
    assert heights_read(Method("x", on, notes=(relief_note(None),))) == {
        "source": None, "cell_m": None, "sha256": None,
    }  # fmt: skip
    assert heights_read(Method("x", on)) is None


def test_the_raster_of_then_is_kept_as_long_as_a_result_names_it(
    ground: Catalogue, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", layers=tmp_path)
    read = {"source": "x", "cell_m": 5.0, "sha256": sum_of(b"one")}
    assert keep_heights(settings, ground, {**read, "sha256": None}) is None
    assert keep_heights(settings, ground, {**read, "sha256": sum_of(b"gone")}) is None
    kept = keep_heights(settings, ground, read)
    assert kept is not None and kept.read_bytes() == b"one"
    (tmp_path / "ground.tif").write_bytes(b"other")
    assert keep_heights(settings, ground, read) == kept
    forget_heights(settings, {read["sha256"]})
    assert kept.is_file()
    forget_heights(settings, ())
    assert not kept.exists() and not list(kept.parent.iterdir())
    assert heights_of_then(settings, ground, {**read, "sha256": None}) is None
    with pytest.raises(FileNotFoundError):
        heights_of_then(settings, ground, read)
    with pytest.raises(UnreadableFile):
        relief.heights_file({"file": "none.tif"}, tmp_path)
