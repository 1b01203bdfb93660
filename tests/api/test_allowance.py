"""How much one address may ask for: 429 with when to come back, and nobody else held up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.allowance import BURST_S, FILE, FREE, PAGE, PROCESS, TILE, Allowance, bucket_of, cost_of
from api.main import create_app
from sitplan.server import behind_proxy
from sitplan.settings import Settings
from tests.api.running import running

pytestmark = pytest.mark.acceptance(53)
TOWN = "/api/tiles/WebMercatorQuad/10/596/310"


def _never(*_: Any) -> Any:
    raise AssertionError("nothing is asked here")


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _made(rate: int, **more: Any) -> tuple[Allowance, _Clock]:
    clock = _Clock()
    return Allowance(_never, _never, rate=rate, clock=clock, **more), clock


def test_what_is_spent_comes_back_with_time() -> None:
    made, clock = _made(10)
    assert not made.take("a", 10 * BURST_S)
    assert made.take("a", 5) == 0.5 and not made.take("b", 5), "another address has its own"
    clock.now = 0.25
    assert made.take("a", 5) == 0.25
    clock.now = 0.5
    assert not made.take("a", 5)
    clock.now = 1e6
    assert not made.take("a", 10 * BURST_S) and made.take("a", 1), "no more is saved than so much"


def test_a_whole_office_opens_the_map_from_one_address() -> None:
    """Forty people at once, and all day long: sixty tiles, twenty documents, then a file each."""
    made, clock = _made(Settings.from_environment({}).allowance)
    for minute in range(60):
        clock.now = minute * 60.0
        for _ in range(40):
            asked = [cost_of("GET", TOWN)] * 60
            asked += [cost_of("GET", "/api/collections/roads")] * 10
            asked += [cost_of("GET", "/api/collections/roads/items")] * 10
            asked += [cost_of("GET", "/api/collections/roads/export")]
            assert not any(made.take("office", cost) for cost in asked)


def test_files_and_processes_are_dear_and_health_is_free() -> None:
    assert cost_of("GET", "/api/health") == FREE == cost_of("OPTIONS", "/api/collections")
    assert cost_of("GET", "/assets/a.js") == cost_of("GET", TOWN) == TILE
    assert TILE < cost_of("GET", "/api/collections") == PAGE < cost_of("POST", "/api/x/search")
    assert cost_of("GET", "/api/collections/roads/export") == FILE >= 100 * TILE
    assert cost_of("POST", "/api/processes/echo/execution") == PROCESS > FILE


def test_memory_is_bounded_and_each_request_costs_microseconds() -> None:
    made, _ = _made(10, most=1000)
    started = time.process_time()
    for number in range(50_000):
        made.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
    assert (time.process_time() - started) / 50_000 < 20e-6
    assert len(made._left) == 1000


def test_one_client_is_one_bucket() -> None:
    assert bucket_of("2001:db8::1") == bucket_of("2001:db8::ffff:2") != bucket_of("2001:db9::1")
    assert bucket_of("::ffff:192.0.2.7") == bucket_of("192.0.2.7") == "192.0.2.7"
    assert bucket_of("fe80::1%eth0") == "fe80::/64" and bucket_of("a:b") == "a:b"


def test_forwarded_addresses_are_believed_where_a_proxy_is_configured(tmp_path: Any) -> None:
    plain = Settings(home=tmp_path)
    assert not behind_proxy(plain, {})
    assert behind_proxy(plain, {"FORWARDED_ALLOW_IPS": "10.0.0.1"})
    assert behind_proxy(replace(plain, base_url="https://mapa.example.cl"), {})


@pytest.fixture(scope="module")
def narrow(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A server that gives each address 400 tokens, and ten a second."""
    settings = replace(seeded_settings, allowance=10)
    with running(create_app(settings, dist=tmp_path_factory.mktemp("dist"))) as client:
        yield client


def _from(address: str, **more: str) -> dict[str, str]:
    """Headers as a proxy on this machine sets them, whom the tests' server believes."""
    return {"X-Forwarded-For": address, **more}


def test_too_many_requests_are_told_when_to_come_back(narrow: httpx.Client) -> None:
    export = "/api/collections/objectives/export?f=csv"
    assert narrow.get(export, headers=_from("192.0.2.1")).status_code == 200
    refused = narrow.get(export, headers=_from("192.0.2.1"))
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 25
    assert refused.headers["ratelimit-policy"] == '"address";q=400;w=40'
    assert refused.headers["ratelimit"].startswith('"address";r=0;t=')
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    assert refused.headers["cache-control"] == "no-store"
    told = refused.json()
    assert (told["code"], told["status"]) == ("too_many_requests", 429)
    assert "Espere" in told["hint"] and refused.headers["retry-after"] in told["hint"]
    english = narrow.get(f"{export}&lang=en", headers=_from("192.0.2.1"))
    assert "Wait" in english.json()["hint"]
    page = narrow.get(export, headers=_from("192.0.2.1", Accept="text/html"))
    assert page.status_code == 429 and page.headers["content-type"].startswith("text/html")
    assert narrow.get(TOWN, headers=_from("192.0.2.1")).status_code in (200, 204), "tiles go on"
    assert narrow.get(export, headers=_from("192.0.2.2")).status_code == 200, "others too"


def test_a_feature_costs_whichever_way_answers(narrow: httpx.Client) -> None:
    page = narrow.get("/api/collections/roads/items?limit=1", headers=_from("192.0.2.4")).json()
    one = f"/api/collections/roads/items/{page['features'][0]['id']}"
    headers = _from("192.0.2.5")
    bodies, asked = set(), 0
    while (answer := narrow.get(one, headers=headers)).status_code == 200:
        bodies.add((answer.content, answer.headers["etag"]))
        asked += 1
        assert asked < 2000
    assert answer.status_code == 429 and len(bodies) == 1
    assert asked >= 400 // PAGE, "what was saved is there to be spent"
    long = narrow.get(f"{one}?lang={'x' * 9000}", headers=_from("192.0.2.6"))
    assert (long.status_code, long.json()["code"]) == (414, "long_address")


def test_health_is_never_refused(narrow: httpx.Client) -> None:
    headers = _from("192.0.2.3")
    statuses = [narrow.get(TOWN, headers=headers).status_code for _ in range(600)]
    assert 429 in statuses
    for path in ("/api/health", "/api/health"):
        assert narrow.get(path, headers=headers).status_code == 200
    assert narrow.options("/api/collections", headers=headers).status_code == 204
