"""The private PostgreSQL under SITPLAN_HOME: made, started, found again after a crash, stopped.

    home/secrets/       0700, files 0600: passwords
    home/cluster/       the cluster's folder (a link to /var/lib/sitplan/… when root made it)

PostgreSQL refuses to run as root, so root's cluster belongs to the system user `sitplan` and
lies where that user can reach it. No door is open without a password: scram-sha-256 on TCP and
socket alike. A system cluster (Debian's `main`) is never looked at.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from sitplan import postgres, programs
from sitplan.errors import Unavailable
from sitplan.home import lock, prepare_home, secret
from sitplan.place import Place, claim, place_of, put_aside
from sitplan.ports import PORTS, free_port, is_free
from sitplan.settings import Settings

DATABASE = "sitplan"
OWNER = "sitplan"


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How the database stands.

    `state` is ``external`` (SITPLAN_DATABASE_URL), ``absent``, ``stopped`` or ``running``;
    `version` is None where the database does not answer.
    """

    state: str
    address: str | None = None
    version: str | None = None
    data: Path | None = None
    pid: int | None = None


def database_url(settings: Settings) -> str:
    """The database's address as its owner: SITPLAN_DATABASE_URL, or the private cluster's.

    Raises
    ------
    Unavailable
        ``cluster_absent`` if there is neither.
    """
    if settings.database_url:
        return settings.database_url
    try:
        port = place_of(settings).remembered["port"]
        password = (settings.home / "secrets" / "database").read_text(encoding="ascii").strip()
    except (OSError, KeyError):
        raise Unavailable("cluster_absent", home=settings.home) from None
    return f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/{DATABASE}"


def ensure_running(settings: Settings) -> str:
    """The database's address as its owner, after making sure that it answers.

    With SITPLAN_DATABASE_URL that database is probed and nothing is started. Otherwise the
    private cluster is made if need be, started if need be (what a crash left behind is cleared),
    and its database `sitplan` created if missing. Safe to call from several processes at once.

    Raises
    ------
    Unavailable
        With the remedy: no PostgreSQL or PostGIS, too old, home not writable, no answer…
    """
    if settings.database_url:
        postgres.check_database(settings.database_url)
        return settings.database_url
    prepare_home(settings)
    with lock(settings, "cluster"):
        if not _answers(settings):
            _make_or_start(settings)
        return database_url(settings)


def stop(settings: Settings) -> bool:
    """Stop the private cluster; whether one was running. Another's database is left alone."""
    place = place_of(settings)
    if settings.database_url or not place.folder.exists():
        return False
    with lock(settings, "cluster"):
        return place.stop()


def remove(settings: Settings) -> None:
    """Stop the private cluster and delete its data and passwords for good."""
    place = place_of(settings)
    if place.folder.exists():
        with lock(settings, "cluster"):
            place.stop()
            socket_folder = place.remembered.get("socket")
            shutil.rmtree(place.folder.resolve())
            if socket_folder:
                shutil.rmtree(socket_folder, ignore_errors=True)
    if place.folder.is_symlink():
        place.folder.unlink()
    shutil.rmtree(settings.home / "secrets", ignore_errors=True)


def status(settings: Settings) -> ClusterStatus:
    """How the database stands, without starting or changing anything."""
    if settings.database_url:
        with contextlib.suppress(Unavailable):
            server = postgres.probe(settings.database_url)
            return ClusterStatus("external", server.address, server.version)
        return ClusterStatus("external", postgres.address_of(settings.database_url))
    place = place_of(settings)
    if place.version is None:
        return ClusterStatus("absent")
    pid = place.pid
    if pid is None:
        return ClusterStatus("stopped", data=place.data)
    try:
        server = postgres.probe(database_url(settings))
    except Unavailable:
        return ClusterStatus("running", data=place.data, pid=pid)
    return ClusterStatus("running", server.address, server.version, place.data, pid)


def data_version(settings: Settings) -> int | None:
    """PostgreSQL's major version that made the private cluster; None where there is none."""
    return place_of(settings).version


def set_aside(settings: Settings) -> list[Path]:
    """Data folders that were put aside rather than deleted: half made, or of a lost password."""
    return [] if settings.database_url else place_of(settings).set_aside()


def _answers(settings: Settings) -> bool:
    """Whether the cluster takes our password: then it is ours and runs."""
    with contextlib.suppress(Unavailable, psycopg2.Error):
        psycopg2.connect(database_url(settings), connect_timeout=5).close()
        return True
    return False


