"""The private cluster: made, started, recovered, stopped, with no door open."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from sitplan import cluster, place
from sitplan.errors import Unavailable
from sitplan.settings import Settings

OLD_PID = 2**22 - 3  # above any that Linux gives here


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A home of the test's own; all that it made is deleted after."""
    found = Settings(home=tmp_path / "home")
    yield found
    cluster.remove(found)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running cluster that tests only look at."""
    found = Settings(home=tmp_path_factory.mktemp("cluster") / "home")
    cluster.ensure_running(found)
    yield found
    cluster.remove(found)


def ask(url: str, statement: str) -> object:
    link = psycopg2.connect(url, connect_timeout=5)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        link.close()


def system_clusters() -> str:
    """What Debian's own tool says of the system's clusters; empty where it is not there."""
    try:
        return subprocess.run(["pg_lsclusters"], capture_output=True, text=True).stdout
    except OSError:
        return ""


def unused_port() -> int:
    """A port that nobody holds now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _with_home(settings: Settings) -> Settings:
    settings.home.mkdir(parents=True)
    return settings


def test_makes_a_cluster_with_a_database_and_leaves_the_systems_alone(settings: Settings) -> None:
    before = system_clusters()
    assert cluster.status(settings).state == "absent"
    url = cluster.ensure_running(settings)
    assert ask(url, "SELECT current_database()") == "sitplan"
    assert cluster.ensure_running(settings) == url == cluster.database_url(settings)
    found = cluster.status(settings)
    assert found.state == "running"
    assert found.version
    assert urlsplit(url).password not in str(found)
    assert system_clusters() == before


def test_every_door_asks_for_a_password(running: Settings) -> None:
    url = urlsplit(cluster.database_url(running))
    remembered = place.place_of(running).remembered
    for host in ("127.0.0.1", remembered["socket"]):
        for wrong in (None, "", "sitplan"):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(
                    host=host, port=url.port, user="sitplan", password=wrong, dbname="postgres"
                )
    methods = ask(
        cluster.database_url(running),
        "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules",
    )
    assert methods == "scram-sha-256"
    assert ask(cluster.database_url(running), "SHOW listen_addresses") == "127.0.0.1"


def test_secrets_are_readable_by_their_owner_alone(running: Settings) -> None:
    folder = running.home / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()] == [0o600]
    where = place.place_of(running)
    for path in (where.folder.resolve(), where.data, Path(where.remembered["socket"])):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_never_runs_as_root(running: Settings) -> None:
    pid = cluster.status(running).pid
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_the_log_never_holds_what_a_failing_statement_held(running: Settings) -> None:
    with pytest.raises(psycopg2.Error):
        ask(cluster.database_url(running), "SELECT 'secreto-4711'::int")
    assert "4711" not in place.place_of(running).log.read_text(encoding="utf-8")


def test_two_homes_run_side_by_side(running: Settings, settings: Settings) -> None:
    one, other = cluster.database_url(running), cluster.ensure_running(settings)
    assert urlsplit(one).port != urlsplit(other).port
    assert urlsplit(one).password != urlsplit(other).password
    assert ask(one, "SHOW data_directory") != ask(other, "SHOW data_directory")


def test_several_processes_at_once_make_one_cluster(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda _: cluster.ensure_running(settings), range(4)))
    assert len(urls) == 1


