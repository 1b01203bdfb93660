"""A file on its way: what is said while it comes, when it does not, and how it is given up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from .conftest import Opener, Watched

pytestmark = pytest.mark.browser
FILE = "**/roads/export*"
SLOW, FAST = 2_000, -1
"""Bytes a second: the streets' file takes half a minute, or none."""


@pytest.fixture
def watched(visit: Opener) -> Iterator[Watched]:
    """The files of the streets' table; whatever fails there is called for."""
    watched = visit("#map=13/-28.576/-70.7585&table=roads")
    watched.expected = ("429", "500")
    watched.page.get_by_role("button", name="Descargar", exact=True).click()
    watched.page.get_by_role("radio", name="La capa entera").check()
    yield watched


@pytest.fixture
def row(watched: Watched) -> Locator:
    """Where the file is asked for, and where all of it is said."""
    files = watched.page.get_by_role("list", name="Archivos de Calles y caminos")
    return files.get_by_role("listitem").filter(
        has=watched.page.get_by_role("link", name="GeoJSON", exact=True)
    )


def _network(session: CDPSession, speed: int) -> None:
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": speed, "uploadThroughput": FAST},
    )


def _comes(page: Page, press: Locator) -> None:
    with page.expect_download() as waiting:
        press.click()
    found = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection" and len(found["features"]) > 400
    assert waiting.value.suggested_filename.endswith(".geojson")


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        (429, {"title": "Demasiadas peticiones", "hint": "Espere 7 s."}, "Espere 7 s."),
        (429, None, "Vuelve a intentarlo en un momento."),
        (500, None, "Vuelve a intentarlo en un momento."),
    ],
)
def test_a_file_that_is_refused_says_why_and_what_to_do(
    watched: Watched, row: Locator, status: int, said: dict[str, str] | None, hint: str
) -> None:
    """By our own server in its words, or by something between that has none."""

    def refuse(route: Route) -> None:
        kind = "application/problem+json" if said else "text/html"
        body = json.dumps(said) if said else "<h1>no</h1>"
        route.fulfill(status=status, content_type=kind, body=body, headers={"Retry-After": "7"})

    page = watched.page
    page.route(FILE, refuse)
    row.get_by_role("link").click()
    alert = row.get_by_role("alert")
    expect(alert).to_contain_text(said["title"] if said else "Algo falló en el servidor.")
    expect(alert).to_contain_text(hint)
    expect(row.get_by_role("status")).to_be_empty()
    page.unroute(FILE)
    _comes(page, row.get_by_role("button", name="Reintentar"))
    expect(alert).to_have_count(0)


# The next file begins to come, and its connection breaks when `cut` is called.
_BREAKS = """() => {
  const real = window.fetch;
  window.fetch = async (asked, how) => {
    if (!String(asked).includes('/export')) return real(asked, how);
    window.fetch = real;
    const answer = await real(asked, how);
    const { value } = await answer.body.getReader().read();
    const part = new ReadableStream({ start(body) {
      body.enqueue(value);
      window.cut = () => body.error(new TypeError('network error'));
    } });
    return new Response(part, { headers: answer.headers });
  };
}"""


def test_a_file_cut_off_midway_is_no_file_and_is_asked_again(
    watched: Watched, row: Locator
) -> None:
    page, saved = watched.page, []
    page.on("download", lambda file: saved.append(file))
    page.evaluate(_BREAKS)
    row.get_by_role("link").click()
    expect(row.get_by_role("status")).to_have_text("Trayendo el archivo…")
    page.evaluate("() => cut()")
    expect(row.get_by_role("alert")).to_contain_text("El servidor no responde.")
    expect(row.get_by_role("status")).to_be_empty()
    assert not saved
    _comes(page, row.get_by_role("button", name="Reintentar"))


def test_a_file_on_its_way_is_given_up(watched: Watched, row: Locator) -> None:
    page, saved = watched.page, []
    page.on("download", lambda file: saved.append(file))
    session = page.context.new_cdp_session(page)
    _network(session, SLOW)
    row.get_by_role("link").click()
    expect(row).to_contain_text(re.compile(r"0,\d MB"))
    with page.expect_event("requestfailed"):
        row.get_by_role("button", name="Cancelar la descarga").click()
    expect(row.get_by_role("link")).to_be_focused()
    expect(row.get_by_role("status")).to_be_empty()
    expect(row.get_by_role("alert")).to_have_count(0)
    assert not saved
    _network(session, FAST)
    _comes(page, row.get_by_role("link"))
