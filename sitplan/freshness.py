"""Whether what was made from files is still what those files make: the web map's build.

Leans on the standard library alone, for the bootstrap.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
WEB = CHECKOUT / "api" / "web"
WEB_STAMP = WEB / "dist" / ".made-from"
"""Goes with the build: Vite empties `dist` first, so that a build by hand leaves no stamp."""


def digest(paths: Iterable[Path], *, extra: str = "") -> str:
    """One hash of the names and contents of all `paths`, which lie in the checkout."""
    whole = hashlib.sha256(extra.encode())
    for path in paths:
        whole.update(str(path.relative_to(CHECKOUT)).encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def is_stamped(stamp: Path, mark: str) -> bool:
    """Whether `stamp` holds `mark`."""
    try:
        return stamp.read_text(encoding="ascii") == mark
    except OSError:
        return False


def web_mark() -> str:
    """The hash of all that the web map's build is made from."""
    return digest(_web_sources())


def _web_sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "test"})
        yield from (Path(folder) / name for name in sorted(files))
