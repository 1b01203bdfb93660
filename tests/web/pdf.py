"""As much of PDF as is needed to read a page back: its size, its words, where things lie on it."""

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


def _streams(pdf: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """The head and the unpacked body of each stream, by the number of its object."""
    found: dict[bytes, tuple[bytes, bytes]] = {}
    for match in _OBJECT.finditer(pdf):
        length = re.search(rb"/Length (\d+)", match[2])
        assert length
        body = pdf[match.end() : match.end() + int(length[1])]
        found[match[1]] = (match[2], zlib.decompress(body) if b"Flate" in match[2] else body)
    return found


def words(pdf: bytes) -> str:
    """What is written on the page, in the order of drawing (PDF 32000-1, 9.10.3)."""
    streams = _streams(pdf)
    letters: dict[bytes, dict[bytes, str]] = {}
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf):
        font = re.search(rb"(?:^|\n)" + number + rb" 0 obj(.*?)endobj", pdf, re.DOTALL)
        table = re.search(rb"/ToUnicode (\d+) 0 R", font[1]) if font else None
        if table:
            letters[name] = _letters(streams[table[1]][1])
    found: list[str] = []
    for _, body in streams.values():
        font_now: dict[bytes, str] = {}
        for font_name, code in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj", body):
            if font_name:
                font_now = letters.get(font_name, {})
                continue
            size = len(next(iter(font_now), b"00"))
            found += [
                font_now.get(code[n : n + size], "") for n in range(0, len(code), size)
            ]  # fmt: skip
    return " ".join("".join(found).split())


def _letters(table: bytes) -> dict[bytes, str]:
    """What each code of a font stands for."""
    found: dict[bytes, str] = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", part):
            found[code.upper()] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        ranges = re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", part)
        for first, last, text in ranges:
            for n in range(int(first, 16), int(last, 16) + 1):
                code = b"%0*X" % (len(first), n)
                found[code] = chr(int(text, 16) + n - int(first, 16))
    return found


_SQUARE = re.compile(rb"(\d+) (\d+) m\s(\d+) \2 l\s\3 (\d+) l\s\1 \4 l\s\1 \2 l\sh\s")


def squares(pdf: bytes) -> tuple[int, list[tuple[int, int]], float]:
    """The code of small squares: modules on a side, the dark ones, its side in millimetres."""
    for _, body in _streams(pdf).values():
        found = [tuple(map(int, one)) for one in _SQUARE.findall(body)]
        dark = [(x, y) for x, y, right, low in found if (right - x, low - y) == (1, 1)]
        if len(dark) > 100:
            start = _SQUARE.search(body)
            assert start
            before = body[: start.start()]
            scale = float(re.findall(rb"([\d.]+) 0 0 [\d.]+ [-\d.]+ [-\d.]+ cm", before)[-1])
            page = float(re.findall(rb"([\d.]+) 0 0 -[\d.]+ 0 [\d.]+ cm", before)[0])
            size = int(re.findall(rb"0 0 (\d+) \d+ re", before)[-1])
            return size, dark, size * scale * page * _MM
    raise AssertionError("no code of squares on the page")


def largest_picture(pdf: bytes) -> Picture:
    """The picture with the most pixels, and its size on the page."""
    streams = _streams(pdf)

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
