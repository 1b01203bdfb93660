"""Doors on this machine: which are free, and who stands in the others."""

from __future__ import annotations

import contextlib
import socket
from itertools import chain
from pathlib import Path

from sitplan.errors import Unavailable

PORTS = range(20_000, 32_000)
"""Below Linux's ephemeral range, so that a port once chosen is free again after a restart."""


def free_port(wanted: int, *, host: str = "127.0.0.1") -> int:
    """`wanted` if nobody listens there, else the next free one of our range.

    Raises
    ------
    Unavailable
        ``no_free_port``, when all are taken.
    """
    start = wanted if wanted in PORTS else PORTS[0]
    for port in chain(range(start, PORTS[-1] + 1), range(PORTS[0], start)):
        if is_free(port, host=host):
            return port
    raise Unavailable("no_free_port", first=PORTS[0], last=PORTS[-1])


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


def who_listens(port: int) -> str | None:
    """The program that listens on `port`, as ``nginx (1234)``; None where we may not know."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                words = line.split()
                if words[3] == "0A" and int(words[1].rpartition(":")[2], 16) == port:  # LISTEN
                    sockets.add(f"socket:[{words[9]}]")
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # another user's, or gone
            if any(str(door.readlink()) in sockets for door in (process / "fd").iterdir()):
                name = (process / "comm").read_text(encoding="utf-8").strip()
                return f"{name} ({process.name})"
    return None
