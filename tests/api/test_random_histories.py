"""Random histories on both axes, written straight into the database, replayed by hand over HTTP.

The model knows what stood after each step; what the public may know of it follows the rule: a
version is told that was public then, of a feature that is public at the end or was when it went.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import mapbox_vector_tile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.settings import Settings
from tests.api.running import running
from tests.api.test_changes_feed import follow, layer_now, replay
from tests.api.times import LAYER, Office, as_text, tile_of_squares

pytestmark = pytest.mark.acceptance(25, 26)

DAYS = (date(2020, 1, 1), date(2024, 1, 1), date(2028, 1, 1))
ASKED = ("2019-12-31", "2020-01-01", "2023-12-31", "2024-01-01", "2028-01-01")
TILE = tile_of_squares(14)


@dataclass(frozen=True)
class Row:
    """What the record says of one feature."""

    kind: str = "plaza"
    begins: date | None = None
    ends: date | None = None
    visibility: str = "public"
    state: str = "published"

    @property
    def is_public(self) -> bool:
        return (self.visibility, self.state) == ("public", "published")

    def holds(self, day: str) -> bool:
        asked = date.fromisoformat(day)
        return (self.begins is None or self.begins <= asked) and (
            self.ends is None or self.ends > asked
        )


State = dict[int, Row]
windows = st.sampled_from([(a, b) for i, a in enumerate((None, *DAYS)) for b in (*DAYS, None)[i:]])
rows = st.builds(
    lambda kind, window, visibility, state: Row(kind, *window, visibility, state),
    st.sampled_from(["plaza", "parque", "jardin"]),
    windows,
    st.sampled_from(["public"] * 4 + ["internal"]),
    st.sampled_from(["published"] * 4 + ["draft", "withdrawn"]),
)
features = st.integers(0, 3)
acts = st.one_of(
    st.tuples(features, rows), st.tuples(features, rows), st.tuples(features, st.none())
)
histories = st.lists(st.lists(acts, min_size=1, max_size=4), min_size=2, max_size=8)


@pytest.fixture(scope="module")
def office(
    _clones: Any, base_settings: Settings, catalogue: Catalogue, tmp_path_factory: Any
) -> Iterator[Office]:
    with _clones() as url:
        wanted = replace(base_settings, database_url=url)
        app = create_app(wanted, dist=tmp_path_factory.mktemp("dist"))
        with Database(wanted, role="admin", workers=2) as database, running(app) as client:
            yield Office(database, catalogue, client)


def _write(
    office: Office, acts: list[tuple[int, Row | None]], ids: list[str], state: State
) -> State:
    """One transaction, so one Change; what stands after it."""
    found = dict(state)
    with office.database.transaction() as cursor:
        for number, row in acts:
            known = number in found
            if row is None:
                cursor.execute(f"DELETE FROM layers.{LAYER} WHERE id = %s", [ids[number]])
                found.pop(number, None)
                continue
            values = [row.kind, row.begins or "-infinity", row.ends, row.visibility, row.state]
            if known:
                cursor.execute(
                    f"UPDATE layers.{LAYER} SET kind = %s, valid_from = %s, valid_to = %s,"
                    " visibility = %s, review_state = %s WHERE id = %s",
                    [*values, ids[number]],
                )
            else:
                cursor.execute(
                    f"INSERT INTO layers.{LAYER} (kind, valid_from, valid_to, visibility,"
                    " review_state, id, code, geom) VALUES (%s, %s, %s, %s, %s, %s, %s,"
                    " ST_Multi(ST_MakeEnvelope(%s, 6830000, %s, 6830020, 32719)))",
                    [*values, ids[number], ids[number], 320000 + 40 * number, 320020 + 40 * number],
                )
            found[number] = row
    return found


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories)
def test_what_is_told_equals_a_replay(
    office: Office, history: list[list[tuple[int, Row | None]]]
) -> None:
    office.run(f"DELETE FROM layers.{LAYER}")
    ids = sorted(str(uuid4()) for _ in range(4))
    ledger: list[tuple[datetime, State]] = [(office.instant(), {})]
    token = office.get("/changes", since="latest").json()["token"]
    tokens, mirrors = [token], [layer_now(office)]
    for acts in history:
        ledger.append((office.instant(), _write(office, acts, ids, ledger[-1][1])))
        ledger[-1] = (office.instant(), ledger[-1][1])
        tokens.append(office.get("/changes", since="latest").json()["token"])
        mirrors.append(layer_now(office))
    final = ledger[-1][1]
    in_sight = set()
    for number in range(4):
        lives = [state[number] for _, state in ledger if number in state]
        last = final.get(number) or (lives[-1] if lives else None)
        # came and went in one Change: never recorded
        if last is not None and last.is_public:
            in_sight.add(number)

    def public(state: State) -> dict[int, Row]:
        return {n: r for n, r in state.items() if r.is_public and n in in_sight}

    for instant, state in ledger:
        for day in ASKED:
            told = office.told(as_of=as_text(instant), datetime=day)
            assert told == {ids[n]: r.kind for n, r in public(state).items() if r.holds(day)}
        told = office.told(as_of=as_text(instant), datetime="../..")
        assert told == {ids[n]: r.kind for n, r in public(state).items()}
    instant, state = ledger[len(ledger) // 2]
    body = office.get(TILE, as_of=as_text(instant), datetime=ASKED[3]).content
    layer = mapbox_vector_tile.decode(body).get(LAYER, {}) if body else {}
    assert {f["properties"]["id"] for f in layer.get("features", [])} == {
        ids[n] for n, r in public(state).items() if r.holds(ASKED[3])
    }
    _check_items(office, ids, ledger, in_sight)
    now = layer_now(office)
    assert {i: f["properties"]["kind"] for i, f in now.items()} == {
        ids[n]: r.kind for n, r in public(final).items()
    }
    for token, mirror in zip(tokens, mirrors, strict=True):
        events, _ = follow(office, token, limit=3)
        assert replay(dict(mirror), events) == now
    _check_diff(office, ledger)


def _check_items(
    office: Office, ids: list[str], ledger: list[tuple[datetime, State]], in_sight: set[int]
) -> None:
    for number, id_ in enumerate(ids):
        # one version a stretch of steps that said the same
        steps = [state.get(number) for _, state in ledger]
        told = [r for r, before in zip(steps[1:], steps, strict=False) if r and r != before]
        expected = [r for r in told if r.is_public] if number in in_sight else []
        answer = office.get(f"/items/{id_}/versions")
        if not expected:
            assert answer.status_code == 404
        else:
            listed = answer.json()["versions"]
            # deleted and written again within one Change is a version too
            assert len(listed) >= len(expected)
            assert {v["valid_from"] for v in listed} == {
                r.begins and r.begins.isoformat() for r in expected
            }
        was_public = False
        for instant, state in ledger:
            row = state.get(number)
            status = office.get(f"/items/{id_}", as_of=as_text(instant)).status_code
            if not expected:
                assert status == 404
            elif row is not None and row.is_public:
                assert status == 200
                was_public = True
            else:
                assert status == (410 if was_public else 404)


def _check_diff(office: Office, ledger: list[tuple[datetime, State]]) -> None:
    (first, _), (last, _) = ledger[0], ledger[-1]
    middle = ledger[len(ledger) // 2][0]
    for begin, end in ((first, last), (first, middle), (middle, last)):
        before, after = (
            {
                f["id"]: {
                    k: v for k, v in f["properties"].items() if k not in ("version", "updated_at")
                }
                for f in office.get(
                    "/items", as_of=as_text(t), datetime="../..", limit=1000
                ).json()["features"]
            }
            for t in (begin, end)
        )
        found = office.get("/diff", **{"from": as_text(begin), "to": as_text(end)}).json()
        told = {one["id"]: one["action"] for one in found["differences"]}
        assert told == {
            **dict.fromkeys(after.keys() - before.keys(), "added"),
            **dict.fromkeys(before.keys() - after.keys(), "removed"),
            **{i: "changed" for i in before.keys() & after.keys() if before[i] != after[i]},
        }
        for one in found["differences"]:
            if one["action"] == "changed":
                old, new = before[one["id"]], after[one["id"]]
                assert set(one["fields"]) == {k for k in new if old[k] != new[k]}
