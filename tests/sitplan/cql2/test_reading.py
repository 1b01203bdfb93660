"""A filter's text: its pieces, its escapes, where it is wrong, and how much is too much."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitplan.cql2.reading import read_tree
from sitplan.errors import BadRequest


def wrong(text: str, lang: Any = "cql2-text") -> BadRequest:
    started = time.perf_counter()
    with pytest.raises(BadRequest) as caught:
        read_tree(text, lang)
    assert time.perf_counter() - started < 0.5
    assert caught.value.message("es") and caught.value.hint("en")
    return caught.value


def equal(name: str, value: Any) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": name}, value]}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("((((a=1))))", equal("a", 1)),
        ("_a = 1", equal("_a", 1)),
        ("línea = 'ñ'", equal("línea", "ñ")),
        ('"LÍNEA-1 ""ñ""" = 1', equal('LÍNEA-1 "ñ"', 1)),
        ("a = 'it''s'", equal("a", "it's")),
        ("a = 'it\\'s'", equal("a", "it's")),
        ("a = 'b\\\\c'", equal("a", "b\\c")),
        ("a = '\\t\\n(\\%'", equal("a", "\t\n(\\%")),
        ("a = ')('", equal("a", ")(")),
        ("( - (5)) = a", {"op": "=", "args": [{"op": "*", "args": [-1, 5]}, {"property": "a"}]}),
        (
            "((a=1 AND b=2) AND (c=3))",
            {"op": "and", "args": [equal("a", 1), equal("b", 2), equal("c", 3)]},
        ),
        (
            "NOT (a=1) OR (b=2)",
            {"op": "or", "args": [{"op": "not", "args": [equal("a", 1)]}, equal("b", 2)]},
        ),
        ("a = .5", equal("a", 0.5)),
        ("a IN ((1), 2)", {"op": "in", "args": [{"property": "a"}, [1, 2]]}),
    ],
)
def test_text_and_json_are_one_tree(text: str, tree: Any) -> None:
    assert read_tree(text, "cql2-text") == tree
    if "- (5)" not in text:
        assert read_tree(json.dumps(tree), "cql2-json") == tree


def test_shapes_are_left_whole() -> None:
    for shape in (
        "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
        "POLYGON Z ((0 0 1,1 0 1,1 1 1,0 0 1))",
        "MULTIPOINT((1 2),(3 4))",
        "GEOMETRYCOLLECTION(POINT(1 2),MULTILINESTRING((0 0,1 1)))",
    ):
        tree = read_tree(f"(S_INTERSECTS((geom), {shape}))", "cql2-text")
        assert tree["args"][0] == {"property": "geom"} and "type" in tree["args"][1]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("a = ", 1, 5),
        ("(a = 1", 1, 7),
        ("a = 1)", 1, 6),
        ("a = 'x", 1, 5),
        ("a = (b = ) and c", 1, 10),
        ("(\n a = 1 and\n (b = = 2))", 3, 7),
        ("name = 'it\\'s' AND = 2", 1, 20),
        ("a = 1;", 1, 6),
        ("a = \0", 1, 5),
    ],
)
def test_the_place_of_the_fault_is_told(text: str, line: int, column: int) -> None:
    error = wrong(text)
    assert error.code == "cql2_wrong_text"
    assert (error.facts["line"], error.facts["column"]) == (line, column)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"op": "="', "1:11"),
        ('{"op": "="}', "/"),
        ('{"op":"and","args":[true,{"op":"=","args":[{"prop":"a"},1]}]}', "/args/1/args/0"),
        ('{"op":"in","args":[1,[{"op":3}]]}', "/args/1/0"),
        ('{"casei":"x"}', "/"),
    ],
)
def test_the_place_of_the_fault_is_told_in_json(text: str, place: str) -> None:
    error = wrong(text, "cql2-json")
    assert (error.code, error.facts["place"]) == ("cql2_wrong_json", place)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000 + "a=1" + ")" * 1000 + " " * 100_000,
        "(" * 60 + "a=" + ")" * 60,
        "(" * 60 + "a",
        "not (" * 150 + "a=1" + ")" * 150,
        "not " * 5000 + "a=1",
        "a=1 and " * 20_000 + "a=1",
        "a=" + "1+" * 5000 + "1",
        "a=" + "-" * 5000 + "1",
        "casei(" * 2000 + "a" + ")" * 2000 + "='x'",
        "a in (" * 60 + "a=" + ")" * 60,
        "a=" + "(1," * 60 + "2" + ")" * 60,
        "s_intersects(geom," + "GEOMETRYCOLLECTION(" * 500 + "POINT(1 2)" + ")" * 501,
        "'" * 99_999,
        '"' * 99_999,
        "x" * 300_000,
        "\\" * 1000,
    ],
    ids=lambda text: f"{text[:12]}…{len(text)}",
)
def test_too_much_is_refused_quickly(text: str) -> None:
    assert wrong(text).code.startswith("cql2_")


def test_too_much_json_is_refused_quickly() -> None:
    for inner in ("true", '{"foo":1}'):
        for depth in (60, 200, 1000, 20_000):
            text = '{"op":"not","args":[' * depth + inner + "]}" * depth
            assert wrong(text, "cql2-json").code.startswith("cql2_")
    assert wrong("[" * 100_000, "cql2-json").code.startswith("cql2_")


def test_long_and_deep_filters_of_good_will_are_read() -> None:
    chain = "(" * 150 + "a=1" + " AND b=2)" * 150  # as QGIS writes it
    assert len(read_tree(chain, "cql2-text")["args"]) == 151
    polygon = ",".join(f"{-70 - n / 1e5:.5f} {-28 - n * n % 97 / 1e5:.5f}" for n in range(3000))
    assert len(polygon) > 50_000
    assert read_tree(f"S_INTERSECTS(geom,POLYGON(({polygon})))", "cql2-text")
    many = ", ".join(f"'GA-{n:04}'" for n in range(5000))
    assert len(read_tree(f"code IN ({many})", "cql2-text")["args"][1]) == 5000
    nested = "casei(accenti(casei(accenti(a)))) = 'x'"
    assert read_tree(nested, "cql2-text")["op"] == "="


WORDS = (
    "(", ")", ",", "and", "or", "not", "in", "like", "between", "is", "null", "=", "<>", "<", "+",
    "-", "*", "/", "^", "%", "div", "1", "2.5", "'x'", "'", '"', "a", '"b"', "casei", "geom",
    "s_intersects", "BBOX", "POINT", "POLYGON", "MULTIPOINT", "t_after", "interval", "date",
    "'2020-01-01'", "..", "\\", "ñ", "_", "[", "{", "}", ":", ".", ";", "\n", "\t", "true", "é",
    "日", "0", "0 0,1 1", "EMPTY", "Z",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=60), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused(words: list[str], glue: str) -> None:
    try:
        read_tree(glue.join(words), "cql2-text")
    except BadRequest as error:
        assert error.code.startswith("cql2_")


@given(st.text(max_size=200))
def test_any_characters_are_read_or_refused(text: str) -> None:
    for lang in ("cql2-text", "cql2-json"):
        try:
            read_tree(text, lang)  # type: ignore[arg-type]
        except BadRequest as error:
            assert error.code.startswith("cql2_")
