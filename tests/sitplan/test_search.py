"""Names are found, accents and capitals aside, the best first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg2 import sql as pgsql

from sitplan.catalogue import Catalogue
from sitplan.columns import holds_word, search_fields
from sitplan.db import Database
from sitplan.features import read_frame
from sitplan.meaning import _ALSO, kinds_meant
from sitplan.query import Moment, relation
from sitplan.search import Found, search


def _search(database: Database, catalogue: Catalogue, text: str, **more: Any) -> list[Found]:
    asked: dict[str, Any] = {"lang": "es", "limit": 10, "today": catalogue.territory.today()}
    return search(database, catalogue, text, **{**asked, **more})


@pytest.mark.acceptance(12, 16)
@pytest.mark.parametrize("turn", [str.upper, str.lower, lambda t: t.translate(_BARE)])
def test_a_name_is_found_however_it_is_written(
    seeded: Database, catalogue: Catalogue, turn: Any
) -> None:
    frame = read_frame(seeded, catalogue.layer("rural_localities"))
    for name in frame.name.head(8):
        best = _search(seeded, catalogue, turn(name))
        assert name in {one.title for one in best[:3]}, (name, best[:3])


_BARE = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")


def test_an_accent_of_ours_is_no_accent_of_theirs(fresh: Database, catalogue: Catalogue) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "UPDATE layers.critical_points SET name = 'Quebrada Peñaloza Ángel'"
            " WHERE code = (SELECT min(code) FROM layers.critical_points)"
        )
    for text in ("penaloza", "PEÑALOZA", "angel penaloza", "  peñaloza   quebrada "):
        assert _search(fresh, catalogue, text)[0].title == "Quebrada Peñaloza Ángel", text


@pytest.mark.acceptance(16)
def test_what_is_told_of_a_find(seeded: Database, catalogue: Catalogue) -> None:
    frame = read_frame(seeded, catalogue.layer("meeting_points"))
    one = next(
        f for f in _search(seeded, catalogue, frame.name.iloc[0]) if f.layer == "meeting_points"
    )
    assert one.point is not None and one.bbox is not None
    west, south, east, north = one.bbox
    assert west - 1e-6 <= one.point[0] <= east + 1e-6
    assert south - 1e-6 <= one.point[1] <= north + 1e-6
    assert one.id in set(frame.id)


def test_a_code_finds_its_initiative(seeded: Database, catalogue: Catalogue) -> None:
    frame = read_frame(seeded, catalogue.layer("initiatives"))
    code = frame.code[frame.code.str.contains("-E")].iloc[0]
    for text in (code, code.lower()):
        best = _search(seeded, catalogue, text)[0]
        assert (best.layer, best.code, best.point) == ("initiatives", code, None)
    english = _search(seeded, catalogue, code, lang="en")[0]
    assert english.detail and english.detail != best.detail


def test_a_street_is_found_once(seeded: Database, catalogue: Catalogue) -> None:
    frame = read_frame(seeded, catalogue.layer("roads"))
    name = frame.name.value_counts().index[0]
    assert (frame.name == name).sum() > 1
    found = [one for one in _search(seeded, catalogue, name, limit=50) if one.layer == "roads"]
    assert [one.title for one in found].count(name) == 1
    whole = frame[frame.name == name].to_crs(4326).total_bounds
    box = next(one.bbox for one in found if one.title == name)
    assert box is not None and box == pytest.approx(list(whole), abs=0.02)
    assert box[0] <= whole[0] and box[1] <= whole[1] and box[2] >= whole[2] and box[3] >= whole[3]


def test_a_misspelt_name_finds_what_is_like_it(seeded: Database, catalogue: Catalogue) -> None:
    name = "Hacienda Nicolasa"
    frame = read_frame(seeded, catalogue.layer("rural_localities"))
    name = max(frame.name, key=len)
    wrong = name[:-2] + name[-1] + name[-2]
    assert name in {one.title for one in _search(seeded, catalogue, wrong)}


@pytest.mark.acceptance(16)
@pytest.mark.parametrize(
    ("text", "layer", "kinds"),
    [
        ("punto de encuentro", "meeting_points", None),
        ("zonas seguras", "safe_zones", None),
        ("meeting point", "meeting_points", None),
        ("escuelas", "facilities", {"Escuela"}),
        ("cesfam", "facilities", {"Centro de salud familiar (CESFAM)"}),
        ("comisaría", "facilities", {"Carabineros"}),
        ("colegios", "facilities", {"Escuela", "Liceo"}),
        ("hospitales", "facilities", {"Hospital"}), ("comisarías", "facilities", {"Carabineros"}),
    ],
)  # fmt: skip
def test_what_somebody_needs_is_found_by_its_kind(
    seeded: Database, catalogue: Catalogue, text: str, layer: str, kinds: set[str] | None
) -> None:
    found = _search(seeded, catalogue, text, limit=100)
    frame = read_frame(seeded, catalogue.layer(layer))
    assert {one.layer for one in found} == {layer}
    if kinds is None:
        assert {one.id for one in found} == set(frame.id)
    else:
        titles = catalogue.layer(layer).field("kind").codes  # type: ignore[union-attr]
        meant = frame.kind.map(lambda code: titles[code]["es"]).isin(kinds)
        assert {one.id for one in found} == set(frame.id[meant])


def test_names_come_before_kinds_and_each_thing_once(
    seeded: Database, catalogue: Catalogue
) -> None:
    found = _search(seeded, catalogue, "carabineros", limit=50)
    assert "Carabineros" in found[0].title and found[0].layer == "initiatives"
    assert {one.detail for one in found[1:]} == {"Carabineros"}
    plazas = _search(seeded, catalogue, "plaza", limit=200)
    assert len({(one.layer, one.id) for one in plazas}) == len(plazas)
    assert plazas[0].title.startswith("Plaza") and "Plaza" not in plazas[-1].title
    assert all(not _search(seeded, catalogue, text, alike=False) for text in ("escuelas", "plasa"))


def test_of_those_named_alike_what_has_a_page_comes_first(
    seeded: Database, catalogue: Catalogue
) -> None:
    named = [one.layer for one in _search(seeded, catalogue, "Centro") if one.title == "Centro"]
    assert named == ["neighbourhoods", "project_locations"]
    named = [one.layer for one in _search(seeded, catalogue, "prat") if one.title == "Arturo Prat"]
    assert named == ["roads", "project_locations"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("plasa españa", "Plaza España"), ("varrio estasion", "Barrio Estación"),
     ("plaza ohiggins", "Plaza Ambrosio O'Higgins"), ("ospital", "Hospital Provincial del Huasco"),
     ("baqedano", "Baquedano"), ("quinta baye", "Quinta Valle")],
)  # fmt: skip
def test_a_name_is_found_as_it_sounds(
    seeded: Database, catalogue: Catalogue, text: str, name: str
) -> None:
    assert name in [one.title for one in _search(seeded, catalogue, text, limit=5)], text


@pytest.mark.parametrize(
    "text",
    ["", "  ", "%", "_", "\\", "'; DROP TABLE layers.roads; --", "%s", "{}", "a" * 5000, "[\x01"],
)  # fmt: skip
def test_strange_texts_find_nothing_and_break_nothing(
    seeded: Database, catalogue: Catalogue, text: str
) -> None:
    assert _search(seeded, catalogue, text) == []


@pytest.mark.acceptance(16)
def test_the_limit_holds_and_the_best_come_first(seeded: Database, catalogue: Catalogue) -> None:
    assert len(_search(seeded, catalogue, "a", limit=5)) == 5
    found = _search(seeded, catalogue, "plaza", limit=20)
    begins = [one.title.lower().startswith("plaza") for one in found]
    assert begins == sorted(begins, reverse=True) and begins[0]


def test_what_is_not_in_force_is_not_found(seeded: Database, catalogue: Catalogue) -> None:
    frame = read_frame(seeded, catalogue.layer("rural_localities"))
    assert _search(seeded, catalogue, frame.name.iloc[0])
    with_beginning = frame[frame.valid_from.notna()]
    if len(with_beginning):
        before = date(1600, 1, 1)
        found = _search(seeded, catalogue, with_beginning.name.iloc[0], today=before)
        assert with_beginning.id.iloc[0] not in {one.id for one in found}


def test_a_broken_layer_does_not_silence_the_others(fresh: Database, catalogue: Catalogue) -> None:
    with fresh.transaction() as cursor:
        cursor.execute("DROP VIEW published.zones")
    frame = read_frame(fresh, catalogue.layer("rural_localities"))
    assert _search(fresh, catalogue, frame.name.iloc[0])


@pytest.mark.acceptance(16)
def test_words_are_looked_for_in_their_index(seeded: Database, catalogue: Catalogue) -> None:
    """By themselves: with a day besides, the planner may think its index as good on few rows."""
    layer = catalogue.layer("roads")
    text = pgsql.SQL("SELECT f.id FROM {} WHERE {}").format(
        relation(layer, Moment(on="any")), holds_word(layer)
    )
    fields = search_fields(layer)

    def work(cursor: Any) -> str:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(b"EXPLAIN " + cursor.mogrify(text, ["%aconcagua%"] * len(fields)))
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
        return plan

    plan = seeded.read(work)
    assert all(f"roads_{name}_search" in plan for name in fields), plan


def test_every_word_of_daily_use_leads_to_a_kind(catalogue: Catalogue) -> None:
    """A title that is changed takes no word of daily use with it unseen."""
    lost = [
        (word, way)
        for word, ways in _ALSO.items()
        for way in ways
        if all(kinds_meant(layer, [way]) is None for layer in catalogue)
    ]
    assert len(_ALSO) > 5 and not lost
