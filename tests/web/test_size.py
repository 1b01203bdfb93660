"""What a first visit sends: gates that fail, not numbers that are admired."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Route

from .conftest import Opener

pytestmark = pytest.mark.browser
MOST_BYTES = 340_000
MOST_BYTES_BEFORE_THE_MAP = 60_000
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
    page.wait_for_selector("[data-map=ready]")
    page.wait_for_timeout(1000)
    counted = {
        address: size
        for address, size in sent.items()
        if address.startswith(watched.origin) and "/api/tiles/" not in address
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
    assert early - fonts <= MOST_BYTES_BEFORE_THE_MAP, told
    print(f"\nfirst visit: {total} bytes in {len(counted)} requests\n{told}")


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
    page.wait_for_selector("[data-map=ready]")
    tiles = [address for address in asked if "/api/tiles/" in address]
    assert tiles and len(off) > 35
    for name in off:
        assert not [one for one in asked if re.search(rf"\b{name}\b", one)], name
    asked.clear()
    with page.expect_request(lambda request: "hazard_zones" in request.url):
        page.get_by_role("switch", name="Mostrar Áreas a evacuar").press("Space")
