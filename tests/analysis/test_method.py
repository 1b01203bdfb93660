"""What goes with every number is whole, and says what nobody has checked."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from sitplan.analysis.method import Input, Method, Parameter, input_of, note, parameters_of
from sitplan.analysis.profiles import PROFILES

BLOCKS = pd.DataFrame({"population": [10, None, 30, None], "year": [2017, 2017, 2024, None]})


def method() -> Method:
    return Method(
        "no_such_method",
        date(2026, 11, 27),
        (input_of("census_blocks", BLOCKS, source="INE", value="population", year="year"),),
        parameters_of({"D": 400, "T": 10}, units={"D": "m", "T": "min"}, verified=["T"]),
    )


def test_missing_values_and_the_latest_year_are_told() -> None:
    assert method().inputs == (Input("census_blocks", 4, "INE", 2024, 50.0),)
    assert input_of("census_blocks", BLOCKS, value="dwellings").missing_pct == 100
    assert input_of("census_blocks", BLOCKS.iloc[:0], value="population").missing_pct == 0
    assert input_of("census_blocks", BLOCKS).missing_pct is None


def test_the_frame_itself_may_say_its_source() -> None:
    frame = BLOCKS.copy()
    frame.attrs["source"] = "its own"
    assert input_of("a", frame).source == "its own"
    assert input_of("a", frame, source="told").source == "told"


def test_it_is_plain_values_in_both_languages() -> None:
    told = method().told("en")
    assert json.loads(json.dumps(told)) == told
    assert told["date"] == "2026-11-27"
    assert [p["verified"] for p in told["parameters"]] == [False, True]
    assert told["parameters"][0]["source"] == "chosen by whoever computes"
    assert method().told("es")["parameters"][0]["source"] == "elegido por quien calcula"


def test_a_source_in_its_own_words_stays_so() -> None:
    assert Parameter("T", 10, "min", "Plan Comunal, 2027", True).told()["source"] == (
        "Plan Comunal, 2027"
    )


def test_what_is_unverified_is_marked_where_people_read() -> None:
    lines = method().text("en").splitlines()
    assert lines[0] == "no_such_method · 2026-11-27"
    assert lines[1] == "census_blocks: 4 features, INE (2024); without data: 50 %"
    assert lines[2] == "· D: 400 m — chosen by whoever computes (unverified)"
    assert lines[3] == "· T: 10 min — chosen by whoever computes"
    assert [p.name for p in method().unverified] == ["D"]
    assert "(sin verificar)" in method().text()


def test_a_note_is_said_once_and_without_words_is_a_mistake() -> None:
    twice = method().with_notes(note("a", n=1)).with_notes(note("a", n=1), note("a", n=2))
    assert len(twice.notes) == 2
    with pytest.raises(KeyError):
        twice.text()


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        (None, "no se fija", "not set"),  # nor has it a unit
        (True, "sí m", "yes m"),
        (15.0, "15 m", "15 m"),
        (0.6, "0,6 m", "0.6 m"),
        (3000, "3000 m", "3000 m"),
        (20000.0, "20.000 m", "20,000 m"),
        ("people", "habitantes m", "people m"),
        (["plaza", "plazoleta"], "plaza, plazoleta m", "plaza, plazoleta m"),
        ([-70.5, 1], "-70,5; 1 m", "-70.5; 1 m"),
        ([], "nada m", "nothing m"),
        ({"city": 60, "health": 30.5}, "ciudad: 60; salud: 30,5 m", "city: 60; health: 30.5 m"),
    ],
)
def test_values_are_told_as_people_read_them(value: object, es: str, en: str) -> None:
    """No brackets, quotes or None of a programming language on a sheet for people."""
    told = Method("x", date(2026, 11, 27), parameters=(Parameter("D", value, "m"),))
    for lang, said in (("es", es), ("en", en)):
        line = told.text(lang).splitlines()[1].removeprefix("· D: ").split(" — ")[0]
        assert line == said


def test_who_walks_is_told_in_words() -> None:
    walker = PROFILES["reduced_mobility"]
    told = Method("x", date(2026, 11, 27), parameters=(Parameter("profile", walker.told()),))
    assert (
        "quién: movilidad reducida; metros por segundo en llano: 0,6; usa escaleras: no; "
        "pendiente máxima (%): 8; superficies que no toma: nada —"
    ) in told.text("es")


def test_a_fact_stands_in_its_sentence_as_people_write_it() -> None:
    told = note("relief", source="Dibujo, sin valor.", cell_m=12.5, covered_pct=98.0)
    assert told.told() == (
        "alturas de Dibujo, sin valor, celda de 12,5 m, en el 98 % de los metros de calles;"
        " el resto cuenta como plano"
    )
    assert "12.5 m" in told.told("en")
