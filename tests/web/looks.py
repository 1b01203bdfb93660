"""What a picture of the map shows, counted in pixels."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import Page

Rgb = tuple[int, int, int]
PLAN_INK = (161, 44, 123)
"""Of pins and outlines of initiatives by day (`initiative` of the palette)."""
TINT = 3
"""Of 255: so far the relief takes level land from its colour; other grounds are further from it."""


def rgb_of(colour: str) -> Rgb:
    """A colour of the palette ("#F3EEE4") as a picture has it."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def near(found: Counter[Rgb], colour: Rgb) -> int:
    """How many pixels have a colour, or one that the relief may have made of it."""
    return sum(
        n
        for seen, n in found.items()
        if all(abs(a - b) <= TINT for a, b in zip(seen, colour, strict=True))
    )


def colours(png: bytes) -> Counter[tuple[int, int, int]]:
    """How many pixels of each colour an 8-bit RGB(A) picture without interlace has."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", png[16:29])
    assert depth == 8 and interlace == 0 and kind in (2, 6)
    step = 3 if kind == 2 else 4
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(packed)
    before = bytearray(width * step)
    found: Counter[tuple[int, int, int]] = Counter()
    for row in range(height):
        start = row * (width * step + 1)
        line = _unfiltered(
            raw[start], bytearray(raw[start + 1 : start + 1 + width * step]), before, step
        )
        found.update(
            zip(line[0::step], line[1::step], line[2::step], strict=True),
        )
        before = line
    return found


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """A row as it was before PNG's filter (PNG 1.2, section 6)."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            p = left + up - corner
            near = sorted(
                ((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))
            )
            guess = near[0][2]
        else:
            guess = 0
        line[i] = (line[i] + guess) & 255
    return line


def map_colours(page: Page) -> Counter[tuple[int, int, int]]:
    """The colours of the middle of the map, away from what floats over it."""
    box = page.locator(".map").bounding_box()
    assert box
    side = min(box["width"], box["height"], 640) / 2
    clip = {
        "x": box["x"] + box["width"] / 2 - side / 2,
        "y": box["y"] + box["height"] * 0.25,
        "width": side,
        "height": min(side, 200),
    }
    return colours(page.screenshot(clip=clip))


def is_drawn(page: Page, as_wished: Callable[[Counter[Rgb]], bool]) -> bool:
    """Whether the map comes to be drawn so; a busy machine takes its time."""
    for _ in range(75):
        if as_wished(map_colours(page)):
            return True
        page.wait_for_timeout(400)
    return False
