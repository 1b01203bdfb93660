"""As much of PDF as is needed to hold a ruler to a page: its size, and where pictures lie on it."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_MM = 25.4 / 72
_OBJECT = re.compile(rb"(\d+) 0 obj\s*<<((?:(?!endobj).)*?)>>\s*stream\r?\n", re.DOTALL)
_TOKENS = re.compile(rb"[-+.\d]+|/?[A-Za-z]\w*\*?|\S")

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """Pixels (RGB rows without filter) and the millimetres that they take on the page."""

    width: int
    height: int
    rgb: bytes
    mm: tuple[float, float]

    def dark(self) -> tuple[int, int, int, int]:
        """West, north, east, south pixels of what is nearly black."""
        columns: list[int] = []
        rows: list[int] = []
        for y in range(self.height):
            row = self.rgb[y * self.width * 3 : (y + 1) * self.width * 3]
            if min(row) > 90:
                continue
            found = [x for x in range(self.width) if max(row[x * 3 : x * 3 + 3]) < 90]
            if found:
                rows.append(y)
                columns += (found[0], found[-1])
        return min(columns), min(rows), max(columns) + 1, max(rows) + 1


def page_mm(pdf: bytes) -> tuple[float, float]:
    """Width and height of its only page."""
    found = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(found) == 1, "one page"
    return float(found[0][0]) * _MM, float(found[0][1]) * _MM


def largest_picture(pdf: bytes) -> Picture:
    """The picture with the most pixels, and its size on the page."""
    streams: dict[bytes, tuple[bytes, bytes]] = {}
    for match in _OBJECT.finditer(pdf):
        length = re.search(rb"/Length (\d+)", match[2])
        assert length
        body = pdf[match.end() : match.end() + int(length[1])]
        streams[match[1]] = (match[2], zlib.decompress(body) if b"Flate" in match[2] else body)

    def size(name: bytes) -> tuple[int, int]:
        found = re.findall(rb"/(?:Width|Height) (\d+)", streams[name][0])
        return int(found[-2]), int(found[-1])

    pictures = [n for n, (head, _) in streams.items() if b"/Subtype /Image" in head]
    name = max(pictures, key=lambda n: size(n)[0] * size(n)[1])
    width, height = size(name)
    rgb = streams[name][1]
    assert len(rgb) == width * height * 3
    alias = re.search(rb"/(X\w+) " + name + rb" 0 R", pdf)
    assert alias
    drawn = next(body for _, body in streams.values() if b"/" + alias[1] + b" Do" in body)
    return Picture(width, height, rgb, _placed(drawn, alias[1]))


def _placed(stream: bytes, name: bytes) -> tuple[float, float]:
    """Millimetres of the unit square where `name` is drawn (PDF 32000-1, 8.3.4 and 8.4.4)."""
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    kept: list[Matrix] = []
    numbers: list[float] = []
    before = b""
    for token in _TOKENS.findall(stream):
        if re.fullmatch(rb"[-+]?(\d+\.?\d*|\.\d+)", token):
            numbers.append(float(token))
            continue
        if token == b"q":
            kept.append(matrix)
        elif token == b"Q":
            matrix = kept.pop()
        elif token == b"cm":
            matrix = _times(numbers[-6:], matrix)
        elif token == b"Do" and before == b"/" + name:
            assert abs(matrix[1]) < 1e-6 and abs(matrix[2]) < 1e-6
            return abs(matrix[0]) * _MM, abs(matrix[3]) * _MM
        before = token
        numbers = []
    raise AssertionError(f"{name!r} is nowhere drawn")


def _times(by: list[float], to: Matrix) -> Matrix:
    a, b, c, d, e, f = by
    g, h, i, j, k, m = to
    return (
        *(a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j),
        *(e * g + f * i + k, e * h + f * j + m),
    )
