"""What happened to a layer, in order, each thing once; differences of two moments (28, 29)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.main import create_app
from api.places import read_place, write_place
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.errors import BadRequest, NotFound
from sitplan.past import Place
from sitplan.settings import Settings
from tests.api.running import running
from tests.api.times import HERE, LAYER, PRIVATE_PERSON, Office, rels

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBS = "{http://purl.org/atompub/tombstones/1.0}"


@pytest.fixture(scope="module")
def office(
    _clones: Any, base_settings: Settings, catalogue: Catalogue, tmp_path_factory: Any
) -> Iterator[Office]:
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        app = create_app(settings, dist=tmp_path_factory.mktemp("dist"))
        with Database(settings, role="admin", workers=2) as database, running(app) as client:
            yield Office(database, catalogue, client)


def follow(office: Office, since: str | None = None, limit: int = 10_000) -> tuple[list[Any], str]:
    """All that happened since, by the `next` links; and the token to go on from."""
    asked = {"limit": limit, **({"since": since} if since else {})}
    page = office.get("/changes", **asked).json()
    found = list(page["changes"])
    while "next" in rels(page):
        page = office.client.get(rels(page)["next"]).json()
        found += page["changes"]
    return found, page["token"]


def replay(mirror: dict[str, Any], events: list[Any]) -> dict[str, Any]:
    for one in events:
        if one["action"] == "delete":
            mirror.pop(one["id"], None)
        else:
            mirror[one["id"]] = one["after"]
    return mirror


def layer_now(office: Office) -> dict[str, Any]:
    page = office.get("/items", limit=10_000, datetime="../..").json()
    assert page["numberMatched"] == page["numberReturned"]
    return {one["id"]: one for one in page["features"]}


@pytest.mark.acceptance(28)
def test_each_change_once_in_order_with_before_and_after(office: Office) -> None:
    start = office.get("/changes", since="latest").json()
    assert start["changes"] == [] and "next" not in rels(start) and start["numberReturned"] == 0
    office.write({"code": "A", "kind": "plaza"}, {"code": "B", "kind": "plaza", "x": 40})
    office.write({"code": "A", "kind": "parque"}, why="error de digitación")
    office.remove("B")
    office.write({"code": "A", "kind": "parque", "x": 5})
    found, token = follow(office, start["token"])
    assert [e["action"] for e in found] == ["create", "create", "replace", "delete", "replace"]
    assert [e["fields"] for e in found[2:]] == [["kind"], [], ["geometry"]]
    change = found[2]
    assert change["before"]["properties"]["kind"] == "plaza"
    assert change["after"]["properties"]["kind"] == "parque"
    assert (change["role"], change["why"]) == ("parks_officer", "error de digitación")
    assert (change["kind"], change["source"]) == ("edit", None)
    assert found[3]["before"]["properties"]["code"] == "B" and found[3]["after"] is None
    assert found[3]["why"] == "se retira"
    assert PRIVATE_PERSON not in str(found)
    assert follow(office, start["token"], limit=1) == (found, token)
    assert follow(office, token)[0] == []
    current = office.get(f"/items/{found[4]['id']}").json()
    assert found[4]["after"]["properties"] == current["properties"]


@pytest.mark.acceptance(28)
def test_a_mirror_from_the_beginning_equals_the_layer(office: Office) -> None:
    found, _ = follow(office, limit=37)
    assert replay({}, found) == layer_now(office)
    assert len({(e["id"], e["recorded_at"]) for e in found}) == len(found)
    assert [e["recorded_at"] for e in found] == sorted(e["recorded_at"] for e in found)


def test_since_an_instant(office: Office) -> None:
    then = office.now()
    office.write({"code": "C", "kind": "plaza"})
    found, _ = follow(office, then)
    assert [e["after"]["properties"]["code"] for e in found] == ["C"]
    assert follow(office, office.now())[0] == []


@pytest.mark.parametrize(
    ("since", "code"),
    [("", "wrong_since"), ("yesterday", "wrong_since"), ("12", "wrong_since"),
     ("2026-06-01", "wrong_since"), ("2026-06-01T12:00:00", "wrong_since"), ("é", "wrong_since"),
     ("2999-01-01T00:00:00Z", "future_as_of"), ("\x00", "wrong_since"), (":", "wrong_since")],
)  # fmt: skip
def test_what_is_no_place_is_refused(office: Office, since: str, code: str) -> None:
    answer = office.get("/changes", since=since)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_token_is_of_its_layer_and_fields(office: Office, catalogue: Catalogue) -> None:
    layer, other = catalogue.layer(LAYER), catalogue.layer("roads")
    text = write_place(layer, Place(7))
    assert read_place(layer, text) == Place(7)
    with pytest.raises(BadRequest):
        read_place(other, text)
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(BadRequest):
            read_place(layer, changed)
    fewer = replace(layer, fields=layer.fields[:-1])
    assert fewer.public_fields != layer.public_fields
    with pytest.raises(NotFound) as caught:
        read_place(layer, write_place(fewer, Place(7)))
    assert caught.value.code == "other_fields"
    answer = office.get("/changes", since=write_place(fewer, Place(7)))
    assert (answer.status_code, answer.json()["code"]) == (410, "other_fields")


@pytest.mark.acceptance(28)
def test_the_feed_as_atom(office: Office) -> None:
    token = office.get("/changes", since="latest").json()["token"]
    name = "Plaza <Ñandú> & \x0b «Sol»"
    office.write({"code": "ATOM", "kind": "plaza", "name": name}, why="alta & prueba")
    office.remove("ATOM")
    answer = office.get("/changes", since=token, f="atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    accept = {"Accept": "application/atom+xml"}
    assert office.get("/changes", since=token, headers=accept).text == answer.text.replace(
        "&amp;f=atom", ""
    )
    feed = ET.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{name}") is not None
    entry, deleted = feed.find(f"{ATOM}entry"), feed.find(f"{TOMBS}deleted-entry")
    assert entry is not None and deleted is not None
    assert entry.findtext(f"{ATOM}id") == deleted.get("ref")
    assert entry.findtext(f"{ATOM}summary") == "alta & prueba"
    assert "<Ñandú>" in str(entry.findtext(f"{ATOM}title"))
    assert deleted.findtext(f"{TOMBS}comment") == "se retira"
    links = {x.get("rel"): x.get("href") for x in entry.findall(f"{ATOM}link")}
    assert office.client.get(str(links["memento"])).json()["properties"]["code"] == "ATOM"
    onward = {x.get("rel"): x.get("href") for x in feed.findall(f"{ATOM}link")}["monitor"]
    assert len(ET.fromstring(office.client.get(str(onward)).content).findall(f"{ATOM}entry")) == 0
    first = ET.fromstring(office.get("/changes", f="atom", limit=1).content)
    following = {x.get("rel"): x.get("href") for x in first.findall(f"{ATOM}link")}["next"]
    assert office.client.get(str(following)).status_code == 200
    tag = answer.headers["etag"]
    known = {"If-None-Match": tag}
    assert office.get("/changes", since=token, f="atom", headers=known).status_code == 304


@pytest.mark.acceptance(28)
def test_a_mirror_misses_nothing_of_writers_at_once(office: Office) -> None:
    """Changes are asked for while others are made; the last answer completes the mirror."""
    mirror: dict[str, Any] = {}
    token: str | None = None
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(12):
                office.write(
                    *(
                        {"code": f"W{number}-{i}", "kind": "plaza", "x": 40 * i, "name": f"{turn}"}
                        for i in range(turn % 3 + 1)
                    )
                )
                if turn % 4 == 3:
                    office.remove(f"W{number}-0")
                if turn % 5 == 4:
                    office.run(
                        f"UPDATE layers.{LAYER} SET visibility = CASE visibility"
                        " WHEN 'public' THEN 'internal' ELSE 'public' END WHERE code = %s",
                        f"W{number}-1",
                    )
        except BaseException as error:
            faults.append(error)

    writers = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for one in writers:
        one.start()
    seen: set[tuple[str, str]] = set()
    is_over = False
    while not is_over:
        is_over = not any(one.is_alive() for one in writers)  # and once more after the last
        events, token = follow(office, token, limit=5)
        for e in events:
            assert (e["id"], e["recorded_at"]) not in seen, "told twice"
            seen.add((e["id"], e["recorded_at"]))
        replay(mirror, events)
    for one in writers:
        one.join()
    assert not faults
    assert mirror == layer_now(office)


@pytest.mark.acceptance(29)
def test_diff_counts_and_lists(office: Office) -> None:
    office.write({"code": "D1", "kind": "plaza"}, {"code": "D2", "kind": "plaza", "x": 40},
                 {"code": "D3", "kind": "plaza", "x": 80})  # fmt: skip
    first = office.now()
    office.write({"code": "D1", "kind": "parque"}, {"code": "D4", "kind": "plaza", "x": 120})
    office.write({"code": "D1", "kind": "jardin", "x": 3})
    office.remove("D2")
    office.write({"code": "D3", "kind": "parque", "x": 80})
    office.write({"code": "D3", "kind": "plaza", "x": 80})  # there and back: no difference
    office.write({"code": "D5", "kind": "plaza", "x": 160})
    office.remove("D5")  # came and went between
    last = office.now()
    office.write({"code": "D1", "kind": "plaza"})
    found = office.get("/diff", **{"from": first, "to": last}).json()
    assert found["counts"] == {"added": 1, "changed": 1, "removed": 1}
    told = {one["code"]: one for one in found["differences"]}
    assert {c: o["action"] for c, o in told.items()} == {
        "D1": "changed", "D2": "removed", "D4": "added"
    }  # fmt: skip
    assert told["D1"]["fields"] == ["geometry", "kind"]
    assert told["D1"]["before"]["properties"]["kind"] == "plaza"
    assert told["D1"]["after"]["properties"]["kind"] == "jardin"
    assert told["D2"]["after"] is None and told["D4"]["before"] is None
    backwards = office.get("/diff", **{"from": last, "to": first})
    assert (backwards.status_code, backwards.json()["code"]) == (400, "wrong_range")
    assert office.get("/diff", **{"from": first, "to": first}).json()["counts"] == {
        "added": 0, "changed": 0, "removed": 0
    }  # fmt: skip
    pages: list[Any] = []
    url: str | None = f"{HERE}/diff?from={first}&to={last}&limit=1"
    while url:
        page = office.client.get(url).json()
        assert page["counts"] == found["counts"]
        pages += page["differences"]
        url = rels(page).get("next")
    assert pages == found["differences"]
    # without an end it is now, which the link then names
    own = rels(office.get("/diff", **{"from": first}).json())["self"]
    again = office.client.get(own).json()
    office.write({"code": "D6", "kind": "plaza"})
    assert office.client.get(own).json() == again


@pytest.mark.acceptance(29)
def test_diff_of_two_days(office: Office) -> None:
    office.write({"code": "Y1", "kind": "plaza"}, {"code": "Y2", "kind": "plaza", "x": 40})
    office.write({"code": "Y3", "kind": "plaza", "x": 80, "valid_from": "2025-06-01"})
    before = office.now()
    office.write({"code": "Y1", "kind": "parque"}, valid_from=date(2025, 3, 1))
    office.remove("Y2", valid_from=date(2025, 4, 1))
    asked = {"from": "2025-01-01", "to": "2026-01-01", "axis": "valid"}
    found = office.get("/diff", **asked).json()
    mine = {o["code"]: o for o in found["differences"] if o["code"] in ("Y1", "Y2", "Y3")}
    assert {c: o["action"] for c, o in mine.items()} == {
        "Y1": "changed", "Y2": "removed", "Y3": "added"
    }  # fmt: skip
    assert mine["Y1"]["fields"] == ["kind"]
    then = office.get("/diff", as_of=before, **asked).json()
    assert [o["code"] for o in then["differences"] if o["code"].startswith("Y")] == ["Y3"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "missing_parameter"),
        ({"from": "2026-01-01"}, "wrong_as_of"),
        ({"from": "2026-01-01T00:00:00Z", "to": "x"}, "wrong_as_of"),
        ({"from": "2999-01-01T00:00:00Z"}, "future_as_of"),
        ({"from": "2026-01-01T00:00:00Z", "axis": "valid"}, "wrong_day"),
        ({"from": "2026-01-01", "to": "2025-01-01", "axis": "valid"}, "wrong_range"),
        ({"from": "2026-02-30", "axis": "valid"}, "wrong_day"),
        ({"from": "2026-01-01", "axis": "both"}, "wrong_choice"),
        ({"from": "2026-01-01", "axis": "valid", "datetime": ".."}, "unknown_parameter"),
        ({"from": "2026-01-01T00:00:00Z", "as-of": "x"}, "unknown_parameter"),
        ({"from": "2026-01-01T00:00:00Z", "after": "x"}, "wrong_token"),
        ({"from": "2026-01-01T00:00:00Z", "limit": "0"}, "wrong_limit"),
    ],
)
def test_what_cannot_be_compared(office: Office, asked: dict[str, str], code: str) -> None:
    answer = office.client.get(f"{HERE}/diff", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.acceptance(28, 29)
def test_every_layer_tells_its_changes(office: Office, catalogue: Catalogue) -> None:
    """A mirror of each seeded layer, tables too; and private layers have none."""
    for layer in catalogue:
        here = f"/api/collections/{layer.name}"
        answer = office.client.get(f"{here}/changes", params={"limit": 10_000})
        if not layer.is_public:
            assert answer.status_code == 404
            continue
        items = office.client.get(f"{here}/items", params={"limit": 10_000, "datetime": "../.."})
        page = answer.json()
        if "next" in rels(page) or layer.name == LAYER:
            continue
        assert replay({}, page["changes"]) == {f["id"]: f for f in items.json()["features"]}
        assert office.client.get(f"{here}/diff?from=2020-01-01T00:00:00Z&limit=1").json()["counts"][
            "added"
        ] == len(items.json()["features"])
