"""`make notebooks`: JupyterLab opens on the notebooks, its kernel ready; pages are made of them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sitplan.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-run"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab by the Makefile's own command, on a free port, without a browser."""
    told = subprocess.run(
        ["make", "--dry-run", "notebooks"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    command = re.search(r"\S+/python -m jupyterlab .*", told)
    assert command, told
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    more = f" --allow-root --no-browser --port={port} --ServerApp.port_retries=0"
    folder = tmp_path_factory.mktemp("jupyter")
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["sh", "-c", "exec " + command[0] + more + f" --IdentityProvider.token={TOKEN}"],
            cwd=CHECKOUT, stdout=out, stderr=out, start_new_session=True,
            env=os.environ
            | {f"JUPYTER_{one}_DIR": str(folder / one) for one in ("CONFIG", "DATA", "RUNTIME")},
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            try:
                ask(address, "/api")
                break
            except OSError:
                time.sleep(0.3)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ask(address: str, path: str, body: dict | None = None) -> Any:
    request = urllib.request.Request(
        address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_the_notebooks_are_listed_and_the_kernel_is_ours(lab: str) -> None:
    listed = {one["name"] for one in ask(lab, "/api/contents")["content"]}
    assert {path.name for path in (CHECKOUT / "notebooks").glob("*.ipynb")} <= listed
    kernels = ask(lab, "/api/kernelspecs")
    assert kernels["default"] == "python3"
    begun = ask(lab, "/api/kernels", {"name": "python3"})
    assert begun["id"] in [one["id"] for one in ask(lab, "/api/kernels")]


def test_nobody_enters_without_the_token(lab: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab}/api/contents", timeout=20)
    assert refused.value.code == 403
    refused.value.close()


def test_a_notebook_becomes_a_page_that_asks_nobody(
    seeded_settings: Settings, tmp_path: Path
) -> None:
    first = CHECKOUT / "notebooks" / "01_primeros_pasos.ipynb"
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "scripts" / "render_notebooks.py"), str(first)],
        env=os.environ | seeded_settings.as_environment() | {"IPYTHONDIR": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and not done.stderr, done.stderr
    page = (CHECKOUT / "build" / "notebooks" / "01_primeros_pasos.html").read_text("utf-8")
    assert "green_m2_per_person" in page and "<iframe" in page
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//", page)
    assert 'src=""' not in page, "an empty address is the page itself"


def test_without_an_instance_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "scripts" / "render_notebooks.py")],
        env={k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")}
        | {"SITPLAN_HOME": str(tmp_path / "home")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and "sin página" in done.stdout
