"""What a mould says of a feature is what the general way says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from api import moulds
from api.main import Application, create_app
from api.routes import items
from sitplan.settings import Settings


@pytest.fixture(scope="module")
def app(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    found = create_app(seeded_settings, dist=tmp_path_factory.mktemp("dist"))
    yield found
    found.state.stop()


def _ask(app: Application, paths: list[str], headers: dict[str, str]) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://here"
        ) as client:
            return [await client.get(path, headers=headers) for path in paths]

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("query", "is_cast"),
    [
        ("", True),
        ("?lang=en", True),
        ("?datetime=../..", True),
        ("?f=json", True),
        ("?f=html", False),
        ("?profile=rel-as-uri", False),
        ("?profile=val-as-title", False),
        ("?profile=jsonfg", False),
    ],
)
@pytest.mark.acceptance(38)
def test_a_mould_says_what_the_general_way_says(
    app: Application, monkeypatch: pytest.MonkeyPatch, query: str, *, is_cast: bool
) -> None:
    paths = []
    for layer in app.state.catalogue:
        rows = app.state.database.fetch(f"SELECT id::text FROM published.{layer.name} LIMIT 2")
        paths += [f"/api/collections/{layer.name}/items/{row[0]}{query}" for row in rows]
    assert len(paths) > 10
    plain = {"accept-encoding": "identity"}
    app.state.moulds = moulds.Moulds()
    cast = _ask(app, paths, plain)
    again = _ask(app, paths, plain)
    kept = [one.mould for one in app.state.moulds._kept.values()]
    assert kept and all((mould is not None) == is_cast for mould in kept)
    monkeypatch.setattr(items, "key_of", lambda *_: None)
    general = _ask(app, paths, plain)
    for one, twice, other in zip(cast, again, general, strict=True):
        assert one.status_code == other.status_code == 200, one.text
        assert (one.content, one.headers) == (twice.content, twice.headers)
        own = {"etag", "content-length"}  # a number may be written 1 or 1.0
        for name in one.headers.keys() | other.headers.keys():
            assert name in own or one.headers[name] == other.headers[name], (one.url, name)
        if is_cast:
            assert one.json() == other.json(), one.url
            assert list(one.json()) == list(other.json())
        else:
            assert one.content == other.content


def test_a_feature_that_is_not_there_is_refused_as_ever(app: Application) -> None:
    nobody = "/api/collections/green_areas/items/00000000-0000-0000-0000-000000000000"
    (first, second) = _ask(app, [nobody, nobody], {})
    assert first.status_code == second.status_code == 404
    assert first.json()["code"] == "no_such_feature"


def test_no_more_are_kept_than_fit(app: Application) -> None:
    kept = moulds.Moulds()
    layer = next(iter(app.state.catalogue))
    for number in range(2 * moulds._MOST):
        kept.keep(("a", "b", str(number).encode(), b""), None, layer, app.state.catalogue)
        assert len(kept._kept) <= moulds._MOST
    assert kept.known(("a", "b", b"0", b""), layer, app.state.catalogue) is None
    last = ("a", "b", str(number).encode(), b"")
    assert kept.known(last, layer, app.state.catalogue) == (None,)
