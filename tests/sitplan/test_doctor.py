"""The doctor: installed, running, loaded, wrong; each fault with its remedy."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sitplan import cluster, ports
from sitplan.doctor import Findings, examine
from sitplan.migrate import migrate
from sitplan.programs import EXTENSIONS
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def codes(found: Findings) -> set[str]:
    """Codes of what is wrong, the web map's build and the stopped server apart."""
    return {one.code for one in found.problems} - {"web_stale", "server_stopped"}


def own_copy(settings: Settings, folder: Path) -> Settings:
    """`settings` with a copy of the layers that a test may change."""
    shutil.copytree(CHECKOUT / "layers", folder)
    return replace(settings, layers=folder)


def test_versions_counts_and_states_are_told(seeded_settings: Settings) -> None:
    free = ports.free_port(ports.PORTS[3])  # somebody's server may run on the usual one
    found = examine(replace(seeded_settings, port=free))
    told = found.as_dict()
    assert set(told["installed"]) == {
        "Python",
        "PostgreSQL",
        *EXTENSIONS,
        "GDAL",
        "PROJ",
        "Node",
        "web",
    }
    assert all(told["installed"][name] for name in ("Python", "PostgreSQL", *EXTENSIONS, "GDAL"))
    assert told["running"]["database"].startswith("external ")
    assert told["running"]["server"] == "stopped"
    layers = {one["layer"]: one for one in told["loaded"]}
    assert layers["green_areas"]["count"] > 0
    assert layers["green_areas"]["illustrative"]
    assert not layers["initiatives"]["illustrative"]
    assert codes(found) == set()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_people_read_it_in_their_language(seeded_settings: Settings, lang: str) -> None:
    text = examine(seeded_settings).as_text(lang)
    for word in ("PostGIS", "green_areas", seeded_settings.database_url.rpartition("@")[2]):
        assert word.lower() in text.lower()
    assert ("Instalado" if lang == "es" else "Installed") in text
    assert "make up" in text


def test_no_database_yet(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert codes(examine(settings)) == {"cluster_absent"}
    assert not settings.home.exists(), "it changes nothing"


def test_a_stopped_cluster_and_what_was_put_aside(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    try:
        cluster.ensure_running(settings)
        assert codes(examine(settings)) == {"not_yet_migrated"}
        cluster.stop(settings)
        assert codes(examine(settings)) == {"cluster_stopped"}
        assert cluster.status(settings).state == "stopped", "it starts nothing"
        half = cluster.status(settings).data.with_name("data.half.aside-1")
        half.mkdir()
        found = examine(settings)
        assert found.aside == [half]
        assert str(half) in found.as_text()
    finally:
        cluster.remove(settings)


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql://sitplan:hush@127.0.0.1:1/none"
    found = examine(Settings(home=tmp_path, database_url=url))
    assert codes(found) == {"database_unreachable"}
    assert "hush" not in found.as_text() + str(found.as_dict())


@pytest.mark.acceptance(5)
def test_a_folder_not_yet_migrated_and_one_taken_away(
    fresh_settings: Settings, tmp_path: Path
) -> None:
    settings = own_copy(fresh_settings, tmp_path / "layers")
    declaration = settings.layers / "green_areas" / "layer.yaml"
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(text.replace("Áreas verdes", "Plazas y parques"), encoding="utf-8")
    found = examine(settings)
    assert codes(found) == {"layers_waiting"}
    assert found.waiting == ["green_areas"]
    assert not migrate(settings).problems
    assert codes(examine(settings)) == set()

    shutil.rmtree(settings.layers / "wetlands")
    found = examine(settings)
    assert codes(found) == {"folders_gone"}
    assert "wetlands" in found.as_text()
    migrate(settings)
    found = examine(settings)
    assert codes(found) == set()
    hidden = [one.name for one in found.loaded if one.is_hidden]
    assert hidden == ["wetlands"]
    assert next(one.count for one in found.loaded if one.name == "wetlands") > 0


@pytest.mark.acceptance(5)
def test_a_layer_declared_wrongly_is_named(fresh_settings: Settings, tmp_path: Path) -> None:
    settings = own_copy(fresh_settings, tmp_path / "layers")
    (settings.layers / "roads" / "layer.yaml").write_text("name: roads\n", encoding="utf-8")
    found = examine(settings)
    assert codes(found) == {"wrong_declaration"}
    assert "roads" in found.as_text()
