"""The quick way of a tile: from the bytes of a request to those of its answer.

Nine of ten requests of a map ask for tiles of today, and the machinery of a request (parsed
headers, a task, a chain of callables) costs several times what there is to do. `TileDoor` is
uvicorn's own protocol but for one case: a plain request for such a tile, on a connection where
nothing else is under way, is answered where it comes in, or where the tile comes from the
database. What else comes, the protocol gets; what goes wrong, it tells.

Nothing is parsed here. Clients send the same headers with each tile: what those bytes mean is
learnt from uvicorn's parser when they come first, and the same bytes mean the same again.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import zlib
from concurrent.futures import Future
from functools import partial
from threading import get_ident
from typing import Any, NamedTuple

from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from api.allowance import TILE, Allowance, bucket_of
from api.answers import accepts_gzip
from api.cache import (
    ADDRESS,
    FAILED,
    Headers,
    Key,
    can_make,
    key_of,
    request_headers,
    tile_answer,
)
from api.envelope import WORN_BY_API
from api.promise import DEPRECATED
from api.state import State
from sitplan.errors import SitplanError
from sitplan.tile_maker import Answer, Coming
from sitplan.workers import CALLER

_LINE = re.compile(rb"GET (%b) HTTP/1\.1" % ADDRESS.pattern.encode())
_KNOWN = re.compile(rb'\r\nif-none-match: W/"([0-9a-f]{24})"(?=\r\n)', re.IGNORECASE)
_UNUSUAL = frozenset(
    (b"accept-datetime", b"content-length", b"expect", b"if-none-match", b"transfer-encoding",
     b"upgrade", b"x-forwarded-for", b"x-forwarded-proto")
)  # fmt: skip
"""With one of these headers a request goes the long way."""
_TAG = "{tag}"
MOST_HEADS = 1000
LONGEST_HEAD = 4096
MOST_LINES = 10_000
LONGEST_LINE = 640


class _Form(NamedTuple):
    """An answer's head, with places for date, tag and length."""

    status: bytes
    before_tag: bytes
    before_length: bytes
    end: bytes

    @classmethod
    def of(cls, found: Answer, asked: dict[str, str]) -> _Form:
        """As the long way sends it."""
        status, headers, sent = tile_answer(found, asked)
        told = lines([*headers, *WORN_BY_API])
        before, after = told.split(_TAG.encode())
        length = b"content-length: %d\r\n" % len(sent)
        if length not in after:
            return cls(STATUS_LINE[status], before, after + b"\r\n", b"")
        middle, end = after.split(length)
        return cls(
            STATUS_LINE[status], before, middle + b"content-length: ", b"\r\n" + end + b"\r\n"
        )


def lines(headers: Headers) -> bytes:
    """Headers as they are sent."""
    return b"".join(b"%b: %b\r\n" % one for one in headers)


class Wish(NamedTuple):
    """What a request's headers say."""

    takes_gzip: bool
    tag: str | None = None


class QuickTiles:
    """Tiles of today, ready to be sent.

    Parameters
    ----------
    state
        What the application runs on.
    allowance
        What each address may still ask for.
    """

    def __init__(self, state: State, allowance: Allowance) -> None:
        self._state = state
        self._tiles = state.tiles
        self._allowance = allowance
        self._wishes: dict[bytes, Wish] = {}
        self._keys: dict[bytes, Key] = {}
        self._packed = _Form.of(Answer(b"?", _TAG), {"accept-encoding": "gzip"})
        self._plain = _Form.of(Answer(b"", _TAG, b"?"), {})
        self._known = _Form.of(Answer(b"", _TAG), {"if-none-match": _TAG})

    def key(self, line: bytes) -> Key | None:
        """Which tile a request line asks for; None for anything else."""
        found = self._keys.get(line)
        if found is None and len(line) <= LONGEST_LINE and (match := _LINE.fullmatch(line)):
            found = key_of(match[1].decode())
            if found is not None:
                if len(self._keys) >= MOST_LINES:
                    self._keys.clear()
                self._keys[line] = found
        return found

    def learn(self, head: bytes, headers: Headers) -> None:
        """What the bytes of a request's headers mean, of a GET by HTTP/1.1 that has no body."""
        if len(head) > LONGEST_HEAD or b"\r\n " in head or b"\r\n\t" in head:
            return
        for name, value in headers:
            if name in _UNUSUAL or (name == b"connection" and value.lower() != b"keep-alive"):
                return
        if len(self._wishes) >= MOST_HEADS:
            self._wishes.clear()
        asked = request_headers({"headers": headers})
        self._wishes[head] = Wish(accepts_gzip(asked.get("accept-encoding")))

    def wish(self, head: bytes) -> Wish | None:
        """What is wished by the bytes of a request's headers, from the end of its first line.

        None where that was not learnt.
        """
        found = self._wishes.get(head)
        if found is None and (match := _KNOWN.search(head)):
            found = self._wishes.get(head[: match.start()] + head[match.end() :])
            if found is not None:
                return Wish(found.takes_gzip, match[1].decode())
        return found

    def pays(self, bucket: str | None) -> bool:
        """Whether the tile is paid for; None pays for everything."""
        allowed = self._allowance
        return bucket is None or not allowed.rate or not allowed.take(bucket, TILE)

    def kept(self, key: Key) -> Answer | None:
        """The tile, where it is remembered."""
        return self._tiles.kept(*key)

    def can_make(self, key: Key) -> bool:
        """Whether `begin` can be asked."""
        return can_make(self._state, key[0])

    def begin(self, key: Key, wish: Wish) -> Coming:
        """The tile to come."""
        names, tile = key
        return self._tiles.begin(
            tile, names=names, is_plain_wished=not wish.takes_gzip, ask=self._state.lanes.submit
        )

    def told(self, found: Answer, wish: Wish, own: bytes) -> bytes:
        """The whole answer, with the server's own headers."""
        if wish.tag == found.etag:
            form, body = self._known, b""
        elif found.plain is not None or not found.zipped:
            form, body = self._plain, found.plain or b""
        elif wish.takes_gzip:
            form, body = self._packed, found.zipped
        else:
            form, body = self._plain, zlib.decompress(found.zipped, wbits=31)
        length = b"%d" % len(body) if form.end else b""
        etag = found.etag.encode()
        return b"".join(
            (form.status, own, form.before_tag, etag, form.before_length, length, form.end, body)
        )


