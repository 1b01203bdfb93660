"""Which PostgreSQL serves: found, too old, without PostGIS, uninstalled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sitplan import programs
from sitplan.errors import Unavailable

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WHOLE = {"postgis": "3.3.2", "btree_gist": "1.7", "unaccent": "1.1", "pg_trgm": "1.6"}


def install(root: Path, version: str, extensions: dict[str, str]) -> Path:
    """A folder that answers as PostgreSQL `version` with `extensions` does."""
    folder, share = root / version / "bin", root / version / "share"
    folder.mkdir(parents=True)
    (share / "extension").mkdir(parents=True)
    answers = {
        "postgres": f"postgres (PostgreSQL) {version} (Debian {version}-1)",
        "initdb": f"initdb (PostgreSQL) {version}",
        "pg_config": str(share),
    }
    for name, answer in answers.items():
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    for name, told in extensions.items():
        control = share / "extension" / f"{name}.control"
        control.write_text(f"comment = 'x'\ndefault_version = '{told}'\n", encoding="utf-8")
    return folder


def test_the_newest_that_can_serve_is_taken(tmp_path: Path) -> None:
    roots = [
        install(tmp_path, "13.22", WHOLE),
        install(tmp_path, "14.1", WHOLE),
        install(tmp_path, "15.18", WHOLE),
        install(tmp_path, "17.2", {}),  # newest, but without PostGIS
    ]
    found = programs.find_programs(roots=roots)
    assert (found.version, found.postgis) == (15, "3.3.2")
    assert programs.find_programs(version=14, roots=roots).version == 14


@pytest.mark.parametrize(
    ("version", "extensions", "code", "remedy"),
    [
        ("13.4", WHOLE, "postgres_too_old", "SITPLAN_DATABASE_URL"),
        ("16.1", {}, "postgis_missing", "apt-get install postgresql-16-postgis-3"),
        ("15.1", WHOLE | {"postgis": "3.2.9"}, "postgis_too_old", "postgresql-15-postgis-3"),
        (
            "15.1",
            {n: v for n, v in WHOLE.items() if n != "pg_trgm"},
            "extensions_missing",
            "apt-get install postgresql-contrib",
        ),
    ],
)
def test_what_cannot_serve_says_why_and_the_remedy(
    tmp_path: Path, version: str, extensions: dict[str, str], code: str, remedy: str
) -> None:
    with pytest.raises(Unavailable) as told:
        programs.find_programs(roots=[install(tmp_path, version, extensions)])
    assert told.value.code == code
    for lang in ("es", "en"):
        assert told.value.message(lang)
        assert remedy in told.value.hint(lang)


def test_nothing_installed_and_an_uninstalled_version_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as told:
        programs.find_programs(roots=[tmp_path])
    assert told.value.code == "postgres_missing"
    with pytest.raises(Unavailable) as told:
        programs.find_programs(version=14, roots=[install(tmp_path, "15.1", WHOLE)])
    assert told.value.code == "postgres_gone"
    assert "postgresql-14" in told.value.hint()


def test_versions_are_compared_as_numbers() -> None:
    assert programs.version_tuple("3.10.1") > programs.version_tuple("3.9.9")
    assert programs.version_tuple("3.6.0dev") == (3, 6, 0)
    assert programs.version_tuple("x") == ()


def test_the_bootstrap_needs_nothing_installed() -> None:
    """It runs with a Python that sees the standard library alone."""
    told = subprocess.run(
        [sys.executable, "-S", "-I", CHECKOUT / "scripts" / "bootstrap.py", "no-such-word"],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2, told.stderr
    assert "bootstrap.py up" in told.stdout
