"""A given application on a real server of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import uvicorn

from api.main import Application
from sitplan.server import ways

PROXIED = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
"""A proxy on this machine may say who asks: tests speak for many clients."""


@contextmanager
def running(app: Application) -> Iterator[httpx.Client]:
    """A client of the application, served on loopback until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = ways(replace(app.state.settings, host="127.0.0.1", port=port), PROXIED)
    config = uvicorn.Config(app, **served | {"log_level": "critical"})
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=10)
