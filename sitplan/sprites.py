"""What a sheet of the map's images must hold, and what it is drawn from. Asks only files."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sitplan.layer import Layer
from sitplan.style import style_layers

FAMILIES = ("hatch-", "arrow-", "pictogram-", "maki-")
"""Of images that styles name by themselves; a pin's name is put together from its feature."""
_MADE_OF = ("layers/palette.yaml", "api/web/src/images/*", "api/web/plugins/maki.ts")
_HOLDERS = ("icon-image", "fill-pattern", "line-pattern", "background-pattern")


def image_names(layers: Iterable[Layer]) -> list[str]:
    """The images that the layers' styles name, in order."""
    found: set[str] = set()
    for layer in layers:
        for part in style_layers(layer):
            for holder in ("layout", "paint"):
                told = part.get(holder) or {}
                for name in _HOLDERS:
                    found |= {text for text in _texts(told.get(name)) if text.startswith(FAMILIES)}
    return sorted(found)


def inputs_digest(root: Path) -> str:
    """Of all that the sheets are drawn from: when it changes, they are drawn anew."""
    digest = blake2b(digest_size=12)
    for pattern in _MADE_OF:
        for path in sorted(root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, list | tuple):
        return [text for one in node for text in _texts(one)]
    return []
