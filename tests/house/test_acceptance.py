"""Every line of the acceptance list has a test that names it, and no test names another."""

from __future__ import annotations

from sitplan.promises import acceptance_lines, marked_in_tests

from .reading import CHECKOUT


def test_lines_are_numbered_without_a_gap() -> None:
    assert list(acceptance_lines(CHECKOUT)) == list(range(1, 65))


def test_marks_name_lines_that_are_there() -> None:
    lines, marked = acceptance_lines(CHECKOUT), marked_in_tests(CHECKOUT)
    strange = {n: files for n, files in marked.items() if n not in lines or lines[n][1]}
    assert not strange


def test_every_line_asked_for_now_has_a_test() -> None:
    lines, marked = acceptance_lines(CHECKOUT), marked_in_tests(CHECKOUT)
    bare = [n for n, (_, is_later) in lines.items() if not is_later and n not in marked]
    assert not bare, "mark the tests that hold these lines, or write them"
