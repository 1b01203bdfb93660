"""A file on its way to one client: a place to wait in, bytes as they come, an end that is told.

A client that goes away ends the statement that runs for it; one that takes nothing for long loses
its place; what fails on the way breaks the connection, so that a part is never taken for a whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answers import is_known
from api.codings import chosen_coding, compress_stream
from sitplan.errors import SitplanError
from sitplan.export.delivery import Delivery
from sitplan.export.workshop import Workshop


class Download(Response):
    """Sends what a delivery gives.

    Parameters
    ----------
    begin
        Opens the delivery; what it raises is answered as a problem.
    workshop
        Has so many places; where all are taken, that is the answer.
    headers
        Besides those that follow from the file itself.
    """

    def __init__(
        self,
        begin: Callable[[], Delivery],
        workshop: Workshop,
        *,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._begin = begin
        self._workshop = workshop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        with self._workshop.place():
            delivery = await run_in_threadpool(self._begin)
            gone = asyncio.Event()
            listening = asyncio.create_task(_listen(receive, delivery, gone))
            try:
                await self._answer(scope, send, delivery, gone)
            except SitplanError:
                if not gone.is_set():  # else it was stopped, and nobody is there to be told
                    raise
            finally:
                listening.cancel()
                with anyio.CancelScope(shield=True):
                    await run_in_threadpool(delivery.close)

    async def _answer(
        self, scope: Scope, send: Send, delivery: Delivery, gone: asyncio.Event
    ) -> None:
        asked = {k.decode(): v.decode("latin-1") for k, v in scope["headers"]}
        self.headers["ETag"] = f'W/"{delivery.tag}"'
        self.headers["Content-Disposition"] = f'attachment; filename="{delivery.filename}"'
        if is_known(asked.get("if-none-match"), delivery.tag):
            self.status_code = 304
            del self.headers["content-type"]
        if self.status_code == 304 or scope["method"] == "HEAD":
            await self._start(send)
            await self._send(send, b"", more=False)
            return
        # HTTP/1.0 has no chunks: a connection that breaks would look like the end of the file
        whole = scope["http_version"] == "1.0"
        length, chunks = await run_in_threadpool(delivery.chunks, whole=whole)
        if length is not None:
            self.headers["Content-Length"] = str(length)
        elif delivery.format.is_text:
            coding = chosen_coding(asked.get("accept-encoding"), delivery.format.media_type)
            if coding is not None:
                self.headers["Content-Encoding"] = coding
                chunks = compress_stream(coding, chunks)
        chunk = await run_in_threadpool(next, chunks, None)
        await self._start(send)
        while chunk is not None and not gone.is_set():
            await self._send(send, chunk)
            chunk = await run_in_threadpool(next, chunks, None)
        await self._send(send, b"", more=False)

    async def _start(self, send: Send) -> None:
        headers = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **headers})

    async def _send(self, send: Send, chunk: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(self._workshop.patience_s):
            await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _listen(receive: Receive, delivery: Delivery, gone: asyncio.Event) -> None:
    """Stop the delivery once the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
    await run_in_threadpool(delivery.stop)
