"""The private PostgreSQL under SITPLAN_HOME: made, started, found again after a crash, stopped.

    home/secrets/            0700, files 0600: passwords
    home/cluster/            the cluster's folder (a link to /var/lib/sitplan/… when root made it)
        data/                PGDATA
        run/                 the socket, where the path is short enough
        postgres.log
        place.json           port and socket folder, remembered

PostgreSQL refuses to run as root, so root's cluster belongs to the system user `sitplan` and
lies where that user can reach it. No door is open without a password: scram-sha-256 on TCP and
socket alike. A system cluster (Debian's `main`) is never looked at.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from sitplan import postgres
from sitplan.errors import Unavailable
from sitplan.settings import Settings

DATABASE = "sitplan"
OWNER = "sitplan"
SYSTEM_USER = "sitplan"
ROOTS_DATA = Path("/var/lib/sitplan")
SOCKET_PATH_LIMIT = 100
"""Bytes that a socket's path may have, a little under Linux's 108 (unix(7))."""

_PORTS = range(20_000, 32_000)
"""Below Linux's ephemeral range, so that a port once chosen is free again after a restart."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How the database stands.

    `state` is ``external`` (SITPLAN_DATABASE_URL), ``absent``, ``stopped`` or ``running``.
    """

    state: str
    address: str | None = None
    version: str | None = None
    data: str | None = None
    pid: int | None = None


# --- what others ask -------------------------------------------------------------------------


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
        port = _remembered(_folder(settings))["port"]
        password = (settings.home / "secrets" / "database").read_text(encoding="ascii").strip()
    except (OSError, KeyError, ValueError):
        raise Unavailable("cluster_absent", home=settings.home) from None
    return f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/{DATABASE}"


def secret(settings: Settings, name: str) -> str:
    """The password called `name`, made on first use and kept in ``home/secrets`` (0600)."""
    folder = prepare_home(settings) / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(24) + "\n")
    return path.read_text(encoding="ascii").strip()


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
    with _lock(settings):
        if not _answers(settings):
            _make_or_start(settings)
        return database_url(settings)


def stop(settings: Settings) -> bool:
    """Stop the private cluster; whether there was one running. Another's database is left alone."""
    if settings.database_url or not _folder(settings).exists():
        return False
    with _lock(settings):
        return _stop(_folder(settings))


def remove(settings: Settings) -> None:
    """Stop the private cluster and delete its data and passwords for good."""
    link = _folder(settings)
    if link.exists():
        with _lock(settings):
            _stop(link)
            socket_folder = _remembered(link).get("socket")
            shutil.rmtree(link.resolve(), ignore_errors=True)
            if socket_folder:
                shutil.rmtree(socket_folder, ignore_errors=True)
    if link.is_symlink():
        link.unlink()
    shutil.rmtree(settings.home / "secrets", ignore_errors=True)


def status(settings: Settings) -> ClusterStatus:
    """How the database stands, without starting or changing anything."""
    if settings.database_url:
        with contextlib.suppress(Unavailable):
            server = postgres.probe(settings.database_url)
            return ClusterStatus("external", server.address, server.version)
        return ClusterStatus("external", postgres.address_of(settings.database_url))
    folder = _folder(settings)
    version = _data_version(folder / "data")
    if version is None:
        return ClusterStatus("absent")
    data, pid = str((folder / "data").resolve()), _live_pid(folder / "data")
    if pid is None:
        return ClusterStatus("stopped", None, str(version), data)
    try:
        server = postgres.probe(database_url(settings))
    except Unavailable:
        return ClusterStatus("stopped", None, str(version), data, pid)
    return ClusterStatus("running", server.address, server.version, data, pid)


def prepare_home(settings: Settings) -> Path:
    """The home folder, made if need be and known to be writable."""
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".try", dir=home)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("home_not_writable", home=home, reason=reason) from error
    return home


def free_port(wanted: int | None = None, *, host: str = "127.0.0.1") -> int:
    """`wanted` if nobody listens there, else the next free port of our range."""
    start = wanted if wanted in _PORTS else _PORTS.start
    later = range(start, _PORTS.stop)
    for port in (*later, *range(_PORTS.start, start)):
        if is_free(port, host=host):
            return port
    raise Unavailable("no_free_port", first=_PORTS.start, last=_PORTS.stop - 1)


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return False
    return True


# --- making and starting ---------------------------------------------------------------------


def _make_or_start(settings: Settings) -> None:
    folder = _claim(settings)
    version = _data_version(folder / "data")
    programs = postgres.find_programs(version=version)
    if version is None:
        _initialise(settings, folder, programs)
    _start(settings, folder, programs)
    _create_database(settings)


