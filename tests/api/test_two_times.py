"""Golden cases by hand: what was in force when, as known when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import mapbox_vector_tile
import pytest

from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.history import revert
from sitplan.instants import http_date, parse_http_date, parse_instant
from sitplan.settings import Settings
from tests.api.running import running
from tests.api.times import HERE, LAYER, Office, as_text, rels, tile_of_squares

pytestmark = pytest.mark.acceptance(25, 26)


@pytest.fixture(scope="module")
def office(
    _clones: Any, base_settings: Settings, catalogue: Catalogue, tmp_path_factory: Any
) -> Iterator[Office]:
    with _clones() as url:
        settings = replace(base_settings, database_url=url)
        app = create_app(settings, dist=tmp_path_factory.mktemp("dist"))
        with Database(settings, role="admin", workers=2) as database, running(app) as client:
            yield Office(database, catalogue, client)


def _one(office: Office, code: str, **params: Any) -> str | None:
    found: str | None = office.told(code=code, **params).get(code)
    return found


def test_two_versions_of_one_square(office: Office) -> None:
    before = office.now()
    office.write({"code": "TWO", "kind": "plaza"})
    first = office.now()
    office.write({"code": "TWO", "kind": "parque"})
    second = office.now()
    assert _one(office, "TWO", as_of=before) is None
    assert _one(office, "TWO", as_of=first) == "plaza"
    assert _one(office, "TWO", as_of=second) == _one(office, "TWO") == "parque"


def test_a_changeover_day(office: Office) -> None:
    """A fact ends on the day on which the next one begins: that day is the next one's."""
    office.write({"code": "DAY", "kind": "plaza"})
    office.write({"code": "DAY", "kind": "parque"}, valid_from=date(2026, 3, 1))
    for day, kind in (
        ("2026-02-28", "plaza"), ("2026-03-01", "parque"), ("2026-03-02", "parque"),
        ("2026-03-01T02:59:59Z", "plaza"),  # still February in the territory
        ("2026-03-01T03:00:00Z", "parque"),
    ):  # fmt: skip
        assert _one(office, "DAY", datetime=day) == kind, day
    page = office.get("/items", code="DAY", datetime="../..").json()
    kinds = {f["properties"]["kind"]: f for f in page["features"]}
    assert set(kinds) == {"plaza", "parque"}
    assert kinds["plaza"]["properties"]["valid_to"] == "2026-03-01"
    assert kinds["parque"]["properties"]["replaces"] == kinds["plaza"]["id"]


def test_a_correction_after_the_fact_on_both_axes(office: Office) -> None:
    """In March it was said that the park began in May; in truth it had begun in February."""
    office.write({"code": "BOTH", "kind": "plaza"})
    office.write({"code": "BOTH", "kind": "parque"}, valid_from=date(2025, 5, 1))
    believed = office.now()
    office.run(
        f"UPDATE layers.{LAYER} SET valid_to = '2025-02-01' WHERE code = 'BOTH' AND kind = 'plaza'"
    )
    office.run(
        f"UPDATE layers.{LAYER} SET valid_from = '2025-02-01'"
        " WHERE code = 'BOTH' AND kind = 'parque'"
    )
    corrected = office.now()
    expected = {
        ("2025-01-15", believed): "plaza", ("2025-01-15", corrected): "plaza",
        ("2025-03-15", believed): "plaza", ("2025-03-15", corrected): "parque",
        ("2025-06-15", believed): "parque", ("2025-06-15", corrected): "parque",
    }  # fmt: skip
    for (day, instant), kind in expected.items():
        assert _one(office, "BOTH", datetime=day, as_of=instant) == kind, (day, instant)


def test_a_removal_and_a_return(office: Office) -> None:
    office.write({"code": "BACK", "kind": "plaza"})
    there, id_ = office.now(), office.id_of("BACK")
    removed = office.remove("BACK")
    gone = office.now()
    revert(office.database, office.catalogue, removed, why="se retiró por error")
    back = office.now()
    assert [_one(office, "BACK", as_of=t) for t in (there, gone, back)] == ["plaza", None, "plaza"]
    states = [office.get(f"/items/{id_}", as_of=t).status_code for t in (there, gone, back)]
    assert states == [200, 410, 200]
    assert office.get(f"/items/{id_}").json()["properties"]["version"] == 2