class TileDoor(HttpToolsProtocol):
    """uvicorn's protocol, with the quick way for the tiles of `config.app.quick`."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], **more: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **more)
        is_plain = (
            not self.access_log
            and not config.root_path
            and config.limit_concurrency is None
            and not DEPRECATED
        )
        self._quick: QuickTiles | None = getattr(config.app, "quick", None) if is_plain else None
        self._thread = get_ident()
        self._is_within = False
        self._begun = 0
        self._bucket: str | None = None
        self._answered = 0.0
        self._stamp: object = None
        self._own = b""
        self._coming: Coming | None = None
        self._held = b""
        self._is_last = False
        self._failed: BaseException | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        super().connection_made(transport)
        self._bucket = bucket_of(self.client[0]) if self.client else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more: what is read for him ends."""
        coming, self._coming = self._coming, None
        if coming is not None:
            with contextlib.suppress(RuntimeError):  # the server ends, and its connections
                self.loop.run_in_executor(None, coming.call_off)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Answer at once what can be, begin what can be; hand on the rest."""
        if self._coming is not None:
            self._held += data
            if len(self._held) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            return
        quick = self._quick
        if quick is None or self._is_within or not data.startswith(b"GET /api/"):
            super().data_received(data)
            return
        line, _, head = data.partition(b"\r\n")
        # from the line's end, so that a header begins where a line does
        head = b"\r\n" + head
        key = quick.key(line)
        if key is None:
            super().data_received(data)
            return
        if self._is_free():
            wish = quick.wish(head)
            if wish is not None and self._is_taken(quick, key, wish, data):
                return
        self._begun = 0
        super().data_received(data)
        whole = self._begun == 1 and not self._is_within and self.parser is not None
        if whole and head.endswith(b"\r\n\r\n") and head.count(b"\r\n\r\n") == 1:
            quick.learn(head, self.headers)

    def _is_free(self) -> bool:
        """Whether nothing else is under way and the client reads what it gets."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _is_taken(self, quick: QuickTiles, key: Key, wish: Wish, data: bytes) -> bool:
        """Whether the tile is sent or begun; else the request goes the long way."""
        found = quick.kept(key)
        if (found is None and not quick.can_make(key)) or not quick.pays(self._bucket):
            return False
        if found is not None:
            self._write(quick.told(found, wish, self._own_headers()))
            return True
        # a connection kept alive may hand on the context of the request before it
        CALLER.set(None)
        try:
            coming = quick.begin(key, wish)
        except SitplanError:
            return False  # the long way tells it
        self._unset_keepalive_if_required()
        self._coming = coming
        coming.add_done_callback(partial(self._is_there, quick, wish, data))
        return True

    def _is_there(self, quick: QuickTiles, wish: Wish, data: bytes, coming: Future[Answer]) -> None:
        if get_ident() == self._thread:
            self._send(quick, wish, data, coming)
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            self.loop.call_soon_threadsafe(self._send, quick, wish, data, coming)

    def _send(self, quick: QuickTiles, wish: Wish, data: bytes, coming: Future[Answer]) -> None:
        """Send what was waited for, then go on with what came meanwhile."""
        if self._coming is not coming:
            return  # the client is gone
        self._coming = None
        error = coming.exception()
        if error is None:
            self._write(quick.told(coming.result(), wish, self._own_headers()))
        elif self._is_last:
            self.transport.close()
        else:
            self._failed = error
            super().data_received(data)  # the long way tells it
            self._failed = None
        if self._is_last:
            super().shutdown()
        held, self._held = self._held, b""
        if held and not self.transport.is_closing():
            self.flow.resume_reading()
            self.data_received(held)

    def _write(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.server_state.total_requests += 1
        self._answered = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_more(self.timeout_keep_alive)

    def _own_headers(self) -> bytes:
        """What uvicorn adds to each answer; it writes the date anew each second."""
        if self._stamp is not self.server_state.default_headers:
            self._stamp = self.server_state.default_headers
            self._own = lines(self.server_state.default_headers)
        return self._own

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_within = True
        self._begun += 1
        super().on_message_begin()
        if self._failed is not None:
            self.scope["state"][FAILED] = self._failed

    def on_message_complete(self) -> None:
        """A request is there whole."""
        self._is_within = False
        if self.parser.should_upgrade():
            self._quick = None  # from here on another language may be spoken
        super().on_message_complete()

    def shutdown(self) -> None:
        """End, after what is under way."""
        if self._coming is not None:
            self._is_last = True
        else:
            super().shutdown()

    def _wait_for_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close, unless there was a quick answer meanwhile: those move no timer."""
        left = self._answered + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait_for_more(left)
        else:
            super().timeout_keep_alive_handler()
