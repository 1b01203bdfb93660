"""Each state of `docs/states.md` is held by tests that are there."""

from __future__ import annotations

import re

from .reading import CHECKOUT

_ROW = re.compile(r"^\| (?!state |---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_ASKED = (
    "slow network", "offline", "empty result", "server error", "no position", "tiny screen",
    "huge screen", "right press", "back and forward", "two tabs", "old permalinks",
)  # fmt: skip


def test_every_state_is_held_by_tests_that_are_there() -> None:
    rows = _ROW.findall((CHECKOUT / "docs" / "states.md").read_text(encoding="utf-8"))
    names = " ".join(state for state, _, _ in rows)
    assert not [asked for asked in _ASKED if asked not in names]
    gone = []
    for state, _, held in rows:
        tests = re.findall(r"`(\S+?)::(\w+)`", held)
        assert tests, state
        for path, name in tests:
            file = CHECKOUT / "tests" / path
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
            if not re.search(rf"^def {name}\(", text, re.MULTILINE):
                gone.append(f"{state}: {path}::{name}")
    assert not gone
