"""Random requests from the API definition: no fault of the server, no other answer, no leak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.settings import Settings
from tests.api.fuzzing import Walk, walk
from tests.api.planting import planted_settings
from tests.api.running import running

pytestmark = pytest.mark.acceptance(2, 64)


@pytest.fixture(scope="module")
def marked(
    _clones: Any,
    base_settings: Settings,
    catalogue: Catalogue,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, dict[str, list[str]], dict[str, list[str]]]]:
    """A server over marks, the ids that nobody may see, and of each layer some that all may."""
    dist: Path = tmp_path_factory.mktemp("dist")
    with planted_settings(_clones, base_settings, catalogue) as (settings, hidden):
        with running(create_app(settings, dist=dist)) as client:
            seen = {
                name: [
                    one["id"]
                    for one in client.get(
                        f"/api/collections/{name}/items", params={"limit": "3"}
                    ).json()["features"]
                ]
                for name in catalogue.layers
            }
            yield client, hidden, seen


def _walk(marked: Any, wanted: int) -> Walk:
    client, hidden, seen = marked
    definition = client.get("/api/openapi").json()
    found = walk(definition, requests_wanted=wanted, hidden=hidden, seen=seen)
    assert not found.faults, found.report
    return found


def test_a_sample_of_random_requests(marked: Any) -> None:
    found = _walk(marked, 1000)
    assert found.asked > 800 and found.statuses[200] > 200 and found.statuses[400] > 60


@pytest.mark.slow
def test_ten_thousand_random_requests(marked: Any) -> None:
    found = _walk(marked, 11_000)
    assert found.asked >= 10_000
