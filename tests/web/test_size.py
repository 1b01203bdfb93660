"""What a first visit sends: gates that fail, not numbers that are admired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .conftest import PHONE, Opener

pytestmark = pytest.mark.browser
MOST_BYTES = 340_000
MOST_BYTES_TO_READ = 60_000
"""Of a page without the map with all that dresses it, letters included; of the map's page without
the letters, which come after the text: both are proved below."""
MOST_REQUESTS = 12


def test_a_first_visit_stays_within_its_budget(
    visit: Opener, record_property: pytest.FixtureRequest
) -> None:
    """Everything but tiles, as sent to a browser that takes Brotli: 340 kB, font included."""
    watched = visit(drawn=False)
    page = watched.page
    sent: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    session.on(
        "Network.responseReceived",
        lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sent.update(
            {addresses.get(event["requestId"], "?"): int(event["encodedDataLength"])}
        ),
    )
    page.goto("about:blank")
    sent.clear()
    page.goto(watched.origin)
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    page.wait_for_timeout(1000)
    counted = {
        address: size
        for address, size in sent.items()
        if address.startswith(watched.origin)
        and "/api/tiles/" not in address
        and "/relief.png" not in address  # once the map is drawn: test_relief.py
    }
    total = sum(counted.values())
    told = "\n".join(f"{size:8d} {urlsplit(a).path}" for a, size in sorted(counted.items()))
    assert total <= MOST_BYTES, told
    assert len(counted) <= MOST_REQUESTS, told
    of_the_map = ("map-", "day", "first-map.svg")
    early = sum(
        size
        for address, size in counted.items()
        if not address.rsplit("/", 1)[-1].startswith(of_the_map)
    )
    fonts = sum(size for address, size in counted.items() if address.endswith(".woff2"))
    assert early - fonts <= MOST_BYTES_TO_READ, told
    print(f"\nfirst visit: {total} bytes in {len(counted)} requests\n{told}")


@pytest.mark.parametrize(
    "path",
    [
        "/api", "/api/plan", "/api/plan/DEMO-002", "/api/collections/green_areas",
        "/api/places/neighbourhoods/NB-01", "/api/places?lat=-28.5765&lon=-70.7585",
        "/api/indicators", "/api/charts", "/api/search?q=plaza",
    ],
)  # fmt: skip
def test_a_page_without_the_map_is_light_letters_included(
    browser: Browser, served: str, path: str
) -> None:
    """Page, style sheet, scripts and the face weigh 60 kB; of pictures only the text is waited for.

    A place's picture, which is what others see who are sent its address, is held back here: the
    page is whole without it.
    """
    with _counting(browser, served) as (page, sent):
        page.route("**/picture.png*", lambda route: route.abort())
        page.goto(f"{served}{path}")
        page.wait_for_load_state("networkidle")
        assert page.locator("h1").is_visible()
        faces = "[...document.fonts].filter((face) => face.status === 'loaded').length"
        assert page.evaluate(faces) == 1, "its own letters are there"
        counted = {a: n for a, n in sent.items() if "picture.png" not in a}
        told = "\n".join(f"{size:8d} {address}" for address, size in sorted(counted.items()))
        assert any(address.endswith(".woff2") for address in counted), told
        assert sum(counted.values()) <= MOST_BYTES_TO_READ, told
        print(f"\n{path}: {sum(counted.values())} bytes")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "¿Qué hay y qué viene en tu barrio?"),
        ("/api/places/neighbourhoods/NB-01", "Centro"),
        ("/adonde-voy", "¿Adónde voy?"),
    ],
)
def test_text_can_be_read_before_letters_and_pictures_come(
    browser: Browser, served: str, path: str, text: str
) -> None:
    """While the face, the map's code, data and pictures are held back, the text is painted."""
    with _counting(browser, served) as (page, sent):
        held: list[Route] = []
        late = re.compile(r"\.woff2|/map-[^/]*\.js|picture\.png|first-map\.svg|/package\.json")
        page.route(late, lambda route: held.append(route))
        page.goto(f"{served}{path}", wait_until="commit")
        expect(page.locator("h1")).to_contain_text(text)
        page.wait_for_function(
            "() => performance.getEntriesByName('first-contentful-paint').length > 0"
        )
        page.wait_for_function(
            "() => [...document.fonts].some((f) => f.display === 'swap' && f.status === 'loading')"
        )
        assert any(".woff2" in route.request.url for route in held)
        assert sum(sent.values()) <= MOST_BYTES_TO_READ, sent
        for route in held:
            route.abort()


def test_the_maps_code_is_asked_for_together_with_the_page(browser: Browser, served: str) -> None:
    """It comes while the page's own script is still on its way, and once."""
    with _counting(browser, served) as (page, _):
        held: list[Route] = []
        code = re.compile(r"/assets/map-[^/]*\.js$")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route("**/assets/index-*.js", lambda route: held.append(route))
        with page.expect_response(code):
            page.goto(served, wait_until="commit")
        (script,) = held
        script.continue_()
        expect(page.locator("[data-map=ready]")).to_be_attached(timeout=40_000)
        assert len([address for address in asked if code.search(address)]) == 1, asked


@contextmanager
def _counting(browser: Browser, served: str) -> Iterator[tuple[Page, dict[str, int]]]:
    """A new page, and how many bytes each address has sent it."""
    context = browser.new_context(viewport=PHONE, locale="es-CL", service_workers="block")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    sent: dict[str, int] = {}
    session.on(
        "Network.responseReceived",
        lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sent.update(
            {addresses.get(event["requestId"], "?"): int(event["encodedDataLength"])}
        ),
    )
    yield page, sent
    context.close()


def test_nothing_is_fetched_for_layers_that_are_off(visit: Opener) -> None:
    """Fifty layers are declared; those that are off cost no request and no part of a tile."""
    watched = visit(drawn=False)
    page = watched.page
    off: list[str] = [f"extra_{n}" for n in range(30)]

    def with_more(route: Route) -> None:
        told = route.fetch().json()
        if "groups" in told:
            group = told["groups"][0]["layers"]
            off.extend(
                one["name"] for g in told["groups"] for one in g["layers"] if not one["shown"]
            )
            group += [{**group[0], "name": name, "shown": False} for name in off[:30]]
            assert sum(len(g["layers"]) for g in told["groups"]) >= 50
        else:
            line = next(one for one in told["layers"] if one.get("source-layer") == "roads")
            told["layers"] += [{**line, "id": name, "source-layer": name} for name in off[:30]]
        route.fulfill(json=told)

    page.route("**/api/legend?*", with_more)
    page.route("**/api/styles/*", with_more)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)))
    page.goto("about:blank")
    page.goto(f"{watched.origin}/#panel=layers")
    page.wait_for_selector("[data-map=ready]", timeout=40_000)
    tiles = [address for address in asked if "/api/tiles/" in address]
    assert tiles and len(off) > 35
    for name in off:
        assert not [one for one in asked if re.search(rf"\b{name}\b", one)], name
    asked.clear()
    with page.expect_request(lambda request: "hazard_zones" in request.url):
        page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space")
