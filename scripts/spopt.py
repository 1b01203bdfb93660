"""Makes the environment of spopt, whose maximal covering ours is held against: `.venv/spopt`.

    python3 -m scripts.spopt

It brings twenty packages, scikit-learn and matplotlib among them.
"""

from __future__ import annotations

from scripts import apart

HOME = apart.VENV / "spopt"
PYTHON = apart.python(HOME)
SPOPT, PULP = "0.7.0", "3.3.2"


def is_ready() -> bool:
    """Whether all of it is there."""
    return apart.holds(HOME, f"spopt-{SPOPT}.dist-info", f"pulp-{PULP}.dist-info")


def main() -> int:
    """Install what lacks; 0 in any case, with a word where it could not be."""
    if not is_ready():
        apart.carry_out("spopt", apart.installing(HOME, f"spopt=={SPOPT}", f"PuLP=={PULP}"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