def test_the_header_is_the_parameter_in_whole_seconds(office: Office) -> None:
    office.write({"code": "HEAD", "kind": "plaza"})
    recorded = office.instant()  # the whole second is meant, but never beyond now
    when = recorded.replace(microsecond=0)
    for path in ("/items", f"/items/{office.id_of('HEAD')}"):
        header = {"Accept-Datetime": http_date(when)}
        if path == "/items":
            answer = office.client.get(f"{HERE}{path}?code=HEAD", headers=header)
            assert len(answer.json()["features"]) == 1
        else:
            answer = office.client.get(f"{HERE}{path}", headers=header)
        assert answer.status_code == 200
        if path == "/items":
            assert answer.headers["memento-datetime"] == http_date(when)
        else:  # of one feature it is when its version was recorded
            version = parse_instant(answer.json()["properties"]["updated_at"])
            assert answer.headers["memento-datetime"] == http_date(version)
        assert "accept-datetime" in answer.headers["vary"].lower()
        where = answer.headers["content-location"]
        again = office.client.get(where)
        assert again.status_code == 200 and "content-location" not in again.headers
        one, other = answer.json(), again.json()
        assert one.get("features", one.get("id")) == other.get("features", other.get("id"))
    assert parse_http_date(http_date(recorded)) >= recorded > when


def test_the_address_wins_over_the_header(office: Office) -> None:
    before = office.now()
    office.write({"code": "WINS", "kind": "plaza"})
    after = office.now()
    header = {"Accept-Datetime": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert "WINS" in {
        f["properties"]["code"]
        for f in office.get("/items", headers=header, as_of=after, code="WINS").json()["features"]
    }
    assert office.get("/items", headers=header, code="WINS").json()["features"] == []
    assert office.get("/items", headers={"Accept-Datetime": "x"}, as_of=before).status_code == 200


def test_self_is_the_page_again(office: Office, catalogue: Catalogue) -> None:
    """What was left to the moment of asking stands in `self` (and it keeps what was asked)."""
    office.write({"code": "SELF", "kind": "plaza"})
    page = office.get("/items", limit=2, kind="plaza").json()
    own = rels(page)["self"]
    asked = parse_qs(urlsplit(own).query)
    today = catalogue.territory.today().isoformat()
    assert asked == {"limit": ["2"], "kind": ["plaza"], "datetime": [today]}
    again = office.client.get(own).json()
    assert again["features"] == page["features"] and rels(again)["self"] == own
    header = {"Accept-Datetime": http_date(datetime.now(UTC))}
    page = office.get("/items", headers=header, limit=2).json()
    own, following = rels(page)["self"], rels(page)["next"]
    office.write({"code": "SELF", "kind": "parque"}, {"code": "SELF2", "kind": "plaza"})
    assert office.client.get(own).json()["features"] == page["features"]
    assert parse_qs(urlsplit(following).query)["as-of"] == parse_qs(urlsplit(own).query)["as-of"]


def test_pages_of_the_past_hold_each_feature_once(office: Office) -> None:
    codes = {f"PAGE{i}" for i in range(7)}
    office.write(*({"code": c, "kind": "plaza", "x": 40 * i} for i, c in enumerate(sorted(codes))))
    then = office.now()
    expected = office.told(as_of=then)
    url: str | None = f"{HERE}/items?limit=3&as-of={then}"
    seen: list[str] = []
    while url:
        page = office.client.get(url).json()
        seen += [f["properties"]["code"] for f in page["features"]]
        url = rels(page).get("next")
        if len(seen) == 3:
            office.remove("PAGE1", "PAGE5")
    assert sorted(seen) == sorted(expected) and codes <= set(seen)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-06-01", "2026-06-01T12:00:00", "2026-13-01T00:00:00Z", "..",
     "2026-06-01T12:00:00Z/..", "0001-01-01T00:00:00+14:00", "٢٠٢٦-06-01T12:00:00Z", "\x00"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(office: Office, text: str) -> None:
    for path in ("/items", "/items/x", "/tiles/WebMercatorQuad/0/0/0"):
        answer = office.get(path, as_of=text)
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_as_of"), path


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-06-01T12:00:00Z", "Mon, 01 Jun 2026 12:00:00 CLT",
     "Tue, 01 Jun 2026 12:00:00 GMT", "Mon, 32 Jun 2026 12:00:00 GMT", "1780315200"],
)  # fmt: skip
def test_what_is_no_http_date_is_refused(office: Office, text: str) -> None:
    for path in ("/items", "/tiles/WebMercatorQuad/0/0/0"):
        answer = office.get(path, headers={"Accept-Datetime": text})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_accept_datetime")


def test_an_instant_to_come(office: Office) -> None:
    """Refused in the address; in the header it means the newest record, as RFC 7089 has it."""
    office.write({"code": "COME", "kind": "plaza"})
    later = datetime.now(UTC) + timedelta(days=1)
    refused = office.get("/items", as_of=as_text(later))
    assert (refused.status_code, refused.json()["code"]) == (400, "future_as_of")
    answer = office.get("/items", headers={"Accept-Datetime": http_date(later)}, code="COME")
    assert len(answer.json()["features"]) == 1
    told = answer.headers["memento-datetime"]
    assert abs(parse_http_date(told) - datetime.now(UTC)) < timedelta(seconds=5)


