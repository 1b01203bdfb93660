"""The database: worker threads that read, and transactions that write.

A reading `Database` keeps worker threads, each bound to one connection (FastAPI's shared threads
and a pool lost a tenth of the tile rate); `fetch` hands the statement to one of them and waits, or
runs it at once where it is called on such a thread. A connection that was lost is opened anew by
itself; while there is none, `Unavailable` is raised. A caller who left (`sitplan.workers`) ends
what runs for him.
"""

from __future__ import annotations

import hmac
import os
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql as pgsql
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from sitplan.cluster import database_url
from sitplan.errors import Unavailable
from sitplan.settings import Settings
from sitplan.statements import Ready, Session
from sitplan.workers import Task, Workers

T = TypeVar("T")
Statement = str | pgsql.Composable | Ready
Params = Sequence[Any] | Mapping[str, Any] | None
Role = Literal["read", "admin"]

READER = "sitplan_read"
_LIMITS = (
    "SELECT set_config('jit', 'off', false),"
    " set_config('max_parallel_workers_per_gather', '0', false),"
    " CASE current_setting('statement_timeout') WHEN '0'"
    " THEN set_config('statement_timeout', '15s', false) END"
)
"""What `sitplan migrate` gives the role at its login, for a login under another name."""
_AS_THEY_LIE = (
    "SELECT set_config('enable_indexscan', 'off', false),"
    " set_config('synchronize_seqscans', 'off', false)"
)
"""Rows come in the order in which they are stored, whichever plan is taken: by a bitmap or by a
whole scan. The bytes of a tile, and so its ETag, are then the same each time that it is made."""
_ALIVE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_UNKNOWN = psycopg2.extensions.TRANSACTION_STATUS_UNKNOWN
_LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)


def reader_password(admin_url: str) -> str:
    """The public role's password, derived from the owner's, so that no second secret is kept."""
    secret = unquote(urlsplit(admin_url).password or "")
    return hmac.new(secret.encode(), READER.encode(), "sha256").hexdigest() if secret else ""


def reader_url(settings: Settings) -> str:
    """The address by which the public's role reads the database that `settings` name.

    Where the owner's address holds no password (peer, a service file), the owner's connection
    takes the reader's role instead: give ``SITPLAN_READER_URL`` for a login of its own.
    """
    if settings.reader_url:
        return settings.reader_url
    url = database_url(settings)
    password = reader_password(url)
    parts = urlsplit(url)
    if not password:
        joined = "&" if parts.query else ""
        query = f"{parts.query}{joined}options={quote(f'-c role={READER}')}"
        return urlunsplit(parts._replace(query=query))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{READER}:{password}@{host}"))


def connect(url: str, *, application: str = "sitplan") -> Connection:
    """A new connection, its times in UTC.

    Raises
    ------
    Unavailable
        ``database_down`` when nobody answers at `url`.
    """
    try:
        found: Connection = psycopg2.connect(
            url,
            application_name=application,
            **_ALIVE,
        )
    except psycopg2.OperationalError as error:
        raise Unavailable("database_down") from error
    found.set_client_encoding("UTF8")
    with found.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
    found.commit()
    return found


def snapshots(settings: Settings, count: int, *, timeout_s: int) -> list[Session]:
    """So many connections for tiles that all see one instant; close their `link`.

    Parameters
    ----------
    timeout_s
        What one statement may take, in place of the reader's usual limit.
    """
    found: list[Session] = []
    try:
        shared: str | None = None
        for _ in range(count):
            session = Session(connect(reader_url(settings)))
            found.append(session)
            session.link.autocommit = True
            session.fetch(_LIMITS)
            session.fetch(_AS_THEY_LIE)
            session.fetch("SELECT set_config('statement_timeout', %s, false)", [f"{timeout_s}s"])
            session.link.autocommit = False
            session.link.set_session(isolation_level="REPEATABLE READ", readonly=True)
            if shared is None:
                shared = str(session.fetch("SELECT pg_export_snapshot()")[0][0])
            else:
                with session.link.cursor() as cursor:
                    cursor.execute("SET TRANSACTION SNAPSHOT %s", (shared,))
    except BaseException:
        for session in found:
            session.link.close()
        raise
    return found


