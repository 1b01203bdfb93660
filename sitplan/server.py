"""The map's server in the background: started, watched, stopped.

home/server.json    who serves: process, port, and the code it began with
home/log/server.log
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from sitplan.errors import Unavailable
from sitplan.home import prepare_home
from sitplan.ports import is_free, who_listens
from sitplan.settings import Settings

_CODE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How the server stands; `state` is ``stopped``, ``silent`` (runs, not ready) or ``ready``."""

    state: str
    pid: int | None = None
    address: str | None = None
    is_current: bool = True
    """Whether it runs the code that stands on the disk."""


def run(settings: Settings) -> None:
    """Serve in the foreground until told to stop."""
    import uvicorn

    _take_port(settings)
    # By name: the library leans on no room above it, it only starts this one.
    uvicorn.run(import_module("api.main").create_app(settings), **ways(settings, os.environ))


def ways(settings: Settings, environ: Mapping[str, str]) -> dict[str, Any]:
    """How the application is served, as uvicorn is told."""
    return {
        "http": import_module("api.quick").TileDoor,
        "host": settings.host,
        "port": settings.port,
        "log_level": "warning",
        "access_log": False,  # what people look at is nobody's business
        "server_header": False,
        "proxy_headers": behind_proxy(settings, environ),
        "timeout_graceful_shutdown": 5,
    }


def behind_proxy(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether a proxy may say who asks and how (X-Forwarded-For, X-Forwarded-Proto).

    It may where one is configured, and only from the addresses in uvicorn's own
    ``FORWARDED_ALLOW_IPS``: this machine, if none is named.
    """
    return bool(settings.base_url or environ.get("FORWARDED_ALLOW_IPS"))


def start(settings: Settings, *, seconds: float = 60) -> bool:
    """Serve in the background and wait until it is ready; False if that was so already.

    A server that began with other code or settings is replaced.

    Raises
    ------
    Unavailable
        ``port_taken``, ``server_not_started`` or ``server_not_ready``, with what to do.
    """
    home = prepare_home(settings)
    mark = _mark(settings)
    if _alive(settings):
        if _remembered(settings).get("mark") == mark and _is_ready(settings):
            return False
        stop(settings)
    _take_port(settings)
    log = home / "log" / "server.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as out:
        begun = out.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "sitplan", "serve"],
            cwd=home, env=_environment(settings), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    facts = {"pid": process.pid, "born": _born(process.pid), "mark": mark}
    facts |= {"host": settings.host, "port": settings.port}
    (home / "server.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
    until = time.monotonic() + seconds
    while not _is_ready(settings):
        if process.poll() is not None:
            told = log.read_bytes()[begun:].decode(errors="replace").strip().splitlines()
            reason = told[-1] if told else str(process.returncode)
            raise Unavailable("server_not_started", log=log, reason=reason)
        if time.monotonic() > until:
            raise Unavailable("server_not_ready", address=address(settings), log=log)
        time.sleep(0.1)
    return True


def stop(settings: Settings) -> bool:
    """Stop the background server; whether there was one."""
    pid = _alive(settings)
    if pid:
        for sign, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            until = time.monotonic() + patience
            while _alive(settings) and time.monotonic() < until:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)  # it is our own child in one and the same program
                time.sleep(0.05)
            if not _alive(settings):
                break
    (settings.home / "server.json").unlink(missing_ok=True)
    return pid is not None


def wait(settings: Settings, *, seconds: float = 60) -> None:
    """Return once ``/api/health`` answers 200.

    Raises
    ------
    Unavailable
        ``server_not_ready``, if it does not within `seconds`.
    """
    until = time.monotonic() + seconds
    while not _is_ready(settings):
        if time.monotonic() > until:
            log = settings.home / "log" / "server.log"
            raise Unavailable("server_not_ready", address=address(settings), log=log)
        time.sleep(0.2)


def status(settings: Settings) -> ServerStatus:
    """How the background server stands, wherever it listens."""
    pid, facts = _alive(settings), _remembered(settings)
    if pid is None:
        return ServerStatus("stopped")
    there = replace(settings, host=facts["host"], port=facts["port"])
    return ServerStatus(
        "ready" if _is_ready(there) else "silent",
        pid,
        address(there),
        is_current=facts.get("mark") == _mark(settings),
    )


def address(settings: Settings) -> str:
    """The map's address as a browser on this machine types it."""
    if settings.base_url:
        return f"{settings.base_url}/"
    return f"http://{_reachable(settings.host)}:{settings.port}/"


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def _take_port(settings: Settings) -> None:
    if not is_free(settings.port, host=settings.host):
        who = who_listens(settings.port) or "?"
        raise Unavailable("port_taken", port=settings.port, who=who, other=settings.port + 1)


def _is_ready(settings: Settings) -> bool:
    """Whether health answers 200 here, past any proxy."""
    url = f"http://{_reachable(settings.host)}:{settings.port}/api/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _remembered(settings: Settings) -> dict[str, Any]:
    try:
        found = json.loads((settings.home / "server.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found)


def _alive(settings: Settings) -> int | None:
    """Process id of the server that we started, unless another program got the number since."""
    facts = _remembered(settings)
    pid = facts.get("pid")
    return pid if pid and _born(pid) == facts.get("born") else None


def _born(pid: int) -> str | None:
    """When a process began, in ticks since boot (proc(5), field 22); None for the dead."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] in "ZX" else words[19]


def _environment(settings: Settings) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("SITPLAN_")}
    return env | settings.as_environment() | {"PYTHONPATH": str(_CODE)}


def _mark(settings: Settings) -> str:
    """Fingerprint of the code and the settings that a server begins with."""
    digest = hashlib.sha256(json.dumps(settings.as_environment(), sort_keys=True).encode())
    for path in _sources():
        about = path.stat()
        digest.update(f"{path.relative_to(_CODE)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for room in ("sitplan", "api"):
        for folder, folders, files in os.walk(_CODE / room):
            folders[:] = sorted(set(folders) - {"web", "__pycache__"})
            yield from (Path(folder) / f for f in sorted(files) if f.endswith((".py", ".toml")))
    built = _CODE / "api" / "web" / "dist" / "index.html"
    if built.exists():
        yield built
