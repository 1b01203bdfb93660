"""Databases for the tests: real PostGIS, made once and cloned.

`seeded` is shared and read with the public's role; `db` is rolled back after each test; `fresh`
is a clone of one's own, for what commits. `served` and `served_fresh` are the running server.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor

from sitplan.catalogue import Catalogue, read_folder
from sitplan.db import Database
from sitplan.migrate import migrate
from sitplan.seeds import load_seeds
from sitplan.server import ways
from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
PROXIED = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
"""A proxy on this machine may say who asks: tests speak for many clients."""
SHARED = Path(os.environ.get("SITPLAN_SHARED") or CHECKOUT.parent / "shared")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real public data, where this machine has them."""
    found = Path(os.environ.get("SITPLAN_DATA") or SHARED / "data")
    if not found.is_dir():
        pytest.skip("the real data are not on this machine (SITPLAN_DATA)")
    return found


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Owner's address of a PostgreSQL server: the one named, or a private one for this run."""
    named = os.environ.get("SITPLAN_TEST_DATABASE_URL")
    if named:
        yield named
        return
    from sitplan import cluster

    settings = Settings(home=tmp_path_factory.mktemp("home"), layers=CHECKOUT / "layers")
    url = cluster.ensure_running(settings)
    yield url
    cluster.remove(settings)


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def _owner(url: str) -> Iterator[Cursor]:
    link = psycopg2.connect(_named(url, "postgres"))
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@contextmanager
def _database(url: str, template: str | None = None) -> Iterator[str]:
    name = f"sitplan_test_{secrets.token_hex(6)}"
    with _owner(url) as cursor:
        cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield _named(url, name)
    finally:
        with _owner(url) as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def base_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home of the tests' own; no database named yet."""
    home = tmp_path_factory.mktemp("sitplan-home")
    return Settings(home=home, layers=CHECKOUT / "layers", allowance=0)


@pytest.fixture(scope="session")
def _template(server_url: str, base_settings: Settings) -> Iterator[str]:
    with _database(server_url) as url:
        settings = replace(base_settings, database_url=url)
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        yield url


@pytest.fixture(scope="session")
def _clones(server_url: str, _template: str) -> Callable[[], contextmanager]:
    return lambda: _database(server_url, urlsplit(_template).path[1:])


@pytest.fixture(scope="session")
def seeded_settings(_clones: Callable, base_settings: Settings) -> Iterator[Settings]:
    """Settings of the shared, seeded database: read it, do not write."""
    with _clones() as url:
        yield replace(base_settings, database_url=url)


@pytest.fixture(scope="session")
def seeded(seeded_settings: Settings) -> Iterator[Database]:
    """The seeded database, as the public's role."""
    with Database(seeded_settings, workers=2) as database:
        yield database


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The declared layers, as the folder has them."""
    found = read_folder(CHECKOUT / "layers")
    assert not found.broken, found.broken
    return found


@pytest.fixture
def db(seeded_settings: Settings) -> Iterator[Cursor]:
    """The owner's cursor in the seeded database, rolled back after the test."""
    link = psycopg2.connect(seeded_settings.database_url)
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.rollback()
        link.close()


@pytest.fixture
def fresh_settings(_clones: Callable, base_settings: Settings) -> Iterator[Settings]:
    """Settings of a seeded database of the test's own."""
    with _clones() as url:
        yield replace(base_settings, database_url=url)


@pytest.fixture
def fresh(fresh_settings: Settings) -> Iterator[Database]:
    """A seeded database of the test's own, as its owner."""
    with Database(fresh_settings, role="admin", workers=2) as database:
        yield database


@pytest.fixture
def bare_settings(server_url: str, base_settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty database and of a layers folder yet to be written, at `tmp_path`."""
    with _database(server_url) as url:
        yield replace(base_settings, database_url=url, layers=tmp_path / "layers")


@contextmanager
def serve(settings: Settings) -> Iterator[str]:
    """The address of the real server over `settings`, stopped at the end."""
    import uvicorn

    from api.main import create_app

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = replace(settings, host="127.0.0.1", port=port)
    config = uvicorn.Config(create_app(settings), **ways(settings, PROXIED))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def served(seeded_settings: Settings) -> Iterator[str]:
    """The address of a server over the shared seeded database."""
    with serve(seeded_settings) as address:
        yield address


@pytest.fixture
def served_fresh(fresh_settings: Settings) -> Iterator[str]:
    """The address of a server over `fresh`."""
    with serve(fresh_settings) as address:
        yield address
