"""Bringing an instance up, through crashes and obstacles, to the map served.

Everything is real: the program in its own process, its own cluster, its own port.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from sitplan import cluster
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Instance:
    """One instance of the tests' own: its settings, and the real program over it."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = door.getsockname()[1]
        self.settings = Settings(home=home, port=port)
        self.base = f"http://127.0.0.1:{port}"

    def run(self, *words: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """`sitplan` with these words, `said` on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "sitplan", *words],
            env=self.environment() | more,
            cwd=CHECKOUT,
            input=said,
            capture_output=True,
            text=True,
        )

    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
        return clean | self.settings.as_environment()

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body of an answer."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.base + path, timeout=20) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get_content_type(), answer.read()

    def counts(self) -> dict[str, int]:
        """Rows of each layer, as the doctor counts them."""
        told = json.loads(self.run("doctor", "--json").stdout)
        return {one["layer"]: one["count"] for one in told["loaded"]}

    def writes(self) -> list[tuple[str, int]]:
        """How often each table was written to so far."""
        time.sleep(1.2)  # statistics are told at most once a second
        with self.sql() as cursor:
            cursor.execute(
                "SELECT relid::regclass::text, n_tup_ins + n_tup_upd + n_tup_del"
                " FROM pg_stat_user_tables ORDER BY 1"
            )
            return cursor.fetchall()

    @contextmanager
    def sql(self) -> Iterator[psycopg2.extensions.cursor]:
        link = psycopg2.connect(cluster.database_url(self.settings))
        try:
            with link.cursor() as cursor:
                yield cursor
        finally:
            link.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance that is up."""
    instance = Instance(tmp_path_factory.mktemp("up") / "home")
    told = instance.run("up")
    try:
        assert told.returncode == 0, told.stdout + told.stderr
        assert f"{instance.base}/\n" in told.stdout
        assert f"{instance.base}/api\n" in told.stdout
        yield instance
    finally:
        instance.run("down")
        cluster.remove(instance.settings)


def test_it_serves_the_map_and_every_layer(served: Instance) -> None:
    assert served.get("/api/health")[0] == 200
    status, media_type, _ = served.get("/")
    assert (status, media_type) == (200, "text/html")
    status, _, body = served.get("/api/collections")
    assert status == 200
    collections = json.loads(body)["collections"]
    names = {one["id"] for one in collections if one["itemType"] == "feature"}
    assert names <= {path.parent.name for path in (CHECKOUT / "layers").glob("*/layer.yaml")}
    assert "green_areas" in names


def test_a_second_run_is_quick_and_writes_to_no_table(served: Instance) -> None:
    before, health = served.writes(), served.get("/api/health")
    start = time.monotonic()
    told = served.run("up", "--json")
    took = time.monotonic() - start
    assert told.returncode == 0, told.stderr
    assert took < 10
    assert served.writes() == before
    assert served.get("/api/health") == health
    assert json.loads(told.stdout)["map"] == f"{served.base}/"
    assert told.stderr.count(" s\n") == 4, "each phase tells its time"


def test_phases_are_told_in_either_language(served: Instance) -> None:
    assert "1/4 Base de datos" in served.run("up").stdout
    assert "1/4 Database" in served.run("up", SITPLAN_LANG="en").stdout
    served.run("up")  # the server began with English settings: back again


def test_killed_postgres_comes_back_with_the_same_counts(served: Instance) -> None:
    before = served.counts()
    assert before["green_areas"] > 0
    pid = cluster.status(served.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    told = served.run("up")
    assert told.returncode == 0, told.stdout + told.stderr
    assert served.counts() == before
    assert served.get("/api/collections/green_areas/items?limit=1")[0] == 200


def test_without_its_database_it_answers_503_and_recovers_by_itself(served: Instance) -> None:
    path = "/api/collections/green_areas/items?limit=3"
    before = served.get(path)
    assert before[0] == 200
    pid = json.loads((served.settings.home / "server.json").read_text(encoding="utf-8"))["pid"]
    cluster.stop(served.settings)
    try:
        status, media_type, body = served.get(path)
        assert (status, media_type) == (503, "application/problem+json")
        problem = json.loads(body)
        assert problem["status"] == 503
        assert problem["title"]
        assert served.get("/api/health")[0] == 503
        told = served.run("doctor", "--json")
        assert told.returncode == 1
        codes = {one["code"] for one in json.loads(told.stdout)["problems"]}
        assert {"cluster_stopped", "server_not_ready"} <= codes
    finally:
        cluster.ensure_running(served.settings)
    until = time.monotonic() + 20
    while served.get(path)[0] != 200:
        assert time.monotonic() < until, "it did not recover"
        time.sleep(0.2)
    told = json.loads(served.get(path)[2])
    assert told["features"] == json.loads(before[2])["features"]
    after = json.loads((served.settings.home / "server.json").read_text(encoding="utf-8"))["pid"]
    assert after == pid, "the same server, not another"


def test_a_killed_server_is_replaced(served: Instance) -> None:
    pid = json.loads((served.settings.home / "server.json").read_text(encoding="utf-8"))["pid"]
    os.kill(pid, signal.SIGKILL)
    assert served.run("up").returncode == 0
    assert served.get("/api/health")[0] == 200


def test_a_port_taken_is_told_with_who_holds_it(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    try:
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", instance.settings.port))
            thief.listen()
            told = instance.run("up")
        assert told.returncode == 9
        assert f"({os.getpid()})" in told.stderr
        assert f"SITPLAN_PORT={instance.settings.port + 1} make up" in told.stderr
        assert instance.run("up").returncode == 0, "the rest was done and is kept"
        instance.run("down")
    finally:
        cluster.remove(instance.settings)


def test_two_instances_run_side_by_side(served: Instance, tmp_path: Path) -> None:
    other = Instance(tmp_path / "home")
    try:
        assert other.run("up").returncode == 0
        assert set(other.counts()) == set(served.counts())
        assert other.get("/api/health")[0] == served.get("/api/health")[0] == 200
        with other.sql() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
        assert other.run("down").returncode == 0
        assert served.get("/api/health")[0] == 200
    finally:
        other.run("down")
        cluster.remove(other.settings)


def test_reset_asks_and_deletes_only_what_is_its_own(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    try:
        assert instance.run("up").returncode == 0
        told = instance.run("reset", said="sí\n")
        assert told.returncode == 4
        assert "borrar" in told.stdout
        assert instance.get("/api/health")[0] == 200, "nothing was done"
        with instance.sql() as cursor:
            cursor.execute("CREATE TABLE public.mine ()")
            cursor.connection.commit()
        told = instance.run("reset", said="borrar\n")
        assert told.returncode == 0, told.stderr
        assert cluster.status(instance.settings).state == "absent"
        assert instance.run("up").returncode == 0
        with instance.sql() as cursor:
            cursor.execute("SELECT to_regclass('public.mine')")
            assert cursor.fetchone() == (None,)
        assert instance.run("reset", "--yes").returncode == 0
    finally:
        instance.run("down")
        cluster.remove(instance.settings)


def test_a_database_of_somebody_else_is_never_reset(served: Instance) -> None:
    url = cluster.database_url(served.settings)
    told = served.run("reset", "--yes", SITPLAN_DATABASE_URL=url)
    assert told.returncode == 4
    assert "SITPLAN_DATABASE_URL" in told.stderr
    assert served.get("/api/health")[0] == 200


def test_down_is_told_and_may_be_said_twice(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    assert instance.run("down").returncode == 0
    assert "No había nada en marcha" in instance.run("down").stdout


def test_who_may_not_install_is_told_the_exact_line(request: pytest.FixtureRequest) -> None:
    """As an ordinary user without sudo, with no PostgreSQL to be found."""
    # A checkout where nobody may look: the real one may lie in somebody's own folder.
    root = Path(tempfile.mkdtemp(prefix="sitplan-checkout-"))
    request.addfinalizer(lambda: shutil.rmtree(root))
    root.chmod(0o755)
    for room in ("scripts", "sitplan"):
        shutil.copytree(CHECKOUT / room, root / room)
    tools, home = root / "tools", root / "home"
    tools.mkdir()
    (tools / "apt-get").write_text("#!/bin/sh\nexit 100\n", encoding="utf-8")
    (tools / "apt-get").chmod(0o755)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'scripts'); import bootstrap;"
        "bootstrap.programs.DEBIAN_ROOT = Path('/nonexistent'); sys.exit(bootstrap.main(['ready']))"
    )
    home.mkdir()
    who = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    for lang, sentence in (("es", "no puede"), ("en", "cannot install")):
        told = subprocess.run(
            ["/usr/bin/python3", "-c", code],
            cwd=root,
            env={"PATH": str(tools), "SITPLAN_HOME": str(home), "SITPLAN_LANG": lang},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **who,
        )
        assert told.returncode == 9, told.stdout + told.stderr
        assert sentence in told.stderr
        assert "apt-get install -y --no-install-recommends postgresql-" in told.stderr
        assert "-postgis-3" in told.stderr
        assert "SITPLAN_DATABASE_URL" in told.stderr
