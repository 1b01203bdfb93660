"""Where a private cluster lies: its folder, whose it is, its port and socket, what a crash left."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import secrets
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sitplan.errors import Unavailable
from sitplan.settings import Settings

SYSTEM_USER = "sitplan"
ROOTS_DATA = Path("/var/lib/sitplan")
SOCKET_PATH_LIMIT = 100
"""Bytes that a socket's path may have, a little under Linux's 108 (unix(7))."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one cluster: ``data/``, ``run/``, ``postgres.log``, ``place.json``.

    Who owns the folder runs the server, so that a cluster made by an ordinary user stays theirs
    when root starts it.
    """

    folder: Path

    @property
    def data(self) -> Path:
        """PGDATA, without links on its way."""
        return (self.folder / "data").resolve()

    @property
    def log(self) -> Path:
        """The server's log."""
        return (self.folder / "postgres.log").resolve()

    @property
    def version(self) -> int | None:
        """PostgreSQL's major version that made the data; None where there are none."""
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None

    @property
    def pid(self) -> int | None:
        """The postmaster that serves the data, or None.

        The pid file alone proves nothing: after a crash another program may have got the number.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in words else None

    @property
    def remembered(self) -> dict[str, Any]:
        """Port and socket folder of the last start."""
        try:
            found = json.loads((self.folder / "place.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(found)

    def remember(self, **facts: object) -> None:
        """Keep port and socket folder for later starts."""
        if facts != self.remembered:
            path = self.folder / "place.json"
            path.write_text(json.dumps(facts) + "\n", encoding="utf-8")

    def give(self, path: Path) -> Path:
        """Hand `path` to the cluster's owner, where root made it."""
        if os.geteuid() == 0:
            owner = self.folder.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
        return path

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """Run a PostgreSQL program as the cluster's owner."""
        owner = self.folder.stat()
        change: dict[str, Any] = {}
        if os.geteuid() == 0 and owner.st_uid != 0:
            change = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        env |= {"LC_ALL": "C.UTF-8", "HOME": str(self.folder.resolve())}
        # A session of its own: Ctrl-C on the terminal must not end the database.
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603  programs we found
            [str(word) for word in command],
            cwd="/", env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            check=False, start_new_session=True, **change,
        )  # fmt: skip
        return done

    def socket_folder(self) -> Path:
        """A folder of the owner's alone whose path leaves room for the socket's name.

        Raises
        ------
        Unavailable
            ``socket_path_too_long``, where not even the folder for temporary files will do.
        """
        own = self.folder.resolve() / "run"
        name = hashlib.sha256(str(own).encode()).hexdigest()[:12]
        for path in (own, Path(tempfile.gettempdir()) / f"sitplan-{name}"):
            if len(os.fsencode(path / ".s.PGSQL.65535")) > SOCKET_PATH_LIMIT:
                continue
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
                self.give(path)
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode) and about.st_uid == self.folder.stat().st_uid:
                path.chmod(0o700)
                return path
        raise Unavailable("socket_path_too_long", path=own, limit=SOCKET_PATH_LIMIT)

    def stop(self, *, seconds: float = 60) -> bool:
        """Stop the server as `pg_ctl stop -m fast` does; whether there was one.

        Raises
        ------
        Unavailable
            ``cluster_not_stopped``, if it still runs after `seconds`.
        """
        pid = self.pid
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > until:
                raise Unavailable("cluster_not_stopped", data=self.data, pid=pid)
            time.sleep(0.05)
        return True

    def clear_crash(self) -> None:
        """Take away the lock files of a postmaster that died.

        PostgreSQL trusts them as long as anything has that number: a zombie, or an unrelated
        program that got it. They also guard against the dead postmaster's orphans, so these are
        awaited first: each works in the data folder and leaves as soon as it notices.
        """
        if self.pid is not None:
            return
        until = time.monotonic() + 20
        while (orphans := _working_in(self.data)) and time.monotonic() < until:
            time.sleep(0.1)
        if orphans:
            raise Unavailable("cluster_orphans", data=self.data, pids=", ".join(map(str, orphans)))
        for left in (self.data / "postmaster.pid", *self.socket_folder().glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def set_aside(self) -> list[Path]:
        """Folders put aside rather than deleted: half made, or of a password that is lost."""
        real = self.folder.resolve()
        if not real.exists():
            return []
        return sorted([*real.glob("data*.aside-*"), *real.parent.glob(f"{real.name}.aside-*")])


def place_of(settings: Settings) -> Place:
    """Where the cluster of `settings` lies or would lie."""
    return Place(settings.home / "cluster")


def claim(settings: Settings) -> Place:
    """The cluster's folder, made where its owner can reach it."""
    place = place_of(settings)
    link = place.folder
    if link.is_dir():
        return place
    if os.geteuid() != 0:
        link.mkdir(mode=0o700)
        return place
    account = _system_account()
    ROOTS_DATA.mkdir(mode=0o755, exist_ok=True)
    target = ROOTS_DATA / hashlib.sha256(str(settings.home).encode()).hexdigest()[:12]
    if target.exists():  # of a home that was deleted: its password is gone with it
        Place(target).stop()
        put_aside(target)
    target.mkdir(mode=0o700)
    os.chown(target, account.pw_uid, account.pw_gid)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    return place


def put_aside(path: Path) -> Path:
    """`path` under a name that says so; its contents are nobody's to delete but a person's."""
    when = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S")
    return path.rename(path.with_name(f"{path.name}.aside-{when}-{secrets.token_hex(2)}"))


def _working_in(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):  # gone meanwhile, or another user's
                if (process / "cwd").readlink() == data:
                    found.append(int(process.name))
    return found


def _system_account() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", str(ROOTS_DATA), "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        reason = str(getattr(error, "stderr", "") or error).strip()
        raise Unavailable("no_system_user", name=SYSTEM_USER, reason=reason) from error
    return pwd.getpwnam(SYSTEM_USER)
