"""What the words of an address may mean, without knowing any street."""

from __future__ import annotations

import pytest

from sitplan.addresses import Numbered, Pair, bare, fold, numbered, pairs, words_of


@pytest.mark.parametrize(
    "text",
    [
        "Prat con Brasil", "Prat / Brasil", "Prat/Brasil", "Prat y Brasil", "Prat & Brasil",
        "Prat esquina Brasil", "Prat esq. Brasil", "Prat esq Brasil", "esquina de Prat con Brasil",
        "Esquina Prat y Brasil", "Prat con esquina Brasil", "cruce de Prat con Brasil",
        "Prat and Brasil", "corner of Prat and Brasil", "intersección de Prat y Brasil",
        "Prat con Brasil, Ciudad",
    ],
)  # fmt: skip
def test_two_streets(text: str) -> None:
    assert Pair("Prat", "Brasil") in pairs(text)


def test_a_street_whose_other_is_not_said() -> None:
    assert pairs("Prat con") == (Pair("Prat", ""),) == pairs("Prat con ") == pairs("Prat /")


def test_names_that_hold_such_words_are_read_both_ways() -> None:
    assert Pair("Diego de Almagro", "Fuerza y Luz") in pairs("Diego de Almagro con Fuerza y Luz")
    assert pairs("Conay") == () == pairs("Esquina") == pairs("Prat")


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("Prat 1234", "Prat", "1234"), ("Prat N° 1234", "Prat", "1234"),
        ("Prat nº1234", "Prat", "1234"),
        ("Prat #12", "Prat", "12"), ("Prat 1234, depto 5", "Prat", "1234"),
        ("Prat, 77", "Prat", "77"),
        ("21 de Mayo 455", "21 de Mayo", "455"), ("Prat 220 B", "Prat", "220 B"),
        ("calle Prat núm. 8", "calle Prat", "8"), ("Prat número 8", "Prat", "8"),
    ],
)  # fmt: skip
def test_a_number(text: str, street: str, number: str) -> None:
    assert numbered(text) == Numbered(street, number)


def test_no_number() -> None:
    for text in ("Prat", "21 de Mayo", "Juan XXIII", "", "1234", "Prat 123456"):
        assert numbered(text) is None, text


def test_words() -> None:
    for mark in "'’´`":
        assert fold(f"  Ñuble, O{mark}HIGGINS ") == "nuble ohiggins", mark
    assert words_of("Avda. Gral. Peña") == ("avenida", "general", "pena")
    assert bare(words_of("Avenida de la Paz")) == ("paz",) and bare(("avenida",)) == ("avenida",)
