"""Generated files are fresh: `make render` would change nothing."""

from __future__ import annotations

from pathlib import Path

from sitplan.render import render

CHECKOUT = Path(__file__).resolve().parents[2]


def test_rendered_files_are_fresh() -> None:
    stale = render(CHECKOUT / "layers", check=True)
    told = [path.relative_to(CHECKOUT).as_posix() for path in stale]
    assert not told, f"run `make render`: {told}"
