"""From the landing page on, every link resolves with the type that it states, JSON and HTML alike.

The crawl is bounded: of addresses that are alike but for a feature, a layer or a mark, a few are
followed. Acceptance 1: nothing that the API says of itself leads nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from lxml import html as lxml_html

pytestmark = pytest.mark.acceptance(1)
_ALIKE = 2
"""Addresses of one shape that are followed."""
_MOST = 1200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INDICATOR = re.compile(r"^(/api/indicators/)[^/]+")
_JSON = re.compile(r"application/(.+\+)?json")
Found = tuple[str, str, str]
"""Who links, where to, and the type that the link states (empty: none)."""


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=60) as client:
        yield client


def shape(href: str, layers: set[str]) -> str:
    """An address without what only tells one feature, layer, indicator or place from another."""
    parts = urlsplit(href)
    path = _INDICATOR.sub(r"\1{indicator}", _UUID.sub("{id}", parts.path))
    path = "/".join(
        "{layer}" if one in layers else "{code}" if re.fullmatch(r"[A-Z]+-[\w-]+", one) else one
        for one in path.split("/")
    )
    kept = ("f", "profile", "lang", "axis")
    query = sorted(
        f"{name}={value if name in kept else ''}" for name, value in parse_qsl(parts.query)
    )
    return f"{path}?{'&'.join(query)}"


def links_of(document: Any) -> Iterator[dict[str, Any]]:
    """Every link object of a document, however deep."""
    if isinstance(document, dict):
        if isinstance(document.get("href"), str) and "rel" in document:
            yield document
        for one in document.values():
            yield from links_of(one)
    elif isinstance(document, list):
        for one in document:
            yield from links_of(one)


def same_type(stated: str, sent: str) -> bool:
    """Whether an answer is of the type that a link states; what a link leaves out may be any."""
    wanted, found = (
        [part.strip() for part in one.lower().split(";") if "charset" not in part]
        for one in (stated, sent)
    )
    return wanted[0] == found[0] and set(wanted[1:]) <= set(found)


def walk(http: httpx.Client, served: str, begin: str, page: bool) -> tuple[list[str], int]:
    """Follow what is linked from `begin`; what is wrong, and how many addresses answered."""
    layers = {one["id"] for one in http.get("/api/collections").json()["collections"]}
    waiting: list[Found] = [("", served + begin, "")]
    seen: set[tuple[str, str]] = set()
    followed: Counter[str] = Counter()
    wrong: list[str] = []
    asked = 0
    while waiting and asked < _MOST:
        source, href, stated = waiting.pop(0)
        href = href.partition("#")[0]
        if (href, stated) in seen or not href.startswith(f"{served}/api"):
            continue
        seen.add((href, stated))
        key = f"{shape(href, layers)} {stated}"
        followed[key] += 1
        if followed[key] > _ALIKE:
            continue
        asked += 1
        accept = {"Accept": stated or ("text/html" if page else "*/*")}
        answer = http.get(href, headers=accept)
        sent = answer.headers.get("content-type", "")
        if answer.status_code not in (200, 204):
            wrong.append(f"{answer.status_code} {href} (from {source})")
        elif stated and answer.status_code == 200 and not same_type(stated, sent):
            wrong.append(f"{sent} instead of {stated}: {href} (from {source})")
        elif sent.startswith("text/html") and page:
            waiting += _of_page(answer, href)
        elif _JSON.fullmatch(sent.partition(";")[0]) and not page:
            waiting += _of_document(answer, href, wrong)
    assert not waiting, f"not bounded: {[one[1] for one in waiting[:20]]}"
    return wrong, asked


def _of_page(answer: httpx.Response, href: str) -> list[Found]:
    tree = lxml_html.fromstring(answer.text)
    found = []
    for one in tree.xpath("//a[@href] | //link[@href]"):
        if one.get("rel") not in ("stylesheet", "icon"):
            found.append((href, str(one.get("href")), str(one.get("type") or "")))
    return found


def _of_document(answer: httpx.Response, href: str, wrong: list[str]) -> list[Found]:
    if "content-disposition" in answer.headers:
        return []  # a file to keep, which names its layer and day itself
    if re.search(r"/jobs/[^/]+/results$", href):
        return []  # what a process gave, as it gave it: the job links it
    document = answer.json()
    found = []
    for one in links_of(document):
        if one.get("templated") or "{" in one["href"] or one["rel"].endswith("/execute"):
            continue
        if one.get("method", "GET") == "GET":
            found.append((href, one["href"], one.get("type", "")))
    own = {one["rel"] for one in document.get("links", ())} if isinstance(document, dict) else set()
    header = set(re.findall(r'rel="([^"]+)"', answer.headers.get("link", "")))
    for rel in ("self", "alternate"):
        if rel not in own | header:
            wrong.append(f"no {rel}: {href}")
    return found


def test_every_link_of_every_document(http: httpx.Client, served: str) -> None:
    """Each with its stated type; each document names itself and its other faces."""
    wrong, asked = walk(http, served, "/api", page=False)
    assert not wrong, "\n".join(wrong)
    assert asked > 80


def test_every_link_of_every_page(http: httpx.Client, served: str) -> None:
    wrong, asked = walk(http, served, "/api", page=True)
    assert not wrong, "\n".join(wrong)
    assert asked > 80


RESOURCES = (
    "/api", "/api/conformance", "/api/openapi", "/api/collections", "/api/collections/green_areas",
    "/api/collections/green_areas/items?limit=1", "ITEM",
)  # fmt: skip


@pytest.mark.parametrize("path", RESOURCES)
def test_both_faces_name_themselves_and_the_other(http: httpx.Client, path: str) -> None:
    if path == "ITEM":
        items = "/api/collections/green_areas/items"
        path = f"{items}/{http.get(f'{items}?limit=1').json()['features'][0]['id']}"
    answer = http.get(path)
    header = answer.headers["link"]
    (other,) = re.findall(r'<([^>]+)>; rel="alternate"; type="text/html"', header)
    assert 'rel="self"' in header
    page = http.get(other)
    assert page.headers["content-type"].startswith("text/html")
    tree = lxml_html.fromstring(page.text)
    (twin,) = tree.xpath("//link[@rel='alternate'][@type]")
    again = http.get(twin.get("href"))
    assert same_type(twin.get("type"), again.headers["content-type"])
    assert tree.xpath("//link[@rel='canonical']/@href")
