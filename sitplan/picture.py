"""A picture of a place for whoever shares its page: streets, water, green, the place itself. Pure.

SVG of 1200 × 630, from frames in the storage CRS; `api` makes it PNG.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH, HEIGHT, STRIP = 1200, 630, 168
"""The strip below has the words."""
LAYERS: Final = ("water_bodies", "wetlands", "green_areas", "waterways", "roads")
"""What is drawn under the place, where the territory has it."""
_LEAST_M, _ROOM = 900.0, 1.35
_MOST_BYTES: Final = 1_500_000
_WIDE: Final = {
    **dict.fromkeys(("motorway", "trunk"), (7.0, "motorway", 0)),
    **dict.fromkeys(("primary", "secondary"), (6.0, "primary", 1)),
    "tertiary": (5.0, "secondary", 2),
    **dict.fromkeys(("path", "footway", "steps", "track", "cycleway"), (1.4, "path", 4)),
}
"""Width, ink and rank of a class of roads; what is not named is a street."""
_STREET: Final = (3.4, "residential", 3)


def svg(
    frames: Mapping[str, gpd.GeoDataFrame],
    shape: Any,
    *,
    bounds: tuple[float, float, float, float],
    title: str,
    under: str,
    foot: str,
    inks: Mapping[str, str],
) -> str:
    """The picture as SVG.

    Parameters
    ----------
    frames
        By the names of `LAYERS`.
    shape
        Of the place, None where it has none: then all within `bounds` is shown.
    bounds
        Of what is shown without a shape, in the frames' CRS.
    title, under, foot
        The words: what it is called, what it is, whose data these are.
    inks
        Colours by the names of the palette.
    """
    import shapely

    west, south, east, north = shape.bounds if shape is not None else bounds
    high = HEIGHT - STRIP
    metres = max((east - west) / WIDTH, (north - south) / high) * _ROOM
    metres = max(metres, _LEAST_M / WIDTH)
    x0 = (west + east) / 2 - metres * WIDTH / 2
    y0 = (south + north) / 2 + metres * high / 2
    window = (x0, y0 - metres * high, x0 + metres * WIDTH, y0)
    left = _MOST_BYTES
    parts: list[str] = []

    def paths(shapes: Any, style: str) -> None:
        nonlocal left
        cut = shapely.clip_by_rect(shapes, *window)
        cut = shapely.simplify(cut[~shapely.is_empty(cut)], metres * 0.4)
        text = "".join(_path(one, x0, y0, metres) for one in cut)
        if text and len(text) < left:  # what is too much is left out, the place itself never
            left -= len(text)
            parts.append(f'<path d="{text}" {style}/>')

    for name, ink, line in (
        ("water_bodies", "water", "none"), ("wetlands", "wetland", "none"),
        ("green_areas", "green", inks["green_line"]),
    ):  # fmt: skip
        if len(frames.get(name, ())):
            paths(_geometry(frames[name]), f'fill="{inks[ink]}" stroke="{line}"')
    if len(frames.get("waterways", ())):
        paths(_geometry(frames["waterways"]), f'fill="none" stroke="{inks["river"]}" '
              'stroke-width="3" stroke-linecap="round" stroke-linejoin="round"')  # fmt: skip
    if len(frames.get("roads", ())):
        _roads(frames["roads"], paths, inks, grow=min(max(2.2 / metres, 0.45), 2.6))
    place = "" if shape is None else _mark(shape, x0, y0, metres, inks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Atkinson Hyperlegible Next">'
        f'<rect width="{WIDTH}" height="{high}" fill="{inks["land"]}"/>'
        f"{''.join(parts)}{place}"
        f'<rect y="{high}" width="{WIDTH}" height="{STRIP}" fill="{inks["ink_ground"]}"/>'
        f'<rect y="{high}" width="{WIDTH}" height="6" fill="{inks["accent"]}"/>'
        f"{_words(title, high + 72, 52, inks['text'], bold=True)}"
        f"{_words(under, high + 114, 28, inks['text_2'])}"
        f"{_words(foot, high + 148, 22, inks['text_2'])}</svg>"
    )


FIRST: Final = (1600, 1100)
"""Pixels of the first map, at the zoom that the map opens with."""
_FIRST_MOST: Final = 24_000
_FIRST_WIDE: Final = {
    **dict.fromkeys(("motorway", "trunk"), ("motorway", 4.4, 3.2)),
    "primary": ("primary", 3.6, 2.4),
    **dict.fromkeys(("secondary", "tertiary", "unclassified"), ("secondary", 2.6, 1.7)),
    **dict.fromkeys(("residential", "living_street", "pedestrian"), ("residential", 1.2, 0.8)),
}


def first(
    frames: Mapping[str, gpd.GeoDataFrame],
    *,
    centre: tuple[float, float],
    metres: float,
    inks: Mapping[str, str],
) -> str:
    """The town as the map opens, without words: SVG light enough for the slowest line.

    Parameters
    ----------
    frames
        By the names of `LAYERS`, in metres.
    centre
        Of the picture, in the frames' CRS.
    metres
        In a pixel.
    inks
        Colours by the names of the palette. What lies under is left to the page.
    """
    wide, high = FIRST
    x0, y0 = centre[0] - metres * wide / 2, centre[1] + metres * high / 2
    window = (x0, y0 - metres * high, x0 + metres * wide, y0)
    areas = {"water_bodies": "water", "wetlands": "wetland", "green_areas": "green"}
    parts = [
        f'<path d="{_light(frames[name], window, metres)}" fill="{inks[ink]}"/>'
        for name, ink in areas.items()
        if len(frames.get(name, ()))
    ]
    line = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    if len(frames.get("waterways", ())):
        river = _light(frames["waterways"], window, metres)
        parts.append(f'<path d="{river}" {line} stroke="{inks["river"]}" stroke-width="2"/>')
    casings: list[str] = []
    fills: list[str] = []
    if len(frames.get("roads", ())):
        roads, left = frames["roads"], _FIRST_MOST
        for ink, casing, fill in dict.fromkeys(_FIRST_WIDE.values()):
            names = [one for one, look in _FIRST_WIDE.items() if look[0] == ink]
            path = _light(roads[roads["class"].isin(names)], window, metres)
            if not path or len(path) > left:  # the lesser streets are left out first
                continue
            left -= len(path)
            for into, colour, width in ((casings, f"{ink}_casing", casing), (fills, ink, fill)):
                into.append(f'<path d="{path}" stroke="{inks[colour]}" stroke-width="{width}"/>')
    # the lesser below
    streets = "".join([*reversed(casings), *reversed(fills)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}">{"".join(parts)}<g {line}>{streets}</g></svg>'
    )


def _light(frame: gpd.GeoDataFrame, window: tuple[float, ...], metres: float) -> str:
    """Shapes as whole pixels, each step from the one before."""
    import numpy as np
    import shapely

    cut = shapely.clip_by_rect(_geometry(frame), *window)
    cut = shapely.simplify(cut[~shapely.is_empty(cut)], metres * 0.6)
    found = []
    for part in shapely.get_parts(cut):
        ring = part.exterior if part.geom_type == "Polygon" else part
        xy = shapely.get_coordinates(ring)
        pixels = np.rint((xy - (window[0], window[3])) / (metres, -metres)).astype(int)
        steps = np.diff(pixels, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        if len(steps):
            x, y = pixels[0]
            found.append(f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in steps))
    return "".join(found).replace(" -", "-")


def _geometry(frame: gpd.GeoDataFrame) -> Any:
    return frame.geometry.to_numpy()


def _roads(frame: gpd.GeoDataFrame, paths: Any, inks: Mapping[str, str], *, grow: float) -> None:
    """Streets with casings, the lesser ones below."""
    looks = [_WIDE.get(str(one), _STREET) for one in frame["class"]]
    shapes = _geometry(frame)
    for wide, ink, _ in sorted(set(looks), key=lambda one: -one[2]):
        some = shapes[[one[1] == ink for one in looks]]
        round_ = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
        if ink == "path":
            paths(some, f'{round_} stroke="{inks[ink]}" stroke-width="{wide * grow:.1f}"')
            continue
        casing = inks[f"{ink}_casing"]
        paths(some, f'{round_} stroke="{casing}" stroke-width="{wide * grow + 2:.1f}"')
        paths(some, f'{round_} stroke="{inks[ink]}" stroke-width="{wide * grow:.1f}"')


def _mark(shape: Any, x0: float, y0: float, metres: float, inks: Mapping[str, str]) -> str:
    """The place: areas tinted, lines thick, points as a pin's head."""
    import shapely

    ink, found = inks["initiative"], []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            x, y = (part.x - x0) / metres, (y0 - part.y) / metres
            found.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="17" fill="{ink}" '
                         f'stroke="{inks["ink_ground"]}" stroke-width="5"/>')  # fmt: skip
            continue
        path = _path(shapely.simplify(part, metres * 0.4), x0, y0, metres)
        is_line = part.geom_type == "LineString"
        fill = "none" if is_line else ink
        halo, wide = ("11", "6") if is_line else ("8", "4")
        for stroke, width, tint in ((inks["ink_ground"], halo, "0"), (ink, wide, "0.2")):
            found.append(f'<path d="{path}" fill="{fill}" fill-opacity="{tint}" stroke="{stroke}" '
                         f'stroke-width="{width}" stroke-linejoin="round"/>')  # fmt: skip
    return "".join(found)


