"""A feature's history: TimeMap, versions and their links, what is removed, what is hidden (27)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.instants import http_date, parse_instant
from sitplan.settings import Settings
from tests.api.running import running
from tests.api.times import HERE, LAYER, PRIVATE_PERSON, Office, rels

pytestmark = pytest.mark.acceptance(27)

YEAR = "private, max-age=31536000, immutable"
HIDE = {
    "internal": "visibility = 'internal'",
    "restricted": "visibility = 'restricted'",
    "withdrawn": "review_state = 'withdrawn'",
    "in review": "review_state = 'in_review'",
}


@pytest.fixture(scope="module")
def office(
    _clones: Any, base_settings: Settings, catalogue: Catalogue, tmp_path_factory: Any
) -> Iterator[Office]:
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        app = create_app(settings, dist=tmp_path_factory.mktemp("dist"))
        with Database(settings, role="admin", workers=2) as database, running(app) as client:
            yield Office(database, catalogue, client)


def _three(office: Office, code: str) -> tuple[str, list[str]]:
    """A feature of three versions, and an instant in each."""
    instants = []
    for kind in ("plaza", "parque", "jardin"):
        office.write({"code": code, "kind": kind}, why=f"pasa a {kind}")
        instants.append(office.now())
    return office.id_of(code), instants


def test_versions_tell_who_why_and_when(office: Office) -> None:
    id_, _ = _three(office, "WHO")
    office.run(f"UPDATE layers.{LAYER} SET name = 'Plaza' WHERE code = 'WHO'")
    answer = office.get(f"/items/{id_}/versions")
    found = answer.json()
    assert PRIVATE_PERSON not in answer.text and "sitplan:dev" not in answer.text
    assert [v["version"] for v in found["versions"]] == [1, 2, 3, 4]
    assert [v["made"]["why"] for v in found["versions"][:3]] == [
        "pasa a plaza", "pasa a parque", "pasa a jardin"
    ]  # fmt: skip
    assert {v["made"]["role"] for v in found["versions"][:3]} == {"parks_officer"}
    direct = found["versions"][3]["made"]
    # a login names a person, a program a machine: neither is told
    assert (direct["kind"], direct["role"], direct["source"]) == ("direct", None, None)
    for one, following in zip(found["versions"], found["versions"][1:], strict=False):
        assert one["recorded_to"] == following["recorded_from"]
        assert one["ended"]["why"] == following["made"]["why"]
        assert one["ended"]["action"] == "replace"
    assert found["versions"][-1]["recorded_to"] is found["versions"][-1]["ended"] is None
    for one in found["versions"]:
        version = office.client.get(one["href"])
        assert version.json()["properties"]["version"] == one["version"]
        assert version.headers["memento-datetime"] == http_date(parse_instant(one["recorded_from"]))
    english = office.get(f"/items/{id_}/versions", lang="en").json()
    assert english["versions"][0]["made"]["kind_title"] == "edit"
    assert rels(found)["original"] == rels(found)["latest-version"]


def test_the_time_map_as_links(office: Office) -> None:
    id_, _ = _three(office, "MAP")
    answer = office.get(f"/items/{id_}/versions", f="link")
    assert answer.headers["content-type"].startswith("application/link-format")
    accept = {"Accept": "application/link-format"}
    assert office.get(f"/items/{id_}/versions", headers=accept).text == answer.text
    entries = re.findall(r'<([^>]+)>((?:;\s*\w+="[^"]*")+)', answer.text)
    told = [(href, dict(re.findall(r'(\w+)="([^"]*)"', rest))) for href, rest in entries]
    assert [facts["rel"] for _, facts in told] == [
        "original timegate", "self", "first memento", "memento", "last memento"
    ]  # fmt: skip
    assert told[1][1]["from"] == told[2][1]["datetime"]
    assert told[1][1]["until"] == told[-1][1]["datetime"]
    for href, facts in told[2:]:
        version = office.client.get(href)
        assert version.status_code == 200
        assert version.headers["memento-datetime"] == facts["datetime"]
        assert version.headers["content-type"] == facts["type"]
    tag = answer.headers["etag"]
    again = office.get(f"/items/{id_}/versions", f="link", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_versions_lead_to_each_other(office: Office) -> None:
    """RFC 5829 in the links and in the header; what was superseded is kept for a year."""
    id_, instants = _three(office, "LEAD")
    item = f"{HERE}/items/{id_}"
    first, second, third = (office.get(f"/items/{id_}", as_of=t) for t in instants)
    assert [a.json()["properties"]["kind"] for a in (first, second, third)] == [
        "plaza", "parque", "jardin"
    ]  # fmt: skip
    assert "predecessor-version" not in rels(first.json())
    assert "successor-version" not in rels(third.json())
    for one, following in ((first, second), (second, third)):
        after = office.client.get(rels(one.json())["successor-version"])
        assert after.json()["properties"] == following.json()["properties"]
        before = office.client.get(rels(following.json())["predecessor-version"])
        assert before.json()["properties"] == one.json()["properties"]
    for one in (first, second, third):
        links = rels(one.json())
        for rel in ("original", "timegate", "latest-version"):
            assert links[rel].endswith(item)
        header = one.headers["link"]
        for rel in ("original", "timemap", "timegate", "latest-version"):
            assert f'rel="{rel}"' in header
    assert first.headers["cache-control"] == second.headers["cache-control"] == YEAR
    assert third.headers["cache-control"] == office.get(f"/items/{id_}").headers["cache-control"]
    assert third.headers["cache-control"] == "no-cache"
    negotiated = office.get(f"/items/{id_}", headers={"Accept-Datetime": http_date(
        parse_instant(instants[0]))})  # fmt: skip
    assert negotiated.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": second.headers["etag"]}
    assert office.get(f"/items/{id_}", as_of=instants[1], headers=known).status_code == 304
    current = office.get(f"/items/{id_}")
    assert 'rel="timemap"' in current.headers["link"] and "memento-datetime" not in current.headers
    assert rels(current.json())["version-history"].endswith(f"{item}/versions")


def test_before_birth_and_after_removal(office: Office) -> None:
    before = office.now()
    id_, instants = _three(office, "LIFE")
    unborn = office.get(f"/items/{id_}", as_of=before)
    assert (unborn.status_code, unborn.json()["code"]) == (404, "unborn_feature")
    assert 'rel="timemap"' in unborn.headers["link"]
    office.remove("LIFE")
    gone = office.now()
    for answer in (office.get(f"/items/{id_}", as_of=gone), office.get(f"/items/{id_}")):
        assert (answer.status_code, answer.json()["code"]) == (410, "removed_feature")
        pairs = re.findall(r'<([^>]+)>; rel="([^"]+)"', answer.headers["link"])
        found = {rel: href for href, rel in pairs}
        last = office.client.get(found["latest-version"])
        assert last.json()["properties"]["kind"] == "jardin"
        assert last.headers["cache-control"] == YEAR
        assert "successor-version" not in rels(last.json())
    versions = office.get(f"/items/{id_}/versions").json()["versions"]
    assert versions[-1]["ended"]["action"] == "delete"
    assert versions[-1]["ended"]["why"] == "se retira"
    assert [office.get(f"/items/{id_}", as_of=t).status_code for t in instants] == [200] * 3


def test_valid_time_of_a_version(office: Office) -> None:
    """A version that stood, but was not in force on that day, is 404, not 410."""
    office.write({"code": "FORCE", "kind": "plaza", "valid_from": "2020-01-01"})
    id_, then = office.id_of("FORCE"), office.now()
    office.write({"code": "FORCE", "kind": "parque"})
    for day, status in (("2019-12-31", 404), ("2020-01-01", 200), ("../..", 200)):
        answer = office.get(f"/items/{id_}", as_of=then, datetime=day)
        assert answer.status_code == status, day
    assert office.get(f"/items/{id_}", datetime="2019-12-31").json()["code"] == "no_such_feature"


@pytest.mark.parametrize("how", sorted(HIDE))
def test_who_is_hidden_now_has_no_past(office: Office, how: str) -> None:
    """The past follows today's wish: nothing of it is told while the feature is hidden."""
    code = f"HIDE-{how}"
    id_, instants = _three(office, code)
    token = office.get("/changes", since="latest").json()["token"]
    office.run(f"UPDATE layers.{LAYER} SET {HIDE[how]} WHERE code = %s", code)
    hidden = office.now()
    for path in (f"/items/{id_}", f"/items/{id_}/versions"):
        answer = office.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_feature")
        assert code not in answer.text
    for then in (*instants, hidden):
        answer = office.get(f"/items/{id_}", as_of=then)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_feature")
        assert "link" not in answer.headers or "latest" not in answer.headers["link"]
        assert code not in office.told(as_of=then)
    # of what left there remains the identifier, for the mirrors that must let it go
    events = office.get("/changes", since=token).json()["changes"]
    assert [(e["action"], e["id"]) for e in events] == [("delete", id_)]
    assert events[0]["before"] is events[0]["after"] is events[0]["why"] is None
    every = office.get("/changes", since=instants[0], limit=10_000).json()
    assert code not in str(every)
    diff = office.get("/diff", **{"from": instants[0]}).json()
    assert code not in str(diff["differences"])
    office.run(
        f"UPDATE layers.{LAYER} SET visibility = 'public', review_state = 'published'"
        " WHERE code = %s", code,
    )  # fmt: skip
    # public again: its public versions are told, the hidden one is not
    versions = office.get(f"/items/{id_}/versions").json()["versions"]
    assert [v["version"] for v in versions] == [1, 2, 3, 5]
    assert versions[2]["ended"]["action"] == "delete" and versions[2]["ended"]["why"] is None
    assert office.get(f"/items/{id_}", as_of=hidden).status_code == 410
    assert office.get(f"/items/{id_}", as_of=instants[0]).status_code == 200