def _make_or_start(settings: Settings) -> None:
    place = claim(settings)
    if place.pid is None:
        server = programs.find_programs(version=place.version)
        if place.version is None:
            _initialise(settings, place, server)
        _start(settings, place, server)
    _await_answer(settings)
    _create_database(settings)


def _initialise(settings: Settings, place: Place, server: programs.Programs) -> None:
    """Make the data folder whole or not at all: under another name first, then renamed."""
    half = place.folder.resolve() / "data.half"
    for left_over in (place.data, half):
        if left_over.exists():
            put_aside(left_over)
    half.mkdir(mode=0o700)
    place.give(half)
    with tempfile.NamedTemporaryFile("w", dir=half.parent, encoding="ascii") as password:
        password.write(secret(settings, "database"))
        password.flush()
        place.give(Path(password.name))
        done = place.run(
            server.bin / "initdb", "-D", half, "--encoding=UTF8", "--locale=C.UTF-8",
            f"--username={OWNER}", f"--pwfile={password.name}",
            "--auth-local=scram-sha-256", "--auth-host=scram-sha-256",
        )  # fmt: skip
    if done.returncode:
        raise Unavailable("cluster_not_made", data=half, reason=_last_line(done.stderr))
    with (half / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("\n# What SITPLAN sets is written anew at each start.\ninclude 'sitplan.conf'\n")
    with (half / "pg_hba.conf").open("a", encoding="utf-8") as doors:
        # Only heard where SITPLAN_DATABASE_LISTEN lets other machines in.
        doors.write("\nhost all all samenet scram-sha-256\n")
    (half / "sitplan.conf").touch(mode=0o600)
    place.give(half / "sitplan.conf")
    half.rename(place.data)


def _start(settings: Settings, place: Place, server: programs.Programs) -> None:
    place.clear_crash()
    told = ""
    for _ in range(5):
        _configure(settings, place)
        begun = place.log.stat().st_size if place.log.exists() else 0
        done = place.run(
            server.bin / "pg_ctl", "start", "-D", place.data, "-l", place.log, "-w", "-t", "60"
        )
        if done.returncode == 0:
            return
        told = place.log.read_bytes()[begun:].decode(errors="replace") or done.stderr
        if "could not bind" not in told:  # else somebody took the port after we looked
            break
    raise Unavailable("cluster_not_started", log=place.log, reason=_last_line(told))


def _configure(settings: Settings, place: Place) -> None:
    host, _, fixed = settings.database_listen.partition(":")
    if fixed and not is_free(int(fixed), host=host):
        raise Unavailable("database_port_taken", port=fixed)
    seed = int(hashlib.sha256(str(settings.home).encode()).hexdigest(), 16)
    wanted = place.remembered.get("port", PORTS[seed % len(PORTS)])
    port = int(fixed) if fixed else free_port(wanted, host=host)
    socket_folder = place.socket_folder()
    place.remember(port=port, socket=str(socket_folder))
    lines = {
        "listen_addresses": ", ".join(dict.fromkeys(("127.0.0.1", host))),
        "port": port,
        "unix_socket_directories": socket_folder,
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": 60,
        # Sized for a machine of 2 GB that also runs the map's server.
        "shared_buffers": "192MB",
        "effective_cache_size": "768MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": 1.1,
        "jit": "off",  # compiling costs more than our short queries take
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        # A failing statement's text and detail hold the row's values, private fields too:
        # they go to whom asked, never to the log (`log` ranks above `error` there).
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
    quoted = {key: str(value).replace("'", "''") for key, value in lines.items()}
    text = "".join(f"{key} = '{value}'\n" for key, value in quoted.items())
    (place.data / "sitplan.conf").write_text(text, encoding="utf-8")


def _await_answer(settings: Settings, *, seconds: float = 60) -> None:
    """Wait while a server that runs recovers from a crash, or has no connection left."""
    until = time.monotonic() + seconds
    maintenance = _maintenance_url(settings)
    while True:
        try:
            psycopg2.connect(maintenance, connect_timeout=5).close()
            return
        except psycopg2.OperationalError as error:
            if time.monotonic() > until:
                raise Unavailable(
                    "database_unreachable",
                    address=postgres.address_of(maintenance),
                    reason=_last_line(str(error)),
                ) from error
        time.sleep(0.5)


def _create_database(settings: Settings) -> None:
    connection = psycopg2.connect(_maintenance_url(settings), connect_timeout=10)
    connection.autocommit = True  # CREATE DATABASE runs in no transaction
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    finally:
        connection.close()


def _maintenance_url(settings: Settings) -> str:
    return database_url(settings).rpartition("/")[0] + "/postgres"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "?"
