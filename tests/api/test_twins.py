"""A server whose tables hold drafts and private values tells nothing that one without does.

Both databases are copies of one; in one, every layer has rows and values that nobody may see. Then
every question gets the same answer of both: no count, order, extent, file or tile tells of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.layer import Layer
from sitplan.settings import Settings
from tests.api.planting import MARK, planted_settings
from tests.api.running import running

pytestmark = pytest.mark.acceptance(11, 44, 51)


@pytest.fixture(scope="module")
def twins(
    _clones: Any,
    base_settings: Settings,
    seeded_settings: Settings,
    catalogue: Catalogue,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, httpx.Client, dict[str, list[str]]]]:
    """A server with marks, one without, and the ids that only the first has."""
    dist: Path = tmp_path_factory.mktemp("dist")
    with planted_settings(_clones, base_settings, catalogue) as (settings, hidden):
        with running(create_app(settings, dist=dist)) as marked:
            with running(create_app(seeded_settings, dist=dist)) as plain:
                yield marked, plain, hidden


def _features(tile: bytes) -> bytes:
    """What a tile holds, in an order of its own: rows lie on the disk in any."""
    layers = mapbox_vector_tile.decode(tile) if tile else {}
    found = {name: sorted(map(str, one["features"])) for name, one in layers.items()}
    return repr(sorted(found.items())).encode()


def _told(client: httpx.Client, path: str, body: Any = None) -> tuple[int, bytes, str]:
    url = f"/api{path}"
    answer = client.get(url) if body is None else client.post(url, json=body)
    text = answer.content.replace(str(client.base_url).encode().rstrip(b"/"), b"")
    if "/tiles/" in path and answer.status_code == 200:
        return 200, _features(answer.content), ""
    text = re.sub(rb'"(timeStamp|to)":"[^"]+"|to=[^"&\s>]+', b"", text)
    text = re.sub(rb'"token":"[^"]+"|(after|since)=[^"&\s>]+', b"", text)
    matched = answer.headers.get("ogc-numbermatched", "")
    return answer.status_code, text, matched


def _questions(layer: Layer, hidden: list[str]) -> list[tuple[str, Any]]:
    """What could tell of hidden rows, if anything did."""
    here = f"/collections/{layer.name}"
    label = layer.label or "code"
    found: list[tuple[str, Any]] = [
        (f"{here}/items?limit=10000&{more}", None)
        for more in (
            "datetime=../..", "result-type=hits", "result-type=hits&datetime=../..",
            "sortby=-code&properties=code", f"sortby={label}",
            f"q={MARK}", "q=plaza", f"ids={','.join(hidden)}", f"code={MARK}-0",
            f"filter=code LIKE '{MARK[:4]}%25'", "filter=NOT (code IS NULL)&result-type=hits",
            f"filter=code >= '{MARK}'&result-type=hits&datetime=../..",
            "sortby=notes", "sortby=visibility", "filter=notes IS NULL",
            "filter=visibility='internal'", "filter=review_state='draft'",
            "properties=notes", "notes=x", "review_state=draft",
        )
    ]  # fmt: skip
    found += [(f"{here}/{part}", None) for part in (
        "", "schema", "queryables", "sortables", "changes", "diff?from=2020-01-01T00:00:00Z",
        "diff?axis=valid&from=2000-01-01&to=2030-01-01", "export?f=csv&datetime=../..",
        f"export?f=geojsonseq&filter=code LIKE '{MARK[:4]}%25'", "export?f=csv&sortby=notes",
    )]  # fmt: skip
    found += [(f"{here}/items/{one}", None) for one in hidden[:2]]
    found += [(f"{here}/items/{one}/versions", None) for one in hidden[:2]]
    for field in layer.fields:
        if field.private:
            found += [
                (f"{here}/items?{name}={field.name}", None) for name in ("sortby", "properties")
            ]
            found.append((f"{here}/items?filter={field.name} IS NULL", None))
    question = {"filter": {"op": "like", "args": [{"property": "code"}, f"{MARK[:4]}%"]}}
    found += [
        (f"{here}/search", {**question, "limit": 10000}),
        (f"{here}/search", {"result-type": "hits", "datetime": "../.."}),
        (f"{here}/search", {"sortby": "notes"}),
        (f"{here}/search", {"ids": hidden}),
    ]
    if layer.geometry:
        found += [(f"{here}/tiles/WebMercatorQuad/{place}", None) for place in (
            "10/596/310", "12/2387/1243", "14/9549/4973", "10/596/310?filter=code>'a'",
        )]  # fmt: skip
    return found


def test_both_tell_the_same_of_every_layer(twins: Any, catalogue: Catalogue) -> None:
    marked, plain, hidden = twins
    asked = 0
    for layer in catalogue:
        for path, body in _questions(layer, hidden[layer.name]):
            one, other = _told(marked, path, body), _told(plain, path, body)
            assert one == other, (path, body, one[1][:300], other[1][:300])
            assert one[0] < 500, path
            asked += 1
    assert asked > 900


def test_both_tell_the_same_of_the_whole(twins: Any) -> None:
    marked, plain, _ = twins
    for path in (
        "/collections", "/legend", "/search?q=plaza&limit=50", f"/search?q={MARK}", "/plan",
        "/dcat", "/iso19139", "/collections/catalogue-records/items?limit=200", "/openapi",
        "/register",
        "/tiles/WebMercatorQuad/10/596/310", "/styles/day", "/processes",
        "/places?lat=-28.5765&lon=-70.7585", "/places/neighbourhoods/NB-01",
        "/places/rural_localities/LR-01", "/places/green_areas/GA-001",
        "/places/initiatives/DEMO-001", "/places/neighbourhoods/NB-01?f=html",
    ):  # fmt: skip
        one, other = _told(marked, path), _told(plain, path)
        assert one == other, path
