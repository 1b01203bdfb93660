"""What a first visit sends: gates that fail, not numbers that are admired."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from .conftest import Opener

pytestmark = pytest.mark.browser
MOST_BYTES = 340_000
MOST_BYTES_BEFORE_THE_MAP = 60_000
MOST_REQUESTS = 16


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
    of_the_map = ("map-", "Over-", "images-", "Symbol-", "day")
    early = sum(
        size
        for address, size in counted.items()
        if not address.rsplit("/", 1)[-1].startswith(of_the_map)
    )
    fonts = sum(size for address, size in counted.items() if address.endswith(".woff2"))
    assert early - fonts <= MOST_BYTES_BEFORE_THE_MAP, told
    print(f"\nfirst visit: {total} bytes in {len(counted)} requests\n{told}")