def test_killed_with_9_it_comes_back_with_its_rows(settings: Settings) -> None:
    url = cluster.ensure_running(settings)
    ask(url, "CREATE TABLE kept AS SELECT generate_series(1, 500) AS n")
    pid = cluster.status(settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert ask(cluster.ensure_running(settings), "SELECT count(*) FROM kept") == 500
    assert cluster.status(settings).pid != pid


def test_a_pid_file_that_names_another_program_is_cleared(settings: Settings) -> None:
    cluster.ensure_running(settings)
    where = place.place_of(settings)
    pid_file = where.data / "postmaster.pid"
    lines = pid_file.read_text(encoding="utf-8").splitlines()
    cluster.stop(settings)
    own_name = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        for number in (own_name.pid, OLD_PID):
            pid_file.write_text("\n".join([str(number), *lines[1:]]) + "\n", encoding="utf-8")
            assert cluster.status(settings).state == "stopped"
            assert ask(cluster.ensure_running(settings), "SELECT 1") == 1
            cluster.stop(settings)
        assert own_name.poll() is None, "somebody else's program was ended"
    finally:
        own_name.kill()
        own_name.wait()


def test_a_half_made_data_folder_is_put_aside_and_named(settings: Settings) -> None:
    where = place.claim(_with_home(settings))
    for name in ("data.half", "data"):
        half = where.folder / name
        half.mkdir()
        (half / "global").touch()
    assert ask(cluster.ensure_running(settings), "SELECT 1") == 1
    aside = cluster.set_aside(settings)
    assert len(aside) == 2
    assert all((path / "global").exists() for path in aside)


def test_a_port_taken_meanwhile_is_exchanged(settings: Settings) -> None:
    before = urlsplit(cluster.ensure_running(settings)).port
    cluster.stop(settings)
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", before))
        thief.listen()
        url = cluster.ensure_running(settings)
        assert urlsplit(url).port != before
        assert ask(url, "SELECT 1") == 1


def test_a_home_deleted_and_made_anew_does_not_open_anothers_data(settings: Settings) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's data lie apart from the home")
    first = cluster.ensure_running(settings)
    ask(first, "CREATE TABLE old_rows ()")
    target = place.place_of(settings).folder.resolve()
    settings.home.rename(settings.home.with_name("gone"))
    try:
        url = cluster.ensure_running(settings)
        assert ask(url, "SELECT to_regclass('old_rows') IS NULL")
        assert len(cluster.set_aside(settings)) == 1
    finally:
        for aside in target.parent.glob(f"{target.name}.aside-*"):
            subprocess.run(["rm", "-rf", str(aside)], check=True)


def test_a_long_path_takes_its_socket_elsewhere(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / ("largo-" * 12) / "home")
    try:
        cluster.ensure_running(settings)
        assert len(place.place_of(settings).remembered["socket"]) < place.SOCKET_PATH_LIMIT
    finally:
        cluster.remove(settings)


def test_where_no_path_is_short_enough_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(Unavailable) as told:
        place.Place(deep).socket_folder()
    assert told.value.code == "socket_path_too_long"
    assert "SITPLAN_HOME" in told.value.hint()


def test_a_home_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable) as told:
        cluster.ensure_running(Settings(home=tmp_path / "file" / "home"))
    assert told.value.code == "home_not_writable"
    assert "SITPLAN_HOME" in told.value.hint()


def test_stopping_and_removing(settings: Settings) -> None:
    assert not cluster.stop(settings)
    cluster.ensure_running(settings)
    target = place.place_of(settings).folder.resolve()
    assert cluster.stop(settings)
    assert not cluster.stop(settings)
    assert cluster.status(settings).state == "stopped"
    cluster.remove(settings)
    assert not target.exists()
    assert cluster.status(settings).state == "absent"
    with pytest.raises(Unavailable, match="make up"):
        cluster.database_url(settings)


def test_other_machines_come_in_only_where_told(settings: Settings) -> None:
    door = replace(settings, database_listen=f"0.0.0.0:{unused_port()}")
    url = cluster.ensure_running(door)
    assert ask(url, "SHOW listen_addresses") == "127.0.0.1, 0.0.0.0"
    assert str(urlsplit(url).port) == door.database_listen.rpartition(":")[2]
    second = replace(door, home=settings.home.with_name("second"))
    try:
        with pytest.raises(Unavailable, match="SITPLAN_DATABASE_LISTEN"):
            cluster.ensure_running(second)
    finally:
        cluster.remove(second)


def test_an_existing_database_is_used_and_nothing_started(
    running: Settings, tmp_path: Path
) -> None:
    url = cluster.database_url(running)
    settings = Settings(home=tmp_path / "home", database_url=url)
    assert cluster.ensure_running(settings) == url
    assert cluster.status(settings).state == "external"
    assert not cluster.stop(settings)
    assert ask(url, "SELECT 1") == 1
    assert not (tmp_path / "home").exists()


def test_an_existing_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path,
) -> None:
    url = f"postgresql://sitplan:hush@127.0.0.1:{unused_port()}/else"
    settings = Settings(home=tmp_path, database_url=url)
    with pytest.raises(Unavailable) as told:
        cluster.ensure_running(settings)
    assert told.value.code == "database_unreachable"
    assert "127.0.0.1" in told.value.message()
    assert "hush" not in str(told.value)
    assert "SITPLAN_DATABASE_URL" in told.value.hint()


def test_a_running_server_that_is_busy_is_waited_for(settings: Settings) -> None:
    url = cluster.ensure_running(settings)
    ask(url, "ALTER SYSTEM SET max_connections = 8")
    cluster.stop(settings)
    conf = place.place_of(settings).data / "postgresql.auto.conf"
    assert "8" in conf.read_text(encoding="utf-8")
    url = cluster.ensure_running(settings)
    held = []
    try:
        while True:
            held.append(psycopg2.connect(url))
    except psycopg2.OperationalError:
        pass
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cluster.ensure_running, settings)
        time.sleep(0.7)
        assert not waiting.done()
        for link in held:
            link.close()
        assert waiting.result(timeout=30) == url
