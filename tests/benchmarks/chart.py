"""Growth as a picture: lines on two logarithmic scales, written as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Series = Mapping[str, Sequence[tuple[float, float]]]
WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 50
# told apart by colour-blind eyes (Okabe and Ito), and by the marks
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKS = ("●", "■", "▲", "◆", "▼", "✚")


def draw(title: str, series: Series, *, x: str, y: str) -> str:
    """An SVG of all series; each has points (x, y) above zero.

    The names stand beside the lines' ends, so that no key is needed; those too near to each
    other are moved apart.
    """
    points = [p for one in series.values() for p in one]
    low_x, high_x = min(p[0] for p in points), max(p[0] for p in points)
    low = 10 ** floor(log10(min(p[1] for p in points)))
    high = 10 ** ceil(log10(max(p[1] for p in points)))
    if high == low:
        high *= 10

    def at(px: float, py: float) -> tuple[float, float]:
        across = (log10(px) - log10(low_x)) / ((log10(high_x) - log10(low_x)) or 1)
        up = (log10(py) - log10(low)) / (log10(high) - log10(low))
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    decade = low
    while decade <= high * 1.001:
        _, height = at(low_x, decade)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"'
            f' stroke="#ddd"/><text x="{LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">'
            f"{decade:,.10g}</text>"
        )
        decade *= 10
    for value in sorted({p[0] for p in points}):
        across, _ = at(value, low)
        parts.append(
            f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f"{value:,.0f}</text>"
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{escape(x)}</text>"
        f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(y)}</text>"
    )
    ends = []
    for nth, (name, line) in enumerate(series.items()):
        colour, mark = COLOURS[nth % len(COLOURS)], MARKS[nth % len(MARKS)]
        there = [at(*point) for point in line]
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
            + " ".join(f"{a:.1f},{b:.1f}" for a, b in there)
            + '"/>'
        )
        parts += [
            f'<text x="{a:.1f}" y="{b + 4:.1f}" fill="{colour}" text-anchor="middle">{mark}</text>'
            for a, b in there
        ]
        ends.append((there[-1][1], f"{mark} {name}: {_plain(line[-1][1])}", colour))
    last = float("-inf")
    for height, name, colour in sorted(ends):
        last = max(height, last + 15)
        parts.append(
            f'<text x="{WIDTH - RIGHT + 12}" y="{last + 4:.1f}" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
