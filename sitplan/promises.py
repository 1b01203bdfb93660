"""What SITPLAN promises, read from the tests that hold it: FEATURES.md. Asks only files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sitplan.dictionary import NOTE

_CLASS = re.compile(r"[a-z0-9-]+/\d+\.\d+/conf/[a-z0-9/-]+")


def features_page(root: Path) -> str:
    """The conformance classes that the API declares and the journeys, each with its tests.

    A class is ticked when a test of the API names it; a journey is one file of `tests/journeys/`.
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
    named = _named_in_tests(root)
    for one in declared_classes(root):
        proofs = ", ".join(f"`{path}`" for path in named.get(one, ()))
        draft = " (draft)" if "/0.0/" in one else ""
        told = f" — {proofs}" if proofs else ""
        lines.append(f"- [{'x' if proofs else ' '}] `{one}`{draft}{told}")
    lines += ["", "## Journeys", ""]
    for path in sorted((root / "tests" / "journeys").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines += [f"### {_first_line(tree) or _sentence(path.stem)}", ""]
        lines += [f"`{path.relative_to(root)}`", ""]
        lines += [f"- [x] {_first_line(test) or _sentence(test.name)}" for test in _tests(tree)]
        lines.append("")
    return "\n".join(lines).strip() + "\n"


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


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _first_line(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").split("\n")[0].rstrip(".")


def _sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]
