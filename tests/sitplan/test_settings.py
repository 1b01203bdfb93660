"""Settings: read once from the environment, refused when they cannot be understood."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sitplan.errors import BadRequest
from sitplan.settings import Settings


def test_an_empty_environment_has_defaults() -> None:
    found = Settings.from_environment({})
    assert (found.host, found.port, found.lang) == ("127.0.0.1", 8321, "es")
    assert found.database_url is None
    assert (found.layers / "territory.yaml").exists()
    assert found.home.name == ".sitplan"


def test_what_is_empty_counts_as_not_said() -> None:
    names = [f"SITPLAN_{f.name.upper()}" for f in dataclasses.fields(Settings)]
    assert Settings.from_environment(dict.fromkeys(names, "")) == Settings.from_environment({})


def test_every_setting_survives_the_way_to_a_child_process(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home",
        host="0.0.0.0",
        port=9000,
        database_url="postgresql://u:p@db/x",
        reader_url="postgresql://r:p@db/x",
        database_listen="0.0.0.0:5432",
        layers=tmp_path / "capas",
        base_url="https://mapa.example.cl/x",
        allowance=0,
        base_map="https://tiles.example.com/{z}/{x}/{y}.png",
        base_map_attribution="© Somebody",
        base_map_zooms="3-17",
        lang="en",
    )
    defaults = Settings(home=Path())
    for one in dataclasses.fields(Settings):
        assert getattr(settings, one.name) != getattr(defaults, one.name), one.name
    assert Settings.from_environment(settings.as_environment()) == settings


def test_paths_are_absolute_and_addresses_end_without_a_slash(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    found = Settings.from_environment(
        {"SITPLAN_HOME": "hogar", "SITPLAN_LAYERS": "~/capas", "SITPLAN_BASE_URL": "https://x.cl/"}
    )
    assert found.home == tmp_path / "hogar"
    assert found.layers == Path.home() / "capas"
    assert found.base_url == "https://x.cl"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITPLAN_PORT", "http"),
        ("SITPLAN_PORT", "0"),
        ("SITPLAN_PORT", "65536"),
        ("SITPLAN_PORT", "-1"),
        ("SITPLAN_LANG", "fr"),
        ("SITPLAN_ALLOWANCE", "-1"),
        ("SITPLAN_ALLOWANCE", "mucho"),
        ("SITPLAN_DATABASE_LISTEN", "0.0.0.0:x"),
    ],
)
def test_what_cannot_be_understood_is_named(name: str, value: str) -> None:
    with pytest.raises(BadRequest) as told:
        Settings.from_environment({name: value})
    assert told.value.code == "wrong_setting"
    for lang in ("es", "en"):
        assert name in told.value.message(lang)
        assert told.value.hint(lang)


def test_every_setting_is_in_the_guide() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "install.md"
    told = guide.read_text(encoding="utf-8")
    for one in dataclasses.fields(Settings):
        assert f"`SITPLAN_{one.name.upper()}`" in told
