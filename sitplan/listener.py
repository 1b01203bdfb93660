"""A thread that hears what the database announces, and says when it cannot hear."""

from __future__ import annotations

import json
import logging
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

import psycopg2
import psycopg2.extensions

from sitplan.crs import Box
from sitplan.db import connect
from sitplan.errors import Unavailable

_LOG = logging.getLogger("sitplan.listener")
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0
_HEARTBEAT_S = 10.0


class Hearer(Protocol):
    """Who is told."""

    def heard(self) -> None:
        """From now on every announcement arrives; what came before may have been missed."""

    def lost(self) -> None:
        """Announcements do not arrive for now."""

    def changed(self, layer: str, boxes: list[Box] | None) -> None:
        """A layer changed there (EPSG:3857; None: anywhere)."""

    def migrated(self) -> None:
        """The catalogue is another one."""


class Listener:
    """Listens on the channel `sitplan`, and connects anew, with growing pauses, when cut off.

    Parameters
    ----------
    url
        Returns the database's address; asked at each connection, for a restart may change it.
    hearer
        Told on the listener's own thread.
    """

    def __init__(self, url: Callable[[], str], hearer: Hearer) -> None:
        self._url = url
        self._hearer = hearer
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sitplan-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        wait = _FIRST_WAIT_S
        while not self._ended.is_set():
            try:
                with_link = self._connect()
            except (Unavailable, psycopg2.Error) as error:
                _LOG.info("no announcements: %s", type(error).__name__)
            else:
                wait = _FIRST_WAIT_S
                self._listen(with_link)
                self._hearer.lost()
            self._ended.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _connect(self) -> psycopg2.extensions.connection:
        link = connect(self._url(), application="sitplan-listener")
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("LISTEN sitplan")
        return link

    def _listen(self, link: psycopg2.extensions.connection) -> None:
        try:
            self._hearer.heard()
            quiet = 0.0
            while not self._ended.is_set():
                ready, _, _ = select.select([link], [], [], 0.5)
                quiet = 0.0 if ready else quiet + 0.5
                if quiet >= _HEARTBEAT_S:  # a dead network says nothing: ask
                    quiet = 0.0
                    with link.cursor() as cursor:
                        cursor.execute("SELECT 1")
                link.poll()
                while link.notifies:
                    self._tell(link.notifies.pop(0).payload)
        except (psycopg2.Error, OSError, ValueError) as error:  # ValueError: closed under select
            _LOG.info("announcements lost: %s", type(error).__name__)
        except Exception:  # this thread must outlive whatever those who hear it do
            _LOG.exception("an announcement could not be followed")
        finally:
            link.close()

    def _tell(self, payload: str) -> None:
        try:
            told: dict[str, Any] = json.loads(payload)
            if told.get("catalogue"):
                self._hearer.migrated()
            if "layer" in told:
                boxes = told.get("boxes")
                self._hearer.changed(
                    str(told["layer"]),
                    None if boxes is None else [Box(*map(float, b)) for b in boxes],
                )
        except (ValueError, TypeError, KeyError):
            _LOG.warning("an announcement that cannot be read")
            self._hearer.heard()  # begin anew: everything before may be stale