def test_before_the_first_record_nothing_is_there(office: Office) -> None:
    answer = office.get("/items", as_of="1990-01-01T00:00:00Z")
    assert answer.status_code == 200 and answer.json()["numberMatched"] == 0
    assert answer.headers["memento-datetime"] == "Mon, 01 Jan 1990 00:00:00 GMT"
    tile = office.get("/tiles/WebMercatorQuad/0/0/0", as_of="1990-01-01T00:00:00Z")
    assert tile.status_code in (200, 204) and tile.content == b""


def test_a_plus_that_was_not_quoted(office: Office) -> None:
    then = parse_instant(office.now())
    offset = then.astimezone().isoformat()
    assert parse_instant(offset.replace("+", " ")) == then


def _kinds(body: bytes) -> dict[str, str]:
    found = mapbox_vector_tile.decode(body).get(LAYER, {}) if body else {}
    return {f["properties"]["id"]: f["properties"]["kind"] for f in found.get("features", [])}


def test_tiles_of_the_past(office: Office) -> None:
    """Of a layer and of all; by parameter and by header; never from what is kept of today."""
    place = tile_of_squares(16)
    before = office.now()
    office.write({"code": "TILE", "kind": "plaza"})
    id_, first = office.id_of("TILE"), office.now()
    office.write({"code": "TILE", "kind": "parque"}, valid_from=date(2026, 1, 1))
    new, second = office.id_of("TILE"), office.now()
    for path in (f"{HERE}{place}", f"/api{place}"):

        def at(path: str = path, headers: Any = None, **params: str) -> dict[str, str]:
            asked = {k.replace("_", "-"): v for k, v in params.items()}
            answer = office.client.get(path, params=asked, headers=headers)
            assert answer.status_code == 200
            assert "accept-datetime" in answer.headers["vary"]
            if "as-of" in asked:
                assert answer.headers["memento-datetime"] == http_date(
                    parse_instant(asked["as-of"])
                )
            kinds = _kinds(answer.content)
            return {i: k for i, k in kinds.items() if i in (id_, new)}

        assert at() == {new: "parque"}
        assert at() == {new: "parque"}  # remembered by now
        assert at(as_of=before) == {}
        assert at(as_of=first) == {id_: "plaza"}
        assert at(as_of=second) == {new: "parque"}
        assert at(as_of=second, datetime="2025-12-31") == {id_: "plaza"}
        assert at(as_of=first, datetime="2026-06-01") == {id_: "plaza"}
        old = {"Accept-Datetime": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert at(headers=old) == {} and at() == {new: "parque"}
        answer = office.client.get(path, headers=old)
        assert "as-of=2001-01-01T00:00:00" in answer.headers["content-location"]
        tag = office.client.get(path, params={"as-of": first}).headers["etag"]
        known = {"If-None-Match": tag}
        assert office.client.get(path, params={"as-of": first}, headers=known).status_code == 304


def test_the_collection_tells_both_axes(office: Office) -> None:
    extent = office.get("").json()["extent"]
    first = office.database.fetch(f"SELECT min(recorded_from) FROM published_past.{LAYER}")[0][0]
    assert extent["recorded"]["interval"] == [[as_text(first), None]]
    assert extent["temporal"]["interval"] and "valid_to" in extent["temporal"]["description"]
    assert office.get("").json()["links"]
    links = {(x["rel"], x["type"]) for x in office.get("").json()["links"]}
    assert ("version-history", "application/json") in links
    assert ("version-history", "application/atom+xml") in links


def test_the_legend_counts_what_was_in_force(served: str) -> None:
    """On a day, as recorded, and now: as many as a page of the same moment matches."""
    with httpx.Client(base_url=served) as client:

        def counts(query: str) -> dict[str, int]:
            groups = client.get(f"/api/legend?{query}").json()["groups"]
            return {one["name"]: one["count"] for group in groups for one in group["layers"]}

        now, then = counts(""), counts("datetime=2023-01-01")
        assert now["neighbourhoods"] != then["neighbourhoods"]
        for name in ("green_areas", "neighbourhoods", "meeting_points", "project_locations"):
            page = client.get(f"/api/collections/{name}/items?limit=1&datetime=2023-01-01").json()
            assert then[name] == page["numberMatched"]
        unrecorded = client.get("/api/legend?as-of=2001-01-01T00:00:00Z")
        assert unrecorded.headers["memento-datetime"] == "Mon, 01 Jan 2001 00:00:00 GMT"
        assert set(counts("as-of=2001-01-01T00:00:00Z").values()) == {0}
