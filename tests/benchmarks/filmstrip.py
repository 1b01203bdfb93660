"""Two pages as they come, second by second, beside each other: one picture."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

from playwright.sync_api import Browser

SECONDS = (1, 1.5, 2, 3, 4, 5, 6)
WIDTH = 150
"""Of one frame, in pixels of the picture; drawn twice as fine."""
STYLE = """
body { margin: 0; padding: 20px 24px 24px; background: #fff; color: #1f1b17; width: max-content;
  font: 13px/1.4 system-ui, sans-serif }
h2 { font-size: 15px; margin: 0 } h2 span { font-weight: 400; color: #5a5148; margin-left: 8px }
ol { display: flex; gap: 12px; list-style: none; margin: 8px 0 20px; padding: 0 }
ol:last-child { margin-bottom: 0 }
li { text-align: center; color: #5a5148; font-variant-numeric: tabular-nums }
img, i { display: block; width: %(width)dpx; height: %(height)dpx; border: 1px solid #e2d8c6;
  border-radius: 6px }
"""


def at_seconds(frames: Sequence[tuple[float, str]], began: float) -> dict[float, bytes]:
    """The frame that stood at each second, JPEG; none where nothing had been drawn yet.

    Parameters
    ----------
    frames
        When each was drawn, in seconds of the clock, and its picture in base64.
    began
        When the navigation did.
    """
    found = {}
    for second in SECONDS:
        drawn = [data for at, data in frames if began <= at <= began + second]
        found[second] = base64.b64decode(drawn[-1]) if drawn else b""
    return found


def draw(
    browser: Browser, films: Mapping[str, Mapping[float, bytes]], lines: Mapping[str, str]
) -> bytes:
    """A strip for each page, under its name and what is said of it, as WebP."""
    parts = [f"<style>{STYLE % {'width': WIDTH, 'height': WIDTH * 844 // 390}}</style>"]
    for name, film in films.items():
        parts.append(f"<h2>{escape(name)}<span>{escape(lines[name])}</span></h2><ol>")
        for second, frame in film.items():
            data = base64.b64encode(frame).decode()
            shown = f'<img alt="" src="data:image/jpeg;base64,{data}">' if frame else "<i></i>"
            parts.append(f"<li>{shown}{second:g} s</li>")
        parts.append("</ol>")
    context = browser.new_context(viewport={"width": 1250, "height": 800}, device_scale_factor=2)
    page = context.new_page()
    page.set_content("".join(parts))
    box = page.evaluate(
        "() => { const b = document.body.getBoundingClientRect();"
        " return { x: 0, y: 0, width: Math.ceil(b.width), height: Math.ceil(b.height), scale: 1 } }"
    )
    page.set_viewport_size({"width": box["width"], "height": box["height"]})
    page.evaluate("() => Promise.all([...document.images].map((one) => one.decode()))")
    session = context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82, "clip": box})
    context.close()
    return base64.b64decode(shot["data"])