def _path(shape: Any, x0: float, y0: float, metres: float) -> str:
    import shapely

    found = []
    for part in shapely.get_parts(shape):
        rings = [part]
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
        elif part.geom_type == "GeometryCollection":
            found.append(_path(part, x0, y0, metres))
            continue
        for ring in rings:
            xy = shapely.get_coordinates(ring)
            if len(xy) < 2:
                continue
            text = "L".join(f"{(x - x0) / metres:.1f} {(y0 - y) / metres:.1f}" for x, y in xy)
            found.append(f"M{text}{'Z' if part.geom_type == 'Polygon' else ''}")
    return "".join(found)


def _words(text: str, y: float, size: float, ink: str, *, bold: bool = False) -> str:
    """A line of text that fits: smaller down to three fifths, then cut."""
    room, per = WIDTH - 96, 0.56 if bold else 0.52
    fits = min(1.0, room / max(len(text) * per * size, 1))
    if fits < 0.6:
        text = text[: int(room / (per * size * 0.6)) - 1].rstrip() + "…"
        fits = 0.6
    weight = ' font-weight="700"' if bold else ""
    clean = "".join(c for c in text if c.isprintable())
    return (f'<text x="48" y="{y:.0f}" font-size="{size * fits:.1f}" fill="{ink}"{weight}>'
            f"{escape(clean)}</text>")  # fmt: skip


def inks_of(palette: Mapping[str, Mapping[str, str]], names: Iterable[str] = ()) -> dict[str, str]:
    """The day's colours, with the white of the strip."""
    return {**dict.fromkeys(names, "#888888"), **palette["day"], "ink_ground": "#FFFFFF"}
