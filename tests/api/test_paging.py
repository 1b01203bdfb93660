"""Sorted and unsorted walks over pages: complete, stable, bound to their question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import psycopg2
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.marks import Mark, read_mark, write_mark
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.errors import BadRequest
from sitplan.features import read_page
from sitplan.paging import Place, parse_sort, sortable_fields
from sitplan.query import FeatureQuery, Moment
from sitplan.settings import Settings

LAYERS = ("green_areas", "roads", "initiatives", "census_blocks")


def _link(page: dict[str, Any], rel: str) -> str | None:
    return next((x["href"] for x in page["links"] if x["rel"] == rel), None)


def _walk(address: str, params: dict[str, Any], rel: str = "next") -> list[list[dict[str, Any]]]:
    page = httpx.get(address, params=params, timeout=30).json()
    found = [page["features"]]
    while (following := _link(page, rel)) is not None:
        page = httpx.get(following, timeout=30).json()
        found.append(page["features"])
        assert len(found) < 400
    return found


def _flat(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [feature["id"] for page in pages for feature in page]


@pytest.mark.acceptance(14, 36)
@pytest.mark.parametrize("name", LAYERS)
def test_every_sortable_field_sorts_every_page(served: str, name: str) -> None:
    """Acceptance 14, 36: what is missing comes last, the id decides among equals."""
    here = f"{served}/api/collections/{name}"
    fields = httpx.get(f"{here}/sortables").json()["properties"]
    everything = _flat(_walk(f"{here}/items", {"limit": 10_000, "skip-geometry": "true"}))
    values = {
        f["id"]: f["properties"]
        for f in httpx.get(f"{here}/items", params={"limit": 10_000}).json()["features"]
    }
    for field, schema in fields.items():
        for sign in ("", "-"):
            pages = _walk(
                f"{here}/items",
                {"sortby": sign + field, "limit": max(7, len(everything) // 6),
                 "properties": field, "skip-geometry": "true"},
            )  # fmt: skip
            ids = _flat(pages)
            assert sorted(ids) == sorted(everything), (field, sign)
            found = [values[i][field] for i in ids]
            there = [v for v in found if v is not None]
            assert found == there + [None] * (len(found) - len(there)), (field, sign)
            if schema["type"] != "string" or schema.get("format"):
                assert there == sorted(there, reverse=bool(sign)), (field, sign)
            alike = [i for i, v in zip(ids, found, strict=True) if v is None]
            assert alike == sorted(alike), (field, sign)


@pytest.mark.acceptance(14, 36)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_keys_walk_as_the_database_sorts(
    seeded: Database, catalogue: Catalogue, data: st.DataObject
) -> None:
    """Acceptance 36: forwards and backwards, by any keys, against one ORDER BY of everything."""
    layer = catalogue.layer(data.draw(st.sampled_from(LAYERS)))
    names = [f.name for f in sortable_fields(layer)]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    text = ",".join(data.draw(st.sampled_from(("", "-", "+"))) + name for name in chosen)
    limit = data.draw(st.integers(5, 60))
    query = FeatureQuery(
        layer=layer,
        srid=catalogue.territory.storage_crs,
        moment=Moment(on="any"),
        sort=parse_sort(text, layer),
        names=("code",),
        has_geometry=False,
        limit=10_000,
    )
    from dataclasses import replace

    whole = [f["id"] for f in read_page(seeded, query).features][: limit * 6]
    walked: list[str] = []
    page = read_page(seeded, replace(query, limit=limit))
    assert page.preceding is None
    while True:
        walked += [f["id"] for f in page.features]
        if page.following is None or len(walked) >= len(whole):
            break
        page = read_page(seeded, replace(query, limit=limit, after=page.following))
    assert walked[: len(whole)] == whole
    back: list[str] = []
    while page.preceding is not None:
        page = read_page(seeded, replace(query, limit=limit, after=page.preceding))
        back = [f["id"] for f in page.features] + back
    assert back == walked[: len(back)] and (len(back) or len(walked) <= limit)


def test_the_way_back_is_the_way_forth(served: str) -> None:
    address = f"{served}/api/collections/green_areas/items"
    for params in ({"limit": 5}, {"limit": 5, "sortby": "-kind,name"}):
        page = httpx.get(address, params=params).json()
        forth = [page]
        while (following := _link(forth[-1], "next")) is not None:
            forth.append(httpx.get(following).json())
        assert _link(forth[0], "prev") is None and len(forth) > 3
        back = [forth[-1]]
        while (before := _link(back[-1], "prev")) is not None:
            back.append(httpx.get(before).json())
        assert [x["features"] for x in back] == [x["features"] for x in reversed(forth)]


@pytest.fixture
def names(fresh_settings: Settings) -> Iterator[psycopg2.extensions.connection]:
    link = psycopg2.connect(fresh_settings.database_url)
    yield link
    link.close()


@pytest.mark.acceptance(12)
def test_enye_comes_after_n_and_accents_among_equals(
    fresh_settings: Settings, names: psycopg2.extensions.connection, served_fresh: str
) -> None:
    """Acceptance 12."""
    wanted = ["Nube", "nube alta", "Núñez", "Nuño", "nuñoa", "Ñandú", "ñu", "Ñuñoa", "Oasis"]
    with names, names.cursor() as cursor:
        cursor.execute("SELECT id FROM layers.green_areas ORDER BY id LIMIT %s", [len(wanted)])
        for (identifier,), name in zip(cursor.fetchall(), reversed(wanted), strict=True):
            cursor.execute(
                "UPDATE layers.green_areas SET name = %s WHERE id = %s", [name, identifier]
            )
    pages = _walk(
        f"{served_fresh}/api/collections/green_areas/items",
        {"sortby": "name", "limit": 4, "properties": "name", "datetime": "../.."},
    )
    found = [f["properties"]["name"] for page in pages for f in page]
    assert [name for name in found if name in wanted] == wanted


@pytest.mark.acceptance(36)
@pytest.mark.parametrize("sortby", ["", "name", "-area_m2,code"])
def test_an_edit_in_between_neither_repeats_nor_drops(
    names: psycopg2.extensions.connection, served_fresh: str, sortby: str
) -> None:
    """Acceptance 36: features that were there all along come once, whatever happens to them."""
    address = f"{served_fresh}/api/collections/green_areas/items"
    params = {"limit": 6, "datetime": "../..", **({"sortby": sortby} if sortby else {})}
    before = set(_flat(_walk(address, params)))
    page = httpx.get(address, params=params).json()
    seen = [f["id"] for f in page["features"]]
    turn = 0
    while (following := _link(page, "next")) is not None:
        turn += 1
        with names, names.cursor() as cursor:  # all that were seen go behind, the others before
            cursor.execute(
                "UPDATE layers.green_areas SET name = CASE WHEN id = ANY (%s::uuid[])"
                " THEN 'zz' ELSE 'aa' END || %s",
                [seen, str(turn)],
            )
            cursor.execute(
                "INSERT INTO layers.green_areas (id, code, name, kind, valid_from, visibility,"
                " review_state, geom) SELECT %s, %s, 'mm', kind, valid_from, visibility,"
                " review_state, ST_Translate(geom, 30000, 0) FROM layers.green_areas LIMIT 1",
                [str(uuid4()), f"AV-T{turn:03}"],
            )
        page = httpx.get(following).json()
        seen += [f["id"] for f in page["features"]]
    assert turn > 2
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_mark_is_of_its_question(served: str) -> None:
    """Acceptance 36: a mark of another question, or changed, is 400."""
    address = f"{served}/api/collections/green_areas/items"
    page = httpx.get(address, params={"limit": 2, "sortby": "name"}).json()
    mark = parse_qs(urlsplit(_link(page, "next") or "").query)["after"][0]
    same = {"sortby": "name", "after": mark}
    assert httpx.get(address, params=same).status_code == 200
    assert httpx.get(address, params={**same, "limit": 9, "properties": "code"}).status_code == 200
    for other in (
        {"after": mark},
        {**same, "sortby": "-name"},
        {**same, "kind": "plaza"},
        {**same, "bbox": "-71,-29,-70,-28"},
        {**same, "datetime": "2020-01-01"},
        {**same, "offset": 3},
    ):
        answer = httpx.get(address, params=other)
        assert answer.status_code == 400, other
        assert answer.json()["code"] in ("wrong_token", "two_beginnings")
    elsewhere = f"{served}/api/collections/roads/items"
    assert httpx.get(elsewhere, params=same).json()["code"] == "wrong_token"


@pytest.mark.acceptance(36)
def test_no_letter_of_a_mark_can_be_changed(catalogue: Catalogue) -> None:
    layer = catalogue.layer("green_areas")
    keys = parse_sort("name,-valid_from", layer)
    mark = Mark(Place(("Plaza «Ñ»", date(2020, 2, 29)), uuid4()), date(2026, 11, 23), None)
    text = write_mark(layer, {"sortby": "name,-valid_from"}, mark)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert read_mark(layer, {"sortby": "name,-valid_from"}, text, keys) == mark
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(BadRequest):
            read_mark(layer, {"sortby": "name,-valid_from"}, changed, keys)
    with pytest.raises(BadRequest):
        read_mark(layer, {"sortby": "name"}, text, keys[:1])


@pytest.mark.acceptance(36)
@pytest.mark.parametrize("sortby", ["", "-name", "name,-valid_from"])
@pytest.mark.parametrize("has_box", [False, True])
def test_a_deep_page_is_planned_to_cost_what_the_first_does(
    seeded: Database, catalogue: Catalogue, sortby: str, has_box: bool
) -> None:
    layer = catalogue.layer("facilities")
    srid = catalogue.territory.storage_crs
    query = FeatureQuery(
        layer=layer,
        srid=srid,
        moment=Moment(on=date(2026, 1, 1)),
        sort=parse_sort(sortby, layer) if sortby else (),
        boxes=(shapely.box(0, 0, 900_000, 9_000_000),) if has_box else (),
        limit=3,
    )
    page = read_page(seeded, query)
    for _ in range(15):
        assert page.following is not None
        page = read_page(seeded, replace(query, after=page.following))
    deep = replace(query, after=page.following)

    def cost(one: FeatureQuery) -> Any:
        def explained(cursor: Any) -> Any:
            cursor.execute(b"EXPLAIN (FORMAT JSON) " + cursor.mogrify(*one.page()))
            return cursor.fetchone()[0][0]["Plan"]["Total Cost"]

        return seeded.read(explained)

    assert cost(deep) <= 1.3 * cost(query)


@pytest.mark.acceptance(36)
def test_a_walk_costs_the_same_at_any_depth(seeded: Database, catalogue: Catalogue) -> None:
    """Acceptance 36, by its structure: no OFFSET, and without a sort the index on ids."""
    layer = catalogue.layer("census_blocks")
    query = FeatureQuery(
        layer=layer,
        srid=catalogue.territory.storage_crs,
        moment=Moment(on=date(2026, 1, 1)),
        after=Place((), uuid4()),
        limit=10,
    )
    text, params = query.page()

    def explained(cursor: Any) -> str:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute(b"EXPLAIN " + cursor.mogrify(text, params))
            return "\n".join(row[0] for row in cursor.fetchall())
        finally:
            cursor.execute("RESET enable_seqscan")

    plan = seeded.read(explained)
    assert "Index Scan" in plan and "_pkey" in plan and "Sort" not in plan, plan
    assert "Index Cond: (id >" in plan, plan


@pytest.mark.parametrize(
    ("sortby", "code"),
    [("", "wrong_sort"), ("x", "wrong_sort"), ("name,name", "wrong_sort"), ("--name", "wrong_sort"),
     ("name,", "wrong_sort"), ("geom", "wrong_sort"), ("created_by", "wrong_sort"),
     ("notes", "wrong_sort"), ("code;DROP", "wrong_sort")],
)  # fmt: skip
def test_wrong_keys_are_told_with_the_right_ones(served: str, sortby: str, code: str) -> None:
    answer = httpx.get(
        f"{served}/api/collections/green_areas/items", params={"sortby": sortby, "lang": "en"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert "valid_from" in answer.json()["hint"] and "notes" not in answer.json()["hint"]


def test_offset_is_for_people(served: str) -> None:
    address = f"{served}/api/collections/green_areas/items"
    for more in ({}, {"sortby": "-name"}):
        all_ids = _flat(_walk(address, {"limit": 1000, **more}))
        page = httpx.get(address, params={"limit": 4, "offset": 5, **more}).json()
        assert [f["id"] for f in page["features"]] == all_ids[5:9]
        following = httpx.get(_link(page, "next") or "").json()
        assert [f["id"] for f in following["features"]] == all_ids[9:13]
        before = httpx.get(_link(page, "prev") or "").json()
        assert [f["id"] for f in before["features"]] == all_ids[1:5]
    for wrong in ("-1", "10001", "x", "1.5"):
        assert httpx.get(address, params={"offset": wrong}).status_code == 400
