"""An outside provider's tiles that an office may put beneath its layers, as settings name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sitplan.errors import BadRequest

ZOOMS: Final = "0-19"
_DEEPEST = 22
_LONGEST = 500
_LONGEST_ATTRIBUTION = 200
# What a content security policy can name (CSP 3, host-source): no literal of IPv6.
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PLAIN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Raster tiles of a provider in the usual scheme of the web (XYZ), 256 pixels wide.

    Parameters
    ----------
    tiles
        Their address with ``{z}``, ``{x}`` and ``{y}``.
    attribution
        Whose they are, as the provider wants it said; an address at its end is linked.
    zooms
        The first and the last that the provider has.
    """

    tiles: str
    attribution: str
    zooms: tuple[int, int]

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a page's policy opens, and nothing else."""
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    def as_dict(self) -> dict[str, Any]:
        """As the web map is told it."""
        return {
            "tiles": self.tiles,
            "attribution": self.attribution,
            "minzoom": self.zooms[0],
            "maxzoom": self.zooms[1],
        }


def base_map_of(tiles: str | None, attribution: str | None, zooms: str) -> BaseMap | None:
    """The provider that three settings name; None for none.

    Raises
    ------
    BadRequest
        ``wrong_base_map`` for an address that is no template of tiles, ``base_map_unattributed``
        where nobody says whose they are, ``wrong_setting`` for zooms.
    """
    if tiles is None:
        return None
    if not _is_template(tiles):
        raise BadRequest("wrong_base_map", value=tiles[:_LONGEST])
    told = " ".join((attribution or "").split())
    if not told or len(told) > _LONGEST_ATTRIBUTION:
        raise BadRequest("base_map_unattributed", longest=_LONGEST_ATTRIBUTION)
    return BaseMap(tiles, told, _zooms(zooms))


def _is_template(text: str) -> bool:
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    bare = text
    for name in ("{z}", "{x}", "{y}"):
        if text.count(name) != 1 or name in parts.netloc or name in parts.fragment:
            return False
        bare = bare.replace(name, "")
    return (
        parts.scheme in ("http", "https")
        and not set("{}<>\"'\\") & set(bare)
        and "@" not in parts.netloc
        and port != 0
        and bool(_HOST.fullmatch((parts.hostname or "").lower()))
    )


def _zooms(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if all(one.isascii() and one.isdigit() and len(one) < 3 for one in (first, last)):
        found = int(first), int(last)
        if found[0] <= found[1] <= _DEEPEST:
            return found
    raise BadRequest(
        "wrong_setting", name="SITPLAN_BASE_MAP_ZOOMS", value=text[:60], expected=f"0-{_DEEPEST}"
    )