def test_who_was_hidden_and_then_removed_has_no_past(office: Office) -> None:
    id_, instants = _three(office, "SHY")
    office.run(f"UPDATE layers.{LAYER} SET visibility = 'internal' WHERE code = 'SHY'")
    office.run(f"DELETE FROM layers.{LAYER} WHERE code = 'SHY'")
    for path, asked in ((f"/items/{id_}/versions", {}), (f"/items/{id_}", {}),
                        (f"/items/{id_}", {"as_of": instants[1]})):  # fmt: skip
        assert office.get(path, **asked).status_code == 404
    assert "SHY" not in office.told(as_of=instants[1])


def test_what_was_not_public_then_is_not_told(office: Office) -> None:
    office.write({"code": "DRAFT", "kind": "plaza", "review_state": "draft", "name": "borrador"})
    id_, drafted = office.id_of("DRAFT"), office.now()
    assert office.get(f"/items/{id_}/versions").status_code == 404
    office.write({"code": "DRAFT", "kind": "parque", "name": "Plaza"})
    found = office.get(f"/items/{id_}/versions")
    assert [v["version"] for v in found.json()["versions"]] == [2]
    assert "borrador" not in found.text
    assert office.get(f"/items/{id_}", as_of=drafted).json()["code"] == "unborn_feature"
    assert "DRAFT" not in office.told(as_of=drafted)


@pytest.mark.parametrize("id_", ["x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_no_versions_of_nobody(office: Office, id_: str) -> None:
    for asked in ({}, {"f": "link"}):
        answer = office.get(f"/items/{id_}/versions", **asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_feature")
    assert office.get(f"/items/{id_}/versions", f="atom").status_code == 400