class Database:
    """One database seen by one role.

    Parameters
    ----------
    settings
        Say where the database is.
    role
        ``read`` is the public's role; ``admin`` the owner, who alone may write.
    workers
        Reading threads, each with its connection; twice the cores serve tiles best.
    for_tiles
        Whether rows that have no order come as they are stored, always.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        role: Role = "read",
        workers: int | None = None,
        for_tiles: bool = False,
    ) -> None:
        self.settings = settings
        self.role = role
        self.url = reader_url(settings) if role == "read" else database_url(settings)
        self._for_tiles = for_tiles
        self._local = threading.local()
        self._opened: list[Connection] = []
        self._workers = Workers(workers or 2 * (os.cpu_count() or 1), name=f"sitplan-{role}")

    def fetch(self, statement: Statement, params: Params = None) -> list[Any]:
        """All rows of one reading statement.

        Raises
        ------
        Unavailable
            When the database does not answer; ``caller_left`` when nobody waits for it any more.
        """
        task: Task[Any] | None = getattr(self._local, "task", None)
        if task is not None:
            return self._rows(task, statement, params)
        return self.submit(statement, params).found()

    def submit(self, statement: Statement, params: Params = None) -> Task[list[Any]]:
        """The rows to come of one reading statement."""
        return self._workers.submit(lambda task: self._rows(task, statement, params))

    def read(self, work: Callable[[Cursor], T]) -> T:
        """What `work` finds with a cursor on a reading thread; for COPY and cursors of its own."""
        task: Task[Any] | None = getattr(self._local, "task", None)
        if task is not None:
            return self._run(task, lambda session: _with_cursor(session, work))
        return self._workers.submit(
            lambda task: self._run(task, lambda session: _with_cursor(session, work))
        ).found()

    def start(self, work: Callable[[], T]) -> Task[T]:
        """The result to come of work that is done whole on a reading thread, with what it reads."""

        def whole(task: Task[T]) -> T:
            self._local.task = task
            try:
                return work()
            finally:
                self._local.task = None

        return self._workers.submit(whole)

    def _rows(self, task: Task[Any], statement: Statement, params: Params) -> list[Any]:
        return self._run(task, lambda session: session.fetch(statement, params))

    def _run(self, task: Task[Any], work: Callable[[Session], T]) -> T:
        for attempt in (1, 2):
            session: Session | None = getattr(self._local, "session", None)
            fresh = session is None or session.link.closed != 0
            if session is None or fresh:
                session = self._open()
            link = session.link
            try:
                with task.on(link):
                    return work(session)
            except _LOST as error:
                stands = not link.closed and link.info.transaction_status != _UNKNOWN
                if stands and not isinstance(error, psycopg2.InterfaceError):
                    raise  # the statement failed, the connection stands (a timeout, say)
                link.close()
                self._local.session = None
                if fresh or attempt == 2:
                    raise Unavailable("database_down") from error
        raise AssertionError("unreachable")

    def _open(self) -> Session:
        """A connection of this thread's; the public's is bound to its limits, whoever logs in."""
        link = connect(self.url)
        link.autocommit = True
        if self.role == "read":
            with link.cursor() as cursor:
                cursor.execute(_LIMITS)
                if self._for_tiles:
                    cursor.execute(_AS_THEY_LIE)
        self._opened = [old for old in self._opened if not old.closed] + [link]
        session = Session(link)
        self._local.session = session
        return session

    def lane(self, more: str = "") -> Connection:
        """A new connection that waits for nothing, bound to this role's limits; see `lanes`.

        Parameters
        ----------
        more
            A statement by which it is set up besides.

        Raises
        ------
        Unavailable
            ``database_down`` when nobody answers.
        """
        said = ["SET TIME ZONE 'UTC'", _LIMITS if self.role == "read" else ""]
        said += [_AS_THEY_LIE if self._for_tiles else "", more]
        link: Connection | None = None
        try:
            link = psycopg2.connect(
                self.url, async_=True, application_name="sitplan", client_encoding="UTF8", **_ALIVE
            )
            _wait(link)
            with link.cursor() as cursor:
                for text in filter(None, said):
                    cursor.execute(text)
                    _wait(link)
        except psycopg2.Error as error:
            if link is not None:
                link.close()
            raise Unavailable("database_down") from error
        return link

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor in a transaction of its own: kept if the block ends well, else undone."""
        link = connect(self.url)
        try:
            with link, link.cursor() as cursor:
                yield cursor
        except psycopg2.InterfaceError as error:
            raise Unavailable("database_down") from error
        except psycopg2.OperationalError as error:
            if link.closed:
                raise Unavailable("database_down") from error
            raise
        finally:
            link.close()

    def close(self) -> None:
        """End the threads and their connections."""
        self._workers.close()
        for link in self._opened:
            link.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wait(link: Connection) -> None:
    """Until a connection that waits for nothing has done what it was told."""
    until = time.monotonic() + _ALIVE["connect_timeout"]
    wishes = {POLL_READ: select.POLLIN, POLL_WRITE: select.POLLOUT}
    while (state := link.poll()) != POLL_OK:
        left = until - time.monotonic()
        if left <= 0:
            raise psycopg2.OperationalError("nobody answers")
        watch = select.poll()  # not `select`, which knows no number above 1,023
        watch.register(link.fileno(), wishes[state])
        watch.poll(left * 1000)


def _with_cursor(session: Session, work: Callable[[Cursor], T]) -> T:
    with session.link.cursor() as cursor:
        return work(cursor)
