"""What clients may count on is told where they look, and what will end says so itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.envelope import Envelope
from api.main import create_app
from api.promise import PROMISES, Deprecated, ending
from sitplan.settings import Settings
from sitplan.words import say
from tests.api.running import running

pytestmark = pytest.mark.acceptance(63)
OLD = Deprecated(
    re.compile(r"/api/legend"),
    since=datetime(2026, 12, 1, tzinfo=UTC),
    until=datetime(2028, 1, 1, tzinfo=UTC),
    successor="/styles",
)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_promise_is_linked_and_told(served: str, lang: str) -> None:
    document = httpx.get(f"{served}/api/openapi", params={"lang": lang}).json()
    address = document["externalDocs"]["url"]
    assert address == f"{served}/api/promise" and address in document["info"]["description"]
    landing = httpx.get(f"{served}/api").json()["links"]
    assert any(one["rel"] == "service-doc" and one["href"] == address for one in landing)
    told = httpx.get(address, params={"lang": lang}).json()
    assert [one["id"] for one in told["promises"]] == list(PROMISES) and told["deprecated"] == []
    texts = {one["id"]: one["text"] for one in told["promises"]}
    assert "next" in texts["tokens"] and "Sunset" in texts["end"] and "CHANGELOG" in texts["end"]
    page = httpx.get(address, params={"lang": lang}, headers={"Accept": "text/html"}).text
    assert all(say(f"promise.titles.{name}", lang) in page for name in PROMISES)


def test_the_docs_tell_the_same() -> None:
    words = " ".join((Path(__file__).parents[2] / "docs" / "promise.md").read_text().split())
    for name in PROMISES:
        assert say(f"promise.texts.{name}", "en") in words, name


@pytest.fixture(scope="module")
def ends(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A server of which one address is to end."""
    made = create_app(seeded_settings, dist=tmp_path_factory.mktemp("dist"))
    envelope: Any = made.app
    made.app = Envelope(envelope.app, envelope._refuse, deprecated=(OLD,))
    with running(made) as client:
        yield client


def test_what_will_end_says_so_in_every_answer(ends: httpx.Client) -> None:
    for params, status in (({}, 200), ({"theme": "sepia"}, 400)):
        answer = ends.get("/api/legend", params=params)
        assert answer.status_code == status
        assert answer.headers["deprecation"] == f"@{int(OLD.since.timestamp())}"
        assert parsedate_to_datetime(answer.headers["sunset"]) == OLD.until
        links = answer.headers["link"]
        assert '</api/promise>; rel="deprecation"' in links
        assert '</api/styles>; rel="successor-version"' in links
        exposed = answer.headers["access-control-expose-headers"]
        assert "Deprecation" in exposed and "Sunset" in exposed
    assert "deprecation" not in ends.get("/api/styles").headers
    assert ending("/api/styles", (OLD,)) == []
