"""A real Chromium before the real server: every page is watched for faults until it closes."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

WEB = Path(__file__).resolve().parents[2] / "api" / "web"
_LIBRARY = WEB / "node_modules" / "maplibre-gl" / "dist"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# What is waited for comes at once on a quiet machine; a busy one takes its time.
expect.set_options(timeout=20_000)
# Without a graphics card, software draws the same map.
_DRIVER_NOISE = ("GL Driver Message", "WebGL-0x")


@dataclass
class Watched:
    """A page, and what went wrong on it: console errors and requests to anybody else."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self) -> None:
        """Listen to the page from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if "Failed to load resource" in text and "status of" in text:
            return  # told below, with its address
        if message.type in ("error", "warning") and not any(n in text for n in _DRIVER_NOISE):
            self.faults.append(f"{message.type}: {text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and request.url.find(self.origin) != 0:
            self.strangers.append(request.url)

    def check(self) -> None:
        """Fail where something went wrong that the test did not call for."""
        faults = [f for f in self.faults if not any(word in f for word in self.expected)]
        assert not faults, faults
        assert not self.strangers, self.strangers


@pytest.fixture(scope="session", autouse=True)
def built() -> Path:
    """The built web map."""
    found = WEB / "dist" / "index.html"
    assert found.is_file(), "the web map is not built: make test builds it"
    return WEB / "dist"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, drawing WebGL in software."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: make test installs it"
    arguments = ["--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=arguments)
        yield found
        found.close()


Opener = Callable[..., Watched]


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Opener]:
    """Open the map at a hash: ``visit("#panel=plan", viewport=PHONE)``; faults fail the test."""
    opened: list[Watched] = []

    def open_at(hash_: str = "", *, drawn: bool = True, **context: Any) -> Watched:
        settings: dict[str, Any] = {
            "viewport": DESKTOP,
            "locale": "es-CL",
            "reduced_motion": "reduce",
            **context,
        }
        page = browser.new_context(**settings).new_page()
        page.set_default_timeout(15_000)
        watched = Watched(page, served)
        watched.watch()
        opened.append(watched)
        page.goto(f"{served}/{hash_}")
        if drawn:
            page.wait_for_selector("[data-map=ready]", timeout=40_000)
        return watched

    yield open_at
    for watched in opened:
        watched.page.context.close()
    for watched in opened:
        watched.check()


@pytest.fixture
def walk(browser: Browser, served: str) -> Iterator[Opener]:
    """Open «¿Adónde voy?»: ``walk("?hazard=flood", viewport=PHONE)``; faults fail the test."""
    opened: list[Watched] = []

    def open_at(query: str = "", **context: Any) -> Watched:
        settings: dict[str, Any] = {"viewport": DESKTOP, "locale": "es-CL", **context}
        page = browser.new_context(**settings).new_page()
        page.set_default_timeout(20_000)
        watched = Watched(page, served)
        watched.watch()
        opened.append(watched)
        page.goto(f"{served}/adonde-voy{query}")
        return watched

    yield open_at
    for watched in opened:
        watched.page.context.close()
    for watched in opened:
        watched.check()


@pytest.fixture(scope="module")
def package(served: str) -> dict[str, Any]:
    """The evacuation package of the demonstration."""
    with urlopen(f"{served}/adonde-voy/package.json") as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a small server of somebody else's, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("maplibre-gl.js", "maplibre-gl.css"):
        (folder / name).symlink_to(_LIBRARY / name)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()
        thread.join(timeout=5)
