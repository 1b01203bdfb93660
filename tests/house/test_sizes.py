"""Files are read in one sitting."""

from __future__ import annotations

from .reading import CHECKOUT, tracked

LONGEST = 400
"""Near 400 lines we look for the second idea hiding inside."""
CODE = ("*.py", "*.ts", "*.svelte", "*.sql", "*.css")
GENERATED = ("layers/*/table.sql", "sitplan/leaflet/leaflet.css", "api/web/src/types.gen.ts")


def test_no_file_is_longer_than_one_sitting() -> None:
    spared = {p for pattern in GENERATED for p in CHECKOUT.glob(pattern)}
    long = {
        path.relative_to(CHECKOUT).as_posix(): count
        for path in tracked(*CODE)
        if path not in spared
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_seeds_are_small() -> None:
    large = [p for p in tracked("layers/*/seed.*") if p.stat().st_size > 2**20]
    assert not large
