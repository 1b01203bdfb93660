"""``python -m sitplan`` is the command line."""

from __future__ import annotations

import sys

from sitplan.cli import main

if __name__ == "__main__":
    sys.exit(main())