def _folder(settings: Settings) -> Path:
    return settings.home / "cluster"


def _claim(settings: Settings) -> Path:
    """The cluster's folder, made where its owner can reach it."""
    link = _folder(settings)
    if link.is_dir():
        return link
    if os.geteuid() != 0:
        link.mkdir(mode=0o700)
        return link
    account = _system_account()
    ROOTS_DATA.mkdir(mode=0o755, exist_ok=True)
    name = hashlib.sha256(str(settings.home).encode()).hexdigest()[:12]
    target = ROOTS_DATA / name
    if target.exists():  # of a home that was deleted: its passwords are gone with it
        _stop(target)
        _put_aside(target)
    target.mkdir(mode=0o700)
    os.chown(target, account.pw_uid, account.pw_gid)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    return link


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", str(ROOTS_DATA), "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            reason = getattr(error, "stderr", "") or str(error)
            raise Unavailable("no_system_user", name=SYSTEM_USER, reason=reason.strip()) from error
        return pwd.getpwnam(SYSTEM_USER)


def _initialise(settings: Settings, folder: Path, programs: postgres.Programs) -> None:
    """Make the data folder whole or not at all: under another name first, then renamed."""
    data, half = folder / "data", folder / "data.half"
    for left_over in (data, half):
        if left_over.exists():
            _put_aside(left_over)
    half.mkdir(mode=0o700)
    _give(half, folder)
    with tempfile.NamedTemporaryFile("w", dir=folder.resolve(), encoding="ascii") as password:
        password.write(secret(settings, "database"))
        password.flush()
        _give(Path(password.name), folder)
        command = [programs.bin / "initdb", "-D", half.resolve(), "--encoding=UTF8"]
        command += ["--locale=C.UTF-8", f"--username={OWNER}", f"--pwfile={password.name}"]
        command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256"]
        done = _run_as_owner(folder, command)
    if done.returncode:
        raise Unavailable("cluster_not_made", data=half.resolve(), reason=_last_line(done.stderr))
    with (half / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(
            "\n# SITPLAN: what it sets is written anew at each start\ninclude 'sitplan.conf'\n"
        )
    with (half / "pg_hba.conf").open("a", encoding="utf-8") as hba:
        # Only heard where SITPLAN_DATABASE_LISTEN opens the door to other machines.
        hba.write("\nhost all all samenet scram-sha-256\n")
    (half / "sitplan.conf").touch(mode=0o600)
    _give(half / "sitplan.conf", folder)
    half.rename(data)


def _start(settings: Settings, folder: Path, programs: postgres.Programs) -> None:
    data, log = (folder / "data").resolve(), (folder / "postgres.log").resolve()
    _clear_crash(data, _socket_folder(folder))
    for _ in range(5):
        place = _choose_place(settings, folder)
        _configure(settings, data, place)
        begun = log.stat().st_size if log.exists() else 0
        done = _run_as_owner(
            folder, [programs.bin / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", "60"]
        )
        if done.returncode == 0:
            return
        told = log.read_bytes()[begun:].decode(errors="replace") if log.exists() else done.stderr
        if "could not bind" not in told:  # somebody took the port after we looked
            break
    raise Unavailable("cluster_not_started", log=log, reason=_last_line(told))


def _choose_place(settings: Settings, folder: Path) -> dict[str, Any]:
    remembered = _remembered(folder)
    seed = int(hashlib.sha256(str(settings.home).encode()).hexdigest(), 16)
    wanted = remembered.get("port", _PORTS[seed % len(_PORTS)])
    host, _, fixed = settings.database_listen.partition(":")
    if fixed and not is_free(int(fixed), host=host):
        raise Unavailable("database_port_taken", port=fixed)
    port = int(fixed) if fixed else free_port(wanted, host=host)
    place = {"port": port, "socket": str(_socket_folder(folder))}
    if place != remembered:
        path = folder / "place.json"
        path.write_text(json.dumps(place) + "\n", encoding="utf-8")
    return place


def _socket_folder(folder: Path) -> Path:
    """A folder of the owner's alone whose path leaves room for the socket's name."""
    own = folder.resolve() / "run"
    name = hashlib.sha256(str(own).encode()).hexdigest()[:12]
    for path in (own, Path(tempfile.gettempdir()) / f"sitplan-{name}"):
        if len(os.fsencode(path / ".s.PGSQL.65535")) > SOCKET_PATH_LIMIT:
            continue
        path.mkdir(mode=0o700, exist_ok=True)
        _give(path, folder)
        about = path.lstat()
        if stat.S_ISDIR(about.st_mode) and about.st_uid == folder.stat().st_uid:
            path.chmod(0o700)
            return path
    raise Unavailable("socket_path_too_long", path=own, limit=SOCKET_PATH_LIMIT)


def _configure(settings: Settings, data: Path, place: dict[str, Any]) -> None:
    host = settings.database_listen.partition(":")[0]
    lines = {
        "listen_addresses": ", ".join(dict.fromkeys(("127.0.0.1", host))),
        "port": place["port"],
        "unix_socket_directories": place["socket"],
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
    text = "".join(
        f"{key} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for key, value in lines.items()
    )
    (data / "sitplan.conf").write_text(text, encoding="utf-8")


def _create_database(settings: Settings) -> None:
    maintenance = database_url(settings).rsplit("/", 1)[0] + "/postgres"
    connection = psycopg2.connect(maintenance, connect_timeout=10)
    connection.autocommit = True  # CREATE DATABASE runs in no transaction
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    finally:
        connection.close()


# --- stopping, and what a crash leaves -------------------------------------------------------


def _stop(folder: Path) -> bool:
    data = (folder / "data").resolve()
    if _live_pid(data) is None:
        return False
    programs = postgres.installed()
    version = _data_version(data)
    own = next((p for p in programs if p.version == version), None)
    if own is None:
        raise Unavailable("postgres_gone", version=version)
    done = _run_as_owner(
        folder, [own.bin / "pg_ctl", "stop", "-D", data, "-m", "fast", "-w", "-t", "60"]
    )
    if done.returncode and _live_pid(data) is not None:
        raise Unavailable("cluster_not_stopped", data=data, reason=_last_line(done.stderr))
    return True


def _live_pid(data: Path) -> int | None:
    """Process id of the postmaster that serves `data`, or None.

    The pid file alone proves nothing: after a crash another program may have got the number.
    """
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    return pid if os.fsencode(data.resolve()) in words else None


def _clear_crash(data: Path, socket_folder: Path) -> None:
    """Take away the lock files of a postmaster that died.

    PostgreSQL trusts them as long as anything has that number: a zombie, or an unrelated program
    that got it. They also guard against the dead postmaster's orphans, so these are awaited first:
    each works in the data folder and leaves as soon as it notices.
    """
    if _live_pid(data) is not None:
        return
    until = time.monotonic() + 20
    while _working_in(data) and time.monotonic() < until:
        time.sleep(0.1)
    orphans = _working_in(data)
    if orphans:
        raise Unavailable("cluster_orphans", data=data, pids=", ".join(map(str, orphans)))
    for left_over in (data / "postmaster.pid", *socket_folder.glob(".s.PGSQL.*")):
        left_over.unlink(missing_ok=True)


def _working_in(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):  # gone meanwhile, or another user's
                if Path(process / "cwd").readlink() == data:
                    found.append(int(process.name))
    return found


def _put_aside(path: Path) -> Path:
    """`path` under a name that says so; its contents are nobody's to delete but a person's."""
    when = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"{path.name}.aside-{when}-{secrets.token_hex(2)}")
    return path.rename(aside)


def set_aside(settings: Settings) -> list[Path]:
    """Folders that were put aside rather than deleted: unfinished or of unknown password."""
    folder = _folder(settings)
    if not folder.exists():
        return []
    real = folder.resolve()
    return sorted([*real.glob("data*.aside-*"), *real.parent.glob(f"{real.name}.aside-*")])


# --- small parts -----------------------------------------------------------------------------


def _answers(settings: Settings) -> bool:
    """Whether the cluster takes our password: then it is ours and runs."""
    with contextlib.suppress(Unavailable, psycopg2.Error):
        psycopg2.connect(database_url(settings), connect_timeout=5).close()
        return True
    return False


def _data_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def _remembered(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "place.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found)


def _give(path: Path, folder: Path) -> None:
    """Hand `path` to the cluster's owner, where root made it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _run_as_owner(folder: Path, command: list[Any]) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program as the user whose the cluster's folder is."""
    owner = folder.stat()
    other = {}
    if os.geteuid() == 0 and owner.st_uid != 0:
        other = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env |= {"LC_ALL": "C.UTF-8", "HOME": str(folder.resolve())}
    # A session of its own: Ctrl-C on the terminal must not end the database.
    return subprocess.run(  # noqa: S603  programs of the PostgreSQL found
        [str(word) for word in command],
        cwd="/", env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        check=False, start_new_session=True, **other,
    )  # fmt: skip


@contextlib.contextmanager
def _lock(settings: Settings) -> Iterator[None]:
    with (settings.home / "cluster.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "?"
