"""Numbers, dates, codes, texts and headings in every manner that offices write them."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sitplan.intake.encoding import guess_encoding, python_name
from sitplan.intake.heading import find_heading
from sitplan.intake.numbers import parse_degrees, parse_metres, parse_numbers
from sitplan.intake.tally import Tally
from sitplan.intake.text import mend_text, normalise
from sitplan.intake.values import Column, code_of, convert
from sitplan.layer import Field
from sitplan.words import write_number

TITLE = {"es": "Campo", "en": "Field"}


def _convert(values: list[object], **field: object) -> tuple[list[object], list[str]]:
    tally = Tally()
    column = Column(Field(name="f", title=TITLE, **field), np.arange(1, len(values) + 1), tally)
    out = convert(pa.array(values), column).to_pylist()
    return out, [p.code for p in tally.report().problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("672.463,96", 672_463.96), ("5.406.688,28", 5_406_688.28), ("12", 12), ("-3,5", -3.5),
        ("1e3", 1000), ("1,234.5", 1234.5), ("1,234,567", 1_234_567), (" 7 ", 7), ("+2.5", 2.5),
        (".5", 0.5), ("1.234.567", 1_234_567),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float) -> None:
    """Decimal commas, thousands dots, English and scientific notation."""
    read = parse_numbers(pa.array([text]))
    assert not read.bad[0]
    assert read.values[0] == pytest.approx(value)


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2,3", "--5", "12abc", "5-3"])
def test_what_is_no_number(text: str) -> None:
    """Nothing is read into what is not written."""
    assert parse_numbers(pa.array([text])).bad[0]


def test_one_dot_is_read_as_the_column_shows() -> None:
    """``6.837`` is six and something, but not beside ``12,5`` or ``1.234.567``."""
    assert parse_numbers(pa.array(["6.837"])).values[0] == pytest.approx(6.837)
    for other in ("12,5", "1.234.567"):
        read = parse_numbers(pa.array(["6.837", other]))
        assert read.values[0] == 6837
        assert read.thousands[0]
    assert parse_metres(pa.array(["328.050"])).values[0] == 328_050


@given(st.floats(-1e9, 1e9).map(lambda v: round(v, 3)))
def test_numbers_are_read_back(value: float) -> None:
    """What is written in Chilean manner is read as it was."""
    text = write_number(value, "es")
    read = parse_numbers(pa.array([text, "0,5"]))
    assert read.values[0] == pytest.approx(value, rel=1e-9)


@given(st.floats(-89, 89), st.sampled_from(["NS", "EW"]))
def test_sexagesimals_are_read_back(value: float, sides: str) -> None:
    """Degrees, minutes and seconds with their side."""
    size = abs(value)
    degrees, minutes = int(size), int(size * 60) % 60
    seconds = (size * 3600) % 60
    text = f"{degrees}° {minutes}' {seconds:.4f}\" {sides[value < 0]}"
    if f"{seconds:.4f}" != "60.0000":
        assert parse_degrees(pa.array([text])).values[0] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["2024-01-31", "31/01/2024", "31-01-2024", "31.1.2024", "20240131", "31 de enero de 2024",
     "31-ene-2024", "2024/01/31", "2024-01-31T10:00:00Z", "31/01/2024 10:00"],
)  # fmt: skip
def test_dates(text: str) -> None:
    """Every usual way to write a day, the day before the month."""
    assert _convert([text], type="date") == ([date(2024, 1, 31)], [])


@pytest.mark.parametrize(
    ("text", "code"),
    [("ayer", "date_unreadable"), ("31/02/2024", "date_impossible"), ("02/28/2024", "date_order"),
     ("01/01/0001", "date_impossible")],
)  # fmt: skip
def test_wrong_dates(text: str, code: str) -> None:
    """What is no day is told for what it is."""
    assert _convert([text], type="date") == ([None], [code])


def test_excel_counts_days() -> None:
    """Serial numbers since 1900; years are not that."""
    assert _convert([45322.0], type="date") == ([date(2024, 1, 31)], ["excel_date"])
    assert _convert([2024.0], type="date") == ([None], ["date_unreadable"])


def test_instants_without_zone_are_of_the_territory() -> None:
    """Local time is the territory's; a zone that is said is kept."""
    tally = Tally()
    column = Column(
        Field(name="f", type="datetime", title=TITLE), np.arange(1, 3), tally,
        time_zone="America/Santiago",
    )  # fmt: skip
    found = convert(pa.array(["31/01/2024 10:00", "2024-01-31T10:00:00Z"]), column).to_pylist()
    assert [moment.hour for moment in found] == [13, 10]


@pytest.mark.parametrize(
    ("text", "value"),
    [("sí", True), ("SI", True), ("x", True), ("1", True), ("T", True), ("Verdadero", True),
     ("yes", True), ("no", False), ("0", False), ("F", False), ("falso", False)],
)  # fmt: skip
def test_yes_and_no(text: str, value: bool) -> None:
    """In both languages, as digits, letters or a cross."""
    assert _convert([text], type="boolean") == ([value], [])


CODES = {
    "parque": {"es": "Parque", "en": "Park"},
    "area_deportiva": {"es": "Área deportiva", "en": "Sports area"},
    "cesfam": {"es": "Centro de salud familiar (CESFAM)", "en": "Family health centre"},
}


