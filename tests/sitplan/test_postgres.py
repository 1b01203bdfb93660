"""An existing database: whether it answers, is new enough, and has what we need.

The server is a real one, its programs copied to a folder where extensions can be taken away.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sitplan import cluster, postgres, programs
from sitplan.errors import Unavailable
from sitplan.settings import Settings


@pytest.fixture(scope="module")
def relocated() -> Iterator[Path]:
    """Debian's PostgreSQL moved elsewhere: it finds its libraries and files beside itself."""
    best = programs.find_programs()
    # Not below pytest's folder, which PostgreSQL's own user may not enter.
    root = Path(tempfile.mkdtemp(prefix="sitplan-postgres-"))
    root.chmod(0o755)
    try:
        lib, share = Path("usr/lib/postgresql"), Path("usr/share/postgresql")
        version = str(best.version)
        (root / lib / version / "bin").mkdir(parents=True)
        for name in ("postgres", "initdb", "pg_ctl", "pg_config"):
            shutil.copy2(best.bin / name, root / lib / version / "bin" / name)
        (root / lib / version / "lib").symlink_to(best.bin.parent / "lib")
        shutil.copytree(Path("/") / share / version, root / share / version)
        yield root / lib / version / "bin"
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
def settings(relocated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running cluster of the moved PostgreSQL."""
    found = Settings(home=tmp_path_factory.mktemp("moved") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "DEBIAN_ROOT", relocated.parents[1])
        patch.setenv("PATH", "/usr/sbin")  # useradd, no PostgreSQL
        cluster.ensure_running(found)
    yield found
    cluster.remove(found)


def extension(relocated: Path, name: str) -> Path:
    """The control file of an extension of the moved PostgreSQL."""
    share = relocated.parents[3] / "share" / "postgresql" / relocated.parent.name
    return share / "extension" / f"{name}.control"


@pytest.fixture
def control(relocated: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The control file that the test names; put back after."""
    path = extension(relocated, request.param)
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_a_whole_server_is_told(settings: Settings) -> None:
    told = postgres.check_database(cluster.database_url(settings))
    assert set(told.extensions) == set(programs.EXTENSIONS)
    assert postgres.version_tuple(told.version)[0] >= programs.MIN_POSTGRES


@pytest.mark.parametrize(
    ("control", "code"),
    [("postgis", "postgis_missing"), ("unaccent", "extensions_missing")],
    indirect=["control"],
)
def test_without_an_extension_it_is_named_with_its_package(
    settings: Settings, relocated: Path, control: Path, code: str
) -> None:
    control.unlink()
    url = cluster.database_url(settings)
    told = []
    with pytest.raises(Unavailable) as error:
        cluster.ensure_running(replace(settings, database_url=url))
    told.append(error.value)
    with pytest.raises(Unavailable) as error:
        programs.find_programs(roots=[relocated])
    told.append(error.value)
    for one in told:
        assert one.code == code
        assert "apt-get install postgresql" in one.hint("es")


@pytest.mark.parametrize("control", ["postgis"], indirect=True)
def test_a_postgis_too_old_is_named_with_what_is_needed(
    settings: Settings, relocated: Path, control: Path
) -> None:
    text = control.read_text(encoding="utf-8")
    version = programs.installed([relocated])[0].postgis
    control.write_text(text.replace(f"'{version}'", "'3.2.1'"), encoding="utf-8")
    for ask in (
        lambda: postgres.check_database(cluster.database_url(settings)),
        lambda: programs.find_programs(roots=[relocated]),
    ):
        with pytest.raises(Unavailable) as error:
            ask()
        assert error.value.code == "postgis_too_old"
        assert "3.2.1" in error.value.message("en")
        assert "3.3" in error.value.message("en")


def test_a_new_cluster_is_refused_before_anything_is_made(
    relocated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "DEBIAN_ROOT", relocated.parents[1])
    monkeypatch.setenv("PATH", "/usr/sbin")
    control = extension(relocated, "postgis")
    before = control.read_bytes()
    control.unlink()
    settings = Settings(home=tmp_path / "home")
    try:
        with pytest.raises(Unavailable) as error:
            cluster.ensure_running(settings)
        assert error.value.code == "postgis_missing"
        assert cluster.status(settings).state == "absent"
    finally:
        control.write_bytes(before)
        cluster.remove(settings)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:hush@db.example.cl:6000/x", "db.example.cl:6000/x"),
        ("postgresql://u:hush@[::1]/x", "::1:5432/x"),
        ("postgresql:///x", "localhost:5432/x"),
        ("host=db port=6000 dbname=x user=u password=hush", "db:6000/x"),
    ],
)
def test_an_address_is_shown_without_user_and_password(url: str, shown: str) -> None:
    assert postgres.address_of(url) == shown
