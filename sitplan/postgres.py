"""What answers at a database's address, and whether it can hold SITPLAN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from sitplan.errors import Unavailable
from sitplan.programs import EXTENSIONS, MIN_POSTGRES, extensions_fault, version_tuple


@dataclass(frozen=True, slots=True)
class Server:
    """What an answering database is: PostgreSQL's version, extensions it has or can create."""

    version: str
    extensions: dict[str, str]
    address: str


def probe(url: str, *, timeout_s: int = 5) -> Server:
    """What answers at `url`.

    Raises
    ------
    Unavailable
        ``database_unreachable``, with the address (never the password) and the reason.
    """
    try:
        connection = psycopg2.connect(url, connect_timeout=timeout_s)
    except psycopg2.Error as error:
        raise Unavailable(
            "database_unreachable", address=address_of(url), reason=_reason(error)
        ) from error
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = _one(cursor)
            cursor.execute(
                "SELECT name, coalesce(installed_version, default_version)"
                " FROM pg_available_extensions WHERE name = ANY(%s)",
                (list(EXTENSIONS),),
            )
            extensions = dict(cursor.fetchall())
    finally:
        connection.close()
    return Server(version=version.split()[0], extensions=extensions, address=address_of(url))


def check_database(url: str) -> Server:
    """What answers at `url`, after making sure that it can hold SITPLAN.

    Raises
    ------
    Unavailable
        It does not answer, is too old, or lacks an extension.
    """
    server = probe(url)
    version = version_tuple(server.version)[0]
    if version < MIN_POSTGRES:
        raise Unavailable("postgres_too_old", version=server.version, needed=MIN_POSTGRES)
    fault = extensions_fault(server.extensions, postgres=version)
    if fault:
        raise fault
    return server


def address_of(url: str) -> str:
    """Host, port and database of `url`, fit to be shown: no user, no password."""
    if "://" not in url:
        words = dict(part.split("=", 1) for part in url.split() if "=" in part)
        return (
            f"{words.get('host', 'localhost')}:{words.get('port', 5432)}/{words.get('dbname', '')}"
        )
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


def _one(cursor: Any) -> str:
    row = cursor.fetchone()
    return str(row[0])


def _reason(error: psycopg2.Error) -> str:
    """What the server or the network said, without libpq's talk around it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return re.sub(r"^.*(FATAL: +|failed: +)", "", lines[0])
