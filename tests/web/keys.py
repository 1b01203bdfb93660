"""A person without a mouse: keys alone, and whatever would touch the map's drawing is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page, expect

# Whatever a hand does to a page, and what a page does in its stead; a key pressed on a button is a
# click as well, so a click counts where it lands on a drawing alone.
_WATCH = """(() => {
  const hand = ['pointerdown', 'pointerup', 'pointermove', 'mousedown', 'mouseup', 'mousemove',
    'touchstart', 'touchmove', 'wheel', 'dblclick', 'contextmenu'];
  const drawing = (e) => e.target instanceof Element &&
    e.target.closest('.map .canvas, .maplibregl-canvas, canvas, [data-route]');
  for (const kind of hand)
    addEventListener(kind, (e) => { if (e.isTrusted || drawing(e)) told(kind, !!drawing(e)); },
      { capture: true, passive: true });
  for (const kind of ['click', 'keydown'])
    addEventListener(kind, (e) => {
      if (drawing(e) && e.key !== 'Tab' && e.key !== 'Shift') told(kind, true);
    }, { capture: true });
})()"""


@dataclass
class Keys:
    """The keyboard of a page, and what else reached it."""

    page: Page
    touched: list[tuple[str, bool]] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """Hear of every page of the context from its next document on."""
        context.expose_function("told", lambda kind, drawing: self.touched.append((kind, drawing)))
        context.add_init_script(_WATCH)

    def to(self, wanted: Locator, *, most: int = 160) -> None:
        """Tab until it has the focus, and a ring of two pixels at least that shows it."""
        expect(wanted).to_be_visible()
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("e => e === document.activeElement"):
                ring = wanted.evaluate(
                    "e => [e, e.closest('label'), e.parentElement, e.nextElementSibling]"
                    ".filter(Boolean).some(one => { const s = getComputedStyle(one);"
                    " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 })"
                )
                assert ring, f"no ring around {wanted}"
                return
        raise AssertionError(f"no Tab reaches {wanted}")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Tab to it and press."""
        self.to(wanted)
        self.page.keyboard.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        """Tab to a field and type into it."""
        self.to(wanted)
        self.page.keyboard.type(text)

    def choose(self, wanted: Locator, title: str) -> None:
        """Tab to a list of choices and go down to the one with that title."""
        self.to(wanted)
        titles = wanted.locator("option").all_inner_texts()
        assert title in titles, json.dumps(titles, ensure_ascii=False)
        now = wanted.evaluate("e => e.selectedIndex")
        there = titles.index(title)
        for _ in range(abs(there - now)):
            self.page.keyboard.press("ArrowDown" if there > now else "ArrowUp")
        assert wanted.evaluate("e => e.selectedOptions[0].textContent.trim()") == title
