"""The quick way of a remembered tile: from the bytes of a request to those of its answer.

Nine of ten requests of a map ask for tiles that are in memory, and the machinery of a request
(parsed headers, a task, a chain of callables) costs several times what there is to do. `TileDoor`
is uvicorn's own protocol but for one case: a plain request for such a tile, on a connection where
nothing else is under way, is answered where it comes in. What else comes, the protocol gets.

Nothing is parsed here. Clients send the same headers with each tile: what those bytes mean is
learnt from uvicorn's parser when they come first, and the same bytes mean the same again.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, NamedTuple

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from api.allowance import TILE, Allowance, bucket_of
from api.answers import accepts_gzip
from api.cache import PATH, Headers, Key, key_of, request_headers, tile_answer
from api.envelope import WORN_BY_API
from api.promise import DEPRECATED
from sitplan.tile_maker import Answer, TileMaker

_LINE = re.compile(rb"GET (%b) HTTP/1\.1" % PATH.pattern.encode())
_KNOWN = re.compile(rb'\r\nif-none-match: W/"([0-9a-f]{24})"(?=\r\n)', re.IGNORECASE)
_UNUSUAL = frozenset(
    (b"accept-datetime", b"content-length", b"expect", b"if-none-match", b"transfer-encoding",
     b"upgrade", b"x-forwarded-for", b"x-forwarded-proto")
)  # fmt: skip
"""With one of these headers a request goes the long way."""
MOST_HEADS = 1000
LONGEST_HEAD = 4096
MOST_LINES = 20_000


class _Form(NamedTuple):
    """An answer's head, with places for date, tag and length."""

    status: bytes
    before_tag: bytes
    before_length: bytes
    end: bytes

    @classmethod
    def of(cls, asked: dict[str, str], *, body: bytes = b"") -> _Form:
        """As the long way sends it."""
        status, headers, sent = tile_answer(Answer(body, "{tag}"), asked)
        told = lines([*headers, *WORN_BY_API])
        before, after = told.split(b"{tag}")
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


class QuickTiles:
    """Answers of remembered tiles, ready to be sent.

    Parameters
    ----------
    tiles
        Remembers them.
    allowance
        What each address may still ask for.
    """

    def __init__(self, tiles: TileMaker, allowance: Allowance) -> None:
        self._tiles = tiles
        self._allowance = allowance
        self._heads: dict[bytes, bool] = {}
        self._keys: dict[bytes, Key] = {}
        gzip = {"accept-encoding": "gzip"}
        self._packed = _Form.of(gzip, body=b"?")
        self._bare = _Form.of(gzip)
        self._known = _Form.of({"if-none-match": "{tag}"})

    def key(self, line: bytes) -> Key | None:
        """Which tile a request line asks for; None for anything else."""
        found = self._keys.get(line)
        if found is None and (match := _LINE.fullmatch(line)):
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
        if len(self._heads) >= MOST_HEADS:
            self._heads.clear()
        asked = request_headers({"headers": headers})
        self._heads[head] = accepts_gzip(asked.get("accept-encoding"))

    def answer(self, key: Key, head: bytes, *, date: bytes, bucket: str | None) -> bytes | None:
        """The whole answer; None where it takes the long way.

        Parameters
        ----------
        head
            The bytes of the request's headers, from the end of its first line.
        date
            The server's own headers.
        bucket
            Whose allowance pays; None for nobody's.
        """
        takes_gzip = self._heads.get(head)
        tag = None
        if takes_gzip is None:
            found = _KNOWN.search(head)
            if found is None:
                return None
            takes_gzip = self._heads.get(head[: found.start()] + head[found.end() :])
            if takes_gzip is None:
                return None
            tag = found[1].decode()
        kept = self._tiles.kept(*key)
        if kept is None or kept.plain is not None:
            return None
        body = kept.zipped
        if tag == kept.etag:
            form, body = self._known, b""
        elif not body:
            form = self._bare
        elif takes_gzip:
            form = self._packed
        else:
            return None
        if bucket is not None and self._allowance.rate and self._allowance.take(bucket, TILE):
            return None  # the long way refuses
        tail = b"%d" % len(body) if form.end else b""
        etag = kept.etag.encode()
        return b"".join(
            (form.status, date, form.before_tag, etag, form.before_length, tail, form.end, body)
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
        self._is_within = False
        self._begun = 0
        self._bucket: str | None = None
        self._last = 0.0
        self._stamp: object = None
        self._date = b""

    def data_received(self, data: bytes) -> None:
        """Answer at once what can be; hand on the rest."""
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
            answer = quick.answer(key, head, date=self._own_headers(), bucket=self._bucket)
            if answer is not None:
                self.transport.write(answer)
                self.server_state.total_requests += 1
                self._last = self.loop.time()
                if self.timeout_keep_alive_task is None:
                    self._wait_for_more(self.timeout_keep_alive)
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

    def _own_headers(self) -> bytes:
        """What uvicorn adds to each answer; it writes the date anew each second."""
        if self._stamp is not self.server_state.default_headers:
            self._stamp = self.server_state.default_headers
            self._date = lines(self.server_state.default_headers)
        return self._date

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        super().connection_made(transport)
        self._bucket = bucket_of(self.client[0]) if self.client else None

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_within = True
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request is there whole."""
        self._is_within = False
        if self.parser.should_upgrade():
            self._quick = None  # from here on another language may be spoken
        super().on_message_complete()

    def _wait_for_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close, unless there was a quick answer meanwhile: those move no timer."""
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait_for_more(left)
        else:
            super().timeout_keep_alive_handler()
