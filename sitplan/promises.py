"""What SITPLAN promises, read from the tests that hold it: FEATURES.md. Asks only files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sitplan.dictionary import NOTE

_CLASS = re.compile(r"[a-z0-9-]+/\d+\.\d+/conf/[a-z0-9/-]+")
_LINE = re.compile(r"^(\d+)\. (.+?)( \*later\*)?$", re.MULTILINE)


def features_page(root: Path) -> str:
    """The API's conformance classes and acceptance lines and the journeys, each with its tests.

    A class is told with the tests that name it and its result, a line is ticked when a test is
    marked with its number; a journey is one file of `tests/journeys/`.
    """
    lines = [
        NOTE,
        "",
        "# What SITPLAN does, and the tests that hold it",
        "",
        "Written from the tests by `sitplan render`: a line is here because a test is.",
        "",
        "## Conformance classes of the API",
        "",
    ]
    lines += _conformance(root)
    lines += ["", "## Acceptance of the API", ""]
    marked = marked_in_tests(root)
    for number, (sentence, is_later) in acceptance_lines(root).items():
        if is_later:
            continue
        proofs = ", ".join(f"`{path}`" for path in marked.get(number, ()))
        told = f" — {proofs}" if proofs else ""
        lines.append(f"- [{'x' if proofs else ' '}] {number}. {sentence}{told}")
    lines += ["", "## Journeys", ""]
    for path in sorted((root / "tests" / "journeys").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines += [f"### {_first_line(tree) or _sentence(path.stem)}", ""]
        lines += [f"`{path.relative_to(root)}`", ""]
        lines += [f"- [x] {_first_line(test) or _sentence(test.name)}" for test in _tests(tree)]
        lines.append("")
    return "\n".join(lines).strip() + "\n"


def _conformance(root: Path) -> list[str]:
    """The classes as a table, each with its tests and what the last `make conformance` said."""
    results = conformance_results(root)
    named = _named_in_tests(root)
    lines = [
        "What `make conformance` said when it was last run: of each class, and of the lists of",
        "checks by others' hands, over the demonstration and three layers of the whole world.",
        "",
        "| class | draft | tests | result |",
        "| --- | --- | --- | --- |",
    ]
    for one in declared_classes(root):
        proofs = ", ".join(f"`{path}`" for path in named.get(one, ()))
        told = results["classes"].get(one)
        result = f"{told['result']} {told['date']}" if told else "not run"
        lines.append(f"| `{one}` | {'draft' if '/0.0/' in one else ''} | {proofs} | {result} |")
    lines += ["", "| checks | passed | failed | skipped | on |", "| --- | --- | --- | --- | --- |"]
    for name, told in results["checks"].items():
        counts = " | ".join(str(told.get(key, "")) for key in ("passed", "failed", "skipped"))
        lines.append(f"| `{name}` | {counts} | {told['date']} |")
    return lines


def conformance_results(root: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """What the last run of `make conformance` wrote: of classes and of lists of checks."""
    path = root / "docs" / "conformance.json"
    empty: dict[str, dict[str, dict[str, Any]]] = {"classes": {}, "checks": {}}
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else empty


def declared_classes(root: Path) -> list[str]:
    """The conformance classes that the API's code names, as ``ogcapi-features-1/1.0/conf/core``."""
    found: set[str] = set()
    for path in sorted((root / "api").glob("*.py")):
        found |= {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _CLASS.fullmatch(node.value)
        }
    return sorted(found)


def _named_in_tests(root: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    places = [root / "tests" / room for room in ("api", "journeys")]
    for path in sorted(p for place in places for p in place.glob("test_*.py")):
        for one in sorted(set(_CLASS.findall(path.read_text(encoding="utf-8")))):
            found.setdefault(one, []).append(path.relative_to(root).as_posix())
    return found


def acceptance_lines(root: Path) -> dict[int, tuple[str, bool]]:
    """The lines of `docs/acceptance.md` by number: the sentence, and whether it is for later."""
    path = root / "docs" / "acceptance.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return {int(number): (told, bool(later)) for number, told, later in _LINE.findall(text)}


def marked_in_tests(root: Path) -> dict[int, list[str]]:
    """The tests' files that `pytest.mark.acceptance` binds to each line, by number."""
    found: dict[int, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.acceptance(" not in text:
            continue
        numbers = {
            argument.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.acceptance"
            for argument in node.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
        }
        for number in sorted(numbers):
            found.setdefault(number, []).append(path.relative_to(root).as_posix())
    return found


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _first_line(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").split("\n")[0].rstrip(".")


def _sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]
