"""A small tile server of somebody else's, on a port of its own, that answers as it is told to."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Rgb = tuple[int, int, int]
COLOUR: Rgb = (204, 68, 221)
"""No colour of ours."""


def plain_png(colour: Rgb, side: int = 256) -> bytes:
    """A square of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        packed = name + body
        return struct.pack(">I", len(body)) + packed + struct.pack(">I", zlib.crc32(packed))

    rows = (b"\x00" + bytes(colour) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Provider:
    """`mode` is ``answers``, ``fails``, ``lacks``, ``garbage``, ``hangs`` or ``drops``."""

    def __init__(self) -> None:
        self.mode = "answers"
        self.asked: list[str] = []
        self.origin = ""
        self.released = threading.Event()

    def release(self) -> None:
        """Let go of whom it has kept waiting."""
        self.released.set()
        self.released.clear()

    @property
    def tiles(self) -> str:
        """The template of its tiles."""
        return f"{self.origin}/tiles/{{z}}/{{x}}/{{y}}.png"


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    found = Provider()
    tile = plain_png(COLOUR)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            mode = found.mode
            if mode == "drops":
                self.close_connection = True
                return
            if mode == "hangs":
                found.released.wait(60)
                self.close_connection = True
                return
            status = {"fails": 500, "lacks": 404}.get(mode, 200)
            body = b"<p>Not a tile.</p>" if mode != "answers" else tile
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A browser that leaves in the middle is no error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        found.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            found.released.set()
            server.shutdown()
            thread.join(timeout=5)