@pytest.mark.parametrize(
    ("text", "code"),
    [("parque", "parque"), ("PARQUE", "parque"), ("Park", "parque"),
     ("AREA DEPORTIVA", "area_deportiva"), ("sports area", "area_deportiva"),
     ("Centro de Salud Familiar", "cesfam"), ("plaza", None), ("par", None)],
)  # fmt: skip
def test_codes_by_their_titles(text: str, code: str | None) -> None:
    """Codes or titles in either language, case and accents aside."""
    assert code_of(text, CODES) == code


def test_arrays() -> None:
    """Lists of the file, texts cut at the field's sign, JSON; each item by its title."""
    out, told = _convert(
        ["Parque; cesfam", '["parque"]', None, "parque;lago"], type="array", codes=CODES
    )
    assert out[:3] == [["parque", "cesfam"], ["parque"], None]
    assert told == ["not_in_list"]


def test_units() -> None:
    """Thousands of pesos are M$ in Chile; hectares are square metres."""
    assert _convert(["M$ 15", "$ 1.200", "7"], type="number", unit="CLP")[0] == [15_000, 1200, 7]
    assert _convert(["3,5 ha", "12 m²"], type="number", unit="m2")[0] == [35_000, 12]
    assert _convert(["3 litros", "1"], type="number", unit="m2") == ([None, 1], ["unit_unknown"])


@pytest.mark.parametrize(
    ("before", "after"),
    [("PeÃ±a", "Peña"), ("Cha¤aral", "Chañaral"), ("R¡o Ca¤ete", "Río Cañete"),
     ("O\x1aHIGGINS", "O HIGGINS"), ("  a   b ", "a b"), ("SAN\u00a0JUAN", "SAN JUAN"),
     ("null", None), ("Sin información", None), ("N/A", None), ("S/I", None), ("ÃƒÂ±", "ñ")],
)  # fmt: skip
def test_texts_are_mended(before: str, after: str | None) -> None:
    """Wrong decodings, invisible signs, blanks and words for nothing."""
    found, done = mend_text(pa.array(["intacto", before]))
    assert found.to_pylist() == ["intacto", after]
    assert [list(one.where) for one in done] == [[1]] * len(done)


@given(st.text(st.sampled_from("abcñÑáéíóúüÁÉÍÓÚÜ ¿¡°º-,.'()0123456789"), max_size=40))
def test_good_texts_are_left_alone(text: str) -> None:
    """Well written Spanish is never touched but for its blanks."""
    from sitplan.intake.text import single_blanks

    assume(not re.search("[A-Za-z]¡", text))  # nobody opens after a letter: "R¡o" is «Río»
    found, _ = mend_text(pa.array([text]), keeps_null_words=True)
    assert found[0].as_py() == (single_blanks(text) if text else text)


@given(st.sampled_from(["cp1252", "cp850", "utf-8"]), st.integers(0, 10_000))
def test_encodings_are_told(encoding: str, seed: int) -> None:
    """Names of streets and places in any order: the code page they were written in."""
    words = [
        "Peñón",
        "Ñuñoa",
        "Río Huasco",
        "Población",
        "Ángel",
        "Colón",
        "VIÑA",
        "JOSÉ MARÍA",
        "Güemes",
    ]
    chance = np.random.default_rng(seed)
    text = "\n".join(chance.choice(words, size=chance.integers(3, 30)))
    guess = guess_encoding(text.encode(encoding))
    assert text.encode(encoding).decode(guess.encoding) == text or not guess.is_sure
    assert guess.is_sure or encoding != "utf-8"


def test_encodings_that_cannot_be_told() -> None:
    """One odd sign is not enough to be sure, and the readings are shown."""
    guess = guess_encoding(b"Caf\x9a")
    assert not guess.is_sure
    assert dict(guess.samples)["CP850"] == "CafÜ"


@pytest.mark.parametrize(
    ("said", "name"),
    [("UTF-8", "utf-8"), ("65001", "utf-8"), ("ANSI 1252", "cp1252"), ("1252", "cp1252"),
     ("OEM 850", "cp850"), ("88591", "latin-1"), ("ISO-8859-1", "latin-1"), ("klingon", None)],
)  # fmt: skip
def test_names_of_encodings(said: str, name: str | None) -> None:
    """What a .cpg or a person may say."""
    assert python_name(said) == name


@pytest.mark.parametrize(
    ("rows", "names", "preface"),
    [
        ([["a", "b"], ["1", "2"]], ("a", "b"), 0),
        ([["TÍTULO", ""], ["a", "b"], ["1", "2"]], ("a", "b"), 1),
        ([["a", "COORD", ""], ["", "E", "N"], ["x", "1", "2"]], ("a", "E", "N"), 0),
        ([["a", "a", ""], ["1", "2", "3"]], ("a", "a_2", "columna_3"), 0),
        ([["nombre"], ["uno"]], ("nombre",), 0),
    ],
)
def test_headings(rows: list[list[str]], names: tuple[str, ...], preface: int) -> None:
    """Titles above and merged cells are passed over; names are never empty nor twice."""
    found = find_heading(rows)
    assert (found.names, found.preface) == (names, preface)


def test_names_are_compared_without_accents() -> None:
    """Accents, case and signs do not tell columns apart."""
    assert normalise("Año de Construcción (N°)") == normalise("ANO_DE_CONSTRUCCION n")
